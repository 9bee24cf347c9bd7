/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_click_to_call.c - a click in the CRM becomes a call */
#include "harness.h"

START_TEST(busy_number_ends_with_cause_busy)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	char id[64];

	sse_expect(sse, "snapshot", NULL);
	flow_dial_number(f, id, "+4930123456486");
	flow_advance(f, 2000);
	sse_expect(sse, "call", "call.queued");
	sse_expect(sse, "call", "call.dialing");
	sse_expect(sse, "call", "call.ended");
	ck_assert(sse_quiet(sse));
	flow_call(f, id);
	expect_text(f->json, "state", "ended");
	expect_text(f->json, "cause", "busy");
	sse_close(sse);
	flow_restart(f);
	flow_call(f, id);
	flow_kill(f);
	flow_call(f, id);
	flow_restart_empty(f);
	flow_end(f);
}
END_TEST

Suite *flow_suite(void)
{
	Suite *suite = suite_create("click to call");
	TCase *outcomes = tcase_create("outcomes");

	tcase_add_test(outcomes, busy_number_ends_with_cause_busy);
	suite_add_tcase(suite, outcomes);
	return suite;
}
