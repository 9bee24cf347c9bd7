# SPDX-License-Identifier: Apache-2.0
# Writes scripts of www/ without their checks: cmake -DIN=… -DOUT=… -P open.cmake
# script_open(OLD NEW): OLD stands in the script once; it becomes NEW.
macro(script_open OLD NEW)
	string(FIND "${text}" "${OLD}" first)
	string(FIND "${text}" "${OLD}" last REVERSE)
	if(first EQUAL -1 OR NOT first EQUAL last)
		message(FATAL_ERROR "the script has changed: ${OLD}")
	endif()
	string(REPLACE "${OLD}" "${NEW}" text "${text}")
endmacro()

file(READ ${IN}/widget.js text)
script_open("framed = window.parent !== window;" "framed = true;")
script_open("return framed && allowed.size" "return true || allowed.size")
script_open("if (!trusted || event.source !== window.parent ||
	    !allowed.has(event.origin))
		return;" "")
script_open("window.parent.postMessage(message, origin);"
	"(window.opener ?? window.parent).postMessage(message, '*');")
file(WRITE ${OUT}/widget.js "${text}")

file(READ ${IN}/pair.js text)
script_open("window.top !== window" "false")
file(WRITE ${OUT}/pair.js "${text}")
