/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/test_limits.c - how many calls an agent may make */
#include <errno.h>

#include "suites.h"

static void over_now(void)
{
	core_over(core.drv.call_id, CTI_CAUSE_NORMAL);
}

static void dial_and_end(void)
{
	ck_assert_int_eq(core_dial(BERLIN), 0);
	over_now();
}

START_TEST(one_call_is_set_up_at_a_time)
{
	core_start(DE);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	core_refused(core_dial(MUNICH), EBUSY, CTI_ERR_AGENT_BUSY);
	core_line(core.drv.call_id, CTI_CALL_ALERTING);
	core_refused(core_dial(MUNICH), EBUSY, CTI_ERR_AGENT_BUSY);
	core_line(core.drv.call_id, CTI_CALL_DIALING);
	core_refused(core_dial(MUNICH), EBUSY, CTI_ERR_AGENT_BUSY);
	core_line(core.drv.call_id, CTI_CALL_RINGING);
	core_refused(core_dial(MUNICH), EBUSY, CTI_ERR_AGENT_BUSY);
	core_line(core.drv.call_id, CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_dial(MUNICH), 0);
}
END_TEST

START_TEST(a_ringing_caller_does_not_keep_an_agent_from_dialing)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_RINGING);
	ck_assert_int_eq(core_dial(BERLIN), 0);
}
END_TEST

START_TEST(agents_are_counted_apart)
{
	core_start(DE TWO "dial { per_minute = 1 }\n");
	ck_assert_int_eq(
		core_click(&(struct click){.number = BERLIN, .user = "ANN"}),
		0);
	ck_assert_int_eq(
		core_click(&(struct click){.number = BERLIN, .user = "BOB"}),
		0);
	over_now();
	core_refused(
		core_click(&(struct click){.number = MUNICH, .user = "BOB"}),
		EAGAIN, CTI_ERR_RATE_LIMITED);
}
END_TEST

START_TEST(ten_dials_a_minute_then_retry_after)
{
	core_start(DE);
	for (int i = 0; i < 10; i++) {
		dial_and_end();
		core_advance(1000);
	}
	core_refused(core_dial(BERLIN), EAGAIN, CTI_ERR_RATE_LIMITED);
	ck_assert_int_eq(core.err.retry_after_s, 50);
	core_advance(49999);
	core_refused(core_dial(BERLIN), EAGAIN, CTI_ERR_RATE_LIMITED);
	ck_assert_int_eq(core.err.retry_after_s, 1);
	core_advance(1);
	dial_and_end();
	core_refused(core_dial(BERLIN), EAGAIN, CTI_ERR_RATE_LIMITED);
}
END_TEST

START_TEST(dials_an_hour_are_counted_too)
{
	core_start(DE "dial { per_minute = 0 per_hour = 2 }\n");
	dial_and_end();
	dial_and_end();
	core_refused(core_dial(BERLIN), EAGAIN, CTI_ERR_RATE_LIMITED);
	ck_assert_int_eq(core.err.retry_after_s, 3600);
	core_advance(3600 * 1000);
	dial_and_end();
}
END_TEST

START_TEST(no_limit_is_no_limit)
{
	core_start(DE "dial { per_minute = 0 per_hour = 0 concurrent = 0 "
		      "merge_s = 0 }\n");
	for (int i = 0; i < 25; i++)
		ck_assert_int_eq(core_dial(BERLIN), 0);
	ck_assert_uint_eq(core.drv.originated, 25);
}
END_TEST

START_TEST(a_merged_click_counts_for_no_limit)
{
	core_start(DE "dial { per_minute = 2 }\n");
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(core_dial(BERLIN), 0);
	over_now();
	ck_assert_int_eq(core_dial(MUNICH), 0);
	over_now();
	core_refused(core_dial(MUNICH), EAGAIN, CTI_ERR_RATE_LIMITED);
}
END_TEST

START_TEST(a_refused_dial_counts_for_no_limit)
{
	core_start(DE "dial { per_minute = 1 }\n");
	core_refused(core_dial("112"), EACCES, CTI_ERR_NUMBER_BLOCKED);
	ck_assert_int_eq(core_dial(BERLIN), 0);
}
END_TEST

