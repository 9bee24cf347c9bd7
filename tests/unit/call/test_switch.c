/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/test_switch.c - the link comes and goes; the switch is right */
#include <errno.h>
#include <string.h>

#include "suites.h"

static void link_is(enum cti_link link, const char *why)
{
	core.drv.host.on_link(core.drv.host.arg, link, why);
	core_settle();
}

static void synced(void)
{
	core.drv.host.on_synced(core.drv.host.arg);
	core_settle();
}

static void phone_report(enum cti_call_state state)
{
	core_event(&(struct cti_call_event){.leg_ref = "phone",
					    .state = state,
					    .device = "1",
					    .number = "0306912345"});
}

START_TEST(links_have_their_words)
{
	ck_assert_str_eq(cti_link_word(CTI_LINK_DOWN), "down");
	ck_assert_str_eq(cti_link_word(CTI_LINK_CONNECTING), "connecting");
	ck_assert_str_eq(cti_link_word(CTI_LINK_UP), "up");
	ck_assert_str_eq(cti_link_word(CTI_LINK_FAILED), "failed");
}
END_TEST

START_TEST(the_status_tells_of_the_link_and_since_when)
{
	struct cti_switch_status status;

	core_start_down(DE);
	cti_calls_switch(core.calls, &status);
	ck_assert_str_eq(status.driver, "fake");
	ck_assert_int_eq(status.link, CTI_LINK_DOWN);
	ck_assert(!status.synced);
	core_advance(5000);
	link_is(CTI_LINK_FAILED, "login\nrefused");
	cti_calls_switch(core.calls, &status);
	ck_assert_int_eq(status.link, CTI_LINK_FAILED);
	ck_assert_str_eq(status.why, "loginrefused");
	ck_assert_int_eq(status.since_ms, cti_loop_wall_ms(core.loop));
	core_up();
	cti_calls_switch(core.calls, &status);
	ck_assert(status.synced);
	ck_assert_str_eq(status.why, "");
}
END_TEST

START_TEST(only_a_change_of_the_link_is_news)
{
	core_start_down(DE);
	link_is(CTI_LINK_CONNECTING, NULL);
	link_is(CTI_LINK_CONNECTING, "");
	ck_assert_uint_eq(core.statuses, 1);
	link_is(CTI_LINK_DOWN, "refused");
	link_is(CTI_LINK_DOWN, "refused");
	ck_assert_uint_eq(core.statuses, 2);
	link_is(CTI_LINK_DOWN, "no route");
	ck_assert_uint_eq(core.statuses, 3);
}
END_TEST

START_TEST(a_call_that_is_announced_at_a_sync_is_kept)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	link_is(CTI_LINK_DOWN, "gone");
	ck_assert_uint_eq(core.nseen, 2);
	link_is(CTI_LINK_UP, NULL);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_line(core.drv.call_id, CTI_CALL_ALERTING);
	synced();
	ck_assert_uint_eq(core.nseen, 3);
	ck_assert_uint_eq(core_count(CTI_EVENT_ENDED), 0);
}
END_TEST

START_TEST(a_call_that_vanished_ends_link_lost)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	link_is(CTI_LINK_DOWN, "gone");
	link_is(CTI_LINK_UP, NULL);
	ck_assert_uint_eq(core_count(CTI_EVENT_ENDED), 0);
	synced();
	ck_assert_uint_eq(core_count(CTI_EVENT_ENDED), 1);
	ck_assert_int_eq(core_last()->cause, CTI_CAUSE_LINK_LOST);
	core_sap(core_last(), "Action", "END");
	core_sap(core_last(), "ExternalReferenceID", core_id("leg"));
}
END_TEST

START_TEST(reports_after_link_lost_are_dropped)
{
	core_start(DE);
	core_ring("leg", CTI_CALL_ACTIVE);
	phone_report(CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_dial(MUNICH), 0);
	core_event(&(struct cti_call_event){.call_id = core.drv.call_id,
					    .leg_ref = "out-1",
					    .state = CTI_CALL_RINGING});
	link_is(CTI_LINK_DOWN, NULL);
	core_up();
	ck_assert_uint_eq(core_count(CTI_EVENT_ENDED), 3);
	ck_assert_uint_eq(core.nseen, 7);
	core_ring("leg", CTI_CALL_ACTIVE);
	core_ring("leg", CTI_CALL_ENDED);
	phone_report(CTI_CALL_ACTIVE);
	phone_report(CTI_CALL_ENDED);
	core_line(core.drv.call_id, CTI_CALL_ACTIVE);
	core_over(core.drv.call_id, CTI_CAUSE_NORMAL);
	ck_assert_uint_eq(core.nseen, 7);
}
END_TEST

START_TEST(a_call_that_began_meanwhile_is_adopted)
{
	core_start(DE);
	link_is(CTI_LINK_DOWN, NULL);
	link_is(CTI_LINK_UP, NULL);
	core_ring("new", CTI_CALL_HELD);
	synced();
	ck_assert_uint_eq(core.nseen, 1);
	ck_assert_int_eq(core_call(core_id("new"))->state, CTI_CALL_HELD);
	ck_assert_int_eq(core_last()->post, CTI_SAP_NOTHING);
}
END_TEST

START_TEST(a_pushed_call_is_none_of_the_switch_s)
{
	core_start(DE);
	ck_assert_int_eq(core_push(CTI_PUSH_RINGING, "ivr-1"), 0);
	link_is(CTI_LINK_DOWN, NULL);
	core_up();
	ck_assert_uint_eq(core_count(CTI_EVENT_ENDED), 0);
}
END_TEST

