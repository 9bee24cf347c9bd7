/* SPDX-License-Identifier: Apache-2.0 */
/* base/test_call.c - the record of a call */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "cti/call.h"
#include "fault.h"
#include "suites.h"

START_TEST(new_call_knows_nothing)
{
	struct cti_call *call = NULL;

	ck_assert_int_eq(cti_call_new(&call), 0);
	ck_assert_int_eq(call->duration_ms, -1);
	ck_assert_int_eq(call->cause, CTI_CAUSE_NONE);
	for (size_t i = 0; i < CTI_FACT_MAX; i++)
		ck_assert_ptr_null(call->fact[i]);
	ck_assert(cti_call_running(call));
	cti_call_destroy(call);
	cti_call_destroy(NULL);
}
END_TEST

START_TEST(facts_are_copied_replaced_and_cleared)
{
	struct cti_call *call = NULL;
	char text[] = "one";

	ck_assert_int_eq(cti_call_new(&call), 0);
	ck_assert_int_eq(cti_call_set(call, CTI_FACT_NAME, text), 0);
	text[0] = 'X';
	ck_assert_str_eq(call->fact[CTI_FACT_NAME], "one");
	ck_assert_int_eq(cti_call_set(call, CTI_FACT_NAME, "two"), 0);
	ck_assert_str_eq(call->fact[CTI_FACT_NAME], "two");
	/* its own text is no problem */
	ck_assert_int_eq(
		cti_call_set(call, CTI_FACT_NAME, call->fact[CTI_FACT_NAME]),
		0);
	ck_assert_str_eq(call->fact[CTI_FACT_NAME], "two");
	ck_assert_int_eq(cti_call_set(call, CTI_FACT_NAME, NULL), 0);
	ck_assert_ptr_null(call->fact[CTI_FACT_NAME]);
	cti_call_destroy(call);
}
END_TEST

START_TEST(out_of_memory_keeps_the_fact)
{
	struct cti_call *call = NULL;

	fault_at(FAULT_MEMORY, 1);
	ck_assert_int_eq(cti_call_new(&call), -ENOMEM);
	ck_assert_ptr_null(call);
	ck_assert_int_eq(cti_call_new(&call), 0);
	ck_assert_int_eq(cti_call_set(call, CTI_FACT_REF, "old"), 0);
	fault_at(FAULT_MEMORY, 1);
	ck_assert_int_eq(cti_call_set(call, CTI_FACT_REF, "new"), -ENOMEM);
	fault_at(FAULT_MEMORY, 0);
	ck_assert_str_eq(call->fact[CTI_FACT_REF], "old");
	cti_call_destroy(call);
}
END_TEST

START_TEST(words_are_those_of_the_api)
{
	ck_assert_str_eq(cti_direction_word(CTI_OUTBOUND), "outbound");
	ck_assert_str_eq(cti_direction_word(CTI_INBOUND), "inbound");
	ck_assert_str_eq(cti_kind_word(CTI_KIND_CUSTOMER), "customer");
	ck_assert_str_eq(cti_kind_word(CTI_KIND_INTERNAL), "internal");
	ck_assert_str_eq(cti_kind_word(CTI_KIND_CONSULT), "consult");
}
END_TEST

START_TEST(each_state_has_its_word)
{
	static const char *const words[] = {
		"queued", "alerting", "dialing", "ringing",
		"active", "held",     "ended",	 "unknown",
	};

	ck_assert_uint_eq(sizeof(words) / sizeof(words[0]), CTI_CALL_STATE_MAX);
	for (int i = 0; i < CTI_CALL_STATE_MAX; i++)
		ck_assert_str_eq(cti_state_word((enum cti_call_state)i),
				 words[i]);
}
END_TEST

START_TEST(each_cause_is_read_as_it_is_written)
{
	ck_assert_ptr_null(cti_cause_word(CTI_CAUSE_NONE));
	for (int i = CTI_CAUSE_NONE + 1; i < CTI_CAUSE_MAX; i++) {
		enum cti_cause cause = CTI_CAUSE_NONE;
		const char *word = cti_cause_word((enum cti_cause)i);

		ck_assert_ptr_nonnull(word);
		ck_assert_int_eq(cti_cause_parse(&cause, word), 0);
		ck_assert_int_eq((int)cause, i);
	}
	ck_assert_str_eq(cti_cause_word(CTI_CAUSE_ANSWERED_ELSEWHERE),
			 "answered_elsewhere");
}
END_TEST

START_TEST(word_that_is_no_cause_is_refused)
{
	enum cti_cause cause = CTI_CAUSE_BUSY;

	ck_assert_int_eq(cti_cause_parse(&cause, "Busy"), -EINVAL);
	ck_assert_int_eq(cti_cause_parse(&cause, ""), -EINVAL);
	ck_assert_int_eq(cti_cause_parse(&cause, NULL), -EINVAL);
	ck_assert_int_eq((int)cause, CTI_CAUSE_BUSY);
}
END_TEST

START_TEST(only_an_ended_call_is_not_running)
{
	struct cti_call call = {.state = CTI_CALL_UNKNOWN};

	ck_assert(cti_call_running(&call));
	call.state = CTI_CALL_ENDED;
	ck_assert(!cti_call_running(&call));
}
END_TEST

Suite *call_suite(void)
{
	Suite *suite = suite_create("call");
	TCase *tcase = tcase_create("call");

	tcase_add_test(tcase, new_call_knows_nothing);
	tcase_add_test(tcase, facts_are_copied_replaced_and_cleared);
	tcase_add_test(tcase, out_of_memory_keeps_the_fact);
	tcase_add_test(tcase, words_are_those_of_the_api);
	tcase_add_test(tcase, each_state_has_its_word);
	tcase_add_test(tcase, each_cause_is_read_as_it_is_written);
	tcase_add_test(tcase, word_that_is_no_cause_is_refused);
	tcase_add_test(tcase, only_an_ended_call_is_not_running);
	suite_add_tcase(suite, tcase);
	return suite;
}
