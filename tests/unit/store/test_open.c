/* SPDX-License-Identifier: Apache-2.0 */
/* store/test_open.c - fresh, reopened, killed, corrupt and foreign files */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

START_TEST(fresh_store_is_for_its_owner_only)
{
	struct fix fix;
	char folder[PATH_SIZE], path[PATH_SIZE + 16];
	struct stat st;
	mode_t old = umask(0);

	fix_init(&fix);
	fix_close(&fix);
	ck_assert_int_gt(snprintf(folder, sizeof(folder), "%s/new", fix.dir),
			 0);
	ck_assert_int_gt(snprintf(path, sizeof(path), "%s/k.db", folder), 0);
	fix.conf.path = path;
	fix_open(&fix);
	ck_assert_int_eq(stat(folder, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0700);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	fix_close(&fix);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(folder), 0);
	(void)umask(old);
	fix.conf.path = fix.path;
	fix_open(&fix);
	fix_fini(&fix);
}
END_TEST

START_TEST(first_event_of_a_fresh_store_is_the_time)
{
	struct fix fix;
	int64_t now;

	fix_init(&fix);
	now = cti_loop_wall_ms(fix.loop);
	ck_assert_int_eq(cti_store_first_event(fix.store), 0);
	ck_assert_int_eq(cti_store_last_event(fix.store), now - 1);
	ck_assert_int_eq(cti_store_next_event(fix.store), now);
	ck_assert_int_eq(cti_store_next_event(fix.store), now + 1);
	ck_assert_int_eq(cti_store_last_event(fix.store), now + 1);
	ck_assert_int_eq(cti_store_next_row(fix.store), 1);
	fix_fini(&fix);
}
END_TEST

/* Ids a start gives after the file was left as it is right now. */
static void ids_after_kill(struct fix *fix, int64_t *eventp, int64_t *rowp)
{
	char copy[PATH_SIZE];
	struct fix other = {.loop = fix->loop};

	fix_copy(fix, copy);
	fix_close(fix); /* one store a loop */
	other.conf = (struct cti_store_conf){.path = copy};
	fix_open(&other);
	*eventp = cti_store_next_event(other.store);
	*rowp = cti_store_next_row(other.store);
	fix_close(&other);
	fix_open(fix);
}

START_TEST(ids_of_a_killed_store_never_come_back)
{
	struct fix fix;
	int64_t event = 0, row = 0, last_event = 0, last_row = 0;

	fix_init(&fix);
	for (int i = 0; i < 1000; i++) { /* handed out, never stored */
		last_event = cti_store_next_event(fix.store);
		last_row = cti_store_next_row(fix.store);
	}
	ids_after_kill(&fix, &event, &row);
	ck_assert_int_gt(event, last_event);
	ck_assert_int_gt(row, last_row);
	fix_fini(&fix);
}
END_TEST

START_TEST(reserve_moves_on_with_the_transactions)
{
	struct fix fix;
	int64_t event = 0, row = 0, last_event = 0, last_row = 0;

	fix_init(&fix);
	for (int i = 0; i < 3 * STORE_RESERVE; i++) {
		last_event = cti_store_next_event(fix.store);
		last_row = cti_store_next_row(fix.store);
		if (i % (STORE_RESERVE / 4))
			continue;
		fix_submit(&fix, NULL, NULL);
		fix_wait(&fix);
	}
	ids_after_kill(&fix, &event, &row);
	ck_assert_int_gt(event, last_event);
	ck_assert_int_gt(row, last_row);
	fix_fini(&fix);
}
END_TEST

START_TEST(killed_store_has_what_was_committed)
{
	struct fix fix;
	struct fix other;
	char copy[PATH_SIZE];
	struct cti_call *call, *back = NULL;

	fix_init(&fix);
	call = fix_call(&fix);
	fix_store(&fix, call);
	fix_copy(&fix, copy);
	fix_close(&fix);
	other = (struct fix){.loop = fix.loop, .conf = {.path = copy}};
	fix_open(&other);
	ck_assert_int_eq(cti_store_load(other.store, &back, call->id), 0);
	fix_assert_same(back, call);
	fix_close(&other);
	cti_call_destroy(back);
	cti_call_destroy(call);
	fix_open(&fix);
	fix_fini(&fix);
}
END_TEST

