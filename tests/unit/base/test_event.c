/* SPDX-License-Identifier: Apache-2.0 */
/* base/test_event.c - what an event makes of a call */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cti/event.h"
#include "fault.h"
#include "suites.h"

/* Applies an event that only has a type, a state and a time. */
static void step(struct cti_call *call, enum cti_event_type type,
		 enum cti_call_state state, int64_t at_ms)
{
	struct cti_event *ev = NULL;

	ck_assert_int_eq(cti_event_new(&ev, type), 0);
	ev->state = state;
	ev->at_ms = at_ms;
	if (type == CTI_EVENT_ENDED) {
		ev->cause = CTI_CAUSE_NORMAL;
		ev->duration_ms = 777;
	}
	ck_assert_int_eq(cti_event_apply(call, ev), 0);
	cti_event_destroy(ev);
}

START_TEST(new_event_is_durable_and_empty)
{
	struct cti_event *ev = NULL;

	ck_assert_int_eq(cti_event_new(&ev, CTI_EVENT_RINGING), 0);
	ck_assert_int_eq((int)ev->type, CTI_EVENT_RINGING);
	ck_assert(ev->durable);
	ck_assert_int_eq(ev->duration_ms, -1);
	ck_assert_uint_eq(ev->nchanges, 0);
	cti_event_destroy(ev);
	cti_event_destroy(NULL);
}
END_TEST

START_TEST(later_change_of_a_fact_replaces_the_earlier)
{
	struct cti_event *ev = NULL;

	ck_assert_int_eq(cti_event_new(&ev, CTI_EVENT_UPDATED), 0);
	ck_assert_int_eq(cti_event_change(ev, CTI_FACT_NAME, "a"), 0);
	ck_assert_int_eq(cti_event_change(ev, CTI_FACT_BP, "b"), 0);
	ck_assert_int_eq(cti_event_change(ev, CTI_FACT_NAME, "c"), 0);
	ck_assert_uint_eq(ev->nchanges, 2);
	ck_assert_str_eq(ev->change[0].text, "c");
	ck_assert_int_eq(cti_event_change(ev, CTI_FACT_NAME, NULL), 0);
	ck_assert_ptr_null(ev->change[0].text);
	for (int i = 0; i < CTI_FACT_MAX; i++)
		ck_assert_int_eq(cti_event_change(ev, (enum cti_fact)i, "x"),
				 0);
	ck_assert_uint_eq(ev->nchanges, CTI_FACT_MAX);
	cti_event_destroy(ev);
}
END_TEST

START_TEST(event_sets_state_and_facts_of_the_call)
{
	struct cti_call *call = NULL;
	struct cti_event *ev = NULL;

	ck_assert_int_eq(cti_call_new(&call), 0);
	ck_assert_int_eq(cti_call_set(call, CTI_FACT_NAME, "old"), 0);
	ck_assert_int_eq(cti_call_set(call, CTI_FACT_DNIS, "gone"), 0);
	ck_assert_int_eq(cti_call_set(call, CTI_FACT_REF, "kept"), 0);
	ck_assert_int_eq(cti_event_new(&ev, CTI_EVENT_UPDATED), 0);
	ev->state = CTI_CALL_HELD;
	ev->kind = CTI_KIND_CONSULT;
	ev->muted = true;
	ev->withheld = true;
	ev->transferred = true;
	ev->stored_ms = 11;
	ev->sent_ms = 12;
	memcpy(ev->original_id, "ABC", 4);
	ck_assert_int_eq(cti_event_change(ev, CTI_FACT_NAME, "new"), 0);
	ck_assert_int_eq(cti_event_change(ev, CTI_FACT_DNIS, NULL), 0);
	ck_assert_int_eq(cti_event_apply(call, ev), 0);
	ck_assert_int_eq(cti_event_apply(call, ev), 0); /* again: the same */
	cti_event_destroy(ev);

	ck_assert_int_eq((int)call->state, CTI_CALL_HELD);
	ck_assert_int_eq((int)call->kind, CTI_KIND_CONSULT);
	ck_assert(call->muted && call->withheld && call->transferred);
	ck_assert_int_eq(call->stored_ms, 11);
	ck_assert_int_eq(call->sent_ms, 12);
	ck_assert_str_eq(call->original_id, "ABC");
	ck_assert_str_eq(call->fact[CTI_FACT_NAME], "new");
	ck_assert_ptr_null(call->fact[CTI_FACT_DNIS]);
	ck_assert_str_eq(call->fact[CTI_FACT_REF], "kept");
	cti_call_destroy(call);
}
END_TEST

START_TEST(what_an_event_does_not_know_stays)
{
	struct cti_call *call = NULL;

	ck_assert_int_eq(cti_call_new(&call), 0);
	call->stored_ms = 5;
	call->sent_ms = 6;
	memcpy(call->original_id, "ABC", 4);
	step(call, CTI_EVENT_ACTIVE, CTI_CALL_ACTIVE, 100);
	ck_assert_int_eq(call->stored_ms, 5);
	ck_assert_int_eq(call->sent_ms, 6);
	ck_assert_str_eq(call->original_id, "ABC");
	cti_call_destroy(call);
}
END_TEST

