/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_simulator.c - the simulator's calls, told as stories */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "drivers/simulator/simulator.h"
#include "fixture.h"
#include "suites.h"

#define ID "0123456789ABCDEF0123456789ABCDEF"
static const struct cti_driver_ops *const sim = &cti_driver_simulator;

static void setup(void)
{
	static const char *const keys[] = {"simulator.ring_ms", "1000",
					   "simulator.talk_ms", "30000", NULL};

	fixture_setup();
	fixture_start(sim, keys);
	ck_assert_uint_eq(fix.nsynced, 0);
	fixture_advance(0);
}

static void setup_endless(void)
{
	static const char *const keys[] = {"simulator.talk_ms", "0", NULL};

	fixture_setup();
	fixture_start(sim, keys);
	fixture_advance(0);
}

static char leg[CTI_ID_SIZE];

static int play(const char *from, const char *script)
{
	struct cti_played played = {
		.from = from,
		.to = "4930100",
		.name = "Ann",
		.device = "sip:agent1",
		.script = script,
	};
	int err;

	fix.inside = true;
	err = fix.ops->play(fix.drv, &played, leg);
	fix.inside = false;
	return err;
}

START_TEST(link_is_up_and_synced_after_start)
{
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
	ck_assert_uint_eq(fix.nsynced, 1);
	sim->stop(fix.drv);
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	ck_assert_int_eq(dial(ID, "101", 0), -ENOTCONN);
	ck_assert_int_eq(play("1", "ring"), -ENOTCONN);
}
END_TEST

static const struct {
	const char *number, *story, *detail;
} ends[] = {
	{"0049301486", "dialing ended/busy", "SIP 486, Q.850 17"},
	{"0049301404", "dialing ended/bad_number", "SIP 404, Q.850 1"},
	{"0049301480", "dialing ended/unreachable", "SIP 480, Q.850 18"},
	{"0049301408", "dialing ringing ended/no_answer", "SIP 408, Q.850 102"},
	{"0049301603", "dialing ringing ended/rejected", "SIP 603, Q.850 21"},
	{"0049301234", "dialing ringing active ended/normal", "Q.850 16"},
	{"486", "dialing ended/busy", "SIP 486, Q.850 17"},
	{"86", "dialing ringing active ended/normal", "Q.850 16"},
};

START_TEST(last_three_digits_are_the_answer)
{
	ck_assert_int_eq(dial(ID, ends[_i].number, 60000), 0);
	fixture_advance(40000);
	ck_assert_str_eq(story(ID), ends[_i].story);
	ck_assert_str_eq(last()->detail, ends[_i].detail);
	ck_assert_uint_eq(strlen(last()->leg), CTI_ID_LEN);
	ck_assert(!last()->inbound);
	ck_assert_int_eq(act(sim->hangup, ID, NULL), -ENOENT);
}
END_TEST

START_TEST(dial_takes_ring_ms_and_talks_talk_ms)
{
	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	fixture_advance(0);
	ck_assert_str_eq(story(ID), "dialing");
	fixture_advance(999);
	ck_assert_str_eq(story(ID), "dialing ringing");
	fixture_advance(1);
	ck_assert_str_eq(story(ID), "dialing ringing active");
	fixture_advance(29999);
	ck_assert_int_eq((int)last()->state, CTI_CALL_ACTIVE);
	fixture_advance(1);
	ck_assert_int_eq((int)last()->cause, CTI_CAUSE_NORMAL);
}
END_TEST

START_TEST(ring_time_out_is_no_answer)
{
	ck_assert_int_eq(dial(ID, "101", 600), 0);
	fixture_advance(700);
	ck_assert_str_eq(story(ID), "dialing ringing ended/no_answer");
}
END_TEST

START_TEST(talk_ms_0_talks_until_hung_up)
{
	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	fixture_advance(3600 * 1000);
	ck_assert_int_eq((int)last()->state, CTI_CALL_ACTIVE);
	ck_assert_int_eq(act(sim->hangup, ID, NULL), 0);
	ck_assert_int_eq(act(sim->hangup, ID, NULL), -EINVAL);
	fixture_advance(0);
	ck_assert_int_eq((int)last()->cause, CTI_CAUSE_NORMAL);
}
END_TEST

START_TEST(hangup_before_the_answer_is_cancelled)
{
	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	ck_assert_int_eq(act(sim->hangup, ID, NULL), 0);
	fixture_advance(5000);
	ck_assert_str_eq(story(ID), "dialing ended/cancelled");
}
END_TEST

