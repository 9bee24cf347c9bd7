/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_refusals.c - dials that are refused, and what the agent reads */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "cti/loop.h"
#include "harness.h"

#define UUID "00163EA718FC1EEABDD5608C895BDC71"
#define ANSWERS "+4930123456000"

/* Who asked for what, in an event that all pages see. */
static void expect_refused(struct sse *sse, const struct flow *f)
{
	static const char *const same[] = {"code", "detail", "fix"};
	const struct sse_event *ev = sse_expect(sse, "call", "call.refused");
	char path[32] = "refusal.";

	expect_null(ev->json, "call");
	expect_null(ev->json, "sap");
	for (int i = 0; i < 3; i++) {
		memcpy(path + 8, same[i], strlen(same[i]) + 1);
		expect_text(ev->json, path, json_text(f->json, same[i]));
	}
}

static void expect_no_calls(struct flow *f)
{
	flow_get(f, "/api/v1/calls");
	ck_assert_uint_eq(json_count(f->json, "calls"), 0);
}

#define DE "number { region = \"DE\" }\n"

/* --- the number --- */

static const struct {
	const char *conf, *number;
	int status;
	const char *code, *detail;
} numbers[] = {
	{DE, "030 1234x56", 422, "bad_number", "letter 'x' at position 9"},
	{DE, "+4930123456;ext=5", 422, "bad_number", "';' at position 12"},
	{DE, "+4930123456,,5", 422, "bad_number", "',' at position 12"},
	{DE, "1-800-FLOWERS", 422, "bad_number", "letter 'F'"},
	{DE, "++4930123456", 422, "bad_number", "'+' at position 2"},
	{DE, "*21#", 422, "bad_number", "dial.feature_codes"},
	{DE, "+491", 422, "bad_number", ""},
	{DE, "+4930123456789012345", 422, "bad_number", ""},
	{DE, "", 422, "bad_number", "empty"},
	{"", "030 123456", 422, "region_missing", "number.region"},
	{DE, "112", 403, "number_blocked", "emergency"},
	{DE "dial { outside_line = \"0\" }", "0112", 403, "number_blocked",
	 "emergency"},
	{DE "dial { emergency = {\"4711\"} }", "4711", 403, "number_blocked",
	 "emergency"},
	{DE, "+499001234567", 403, "number_blocked", "premium"},
	{DE "dial { premium = {\"+4930\"} }", "+4930123456", 403,
	 "number_blocked", "premium"},
	{DE "dial { countries = {\"DE\"} }", "+16503054000", 403,
	 "number_blocked", "dial.countries"},
};
enum { NNUMBERS = sizeof(numbers) / sizeof(numbers[0]) };

static void body_make(char body[256], const char *number)
{
	(void)snprintf(body, 256,
		       "{\"PhoneNumber\":\"%s\",\"ActivityUUID\":\"" UUID
		       "\",\"LoggedInUserID\":\"U1\"}",
		       number);
}

START_TEST(a_number_that_is_refused_says_why)
{
	struct flow *f = flow_start(numbers[_i].conf);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	const char *detail;
	char body[256];

	sse_expect(sse, "snapshot", NULL);
	body_make(body, numbers[_i].number);
	flow_post(f, "/api/v1/calls", body);
	expect_problem(f, numbers[_i].status, numbers[_i].code);
	detail = json_text(f->json, "detail");
	ck_assert_msg(strstr(detail, numbers[_i].detail) != NULL, "%s", detail);
	expect_refused(sse, f);
	sse_close(sse);
	expect_no_calls(f);
	flow_end(f);
}
END_TEST

START_TEST(a_refusal_names_who_asked_for_what)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	const struct sse_event *ev;
	char body[256];

	sse_expect(sse, "snapshot", NULL);
	body_make(body, "112");
	flow_post(f, "/api/v1/calls", body);
	ev = sse_expect(sse, "call", "call.refused");
	expect_text(ev->json, "refusal.agent", "U1");
	expect_text(ev->json, "refusal.number", "112");
	expect_text(ev->json, "refusal.activity_uuid", UUID);
	sse_close(sse);
	flow_restart(f);
	sse = sse_open(f, "/api/v1/events", "Last-Event-ID: 1\r\n");
	sse_expect(sse, "reset", NULL);
	sse_close(sse);
	flow_end(f);
}
END_TEST

/* --- the body --- */

