/* SPDX-License-Identifier: Apache-2.0 */
/* loop/test_tcp.c - tests of TCP connections against a socket of the test */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "suite.h"

enum {
	CHUNK_BYTES = 64 * 1024,
	CHUNKS_MAX = 4096,
};

/* One client, the socket it connects to, and what the client was told. */
struct line {
	struct cti_loop *loop;
	struct cti_tcp *tcp;
	int listener;
	int peer;
	uint16_t port;

	bool opened;
	bool closed;
	int closes;
	int err;
	char text[64];
	size_t len;
	bool got_data;
};

static void line_on_open(void *arg)
{
	struct line *line = arg;

	line->opened = true;
}

static void line_on_data(void *arg, const char *data, size_t len)
{
	struct line *line = arg;

	ck_assert_uint_lt(line->len + len, sizeof(line->text));
	memcpy(line->text + line->len, data, len);
	line->len += len;
	line->got_data = true;
}

static void line_on_close(void *arg, int err)
{
	struct line *line = arg;

	line->err = err;
	line->closes++;
	line->closed = true;
}

static const struct cti_tcp_handler line_handler = {
	.on_open = line_on_open,
	.on_data = line_on_data,
	.on_close = line_on_close,
};

static void line_init(struct line *line)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(address);

	*line = (struct line){.loop = loop_make(CTI_CLOCK_FAKE), .peer = -1};
	line->listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_ge(line->listener, 0);
	ck_assert_int_eq(
		bind(line->listener, (struct sockaddr *)&address, size), 0);
	ck_assert_int_eq(listen(line->listener, 4), 0);
	ck_assert_int_eq(
		getsockname(line->listener, (struct sockaddr *)&address, &size),
		0);
	line->port = ntohs(address.sin_port);
}

static void line_connect_to(struct line *line, const char *host,
			    const struct cti_tcp_handler *handler)
{
	struct cti_tcp_peer peer = {.host = host, .port = line->port};

	ck_assert_int_eq(
		cti_tcp_connect(&line->tcp, line->loop, &peer, handler, line),
		0);
}

static void line_connect(struct line *line,
			 const struct cti_tcp_handler *handler)
{
	line_connect_to(line, "127.0.0.1", handler);
}

static void line_accept(struct line *line)
{
	line->peer = accept(line->listener, NULL, NULL);
	ck_assert_int_ge(line->peer, 0);
}

static void line_open(struct line *line)
{
	line_init(line);
	line_connect(line, &line_handler);
	loop_until(line->loop, &line->opened);
	line_accept(line);
}

static void line_close_peer(struct line *line)
{
	if (line->peer >= 0)
		ck_assert_int_eq(close(line->peer), 0);
	line->peer = -1;
}

static void line_close_listener(struct line *line)
{
	if (line->listener >= 0)
		ck_assert_int_eq(close(line->listener), 0);
	line->listener = -1;
}

static void line_fini(struct line *line)
{
	line_close_peer(line);
	line_close_listener(line);
	cti_tcp_destroy(line->tcp);
	cti_loop_destroy(line->loop);
}

static void line_send(const struct line *line, const char *text)
{
	ssize_t len = (ssize_t)strlen(text);

	ck_assert_int_eq(send(line->peer, text, strlen(text), 0), len);
}

START_TEST(what_is_written_comes_back)
{
	struct line line;
	char text[8] = "";

	line_open(&line);
	ck_assert_int_eq(cti_tcp_write(line.tcp, "hel", 3), 0);
	ck_assert_int_eq(cti_tcp_write(line.tcp, "", 0), 0);
	ck_assert_int_eq(cti_tcp_write(line.tcp, "lo", 2), 0);
	ck_assert_int_eq(recv(line.peer, text, 5, MSG_WAITALL), 5);
	ck_assert_str_eq(text, "hello");
	line_send(&line, text);
	loop_until(line.loop, &line.got_data);
	ck_assert_str_eq(line.text, "hello");
	ck_assert_int_eq(line.closes, 0);
	line_fini(&line);
}
END_TEST

START_TEST(name_is_resolved)
{
	struct line line;

	line_init(&line);
	line_connect_to(&line, "one.test", &line_handler);
	loop_until(line.loop, &line.opened);
	line_fini(&line);
}
END_TEST

START_TEST(each_address_of_a_name_is_tried)
{
	struct line line;

	line_init(&line);
	line_connect_to(&line, "third.test", &line_handler);
	loop_until(line.loop, &line.opened);
	ck_assert_int_eq(line.closes, 0);
	line_fini(&line);
}
END_TEST

START_TEST(name_of_refusing_addresses_is_connection_refused)
{
	struct line line;

	line_init(&line);
	line_connect_to(&line, "dead.test", &line_handler);
	loop_until(line.loop, &line.closed);
	ck_assert_int_eq(line.err, -ECONNREFUSED);
	ck_assert_int_eq(line.closes, 1);
	line_fini(&line);
}
END_TEST