static void overwrite(const struct fix *fix, long at, size_t len)
{
	FILE *file = fopen(fix->path, "r+b");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fseek(file, at, SEEK_SET), 0);
	for (size_t i = 0; i < len; i++)
		ck_assert_int_eq(fputc('?', file), '?');
	ck_assert_int_eq(fclose(file), 0);
}

static void assert_fresh(struct fix *fix, const struct cti_call *call)
{
	struct cti_call *back = NULL;

	ck_assert_int_eq(cti_store_load(fix->store, &back, call->id), -ENOENT);
	fix_store(fix, call);
	ck_assert_int_eq(cti_store_load(fix->store, &back, call->id), 0);
	cti_call_destroy(back);
}

START_TEST(corrupt_file_is_set_aside_each_time)
{
	struct fix fix;
	struct cti_call *call;

	fix_init(&fix);
	call = fix_call(&fix);
	for (int i = 1; i < 4; i++) { /* within one second of the clock */
		fix_store(&fix, call);
		fix_close(&fix);
		overwrite(&fix, 0, 50);
		fix_open(&fix);
		ck_assert_int_eq(fix_files(&fix, ".corrupt-1795329000"), i);
		assert_fresh(&fix, call);
		fix_reopen(&fix);
	}
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

START_TEST(damaged_schema_and_cut_file_are_set_aside)
{
	struct fix fix;
	struct cti_call *call;

	fix_init(&fix);
	call = fix_call(&fix);
	fix_store(&fix, call);
	fix_close(&fix);
	overwrite(&fix, 100, 3000); /* the schema's page */
	fix_open(&fix);
	ck_assert_int_eq(fix_files(&fix, ".corrupt-"), 1);
	assert_fresh(&fix, call);
	fix_close(&fix);
	ck_assert_int_eq(truncate(fix.path, 5000), 0);
	fix_open(&fix);
	ck_assert_int_eq(fix_files(&fix, ".corrupt-"), 2);
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

START_TEST(damage_in_the_middle_is_set_aside)
{
	struct fix fix;
	struct cti_call *call;

	fix_init(&fix);
	call = fix_call(&fix);
	for (int i = 0; i < 500; i++)
		(void)fix_ended(&fix);
	fix_wait(&fix);
	fix_close(&fix);
	overwrite(&fix, 100000, 5000);
	fix_open(&fix);
	ck_assert_int_eq(fix_files(&fix, ".corrupt-"), 1);
	assert_fresh(&fix, call);
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

START_TEST(foreign_database_is_set_aside)
{
	struct fix fix;

	fix_init(&fix);
	ck_assert_int_eq(store_exec(fix.store->writer,
				    "DROP TABLE step; CREATE TABLE x(y)"),
			 0);
	fix_reopen(&fix);
	ck_assert_int_eq(fix_files(&fix, ".corrupt-"), 1);
	ck_assert_int_eq(store_exec(fix.store->writer, "DROP TABLE meta"), 0);
	fix_reopen(&fix);
	ck_assert_int_eq(fix_files(&fix, ".corrupt-"), 2);
	fix_fini(&fix);
}
END_TEST

START_TEST(file_of_a_newer_program_is_refused)
{
	struct fix fix;

	fix_init(&fix);
	ck_assert_int_eq(store_exec(fix.store->writer,
				    "UPDATE meta SET value = 2"
				    " WHERE key = 'version'"),
			 0);
	fix_close(&fix);
	ck_assert_int_eq(cti_store_open(&fix.store, fix.loop, &fix.conf),
			 -EPROTO);
	ck_assert_int_eq(fix_files(&fix, ".corrupt-"), 0);
	fix_fini(&fix);
}
END_TEST

START_TEST(file_of_a_running_relay_is_refused)
{
	struct fix fix;
	struct cti_store *second = NULL;

	fix_init(&fix);
	ck_assert_int_eq(cti_store_open(&second, fix.loop, &fix.conf), -EBUSY);
	ck_assert_ptr_null(second);
	ck_assert_int_eq(fix_files(&fix, ".corrupt-"), 0);
	ck_assert_int_gt(fix_ended(&fix), 0);
	fix_reopen(&fix);
	fix_fini(&fix);
}
END_TEST

START_TEST(path_that_cannot_be_is_refused)
{
	struct fix fix;
	char path[PATH_SIZE + 16];

	fix_init(&fix);
	fix_close(&fix);
	ck_assert_int_gt(
		snprintf(path, sizeof(path), "%s/below/k.db", fix.path), 0);
	fix.conf.path = path;
	ck_assert_int_eq(cti_store_open(&fix.store, fix.loop, &fix.conf),
			 -ENOTDIR);
	fix.conf.path = fix.dir;
	ck_assert_int_eq(cti_store_open(&fix.store, fix.loop, &fix.conf),
			 -EISDIR);
	ck_assert_ptr_null(fix.store);
	fix_fini(&fix);
}
END_TEST

START_TEST(folder_that_is_read_only_is_refused)
{
	struct fix fix;
	char folder[PATH_SIZE], path[PATH_SIZE + 16];
	int err;

	fix_init(&fix);
	fix_close(&fix);
	ck_assert_int_gt(snprintf(folder, sizeof(folder), "%s/ro", fix.dir), 0);
	ck_assert_int_gt(snprintf(path, sizeof(path), "%s/k.db", folder), 0);
	ck_assert_int_eq(mkdir(folder, 0500), 0);
	fix.conf.path = path;
	err = cti_store_open(&fix.store, fix.loop, &fix.conf);
	if (geteuid() == 0) /* whom no mode stops */
		ck_assert_int_eq(err, 0);
	else
		ck_assert_int_eq(err, -EACCES);
	fix_close(&fix);
	(void)unlink(path);
	ck_assert_int_eq(rmdir(folder), 0);
	fix_fini(&fix);
}
END_TEST

START_TEST(full_sync_is_set_where_asked_for)
{
	struct fix fix;
	int64_t sync = 0;

	fix_init(&fix);
	ck_assert_int_eq(store_scalar(fix.store->writer, "PRAGMA synchronous",
				      -1, &sync),
			 0);
	ck_assert_int_eq(sync, 1);
	fix.conf.sync_full = true;
	fix_reopen(&fix);
	ck_assert_int_eq(store_scalar(fix.store->writer, "PRAGMA synchronous",
				      -1, &sync),
			 0);
	ck_assert_int_eq(sync, 2);
	fix_fini(&fix);
}
END_TEST

Suite *open_suite(void)
{
	Suite *suite = suite_create("open");
	TCase *tcase = tcase_create("open");

	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, fresh_store_is_for_its_owner_only);
	tcase_add_test(tcase, first_event_of_a_fresh_store_is_the_time);
	tcase_add_test(tcase, ids_of_a_killed_store_never_come_back);
	tcase_add_test(tcase, reserve_moves_on_with_the_transactions);
	tcase_add_test(tcase, killed_store_has_what_was_committed);
	tcase_add_test(tcase, corrupt_file_is_set_aside_each_time);
	tcase_add_test(tcase, damaged_schema_and_cut_file_are_set_aside);
	tcase_add_test(tcase, damage_in_the_middle_is_set_aside);
	tcase_add_test(tcase, foreign_database_is_set_aside);
	tcase_add_test(tcase, file_of_a_newer_program_is_refused);
	tcase_add_test(tcase, file_of_a_running_relay_is_refused);
	tcase_add_test(tcase, path_that_cannot_be_is_refused);
	tcase_add_test(tcase, folder_that_is_read_only_is_refused);
	tcase_add_test(tcase, full_sync_is_set_where_asked_for);
	suite_add_tcase(suite, tcase);
	return suite;
}