START_TEST(hold_and_resume_are_reported)
{
	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	ck_assert_int_eq(hold(ID, true), -EINVAL);
	fixture_advance(1000);
	ck_assert_int_eq(hold(ID, false), -EINVAL);
	ck_assert_int_eq(hold(ID, true), 0);
	fixture_advance(0);
	ck_assert_int_eq(hold(ID, true), -EINVAL);
	ck_assert_int_eq(hold(ID, false), 0);
	fixture_advance(30000);
	ck_assert_str_eq(story(ID), "dialing ringing active held active "
				    "ended/normal");
}
END_TEST

START_TEST(transfer_ends_the_call)
{
	struct cti_call_ref ref = {ID, NULL};

	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	ck_assert_int_eq(sim->transfer(fix.drv, &ref, "102"), -EINVAL);
	fixture_advance(1000);
	ck_assert_int_eq(sim->transfer(fix.drv, &ref, "bob"), -EINVAL);
	ck_assert_int_eq(sim->transfer(fix.drv, &ref, "102"), 0);
	fixture_advance(0);
	ck_assert_int_eq((int)last()->cause, CTI_CAUSE_NORMAL);
	ck_assert_str_eq(last()->detail, "transferred");
}
END_TEST

START_TEST(digits_and_mute_need_an_answered_call)
{
	struct cti_call_ref ref = {ID, NULL};

	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	ck_assert_int_eq(sim->dtmf(fix.drv, &ref, "1"), -EINVAL);
	ck_assert_int_eq(sim->mute(fix.drv, &ref, true), -EINVAL);
	fixture_advance(1000);
	ck_assert_int_eq(sim->dtmf(fix.drv, &ref, "12#,D"), 0);
	ck_assert_int_eq(sim->dtmf(fix.drv, &ref, ""), -EINVAL);
	ck_assert_int_eq(sim->dtmf(fix.drv, &ref, "1x"), -EINVAL);
	ck_assert_int_eq(sim->mute(fix.drv, &ref, true), 0);
}
END_TEST

START_TEST(bad_dials_are_refused_without_event)
{
	ck_assert_int_eq(dial(ID, "1-800", 0), -EINVAL);
	ck_assert_int_eq(dial(ID, "101", 0), 0);
	ck_assert_int_eq(dial(ID, "102", 0), -EEXIST);
	ck_assert_uint_eq(fix.nevents, 0);
}
END_TEST

static const struct {
	const char *script, *story;
	int64_t ms;
} scripts[] = {
	{"answer", "ringing active ended/normal", 31000},
	{"ring", "ringing", 59999},
	{"ring", "ringing ended/no_answer", 60000},
	{"cancel", "ringing ended/cancelled", 1000},
	{"elsewhere", "ringing ended/answered_elsewhere", 1000},
	{"drop", "ringing active", 2000},
};

START_TEST(script_goes_its_way)
{
	ck_assert_int_eq(play("0301234567", scripts[_i].script), 0);
	fixture_advance(scripts[_i].ms);
	ck_assert_str_eq(story(leg), scripts[_i].story);
	ck_assert(last()->inbound);
	ck_assert_str_eq(last()->number, "0301234567");
	ck_assert_str_eq(last()->dnis, "4930100");
	ck_assert_str_eq(last()->name, "Ann");
	ck_assert_str_eq(last()->device, "sip:agent1");
	ck_assert_str_eq(last()->call_id, "");
}
END_TEST

START_TEST(unknown_script_is_refused)
{
	ck_assert_int_eq(play("1", "dance"), -EINVAL);
	ck_assert_int_eq(play("1", NULL), -EINVAL);
	fixture_advance(1000);
	ck_assert_uint_eq(fix.nevents, 0);
}
END_TEST

START_TEST(no_number_is_withheld)
{
	ck_assert_int_eq(play("", "ring"), 0);
	fixture_advance(0);
	ck_assert(last()->withheld);
	ck_assert_str_eq(last()->number, "");
}
END_TEST

START_TEST(agent_answers_and_hangs_up)
{
	ck_assert_int_eq(play("1", "ring"), 0);
	ck_assert_int_eq(act(sim->answer, NULL, leg), -EINVAL);
	fixture_advance(0);
	ck_assert_int_eq(act(sim->answer, "of the core", leg), 0);
	fixture_advance(0);
	ck_assert_int_eq(act(sim->answer, NULL, leg), -EINVAL);
	ck_assert_int_eq(act(sim->reject, NULL, leg), -EINVAL);
	ck_assert_int_eq(act(sim->hangup, NULL, leg), 0);
	fixture_advance(0);
	ck_assert_str_eq(story(leg), "ringing active ended/normal");
}
END_TEST

START_TEST(agent_rejects)
{
	ck_assert_int_eq(play("1", "answer"), 0);
	fixture_advance(0);
	ck_assert_int_eq(act(sim->reject, NULL, leg), 0);
	fixture_advance(2000);
	ck_assert_str_eq(story(leg), "ringing ended/rejected");
}
END_TEST

