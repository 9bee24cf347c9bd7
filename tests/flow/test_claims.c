/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_claims.c - which tab posts to SAP, in which order, and how long */
#include "story.h"

#include <stdio.h>
#include <string.h>

enum { CLAIMERS = 20, LEASE_MS = 5000, LATE_MS = 600 * 1000 };

#define SIXTY_FIVE                                                             \
	"12345678901234567890123456789012345678901234567890123456789012345"
#define RING(ref) "{\"event\":\"ringing\",\"ref\":\"" ref "\"}"
#define ANSWER(ref) "{\"event\":\"answered\",\"ref\":\"" ref "\"}"
#define END(ref) "{\"event\":\"ended\",\"ref\":\"" ref "\"}"

/* Reports something and returns the event that came of it. */
static int64_t report(struct flow *f, const char *body)
{
	flow_push(f, body);
	expect_status(f, 202);
	return flow_cursor(f);
}

/* --- one tab posts --- */

START_TEST(one_of_twenty_tabs_wins)
{
	struct flow *f = flow_start(NULL);
	long long event = report(f, RING("leg-1"));
	struct wire *wires[CLAIMERS];
	char path[80], body[32];
	int granted = 0;

	(void)snprintf(path, sizeof(path), "/api/v1/events/%lld/claim", event);
	for (int i = 0; i < CLAIMERS; i++) {
		(void)snprintf(body, sizeof(body), "{\"tab\":\"t%d\"}", i);
		wires[i] = wire_ask(f, &(struct ask){.method = "POST",
						     .path = path,
						     .body = body});
	}
	for (int i = 0; i < CLAIMERS; i++) {
		if (wire_take(f, wires[i]) == 200) {
			granted++;
			continue;
		}
		expect_problem(f, 409, "claim_held");
		ck_assert_str_eq(flow_header(f, "Retry-After"), "5");
	}
	ck_assert_int_eq(granted, 1);
	flow_end(f);
}
END_TEST

START_TEST(winner_may_ask_again)
{
	struct flow *f = flow_start(NULL);
	int64_t event = report(f, RING("leg-1"));

	for (int i = 0; i < 3; i++) {
		flow_claim(f, event, "t1");
		expect_status(f, 200);
		expect_bool(f->json, "granted", true);
		expect_int(f->json, "lease_ms", LEASE_MS);
		flow_advance(f, 2000);
	}
	flow_claim(f, event, "t2");
	expect_problem(f, 409, "claim_held");
	ck_assert_str_eq(flow_header(f, "Retry-After"), "3");
	flow_end(f);
}
END_TEST

START_TEST(posted_payload_is_done_for_all_tabs)
{
	struct flow *f = flow_start(NULL);
	int64_t event = report(f, RING("leg-1"));

	flow_claim(f, event, "t1");
	expect_status(f, 200);
	flow_ack(f, event, "t1");
	expect_status(f, 204);
	ck_assert_uint_eq(f->last.body_len, 0);
	flow_claim(f, event, "t1");
	expect_problem(f, 409, "claim_done");
	flow_claim(f, event, "t2");
	expect_problem(f, 409, "claim_done");
	flow_ack(f, event, "t2");
	expect_status(f, 204);
	ck_assert_uint_eq(flow_due(f), 0);
	flow_end(f);
}
END_TEST

START_TEST(lease_that_runs_out_makes_it_due_to_the_others)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	const struct sse_event *ev;
	int64_t event;
	char id[64];

	sse_expect(sse, "snapshot", NULL);
	flow_push_call(f, id, RING("leg-1"));
	event = sse_expect(sse, "call", "call.ringing")->id;
	flow_claim(f, event, "t1");
	flow_advance(f, LEASE_MS - 1);
	ck_assert(sse_quiet(sse));
	flow_advance(f, 1);
	ev = sse_expect(sse, "due", "call.ringing");
	ck_assert_int_eq(ev->id, 0);
	expect_int(ev->json, "id", event);
	expect_text(ev->json, "call.id", id);
	flow_claim(f, event, "t2");
	expect_status(f, 200);
	flow_claim(f, event, "t1");
	expect_problem(f, 409, "claim_held");
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(tab_that_posted_too_late_may_still_say_so)
{
	struct flow *f = flow_start(NULL);
	int64_t event = report(f, RING("leg-1"));

	flow_claim(f, event, "t1");
	flow_advance(f, LEASE_MS);
	flow_ack(f, event, "t1");
	expect_status(f, 204);
	flow_claim(f, event, "t2");
	expect_problem(f, 409, "claim_done");
	flow_end(f);
}
END_TEST

