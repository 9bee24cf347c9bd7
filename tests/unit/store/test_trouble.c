/* SPDX-License-Identifier: Apache-2.0 */
/* store/test_trouble.c - a bad disk at the start; damage while it runs */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "fixture.h"

static bool failing(const struct fix *fix, int err)
{
	struct cti_store_health health;

	cti_store_health(fix->store, &health);
	return health.failing && (!err || health.err == err);
}

static void heal(struct fix *fix)
{
	fault_disk_is(FAULT_DISK_WELL);
	cti_loop_advance(fix->loop, STORE_RETRY_MS);
	fix_settle(fix);
	ck_assert(!failing(fix, 0));
}

static bool stored(struct fix *fix, const char *id)
{
	struct cti_call *call = NULL;
	int err = cti_store_load(fix->store, &call, id);

	ck_assert(err == 0 || err == -ENOENT);
	cti_call_destroy(call);
	return err == 0;
}

static void count_reload(void *arg)
{
	int *count = arg;

	++*count;
}

/* --- a start --- */

static const struct {
	enum fault_disk disk;
	int err;
} disks[] = {
	{FAULT_DISK_FULL, -ENOSPC},
	{FAULT_DISK_READ_ONLY, -EROFS},
};

START_TEST(start_on_a_bad_disk_reads_and_heals)
{
	struct fix fix;
	struct cti_call *old, *new;
	int64_t event;
	int reloads = 0;

	fix_init(&fix);
	old = fix_call(&fix);
	fix_store(&fix, old);
	event = cti_store_next_event(fix.store);
	fix_close(&fix);
	fault_disk_is(disks[_i].disk);
	fix_open(&fix);
	cti_store_on_reload(fix.store, count_reload, &reloads);
	ck_assert(failing(&fix, disks[_i].err));
	ck_assert(stored(&fix, old->id));
	ck_assert_int_gt(cti_store_next_event(fix.store), event);
	new = fix_call(&fix);
	ck_assert_int_gt(new->row, old->row);
	fix_submit(&fix, new, NULL);
	fix_settle(&fix);
	cti_loop_advance(fix.loop, STORE_RETRY_MS);
	fix_settle(&fix);
	ck_assert(failing(&fix, disks[_i].err));
	ck_assert(!stored(&fix, new->id));
	heal(&fix);
	fix_wait(&fix);
	ck_assert(stored(&fix, old->id) && stored(&fix, new->id));
	ck_assert_int_eq(reloads, 0); /* it read the same all the time */
	fix_reopen(&fix);
	ck_assert(stored(&fix, old->id) && stored(&fix, new->id));
	cti_call_destroy(old);
	cti_call_destroy(new);
	fix_fini(&fix);
}
END_TEST

