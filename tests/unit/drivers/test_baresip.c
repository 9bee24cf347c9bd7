/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_baresip.c - calls by baresip, command by command */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "drivers/baresip/baresip.h"
#include "fake.h"
#include "fixture.h"
#include "suites.h"

#define ID "0123456789ABCDEF0123456789ABCDEF"
#define ID2 "1123456789ABCDEF0123456789ABCDEF"
#define PEER "sip:101@pbx"
static const struct cti_driver_ops *const bs = &cti_driver_baresip;

static void start(const char *about)
{
	static char control[32];
	static const char *const keys[] = {"baresip.control", control, NULL};

	fixture_setup();
	fake_open(fix.loop);
	(void)snprintf(control, sizeof(control), "127.0.0.1:%u", fake.port);
	fake_answer("about", true, about);
	fixture_start(bs, keys);
	cti_loop_advance(fix.loop, 0);
	fixture_wait(fix.nsynced == 1);
	(void)fake_log();
}

static void setup(void)
{
	start("| baresip 1.0.0 |");
}

static void setup_later(void)
{
	start("| baresip 4.10.0 |");
}

static void teardown(void)
{
	fake_close();
	fixture_teardown();
}

static void outgoing(const char *type, const char *peer, const char *id,
		     const char *param)
{
	fake_event(type, "outgoing", peer, id, param);
	fixture_turn();
}

static void incoming(const char *type, const char *id, const char *param)
{
	char peer[64];

	(void)snprintf(peer, sizeof(peer), "sip:0301%s@h", id);
	fake_event(type, "incoming", peer, id, param);
	fixture_turn();
}

/** An active outbound call of ours. */
static void talk(const char *call_id, const char *number, const char *leg)
{
	char peer[64];

	(void)snprintf(peer, sizeof(peer), "sip:%s@pbx", number);
	ck_assert_int_eq(dial(call_id, number, 60000), 0);
	fixture_turn();
	outgoing("CALL_RINGING", peer, leg, "");
	outgoing("CALL_ESTABLISHED", peer, leg, "");
	(void)fake_log();
}

START_TEST(dial_goes_to_the_account_s_domain)
{
	ck_assert_int_eq(dial(ID, "*21#", 60000), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "dial(sip:*21%23@pbx) callstat");
	ck_assert_str_eq(story(ID), "dialing");
	ck_assert_int_eq(dial(ID2, "12a", 60000), -EINVAL);
	ck_assert_int_eq(dial(ID2, "1", 60000), -EINVAL);
}
END_TEST

START_TEST(dial_rings_talks_and_ends)
{
	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	fixture_turn();
	outgoing("CALL_LOCAL_SDP", PEER, NULL, "offer");
	outgoing("CALL_RINGING", PEER, "aaa", PEER);
	outgoing("CALL_ESTABLISHED", PEER, "aaa", PEER);
	outgoing("CALL_CLOSED", PEER, "aaa", "Connection reset by peer");
	ck_assert_str_eq(story(ID), "dialing ringing active ended/normal");
	ck_assert_str_eq(last()->leg, "aaa");
	ck_assert_str_eq(last()->detail, "Connection reset by peer");
}
END_TEST

START_TEST(refusal_may_come_before_any_id)
{
	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	fixture_turn();
	outgoing("CALL_CLOSED", PEER, "aaa", "486 Busy Here");
	ck_assert_str_eq(story(ID), "dialing ended/busy");
	ck_assert_str_eq(last()->detail, "SIP 486 Busy Here");
}
END_TEST

START_TEST(refused_command_ends_the_call)
{
	fake_answer("dial", false, "Invalid argument");
	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	fixture_turn();
	ck_assert_str_eq(story(ID), "ended/failed");
	ck_assert_ptr_nonnull(strstr(last()->detail, "Invalid argument"));
}
END_TEST

START_TEST(callstat_names_the_dial)
{
	fake_answer("callstat", true,
		    " local_uri:  <sip:agent1@pbx>\n peer_uri: <" PEER ">\n"
		    " af=AF_INET id=aaa\n direction: Outgoing\n");
	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	fixture_turn();
	(void)fake_log();
	ck_assert_int_eq(act(bs->hangup, ID, NULL), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "callfind(aaa) hangup");
	outgoing("CALL_CLOSED", PEER, "aaa", "Connection reset by user");
	ck_assert_str_eq(story(ID), "dialing ended/cancelled");
}
END_TEST

