/* SPDX-License-Identifier: Apache-2.0 */
/* store/test_purge.c - old calls go, with all that hangs on them */
#include <errno.h>
#include <string.h>

#include "fixture.h"

enum {
	KEEP_DAYS = 30,
	MANY = 1200, /* more than two parts of a purge */
};

static void pass_days(struct fix *fix, int days)
{
	cti_loop_advance(fix->loop, (int64_t)days * STORE_DAY_MS);
	for (int i = 0; i < 1000; i++) {
		cti_loop_turn(fix->loop, 0);
		if (!fix->store->busy && !fix->store->purge_due)
			return;
		if (fix->store->busy)
			cti_loop_turn(fix->loop, 100);
	}
	ck_abort_msg("it is purged for ever");
}

static int64_t rows_of(struct fix *fix, const char *sql)
{
	int64_t count = -1;

	ck_assert_int_eq(store_scalar(fix->store->reader, sql, -1, &count), 0);
	return count;
}

/* An ended call with one row in every table. */
static void submit_rich(struct fix *fix)
{
	struct cti_call *call = fix_call(fix);
	struct cti_event *ev =
		fix_event(fix, call, CTI_EVENT_ENDED, CTI_CALL_ENDED);
	struct cti_unit *unit = fix_unit(false);
	struct cti_link_row link = {.kind = CTI_LINK_REF,
				    .value = call->id,
				    .row = call->row,
				    .at_ms = ev->at_ms};
	struct cti_post_row post = {
		.event = ev->id, .claimed_ms = ev->at_ms, .tab = "t"};
	struct cti_step_row step = {
		.row = call->row, .at_ms = ev->at_ms, .what = "sent"};

	ev->sap = strdup("{}");
	ck_assert_ptr_nonnull(ev->sap);
	ck_assert_int_eq(cti_unit_call(unit, call), 0);
	ck_assert_int_eq(cti_unit_event(unit, ev), 0);
	ck_assert_int_eq(cti_unit_link(unit, &link), 0);
	ck_assert_int_eq(cti_unit_post(unit, &post), 0);
	ck_assert_int_eq(cti_unit_step(unit, &step), 0);
	cti_store_submit(fix->store, unit, NULL, NULL);
	cti_event_destroy(ev);
	cti_call_destroy(call);
}

START_TEST(old_ended_calls_go_with_all_their_rows)
{
	static const char *const counts[] = {
		"SELECT count(*) FROM call",  "SELECT count(*) FROM event",
		"SELECT count(*) FROM link",  "SELECT count(*) FROM post",
		"SELECT count(*) FROM due",   "SELECT count(*) FROM step",
		"SELECT count(*) FROM batch",
	};
	struct fix fix;
	struct cti_event *refused;

	fix_init_keeping(&fix, KEEP_DAYS);
	submit_rich(&fix);
	fix_wait(&fix);
	refused = fix_event(&fix, NULL, CTI_EVENT_REFUSED, CTI_CALL_ENDED);
	fix_change(&fix, NULL, refused);
	pass_days(&fix, KEEP_DAYS - 1);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		ck_assert_int_ge(rows_of(&fix, counts[i]), 1);
	(void)fix_ended(&fix);
	fix_wait(&fix);
	pass_days(&fix, 2);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		ck_assert_int_le(rows_of(&fix, counts[i]), 1);
	ck_assert_int_eq(rows_of(&fix, counts[0]), 1);
	ck_assert_int_eq(rows_of(&fix, counts[1]), 1);
	ck_assert_int_eq(rows_of(&fix, counts[2]), 0);
	ck_assert_int_eq(rows_of(&fix, counts[3]), 0);
	ck_assert_int_eq(rows_of(&fix, counts[4]), 0);
	ck_assert_int_eq(rows_of(&fix, counts[5]), 0);
	fix_fini(&fix);
}
END_TEST

START_TEST(running_call_stays_however_old)
{
	struct fix fix;
	struct cti_call *call, *back = NULL;

	fix_init_keeping(&fix, KEEP_DAYS);
	call = fix_call(&fix);
	fix_store(&fix, call);
	pass_days(&fix, 10 * KEEP_DAYS);
	ck_assert_int_eq(cti_store_load(fix.store, &back, call->id), 0);
	fix_assert_same(call, back);
	cti_call_destroy(back);
	fix_change(&fix, call,
		   fix_event(&fix, call, CTI_EVENT_ENDED, CTI_CALL_ENDED));
	pass_days(&fix, 1);
	ck_assert_int_eq(cti_store_load(fix.store, &back, call->id), -ENOENT);
	cti_call_destroy(call);
	fix_fini(&fix);
}
END_TEST

START_TEST(long_purge_is_done_in_parts)
{
	struct fix fix;
	struct cti_store_health before, after;

	fix_init_keeping(&fix, KEEP_DAYS);
	for (int i = 0; i < MANY; i++)
		(void)fix_ended(&fix);
	fix_wait(&fix);
	cti_store_health(fix.store, &before);
	pass_days(&fix, KEEP_DAYS + 1);
	cti_store_health(fix.store, &after);
	ck_assert_int_eq(rows_of(&fix, "SELECT count(*) FROM call"), 0);
	ck_assert_int_eq(rows_of(&fix, "SELECT count(*) FROM event"), 0);
	ck_assert_int_ge(after.commits - before.commits, 3);
	fix_fini(&fix);
}
END_TEST

