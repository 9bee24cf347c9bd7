/* SPDX-License-Identifier: Apache-2.0 */
/* unit/doctor/test_case.c - each branch of the path to one call's gap */
#include <errno.h>
#include <string.h>

#include "doctor/case.h"
#include "suites.h"

enum { NOW = 1000000000, MINUTE = 60000 };

/* The call of a test, and what is known of it: a customer rang, the agent
 * answered, all was told to SAP. Each test takes something away. */
static struct cti_call call;
static struct cti_case_facts facts;
static struct cti_checks checks;
static char number[] = "+49306912345", raw[] = "0306912345";
static char activity[] = "00163EA718FC1EEABDD5608C895BDC71", crm[] = "{}";

static struct cti_post_facts *post_add(enum cti_sap_post what, int64_t ago_ms)
{
	struct cti_post_facts *post = &facts.post[facts.nposts++];

	*post = (struct cti_post_facts){
		.event = (int64_t)facts.nposts,
		.what = what,
		.published_ms = NOW - ago_ms,
		.claimed_ms = NOW - ago_ms + 10,
		.acked_ms = NOW - ago_ms + 20,
		.tab = "tab-one",
		.posted = 1,
	};
	return post;
}

static void setup(void)
{
	memset(&checks, 0, sizeof(checks));
	call = (struct cti_call){
		.id = "4F0C0000000000000000000000000001",
		.direction = CTI_INBOUND,
		.kind = CTI_KIND_CUSTOMER,
		.state = CTI_CALL_ACTIVE,
		.answered_ms = NOW - MINUTE,
		.fact = {[CTI_FACT_NUMBER] = number,
			 [CTI_FACT_NUMBER_RAW] = raw},
	};
	facts = (struct cti_case_facts){
		.asked = CTI_ASKED_CALL,
		.text = call.id,
		.call = &call,
		.communication_system = "PATCHCORD",
		.now_ms = NOW,
		.started_ms = NOW - 60 * MINUTE,
		.page_seen_ms = NOW - 30 * MINUTE,
		.streams = 1,
	};
	(void)post_add(CTI_SAP_NOTIFY, 2 * MINUTE);
	(void)post_add(CTI_SAP_ACCEPT, MINUTE);
}

static const struct cti_check *check_named(const char *name)
{
	for (size_t i = 0; i < checks.n; i++)
		if (!strcmp(checks.item[i].name, name))
			return &checks.item[i];
	return NULL;
}

/* The verdict is this case's, of that side, and says so much. */
static void expect(enum cti_case which, enum cti_verdict verdict,
		   enum cti_side side, const char *part)
{
	const struct cti_check *check;

	ck_assert_str_eq(cti_case_word(cti_case_find(&facts)),
			 cti_case_word(which));
	cti_case_judge(&checks, &facts);
	check = &checks.item[0];
	ck_assert_str_eq(check->name, "call");
	ck_assert_int_eq((int)check->verdict, (int)verdict);
	ck_assert_int_eq((int)check->side, (int)side);
	ck_assert_msg(strstr(check->sentence, part) != NULL, "%s",
		      check->sentence);
	ck_assert_str_ne(check->fix, "");
}

static void nothing_known(enum cti_asked asked)
{
	facts.call = NULL;
	facts.nposts = 0;
	facts.asked = asked;
	facts.text = "WHAT";
}

START_TEST(a_payload_that_was_posted_leaves_saps_configuration)
{
	expect(CTI_CASE_TAKEN, CTI_VERDICT_OK, CTI_SIDE_SAP, call.id);
	ck_assert_ptr_nonnull(strstr(checks.item[0].sentence, "tab tab-one"));
	ck_assert_ptr_nonnull(strstr(checks.item[0].fix, "PATCHCORD"));
	ck_assert_ptr_nonnull(strstr(checks.item[0].fix, "3382248"));
	ck_assert(cti_checks_ok(&checks));
}
END_TEST

START_TEST(a_call_of_another_relay_is_unknown)
{
	nothing_known(CTI_ASKED_CALL);
	expect(CTI_CASE_UNKNOWN_CALL, CTI_VERDICT_FAIL, CTI_SIDE_RELAY, "WHAT");
	ck_assert_uint_eq(checks.n, 1);
}
END_TEST

