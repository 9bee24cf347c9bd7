/* SPDX-License-Identifier: Apache-2.0 */
/* unit/http/test_key.c - the key of programs, in a file */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cti/log.h"
#include "fixture.h"
#include "suites.h"

static char dir[64];
static char path[96];

static void setup(void)
{
	const struct cti_log_conf log = {.level = CTI_LOG_ERROR};

	cti_log_setup(&log);
	(void)snprintf(dir, sizeof(dir), "/tmp/cti-key-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/api.key", dir);
}

static void teardown(void)
{
	(void)unlink(path); /* not every test has made it */
	ck_assert_int_eq(rmdir(dir), 0);
}

static void write_key(const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(chmod(path, 0600), 0);
}

START_TEST(missing_key_is_made_for_its_owner_only)
{
	struct cti_secret first, again;
	struct cti_err err;
	struct stat st;

	ck_assert_int_eq(cti_http_key_load(&first, path, &err), 0);
	ck_assert_uint_eq(strlen(first.text), 64);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(cti_http_key_load(&again, path, &err), 0);
	ck_assert_str_eq(first.text, again.text);
}
END_TEST

START_TEST(own_key_is_taken_as_it_is)
{
	struct cti_secret key;
	struct cti_err err;

	write_key("  a-key-of-sixteen-and-more\n");
	ck_assert_int_eq(cti_http_key_load(&key, path, &err), 0);
	ck_assert_str_eq(key.text, KEY);
}
END_TEST

START_TEST(short_or_empty_key_is_refused_with_a_sentence)
{
	struct cti_secret key;
	struct cti_err err;

	write_key("short\n");
	ck_assert_int_eq(cti_http_key_load(&key, path, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "less than 16"));
	write_key("\n");
	ck_assert_int_eq(cti_http_key_load(&key, path, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.text, "http.api_key_file"));
}
END_TEST

START_TEST(key_that_cannot_be_made_is_an_error)
{
	struct cti_secret key;
	struct cti_err err;
	char nowhere[128];

	(void)snprintf(nowhere, sizeof(nowhere), "%s/none/api.key", dir);
	ck_assert_int_eq(cti_http_key_load(&key, nowhere, &err), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.text, "http.api_key_file"));
}
END_TEST

Suite *key_suite(void)
{
	Suite *suite = suite_create("key");
	TCase *tc = tcase_create("key");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, missing_key_is_made_for_its_owner_only);
	tcase_add_test(tc, own_key_is_taken_as_it_is);
	tcase_add_test(tc, short_or_empty_key_is_refused_with_a_sentence);
	tcase_add_test(tc, key_that_cannot_be_made_is_an_error);
	suite_add_tcase(suite, tc);
	return suite;
}
