/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_restart.c - what the relay knows after it was stopped or killed */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cti/loop.h"

#define RING(ref) "{\"event\":\"ringing\",\"ref\":\"" ref "\"}"
#define ANSWER(ref) "{\"event\":\"answered\",\"ref\":\"" ref "\"}"
#define END(ref) "{\"event\":\"ended\",\"ref\":\"" ref "\"}"
#define UUID "00163EA718FC1EEABDD5608C895BDC71"
#define CLICK "{\"PhoneNumber\":\"+4930123456\",\"ActivityUUID\":\"" UUID "\"}"

enum { DAY_MS = 24 * 3600 * 1000 };

/* The call's own line of the answer, to be compared later. */
static void keep_call(struct flow *f, char *text, size_t size, const char *id)
{
	flow_call(f, id);
	ck_assert_uint_lt(f->last.body_len, size);
	memcpy(text, f->last.body, f->last.body_len + 1);
}

static void expect_call(struct flow *f, const char *text, const char *id)
{
	flow_call(f, id);
	ck_assert_str_eq(f->last.body, text);
}

/* --- ids --- */

START_TEST(same_leg_has_the_same_id_with_the_kept_store)
{
	struct flow *f = flow_start(NULL);
	char id[64], again[64];

	flow_push_call(f, id, RING("leg-1"));
	flow_restart(f);
	flow_push_call(f, again, ANSWER("leg-1"));
	ck_assert_str_eq(again, id);
	flow_end(f);
}
END_TEST

START_TEST(same_leg_has_the_same_id_with_an_empty_store)
{
	struct flow *f = flow_start(NULL);
	char id[64], again[64];

	flow_push_call(f, id, RING("leg-1"));
	flow_restart_empty(f);
	flow_get(f, flow_path(f, "/api/v1/calls/%s", id));
	expect_problem(f, 404, "call_not_found");
	flow_push_call(f, again, RING("leg-1"));
	ck_assert_str_eq(again, id);
	flow_end(f);
}
END_TEST

START_TEST(transfer_names_the_first_leg_with_an_empty_store_too)
{
	struct flow *f = flow_start(NULL);
	char first[64], second[64];

	flow_push_call(f, first, ANSWER("leg-1"));
	flow_restart_empty(f);
	flow_push_call(f, second,
		       "{\"event\":\"ringing\",\"ref\":\"leg-2\","
		       "\"transfer_of\":\"leg-1\"}");
	expect_text(f->json, "original_id", first);
	flow_end(f);
}
END_TEST

START_TEST(event_ids_never_go_back)
{
	static void (*const again[])(struct flow * f) = {
		flow_restart, flow_kill, flow_kill, flow_restart};
	struct flow *f = flow_start(NULL);
	int64_t newest = flow_cursor(f);

	for (int i = 0; i < 4; i++) {
		char body[80];

		(void)snprintf(body, sizeof(body),
			       "{\"event\":\"ringing\",\"ref\":\"leg-%d\"}", i);
		flow_push(f, body);
		expect_status(f, 202);
		ck_assert_int_gt(flow_cursor(f), newest);
		newest = flow_cursor(f);
		again[i](f);
		ck_assert_int_ge(flow_cursor(f), newest);
	}
	flow_end(f);
}
END_TEST

START_TEST(ids_handed_out_after_the_last_commit_do_not_come_back)
{
	struct flow *f = flow_start(NULL);
	int64_t newest;
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	newest = flow_cursor(f);
	flow_kill(f);
	flow_push_call(f, id, ANSWER("leg-1"));
	ck_assert_int_gt(flow_cursor(f), newest + 1);
	flow_end(f);
}
END_TEST

START_TEST(empty_store_begins_at_the_time_of_day)
{
	struct flow *f = flow_start(NULL);
	int64_t first;
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	first = flow_cursor(f);
	ck_assert_int_eq(first, 1795329000000); /* 2026-11-22T06:30:00Z */
	flow_restart_empty(f);
	flow_push_call(f, id, RING("leg-1"));
	ck_assert_int_gt(flow_cursor(f), first);
	ck_assert_int_lt(flow_cursor(f), first + 60000);
	flow_end(f);
}
END_TEST

/* --- dials --- */

START_TEST(dial_of_unknown_fate_is_unknown_then_ended)
{
	struct flow *f = flow_start(NULL);
	int64_t cursor;
	char id[64];

	flow_dial(f, id, CLICK);
	expect_text(f->json, "state", "queued");
	cursor = flow_cursor(f);
	flow_kill(f);
	flow_events(f, cursor);
	ck_assert_uint_eq(json_count(f->json, "events"), 2);
	expect_text(f->json, "events.0.type", "call.updated");
	expect_text(f->json, "events.0.call.id", id);
	expect_text(f->json, "events.0.call.state", "unknown");
	expect_text(f->json, "events.1.type", "call.ended");
	expect_text(f->json, "events.1.call.cause", "link_lost");
	expect_text(f->json, "events.1.call.cause_detail",
		    "not found after restart");
	flow_end(f);
}
END_TEST