START_TEST(hangup_waits_for_the_id)
{
	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	fixture_turn();
	(void)fake_log();
	ck_assert_int_eq(act(bs->hangup, ID, NULL), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "");
	outgoing("CALL_RINGING", PEER, "aaa", PEER);
	ck_assert_str_eq(fake_log(), "callfind(aaa) hangup");
	outgoing("CALL_CLOSED", PEER, "aaa", "Connection reset by user");
	ck_assert_str_eq(story(ID), "dialing ringing ended/cancelled");
}
END_TEST

START_TEST(call_without_any_event_is_given_up)
{
	ck_assert_int_eq(dial(ID, "101", 5000), 0);
	fixture_turn();
	fixture_advance(5000);
	ck_assert_str_eq(story(ID), "dialing");
	fixture_advance(10000);
	ck_assert_str_eq(story(ID), "dialing ended/no_answer");
	ck_assert_ptr_nonnull(strstr(last()->detail, "did not report"));
}
END_TEST

START_TEST(own_ring_timer_hangs_up)
{
	ck_assert_int_eq(dial(ID, "101", 5000), 0);
	fixture_turn();
	outgoing("CALL_RINGING", PEER, "aaa", PEER);
	(void)fake_log();
	fixture_advance(5000);
	ck_assert_str_eq(fake_log(), "callfind(aaa) hangup");
	outgoing("CALL_CLOSED", PEER, "aaa", "Connection reset by user");
	ck_assert_str_eq(story(ID), "dialing ringing ended/no_answer");
}
END_TEST

START_TEST(second_dial_waits_and_holds_the_first_call)
{
	talk(ID, "101", "aaa");
	ck_assert_int_eq(dial(ID2, "102", 60000), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(),
			 "callfind(aaa) hold dial(sip:102@pbx) callstat");
	ck_assert_str_eq(story(ID), "dialing ringing active held");
	ck_assert_str_eq(story(ID2), "dialing");
}
END_TEST

START_TEST(dial_hung_up_in_the_queue_is_never_sent)
{
	fake.silent = true;
	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	ck_assert_int_eq(dial(ID2, "102", 60000), 0);
	ck_assert_int_eq(act(bs->hangup, ID2, NULL), 0);
	ck_assert_uint_eq(fix.nevents, 0);
	fixture_advance(0);
	ck_assert_str_eq(story(ID2), "ended/cancelled");
	ck_assert_str_eq(fake_log(), "dial(" PEER ")");
}
END_TEST

/* The queue may come to it before the end is told. */
START_TEST(dial_hung_up_when_its_turn_comes_is_never_sent)
{
	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	ck_assert_int_eq(dial(ID2, "102", 60000), 0);
	ck_assert_int_eq(act(bs->hangup, ID2, NULL), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "dial(" PEER ") callstat");
	fixture_advance(0);
	ck_assert_str_eq(story(ID2), "ended/cancelled");
	ck_assert_str_eq(fake_log(), "");
}
END_TEST

START_TEST(caller_rings_is_answered_and_hangs_up)
{
	incoming("CALL_INCOMING", "aaa", "");
	ck_assert(last()->inbound && !last()->withheld);
	ck_assert_str_eq(last()->number, "0301aaa");
	ck_assert_str_eq(last()->name, "Ann \"A\" Tester");
	ck_assert_str_eq(last()->device, "sip:agent1@pbx");
	ck_assert_int_eq(act(bs->answer, NULL, "aaa"), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "callfind(aaa) accept");
	incoming("CALL_ESTABLISHED", "aaa", "");
	ck_assert_int_eq(act(bs->answer, NULL, "aaa"), -EINVAL);
	incoming("CALL_CLOSED", "aaa", "Connection reset by peer");
	ck_assert_str_eq(story("aaa"), "ringing active ended/normal");
}
END_TEST

START_TEST(caller_gives_up)
{
	incoming("CALL_INCOMING", "aaa", "");
	incoming("CALL_CLOSED", "aaa", "Connection reset by peer");
	ck_assert_str_eq(story("aaa"), "ringing ended/cancelled");
	ck_assert_int_eq(act(bs->answer, NULL, "aaa"), -ENOENT);
}
END_TEST

START_TEST(agent_rejects)
{
	incoming("CALL_INCOMING", "aaa", "");
	ck_assert_int_eq(act(bs->reject, NULL, "aaa"), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "callfind(aaa) hangup");
	ck_assert_int_eq(act(bs->answer, NULL, "aaa"), -EINVAL);
	incoming("CALL_CLOSED", "aaa", "Connection reset by user");
	ck_assert_str_eq(story("aaa"), "ringing ended/rejected");
}
END_TEST

