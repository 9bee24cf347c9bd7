/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_freeswitch.c - calls as FreeSWITCH reports them */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "drivers/freeswitch/freeswitch.h"
#include "fs_fixture.h"
#include "suites.h"

enum { ALL = 1000, AGENT_ON = 4 }; /* events of originate-ok */
static const struct cti_driver_ops *const fs = &cti_driver_freeswitch;

/* --- dials --- */

START_TEST(dial_is_answered_and_hung_up)
{
	ck_assert_int_eq(fs_dial(FS_ID, "00496912345", 20000), 0);
	ck_assert_str_eq(
		fake_esl_log(),
		"bgapi originate {origination_uuid=" FS_ID
		",origination_caller_id_number=00496912345,"
		"originate_timeout=21,ignore_early_media=true}user/agent1 "
		"00496912345 XML default\nJob-UUID: " FS_ID "\n");
	fs_dial_events("originate-ok", 0, ALL);
	ck_assert_str_eq(fs_story(FS_ID),
			 "alerting dialing ringing active ended/normal");
	ck_assert_str_eq(last()->detail, "Q.850 16, NORMAL_CLEARING");
	ck_assert_str_eq(last()->leg, FS_ID);
	ck_assert_str_eq(last()->device, FS_DEVICE);
	ck_assert(!last()->inbound);
	ck_assert_uint_eq(fix.nevents, 5);
}
END_TEST

static const struct {
	const char *name, *story, *detail;
} failures[] = {
	{"originate-callee-busy", "alerting dialing ended/busy",
	 "SIP 486, Q.850 17, USER_BUSY"},
	{"originate-callee-404", "alerting dialing ended/bad_number",
	 "SIP 404, Q.850 1, UNALLOCATED_NUMBER"},
	{"originate-agent-noanswer", "alerting ended/no_answer",
	 "Q.850 19, NO_ANSWER"},
	{"originate-agent-unregistered", "ended/unreachable",
	 "SUBSCRIBER_ABSENT"},
	{"originate-bad-endpoint", "ended/failed", "CHAN_NOT_IMPLEMENTED"},
	{"originate-bad-exten", "dialing ended/bad_number",
	 "Q.850 3, NO_ROUTE_DESTINATION"},
};

START_TEST(dial_that_fails_says_why)
{
	ck_assert_int_eq(fs_dial(FS_ID, "101", 20000), 0);
	fs_dial_events(failures[_i].name, 0, ALL);
	ck_assert_str_eq(fs_story(FS_ID), failures[_i].story);
	ck_assert_str_eq(last()->detail, failures[_i].detail);
	ck_assert_str_eq(last()->call_id, FS_ID);
	fixture_advance(120000);
	ck_assert_str_eq(fs_story(FS_ID), failures[_i].story);
}
END_TEST

START_TEST(agents_phone_that_is_busy_is_no_busy_number)
{
	ck_assert_int_eq(fs_dial(FS_ID, "101", 20000), 0);
	fs_dial_events("originate-ok", 0, 2);
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", FS_ID,
		 "Hangup-Cause", "USER_BUSY", "variable_hangup_cause_q850",
		 "17", "variable_sip_term_status", "486");
	fs_event("Event-Name", "BACKGROUND_JOB", "Job-UUID", FS_ID, "_body",
		 "-ERR USER_BUSY\n");
	ck_assert_str_eq(fs_story(FS_ID), "alerting ended/rejected");
}
END_TEST

START_TEST(refused_command_ends_the_dial)
{
	fake_esl_answer("bgapi", "-ERR command not found");
	ck_assert_int_eq(fs_dial(FS_ID, "101", 20000), 0);
	ck_assert_str_eq(fs_story(FS_ID), "ended/failed");
	ck_assert_str_eq(last()->detail, "-ERR command not found");
}
END_TEST