START_TEST(dial_of_unknown_fate_is_never_dialed_again)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial(f, id, CLICK);
	flow_kill(f);
	flow_advance(f, 60000);
	flow_get(f, "/api/v1/calls");
	ck_assert_uint_eq(json_count(f->json, "calls"), 1);
	flow_call(f, id);
	expect_text(f->json, "cause", "link_lost");
	expect_null(f->json, "answered_at");
	flow_end(f);
}
END_TEST

START_TEST(dial_the_switch_had_begun_is_lost_with_it)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial(f, id, CLICK);
	flow_advance(f, 2000);
	flow_call(f, id);
	expect_text(f->json, "state", "active");
	flow_kill(f);
	flow_call(f, id);
	expect_text(f->json, "state", "ended");
	expect_text(f->json, "cause", "link_lost");
	flow_end(f);
}
END_TEST

START_TEST(lost_dial_does_not_keep_the_agent_busy)
{
	struct flow *f = flow_start(NULL);
	char id[64], other[64];

	flow_dial(f, id, CLICK);
	flow_kill(f);
	flow_dial_number(f, other, "+4930987654");
	ck_assert_str_ne(other, id);
	flow_end(f);
}
END_TEST

START_TEST(same_click_after_a_restart_is_the_same_call)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial(f, id, CLICK);
	flow_advance(f, 60000);
	flow_restart(f);
	flow_post(f, "/api/v1/calls", CLICK);
	expect_status(f, 200);
	expect_text(f->json, "id", id);
	flow_kill(f);
	flow_post(f, "/api/v1/calls", CLICK);
	expect_status(f, 200);
	expect_text(f->json, "id", id);
	flow_end(f);
}
END_TEST

START_TEST(same_click_a_day_later_is_a_new_call)
{
	struct flow *f = flow_start(NULL);
	char id[64], other[64];

	flow_dial(f, id, CLICK);
	flow_advance(f, DAY_MS);
	flow_restart(f);
	flow_dial(f, other, CLICK);
	ck_assert_str_ne(other, id);
	flow_end(f);
}
END_TEST

START_TEST(idempotency_key_survives_a_restart)
{
	const struct ask first = {
		.method = "POST",
		.path = "/api/v1/calls",
		.headers = "Idempotency-Key: k-1\r\n",
		.body = "{\"PhoneNumber\":\"+4930123456\"}",
	};
	struct ask other = first;
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_ask(f, &first);
	expect_status(f, 201);
	(void)snprintf(id, sizeof(id), "%s", json_text(f->json, "id"));
	flow_advance(f, 60000);
	flow_restart(f);
	flow_ask(f, &first);
	expect_status(f, 200);
	expect_text(f->json, "id", id);
	other.body = "{\"PhoneNumber\":\"+4930123457\"}";
	flow_ask(f, &other);
	expect_problem(f, 422, "key_reused");
	flow_end(f);
}
END_TEST

/* --- inbound calls --- */

START_TEST(played_calls_end_because_the_simulator_forgets)
{
	struct flow *f = flow_start(NULL);
	int64_t cursor;
	char id[64];

	flow_play(f, id, "{\"from\":\"+49306912345\",\"script\":\"answer\"}");
	flow_advance(f, 1000);
	cursor = flow_cursor(f);
	flow_kill(f);
	flow_events(f, cursor);
	ck_assert_uint_eq(json_count(f->json, "events"), 1);
	expect_text(f->json, "events.0.call.cause", "link_lost");
	expect_payload(json_at(f->json, "events.0"),
		       "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
		       "\"Action\":\"END\",\"ANI\":\"+49306912345\","
		       "\"ExternalReferenceID\":\"%s\"}",
		       id);
	ck_assert_uint_eq(flow_due(f), 2);
	flow_end(f);
}
END_TEST