START_TEST(a_click_that_never_came_is_the_browsers)
{
	nothing_known(CTI_ASKED_ACTIVITY);
	expect(CTI_CASE_UNKNOWN_ACTIVITY, CTI_VERDICT_FAIL, CTI_SIDE_BROWSER,
	       "WHAT");
}
END_TEST

START_TEST(a_number_nobody_told_of_is_the_switchs)
{
	nothing_known(CTI_ASKED_NUMBER);
	expect(CTI_CASE_UNKNOWN_NUMBER, CTI_VERDICT_FAIL, CTI_SIDE_SWITCH,
	       "WHAT");
}
END_TEST

START_TEST(a_refused_click_says_why_and_what_to_do)
{
	nothing_known(CTI_ASKED_ACTIVITY);
	facts.refused = true;
	facts.refused_ms = NOW - MINUTE;
	(void)cti_err_set(&facts.refusal, EINVAL, CTI_ERR_BAD_NUMBER,
			  "The letter F stands in it.");
	expect(CTI_CASE_REFUSED, CTI_VERDICT_WARN, CTI_SIDE_RELAY,
	       "The letter F stands in it.");
	ck_assert_str_eq(checks.item[0].fix,
			 cti_problem_find(CTI_ERR_BAD_NUMBER)->fix);
}
END_TEST

START_TEST(an_outbound_call_has_no_external_id_by_design)
{
	call.direction = CTI_OUTBOUND;
	call.fact[CTI_FACT_CRM] = crm;
	call.fact[CTI_FACT_ACTIVITY_UUID] = activity;
	facts.nposts = 0;
	expect(CTI_CASE_OUTBOUND, CTI_VERDICT_OK, CTI_SIDE_SAP, activity);
	ck_assert_ptr_nonnull(strstr(checks.item[0].sentence, "3481409"));
	ck_assert_ptr_null(check_named("caller"));
}
END_TEST

START_TEST(an_outbound_call_without_activity_says_so)
{
	call.direction = CTI_OUTBOUND;
	call.fact[CTI_FACT_CRM] = crm;
	facts.nposts = 0;
	expect(CTI_CASE_OUTBOUND, CTI_VERDICT_OK, CTI_SIDE_SAP,
	       "not in the click");
}
END_TEST

START_TEST(a_call_dialed_on_the_phone_is_not_saps)
{
	call.direction = CTI_OUTBOUND;
	facts.nposts = 0;
	expect(CTI_CASE_PHONE_DIALED, CTI_VERDICT_OK, CTI_SIDE_SAP, "phone");
}
END_TEST

START_TEST(an_internal_call_is_not_told_to_sap)
{
	call.kind = CTI_KIND_INTERNAL;
	facts.nposts = 0;
	expect(CTI_CASE_INTERNAL, CTI_VERDICT_OK, CTI_SIDE_RELAY, "internal");
}
END_TEST

START_TEST(a_consult_call_is_not_told_to_sap)
{
	call.kind = CTI_KIND_CONSULT;
	facts.nposts = 0;
	expect(CTI_CASE_INTERNAL, CTI_VERDICT_OK, CTI_SIDE_RELAY, "consult");
}
END_TEST

START_TEST(a_missed_call_kept_silent_is_as_configured)
{
	call.state = CTI_CALL_ENDED;
	call.answered_ms = 0;
	facts.missed_silent = true;
	facts.nposts = 0;
	expect(CTI_CASE_MISSED_SILENT, CTI_VERDICT_OK, CTI_SIDE_RELAY,
	       "sap.missed");
}
END_TEST

START_TEST(a_call_the_switch_said_nothing_of_is_the_switchs)
{
	call.state = CTI_CALL_QUEUED;
	call.answered_ms = 0;
	facts.nposts = 0;
	expect(CTI_CASE_NOTHING_MADE, CTI_VERDICT_FAIL, CTI_SIDE_SWITCH,
	       "queued");
}
END_TEST

static struct cti_post_facts *unclaimed(void)
{
	struct cti_post_facts *post = &facts.post[1];

	post->claimed_ms = post->acked_ms = 0;
	post->tab[0] = '\0';
	post->posted = 0;
	return post;
}

START_TEST(a_payload_of_this_moment_is_waited_for)
{
	struct cti_post_facts *post = unclaimed();

	post->due = true;
	post->published_ms = NOW - CTI_JUST_NOW_MS + 1;
	expect(CTI_CASE_WAITING, CTI_VERDICT_OK, CTI_SIDE_BROWSER, "ACCEPT");
}
END_TEST

