/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/test_push.c - calls that are reported over HTTP */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "suites.h"

enum {
	RING_MS = 60 * 1000,
	MAX_MS = 3600 * 1000,
	KEPT = 200, /* ended calls that stay in memory */
};

/* Short limits, so that they are told apart. */
#define LIMITS "push { ring_s = 60 max_s = 3600 }\n"

static void pushed(enum cti_push_event event, const char *ref)
{
	ck_assert_int_eq(core_push(event, ref), 0);
	ck_assert_int_eq(core_told()->code, CTI_OK);
	ck_assert_str_eq(core_told()->call, core_id(ref));
}

START_TEST(a_pushed_call_rings_is_answered_and_ends)
{
	core_start(DE);
	pushed(CTI_PUSH_RINGING, "ivr-1");
	ck_assert(core_told()->created);
	core_sap(core_last(), "Action", "NOTIFY");
	core_sap(core_last(), "ExternalReferenceID", core_id("ivr-1"));
	pushed(CTI_PUSH_ANSWERED, "ivr-1");
	ck_assert(!core_told()->created);
	core_sap(core_last(), "Action", "ACCEPT");
	pushed(CTI_PUSH_ENDED, "ivr-1");
	core_sap(core_last(), "Action", "END");
	ck_assert_int_eq(core_last()->cause, CTI_CAUSE_NORMAL);
	ck_assert_uint_eq(core.nseen, 3);
}
END_TEST

START_TEST(a_repeated_push_changes_nothing)
{
	core_start(DE);
	pushed(CTI_PUSH_RINGING, "ivr-1");
	pushed(CTI_PUSH_RINGING, "ivr-1");
	pushed(CTI_PUSH_ANSWERED, "ivr-1");
	pushed(CTI_PUSH_ANSWERED, "ivr-1");
	pushed(CTI_PUSH_RINGING, "ivr-1");
	pushed(CTI_PUSH_ENDED, "ivr-1");
	pushed(CTI_PUSH_ENDED, "ivr-1");
	ck_assert_uint_eq(core.nseen, 3);
	ck_assert_uint_eq(core.ntold, 7);
}
END_TEST

START_TEST(answered_first_is_accept_alone)
{
	core_start(DE);
	pushed(CTI_PUSH_ANSWERED, "ivr-1");
	ck_assert_uint_eq(core.nseen, 1);
	core_sap(core_last(), "Action", "ACCEPT");
}
END_TEST

START_TEST(a_ref_that_ended_cannot_ring_again)
{
	core_start(DE);
	pushed(CTI_PUSH_RINGING, "ivr-1");
	pushed(CTI_PUSH_ENDED, "ivr-1");
	ck_assert_int_eq(core_last()->cause, CTI_CAUSE_CANCELLED);
	core_refused(core_push(CTI_PUSH_RINGING, "ivr-1"), EEXIST,
		     CTI_ERR_REF_REUSED);
	core_stop();
	core_start(DE);
	core_refused(core_push(CTI_PUSH_RINGING, "ivr-1"), EEXIST,
		     CTI_ERR_REF_REUSED);
}
END_TEST

START_TEST(the_end_of_an_unknown_ref_is_call_not_found)
{
	core_start(DE);
	core_refused(core_push(CTI_PUSH_ENDED, "ivr-1"), ENOENT,
		     CTI_ERR_CALL_NOT_FOUND);
	ck_assert_uint_eq(core.nseen, 0);
}
END_TEST

START_TEST(facts_that_come_later_are_an_update)
{
	struct cti_push push = {.event = CTI_PUSH_RINGING, .ref = "ivr-1"};

	core_start(DE);
	ck_assert_int_eq(core_push_as(&push), 0);
	push.fact[CTI_FACT_CUSTOM_1] = "4711";
	push.fact[CTI_FACT_TICKET] = "8000123";
	ck_assert_int_eq(core_push_as(&push), 0);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_UPDATED);
	pushed(CTI_PUSH_ANSWERED, "ivr-1");
	core_sap(core_last(), "Custom_1", "4711");
	core_sap(core_last(), "TicketID", "8000123");
}
END_TEST

