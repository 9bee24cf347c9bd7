/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_agents.c - whose call it is: none, one or several agents */
#include <stdio.h>
#include <string.h>

#include "harness.h"

#define BUSY "+4930123456486"
#define ANSWERS "+4930123456000"
#define BY(user)                                                               \
	"{\"PhoneNumber\":\"" ANSWERS "\",\"LoggedInUserID\":\"" user "\"}"

static const char one[] = "agent \"A\" { device = \"PJSIP/101\" }";
static const char two[] = "agent \"A\" { device = \"PJSIP/101\" }\n"
			  "agent \"B\" { device = \"PJSIP/102\" }";

/* --- (a) no section, (b) one section --- */

START_TEST(without_sections_every_call_is_the_one_agents)
{
	struct flow *f = flow_start(NULL);
	struct sse *sse = sse_open(f, "/api/v1/events?agent=SOMEBODY", NULL);
	char id[64];

	sse_expect(sse, "snapshot", NULL);
	flow_dial(f, id, BY("U1"));
	expect_text(f->json, "agent", "U1");
	expect_null(f->json, "device");
	sse_expect(sse, "call", "call.queued");
	flow_post(f, "/api/v1/calls",
		  "{\"PhoneNumber\":\"" BUSY "\",\"LoggedInUserID\":\"U2\"}");
	expect_problem(f, 409, "agent_busy");
	flow_get(f, "/api/v1/calls?agent=SOMEBODY");
	ck_assert_uint_eq(json_count(f->json, "calls"), 1);
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(a_ring_belongs_to_the_user_who_clicked_last)
{
	struct flow *f = flow_start(NULL);
	char id[64];

	flow_dial(f, id, BY("U1"));
	flow_play(f, id, "{\"from\":\"" BUSY "\"}");
	expect_text(f->json, "agent", "U1");
	flow_end(f);
}
END_TEST

START_TEST(one_section_takes_another_user_too)
{
	struct flow *f = flow_start(one);
	char id[64];

	flow_dial(f, id, BY("SOMEBODY"));
	expect_text(f->json, "agent", "SOMEBODY");
	expect_text(f->json, "device", "PJSIP/101");
	flow_end(f);
}
END_TEST

START_TEST(one_section_names_a_dial_that_does_not)
{
	struct flow *f = flow_start(one);
	char id[64];

	flow_dial_number(f, id, ANSWERS);
	expect_text(f->json, "agent", "A");
	flow_end(f);
}
END_TEST

/* --- (c) several sections --- */

START_TEST(the_user_of_the_payload_decides)
{
	struct flow *f = flow_start(two);
	char id[64];

	flow_post(f, "/api/v1/calls?agent=A", BY("B"));
	expect_status(f, 201);
	expect_text(f->json, "agent", "B");
	expect_text(f->json, "device", "PJSIP/102");
	flow_dial(f, id, BY("A"));
	expect_text(f->json, "device", "PJSIP/101");
	flow_end(f);
}
END_TEST

START_TEST(without_user_the_pages_agent_decides)
{
	struct flow *f = flow_start(two);

	flow_post(f, "/api/v1/calls?agent=B",
		  "{\"PhoneNumber\":\"" ANSWERS "\"}");
	expect_status(f, 201);
	expect_text(f->json, "agent", "B");
	flow_end(f);
}
END_TEST

START_TEST(somebody_must_be_named_and_listed)
{
	struct flow *f = flow_start(two);
	struct sse *sse = sse_open(f, "/api/v1/events?agent=A", NULL);
	const struct sse_event *ev;

	sse_expect(sse, "snapshot", NULL);
	flow_post(f, "/api/v1/calls", "{\"PhoneNumber\":\"" ANSWERS "\"}");
	expect_problem(f, 400, "agent_required");
	sse_expect(sse, "call", "call.refused");
	flow_post(f, "/api/v1/calls?agent=A", BY("C"));
	expect_problem(f, 403, "agent_unknown");
	ck_assert_ptr_nonnull(strstr(json_text(f->json, "detail"), "\"C\""));
	ev = sse_expect(sse, "call", "call.refused");
	expect_text(ev->json, "refusal.code", "agent_unknown");
	flow_post(f, "/api/v1/calls?agent=C",
		  "{\"PhoneNumber\":\"" ANSWERS "\"}");
	expect_problem(f, 403, "agent_unknown");
	sse_close(sse);
	flow_end(f);
}
END_TEST

START_TEST(pages_must_say_whose_they_are)
{
	static const struct {
		struct ask ask;
		const char *tail; /* of a path with the call's id, or NULL */
	} asks[] = {
		{{.path = "/api/v1/calls"}, NULL},
		{{.path = "/api/v1/events"}, NULL},
		{{.path = "/api/v1/events?wait=1",
		  .headers = "Accept: application/json\r\n"},
		 NULL},
		{{.method = "POST", .path = "/api/v1/calls/"}, "/hangup"},
		{{.method = "DELETE", .path = "/api/v1/calls/"}, ""},
		{{.method = "POST", .path = "/api/v1/calls/"}, "/redial"},
		{{.method = "POST",
		  .path = "/api/v1/events/1/claim",
		  .body = "{\"tab\":\"t\"}"},
		 NULL},
	};
	struct flow *f = flow_start(two);
	struct ask ask = asks[_i].ask;
	const char *tail = asks[_i].tail;
	char id[64], path[256], named[300];

	flow_dial(f, id, BY("A"));
	(void)snprintf(path, sizeof(path), "%s%s%s", ask.path, tail ? id : "",
		       tail ? tail : "");
	ask.path = path;
	flow_ask(f, &ask);
	expect_problem(f, 400, "agent_required");
	(void)snprintf(named, sizeof(named), "%s%cagent=C", path,
		       strchr(path, '?') ? '&' : '?');
	ask.path = named;
	flow_ask(f, &ask);
	expect_problem(f, 403, "agent_unknown");
	flow_end(f);
}
END_TEST

START_TEST(each_page_sees_its_agents_calls)
{
	struct flow *f = flow_start(two);
	struct sse *a = sse_open(f, "/api/v1/events?agent=A", NULL);
	struct sse *b = sse_open(f, "/api/v1/events?agent=B", NULL);
	char id[64];

	sse_expect(a, "snapshot", NULL);
	sse_expect(b, "snapshot", NULL);
	flow_dial(f, id, BY("A"));
	sse_expect(a, "call", "call.queued");
	ck_assert(sse_quiet(b));
	flow_get(f, "/api/v1/calls?agent=A");
	ck_assert_uint_eq(json_count(f->json, "calls"), 1);
	flow_get(f, "/api/v1/calls?agent=B");
	ck_assert_uint_eq(json_count(f->json, "calls"), 0);
	sse_close(a);
	sse_close(b);
	flow_end(f);
}
END_TEST

START_TEST(limits_and_merging_are_each_agents_own)
{
	struct flow *f = flow_start(two);
	char a[64], b[64];

	flow_dial(f, a, BY("A"));
	flow_dial(f, b, BY("B"));
	ck_assert_str_ne(a, b);
	flow_post(f, "/api/v1/calls", BY("A"));
	expect_status(f, 200);
	expect_text(f->json, "id", a);
	flow_end(f);
}
END_TEST

START_TEST(the_device_that_rings_decides_the_agent)
{
	struct flow *f = flow_start(two);
	char id[64];

	flow_play(f, id, "{\"from\":\"" BUSY "\",\"agent\":\"B\"}");
	expect_text(f->json, "agent", "B");
	expect_text(f->json, "device", "PJSIP/102");
	flow_post(f, "/api/v1/simulator/calls", "{\"from\":\"" BUSY "\"}");
	expect_problem(f, 400, "agent_required");
	flow_post(f, "/api/v1/inbound",
		  "{\"event\":\"ringing\",\"ref\":\"r1\",\"from\":\"" BUSY
		  "\",\"agent\":\"A\"}");
	expect_status(f, 202);
	expect_text(f->json, "agent", "A");
	flow_end(f);
}
END_TEST

Suite *flow_suite(void)
{
	Suite *suite = suite_create("agents");
	TCase *single = tcase_create("one agent");
	TCase *many = tcase_create("several agents");

	tcase_add_test(single, without_sections_every_call_is_the_one_agents);
	tcase_add_test(single, a_ring_belongs_to_the_user_who_clicked_last);
	tcase_add_test(single, one_section_takes_another_user_too);
	tcase_add_test(single, one_section_names_a_dial_that_does_not);
	suite_add_tcase(suite, single);
	tcase_add_test(many, the_user_of_the_payload_decides);
	tcase_add_test(many, without_user_the_pages_agent_decides);
	tcase_add_test(many, somebody_must_be_named_and_listed);
	tcase_add_loop_test(many, pages_must_say_whose_they_are, 0, 7);
	tcase_add_test(many, each_page_sees_its_agents_calls);
	tcase_add_test(many, limits_and_merging_are_each_agents_own);
	tcase_add_test(many, the_device_that_rings_decides_the_agent);
	suite_add_tcase(suite, many);
	return suite;
}
