/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_polls.c - events for clients that cannot stream: long polls */
#include "story.h"

#include <stdio.h>

#define RING(ref) "{\"event\":\"ringing\",\"ref\":\"" ref "\"}"
#define ANSWER(ref) "{\"event\":\"answered\",\"ref\":\"" ref "\"}"
#define ANNA_AND_BERT                                                          \
	"agent \"ANNA\" { device = \"SIP/1\" }\n"                              \
	"agent \"BERT\" { device = \"SIP/2\" }"

static int64_t report(struct flow *f, const char *body)
{
	flow_push(f, body);
	expect_status(f, 202);
	return flow_cursor(f);
}

static int64_t streams(struct flow *f)
{
	flow_get(f, "/api/v1/status");
	expect_status(f, 200);
	return json_int(f->json, "streams");
}

static struct wire *poll_ask(struct flow *f, const char *query)
{
	return wire_ask(
		f,
		&(struct ask){.path = flow_path(f, "/api/v1/events?%s", query),
			      .headers = "Accept: application/json\r\n"});
}

/* Once it waits. */
static struct wire *poll_since(struct flow *f, int64_t since)
{
	struct wire *wire;
	char query[64];

	(void)snprintf(query, sizeof(query), "wait=25&since=%lld",
		       (long long)since);
	wire = poll_ask(f, query);
	flow_quiet(f);
	return wire;
}

START_TEST(poll_without_since_is_a_reset_with_the_snapshot)
{
	static const char *const queries[] = {"wait=25", "wait=25&since=1",
					      "wait=25&since=x", "wait=0"};
	struct flow *f = flow_start(NULL);
	int64_t cursor = report(f, RING("leg-1"));

	for (int i = 0; i < 4; i++) {
		wire_take(f, poll_ask(f, queries[i]));
		expect_status(f, 200);
		expect_bool(f->json, "reset", true);
		expect_int(f->json, "cursor", cursor);
		expect_int(f->json, "snapshot.cursor", cursor);
		ck_assert_uint_eq(json_count(f->json, "snapshot.calls"), 1);
		ck_assert_uint_eq(json_count(f->json, "snapshot.due"), 1);
		ck_assert_uint_eq(json_count(f->json, "events"), 0);
	}
	flow_end(f);
}
END_TEST

START_TEST(poll_returns_at_once_what_there_is)
{
	struct flow *f = flow_start(NULL);
	int64_t since = flow_cursor(f);

	report(f, RING("leg-1"));
	report(f, ANSWER("leg-1"));
	wire_take(f, poll_since(f, since));
	expect_status(f, 200);
	ck_assert_uint_eq(json_count(f->json, "events"), 2);
	expect_text(f->json, "events.0.type", "call.ringing");
	expect_text(f->json, "events.1.type", "call.active");
	expect_int(f->json, "cursor", json_int(f->json, "events.1.id"));
	flow_end(f);
}
END_TEST

START_TEST(poll_waits_until_an_event_comes)
{
	struct flow *f = flow_start(NULL);
	struct wire *wire = poll_since(f, flow_cursor(f));

	flow_advance(f, 20000);
	ck_assert(!wire_ready(wire));
	ck_assert_int_eq(streams(f), 1);
	flow_push(f, RING("leg-1"));
	wire_take(f, wire);
	expect_status(f, 200);
	ck_assert_uint_eq(json_count(f->json, "events"), 1);
	expect_text(f->json, "events.0.type", "call.ringing");
	expect_int(f->json, "cursor", json_int(f->json, "events.0.id"));
	ck_assert_int_eq(streams(f), 0);
	flow_end(f);
}
END_TEST

START_TEST(poll_that_waits_in_vain_ends_empty_with_the_cursor)
{
	struct flow *f = flow_start(NULL);
	int64_t cursor = report(f, RING("leg-1"));
	struct wire *wire = poll_since(f, cursor);

	flow_advance(f, 24999);
	ck_assert(!wire_ready(wire));
	flow_advance(f, 1);
	wire_take(f, wire);
	expect_status(f, 200);
	ck_assert_uint_eq(json_count(f->json, "events"), 0);
	expect_int(f->json, "cursor", cursor);
	flow_end(f);
}
END_TEST

START_TEST(poll_is_not_woken_by_other_agents_calls)
{
	struct flow *f = flow_start(ANNA_AND_BERT);
	struct wire *wire;
	char query[64];

	wire_take(f, poll_ask(f, "wait=0&agent=ANNA"));
	(void)snprintf(query, sizeof(query), "wait=25&agent=ANNA&since=%s",
		       json_text(f->json, "cursor"));
	wire = poll_ask(f, query);
	flow_quiet(f);
	flow_push(f, "{\"event\":\"ringing\",\"ref\":\"leg-1\","
		     "\"agent\":\"BERT\"}");
	expect_status(f, 202);
	flow_quiet(f);
	ck_assert(!wire_ready(wire));
	flow_advance(f, 25000);
	wire_take(f, wire);
	ck_assert_uint_eq(json_count(f->json, "events"), 0);
	flow_end(f);
}
END_TEST

START_TEST(poll_tells_that_a_lease_ran_out)
{
	struct flow *f = flow_start(NULL);
	int64_t event = report(f, RING("leg-1"));
	struct wire *wire = poll_since(f, event);

	flow_claim(f, event, "t1");
	flow_advance(f, 5000);
	wire_take(f, wire);
	ck_assert_uint_eq(json_count(f->json, "events"), 1);
	expect_int(f->json, "events.0.id", event);
	expect_int(f->json, "cursor", event);
	flow_end(f);
}
END_TEST

START_TEST(poll_ends_when_the_relay_stops)
{
	struct flow *f = flow_start(NULL);
	struct wire *wire = poll_since(f, flow_cursor(f));

	flow_stop(f);
	wire_take(f, wire);
	expect_status(f, 200);
	ck_assert_uint_eq(json_count(f->json, "events"), 0);
	flow_end(f);
}
END_TEST

START_TEST(poll_waits_a_minute_at_most)
{
	struct flow *f = flow_start(NULL);

	wire_take(f, poll_ask(f, "wait=61"));
	expect_problem(f, 400, "bad_request");
	wire_take(f, poll_ask(f, "wait=soon"));
	expect_problem(f, 400, "bad_request");
	flow_end(f);
}
END_TEST

START_TEST(polled_client_that_left_is_forgotten)
{
	struct flow *f = flow_start(NULL);

	wire_drop(poll_since(f, flow_cursor(f)));
	flow_advance(f, 25000);
	ck_assert_int_eq(streams(f), 0);
	flow_end(f);
}
END_TEST

Suite *flow_suite(void)
{
	Suite *suite = suite_create("polls");
	TCase *polls = tcase_create("long poll");

	tcase_add_test(polls, poll_without_since_is_a_reset_with_the_snapshot);
	tcase_add_test(polls, poll_returns_at_once_what_there_is);
	tcase_add_test(polls, poll_waits_until_an_event_comes);
	tcase_add_test(polls,
		       poll_that_waits_in_vain_ends_empty_with_the_cursor);
	tcase_add_test(polls, poll_is_not_woken_by_other_agents_calls);
	tcase_add_test(polls, poll_tells_that_a_lease_ran_out);
	tcase_add_test(polls, poll_ends_when_the_relay_stops);
	tcase_add_test(polls, poll_waits_a_minute_at_most);
	tcase_add_test(polls, polled_client_that_left_is_forgotten);
	suite_add_tcase(suite, polls);
	return suite;
}
