/* SPDX-License-Identifier: Apache-2.0 */
/* flow/test_pairing.c - a page is allowed, found again, and taken back */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "harness.h"

#define LIST "/api/v1/pairings"
#define ONE "https://my1.crm.ondemand.com"
#define TWO "https://desk.my1.crm.cloud.sap"
#define SAME "Sec-Fetch-Site: same-origin\r\n"
#define PAIR(origin) "{\"origins\":[\"" origin "\"]}"
#define PAIR_BOTH "{\"origins\":[\"" ONE "\",\"" TWO "\"]}"

/* What may frame the widget. */
static const char *ancestors(struct flow *f)
{
	const char *csp;

	flow_get(f, "/");
	expect_status(f, 200);
	csp = flow_header(f, "Content-Security-Policy");
	ck_assert_ptr_nonnull(csp);
	csp = strstr(csp, "frame-ancestors ");
	ck_assert_ptr_nonnull(csp);
	return csp + strlen("frame-ancestors ");
}

/* Whom the widget may talk to, as the page and as the token say. */
static void expect_allowed(struct flow *f, const char *origin, bool is)
{
	const char *meta, *found;

	flow_get(f, "/");
	meta = strstr(f->last.body, "name=\"cti-origins\" content=\"");
	ck_assert_ptr_nonnull(meta);
	found = strstr(meta, origin[0] == '\'' ? "self" : origin);
	ck_assert((found && found < strchr(meta, '>')) == is);
	flow_ask(f, &(struct ask){.path = "/api/v1/token", .headers = SAME});
	expect_status(f, 200);
	ck_assert(json_holds(f->json, "origins", origin) == is);
}

static int pair(struct flow *f, const char *body)
{
	return flow_post(f, LIST, body);
}

static int unpair(struct flow *f, const char *origin)
{
	return flow_delete(f, flow_path(f, LIST "?origin=%s", origin));
}

static void own_page(struct flow *f, char headers[256], const char *token)
{
	(void)snprintf(headers, 256,
		       "Origin: http://127.0.0.1:%u\r\n" SAME
		       "X-CTI-Token: %s\r\n",
		       cti_app_port(f->app), token); /* fits */
}

static void token_take(struct flow *f, char token[80])
{
	flow_ask(f, &(struct ask){.path = "/api/v1/token", .headers = SAME});
	(void)snprintf(token, 80, "%s", json_text(f->json, "token"));
	ck_assert_uint_eq(strlen(token), 64);
}

START_TEST(nobody_is_paired_at_first)
{
	struct flow *f = flow_start(NULL);

	flow_get(f, LIST);
	expect_status(f, 200);
	ck_assert_uint_eq(json_count(f->json, "paired"), 0);
	ck_assert_uint_eq(json_count(f->json, "configured"), 0);
	ck_assert(json_holds(f->json, "suffixes", "crm.cloud.sap"));
	ck_assert_str_eq(ancestors(f), "'self' https://*.crm.ondemand.com "
				       "https://*.crm.cloud.sap");
	expect_allowed(f, ONE, false);
	expect_allowed(f, "'self'", true);
	flow_end(f);
}
END_TEST

START_TEST(a_pairing_is_all_ancestors_at_once)
{
	struct flow *f = flow_start(NULL);

	pair(f, PAIR_BOTH);
	expect_status(f, 201);
	ck_assert_uint_eq(json_count(f->json, "paired"), 2);
	expect_text(f->json, "paired.0.origin", ONE);
	expect_text(f->json, "paired.0.paired_at", "2026-11-22T06:30:01.000Z");
	expect_bool(f->json, "paired.0.active", true);
	expect_text(f->json, "paired.1.origin", TWO);
	ck_assert_str_eq(ancestors(f),
			 "'self' " ONE " " TWO " https://*.crm.ondemand.com "
			 "https://*.crm.cloud.sap");
	expect_allowed(f, ONE, true);
	expect_allowed(f, TWO, true);
	expect_allowed(f, "https://my2.crm.ondemand.com", false);
	pair(f, PAIR_BOTH);
	expect_status(f, 200);
	ck_assert_uint_eq(json_count(f->json, "paired"), 2);
	flow_end(f);
}
END_TEST

