/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_asterisk.c - calls by the manager interface, as recorded */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "asterisk_fixture.h"
#include "suites.h"

#define CALLER "0301234567"

static const char *const as_it_was[] = {NULL};

static void replay(const char *name, const char *const *ids)
{
	fake_ami_replay(name, ids);
	fixture_turn();
}

/** Sends the events of a recording until the first one of that kind that is
 * about that channel came: see fake_ami_replay_until(). */
static void replay_until(const char *name, const char *event, const char *uid)
{
	fake_ami_replay_until(name, event, uid);
	fixture_turn();
}

static int transfer(const char *leg, const char *number)
{
	struct cti_call_ref ref = {"", leg};
	int err;

	fix.inside = true;
	err = fix.ops->transfer(fix.drv, &ref, number);
	fix.inside = false;
	fixture_turn();
	return err;
}

static int dtmf(const char *leg, const char *digits)
{
	struct cti_call_ref ref = {"", leg};
	int err;

	fix.inside = true;
	err = fix.ops->dtmf(fix.drv, &ref, digits);
	fix.inside = false;
	fixture_turn();
	return err;
}

/* --- what a dial comes to --- */

static const struct {
	const char *name;    /* of the recording */
	const char *uid;     /* of the agent's channel there */
	const char *request; /* ActionID there */
	const char *story;
	const char *detail; /* part of it */
} dials[] = {
	{"originate-callee-bye", "lab-callee-bye", "o-callee-bye",
	 "alerting dialing ringing active ended/normal", "16"},
	{"originate-callee-busy", "lab-callee-busy", "o-callee-busy",
	 "alerting dialing ended/busy", "17"},
	{"originate-callee-busy", "lab-callee-busy", "o-callee-busy",
	 "alerting dialing ended/busy", "486"},
	{"originate-callee-404", "lab-callee-404", "o-callee-404",
	 "alerting dialing ended/bad_number", "404"},
	{"originate-callee-202", "1795330901.26", "o-202",
	 "alerting dialing ended/rejected", "603"},
	{"originate-agent-rejects", "lab-agent-rejects", "o-agent-rejects",
	 "alerting ended/rejected", "486"},
	{"originate-agent-noanswer", "lab-agent-noanswer", "o-agent-noanswer",
	 "alerting ended/no_answer", ""},
	{"originate-agent-unregistered", "lab-agent-unregistered",
	 "o-agent-unregistered", "ended/unreachable", ""},
};

START_TEST(dial_comes_to_what_was_recorded)
{
	const char *ids[] = {dials[_i].uid, AST_ID, dials[_i].request, NULL,
			     NULL};

	ck_assert_int_eq(ast_dial(AST_ID, "101"), 0);
	ids[3] = fake_ami.id;
	replay(dials[_i].name, ids);
	fixture_advance(1000); /* a channel may be told of late */
	ck_assert_str_eq(story(AST_ID), dials[_i].story);
	ck_assert_str_eq(last()->call_id, AST_ID);
	ck_assert(!last()->inbound);
	ck_assert_msg(strstr(last()->detail, dials[_i].detail) != NULL, "%s",
		      last()->detail);
	/* the guards and ring timers it had find nothing to do */
	(void)fake_ami_log();
	fixture_advance(120000);
	ck_assert_str_eq(story(AST_ID), dials[_i].story);
	ck_assert_ptr_null(strstr(fake_ami_log(), "Hangup"));
}
END_TEST

/* What the switch answers at once, and what is said to the agent. */
static const struct {
	const char *message, *story, *detail;
} refusals[] = {
	{"Invalid channel", "ended/failed", AST_DEVICE},
	{"Extension does not exist.", "ended/bad_number",
	 "Extension does not exist"},
	{"Permission denied", "ended/failed", "originate"},
	{"Originate Access Forbidden: app or data blacklisted", "ended/failed",
	 "Forbidden"},
	{"\\\" odd \xfc", "ended/failed", "odd"},
};

