/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_http.c - who may talk to the server, from end to end */
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "harness.h"

#define SAME "Sec-Fetch-Site: same-origin\r\n"
#define CROSS "Sec-Fetch-Site: cross-site\r\n"
#define EVIL "Origin: https://evil.example\r\n"
#define DIAL "{\"PhoneNumber\":\"+4930123456486\"}"

static int get_with(struct flow *f, const char *path, const char *headers)
{
	return flow_ask(f, &(struct ask){.path = path, .headers = headers});
}

static int dial_with(struct flow *f, const char *headers)
{
	return flow_ask(f, &(struct ask){.method = "POST",
					 .path = "/api/v1/calls",
					 .headers = headers,
					 .body = DIAL});
}

/* Headers of the relay's own page: its origin and a token. */
static const char *own_page(struct flow *f, char headers[256],
			    const char *token)
{
	(void)snprintf(headers, 256,
		       "Origin: http://127.0.0.1:%u\r\n" SAME "%s%s%s",
		       cti_app_port(f->app), token ? "X-CTI-Token: " : "",
		       token ? token : "", token ? "\r\n" : "");
	return headers;
}

static void token_take(struct flow *f, char token[80])
{
	get_with(f, "/api/v1/token", SAME);
	expect_status(f, 200);
	(void)snprintf(token, 80, "%s", json_text(f->json, "token"));
	ck_assert_uint_eq(strlen(token), 64);
}

/* --- the token --- */

START_TEST(the_token_is_for_the_own_page_only)
{
	static const char *const others[] = {NULL,
					     CROSS,
					     EVIL,
					     SAME EVIL,
					     "Sec-Fetch-Site: none\r\n",
					     "Sec-Fetch-Site: same-site\r\n"};
	struct flow *f = flow_start(NULL);

	get_with(f, "/api/v1/token", others[_i]);
	expect_problem(f, 403, "refused");
	flow_end(f);
}
END_TEST

START_TEST(the_own_page_dials_with_the_token)
{
	struct flow *f = flow_start(NULL);
	char token[80], headers[256];

	token_take(f, token);
	dial_with(f, own_page(f, headers, token));
	expect_status(f, 201);
	flow_get(f, "/api/v1/status");
	expect_text(f->json, "host.last_click_at", "2026-11-22T06:30:01.000Z");
	flow_end(f);
}
END_TEST

START_TEST(the_own_page_learns_what_its_token_lacks)
{
	struct flow *f = flow_start(NULL);
	char token[80], headers[256];

	token_take(f, token);
	dial_with(f, own_page(f, headers, NULL));
	expect_problem(f, 401, "token_missing");
	flow_restart(f);
	dial_with(f, own_page(f, headers, token));
	expect_problem(f, 401, "token_stale");
	flow_end(f);
}
END_TEST

/* --- other pages --- */

START_TEST(another_page_reaches_nothing_of_the_api)
{
	static const char *const pages[] = {EVIL,
					    CROSS,
					    EVIL CROSS,
					    EVIL SAME,
					    "Origin: null\r\n",
					    "Sec-Fetch-Mode: cors\r\n",
					    "Sec-Fetch-Site: same-site\r\n"};
	static const char *const paths[] = {
		"/api/v1/calls", "/api/v1/events", "/api/v1/status",
		"/api/v1/numbers/explain?number=1", "/api/v1/nowhere"};
	struct flow *f = flow_start(NULL);
	char token[80], headers[256];

	token_take(f, token);
	(void)snprintf(headers, sizeof(headers), "%sX-CTI-Token: %s\r\n",
		       pages[_i], strstr(pages[_i], "Mode") ? "x" : token);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		get_with(f, paths[i], headers);
		expect_problem(f, 403, "refused");
	}
	dial_with(f, headers);
	expect_problem(f, 403, "refused");
	ck_assert_ptr_null(flow_header(f, "Access-Control-Allow-Origin"));
	flow_get(f, "/api/v1/calls");
	ck_assert_uint_eq(json_count(f->json, "calls"), 0);
	flow_end(f);
}
END_TEST

START_TEST(a_preflight_gets_no_permission)
{
	struct flow *f = flow_start(NULL);

	flow_ask(f, &(struct ask){.method = "OPTIONS",
				  .path = "/api/v1/calls",
				  .headers = EVIL
				  "Access-Control-Request-Method: POST\r\n"});
	expect_problem(f, 403, "refused");
	ck_assert_ptr_null(flow_header(f, "Access-Control-Allow-Origin"));
	flow_end(f);
}
END_TEST