START_TEST(event_without_payload_cannot_be_claimed)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial_number(f, id, "+4930123456");
	flow_claim(f, flow_cursor(f), "t1");
	expect_problem(f, 404, "event_not_found");
	flow_ack(f, flow_cursor(f), "t1");
	expect_problem(f, 404, "event_not_found");
	flow_claim(f, 1, "t1");
	expect_problem(f, 404, "event_not_found");
	flow_post(f, "/api/v1/events/first/claim", "{\"tab\":\"t1\"}");
	expect_problem(f, 404, "event_not_found");
	flow_end(f);
}
END_TEST

START_TEST(claim_needs_the_name_of_a_tab)
{
	static const char *const bodies[] = {
		"{}",
		"{\"tab\":\"\"}",
		"{\"tab\":7}",
		"{\"tab\":\"" SIXTY_FIVE "\"}",
	};
	struct flow *f = flow_start(NULL);
	long long event = report(f, RING("leg-1"));

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		flow_post(f, flow_path(f, "/api/v1/events/%lld/claim", event),
			  bodies[i]);
		expect_problem(f, 400, "bad_request");
	}
	flow_end(f);
}
END_TEST

START_TEST(page_of_many_agents_says_whose_it_is)
{
	struct flow *f = flow_start("agent \"ANNA\" { device = \"SIP/1\" }\n"
				    "agent \"BERT\" { device = \"SIP/2\" }");
	struct sse *sse = sse_open(f, "/api/v1/events?agent=ANNA", NULL);
	long long event;
	char id[64];

	sse_expect(sse, "snapshot", NULL);
	flow_push_call(f, id,
		       "{\"event\":\"ringing\",\"ref\":\"leg-1\","
		       "\"agent\":\"ANNA\"}");
	event = sse_expect(sse, "call", "call.ringing")->id;
	flow_claim(f, event, "t1");
	expect_problem(f, 400, "agent_required");
	flow_ack(f, event, "t1");
	expect_problem(f, 400, "agent_required");
	flow_post(f,
		  flow_path(f, "/api/v1/events/%lld/claim?agent=ANNA", event),
		  "{\"tab\":\"t1\"}");
	expect_status(f, 200);
	sse_close(sse);
	flow_end(f);
}
END_TEST

/* --- in order --- */

START_TEST(later_payload_waits_for_the_one_being_posted)
{
	struct flow *f = flow_start(NULL);
	int64_t notify = report(f, RING("leg-1"));
	int64_t accept, end;

	flow_claim(f, notify, "t1");
	accept = report(f, ANSWER("leg-1"));
	end = report(f, END("leg-1"));
	flow_claim(f, accept, "t1");
	expect_problem(f, 409, "claim_order");
	flow_claim(f, end, "t2");
	expect_problem(f, 409, "claim_order");
	flow_ack(f, notify, "t1");
	flow_claim(f, end, "t2");
	expect_problem(f, 409, "claim_order");
	flow_deliver(f, accept);
	flow_deliver(f, end);
	ck_assert_uint_eq(flow_due(f), 0);
	flow_end(f);
}
END_TEST

START_TEST(calls_do_not_wait_for_each_other)
{
	struct flow *f = flow_start(NULL);
	int64_t first = report(f, RING("leg-1"));
	int64_t second = report(f, RING("leg-2"));

	flow_deliver(f, second);
	flow_deliver(f, first);
	flow_end(f);
}
END_TEST

