/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_asterisk_ends.c - why a call ended, where the switch says it in
 * pieces */
#include <check.h>
#include <string.h>

#include "asterisk_events.h"
#include "asterisk_fixture.h"
#include "suites.h"

static const struct chan customer = {
	"PJSIP/trunk-00000001", "1.1", "1.1", "0301234567", "Ann", "0691", ""};
static const struct chan leg1 = {
	"PJSIP/agent1-00000002", "1.2", "1.1", "1001", "Agent One", "", ""};
static const struct chan leg2 = {
	"PJSIP/agent2-00000003", "1.3", "1.1", "1002", "Agent Two", "", ""};
/* Both halves of a Local channel, as queues put them before a phone. */
static const struct chan near = {
	"Local/1001@q-00000001;1", "1.6", "1.1", "1001", "", "", ""};
static const struct chan far = {
	"Local/1001@q-00000001;2", "1.7", "1.1", "0301234567", "Ann", "", ""};
/* The same, as the switch's own transfer makes them. */
static const struct chan asks = {
	"Local/1002@q-00000004;1", "1.11", "1.1", "", "", "", ""};
static const struct chan asked = {
	"Local/1002@q-00000004;2", "1.12", "1.1", "1001", "Agent One", "", ""};
/* A dial of ours, and whom it calls. */
static const struct chan mine = {
	"PJSIP/agent1-0000000a", AST_ID, AST_ID, "1001", "Agent One", "", ""};
static const struct chan callee = {
	"PJSIP/trunk-0000000b", "1.8", AST_ID, "0691000101", "", "", ""};

/* --- ring times that are over --- */

START_TEST(queue_says_no_answer_before_it_says_cancelled)
{
	appears(&customer);
	rings(&customer, &leg1);
	dial_tell("DialEnd", &customer, &leg1, "NOANSWER");
	dial_tell("DialEnd", &customer, &leg1, "CANCEL");
	hangs_up(&leg1, 0);
	ck_assert_str_eq(story("1.2"), "ringing ended/no_answer");
}
END_TEST

static void ring_behind_local(void)
{
	appears(&customer);
	appears(&near);
	appears(&far);
	dial_tell("DialBegin", &customer, &near, "");
	rings(&far, &leg1);
	ck_assert_str_eq(story("1.2"), "ringing");
}

START_TEST(ring_time_behind_a_local_channel_is_no_answer)
{
	ring_behind_local();
	dial_tell("DialEnd", &customer, &near, "NOANSWER");
	hangs_up(&near, 0);
	dial_tell("DialEnd", &far, &leg1, "CANCEL");
	if (_i) /* either order was seen */
		hangs_up(&far, 0);
	hangs_up(&leg1, 16);
	ck_assert_str_eq(story("1.2"), "ringing ended/no_answer");
}
END_TEST

START_TEST(answer_elsewhere_is_seen_through_a_local_channel)
{
	ring_behind_local();
	rings(&customer, &leg2);
	dial_tell("DialEnd", &customer, &leg2, "ANSWER");
	hangs_up(&near, 0);
	dial_tell("DialEnd", &far, &leg1, "CANCEL");
	if (_i)
		hangs_up(&far, 0);
	hangs_up(&leg1, 16);
	ck_assert_str_eq(story("1.2"), "ringing ended/answered_elsewhere");
	ck_assert_str_eq(story("1.3"), "ringing active");
}
END_TEST

START_TEST(caller_who_hangs_up_behind_a_local_channel_cancels)
{
	ring_behind_local();
	tell("HangupRequest", &customer, 4, "Cause: 127\n");
	dial_tell("DialEnd", &customer, &near, "CANCEL");
	hangs_up(&near, 0);
	dial_tell("DialEnd", &far, &leg1, "CANCEL");
	hangs_up(&leg1, 127);
	ck_assert_str_eq(story("1.2"), "ringing ended/cancelled");
}
END_TEST

/* --- a dial --- */

static void agent_picks_up(void)
{
	ck_assert_int_eq(ast_dial(AST_ID, "0691000101"), 0);
	appears(&mine);
	tell("Newstate", &mine, 5, "");
	tell("Newstate", &mine, 6, "");
	ck_assert_str_eq(story(AST_ID), "alerting dialing");
}

static void far_end_is_called(void)
{
	agent_picks_up();
	appears(&callee);
	dial_tell("DialBegin", &mine, &callee, "");
}

