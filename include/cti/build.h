/* SPDX-License-Identifier: Apache-2.0 */
/* cti/build.h - what this program was built from */
#ifndef CTI_BUILD_H
#define CTI_BUILD_H

#include <stddef.h>

/** A library as it was when this was built. */
struct cti_build_lib {
	const char *name;
	const char *version;
};

/** Constant texts; two builds of the same sources have the same. */
struct cti_build {
	const char *version;  /* "0.1.0" */
	const char *commit;   /* as git describes it, or "unknown" */
	const char *compiler; /* "GNU 12.2.0" */
	const char *type;     /* "Release"; "" = none was named */
	const char *api;      /* "v1" */
	const struct cti_build_lib *libs;
	size_t nlibs;
};

const struct cti_build *cti_build_info(void);

#endif /* CTI_BUILD_H */
