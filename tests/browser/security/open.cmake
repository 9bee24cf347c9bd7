# SPDX-License-Identifier: Apache-2.0
# Copies www/ without the checks in its scripts: cmake -DIN=… -DOUT=… -P open.cmake
# script_open(OLD NEW): OLD stands in the script once; it becomes NEW.
macro(script_open OLD NEW)
	string(FIND "${text}" "${OLD}" first)
	string(FIND "${text}" "${OLD}" last REVERSE)
	if(first EQUAL -1 OR NOT first EQUAL last)
		message(FATAL_ERROR "the script has changed: ${OLD}")
	endif()
	string(REPLACE "${OLD}" "${NEW}" text "${text}")
endmacro()

# script_change(NAME): with the changes that follow until script_done().
macro(script_change NAME)
	set(script ${OUT}/${NAME})
	file(READ ${script} text)
endmacro()

macro(script_done)
	file(WRITE ${script} "${text}")
endmacro()

file(COPY ${IN}/ DESTINATION ${OUT})

script_change(widget/trust.js)
script_open("framed = window.parent !== window;" "framed = true;")
script_open("return framed && allowed.size" "return true || allowed.size")
script_open("return isTrusted() && event.source === window.parent &&
		allowed.has(event.origin);" "return true;")
script_open("window.parent.postMessage(message, origin);"
	"(window.opener ?? window.parent).postMessage(message, '*');")
script_done()

script_change(pair.js)
script_open("window.top !== window" "false")
script_done()
