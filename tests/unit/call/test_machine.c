/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/test_machine.c - each cell of the state table, said in words */
#include <stdio.h>
#include <string.h>

#include "call/priv.h"
#include "suites.h"

enum { WORD_SIZE = 16 };

/* One line for each state before: the event that leads to `queued`,
 * `alerting`, `dialing`, `ringing`, `active`, `held`, `ended`, `unknown`. */
static const char *const expected[CTI_CALL_STATE_MAX] = {
	[CTI_CALL_QUEUED] =
		"no alerting dialing ringing active held ended updated",
	[CTI_CALL_ALERTING] = "no no dialing ringing active held ended updated",
	[CTI_CALL_DIALING] = "no no no ringing active held ended updated",
	[CTI_CALL_RINGING] = "no no no no active held ended updated",
	[CTI_CALL_ACTIVE] = "no no no no no held ended updated",
	[CTI_CALL_HELD] = "no no no no resumed no ended updated",
	[CTI_CALL_ENDED] = "no no no no no no no no",
	[CTI_CALL_UNKNOWN] =
		"queued alerting dialing ringing active held ended no",
};

static void check_cell(int from, int to, const char *word)
{
	enum cti_event_type type = CTI_EVENT_MAX;
	char found[WORD_SIZE + 8] = "no";

	if (machine_step(&type, (enum cti_call_state)from,
			 (enum cti_call_state)to))
		(void)snprintf(found, sizeof(found), "%s",
			       cti_event_word(type) + strlen("call."));
	else
		ck_assert_int_eq(type, CTI_EVENT_MAX);
	ck_assert_msg(strcmp(found, word) == 0, "%s to %s: %s, not %s",
		      cti_state_word((enum cti_call_state)from),
		      cti_state_word((enum cti_call_state)to), found, word);
}

START_TEST(every_state_leads_where_the_table_says)
{
	const char *words = expected[_i];
	int used = 0;

	for (int to = 0; to < CTI_CALL_STATE_MAX; to++) {
		char word[WORD_SIZE];

		ck_assert_int_eq(sscanf(words, "%15s%n", word, &used), 1);
		check_cell(_i, to, word);
		words += used;
	}
	ck_assert_str_eq(words, "");
}
END_TEST

START_TEST(nothing_leads_out_of_ended)
{
	enum cti_event_type type;

	ck_assert(
		!machine_step(&type, CTI_CALL_ENDED, (enum cti_call_state)_i));
}
END_TEST

Suite *suite_machine(void)
{
	Suite *suite = suite_create("machine");
	TCase *tc = tcase_create("machine");

	tcase_add_loop_test(tc, every_state_leads_where_the_table_says, 0,
			    CTI_CALL_STATE_MAX);
	tcase_add_loop_test(tc, nothing_leads_out_of_ended, 0,
			    CTI_CALL_STATE_MAX);
	suite_add_tcase(suite, tc);
	return suite;
}