START_TEST(a_pairing_survives_every_restart)
{
	static void (*const again[])(struct flow * f) = {
		flow_restart, flow_kill, flow_restart_empty};
	struct flow *f = flow_start(NULL);

	pair(f, PAIR(ONE));
	expect_status(f, 201);
	again[_i](f);
	expect_allowed(f, ONE, true);
	unpair(f, ONE);
	expect_status(f, 200);
	again[_i](f);
	expect_allowed(f, ONE, false);
	flow_end(f);
}
END_TEST

START_TEST(a_page_that_is_removed_loses_the_token_at_once)
{
	struct flow *f = flow_start(NULL);
	char token[80], fresh[80], headers[256], more[512];
	struct sse *page, *program;

	pair(f, PAIR_BOTH);
	token_take(f, token);
	own_page(f, headers, token);
	page = sse_open(f, "/api/v1/events", headers);
	program = sse_open(f, "/api/v1/events", NULL);
	sse_expect(page, "snapshot", NULL);
	sse_expect(program, "snapshot", NULL);
	(void)snprintf(more, sizeof(more), "%s", headers); /* fits */
	flow_ask(f, &(struct ask){.method = "DELETE",
				  .path = LIST "?origin=" ONE,
				  .headers = more});
	expect_status(f, 200);
	ck_assert_uint_eq(json_count(f->json, "paired"), 1);
	ck_assert_ptr_null(sse_next(page));
	ck_assert(sse_quiet(program));
	flow_ask(f, &(struct ask){.path = "/api/v1/calls", .headers = headers});
	expect_problem(f, 401, "token_stale");
	token_take(f, fresh);
	ck_assert_str_ne(fresh, token);
	own_page(f, headers, fresh);
	flow_ask(f, &(struct ask){.path = "/api/v1/calls", .headers = headers});
	expect_status(f, 200);
	expect_allowed(f, ONE, false);
	expect_allowed(f, TWO, true);
	sse_close(page);
	sse_close(program);
	flow_end(f);
}
END_TEST

START_TEST(what_is_no_list_of_origins_is_refused_whole)
{
	static const struct {
		const char *body, *code;
		int status;
	} rows[] = {
		{"{}", "bad_request", 400},
		{"{\"origins\":[]}", "bad_request", 400},
		{"{\"origins\":\"" ONE "\"}", "bad_request", 400},
		{"{\"origins\":{\"a\":\"" ONE "\"}}", "bad_request", 400},
		{"{\"origins\":[\"" ONE "\",7]}", "bad_request", 400},
		{"{\"origins\":[\"" ONE "\",null]}", "bad_request", 400},
		{"{\"origins\":[\"" ONE "\",\"null\"]}", "bad_origin", 422},
		{"{\"origins\":[\"" ONE "\",\"" ONE "/\"]}", "bad_origin", 422},
		{PAIR("http://my1.crm.ondemand.com"), "bad_origin", 422},
		{PAIR("https://MY1.crm.ondemand.com"), "bad_origin", 422},
		{PAIR("https://*.crm.ondemand.com"), "bad_origin", 422},
		{PAIR("https://m\xc3\xbc.crm.ondemand.com"), "bad_origin", 422},
		{PAIR("http://localhost:8080"), "origin_blocked", 403},
		{PAIR("https://crm.ondemand.com"), "origin_blocked", 403},
		{PAIR("https://evilcrm.ondemand.com"), "origin_blocked", 403},
		{PAIR("https://my1.crm.ondemand.com.evil.example"),
		 "origin_blocked", 403},
		{"{\"origins\":[\"" ONE "\",\"https://evil.example\"]}",
		 "origin_blocked", 403},
	};
	struct flow *f = flow_start(NULL);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pair(f, rows[i].body);
		expect_problem(f, rows[i].status, rows[i].code);
	}
	flow_get(f, LIST);
	ck_assert_uint_eq(json_count(f->json, "paired"), 0);
	flow_end(f);
}
END_TEST

START_TEST(nine_ancestors_are_too_many)
{
	struct flow *f = flow_start(NULL);
	char body[1024] = "{\"origins\":[";

	for (int i = 0; i < 9; i++) {
		size_t len = strlen(body);

		(void)snprintf(body + len, sizeof(body) - len,
			       "%s\"https://x%d.crm.cloud.sap\"", i ? "," : "",
			       i); /* fits */
		if (i < 7)
			continue;
		len = strlen(body);
		memcpy(body + len, "]}", 3);
		pair(f, body);
		if (i == 7)
			expect_status(f, 201);
		else
			expect_problem(f, 400, "bad_request");
		body[len] = '\0';
	}
	flow_end(f);
}
END_TEST