START_TEST(each_class_of_path_has_its_visitors)
{
	static const struct {
		const char *path, *headers;
		int status;
	} visits[] = {
		{"/", CROSS, 200},
		{"/", NULL, 200},
		{"/host.html", CROSS, 200},
		{"/pair.js", CROSS, 403},
		{"/pair.js", SAME, 200},
		{"/pair.js", NULL, 200},
		{"/widget/main.js", CROSS, 403},
		{"/widget/main.js", SAME, 200},
		{"/healthz", CROSS, 403},
		{"/healthz", NULL, 200},
		{"/version", SAME, 200},
		{"/openapi.json", CROSS, 403},
		{"/index.html", NULL, 404},
		{"/nothing.js", NULL, 404},
	};
	struct flow *f = flow_start(NULL);

	for (size_t i = 0; i < sizeof(visits) / sizeof(visits[0]); i++) {
		get_with(f, visits[i].path, visits[i].headers);
		ck_assert_msg(f->status == visits[i].status, "%s %d",
			      visits[i].path, f->status);
	}
	flow_end(f);
}
END_TEST

START_TEST(a_page_says_who_may_frame_it)
{
	struct flow *f = flow_start(
		"sap { origins = {\"https://my300000.crm.ondemand.com\"} }");
	const char *csp;

	flow_get(f, "/");
	csp = flow_header(f, "Content-Security-Policy");
	ck_assert_ptr_nonnull(csp);
	ck_assert_ptr_nonnull(
		strstr(csp, " https://my300000.crm.ondemand.com"));
	ck_assert_ptr_null(flow_header(f, "X-Frame-Options"));
	ck_assert_str_eq(flow_header(f, "X-Content-Type-Options"), "nosniff");
	ck_assert_str_eq(flow_header(f, "Referrer-Policy"), "no-referrer");
	ck_assert_str_eq(flow_header(f, "Cache-Control"), "no-store");
	flow_get(f, "/host.html");
	csp = flow_header(f, "Content-Security-Policy");
	ck_assert_ptr_nonnull(strstr(csp, "frame-ancestors 'none'"));
	flow_end(f);
}
END_TEST

START_TEST(the_stand_in_is_there_where_it_is_wanted)
{
	static const struct {
		const char *conf;
		int status;
	} cases[] = {
		{"http { host_page = auto }", 200},
		{"http { host_page = off }", 404},
		{"telephony { driver = baresip }", 404},
		{"telephony { driver = baresip }\nhttp { host_page = on }",
		 200},
	};
	struct flow *f = flow_start_early(cases[_i].conf);
	const char *csp;

	flow_get(f, "/host.html");
	ck_assert_int_eq(f->status, cases[_i].status);
	flow_get(f, "/");
	csp = flow_header(f, "Content-Security-Policy");
	ck_assert_int_eq(strstr(csp, "ancestors 'self'") != NULL,
			 cases[_i].status == 200);
	flow_end(f);
}
END_TEST

START_TEST(the_stand_in_plays_by_itself_only_when_asked_by_hand)
{
	struct flow *f = flow_start(NULL);

	get_with(f, "/host.html", "Sec-Fetch-Site: none\r\n");
	ck_assert_ptr_nonnull(
		strstr(f->last.body, "name=\"cti-replay\" content=\"yes\""));
	get_with(f, "/host.html", CROSS);
	ck_assert_ptr_nonnull(
		strstr(f->last.body, "name=\"cti-replay\" content=\"ask\""));
	flow_end(f);
}
END_TEST

/* --- the Host --- */

START_TEST(only_listed_hosts_are_served)
{
	static const struct {
		const char *host;
		int status;
	} hosts[] = {
		{"localhost", 200},
		{"127.0.0.1:1", 200},
		{"[::1]:22550", 200},
		{"LOCALHOST:22550", 200},
		{"relay.example:8080", 200},
		{"evil.example", 403},
		{"127.0.0.1.evil.example", 403},
		{"localhost:99999", 403},
		{"localhost:", 403},
		{"", 403},
	};
	struct flow *f =
		flow_start("http { allowed_hosts = {\"relay.example\"} }");

	flow_ask(f, &(struct ask){.path = "/api/v1/calls",
				  .host = hosts[_i].host});
	if (hosts[_i].status == 200)
		expect_status(f, 200);
	else
		expect_problem(f, 403, "refused");
	flow_end(f);
}
END_TEST

START_TEST(odd_grammar_is_refused)
{
	static const char *const requests[] = {
		"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
		"Host: localhost\r\n\r\n",
		"GET /healthz HTTP/1.1\r\n\r\n",
		"POST /api/v1/calls HTTP/1.1\r\nHost: localhost\r\n"
		"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"GET /healthz%00x HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"POST /api/v1/calls HTTP/1.1\r\nHost: localhost\r\n"
		"Content-Type: application/json\r\n"
		"Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
	};
	struct flow *f = flow_start(NULL);

	flow_raw(f, requests[_i], strlen(requests[_i]));
	ck_assert_msg(f->status == 403 || f->status == 400, "%d", f->status);
	flow_get(f, "/api/v1/calls");
	ck_assert_uint_eq(json_count(f->json, "calls"), 0);
	flow_end(f);
}
END_TEST

/* --- everybody else --- */

