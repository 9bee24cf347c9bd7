/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_inbound.c - a customer calls: what the agent and SAP learn */
#include "story.h"

#include <string.h>

#include "cti/id.h"

#define CALLER "\"from\":\"+49 30 6912345\""

static struct sse *listen_to(struct flow *f)
{
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);

	sse_expect(sse, "snapshot", NULL);
	return sse;
}

static void leave(struct flow *f, struct sse *sse)
{
	ck_assert(sse_quiet(sse));
	sse_close(sse);
	flow_end(f);
}

static int64_t expect_notify(struct sse *sse, const char *id)
{
	return expect_post(sse, "call.ringing",
			   "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
			   "\"Action\":\"NOTIFY\",\"ANI\":\"+49306912345\","
			   "\"ExternalReferenceID\":\"%s\","
			   "\"ExternalOriginalReferenceID\":\"%s\"}",
			   id, id);
}

static int64_t expect_accept(struct sse *sse, const char *id)
{
	return expect_post(sse, "call.active",
			   "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
			   "\"Action\":\"ACCEPT\",\"ANI\":\"+49306912345\","
			   "\"ExternalReferenceID\":\"%s\","
			   "\"ExternalOriginalReferenceID\":\"%s\"}",
			   id, id);
}

static int64_t expect_end(struct sse *sse, const char *id)
{
	return expect_post(
		sse, "call.ended",
		"{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
		"\"Action\":\"END\",\"ANI\":\"+49306912345\","
		"\"ExternalReferenceID\":\"%s\"}",
		id);
}

/* What a story without surprises expects of a call that was never answered. */
static void expect_missed(struct flow *f, const char *id, const char *cause,
			  const char *detail)
{
	flow_call(f, id);
	expect_text(f->json, "state", "ended");
	expect_text(f->json, "cause", cause);
	expect_text(f->json, "cause_detail", detail);
	expect_null(f->json, "answered_at");
	expect_null(f->json, "duration_ms");
	ck_assert_uint_eq(json_count(f->json, "controls"), 0);
}

/* --- from ring to end --- */

START_TEST(answered_call_is_notify_accept_and_end_of_one_id)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = listen_to(f);
	char id[64];

	flow_play(f, id, "{" CALLER ",\"script\":\"answer\"}");
	expect_notify(sse, id);
	flow_advance(f, 1000);
	expect_accept(sse, id);
	flow_advance(f, 30000);
	expect_end(sse, id);
	flow_call(f, id);
	expect_text(f->json, "cause", "normal");
	expect_text(f->json, "ringing_at", "2026-11-22T06:30:01.000Z");
	expect_text(f->json, "answered_at", "2026-11-22T06:30:02.000Z");
	expect_text(f->json, "ended_at", "2026-11-22T06:30:32.000Z");
	expect_int(f->json, "duration_ms", 30000);
	leave(f, sse);
}
END_TEST

START_TEST(id_is_32_upper_case_hex_digits_and_the_original_too)
{
	struct flow *f = flow_start(NULL);
	char id[64], other[64];

	flow_play(f, id, "{" CALLER "}");
	ck_assert(cti_id_is_hex(id));
	expect_text(f->json, "original_id", id);
	flow_play(f, other, "{" CALLER "}");
	ck_assert(cti_id_is_hex(other));
	ck_assert_str_ne(other, id);
	flow_end(f);
}
END_TEST

START_TEST(played_call_is_answered_with_its_first_state_and_address)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_play(f, id, "{" CALLER ",\"name\":\"ACME\",\"to\":\"4711\"}");
	ck_assert_str_eq(flow_header(f, "Location"),
			 flow_path(f, "/api/v1/calls/%s", id));
	expect_text(f->json, "direction", "inbound");
	expect_text(f->json, "kind", "customer");
	expect_text(f->json, "state", "ringing");
	expect_text(f->json, "number", "+49306912345");
	expect_text(f->json, "number_raw", "+49 30 6912345");
	expect_text(f->json, "name", "ACME");
	expect_text(f->json, "dnis", "4711");
	expect_text(f->json, "driver", "simulator");
	expect_bool(f->json, "withheld", false);
	expect_null(f->json, "cause");
	ck_assert(json_holds(f->json, "controls", "answer"));
	ck_assert(json_holds(f->json, "controls", "reject"));
	flow_end(f);
}
END_TEST