START_TEST(withheld_number_is_not_shown)
{
	fake_event("CALL_INCOMING", "incoming", "sip:anonymous@h", "aaa", "");
	fixture_turn();
	ck_assert(last()->withheld);
	ck_assert_str_eq(last()->number, "");
}
END_TEST

START_TEST(command_for_a_call_that_is_gone_is_not_sent)
{
	incoming("CALL_INCOMING", "aaa", "");
	fake_answer("callfind", true, "call not found (id=aaa)\n");
	ck_assert_int_eq(act(bs->reject, NULL, "aaa"), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "callfind(aaa)");
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
}
END_TEST

START_TEST(two_callers_alone_cannot_be_answered)
{
	incoming("CALL_INCOMING", "aaa", "");
	incoming("CALL_INCOMING", "bbb", "");
	ck_assert_int_eq(act(bs->answer, NULL, "aaa"), -EBUSY);
	ck_assert_int_eq(act(bs->answer, NULL, "bbb"), -EBUSY);
	incoming("CALL_CLOSED", "bbb", "Connection reset by peer");
	(void)fake_log();
	ck_assert_int_eq(act(bs->answer, NULL, "aaa"), 0);
}
END_TEST

START_TEST(two_callers_beside_a_call_can_be_answered)
{
	talk(ID, "101", "ccc");
	incoming("CALL_INCOMING", "aaa", "");
	incoming("CALL_INCOMING", "bbb", "");
	(void)fake_log();
	ck_assert_int_eq(act(bs->answer, NULL, "aaa"), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "callfind(ccc) hold callfind(ccc) "
				     "callfind(aaa) accept");
	ck_assert_str_eq(story(ID), "dialing ringing active held");
}
END_TEST

START_TEST(hold_and_resume_follow_the_answer)
{
	talk(ID, "101", "aaa");
	ck_assert_int_eq(hold(ID, false), -EINVAL);
	ck_assert_int_eq(hold(ID, true), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "callfind(aaa) hold");
	ck_assert_int_eq((int)last()->state, CTI_CALL_HELD);
	ck_assert_int_eq(hold(ID, true), -EINVAL);
	ck_assert_int_eq(hold(ID, false), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "callfind(aaa) resume");
	ck_assert_int_eq((int)last()->state, CTI_CALL_ACTIVE);
}
END_TEST

START_TEST(refused_hold_changes_nothing)
{
	talk(ID, "101", "aaa");
	fake_answer("hold", false, "command not found (hold)\n");
	ck_assert_int_eq(hold(ID, true), 0);
	fixture_turn();
	ck_assert_int_eq((int)last()->state, CTI_CALL_ACTIVE);
}
END_TEST

START_TEST(what_baresip_resumes_by_itself_is_seen)
{
	talk(ID, "101", "aaa");
	talk(ID2, "102", "bbb");
	ck_assert_str_eq(story(ID), "dialing ringing active held");
	fake_answer("listcalls", true,
		    "> [line 1]  0:00:05  ESTABLISHED  sip:101@pbx\n");
	fake_answer("callstat", true,
		    " local_uri:  <sip:agent1@pbx>\n peer_uri: <" PEER ">\n"
		    " af=AF_INET id=aaa\n direction: Outgoing\n");
	outgoing("CALL_CLOSED", "sip:102@pbx", "bbb",
		 "Connection reset by peer");
	ck_assert_str_eq(fake_log(), "listcalls line(1) callstat");
	ck_assert_str_eq(story(ID), "dialing ringing active held active");
}
END_TEST

START_TEST(rejecting_a_caller_keeps_the_held_call_held)
{
	talk(ID, "101", "ccc");
	ck_assert_int_eq(hold(ID, true), 0);
	fixture_turn();
	incoming("CALL_INCOMING", "aaa", "");
	(void)fake_log();
	ck_assert_int_eq(act(bs->reject, NULL, "aaa"), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "callfind(ccc) callfind(aaa) hangup "
				     "callfind(ccc) hold");
}
END_TEST

START_TEST(mute_is_a_toggle_that_tells)
{
	struct cti_call_ref ref = {ID, NULL};

	talk(ID, "101", "aaa");
	fake_answer("mute", true, "\ncall muted\n");
	ck_assert_int_eq(bs->mute(fix.drv, &ref, false), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "");
	ck_assert_int_eq(bs->mute(fix.drv, &ref, true), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "callfind(aaa) mute");
	ck_assert_int_eq(bs->mute(fix.drv, &ref, true), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "");
}
END_TEST

