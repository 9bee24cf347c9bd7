/* SPDX-License-Identifier: Apache-2.0 */
/* store/test_paired.c - the list of paired pages, in memory and in its file */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cti/log.h"
#include "cti/paired.h"
#include "fault.h"
#include "fixture.h"

#define ONE "https://my1.crm.ondemand.com"
#define TWO "https://my2.crm.ondemand.com"

enum { TURNS = 1000 };

static struct fix fix;
static struct cti_paired *paired;
static char path[PATH_SIZE];

static void again(void)
{
	cti_paired_destroy(paired);
	ck_assert_int_eq(cti_paired_open(&paired, fix.loop, path), 0);
}

static void setup(void)
{
	cti_log_setup(&(struct cti_log_conf){.level = CTI_LOG_ERROR});
	fix_init(&fix);
	ck_assert_int_lt(snprintf(path, sizeof(path), "%.60s/paired", fix.dir),
			 (int)sizeof(path));
	paired = NULL;
	again();
}

static void teardown(void)
{
	cti_paired_destroy(paired);
	fix_fini(&fix);
}

/* What the callback was told; -1000 = not yet. */
struct result {
	int value;
	int at; /* its place in the order */
};

static int told;

static void on_result(void *arg, int value)
{
	struct result *result = arg;

	ck_assert_int_eq(result->value, -1000);
	result->value = value;
	result->at = told++;
}

static void ask(struct result *result, bool drop, const char *const *origins,
		size_t count)
{
	const struct cti_paired_change change = {
		.origins = origins,
		.count = count,
		.remove = drop,
		.at_ms = cti_loop_wall_ms(fix.loop),
	};

	*result = (struct result){.value = -1000};
	ck_assert_int_eq(cti_paired_submit(paired, &change, on_result, result),
			 0);
	ck_assert_int_eq(result->value, -1000); /* never from in here */
}

static int take(struct result *result)
{
	for (int i = 0; i < TURNS && result->value == -1000; i++)
		cti_loop_turn(fix.loop, 10);
	ck_assert_int_ne(result->value, -1000);
	return result->value;
}

static int change(bool drop, const char *origin)
{
	struct result result;

	ask(&result, drop, &origin, 1);
	return take(&result);
}

static void expect(const char *const *origins, size_t count)
{
	ck_assert_uint_eq(cti_paired_count(paired), count);
	for (size_t i = 0; i < count; i++)
		ck_assert_str_eq(cti_paired_at(paired, i)->origin, origins[i]);
}

