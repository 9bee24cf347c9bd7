# SPDX-License-Identifier: Apache-2.0
# The warnings everything is clean under, with gcc 12 and clang 14
set(CTI_C_WARNINGS -Wstrict-prototypes -Wmissing-prototypes)
set(CTI_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-qual
	-Wvla -Wformat=2 -Wundef -Wswitch-enum -Wimplicit-fallthrough
	-Wnull-dereference)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
	list(APPEND CTI_WARNINGS -Wduplicated-cond -Wlogical-op
		-Wformat-truncation=2)
	list(APPEND CTI_C_WARNINGS -Wjump-misses-init)
else()
	list(APPEND CTI_WARNINGS -Wcomma -Wassign-enum -Wshorten-64-to-32)
endif()
foreach(flag ${CTI_C_WARNINGS})
	list(APPEND CTI_WARNINGS $<$<COMPILE_LANGUAGE:C>:${flag}>)
endforeach()
if(CTI_WERROR)
	list(APPEND CTI_WARNINGS -Werror)
endif()
