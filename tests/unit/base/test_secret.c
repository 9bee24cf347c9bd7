/* SPDX-License-Identifier: Apache-2.0 */
/* base/test_secret.c - what a file of a password may hold */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cti/log.h"
#include "cti/secret.h"
#include "suites.h"

static char path[64];

static void setup(void)
{
	int fd;

	memcpy(path, "/tmp/cti-secret-XXXXXX",
	       sizeof("/tmp/cti-secret-XXXXXX"));
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(close(fd), 0);
	cti_log_setup(&(struct cti_log_conf){.level = CTI_LOG_WARN});
}

static void teardown(void)
{
	(void)unlink(path); /* a test may have done so */
}

static void file_write(const char *text, size_t len)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
}

static int load(struct cti_secret *out, const char *text)
{
	file_write(text, strlen(text));
	return cti_secret_load(out, path);
}

static const struct {
	const char *text;
	const char *secret; /* NULL: refused */
} files[] = {
	{"geheim", "geheim"},
	{"geheim\n", "geheim"},
	{"geheim\r\n", "geheim"},
	{"  \tgeheim \t\r\n", "geheim"},
	{"two words \"and\" signs = #\n", "two words \"and\" signs = #"},
	{"first\nsecond\n", "first"},
	{"p\xc3\xa4ss\n", "p\xc3\xa4ss"},
	{"", NULL},
	{"\n", NULL},
	{" \t\r\n", NULL},
	{"\nsecond\n", NULL},
	{"a\rAction: Originate\n", NULL},
	{"a\tb\n", NULL},
	{"a\x1b[1m\n", NULL},
	{"a\x7f"
	 "b\n",
	 NULL},
};

START_TEST(first_line_is_the_secret)
{
	struct cti_secret secret = {"before"};
	const char *want = files[_i].secret;
	int err = load(&secret, files[_i].text);

	ck_assert_int_eq(err, want ? 0 : -EINVAL);
	ck_assert_str_eq(secret.text, want ? want : "before");
}
END_TEST

START_TEST(nul_does_not_cut_a_secret)
{
	struct cti_secret secret = {"before"};

	file_write("short\0er\n", 9);
	ck_assert_int_eq(cti_secret_load(&secret, path), -EINVAL);
	ck_assert_str_eq(secret.text, "before");
}
END_TEST

START_TEST(longest_secret_has_255_bytes)
{
	struct cti_secret secret;
	char text[CTI_SECRET_SIZE + 2];

	memset(text, 'x', sizeof(text));
	text[CTI_SECRET_SIZE - 1] = '\n';
	text[CTI_SECRET_SIZE] = '\0';
	ck_assert_int_eq(load(&secret, text), 0);
	ck_assert_uint_eq(strlen(secret.text), CTI_SECRET_SIZE - 1);
	text[CTI_SECRET_SIZE - 1] = 'x';
	text[CTI_SECRET_SIZE] = '\n';
	text[CTI_SECRET_SIZE + 1] = '\0';
	ck_assert_int_eq(load(&secret, text), -EINVAL);
}
END_TEST

START_TEST(line_beyond_what_is_read_is_refused)
{
	struct cti_secret secret;
	char text[4 * CTI_SECRET_SIZE];

	memset(text, ' ', sizeof(text));
	memcpy(text, "pass", 4);
	memcpy(text + sizeof(text) - 6, "word\n", 6);
	ck_assert_int_eq(load(&secret, text), -EINVAL);
	text[3 * CTI_SECRET_SIZE] = '\n'; /* no matter where it ends */
	ck_assert_int_eq(load(&secret, text), -EINVAL);
	text[CTI_SECRET_SIZE] = '\n';
	ck_assert_int_eq(load(&secret, text), 0);
	ck_assert_str_eq(secret.text, "pass");
}
END_TEST

START_TEST(missing_file_and_folder_are_errors)
{
	struct cti_secret secret = {"before"};

	ck_assert_int_eq(cti_secret_load(&secret, "/tmp"), -EISDIR);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(cti_secret_load(&secret, path), -ENOENT);
	ck_assert_str_eq(secret.text, "before");
}
END_TEST

START_TEST(cleared_secret_leaves_nothing)
{
	struct cti_secret secret, empty = {""};

	ck_assert_int_eq(load(&secret, "geheim"), 0);
	cti_secret_clear(&secret);
	ck_assert_mem_eq(&secret, &empty, sizeof(secret));
	ck_assert_int_eq(load(&secret, "a longer one"), 0);
	ck_assert_int_eq(load(&secret, "short"), 0);
	ck_assert_mem_eq(secret.text + 6, empty.text, sizeof(empty.text) - 6);
}
END_TEST

/** Whether loading a file of that mode is warned of on stderr. */
static bool warned(mode_t mode)
{
	struct cti_secret secret;
	char text[512] = "";
	FILE *said = tmpfile();
	int saved = dup(STDERR_FILENO);

	ck_assert(said && saved >= 0);
	ck_assert_int_ge(dup2(fileno(said), STDERR_FILENO), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
	ck_assert_int_eq(cti_secret_load(&secret, path), 0);
	ck_assert_int_ge(dup2(saved, STDERR_FILENO), 0);
	ck_assert_int_eq(close(saved), 0);
	rewind(said);
	(void)!fread(text, 1, sizeof(text) - 1, said);
	ck_assert_int_eq(fclose(said), 0);
	ck_assert_ptr_null(strstr(text, "geheim"));
	return strstr(text, "chmod 600") != NULL;
}

START_TEST(file_that_others_may_read_is_warned_of)
{
	file_write("geheim\n", 7);
	ck_assert(!warned(0600));
	ck_assert(!warned(0400));
	ck_assert(warned(0640));
	ck_assert(warned(0604));
	ck_assert(warned(0666));
}
END_TEST

Suite *secret_suite(void)
{
	Suite *suite = suite_create("secret");
	TCase *tcase = tcase_create("file");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, first_line_is_the_secret, 0,
			    (int)(sizeof(files) / sizeof(files[0])));
	tcase_add_test(tcase, nul_does_not_cut_a_secret);
	tcase_add_test(tcase, longest_secret_has_255_bytes);
	tcase_add_test(tcase, line_beyond_what_is_read_is_refused);
	tcase_add_test(tcase, missing_file_and_folder_are_errors);
	tcase_add_test(tcase, cleared_secret_leaves_nothing);
	tcase_add_test(tcase, file_that_others_may_read_is_warned_of);
	suite_add_tcase(suite, tcase);
	return suite;
}
