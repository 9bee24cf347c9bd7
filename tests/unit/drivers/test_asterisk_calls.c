/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_asterisk_calls.c - who calls whom at the switch, event by event
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "asterisk_events.h"
#include "asterisk_fixture.h"
#include "suites.h"

/* A customer, the phones of two agents, and a colleague without patchcord. */
static const struct chan customer = {
	"PJSIP/trunk-00000001", "1.1", "1.1", "0301234567", "Ann", "1001", ""};
static const struct chan leg1 = {
	"PJSIP/agent1-00000002", "1.2", "1.1", "1001", "Agent One", "", ""};
static const struct chan leg2 = {
	"PJSIP/agent2-00000003", "1.3", "1.1", "1002", "Agent Two", "", ""};
static const struct chan third = {
	"PJSIP/agent1-00000009", "1.9", "1.1", "1001", "Agent One", "", ""};
/* The second line of agent 1, and whom it rings. */
static const struct chan asking = {
	"PJSIP/agent1-00000004", "1.4", "1.4", "1001", "Agent One", "1002", ""};
static const struct chan asked = {
	"PJSIP/agent2-00000005", "1.5", "1.4", "1002", "Agent Two", "", ""};

/** The customer talks with agent 1. */
static void talk(void)
{
	appears(&customer);
	rings(&customer, &leg1);
	answers(&customer, &leg1, "b1");
	ck_assert_str_eq(story("1.2"), "ringing active");
}

static const struct seen *last_of(const char *leg)
{
	size_t i = fix.nevents;

	while (i > 0 && strcmp(fix.event[i - 1].leg, leg) != 0)
		i--;
	ck_assert_uint_gt(i, 0);
	return &fix.event[i - 1];
}

/* --- who is called --- */

START_TEST(caller_of_the_agent_is_told_with_name_and_dialed_number)
{
	appears(&customer);
	rings(&customer, &leg1);
	ck_assert_str_eq(story("1.2"), "ringing");
	ck_assert_str_eq(last()->number, "0301234567");
	ck_assert_str_eq(last()->name, "Ann");
	ck_assert_str_eq(last()->dnis, "1001");
	ck_assert_str_eq(last()->device, AST_DEVICE);
	ck_assert_str_eq(last()->first_ref, "");
	ck_assert_int_eq((int)last()->kind, (int)CTI_KIND_CUSTOMER);
}
END_TEST

START_TEST(phone_with_a_longer_name_is_another)
{
	static const struct chan other = {
		"PJSIP/agent11-00000002", "1.2", "1.1", "1011", "", "", ""};

	appears(&customer);
	rings(&customer, &other);
	answers(&customer, &other, "b1");
	hangs_up(&other, 16);
	hangs_up(&customer, 16);
	ck_assert_uint_eq(fix.nevents, 0);
}
END_TEST

START_TEST(caller_without_a_number_is_withheld)
{
	static const struct chan hidden = {"PJSIP/trunk-00000001",
					   "1.1",
					   "1.1",
					   "<unknown>",
					   "<unknown>",
					   "1001",
					   ""};

	appears(&hidden);
	rings(&hidden, &leg1);
	ck_assert_str_eq(story("1.2"), "ringing");
	ck_assert(last()->withheld);
	ck_assert_str_eq(last()->number, "");
}
END_TEST

START_TEST(number_that_is_not_to_be_shown_is_withheld)
{
	appears(&customer);
	tell("NewCallerid", &customer, 4,
	     "CID-CallingPres: 35 (Presentation Prohibited, Not Screened)\n");
	rings(&customer, &leg1);
	ck_assert(last()->withheld);
	ck_assert_str_eq(last()->number, "");
}
END_TEST

START_TEST(caller_with_a_short_number_is_internal)
{
	static const struct chan colleague = {
		"PJSIP/desk7-00000001", "1.1", "1.1", "1007", "Bo", "1001", ""};

	appears(&colleague);
	rings(&colleague, &leg1);
	ck_assert_int_eq((int)last()->kind, (int)CTI_KIND_INTERNAL);
	ck_assert_str_eq(last()->number, "1007");
}
END_TEST