START_TEST(digits_are_sent_and_commas_pause)
{
	struct cti_call_ref ref = {ID, NULL};

	talk(ID, "101", "aaa");
	ck_assert_int_eq(bs->dtmf(fix.drv, &ref, "12#,,3"), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "callfind(aaa) sndcode(12#)");
	ck_assert_int_eq(bs->dtmf(fix.drv, &ref, "9"), -EBUSY);
	fixture_advance(3999);
	ck_assert_str_eq(fake_log(), "");
	fixture_advance(1);
	ck_assert_str_eq(fake_log(), "callfind(aaa) sndcode(3)");
	ck_assert_int_eq(bs->dtmf(fix.drv, &ref, "1;rm"), -EINVAL);
	ck_assert_int_eq(bs->dtmf(fix.drv, &ref, ""), -EINVAL);
}
END_TEST

START_TEST(transfer_is_a_uri_and_ends_the_call)
{
	struct cti_call_ref ref = {ID, NULL};

	talk(ID, "101", "aaa");
	ck_assert_int_eq(bs->transfer(fix.drv, &ref, "x@y"), -EINVAL);
	ck_assert_int_eq(bs->transfer(fix.drv, &ref, "777"), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "callfind(aaa) transfer(sip:777@pbx)");
	outgoing("CALL_CLOSED", PEER, "aaa", "Call transfered");
	ck_assert_int_eq((int)last()->cause, CTI_CAUSE_NORMAL);
	ck_assert_str_eq(last()->detail, "Call transfered");
}
END_TEST

START_TEST(nothing_works_on_a_call_in_set_up)
{
	struct cti_call_ref ref = {ID, NULL};

	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	fixture_turn();
	ck_assert_int_eq(hold(ID, true), -EINVAL);
	ck_assert_int_eq(bs->mute(fix.drv, &ref, true), -EINVAL);
	ck_assert_int_eq(bs->dtmf(fix.drv, &ref, "1"), -EINVAL);
	ck_assert_int_eq(bs->transfer(fix.drv, &ref, "777"), -EINVAL);
	ck_assert_int_eq(act(bs->answer, ID, NULL), -EINVAL);
	ck_assert_int_eq(act(bs->reject, ID, NULL), -EINVAL);
}
END_TEST

START_TEST(call_of_others_is_announced)
{
	outgoing("CALL_RINGING", "sip:0307@h", "zzz", "");
	ck_assert_str_eq(story("zzz"), "ringing");
	ck_assert(!last()->inbound);
	ck_assert_str_eq(last()->number, "0307");
	outgoing("CALL_CLOSED", "sip:0307@h", "zzz", "603 Decline");
	ck_assert_str_eq(story("zzz"), "ringing ended/rejected");
	outgoing("CALL_CLOSED", "sip:1@h", "yyy", "486 Busy Here");
	ck_assert_str_eq(story("yyy"), "");
}
END_TEST

START_TEST(queue_has_an_end)
{
	int err = 0;
	int n = 0;

	talk(ID, "101", "aaa");
	fake.silent = true;
	while (!err && n++ < 100)
		err = act(bs->hangup, ID, NULL) ? -EINVAL : dial(ID2, "1", 0);
	ck_assert_int_eq(err, -EINVAL); /* "1" is too short to dial */
	for (n = 0, err = 0; !err && n < 100; n++) {
		char id[CTI_ID_SIZE];

		(void)snprintf(id, sizeof(id), "%032X", (unsigned)n);
		err = dial(id, "101", 0);
	}
	ck_assert_int_eq(err, -EBUSY);
}
END_TEST

START_TEST(later_ones_take_the_id)
{
	fake_answer("dial", true, "call uri: " PEER "\ncall id: aaa\n");
	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "dial(" PEER ")");
	outgoing("CALL_ESTABLISHED", PEER, "aaa", "");
	ck_assert_int_eq(hold(ID, true), 0);
	fixture_turn();
	ck_assert_int_eq(hold(ID, false), 0);
	fixture_turn();
	ck_assert_int_eq(act(bs->hangup, ID, NULL), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "hold(aaa) resume(aaa) hangup(aaa)");
	outgoing("CALL_CLOSED", PEER, "aaa", "Rejected by user");
	ck_assert_str_eq(story(ID), "dialing active held active ended/normal");
}
END_TEST

