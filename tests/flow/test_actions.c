/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_actions.c - what an agent does to a call */
#include <stdio.h>
#include <string.h>

#include "harness.h"

#define ANSWERS "+4930123456000"
#define RINGS "+4930123456408"
#define INBOUND(script) "{\"from\":\"" ANSWERS "\",\"script\":\"" script "\"}"

static const char conf[] = "dial { per_minute = 0 }\n"
			   "number { region = \"DE\" }";

/* --- the table: which action in which state --- */

static const char *const actions[] = {"answer", "reject",   "hangup",
				      "hold",	"resume",   "mute",
				      "unmute", "transfer", "dtmf"};
enum { NACTIONS = sizeof(actions) / sizeof(actions[0]) };

static const char *action_body(const char *action)
{
	if (strcmp(action, "transfer") == 0)
		return "{\"to\":\"4711\"}";
	return strcmp(action, "dtmf") == 0 ? "{\"digits\":\"1\"}" : NULL;
}

static void be_queued(struct flow *f, char id[64])
{
	flow_dial_number(f, id, ANSWERS);
}

static void be_dialing(struct flow *f, char id[64])
{
	flow_dial_number(f, id, RINGS);
	flow_advance(f, 100);
}

static void be_ringing(struct flow *f, char id[64])
{
	flow_dial_number(f, id, RINGS);
	flow_advance(f, 500);
}

static void be_ringing_in(struct flow *f, char id[64])
{
	flow_play(f, id, INBOUND("ring"));
}

static void be_active(struct flow *f, char id[64])
{
	flow_dial_number(f, id, ANSWERS);
	flow_advance(f, 1000);
}

static void be_held(struct flow *f, char id[64])
{
	be_active(f, id);
	flow_do(f, id, "hold", NULL);
	flow_advance(f, 0);
}

static void be_muted(struct flow *f, char id[64])
{
	be_active(f, id);
	flow_do(f, id, "mute", NULL);
	flow_advance(f, 0);
}

static void be_ended(struct flow *f, char id[64])
{
	be_active(f, id);
	flow_advance(f, 30000);
}

static const struct {
	void (*be)(struct flow *f, char id[64]);
	const char *state, *controls;
} states[] = {
	{be_queued, "queued", "hangup"},
	{be_dialing, "dialing", "hangup"},
	{be_ringing, "ringing", "hangup"},
	{be_ringing_in, "ringing", "answer reject hangup"},
	{be_active, "active", "hangup hold mute transfer dtmf"},
	{be_muted, "active", "hangup hold unmute transfer dtmf"},
	{be_held, "held", "hangup resume mute transfer dtmf"},
	{be_ended, "ended", ""},
};
enum { NSTATES = sizeof(states) / sizeof(states[0]) };

static bool offered(const char *controls, const char *action)
{
	const char *at = strstr(controls, action);
	size_t len = strlen(action);

	/* "mute" is also the end of "unmute" */
	while (at && !((at == controls || at[-1] == ' ') &&
		       (at[len] == ' ' || !at[len])))
		at = strstr(at + 1, action);
	return at != NULL;
}

/* To mute what is muted changes nothing and is fine. */
static bool harmless(const char *controls, const char *action)
{
	return strstr(action, "mute") && strstr(controls, "mute");
}

START_TEST(controls_are_what_the_state_allows)
{
	struct flow *f = flow_start(conf);
	const char *controls = states[_i].controls;
	char id[64];

	states[_i].be(f, id);
	flow_call(f, id);
	expect_text(f->json, "state", states[_i].state);
	for (int a = 0; a < NACTIONS; a++)
		ck_assert_msg(json_holds(f->json, "controls", actions[a]) ==
				      offered(controls, actions[a]),
			      "%s", actions[a]);
	flow_end(f);
}
END_TEST

START_TEST(what_is_not_offered_is_refused_and_changes_nothing)
{
	struct flow *f = flow_start(conf);
	const char *controls = states[_i].controls;
	char id[64];

	states[_i].be(f, id);
	for (int a = 0; a < NACTIONS; a++) {
		if (offered(controls, actions[a]) ||
		    harmless(controls, actions[a]))
			continue;
		flow_do(f, id, actions[a], action_body(actions[a]));
		expect_problem(f, 409, "wrong_state");
	}
	flow_advance(f, 0);
	flow_call(f, id);
	if (strcmp(states[_i].state, "queued") != 0)
		expect_text(f->json, "state", states[_i].state);
	flow_end(f);
}
END_TEST

START_TEST(what_is_offered_is_accepted)
{
	const char *controls = states[_i].controls;
	char id[64];

	for (int a = 0; a < NACTIONS; a++) {
		struct flow *f;

		if (!offered(controls, actions[a]) &&
		    !harmless(controls, actions[a]))
			continue;
		f = flow_start(conf);
		states[_i].be(f, id);
		flow_do(f, id, actions[a], action_body(actions[a]));
		expect_status(f, 202);
		expect_text(f->json, "id", id);
		flow_end(f);
	}
}
END_TEST