/* --- what grows stale --- */

START_TEST(notify_is_stale_once_the_ring_is_over)
{
	struct flow *f = flow_start(NULL);
	int64_t notify = report(f, RING("leg-1"));
	int64_t accept;

	ck_assert_uint_eq(flow_due(f), 1);
	accept = report(f, ANSWER("leg-1"));
	flow_claim(f, notify, "t1");
	expect_problem(f, 410, "claim_stale");
	ck_assert_uint_eq(flow_due(f), 1);
	ck_assert_int_eq(flow_due_id(f, 0), accept);
	flow_deliver(f, accept);
	flow_end(f);
}
END_TEST

START_TEST(notify_that_is_being_posted_is_not_stale_yet)
{
	struct flow *f = flow_start(NULL);
	int64_t notify = report(f, RING("leg-1"));

	flow_claim(f, notify, "t1");
	report(f, ANSWER("leg-1"));
	flow_claim(f, notify, "t1");
	expect_status(f, 200);
	flow_advance(f, LEASE_MS);
	flow_claim(f, notify, "t1");
	expect_problem(f, 410, "claim_stale");
	flow_end(f);
}
END_TEST

START_TEST(stale_payload_is_not_offered_again)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	int64_t notify;

	sse_expect(sse, "snapshot", NULL);
	flow_push(f, RING("leg-1"));
	notify = sse_expect(sse, "call", "call.ringing")->id;
	flow_claim(f, notify, "t1");
	flow_push(f, ANSWER("leg-1"));
	sse_expect(sse, "call", "call.active");
	flow_advance(f, LEASE_MS);
	ck_assert(sse_quiet(sse));
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(end_of_a_call_sap_never_heard_of_is_not_due)
{
	struct flow *f = flow_start(NULL);
	int64_t end;

	report(f, RING("leg-1"));
	end = report(f, END("leg-1"));
	ck_assert_uint_eq(flow_due(f), 0);
	flow_claim(f, end, "t1");
	expect_problem(f, 410, "claim_stale");
	flow_end(f);
}
END_TEST

START_TEST(end_is_due_when_the_notify_was_claimed)
{
	struct flow *f = flow_start(NULL);
	int64_t notify = report(f, RING("leg-1"));
	int64_t end;

	flow_deliver(f, notify);
	end = report(f, END("leg-1"));
	ck_assert_uint_eq(flow_due(f), 1);
	ck_assert_int_eq(flow_due_id(f, 0), end);
	flow_deliver(f, end);
	flow_end(f);
}
END_TEST

START_TEST(end_is_due_as_long_as_the_accept_is)
{
	struct flow *f = flow_start(NULL);
	int64_t accept = report(f, ANSWER("leg-1"));
	int64_t end = report(f, END("leg-1"));

	flow_advance(f, LATE_MS - 1);
	ck_assert_uint_eq(flow_due(f), 2);
	ck_assert_int_eq(flow_due_id(f, 0), accept);
	ck_assert_int_eq(flow_due_id(f, 1), end);
	flow_advance(f, 1);
	ck_assert_uint_eq(flow_due(f), 0);
	flow_claim(f, accept, "t1");
	expect_problem(f, 410, "claim_stale");
	flow_claim(f, end, "t1");
	expect_problem(f, 410, "claim_stale");
	flow_end(f);
}
END_TEST

START_TEST(accept_of_a_running_call_is_never_stale)
{
	struct flow *f = flow_start(NULL);
	int64_t accept = report(f, ANSWER("leg-1"));

	flow_advance(f, 3 * LATE_MS);
	flow_deliver(f, accept);
	flow_end(f);
}
END_TEST

START_TEST(late_s_is_how_late_an_accept_may_be)
{
	struct flow *f = flow_start("sap { late_s = 30 }");
	int64_t accept = report(f, ANSWER("leg-1"));

	report(f, END("leg-1"));
	flow_advance(f, 29999);
	ck_assert_uint_eq(flow_due(f), 2);
	flow_advance(f, 1);
	flow_claim(f, accept, "t1");
	expect_problem(f, 410, "claim_stale");
	flow_end(f);
}
END_TEST