START_TEST(resume_that_lies_is_looked_at)
{
	fake_answer("dial", true, "call id: aaa\n");
	fake_answer("resume", false, "Invalid argument");
	talk(ID, "101", "aaa");
	ck_assert_int_eq(hold(ID, true), 0);
	fixture_turn();
	fake_answer("listcalls", true,
		    "> [line 1, id aaa]  0:00:02  ESTABLISHED   " PEER "\n");
	ck_assert_int_eq(hold(ID, false), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "hold(aaa) resume(aaa) listcalls");
	ck_assert_int_eq((int)last()->state, CTI_CALL_ACTIVE);
}
END_TEST

START_TEST(event_with_id_may_come_before_the_answer)
{
	fake.silent = true;
	ck_assert_int_eq(dial(ID, "101", 60000), 0);
	fixture_turn();
	outgoing("CALL_OUTGOING", PEER, "aaa", "");
	ck_assert_str_eq(story(ID), "dialing");
	ck_assert_str_eq(last()->leg, "aaa");
}
END_TEST

START_TEST(later_ones_answer_any_of_two_callers)
{
	incoming("CALL_INCOMING", "aaa", "");
	incoming("CALL_INCOMING", "bbb", "");
	(void)fake_log();
	ck_assert_int_eq(act(bs->answer, NULL, "aaa"), 0);
	fixture_turn();
	ck_assert_str_eq(fake_log(), "accept(aaa)");
}
END_TEST

static void outbound_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, dial_goes_to_the_account_s_domain);
	tcase_add_test(tcase, dial_rings_talks_and_ends);
	tcase_add_test(tcase, refusal_may_come_before_any_id);
	tcase_add_test(tcase, refused_command_ends_the_call);
	tcase_add_test(tcase, callstat_names_the_dial);
	tcase_add_test(tcase, hangup_waits_for_the_id);
	tcase_add_test(tcase, call_without_any_event_is_given_up);
	tcase_add_test(tcase, own_ring_timer_hangs_up);
	tcase_add_test(tcase, second_dial_waits_and_holds_the_first_call);
	tcase_add_test(tcase, dial_hung_up_in_the_queue_is_never_sent);
	tcase_add_test(tcase, dial_hung_up_when_its_turn_comes_is_never_sent);
	tcase_add_test(tcase, call_of_others_is_announced);
	tcase_add_test(tcase, queue_has_an_end);
}

static void inbound_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, caller_rings_is_answered_and_hangs_up);
	tcase_add_test(tcase, caller_gives_up);
	tcase_add_test(tcase, agent_rejects);
	tcase_add_test(tcase, withheld_number_is_not_shown);
	tcase_add_test(tcase, command_for_a_call_that_is_gone_is_not_sent);
	tcase_add_test(tcase, two_callers_alone_cannot_be_answered);
	tcase_add_test(tcase, two_callers_beside_a_call_can_be_answered);
}

static void actions_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, hold_and_resume_follow_the_answer);
	tcase_add_test(tcase, refused_hold_changes_nothing);
	tcase_add_test(tcase, what_baresip_resumes_by_itself_is_seen);
	tcase_add_test(tcase, rejecting_a_caller_keeps_the_held_call_held);
	tcase_add_test(tcase, mute_is_a_toggle_that_tells);
	tcase_add_test(tcase, digits_are_sent_and_commas_pause);
	tcase_add_test(tcase, transfer_is_a_uri_and_ends_the_call);
	tcase_add_test(tcase, nothing_works_on_a_call_in_set_up);
}

Suite *baresip_suite(void)
{
	Suite *suite = suite_create("baresip");
	TCase *outbound = tcase_create("outbound");
	TCase *inbound = tcase_create("inbound");
	TCase *actions = tcase_create("actions");
	TCase *later = tcase_create("later");

	outbound_add(outbound);
	inbound_add(inbound);
	actions_add(actions);
	tcase_add_checked_fixture(later, setup_later, teardown);
	tcase_add_test(later, later_ones_take_the_id);
	tcase_add_test(later, resume_that_lies_is_looked_at);
	tcase_add_test(later, event_with_id_may_come_before_the_answer);
	tcase_add_test(later, later_ones_answer_any_of_two_callers);
	suite_add_tcase(suite, outbound);
	suite_add_tcase(suite, inbound);
	suite_add_tcase(suite, actions);
	suite_add_tcase(suite, later);
	return suite;
}
