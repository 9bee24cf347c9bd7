/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_reads.c - calls, timelines, explanations, health: what is read */
#include <stdio.h>
#include <string.h>

#include "harness.h"

#define UUID "00163EA718FC1EEABDD5608C895BDC71"
#define DASHED "00163ea7-18fc-1eea-bdd5-608c895bdc71"
#define BUSY "+4930123456486"
#define ANSWERS "+4930123456000"

/* --- calls --- */

START_TEST(the_list_is_newest_first)
{
	struct flow *f = flow_start(NULL);
	char ids[3][64];

	flow_get(f, "/api/v1/calls");
	ck_assert_uint_eq(json_count(f->json, "calls"), 0);
	for (int i = 0; i < 3; i++) {
		flow_dial_number(f, ids[i], BUSY);
		flow_advance(f, 5000);
	}
	for (int round = 0; round < 2; round++) {
		flow_get(f, "/api/v1/calls");
		expect_status(f, 200);
		ck_assert_uint_eq(json_count(f->json, "calls"), 3);
		expect_text(f->json, "calls.0.id", ids[2]);
		expect_text(f->json, "calls.2.id", ids[0]);
		flow_restart(f);
	}
	flow_end(f);
}
END_TEST

START_TEST(the_list_is_filtered_by_uuid_and_ref)
{
	static const struct {
		const char *query;
		size_t found;
	} filters[] = {
		{"activity_uuid=" UUID, 1}, {"activity_uuid=" DASHED, 1},
		{"activity_uuid=other", 0}, {"ref=leg-7", 1},
		{"ref=leg-8", 0},
	};
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial(f, id,
		  "{\"PhoneNumber\":\"" BUSY "\",\"ActivityUUID\":\"" DASHED
		  "\"}");
	flow_post(f, "/api/v1/inbound",
		  "{\"event\":\"ringing\",\"ref\":\"leg-7\"}");
	expect_status(f, 202);
	flow_get(f, flow_path(f, "/api/v1/calls?%s", filters[_i].query));
	expect_status(f, 200);
	ck_assert_uint_eq(json_count(f->json, "calls"), filters[_i].found);
	flow_end(f);
}
END_TEST

START_TEST(the_filter_finds_every_call_of_an_activity)
{
	static const char body[] =
		"{\"PhoneNumber\":\"" BUSY "\",\"ActivityUUID\":\"" UUID "\"}";
	struct flow *f = flow_start(NULL);
	char first[64], second[64];

	flow_dial(f, first, body);
	flow_advance(f, 5000);
	flow_do(f, first, "redial", NULL);
	(void)snprintf(second, sizeof(second), "%s", json_text(f->json, "id"));
	flow_get(f, "/api/v1/calls?activity_uuid=" UUID);
	ck_assert_uint_eq(json_count(f->json, "calls"), 2);
	expect_text(f->json, "calls.0.id", second);
	expect_text(f->json, "calls.1.id", first);
	flow_end(f);
}
END_TEST

START_TEST(a_call_that_is_not_there)
{
	static const char *const paths[] = {
		"/api/v1/calls/0123456789ABCDEF0123456789ABCDEF",
		"/api/v1/calls/nonsense",
		"/api/v1/calls/0123456789ABCDEF0123456789ABCDEF/timeline",
	};
	struct flow *f = flow_start(NULL);

	flow_get(f, paths[_i]);
	expect_problem(f, 404, "call_not_found");
	flow_end(f);
}
END_TEST

/* --- the timeline --- */

static void expect_step(const struct flow *f, size_t at, const char *step,
			int64_t ms)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "steps.%zu.step", at);
	expect_text(f->json, path, step);
	(void)snprintf(path, sizeof(path), "steps.%zu.ms", at);
	expect_int(f->json, path, ms);
}

START_TEST(the_timeline_of_a_dial_has_every_step)
{
	static const struct {
		const char *step;
		int64_t ms;
	} steps[] = {
		{"received", 0},       {"stored", 0},
		{"sent to switch", 0}, {"call.queued", 0},
		{"call.dialing", 0},   {"published", 0},
		{"published", 0},      {"call.ringing", 250},
		{"published", 250},    {"call.active", 1000},
		{"published", 1000},   {"call.ended", 31000},
		{"published", 31000},
	};
	enum { NSTEPS = sizeof(steps) / sizeof(steps[0]) };
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial_number(f, id, ANSWERS);
	flow_advance(f, 0);
	flow_advance(f, 250);
	flow_advance(f, 750);
	flow_advance(f, 30000);
	flow_get(f, flow_path(f, "/api/v1/calls/%s/timeline", id));
	expect_status(f, 200);
	expect_text(f->json, "id", id);
	ck_assert_uint_eq(json_count(f->json, "steps"), NSTEPS);
	for (size_t i = 0; i < NSTEPS; i++)
		expect_step(f, i, steps[i].step, steps[i].ms);
	expect_text(f->json, "steps.0.at", "2026-11-22T06:30:01.000Z");
	expect_text(f->json, "steps.0.detail", ANSWERS);
	expect_text(f->json, "steps.2.detail", "004930123456000");
	expect_text(f->json, "steps.11.detail", "normal");
	flow_restart(f);
	flow_get(f, flow_path(f, "/api/v1/calls/%s/timeline", id));
	ck_assert_uint_eq(json_count(f->json, "steps"), NSTEPS);
	expect_step(f, 1, "stored", 0);
	expect_step(f, 2, "sent to switch", 0);
	flow_end(f);
}
END_TEST