/* --- one by one --- */

START_TEST(hold_and_resume_are_events)
{
	struct flow *f = flow_start(conf);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	char id[64];

	be_active(f, id);
	flow_do(f, id, "hold", NULL);
	expect_status(f, 202);
	flow_advance(f, 0);
	sse_find(sse, "call", "call.held");
	flow_do(f, id, "resume", NULL);
	expect_status(f, 202);
	flow_advance(f, 0);
	expect_text(sse_expect(sse, "call", "call.resumed")->json, "call.state",
		    "active");
	flow_advance(f, 30000);
	flow_call(f, id);
	expect_text(f->json, "cause", "normal");
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(mute_is_told_once)
{
	struct flow *f = flow_start(conf);
	struct sse *sse = sse_open(f, "/api/v1/events", NULL);
	char id[64];

	be_active(f, id);
	sse_find(sse, "call", "call.active");
	flow_do(f, id, "mute", NULL);
	flow_do(f, id, "mute", NULL);
	expect_status(f, 202);
	expect_bool(sse_expect(sse, "call", "call.updated")->json, "call.muted",
		    true);
	ck_assert(sse_quiet(sse));
	flow_do(f, id, "unmute", NULL);
	expect_bool(sse_expect(sse, "call", "call.updated")->json, "call.muted",
		    false);
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(hang_up_ends_a_call_by_its_state)
{
	static const struct {
		void (*be)(struct flow *f, char id[64]);
		const char *cause;
	} ends[] = {
		{be_queued, "cancelled"},  {be_dialing, "cancelled"},
		{be_ringing, "cancelled"}, {be_ringing_in, "rejected"},
		{be_active, "normal"},	   {be_held, "normal"},
	};
	struct flow *f = flow_start(conf);
	char id[64];

	ends[_i].be(f, id);
	flow_delete(f, flow_path(f, "/api/v1/calls/%s", id));
	expect_status(f, 202);
	flow_advance(f, 0);
	flow_call(f, id);
	expect_text(f->json, "state", "ended");
	expect_text(f->json, "cause", ends[_i].cause);
	flow_end(f);
}
END_TEST

START_TEST(an_inbound_call_is_answered_or_rejected)
{
	struct flow *f = flow_start(conf);
	char id[64];

	flow_play(f, id, INBOUND("ring"));
	flow_do(f, id, "answer", NULL);
	expect_status(f, 202);
	flow_advance(f, 0);
	flow_call(f, id);
	expect_text(f->json, "state", "active");
	flow_play(f, id, INBOUND("ring"));
	flow_do(f, id, "reject", NULL);
	expect_status(f, 202);
	flow_advance(f, 0);
	flow_call(f, id);
	expect_text(f->json, "cause", "rejected");
	flow_end(f);
}
END_TEST

/* --- transfer: a dial like any other --- */

START_TEST(a_transfer_ends_our_leg_and_is_audited)
{
	struct flow *f = flow_start(conf);
	char id[64];

	be_active(f, id);
	flow_do(f, id, "transfer", "{\"to\":\"030 999 000\"}");
	expect_status(f, 202);
	flow_advance(f, 0);
	flow_call(f, id);
	expect_text(f->json, "state", "ended");
	expect_text(f->json, "cause_detail", "transferred");
	flow_get(f, flow_path(f, "/api/v1/calls/%s/timeline", id));
	ck_assert_ptr_nonnull(strstr(f->last.body, "\"step\":\"transfer\","
						   "\"detail\":\"+4930999000"));
	flow_end(f);
}
END_TEST

static const struct {
	const char *body;
	int status;
	const char *code;
} transfers[] = {
	{"{\"to\":\"030x\"}", 422, "bad_number"},
	{"{\"to\":\"\"}", 422, "bad_number"},
	{"{\"to\":\"112\"}", 403, "number_blocked"},
	{"{\"to\":\"+499001234567\"}", 403, "number_blocked"},
	{"{\"to\":4711}", 400, "bad_request"},
	{"{\"number\":\"4711\"}", 400, "bad_request"},
	{"[]", 400, "bad_json"},
	{"", 400, "bad_json"},
};
enum { NTRANSFERS = sizeof(transfers) / sizeof(transfers[0]) };

START_TEST(a_transfer_passes_gate_and_policy)
{
	struct flow *f = flow_start(conf);
	char id[64];

	be_active(f, id);
	flow_do(f, id, "transfer", transfers[_i].body);
	expect_problem(f, transfers[_i].status, transfers[_i].code);
	flow_advance(f, 0);
	flow_call(f, id);
	expect_text(f->json, "state", "active");
	flow_end(f);
}
END_TEST

START_TEST(a_refused_transfer_is_published)
{
	struct flow *f = flow_start(conf);
	const struct sse_event *ev;
	struct sse *sse;
	char id[64];

	be_active(f, id);
	sse = sse_open(f, "/api/v1/events", NULL);
	(void)sse_expect(sse, "snapshot", NULL); /* where it begins */
	flow_do(f, id, "transfer", "{\"to\":\"112\"}");
	expect_problem(f, 403, "number_blocked");
	ev = sse_expect(sse, "call", "call.refused");
	expect_text(ev->json, "refusal.code", "number_blocked");
	expect_text(ev->json, "refusal.number", "112");
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(a_transfer_counts_as_a_dial)
{
	struct flow *f = flow_start("dial { per_minute = 1 }");
	char id[64];

	be_active(f, id);
	flow_do(f, id, "transfer", "{\"to\":\"4711\"}");
	expect_problem(f, 429, "rate_limited");
	ck_assert_str_eq(flow_header(f, "Retry-After"), "59");
	flow_end(f);
}
END_TEST

/* --- DTMF --- */

static const struct {
	const char *body;
	int status;
} tones[] = {
	{"{\"digits\":\"0123456789ABCD*#,\"}", 202},
	{"{\"digits\":\"12345678901234567890123456789012\"}", 202},
	{"{\"digits\":\"123456789012345678901234567890123\"}", 400},
	{"{\"digits\":\"\"}", 400},
	{"{\"digits\":\"12a\"}", 400},
	{"{\"digits\":\"1 2\"}", 400},
	{"{\"digits\":12}", 400},
	{"{}", 400},
};
enum { NTONES = sizeof(tones) / sizeof(tones[0]) };

START_TEST(tones_are_the_sixteen_and_a_pause)
{
	struct flow *f = flow_start(conf);
	char id[64];

	be_active(f, id);
	flow_do(f, id, "dtmf", tones[_i].body);
	if (tones[_i].status == 202)
		expect_status(f, 202);
	else
		expect_problem(f, 400, "bad_request");
	flow_end(f);
}
END_TEST

/* --- what there is not --- */

START_TEST(calls_and_actions_that_do_not_exist)
{
	struct flow *f = flow_start(conf);
	char id[64];

	flow_do(f, "0123456789ABCDEF0123456789ABCDEF", "hangup", NULL);
	expect_problem(f, 404, "call_not_found");
	flow_delete(f, "/api/v1/calls/0123456789ABCDEF0123456789ABCDEF");
	expect_problem(f, 404, "call_not_found");
	be_active(f, id);
	flow_do(f, id, "explode", NULL);
	expect_problem(f, 404, "not_found");
	flow_get(f, flow_path(f, "/api/v1/calls/%s/hangup", id));
	expect_problem(f, 405, "bad_method");
	ck_assert_str_eq(flow_header(f, "Allow"), "POST");
	flow_end(f);
}
END_TEST

START_TEST(a_pushed_call_cannot_be_controlled)
{
	struct flow *f = flow_start(conf);
	char id[64];

	flow_post(f, "/api/v1/inbound",
		  "{\"event\":\"answered\",\"ref\":\"r1\",\"from\":\"" ANSWERS
		  "\"}");
	expect_status(f, 202);
	ck_assert_uint_eq(json_count(f->json, "controls"), 0);
	(void)snprintf(id, sizeof(id), "%s", json_text(f->json, "id"));
	for (int a = 0; a < NACTIONS; a++) {
		flow_do(f, id, actions[a], action_body(actions[a]));
		expect_problem(f, 501, "not_supported");
	}
	flow_end(f);
}
END_TEST

static void add_table(Suite *suite)
{
	TCase *table = tcase_create("table");

	tcase_add_loop_test(table, controls_are_what_the_state_allows, 0,
			    NSTATES);
	tcase_add_loop_test(table,
			    what_is_not_offered_is_refused_and_changes_nothing,
			    0, NSTATES);
	tcase_add_loop_test(table, what_is_offered_is_accepted, 0, NSTATES);
	tcase_add_test(table, calls_and_actions_that_do_not_exist);
	tcase_add_test(table, a_pushed_call_cannot_be_controlled);
	suite_add_tcase(suite, table);
}

Suite *flow_suite(void)
{
	Suite *suite = suite_create("actions");
	TCase *each = tcase_create("each");

	add_table(suite);
	tcase_add_test(each, hold_and_resume_are_events);
	tcase_add_test(each, mute_is_told_once);
	tcase_add_loop_test(each, hang_up_ends_a_call_by_its_state, 0, 6);
	tcase_add_test(each, an_inbound_call_is_answered_or_rejected);
	tcase_add_test(each, a_transfer_ends_our_leg_and_is_audited);
	tcase_add_loop_test(each, a_transfer_passes_gate_and_policy, 0,
			    NTRANSFERS);
	tcase_add_test(each, a_transfer_counts_as_a_dial);
	tcase_add_test(each, a_refused_transfer_is_published);
	tcase_add_loop_test(each, tones_are_the_sixteen_and_a_pause, 0, NTONES);
	suite_add_tcase(suite, each);
	return suite;
}