START_TEST(methods_and_paths_that_do_not_exist)
{
	struct flow *f = flow_start(NULL);

	flow_get(f, "/api/v1/nowhere");
	expect_problem(f, 404, "not_found");
	flow_ask(f, &(struct ask){.method = "PUT", .path = "/api/v1/calls"});
	expect_problem(f, 405, "bad_method");
	ck_assert_ptr_nonnull(strstr(flow_header(f, "Allow"), "POST"));
	flow_get(f, "/api/v1/calls?agent=A&agent=B");
	expect_problem(f, 400, "bad_request");
	flow_end(f);
}
END_TEST

START_TEST(a_program_in_front_of_a_container_shows_the_key)
{
	struct flow *f = flow_start("http { exposure = container }");
	char page[256], token[80];

	dial_with(f, NULL);
	expect_problem(f, 401, "key_missing");
	ck_assert_ptr_nonnull(
		strstr(flow_header(f, "WWW-Authenticate"), "Bearer"));
	dial_with(f, f->key);
	expect_status(f, 201);
	flow_restart(f);
	get_with(f, "/api/v1/calls", f->key);
	expect_status(f, 200);
	token_take(f, token);
	get_with(f, "/api/v1/calls", own_page(f, page, token));
	expect_status(f, 200);
	flow_end(f);
}
END_TEST

START_TEST(a_relay_in_a_network_has_no_pages)
{
	struct flow *f = flow_start("http { exposure = network }");

	flow_get(f, "/");
	expect_status(f, 200);
	ck_assert_ptr_nonnull(strstr(f->last.body, "It shows no pages"));
	flow_get(f, "/host.html");
	expect_problem(f, 403, "refused");
	get_with(f, "/api/v1/token", SAME);
	expect_problem(f, 403, "refused");
	dial_with(f, f->key);
	expect_status(f, 201);
	flow_get(f, "/readyz");
	expect_status(f, 200);
	flow_end(f);
}
END_TEST

START_TEST(status_counts_refusals_by_reason)
{
	static const char text[] = "GET / HTTP/1.1\r\nHost: localhost\r\n"
				   "X: a\0b\r\n\r\n";
	struct flow *f = flow_start(NULL);

	get_with(f, "/api/v1/calls", EVIL);
	get_with(f, "/api/v1/calls", CROSS);
	get_with(f, "/api/v1/calls", SAME);
	flow_raw(f, text, sizeof(text) - 1);
	flow_get(f, "/api/v1/status");
	ck_assert_int_eq(json_int(f->json, "refused.page"), 2);
	ck_assert_int_eq(json_int(f->json, "refused.token"), 1);
	ck_assert_int_eq(json_int(f->json, "refused.grammar"), 1);
	ck_assert_int_eq(json_int(f->json, "refused.peer"), 0);
	ck_assert_int_ge(json_int(f->json, "connections"), 1);
	flow_end(f);
}
END_TEST

START_TEST(a_program_without_browser_headers_just_works)
{
	struct flow *f = flow_start(NULL);

	dial_with(f, "User-Agent: curl/7.88.1\r\nAccept: */*\r\n");
	expect_status(f, 201);
	flow_end(f);
}
END_TEST

Suite *flow_suite(void)
{
	Suite *suite = suite_create("http");
	TCase *token = tcase_create("token");
	TCase *pages = tcase_create("pages");
	TCase *hosts = tcase_create("hosts");

	tcase_add_loop_test(token, the_token_is_for_the_own_page_only, 0, 6);
	tcase_add_test(token, the_own_page_dials_with_the_token);
	tcase_add_test(token, the_own_page_learns_what_its_token_lacks);
	suite_add_tcase(suite, token);
	tcase_add_loop_test(pages, another_page_reaches_nothing_of_the_api, 0,
			    7);
	tcase_add_test(pages, a_preflight_gets_no_permission);
	tcase_add_test(pages, each_class_of_path_has_its_visitors);
	tcase_add_test(pages, a_page_says_who_may_frame_it);
	tcase_add_loop_test(pages, the_stand_in_is_there_where_it_is_wanted, 0,
			    4);
	tcase_add_test(pages,
		       the_stand_in_plays_by_itself_only_when_asked_by_hand);
	suite_add_tcase(suite, pages);
	tcase_add_loop_test(hosts, only_listed_hosts_are_served, 0, 10);
	tcase_add_loop_test(hosts, odd_grammar_is_refused, 0, 5);
	tcase_add_test(hosts, methods_and_paths_that_do_not_exist);
	tcase_add_test(hosts, a_program_without_browser_headers_just_works);
	tcase_add_test(hosts, a_program_in_front_of_a_container_shows_the_key);
	tcase_add_test(hosts, a_relay_in_a_network_has_no_pages);
	tcase_add_test(hosts, status_counts_refusals_by_reason);
	suite_add_tcase(suite, hosts);
	return suite;
}
