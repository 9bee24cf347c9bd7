# SPDX-License-Identifier: Apache-2.0
# cpack -G DEB
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME patchcord)
set(CPACK_SET_DESTDIR ON) # so that the units see the prefix
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
	OWNER_READ OWNER_WRITE OWNER_EXECUTE
	GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_CURRENT_BINARY_DIR}/cpack.cmake)
file(WRITE ${CPACK_PROJECT_CONFIG_FILE}
	"set(ENV{SOURCE_DATE_EPOCH} ${CTI_EPOCH})\n")

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${CTI_MAINTAINER}")
set(CPACK_DEBIAN_PACKAGE_SECTION comm)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
# the commands that ask a running relay open libcurl when they are called
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libcurl4 | libcurl3-gnutls")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS
	"systemd | systemd-standalone-sysusers | systemd-sysusers")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
	${CMAKE_CURRENT_SOURCE_DIR}/deb/postinst
	${CMAKE_CURRENT_SOURCE_DIR}/deb/prerm
	${CMAKE_CURRENT_SOURCE_DIR}/deb/postrm)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "connects SAP's agent pages with a telephone")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"SAP's Live Activity and Agent Desktop load patchcord's widget in a frame.
The agent clicks a number and patchcord dials it; somebody calls and
patchcord hands SAP a ready event with a valid, unique External ID.
.
It speaks to Asterisk, FreePBX, FreeSWITCH and baresip, and plays the
telephone itself where none is at hand. The user service serves the agent
of this desk; the system service serves programs of a network.")
include(CPack)