START_TEST(pushed_calls_survive_untouched)
{
	struct flow *f = flow_start(NULL);
	char rings[64], talks[64];
	char ring[4096], talk[4096];
	int64_t cursor;

	flow_push_call(f, rings,
		       "{\"event\":\"ringing\",\"ref\":\"leg-1\","
		       "\"from\":\"+49306912345\",\"name\":\"ACME\","
		       "\"ticket\":\"77\",\"custom\":{\"Custom_3\":\"c\"}}");
	flow_push_call(f, talks, ANSWER("leg-2"));
	keep_call(f, ring, sizeof(ring), rings);
	keep_call(f, talk, sizeof(talk), talks);
	cursor = flow_cursor(f);
	flow_restart(f);
	expect_call(f, ring, rings);
	expect_call(f, talk, talks);
	flow_kill(f);
	expect_call(f, ring, rings);
	expect_call(f, talk, talks);
	flow_events(f, cursor);
	ck_assert_uint_eq(json_count(f->json, "events"), 0);
	flow_push_call(f, rings, ANSWER("leg-1"));
	expect_text(f->json, "state", "active");
	flow_end(f);
}
END_TEST

START_TEST(time_limits_of_pushed_calls_go_on)
{
	struct flow *f = flow_start("push { ring_s = 60 max_s = 3600 }");
	char rings[64], talks[64];

	flow_push_call(f, rings, RING("leg-1"));
	flow_push_call(f, talks, ANSWER("leg-2"));
	flow_advance(f, 50000);
	flow_restart(f);
	flow_call(f, rings);
	expect_text(f->json, "state", "ringing");
	flow_advance(f, 9000);
	flow_call(f, rings);
	expect_text(f->json, "cause", "no_answer");
	flow_stop(f);
	cti_loop_advance(f->loop, 3600 * 1000);
	flow_again(f);
	flow_advance(f, 0);
	flow_call(f, talks);
	expect_text(f->json, "cause", "failed");
	flow_end(f);
}
END_TEST

/* --- events from the store --- */

/* A copy of the next live event, byte for byte. */
static char *copy_next(struct sse *sse, const char *type)
{
	const struct sse_event *ev = sse_expect(sse, "call", type);
	char *text = strndup(ev->json->raw, ev->json->raw_len);

	ck_assert_ptr_nonnull(text);
	return text;
}

struct copies {
	int64_t since;
	char *text[16];
	size_t n;
};

static void expect_copies(struct flow *f, const struct copies *copies)
{
	char header[64];
	struct sse *sse;

	(void)snprintf(header, sizeof(header), "Last-Event-ID: %lld\r\n",
		       (long long)copies->since);
	sse = sse_open(f, "/api/v1/events", header);
	for (size_t i = 0; i < copies->n; i++) {
		const struct sse_event *ev = sse_find(sse, "call", NULL);

		ck_assert_uint_eq(ev->json->raw_len, strlen(copies->text[i]));
		ck_assert_mem_eq(ev->json->raw, copies->text[i],
				 ev->json->raw_len);
		expect_int(ev->json, "id", ev->id);
	}
	sse_close(sse);
}

static void copies_free(struct copies *copies)
{
	for (size_t i = 0; i < copies->n; i++)
		free(copies->text[i]);
}

START_TEST(replayed_events_are_the_live_ones_byte_for_byte)
{
	struct flow *f = flow_start("sap { outbound = full }");
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	struct copies c = {.since = sse_expect(sse, "snapshot", NULL)->id};
	char id[64];

	flow_dial(f, id,
		  "{\"PhoneNumber\":\"+49 30 123456\",\n"
		  "\"ActivityUUID\":\"" UUID "\",\"LoggedInUserID\":\"AGENT1\","
		  "\"Note\":\"gr\xc3\xbc\xc3\x9f dich\"}");
	flow_advance(f, 1000);
	flow_do(f, id, "hold", NULL);
	flow_advance(f, 10);
	flow_do(f, id, "resume", NULL);
	flow_advance(f, 10);
	flow_do(f, id, "mute", NULL);
	flow_patch(f, flow_path(f, "/api/v1/calls/%s", id),
		   "{\"text\":\"a \\\"b\\\"\",\"ticket\":\"7\"}");
	flow_advance(f, 30000);
	c.text[c.n++] = copy_next(sse, "call.queued");
	c.text[c.n++] = copy_next(sse, "call.dialing");
	c.text[c.n++] = copy_next(sse, "call.ringing");
	c.text[c.n++] = copy_next(sse, "call.active");
	c.text[c.n++] = copy_next(sse, "call.held");
	c.text[c.n++] = copy_next(sse, "call.resumed");
	c.text[c.n++] = copy_next(sse, "call.updated");
	c.text[c.n++] = copy_next(sse, "call.updated");
	c.text[c.n++] = copy_next(sse, "call.ended");
	sse_close(sse);
	expect_copies(f, &c);
	flow_restart(f);
	expect_copies(f, &c);
	flow_kill(f);
	expect_copies(f, &c);
	copies_free(&c);
	flow_end(f);
}
END_TEST

