/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_events.c - what pages are told: streams, long polls, resuming */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

#define RING(ref) "{\"event\":\"ringing\",\"ref\":\"" ref "\"}"
#define ANSWER(ref) "{\"event\":\"answered\",\"ref\":\"" ref "\"}"
#define END(ref) "{\"event\":\"ended\",\"ref\":\"" ref "\"}"
#define TWO_AGENTS                                                             \
	"agent \"ANNA\" { device = \"SIP/1\" }\n"                              \
	"agent \"BERT\" { device = \"SIP/2\" }"

enum { BEAT_MS = 15000 };

static struct sse *resume(struct flow *f, const char *last)
{
	char header[128];

	(void)snprintf(header, sizeof(header), "Last-Event-ID: %s\r\n", last);
	return sse_open(f, "/api/v1/events", header);
}

static struct sse *resume_at(struct flow *f, int64_t id)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%lld", (long long)id);
	return resume(f, text);
}

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

/* --- a stream --- */

static bool has_snapshot(void *arg)
{
	struct wire *wire = arg;

	(void)wire_read(wire);
	return strstr(cti_buf_text(&wire->in), "event: snapshot") != NULL;
}

START_TEST(stream_begins_with_retry_then_snapshot)
{
	struct flow *f = flow_start(NULL);
	struct wire *wire =
		wire_ask(f, &(struct ask){.path = "/api/v1/events"});
	const char *body;
	char begin[128];

	flow_until(f, has_snapshot, wire);
	(void)snprintf(begin, sizeof(begin), "id: %lld\nevent: snapshot\n",
		       (long long)flow_cursor(f));
	body = wire->in.data + wire_head(wire);
	ck_assert_ptr_nonnull(strstr(body, "\r\nretry: 2000\n\n"));
	ck_assert_ptr_nonnull(strstr(body, begin));
	ck_assert(strstr(body, "retry") < strstr(body, begin));
	wire_drop(wire);
	flow_end(f);
}
END_TEST

