/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_fs_talk.c - FreeSWITCH: the agent's actions, transfers, what he
 * does at his phone */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "drivers/freeswitch/freeswitch.h"
#include "fs_fixture.h"
#include "suites.h"

static const struct cti_driver_ops *const fs = &cti_driver_freeswitch;

/** A dial that talks with "far", which sent early media before. */
static void talk(void)
{
	ck_assert_int_eq(fs_dial(FS_ID, "101", 20000), 0);
	fs_dial_events("originate-ok", 0, 3);
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "far",
		 "Call-Direction", "outbound", "Other-Type", "originator",
		 "Other-Leg-Unique-ID", FS_ID, "Caller-Caller-ID-Number",
		 "1001", "Caller-Destination-Number", "00496912345");
	fs_event("Event-Name", "CHANNEL_BRIDGE", "Unique-ID", FS_ID,
		 "Bridge-A-Unique-ID", FS_ID, "Bridge-B-Unique-ID", "far");
	ck_assert_str_eq(fs_story(FS_ID), "alerting dialing ringing");
	fs_event("Event-Name", "CHANNEL_ANSWER", "Unique-ID", "far");
	ck_assert_str_eq(fs_story(FS_ID), "alerting dialing ringing active");
	(void)fake_esl_log(); /* the dial */
}

static int transfer(const char *number)
{
	struct cti_call_ref ref = {FS_ID, NULL};
	int err;

	fix.inside = true;
	err = fs->transfer(fix.drv, &ref, number);
	fix.inside = false;
	fixture_turn();
	return err;
}

static int dtmf(const char *digits)
{
	struct cti_call_ref ref = {FS_ID, NULL};
	int err;

	fix.inside = true;
	err = fs->dtmf(fix.drv, &ref, digits);
	fix.inside = false;
	fixture_turn();
	return err;
}

START_TEST(hold_is_of_the_agents_leg)
{
	talk();
	ck_assert_int_eq(hold(FS_ID, false), -EINVAL);
	ck_assert_int_eq(hold(FS_ID, true), 0);
	fixture_turn();
	ck_assert_str_eq(fake_esl_log(), "api uuid_hold " FS_ID "\n");
	fs_event("Event-Name", "CHANNEL_HOLD", "Unique-ID", FS_ID);
	ck_assert_int_eq(hold(FS_ID, true), -EINVAL);
	ck_assert_int_eq(hold(FS_ID, false), 0);
	fixture_turn();
	ck_assert_str_eq(fake_esl_log(), "api uuid_hold off " FS_ID "\n");
	fs_event("Event-Name", "CHANNEL_UNHOLD", "Unique-ID", FS_ID);
	ck_assert_str_eq(fs_story(FS_ID),
			 "alerting dialing ringing active held active");
}
END_TEST

START_TEST(digits_go_to_the_far_end)
{
	talk();
	ck_assert_int_eq(dtmf("12#,D"), 0);
	ck_assert_str_eq(fake_esl_log(), "api uuid_send_dtmf far 12#WWD\n");
	ck_assert_int_eq(dtmf(""), -EINVAL);
	ck_assert_int_eq(dtmf("1@2000"), -EINVAL);
	ck_assert_int_eq(dtmf("1\n\napi x"), -EINVAL);
	ck_assert_int_eq(dtmf("123456789012345678901234567890123"), -EINVAL);
	ck_assert_str_eq(fake_esl_log(), "");
}
END_TEST

START_TEST(transfer_sends_the_far_end_away)
{
	talk();
	ck_assert_int_eq(transfer("777"), 0);
	ck_assert_str_eq(fake_esl_log(),
			 "api uuid_transfer far 777 XML default\n");
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", FS_ID,
		 "Hangup-Cause", "NORMAL_CLEARING");
	ck_assert_str_eq(fs_story(FS_ID),
			 "alerting dialing ringing active ended/normal");
	ck_assert_str_eq(last()->detail, "transferred");
}
END_TEST

