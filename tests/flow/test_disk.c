/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_disk.c - a full disk: no new dials, everything else goes on */
#include "story.h"

#include <string.h>

#include "fault.h"

#define RING(ref)                                                              \
	"{\"event\":\"ringing\",\"ref\":\"" ref "\",\"from\":\"+"              \
	"49306912345\"}"
#define ANSWER(ref) "{\"event\":\"answered\",\"ref\":\"" ref "\"}"
#define DIAL "{\"PhoneNumber\":\"+4930123456\"}"
#define CLICK                                                                  \
	"{\"PhoneNumber\":\"+4930123456\",\"ActivityUUID\":"                   \
	"\"00163EA718FC1EEABDD5608C895BDC71\"}"

enum { RETRY_MS = 1000, LEASE_MS = 5000 };

static void expect_refused(struct flow *f)
{
	flow_post(f, "/api/v1/calls", DIAL);
	expect_problem(f, 503, "store_full");
	flow_get(f, "/readyz");
	expect_problem(f, 503, "store_full");
	expect_text(f->json, "failing.0", "store");
	flow_get(f, "/healthz");
	expect_status(f, 200);
}

static void heal(struct flow *f)
{
	fault_disk_is(FAULT_DISK_WELL);
	flow_advance(f, RETRY_MS);
	flow_get(f, "/readyz");
	expect_status(f, 200);
}

START_TEST(events_of_running_calls_go_on_while_dials_are_refused)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse;
	char id[64];

	flow_push_call(f, id, RING("leg"));
	sse = sse_open(f, "/api/v1/events", NULL);
	sse_expect(sse, "snapshot", NULL);
	fault_disk_is(FAULT_DISK_FULL);
	flow_push(f, ANSWER("leg"));
	expect_status(f, 202);
	expect_bool(sse_expect(sse, "call", "call.active")->json, "durable",
		    false);
	expect_refused(f);
	expect_bool(sse_expect(sse, "call", "call.refused")->json, "durable",
		    false);
	heal(f);
	flow_dial_number(f, id, "+4930123456");
	expect_bool(sse_expect(sse, "call", "call.queued")->json, "durable",
		    true);
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(what_happened_meanwhile_is_there_after_a_restart)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_push_call(f, id, RING("leg"));
	fault_disk_is(FAULT_DISK_FULL);
	flow_push(f, ANSWER("leg"));
	heal(f);
	flow_kill(f);
	flow_call(f, id);
	expect_text(f->json, "state", "active");
	flow_end(f);
}
END_TEST

START_TEST(payload_that_no_store_has_is_offered_again)
{
	struct flow *f = flow_start(NULL);
	const struct sse_event *due;
	struct sse *sse;
	char id[64];
	int64_t event;

	fault_disk_is(FAULT_DISK_FULL);
	sse = sse_open(f, "/api/v1/events", NULL);
	sse_expect(sse, "snapshot", NULL);
	flow_push_call(f, id, RING("leg"));
	event = json_int(sse_expect(sse, "call", "call.ringing")->json, "id");
	ck_assert_int_eq(flow_claim(f, event, "dies"), 200);
	flow_advance(f, LEASE_MS);
	due = sse_expect(sse, "due", "call.ringing");
	ck_assert_int_eq(json_int(due->json, "id"), event);
	expect_bool(due->json, "durable", false);
	expect_text(due->json, "sap.payload.ExternalReferenceID", id);
	ck_assert_uint_eq(flow_due(f), 1);
	flow_deliver(f, event);
	ck_assert_uint_eq(flow_due(f), 0);
	sse_close(sse);
	heal(f);
	flow_end(f);
}
END_TEST

START_TEST(start_on_a_full_disk_serves_what_can_be_read)
{
	struct flow *f = flow_start(NULL);
	char id[64], leg[64];

	flow_dial(f, id, CLICK);
	flow_push_call(f, leg, RING("leg"));
	flow_stop(f);
	fault_disk_is(FAULT_DISK_FULL);
	flow_again(f);
	flow_advance(f, RETRY_MS);
	expect_refused(f);
	flow_call(f, id);
	flow_push(f, ANSWER("leg"));
	expect_status(f, 202);
	expect_text(f->json, "id", leg);
	heal(f);
	flow_post(f, "/api/v1/calls", CLICK);
	expect_status(f, 200);
	expect_text(f->json, "id", id);
	flow_kill(f);
	flow_call(f, leg);
	expect_text(f->json, "state", "active");
	flow_end(f);
}
END_TEST

START_TEST(first_start_on_a_full_disk_serves)
{
	struct flow *f = flow_start(NULL);
	int64_t cursor;
	char id[64];

	cursor = flow_cursor(f);
	flow_stop(f);
	flow_forget(f);
	fault_disk_is(FAULT_DISK_READ_ONLY);
	flow_again(f);
	flow_advance(f, RETRY_MS);
	expect_refused(f);
	ck_assert_int_gt(flow_cursor(f), cursor);
	flow_push_call(f, id, RING("leg"));
	heal(f);
	flow_kill(f);
	flow_call(f, id);
	expect_text(f->json, "state", "ringing");
	flow_end(f);
}
END_TEST

Suite *flow_suite(void)
{
	Suite *suite = suite_create("disk");
	TCase *tcase = tcase_create("disk");

	tcase_add_test(tcase,
		       events_of_running_calls_go_on_while_dials_are_refused);
	tcase_add_test(tcase, what_happened_meanwhile_is_there_after_a_restart);
	tcase_add_test(tcase, payload_that_no_store_has_is_offered_again);
	tcase_add_test(tcase, start_on_a_full_disk_serves_what_can_be_read);
	tcase_add_test(tcase, first_start_on_a_full_disk_serves);
	suite_add_tcase(suite, tcase);
	return suite;
}
