/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_push.c - a switch without driver reports its calls over HTTP */
#include "story.h"

#include <stdio.h>
#include <string.h>

#include "cti/id.h"

#define RING(ref) "{\"event\":\"ringing\",\"ref\":\"" ref "\"}"
#define ANSWER(ref) "{\"event\":\"answered\",\"ref\":\"" ref "\"}"
#define END(ref) "{\"event\":\"ended\",\"ref\":\"" ref "\"}"

/* --- reports --- */

START_TEST(three_reports_are_notify_accept_and_end)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	char id[64];

	sse_expect(sse, "snapshot", NULL);
	flow_push_call(f, id,
		       "{\"event\":\"ringing\",\"ref\":\"leg-1\","
		       "\"from\":\"+49306912345\",\"to\":\"4711\"}");
	expect_post(sse, "call.ringing",
		    "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
		    "\"Action\":\"NOTIFY\",\"ANI\":\"+49306912345\","
		    "\"ExternalReferenceID\":\"%s\","
		    "\"ExternalOriginalReferenceID\":\"%s\","
		    "\"DNIS\":\"4711\"}",
		    id, id);
	flow_push(f, ANSWER("leg-1"));
	expect_post(sse, "call.active",
		    "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
		    "\"Action\":\"ACCEPT\",\"ANI\":\"+49306912345\","
		    "\"ExternalReferenceID\":\"%s\","
		    "\"ExternalOriginalReferenceID\":\"%s\","
		    "\"DNIS\":\"4711\"}",
		    id, id);
	flow_push(f, END("leg-1"));
	expect_post(sse, "call.ended",
		    "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
		    "\"Action\":\"END\",\"ANI\":\"+49306912345\","
		    "\"ExternalReferenceID\":\"%s\"}",
		    id);
	ck_assert(sse_quiet(sse));
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(id_is_computed_from_instance_and_ref)
{
	struct flow *f = flow_start(NULL);
	char id[64], named[CTI_ID_SIZE];

	flow_push_call(f, id, RING("leg-1"));
	cti_id_named(named, "flow", "leg-1");
	ck_assert_str_eq(id, named);
	expect_text(f->json, "original_id", named);
	expect_text(f->json, "ref", "leg-1");
	expect_text(f->json, "driver", "push");
	flow_end(f);
}
END_TEST

START_TEST(answer_is_the_call_as_it_is_now)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	expect_text(f->json, "state", "ringing");
	flow_push_call(f, id, ANSWER("leg-1"));
	expect_text(f->json, "state", "active");
	flow_push_call(f, id, END("leg-1"));
	expect_text(f->json, "state", "ended");
	expect_text(f->json, "cause", "normal");
	flow_end(f);
}
END_TEST

START_TEST(repeated_reports_change_nothing)
{
	struct flow *f = flow_start(NULL);
	const char *const reports[] = {
		"{\"event\":\"ringing\",\"ref\":\"leg-1\","
		"\"from\":\"+49306912345\",\"ticket\":\"77\"}",
		ANSWER("leg-1"),
		END("leg-1"),
	};

	for (int i = 0; i < 3; i++) {
		int64_t cursor;
		char id[64], again[64];

		flow_push_call(f, id, reports[i]);
		cursor = flow_cursor(f);
		flow_advance(f, 1000);
		if (i < 2)
			flow_push_call(f, again, reports[0]);
		flow_push_call(f, again, reports[i]);
		ck_assert_str_eq(again, id);
		flow_advance(f, 0);
		ck_assert_int_eq(flow_cursor(f), cursor);
	}
	flow_end(f);
}
END_TEST

START_TEST(answered_first_is_accept_alone)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	char id[64];

	sse_expect(sse, "snapshot", NULL);
	flow_push_call(f, id, ANSWER("leg-1"));
	expect_post(sse, "call.active",
		    "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
		    "\"Action\":\"ACCEPT\",\"ExternalReferenceID\":\"%s\","
		    "\"ExternalOriginalReferenceID\":\"%s\"}",
		    id, id);
	flow_push_call(f, id, RING("leg-1"));
	expect_text(f->json, "state", "active");
	ck_assert(sse_quiet(sse));
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(ringing_for_an_ended_ref_is_refused)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	flow_push_call(f, id, END("leg-1"));
	expect_text(f->json, "cause", "cancelled");
	flow_push(f, RING("leg-1"));
	expect_problem(f, 409, "ref_reused");
	flow_restart(f);
	flow_push(f, RING("leg-1"));
	expect_problem(f, 409, "ref_reused");
	flow_end(f);
}
END_TEST

