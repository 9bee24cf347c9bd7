/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_asterisk_link.c - the manager session: login, sync, loss */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asterisk_fixture.h"
#include "suites.h"

#define DENIED "Response: Error\nActionID: @\nMessage: Permission denied\n\n"

static void settle(void)
{
	ast_start("");
	fixture_wait(fix.nsynced > 0 || fix.ndown > 0 ||
		     fix.link == CTI_LINK_FAILED);
}

static void down_with(const char *word)
{
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	ck_assert_msg(strstr(fix.why, word) != NULL, "%s", fix.why);
}

/* Waits for the next login, at most the longest pause away. */
static void back_again(size_t nsynced)
{
	fixture_advance(8000);
	fixture_wait(fix.nsynced == nsynced);
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
}

START_TEST(link_begins_with_a_login_and_the_channels)
{
	settle();
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
	ck_assert_uint_eq(fix.nsynced, 1);
	ck_assert_uint_eq(fix.nevents, 0);
	ck_assert_ptr_nonnull(strstr(fix.why, "Asterisk at "));
	ck_assert_ptr_null(strstr(cti_buf_text(&fake_ami.raw), "labsecret"));
	ck_assert_str_eq(fake_ami_log(),
			 "Challenge Login CoreSettings CoreShowChannels");
}
END_TEST

START_TEST(login_names_the_user_and_proves_the_secret)
{
	fake_ami_answer("Login", "");
	ast_start("");
	fixture_wait(strcmp(fake_ami.log, "Challenge Login") == 0);
	ck_assert_str_eq(fake_ami_sent("AuthType"), "MD5");
	ck_assert_str_eq(fake_ami_sent("Username"), "click");
	ck_assert_str_eq(fake_ami_sent("Secret"), "");
	ck_assert_uint_eq(strlen(fake_ami_sent("Key")), 32);
}
END_TEST

START_TEST(wrong_secret_fails_without_a_storm)
{
	fake_ami_answer("Challenge", "Response: Success\nActionID: @\n"
				     "Challenge: 999\n\n");
	settle();
	ck_assert_int_eq((int)fix.link, CTI_LINK_FAILED);
	ck_assert_ptr_nonnull(strstr(fix.why, "Authentication failed"));
	for (int i = 0; i < 29; i++)
		fixture_advance(10000);
	ck_assert_uint_eq(fake_ami.nclients, 1);
	ck_assert_int_eq((int)fix.link, CTI_LINK_FAILED);
	ck_assert_int_eq(ast_dial(AST_ID, "101"), -ENOTCONN);
	fixture_advance(10000);
	fixture_wait(fake_ami.nclients == 2);
}
END_TEST

START_TEST(account_without_reporting_fails_and_says_so)
{
	fake_ami_answer("CoreShowChannels", DENIED);
	settle();
	ck_assert_int_eq((int)fix.link, CTI_LINK_FAILED);
	ck_assert_ptr_nonnull(strstr(fix.why, "reporting"));
	ck_assert_uint_eq(fix.nsynced, 0);
	fixture_advance(60000);
	ck_assert_uint_eq(fake_ami.nclients, 1);
}
END_TEST

START_TEST(version_may_be_kept_secret)
{
	fake_ami_answer("CoreSettings", DENIED);
	settle();
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
	ck_assert_uint_eq(fix.nsynced, 1);
}
END_TEST

/* What speaks there instead of a manager. */
static const char *const strangers[] = {
	"SSH-2.0-OpenSSH_9.2p1\n",
	"220 mail ESMTP\n",
	"HTTP/1.1 400 Bad Request\n\n",
};

START_TEST(stranger_behind_the_port_is_no_link)
{
	fake_ami.banner = strangers[_i];
	settle();
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	ck_assert_uint_eq(fix.nsynced, 0);
	ck_assert_str_eq(fake_ami_log(), "");
}
END_TEST

START_TEST(end_of_the_connection_is_a_loss_and_it_comes_back)
{
	settle();
	fake_ami_hang_up();
	fixture_turn();
	down_with("closed");
	ck_assert_int_eq(ast_dial(AST_ID, "101"), -ENOTCONN);
	back_again(2);
	ck_assert_uint_eq(fake_ami.nclients, 2);
}
END_TEST

