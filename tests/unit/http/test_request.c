/* SPDX-License-Identifier: Apache-2.0 */
/* unit/http/test_request.c - requests, answers, routes */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cti/loop.h"
#include "fixture.h"
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

START_TEST(body_comes_back_at_once)
{
	ck_assert_int_eq(client_post(f, "/api/v1/echo", "", "{\"a\":1}"), 201);
	ck_assert(answered(f, "\r\n\r\n{\"a\":1}"));
	ck_assert(answered(f, "Content-Type: application/json\r\n"));
}
END_TEST

START_TEST(every_answer_has_the_default_headers_and_no_cors)
{
	ck_assert_int_eq(client_get(f, "GET /api/v1/query", ""), 200);
	ck_assert(answered(f, "X-Content-Type-Options: nosniff\r\n"));
	ck_assert(answered(f, "Cache-Control: no-store\r\n"));
	ck_assert(answered(f, "Cross-Origin-Resource-Policy: same-origin\r\n"));
	ck_assert(answered(f, "Referrer-Policy: no-referrer\r\n"));
	ck_assert(!answered(f, "Access-Control"));
}
END_TEST

START_TEST(header_of_the_handler_replaces_the_default)
{
	ck_assert_int_eq(client_get(f, "GET /", ""), 200);
	ck_assert(answered(f, "frame-ancestors 'none'\r\n"));
	ck_assert(answered(f, "policy: cross-origin\r\n"));
	ck_assert(!answered(f, "Policy: same-origin"));
	ck_assert(answered(f, "<!doctype html><p>hello"));
}
END_TEST

START_TEST(header_with_a_line_break_is_dropped)
{
	ck_assert_int_eq(client_get(f, "GET /", ""), 200);
	ck_assert(!answered(f, "X-Bad"));
	ck_assert(!answered(f, "Set-Cookie"));
}
END_TEST

START_TEST(empty_answer_is_204)
{
	ck_assert_int_eq(client_get(f, "GET /healthz", ""), 204);
}
END_TEST

START_TEST(head_is_answered_like_get_without_body)
{
	ck_assert_int_eq(client_get(f, "HEAD /", ""), 200);
	ck_assert(answered(f, "Content-Length: 23\r\n"));
	ck_assert(!answered(f, "hello"));
	ck_assert_int_eq(client_get(f, "HEAD /api/v1/calls/7", ""), 200);
}
END_TEST

START_TEST(head_of_a_stream_ends_it)
{
	ck_assert_int_eq(client_get(f, "HEAD /api/v1/stream", ""), 200);
	fixture_turns(f, 5);
	ck_assert_uint_eq(f->ended, 1);
}
END_TEST

START_TEST(answer_can_come_later)
{
	struct cti_buf body;
	int fd = client_open(f);

	client_text(fd,
		    "GET /api/v1/later HTTP/1.1\r\nHost: localhost\r\n\r\n");
	fixture_turns(f, 10);
	ck_assert_ptr_nonnull(f->held);
	cti_buf_init(&body, 64);
	ck_assert_int_eq(cti_buf_str(&body, "late"), 0);
	cti_http_reply(f->held, 200, "text/plain", &body);
	ck_assert_int_eq(client_answer(f, fd), 200);
	ck_assert(answered(f, "late"));
	ck_assert_uint_eq(f->ended, 1);
	close(fd);
}
END_TEST

START_TEST(post_can_be_answered_later_with_a_problem)
{
	const struct cti_err err = {CTI_ERR_SWITCH_DOWN, 0, "No link."};
	int fd = client_open(f);

	client_text(fd, "POST /api/v1/later HTTP/1.1\r\nHost: localhost\r\n"
			"Content-Type: application/json\r\n"
			"Content-Length: 2\r\n\r\n{");
	fixture_turns(f, 5);
	ck_assert_ptr_null(f->held);
	client_text(fd, "}");
	fixture_turns(f, 5);
	ck_assert_ptr_nonnull(f->held);
	cti_http_problem(f->held, &err);
	ck_assert_int_eq(client_answer(f, fd), 503);
	ck_assert(answered(f, "\"code\":\"switch_down\""));
	close(fd);
}
END_TEST

START_TEST(two_requests_share_one_connection)
{
	static const char text[] = "POST /api/v1/echo HTTP/1.1\r\n"
				   "Host: localhost\r\n"
				   "Content-Type: application/json\r\n"
				   "Content-Length: 2\r\n\r\n[]";
	int fd = client_open(f);

	for (int i = 0; i < 2; i++) {
		client_text(fd, text);
		ck_assert_int_eq(client_answer(f, fd), 201);
	}
	ck_assert_uint_eq(f->handled, 2);
	close(fd);
}
END_TEST