START_TEST(leg_of_a_driver_is_not_for_others_to_report)
{
	struct flow *f = flow_start(NULL);
	char id[64], body[160];

	flow_play(f, id, "{\"from\":\"+493069123456\",\"script\":\"ring\"}");
	(void)snprintf(body, sizeof(body), END("%s"),
		       json_text(f->json, "ref"));
	flow_push(f, body);
	expect_problem(f, 409, "ref_reused");
	flow_call(f, id);
	expect_text(f->json, "state", "ringing");
	flow_end(f);
}
END_TEST

START_TEST(end_of_an_unknown_ref_is_refused)
{
	struct flow *f = flow_start(NULL);

	flow_push(f, END("leg-1"));
	expect_problem(f, 404, "call_not_found");
	flow_end(f);
}
END_TEST

START_TEST(reported_cause_is_kept)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	flow_push_call(f, id,
		       "{\"event\":\"ended\",\"ref\":\"leg-1\","
		       "\"cause\":\"answered_elsewhere\"}");
	expect_text(f->json, "cause", "answered_elsewhere");
	flow_end(f);
}
END_TEST

START_TEST(withheld_caller_is_not_told_to_sap)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_push_call(f, id,
		       "{\"event\":\"ringing\",\"ref\":\"leg-1\","
		       "\"from\":\"+49306912345\",\"withheld\":true}");
	expect_bool(f->json, "withheld", true);
	ck_assert_uint_eq(flow_due(f), 1);
	ck_assert_ptr_null(json_at(f->json, "snapshot.due.0.sap.payload.ANI"));
	expect_text(f->json, "snapshot.due.0.notes.0",
		    "no ANI: the caller withholds the number");
	flow_end(f);
}
END_TEST

/* --- what SAP gets besides --- */

START_TEST(fields_go_with_notify_and_again_with_accept)
{
	static const char payload[] =
		"{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
		"\"Action\":\"%s\",\"ExternalReferenceID\":\"%s\","
		"\"ExternalOriginalReferenceID\":\"%s\","
		"\"Custom_1\":\"gold\",\"Custom_4\":\"x\","
		"\"TicketID\":\"8000012\",\"BP\":\"1000123\","
		"\"Serial\":\"SN-7\"}";
	struct flow *f = flow_start(NULL);
	char id[64], wanted[512];

	flow_push_call(f, id,
		       "{\"event\":\"ringing\",\"ref\":\"leg-1\","
		       "\"custom\":{\"Custom_1\":\"gold\",\"Custom_4\":\"x\"},"
		       "\"ticket\":\"8000012\",\"bp\":\"1000123\","
		       "\"serial\":\"SN-7\"}");
	expect_text(f->json, "custom.Custom_1", "gold");
	expect_text(f->json, "ticket", "8000012");
	flow_snapshot(f);
	(void)snprintf(wanted, sizeof(wanted), payload, "NOTIFY", id, id);
	expect_payload(json_at(f->json, "snapshot.due.0"), "%s", wanted);
	flow_push_call(f, id, ANSWER("leg-1"));
	flow_snapshot(f);
	(void)snprintf(wanted, sizeof(wanted), payload, "ACCEPT", id, id);
	expect_payload(json_at(f->json, "snapshot.due.0"), "%s", wanted);
	flow_end(f);
}
END_TEST

START_TEST(field_that_comes_with_the_answer_goes_with_accept)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	flow_push_call(f, id,
		       "{\"event\":\"answered\",\"ref\":\"leg-1\","
		       "\"ticket\":\"8000012\"}");
	flow_snapshot(f);
	expect_text(f->json, "snapshot.due.0.sap.payload.TicketID", "8000012");
	flow_end(f);
}
END_TEST

/* --- transfers --- */

