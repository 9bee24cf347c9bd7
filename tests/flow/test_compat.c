/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_compat.c - reports as to SAP's sample widget, Zammad, sipgate */
#include "story.h"

#include <stdio.h>
#include <string.h>

#include "app.h"
#include "cti/id.h"

#define FORM "application/x-www-form-urlencoded"
#define TWO                                                                    \
	"agent \"ANNA\" { device = \"sim/anna\" }\n"                           \
	"agent \"BERND\" { device = \"sim/bernd\" }\n"

static int told(struct flow *f, const char *path)
{
	int status = flow_get(f, path);

	flow_quiet(f);
	return status;
}

static int form(struct flow *f, const char *path, const char *body)
{
	int status = flow_ask(f, &(struct ask){.method = "POST",
					       .path = path,
					       .type = FORM,
					       .body = body});

	flow_quiet(f);
	return status;
}

/* As a program that knows only SAP's client adapter. */
static int legacy(struct flow *f, const char *path)
{
	uint16_t port = cti_app_legacy_port(f->app);
	int status = flow_ask(f, &(struct ask){.path = path, .port = port});

	ck_assert_int_ne(port, 0);
	flow_quiet(f);
	return status;
}

/* How many calls there are; f->json is the newest of them. */
static size_t calls_of(struct flow *f)
{
	const struct cti_json_value *list;
	size_t n = 0;

	ck_assert_int_eq(flow_get(f, "/api/v1/calls"), 200);
	list = cti_json_find(f->json, "calls");
	f->json = list->first;
	for (const struct cti_json_value *v = list->first; v; v = v->next)
		n++;
	return n;
}

START_TEST(query_as_to_the_sample_is_one_call_with_its_own_id)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);

	sse_expect(sse, "snapshot", NULL);
	ck_assert_int_eq(told(f, "/cti/?connectionId=7&Type=CALL"
				 "&EventType=INBOUND&Action=NOTIFY"
				 "&ANI=%2B49306912345&TicketID=4711"
				 "&ExternalReferenceID=Leg42x"),
			 200);
	expect_text(f->json, "message", "All OK");
	expect_post(sse, "call.ringing",
		    "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
		    "\"Action\":\"NOTIFY\",\"ANI\":\"+49306912345\","
		    "\"ExternalReferenceID\":\"Leg42x\","
		    "\"ExternalOriginalReferenceID\":\"Leg42x\","
		    "\"TicketID\":\"4711\"}");
	ck_assert_int_eq(told(f, "/cti/push?Action=ACCEPT"
				 "&ExternalReferenceID=Leg42x"),
			 200);
	ck_assert_int_eq(told(f, "/cti?EventType=UPDATEACTIVITY&Action=END"
				 "&ExternalReferenceID=Leg42x"),
			 200);
	ck_assert_uint_eq(calls_of(f), 1);
	expect_text(f->json, "id", "Leg42x");
	expect_text(f->json, "ref", "Leg42x");
	expect_text(f->json, "state", "ended");
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(blank_in_front_of_a_number_was_a_plus)
{
	struct flow *f = flow_start(NULL);

	ck_assert_int_eq(told(f, "/cti/?Action=NOTIFY&ANI=+49306912345"), 200);
	ck_assert_uint_eq(calls_of(f), 1);
	expect_text(f->json, "number", "+49306912345");
	flow_end(f);
}
END_TEST

START_TEST(reports_without_an_id_mean_the_newest_call)
{
	struct flow *f = flow_start(NULL);
	char first[CTI_ID_SIZE];

	ck_assert_int_eq(told(f, "/cti/9?Action=NOTIFY&ANI=%2B493011"), 200);
	ck_assert_int_eq(told(f, "/cti/9?Action=NOTIFY&ANI=%2B493011"), 200);
	ck_assert_uint_eq(calls_of(f), 1);
	(void)snprintf(first, sizeof(first), "%s", cti_json_str(f->json, "id"));
	ck_assert(cti_id_is_hex(first));
	ck_assert_int_eq(told(f, "/cti/9?Action=ACCEPT"), 200);
	ck_assert_int_eq(told(f, "/cti/9?Action=NOTIFY&ANI=%2B493022"), 200);
	ck_assert_uint_eq(calls_of(f), 2);
	expect_text(f->json, "state", "ringing");
	ck_assert_int_eq(told(f, "/cti/9?Action=END"), 200);
	ck_assert_int_eq(told(f, "/cti/9?Action=END"), 200);
	flow_call(f, first);
	expect_text(f->json, "state", "ended");
	ck_assert_int_eq(told(f, "/cti/9?Action=END"), 404);
	expect_text(f->json, "code", "call_not_found");
	flow_end(f);
}
END_TEST

