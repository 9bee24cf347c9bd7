# SPDX-License-Identifier: Apache-2.0
# base/commit.cmake - writes OUT with the commit of the sources in ROOT
#
# COMMIT, when it is not empty, is taken as it is: how a package is told what
# it is made of. Else git is asked. The file is touched only when it changes.
if(NOT COMMIT AND EXISTS ${ROOT}/.git)
	execute_process(COMMAND git --no-optional-locks -C ${ROOT} describe --always --dirty
			--abbrev=12 --match v[0-9]*
		OUTPUT_VARIABLE COMMIT ERROR_QUIET
		OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
if(NOT COMMIT MATCHES "^[0-9A-Za-z._+~-]+$")
	set(COMMIT unknown)
endif()
set(TEXT "#define CTI_COMMIT \"${COMMIT}\"\n")
if(EXISTS ${OUT})
	file(READ ${OUT} OLD)
endif()
if(NOT TEXT STREQUAL "${OLD}")
	file(WRITE ${OUT} "${TEXT}")
endif()
