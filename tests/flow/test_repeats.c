/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_repeats.c - one click, one call: keys, merge window, redial */
#include <stdio.h>
#include <string.h>

#include "harness.h"

#define UUID "00163EA718FC1EEABDD5608C895BDC71"
#define UUID_2 "00163EA718FC1EEABDD5608C895BDC72"
#define DASHED "00163ea7-18fc-1eea-bdd5-608c895bdc71"
#define ANSWERS "+4930123456000"
#define BUSY "+4930123456486"
#define DIAL(number, uuid)                                                     \
	"{\"PhoneNumber\":\"" number "\",\"ActivityUUID\":\"" uuid "\"}"

enum { HOUR_MS = 3600 * 1000, CROWD = 100 };

/* The click is answered with that call and nothing is dialed. */
static void expect_same(struct flow *f, const char *body, const char *id)
{
	flow_post(f, "/api/v1/calls", body);
	expect_status(f, 200);
	expect_text(f->json, "id", id);
	ck_assert_ptr_null(flow_header(f, "Location"));
}

static void expect_new(struct flow *f, const char *body, const char *id)
{
	char other[64];

	flow_dial(f, other, body);
	ck_assert_str_ne(other, id);
}

static void expect_calls(struct flow *f, size_t n)
{
	flow_get(f, "/api/v1/calls");
	expect_status(f, 200);
	ck_assert_uint_eq(json_count(f->json, "calls"), n);
}

/* --- ActivityUUID and number --- */

START_TEST(a_repeated_click_is_the_same_call_for_a_day)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial(f, id, DIAL(BUSY, UUID));
	expect_same(f, DIAL(BUSY, UUID), id);
	flow_advance(f, 5000);
	expect_same(f, DIAL(BUSY, UUID), id);
	expect_text(f->json, "state", "ended");
	flow_advance(f, 23 * (int64_t)HOUR_MS);
	expect_same(f, DIAL(BUSY, UUID), id);
	flow_advance(f, HOUR_MS);
	expect_new(f, DIAL(BUSY, UUID), id);
	expect_calls(f, 2);
	flow_end(f);
}
END_TEST

START_TEST(other_spellings_of_the_uuid_are_the_same_click)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial(f, id, DIAL(BUSY, UUID));
	flow_advance(f, 5000);
	expect_same(f, DIAL(BUSY, DASHED), id);
	expect_same(f, DIAL("+49 (30) 123 456-486", UUID), id);
	flow_end(f);
}
END_TEST

START_TEST(the_uuid_alone_is_no_key)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial(f, id, DIAL(BUSY, UUID));
	flow_advance(f, 5000);
	expect_new(f, DIAL("+4930123456404", UUID), id);
	flow_end(f);
}
END_TEST

START_TEST(a_click_without_uuid_has_no_key)
{
	static const char *const bodies[] = {
		"{\"PhoneNumber\":\"" BUSY "\"}",
		DIAL(BUSY, ""),
	};
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial(f, id, bodies[_i]);
	expect_null(f->json, "activity_uuid");
	flow_advance(f, 1000);
	expect_new(f, bodies[_i], id);
	flow_end(f);
}
END_TEST

START_TEST(a_uuid_of_another_shape_is_a_key_as_it_is)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial(f, id, DIAL(BUSY, "ticket-7/a"));
	expect_text(f->json, "activity_uuid", "ticket-7/a");
	flow_advance(f, 5000);
	expect_same(f, DIAL(BUSY, "ticket-7/a"), id);
	expect_new(f, DIAL(BUSY, "TICKET-7/A"), id);
	flow_end(f);
}
END_TEST

static int post_keyed(struct flow *f, const char *key, const char *body)
{
	char header[128];

	(void)snprintf(header, sizeof(header), "Idempotency-Key: %s\r\n", key);
	return flow_ask(f, &(struct ask){.method = "POST",
					 .path = "/api/v1/calls",
					 .headers = header,
					 .body = body});
}

START_TEST(an_idempotency_key_finds_its_call)
{
	static const char body[] = "{\"PhoneNumber\":\"" BUSY "\"}";
	struct flow *f = flow_start(NULL);
	char id[64];

	post_keyed(f, "k1", body);
	expect_status(f, 201);
	(void)snprintf(id, sizeof(id), "%s", json_text(f->json, "id"));
	flow_advance(f, 5000);
	post_keyed(f, "k1", body);
	expect_status(f, 200);
	expect_text(f->json, "id", id);
	post_keyed(f, "k2", body);
	expect_status(f, 201);
	flow_end(f);
}
END_TEST

START_TEST(an_idempotency_key_takes_one_body)
{
	struct flow *f = flow_start(NULL);

	post_keyed(f, "k1", "{\"PhoneNumber\":\"" BUSY "\"}");
	expect_status(f, 201);
	post_keyed(f, "k1", "{\"PhoneNumber\":\"+4930123456404\"}");
	expect_problem(f, 422, "key_reused");
	flow_advance(f, 5000);
	post_keyed(f, "k1", "{\"PhoneNumber\": \"" BUSY "\"}");
	expect_problem(f, 422, "key_reused");
	expect_calls(f, 1);
	flow_end(f);
}
END_TEST