START_TEST(caller_from_outside_is_a_customer_whatever_he_calls_himself)
{
	static const struct chan liar = {
		"PJSIP/trunk-00000001", "1.1", "1.1", "1007", "Bo",
		"4930123456",		""};

	appears(&liar);
	rings(&liar, &leg1);
	ck_assert_int_eq((int)last()->kind, (int)CTI_KIND_CUSTOMER);
}
END_TEST

/* Texts of somebody who sits on the link: nothing is freed that is used. */
START_TEST(dials_in_a_circle_end)
{
	static const struct chan one = {
		"Local/1001@q-00000001;1", "1.6", "1.1", "1001", "", "", ""};
	static const struct chan two = {
		"Local/1001@q-00000001;2", "1.7", "1.1", "1002", "", "", ""};

	appears(&leg1);
	appears(&one);
	appears(&two);
	dial_tell("DialBegin", &leg1, &one, "");
	dial_tell("DialBegin", &two, &leg1, "");
	tell("Hangup", &leg1, 5, "Cause: 16\nCause-txt: text\n");
	ck_assert_ptr_nonnull(strstr(story("1.2"), "ended"));
}
END_TEST

START_TEST(phone_behind_a_local_channel_is_the_one_that_counts)
{
	static const struct chan one = {
		"Local/1001@q-00000001;1", "1.6", "1.1", "1001", "", "", ""};
	static const struct chan two = {"Local/1001@q-00000001;2",
					"1.7",
					"1.1",
					"0301234567",
					"Ann",
					"1001",
					""};

	appears(&customer);
	appears(&one);
	appears(&two);
	dial_tell("DialBegin", &customer, &one, "");
	rings(&two, &leg1);
	answers(&two, &leg1, "b2");
	answers(&customer, &one, "b1");
	ck_assert_str_eq(story("1.2"), "ringing active");
	ck_assert_str_eq(fix.event[0].number, "0301234567");
	ck_assert_str_eq(fix.event[0].dnis, "1001");
	hangs_up(&leg1, 16);
	ck_assert_str_eq(story("1.2"), "ringing active ended/normal");
	ck_assert_uint_eq(fix.nevents, 3);
}
END_TEST

/* --- several phones for one caller --- */

START_TEST(call_taken_by_another_phone_is_answered_elsewhere)
{
	appears(&customer);
	rings(&customer, &leg1);
	rings(&customer, &leg2);
	tell("Newstate", &leg2, 6, "");
	dial_tell("DialEnd", &customer, &leg2, "ANSWER");
	dial_tell("DialEnd", &customer, &leg1, "CANCEL");
	hangs_up(&leg1, 26);
	ck_assert_str_eq(story("1.2"), "ringing ended/answered_elsewhere");
	ck_assert_str_eq(story("1.3"), "ringing active");
}
END_TEST

START_TEST(queue_that_gives_no_cause_26_is_understood)
{
	appears(&customer);
	rings(&customer, &leg1);
	rings(&customer, &leg2);
	hangs_up(&leg1, 0);
	ck_assert_ptr_nonnull(strstr(story("1.2"), "ringing ended/"));
	dial_tell("DialEnd", &customer, &leg2, "ANSWER");
	ck_assert_str_eq(story("1.3"), "ringing active");
}
END_TEST

START_TEST(queue_tells_of_the_answer_before_the_others_end)
{
	appears(&customer);
	rings(&customer, &leg1);
	rings(&customer, &leg2);
	dial_tell("DialEnd", &customer, &leg2, "ANSWER");
	hangs_up(&leg1, 16);
	ck_assert_str_eq(story("1.2"), "ringing ended/answered_elsewhere");
}
END_TEST

START_TEST(next_ring_of_a_queue_is_another_leg)
{
	appears(&customer);
	rings(&customer, &leg1);
	dial_tell("DialEnd", &customer, &leg1, "NOANSWER");
	hangs_up(&leg1, 16);
	rings(&customer, &third);
	answers(&customer, &third, "b1");
	ck_assert_str_eq(story("1.2"), "ringing ended/no_answer");
	ck_assert_str_eq(story("1.9"), "ringing active");
	ck_assert_str_eq(last_of("1.9")->first_ref, "");
}
END_TEST

/* --- transfers --- */

