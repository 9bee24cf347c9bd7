/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_click_to_call.c - a click in the CRM becomes a call */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cti/buf.h"
#include "harness.h"

enum { PAYLOAD_SIZE = 2048 };

static const char kba[] = CTI_TEST_DATA
	"/sap/c4c-la-or-agentdesktop_outbound-click2call_kba3481409.json";

/* The payload of KBA 3481409 as SAP's page posts it. */
static void payload_read(char text[PAYLOAD_SIZE])
{
	FILE *file = fopen(kba, "rb");
	size_t len;

	ck_assert_ptr_nonnull(file);
	len = fread(text, 1, PAYLOAD_SIZE - 1, file);
	ck_assert_int_eq(fclose(file), 0);
	while (len && text[len - 1] == '\n')
		len--;
	text[len] = '\0';
}

static void expect_kba_call(struct flow *f, const char *payload)
{
	const struct cti_json_value *crm = json_at(f->json, "crm");

	expect_text(f->json, "direction", "outbound");
	expect_text(f->json, "kind", "customer");
	expect_text(f->json, "agent", "SERVICEAGENT01");
	expect_text(f->json, "number", "+16503054000");
	expect_text(f->json, "number_shown", "+1 650-305-4000");
	expect_text(f->json, "number_raw", "+1 6503054000");
	expect_text(f->json, "dialed", "0016503054000");
	expect_text(f->json, "bp", "1545766");
	expect_text(f->json, "activity_uuid",
		    "00163EA718FC1EEABDD5608C895BDC71");
	ck_assert_ptr_nonnull(crm);
	ck_assert_uint_eq(crm->raw_len, strlen(payload));
	ck_assert(memcmp(crm->raw, payload, crm->raw_len) == 0);
}

START_TEST(sap_payload_becomes_a_call)
{
	struct flow *f = flow_start(NULL);
	char payload[PAYLOAD_SIZE], id[64], path[128];

	payload_read(payload);
	flow_dial(f, id, payload);
	(void)snprintf(path, sizeof(path), "/api/v1/calls/%s", id);
	ck_assert_str_eq(flow_header(f, "Location"), path);
	expect_kba_call(f, payload);
	flow_call(f, id);
	expect_kba_call(f, payload);
	flow_end(f);
}
END_TEST

START_TEST(sap_payload_is_found_in_its_wrappers)
{
	static const struct {
		const char *head, *tail;
		bool text; /* the payload is a JSON text */
	} wrappers[] = {
		{"{\"payload\":", "}", false},
		{"{\"payload\":", "}", true},
		{"", "", true},
	};
	struct flow *f = flow_start(NULL);
	char payload[PAYLOAD_SIZE], id[64];
	struct cti_buf text, body;
	struct cti_jsonw w;

	payload_read(payload);
	cti_buf_init(&text, 8192);
	cti_buf_init(&body, 8192);
	ck_assert_int_eq(cti_jsonw_init(&w, &text), 0);
	cti_jsonw_str(&w, payload);
	ck_assert_int_eq(cti_jsonw_fini(&w), 0);
	ck_assert_int_eq(cti_buf_fmt(&body, "%s%s%s", wrappers[_i].head,
				     wrappers[_i].text ? text.data : payload,
				     wrappers[_i].tail),
			 0);
	flow_dial(f, id, body.data);
	expect_kba_call(f, payload);
	cti_buf_fini(&text);
	cti_buf_fini(&body);
	flow_end(f);
}
END_TEST

START_TEST(a_call_has_every_documented_key)
{
	static const char *const keys[] = {
		"id",	    "original_id",   "direction",    "kind",
		"state",    "cause",	     "cause_detail", "agent",
		"device",   "number",	     "number_shown", "number_raw",
		"dialed",   "name",	     "withheld",     "dnis",
		"bp",	    "serial",	     "ticket",	     "custom",
		"muted",    "activity_uuid", "crm",	     "driver",
		"ref",	    "created_at",    "ringing_at",   "answered_at",
		"ended_at", "duration_ms",   "controls",
	};
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial_number(f, id, "+49 30 123456000");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		ck_assert_msg(json_at(f->json, keys[i]) != NULL, "%s", keys[i]);
	ck_assert_uint_eq(strspn(id, "0123456789ABCDEF"), 32);
	ck_assert_uint_eq(strlen(id), 32);
	expect_text(f->json, "original_id", id);
	expect_text(f->json, "state", "queued");
	expect_text(f->json, "driver", "simulator");
	expect_text(f->json, "created_at", "2026-11-22T06:30:01.000Z");
	expect_bool(f->json, "withheld", false);
	expect_bool(f->json, "muted", false);
	expect_null(f->json, "cause");
	expect_null(f->json, "name");
	expect_null(f->json, "activity_uuid");
	expect_null(f->json, "ended_at");
	expect_null(f->json, "duration_ms");
	ck_assert_uint_eq(json_count(f->json, "custom"), 0);
	ck_assert_uint_eq(json_count(f->json, "controls"), 1);
	ck_assert(json_holds(f->json, "controls", "hangup"));
	flow_end(f);
}
END_TEST

START_TEST(unknown_keys_are_kept_verbatim)
{
	static const char payload[] =
		"{ \"PhoneNumber\" : \"+4930123456000\",\"Zzz\":{\"a\":[1.50, "
		"null,true]},\"\\u00dcber\":\"K\\u00f6ln \\/ \xc3\xa4\" }";
	struct flow *f = flow_start(NULL);
	const struct cti_json_value *crm;
	char id[64];

	flow_dial(f, id, payload);
	flow_restart(f);
	flow_call(f, id);
	crm = json_at(f->json, "crm");
	ck_assert_uint_eq(crm->raw_len, strlen(payload));
	ck_assert(memcmp(crm->raw, payload, crm->raw_len) == 0);
	flow_end(f);
}
END_TEST