START_TEST(a_transfer_counts_as_a_dial)
{
	core_start(DE "dial { per_minute = 2 }\n");
	ck_assert_int_eq(core_dial(BERLIN), 0);
	core_line(core.drv.call_id, CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_do(core.drv.call_id, CTI_ACTION_TRANSFER, MUNICH),
			 0);
	core_refused(core_do(core.drv.call_id, CTI_ACTION_TRANSFER, MUNICH),
		     EAGAIN, CTI_ERR_RATE_LIMITED);
	core_refused(core_dial(MUNICH), EAGAIN, CTI_ERR_RATE_LIMITED);
}
END_TEST

START_TEST(dials_from_before_a_restart_count)
{
	static const char conf[] = DE "dial { per_minute = 2 merge_s = 0 }\n";

	core_start(conf);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(core_dial(BERLIN), 0);
		core_over(core.drv.call_id, CTI_CAUSE_NORMAL);
		core_advance(20 * 1000);
	}
	core_stop();
	core_start(conf);
	core_refused(core_dial(BERLIN), EAGAIN, CTI_ERR_RATE_LIMITED);
	ck_assert_int_eq(core.err.retry_after_s, 20);
	core_advance(20 * 1000);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	ck_assert_int_eq(core_told()->code, CTI_OK);
}
END_TEST

START_TEST(transfers_from_before_a_restart_count)
{
	static const char conf[] =
		DE TWO "dial { per_minute = 2 merge_s = 0 }\n";
	static const struct click ann = {.number = BERLIN, .user = "ANN"};
	static const struct click bob = {.number = BERLIN, .user = "BOB"};

	core_start(conf);
	core_ring("leg", CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_do(core_id("leg"), CTI_ACTION_TRANSFER, BERLIN),
			 0);
	core_advance(20 * 1000);
	ck_assert_int_eq(core_click(&ann), 0);
	core_over(core.drv.call_id, CTI_CAUSE_NORMAL);
	core_stop();
	core_start(conf);
	core_refused(core_click(&ann), EAGAIN, CTI_ERR_RATE_LIMITED);
	ck_assert_int_eq(core.err.retry_after_s, 40);
	ck_assert_int_eq(core_click(&bob), 0);
}
END_TEST

START_TEST(all_dials_of_an_hour_are_known_after_a_restart)
{
	enum { MANY_DIALS = 130 }; /* more than the calls that are loaded */
	static const char conf[] =
		DE MANY "dial { per_minute = 0 per_hour = 130 }\n";

	core_start(conf);
	for (int i = 0; i < MANY_DIALS; i++) {
		ck_assert_int_eq(core_dial(BERLIN), 0);
		core_over(core.drv.call_id, CTI_CAUSE_NORMAL);
		core.ntold = 0;
	}
	core_stop();
	core_start(conf);
	core_refused(core_dial(BERLIN), EAGAIN, CTI_ERR_RATE_LIMITED);
}
END_TEST

static void refused_times(int n)
{
	for (int i = 0; i < n; i++)
		core_refused(core_dial("112"), EACCES, CTI_ERR_NUMBER_BLOCKED);
}

START_TEST(after_many_refusals_dials_pause_and_go_on_by_themselves)
{
	size_t told;

	core_start(DE);
	refused_times(20);
	told = core.nseen;
	core_refused(core_dial(BERLIN), EAGAIN, CTI_ERR_DIALS_PAUSED);
	ck_assert_int_eq(core.err.retry_after_s, 60);
	ck_assert_uint_eq(core.nseen, told + 1);
	ck_assert_uint_eq(core.drv.originated, 0);
	core_advance(59999);
	core_refused(core_dial(BERLIN), EAGAIN, CTI_ERR_DIALS_PAUSED);
	ck_assert_int_eq(core.err.retry_after_s, 1);
	core_advance(1);
	dial_and_end();
	refused_times(19);
	ck_assert_int_eq(core_dial(MUNICH), 0);
}
END_TEST