START_TEST(id_that_sap_would_not_take_gets_one_that_lasts)
{
	struct flow *f = flow_start(NULL);
	char named[CTI_ID_SIZE];

	ck_assert_int_eq(told(f, "/cti?Action=NOTIFY&ExternalReferenceID=a-b"),
			 200);
	ck_assert_int_eq(told(f, "/cti?Action=END&ExternalReferenceID=a-b"),
			 200);
	ck_assert_uint_eq(calls_of(f), 1);
	cti_id_named(named, "flow", "a-b");
	expect_text(f->json, "id", named);
	expect_text(f->json, "state", "ended");
	flow_end(f);
}
END_TEST

START_TEST(transfer_takes_both_ids_over)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);

	sse_expect(sse, "snapshot", NULL);
	ck_assert_int_eq(flow_post(f, "/cti/",
				   "{\"payload\":{\"Type\":\"CALL\","
				   "\"EventType\":\"TRANSFER\","
				   "\"Action\":\"NOTIFY\","
				   "\"ANI\":\"+49306912345\","
				   "\"ExternalReferenceID\":12345,"
				   "\"ExternalOriginalReferenceID\":\"99\"}}"),
			 200);
	expect_post(sse, "call.ringing",
		    "{\"Type\":\"CALL\",\"EventType\":\"TRANSFER\","
		    "\"Action\":\"NOTIFY\",\"ANI\":\"+49306912345\","
		    "\"ExternalReferenceID\":\"12345\","
		    "\"ExternalOriginalReferenceID\":\"99\"}");
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(what_is_learned_late_updates_the_activity)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);

	sse_expect(sse, "snapshot", NULL);
	ck_assert_int_eq(form(f, "/cti/",
			      "ANI=%2B49306912345"
			      "&ExternalReferenceID=A1"),
			 200);
	expect_post(sse, "call.active",
		    "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
		    "\"Action\":\"ACCEPT\",\"ANI\":\"+49306912345\","
		    "\"ExternalReferenceID\":\"A1\","
		    "\"ExternalOriginalReferenceID\":\"A1\"}");
	ck_assert_int_eq(form(f, "/cti/",
			      "EventType=UPDATEACTIVITY&Text=one%0Atwo"
			      "&ExternalReferenceID=A1"),
			 200);
	expect_post(sse, "call.updated",
		    "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
		    "\"Text\":\"one two\",\"ExternalReferenceID\":\"A1\"}");
	ck_assert_int_eq(form(f, "/cti/",
			      "EventType=UPDATEACTIVITY&Text=x"
			      "&ExternalReferenceID=nobody"),
			 404);
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(words_of_other_alphabets_become_utf8)
{
	struct flow *f = flow_start(NULL);

	ck_assert_int_eq(form(f, "/cti/",
			      "Action=NOTIFY&Custom_1=M%FCller%07&Nonsense=1"),
			 200);
	ck_assert_uint_eq(calls_of(f), 1);
	expect_text(cti_json_find(f->json, "custom"), "Custom_1",
		    "M\xc3\xbcller");
	ck_assert_int_eq(form(f, "/cti/", "Action=NOTIFY&ANI=1%00"), 400);
	ck_assert_int_eq(form(f, "/cti/", "ANI=1&ANI=2"), 400);
	ck_assert_int_eq(form(f, "/cti/", "ANI=%zz"), 400);
	ck_assert_uint_eq(calls_of(f), 1);
	flow_end(f);
}
END_TEST

START_TEST(nonsense_gets_a_sentence_and_no_call)
{
	struct flow *f = flow_start(NULL);

	ck_assert_int_eq(told(f, "/cti?Action=DECLINE&ANI=1"), 400);
	expect_text(f->json, "code", "bad_request");
	ck_assert_int_eq(told(f, "/cti?Type=CHAT&Action=NOTIFY"), 400);
	ck_assert_int_eq(told(f, "/cti?event=dtmf&callId=1"), 400);
	ck_assert_int_eq(told(f, "/cti?event=newCall&from=1"), 400);
	ck_assert_int_eq(flow_post(f, "/cti/", "[1]"), 400);
	ck_assert_uint_eq(calls_of(f), 0);
	flow_end(f);
}
END_TEST