START_TEST(the_last_three_digits_are_the_far_ends_answer)
{
	static const struct {
		const char *number, *cause, *detail;
		bool rings;
	} ends[] = {
		{"+4930123456486", "busy", "SIP 486, Q.850 17", false},
		{"+4930123456404", "bad_number", "SIP 404, Q.850 1", false},
		{"+4930123456408", "no_answer", "SIP 408, Q.850 102", true},
		{"+4930123456480", "unreachable", "SIP 480, Q.850 18", false},
		{"+4930123456603", "rejected", "SIP 603, Q.850 21", true},
	};
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial_number(f, id, ends[_i].number);
	flow_advance(f, 999);
	flow_call(f, id);
	expect_text(f->json, "state", ends[_i].rings ? "ringing" : "dialing");
	flow_advance(f, 1);
	flow_call(f, id);
	expect_text(f->json, "state", "ended");
	expect_text(f->json, "cause", ends[_i].cause);
	expect_text(f->json, "cause_detail", ends[_i].detail);
	expect_text(f->json, "ended_at", "2026-11-22T06:30:02.000Z");
	expect_null(f->json, "answered_at");
	expect_null(f->json, "duration_ms");
	ck_assert_uint_eq(json_count(f->json, "controls"), 0);
	if (ends[_i].rings)
		expect_text(f->json, "ringing_at", "2026-11-22T06:30:01.250Z");
	else
		expect_null(f->json, "ringing_at");
	flow_end(f);
}
END_TEST

START_TEST(any_other_number_answers_and_talks)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial_number(f, id, "+4930123456000");
	flow_advance(f, 1000);
	flow_call(f, id);
	expect_text(f->json, "state", "active");
	expect_text(f->json, "answered_at", "2026-11-22T06:30:02.000Z");
	expect_null(f->json, "duration_ms");
	flow_advance(f, 30000);
	flow_call(f, id);
	expect_text(f->json, "state", "ended");
	expect_text(f->json, "cause", "normal");
	expect_int(f->json, "duration_ms", 30000);
	flow_end(f);
}
END_TEST

START_TEST(a_call_nobody_answers_in_time_is_given_up)
{
	struct flow *f = flow_start("dial { ring_timeout_s = 5 }\n"
				    "simulator { ring_ms = 60000 }");
	char id[64];

	flow_dial_number(f, id, "+4930123456408");
	flow_advance(f, 4999);
	flow_call(f, id);
	expect_null(f->json, "cause");
	flow_advance(f, 12000);
	flow_call(f, id);
	expect_text(f->json, "cause", "no_answer");
	flow_end(f);
}
END_TEST

START_TEST(an_open_page_sees_each_step)
{
	static const char *const steps[] = {"call.queued", "call.dialing",
					    "call.ringing", "call.active",
					    "call.ended"};
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	int64_t last = sse_expect(sse, "snapshot", NULL)->id;
	char id[64];

	flow_dial_number(f, id, "+4930123456000");
	for (int i = 0; i < 33; i++)
		flow_advance(f, 1000);
	for (int i = 0; i < 5; i++) {
		const struct sse_event *ev = sse_expect(sse, "call", steps[i]);

		expect_text(ev->json, "call.id", id);
		expect_null(ev->json, "sap");
		expect_bool(ev->json, "durable", true);
		expect_int(ev->json, "id", ev->id);
		ck_assert_int_gt(ev->id, last);
		last = ev->id;
	}
	ck_assert(sse_quiet(sse));
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(numbers_are_dialed_as_the_switch_wants_them)
{
	static const struct {
		const char *conf, *typed, *number, *dialed;
	} cases[] = {
		{"number { region = \"DE\" }", "030 / 123456-00",
		 "+493012345600", "00493012345600"},
		{"number { region = \"DE\" }\ndial { own_country = \"national\""
		 " outside_line = \"0\" }",
		 "(030) 12345600", "+493012345600", "003012345600"},
		{"dial { international_prefix = \"+\" }", "+1 650-305-4000",
		 "+16503054000", "+16503054000"},
		{"", "4711", "4711", "4711"},
		{"dial { feature_codes = {\"*21#\"} }", "*21#", "*21#", "*21#"},
	};
	struct flow *f = flow_start(cases[_i].conf);
	char id[64];

	flow_dial_number(f, id, cases[_i].typed);
	expect_text(f->json, "number", cases[_i].number);
	expect_text(f->json, "number_raw", cases[_i].typed);
	expect_text(f->json, "dialed", cases[_i].dialed);
	flow_end(f);
}
END_TEST

Suite *flow_suite(void)
{
	Suite *suite = suite_create("click to call");
	TCase *payload = tcase_create("payload");
	TCase *outcome = tcase_create("outcome");

	tcase_add_test(payload, sap_payload_becomes_a_call);
	tcase_add_loop_test(payload, sap_payload_is_found_in_its_wrappers, 0,
			    3);
	tcase_add_test(payload, a_call_has_every_documented_key);
	tcase_add_test(payload, unknown_keys_are_kept_verbatim);
	tcase_add_loop_test(payload,
			    numbers_are_dialed_as_the_switch_wants_them, 0, 5);
	suite_add_tcase(suite, payload);
	tcase_add_loop_test(
		outcome, the_last_three_digits_are_the_far_ends_answer, 0, 5);
	tcase_add_test(outcome, any_other_number_answers_and_talks);
	tcase_add_test(outcome, a_call_nobody_answers_in_time_is_given_up);
	tcase_add_test(outcome, an_open_page_sees_each_step);
	suite_add_tcase(suite, outcome);
	return suite;
}