START_TEST(a_pushed_cause_wins)
{
	struct cti_push push = {.event = CTI_PUSH_ENDED,
				.ref = "ivr-1",
				.cause = CTI_CAUSE_ANSWERED_ELSEWHERE};

	core_start(DE);
	pushed(CTI_PUSH_RINGING, "ivr-1");
	ck_assert_int_eq(core_push_as(&push), 0);
	ck_assert_int_eq(core_last()->cause, CTI_CAUSE_ANSWERED_ELSEWHERE);
}
END_TEST

START_TEST(a_pushed_transfer_takes_the_earlier_id_over)
{
	struct cti_push push = {.event = CTI_PUSH_RINGING,
				.ref = "leg-2",
				.from = BERLIN_E164,
				.transfer_of = "leg-1"};

	core_start(DE);
	ck_assert_int_eq(core_push_as(&push), 0);
	core_sap(core_last(), "EventType", "TRANSFER");
	core_sap(core_last(), "ExternalOriginalReferenceID", core_id("leg-1"));
	push.ref = "leg-3";
	push.transfer_of = "leg-2";
	ck_assert_int_eq(core_push_as(&push), 0);
	core_sap(core_last(), "ExternalOriginalReferenceID", core_id("leg-1"));
	core_sap(core_last(), "ExternalReferenceID", core_id("leg-3"));
}
END_TEST

START_TEST(a_withheld_caller_may_be_pushed)
{
	struct cti_push push = {.event = CTI_PUSH_RINGING,
				.ref = "ivr-1",
				.from = BERLIN_E164,
				.withheld = true};

	core_start(DE);
	ck_assert_int_eq(core_push_as(&push), 0);
	core_sap(core_last(), "ANI", NULL);
}
END_TEST

START_TEST(a_pushed_call_names_its_agent_where_there_are_several)
{
	struct cti_push push = {.event = CTI_PUSH_RINGING, .ref = "ivr-1"};

	core_start(DE TWO);
	core_refused(core_push_as(&push), EINVAL, CTI_ERR_AGENT_REQUIRED);
	push.agent = "EVE";
	core_refused(core_push_as(&push), EACCES, CTI_ERR_AGENT_UNKNOWN);
	push.agent = "BOB";
	ck_assert_int_eq(core_push_as(&push), 0);
	ck_assert_str_eq(core_last()->agent, "BOB");
}
END_TEST

START_TEST(later_reports_need_no_agent)
{
	struct cti_push push = {
		.event = CTI_PUSH_RINGING, .ref = "ivr-1", .agent = "BOB"};

	core_start(DE TWO);
	ck_assert_int_eq(core_push_as(&push), 0);
	push.agent = NULL;
	push.event = CTI_PUSH_ANSWERED;
	ck_assert_int_eq(core_push_as(&push), 0);
	push.event = CTI_PUSH_ENDED;
	ck_assert_int_eq(core_push_as(&push), 0);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_ENDED);
	ck_assert_str_eq(core_last()->agent, "BOB");
	push.ref = "ivr-2";
	core_refused(core_push_as(&push), ENOENT, CTI_ERR_CALL_NOT_FOUND);
}
END_TEST

/* A call that rang and ended; what was seen of it is forgotten. */
static void over(const char *ref)
{
	pushed(CTI_PUSH_RINGING, ref);
	pushed(CTI_PUSH_ENDED, ref);
	core.nseen = 0;
	core.ntold = 0;
}

START_TEST(a_repeat_keeps_its_call_while_it_waits)
{
	struct cti_push end = {.event = CTI_PUSH_ENDED, .ref = "last"};
	char ref[16];

	core_start(DE);
	for (int i = 0; i < KEPT; i++) {
		(void)snprintf(ref, sizeof(ref), "leg-%d", i); /* fits */
		over(ref);
	}
	pushed(CTI_PUSH_RINGING, "last");
	/* its end makes one too many, and the oldest is just asked for */
	ck_assert_int_eq(core_push_only(&end), 0);
	end.ref = "leg-0";
	ck_assert_int_eq(core_push_as(&end), 0);
	ck_assert_str_eq(core_told()->call, core_id("leg-0"));
}
END_TEST