static const struct {
	const char *body, *type;
	int status;
	const char *code, *detail;
} bodies[] = {
	{"{\"PhoneNumber\":", NULL, 400, "bad_json", ""},
	{"", NULL, 400, "bad_json", ""},
	{"[\"" ANSWERS "\"]", NULL, 400, "bad_json", "array"},
	{"{\"PhoneNumber\":\"1\",\"PhoneNumber\":\"2\"}", NULL, 400, "bad_json",
	 "twice"},
	{"{\"PhoneNumber\":\"\\u0000\"}", NULL, 400, "bad_json", ""},
	{"{\"PhoneNumber\":\"\xc0\x80\"}", NULL, 400, "bad_json", ""},
	{"{\"ActivityUUID\":\"" UUID "\"}", NULL, 422, "bad_number",
	 "PhoneNumber is missing"},
	{"{\"PhoneNumber\":4930123456}", NULL, 422, "bad_number",
	 "PhoneNumber is a number"},
	{"{\"PhoneNumber\":\"" ANSWERS "\"}", "text/plain", 415, "not_json",
	 ""},
	{"PhoneNumber=4930123456", "application/x-www-form-urlencoded", 415,
	 "not_json", ""},
};
enum { NBODIES = sizeof(bodies) / sizeof(bodies[0]) };

START_TEST(a_body_that_is_refused_says_why)
{
	struct flow *f = flow_start(NULL);
	const char *detail;

	flow_ask(f, &(struct ask){.method = "POST",
				  .path = "/api/v1/calls",
				  .type = bodies[_i].type,
				  .body = bodies[_i].body});
	expect_problem(f, bodies[_i].status, bodies[_i].code);
	detail = json_text(f->json, "detail");
	ck_assert_msg(strstr(detail, bodies[_i].detail) != NULL, "%s", detail);
	expect_no_calls(f);
	flow_end(f);
}
END_TEST

START_TEST(a_payload_without_number_is_audited)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);

	sse_expect(sse, "snapshot", NULL);
	flow_post(f, "/api/v1/calls", "{\"ActivityUUID\":\"" UUID "\"}");
	expect_problem(f, 422, "bad_number");
	expect_refused(sse, f);
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(a_body_over_the_limit_is_refused)
{
	static const char head[] = "{\"PhoneNumber\":\"" ANSWERS "\",\"x\":\"";
	struct flow *f = flow_start(NULL);
	char body[9000];

	memset(body, 'x', sizeof(body));
	memcpy(body, head, sizeof(head) - 1);
	memcpy(body + sizeof(body) - 3, "\"}", 3);
	flow_post(f, "/api/v1/calls", body);
	expect_problem(f, 413, "body_too_large");
	memcpy(body + 8190, "\"}", 3);
	flow_post(f, "/api/v1/calls", body);
	expect_status(f, 201);
	flow_end(f);
}
END_TEST

/* --- the limits --- */

START_TEST(a_second_call_in_set_up_is_refused)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	char id[64];

	flow_dial_number(f, id, ANSWERS);
	flow_post(f, "/api/v1/calls", "{\"PhoneNumber\":\"+4930654321000\"}");
	expect_problem(f, 409, "agent_busy");
	flow_quiet(f);
	sse_find(sse, "call", "call.queued");
	expect_refused(sse, f);
	flow_advance(f, 1000);
	flow_call(f, id);
	expect_text(f->json, "state", "active");
	flow_dial_number(f, id, "+4930654321000");
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(so_many_calls_in_set_up_as_configured)
{
	struct flow *f = flow_start("dial { concurrent = 2 }");
	char id[64];

	flow_dial_number(f, id, ANSWERS);
	flow_dial_number(f, id, "+4930654321000");
	flow_post(f, "/api/v1/calls", "{\"PhoneNumber\":\"+4930654322000\"}");
	expect_problem(f, 409, "agent_busy");
	flow_end(f);
}
END_TEST