START_TEST(agent_hangs_up_before_the_answer)
{
	ck_assert_int_eq(fs_dial(FS_ID, "101", 20000), 0);
	fs_dial_events("originate-ok", 0, 6);
	(void)fake_esl_log(); /* the dial */
	ck_assert_int_eq(act(fs->hangup, FS_ID, NULL), 0);
	fixture_turn();
	ck_assert_str_eq(fake_esl_log(),
			 "api uuid_kill " FS_ID " NORMAL_CLEARING\n");
	fs_dial_events("originate-ok", 8, 9);
	fs_dial_events("originate-ok", 10, ALL);
	ck_assert_str_eq(fs_story(FS_ID),
			 "alerting dialing ringing ended/cancelled");
}
END_TEST

START_TEST(agent_hangs_up_at_his_phone_before_the_answer)
{
	ck_assert_int_eq(fs_dial(FS_ID, "101", 20000), 0);
	fs_dial_events("originate-ok", 0, 6);
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", FS_ID,
		 "Hangup-Cause", "NORMAL_CLEARING",
		 "variable_sip_hangup_disposition", "recv_bye");
	ck_assert_str_eq(fs_story(FS_ID),
			 "alerting dialing ringing ended/cancelled");
}
END_TEST

START_TEST(dial_hung_up_before_its_channel_is_hung_up_with_it)
{
	ck_assert_int_eq(fs_dial(FS_ID, "101", 20000), 0);
	(void)fake_esl_log(); /* the dial */
	fake_esl_answer("api uuid_kill", "-ERR No such channel!\n");
	ck_assert_int_eq(act(fs->hangup, FS_ID, NULL), 0);
	fixture_turn();
	fs_dial_events("originate-ok", 0, 1);
	ck_assert_str_eq(fake_esl_log(),
			 "api uuid_kill " FS_ID " NORMAL_CLEARING\n"
			 "api uuid_kill " FS_ID " NORMAL_CLEARING\n");
	fs_dial_events("originate-ok", 10, ALL);
	ck_assert_str_eq(fs_story(FS_ID), "ended/cancelled");
}
END_TEST

START_TEST(ring_time_is_the_drivers_own)
{
	ck_assert_int_eq(fs_dial(FS_ID, "101", 20000), 0);
	fs_dial_events("originate-ok", 0, 6);
	(void)fake_esl_log(); /* the dial */
	fixture_advance(19999);
	ck_assert_ptr_null(strstr(fake_esl_log(), "uuid_kill"));
	fixture_advance(1);
	ck_assert_str_eq(fake_esl_log(), "api uuid_kill " FS_ID " NO_ANSWER\n");
	fs_dial_events("originate-ok", 10, ALL);
	ck_assert_str_eq(fs_story(FS_ID),
			 "alerting dialing ringing ended/no_answer");
	ck_assert_ptr_nonnull(strstr(last()->detail, "ring time-out"));
}
END_TEST

START_TEST(number_the_dialplan_answers_itself_is_active_then)
{
	ck_assert_int_eq(fs_dial(FS_ID, "101", 20000), 0);
	fs_dial_events("originate-ok", 0, AGENT_ON);
	(void)fake_esl_log(); /* the dial */
	fixture_advance(20000);
	ck_assert_ptr_null(strstr(fake_esl_log(), "uuid_kill"));
	ck_assert_str_eq(fs_story(FS_ID), "alerting dialing active");
}
END_TEST

START_TEST(end_that_never_comes_is_guarded)
{
	ck_assert_int_eq(fs_dial(FS_ID, "101", 5000), 0);
	fixture_advance(5000);
	ck_assert_str_eq(fs_story(FS_ID), "");
	fixture_advance(10000);
	ck_assert_str_eq(fs_story(FS_ID), "ended/no_answer");
	(void)fake_esl_log();		      /* what was done until here */
	fs_dial_events("originate-ok", 0, 1); /* it comes to life, too late */
	ck_assert_str_eq(fake_esl_log(),
			 "api uuid_kill " FS_ID " ORIGINATOR_CANCEL\n");
	ck_assert_str_eq(fs_story(FS_ID), "ended/no_answer");
}
END_TEST