START_TEST(times_are_those_of_the_first_event)
{
	struct cti_call *call = NULL;

	ck_assert_int_eq(cti_call_new(&call), 0);
	step(call, CTI_EVENT_RINGING, CTI_CALL_RINGING, 100);
	step(call, CTI_EVENT_UPDATED, CTI_CALL_RINGING, 110);
	step(call, CTI_EVENT_ACTIVE, CTI_CALL_ACTIVE, 200);
	step(call, CTI_EVENT_HELD, CTI_CALL_HELD, 300);
	step(call, CTI_EVENT_RESUMED, CTI_CALL_ACTIVE, 400);
	ck_assert_int_eq(call->ringing_ms, 100);
	ck_assert_int_eq(call->answered_ms, 200);
	ck_assert_int_eq(call->ended_ms, 0);
	ck_assert_int_eq(call->duration_ms, -1);
	step(call, CTI_EVENT_ENDED, CTI_CALL_ENDED, 500);
	step(call, CTI_EVENT_UPDATED, CTI_CALL_ENDED, 900);
	ck_assert_int_eq(call->ended_ms, 500);
	ck_assert_int_eq(call->duration_ms, 777);
	cti_call_destroy(call);
}
END_TEST

START_TEST(out_of_memory_leaves_the_call_as_it_was)
{
	struct cti_call *call = NULL;
	struct cti_event *ev = NULL;

	ck_assert_int_eq(cti_call_new(&call), 0);
	ck_assert_int_eq(cti_call_set(call, CTI_FACT_NAME, "old"), 0);
	ck_assert_int_eq(cti_event_new(&ev, CTI_EVENT_ENDED), 0);
	ev->state = CTI_CALL_ENDED;
	ev->at_ms = 9;
	ck_assert_int_eq(cti_event_change(ev, CTI_FACT_NAME, "new"), 0);
	ck_assert_int_eq(cti_event_change(ev, CTI_FACT_BP, "bp"), 0);
	for (unsigned int n = 1; n <= 2; n++) {
		fault_at(FAULT_MEMORY, n);
		ck_assert_int_eq(cti_event_apply(call, ev), -ENOMEM);
		ck_assert_str_eq(call->fact[CTI_FACT_NAME], "old");
		ck_assert_ptr_null(call->fact[CTI_FACT_BP]);
		ck_assert_int_eq((int)call->state, CTI_CALL_QUEUED);
		ck_assert_int_eq(call->ended_ms, 0);
	}
	fault_at(FAULT_MEMORY, 1);
	ck_assert_int_eq(cti_event_change(ev, CTI_FACT_BP, "x"), -ENOMEM);
	ck_assert_str_eq(ev->change[1].text, "bp");
	fault_at(FAULT_MEMORY, 1);
	ck_assert_int_eq(cti_event_change(ev, CTI_FACT_REF, "x"), -ENOMEM);
	ck_assert_uint_eq(ev->nchanges, 2);
	cti_event_destroy(ev);
	fault_at(FAULT_MEMORY, 1);
	ck_assert_int_eq(cti_event_new(&ev, CTI_EVENT_ENDED), -ENOMEM);
	fault_at(FAULT_MEMORY, 0);
	cti_call_destroy(call);
}
END_TEST

START_TEST(destroy_frees_all_that_an_event_owns)
{
	struct cti_event *ev = NULL;

	ck_assert_int_eq(cti_event_new(&ev, CTI_EVENT_REFUSED), 0);
	ev->sap = strdup("{}");
	ev->findings = strdup("[]");
	ev->text = strdup("no");
	ev->refused.agent = strdup("A");
	ev->refused.number = strdup("1");
	ev->refused.activity_uuid = strdup("U");
	cti_event_destroy(ev); /* the sanitizer tells of a leak */
}
END_TEST

START_TEST(each_event_has_its_word)
{
	static const char *const words[] = {
		"call.queued", "call.alerting", "call.dialing", "call.ringing",
		"call.active", "call.held",	"call.resumed", "call.updated",
		"call.ended",  "call.refused",
	};

	ck_assert_uint_eq(sizeof(words) / sizeof(words[0]), CTI_EVENT_MAX);
	for (int i = 0; i < CTI_EVENT_MAX; i++)
		ck_assert_str_eq(cti_event_word((enum cti_event_type)i),
				 words[i]);
}
END_TEST

Suite *event_suite(void)
{
	Suite *suite = suite_create("event");
	TCase *tcase = tcase_create("event");

	tcase_add_test(tcase, new_event_is_durable_and_empty);
	tcase_add_test(tcase, later_change_of_a_fact_replaces_the_earlier);
	tcase_add_test(tcase, event_sets_state_and_facts_of_the_call);
	tcase_add_test(tcase, what_an_event_does_not_know_stays);
	tcase_add_test(tcase, times_are_those_of_the_first_event);
	tcase_add_test(tcase, out_of_memory_leaves_the_call_as_it_was);
	tcase_add_test(tcase, destroy_frees_all_that_an_event_owns);
	tcase_add_test(tcase, each_event_has_its_word);
	suite_add_tcase(suite, tcase);
	return suite;
}