START_TEST(purge_at_the_start_and_ids_go_on)
{
	struct fix fix;
	int64_t last;

	fix_init(&fix);
	(void)fix_ended(&fix);
	fix_wait(&fix);
	last = cti_store_last_event(fix.store);
	fix_close(&fix);
	cti_loop_advance(fix.loop, (int64_t)2 * STORE_DAY_MS);
	fix.conf.keep_days = 1;
	fix_open(&fix);
	pass_days(&fix, 0);
	ck_assert_int_eq(cti_store_first_event(fix.store), 0);
	fix_reopen(&fix);
	ck_assert_int_gt(cti_store_next_event(fix.store), last);
	fix_fini(&fix);
}
END_TEST

START_TEST(zero_days_keep_for_ever)
{
	struct fix fix;

	fix_init(&fix);
	(void)fix_ended(&fix);
	fix_wait(&fix);
	pass_days(&fix, 10000);
	ck_assert_int_eq(rows_of(&fix, "SELECT count(*) FROM call"), 1);
	fix_fini(&fix);
}
END_TEST

START_TEST(clock_set_ahead_makes_nothing_old)
{
	struct fix fix;

	fix_init_keeping(&fix, KEEP_DAYS);
	(void)fix_ended(&fix);
	fix_wait(&fix);
	cti_loop_jump(fix.loop, INT64_C(365) * STORE_DAY_MS);
	pass_days(&fix, KEEP_DAYS - 1);
	ck_assert_int_eq(rows_of(&fix, "SELECT count(*) FROM call"), 1);
	pass_days(&fix, 2);
	ck_assert_int_eq(rows_of(&fix, "SELECT count(*) FROM call"), 0);
	fix_fini(&fix);
}
END_TEST

static void purge_begun(struct fix *fix)
{
	store_turn_end(fix->store);
	ck_assert(fix->store->busy && fix->store->job.purge);
}

START_TEST(another_number_of_days_counts_at_once)
{
	struct fix fix;

	fix_init(&fix);
	(void)fix_ended(&fix);
	fix_wait(&fix);
	pass_days(&fix, KEEP_DAYS + 1);
	cti_store_keep(fix.store, KEEP_DAYS + 10);
	pass_days(&fix, 0);
	ck_assert_int_eq(rows_of(&fix, "SELECT count(*) FROM call"), 1);
	cti_store_keep(fix.store, KEEP_DAYS);
	pass_days(&fix, 0);
	ck_assert_int_eq(rows_of(&fix, "SELECT count(*) FROM call"), 0);
	fix_fini(&fix);
}
END_TEST

START_TEST(fewer_days_count_while_a_purge_runs)
{
	struct fix fix;

	fix_init(&fix);
	(void)fix_ended(&fix);
	fix_wait(&fix);
	pass_days(&fix, KEEP_DAYS + 1);
	cti_store_keep(fix.store, 2 * KEEP_DAYS);
	purge_begun(&fix);
	cti_store_keep(fix.store, KEEP_DAYS);
	pass_days(&fix, 0);
	ck_assert_int_eq(rows_of(&fix, "SELECT count(*) FROM call"), 0);
	fix_fini(&fix);
}
END_TEST

START_TEST(a_purge_that_is_no_longer_wanted_ends)
{
	struct fix fix;
	int64_t kept;

	fix_init(&fix);
	for (int i = 0; i < MANY; i++)
		(void)fix_ended(&fix);
	fix_wait(&fix);
	pass_days(&fix, KEEP_DAYS + 1);
	cti_store_keep(fix.store, KEEP_DAYS);
	purge_begun(&fix);
	cti_store_keep(fix.store, 0);
	for (int i = 0; i < 1000 && fix.store->busy; i++)
		cti_loop_turn(fix.loop, 100);
	kept = rows_of(&fix, "SELECT count(*) FROM call");
	ck_assert_int_gt(kept, 0);
	(void)fix_ended(&fix);
	fix_wait(&fix);
	for (int i = 0; i < 20; i++)
		cti_loop_turn(fix.loop, 10);
	ck_assert_int_eq(rows_of(&fix, "SELECT count(*) FROM call"), kept + 1);
	fix_fini(&fix);
}
END_TEST

Suite *purge_suite(void)
{
	Suite *suite = suite_create("purge");
	TCase *tcase = tcase_create("purge");

	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, old_ended_calls_go_with_all_their_rows);
	tcase_add_test(tcase, running_call_stays_however_old);
	tcase_add_test(tcase, long_purge_is_done_in_parts);
	tcase_add_test(tcase, purge_at_the_start_and_ids_go_on);
	tcase_add_test(tcase, zero_days_keep_for_ever);
	tcase_add_test(tcase, clock_set_ahead_makes_nothing_old);
	tcase_add_test(tcase, another_number_of_days_counts_at_once);
	tcase_add_test(tcase, fewer_days_count_while_a_purge_runs);
	tcase_add_test(tcase, a_purge_that_is_no_longer_wanted_ends);
	suite_add_tcase(suite, tcase);
	return suite;
}