START_TEST(callbacks_never_come_from_inside_connect)
{
	struct line line;

	line_init(&line);
	line_connect(&line, &line_handler);
	ck_assert(!line.opened);
	ck_assert_int_eq(cti_tcp_write(line.tcp, "a", 1), -ENOTCONN);
	line_fini(&line);
	ck_assert(!line.opened);
	ck_assert(!line.closed);
}
END_TEST

START_TEST(end_of_the_peer_is_closed_without_error)
{
	struct line line;

	line_open(&line);
	line_send(&line, "bye");
	line_close_peer(&line);
	loop_until(line.loop, &line.closed);
	ck_assert_str_eq(line.text, "bye");
	ck_assert_int_eq(line.err, 0);
	ck_assert_int_eq(cti_tcp_write(line.tcp, "a", 1), -ENOTCONN);
	cti_loop_turn(line.loop, 0);
	ck_assert_int_eq(line.closes, 1);
	line_fini(&line);
}
END_TEST

START_TEST(reset_by_the_peer_is_told_once)
{
	struct linger linger = {.l_onoff = 1, .l_linger = 0};
	struct line line;

	line_open(&line);
	ck_assert_int_eq(setsockopt(line.peer, SOL_SOCKET, SO_LINGER, &linger,
				    sizeof(linger)),
			 0);
	line_close_peer(&line);
	ck_assert_int_eq(cti_tcp_write(line.tcp, "a", 1), 0);
	loop_until(line.loop, &line.closed);
	cti_loop_turn(line.loop, 0);
	ck_assert_int_lt(line.err, 0);
	ck_assert_int_eq(line.closes, 1);
	line_fini(&line);
}
END_TEST

START_TEST(closed_port_is_connection_refused)
{
	struct line line;

	line_init(&line);
	line_close_listener(&line);
	line_connect(&line, &line_handler);
	loop_until(line.loop, &line.closed);
	ck_assert(!line.opened);
	ck_assert_int_eq(line.err, -ECONNREFUSED);
	ck_assert_int_eq(line.closes, 1);
	line_fini(&line);
}
END_TEST

START_TEST(name_without_address_is_unreachable)
{
	struct line line;

	line_init(&line);
	line_connect_to(&line, "nobody.test", &line_handler);
	loop_until(line.loop, &line.closed);
	ck_assert_int_eq(line.err, -EHOSTUNREACH);
	ck_assert_int_eq(line.closes, 1);
	line_fini(&line);
}
END_TEST

START_TEST(name_server_that_is_silent_is_eagain)
{
	struct line line;

	line_init(&line);
	line_connect_to(&line, "later.test", &line_handler);
	loop_until(line.loop, &line.closed);
	ck_assert_int_eq(line.err, -EAGAIN);
	line_fini(&line);
}
END_TEST

START_TEST(empty_name_is_refused_at_once)
{
	struct cti_tcp_peer peer = {.host = "", .port = 1};
	struct line line;

	line_init(&line);
	ck_assert_int_lt(cti_tcp_connect(&line.tcp, line.loop, &peer,
					 &line_handler, &line),
			 0);
	ck_assert_ptr_null(line.tcp);
	line_fini(&line);
}
END_TEST

static void line_destroy_tcp(struct line *line)
{
	cti_tcp_destroy(line->tcp);
	line->tcp = NULL;
}

static void line_on_open_destroy(void *arg)
{
	line_on_open(arg);
	line_destroy_tcp(arg);
}

static void line_on_data_destroy(void *arg, const char *data, size_t len)
{
	line_on_data(arg, data, len);
	line_destroy_tcp(arg);
}

static void line_on_close_destroy(void *arg, int err)
{
	line_on_close(arg, err);
	line_destroy_tcp(arg);
}

START_TEST(connection_may_be_destroyed_in_on_open)
{
	static const struct cti_tcp_handler handler = {
		.on_open = line_on_open_destroy,
		.on_data = line_on_data,
		.on_close = line_on_close,
	};
	struct line line;

	line_init(&line);
	line_connect(&line, &handler);
	loop_until(line.loop, &line.opened);
	cti_loop_turn(line.loop, 0);
	ck_assert_int_eq(line.closes, 0);
	line_fini(&line);
}
END_TEST

START_TEST(connection_may_be_destroyed_in_on_data)
{
	static const struct cti_tcp_handler handler = {
		.on_open = line_on_open,
		.on_data = line_on_data_destroy,
		.on_close = line_on_close,
	};
	struct line line;

	line_init(&line);
	line_connect(&line, &handler);
	loop_until(line.loop, &line.opened);
	line_accept(&line);
	ck_assert_int_eq(cti_tcp_write(line.tcp, "pending", 7), 0);
	line_send(&line, "some");
	loop_until(line.loop, &line.got_data);
	line_close_peer(&line);
	cti_loop_turn(line.loop, 0);
	ck_assert_int_eq(line.closes, 0);
	line_fini(&line);
}
END_TEST

