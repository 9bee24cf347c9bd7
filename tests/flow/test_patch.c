/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_patch.c - notes, ticket and recording that are learned late */
#include "story.h"

#include <string.h>

#define RING(ref) "{\"event\":\"ringing\",\"ref\":\"" ref "\"}"
#define ANSWER(ref) "{\"event\":\"answered\",\"ref\":\"" ref "\"}"
#define END(ref) "{\"event\":\"ended\",\"ref\":\"" ref "\"}"
#define NUMBER "\"PhoneNumber\":\"+4930123456\""
#define UUID "00163EA718FC1EEABDD5608C895BDC71"
#define CLICK "{" NUMBER ",\"ActivityUUID\":\"" UUID "\"}"
#define NOTES                                                                  \
	"{\"subject\":\"Broken pump\",\"text\":\"will call back\","            \
	"\"recording_id\":\"R-1\"}"

static void patch(struct flow *f, const char *id, const char *body)
{
	flow_patch(f, flow_path(f, "/api/v1/calls/%s", id), body);
}

/* The only event since, a call.updated. */
static const struct cti_json_value *newest(struct flow *f, int64_t since)
{
	flow_events(f, since);
	ck_assert_uint_eq(json_count(f->json, "events"), 1);
	expect_text(f->json, "events.0.type", "call.updated");
	return json_at(f->json, "events.0");
}

/* --- what is stored --- */

START_TEST(facts_are_stored_and_in_the_answer)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	patch(f, id,
	      "{\"custom\":{\"Custom_2\":\"gold\"},\"ticket\":\"8000012\","
	      "\"bp\":\"1000123\",\"serial\":\"SN-7\","
	      "\"subject\":\"Broken pump\",\"text\":\"will call back\","
	      "\"recording_id\":\"R-1\"}");
	expect_status(f, 200);
	expect_text(f->json, "id", id);
	flow_restart(f);
	flow_call(f, id);
	expect_text(f->json, "custom.Custom_2", "gold");
	expect_text(f->json, "ticket", "8000012");
	expect_text(f->json, "bp", "1000123");
	expect_text(f->json, "serial", "SN-7");
	expect_text(f->json, "subject", "Broken pump");
	expect_text(f->json, "text", "will call back");
	expect_text(f->json, "recording_id", "R-1");
	flow_end(f);
}
END_TEST

START_TEST(null_and_empty_text_clear_a_fact)
{
	struct flow *f = flow_start(NULL);
	int64_t cursor;
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	patch(f, id,
	      "{\"ticket\":\"8000012\",\"subject\":\"pump\","
	      "\"custom\":{\"Custom_1\":\"a\",\"Custom_2\":\"b\"}}");
	cursor = flow_cursor(f);
	patch(f, id,
	      "{\"ticket\":null,\"subject\":\"\","
	      "\"custom\":{\"Custom_1\":null}}");
	expect_status(f, 200);
	expect_null(f->json, "ticket");
	expect_null(f->json, "subject");
	ck_assert_uint_eq(json_count(f->json, "custom"), 1);
	expect_null(newest(f, cursor), "sap");
	flow_restart(f);
	flow_call(f, id);
	expect_null(f->json, "ticket");
	flow_end(f);
}
END_TEST

START_TEST(what_changes_nothing_is_no_event)
{
	struct flow *f = flow_start(NULL);
	int64_t cursor;
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	patch(f, id, NOTES);
	cursor = flow_cursor(f);
	patch(f, id, NOTES);
	expect_status(f, 200);
	patch(f, id, "{}");
	expect_status(f, 200);
	patch(f, id, "{\"ticket\":null}");
	expect_status(f, 200);
	flow_advance(f, 0);
	ck_assert_int_eq(flow_cursor(f), cursor);
	flow_end(f);
}
END_TEST

START_TEST(unknown_field_is_refused_by_its_name)
{
	static const char *const bodies[] = {
		"{\"subjekt\":\"x\"}",
		"{\"text\":\"y\",\"subjekt\":\"x\"}",
		"{\"custom\":{\"subjekt\":\"x\"}}",
	};
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	for (int i = 0; i < 3; i++) {
		patch(f, id, bodies[i]);
		expect_problem(f, 400, "bad_request");
		ck_assert_ptr_nonnull(
			strstr(json_text(f->json, "detail"), "\"subjekt\""));
	}
	flow_call(f, id);
	expect_null(f->json, "text");
	flow_end(f);
}
END_TEST