START_TEST(end_after_a_posted_accept_is_due_for_a_day)
{
	struct flow *f = flow_start(NULL);
	int64_t accept = report(f, ANSWER("leg-1"));
	int64_t end;

	flow_deliver(f, accept);
	end = report(f, END("leg-1"));
	flow_advance(f, 24 * 3600 * 1000 - 1);
	ck_assert_uint_eq(flow_due(f), 1);
	flow_advance(f, 1);
	flow_claim(f, end, "t1");
	expect_problem(f, 410, "claim_stale");
	flow_end(f);
}
END_TEST

/* --- pages that come later --- */

START_TEST(what_no_page_saw_is_due_in_the_next_snapshot)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse;
	const struct cti_json_value *json;
	char id[64];

	flow_play(f, id, "{\"from\":\"+49306912345\",\"script\":\"answer\"}");
	flow_advance(f, 40000);
	sse = sse_open(f, "/api/v1/events", NULL);
	json = sse_expect(sse, "snapshot", NULL)->json;
	ck_assert_uint_eq(json_count(json, "calls"), 0);
	ck_assert_uint_eq(json_count(json, "due"), 2);
	expect_text(json, "due.0.type", "call.active");
	expect_text(json, "due.0.call.id", id);
	expect_text(json, "due.0.call.state", "active");
	expect_text(json, "due.1.type", "call.ended");
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(snapshot_shows_what_another_tab_holds)
{
	struct flow *f = flow_start(NULL);
	int64_t event = report(f, RING("leg-1"));

	flow_claim(f, event, "t1");
	ck_assert_uint_eq(flow_due(f), 1);
	flow_end(f);
}
END_TEST

START_TEST(claims_and_acks_survive_a_restart)
{
	struct flow *f = flow_start(NULL);
	int64_t done = report(f, RING("leg-1"));
	int64_t held = report(f, RING("leg-2"));

	flow_deliver(f, done);
	flow_claim(f, held, "t1");
	flow_kill(f);
	flow_claim(f, done, "t2");
	expect_problem(f, 409, "claim_done");
	flow_claim(f, held, "t2");
	expect_problem(f, 409, "claim_held");
	flow_advance(f, LEASE_MS);
	flow_deliver(f, held);
	flow_restart(f);
	ck_assert_uint_eq(flow_due(f), 0);
	flow_end(f);
}
END_TEST

START_TEST(what_is_due_and_its_time_survive_a_restart)
{
	struct flow *f = flow_start(NULL);
	int64_t accept = report(f, ANSWER("leg-1"));
	int64_t end = report(f, END("leg-1"));

	flow_advance(f, LATE_MS - 10000);
	flow_restart(f);
	ck_assert_uint_eq(flow_due(f), 2);
	ck_assert_int_eq(flow_due_id(f, 0), accept);
	ck_assert_int_eq(flow_due_id(f, 1), end);
	flow_advance(f, 10000);
	ck_assert_uint_eq(flow_due(f), 0);
	flow_restart(f);
	ck_assert_uint_eq(flow_due(f), 0);
	flow_end(f);
}
END_TEST

START_TEST(end_stays_due_after_a_restart_when_notify_was_posted)
{
	struct flow *f = flow_start(NULL);
	int64_t notify = report(f, RING("leg-1"));
	int64_t end;

	flow_deliver(f, notify);
	flow_restart(f);
	end = report(f, END("leg-1"));
	ck_assert_uint_eq(flow_due(f), 1);
	flow_restart(f);
	ck_assert_int_eq(flow_due_id(f, flow_due(f) - 1), end);
	flow_end(f);
}
END_TEST