START_TEST(garbage_is_a_loss)
{
	static const char bytes[] = "\0\x16\x03\x01garbage\n";

	settle();
	fake_ami_bytes(bytes, sizeof(bytes));
	fixture_turn();
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	back_again(2);
}
END_TEST

START_TEST(line_too_long_is_a_loss)
{
	size_t size = 3 * AMI_LINE_MAX;
	char *text = malloc(size);

	ck_assert_ptr_nonnull(text);
	memset(text, 'x', size);
	text[size - 1] = '\0';
	settle();
	ast_told(text);
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	free(text);
	back_again(2);
}
END_TEST

START_TEST(message_without_meaning_is_passed_over)
{
	settle();
	ast_told("Event: \n\nEvent: Nonsense\nA: b\nno colon\n: none\n\n"
		 "Response: Success\nActionID: nobody's\n\nResponse:\n\n"
		 "Event: Hangup\n\nEvent: DialBegin\n\nEvent: BridgeEnter\n\n"
		 "Event: Newchannel\nUniqueid:\n\n");
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
	ck_assert_uint_eq(fix.nevents, 0);
}
END_TEST

/* What hides behind it may be an event: the next list mends what it told. */
START_TEST(neither_event_nor_response_is_a_loss)
{
	settle();
	ast_told("\x01\x7f#: !Event: Hangup\nUniqueid: 1\n\n");
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	back_again(2);
}
END_TEST

START_TEST(half_open_link_is_found_by_a_ping)
{
	settle();
	(void)fake_ami_log();
	fixture_advance(15000);
	ck_assert_str_eq(fake_ami_log(), "Ping");
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
	fake_ami.silent = true;
	fixture_advance(15000);
	ck_assert_str_eq(fake_ami_log(), "Ping");
	fixture_advance(9999);
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
	fixture_advance(2);
	ck_assert_int_eq((int)fix.link, CTI_LINK_DOWN);
	fake_ami.silent = false;
	back_again(2);
}
END_TEST

START_TEST(any_message_is_a_sign_of_life)
{
	settle();
	fake_ami.silent = true;
	for (int i = 0; i < 12; i++) {
		fixture_advance(5000);
		ast_told("Event: DeviceStateChange\nDevice: X\n\n");
	}
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
}
END_TEST

START_TEST(manager_that_never_greets_is_given_up)
{
	fake_ami.banner = "";
	ast_start("");
	fixture_wait(fake_ami.nclients == 1);
	ck_assert_uint_eq(fix.ndown, 0);
	for (int i = 0; i < 30; i++)
		if (fix.ndown == 0)
			fixture_advance(1000);
	ck_assert_uint_ge(fix.ndown, 1);
}
END_TEST

/* Answers that do not come, and so the link is not up. */
static const char *const waits[] = {"Challenge", "Login", "CoreShowChannels"};

START_TEST(answer_that_never_comes_ends_the_link)
{
	fake_ami_answer(waits[_i], "");
	ast_start("");
	fixture_wait(strstr(fake_ami.log, waits[_i]) != NULL);
	for (int i = 0; i < 30; i++)
		if (fix.ndown == 0)
			fixture_advance(1000);
	ck_assert_uint_ge(fix.ndown, 1);
	ck_assert_uint_eq(fix.nsynced, 0);
}
END_TEST

START_TEST(bytes_may_come_one_by_one)
{
	fake_ami.trickle = true;
	ast_start("");
	for (int i = 0; i < 20000 && fix.nsynced == 0; i++) {
		(void)fake_ami_drip(); /* nothing may be there yet */
		cti_loop_turn(fix.loop, 1);
	}
	ck_assert_uint_eq(fix.nsynced, 1);
	fake_ami_replay("inbound-unavailable", (const char *const[]){NULL});
	while (fake_ami_drip())
		cti_loop_turn(fix.loop, 1);
	fixture_turn();
	ck_assert_int_eq((int)fix.link, CTI_LINK_UP);
	ck_assert_uint_eq(fix.nevents, 0);
}
END_TEST

START_TEST(nobody_there_is_tried_again_for_ever)
{
	uint16_t port = fake_ami.port;

	fake_ami_close();
	fake_ami.port = port;
	ast_start("");
	for (size_t i = 1; i < 12; i++) {
		fixture_wait(fix.ndown == i);
		down_with("refused");
		fixture_advance(8000);
	}
	fake_ami_open(fix.loop);
}
END_TEST