START_TEST(first_start_on_a_bad_disk_serves_and_heals)
{
	struct fix fix;
	struct cti_call *call;
	int64_t event;

	fix_init(&fix);
	fix_close(&fix);
	ck_assert_int_eq(unlink(fix.path), 0);
	fault_disk_is(disks[_i].disk);
	fix_open(&fix);
	ck_assert(failing(&fix, disks[_i].err));
	ck_assert_int_eq(cti_store_first_event(fix.store), 0);
	event = cti_store_next_event(fix.store);
	ck_assert_int_ge(event, cti_loop_wall_ms(fix.loop));
	call = fix_call(&fix);
	fix_submit(&fix, call, NULL);
	fix_settle(&fix);
	heal(&fix);
	fix_wait(&fix);
	ck_assert(stored(&fix, call->id));
	fix_reopen(&fix);
	ck_assert_int_gt(cti_store_next_event(fix.store), event);
	ck_assert_int_gt(cti_store_next_row(fix.store), call->row);
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

START_TEST(ids_of_failing_starts_never_come_back)
{
	struct fix fix;
	int64_t event = 0;

	fix_init(&fix);
	fix_close(&fix);
	fault_disk_is(FAULT_DISK_FULL);
	for (int i = 0; i < 5; i++) {
		cti_loop_advance(fix.loop, STORE_RESERVE + 1000);
		fix_open(&fix);
		ck_assert_int_gt(cti_store_next_event(fix.store), event);
		for (int j = 0; j < 100; j++)
			event = cti_store_next_event(fix.store);
		fix_close(&fix);
	}
	fault_disk_is(FAULT_DISK_WELL);
	cti_loop_advance(fix.loop, 1000);
	fix_open(&fix);
	ck_assert_int_gt(cti_store_next_event(fix.store), event);
	fix_fini(&fix);
}
END_TEST

START_TEST(ids_beyond_the_reserve_never_come_back)
{
	struct fix fix;
	int64_t event = 0;

	fix_init(&fix);
	fault_disk_is(FAULT_DISK_FULL);
	fix_submit(&fix, NULL, NULL);
	fix_settle(&fix);
	for (int i = 0; i < STORE_RESERVE + 100000; i++)
		event = cti_store_next_event(fix.store);
	cti_loop_advance(fix.loop, STORE_RESERVE + 200000);
	fix_close(&fix);
	fault_disk_is(FAULT_DISK_WELL);
	fix_open(&fix);
	ck_assert_int_gt(cti_store_next_event(fix.store), event);
	fix_fini(&fix);
}
END_TEST

START_TEST(file_that_cannot_be_read_at_first_is_told_of_later)
{
	struct fix fix, other;
	char copy[PATH_SIZE];
	struct cti_call *old, *new;
	int reloads = 0;

	fix_init(&fix);
	old = fix_call(&fix);
	fix_store(&fix, old);
	fix_copy(&fix, copy); /* without SQLite's index, so no room for one */
	fix_close(&fix);
	other = (struct fix){.loop = fix.loop, .conf = {.path = copy}};
	fault_disk_is(FAULT_DISK_FULL);
	fix_open(&other);
	cti_store_on_reload(other.store, count_reload, &reloads);
	ck_assert(failing(&other, -ENOSPC));
	ck_assert(!stored(&other, old->id));
	new = fix_call(&other);
	fix_submit(&other, new, NULL);
	fix_settle(&other);
	heal(&other);
	ck_assert_int_eq(reloads, 1);
	fix_wait(&other);
	ck_assert(stored(&other, old->id) && stored(&other, new->id));
	fix_close(&other);
	cti_call_destroy(old);
	cti_call_destroy(new);
	fix_open(&fix);
	fix_fini(&fix);
}
END_TEST

START_TEST(corrupt_file_on_a_bad_disk_is_set_aside_later)
{
	struct fix fix;
	struct cti_call *call;
	FILE *file;

	fix_init(&fix);
	call = fix_call(&fix);
	fix_store(&fix, call);
	fix_close(&fix);
	file = fopen(fix.path, "r+b");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs("no database any more", file), 0);
	ck_assert_int_eq(fclose(file), 0);
	fault_disk_is(FAULT_DISK_FULL);
	fix_open(&fix); /* a name can be changed, a file not begun */
	ck_assert(failing(&fix, -ENOSPC));
	heal(&fix);
	ck_assert_int_eq(fix_files(&fix, ".corrupt-"), 1);
	fix_submit(&fix, call, NULL);
	fix_wait(&fix);
	ck_assert(stored(&fix, call->id));
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

/* --- damage while it runs --- */

/* The first page of a table or index becomes rubbish behind the store's back.
 */
static void damage(const struct fix *fix, const char *name)
{
	FILE *file = fopen(fix->path, "r+b");
	int64_t page = 0, size = 0;
	char sql[128];

	(void)snprintf(sql, sizeof(sql),
		       "SELECT rootpage FROM sqlite_schema WHERE name = '%s'",
		       name); /* fits */
	ck_assert_int_eq(store_scalar(fix->store->reader, sql, 0, &page), 0);
	ck_assert_int_eq(
		store_scalar(fix->store->reader, "PRAGMA page_size", 0, &size),
		0);
	ck_assert_int_gt(page, 1);
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fseek(file, (long)((page - 1) * size), SEEK_SET), 0);
	for (int i = 0; i < size; i++)
		ck_assert_int_eq(fputc('?', file), '?');
	ck_assert_int_eq(fclose(file), 0);
	/* what is remembered of the file is not asked for again */
	ck_assert_int_eq(store_exec(fix->store->writer, "PRAGMA shrink_memory"),
			 0);
}

/* Files set aside, without what SQLite had beside them. */
static int set_aside(const struct fix *fix)
{
	return fix_files(fix, ".corrupt-") - fix_files(fix, "-wal") -
	       fix_files(fix, "-shm") + 2;
}

static int any(void *arg, const struct cti_event *ev,
	       const struct cti_call *call, const struct cti_post_row *post)
{
	(void)arg;
	(void)ev;
	(void)call;
	(void)post;
	return 0;
}

static void read_due(struct fix *fix)
{
	ck_assert_int_eq(cti_store_unacked(fix->store, 0, any, NULL), -EBADMSG);
}

/* Many calls, the last one runs; all of it is in the file itself. */
static struct cti_call *begin(struct fix *fix)
{
	struct cti_call *call;