START_TEST(dials_that_failed_displace_none_that_may_come_to_life)
{
	char id[] = "00000000000000000000000000000000";

	ck_assert_int_eq(fs_dial(FS_ID, "101", 5000), 0);
	fixture_advance(5000);
	fixture_advance(10000);
	ck_assert_str_eq(fs_story(FS_ID), "ended/no_answer");
	for (int i = 0; i < 70; i++) {
		id[0] = (char)('A' + i % 6);
		id[1] = (char)('0' + i / 10);
		id[2] = (char)('0' + i % 10);
		ck_assert_int_eq(fs_dial(id, "101", 20000), 0);
		fs_event("Event-Name", "BACKGROUND_JOB", "Job-UUID", id,
			 "_body", "-ERR SUBSCRIBER_ABSENT\n");
		ck_assert_str_eq(fs_story(id), "ended/unreachable");
		(void)fake_esl_log(); /* the dial */
	}
	fs_dial_events("originate-ok", 0, 1);
	ck_assert_str_eq(fake_esl_log(),
			 "api uuid_kill " FS_ID " ORIGINATOR_CANCEL\n");
}
END_TEST

START_TEST(agent_answers_on_his_other_phone)
{
	ck_assert_int_eq(fs_dial(FS_ID, "101", 20000), 0);
	fs_dial_events("originate-ok", 0, 2);
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "other",
		 "Call-Direction", "outbound", "variable_dialed_user",
		 "agent1");
	fs_event("Event-Name", "CHANNEL_ANSWER", "Unique-ID", "other",
		 "Call-Direction", "outbound");
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", FS_ID,
		 "Hangup-Cause", "LOSE_RACE");
	fs_event("Event-Name", "BACKGROUND_JOB", "Job-UUID", FS_ID, "_body",
		 "+OK other\n");
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "far",
		 "Call-Direction", "outbound", "Other-Leg-Unique-ID", "other",
		 "Answer-State", "answered");
	fs_event("Event-Name", "CHANNEL_BRIDGE", "Unique-ID", "other",
		 "Bridge-A-Unique-ID", "other", "Bridge-B-Unique-ID", "far");
	ck_assert_str_eq(fs_story(FS_ID), "alerting dialing active");
	(void)fake_esl_log(); /* the dial */
	ck_assert_int_eq(act(fs->hangup, FS_ID, NULL), 0);
	fixture_turn();
	ck_assert_str_eq(fake_esl_log(),
			 "api uuid_kill other NORMAL_CLEARING\n");
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", "other",
		 "Hangup-Cause", "NORMAL_CLEARING");
	ck_assert_str_eq(fs_story(FS_ID),
			 "alerting dialing active ended/normal");
	ck_assert_uint_eq(fix.nevents, 4);
}
END_TEST

static const char *const bad_dials[][3] = {
	{FS_ID, "101\n\napi shutdown", FS_DEVICE},
	{FS_ID, "101,102", FS_DEVICE},
	{FS_ID, "", FS_DEVICE},
	{FS_ID, "101", "user/102"},
	{FS_ID, "101", ""},
	{FS_ID, "101", "user/101 &system(x)"},
	{"an id", "101", FS_DEVICE},
};

START_TEST(dial_outside_the_grammar_is_refused)
{
	struct cti_originate req = {
		.call_id = bad_dials[_i][0],
		.number = bad_dials[_i][1],
		.device = bad_dials[_i][2],
	};

	ck_assert_int_eq(fs->originate(fix.drv, &req), -EINVAL);
	fixture_turn();
	ck_assert_str_eq(fake_esl_log(), "");
	ck_assert_uint_eq(fix.nevents, 0);
}
END_TEST

/* --- callers --- */