START_TEST(callee_who_never_rang_is_unreachable_whoever_ends_first)
{
	far_end_is_called();
	if (_i)
		hangs_up(&callee, 19);
	hangs_up(&mine, 19);
	ck_assert_str_eq(story(AST_ID), "alerting dialing ended/unreachable");
}
END_TEST

START_TEST(callee_who_rang_did_not_answer)
{
	far_end_is_called();
	dial_tell("DialState", &mine, &callee, "RINGING");
	if (_i)
		hangs_up(&callee, 19);
	hangs_up(&mine, 19);
	ck_assert_str_eq(story(AST_ID),
			 "alerting dialing ringing ended/no_answer");
}
END_TEST

START_TEST(callee_tells_why_though_the_dial_ended_first)
{
	far_end_is_called();
	dial_tell("DialEnd", &mine, &callee, "NOANSWER");
	hangs_up(&mine, 16);
	ck_assert_str_eq(story(AST_ID), "alerting dialing");
	hangs_up(&callee, 21);
	ck_assert_str_eq(story(AST_ID), "alerting dialing ended/rejected");
	fixture_advance(1000);
	ck_assert_str_eq(story(AST_ID), "alerting dialing ended/rejected");
}
END_TEST

START_TEST(callee_who_never_tells_why_is_not_awaited_for_long)
{
	far_end_is_called();
	dial_tell("DialEnd", &mine, &callee, "BUSY");
	hangs_up(&mine, 16);
	fixture_advance(1000);
	ck_assert_str_eq(story(AST_ID), "alerting dialing ended/busy");
	hangs_up(&callee, 17);
	ck_assert_str_eq(story(AST_ID), "alerting dialing ended/busy");
}
END_TEST

START_TEST(link_lost_while_a_callee_is_awaited_leaves_nothing)
{
	far_end_is_called();
	dial_tell("DialEnd", &mine, &callee, "BUSY");
	hangs_up(&mine, 16);
	fake_ami_hang_up();
	fixture_advance(1000);
	ck_assert_str_eq(story(AST_ID), "alerting dialing ended/busy");
}
END_TEST

START_TEST(agent_who_gives_up_before_the_answer_cancels)
{
	far_end_is_called();
	dial_tell("DialState", &mine, &callee, "RINGING");
	tell("HangupRequest", &mine, 6, "Cause: 16\n");
	dial_tell("DialEnd", &mine, &callee, "CANCEL");
	hangs_up(&callee, 127);
	hangs_up(&mine, 16);
	ck_assert_str_eq(story(AST_ID),
			 "alerting dialing ringing ended/cancelled");
}
END_TEST

START_TEST(refusal_of_the_first_of_two_does_not_count)
{
	static const struct chan second = {
		"PJSIP/trunk-0000000c", "1.10", AST_ID, "2", "", "", ""};

	far_end_is_called();
	dial_tell("DialEnd", &mine, &callee, "CONGESTION");
	hangs_up(&callee, 34);
	appears(&second);
	dial_tell("DialBegin", &mine, &second, "");
	dial_tell("DialEnd", &mine, &second, "BUSY");
	hangs_up(&second, 17);
	hangs_up(&mine, 17);
	ck_assert_str_eq(story(AST_ID), "alerting dialing ended/busy");
}
END_TEST

START_TEST(dialplan_that_answers_itself_is_not_cut_off)
{
	agent_picks_up();
	(void)fake_ami_log();
	for (int i = 0; i < 60; i++)
		fixture_advance(1000);
	ck_assert_str_eq(story(AST_ID), "alerting dialing active");
	ck_assert_ptr_null(strstr(fake_ami_log(), "Hangup"));
	hangs_up(&mine, 16);
	ck_assert_str_eq(story(AST_ID), "alerting dialing active ended/normal");
}
END_TEST

START_TEST(hangup_that_is_refused_leaves_the_call)
{
	far_end_is_called();
	dial_tell("DialEnd", &mine, &callee, "ANSWER");
	fake_ami_answer("Hangup", "Response: Error\nActionID: @\n"
				  "Message: Permission denied\n\n");
	ck_assert_int_eq(act(fix.ops->hangup, AST_ID, NULL), 0);
	fixture_turn(); /* the refusal is read */
	fixture_advance(14000);
	ck_assert_str_eq(story(AST_ID), "alerting dialing active");
	hangs_up(&mine, 16);
	ck_assert_str_eq(story(AST_ID), "alerting dialing active ended/normal");
}
END_TEST