START_TEST(connection_survives_a_problem_with_a_body)
{
	int fd = client_open(f);

	client_text(fd, "POST /api/v1/none HTTP/1.1\r\nHost: localhost\r\n"
			"Content-Length: 4\r\n\r\nGET ");
	ck_assert_int_eq(client_answer(f, fd), 404);
	client_text(fd, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
	ck_assert_int_eq(client_answer(f, fd), 204);
	close(fd);
}
END_TEST

START_TEST(pipelined_requests_are_answered_in_order)
{
	int fd = client_open(f);

	client_text(fd, "GET /api/v1/query?q=first HTTP/1.1\r\n"
			"Host: localhost\r\n\r\n"
			"GET /api/v1/query?q=second HTTP/1.1\r\n"
			"Host: localhost\r\n\r\n");
	ck_assert(client_expect(f, fd, "second"));
	ck_assert_uint_eq(f->handled, 2);
	close(fd);
}
END_TEST

START_TEST(garbage_behind_a_request_closes_the_connection)
{
	int fd = client_open(f);

	client_text(fd, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
			"\x01\x02 garbage \r\n\r\n\r\n");
	ck_assert_int_eq(client_answer(f, fd), 204);
	ck_assert(client_closed(f, fd));
	ck_assert_uint_eq(f->handled, 1);
	close(fd);
}
END_TEST

START_TEST(segments_of_the_path_become_params)
{
	ck_assert_int_eq(client_get(f, "GET /api/v1/calls/0A.b-_z?x=1",
				    "X-Agent: 7\r\n"),
			 200);
	ck_assert(answered(f, "GET id=0A.b-_z agent=7 browser=0"));
	ck_assert_int_eq(client_get(f, "DELETE /api/v1/calls/7", ""), 200);
	ck_assert(answered(f, "DELETE id=7"));
	ck_assert_int_eq(client_post(f, "/api/v1/calls/7/hangup", "", ""), 202);
	ck_assert(answered(f, "id=7 action=hangup"));
}
END_TEST

START_TEST(segments_with_other_bytes_are_not_found)
{
	char line[128] = "GET /api/v1/calls/";

	ck_assert_int_eq(client_get(f, "GET /api/v1/calls/", ""), 404);
	ck_assert_int_eq(client_get(f, "GET /api/v1/calls/a%2Fb", ""), 404);
	ck_assert_int_eq(client_get(f, "GET /api/v1/calls/a/b/c", ""), 404);
	ck_assert_int_eq(client_get(f, "GET /api/v1/calls/7/", ""), 404);
	memset(line + 18, 'a', 65);
	ck_assert_int_eq(client_get(f, line, ""), 404);
	line[18 + 64] = '\0';
	ck_assert_int_eq(client_get(f, line, ""), 200);
}
END_TEST

START_TEST(unknown_path_is_a_problem_document)
{
	ck_assert_int_eq(client_get(f, "GET /nothing", ""), 404);
	ck_assert(answered(f, "Content-Type: application/problem+json\r\n"));
	ck_assert(answered(f, "\"type\":\"urn:patchcord:problem:not_found\""));
	ck_assert(answered(f, "\"status\":404"));
	ck_assert(answered(f, "\"code\":\"not_found\""));
	ck_assert(answered(f, "\"title\":\""));
	ck_assert(answered(f, "\"detail\":\""));
	ck_assert(answered(f, "\"fix\":\""));
	ck_assert(answered(f, "Cache-Control: no-store\r\n"));
}
END_TEST

START_TEST(wrong_method_names_the_right_ones)
{
	ck_assert_int_eq(client_post(f, "/api/v1/calls/7", "", "{}"), 405);
	ck_assert(answered(f, "Allow: GET, HEAD, PATCH, DELETE\r\n"));
	ck_assert(answered(f, "\"code\":\"bad_method\""));
	ck_assert_int_eq(client_get(f, "BREW /", ""), 405);
	ck_assert(answered(f, "Allow: GET, HEAD\r\n"));
}
END_TEST

START_TEST(problem_of_a_handler_has_retry_after)
{
	ck_assert_int_eq(client_get(f, "GET /api/v1/problem", ""), 429);
	ck_assert(answered(f, "Retry-After: 17\r\n"));
	ck_assert(answered(f, "Ten \\\"calls\\\" a minute."));
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, body_comes_back_at_once);
	tcase_add_test(tc, every_answer_has_the_default_headers_and_no_cors);
	tcase_add_test(tc, header_of_the_handler_replaces_the_default);
	tcase_add_test(tc, header_with_a_line_break_is_dropped);
	tcase_add_test(tc, empty_answer_is_204);
	tcase_add_test(tc, head_is_answered_like_get_without_body);
	tcase_add_test(tc, head_of_a_stream_ends_it);
	tcase_add_test(tc, answer_can_come_later);
	tcase_add_test(tc, post_can_be_answered_later_with_a_problem);
	tcase_add_test(tc, two_requests_share_one_connection);
	tcase_add_test(tc, connection_survives_a_problem_with_a_body);
	tcase_add_test(tc, pipelined_requests_are_answered_in_order);
	tcase_add_test(tc, garbage_behind_a_request_closes_the_connection);
	tcase_add_test(tc, segments_of_the_path_become_params);
	tcase_add_test(tc, segments_with_other_bytes_are_not_found);
	tcase_add_test(tc, unknown_path_is_a_problem_document);
	tcase_add_test(tc, wrong_method_names_the_right_ones);
	tcase_add_test(tc, problem_of_a_handler_has_retry_after);
}

Suite *request_suite(void)
{
	Suite *suite = suite_create("request");
	TCase *tc = tcase_create("request");

	tcase_add_checked_fixture(tc, setup, teardown);
	add_tests(tc);
	suite_add_tcase(suite, tc);
	return suite;
}
