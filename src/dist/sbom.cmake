# SPDX-License-Identifier: Apache-2.0
# Writes the bill of materials (CycloneDX 1.5) of a built program: what it loads
# when it starts, and libcurl, which some commands load when they are called.
# cmake -DPROGRAM=… -DOUT=… -DVERSION=… -DEPOCH=… -P sbom.cmake
cmake_minimum_required(VERSION 3.25)

# By the beginning of the package's name; the part that is loaded counts.
set(LICENCES
	"libabsl=Apache-2.0"
	"libc6=LGPL-2.1-or-later"
	"libconfuse=ISC"
	"libcurl=curl"
	"libexpat=MIT"
	"libffi=MIT"
	"libgcc-s=GPL-3.0-or-later WITH GCC-exception-3.1"
	"libgmp=LGPL-3.0-or-later OR GPL-2.0-or-later"
	"libgnutls=LGPL-2.1-or-later"
	"libhogweed=LGPL-3.0-or-later OR GPL-2.0-or-later"
	"libicu=ICU"
	"libidn2=LGPL-3.0-or-later OR GPL-2.0-or-later"
	"libmicrohttpd=LGPL-2.1-or-later"
	"libnettle=LGPL-3.0-or-later OR GPL-2.0-or-later"
	"libp11-kit=BSD-3-Clause"
	"libphonenumber=Apache-2.0"
	"libprotobuf=BSD-3-Clause"
	"libsqlite3=blessing"
	"libstdc=GPL-3.0-or-later WITH GCC-exception-3.1"
	"libtasn1=LGPL-2.1-or-later"
	"libunistring=LGPL-3.0-or-later OR GPL-2.0-or-later"
	"libuuid=BSD-3-Clause"
	"libuv=MIT"
	"libyajl=ISC"
	"zlib1g=Zlib")

function(ask OUT)
	execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE text ERROR_QUIET
		RESULT_VARIABLE status OUTPUT_STRIP_TRAILING_WHITESPACE)
	if(status)
		set(text "")
	endif()
	set(${OUT} "${text}" PARENT_SCOPE)
endfunction()

# The Debian package a file is from; where there is no dpkg, the file's name.
function(package_of OUT FILE)
	file(REAL_PATH ${FILE} path)
	string(REGEX REPLACE "^/usr" "" short ${path})
	ask(found dpkg-query -S ${path})
	if(NOT found)
		ask(found dpkg-query -S ${short})
	endif()
	string(REGEX MATCH "^[^:, ]+" name "${found}")
	if(NOT name)
		get_filename_component(name ${FILE} NAME)
	endif()
	set(${OUT} ${name} PARENT_SCOPE)
endfunction()

function(licence_of OUT NAME)
	set(text "{\"license\": {\"name\": \"as the package ${NAME} says\"}}")
	foreach(known IN LISTS LICENCES)
		string(REGEX REPLACE "=.*" "" prefix "${known}")
		if(NAME MATCHES "^${prefix}")
			string(REGEX REPLACE ".*=" "" spdx "${known}")
			set(text "{\"expression\": \"${spdx}\"}")
		endif()
	endforeach()
	set(${OUT} "${text}" PARENT_SCOPE)
endfunction()

function(component OUT NAME SCOPE)
	ask(version dpkg-query -W -f "\${Version}" ${NAME})
	licence_of(licence ${NAME})
	string(REPLACE "+" "%2B" safe "${NAME}@${version}")
	string(REPLACE ":" "%3A" safe "${safe}")
	set(${OUT} "    {\"type\": \"library\", \"bom-ref\": \"${NAME}\",
     \"name\": \"${NAME}\", \"version\": \"${version}\", \"scope\": \"${SCOPE}\",
     \"licenses\": [${licence}],
     \"purl\": \"pkg:deb/${DISTRO}/${safe}\"}" PARENT_SCOPE)
endfunction()

# --- what it is ---

file(STRINGS /etc/os-release DISTRO REGEX "^ID=")
string(REGEX REPLACE "^ID=\"?([^\"]*)\"?$" "\\1" DISTRO "${DISTRO}")
file(GET_RUNTIME_DEPENDENCIES EXECUTABLES ${PROGRAM}
	RESOLVED_DEPENDENCIES_VAR files
	UNRESOLVED_DEPENDENCIES_VAR lost
	POST_EXCLUDE_REGEXES "/ld-linux[^/]*$" "/lib[at]san[^/]*$" "/libubsan[^/]*$")
if(lost)
	message(FATAL_ERROR "not found: ${lost}")
endif()
set(names "")
foreach(path ${files})
	package_of(name ${path})
	list(APPEND names ${name})
endforeach()
list(REMOVE_DUPLICATES names)
list(SORT names)

ask(dynamic readelf -d ${PROGRAM})
string(REGEX MATCHALL "\\[lib[^]]+\\]" sonames "${dynamic}")
set(direct "")
foreach(path ${files})
	get_filename_component(soname ${path} NAME)
	if("[${soname}]" IN_LIST sonames)
		package_of(name ${path})
		list(APPEND direct "\"${name}\"")
	endif()
endforeach()
list(APPEND direct "\"libcurl4\"")
list(REMOVE_DUPLICATES direct)
list(SORT direct)
string(JOIN ", " direct ${direct})

# --- as JSON ---

set(components "")
foreach(name ${names})
	component(text ${name} required)
	list(APPEND components "${text}")
endforeach()
set(ENV{SOURCE_DATE_EPOCH} ${EPOCH})
string(TIMESTAMP time "%Y-%m-%dT%H:%M:%SZ" UTC)
component(text libcurl4 optional)
list(APPEND components "${text}")
list(JOIN components ",\n" components)
file(WRITE ${OUT} "{
  \"bomFormat\": \"CycloneDX\",
  \"specVersion\": \"1.5\",
  \"version\": 1,
  \"metadata\": {
    \"timestamp\": \"${time}\",
    \"component\": {\"type\": \"application\", \"bom-ref\": \"patchcord\",
     \"name\": \"patchcord\", \"version\": \"${VERSION}\",
     \"licenses\": [{\"expression\": \"Apache-2.0\"}]}
  },
  \"components\": [
${components}
  ],
  \"dependencies\": [
    {\"ref\": \"patchcord\", \"dependsOn\": [${direct}]}
  ]
}
")