START_TEST(caller_is_answered_held_and_hung_up)
{
	fs_ring_events(0, 10);
	ck_assert_str_eq(fs_story(FS_PHONE),
			 "ringing active held active ended/normal");
	ck_assert_str_eq(fix.event[0].number, "0301234567");
	ck_assert_str_eq(fix.event[0].name, "Ann");
	ck_assert_str_eq(fix.event[0].dnis, "1001");
	ck_assert_str_eq(fix.event[0].device, FS_DEVICE);
	ck_assert_str_eq(fix.event[0].call_id, "");
	ck_assert_int_eq((int)fix.event[0].kind, CTI_KIND_CUSTOMER);
	ck_assert(fix.event[0].inbound && !fix.event[0].withheld);
}
END_TEST

START_TEST(caller_transferred_to_another_agent_has_the_first_leg)
{
	static const char D[] = "7db19307-eedd-4fba-9b8a-5746241a6117";

	fs_ring_events(0, ALL);
	ck_assert_str_eq(fs_story(D), "ringing active ended/normal");
	for (size_t i = 0; i < fix.nevents; i++) {
		bool second = strcmp(fix.event[i].leg, D) == 0;

		ck_assert_str_eq(fix.event[i].first_ref,
				 second ? FS_PHONE : "");
	}
	ck_assert_str_eq(last()->device, FS_DEVICE2);
	ck_assert_str_eq(last()->first_id, "");
}
END_TEST

/** The caller gave up, and so on: how the phone's channel ends. */
static const struct {
	const char *name, *sip;
	const char *story;
} rings[] = {
	{"ORIGINATOR_CANCEL", "487", "ringing ended/cancelled"},
	{"LOSE_RACE", "487", "ringing ended/answered_elsewhere"},
	{"PICKED_OFF", "", "ringing ended/answered_elsewhere"},
	{"USER_BUSY", "486", "ringing ended/rejected"},
	{"CALL_REJECTED", "603", "ringing ended/rejected"},
	{"NO_ANSWER", "", "ringing ended/no_answer"},
	{"ALLOTTED_TIMEOUT", "", "ringing ended/no_answer"},
	{"NO_USER_RESPONSE", "480", "ringing ended/unreachable"},
	{"USER_NOT_REGISTERED", "", "ringing ended/unreachable"},
	{"RECOVERY_ON_TIMER_EXPIRE", "408", "ringing ended/unreachable"},
	{"NORMAL_TEMPORARY_FAILURE", "503", "ringing ended/unreachable"},
	{"MEDIA_TIMEOUT", "", "ringing ended/failed"},
};

START_TEST(ring_that_is_not_answered_says_why)
{
	fs_ring_events(0, 4);
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", FS_PHONE,
		 "Hangup-Cause", rings[_i].name, "variable_sip_term_status",
		 rings[_i].sip);
	ck_assert_str_eq(fs_story(FS_PHONE), rings[_i].story);
}
END_TEST

START_TEST(recorded_rejection_is_rejected)
{
	static const char *const texts[] = {NULL};

	fake_esl_replay("inbound-reject", 0, ALL, texts);
	fixture_turn();
	ck_assert_str_eq(fs_story("2924a489-aa3a-4b7f-a513-f721418f0d09"),
			 "ringing ended/rejected");
	ck_assert_str_eq(last()->detail, "SIP 486, Q.850 17, USER_BUSY");
}
END_TEST

START_TEST(caller_who_talks_to_another_was_answered_elsewhere)
{
	fs_ring_events(0, 4);
	fs_event("Event-Name", "CHANNEL_BRIDGE", "Unique-ID", FS_CALLER,
		 "Bridge-A-Unique-ID", FS_CALLER, "Bridge-B-Unique-ID", "x");
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", FS_PHONE,
		 "Hangup-Cause", "ORIGINATOR_CANCEL");
	ck_assert_str_eq(fs_story(FS_PHONE),
			 "ringing ended/answered_elsewhere");
}
END_TEST