START_TEST(transfer_of_a_known_leg_names_its_id)
{
	struct flow *f = flow_start(NULL);
	char first[64], second[64];

	flow_push_call(f, first, ANSWER("leg-1"));
	flow_push_call(f, second,
		       "{\"event\":\"ringing\",\"ref\":\"leg-2\","
		       "\"from\":\"+49306912345\",\"transfer_of\":\"leg-1\"}");
	expect_text(f->json, "original_id", first);
	ck_assert_uint_eq(flow_due(f), 2);
	expect_payload(json_at(f->json, "snapshot.due.1"),
		       "{\"Type\":\"CALL\",\"EventType\":\"TRANSFER\","
		       "\"Action\":\"NOTIFY\",\"ANI\":\"+49306912345\","
		       "\"ExternalReferenceID\":\"%s\","
		       "\"ExternalOriginalReferenceID\":\"%s\"}",
		       second, first);
	flow_push_call(f, second, ANSWER("leg-2"));
	flow_snapshot(f);
	expect_payload(json_at(f->json, "snapshot.due.1"),
		       "{\"Type\":\"CALL\",\"EventType\":\"TRANSFER\","
		       "\"Action\":\"ACCEPT\",\"ANI\":\"+49306912345\","
		       "\"ExternalReferenceID\":\"%s\","
		       "\"ExternalOriginalReferenceID\":\"%s\"}",
		       second, first);
	flow_end(f);
}
END_TEST

START_TEST(chain_of_transfers_keeps_the_very_first_id)
{
	struct flow *f = flow_start("sap { original_id = omit }");
	char first[64], second[64], third[64];

	flow_push_call(f, first, ANSWER("leg-1"));
	flow_push_call(f, second,
		       "{\"event\":\"answered\",\"ref\":\"leg-2\","
		       "\"transfer_of\":\"leg-1\"}");
	flow_push_call(f, first, END("leg-1"));
	flow_push_call(f, third,
		       "{\"event\":\"answered\",\"ref\":\"leg-3\","
		       "\"transfer_of\":\"leg-2\"}");
	expect_text(f->json, "original_id", first);
	ck_assert_str_ne(third, second);
	flow_snapshot(f);
	expect_payload(json_at(f->json, "snapshot.due.3"),
		       "{\"Type\":\"CALL\",\"EventType\":\"TRANSFER\","
		       "\"Action\":\"ACCEPT\",\"ExternalReferenceID\":\"%s\","
		       "\"ExternalOriginalReferenceID\":\"%s\"}",
		       third, first);
	flow_end(f);
}
END_TEST

START_TEST(transfer_of_an_unknown_leg_computes_its_id)
{
	struct flow *f = flow_start(NULL);
	char id[64], named[CTI_ID_SIZE];

	flow_push_call(f, id,
		       "{\"event\":\"ringing\",\"ref\":\"leg-2\","
		       "\"transfer_of\":\"leg-1\"}");
	cti_id_named(named, "flow", "leg-1");
	expect_text(f->json, "original_id", named);
	flow_snapshot(f);
	expect_text(f->json, "snapshot.due.0.sap.payload.EventType",
		    "TRANSFER");
	flow_end(f);
}
END_TEST

/* --- refused reports --- */

START_TEST(bad_field_is_refused_by_its_name)
{
	static const struct {
		const char *field;
		const char *body;
	} bad[] = {
		{"event", "{\"ref\":\"1\"}"},
		{"event", "{\"event\":\"sung\",\"ref\":\"1\"}"},
		{"event", "{\"event\":7,\"ref\":\"1\"}"},
		{"ref", "{\"event\":\"ringing\"}"},
		{"ref", "{\"event\":\"ringing\",\"ref\":\"\"}"},
		{"ref", "{\"event\":\"ringing\",\"ref\":12}"},
		{"from", "{\"event\":\"ringing\",\"ref\":\"1\",\"from\":49}"},
		{"to", "{\"event\":\"ringing\",\"ref\":\"1\",\"to\":{}}"},
		{"name", "{\"event\":\"ringing\",\"ref\":\"1\",\"name\":[]}"},
		{"custom", "{\"event\":\"ringing\",\"ref\":\"1\","
			   "\"custom\":\"x\"}"},
		{"Custom_5", "{\"event\":\"ringing\",\"ref\":\"1\","
			     "\"custom\":{\"Custom_5\":\"x\"}}"},
		{"Custom_1", "{\"event\":\"ringing\",\"ref\":\"1\","
			     "\"custom\":{\"Custom_1\":1}}"},
		{"withheld", "{\"event\":\"ringing\",\"ref\":\"1\","
			     "\"withheld\":\"yes\"}"},
		{"cause", "{\"event\":\"ended\",\"ref\":\"1\","
			  "\"cause\":\"tired\"}"},
		{"transfer_of", "{\"event\":\"ringing\",\"ref\":\"1\","
				"\"transfer_of\":1}"},
		{"ticket_id", "{\"event\":\"ringing\",\"ref\":\"1\","
			      "\"ticket_id\":\"1\"}"},
	};
	struct flow *f = flow_start(NULL);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char quoted[32];

		flow_push(f, bad[i].body);
		expect_problem(f, 400, "bad_request");
		(void)snprintf(quoted, sizeof(quoted), "\"%s\"", bad[i].field);
		ck_assert_msg(
			strstr(json_text(f->json, "detail"), quoted) != NULL,
			"%s: %s", bad[i].field, json_text(f->json, "detail"));
	}
	flow_get(f, "/api/v1/calls");
	ck_assert_uint_eq(json_count(f->json, "calls"), 0);
	flow_end(f);
}
END_TEST