START_TEST(stopped_link_stays_down)
{
	settle();
	fix.ops->stop(fix.drv);
	down_with("stopped");
	for (int i = 0; i < 60; i++)
		fixture_advance(10000);
	ck_assert_uint_eq(fake_ami.nclients, 1);
}
END_TEST

/* --- what runs when the link comes up --- */

/* agent1 talks with a customer; agent2's phone rings for another. */
#define ROW(name, state, uid, linked, num, cl, bridge)                         \
	"Event: CoreShowChannel\nActionID: @\nChannel: " name                  \
	"\nChannelState: " state "\nCallerIDNum: " num                         \
	"\nCallerIDName: <unknown>\n"                                          \
	"ConnectedLineNum: " cl "\nConnectedLineName: Ann\nLanguage: en\n"     \
	"Context: agents\nExten: 1001\nPriority: 1\nUniqueid: " uid            \
	"\nLinkedid: " linked "\nApplication: Dial\nBridgeId: " bridge "\n\n"
#define LIST_BEGIN                                                             \
	"Response: Success\nActionID: @\nEventList: start\n"                   \
	"Message: Channels will follow\n\n"
#define LIST_END                                                               \
	"Event: CoreShowChannelsComplete\nActionID: @\n"                       \
	"EventList: Complete\nListItems: 2\n\n"
#define TALKING                                                                \
	ROW("PJSIP/trunk-00000001", "6", "1.1", "1.1", "0301234567", "1001",   \
	    "b1")                                                              \
	ROW("PJSIP/agent1-00000002", "6", "1.2", "1.1", "1001", "0301234567",  \
	    "b1")

START_TEST(running_call_is_announced_before_the_sync_ends)
{
	fake_ami_answer("CoreShowChannels", LIST_BEGIN TALKING LIST_END);
	settle();
	ck_assert_uint_eq(fix.nsynced, 1);
	ck_assert_str_eq(story("1.2"), "active");
	ck_assert_str_eq(story("1.1"), "");
	ck_assert_str_eq(last()->device, AST_DEVICE);
	ck_assert_str_eq(last()->number, "0301234567");
	ast_told("Event: Hangup\nChannel: PJSIP/agent1-00000002\n"
		 "Uniqueid: 1.2\nLinkedid: 1.1\nCause: 16\n"
		 "Cause-txt: Normal Clearing\n\n");
	ck_assert_str_eq(story("1.2"), "active ended/normal");
}
END_TEST

START_TEST(called_leg_that_was_sent_on_stays_inbound)
{
	fake_ami_answer("CoreShowChannels",
			LIST_BEGIN ROW("PJSIP/agent1-00000002", "6", "1.2",
				       "1.1", "1001", "1002", "") LIST_END);
	settle();
	ck_assert_str_eq(story("1.2"), "active");
	ck_assert(last()->inbound);
}
END_TEST

START_TEST(phone_that_dials_is_outbound)
{
	fake_ami_answer("CoreShowChannels",
			LIST_BEGIN ROW("PJSIP/agent1-00000002", "4", "1.2",
				       "1.2", "1001", "1002", "") LIST_END);
	settle();
	ck_assert_str_eq(story("1.2"), "dialing");
	ck_assert(!last()->inbound);
}
END_TEST

START_TEST(event_that_overtook_the_list_counts)
{
	fake_ami_answer(
		"CoreShowChannels", LIST_BEGIN
		"Event: Hangup\nChannel: PJSIP/agent1-00000002\n"
		"Uniqueid: 1.2\nLinkedid: 1.1\nCause: 16\n\n" TALKING LIST_END);
	settle();
	ck_assert_uint_eq(fix.nsynced, 1);
	ck_assert_ptr_null(strstr(story("1.2"), "active"));
}
END_TEST

START_TEST(call_that_vanished_is_not_announced_again)
{
	fake_ami_answer("CoreShowChannels", LIST_BEGIN TALKING LIST_END);
	settle();
	fake_ami_answer("CoreShowChannels", LIST_BEGIN LIST_END);
	fake_ami_hang_up();
	fixture_turn();
	back_again(2);
	ck_assert_str_eq(story("1.2"), "active");
}
END_TEST

