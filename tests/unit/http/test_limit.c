/* SPDX-License-Identifier: Apache-2.0 */
/* unit/http/test_limit.c - connections: how many, how long, what bytes */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
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

/* Fake time, with turns between so that the sockets keep up. */
static void pass(int64_t ms)
{
	for (int64_t gone = 0; gone < ms; gone += 500) {
		cti_loop_advance(f->loop, 500);
		cti_loop_turn(f->loop, 0);
	}
}

START_TEST(silent_connection_is_cut)
{
	int fd = client_open(f);

	fixture_turns(f, 3);
	pass(7000);
	ck_assert(client_closed(f, fd));
	close(fd);
}
END_TEST

START_TEST(slow_head_is_cut_though_bytes_keep_coming)
{
	int fd = client_open(f);

	client_text(fd, "GET / HTTP/1.1\r\n");
	for (int i = 0; i < 14; i++) {
		(void)send(fd, "X", 1, MSG_NOSIGNAL);
		pass(500);
	}
	ck_assert(client_closed(f, fd));
	ck_assert_uint_eq(f->handled, 0);
	close(fd);
}
END_TEST

START_TEST(slow_first_line_takes_from_the_time_of_the_head)
{
	int fd = client_open(f);

	client_text(fd, "GET / HTTP/1");
	fixture_turns(f, 3);
	pass(4000);
	client_text(fd, ".1\r\nHost: localhost\r\n");
	fixture_turns(f, 3);
	pass(2500);
	ck_assert(client_closed(f, fd));
	ck_assert_uint_eq(f->handled, 0);
	close(fd);
}
END_TEST

START_TEST(slow_body_is_cut_though_bytes_keep_coming)
{
	int fd = client_open(f);

	client_text(fd, "POST /api/v1/echo HTTP/1.1\r\nHost: localhost\r\n"
			"Content-Type: application/json\r\n"
			"Content-Length: 100\r\n\r\n");
	for (int i = 0; i < 14; i++) {
		(void)send(fd, "1", 1, MSG_NOSIGNAL);
		pass(500);
	}
	ck_assert(client_closed(f, fd));
	ck_assert_uint_eq(f->handled, 0);
	close(fd);
}
END_TEST

START_TEST(idle_connection_lives_30_seconds)
{
	int fd = client_open(f);

	for (int i = 0; i < 2; i++) {
		client_text(fd, "GET /healthz HTTP/1.1\r\n"
				"Host: localhost\r\n\r\n");
		ck_assert_int_eq(client_answer(f, fd), 204);
		pass(25000);
	}
	pass(7000);
	ck_assert(client_closed(f, fd));
	close(fd);
}
END_TEST