START_TEST(ref_may_have_128_bytes_and_no_more)
{
	struct flow *f = flow_start(NULL);
	char body[256], id[64];

	(void)snprintf(body, sizeof(body),
		       "{\"event\":\"ringing\",\"ref\":\"%0128d\"}", 1);
	flow_push_call(f, id, body);
	(void)snprintf(body, sizeof(body),
		       "{\"event\":\"ringing\",\"ref\":\"%0129d\"}", 1);
	flow_push(f, body);
	expect_problem(f, 400, "bad_request");
	flow_end(f);
}
END_TEST

START_TEST(null_fields_are_as_if_absent)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_push_call(f, id,
		       "{\"event\":\"ringing\",\"ref\":\"leg-1\","
		       "\"from\":null,\"to\":null,\"agent\":null,"
		       "\"name\":null,\"custom\":null,\"ticket\":null,"
		       "\"bp\":null,\"serial\":null,\"withheld\":null,"
		       "\"cause\":null,\"transfer_of\":null}");
	expect_null(f->json, "number");
	expect_text(f->json, "original_id", id);
	flow_end(f);
}
END_TEST

/* --- calls whose end is not reported --- */

START_TEST(ring_limit_ends_a_call_nobody_answered)
{
	struct flow *f = flow_start("push { ring_s = 60 }");
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	flow_advance(f, 59999);
	flow_call(f, id);
	expect_text(f->json, "state", "ringing");
	flow_advance(f, 1);
	flow_call(f, id);
	expect_text(f->json, "state", "ended");
	expect_text(f->json, "cause", "no_answer");
	flow_end(f);
}
END_TEST

START_TEST(longest_call_ends_by_itself)
{
	struct flow *f = flow_start("push { ring_s = 60 max_s = 3600 }");
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	flow_advance(f, 50000);
	flow_push_call(f, id, ANSWER("leg-1"));
	flow_advance(f, 3599999);
	flow_call(f, id);
	expect_text(f->json, "state", "active");
	flow_advance(f, 1);
	flow_call(f, id);
	expect_text(f->json, "state", "ended");
	expect_text(f->json, "cause", "failed");
	flow_end(f);
}
END_TEST

START_TEST(repeated_reports_do_not_extend_the_limits)
{
	struct flow *f = flow_start("push { ring_s = 60 max_s = 60 }");
	char rings[64], talks[64];

	flow_push_call(f, rings, RING("leg-1"));
	flow_push_call(f, talks, ANSWER("leg-2"));
	flow_advance(f, 50000);
	flow_push_call(f, rings, RING("leg-1"));
	flow_push_call(f, talks, ANSWER("leg-2"));
	flow_advance(f, 10000);
	flow_call(f, rings);
	expect_text(f->json, "state", "ended");
	flow_call(f, talks);
	expect_text(f->json, "state", "ended");
	flow_end(f);
}
END_TEST

START_TEST(link_of_the_switch_is_nothing_to_pushed_calls)
{
	struct flow *f = flow_start(NULL);
	char pushed[64], played[64];

	flow_push_call(f, pushed, ANSWER("leg-1"));
	flow_play(f, played, "{\"script\":\"drop\"}");
	flow_advance(f, 3000);
	flow_call(f, played);
	expect_text(f->json, "cause", "link_lost");
	flow_call(f, pushed);
	expect_text(f->json, "state", "active");
	flow_end(f);
}
END_TEST

