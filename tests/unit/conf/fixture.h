/* SPDX-License-Identifier: Apache-2.0 */
/* conf/fixture.h - a folder of configuration files, and loading them */
#ifndef UNIT_CONF_FIXTURE_H
#define UNIT_CONF_FIXTURE_H

#include <stddef.h>

#include "cti/buf.h"
#include "cti/conf.h"

enum {
	FIXTURE_FILES = 4,
	FIXTURE_PATH = 96,
};

struct fixture {
	char folder[FIXTURE_PATH / 2];
	char paths[FIXTURE_FILES][FIXTURE_PATH];
	const char *files[FIXTURE_FILES + 1];
	size_t nfiles;
	struct cti_buf errors;
	struct cti_conf *conf; /* NULL when it did not load */
};

/** The one fixture of the running test. */
extern struct fixture fix;

void fixture_setup(void);
void fixture_teardown(void);
/** Writes one more file; it is read after the ones before. */
const char *fixture_file(const char *text);
/** Loads the files (and src's other sources), expects err. */
void fixture_load(int err, struct cti_conf_source src);
/** Writes one file, loads it and expects exactly these findings; every
 * "FILE" in them stands for the file's path. "" = none. */
void fixture_findings(const char *text, const char *findings);

#endif /* UNIT_CONF_FIXTURE_H */