START_TEST(a_ring_nobody_reports_on_ends_by_itself)
{
	core_start(DE LIMITS);
	pushed(CTI_PUSH_RINGING, "ivr-1");
	core_advance(RING_MS - 1);
	ck_assert_uint_eq(core.nseen, 1);
	core_advance(1);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_ENDED);
	ck_assert_int_eq(core_last()->cause, CTI_CAUSE_NO_ANSWER);
}
END_TEST

START_TEST(a_call_nobody_reports_on_ends_by_itself)
{
	core_start(DE LIMITS);
	pushed(CTI_PUSH_RINGING, "ivr-1");
	core_advance(RING_MS - 1);
	pushed(CTI_PUSH_ANSWERED, "ivr-1");
	core_advance(MAX_MS - 1);
	ck_assert_uint_eq(core.nseen, 2);
	core_advance(1);
	ck_assert_int_eq(core_last()->type, CTI_EVENT_ENDED);
	ck_assert_int_eq(core_last()->cause, CTI_CAUSE_FAILED);
	core_advance(MAX_MS);
	ck_assert_uint_eq(core.nseen, 3);
}
END_TEST

START_TEST(a_ring_limit_holds_after_a_restart)
{
	core_start(DE LIMITS);
	pushed(CTI_PUSH_RINGING, "ivr-1");
	core_stop();
	core_start(DE LIMITS);
	ck_assert_uint_eq(core.nseen, 1);
	core_advance(RING_MS);
	ck_assert_int_eq(core_last()->cause, CTI_CAUSE_NO_ANSWER);
}
END_TEST

static void unnamed(enum cti_push_event event, const char *from)
{
	ck_assert_int_eq(
		core_push_as(&(struct cti_push){.event = event, .from = from}),
		0);
}

START_TEST(a_ring_without_a_ref_is_a_second_call_when_another_one_rings)
{
	char first[CTI_ID_SIZE], second[CTI_ID_SIZE];

	core_start(DE);
	unnamed(CTI_PUSH_RINGING, "+49306912345");
	memcpy(first, core_told()->call, sizeof(first));
	unnamed(CTI_PUSH_RINGING, "+49306912345");
	ck_assert_str_eq(core_told()->call, first);
	unnamed(CTI_PUSH_RINGING, "+49306912346");
	memcpy(second, core_told()->call, sizeof(second));
	ck_assert_str_ne(second, first);
	unnamed(CTI_PUSH_ANSWERED, NULL);
	ck_assert_str_eq(core_told()->call, second);
	unnamed(CTI_PUSH_RINGING, "+49306912346");
	ck_assert_str_ne(core_told()->call, second);
	ck_assert(core_told()->created);
	unnamed(CTI_PUSH_ENDED, NULL);
	ck_assert_int_eq(core_call(second)->state, CTI_CALL_ACTIVE);
	ck_assert_int_eq(core_call(first)->state, CTI_CALL_RINGING);
}
END_TEST

Suite *suite_push(void)
{
	const TTest *const tests[] = {
		a_pushed_call_rings_is_answered_and_ends,
		a_repeated_push_changes_nothing,
		answered_first_is_accept_alone,
		a_ref_that_ended_cannot_ring_again,
		the_end_of_an_unknown_ref_is_call_not_found,
		facts_that_come_later_are_an_update,
		a_pushed_cause_wins,
		a_pushed_transfer_takes_the_earlier_id_over,
		a_withheld_caller_may_be_pushed,
		a_pushed_call_names_its_agent_where_there_are_several,
		later_reports_need_no_agent,
		a_repeat_keeps_its_call_while_it_waits,
		a_ring_nobody_reports_on_ends_by_itself,
		a_call_nobody_reports_on_ends_by_itself,
		a_ring_limit_holds_after_a_restart,
		a_ring_without_a_ref_is_a_second_call_when_another_one_rings,
		NULL,
	};

	return suite_of("push", tests);
}
