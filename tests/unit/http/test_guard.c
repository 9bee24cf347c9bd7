/* SPDX-License-Identifier: Apache-2.0 */
/* unit/http/test_guard.c - who is let through, who is refused and with what */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "http/guard.h"
#include "suites.h"

static struct fixture *f;

static void setup(void)
{
	static struct fixture fixture;

	f = &fixture;
	fixture_setup(f);
}

static void teardown(void)
{
	fixture_teardown(f);
}

#define OWN "Origin: http://localhost:%u\r\n"
#define SITE "Sec-Fetch-Site: same-origin\r\n"
#define TOKEN_LINE "X-CTI-Token: " TOKEN "\r\n"

struct row {
	const char *line;
	const char *headers;
	int status;
};

/* One answer a row; a refused one says nothing but that. */
static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int status = client_get(f, rows[i].line, rows[i].headers);

		ck_assert_msg(status == rows[i].status, "%s / %s: %d",
			      rows[i].line, rows[i].headers, status);
		if (status == 403)
			ck_assert(answered(f, "\"code\":\"refused\""));
		ck_assert(!answered(f, "Access-Control"));
	}
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof(*(rows)))

START_TEST(each_class_has_its_fetch_sites)
{
	static const struct row rows[] = {
		{"GET /", "Sec-Fetch-Site: cross-site\r\n", 200},
		{"GET /", "Origin: https://evil.example\r\n", 200},
		{"GET /app.js", "", 200},
		{"GET /app.js", SITE, 200},
		{"GET /app.js", "Sec-Fetch-Site: none\r\n", 200},
		{"GET /app.js", "Sec-Fetch-Site: same-site\r\n", 403},
		{"GET /app.js", "Sec-Fetch-Site: cross-site\r\n", 403},
		{"GET /healthz", "", 204},
		{"GET /healthz", "Sec-Fetch-Site: none\r\n", 204},
		{"GET /healthz", SITE, 204},
		{"GET /healthz", "Sec-Fetch-Site: same-site\r\n", 204},
		{"GET /healthz", "Sec-Fetch-Site: cross-site\r\n", 403},
		{"GET /healthz", "Sec-Fetch-Site: strange\r\n", 403},
		{"GET /metrics", "", 204},
		{"GET /metrics", "User-Agent: Prometheus\r\n", 204},
		{"GET /metrics", SITE TOKEN_LINE, 403},
		{"GET /metrics", "Origin: http://localhost\r\n", 403},
		{"GET /metrics", "Sec-Fetch-Dest: image\r\n", 403},
		{"GET /api/v1/token", SITE, 204},
		{"GET /api/v1/token", "", 403},
		{"GET /api/v1/token", "Sec-Fetch-Site: none\r\n", 403},
		{"GET /api/v1/token", "Sec-Fetch-Site: same-site\r\n", 403},
		{"GET /api/v1/token", SITE "Origin: http://evil\r\n", 403},
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(api_takes_a_page_by_origin_site_and_token)
{
	static const struct row rows[] = {
		{"GET /api/v1/query", "", 200},
		{"GET /api/v1/query", "X-CTI-Token: wrong\r\n", 200},
		{"GET /api/v1/query", SITE TOKEN_LINE, 200},
		{"GET /api/v1/query", "Sec-Fetch-Mode: cors\r\n" TOKEN_LINE,
		 200},
		{"GET /api/v1/query",
		 "Origin: https://relay.example\r\n" SITE TOKEN_LINE, 200},
		{"GET /api/v1/query",
		 "Origin: https://evil.example\r\n" TOKEN_LINE, 403},
		{"GET /api/v1/query", "Origin: null\r\n" TOKEN_LINE, 403},
		{"GET /api/v1/query",
		 "Origin: https://localhost\r\n" TOKEN_LINE, 403},
		{"GET /api/v1/query",
		 "Origin: https://relay.example\r\n"
		 "Sec-Fetch-Site: cross-site\r\n" TOKEN_LINE,
		 403},
		{"GET /api/v1/query", "Sec-Fetch-Site: none\r\n" TOKEN_LINE,
		 403},
		{"GET /api/v1/query",
		 "Sec-Fetch-Site: same-site\r\n" TOKEN_LINE, 403},
		{"GET /api/v1/query", "Sec-Fetch-Dest: empty\r\n", 403},
		{"GET /api/v1/query",
		 "Sec-Fetch-Dest: empty\r\nX-CTI-Token: wrong\r\n", 403},
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(only_our_own_page_learns_about_its_token)
{
	ck_assert_int_eq(client_get(f, "GET /api/v1/query", SITE), 401);
	ck_assert(answered(f, "\"code\":\"token_missing\""));
	ck_assert_int_eq(client_get(f, "GET /api/v1/query",
				    SITE "X-CTI-Token: 0123\r\n"),
			 401);
	ck_assert(answered(f, "\"code\":\"token_stale\""));
	char token[] = "X-CTI-Token: " TOKEN "\r\n";
	token[40] ^= 1;
	char headers[256];
	(void)snprintf(headers, sizeof(headers), SITE "%s", token);
	ck_assert_int_eq(client_get(f, "GET /api/v1/query", headers), 401);
	ck_assert(answered(f, "\"code\":\"token_stale\""));
}
END_TEST

START_TEST(own_origin_is_that_of_host)
{
	char headers[256];

	(void)snprintf(headers, sizeof(headers), OWN TOKEN_LINE, f->port);
	ck_assert_int_eq(client_post(f, "/api/v1/echo", headers, "{}"), 201);
	/* client_get() says 127.0.0.1, so localhost is another origin */
	ck_assert_int_eq(client_get(f, "GET /api/v1/query", headers), 403);
	(void)snprintf(headers, sizeof(headers), OWN, f->port);
	ck_assert_int_eq(client_post(f, "/api/v1/echo", headers, "{}"), 401);
}
END_TEST

START_TEST(unknown_paths_are_checked_like_the_api)
{
	static const struct row rows[] = {
		{"GET /none", "", 404},
		{"GET /none", "Sec-Fetch-Site: cross-site\r\n", 403},
		{"GET /none", "Origin: https://evil.example\r\n", 403},
		{"GET /none", SITE, 401},
		{"GET /none", SITE TOKEN_LINE, 404},
		{"OPTIONS /api/v1/query", "", 403},
		{"OPTIONS /", SITE, 403},
	};

	CHECK_ROWS(rows);
	ck_assert_uint_eq(cti_http_refused(f->http), 4);
}
END_TEST

START_TEST(host_list_is_exact)
{
	static const struct {
		const char *host;
		bool good;
	} rows[] = {
		{"localhost", true},
		{"LocalHost:1", true},
		{"127.0.0.1:65535", true},
		{"[::1]", true},
		{"[::1]:22550", true},
		{"relay.example", true},
		{"Relay.Example:8443", true},
		{"", false},
		{"localhost:", false},
		{"localhost:0", false},
		{"localhost:65536", false},
		{"localhost:12x", false},
		{"localhost:123456", false},
		{"localhost.", false},
		{"localhost.evil.example", false},
		{"x.localhost", false},
		{"127.0.0.2", false},
		{"127.0.0.11", false},
		{"0.0.0.0", false},
		{"::1", false},
		{"localhost@evil", false},
		{" localhost", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		ck_assert_msg(cti_access_host(f->http, rows[i].host) ==
				      rows[i].good,
			      "%s", rows[i].host);
}
END_TEST

/* There a browser sends no Sec-Fetch-*, so it could pass for a program. */
START_TEST(machines_ask_by_get_only_under_the_names_of_this_machine)
{
	static const struct {
		const char *head;
		int status;
	} rows[] = {
		{"GET /metrics HTTP/1.1\r\nHost: localhost:1\r\n\r\n", 204},
		{"GET /metrics HTTP/1.1\r\nHost: [::1]\r\n\r\n", 204},
		{"GET /metrics HTTP/1.1\r\nHost: relay.example\r\n\r\n", 403},
		{"HEAD /metrics HTTP/1.1\r\nHost: relay.example\r\n\r\n", 403},
		{"GET /healthz HTTP/1.1\r\nHost: relay.example\r\n\r\n", 204},
		{"POST /cti/ HTTP/1.1\r\nHost: relay.example\r\n"
		 "Content-Type: application/json\r\n"
		 "Content-Length: 2\r\n\r\n{}",
		 200},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		ck_assert_msg(client_ask(f, rows[i].head) == rows[i].status,
			      "%s", rows[i].head);
}
END_TEST

START_TEST(odd_heads_are_refused_and_the_connection_closed)
{
	static const char *const heads[] = {
		"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: localhost\r\nhost: evil\r\n\r\n",
		"POST /api/v1/echo HTTP/1.1\r\nHost: localhost\r\n"
		"Content-Length: 2\r\nContent-Length: 2\r\n"
		"Content-Type: application/json\r\n\r\n{}",
		"POST /api/v1/echo HTTP/1.1\r\nHost: localhost\r\n"
		"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n"
		"Content-Type: application/json\r\n\r\n0\r\n\r\n",
		"POST /api/v1/echo HTTP/1.1\r\nHost: localhost\r\n"
		"Transfer-Encoding: chunked\r\n"
		"Content-Type: application/json\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: localhost\r\n"
		"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"POST /api/v1/echo HTTP/1.1\r\nHost: localhost\r\n"
		"Transfer-Encoding : chunked\r\nContent-Length: 2\r\n"
		"Content-Type: application/json\r\n\r\n{}",
		"GET / HTTP/1.1\r\nHost: localhost\r\nX(y): a\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: a\r\n"
		"Origin: b\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: localhost\r\nX-CTI-Token: a\r\n"
		"X-CTI-Token: a\r\n\r\n",
		"POST /api/v1/echo HTTP/1.1\r\nHost: localhost\r\n"
		"Content-Type: text/plain\r\nContent-Length: 2\r\n"
		"Content-Type: application/json\r\n\r\n{}",
		"GET /\x01 HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /healthz%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /api/v1/query?q=%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
	};

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		int fd = client_open(f);

		client_text(fd, heads[i]);
		ck_assert_msg(client_answer(f, fd) == 403, "%s", heads[i]);
		ck_assert(answered(f, "\"code\":\"refused\""));
		ck_assert_msg(client_closed(f, fd), "%s", heads[i]);
		close(fd);
	}
	ck_assert_uint_eq(f->handled, 0);
}
END_TEST

START_TEST(raw_nul_in_the_path_is_refused)
{
	static const char path[] =
		"GET /healthz\0x HTTP/1.1\r\nHost: localhost\r\n\r\n";
	int fd = client_open(f);

	client_send(fd, path, sizeof(path) - 1);
	ck_assert_int_ne(client_answer(f, fd), 204);
	close(fd);
	ck_assert_uint_eq(f->handled, 0);
}
END_TEST

START_TEST(http_1_0_needs_a_host)
{
	ck_assert_int_eq(client_ask(f, "GET /healthz HTTP/1.0\r\n\r\n"), 403);
	ck_assert_int_eq(client_ask(f, "GET /healthz HTTP/1.0\r\n"
				       "Host: localhost\r\n\r\n"),
			 204);
	ck_assert_int_eq(client_ask(f, "GET /healthz HTTP/1.0\r\n"
				       "Host: evil.example\r\n\r\n"),
			 403);
}
END_TEST

START_TEST(http_1_1_without_host_is_never_handled)
{
	int status = client_ask(f, "GET /healthz HTTP/1.1\r\n\r\n");

	ck_assert(status == 400 || status == 403);
	ck_assert_uint_eq(f->handled, 0);
}
END_TEST

START_TEST(body_must_be_json)
{
	static const char *const bad[] = {
		"Content-Type: text/plain\r\n",
		"Content-Type: application/x-www-form-urlencoded\r\n",
		"Content-Type: application/jsonx\r\n",
		"Content-Type: application/xml\r\n",
		"Content-Type: \r\n",
	};
	static const char *const good[] = {
		"Content-Type: application/json\r\n",
		"Content-Type: Application/JSON; charset=utf-8\r\n",
		"Content-Type: application/json ;charset=utf-8\r\n",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		ck_assert_msg(client_post(f, "/api/v1/echo", bad[i], "{}") ==
				      415,
			      "%s", bad[i]);
		ck_assert(answered(f, "\"code\":\"not_json\""));
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		ck_assert_int_eq(client_post(f, "/api/v1/echo", good[i], "{}"),
				 201);
	ck_assert_int_eq(client_ask(f, "PATCH /api/v1/calls/7 HTTP/1.1\r\n"
				       "Host: localhost\r\n"
				       "Content-Length: 2\r\n\r\n{}"),
			 415);
}
END_TEST

START_TEST(xml_is_taken_only_where_the_route_says_so)
{
	const char *xml = "Content-Type: application/xml; charset=utf-8\r\n";

	ck_assert_int_eq(client_post(f, "/api/v1/lint", xml, "<a/>"), 200);
	ck_assert(answered(f, "an xml"));
	ck_assert_int_eq(client_post(f, "/api/v1/lint", "", "{}"), 200);
	ck_assert(answered(f, "a json"));
	ck_assert_int_eq(client_post(f, "/api/v1/echo", xml, "<a/>"), 415);
}
END_TEST

START_TEST(forms_are_taken_from_machines_only)
{
	const char *form = "Content-Type: application/x-www-form-urlencoded"
			   "\r\n";

	ck_assert_int_eq(client_post(f, "/cti/", form, "a=b"), 200);
	ck_assert(answered(f, "a form"));
	ck_assert_int_eq(client_post(f, "/cti/", "", "{}"), 200);
	ck_assert(answered(f, "no form"));
	ck_assert_int_eq(
		client_post(f, "/cti/", "Content-Type: text/plain\r\n", "a=b"),
		415);
	ck_assert_int_eq(client_post(f, "/api/v1/echo", form, "a=b"), 415);
}
END_TEST

START_TEST(refusals_are_counted_by_reason)
{
	static const struct {
		enum cti_http_refusal why;
		const char *line;
		const char *headers;
	} rows[] = {
		{CTI_REFUSAL_GRAMMAR, "GET /", "Origin: a\r\nOrigin: a\r\n"},
		{CTI_REFUSAL_OPTIONS, "OPTIONS /", ""},
		{CTI_REFUSAL_PAGE, "GET /none", "Origin: null\r\n"},
		{CTI_REFUSAL_TOKEN, "GET /none", SITE},
	};
	uint64_t all = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		client_get(f, rows[i].line, rows[i].headers);
		ck_assert_uint_eq(cti_http_refusals(f->http, rows[i].why), 1);
	}
	client_ask(f, "GET / HTTP/1.1\r\nHost: evil\r\n\r\n");
	ck_assert_uint_eq(cti_http_refusals(f->http, CTI_REFUSAL_HOST), 1);
	for (int i = 0; i < (int)CTI_REFUSALS; i++)
		all += cti_http_refusals(f->http, (enum cti_http_refusal)i);
	ck_assert_uint_eq(all, 5);
	/* the token came after the origin check */
	ck_assert_uint_eq(cti_http_refused(f->http), 4);
	ck_assert_str_eq(cti_http_refusal_word(CTI_REFUSAL_PAGE), "page");
}
END_TEST

START_TEST(body_without_bytes_needs_no_type)
{
	ck_assert_int_eq(client_post(f, "/api/v1/echo",
				     "Content-Type: text/plain\r\n", ""),
			 201);
	ck_assert_int_eq(client_get(f, "POST /api/v1/echo", ""), 201);
}
END_TEST

static int post_sized(size_t announced)
{
	char head[256];
	int fd = client_open(f);

	(void)snprintf(head, sizeof(head),
		       "POST /api/v1/echo HTTP/1.1\r\nHost: localhost\r\n"
		       "Content-Type: application/json\r\n"
		       "Content-Length: %zu\r\n\r\n",
		       announced);
	client_text(fd, head);
	for (size_t i = 0; announced <= MAX_BODY && i < announced; i += 64) {
		char part[64];

		memset(part, '1', sizeof(part));
		client_send(fd, part, sizeof(part));
		fixture_turns(f, i % 1024 == 0);
	}
	int status = client_answer(f, fd);
	if (announced > MAX_BODY)
		ck_assert(client_closed(f, fd));
	close(fd);
	return status;
}

START_TEST(body_over_the_ceiling_is_413_before_it_is_sent)
{
	ck_assert_int_eq(post_sized(MAX_BODY), 201);
	ck_assert_uint_ge(f->answer_len, MAX_BODY);
	ck_assert_int_eq(post_sized(MAX_BODY + 1), 413);
	ck_assert(answered(f, "\"code\":\"body_too_large\""));
	ck_assert_int_eq(post_sized(1000000000), 413);
	ck_assert_uint_eq(f->handled, 1);
}
END_TEST

START_TEST(huge_body_of_a_refused_request_is_not_read)
{
	int fd = client_open(f);

	client_text(fd, "POST /api/v1/echo HTTP/1.1\r\nHost: evil.example\r\n"
			"Content-Length: 99999999\r\n\r\n");
	ck_assert_int_eq(client_answer(f, fd), 403);
	ck_assert(client_closed(f, fd));
	close(fd);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, each_class_has_its_fetch_sites);
	tcase_add_test(tc, api_takes_a_page_by_origin_site_and_token);
	tcase_add_test(tc, only_our_own_page_learns_about_its_token);
	tcase_add_test(tc, own_origin_is_that_of_host);
	tcase_add_test(tc, unknown_paths_are_checked_like_the_api);
	tcase_add_test(tc, host_list_is_exact);
	tcase_add_test(
		tc, machines_ask_by_get_only_under_the_names_of_this_machine);
	tcase_add_test(tc, odd_heads_are_refused_and_the_connection_closed);
	tcase_add_test(tc, raw_nul_in_the_path_is_refused);
	tcase_add_test(tc, http_1_0_needs_a_host);
	tcase_add_test(tc, http_1_1_without_host_is_never_handled);
	tcase_add_test(tc, body_must_be_json);
	tcase_add_test(tc, xml_is_taken_only_where_the_route_says_so);
	tcase_add_test(tc, forms_are_taken_from_machines_only);
	tcase_add_test(tc, refusals_are_counted_by_reason);
	tcase_add_test(tc, body_without_bytes_needs_no_type);
	tcase_add_test(tc, body_over_the_ceiling_is_413_before_it_is_sent);
	tcase_add_test(tc, huge_body_of_a_refused_request_is_not_read);
}

Suite *guard_suite(void)
{
	Suite *suite = suite_create("guard");
	TCase *tc = tcase_create("guard");

	tcase_add_checked_fixture(tc, setup, teardown);
	add_tests(tc);
	suite_add_tcase(suite, tc);
	return suite;
}