static void blind_transfer(void)
{
	talk();
	leaves(&leg1, "b1");
	ast_told("Event: BlindTransfer\nPrivilege: call,all\nResult: Success\n"
		 "TransfererChannel: PJSIP/agent1-00000002\n"
		 "TransfererUniqueid: 1.2\nTransfererLinkedid: 1.1\n"
		 "TransfereeChannel: PJSIP/trunk-00000001\n"
		 "TransfereeUniqueid: 1.1\nTransfereeLinkedid: 1.1\n"
		 "BridgeUniqueid: b1\nIsExternal: Yes\nContext: agents\n"
		 "Extension: 1002\n\n");
	hangs_up(&leg1, 16);
	leaves(&customer, "b1");
	rings(&customer, &leg2);
}

START_TEST(blind_transfer_comes_with_the_first_agent_s_leg)
{
	blind_transfer();
	ck_assert_str_eq(story("1.2"), "ringing active ended/normal");
	ck_assert_str_eq(last_of("1.2")->detail, "transferred");
	ck_assert_str_eq(story("1.3"), "ringing");
	ck_assert_str_eq(last_of("1.3")->first_ref, "1.2");
	ck_assert_str_eq(last_of("1.3")->first_id, "");
	ck_assert_str_eq(last_of("1.3")->number, "0301234567");
	ck_assert_int_eq((int)last_of("1.3")->kind, (int)CTI_KIND_CUSTOMER);
	answers(&customer, &leg2, "b2");
	ck_assert_str_eq(story("1.3"), "ringing active");
}
END_TEST

START_TEST(second_transfer_keeps_the_very_first_leg)
{
	blind_transfer();
	answers(&customer, &leg2, "b2");
	ast_told("Event: BlindTransfer\nResult: Success\n"
		 "TransfererUniqueid: 1.3\nTransfereeUniqueid: 1.1\n\n");
	leaves(&leg2, "b2");
	hangs_up(&leg2, 16);
	leaves(&customer, "b2");
	rings(&customer, &third);
	ck_assert_str_eq(last_of("1.9")->first_ref, "1.2");
}
END_TEST

START_TEST(transfer_by_redirect_is_one_too)
{
	talk();
	leaves(&customer, "b1");
	leaves(&leg1, "b1");
	hangs_up(&leg1, 16);
	rings(&customer, &leg2);
	ck_assert_str_eq(last_of("1.3")->first_ref, "1.2");
}
END_TEST

START_TEST(call_that_rings_again_after_the_agent_hung_up_is_no_transfer)
{
	talk();
	tell("HangupRequest", &leg1, 6, "Cause: 16\n");
	leaves(&leg1, "b1");
	leaves(&customer, "b1");
	hangs_up(&leg1, 16);
	rings(&customer, &leg2);
	ck_assert_str_eq(story("1.3"), "ringing");
	ck_assert_str_eq(last_of("1.3")->first_ref, "");
}
END_TEST

/** Agent 1 holds the customer and talks with agent 2. */
static void consult(void)
{
	talk();
	tell("Hold", &leg1, 6, "MusicClass: default\n");
	ck_assert_str_eq(story("1.2"), "ringing active held");
	appears(&asking);
	rings(&asking, &asked);
	ck_assert_str_eq(story("1.5"), "ringing");
	ck_assert_int_eq((int)last_of("1.5")->kind, (int)CTI_KIND_CONSULT);
	answers(&asking, &asked, "b2");
}

START_TEST(attended_transfer_makes_the_consult_the_customer_s)
{
	consult();
	leaves(&leg1, "b1");
	leaves(&asking, "b2");
	leaves(&asked, "b2");
	enters(&asked, "b1");
	ast_told("Event: AttendedTransfer\nResult: Success\n"
		 "OrigTransfererUniqueid: 1.2\nSecondTransfererUniqueid: 1.4\n"
		 "TransfereeUniqueid: 1.1\nTransferTargetUniqueid: 1.5\n"
		 "DestType: Bridge\n\n");
	hangs_up(&leg1, 16);
	hangs_up(&asking, 16);
	ck_assert_str_eq(last_of("1.5")->first_ref, "1.2");
	ck_assert_str_eq(last_of("1.5")->number, "0301234567");
	ck_assert_int_eq((int)last_of("1.5")->kind, (int)CTI_KIND_CUSTOMER);
	ck_assert_int_eq((int)last_of("1.5")->state, (int)CTI_CALL_ACTIVE);
	ck_assert_str_eq(last_of("1.2")->detail, "transferred");
	ck_assert_str_eq(last_of("1.4")->detail, "transferred");
	hangs_up(&asked, 16);
	ck_assert_ptr_nonnull(strstr(story("1.5"), "ended/normal"));
}
END_TEST