START_TEST(value_that_is_no_text_is_refused_by_its_name)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	patch(f, id, "{\"ticket\":8000012}");
	expect_problem(f, 400, "bad_request");
	ck_assert_ptr_nonnull(
		strstr(json_text(f->json, "detail"), "\"ticket\""));
	patch(f, id, "{\"custom\":\"gold\"}");
	expect_problem(f, 400, "bad_request");
	ck_assert_ptr_nonnull(
		strstr(json_text(f->json, "detail"), "\"custom\""));
	flow_end(f);
}
END_TEST

START_TEST(unknown_call_cannot_be_patched)
{
	struct flow *f = flow_start(NULL);

	patch(f, UUID, NOTES);
	expect_problem(f, 404, "call_not_found");
	flow_end(f);
}
END_TEST

/* --- what SAP hears of an inbound call --- */

START_TEST(notes_of_a_call_sap_knows_are_an_update_without_action)
{
	struct flow *f = flow_start(NULL);
	int64_t cursor;
	char id[64];

	flow_push_call(f, id, ANSWER("leg-1"));
	cursor = flow_cursor(f);
	flow_deliver(f, cursor);
	patch(f, id, NOTES);
	expect_status(f, 200);
	ck_assert_uint_eq(json_count(f->json, "notes"), 0);
	expect_payload(newest(f, cursor),
		       "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
		       "\"ExternalReferenceID\":\"%s\","
		       "\"Subject\":\"Broken pump\","
		       "\"Text\":\"will call back\",\"RecordingId\":\"R-1\"}",
		       id);
	ck_assert_uint_eq(flow_due(f), 1);
	flow_end(f);
}
END_TEST

START_TEST(only_what_changed_is_told)
{
	struct flow *f = flow_start(NULL);
	int64_t cursor;
	char id[64];

	flow_push_call(f, id, ANSWER("leg-1"));
	patch(f, id, NOTES);
	cursor = flow_cursor(f);
	patch(f, id, "{\"text\":\"called back\",\"recording_id\":\"R-1\"}");
	expect_payload(newest(f, cursor),
		       "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
		       "\"ExternalReferenceID\":\"%s\","
		       "\"Text\":\"called back\"}",
		       id);
	flow_end(f);
}
END_TEST

START_TEST(notes_are_told_while_the_notify_is_due)
{
	struct flow *f = flow_start(NULL);
	int64_t cursor;
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	cursor = flow_cursor(f);
	patch(f, id, NOTES);
	ck_assert_ptr_nonnull(json_at(newest(f, cursor), "sap.payload"));
	flow_end(f);
}
END_TEST

START_TEST(notes_of_a_call_sap_never_heard_of_are_stored_only)
{
	struct flow *f = flow_start(NULL);
	int64_t cursor;
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	cursor = flow_cursor(f);
	flow_push_call(f, id, END("leg-1"));
	patch(f, id, NOTES);
	expect_status(f, 200);
	flow_events(f, cursor);
	expect_text(f->json, "events.1.type", "call.updated");
	expect_null(f->json, "events.1.sap");
	ck_assert_uint_eq(flow_due(f), 0);
	flow_end(f);
}
END_TEST

START_TEST(notes_come_after_the_end_too)
{
	struct flow *f = flow_start(NULL);
	int64_t accept, end;
	char id[64];

	flow_push_call(f, id, ANSWER("leg-1"));
	accept = flow_cursor(f);
	flow_push_call(f, id, END("leg-1"));
	end = flow_cursor(f);
	patch(f, id, "{\"recording_id\":\"R-1\"}");
	expect_text(f->json, "state", "ended");
	expect_payload(newest(f, end),
		       "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
		       "\"ExternalReferenceID\":\"%s\","
		       "\"RecordingId\":\"R-1\"}",
		       id);
	flow_deliver(f, accept);
	flow_deliver(f, end);
	flow_deliver(f, flow_due_id(f, flow_due(f) - 1));
	flow_end(f);
}
END_TEST

START_TEST(what_sap_takes_with_accept_only_is_said_in_the_answer)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	patch(f, id, "{\"ticket\":\"8000012\"}");
	ck_assert_uint_eq(json_count(f->json, "notes"), 0);
	flow_push_call(f, id, ANSWER("leg-1"));
	patch(f, id, "{\"ticket\":\"8000013\"}");
	ck_assert_uint_eq(json_count(f->json, "notes"), 1);
	ck_assert_ptr_nonnull(strstr(json_text(f->json, "notes.0"), "2803384"));
	patch(f, id, "{\"custom\":{\"Custom_1\":\"gold\"}}");
	ck_assert_uint_eq(json_count(f->json, "notes"), 1);
	patch(f, id, "{\"text\":\"called back\"}");
	ck_assert_uint_eq(json_count(f->json, "notes"), 0);
	flow_end(f);
}
END_TEST