START_TEST(agent_answers_from_the_page)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = listen_to(f);
	char id[64];

	flow_play(f, id, "{" CALLER ",\"script\":\"ring\"}");
	expect_notify(sse, id);
	flow_do(f, id, "answer", NULL);
	expect_status(f, 202);
	flow_advance(f, 0);
	expect_accept(sse, id);
	flow_do(f, id, "hangup", NULL);
	flow_advance(f, 0);
	expect_end(sse, id);
	leave(f, sse);
}
END_TEST

START_TEST(call_that_nobody_answers_ends_with_no_answer)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = listen_to(f);
	char id[64];

	flow_play(f, id, "{" CALLER ",\"script\":\"ring\"}");
	expect_notify(sse, id);
	flow_advance(f, 59999);
	ck_assert(sse_quiet(sse));
	flow_advance(f, 1);
	expect_end(sse, id);
	expect_missed(f, id, "no_answer", "nobody answered in 60 s");
	leave(f, sse);
}
END_TEST

START_TEST(call_that_the_agent_rejects_ends_with_rejected)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = listen_to(f);
	char id[64];

	flow_play(f, id, "{" CALLER ",\"script\":\"ring\"}");
	expect_notify(sse, id);
	flow_do(f, id, "reject", NULL);
	expect_status(f, 202);
	flow_advance(f, 0);
	expect_end(sse, id);
	expect_missed(f, id, "rejected", "SIP 603, Q.850 21");
	leave(f, sse);
}
END_TEST

START_TEST(caller_who_gives_up_ends_the_call_with_cancelled)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = listen_to(f);
	char id[64];

	flow_play(f, id, "{" CALLER ",\"script\":\"cancel\"}");
	expect_notify(sse, id);
	flow_advance(f, 1000);
	expect_end(sse, id);
	expect_missed(f, id, "cancelled", "SIP 487");
	leave(f, sse);
}
END_TEST

START_TEST(call_that_a_colleague_takes_ends_with_answered_elsewhere)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = listen_to(f);
	char id[64];

	flow_play(f, id, "{" CALLER ",\"script\":\"elsewhere\"}");
	expect_notify(sse, id);
	flow_advance(f, 1000);
	expect_end(sse, id);
	expect_missed(f, id, "answered_elsewhere", "Q.850 26");
	leave(f, sse);
}
END_TEST

START_TEST(call_lost_with_the_link_ends_when_the_link_is_back)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = listen_to(f);
	char id[64];

	flow_play(f, id, "{" CALLER ",\"script\":\"drop\"}");
	expect_notify(sse, id);
	flow_advance(f, 1000);
	expect_accept(sse, id);
	flow_advance(f, 1000);
	expect_text(sse_expect(sse, "status", NULL)->json, "switch.link",
		    "down");
	ck_assert(sse_quiet(sse));
	flow_advance(f, 500);
	sse_find(sse, "status", NULL);
	flow_call(f, id);
	expect_text(f->json, "cause", "link_lost");
	expect_int(f->json, "duration_ms", 1500);
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(end_after_a_lost_link_has_its_payload)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = listen_to(f);
	char id[64];

	flow_play(f, id, "{" CALLER ",\"script\":\"drop\"}");
	flow_advance(f, 2500);
	expect_payload(sse_find(sse, "call", "call.ended")->json,
		       "{\"Type\":\"CALL\",\"EventType\":\"UPDATEACTIVITY\","
		       "\"Action\":\"END\",\"ANI\":\"+49306912345\","
		       "\"ExternalReferenceID\":\"%s\"}",
		       id);
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(second_call_rings_while_the_first_is_lost_with_the_link)
{
	struct flow *f = flow_start(NULL);
	char lost[64], kept[64];

	flow_play(f, lost, "{" CALLER ",\"script\":\"drop\"}");
	flow_play(f, kept, "{" CALLER ",\"script\":\"ring\"}");
	flow_advance(f, 2500);
	flow_call(f, lost);
	expect_text(f->json, "state", "ended");
	flow_call(f, kept);
	expect_text(f->json, "state", "ringing");
	flow_end(f);
}
END_TEST