START_TEST(an_idempotency_key_is_the_agents_own)
{
	struct flow *f = flow_start("agent \"A\" { device = \"PJSIP/1\" }\n"
				    "agent \"B\" { device = \"PJSIP/2\" }");

	post_keyed(f, "k1",
		   "{\"PhoneNumber\":\"" BUSY "\",\"LoggedInUserID\":\"A\"}");
	expect_status(f, 201);
	post_keyed(f, "k1",
		   "{\"PhoneNumber\":\"" BUSY "\",\"LoggedInUserID\":\"B\"}");
	expect_status(f, 201);
	expect_text(f->json, "agent", "B");
	flow_end(f);
}
END_TEST

/* --- the merge window --- */

START_TEST(a_double_click_is_one_call_whatever_its_key)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial(f, id, DIAL(ANSWERS, UUID));
	flow_advance(f, 2999);
	expect_same(f, DIAL(ANSWERS, UUID_2), id);
	expect_text(f->json, "activity_uuid", UUID);
	expect_calls(f, 1);
	flow_get(f, "/api/v1/calls?activity_uuid=" UUID_2);
	ck_assert_uint_eq(json_count(f->json, "calls"), 1);
	expect_text(f->json, "calls.0.id", id);
	flow_advance(f, 60000);
	expect_same(f, DIAL(ANSWERS, UUID_2), id);
	expect_text(f->json, "state", "ended");
	flow_end(f);
}
END_TEST

START_TEST(the_merge_window_closes)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial(f, id, DIAL(ANSWERS, UUID));
	flow_advance(f, 3000);
	expect_new(f, DIAL(ANSWERS, UUID_2), id);
	flow_end(f);
}
END_TEST

START_TEST(only_a_running_call_is_merged_into)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial(f, id, DIAL(BUSY, UUID));
	flow_advance(f, 1000);
	expect_new(f, DIAL(BUSY, UUID_2), id);
	flow_end(f);
}
END_TEST

START_TEST(the_merge_window_can_be_off)
{
	struct flow *f = flow_start("dial { merge_s = 0 concurrent = 0 }");
	char id[64];

	flow_dial(f, id, DIAL(ANSWERS, UUID));
	expect_same(f, DIAL(ANSWERS, UUID), id);
	expect_new(f, DIAL(ANSWERS, UUID_2), id);
	flow_end(f);
}
END_TEST

/* --- many at once --- */

/* So many identical clicks, none read before all are sent. */
static void crowd(struct flow *f, const char *const bodies[], size_t n)
{
	struct wire *wires[CROWD];
	size_t created = 0;
	char id[64] = "";

	for (size_t i = 0; i < CROWD; i++)
		wires[i] = wire_ask(f, &(struct ask){.method = "POST",
						     .path = "/api/v1/calls",
						     .body = bodies[i % n]});
	for (size_t i = 0; i < CROWD; i++) {
		int status = wire_take(f, wires[i]);

		ck_assert_msg(status == 201 || status == 200, "%d: %s", status,
			      f->last.body);
		created += status == 201;
		if (!*id)
			(void)snprintf(id, sizeof(id), "%s",
				       json_text(f->json, "id"));
		expect_text(f->json, "id", id);
	}
	ck_assert_uint_eq(created, 1);
}

START_TEST(a_hundred_repeats_at_once_are_one_call)
{
	static const char *const same[] = {DIAL(ANSWERS, UUID)};
	static const char *const merged[] = {DIAL(ANSWERS, UUID),
					     DIAL(ANSWERS, UUID_2)};
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);

	sse_expect(sse, "snapshot", NULL);
	crowd(f, _i ? merged : same, _i ? 2 : 1);
	sse_expect(sse, "call", "call.queued");
	ck_assert(sse_quiet(sse));
	expect_calls(f, 1);
	sse_close(sse);
	flow_end(f);
}
END_TEST

/* --- what binds no key --- */

START_TEST(a_refused_dial_binds_no_key)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial(f, id, "{\"PhoneNumber\":\"" ANSWERS "\"}");
	post_keyed(f, "k1", DIAL(BUSY, UUID));
	expect_problem(f, 409, "agent_busy");
	flow_advance(f, 5000);
	post_keyed(f, "k1", DIAL(BUSY, UUID));
	expect_status(f, 201);
	flow_end(f);
}
END_TEST

/* --- redial --- */

START_TEST(a_running_call_is_not_redialed)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial(f, id, DIAL(ANSWERS, UUID));
	flow_do(f, id, "redial", NULL);
	expect_problem(f, 409, "wrong_state");
	flow_advance(f, 2000);
	flow_do(f, id, "redial", NULL);
	expect_problem(f, 409, "wrong_state");
	expect_calls(f, 1);
	flow_end(f);
}
END_TEST