START_TEST(agent_rejects_with_busy)
{
	fs_ring_events(0, 4);
	ck_assert_int_eq(act(fs->reject, NULL, FS_PHONE), 0);
	fixture_turn();
	ck_assert_str_eq(fake_esl_log(),
			 "api uuid_kill " FS_PHONE " USER_BUSY\n");
	ck_assert_int_eq(act(fs->reject, NULL, FS_PHONE), -EINVAL);
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", FS_PHONE,
		 "Hangup-Cause", "USER_BUSY");
	ck_assert_str_eq(fs_story(FS_PHONE), "ringing ended/rejected");
	ck_assert_int_eq(act(fs->reject, NULL, FS_PHONE), -ENOENT);
}
END_TEST

START_TEST(phone_that_never_rang_is_no_call)
{
	fs_ring_events(0, 2);
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", FS_PHONE,
		 "Hangup-Cause", "USER_NOT_REGISTERED");
	ck_assert_uint_eq(fix.nevents, 0);
}
END_TEST

START_TEST(phone_that_answers_at_once_rang_before)
{
	fs_ring_events(0, 2);
	fs_ring_events(4, 7);
	ck_assert_str_eq(fs_story(FS_PHONE), "ringing active");
}
END_TEST

/** A caller "c" whose call rings at "p". */
static void ring_to(const char *dest, const char *number, const char *name,
		    const char *hide)
{
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "c",
		 "Call-Direction", "inbound", "Caller-Caller-ID-Number", number,
		 "Caller-Destination-Number", dest);
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "p",
		 "Call-Direction", "outbound", "Channel-Presence-ID",
		 "agent1@pbx", "Other-Type", "originator",
		 "Other-Leg-Unique-ID", "c", "Caller-Caller-ID-Number", number,
		 "Caller-Caller-ID-Name", name, "Caller-Privacy-Hide-Number",
		 hide);
	fs_event("Event-Name", "CHANNEL_PROGRESS", "Unique-ID", "p");
}

static void ring(const char *number, const char *name, const char *hide)
{
	ring_to("1001", number, name, hide);
}

static const char *const hidden[][2] = {
	{"anonymous", "false"}, {"Anonymous", "false"},	  {"", "false"},
	{"0301234567", "true"}, {"unavailable", "false"},
};

START_TEST(withheld_caller_has_no_number)
{
	ring(hidden[_i][0], "Ann", hidden[_i][1]);
	ck_assert_str_eq(fs_story("p"), "ringing");
	ck_assert(last()->withheld);
	ck_assert_str_eq(last()->number, "");
	ck_assert_str_eq(last()->name, "");
}
END_TEST

START_TEST(extension_that_calls_is_internal)
{
	ring("102", "Bo", "false");
	ck_assert_int_eq((int)last()->kind, CTI_KIND_INTERNAL);
}
END_TEST

START_TEST(caller_by_a_trunk_cannot_pass_for_a_colleague)
{
	ring_to("0691234567", "102", "Bo", "false");
	ck_assert_int_eq((int)last()->kind, CTI_KIND_CUSTOMER);
}
END_TEST

START_TEST(caller_by_a_trunk_who_is_handed_over_stays_a_customer)
{
	ring_to("0691234567", "102", "Bo", "false");
	fs_event("Event-Name", "CHANNEL_ANSWER", "Unique-ID", "p");
	fs_event("Event-Name", "CHANNEL_BRIDGE", "Unique-ID", "c",
		 "Bridge-A-Unique-ID", "c", "Bridge-B-Unique-ID", "p");
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "p2",
		 "Call-Direction", "outbound", "Channel-Name", FS_DEVICE2,
		 "Other-Type", "originator", "Other-Leg-Unique-ID", "x",
		 "Caller-Caller-ID-Number", "102");
	fs_event("Event-Name", "CHANNEL_ANSWER", "Unique-ID", "p2");
	fs_event("Event-Name", "CHANNEL_BRIDGE", "Unique-ID", "c",
		 "Bridge-A-Unique-ID", "c", "Bridge-B-Unique-ID", "p2");
	ck_assert_str_eq(last()->leg, "p2");
	ck_assert_int_eq((int)last()->kind, CTI_KIND_CUSTOMER);
}
END_TEST