START_TEST(a_dial_on_its_way_survives_a_sync)
{
	core_start(DE);
	ck_assert_int_eq(core_click_only(&(struct click){.number = BERLIN}), 0);
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_CONNECTING, NULL);
	core.drv.host.on_link(core.drv.host.arg, CTI_LINK_UP, NULL);
	core.drv.host.on_synced(core.drv.host.arg);
	core_settle();
	ck_assert_uint_eq(core.drv.originated, 1);
	ck_assert_int_eq(core_told()->code, CTI_OK);
	ck_assert_uint_eq(core_count(CTI_EVENT_ENDED), 0);
}
END_TEST

START_TEST(a_second_switch_event_of_a_call_finds_it_by_its_leg)
{
	core_start(DE);
	ck_assert_int_eq(core_dial(BERLIN), 0);
	core_event(&(struct cti_call_event){.call_id = core.drv.call_id,
					    .leg_ref = "out-1",
					    .state = CTI_CALL_RINGING});
	core_event(&(struct cti_call_event){.leg_ref = "out-1",
					    .state = CTI_CALL_ACTIVE});
	ck_assert_int_eq(core_call(core.drv.call_id)->state, CTI_CALL_ACTIVE);
}
END_TEST

START_TEST(a_leg_used_again_is_found_by_the_newer_call)
{
	core_start(DE MANY);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(core_dial(BERLIN), 0);
		core_event(&(struct cti_call_event){.call_id = core.drv.call_id,
						    .leg_ref = "out-1",
						    .state = CTI_CALL_RINGING});
		core_event(&(struct cti_call_event){.leg_ref = "out-1",
						    .state = CTI_CALL_ENDED});
		ck_assert_int_eq(core_call(core.drv.call_id)->state,
				 CTI_CALL_ENDED);
	}
	ck_assert_uint_eq(core_count(CTI_EVENT_ENDED), 2);
}
END_TEST

START_TEST(a_played_call_answers_whoever_asked_for_it)
{
	core_start(DE "agent \"ANN\" { device = \"1\" }\n");
	ck_assert_int_eq(core_play("answer"), 0);
	ck_assert_str_eq(core.drv.last, "play answer 1");
	ck_assert_uint_eq(core.ntold, 0);
	core_ring("played1", CTI_CALL_RINGING);
	ck_assert_uint_eq(core.ntold, 1);
	ck_assert(core_told()->created);
	ck_assert_str_eq(core_told()->call, core_id("played1"));
}
END_TEST

START_TEST(a_call_that_cannot_be_played_is_refused)
{
	core_start_down(DE "agent \"ANN\" { device = \"1\" }\n");
	core_refused(core_play("answer"), ENOTCONN, CTI_ERR_SWITCH_DOWN);
	core_up();
	core.drv.answer = -EINVAL;
	core_refused(core_play("dance"), EINVAL, CTI_ERR_BAD_REQUEST);
	core_stop();
	core_start(DE TWO);
	core_refused(core_play("answer"), EINVAL, CTI_ERR_AGENT_REQUIRED);
	ck_assert_uint_eq(core.ntold, 0);
}
END_TEST

START_TEST(who_waits_for_a_played_call_learns_of_a_stop)
{
	core_start(DE);
	ck_assert_int_eq(core_play("answer"), 0);
	core_stop();
	ck_assert_uint_eq(core.ntold, 1);
	ck_assert_int_eq(core_told()->code, CTI_ERR_STOPPING);
}
END_TEST

START_TEST(a_viewer_is_one_of_the_agents)
{
	const char *agent = "none";
	struct cti_err err;

	core_start(DE TWO);
	ck_assert_int_eq(cti_calls_viewer(core.calls, "BOB", &agent, &err), 0);
	ck_assert_str_eq(agent, "BOB");
	ck_assert_int_lt(cti_calls_viewer(core.calls, NULL, &agent, &err), 0);
	ck_assert_int_eq(err.code, CTI_ERR_AGENT_REQUIRED);
	ck_assert_int_lt(cti_calls_viewer(core.calls, "EVE", &agent, &err), 0);
	ck_assert_int_eq(err.code, CTI_ERR_AGENT_UNKNOWN);
	core_stop();
	core_start(DE);
	ck_assert_int_eq(cti_calls_viewer(core.calls, "EVE", &agent, &err), 0);
	ck_assert_ptr_null(agent);
}
END_TEST

Suite *suite_switch(void)
{
	const TTest *const tests[] = {
		links_have_their_words,
		the_status_tells_of_the_link_and_since_when,
		only_a_change_of_the_link_is_news,
		a_call_that_is_announced_at_a_sync_is_kept,
		a_call_that_vanished_ends_link_lost,
		reports_after_link_lost_are_dropped,
		a_call_that_began_meanwhile_is_adopted,
		a_pushed_call_is_none_of_the_switch_s,
		a_dial_on_its_way_survives_a_sync,
		a_second_switch_event_of_a_call_finds_it_by_its_leg,
		a_leg_used_again_is_found_by_the_newer_call,
		a_played_call_answers_whoever_asked_for_it,
		a_call_that_cannot_be_played_is_refused,
		who_waits_for_a_played_call_learns_of_a_stop,
		a_viewer_is_one_of_the_agents,
		NULL,
	};

	return suite_of("switch", tests);
}