START_TEST(dial_refused_at_once_ends_with_its_reason)
{
	char answer[256];

	(void)snprintf(answer, sizeof(answer),
		       "Response: Error\nActionID: @\nMessage: %s\n\n",
		       refusals[_i].message);
	fake_ami_answer("Originate", answer);
	ck_assert_int_eq(ast_dial(AST_ID, "101"), 0);
	ck_assert_str_eq(story(AST_ID), refusals[_i].story);
	ck_assert_msg(strstr(last()->detail, refusals[_i].detail) != NULL, "%s",
		      last()->detail);
}
END_TEST

START_TEST(dial_is_one_action_with_its_own_channel_id)
{
	ck_assert_int_eq(ast_dial(AST_ID, "0049301234567"), 0);
	ck_assert_str_eq(fake_ami_log(), "Originate");
	ck_assert_str_eq(fake_ami_sent("Channel"), AST_DEVICE);
	ck_assert_str_eq(fake_ami_sent("Context"), "agents");
	ck_assert_str_eq(fake_ami_sent("Exten"), "0049301234567");
	ck_assert_str_eq(fake_ami_sent("Priority"), "1");
	ck_assert_str_eq(fake_ami_sent("Async"), "true");
	ck_assert_str_eq(fake_ami_sent("ChannelId"), AST_ID);
	ck_assert_str_ne(fake_ami_sent("Timeout"), "");
	ck_assert_str_eq(fake_ami_sent("CallerID"), "");
	ck_assert_str_eq(fake_ami_sent("Variable"), "");
}
END_TEST