	fix_init(fix);
	for (int i = 0; i < 500; i++)
		(void)fix_ended(fix);
	call = fix_call(fix);
	fix_store(fix, call);
	fix_reopen(fix);
	return call;
}

START_TEST(damage_met_by_reading_is_set_aside_at_once)
{
	struct fix fix;
	struct cti_call *call = begin(&fix), *new;
	struct told told = {.count = 0};
	struct told_arg arg = {&told, 'a'};
	int64_t last = cti_store_last_event(fix.store);
	int reloads = 0;

	cti_store_on_reload(fix.store, count_reload, &reloads);
	damage(&fix, "due");
	read_due(&fix);
	ck_assert(failing(&fix, -EBADMSG));
	cti_store_submit(fix.store, fix_unit(true), fix_tell, &arg);
	fix_settle(&fix);
	ck_assert_int_eq(told.log[0].err, -EBADMSG);
	cti_loop_advance(fix.loop, 0);
	fix_settle(&fix);
	ck_assert(!failing(&fix, 0));
	ck_assert_int_eq(reloads, 1);
	ck_assert_int_eq(set_aside(&fix), 1);
	ck_assert(stored(&fix, call->id)); /* taken over */
	new = fix_call(&fix);
	fix_store(&fix, new);
	ck_assert(stored(&fix, new->id));
	ck_assert_int_gt(cti_store_next_event(fix.store), last);
	ck_assert_int_ge(cti_store_first_event(fix.store), last);
	fix_reopen(&fix);
	ck_assert(stored(&fix, call->id) && stored(&fix, new->id));
	cti_call_destroy(call);
	cti_call_destroy(new);
	fix_fini(&fix);
}
END_TEST

START_TEST(damage_met_by_writing_loses_nothing_that_was_handed_in)
{
	struct fix fix;
	struct cti_call *call = begin(&fix), *new;
	struct cti_unit *unit = fix_unit(false);
	struct cti_link_row link = {
		.kind = CTI_LINK_REF, .value = "leg", .at_ms = 1};

	damage(&fix, "link");
	new = fix_call(&fix);
	link.row = new->row;
	ck_assert_int_eq(cti_unit_call(unit, new), 0);
	ck_assert_int_eq(cti_unit_link(unit, &link), 0);
	cti_store_submit(fix.store, unit, NULL, NULL);
	fix_settle(&fix);
	cti_loop_advance(fix.loop, 0);
	fix_settle(&fix);
	fix_wait(&fix);
	ck_assert(!failing(&fix, 0));
	ck_assert_int_eq(set_aside(&fix), 1);
	ck_assert(stored(&fix, call->id) && stored(&fix, new->id));
	cti_call_destroy(call);
	cti_call_destroy(new);
	fix_fini(&fix);
}
END_TEST

START_TEST(damage_on_a_read_only_disk_waits)
{
	struct fix fix;
	struct cti_call *call = begin(&fix);

	damage(&fix, "due");
	fault_disk_is(FAULT_DISK_FULL);
	read_due(&fix);
	for (int i = 0; i < 3; i++) {
		cti_loop_advance(fix.loop, STORE_RETRY_MS);
		fix_settle(&fix);
		ck_assert(failing(&fix, 0));
	}
	heal(&fix);
	ck_assert_int_eq(set_aside(&fix), 1);
	ck_assert(stored(&fix, call->id));
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

Suite *trouble_suite(void)
{
	Suite *suite = suite_create("trouble");
	TCase *tcase = tcase_create("trouble");

	tcase_set_timeout(tcase, 30);
	tcase_add_loop_test(tcase, start_on_a_bad_disk_reads_and_heals, 0, 2);
	tcase_add_loop_test(tcase, first_start_on_a_bad_disk_serves_and_heals,
			    0, 2);
	tcase_add_test(tcase, ids_of_failing_starts_never_come_back);
	tcase_add_test(tcase, ids_beyond_the_reserve_never_come_back);
	tcase_add_test(tcase,
		       file_that_cannot_be_read_at_first_is_told_of_later);
	tcase_add_test(tcase, corrupt_file_on_a_bad_disk_is_set_aside_later);
	tcase_add_test(tcase, damage_met_by_reading_is_set_aside_at_once);
	tcase_add_test(tcase,
		       damage_met_by_writing_loses_nothing_that_was_handed_in);
	tcase_add_test(tcase, damage_on_a_read_only_disk_waits);
	suite_add_tcase(suite, tcase);
	return suite;
}