START_TEST(what_was_not_paired_cannot_be_removed)
{
	struct flow *f = flow_start("sap { origins = {\"" TWO "\"} }");

	unpair(f, ONE);
	expect_problem(f, 404, "pairing_not_found");
	unpair(f, TWO); /* the configuration's */
	expect_problem(f, 404, "pairing_not_found");
	flow_delete(f, LIST);
	expect_problem(f, 422, "bad_origin");
	flow_delete(f, LIST "?origin=");
	expect_problem(f, 422, "bad_origin");
	flow_end(f);
}
END_TEST

START_TEST(configured_origins_are_not_stored)
{
	struct flow *f =
		flow_start("sap { origins = {\"https://sap.example\"} }");

	pair(f, PAIR("https://sap.example"));
	expect_status(f, 200);
	ck_assert_uint_eq(json_count(f->json, "paired"), 0);
	ck_assert(json_holds(f->json, "configured", "https://sap.example"));
	pair(f, "{\"origins\":[\"https://sap.example\",\"" ONE "\"]}");
	expect_status(f, 201);
	ck_assert_uint_eq(json_count(f->json, "paired"), 1);
	ck_assert_str_eq(ancestors(f),
			 "'self' https://sap.example " ONE
			 " https://*.crm.ondemand.com https://*.crm.cloud.sap");
	flow_end(f);
}
END_TEST

START_TEST(without_suffixes_nobody_can_be_paired)
{
	struct flow *f = flow_start("sap { pair_suffixes = {} }");

	pair(f, PAIR(ONE));
	expect_problem(f, 403, "origin_blocked");
	ck_assert_str_eq(ancestors(f), "'self'");
	flow_end(f);
}
END_TEST

/* As left behind by a relay that had more domains. */
static void list_write(struct flow *f, const char *text)
{
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s.paired", f->db); /* fits */
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(a_domain_that_is_gone_takes_its_pages_along)
{
	struct flow *f = flow_start(NULL);

	flow_stop(f);
	list_write(f, "https://a.old.example 1795329000000\n" ONE " 1\n");
	flow_again(f);
	flow_get(f, LIST);
	expect_bool(f->json, "paired.0.active", false);
	expect_bool(f->json, "paired.1.active", true);
	expect_allowed(f, "https://a.old.example", false);
	expect_allowed(f, ONE, true);
	unpair(f, "https://a.old.example");
	expect_status(f, 200);
	flow_end(f);
}
END_TEST

START_TEST(a_list_that_cannot_be_written_is_said)
{
	struct flow *f = flow_start(NULL);
	char path[128];

	(void)snprintf(path, sizeof(path), "%s.paired", f->db); /* fits */
	ck_assert_int_eq(mkdir(path, 0700), 0);
	pair(f, PAIR(ONE));
	expect_problem(f, 503, "store_full");
	expect_allowed(f, ONE, false);
	ck_assert_int_eq(rmdir(path), 0);
	pair(f, PAIR(ONE));
	expect_status(f, 201);
	flow_end(f);
}
END_TEST

START_TEST(the_routes_are_for_the_own_page_only)
{
	static const char *const others[] = {
		"Origin: https://evil.example\r\n",
		"Sec-Fetch-Site: cross-site\r\n",
		"Sec-Fetch-Site: same-site\r\n",
		"Origin: null\r\n",
		"Origin: " ONE "\r\n" SAME,
	};
	static const char *const methods[] = {"GET", "POST", "DELETE"};
	struct flow *f = flow_start(NULL);
	char token[80], headers[256];

	pair(f, PAIR(ONE));
	token_take(f, token);
	(void)snprintf(headers, sizeof(headers), "%sX-CTI-Token: %s\r\n",
		       others[_i], token); /* fits */
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		flow_ask(f, &(struct ask){.method = methods[i],
					  .path = LIST "?origin=" ONE,
					  .headers = headers,
					  .body = PAIR(TWO)});
		expect_problem(f, 403, "refused");
	}
	own_page(f, headers, token);
	headers[strlen(headers) - 10] ^= 1;
	flow_ask(f, &(struct ask){.path = LIST, .headers = headers});
	expect_problem(f, 401, "token_stale");
	flow_get(f, LIST);
	ck_assert_uint_eq(json_count(f->json, "paired"), 1);
	flow_end(f);
}
END_TEST