START_TEST(snapshot_has_running_calls_what_is_due_and_the_switch)
{
	struct flow *f = flow_start(NULL);
	const struct sse_event *ev;
	struct sse *sse;
	char rings[64], over[64];

	flow_push_call(f, over, ANSWER("leg-1"));
	flow_push_call(f, over, END("leg-1"));
	flow_push_call(f, rings, RING("leg-2"));
	sse = sse_open(f, "/api/v1/events", NULL);
	ev = sse_expect(sse, "snapshot", NULL);
	expect_int(ev->json, "cursor", ev->id);
	ck_assert_uint_eq(json_count(ev->json, "calls"), 1);
	expect_text(ev->json, "calls.0.id", rings);
	ck_assert_uint_eq(json_count(ev->json, "due"), 3);
	expect_text(ev->json, "due.0.call.id", over);
	expect_text(ev->json, "due.2.call.id", rings);
	expect_int(ev->json, "due.2.id", ev->id);
	expect_text(ev->json, "switch.driver", "simulator");
	expect_text(ev->json, "switch.link", "up");
	expect_bool(ev->json, "switch.synced", true);
	ck_assert_uint_eq(json_count(ev->json, ""), 4);
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(live_events_come_in_order_with_their_ids)
{
	static const char *const types[] = {"call.queued", "call.dialing",
					    "call.ringing", "call.active",
					    "call.ended"};
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	int64_t last = sse_expect(sse, "snapshot", NULL)->id;
	char id[64];

	flow_dial_number(f, id, "+4930123456");
	flow_advance(f, 40000);
	for (int i = 0; i < 5; i++) {
		const struct sse_event *ev = sse_expect(sse, "call", types[i]);

		ck_assert_int_gt(ev->id, last);
		expect_int(ev->json, "id", ev->id);
		expect_text(ev->json, "call.id", id);
		expect_bool(ev->json, "durable", true);
		last = ev->id;
	}
	ck_assert_int_eq(flow_cursor(f), last);
	ck_assert(sse_quiet(sse));
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(all_streams_are_told)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse[3];

	for (int i = 0; i < 3; i++) {
		sse[i] = sse_open(f, "/api/v1/events", NULL);
		sse_expect(sse[i], "snapshot", NULL);
	}
	ck_assert_int_eq(streams(f), 3);
	report(f, RING("leg-1"));
	for (int i = 0; i < 3; i++) {
		sse_expect(sse[i], "call", "call.ringing");
		sse_close(sse[i]);
	}
	flow_end(f);
}
END_TEST

START_TEST(refused_dial_is_an_event_without_call)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	const struct sse_event *ev;

	sse_expect(sse, "snapshot", NULL);
	flow_post(f, "/api/v1/calls",
		  "{\"PhoneNumber\":\"12a\",\"LoggedInUserID\":\"ANNA\","
		  "\"ActivityUUID\":\"a-1\"}");
	expect_problem(f, 422, "bad_number");
	ev = sse_expect(sse, "call", "call.refused");
	expect_null(ev->json, "call");
	expect_null(ev->json, "sap");
	expect_text(ev->json, "refusal.code", "bad_number");
	expect_text(ev->json, "refusal.agent", "ANNA");
	expect_text(ev->json, "refusal.number", "12a");
	expect_text(ev->json, "refusal.activity_uuid", "a-1");
	expect_text(ev->json, "refusal.detail", json_text(f->json, "detail"));
	expect_text(ev->json, "refusal.fix", json_text(f->json, "fix"));
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(comment_comes_every_15_seconds)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);

	sse_expect(sse, "snapshot", NULL);
	flow_advance(f, BEAT_MS - 1);
	ck_assert(sse_quiet(sse));
	ck_assert_uint_eq(sse_comments(sse), 0);
	for (unsigned i = 1; i <= 3; i++) {
		flow_advance(f, i == 1 ? 1 : BEAT_MS);
		ck_assert(sse_quiet(sse));
		ck_assert_uint_eq(sse_comments(sse), i);
	}
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(client_that_vanished_is_found_by_the_heartbeat)
{
	struct flow *f = flow_start(NULL);
	struct sse *stays = sse_open(f, "/api/v1/events", NULL);
	struct sse *goes = sse_open(f, "/api/v1/events", NULL);

	sse_expect(stays, "snapshot", NULL);
	sse_expect(goes, "snapshot", NULL);
	ck_assert_int_eq(streams(f), 2);
	sse_close(goes);
	flow_advance(f, BEAT_MS);
	flow_advance(f, BEAT_MS);
	ck_assert_int_eq(streams(f), 1);
	ck_assert(sse_quiet(stays));
	sse_close(stays);
	flow_end(f);
}
END_TEST

START_TEST(status_tells_when_the_link_changes)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	const struct sse_event *ev;
	char id[64];

	sse_expect(sse, "snapshot", NULL);
	flow_play(f, id, "{\"script\":\"drop\"}");
	flow_advance(f, 2000);
	ev = sse_find(sse, "status", NULL);
	ck_assert_int_eq(ev->id, 0);
	expect_text(ev->json, "switch.link", "down");
	expect_bool(ev->json, "switch.synced", false);
	expect_text(ev->json, "switch.why", "the simulator dropped the link");
	flow_advance(f, 500);
	ev = sse_find(sse, "status", NULL);
	expect_text(ev->json, "switch.link", "up");
	ev = sse_find(sse, "status", NULL);
	expect_bool(ev->json, "switch.synced", true);
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(stream_says_bye_before_the_relay_stops)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);

	sse_expect(sse, "snapshot", NULL);
	flow_stop(f);
	sse_find(sse, "bye", NULL);
	ck_assert_ptr_null(sse_next(sse));
	sse_close(sse);
	flow_end(f);
}
END_TEST

/* --- resuming --- */

