/* SPDX-License-Identifier: Apache-2.0 */
/* unit/http/test_stream.c - answers that go on */
#include <string.h>
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

static int open_stream(void)
{
	int fd = client_open(f);

	client_text(fd,
		    "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
	ck_assert(client_expect(f, fd, "\r\n\r\n"));
	ck_assert(answered(f, "Content-Type: text/event-stream\r\n"));
	fixture_turns(f, 5);
	return fd;
}

START_TEST(what_is_there_comes_at_once)
{
	int fd = client_open(f);

	f->stream_text = "data: 1\n\n";
	client_text(fd,
		    "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
	ck_assert(client_expect(f, fd, "data: 1\n\n"));
	close(fd);
}
END_TEST

START_TEST(wake_brings_what_came_later)
{
	int fd = open_stream();

	for (int i = 0; i < 3; i++) {
		f->stream_text = "data: late\n\n";
		cti_http_wake(f->held);
		ck_assert(client_expect(f, fd, "data: late\n\n"));
	}
	close(fd);
}
END_TEST

START_TEST(wake_while_awake_leads_to_a_pull)
{
	int fd = open_stream();

	f->stream_text = "data: a\n\n";
	cti_http_wake(f->held);
	cti_http_wake(f->held);
	cti_http_wake(f->held);
	ck_assert(client_expect(f, fd, "data: a\n\n"));
	fixture_turns(f, 5);
	f->stream_text = "data: b\n\n";
	cti_http_wake(f->held);
	ck_assert(client_expect(f, fd, "data: b\n\n"));
	close(fd);
}
END_TEST

START_TEST(wake_inside_the_pull_is_not_lost)
{
	int fd = open_stream();
	unsigned before = f->pulls;

	f->wake_inside = true;
	cti_http_wake(f->held);
	f->stream_text = "data: c\n\n";
	ck_assert(client_expect(f, fd, "data: c\n\n"));
	ck_assert_uint_ge(f->pulls, before + 2);
	close(fd);
}
END_TEST

START_TEST(idle_stream_is_not_pulled)
{
	int fd = open_stream();
	unsigned before = f->pulls;

	fixture_turns(f, 20);
	ck_assert_uint_eq(f->pulls, before);
	close(fd);
}
END_TEST

START_TEST(end_of_the_source_ends_the_stream)
{
	int fd = open_stream();

	f->stream_over = true;
	cti_http_wake(f->held);
	ck_assert(client_expect(f, fd, "0\r\n\r\n"));
	fixture_turns(f, 5);
	ck_assert_uint_eq(f->ended, 1);
	client_text(fd, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
	ck_assert_int_eq(client_answer(f, fd), 204);
	close(fd);
}
END_TEST

START_TEST(vanished_client_is_found_by_the_next_bytes)
{
	const struct linger reset = {1, 0};
	int fd = open_stream();

	ck_assert_int_eq(
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)),
		0);
	close(fd);
	for (int i = 0; i < 3 && f->held; i++) {
		f->stream_text = ": heartbeat\n\n";
		cti_http_wake(f->held);
		fixture_turns(f, 5);
	}
	ck_assert_uint_eq(f->ended, 1);
}
END_TEST

START_TEST(client_that_left_is_found_without_any_bytes)
{
	int fd = open_stream();
	unsigned before = f->pulls;

	close(fd);
	for (int i = 0; i < 2; i++) {
		cti_loop_advance(f->loop, 1000);
		fixture_turns(f, 3);
	}
	ck_assert_uint_eq(f->ended, 1);
	ck_assert_uint_eq(f->pulls, before);
	ck_assert_uint_eq(cti_http_connections(f->http), 0);
}
END_TEST

START_TEST(client_that_left_a_waiting_request_is_found_too)
{
	int fd = client_open(f);

	client_text(fd, "GET /api/v1/later HTTP/1.1\r\n"
			"Host: localhost\r\n\r\n");
	fixture_turns(f, 5);
	ck_assert_uint_eq(f->handled, 1);
	close(fd);
	cti_loop_advance(f->loop, 1000);
	fixture_turns(f, 3);
	cti_loop_advance(f->loop, 1000);
	fixture_turns(f, 3);
	ck_assert_uint_eq(f->ended, 1);
}
END_TEST

START_TEST(half_closed_client_gets_an_answer_that_comes_soon)
{
	int fd = client_open(f);

	client_text(fd, "GET /api/v1/later HTTP/1.1\r\n"
			"Host: localhost\r\n\r\n");
	ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
	fixture_turns(f, 5);
	cti_loop_advance(f->loop, 1000);
	fixture_turns(f, 3);
	ck_assert_ptr_nonnull(f->held);
	cti_http_reply_empty(f->held);
	ck_assert_int_eq(client_answer(f, fd), 204);
	close(fd);
}
END_TEST

START_TEST(client_that_closed_is_found_by_the_next_bytes)
{
	int fd = open_stream();

	close(fd);
	for (int i = 0; i < 3 && f->held; i++) {
		f->stream_text = ": heartbeat\n\n";
		cti_http_wake(f->held);
		fixture_turns(f, 5);
	}
	ck_assert_uint_eq(f->ended, 1);
}
END_TEST

START_TEST(much_is_sent_in_pieces)
{
	int fd = open_stream();

	f->stream_flood = 100000;
	f->stream_over = true;
	cti_http_wake(f->held);
	ck_assert(client_expect(f, fd, "\r\n0\r\n\r\n"));
	ck_assert_uint_ge(f->answer_len, 100000);
	close(fd);
}
END_TEST

START_TEST(client_that_does_not_read_stops_the_pulls)
{
	int fd = open_stream();

	f->stream_flood = SIZE_MAX;
	cti_http_wake(f->held);
	fixture_turns(f, 50);
	unsigned before = f->pulls;
	fixture_turns(f, 20);
	ck_assert_uint_eq(f->pulls, before);
	ck_assert_int_eq(client_get(f, "GET /healthz", ""), 204);
	close(fd);
}
END_TEST

START_TEST(stream_to_http_1_0_ends_with_the_connection)
{
	int fd = client_open(f);

	f->stream_text = "data: old\n\n";
	client_text(fd,
		    "GET /api/v1/stream HTTP/1.0\r\nHost: localhost\r\n\r\n");
	ck_assert(client_expect(f, fd, "data: old\n\n"));
	ck_assert(!answered(f, "chunked"));
	f->stream_over = true;
	cti_http_wake(f->held);
	ck_assert(client_closed(f, fd));
	close(fd);
}
END_TEST

Suite *stream_suite(void)
{
	Suite *suite = suite_create("stream");
	TCase *tc = tcase_create("stream");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_is_there_comes_at_once);
	tcase_add_test(tc, wake_brings_what_came_later);
	tcase_add_test(tc, wake_while_awake_leads_to_a_pull);
	tcase_add_test(tc, wake_inside_the_pull_is_not_lost);
	tcase_add_test(tc, idle_stream_is_not_pulled);
	tcase_add_test(tc, end_of_the_source_ends_the_stream);
	tcase_add_test(tc, vanished_client_is_found_by_the_next_bytes);
	tcase_add_test(tc, client_that_left_is_found_without_any_bytes);
	tcase_add_test(tc, client_that_left_a_waiting_request_is_found_too);
	tcase_add_test(tc, half_closed_client_gets_an_answer_that_comes_soon);
	tcase_add_test(tc, client_that_closed_is_found_by_the_next_bytes);
	tcase_add_test(tc, much_is_sent_in_pieces);
	tcase_add_test(tc, client_that_does_not_read_stops_the_pulls);
	tcase_add_test(tc, stream_to_http_1_0_ends_with_the_connection);
	suite_add_tcase(suite, tc);
	return suite;
}