START_TEST(withheld_number_stays_so_through_an_attended_transfer)
{
	consult();
	tell("NewCallerid", &customer, 6,
	     "CID-CallingPres: 35 (Presentation Prohibited, Not Screened)\n");
	leaves(&leg1, "b1");
	leaves(&asking, "b2");
	leaves(&asked, "b2");
	enters(&asked, "b1");
	ck_assert_str_eq(last_of("1.5")->first_ref, "1.2");
	ck_assert(last_of("1.5")->withheld);
	ck_assert_str_eq(last_of("1.5")->number, "");
	ck_assert_str_eq(last_of("1.5")->name, "");
}
END_TEST

START_TEST(consult_that_is_not_completed_stays_one)
{
	consult();
	leaves(&asking, "b2");
	leaves(&asked, "b2");
	hangs_up(&asked, 16);
	hangs_up(&asking, 16);
	tell("Unhold", &leg1, 6, "");
	ck_assert_str_eq(story("1.5"), "ringing active ended/normal");
	ck_assert_int_eq((int)last_of("1.5")->kind, (int)CTI_KIND_CONSULT);
	ck_assert_str_eq(last_of("1.5")->first_ref, "");
	ck_assert_str_eq(story("1.2"), "ringing active held active");
}
END_TEST

/* --- who calls --- */

START_TEST(dial_at_the_phone_is_told_as_outbound)
{
	static const struct chan dialing = {"PJSIP/agent1-00000004",
					    "1.4",
					    "1.4",
					    "1001",
					    "Agent One",
					    "0301234567",
					    ""};
	static const struct chan far = {
		"PJSIP/trunk-00000005", "1.5", "1.4", "0301234567", "", "", ""};

	appears(&dialing);
	rings(&dialing, &far);
	answers(&dialing, &far, "b1");
	ck_assert_str_eq(story("1.4"), "dialing ringing active");
	ck_assert_str_eq(last()->number, "0301234567");
	ck_assert_str_eq(last()->call_id, "");
	ck_assert(!last()->inbound);
	hangs_up(&far, 16);
	hangs_up(&dialing, 16);
	ck_assert_str_eq(story("1.4"), "dialing ringing active ended/normal");
}
END_TEST

START_TEST(call_that_a_colleague_picks_up_is_his)
{
	static const struct chan picker = {"PJSIP/agent2-00000008",
					   "1.20",
					   "1.20",
					   "1002",
					   "Agent Two",
					   "*8",
					   ""};

	appears(&customer);
	rings(&customer, &leg1);
	appears(&picker);
	ck_assert_str_eq(story("1.20"), "");
	tell("Newstate", &picker, 6, "");
	dial_tell("DialEnd", &customer, &picker, "ANSWER");
	hangs_up(&leg1, 16);
	enters(&picker, "b1");
	enters(&customer, "b1");
	ck_assert_str_eq(story("1.2"), "ringing ended/answered_elsewhere");
	ck_assert_str_eq(story("1.20"), "ringing active");
	ck_assert_str_eq(last_of("1.20")->number, "0301234567");
	ck_assert(last_of("1.20")->inbound);
}
END_TEST

START_TEST(feature_code_is_a_call_once_somebody_is_dialed)
{
	static const struct chan phone = {"PJSIP/agent2-00000008",
					  "1.20",
					  "1.20",
					  "1002",
					  "Agent Two",
					  "*72",
					  ""};

	appears(&phone);
	ck_assert_uint_eq(fix.nevents, 0);
	dial_tell("DialBegin", &phone, &third, "");
	ck_assert_str_eq(story("1.20"), "dialing");
	ck_assert(!last_of("1.20")->inbound);
}
END_TEST