/* --- the switches of sap --- */

START_TEST(silent_about_missed_calls_sends_no_end)
{
	struct flow *f = flow_start("sap { missed = silent }");
	struct sse *sse = listen_to(f);
	char id[64];

	flow_play(f, id, "{" CALLER ",\"script\":\"cancel\"}");
	expect_notify(sse, id);
	flow_advance(f, 1000);
	expect_silence(sse, "call.ended");
	leave(f, sse);
}
END_TEST

START_TEST(silent_about_missed_calls_still_ends_answered_ones)
{
	struct flow *f = flow_start("sap { missed = silent }");
	struct sse *sse = listen_to(f);
	char id[64];

	flow_play(f, id, "{" CALLER ",\"script\":\"answer\"}");
	flow_advance(f, 31000);
	expect_notify(sse, id);
	expect_accept(sse, id);
	expect_end(sse, id);
	leave(f, sse);
}
END_TEST

START_TEST(accept_action_can_be_left_out)
{
	struct flow *f = flow_start("sap { accept_action = omit }");
	struct sse *sse = listen_to(f);
	char id[64];

	flow_play(f, id, "{" CALLER ",\"script\":\"answer\"}");
	flow_advance(f, 1000);
	expect_notify(sse, id);
	expect_post(sse, "call.active",
		    "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
		    "\"ANI\":\"+49306912345\",\"ExternalReferenceID\":\"%s\","
		    "\"ExternalOriginalReferenceID\":\"%s\"}",
		    id, id);
	leave(f, sse);
}
END_TEST

START_TEST(original_id_can_be_left_out_where_it_is_the_same)
{
	struct flow *f = flow_start("sap { original_id = omit }");
	struct sse *sse = listen_to(f);
	char id[64];

	flow_play(f, id, "{" CALLER ",\"script\":\"answer\"}");
	flow_advance(f, 1000);
	expect_post(sse, "call.ringing",
		    "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
		    "\"Action\":\"NOTIFY\",\"ANI\":\"+49306912345\","
		    "\"ExternalReferenceID\":\"%s\"}",
		    id);
	expect_post(sse, "call.active",
		    "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
		    "\"Action\":\"ACCEPT\",\"ANI\":\"+49306912345\","
		    "\"ExternalReferenceID\":\"%s\"}",
		    id);
	leave(f, sse);
}
END_TEST

START_TEST(hold_and_resume_are_nothing_to_sap)
{
	struct flow *f = flow_start("simulator { ring_ms = 0 }");
	struct sse *sse = listen_to(f);
	char id[64];

	flow_play(f, id, "{" CALLER ",\"script\":\"answer\"}");
	flow_advance(f, 0);
	expect_notify(sse, id);
	expect_accept(sse, id);
	flow_do(f, id, "hold", NULL);
	flow_advance(f, 0);
	expect_silence(sse, "call.held");
	flow_do(f, id, "resume", NULL);
	flow_advance(f, 0);
	expect_silence(sse, "call.resumed");
	leave(f, sse);
}
END_TEST

/* --- who calls --- */