START_TEST(too_many_dials_must_wait)
{
	static const struct {
		const char *conf, *wait;
		int64_t span_s;
	} limits[] = {
		{"dial { per_minute = 2 per_hour = 0 }", "40", 60},
		{"dial { per_minute = 0 per_hour = 2 }", "3580", 3600},
		{"dial { per_minute = 2 per_hour = 2 }", "3580", 3600},
	};
	struct flow *f = flow_start(limits[_i].conf);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	char id[64];

	flow_dial_number(f, id, "+4930123456486");
	flow_advance(f, 10000);
	flow_dial_number(f, id, "+4930123456486");
	flow_advance(f, 10000);
	flow_post(f, "/api/v1/calls", "{\"PhoneNumber\":\"" ANSWERS "\"}");
	expect_problem(f, 429, "rate_limited");
	ck_assert_str_eq(flow_header(f, "Retry-After"), limits[_i].wait);
	sse_find(sse, "call", "call.refused");
	flow_advance(f, (limits[_i].span_s - 20) * 1000 - 1);
	flow_post(f, "/api/v1/calls", "{\"PhoneNumber\":\"" ANSWERS "\"}");
	expect_problem(f, 429, "rate_limited");
	ck_assert_str_eq(flow_header(f, "Retry-After"), "1");
	flow_advance(f, 1);
	flow_dial_number(f, id, ANSWERS);
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(repeats_and_refusals_cost_no_dial)
{
	struct flow *f = flow_start("dial { per_minute = 2 }");
	char id[64];

	flow_dial_number(f, id, ANSWERS);
	for (int i = 0; i < 5; i++) {
		flow_post(f, "/api/v1/calls",
			  "{\"PhoneNumber\":\"" ANSWERS "\"}");
		expect_status(f, 200);
		flow_post(f, "/api/v1/calls", "{\"PhoneNumber\":\"112\"}");
		expect_status(f, 403);
	}
	flow_advance(f, 5000);
	flow_dial_number(f, id, ANSWERS);
	flow_end(f);
}
END_TEST

/* --- the switch and the store --- */

START_TEST(nothing_is_dialed_before_the_switch_is_synced)
{
	struct flow *f = flow_start_early(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	char id[64];

	sse_expect(sse, "snapshot", NULL);
	flow_post(f, "/api/v1/calls", "{\"PhoneNumber\":\"" ANSWERS "\"}");
	expect_problem(f, 503, "switch_down");
	expect_refused(sse, f);
	flow_get(f, "/readyz");
	expect_problem(f, 503, "switch_down");
	ck_assert_uint_eq(json_count(f->json, "failing"), 1);
	expect_text(f->json, "failing.0", "switch");
	expect_text(f->json, "checks.switch.status", "fail");
	expect_text(f->json, "checks.store.status", "ok");
	flow_advance(f, 1000);
	sse_expect(sse, "status", NULL);
	flow_get(f, "/readyz");
	expect_status(f, 200);
	flow_dial_number(f, id, ANSWERS);
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(a_lost_link_refuses_dials_until_it_is_back)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_play(f, id, "{\"from\":\"" ANSWERS "\",\"script\":\"drop\"}");
	flow_do(f, id, "answer", NULL);
	expect_status(f, 202);
	flow_advance(f, 1000);
	flow_post(f, "/api/v1/calls", "{\"PhoneNumber\":\"" ANSWERS "\"}");
	expect_problem(f, 503, "switch_down");
	flow_advance(f, 500);
	flow_dial_number(f, id, ANSWERS);
	flow_end(f);
}
END_TEST

/* No file of this process may grow any more; or may again. */
static void disk_full(bool full)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct rlimit limit;

	ck_assert_int_eq(sigaction(SIGXFSZ, &ignore, NULL), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = full ? 1 : limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(a_full_disk_refuses_dials_until_it_heals)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	disk_full(true);
	flow_post(f, "/api/v1/calls", "{\"PhoneNumber\":\"" ANSWERS "\"}");
	expect_problem(f, 503, "store_full");
	flow_post(f, "/api/v1/calls", "{\"PhoneNumber\":\"" ANSWERS "\"}");
	expect_problem(f, 503, "store_full");
	flow_get(f, "/readyz");
	expect_problem(f, 503, "store_full");
	expect_no_calls(f);
	disk_full(false);
	for (int i = 0; i < 3; i++)
		flow_advance(f, 1000);
	expect_no_calls(f);
	flow_dial_number(f, id, ANSWERS);
	flow_end(f);
}
END_TEST

Suite *flow_suite(void)
{
	Suite *suite = suite_create("refusals");
	TCase *asked = tcase_create("asked");
	TCase *limits = tcase_create("limits");
	TCase *down = tcase_create("down");

	tcase_add_loop_test(asked, a_number_that_is_refused_says_why, 0,
			    NNUMBERS);
	tcase_add_test(asked, a_refusal_names_who_asked_for_what);
	tcase_add_loop_test(asked, a_body_that_is_refused_says_why, 0, NBODIES);
	tcase_add_test(asked, a_payload_without_number_is_audited);
	tcase_add_test(asked, a_body_over_the_limit_is_refused);
	suite_add_tcase(suite, asked);
	tcase_add_test(limits, a_second_call_in_set_up_is_refused);
	tcase_add_test(limits, so_many_calls_in_set_up_as_configured);
	tcase_add_loop_test(limits, too_many_dials_must_wait, 0, 3);
	tcase_add_test(limits, repeats_and_refusals_cost_no_dial);
	suite_add_tcase(suite, limits);
	tcase_add_test(down, nothing_is_dialed_before_the_switch_is_synced);
	tcase_add_test(down, a_lost_link_refuses_dials_until_it_is_back);
	tcase_add_test(down, a_full_disk_refuses_dials_until_it_heals);
	suite_add_tcase(suite, down);
	return suite;
}
