# SPDX-License-Identifier: Apache-2.0
# The time of a release is its day in the changelog, wherever it is built

# cti_release_date(CHANGELOG): CTI_EPOCH, and the day as man pages and Debian's
# changelog write it. The newest day stands for what is not released yet.
function(cti_release_date CHANGELOG)
	set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
		${CHANGELOG})
	file(STRINGS ${CHANGELOG} lines REGEX "^## .* - [0-9-]+$")
	list(GET lines 0 line)
	string(REGEX MATCH "[0-9-]+$" day "${line}")
	execute_process(COMMAND date -u -d ${day} +%s OUTPUT_VARIABLE epoch
		OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
	foreach(form "MAN;+%B %-d, %Y" "RFC;-R")
		list(GET form 0 name)
		list(GET form 1 option)
		execute_process(COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C
			date -u -d ${day} ${option}
			OUTPUT_VARIABLE text OUTPUT_STRIP_TRAILING_WHITESPACE
			COMMAND_ERROR_IS_FATAL ANY)
		set(CTI_DATE_${name} "${text}" PARENT_SCOPE)
	endforeach()
	set(CTI_EPOCH ${epoch} PARENT_SCOPE)
endfunction()