/* The first event of a call from this number has no ANI and says why. */
static void expect_no_ani(const char *body, const char *why)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = listen_to(f);
	const struct sse_event *ev;
	char id[64];

	flow_play(f, id, body);
	ev = sse_expect(sse, "call", "call.ringing");
	expect_payload(ev->json,
		       "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
		       "\"Action\":\"NOTIFY\",\"ExternalReferenceID\":\"%s\","
		       "\"ExternalOriginalReferenceID\":\"%s\"}",
		       id, id);
	ck_assert_uint_eq(json_count(ev->json, "notes"), 1);
	ck_assert_msg(strstr(json_text(ev->json, "notes.0"), why) != NULL, "%s",
		      json_text(ev->json, "notes.0"));
	leave(f, sse);
}

START_TEST(withheld_caller_has_no_ani_and_the_event_says_why)
{
	expect_no_ani("{\"from\":\"\"}", "withholds the number");
	expect_no_ani("{\"from\":null}", "withholds the number");
	expect_no_ani("{}", "withholds the number");
}
END_TEST

START_TEST(short_extension_has_no_ani_and_the_event_says_why)
{
	expect_no_ani("{\"from\":\"123\"}", "an extension");
}
END_TEST

START_TEST(impossible_number_has_no_ani_and_the_event_says_why)
{
	expect_no_ani("{\"from\":\"+4912\"}", "too short");
	expect_no_ani("{\"from\":\"anonymous\"}", "no number");
}
END_TEST

START_TEST(national_number_needs_the_region_to_become_an_ani)
{
	struct flow *f = flow_start("number { region = DE }");
	struct sse *sse = listen_to(f);
	char id[64];

	flow_play(f, id, "{\"from\":\"030 6912345\"}");
	expect_notify(sse, id);
	leave(f, sse);
}
END_TEST

START_TEST(number_that_was_called_goes_to_sap_as_dnis)
{
	struct flow *f = flow_start("simulator { ring_ms = 0 }");
	struct sse *sse = listen_to(f);
	char id[64];

	flow_play(f, id,
		  "{" CALLER ",\"to\":\"+498912300\",\"script\":\"answer\"}");
	flow_advance(f, 0);
	expect_post(sse, "call.ringing",
		    "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
		    "\"Action\":\"NOTIFY\",\"ANI\":\"+49306912345\","
		    "\"ExternalReferenceID\":\"%s\","
		    "\"ExternalOriginalReferenceID\":\"%s\","
		    "\"DNIS\":\"+498912300\"}",
		    id, id);
	expect_post(sse, "call.active",
		    "{\"Type\":\"CALL\",\"EventType\":\"INBOUND\","
		    "\"Action\":\"ACCEPT\",\"ANI\":\"+49306912345\","
		    "\"ExternalReferenceID\":\"%s\","
		    "\"ExternalOriginalReferenceID\":\"%s\","
		    "\"DNIS\":\"+498912300\"}",
		    id, id);
	leave(f, sse);
}
END_TEST

/* --- what cannot be played --- */

START_TEST(unknown_script_is_refused)
{
	struct flow *f = flow_start(NULL);

	flow_post(f, "/api/v1/simulator/calls", "{\"script\":\"sing\"}");
	expect_problem(f, 400, "bad_request");
	ck_assert_ptr_nonnull(strstr(json_text(f->json, "detail"), "script"));
	flow_end(f);
}
END_TEST

START_TEST(unknown_field_of_a_played_call_is_refused_by_name)
{
	struct flow *f = flow_start(NULL);

	flow_post(f, "/api/v1/simulator/calls", "{\"form\":\"+49301234\"}");
	expect_problem(f, 400, "bad_request");
	ck_assert_ptr_nonnull(strstr(json_text(f->json, "detail"), "\"form\""));
	flow_end(f);
}
END_TEST

START_TEST(nothing_is_played_while_the_link_is_down)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_play(f, id, "{" CALLER ",\"script\":\"drop\"}");
	flow_advance(f, 2000);
	flow_post(f, "/api/v1/simulator/calls", "{" CALLER "}");
	expect_problem(f, 503, "switch_down");
	flow_end(f);
}
END_TEST