/* Clicks with as much beside the number as a body holds; all are busy. */
static void many_large_clicks(struct flow *f, int n)
{
	static const char head[] =
		"{\"PhoneNumber\":\"+1 6503054486\",\"Note\":\"";
	char body[8000], id[64];

	memset(body, 'x', sizeof(body));
	memcpy(body, head, sizeof(head) - 1);
	memcpy(body + sizeof(body) - 3, "\"}", 3);
	for (int i = 0; i < n; i++)
		flow_dial(f, id, body);
	flow_advance(f, 5000);
}

START_TEST(payloads_too_many_for_a_snapshot_follow_it)
{
	enum { CLICKS = 600 };
	struct flow *f =
		flow_start("sap { outbound = end }\n"
			   "dial { merge_s = 0 concurrent = 0 per_minute = 0 "
			   "per_hour = 0 }");
	const struct sse_event *ev;
	struct sse *sse;
	size_t due;
	int64_t last;

	many_large_clicks(f, CLICKS);
	sse = sse_open(f, "/api/v1/events", NULL);
	ev = sse_expect(sse, "snapshot", NULL);
	due = json_count(ev->json, "due");
	ck_assert_uint_lt(due, CLICKS);
	last = json_int(ev->json, flow_path(f, "due.%zu.id", due - 1));
	for (; due < CLICKS; due++) {
		ev = sse_expect(sse, "due", "call.ended");
		ck_assert_int_gt(json_int(ev->json, "id"), last);
		last = json_int(ev->json, "id");
	}
	ck_assert(sse_quiet(sse));
	report(f, RING("leg-1"));
	(void)sse_expect(sse, "call", "call.ringing");
	sse_close(sse);
	flow_end(f);
}
END_TEST

Suite *flow_suite(void)
{
	Suite *suite = suite_create("claims");
	TCase *one = tcase_create("one tab posts");
	TCase *order = tcase_create("in order");
	TCase *old = tcase_create("what grows stale");
	TCase *later = tcase_create("pages that come later");

	tcase_add_test(one, one_of_twenty_tabs_wins);
	tcase_add_test(one, winner_may_ask_again);
	tcase_add_test(one, posted_payload_is_done_for_all_tabs);
	tcase_add_test(one, lease_that_runs_out_makes_it_due_to_the_others);
	tcase_add_test(one, tab_that_posted_too_late_may_still_say_so);
	tcase_add_test(one, event_without_payload_cannot_be_claimed);
	tcase_add_test(one, claim_needs_the_name_of_a_tab);
	tcase_add_test(one, page_of_many_agents_says_whose_it_is);
	suite_add_tcase(suite, one);
	tcase_add_test(order, later_payload_waits_for_the_one_being_posted);
	tcase_add_test(order, calls_do_not_wait_for_each_other);
	suite_add_tcase(suite, order);
	tcase_add_test(old, notify_is_stale_once_the_ring_is_over);
	tcase_add_test(old, notify_that_is_being_posted_is_not_stale_yet);
	tcase_add_test(old, stale_payload_is_not_offered_again);
	tcase_add_test(old, end_of_a_call_sap_never_heard_of_is_not_due);
	tcase_add_test(old, end_is_due_when_the_notify_was_claimed);
	tcase_add_test(old, end_is_due_as_long_as_the_accept_is);
	tcase_add_test(old, accept_of_a_running_call_is_never_stale);
	tcase_add_test(old, late_s_is_how_late_an_accept_may_be);
	tcase_add_test(old, end_after_a_posted_accept_is_due_for_a_day);
	suite_add_tcase(suite, old);
	tcase_add_test(later, what_no_page_saw_is_due_in_the_next_snapshot);
	tcase_add_test(later, payloads_too_many_for_a_snapshot_follow_it);
	tcase_add_test(later, snapshot_shows_what_another_tab_holds);
	tcase_add_test(later, claims_and_acks_survive_a_restart);
	tcase_add_test(later, what_is_due_and_its_time_survive_a_restart);
	tcase_add_test(later,
		       end_stays_due_after_a_restart_when_notify_was_posted);
	suite_add_tcase(suite, later);
	return suite;
}