START_TEST(the_page_cannot_be_framed_and_changes_nothing)
{
	struct flow *f = flow_start(NULL);
	char token[80];

	token_take(f, token);
	flow_ask(f, &(struct ask){.path = "/pair?origin=" ONE,
				  .headers = "Sec-Fetch-Site: cross-site\r\n"});
	expect_status(f, 200);
	ck_assert_ptr_nonnull(strstr(f->last.body, token));
	ck_assert_ptr_null(strstr(f->last.body, ONE));
	ck_assert_ptr_nonnull(strstr(flow_header(f, "Content-Security-Policy"),
				     "frame-ancestors 'none'"));
	ck_assert_str_eq(flow_header(f, "Cross-Origin-Opener-Policy"),
			 "same-origin");
	ck_assert_str_eq(flow_header(f, "Cross-Origin-Resource-Policy"),
			 "same-origin");
	ck_assert_ptr_null(flow_header(f, "X-Frame-Options"));
	flow_get(f, LIST);
	ck_assert_uint_eq(json_count(f->json, "paired"), 0);
	flow_ask(f, &(struct ask){.method = "POST", .path = "/pair"});
	expect_problem(f, 405, "bad_method");
	flow_end(f);
}
END_TEST

START_TEST(the_widget_has_the_headers_it_was_measured_with)
{
	static const char *const headers[][2] = {
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Embedder-Policy", "require-corp"},
		{"Cross-Origin-Resource-Policy", "cross-origin"},
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "no-referrer"},
		{"Cache-Control", "no-store"},
	};
	static const char *const parts[] = {
		"default-src 'none'; ", "script-src 'self'; ",
		"connect-src 'self'; ", "base-uri 'none'; ",
		"form-action 'none'; ", "frame-ancestors "};
	struct flow *f = flow_start(NULL);
	const char *csp;

	flow_get(f, "/");
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		ck_assert_str_eq(flow_header(f, headers[i][0]), headers[i][1]);
	csp = flow_header(f, "Content-Security-Policy");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		ck_assert_ptr_nonnull(strstr(csp, parts[i]));
	ck_assert_ptr_null(strstr(csp, "unsafe"));
	ck_assert_ptr_null(flow_header(f, "X-Frame-Options"));
	ck_assert_ptr_null(flow_header(f, "Set-Cookie"));
	ck_assert_ptr_null(flow_header(f, "Server"));
	flow_get(f, "/widget/main.js");
	ck_assert_str_eq(flow_header(f, "Cross-Origin-Resource-Policy"),
			 "same-origin");
	flow_end(f);
}
END_TEST

Suite *flow_suite(void)
{
	Suite *suite = suite_create("pairing");
	TCase *pages = tcase_create("pages");
	TCase *refused = tcase_create("refused");

	tcase_add_test(pages, nobody_is_paired_at_first);
	tcase_add_test(pages, a_pairing_is_all_ancestors_at_once);
	tcase_add_loop_test(pages, a_pairing_survives_every_restart, 0, 3);
	tcase_add_test(pages, a_page_that_is_removed_loses_the_token_at_once);
	tcase_add_test(pages, the_widget_has_the_headers_it_was_measured_with);
	tcase_add_test(pages, configured_origins_are_not_stored);
	tcase_add_test(pages, a_domain_that_is_gone_takes_its_pages_along);
	suite_add_tcase(suite, pages);
	tcase_add_test(refused, what_is_no_list_of_origins_is_refused_whole);
	tcase_add_test(refused, nine_ancestors_are_too_many);
	tcase_add_test(refused, what_was_not_paired_cannot_be_removed);
	tcase_add_test(refused, without_suffixes_nobody_can_be_paired);
	tcase_add_test(refused, a_list_that_cannot_be_written_is_said);
	tcase_add_loop_test(refused, the_routes_are_for_the_own_page_only, 0,
			    5);
	tcase_add_test(refused, the_page_cannot_be_framed_and_changes_nothing);
	suite_add_tcase(suite, refused);
	return suite;
}