START_TEST(dial_of_another_relay_has_its_id)
{
	static const struct chan theirs = {"PJSIP/agent2-00000004",
					   AST_ID2,
					   AST_ID2,
					   "1002",
					   "Agent Two",
					   "",
					   ""};

	appears(&theirs);
	ast_told("Event: DialBegin\nDestChannel: PJSIP/agent2-00000004\n"
		 "DestChannelState: 0\nDestCallerIDNum: 1002\n"
		 "DestUniqueid: " AST_ID2 "\nDestLinkedid: " AST_ID2 "\n\n");
	tell("Newstate", &theirs, 5, "");
	ck_assert_str_eq(last()->call_id, AST_ID2);
	ck_assert_str_eq(last()->device, AST_DEVICE2);
	ck_assert(!last()->inbound);
	ck_assert_str_eq(story(AST_ID2), "alerting");
}
END_TEST

START_TEST(variables_of_the_caller_come_along)
{
	static const struct chan caller = {"PJSIP/trunk-00000001",
					   "1.1",
					   "1.1",
					   "0301234567",
					   "Ann",
					   "1001",
					   "ChanVariable: TICKET=4711\n"
					   "ChanVariable: OTHER=1\n"};

	ast_setup();
	ast_up("}\nsap_fields { TicketID = \"TICKET\" ");
	appears(&caller);
	rings(&caller, &leg1);
	ck_assert_str_eq(last()->attached, "TICKET=4711");
	ast_teardown();
}
END_TEST

static void add_calls(TCase *tcase)
{
	tcase_add_test(tcase,
		       caller_of_the_agent_is_told_with_name_and_dialed_number);
	tcase_add_test(tcase, phone_with_a_longer_name_is_another);
	tcase_add_test(tcase, caller_without_a_number_is_withheld);
	tcase_add_test(tcase, number_that_is_not_to_be_shown_is_withheld);
	tcase_add_test(tcase, caller_with_a_short_number_is_internal);
	tcase_add_test(
		tcase,
		caller_from_outside_is_a_customer_whatever_he_calls_himself);
	tcase_add_test(tcase,
		       phone_behind_a_local_channel_is_the_one_that_counts);
	tcase_add_test(tcase, dials_in_a_circle_end);
	tcase_add_test(tcase,
		       call_taken_by_another_phone_is_answered_elsewhere);
	tcase_add_test(tcase, queue_that_gives_no_cause_26_is_understood);
	tcase_add_test(tcase, queue_tells_of_the_answer_before_the_others_end);
	tcase_add_test(tcase, next_ring_of_a_queue_is_another_leg);
	tcase_add_test(tcase, dial_at_the_phone_is_told_as_outbound);
	tcase_add_test(tcase, call_that_a_colleague_picks_up_is_his);
	tcase_add_test(tcase, feature_code_is_a_call_once_somebody_is_dialed);
	tcase_add_test(tcase, dial_of_another_relay_has_its_id);
}

static void add_transfers(TCase *tcase)
{
	tcase_add_test(tcase, blind_transfer_comes_with_the_first_agent_s_leg);
	tcase_add_test(tcase, second_transfer_keeps_the_very_first_leg);
	tcase_add_test(tcase, transfer_by_redirect_is_one_too);
	tcase_add_test(
		tcase,
		call_that_rings_again_after_the_agent_hung_up_is_no_transfer);
	tcase_add_test(tcase,
		       attended_transfer_makes_the_consult_the_customer_s);
	tcase_add_test(tcase,
		       withheld_number_stays_so_through_an_attended_transfer);
	tcase_add_test(tcase, consult_that_is_not_completed_stays_one);
}

Suite *asterisk_calls_suite(void)
{
	Suite *suite = suite_create("asterisk calls");
	TCase *tcase = tcase_create("calls");

	tcase_add_checked_fixture(tcase, ast_setup_up, ast_teardown);
	add_calls(tcase);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("transfers");
	tcase_add_checked_fixture(tcase, ast_setup_up, ast_teardown);
	add_transfers(tcase);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("configured");
	tcase_add_test(tcase, variables_of_the_caller_come_along);
	suite_add_tcase(suite, tcase);
	return suite;
}