START_TEST(refused_transfer_is_none)
{
	talk();
	fake_esl_answer("api uuid_transfer", "-ERR No such channel!\n");
	ck_assert_int_eq(transfer("777"), 0);
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", FS_ID,
		 "Hangup-Cause", "NORMAL_CLEARING");
	ck_assert_str_eq(last()->detail, "NORMAL_CLEARING");
}
END_TEST

START_TEST(transfer_outside_the_grammar_is_refused)
{
	talk();
	ck_assert_int_eq(transfer("777 XML public"), -EINVAL);
	ck_assert_int_eq(transfer("&park()"), -EINVAL);
	ck_assert_int_eq(transfer("7\n\napi shutdown"), -EINVAL);
	ck_assert_str_eq(fake_esl_log(), "");
}
END_TEST

START_TEST(actions_need_a_call_that_talks)
{
	ck_assert_int_eq(act(fs->hangup, FS_ID, NULL), -ENOENT);
	ck_assert_int_eq(fs_dial(FS_ID, "101", 20000), 0);
	ck_assert_int_eq(hold(FS_ID, true), -EINVAL);
	ck_assert_int_eq(dtmf("1"), -EINVAL);
	ck_assert_int_eq(transfer("777"), -EINVAL);
	ck_assert_int_eq(act(fs->reject, FS_ID, NULL), -EINVAL);
	ck_assert(!fs->answer && !fs->mute);
}
END_TEST

/* --- transfers --- */

/** A leg at the second agent's phone, called by that channel. */
static void rings_at_second(const char *uuid, const char *by,
			    const char *number)
{
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", uuid,
		 "Call-Direction", "outbound", "Channel-Name", FS_DEVICE2,
		 "Other-Type", "originator", "Other-Leg-Unique-ID", by,
		 "Caller-Caller-ID-Number", number);
	fs_event("Event-Name", "CHANNEL_PROGRESS", "Unique-ID", uuid);
}

static void second_answers(const char *uuid)
{
	fs_event("Event-Name", "CHANNEL_ANSWER", "Unique-ID", uuid);
}

START_TEST(dialed_customer_transferred_has_the_dials_id)
{
	talk();
	fs_event("Event-Name", "CHANNEL_UNBRIDGE", "Unique-ID", FS_ID,
		 "Bridge-A-Unique-ID", FS_ID, "Bridge-B-Unique-ID", "far");
	rings_at_second("p2", "far", "00496912345");
	ck_assert_str_eq(last()->leg, "p2");
	ck_assert_str_eq(last()->first_ref, FS_ID);
	ck_assert_str_eq(last()->first_id, FS_ID);
	ck_assert_int_eq((int)last()->kind, CTI_KIND_CUSTOMER);
	ck_assert(last()->inbound);
}
END_TEST

START_TEST(caller_who_goes_on_by_himself_is_a_fresh_ring)
{
	fs_ring_events(0, 7);
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", FS_PHONE,
		 "Hangup-Cause", "NORMAL_CLEARING");
	rings_at_second("p2", FS_CALLER, "0301234567");
	ck_assert_str_eq(last()->leg, "p2");
	ck_assert_str_eq(last()->first_ref, "");
	second_answers("p2");
	fs_event("Event-Name", "CHANNEL_BRIDGE", "Unique-ID", FS_CALLER,
		 "Bridge-A-Unique-ID", FS_CALLER, "Bridge-B-Unique-ID", "p2");
	ck_assert_str_eq(last()->first_ref, "");
	ck_assert_str_eq(fs_story("p2"), "ringing active");
}
END_TEST

