# SPDX-License-Identifier: Apache-2.0
# Writes files of the web folder as C, by their paths in it:
# cmake -DOUT=… -DWWW=folder -DFILES=a,b -P embed.cmake
set(type_html "text/html; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_json "application/json")
set(type_svg "image/svg+xml")
string(REPLACE "," ";" FILES "${FILES}")
set(body "")
set(table "")
set(n 0)
foreach(name ${FILES})
	string(REGEX REPLACE ".*\\." "" ext ${name})
	if(NOT DEFINED type_${ext})
		message(FATAL_ERROR "no content type for ${name}")
	endif()
	set(type "${type_${ext}}")
	file(READ ${WWW}/${name} hex HEX)
	string(LENGTH "${hex}" len)
	math(EXPR len "${len} / 2")
	string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
	string(REGEX REPLACE "(([^,]*,){12})" "\\1\n\t" hex "${hex}")
	string(APPEND body "static const unsigned char file_${n}[] = {\n\t${hex}0x00};\n")
	string(APPEND table "\t{\"${name}\", \"${type}\", file_${n}, ${len}},\n")
	math(EXPR n "${n} + 1")
endforeach()
file(WRITE ${OUT} "/* SPDX-License-Identifier: Apache-2.0 */
/* made by embed.cmake from www/; each file is followed by a NUL */
#include \"api/priv.h\"

${body}
const struct asset api_assets[] = {
${table}};
const size_t api_nassets = ${n};
")