START_TEST(stream_resumes_without_a_gap)
{
	enum { CALLS = 80 };
	struct flow *f = flow_start("store { sync = normal }");
	int64_t since = 0;
	struct sse *sse;
	char body[96], id[64];

	for (int i = 0; i < CALLS; i++) {
		(void)snprintf(body, sizeof(body),
			       "{\"event\":\"answered\",\"ref\":\"%d\"}", i);
		flow_push_call(f, id, body);
		if (i == 4)
			since = flow_cursor(f);
	}
	sse = resume_at(f, since);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(sse_expect(sse, "due", "call.active")->id, 0);
	for (int i = 5; i < CALLS; i++) {
		const struct sse_event *ev =
			sse_expect(sse, "call", "call.active");

		ck_assert_int_eq(ev->id, ++since);
		ck_assert_int_eq(
			strtol(json_text(ev->json, "call.ref"), NULL, 10), i);
	}
	flow_push(f, END("0"));
	ck_assert_int_eq(sse_expect(sse, "call", "call.ended")->id, ++since);
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(since_in_the_address_is_as_good_as_the_header)
{
	struct flow *f = flow_start(NULL);
	long long since = report(f, ANSWER("leg-1"));
	struct sse *sse;
	char path[64];

	report(f, END("leg-1"));
	(void)snprintf(path, sizeof(path), "/api/v1/events?since=%lld", since);
	sse = sse_open(f, path, NULL);
	sse_expect(sse, "due", "call.active");
	ck_assert_int_eq(sse_expect(sse, "call", "call.ended")->id, since + 1);
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(nothing_missed_is_nothing_told)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse;
	int64_t event = report(f, RING("leg-1"));

	flow_deliver(f, event);
	sse = resume_at(f, event);
	ck_assert(sse_quiet(sse));
	flow_push(f, ANSWER("leg-1"));
	sse_expect(sse, "call", "call.active");
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(older_payloads_come_first_when_due_and_unclaimed)
{
	struct flow *f = flow_start(NULL);
	int64_t done = report(f, RING("leg-1"));
	int64_t held = report(f, RING("leg-2"));
	int64_t due = report(f, RING("leg-3"));
	const struct sse_event *ev;
	struct sse *sse;

	flow_deliver(f, done);
	flow_claim(f, held, "t1");
	report(f, RING("leg-4"));
	sse = resume_at(f, due);
	ev = sse_expect(sse, "due", "call.ringing");
	ck_assert_int_eq(ev->id, 0);
	expect_int(ev->json, "id", due);
	ck_assert_int_eq(sse_expect(sse, "call", "call.ringing")->id, due + 1);
	ck_assert(sse_quiet(sse));
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(what_cannot_be_resumed_is_reset_then_snapshot)
{
	static const char *const lasts[] = {
		"1",	"1795329999999",	"first", "-1", "12x",
		"0x10", "99999999999999999999", ""};
	struct flow *f = flow_start(NULL);

	report(f, RING("leg-1"));
	for (size_t i = 0; i < sizeof(lasts) / sizeof(lasts[0]); i++) {
		struct sse *sse = resume(f, lasts[i]);
		const struct sse_event *ev = sse_expect(sse, "reset", NULL);

		ck_assert_int_eq(ev->id, 0);
		ev = sse_expect(sse, "snapshot", NULL);
		ck_assert_uint_eq(json_count(ev->json, "calls"), 1);
		ck_assert(sse_quiet(sse));
		sse_close(sse);
	}
	flow_end(f);
}
END_TEST

START_TEST(event_before_the_first_can_be_resumed_from)
{
	struct flow *f = flow_start(NULL);
	int64_t before = flow_cursor(f);
	struct sse *sse = resume_at(f, before);

	ck_assert(sse_quiet(sse));
	report(f, RING("leg-1"));
	sse_expect(sse, "call", "call.ringing");
	sse_close(sse);
	sse = resume_at(f, before);
	sse_expect(sse, "call", "call.ringing");
	sse_close(sse);
	flow_end(f);
}
END_TEST

/* {"text":"…0017"} with as many digits as asked for. */
static void long_note(char *body, size_t digits, int number)
{
	char tail[16];

	memcpy(body, "{\"text\":\"", 9);
	memset(body + 9, '0', digits);
	(void)snprintf(tail, sizeof(tail), "%04d\"}", number);
	memcpy(body + 9 + digits - 4, tail, strlen(tail) + 1);
}

START_TEST(client_that_is_lapped_is_reset_and_blocks_nobody)
{
	enum { EVENTS = 300, TEXT = 60000 };
	struct flow *f = flow_start("http { max_body = 65536 }\n"
				    "store { sync = normal }");
	struct sse *slow = sse_open(f, "/api/v1/events", NULL);
	struct sse *quick = sse_open(f, "/api/v1/events", NULL);
	static char body[TEXT + 64];
	const struct sse_event *ev;
	char id[64];

	sse_expect(slow, "snapshot", NULL);
	sse_expect(quick, "snapshot", NULL);
	flow_dial_number(f, id, "+4930123456");
	sse_expect(quick, "call", "call.queued");
	for (int i = 0; i < EVENTS; i++) {
		long_note(body, TEXT, i);
		flow_patch(f, flow_path(f, "/api/v1/calls/%s", id), body);
		expect_status(f, 200);
		ev = sse_expect(quick, "call", "call.updated");
		ck_assert_int_eq(
			strtol(json_text(ev->json, "call.text"), NULL, 10), i);
	}
	sse_find(slow, "reset", NULL);
	ev = sse_expect(slow, "snapshot", NULL);
	ck_assert_int_eq(ev->id, flow_cursor(f));
	ck_assert_uint_eq(json_count(ev->json, "calls"), 1);
	flow_do(f, id, "hangup", NULL);
	flow_advance(f, 0);
	sse_find(slow, "call", "call.ended");
	sse_close(slow);
	sse_close(quick);
	flow_end(f);
}
END_TEST

START_TEST(payload_with_line_breaks_is_one_line_of_data)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	int64_t since = sse_expect(sse, "snapshot", NULL)->id;
	char id[64];

	flow_dial(f, id,
		  "{\n\t\"PhoneNumber\": \"+4930123456\",\r\n"
		  "\t\"Note\": \"two\\nlines\"\n}");
	expect_text(sse_expect(sse, "call", "call.queued")->json,
		    "call.crm.Note", "two\nlines");
	sse_close(sse);
	sse = resume_at(f, since);
	expect_text(sse_expect(sse, "call", "call.queued")->json,
		    "call.crm.Note", "two\nlines");
	sse_close(sse);
	sse = sse_open(f, "/api/v1/events", NULL);
	expect_text(sse_expect(sse, "snapshot", NULL)->json, "calls.0.crm.Note",
		    "two\nlines");
	sse_close(sse);
	flow_end(f);
}
END_TEST

/* --- several agents --- */

START_TEST(stream_of_many_agents_says_whose_it_is)
{
	struct flow *f = flow_start(TWO_AGENTS);

	flow_get(f, "/api/v1/events");
	expect_problem(f, 400, "agent_required");
	flow_get(f, "/api/v1/events?agent=CARL");
	expect_problem(f, 403, "agent_unknown");
	flow_end(f);
}
END_TEST

START_TEST(stream_shows_its_own_agents_calls_only)
{
	struct flow *f = flow_start(TWO_AGENTS);
	struct sse *anna, *bert;
	const struct sse_event *ev;
	char hers[64], his[64];

	flow_push_call(f, hers,
		       "{\"event\":\"ringing\",\"ref\":\"leg-1\","
		       "\"agent\":\"ANNA\"}");
	anna = sse_open(f, "/api/v1/events?agent=ANNA", NULL);
	bert = sse_open(f, "/api/v1/events?agent=BERT", NULL);
	ev = sse_expect(anna, "snapshot", NULL);
	ck_assert_uint_eq(json_count(ev->json, "calls"), 1);
	ck_assert_uint_eq(json_count(ev->json, "due"), 1);
	ev = sse_expect(bert, "snapshot", NULL);
	ck_assert_uint_eq(json_count(ev->json, "calls"), 0);
	ck_assert_uint_eq(json_count(ev->json, "due"), 0);
	flow_play(f, his, "{\"agent\":\"BERT\"}");
	expect_text(sse_expect(bert, "call", "call.ringing")->json, "call.id",
		    his);
	ck_assert(sse_quiet(anna));
	flow_dial(f, hers,
		  "{\"PhoneNumber\":\"+4930123456\","
		  "\"LoggedInUserID\":\"ANNA\"}");
	sse_expect(anna, "call", "call.queued");
	ck_assert(sse_quiet(bert));
	sse_close(anna);
	sse_close(bert);
	flow_end(f);
}
END_TEST

START_TEST(due_goes_to_its_own_agent_only)
{
	struct flow *f = flow_start(TWO_AGENTS);
	struct sse *anna = sse_open(f, "/api/v1/events?agent=ANNA", NULL);
	struct sse *bert = sse_open(f, "/api/v1/events?agent=BERT", NULL);
	long long event;

	sse_expect(anna, "snapshot", NULL);
	sse_expect(bert, "snapshot", NULL);
	flow_push(f, "{\"event\":\"ringing\",\"ref\":\"leg-1\","
		     "\"agent\":\"ANNA\"}");
	event = sse_expect(anna, "call", "call.ringing")->id;
	flow_post(f,
		  flow_path(f, "/api/v1/events/%lld/claim?agent=ANNA", event),
		  "{\"tab\":\"t1\"}");
	expect_status(f, 200);
	flow_advance(f, 5000);
	sse_expect(anna, "due", "call.ringing");
	ck_assert(sse_quiet(bert));
	sse_close(anna);
	sse_close(bert);
	flow_end(f);
}
END_TEST

START_TEST(resumed_stream_shows_its_own_agents_calls_only)
{
	struct flow *f = flow_start(TWO_AGENTS);
	struct sse *sse = sse_open(f, "/api/v1/events?agent=BERT", NULL);
	long long since = sse_expect(sse, "snapshot", NULL)->id;
	char path[80];

	sse_close(sse);
	flow_push(f, "{\"event\":\"ringing\",\"ref\":\"leg-1\","
		     "\"agent\":\"ANNA\"}");
	flow_push(f, "{\"event\":\"ringing\",\"ref\":\"leg-2\","
		     "\"agent\":\"BERT\"}");
	(void)snprintf(path, sizeof(path),
		       "/api/v1/events?agent=BERT&since=%lld", since);
	sse = sse_open(f, path, NULL);
	expect_text(sse_expect(sse, "call", "call.ringing")->json, "call.ref",
		    "leg-2");
	ck_assert(sse_quiet(sse));
	sse_close(sse);
	flow_end(f);
}
END_TEST

static void add_streams(Suite *suite)
{
	TCase *runs = tcase_create("a stream");

	tcase_add_test(runs, stream_begins_with_retry_then_snapshot);
	tcase_add_test(runs,
		       snapshot_has_running_calls_what_is_due_and_the_switch);
	tcase_add_test(runs, live_events_come_in_order_with_their_ids);
	tcase_add_test(runs, all_streams_are_told);
	tcase_add_test(runs, refused_dial_is_an_event_without_call);
	tcase_add_test(runs, comment_comes_every_15_seconds);
	tcase_add_test(runs, client_that_vanished_is_found_by_the_heartbeat);
	tcase_add_test(runs, status_tells_when_the_link_changes);
	tcase_add_test(runs, stream_says_bye_before_the_relay_stops);
	suite_add_tcase(suite, runs);
}

static void add_resuming(Suite *suite)
{
	TCase *again = tcase_create("resuming");
	TCase *agents = tcase_create("several agents");

	tcase_set_timeout(again, 30);
	tcase_add_test(again, stream_resumes_without_a_gap);
	tcase_add_test(again, since_in_the_address_is_as_good_as_the_header);
	tcase_add_test(again, nothing_missed_is_nothing_told);
	tcase_add_test(again, older_payloads_come_first_when_due_and_unclaimed);
	tcase_add_test(again, what_cannot_be_resumed_is_reset_then_snapshot);
	tcase_add_test(again, event_before_the_first_can_be_resumed_from);
	tcase_add_test(again, client_that_is_lapped_is_reset_and_blocks_nobody);
	tcase_add_test(again, payload_with_line_breaks_is_one_line_of_data);
	suite_add_tcase(suite, again);
	tcase_add_test(agents, stream_of_many_agents_says_whose_it_is);
	tcase_add_test(agents, stream_shows_its_own_agents_calls_only);
	tcase_add_test(agents, due_goes_to_its_own_agent_only);
	tcase_add_test(agents, resumed_stream_shows_its_own_agents_calls_only);
	suite_add_tcase(suite, agents);
}

Suite *flow_suite(void)
{
	Suite *suite = suite_create("events");

	add_streams(suite);
	add_resuming(suite);
	return suite;
}