START_TEST(fact_learned_while_it_rings_goes_with_accept)
{
	struct flow *f = flow_start(NULL);
	int64_t cursor;
	char id[64];

	flow_push_call(f, id, RING("leg-1"));
	patch(f, id, "{\"ticket\":\"8000012\"}");
	cursor = flow_cursor(f);
	flow_push_call(f, id, ANSWER("leg-1"));
	flow_events(f, cursor);
	expect_payload(json_at(f->json, "events.0"),
		       "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
		       "\"Action\":\"ACCEPT\",\"ExternalReferenceID\":\"%s\","
		       "\"ExternalOriginalReferenceID\":\"%s\","
		       "\"TicketID\":\"8000012\"}",
		       id, id);
	flow_end(f);
}
END_TEST

/* --- what SAP hears of a clicked call --- */

START_TEST(notes_of_a_click_are_stored_only_by_default)
{
	struct flow *f = flow_start(NULL);
	int64_t cursor;
	char id[64];

	flow_dial(f, id, CLICK);
	cursor = flow_cursor(f);
	patch(f, id, NOTES);
	expect_status(f, 200);
	expect_text(f->json, "text", "will call back");
	expect_null(newest(f, cursor), "sap");
	flow_end(f);
}
END_TEST

static void expect_update_by_activity(const char *conf)
{
	struct flow *f = flow_start(conf);
	int64_t cursor;
	char id[64];

	flow_dial(f, id, CLICK);
	cursor = flow_cursor(f);
	patch(f, id, NOTES);
	expect_payload(newest(f, cursor),
		       "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
		       "\"ActivityUUID\":\"" UUID "\","
		       "\"Subject\":\"Broken pump\","
		       "\"Text\":\"will call back\",\"RecordingId\":\"R-1\"}");
	flow_end(f);
}

START_TEST(notes_of_a_click_name_its_activity_where_sap_is_to_hear)
{
	expect_update_by_activity("sap { outbound = end }");
	expect_update_by_activity("sap { outbound = full }");
}
END_TEST

START_TEST(notes_of_a_click_without_activity_are_stored_only)
{
	struct flow *f = flow_start("sap { outbound = full }");
	int64_t cursor;
	char id[64];

	flow_dial(f, id, "{" NUMBER "}");
	cursor = flow_cursor(f);
	patch(f, id, NOTES);
	expect_status(f, 200);
	expect_null(newest(f, cursor), "sap");
	flow_end(f);
}
END_TEST

Suite *flow_suite(void)
{
	Suite *suite = suite_create("patch");
	TCase *stored = tcase_create("what is stored");
	TCase *inbound = tcase_create("what SAP hears of an inbound call");
	TCase *click = tcase_create("what SAP hears of a clicked call");

	tcase_add_test(stored, facts_are_stored_and_in_the_answer);
	tcase_add_test(stored, null_and_empty_text_clear_a_fact);
	tcase_add_test(stored, what_changes_nothing_is_no_event);
	tcase_add_test(stored, unknown_field_is_refused_by_its_name);
	tcase_add_test(stored, value_that_is_no_text_is_refused_by_its_name);
	tcase_add_test(stored, unknown_call_cannot_be_patched);
	suite_add_tcase(suite, stored);
	tcase_add_test(inbound,
		       notes_of_a_call_sap_knows_are_an_update_without_action);
	tcase_add_test(inbound, only_what_changed_is_told);
	tcase_add_test(inbound, notes_are_told_while_the_notify_is_due);
	tcase_add_test(inbound,
		       notes_of_a_call_sap_never_heard_of_are_stored_only);
	tcase_add_test(inbound, notes_come_after_the_end_too);
	tcase_add_test(inbound,
		       what_sap_takes_with_accept_only_is_said_in_the_answer);
	tcase_add_test(inbound, fact_learned_while_it_rings_goes_with_accept);
	suite_add_tcase(suite, inbound);
	tcase_add_test(click, notes_of_a_click_are_stored_only_by_default);
	tcase_add_test(click,
		       notes_of_a_click_name_its_activity_where_sap_is_to_hear);
	tcase_add_test(click,
		       notes_of_a_click_without_activity_are_stored_only);
	suite_add_tcase(suite, click);
	return suite;
}