START_TEST(odd_numbers_never_reach_the_wire)
{
	static const char *const numbers[] = {
		"",
		"123\r\nAction: Originate",
		"123&SIP/evil",
		"123,30,g",
		"12a",
		"\xd9\xa1",
		"9301@trunk&Local/7006@lab",
		"1 2",
		"123456789012345678901234567890123",
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		ck_assert_int_eq(ast_dial(AST_ID, numbers[i]), -EINVAL);
	ck_assert_str_eq(fake_ami_log(), "");
	ck_assert_uint_eq(fake_ami.raw.len, 0);
}
END_TEST

START_TEST(caller_id_and_auto_answer_are_sent_when_set)
{
	ast_setup();
	ast_up("caller_id = \"4930999\"\nauto_answer = "
	       "{\"PJSIP_HEADER(add,Alert-Info)=auto\", \"SIPADDHEADER=b\"}\n");
	ck_assert_int_eq(ast_dial(AST_ID, "101"), 0);
	ck_assert_ptr_nonnull(strstr(fake_ami_sent("CallerID"), "<4930999>"));
	ck_assert_ptr_nonnull(
		strstr(cti_buf_text(&fake_ami.last),
		       "Variable: PJSIP_HEADER(add,Alert-Info)=auto\n"));
	ck_assert_ptr_nonnull(strstr(cti_buf_text(&fake_ami.last),
				     "Variable: SIPADDHEADER=b\n"));
	ast_teardown();
}
END_TEST

START_TEST(dial_nobody_tells_of_is_ended_by_the_own_timer)
{
	ck_assert_int_eq(ast_dial(AST_ID, "101"), 0);
	for (int i = 0; i < 60 && !strstr(story(AST_ID), "ended"); i++)
		fixture_advance(1000);
	ck_assert_ptr_nonnull(strstr(story(AST_ID), "ended"));
}
END_TEST

/* --- what comes in --- */

static const struct {
	const char *name, *leg, *story;
} inbounds[] = {
	{"inbound-answered", "1795330917.33", "ringing active ended/normal"},
	{"inbound-cancelled", "1795330948.35", "ringing ended/cancelled"},
	{"inbound-rejected", "1795330951.37", "ringing ended/rejected"},
	{"status-hold-dtmf", "1795331151.60",
	 "ringing active held active ended/normal"},
	{"redirect", "1795331002.46", "ringing active ended/normal"},
};

START_TEST(inbound_call_is_told_as_recorded)
{
	replay(inbounds[_i].name, as_it_was);
	ck_assert_str_eq(story(inbounds[_i].leg), inbounds[_i].story);
	ck_assert_str_eq(fix.event[0].number, CALLER);
	ck_assert_str_eq(fix.event[0].device, AST_DEVICE);
	ck_assert_str_eq(fix.event[0].dnis, "1001");
	ck_assert(fix.event[0].inbound && !fix.event[0].withheld);
	ck_assert_int_eq((int)fix.event[0].kind, (int)CTI_KIND_CUSTOMER);
	for (size_t i = 0; i < fix.nevents; i++)
		ck_assert_str_eq(fix.event[i].leg, inbounds[_i].leg);
}
END_TEST

START_TEST(caller_to_a_phone_that_is_away_is_no_call)
{
	replay("inbound-unavailable", as_it_was);
	ck_assert_uint_eq(fix.nevents, 0);
}
END_TEST

START_TEST(name_of_the_caller_comes_along)
{
	replay("inbound-answered", as_it_was);
	ck_assert_str_eq(fix.event[0].name, "Ann Tester");
}
END_TEST

START_TEST(same_events_twice_tell_nothing_new)
{
	size_t nevents;

	replay_until("inbound-answered", "BridgeEnter", "1795330917.32");
	nevents = fix.nevents;
	replay_until("inbound-answered", "BridgeEnter", "1795330917.32");
	ck_assert_uint_eq(fix.nevents, nevents);
	replay("inbound-answered", as_it_was);
	ck_assert_str_eq(story("1795330917.33"), "ringing active ended/normal");
}
END_TEST

START_TEST(attended_transfer_ends_the_first_agent_s_leg)
{
	replay("atxfer", as_it_was);
	ck_assert_ptr_nonnull(strstr(story("1795331107.55"), "ringing active"));
	ck_assert_ptr_nonnull(strstr(story("1795331107.55"), "ended/normal"));
	ck_assert_str_eq(last()->leg, "1795331107.55");
	ck_assert_str_eq(last()->detail, "transferred");
}
END_TEST

/* --- what the agent may do --- */

START_TEST(hangup_names_the_leg_by_its_id)
{
	replay_until("inbound-answered", "BridgeEnter", "1795330917.32");
	ck_assert_int_eq(act(fix.ops->hangup, "", "1795330917.33"), 0);
	fixture_turn();
	ck_assert_str_eq(fake_ami_log(), "Hangup");
	ck_assert_str_eq(fake_ami_sent("Channel"), "1795330917.33");
	ck_assert_str_eq(fake_ami_sent("Cause"), "16");
}
END_TEST

START_TEST(reject_is_for_ringing_calls)
{
	replay_until("inbound-answered", "DialState", "1795330917.32");
	ck_assert_str_eq(story("1795330917.33"), "ringing");
	ck_assert_int_eq(act(fix.ops->reject, "", "1795330917.33"), 0);
	fixture_turn();
	ck_assert_str_eq(fake_ami_log(), "Hangup");
	ck_assert_str_eq(fake_ami_sent("Cause"), "21");
}
END_TEST

START_TEST(reject_of_an_active_call_is_refused)
{
	replay_until("inbound-answered", "BridgeEnter", "1795330917.32");
	ck_assert_int_eq(act(fix.ops->reject, "", "1795330917.33"), -EINVAL);
	ck_assert_str_eq(fake_ami_log(), "");
}
END_TEST

START_TEST(transfer_redirects_the_other_side)
{
	replay_until("inbound-answered", "BridgeEnter", "1795330917.32");
	ck_assert_int_eq(transfer("1795330917.33", "102"), 0);
	ck_assert_str_eq(fake_ami_log(), "Redirect");
	ck_assert_str_eq(fake_ami_sent("Channel"), "1795330917.32");
	ck_assert_str_eq(fake_ami_sent("Context"), "agents");
	ck_assert_str_eq(fake_ami_sent("Exten"), "102");
	ck_assert_str_eq(fake_ami_sent("Priority"), "1");
	ck_assert_int_eq(transfer("1795330917.33", "102&SIP/x"), -EINVAL);
	ck_assert_int_eq(transfer("1795330917.33", "1\r\nA: b"), -EINVAL);
}
END_TEST

START_TEST(digits_go_to_the_other_side_one_by_one)
{
	replay_until("inbound-answered", "BridgeEnter", "1795330917.32");
	ck_assert_int_eq(dtmf("1795330917.33", "1#"), 0);
	for (int i = 0; i < 20; i++)
		fixture_advance(100);
	ck_assert_str_eq(fake_ami_log(), "PlayDTMF PlayDTMF");
	ck_assert_str_eq(fake_ami_sent("Channel"), "1795330917.32");
	ck_assert_str_eq(fake_ami_sent("Digit"), "#");
	ck_assert_int_eq(dtmf("1795330917.33", "1x"), -EINVAL);
}
END_TEST

START_TEST(unknown_call_is_not_found)
{
	ck_assert_int_eq(act(fix.ops->hangup, AST_ID, "9.9"), -ENOENT);
	ck_assert_int_eq(act(fix.ops->reject, AST_ID, "9.9"), -ENOENT);
	ck_assert_int_eq(transfer("9.9", "101"), -ENOENT);
	ck_assert_int_eq(dtmf("9.9", "1"), -ENOENT);
}
END_TEST

START_TEST(what_the_interface_cannot_do_is_not_offered)
{
	ck_assert(!fix.ops->answer);
	ck_assert(!fix.ops->hold);
	ck_assert(!fix.ops->mute);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

static void add_calls(TCase *tcase)
{
	tcase_add_loop_test(tcase, dial_comes_to_what_was_recorded, 0,
			    COUNT(dials));
	tcase_add_loop_test(tcase, dial_refused_at_once_ends_with_its_reason, 0,
			    COUNT(refusals));
	tcase_add_test(tcase, dial_is_one_action_with_its_own_channel_id);
	tcase_add_test(tcase, odd_numbers_never_reach_the_wire);
	tcase_add_test(tcase, dial_nobody_tells_of_is_ended_by_the_own_timer);
	tcase_add_loop_test(tcase, inbound_call_is_told_as_recorded, 0,
			    COUNT(inbounds));
	tcase_add_test(tcase, caller_to_a_phone_that_is_away_is_no_call);
	tcase_add_test(tcase, name_of_the_caller_comes_along);
	tcase_add_test(tcase, same_events_twice_tell_nothing_new);
	tcase_add_test(tcase, attended_transfer_ends_the_first_agent_s_leg);
}

static void add_actions(TCase *tcase)
{
	tcase_add_test(tcase, hangup_names_the_leg_by_its_id);
	tcase_add_test(tcase, reject_is_for_ringing_calls);
	tcase_add_test(tcase, reject_of_an_active_call_is_refused);
	tcase_add_test(tcase, transfer_redirects_the_other_side);
	tcase_add_test(tcase, digits_go_to_the_other_side_one_by_one);
	tcase_add_test(tcase, unknown_call_is_not_found);
	tcase_add_test(tcase, what_the_interface_cannot_do_is_not_offered);
}

Suite *asterisk_suite(void)
{
	Suite *suite = suite_create("asterisk");
	TCase *tcase = tcase_create("calls");

	tcase_add_checked_fixture(tcase, ast_setup_up, ast_teardown);
	add_calls(tcase);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("actions");
	tcase_add_checked_fixture(tcase, ast_setup_up, ast_teardown);
	add_actions(tcase);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("configured");
	tcase_add_test(tcase, caller_id_and_auto_answer_are_sent_when_set);
	suite_add_tcase(suite, tcase);
	return suite;
}