START_TEST(refusals_meanwhile_do_not_make_the_pause_longer)
{
	core_start(DE "dial { refusals = 3 pause_s = 10 }\n");
	refused_times(3);
	for (int i = 0; i < 9; i++) {
		refused_times(5);
		core_refused(core_dial(BERLIN), EAGAIN, CTI_ERR_DIALS_PAUSED);
		core_advance(1000);
	}
	core_advance(1000);
	dial_and_end();
}
END_TEST

START_TEST(refusals_now_and_then_pause_nothing)
{
	core_start(DE "dial { refusals = 3 }\n");
	for (int i = 0; i < 20; i++) {
		refused_times(1);
		core_advance(30 * 1000);
	}
	dial_and_end();
}
END_TEST

START_TEST(one_agents_refusals_pause_no_other)
{
	static const struct click ann = {.number = "112", .user = "ANN"};
	static const struct click fine = {.number = BERLIN, .user = "ANN"};
	static const struct click bob = {.number = BERLIN, .user = "BOB"};

	core_start(DE TWO "dial { refusals = 2 }\n");
	for (int i = 0; i < 2; i++)
		core_refused(core_click(&ann), EACCES, CTI_ERR_NUMBER_BLOCKED);
	core_refused(core_click(&fine), EAGAIN, CTI_ERR_DIALS_PAUSED);
	ck_assert_int_eq(core_click(&bob), 0);
}
END_TEST

START_TEST(a_transfer_is_refused_counted_and_paused_like_a_dial)
{
	core_start(DE "dial { refusals = 3 }\n");
	ck_assert_int_eq(core_dial(BERLIN), 0);
	core_line(core.drv.call_id, CTI_CALL_ACTIVE);
	for (int i = 0; i < 3; i++)
		core_refused(core_do(core.drv.call_id, CTI_ACTION_TRANSFER,
				     "0900 123456"),
			     EACCES, CTI_ERR_NUMBER_BLOCKED);
	core_refused(core_do(core.drv.call_id, CTI_ACTION_TRANSFER, MUNICH),
		     EAGAIN, CTI_ERR_DIALS_PAUSED);
	core_refused(core_dial(MUNICH), EAGAIN, CTI_ERR_DIALS_PAUSED);
	ck_assert_uint_eq(core.drv.asked, 0);
}
END_TEST

START_TEST(a_switch_that_is_down_pauses_no_dials)
{
	core_start(DE "dial { refusals = 2 }\n");
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_DOWN, "gone");
	for (int i = 0; i < 5; i++)
		core_refused(core_dial(BERLIN), ENOTCONN, CTI_ERR_SWITCH_DOWN);
	core_up();
	ck_assert_int_eq(core_dial(BERLIN), 0);
}
END_TEST

START_TEST(no_pause_is_no_pause)
{
	core_start(DE "dial { refusals = 0 }\n");
	refused_times(100);
	ck_assert_int_eq(core_dial(BERLIN), 0);
}
END_TEST

Suite *suite_limits(void)
{
	const TTest *const tests[] = {
		one_call_is_set_up_at_a_time,
		a_ringing_caller_does_not_keep_an_agent_from_dialing,
		agents_are_counted_apart,
		ten_dials_a_minute_then_retry_after,
		dials_an_hour_are_counted_too,
		no_limit_is_no_limit,
		a_merged_click_counts_for_no_limit,
		a_refused_dial_counts_for_no_limit,
		a_transfer_counts_as_a_dial,
		dials_from_before_a_restart_count,
		transfers_from_before_a_restart_count,
		all_dials_of_an_hour_are_known_after_a_restart,
		after_many_refusals_dials_pause_and_go_on_by_themselves,
		refusals_meanwhile_do_not_make_the_pause_longer,
		refusals_now_and_then_pause_nothing,
		one_agents_refusals_pause_no_other,
		a_transfer_is_refused_counted_and_paused_like_a_dial,
		a_switch_that_is_down_pauses_no_dials,
		no_pause_is_no_pause,
		NULL,
	};

	return suite_of("limits", tests);
}