START_TEST(running_call_is_announced_after_each_loss)
{
	fake_ami_answer("CoreShowChannels", LIST_BEGIN TALKING LIST_END);
	settle();
	fake_ami_hang_up();
	fixture_turn();
	back_again(2);
	ck_assert_str_eq(story("1.2"), "active active");
}
END_TEST

/* --- dials that a loss cuts --- */

START_TEST(dial_the_switch_never_began_is_not_sent_again)
{
	settle();
	fake_ami.silent = true;
	ck_assert_int_eq(ast_dial(AST_ID, "101"), 0);
	fake_ami_hang_up();
	fixture_turn();
	fake_ami.silent = false;
	(void)fake_ami_log();
	back_again(2);
	ck_assert_str_eq(fake_ami_log(),
			 "Challenge Login CoreSettings CoreShowChannels");
	ck_assert_str_eq(story(AST_ID), "");
}
END_TEST

START_TEST(dial_that_comes_after_the_core_gave_it_up_is_hung_up)
{
	settle();
	fake_ami.silent = true;
	ck_assert_int_eq(ast_dial(AST_ID, "101"), 0);
	fake_ami_hang_up();
	fixture_turn();
	fake_ami.silent = false;
	back_again(2);
	(void)fake_ami_log();
	ast_told("Event: Newchannel\nChannel: PJSIP/agent1-00000009\n"
		 "ChannelState: 0\nChannelStateDesc: Down\nExten: s\n"
		 "Uniqueid: " AST_ID "\nLinkedid: " AST_ID "\n\n");
	ck_assert_str_eq(fake_ami_log(), "Hangup");
	ck_assert_str_eq(fake_ami_sent("Channel"), AST_ID);
}
END_TEST

START_TEST(dial_that_runs_is_found_by_its_id)
{
	settle();
	fake_ami.silent = true;
	ck_assert_int_eq(ast_dial(AST_ID, "101"), 0);
	fake_ami_answer("CoreShowChannels",
			LIST_BEGIN ROW("PJSIP/agent1-00000009", "5", AST_ID,
				       AST_ID, "1001", "101", "") LIST_END);
	fake_ami_hang_up();
	fixture_turn();
	fake_ami.silent = false;
	back_again(2);
	ck_assert_ptr_nonnull(strstr(story(AST_ID), "alerting"));
	ck_assert_str_eq(last()->call_id, AST_ID);
	ck_assert(!last()->inbound);
}
END_TEST

/* The phone was up and the far end rang; more than the ring time later: */
static void dial_after_an_outage(const char *list)
{
	settle();
	ck_assert_int_eq(ast_dial(AST_ID, "101"), 0);
	fake_ami_answer("CoreShowChannels", list);
	fake_ami_hang_up();
	fixture_turn();
	back_again(2);
	fake_ami_hang_up();
	fixture_turn();
}

#define MINE(state, bridge)                                                    \
	ROW("PJSIP/agent1-00000009", state, AST_ID, AST_ID, "1001", "101",     \
	    bridge)
#define THEIRS(state, bridge)                                                  \
	"Event: CoreShowChannel\nActionID: @\n"                                \
	"Channel: PJSIP/trunk-0000000a\nChannelState: " state                  \
	"\nCallerIDNum: 101\nConnectedLineNum: 1001\nUniqueid: 1.9\n"          \
	"Linkedid: " AST_ID "\nApplication: AppDial\nBridgeId: " bridge "\n\n"

START_TEST(ring_time_over_in_an_outage_ends_no_answered_call)
{
	dial_after_an_outage(LIST_BEGIN MINE("6", "") THEIRS("5", "") LIST_END);
	fake_ami_answer("CoreShowChannels",
			LIST_BEGIN MINE("6", "b1") THEIRS("6", "b1") LIST_END);
	fixture_advance(120000);
	(void)fake_ami_log();
	back_again(3);
	ck_assert_ptr_nonnull(strstr(story(AST_ID), "active"));
	fixture_advance(20000);
	ck_assert_ptr_null(strstr(fake_ami_log(), "Hangup"));
	ck_assert_ptr_null(strstr(story(AST_ID), "ended"));
}
END_TEST