START_TEST(pushed_call_cannot_be_controlled)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_push_call(f, id, ANSWER("leg-1"));
	ck_assert_uint_eq(json_count(f->json, "controls"), 0);
	flow_do(f, id, "hangup", NULL);
	expect_problem(f, 501, "not_supported");
	flow_end(f);
}
END_TEST

/* --- several agents --- */

START_TEST(report_of_many_agents_names_whose_call_it_is)
{
	struct flow *f = flow_start("agent \"ANNA\" { device = \"SIP/1\" }\n"
				    "agent \"BERT\" { device = \"SIP/2\" }");
	char id[64];

	flow_push(f, RING("leg-1"));
	expect_problem(f, 400, "agent_required");
	flow_push(f, "{\"event\":\"ringing\",\"ref\":\"leg-1\","
		     "\"agent\":\"CARL\"}");
	expect_problem(f, 403, "agent_unknown");
	flow_push_call(f, id,
		       "{\"event\":\"ringing\",\"ref\":\"leg-1\","
		       "\"agent\":\"BERT\"}");
	expect_text(f->json, "agent", "BERT");
	expect_text(f->json, "device", "SIP/2");
	flow_end(f);
}
END_TEST

START_TEST(report_of_one_agent_may_name_anybody)
{
	struct flow *f = flow_start("agent \"ANNA\" { device = \"SIP/1\" }");
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	expect_text(f->json, "agent", "ANNA");
	flow_push_call(f, id,
		       "{\"event\":\"ringing\",\"ref\":\"leg-2\","
		       "\"agent\":\"BERT\"}");
	expect_text(f->json, "agent", "BERT");
	flow_end(f);
}
END_TEST

Suite *flow_suite(void)
{
	Suite *suite = suite_create("push");
	TCase *reports = tcase_create("reports");
	TCase *besides = tcase_create("what SAP gets besides");
	TCase *transfers = tcase_create("transfers");
	TCase *refused = tcase_create("refused reports");
	TCase *limits = tcase_create("calls whose end is not reported");
	TCase *agents = tcase_create("several agents");

	tcase_add_test(reports, three_reports_are_notify_accept_and_end);
	tcase_add_test(reports, id_is_computed_from_instance_and_ref);
	tcase_add_test(reports, answer_is_the_call_as_it_is_now);
	tcase_add_test(reports, repeated_reports_change_nothing);
	tcase_add_test(reports, answered_first_is_accept_alone);
	tcase_add_test(reports, ringing_for_an_ended_ref_is_refused);
	tcase_add_test(reports, leg_of_a_driver_is_not_for_others_to_report);
	tcase_add_test(reports, end_of_an_unknown_ref_is_refused);
	tcase_add_test(reports, reported_cause_is_kept);
	tcase_add_test(reports, withheld_caller_is_not_told_to_sap);
	suite_add_tcase(suite, reports);
	tcase_add_test(besides, fields_go_with_notify_and_again_with_accept);
	tcase_add_test(besides,
		       field_that_comes_with_the_answer_goes_with_accept);
	suite_add_tcase(suite, besides);
	tcase_add_test(transfers, transfer_of_a_known_leg_names_its_id);
	tcase_add_test(transfers, chain_of_transfers_keeps_the_very_first_id);
	tcase_add_test(transfers, transfer_of_an_unknown_leg_computes_its_id);
	suite_add_tcase(suite, transfers);
	tcase_add_test(refused, bad_field_is_refused_by_its_name);
	tcase_add_test(refused, ref_may_have_128_bytes_and_no_more);
	tcase_add_test(refused, null_fields_are_as_if_absent);
	suite_add_tcase(suite, refused);
	tcase_add_test(limits, ring_limit_ends_a_call_nobody_answered);
	tcase_add_test(limits, longest_call_ends_by_itself);
	tcase_add_test(limits, repeated_reports_do_not_extend_the_limits);
	tcase_add_test(limits, link_of_the_switch_is_nothing_to_pushed_calls);
	tcase_add_test(limits, pushed_call_cannot_be_controlled);
	suite_add_tcase(suite, limits);
	tcase_add_test(agents, report_of_many_agents_names_whose_call_it_is);
	tcase_add_test(agents, report_of_one_agent_may_name_anybody);
	suite_add_tcase(suite, agents);
	return suite;
}