START_TEST(a_moment_later_it_is_nobodys)
{
	struct cti_post_facts *post = unclaimed();

	post->due = true;
	post->published_ms = NOW - CTI_JUST_NOW_MS;
	expect(CTI_CASE_NOT_CLAIMED, CTI_VERDICT_FAIL, CTI_SIDE_BROWSER,
	       "none of the 1 pages");
}
END_TEST

START_TEST(what_is_due_no_more_is_not_waited_for)
{
	struct cti_post_facts *post = unclaimed();

	post->published_ms = NOW - 1;
	expect(CTI_CASE_NOT_CLAIMED, CTI_VERDICT_FAIL, CTI_SIDE_BROWSER,
	       "none of the 1 pages");
}
END_TEST

START_TEST(a_page_that_never_came_is_told_with_the_start)
{
	(void)unclaimed();
	facts.page_seen_ms = 0;
	facts.streams = 0;
	expect(CTI_CASE_NO_PAGE_EVER, CTI_VERDICT_FAIL, CTI_SIDE_BROWSER,
	       "has not loaded the widget");
	ck_assert_ptr_nonnull(strstr(checks.item[0].fix, "policy"));
}
END_TEST

START_TEST(a_page_that_was_closed_is_told_with_its_last_time)
{
	(void)unclaimed();
	facts.streams = 0;
	expect(CTI_CASE_NO_PAGE_NOW, CTI_VERDICT_FAIL, CTI_SIDE_BROWSER,
	       "none is open; SAP loaded the widget last at 1970-01-12");
	ck_assert_ptr_nonnull(strstr(checks.item[0].fix, "too late"));
}
END_TEST

START_TEST(what_is_due_yet_is_posted_when_the_page_opens)
{
	unclaimed()->due = true;
	facts.streams = 0;
	expect(CTI_CASE_NO_PAGE_NOW, CTI_VERDICT_FAIL, CTI_SIDE_BROWSER, "");
	ck_assert_ptr_nonnull(strstr(checks.item[0].fix, "posts it then"));
}
END_TEST

START_TEST(a_claim_of_this_moment_is_being_posted)
{
	struct cti_post_facts *post = &facts.post[1];

	post->claimed_ms = NOW - CTI_JUST_NOW_MS + 1;
	post->acked_ms = 0;
	expect(CTI_CASE_POSTING, CTI_VERDICT_OK, CTI_SIDE_BROWSER, "tab-one");
}
END_TEST

START_TEST(a_tab_that_died_after_its_claim_is_named)
{
	facts.post[1].acked_ms = 0;
	expect(CTI_CASE_NOT_POSTED, CTI_VERDICT_FAIL, CTI_SIDE_BROWSER,
	       "tab tab-one claimed it");
}
END_TEST

START_TEST(a_missed_call_has_no_activity_by_design)
{
	call.state = CTI_CALL_ENDED;
	call.answered_ms = 0;
	facts.nposts = 1;
	expect(CTI_CASE_MISSED, CTI_VERDICT_OK, CTI_SIDE_SAP, "nobody");
}
END_TEST

START_TEST(an_answer_that_was_not_told_counts_more_than_the_ring)
{
	(void)unclaimed();
	expect(CTI_CASE_NOT_CLAIMED, CTI_VERDICT_FAIL, CTI_SIDE_BROWSER,
	       "its ACCEPT published");
}
END_TEST

/* --- what else matters --- */

START_TEST(a_withheld_caller_has_no_ani)
{
	const struct cti_check *check;

	call.withheld = true;
	cti_case_judge(&checks, &facts);
	check = check_named("caller");
	ck_assert_ptr_nonnull(check);
	ck_assert_int_eq((int)check->verdict, (int)CTI_VERDICT_WARN);
	ck_assert_ptr_nonnull(strstr(check->fix, "3466950"));
}
END_TEST

START_TEST(a_switch_that_gave_no_number_is_told_so)
{
	const struct cti_check *check;

	call.fact[CTI_FACT_NUMBER] = call.fact[CTI_FACT_NUMBER_RAW] = NULL;
	cti_case_judge(&checks, &facts);
	check = check_named("caller");
	ck_assert_ptr_nonnull(strstr(check->fix, "3466950"));
	ck_assert_int_eq((int)check->side, (int)CTI_SIDE_SWITCH);
}
END_TEST

