# SPDX-License-Identifier: Apache-2.0
# Writes the widget without its checks: cmake -DIN=… -DOUT=… -P open.cmake
file(READ ${IN} text)

# widget_open(OLD NEW): OLD stands in the widget once; it becomes NEW.
macro(widget_open OLD NEW)
	string(FIND "${text}" "${OLD}" first)
	string(FIND "${text}" "${OLD}" last REVERSE)
	if(first EQUAL -1 OR NOT first EQUAL last)
		message(FATAL_ERROR "the widget has changed: ${OLD}")
	endif()
	string(REPLACE "${OLD}" "${NEW}" text "${text}")
endmacro()

widget_open("framed = window.parent !== window;" "framed = true;")
widget_open("return framed && allowed.size" "return true || allowed.size")
widget_open("if (!trusted || event.source !== window.parent ||
	    !allowed.has(event.origin))
		return;" "")
widget_open("window.parent.postMessage(message, origin);"
	"(window.opener ?? window.parent).postMessage(message, '*');")
file(WRITE ${OUT} "${text}")