START_TEST(replayed_inbound_events_are_the_live_ones_byte_for_byte)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	struct copies c = {.since = sse_expect(sse, "snapshot", NULL)->id};
	char id[64], number[64];

	flow_play(f, id, "{\"to\":\"4711\",\"name\":\"ACME\"}");
	c.text[c.n++] = copy_next(sse, "call.ringing");
	flow_do(f, id, "answer", NULL);
	flow_advance(f, 30000);
	c.text[c.n++] = copy_next(sse, "call.active");
	c.text[c.n++] = copy_next(sse, "call.ended");
	flow_push_call(f, id, ANSWER("leg-1"));
	c.text[c.n++] = copy_next(sse, "call.active");
	flow_push_call(f, id,
		       "{\"event\":\"ringing\",\"ref\":\"leg-2\","
		       "\"from\":\"+49306912345\",\"transfer_of\":\"leg-1\"}");
	c.text[c.n++] = copy_next(sse, "call.ringing");
	flow_push_call(f, id, END("leg-2"));
	c.text[c.n++] = copy_next(sse, "call.ended");
	(void)snprintf(number, sizeof(number), "{\"PhoneNumber\":\"110x\"}");
	flow_post(f, "/api/v1/calls", number);
	c.text[c.n++] = copy_next(sse, "call.refused");
	sse_close(sse);
	expect_copies(f, &c);
	flow_restart(f);
	expect_copies(f, &c);
	copies_free(&c);
	flow_end(f);
}
END_TEST

START_TEST(client_of_before_resumes_after_a_kill)
{
	struct flow *f = flow_start(NULL);
	int64_t cursor;
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	cursor = flow_cursor(f);
	flow_kill(f);
	flow_push_call(f, id, ANSWER("leg-1"));
	flow_events(f, cursor);
	ck_assert_uint_eq(json_count(f->json, "events"), 1);
	expect_text(f->json, "events.0.type", "call.active");
	flow_end(f);
}
END_TEST

START_TEST(client_of_an_older_store_is_reset)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse;
	char header[64], id[64];

	flow_push_call(f, id, RING("leg-1"));
	(void)snprintf(header, sizeof(header), "Last-Event-ID: %lld\r\n",
		       (long long)flow_cursor(f));
	flow_restart_empty(f);
	sse = sse_open(f, "/api/v1/events", header);
	sse_expect(sse, "reset", NULL);
	sse_expect(sse, "snapshot", NULL);
	sse_close(sse);
	flow_push_call(f, id, RING("leg-2"));
	sse = sse_open(f, "/api/v1/events", header);
	sse_expect(sse, "reset", NULL);
	sse_expect(sse, "snapshot", NULL);
	sse_close(sse);
	flow_end(f);
}
END_TEST

Suite *flow_suite(void)
{
	Suite *suite = suite_create("restart");
	TCase *ids = tcase_create("ids");
	TCase *dials = tcase_create("dials");
	TCase *inbound = tcase_create("inbound calls");
	TCase *events = tcase_create("events from the store");

	tcase_add_test(ids, same_leg_has_the_same_id_with_the_kept_store);
	tcase_add_test(ids, same_leg_has_the_same_id_with_an_empty_store);
	tcase_add_test(ids,
		       transfer_names_the_first_leg_with_an_empty_store_too);
	tcase_add_test(ids, event_ids_never_go_back);
	tcase_add_test(ids,
		       ids_handed_out_after_the_last_commit_do_not_come_back);
	tcase_add_test(ids, empty_store_begins_at_the_time_of_day);
	suite_add_tcase(suite, ids);
	tcase_add_test(dials, dial_of_unknown_fate_is_unknown_then_ended);
	tcase_add_test(dials, dial_of_unknown_fate_is_never_dialed_again);
	tcase_add_test(dials, dial_the_switch_had_begun_is_lost_with_it);
	tcase_add_test(dials, lost_dial_does_not_keep_the_agent_busy);
	tcase_add_test(dials, same_click_after_a_restart_is_the_same_call);
	tcase_add_test(dials, same_click_a_day_later_is_a_new_call);
	tcase_add_test(dials, idempotency_key_survives_a_restart);
	suite_add_tcase(suite, dials);
	tcase_add_test(inbound, played_calls_end_because_the_simulator_forgets);
	tcase_add_test(inbound, pushed_calls_survive_untouched);
	tcase_add_test(inbound, time_limits_of_pushed_calls_go_on);
	suite_add_tcase(suite, inbound);
	tcase_add_test(events, replayed_events_are_the_live_ones_byte_for_byte);
	tcase_add_test(events,
		       replayed_inbound_events_are_the_live_ones_byte_for_byte);
	tcase_add_test(events, client_of_before_resumes_after_a_kill);
	tcase_add_test(events, client_of_an_older_store_is_reset);
	suite_add_tcase(suite, events);
	return suite;
}