START_TEST(chain_of_transfers_keeps_the_first_leg)
{
	fs_ring_events(0, 7);
	fs_event("Event-Name", "CHANNEL_UNBRIDGE", "Unique-ID", FS_CALLER,
		 "Bridge-A-Unique-ID", FS_CALLER, "Bridge-B-Unique-ID",
		 FS_PHONE, "variable_transfer_source", "1:a:bl_xfer:1");
	rings_at_second("p2", FS_CALLER, "0301234567");
	second_answers("p2");
	fs_event("Event-Name", "CHANNEL_BRIDGE", "Unique-ID", FS_CALLER,
		 "Bridge-A-Unique-ID", FS_CALLER, "Bridge-B-Unique-ID", "p2");
	fs_event("Event-Name", "CHANNEL_UNBRIDGE", "Unique-ID", FS_CALLER,
		 "Bridge-A-Unique-ID", FS_CALLER, "Bridge-B-Unique-ID", "p2",
		 "variable_transfer_source", "2:b:bl_xfer:1");
	rings_at_second("p3", FS_CALLER, "0301234567");
	ck_assert_str_eq(last()->leg, "p3");
	ck_assert_str_eq(last()->first_ref, FS_PHONE);
}
END_TEST

/** The first agent, who talks with the caller, calls the second one. */
static void consult(void)
{
	fs_ring_events(0, 7);
	fs_event("Event-Name", "CHANNEL_HOLD", "Unique-ID", FS_PHONE);
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "x",
		 "Call-Direction", "inbound", "variable_user_name", "agent1",
		 "Caller-Caller-ID-Number", "1001", "Caller-Destination-Number",
		 "1002");
	rings_at_second("p2", "x", "1001");
	second_answers("p2");
	fs_event("Event-Name", "CHANNEL_BRIDGE", "Unique-ID", "x",
		 "Bridge-A-Unique-ID", "x", "Bridge-B-Unique-ID", "p2");
}

START_TEST(consult_call_becomes_the_customers)
{
	consult();
	ck_assert_str_eq(fs_story("x"), "dialing ringing active");
	ck_assert_str_eq(fs_story("p2"), "ringing active");
	ck_assert_str_eq(last()->leg, "p2");
	ck_assert_int_eq((int)last()->kind, CTI_KIND_CONSULT);
	ck_assert_str_eq(last()->first_ref, "");
	fs_event("Event-Name", "CHANNEL_BRIDGE", "Unique-ID", FS_CALLER,
		 "Bridge-A-Unique-ID", FS_CALLER, "Bridge-B-Unique-ID", "p2",
		 "variable_transfer_source", "1:a:uuid_br:x");
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", "x",
		 "Hangup-Cause", "ATTENDED_TRANSFER");
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", FS_PHONE,
		 "Hangup-Cause", "ATTENDED_TRANSFER");
	ck_assert_str_eq(fs_story("p2"), "ringing active");
	ck_assert_str_eq(fs_story("x"), "dialing ringing active ended/normal");
	ck_assert_str_eq(fs_story(FS_PHONE),
			 "ringing active held ended/normal");
	ck_assert_str_eq(last()->detail, "ATTENDED_TRANSFER");
	for (size_t i = 0; i < fix.nevents; i++) {
		const struct seen *seen = &fix.event[i];

		if (strcmp(seen->first_ref, FS_PHONE) == 0) {
			ck_assert_str_eq(seen->leg, "p2");
			ck_assert_str_eq(seen->number, "0301234567");
			ck_assert_str_eq(seen->name, "Ann");
			ck_assert_int_eq((int)seen->kind, CTI_KIND_CUSTOMER);
			return;
		}
	}
	ck_abort_msg("no first leg was told");
}
END_TEST

START_TEST(consult_call_by_a_key_of_the_switch_is_one)
{
	fs_ring_events(0, 7);
	rings_at_second("p2", FS_PHONE, "1001");
	ck_assert_int_eq((int)last()->kind, CTI_KIND_CONSULT);
	second_answers("p2");
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", FS_PHONE,
		 "Hangup-Cause", "ATTENDED_TRANSFER");
	fs_event("Event-Name", "CHANNEL_BRIDGE", "Unique-ID", FS_CALLER,
		 "Bridge-A-Unique-ID", FS_CALLER, "Bridge-B-Unique-ID", "p2");
	ck_assert_str_eq(last()->leg, "p2");
	ck_assert_str_eq(last()->first_ref, FS_PHONE);
	ck_assert_str_eq(last()->number, "0301234567");
	ck_assert_int_eq((int)last()->kind, CTI_KIND_CUSTOMER);
}
END_TEST

/* --- the agent's own phone --- */

