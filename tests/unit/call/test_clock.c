/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/test_clock.c - the time of day is set; no time-out is false */
#include <errno.h>
#include <string.h>

#include "suites.h"

static const int64_t HOUR = INT64_C(3600) * 1000;
static const int64_t YEAR = INT64_C(365) * 24 * 3600 * 1000;

/* Each story is told once for each of them. */
static int64_t jump_of(int i)
{
	const int64_t jumps[] = {HOUR, -HOUR, YEAR, -YEAR};

	return jumps[i];
}

static const struct click click = {
	.number = BERLIN, .activity = ACTIVITY, .key = "k", .body = "b"};

START_TEST(the_same_click_is_the_same_call)
{
	char id[CTI_ID_SIZE];

	core_start(DE MANY);
	ck_assert_int_eq(core_click(&click), 0);
	memcpy(id, core_told()->call, sizeof(id));
	core_over(id, CTI_CAUSE_NORMAL);
	cti_loop_jump(core.loop, jump_of(_i));
	core_advance(1000);
	ck_assert_int_eq(core_click(&click), 0);
	ck_assert_str_eq(core_told()->call, id);
	ck_assert_uint_eq(core.drv.originated, 1);
}
END_TEST

START_TEST(a_pushed_call_keeps_its_limits)
{
	core_start(DE "push { ring_s = 60 max_s = 3600 }\n");
	ck_assert_int_eq(core_push(CTI_PUSH_RINGING, "ivr"), 0);
	core_advance(30 * 1000);
	cti_loop_jump(core.loop, jump_of(_i));
	ck_assert_int_eq(core_push(CTI_PUSH_RINGING, "ivr"), 0);
	core_advance(29 * 1000);
	ck_assert_int_eq(core_call(core_id("ivr"))->state, CTI_CALL_RINGING);
	core_advance(1000);
	ck_assert_int_eq(core_call(core_id("ivr"))->cause, CTI_CAUSE_NO_ANSWER);
}
END_TEST

START_TEST(a_talk_is_as_long_as_it_was)
{
	core_start(DE "push { ring_s = 60 max_s = 3600 }\n");
	ck_assert_int_eq(core_push(CTI_PUSH_ANSWERED, "ivr"), 0);
	core_advance(5000);
	cti_loop_jump(core.loop, jump_of(_i));
	ck_assert_int_eq(core_push(CTI_PUSH_ANSWERED, "ivr"), 0);
	core_advance(5000);
	ck_assert_int_eq(core_call(core_id("ivr"))->state, CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_push(CTI_PUSH_ENDED, "ivr"), 0);
	ck_assert_int_eq(core_call(core_id("ivr"))->duration_ms, 10000);
}
END_TEST

START_TEST(what_is_due_stays_due)
{
	core_start(DE "sap { late_s = 600 }\n");
	core_ring("leg", CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_claim(core_last()->id, "tab"), 0);
	cti_loop_jump(core.loop, jump_of(_i));
	core_advance(CTI_LEASE_MS - 1);
	ck_assert_uint_eq(core.ndue, 0);
	core_ring("leg", CTI_CALL_ENDED);
	core_advance(60 * 1000);
	ck_assert_str_eq(core_due(), "1 2");
	core_advance(600 * 1000);
	ck_assert_str_eq(core_due(), "2");
}
END_TEST

START_TEST(the_limit_of_dials_is_the_same)
{
	core_start(DE "dial { per_minute = 1 merge_s = 0 }\n");
	ck_assert_int_eq(core_dial(BERLIN), 0);
	core_over(core.drv.call_id, CTI_CAUSE_NORMAL);
	cti_loop_jump(core.loop, jump_of(_i));
	core_refused(core_dial(BERLIN), EAGAIN, CTI_ERR_RATE_LIMITED);
	ck_assert_int_eq(core.err.retry_after_s, 60);
	core_advance(60 * 1000);
	ck_assert_int_eq(core_dial(BERLIN), 0);
}
END_TEST

START_TEST(two_clicks_merge_as_before)
{
	core_start(DE "dial { merge_s = 3 }\n");
	ck_assert_int_eq(core_dial(BERLIN), 0);
	cti_loop_jump(core.loop, jump_of(_i));
	ck_assert_int_eq(core_dial(BERLIN), 0);
	ck_assert(!core_told()->created);
	ck_assert_uint_eq(core.drv.originated, 1);
}
END_TEST

START_TEST(calls_that_ran_go_on_after_a_restart)
{
	static const char conf[] = DE "push { ring_s = 60 max_s = 60 }\n";

	core_start(conf);
	ck_assert_int_eq(core_push(CTI_PUSH_ANSWERED, "ivr"), 0);
	core_stop();
	core_start(conf);
	core_advance(30 * 1000);
	cti_loop_jump(core.loop, jump_of(_i));
	ck_assert_int_eq(core_push(CTI_PUSH_ANSWERED, "ivr"), 0);
	core_advance(29 * 1000);
	ck_assert_int_eq(core_call(core_id("ivr"))->state, CTI_CALL_ACTIVE);
	core_advance(1000);
	ck_assert_int_eq(core_call(core_id("ivr"))->state, CTI_CALL_ENDED);
	ck_assert_int_eq(core_call(core_id("ivr"))->duration_ms, 60000);
}
END_TEST

Suite *suite_clock(void)
{
	const TTest *const tests[] = {
		the_same_click_is_the_same_call,
		a_pushed_call_keeps_its_limits,
		a_talk_is_as_long_as_it_was,
		what_is_due_stays_due,
		the_limit_of_dials_is_the_same,
		two_clicks_merge_as_before,
		calls_that_ran_go_on_after_a_restart,
	};
	Suite *suite = suite_create("clock");
	TCase *tcase = tcase_create("clock");

	tcase_add_checked_fixture(tcase, core_setup, core_teardown);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_loop_test(tcase, tests[i], 0, 4);
	suite_add_tcase(suite, tcase);
	return suite;
}