/* Whom it rang is gone, and the dialplan itself has taken the call. */
START_TEST(ring_time_over_in_an_outage_asks_who_is_called_now)
{
	dial_after_an_outage(LIST_BEGIN MINE("6", "") THEIRS("5", "") LIST_END);
	fake_ami_answer("CoreShowChannels", LIST_BEGIN MINE("6", "") LIST_END);
	fixture_advance(120000);
	(void)fake_ami_log();
	back_again(3);
	fixture_wait(strstr(story(AST_ID), "active"));
	ck_assert_ptr_null(strstr(fake_ami_log(), "Hangup"));
}
END_TEST

START_TEST(ring_time_over_in_an_outage_ends_a_ringing_one)
{
	dial_after_an_outage(LIST_BEGIN MINE("5", "") LIST_END);
	fixture_advance(120000);
	back_again(3);
	fixture_wait(strstr(cti_buf_text(&fake_ami.last), "Action: Hangup"));
}
END_TEST

START_TEST(listed_caller_who_hides_is_withheld)
{
	fake_ami_answer("CoreShowChannels",
			LIST_BEGIN ROW("PJSIP/agent1-00000002", "6", "1.2",
				       "1.1", "1001", "Anonymous", "")
				LIST_END);
	settle();
	ck_assert(last()->withheld);
	ck_assert_str_eq(last()->number, "");
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

static void add_life(TCase *tcase)
{
	tcase_add_test(tcase, link_begins_with_a_login_and_the_channels);
	tcase_add_test(tcase, login_names_the_user_and_proves_the_secret);
	tcase_add_test(tcase, wrong_secret_fails_without_a_storm);
	tcase_add_test(tcase, account_without_reporting_fails_and_says_so);
	tcase_add_test(tcase, version_may_be_kept_secret);
	tcase_add_loop_test(tcase, stranger_behind_the_port_is_no_link, 0,
			    COUNT(strangers));
	tcase_add_test(tcase,
		       end_of_the_connection_is_a_loss_and_it_comes_back);
	tcase_add_test(tcase, garbage_is_a_loss);
	tcase_add_test(tcase, line_too_long_is_a_loss);
	tcase_add_test(tcase, message_without_meaning_is_passed_over);
	tcase_add_test(tcase, neither_event_nor_response_is_a_loss);
	tcase_add_test(tcase, half_open_link_is_found_by_a_ping);
	tcase_add_test(tcase, any_message_is_a_sign_of_life);
	tcase_add_test(tcase, manager_that_never_greets_is_given_up);
	tcase_add_loop_test(tcase, answer_that_never_comes_ends_the_link, 0,
			    COUNT(waits));
	tcase_add_test(tcase, bytes_may_come_one_by_one);
	tcase_add_test(tcase, nobody_there_is_tried_again_for_ever);
	tcase_add_test(tcase, stopped_link_stays_down);
}

static void add_sync(TCase *tcase)
{
	tcase_add_test(tcase, running_call_is_announced_before_the_sync_ends);
	tcase_add_test(tcase, called_leg_that_was_sent_on_stays_inbound);
	tcase_add_test(tcase, phone_that_dials_is_outbound);
	tcase_add_test(tcase, event_that_overtook_the_list_counts);
	tcase_add_test(tcase, call_that_vanished_is_not_announced_again);
	tcase_add_test(tcase, running_call_is_announced_after_each_loss);
	tcase_add_test(tcase, dial_the_switch_never_began_is_not_sent_again);
	tcase_add_test(tcase,
		       dial_that_comes_after_the_core_gave_it_up_is_hung_up);
	tcase_add_test(tcase, dial_that_runs_is_found_by_its_id);
	tcase_add_test(tcase,
		       ring_time_over_in_an_outage_ends_no_answered_call);
	tcase_add_test(tcase,
		       ring_time_over_in_an_outage_asks_who_is_called_now);
	tcase_add_test(tcase, ring_time_over_in_an_outage_ends_a_ringing_one);
	tcase_add_test(tcase, listed_caller_who_hides_is_withheld);
}

Suite *asterisk_link_suite(void)
{
	Suite *suite = suite_create("asterisk link");
	TCase *tcase = tcase_create("life");

	tcase_add_checked_fixture(tcase, ast_setup, ast_teardown);
	add_life(tcase);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("sync");
	tcase_add_checked_fixture(tcase, ast_setup, ast_teardown);
	add_sync(tcase);
	suite_add_tcase(suite, tcase);
	return suite;
}