START_TEST(what_the_agent_dials_is_no_call_of_ours)
{
	struct flow *f = flow_start(NULL);

	ck_assert_int_eq(told(f, "/cti?EventType=OUTBOUND&ANI=%2B4930"), 200);
	ck_assert_int_eq(told(f, "/cti?EventType=UPDATEACTIVITY&Action=END"
				 "&ActivityUUID=00163EA718FC1EEA"),
			 200);
	ck_assert_int_eq(told(f, "/cti?event=newCall&direction=out"
				 "&callId=1&from=1&to=2"),
			 200);
	ck_assert_uint_eq(calls_of(f), 0);
	flow_end(f);
}
END_TEST

START_TEST(connection_is_the_agent)
{
	struct flow *f = flow_start(TWO);

	ck_assert_int_eq(told(f, "/cti/BERND/?Action=NOTIFY&ANI=%2B493011"),
			 200);
	ck_assert_int_eq(told(f, "/cti/x?connectionId=ANNA&Action=NOTIFY"),
			 200);
	ck_assert_int_eq(told(f, "/cti/BERND?Action=END"), 200);
	ck_assert_int_eq(told(f, "/cti/CARLA?Action=NOTIFY"), 403);
	expect_text(f->json, "code", "agent_unknown");
	ck_assert_int_eq(told(f, "/cti/?Action=NOTIFY"), 400);
	expect_text(f->json, "code", "agent_required");
	ck_assert_int_eq(flow_get(f, "/api/v1/calls?agent=BERND"), 200);
	expect_text(cti_json_find(f->json, "calls")->first, "state", "ended");
	ck_assert_int_eq(flow_get(f, "/api/v1/calls?agent=ANNA"), 200);
	expect_text(cti_json_find(f->json, "calls")->first, "state", "ringing");
	flow_end(f);
}
END_TEST

START_TEST(zammad_reports_ring_answer_and_end)
{
	struct flow *f = flow_start(NULL);
	char named[CTI_ID_SIZE];

	ck_assert_int_eq(form(f, "/cti/",
			      "event=newCall&from=49306912345&to=4930123"
			      "&direction=in&callId=77&user[]=Alice"
			      "&user[]=Bob&queue=support"),
			 200);
	ck_assert_uint_eq(calls_of(f), 1);
	cti_id_named(named, "flow", "77");
	expect_text(f->json, "id", named);
	expect_text(f->json, "state", "ringing");
	expect_text(f->json, "agent", "Alice");
	expect_text(f->json, "number", "+49306912345");
	expect_text(f->json, "dnis", "4930123");
	ck_assert_int_eq(form(f, "/cti/",
			      "event=answer&callId=77&user=Alice&direction=in"
			      "&from=49306912345&to=4930123"),
			 200);
	ck_assert_int_eq(form(f, "/cti/",
			      "event=hangup&callId=77&cause=normalClearing"
			      "&direction=in&from=1&to=2"),
			 200);
	ck_assert_uint_eq(calls_of(f), 1);
	expect_text(f->json, "state", "ended");
	expect_text(f->json, "cause", "normal");
	flow_end(f);
}
END_TEST

START_TEST(zammads_short_and_national_numbers_stay)
{
	static const char *const numbers[] = {"101", "0306912345", "+4930691"};
	struct flow *f = flow_start(NULL);
	char body[128];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		(void)snprintf(body, sizeof(body),
			       "event=newCall&callId=%zu&from=%s", i,
			       numbers[i]);
		ck_assert_int_eq(form(f, "/cti/", body), 200);
		(void)calls_of(f);
		expect_text(f->json, "number_raw", numbers[i]);
	}
	flow_end(f);
}
END_TEST

START_TEST(zammads_causes_are_ours)
{
	static const char *const causes[][2] = {
		{"busy", "busy"},	    {"cancel", "cancelled"},
		{"noAnswer", "no_answer"},  {"congestion", "unreachable"},
		{"notFound", "bad_number"}, {"forwarded", "answered_elsewhere"},
		{"whatever", "cancelled"},
	};
	struct flow *f = flow_start(NULL);
	char body[128];

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		(void)snprintf(body, sizeof(body),
			       "event=newCall&callId=%zu&from=anonymous", i);
		ck_assert_int_eq(form(f, "/cti/", body), 200);
		(void)snprintf(body, sizeof(body),
			       "event=hangup&callId=%zu&cause=%s", i,
			       causes[i][0]);
		ck_assert_int_eq(form(f, "/cti/", body), 200);
		ck_assert_uint_eq(calls_of(f), i + 1);
		expect_text(f->json, "cause", causes[i][1]);
		ck_assert(cti_json_bool(f->json, "withheld", false));
	}
	flow_end(f);
}
END_TEST