START_TEST(own_dial_is_shown_with_its_number)
{
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "x",
		 "Call-Direction", "inbound", "Channel-Presence-ID",
		 "agent1@pbx", "Caller-Caller-ID-Number", "1001",
		 "Caller-Destination-Number", "00496912345");
	ck_assert_str_eq(last()->number, "00496912345");
	ck_assert(!last()->inbound);
	ck_assert_int_eq((int)last()->kind, CTI_KIND_CUSTOMER);
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "far",
		 "Call-Direction", "outbound", "Other-Leg-Unique-ID", "x");
	fs_event("Event-Name", "CHANNEL_PROGRESS", "Unique-ID", "far");
	fs_event("Event-Name", "CHANNEL_ANSWER", "Unique-ID", "far");
	fs_event("Event-Name", "CHANNEL_BRIDGE", "Unique-ID", "x",
		 "Bridge-A-Unique-ID", "x", "Bridge-B-Unique-ID", "far");
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", "x",
		 "Hangup-Cause", "NORMAL_CLEARING");
	ck_assert_str_eq(fs_story("x"), "dialing ringing active ended/normal");
	ck_assert_uint_eq(fix.nevents, 4);
}
END_TEST

START_TEST(own_dial_to_a_busy_number_is_busy)
{
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "x",
		 "Call-Direction", "inbound", "Channel-Presence-ID",
		 "agent1@pbx", "Caller-Destination-Number", "1002");
	ck_assert_int_eq((int)last()->kind, CTI_KIND_INTERNAL);
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "far",
		 "Call-Direction", "outbound", "Other-Leg-Unique-ID", "x");
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", "far",
		 "Hangup-Cause", "USER_BUSY");
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", "x",
		 "Hangup-Cause", "USER_BUSY");
	ck_assert_str_eq(fs_story("x"), "dialing ended/busy");
}
END_TEST

START_TEST(dial_of_another_program_is_shown_once_it_dials)
{
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "a",
		 "Call-Direction", "outbound", "variable_dialed_user", "agent1",
		 "Caller-Destination-Number", "agent1-0x5");
	fs_event("Event-Name", "CHANNEL_PROGRESS", "Unique-ID", "a");
	fs_event("Event-Name", "CHANNEL_ANSWER", "Unique-ID", "a");
	ck_assert_uint_eq(fix.nevents, 0);
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "far",
		 "Call-Direction", "outbound", "Other-Leg-Unique-ID", "a",
		 "Caller-Destination-Number", "00496912345");
	ck_assert_str_eq(fs_story("a"), "dialing");
	ck_assert_str_eq(last()->number, "00496912345");
	ck_assert(!last()->inbound);
}
END_TEST

Suite *fs_talk_suite(void)
{
	Suite *suite = suite_create("fs_talk");
	TCase *tcase = tcase_create("talk");

	tcase_add_checked_fixture(tcase, fs_up, fs_teardown);
	tcase_add_test(tcase, hold_is_of_the_agents_leg);
	tcase_add_test(tcase, digits_go_to_the_far_end);
	tcase_add_test(tcase, transfer_sends_the_far_end_away);
	tcase_add_test(tcase, refused_transfer_is_none);
	tcase_add_test(tcase, transfer_outside_the_grammar_is_refused);
	tcase_add_test(tcase, actions_need_a_call_that_talks);
	tcase_add_test(tcase, dialed_customer_transferred_has_the_dials_id);
	tcase_add_test(tcase, caller_who_goes_on_by_himself_is_a_fresh_ring);
	tcase_add_test(tcase, chain_of_transfers_keeps_the_first_leg);
	tcase_add_test(tcase, consult_call_becomes_the_customers);
	tcase_add_test(tcase, consult_call_by_a_key_of_the_switch_is_one);
	tcase_add_test(tcase, own_dial_is_shown_with_its_number);
	tcase_add_test(tcase, own_dial_to_a_busy_number_is_busy);
	tcase_add_test(tcase, dial_of_another_program_is_shown_once_it_dials);
	suite_add_tcase(suite, tcase);
	return suite;
}