START_TEST(agent_who_dials_a_whole_number_is_a_colleague)
{
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "c",
		 "Call-Direction", "inbound", "Channel-Name", FS_DEVICE2,
		 "Caller-Caller-ID-Number", "0691234102",
		 "Caller-Destination-Number", "0691234101");
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "p",
		 "Call-Direction", "outbound", "Channel-Presence-ID",
		 "agent1@pbx", "Other-Type", "originator",
		 "Other-Leg-Unique-ID", "c", "Caller-Caller-ID-Number",
		 "0691234102");
	fs_event("Event-Name", "CHANNEL_PROGRESS", "Unique-ID", "p");
	ck_assert_int_eq((int)fix.event[1].kind, CTI_KIND_INTERNAL);
}
END_TEST

START_TEST(name_in_another_charset_is_read_as_latin1)
{
	static const char body[] =
		"{\"Event-Name\":\"CHANNEL_PROGRESS\",\"Unique-ID\":\"q\","
		"\"Call-Direction\":\"outbound\",\"variable_dialed_user\":"
		"\"agent1\",\"Other-Leg-Unique-ID\":\"c\","
		"\"Caller-Caller-ID-Number\":\"030123456\","
		"\"Caller-Caller-ID-Name\":\"J\xf6rg\\u0007\"}";
	char head[64];

	(void)snprintf(head, sizeof(head),
		       "Content-Length: %zu\nContent-Type: text/event-json\n\n",
		       sizeof(body) - 1);
	fake_esl_text(head);
	fake_esl_text(body);
	fixture_turn();
	ck_assert_str_eq(fs_story("q"), "ringing");
	ck_assert_str_eq(last()->name, "J\xc3\xb6rg");
}
END_TEST

START_TEST(variables_of_phone_and_caller_are_attached)
{
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "c",
		 "Call-Direction", "inbound", "Caller-Caller-ID-Number",
		 "0301234567");
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "p",
		 "Call-Direction", "outbound", "variable_dialed_user", "agent1",
		 "Other-Leg-Unique-ID", "c");
	fs_event("Event-Name", "CHANNEL_PROGRESS", "Unique-ID", "p",
		 "variable_ticket", "4711", "variable_sdp", "v=0\r\no=x");
	ck_assert_str_eq(last()->attached, "ticket=4711");
	fs_event("Event-Name", "CHANNEL_PROGRESS", "Unique-ID", "c",
		 "variable_crm", "77");
	ck_assert_str_eq(last()->attached, "crm=77");
	ck_assert_str_eq(fs_story("p"), "ringing");
	ck_assert_str_eq(last()->leg, "p");
}
END_TEST

START_TEST(queue_that_calls_its_agents_is_a_ring)
{
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "p",
		 "Call-Direction", "outbound", "variable_dialed_user", "agent1",
		 "variable_cc_member_session_uuid", "c",
		 "Caller-Caller-ID-Number", "0301234567");
	fs_event("Event-Name", "CHANNEL_PROGRESS", "Unique-ID", "p");
	ck_assert_str_eq(fs_story("p"), "ringing");
	ck_assert(last()->inbound);
	ck_assert_str_eq(last()->number, "0301234567");
}
END_TEST