/* --- tools --- */

START_TEST(explain_shows_both_directions)
{
	struct flow *f = flow_start("number { region = \"DE\" }");

	flow_get(f, "/api/v1/numbers/explain?number=030%20123456-0");
	expect_status(f, 200);
	expect_text(f->json, "number", "030 123456-0");
	expect_bool(f->json, "outbound.ok", true);
	expect_text(f->json, "outbound.e164", "+49301234560");
	expect_text(f->json, "outbound.dialed", "0049301234560");
	ck_assert_uint_gt(json_count(f->json, "outbound.steps"), 2);
	expect_text(f->json, "inbound.ani", "+49301234560");
	flow_end(f);
}
END_TEST

START_TEST(explain_says_why_not)
{
	struct flow *f = flow_start("number { region = \"DE\" }");

	flow_get(f, "/api/v1/numbers/explain?number=112");
	expect_status(f, 200);
	expect_bool(f->json, "outbound.ok", false);
	expect_text(f->json, "outbound.code", "number_blocked");
	flow_get(f, "/api/v1/numbers/explain?number=030%2Cx");
	expect_text(f->json, "outbound.code", "bad_number");
	flow_get(f, "/api/v1/numbers/explain");
	expect_problem(f, 400, "bad_request");
	flow_end(f);
}
END_TEST

static const struct {
	const char *type, *body, *rule, *kba;
} payloads[] = {
	{NULL,
	 "{\"payload\":{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
	 "\"Action\":\"NOTIFY\",\"ANI\":\"+49306912345\","
	 "\"ExternalReferenceID\":\"3F2504E04F8911D39A0C0305E82C3301\","
	 "\"ExternalOriginalReferenceID\":"
	 "\"3F2504E04F8911D39A0C0305E82C3301\"}}",
	 NULL, NULL},
	{NULL,
	 "{\"payload\":{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
	 "\"Action\":\"NOTIFY\",\"ANI\":\"+49306912345\"}}",
	 "id.missing", "3481409"},
	{NULL,
	 "{\"payload\":{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
	 "\"Action\":\"ACCEPT\",\"ANI\":\"49306912345\","
	 "\"ExternalReferenceID\":\"1\"}}",
	 "ani.plus", "3705829"},
	{"application/xml",
	 "<payload><Type>CALL</Type><EventType>INBOUND</EventType>"
	 "<Action>NOTIFY</Action><ANI>+49306912345</ANI></payload>",
	 "id.missing", "3481409"},
	{"application/xml", "<payload><Type>CALL</payload>", "xml.syntax",
	 NULL},
	{NULL, "{\"payload\":", "json.syntax", NULL},
};
enum { NPAYLOADS = sizeof(payloads) / sizeof(payloads[0]) };

/* Where the finding of that rule is, or -1. */
static int finding_of(const struct flow *f, const char *rule)
{
	char path[64];
	size_t n = json_count(f->json, "findings");

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "findings.%zu.rule", i);
		if (strcmp(json_text(f->json, path), rule) == 0)
			return (int)i;
	}
	return -1;
}

START_TEST(lint_names_the_rule_and_the_kba)
{
	struct flow *f = flow_start(NULL);
	const char *rule = payloads[_i].rule;
	char path[64];
	int at;

	flow_ask(f, &(struct ask){.method = "POST",
				  .path = "/api/v1/lint",
				  .type = payloads[_i].type,
				  .body = payloads[_i].body});
	expect_status(f, 200);
	expect_bool(f->json, "ok", rule == NULL);
	at = rule ? finding_of(f, rule) : -1;
	ck_assert_msg((at >= 0) == (rule != NULL), "%s", f->last.body);
	if (payloads[_i].kba) {
		(void)snprintf(path, sizeof(path), "findings.%d.kba", at);
		expect_text(f->json, path, payloads[_i].kba);
	}
	flow_end(f);
}
END_TEST

/* --- is it well? --- */