START_TEST(outbound_call_cannot_be_answered)
{
	ck_assert_int_eq(dial(ID, "101", 0), 0);
	fixture_advance(300);
	ck_assert_int_eq(act(sim->answer, ID, NULL), -EINVAL);
	ck_assert_int_eq(act(sim->reject, ID, NULL), -EINVAL);
}
END_TEST

START_TEST(dropped_link_forgets_the_call_and_announces_others)
{
	ck_assert_int_eq(play("1", "drop"), 0);
	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	fixture_advance(2000);
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	ck_assert_int_eq(dial("X", "101", 0), -ENOTCONN);
	ck_assert_int_eq(act(sim->hangup, ID, NULL), -ENOTCONN);
	fixture_advance(500);
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
	ck_assert_uint_eq(fix.nsynced, 2);
	ck_assert_str_eq(story(leg), "ringing active");
	ck_assert_str_eq(story(ID), "dialing ringing active active");
	ck_assert_int_eq(act(sim->hangup, NULL, leg), -ENOENT);
}
END_TEST

START_TEST(what_falls_due_while_the_link_is_down_comes_later)
{
	ck_assert_int_eq(play("1", "drop"), 0);
	fixture_advance(1100);
	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	fixture_advance(900);
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	fixture_advance(400);
	ck_assert_str_eq(story(ID), "dialing ringing");
	fixture_advance(100);
	fixture_advance(0);
	ck_assert_str_eq(story(ID), "dialing ringing ringing active");
}
END_TEST

START_TEST(probe_answers_from_the_loop)
{
	ck_assert_int_eq(sim->probe(fix.drv, "x"), 0);
	ck_assert_uint_eq(fix.nprobes, 0);
	fixture_advance(0);
	ck_assert(fix.nprobes == 1 && fix.probe_ok);
}
END_TEST

START_TEST(thousands_of_calls_run_at_once)
{
	enum { CALLS = 3000 };
	char id[CTI_ID_SIZE];

	for (int i = 0; i < CALLS; i++) {
		(void)snprintf(id, sizeof(id), "%032X", (unsigned)i);
		ck_assert_int_eq(dial(id, "101", 60000), 0);
	}
	fixture_advance(1000);
	ck_assert_uint_eq(fix.nevents, 3 * CALLS);
	for (int i = 0; i < CALLS; i++) {
		(void)snprintf(id, sizeof(id), "%032X", (unsigned)i);
		ck_assert_int_eq(act(sim->hangup, id, NULL), 0);
	}
	fixture_advance(0);
	ck_assert_uint_eq(fix.nevents, 4 * CALLS);
}
END_TEST

static void outbound_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, fixture_teardown);
	tcase_add_test(tcase, link_is_up_and_synced_after_start);
	tcase_add_loop_test(tcase, last_three_digits_are_the_answer, 0,
			    sizeof(ends) / sizeof(ends[0]));
	tcase_add_test(tcase, dial_takes_ring_ms_and_talks_talk_ms);
	tcase_add_test(tcase, ring_time_out_is_no_answer);
	tcase_add_test(tcase, hangup_before_the_answer_is_cancelled);
	tcase_add_test(tcase, hold_and_resume_are_reported);
	tcase_add_test(tcase, transfer_ends_the_call);
	tcase_add_test(tcase, digits_and_mute_need_an_answered_call);
	tcase_add_test(tcase, bad_dials_are_refused_without_event);
	tcase_add_test(tcase, outbound_call_cannot_be_answered);
	tcase_add_test(tcase, probe_answers_from_the_loop);
	tcase_add_test(tcase, thousands_of_calls_run_at_once);
}

static void inbound_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, fixture_teardown);
	tcase_add_loop_test(tcase, script_goes_its_way, 0,
			    sizeof(scripts) / sizeof(scripts[0]));
	tcase_add_test(tcase, unknown_script_is_refused);
	tcase_add_test(tcase, no_number_is_withheld);
	tcase_add_test(tcase, agent_answers_and_hangs_up);
	tcase_add_test(tcase, agent_rejects);
	tcase_add_test(tcase,
		       dropped_link_forgets_the_call_and_announces_others);
	tcase_add_test(tcase,
		       what_falls_due_while_the_link_is_down_comes_later);
}

Suite *simulator_suite(void)
{
	Suite *suite = suite_create("simulator");
	TCase *outbound = tcase_create("outbound");
	TCase *inbound = tcase_create("inbound");
	TCase *endless = tcase_create("endless");

	outbound_add(outbound);
	inbound_add(inbound);
	tcase_add_checked_fixture(endless, setup_endless, fixture_teardown);
	tcase_add_test(endless, talk_ms_0_talks_until_hung_up);
	suite_add_tcase(suite, outbound);
	suite_add_tcase(suite, inbound);
	suite_add_tcase(suite, endless);
	return suite;
}