START_TEST(hangup_nobody_confirms_ends_the_call)
{
	far_end_is_called();
	ck_assert_int_eq(act(fix.ops->hangup, AST_ID, NULL), 0);
	ck_assert_int_eq(act(fix.ops->hangup, AST_ID, NULL), 0);
	fixture_advance(10000);
	ck_assert_str_eq(story(AST_ID), "alerting dialing ended/cancelled");
	hangs_up(&mine, 16);
	ck_assert_str_eq(story(AST_ID), "alerting dialing ended/cancelled");
}
END_TEST

/* --- a transfer by digits: the switch consults by a Local channel --- */

/** late: the dial is told of before the agent is seen to consult. */
static void agent_consults(bool late)
{
	appears(&customer);
	rings(&customer, &leg1);
	answers(&customer, &leg1, "b1");
	tell("Hold", &leg1, 6, "");
	appears(&asks);
	appears(&asked);
	enters(&asks, "b2");
	leaves(&leg1, "b1");
	if (!late)
		enters(&leg1, "b2");
	rings(&asked, &leg2);
	if (late)
		enters(&leg1, "b2");
	ck_assert_str_eq(last()->leg, "1.3");
	ck_assert_int_eq((int)last()->kind, (int)CTI_KIND_CONSULT);
	ck_assert_str_eq(last()->first_ref, "");
}

/** The agent leaves; his customer comes to the bridge's other side. */
static void agent_leaves(void)
{
	tell("HangupRequest", &leg1, 6, "Cause: 16\n");
	leaves(&leg1, "b2");
	leaves(&asks, "b2");
	enters(&asks, "b1");
	ast_told("Event: AttendedTransfer\nPrivilege: call,all\n"
		 "Result: Success\nOrigTransfererUniqueid: 1.2\n"
		 "SecondTransfererUniqueid: 1.2\nTransfereeUniqueid: 1.1\n\n");
	hangs_up(&leg1, 16);
	ck_assert_str_eq(story("1.2"), "ringing active held ended/normal");
}

static void second_has_customer(void)
{
	const struct seen *seen = last();

	while (strcmp(seen->leg, "1.3") != 0)
		seen--;
	ck_assert_str_eq(seen->number, "0301234567");
	ck_assert_str_eq(seen->first_ref, "1.2");
	ck_assert_int_eq((int)seen->kind, (int)CTI_KIND_CUSTOMER);
}

START_TEST(consultation_by_digits_becomes_a_transfer)
{
	agent_consults(_i != 0);
	answers(&asked, &leg2, "b3");
	agent_leaves();
	second_has_customer();
}
END_TEST

START_TEST(transfer_by_digits_may_come_while_it_rings)
{
	agent_consults(_i != 0);
	agent_leaves();
	second_has_customer();
	ck_assert_str_eq(story("1.3"), "ringing ringing");
	answers(&asked, &leg2, "b3");
	second_has_customer();
}
END_TEST

Suite *asterisk_ends_suite(void)
{
	Suite *suite = suite_create("asterisk ends");
	TCase *tcase = tcase_create("ends");

	tcase_add_checked_fixture(tcase, ast_setup_up, ast_teardown);
	tcase_add_test(tcase, queue_says_no_answer_before_it_says_cancelled);
	tcase_add_loop_test(
		tcase, ring_time_behind_a_local_channel_is_no_answer, 0, 2);
	tcase_add_loop_test(
		tcase, answer_elsewhere_is_seen_through_a_local_channel, 0, 2);
	tcase_add_test(tcase,
		       caller_who_hangs_up_behind_a_local_channel_cancels);
	tcase_add_loop_test(
		tcase, callee_who_never_rang_is_unreachable_whoever_ends_first,
		0, 2);
	tcase_add_loop_test(tcase, callee_who_rang_did_not_answer, 0, 2);
	tcase_add_test(tcase, callee_tells_why_though_the_dial_ended_first);
	tcase_add_test(tcase,
		       callee_who_never_tells_why_is_not_awaited_for_long);
	tcase_add_test(tcase,
		       link_lost_while_a_callee_is_awaited_leaves_nothing);
	tcase_add_test(tcase, agent_who_gives_up_before_the_answer_cancels);
	tcase_add_test(tcase, refusal_of_the_first_of_two_does_not_count);
	tcase_add_test(tcase, dialplan_that_answers_itself_is_not_cut_off);
	tcase_add_test(tcase, hangup_that_is_refused_leaves_the_call);
	tcase_add_test(tcase, hangup_nobody_confirms_ends_the_call);
	tcase_add_loop_test(tcase, consultation_by_digits_becomes_a_transfer, 0,
			    2);
	tcase_add_loop_test(tcase, transfer_by_digits_may_come_while_it_rings,
			    0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