START_TEST(waiting_requests_and_streams_have_no_deadline)
{
	int stream = client_open(f);
	int later = client_open(f);

	client_text(stream,
		    "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
	ck_assert(client_expect(f, stream, "\r\n\r\n"));
	client_text(later,
		    "GET /api/v1/later HTTP/1.1\r\nHost: localhost\r\n\r\n");
	fixture_turns(f, 5);
	ck_assert_uint_eq(f->handled, 2);
	pass(120000);
	cti_http_reply_empty(f->held);
	ck_assert_int_eq(client_answer(f, later), 204);
	ck_assert_uint_eq(f->ended, 1);
	close(stream);
	close(later);
}
END_TEST

START_TEST(idle_connections_make_room_at_the_limit)
{
	int fds[MAX_CONNECTIONS];

	for (int i = 0; i < MAX_CONNECTIONS; i++) {
		fds[i] = client_open(f);
		fixture_turns(f, 2);
	}
	ck_assert_int_eq(client_get(f, "GET /healthz", ""), 204);
	ck_assert(client_closed(f, fds[0]));
	for (int i = 0; i < MAX_CONNECTIONS; i++)
		close(fds[i]);
}
END_TEST

START_TEST(busy_connections_at_the_limit_mean_503)
{
	int fds[MAX_CONNECTIONS];

	for (int i = 0; i < MAX_CONNECTIONS; i++) {
		fds[i] = client_open(f);
		client_text(fds[i], "GET /api/v1/later HTTP/1.1\r\n"
				    "Host: localhost\r\n\r\n");
		fixture_turns(f, 4);
	}
	ck_assert_uint_eq(f->handled, MAX_CONNECTIONS);
	ck_assert_int_eq(client_get(f, "GET /healthz", ""), 503);
	ck_assert(answered(f, "\"code\":\"busy\""));
	ck_assert(answered(f, "Retry-After: 1\r\n"));
	ck_assert_uint_eq(cti_http_refusals(f->http, CTI_REFUSAL_BUSY), 1);
	cti_http_reply_empty(f->held);
	ck_assert_int_eq(client_answer(f, fds[MAX_CONNECTIONS - 1]), 204);
	close(fds[MAX_CONNECTIONS - 1]);
	fixture_turns(f, 4);
	ck_assert_int_eq(client_get(f, "GET /healthz", ""), 204);
	for (int i = 0; i < MAX_CONNECTIONS - 1; i++)
		close(fds[i]);
}
END_TEST

START_TEST(places_are_kept_for_who_proved_himself)
{
	enum { OTHERS = MAX_CONNECTIONS * 2 };
	int fds[OTHERS];
	int stream = client_open(f);

	client_text(stream,
		    "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
	ck_assert(client_expect(f, stream, "\r\n\r\n"));
	for (int i = 0; i < OTHERS; i++) {
		fds[i] = client_open(f);
		client_text(fds[i], "GET / HTTP/1.1\r\nHost: evil\r\n\r\n");
		fixture_turns(f, 3);
		ck_assert_uint_lt(cti_http_connections(f->http),
				  MAX_CONNECTIONS);
	}
	f->stream_text = "data: still there\n\n";
	cti_http_wake(f->held);
	ck_assert(client_expect(f, stream, "still there"));
	for (int i = 0; i < OTHERS; i++)
		close(fds[i]);
	close(stream);
}
END_TEST

START_TEST(answer_that_is_not_taken_is_cut)
{
	int fd = client_open(f);

	client_text(fd, "GET /big.js HTTP/1.1\r\nHost: localhost\r\n\r\n");
	fixture_turns(f, 50);
	for (int i = 0; i < 35; i++) {
		cti_loop_advance(f->loop, 1000);
		cti_loop_turn(f->loop, 0);
	}
	fixture_turns(f, 5);
	ck_assert_uint_eq(cti_http_connections(f->http), 0);
	close(fd);
}
END_TEST

START_TEST(flood_over_the_limit_is_closed)
{
	enum { MANY = 60 };
	int fds[MANY];

	for (int i = 0; i < MANY; i++)
		fds[i] = client_open(f);
	fixture_turns(f, 10);
	ck_assert_int_eq(client_get(f, "GET /healthz", ""), 204);
	for (int i = 0; i < MANY; i++)
		close(fds[i]);
}
END_TEST

START_TEST(without_descriptors_accept_backs_off)
{
	struct rlimit old;
	int fd = client_open(f);
	int fill[64];
	int count = 0;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	while (count < 64 && (fill[count] = dup(fd)) >= 0)
		count++;
	struct rlimit low = {(rlim_t)fill[count - 1] + 1, old.rlim_max};
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
	fixture_turns(f, 10);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
	for (int i = 0; i < count; i++)
		close(fill[i]);
	pass(500);
	client_text(fd, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
	ck_assert_int_eq(client_answer(f, fd), 204);
	close(fd);
}
END_TEST

START_TEST(binary_garbage_is_survived)
{
	unsigned seed = 12345;

	for (int round = 0; round < 60; round++) {
		unsigned char junk[3000];
		int fd = client_open(f);

		for (size_t i = 0; i < sizeof(junk); i++) {
			seed = seed * 1103515245u + 12345u;
			junk[i] = (unsigned char)(seed >> 16);
		}
		(void)send(fd, junk, sizeof(junk), MSG_NOSIGNAL);
		fixture_turns(f, 2);
		close(fd);
	}
	ck_assert_uint_eq(f->handled, 0);
	ck_assert_int_eq(client_get(f, "GET /healthz", ""), 204);
}
END_TEST

START_TEST(damaged_requests_are_survived)
{
	static const char text[] =
		"POST /api/v1/calls/7/hangup?q=%41&b=c HTTP/1.1\r\n"
		"Host: localhost\r\nOrigin: http://localhost\r\n"
		"X-CTI-Token: " TOKEN "\r\n"
		"Content-Type: application/json\r\n"
		"Content-Length: 2\r\n\r\n{}";
	char copy[sizeof(text)];

	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		static const char bytes[] = {'\0', '\n', ':', '%', ' ', '\x80'};
		int fd = client_open(f);

		memcpy(copy, text, sizeof(text));
		copy[i] = bytes[i % sizeof(bytes)];
		client_send(fd, copy, sizeof(text) - 1);
		fixture_turns(f, 2);
		close(fd);
		fixture_turns(f, 1);
	}
	ck_assert_int_eq(client_get(f, "GET /healthz", ""), 204);
}
END_TEST

START_TEST(too_many_headers_are_refused)
{
	enum { SIZE = 64 * 1024 };
	char *text = malloc(SIZE);
	int fd = client_open(f);

	ck_assert_ptr_nonnull(text);
	memset(text, 'a', SIZE);
	client_text(fd, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: ");
	(void)send(fd, text, SIZE, MSG_NOSIGNAL | MSG_DONTWAIT);
	int status = client_answer(f, fd);
	ck_assert_msg(status == 431 || status == 413 || status == 0, "%d",
		      status);
	ck_assert_uint_eq(f->handled, 0);
	close(fd);
	free(text);
}
END_TEST

Suite *limit_suite(void)
{
	Suite *suite = suite_create("limit");
	TCase *tc = tcase_create("limit");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, silent_connection_is_cut);
	tcase_add_test(tc, slow_head_is_cut_though_bytes_keep_coming);
	tcase_add_test(tc, slow_first_line_takes_from_the_time_of_the_head);
	tcase_add_test(tc, slow_body_is_cut_though_bytes_keep_coming);
	tcase_add_test(tc, idle_connection_lives_30_seconds);
	tcase_add_test(tc, waiting_requests_and_streams_have_no_deadline);
	tcase_add_test(tc, idle_connections_make_room_at_the_limit);
	tcase_add_test(tc, busy_connections_at_the_limit_mean_503);
	tcase_add_test(tc, places_are_kept_for_who_proved_himself);
	tcase_add_test(tc, answer_that_is_not_taken_is_cut);
	tcase_add_test(tc, flood_over_the_limit_is_closed);
	tcase_add_test(tc, without_descriptors_accept_backs_off);
	tcase_add_test(tc, binary_garbage_is_survived);
	tcase_add_test(tc, damaged_requests_are_survived);
	tcase_add_test(tc, too_many_headers_are_refused);
	suite_add_tcase(suite, tc);
	return suite;
}