START_TEST(a_redial_is_a_new_call_with_the_same_crm)
{
	static const char body[] =
		"{\"PhoneNumber\":\"" BUSY "\",\"ActivityUUID\":\"" UUID
		"\",\"LoggedInUserID\":\"U1\",\"Odd\":[1]}";
	struct flow *f = flow_start(NULL);
	char first[64], second[64], path[128];

	flow_dial(f, first, body);
	flow_advance(f, 5000);
	flow_do(f, first, "redial", NULL);
	expect_status(f, 201);
	(void)snprintf(second, sizeof(second), "%s", json_text(f->json, "id"));
	ck_assert_str_ne(first, second);
	(void)snprintf(path, sizeof(path), "/api/v1/calls/%s", second);
	ck_assert_str_eq(flow_header(f, "Location"), path);
	ck_assert_int_eq(
		strncmp(json_at(f->json, "crm")->raw, body, strlen(body)), 0);
	expect_text(f->json, "agent", "U1");
	expect_text(f->json, "activity_uuid", UUID);
	expect_text(f->json, "redial_of", first);
	flow_advance(f, 5000);
	expect_same(f, body, second);
	flow_do(f, second, "redial", NULL);
	expect_status(f, 201);
	(void)snprintf(first, sizeof(first), "%s", json_text(f->json, "id"));
	flow_advance(f, 5000);
	expect_same(f, body, first);
	flow_end(f);
}
END_TEST

START_TEST(a_double_redial_is_one_call)
{
	struct flow *f = flow_start(NULL);
	char id[64], again[64];

	flow_dial(f, id, DIAL(BUSY, UUID));
	flow_advance(f, 5000);
	flow_do(f, id, "redial", NULL);
	expect_status(f, 201);
	(void)snprintf(again, sizeof(again), "%s", json_text(f->json, "id"));
	flow_do(f, id, "redial", NULL);
	expect_status(f, 200);
	expect_text(f->json, "id", again);
	expect_calls(f, 2);
	flow_end(f);
}
END_TEST

START_TEST(a_redial_passes_what_a_dial_passes)
{
	struct flow *f = flow_start("dial { per_minute = 2 }");
	char id[64], other[64];

	flow_dial(f, id, DIAL(BUSY, UUID));
	flow_advance(f, 5000);
	flow_dial_number(f, other, "+4930123456404");
	flow_do(f, id, "redial", NULL);
	expect_problem(f, 409, "agent_busy");
	flow_advance(f, 5000);
	flow_do(f, id, "redial", NULL);
	expect_problem(f, 429, "rate_limited");
	flow_do(f, "0123456789ABCDEF0123456789ABCDEF", "redial", NULL);
	expect_problem(f, 404, "call_not_found");
	flow_end(f);
}
END_TEST

START_TEST(an_inbound_call_is_not_redialed)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_play(f, id, "{\"from\":\"" ANSWERS "\",\"script\":\"cancel\"}");
	flow_advance(f, 5000);
	flow_do(f, id, "redial", NULL);
	expect_problem(f, 409, "wrong_state");
	flow_end(f);
}
END_TEST

Suite *flow_suite(void)
{
	Suite *suite = suite_create("repeats");
	TCase *keys = tcase_create("keys");
	TCase *merge = tcase_create("merge");
	TCase *redial = tcase_create("redial");

	tcase_add_test(keys, a_repeated_click_is_the_same_call_for_a_day);
	tcase_add_test(keys, other_spellings_of_the_uuid_are_the_same_click);
	tcase_add_test(keys, the_uuid_alone_is_no_key);
	tcase_add_loop_test(keys, a_click_without_uuid_has_no_key, 0, 2);
	tcase_add_test(keys, a_uuid_of_another_shape_is_a_key_as_it_is);
	tcase_add_test(keys, an_idempotency_key_finds_its_call);
	tcase_add_test(keys, an_idempotency_key_takes_one_body);
	tcase_add_test(keys, an_idempotency_key_is_the_agents_own);
	tcase_add_test(keys, a_refused_dial_binds_no_key);
	suite_add_tcase(suite, keys);
	tcase_add_test(merge, a_double_click_is_one_call_whatever_its_key);
	tcase_add_test(merge, the_merge_window_closes);
	tcase_add_test(merge, only_a_running_call_is_merged_into);
	tcase_add_test(merge, the_merge_window_can_be_off);
	tcase_add_loop_test(merge, a_hundred_repeats_at_once_are_one_call, 0,
			    2);
	suite_add_tcase(suite, merge);
	tcase_add_test(redial, a_running_call_is_not_redialed);
	tcase_add_test(redial, a_redial_is_a_new_call_with_the_same_crm);
	tcase_add_test(redial, a_double_redial_is_one_call);
	tcase_add_test(redial, a_redial_passes_what_a_dial_passes);
	tcase_add_test(redial, an_inbound_call_is_not_redialed);
	suite_add_tcase(suite, redial);
	return suite;
}