START_TEST(phones_of_others_are_not_reported)
{
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "p",
		 "Call-Direction", "outbound", "variable_dialed_user", "agent9",
		 "Channel-Presence-ID", "agent9@pbx", "Other-Leg-Unique-ID",
		 "c");
	fs_event("Event-Name", "CHANNEL_PROGRESS", "Unique-ID", "p");
	fs_event("Event-Name", "CHANNEL_CREATE", "Unique-ID", "l",
		 "Call-Direction", "outbound", "Channel-Name",
		 "loopback/agent1-a", "variable_dialed_user", "agent1",
		 "Other-Leg-Unique-ID", "c");
	fs_event("Event-Name", "CHANNEL_PROGRESS", "Unique-ID", "l");
	fs_event("Event-Name", "CHANNEL_HANGUP_COMPLETE", "Unique-ID", "zz");
	fs_event("Event-Name", "HEARTBEAT");
	ck_assert_uint_eq(fix.nevents, 0);
}
END_TEST

static TCase *callers(void)
{
	TCase *tcase = tcase_create("callers");

	tcase_add_checked_fixture(tcase, fs_up, fs_teardown);
	tcase_add_test(tcase, caller_is_answered_held_and_hung_up);
	tcase_add_test(tcase,
		       caller_transferred_to_another_agent_has_the_first_leg);
	tcase_add_loop_test(tcase, ring_that_is_not_answered_says_why, 0,
			    sizeof(rings) / sizeof(rings[0]));
	tcase_add_test(tcase, recorded_rejection_is_rejected);
	tcase_add_test(tcase,
		       caller_who_talks_to_another_was_answered_elsewhere);
	tcase_add_test(tcase, agent_rejects_with_busy);
	tcase_add_test(tcase, phone_that_never_rang_is_no_call);
	tcase_add_test(tcase, phone_that_answers_at_once_rang_before);
	tcase_add_loop_test(tcase, withheld_caller_has_no_number, 0,
			    sizeof(hidden) / sizeof(hidden[0]));
	tcase_add_test(tcase, extension_that_calls_is_internal);
	tcase_add_test(tcase, caller_by_a_trunk_cannot_pass_for_a_colleague);
	tcase_add_test(tcase,
		       caller_by_a_trunk_who_is_handed_over_stays_a_customer);
	tcase_add_test(tcase, agent_who_dials_a_whole_number_is_a_colleague);
	tcase_add_test(tcase, name_in_another_charset_is_read_as_latin1);
	tcase_add_test(tcase, variables_of_phone_and_caller_are_attached);
	tcase_add_test(tcase, queue_that_calls_its_agents_is_a_ring);
	tcase_add_test(tcase, phones_of_others_are_not_reported);
	return tcase;
}

Suite *freeswitch_suite(void)
{
	Suite *suite = suite_create("freeswitch");
	TCase *tcase = tcase_create("dials");

	tcase_add_checked_fixture(tcase, fs_up, fs_teardown);
	tcase_add_test(tcase, dial_is_answered_and_hung_up);
	tcase_add_loop_test(tcase, dial_that_fails_says_why, 0,
			    sizeof(failures) / sizeof(failures[0]));
	tcase_add_test(tcase, agents_phone_that_is_busy_is_no_busy_number);
	tcase_add_test(tcase, refused_command_ends_the_dial);
	tcase_add_test(tcase, agent_hangs_up_before_the_answer);
	tcase_add_test(tcase, agent_hangs_up_at_his_phone_before_the_answer);
	tcase_add_test(tcase,
		       dial_hung_up_before_its_channel_is_hung_up_with_it);
	tcase_add_test(tcase, ring_time_is_the_drivers_own);
	tcase_add_test(tcase,
		       number_the_dialplan_answers_itself_is_active_then);
	tcase_add_test(tcase, end_that_never_comes_is_guarded);
	tcase_add_test(tcase,
		       dials_that_failed_displace_none_that_may_come_to_life);
	tcase_add_test(tcase, agent_answers_on_his_other_phone);
	tcase_add_loop_test(tcase, dial_outside_the_grammar_is_refused, 0,
			    sizeof(bad_dials) / sizeof(bad_dials[0]));
	suite_add_tcase(suite, tcase);
	suite_add_tcase(suite, callers());
	return suite;
}
