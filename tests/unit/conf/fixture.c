/* SPDX-License-Identifier: Apache-2.0 */
/* conf/fixture.c - a folder of configuration files, and loading them */
#include "fixture.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture fix;

void fixture_setup(void)
{
	fix = (struct fixture){.folder = "/tmp/cti-conf-XXXXXX"};
	ck_assert_ptr_nonnull(mkdtemp(fix.folder));
	cti_buf_init(&fix.errors, 64 * 1024);
}

void fixture_teardown(void)
{
	for (size_t i = 0; i < fix.nfiles; i++)
		ck_assert_int_eq(unlink(fix.paths[i]), 0);
	ck_assert_int_eq(rmdir(fix.folder), 0);
	cti_buf_fini(&fix.errors);
	cti_conf_destroy(fix.conf);
}

const char *fixture_file(const char *text)
{
	char *path = fix.paths[fix.nfiles];
	char folder[sizeof(fix.folder)];
	FILE *fp;

	ck_assert_uint_lt(fix.nfiles, FIXTURE_FILES);
	memcpy(folder, fix.folder, sizeof(folder));
	(void)snprintf(path, FIXTURE_PATH, "%s/%zu.conf", folder,
		       fix.nfiles); /* fits */
	fp = fopen(path, "w");
	ck_assert_ptr_nonnull(fp);
	ck_assert_uint_eq(fwrite(text, 1, strlen(text), fp), strlen(text));
	ck_assert_int_eq(fclose(fp), 0);
	fix.files[fix.nfiles++] = path;
	return path;
}

void fixture_load(int err, struct cti_conf_source src)
{
	int got;

	cti_conf_destroy(fix.conf);
	fix.conf = NULL;
	cti_buf_reset(&fix.errors);
	src.files = fix.files;
	got = cti_conf_load(&fix.conf, &src, &fix.errors);
	ck_assert_msg(got == err, "%d, not %d: %s", got, err,
		      cti_buf_text(&fix.errors));
	ck_assert_int_eq(!got, fix.conf != NULL);
}

static int expand(struct cti_buf *out, const char *findings, const char *path)
{
	int err = 0;

	while (!err && *findings) {
		if (!strncmp(findings, "FILE", 4)) {
			err = cti_buf_str(out, path);
			findings += 4;
		} else {
			err = cti_buf_add(out, findings++, 1);
		}
	}
	return err;
}

void fixture_findings(const char *text, const char *findings)
{
	const char *path = fixture_file(text);
	struct cti_buf wanted;

	fixture_load(*findings ? -EINVAL : 0, (struct cti_conf_source){0});
	cti_buf_init(&wanted, 64 * 1024);
	ck_assert_int_eq(expand(&wanted, findings, path), 0);
	ck_assert_str_eq(cti_buf_text(&fix.errors), cti_buf_text(&wanted));
	cti_buf_fini(&wanted);
}