START_TEST(a_number_without_plus_is_the_other_kba)
{
	const struct cti_check *check;

	call.fact[CTI_FACT_NUMBER] = raw;
	cti_case_judge(&checks, &facts);
	check = check_named("caller");
	ck_assert_ptr_nonnull(strstr(check->fix, "3705829"));
	ck_assert(!cti_checks_ok(&checks));
}
END_TEST

START_TEST(a_finding_of_the_linter_is_told)
{
	const struct cti_check *check;

	memcpy(facts.post[1].rule, "id.chars", 9);
	cti_case_judge(&checks, &facts);
	check = check_named("payload");
	ck_assert_int_eq((int)check->verdict, (int)CTI_VERDICT_WARN);
	ck_assert_ptr_nonnull(strstr(check->sentence, "id.chars"));
}
END_TEST

START_TEST(a_payload_two_tabs_posted_is_told)
{
	facts.post[1].posted = 2;
	cti_case_judge(&checks, &facts);
	ck_assert_ptr_nonnull(check_named("doubled"));
}
END_TEST

START_TEST(an_end_sap_did_not_hear_of_is_told)
{
	struct cti_post_facts *end = post_add(CTI_SAP_END, MINUTE / 2);

	cti_case_judge(&checks, &facts);
	ck_assert_ptr_null(check_named("end"));
	setup();
	end = post_add(CTI_SAP_END, MINUTE / 2);
	end->acked_ms = 0;
	cti_case_judge(&checks, &facts);
	ck_assert_ptr_nonnull(check_named("end"));
}
END_TEST

START_TEST(a_journal_that_fails_may_lack_steps)
{
	facts.memory_only = true;
	cti_case_judge(&checks, &facts);
	ck_assert_ptr_nonnull(check_named("journal"));
}
END_TEST

Suite *suite_case(void)
{
	Suite *suite = suite_create("doctor case");
	TCase *tcase = tcase_create("case");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase,
		       a_payload_that_was_posted_leaves_saps_configuration);
	tcase_add_test(tcase, a_call_of_another_relay_is_unknown);
	tcase_add_test(tcase, a_click_that_never_came_is_the_browsers);
	tcase_add_test(tcase, a_number_nobody_told_of_is_the_switchs);
	tcase_add_test(tcase, a_refused_click_says_why_and_what_to_do);
	tcase_add_test(tcase, an_outbound_call_has_no_external_id_by_design);
	tcase_add_test(tcase, an_outbound_call_without_activity_says_so);
	tcase_add_test(tcase, a_call_dialed_on_the_phone_is_not_saps);
	tcase_add_test(tcase, an_internal_call_is_not_told_to_sap);
	tcase_add_test(tcase, a_consult_call_is_not_told_to_sap);
	tcase_add_test(tcase, a_missed_call_kept_silent_is_as_configured);
	tcase_add_test(tcase, a_call_the_switch_said_nothing_of_is_the_switchs);
	tcase_add_test(tcase, a_payload_of_this_moment_is_waited_for);
	tcase_add_test(tcase, a_moment_later_it_is_nobodys);
	tcase_add_test(tcase, what_is_due_no_more_is_not_waited_for);
	tcase_add_test(tcase, a_page_that_never_came_is_told_with_the_start);
	tcase_add_test(tcase,
		       a_page_that_was_closed_is_told_with_its_last_time);
	tcase_add_test(tcase, what_is_due_yet_is_posted_when_the_page_opens);
	tcase_add_test(tcase, a_claim_of_this_moment_is_being_posted);
	tcase_add_test(tcase, a_tab_that_died_after_its_claim_is_named);
	tcase_add_test(tcase, a_missed_call_has_no_activity_by_design);
	tcase_add_test(tcase,
		       an_answer_that_was_not_told_counts_more_than_the_ring);
	tcase_add_test(tcase, a_withheld_caller_has_no_ani);
	tcase_add_test(tcase, a_switch_that_gave_no_number_is_told_so);
	tcase_add_test(tcase, a_number_without_plus_is_the_other_kba);
	tcase_add_test(tcase, a_finding_of_the_linter_is_told);
	tcase_add_test(tcase, a_payload_two_tabs_posted_is_told);
	tcase_add_test(tcase, an_end_sap_did_not_hear_of_is_told);
	tcase_add_test(tcase, a_journal_that_fails_may_lack_steps);
	suite_add_tcase(suite, tcase);
	return suite;
}