START_TEST(call_rings_at_the_agent_it_was_played_for)
{
	struct flow *f = flow_start("agent \"ANNA\" { device = \"SIP/1\" }\n"
				    "agent \"BERT\" { device = \"SIP/2\" }");
	char id[64];

	flow_play(f, id, "{" CALLER ",\"agent\":\"BERT\"}");
	expect_text(f->json, "agent", "BERT");
	expect_text(f->json, "device", "SIP/2");
	flow_post(f, "/api/v1/simulator/calls", "{" CALLER "}");
	expect_problem(f, 400, "agent_required");
	flow_post(f, "/api/v1/simulator/calls",
		  "{" CALLER ",\"agent\":\"CARL\"}");
	expect_problem(f, 403, "agent_unknown");
	flow_end(f);
}
END_TEST

START_TEST(agent_without_device_cannot_be_rung)
{
	struct flow *f = flow_start("agent \"ANNA\" { device = \"SIP/1\" }\n"
				    "agent \"BERT\" { }");

	flow_post(f, "/api/v1/simulator/calls",
		  "{" CALLER ",\"agent\":\"BERT\"}");
	expect_problem(f, 400, "bad_request");
	ck_assert_ptr_nonnull(strstr(json_text(f->json, "detail"), "agent"));
	flow_end(f);
}
END_TEST

Suite *flow_suite(void)
{
	Suite *suite = suite_create("inbound");
	TCase *ring = tcase_create("from ring to end");
	TCase *sap = tcase_create("the switches of sap");
	TCase *caller = tcase_create("who calls");
	TCase *refused = tcase_create("what cannot be played");

	tcase_add_test(ring, answered_call_is_notify_accept_and_end_of_one_id);
	tcase_add_test(ring,
		       id_is_32_upper_case_hex_digits_and_the_original_too);
	tcase_add_test(
		ring, played_call_is_answered_with_its_first_state_and_address);
	tcase_add_test(ring, agent_answers_from_the_page);
	tcase_add_test(ring, call_that_nobody_answers_ends_with_no_answer);
	tcase_add_test(ring, call_that_the_agent_rejects_ends_with_rejected);
	tcase_add_test(ring, caller_who_gives_up_ends_the_call_with_cancelled);
	tcase_add_test(
		ring, call_that_a_colleague_takes_ends_with_answered_elsewhere);
	tcase_add_test(ring,
		       call_lost_with_the_link_ends_when_the_link_is_back);
	tcase_add_test(ring, end_after_a_lost_link_has_its_payload);
	tcase_add_test(ring,
		       second_call_rings_while_the_first_is_lost_with_the_link);
	suite_add_tcase(suite, ring);
	tcase_add_test(sap, silent_about_missed_calls_sends_no_end);
	tcase_add_test(sap, silent_about_missed_calls_still_ends_answered_ones);
	tcase_add_test(sap, accept_action_can_be_left_out);
	tcase_add_test(sap, original_id_can_be_left_out_where_it_is_the_same);
	tcase_add_test(sap, hold_and_resume_are_nothing_to_sap);
	suite_add_tcase(suite, sap);
	tcase_add_test(caller,
		       withheld_caller_has_no_ani_and_the_event_says_why);
	tcase_add_test(caller,
		       short_extension_has_no_ani_and_the_event_says_why);
	tcase_add_test(caller,
		       impossible_number_has_no_ani_and_the_event_says_why);
	tcase_add_test(caller,
		       national_number_needs_the_region_to_become_an_ani);
	tcase_add_test(caller, number_that_was_called_goes_to_sap_as_dnis);
	suite_add_tcase(suite, caller);
	tcase_add_test(refused, unknown_script_is_refused);
	tcase_add_test(refused,
		       unknown_field_of_a_played_call_is_refused_by_name);
	tcase_add_test(refused, nothing_is_played_while_the_link_is_down);
	tcase_add_test(refused, call_rings_at_the_agent_it_was_played_for);
	tcase_add_test(refused, agent_without_device_cannot_be_rung);
	suite_add_tcase(suite, refused);
	return suite;
}