START_TEST(browsers_are_refused)
{
	static const char *const headers[] = {
		"Origin: https://my1.crm.ondemand.com\r\n",
		"Sec-Fetch-Site: same-origin\r\n",
		"Sec-Fetch-Mode: no-cors\r\n",
	};
	struct flow *f = flow_start(NULL);

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		ck_assert_int_eq(
			flow_ask(f, &(struct ask){.path = "/cti/?ANI=1",
						  .headers = headers[i]}),
			403);
	ck_assert_uint_eq(calls_of(f), 0);
	flow_end(f);
}
END_TEST

START_TEST(looking_reports_nothing)
{
	static const char look[] = "HEAD /cti?ANI=1 HTTP/1.1\r\n"
				   "Host: localhost\r\n"
				   "Connection: close\r\n\r\n";
	struct flow *f = flow_start(NULL);

	ck_assert_int_eq(flow_raw(f, look, sizeof(look) - 1), 200);
	ck_assert_uint_eq(calls_of(f), 0);
	flow_end(f);
}
END_TEST

START_TEST(client_adapters_programs_work_unchanged)
{
	struct flow *f =
		flow_start("http { legacy_listen = \"127.0.0.1:0\" }\n");
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);

	sse_expect(sse, "snapshot", NULL);
	ck_assert_int_eq(legacy(f, "/?CID=BCM1234&ANI=+49306912345&DNIS=11"
				   "&BP=77&SerialNo=S1&TicketID=T1"
				   "&ExternalReferenceID=L1&Custom_4=four"),
			 200);
	expect_post(sse, "call.active",
		    "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
		    "\"Action\":\"ACCEPT\",\"ANI\":\"+49306912345\","
		    "\"ExternalReferenceID\":\"L1\","
		    "\"ExternalOriginalReferenceID\":\"L1\","
		    "\"DNIS\":\"11\",\"BP\":\"77\",\"Serial\":\"S1\","
		    "\"TicketID\":\"T1\",\"Custom_4\":\"four\"}");
	ck_assert_int_eq(legacy(f, "/?ANI=+49306912346"), 200);
	expect_post(sse, "call.ended",
		    "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
		    "\"Action\":\"END\",\"ANI\":\"+49306912345\","
		    "\"ExternalReferenceID\":\"L1\"}");
	ck_assert_uint_eq(calls_of(f), 2);
	expect_text(f->json, "state", "active");
	ck_assert_int_eq(legacy(f, "/ctipayload/"), 404);
	ck_assert_int_eq(legacy(f, "/api/v1/calls"), 404);
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(client_adapter_is_not_for_browsers)
{
	struct flow *f =
		flow_start("http { legacy_listen = \"127.0.0.1:0\" }\n");

	ck_assert_int_eq(
		flow_ask(f, &(struct ask){.path = "/?ANI=1",
					  .port = cti_app_legacy_port(f->app),
					  .headers = "Sec-Fetch-Site: "
						     "none\r\n"}),
		403);
	ck_assert_uint_eq(calls_of(f), 0);
	flow_restart(f);
	ck_assert_int_eq(legacy(f, "/?ANI=+4930123456"), 200);
	flow_end(f);
}
END_TEST

Suite *flow_suite(void)
{
	Suite *suite = suite_create("compat");
	TCase *tc = tcase_create("reports of other programs");

	tcase_add_test(tc, query_as_to_the_sample_is_one_call_with_its_own_id);
	tcase_add_test(tc, blank_in_front_of_a_number_was_a_plus);
	tcase_add_test(tc, reports_without_an_id_mean_the_newest_call);
	tcase_add_test(tc, id_that_sap_would_not_take_gets_one_that_lasts);
	tcase_add_test(tc, transfer_takes_both_ids_over);
	tcase_add_test(tc, what_is_learned_late_updates_the_activity);
	tcase_add_test(tc, words_of_other_alphabets_become_utf8);
	tcase_add_test(tc, nonsense_gets_a_sentence_and_no_call);
	tcase_add_test(tc, what_the_agent_dials_is_no_call_of_ours);
	tcase_add_test(tc, connection_is_the_agent);
	tcase_add_test(tc, zammad_reports_ring_answer_and_end);
	tcase_add_test(tc, zammads_short_and_national_numbers_stay);
	tcase_add_test(tc, zammads_causes_are_ours);
	tcase_add_test(tc, browsers_are_refused);
	tcase_add_test(tc, looking_reports_nothing);
	tcase_add_test(tc, client_adapters_programs_work_unchanged);
	tcase_add_test(tc, client_adapter_is_not_for_browsers);
	suite_add_tcase(suite, tc);
	return suite;
}