/* The first ends with an open socket, the second without any. */
START_TEST(connection_may_be_destroyed_in_on_close)
{
	static const struct cti_tcp_handler handler = {
		.on_open = line_on_open,
		.on_data = line_on_data,
		.on_close = line_on_close_destroy,
	};
	struct line line;

	line_init(&line);
	line_connect(&line, &handler);
	loop_until(line.loop, &line.opened);
	line_accept(&line);
	line_close_peer(&line);
	loop_until(line.loop, &line.closed);
	ck_assert_int_eq(line.err, 0);

	line.closed = false;
	line_close_listener(&line);
	line_connect(&line, &handler);
	loop_until(line.loop, &line.closed);
	ck_assert_int_eq(line.err, -ECONNREFUSED);
	line_fini(&line);
}
END_TEST

/* After each number of turns from resolving until open. */
START_TEST(connection_may_be_destroyed_at_any_time)
{
	struct line line;

	line_init(&line);
	line_connect(&line, &line_handler);
	for (int i = 0; i < _i; i++)
		cti_loop_turn(line.loop, 10);
	line_destroy_tcp(&line);
	line_fini(&line);
	ck_assert_int_eq(line.closes, 0);
}
END_TEST

/* The socket that failed is being closed while the next address waits. */
START_TEST(connection_may_be_destroyed_between_two_addresses)
{
	struct line line;

	line_init(&line);
	line_close_listener(&line);
	line_connect_to(&line, "third.test", &line_handler);
	for (int i = 0; i < _i && !line.closed; i++)
		cti_loop_turn(line.loop, 10);
	line_destroy_tcp(&line);
	line_fini(&line);
	ck_assert_int_le(line.closes, 1);
}
END_TEST

static size_t line_fill(struct line *line, const char *chunk)
{
	size_t written = 0;

	for (int i = 0; i < CHUNKS_MAX; i++) {
		int err = cti_tcp_write(line->tcp, chunk, CHUNK_BYTES);

		if (err) {
			ck_assert_int_eq(err, -ENOBUFS);
			return written;
		}
		written += CHUNK_BYTES;
	}
	ck_abort_msg("the queue has no ceiling");
	return 0;
}

static void line_drain(struct line *line, char *chunk, size_t total)
{
	while (total > 0) {
		ssize_t len =
			recv(line->peer, chunk, CHUNK_BYTES, MSG_DONTWAIT);

		ck_assert(len > 0 || errno == EAGAIN);
		ck_assert(!line->closed);
		if (len > 0)
			total -= (size_t)len;
		else
			cti_loop_turn(line->loop, 100);
	}
}

START_TEST(write_queue_has_a_ceiling_and_drains)
{
	char *chunk = calloc(1, CHUNK_BYTES);
	struct line line;

	ck_assert_ptr_nonnull(chunk);
	line_open(&line);
	line_drain(&line, chunk, line_fill(&line, chunk));
	ck_assert_int_eq(cti_tcp_write(line.tcp, chunk, CHUNK_BYTES), 0);
	ck_assert_int_eq(line.closes, 0);
	line_fini(&line);
	free(chunk);
}
END_TEST

START_TEST(connection_with_a_full_queue_may_be_destroyed)
{
	char *chunk = calloc(1, CHUNK_BYTES);
	struct line line;

	ck_assert_ptr_nonnull(chunk);
	line_open(&line);
	ck_assert_uint_gt(line_fill(&line, chunk), 0);
	line_destroy_tcp(&line);
	line_fini(&line);
	ck_assert_int_eq(line.closes, 0);
	free(chunk);
}
END_TEST

Suite *suite_tcp(void)
{
	Suite *suite = suite_create("tcp");
	TCase *tcase = tcase_create("tcp");

	tcase_add_test(tcase, what_is_written_comes_back);
	tcase_add_test(tcase, name_is_resolved);
	tcase_add_test(tcase, name_of_refusing_addresses_is_connection_refused);
	tcase_add_test(tcase, each_address_of_a_name_is_tried);
	tcase_add_test(tcase, callbacks_never_come_from_inside_connect);
	tcase_add_test(tcase, end_of_the_peer_is_closed_without_error);
	tcase_add_test(tcase, reset_by_the_peer_is_told_once);
	tcase_add_test(tcase, closed_port_is_connection_refused);
	tcase_add_test(tcase, name_without_address_is_unreachable);
	tcase_add_test(tcase, name_server_that_is_silent_is_eagain);
	tcase_add_test(tcase, empty_name_is_refused_at_once);
	tcase_add_test(tcase, connection_may_be_destroyed_in_on_open);
	tcase_add_test(tcase, connection_may_be_destroyed_in_on_data);
	tcase_add_test(tcase, connection_may_be_destroyed_in_on_close);
	tcase_add_loop_test(tcase, connection_may_be_destroyed_at_any_time, 0,
			    5);
	tcase_add_loop_test(
		tcase, connection_may_be_destroyed_between_two_addresses, 0, 8);
	tcase_add_test(tcase, write_queue_has_a_ceiling_and_drains);
	tcase_add_test(tcase, connection_with_a_full_queue_may_be_destroyed);
	suite_add_tcase(suite, tcase);
	return suite;
}