START_TEST(status_shows_switch_agents_store_and_host)
{
	struct flow *f = flow_start("agent \"A\" { device = \"PJSIP/101\" }");
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);

	sse_expect(sse, "snapshot", NULL);
	flow_get(f, "/api/v1/status");
	expect_status(f, 200);
	expect_text(f->json, "version", CTI_VERSION);
	expect_text(f->json, "started_at", "2026-11-22T06:30:00.000Z");
	expect_text(f->json, "switch.driver", "simulator");
	expect_text(f->json, "switch.link", "up");
	expect_bool(f->json, "switch.synced", true);
	expect_text(f->json, "agents.0.id", "A");
	expect_text(f->json, "agents.0.device", "PJSIP/101");
	expect_bool(f->json, "store.ok", true);
	expect_null(f->json, "host.widget_loaded_at");
	expect_int(f->json, "streams", 1);
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(status_tells_when_sap_loaded_the_widget)
{
	struct flow *f = flow_start(NULL);

	flow_ask(f, &(struct ask){.path = "/",
				  .headers = "Sec-Fetch-Dest: iframe\r\n"
					     "Sec-Fetch-Site: cross-site\r\n"});
	expect_status(f, 200);
	flow_get(f, "/api/v1/status");
	expect_text(f->json, "host.widget_loaded_at",
		    "2026-11-22T06:30:01.000Z");
	flow_end(f);
}
END_TEST

START_TEST(operations_answer)
{
	struct flow *f = flow_start(NULL);

	flow_get(f, "/healthz");
	expect_status(f, 200);
	expect_text(f->json, "status", "ok");
	flow_get(f, "/readyz");
	expect_status(f, 200);
	flow_get(f, "/version");
	expect_status(f, 200);
	expect_text(f->json, "version", CTI_VERSION);
	flow_get(f, "/openapi.json");
	expect_status(f, 200);
	ck_assert_ptr_nonnull(strstr(f->last.body, "\"/api/v1/calls\""));
	flow_end(f);
}
END_TEST

START_TEST(a_dial_is_found_by_the_leg_it_got)
{
	struct flow *f = flow_start(NULL);
	char id[64], ref[64];

	flow_dial_number(f, id, "+1 6503054000");
	flow_advance(f, 1000);
	flow_call(f, id);
	(void)snprintf(ref, sizeof(ref), "%s", json_text(f->json, "ref"));
	flow_restart(f);
	flow_get(f, flow_path(f, "/api/v1/calls?ref=%s", ref));
	ck_assert_uint_eq(json_count(f->json, "calls"), 1);
	expect_text(f->json, "calls.0.id", id);
	flow_end(f);
}
END_TEST

/* Devices are asked one after the other, each in its own turn. */
static void check_up(struct flow *f)
{
	struct wire *wire =
		wire_ask(f, &(struct ask){.path = "/api/v1/doctor"});

	for (int i = 0; i < 100 && !wire_ready(wire); i++)
		flow_advance(f, 1);
	ck_assert_int_eq(wire_take(f, wire), 200);
}

static bool said(const struct flow *f, const char *text)
{
	return strstr(f->last.body, text) != NULL;
}

START_TEST(the_check_up_asks_for_every_device)
{
	struct flow *f = flow_start("agent \"ANN\" { device = \"sip:1\" }\n"
				    "agent \"BOB\" { device = \"sip:2\" }\n"
				    "agent \"CID\" { device = \"sip:3\" }\n");

	check_up(f);
	for (int i = 1; i <= 3; i++)
		ck_assert(said(f, flow_path(f, "\"sip:%d of agent ", i)));
	ck_assert(!said(f, "is not known"));
	flow_end(f);
}
END_TEST

START_TEST(the_check_up_looks_back_one_day)
{
	struct flow *f = flow_start(NULL);

	flow_post(f, "/api/v1/calls", "{\"PhoneNumber\":\"112\"}");
	expect_problem(f, 403, "number_blocked");
	flow_advance(f, 23 * 3600 * 1000);
	check_up(f);
	ck_assert(said(f, "number_blocked: 1"));
	flow_advance(f, 3600 * 1000);
	check_up(f);
	ck_assert(!said(f, "number_blocked"));
	flow_end(f);
}
END_TEST

static void add_calls(Suite *suite)
{
	TCase *calls = tcase_create("calls");

	tcase_add_test(calls, the_list_is_newest_first);
	tcase_add_loop_test(calls, the_list_is_filtered_by_uuid_and_ref, 0, 5);
	tcase_add_test(calls, the_filter_finds_every_call_of_an_activity);
	tcase_add_test(calls, a_dial_is_found_by_the_leg_it_got);
	tcase_add_loop_test(calls, a_call_that_is_not_there, 0, 3);
	tcase_add_test(calls, the_timeline_of_a_dial_has_every_step);
	suite_add_tcase(suite, calls);
}

Suite *flow_suite(void)
{
	Suite *suite = suite_create("reads");
	TCase *tools = tcase_create("tools");
	TCase *health = tcase_create("health");

	add_calls(suite);
	tcase_add_test(tools, explain_shows_both_directions);
	tcase_add_test(tools, explain_says_why_not);
	tcase_add_loop_test(tools, lint_names_the_rule_and_the_kba, 0,
			    NPAYLOADS);
	suite_add_tcase(suite, tools);
	tcase_add_test(health, status_shows_switch_agents_store_and_host);
	tcase_add_test(health, status_tells_when_sap_loaded_the_widget);
	tcase_add_test(health, operations_answer);
	tcase_add_test(health, the_check_up_asks_for_every_device);
	tcase_add_test(health, the_check_up_looks_back_one_day);
	suite_add_tcase(suite, health);
	return suite;
}