static void file_write(const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(what_was_told_is_there_after_a_restart)
{
	static const char *const both[] = {ONE, TWO};
	struct result result;
	struct stat file;

	ask(&result, false, both, 2);
	ck_assert_uint_eq(cti_paired_count(paired), 0); /* not yet */
	ck_assert_int_eq(take(&result), 2);
	expect(both, 2);
	ck_assert_int_eq(stat(path, &file), 0);
	ck_assert_int_eq((int)(file.st_mode & 0777), 0600);
	again();
	expect(both, 2);
	ck_assert_int_eq(cti_paired_at(paired, 0)->at_ms,
			 cti_loop_wall_ms(fix.loop));
	ck_assert_int_eq(change(true, ONE), 1);
	again();
	expect(both + 1, 1);
}
END_TEST

START_TEST(a_change_of_nothing_writes_nothing)
{
	ck_assert_int_eq(change(true, ONE), 0);
	ck_assert_int_ne(access(path, F_OK), 0);
	ck_assert_int_eq(change(false, ONE), 1);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(change(false, ONE), 0);
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(changes_are_made_in_order)
{
	static const char *const one = ONE, *const two = TWO;
	struct result add, more, drop;

	told = 0;
	ask(&add, false, &one, 1);
	ask(&more, false, &two, 1);
	ask(&drop, true, &one, 1);
	ck_assert_int_eq(take(&drop), 1);
	ck_assert_int_eq(add.value, 1);
	ck_assert_int_eq(more.value, 1);
	ck_assert(add.at == 0 && more.at == 1 && drop.at == 2);
	expect(&two, 1);
	again();
	expect(&two, 1);
}
END_TEST

START_TEST(the_list_is_bounded_and_a_change_is_whole)
{
	char name[64];
	const char *const two[] = {"https://x1.crm.cloud.sap",
				   "https://x2.crm.cloud.sap"};
	struct result result;

	for (int i = 0; i < CTI_PAIRED_MAX - 1; i++) {
		(void)snprintf(name, sizeof(name),
			       "https://my%d.crm.ondemand.com", i); /* fits */
		ck_assert_int_eq(change(false, name), 1);
	}
	ask(&result, false, two, 2);
	ck_assert_int_eq(take(&result), -ENOBUFS);
	ck_assert_uint_eq(cti_paired_count(paired), CTI_PAIRED_MAX - 1);
	ck_assert_int_eq(change(false, two[0]), 1);
	ck_assert_int_eq(change(false, two[0]), 0); /* is there */
	ck_assert_int_eq(change(false, two[1]), -ENOBUFS);
}
END_TEST

START_TEST(the_text_of_all_is_bounded)
{
	char name[CTI_ORIGIN_SIZE];
	size_t count = 0;
	int rc;

	do {
		(void)snprintf(name, sizeof(name), "https://%c%0*d.example",
			       (char)('a' + count), 60, 0); /* fits */
		rc = change(false, name);
		count += rc > 0;
	} while (rc > 0);
	ck_assert_int_eq(rc, -ENOBUFS);
	ck_assert_uint_eq(count, CTI_PAIRED_BYTES / (strlen(name) + 1));
}
END_TEST

START_TEST(lines_that_are_no_pair_are_left_out)
{
	static const char *const both[] = {ONE, TWO};

	file_write("# a remark\n\n" ONE " 1795329000000\n"
		   "https://EVIL.example 1\nhttps://evil.example/x 1\n"
		   "https://evil.example\nhttps://evil.example \n"
		   "https://evil.example 1x\nhttps://evil.example 1 2\n"
		   "* 1\nhttps://*.example 1\nhttp://evil.example 1\n"
		   "https://evil.example 99999999999999999999\n" TWO " 5");
	again();
	expect(both, 2);
	ck_assert_int_eq(cti_paired_at(paired, 1)->at_ms, 5);
}
END_TEST

START_TEST(what_cannot_be_written_is_not_so)
{
	static const char *const one = ONE;

	ck_assert_int_eq(change(false, ONE), 1);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mkdir(path, 0700), 0); /* nothing is renamed to it */
	ck_assert_int_lt(change(false, TWO), 0);
	expect(&one, 1);
	ck_assert_int_lt(change(true, ONE), 0);
	expect(&one, 1);
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(change(false, TWO), 1); /* it heals */
}
END_TEST

START_TEST(a_list_that_cannot_be_read_is_not_overwritten)
{
	ck_assert_int_eq(mkdir(path, 0700), 0);
	again();
	ck_assert_uint_eq(cti_paired_count(paired), 0);
	ck_assert_int_eq(change(false, ONE), -EISDIR);
	ck_assert_int_eq(rmdir(path), 0);
}
END_TEST

START_TEST(a_link_in_the_way_is_not_followed)
{
	char fresh[PATH_SIZE + 8];

	(void)snprintf(fresh, sizeof(fresh), "%s.new", path); /* fits */
	ck_assert_int_eq(symlink(fix.path, fresh), 0);
	ck_assert_int_eq(change(false, ONE), -ELOOP);
	ck_assert_uint_eq(cti_paired_count(paired), 0);
}
END_TEST

START_TEST(a_change_under_way_may_outlive_the_list)
{
	static const char *const one = ONE, *const two = TWO;
	struct result first, second;

	ask(&first, false, &one, 1);
	ask(&second, false, &two, 1);
	if (_i)
		cti_loop_turn(fix.loop, 0);
	cti_paired_destroy(paired);
	paired = NULL;
	ck_assert(first.value == -ECANCELED || first.value == 1);
	ck_assert_int_eq(second.value, -ECANCELED);
	for (int i = 0; i < 5; i++)
		cti_loop_turn(fix.loop, 20);
}
END_TEST

START_TEST(too_many_at_once_are_refused)
{
	const struct cti_paired_change much = {.count = CTI_PAIRED_CHANGE + 1};

	ck_assert_int_eq(cti_paired_submit(paired, &much, on_result, NULL),
			 -E2BIG);
}
END_TEST

/* A change with its n-th step failing: true when there was such a step. */
static bool change_fails(enum fault_kind kind, unsigned n, bool drop)
{
	static const char *const one = ONE;
	const struct cti_paired_change wish = {
		.origins = &one, .count = 1, .remove = drop, .at_ms = 1};
	struct result result = {.value = -1000};
	size_t before = cti_paired_count(paired), after;
	bool happened;
	int rc;

	fault_at(kind, n);
	rc = cti_paired_submit(paired, &wish, on_result, &result);
	if (rc)
		result.value = rc;
	rc = take(&result);
	happened = fault_happened(kind);
	ck_assert(rc == 1 || (rc < 0 && happened));
	after = cti_paired_count(paired);
	ck_assert_uint_eq(after, rc < 0 ? before : (size_t)!drop);
	again();
	if (rc == 1) /* what was told is in the file */
		ck_assert_uint_eq(cti_paired_count(paired), after);
	if (cti_paired_count(paired) == before) /* for the next one */
		ck_assert_int_eq(change(drop, ONE), 1);
	return happened;
}

START_TEST(a_change_that_fails_leaves_no_half_of_it)
{
	static const enum fault_kind kinds[] = {FAULT_MEMORY, FAULT_CALL,
						FAULT_LOOP};
	bool happened = true;

	for (unsigned n = 1; happened; n++) {
		ck_assert_uint_lt(n, 100);
		happened = change_fails(kinds[_i], n, n % 2 == 0);
	}
}
END_TEST

START_TEST(a_list_that_fails_to_be_read_is_not_lost)
{
	static const enum fault_kind kinds[] = {FAULT_MEMORY, FAULT_CALL};
	bool happened = true;
	int rc;

	ck_assert_int_eq(change(false, ONE), 1);
	for (unsigned n = 1; happened; n++) {
		cti_paired_destroy(paired);
		paired = NULL;
		fault_at(kinds[_i], n);
		rc = cti_paired_open(&paired, fix.loop, path);
		happened = fault_happened(kinds[_i]);
		ck_assert(rc == 0 || (rc == -ENOMEM && happened));
		if (rc == 0 && cti_paired_count(paired) == 0)
			ck_assert_int_lt(change(false, TWO), 0);
		again();
		ck_assert_uint_eq(cti_paired_count(paired), 1);
	}
}
END_TEST

Suite *paired_suite(void)
{
	Suite *suite = suite_create("paired");
	TCase *tcase = tcase_create("list");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, what_was_told_is_there_after_a_restart);
	tcase_add_test(tcase, a_change_of_nothing_writes_nothing);
	tcase_add_test(tcase, changes_are_made_in_order);
	tcase_add_test(tcase, the_list_is_bounded_and_a_change_is_whole);
	tcase_add_test(tcase, the_text_of_all_is_bounded);
	tcase_add_test(tcase, lines_that_are_no_pair_are_left_out);
	tcase_add_test(tcase, what_cannot_be_written_is_not_so);
	tcase_add_test(tcase, a_list_that_cannot_be_read_is_not_overwritten);
	tcase_add_test(tcase, a_link_in_the_way_is_not_followed);
	tcase_add_loop_test(tcase, a_change_under_way_may_outlive_the_list, 0,
			    2);
	tcase_add_test(tcase, too_many_at_once_are_refused);
	tcase_add_loop_test(tcase, a_change_that_fails_leaves_no_half_of_it, 0,
			    3);
	tcase_add_loop_test(tcase, a_list_that_fails_to_be_read_is_not_lost, 0,
			    2);
	suite_add_tcase(suite, tcase);
	return suite;
}
