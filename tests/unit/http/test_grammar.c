/* SPDX-License-Identifier: Apache-2.0 */
/* unit/http/test_grammar.c - heads to the byte, whole and in pieces */
#include <stdio.h>
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

struct bytes {
	const char *text;
	size_t len;
};

#define BYTES(literal)                                                         \
	{                                                                      \
		literal, sizeof(literal) - 1                                   \
	}
#define LINE "GET /healthz HTTP/1.1\r\n"
#define HOST "Host: localhost\r\n"

/* What two readers could read in two ways. */
static const struct bytes odd[] = {
	BYTES(LINE HOST "X: a\0b\r\n\r\n"),
	BYTES(LINE HOST "X: a\0\r\n\r\n"),
	BYTES(LINE HOST "X: \0\r\n\r\n"),
	BYTES(LINE HOST "X: a\0\0\0\0\r\n\r\n"),
	BYTES(LINE HOST "X: a\0\0\0\0\0\0\r\nY: b\r\n\r\n"),
	BYTES(LINE "Host: localhost\0.evil.example\r\n\r\n"),
	BYTES(LINE "Host: localhost\0\r\nX: a\r\n\r\n"),
	BYTES(LINE HOST "Origin: http://localhost\0x\r\n\r\n"),
	BYTES(LINE HOST "X-CTI-Token: a\0\r\nX: a\r\n\r\n"),
	BYTES(LINE HOST "X\0Y: a\r\n\r\n"),
	BYTES(LINE HOST "X\0: a\r\n\r\n"),
	BYTES(LINE HOST "X:\0 a\r\n\r\n"),
	BYTES("GET /healthz\0 HTTP/1.1\r\n" HOST "\r\n"),
	BYTES("GET /healthz\0x HTTP/1.1\r\n" HOST "\r\n"),
	BYTES("GET\0 /healthz HTTP/1.1\r\n" HOST "\r\n"),
	BYTES("GET /healthz HTTP/1.1\0\r\n" HOST "\r\n"),
	BYTES("GET /healthz HTTP/1.1\0x\r\n" HOST "\r\n"),
	BYTES("GET /healthz HTTP/1.1\n" HOST "\r\n"),
	BYTES(LINE "Host: localhost\nX: a\r\n\r\n"),
	BYTES(LINE "Host: localhost\r\nX: a\n\r\n"),
	BYTES(LINE HOST "\n"),
	BYTES("GET /healthz HTTP/1.1\nHost: localhost\n\n"),
	BYTES("GET /healthz HTTP/1.1\rHost: localhost\r\r\n\r\n"),
	BYTES(LINE "Host: localhost\rX: a\r\n\r\n"),
	BYTES(LINE HOST "X: a\rY: b\r\n\r\n"),
	BYTES(LINE HOST "X: a\r\n b\r\n\r\n"),
	BYTES(LINE HOST "X: a\r\n\tb\r\nY: c\r\n\r\n"),
	BYTES(LINE "Host:\r\n localhost\r\n\r\n"),
	BYTES(LINE " Host: localhost\r\n\r\n"),
	BYTES(LINE "Host : localhost\r\n\r\n"),
	BYTES(LINE HOST "X: a\x01\r\n\r\n"),
	BYTES(LINE HOST "X: \x7f\r\n\r\n"),
	BYTES(LINE HOST ": a\r\n\r\n"),
	BYTES(LINE HOST "no colon\r\n\r\n"),
	BYTES("GET /healthz HTTP/1.2\r\n" HOST "\r\n"),
	BYTES("GET /healthz HTTP/0.9\r\n" HOST "\r\n"),
	BYTES("GET /healthz HTTP/2.0\r\n" HOST "\r\n"),
	BYTES("GET /healthz http/1.1\r\n" HOST "\r\n"),
	BYTES("GET /healthz HTTP/1.1 \r\n" HOST "\r\n"),
	BYTES("GET  /healthz HTTP/1.1\r\n" HOST "\r\n"),
	BYTES("GET /healthz  HTTP/1.1\r\n" HOST "\r\n"),
	BYTES("GET /healthz x HTTP/1.1\r\n" HOST "\r\n"),
	BYTES("GET\t/healthz HTTP/1.1\r\n" HOST "\r\n"),
	BYTES("G(T /healthz HTTP/1.1\r\n" HOST "\r\n"),
	BYTES("GET /healthz\r\n\r\n"),
	BYTES("GET healthz HTTP/1.1\r\n" HOST "\r\n"),
	BYTES("GET http://localhost/healthz HTTP/1.1\r\n" HOST "\r\n"),
	BYTES("GET /%00healthz HTTP/1.1\r\n" HOST "\r\n"),
	BYTES("GET /\x7fhealthz HTTP/1.1\r\n" HOST "\r\n"),
	BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
};

static void must_be_refused(const struct bytes *head, bool slowly)
{
	int fd = client_open(f);

	for (size_t i = 0; slowly && i < head->len; i++) {
		if (send(fd, head->text + i, 1, MSG_NOSIGNAL) != 1)
			break;
		cti_loop_turn(f->loop, 0);
	}
	if (!slowly)
		client_send(fd, head->text, head->len);
	fixture_turns(f, 4);
	ck_assert_msg(f->handled == 0, "%s", head->text);
	close(fd);
	fixture_turns(f, 2);
}

START_TEST(odd_heads_are_handled_by_nobody)
{
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		must_be_refused(&odd[i], false);
		must_be_refused(&odd[i], true);
	}
}
END_TEST

/* What is behind an odd head is never read as a request of its own. */
START_TEST(nothing_is_smuggled_behind_an_odd_head)
{
	static const char next[] = "POST /api/v1/echo HTTP/1.1\r\n" HOST
				   "Content-Type: application/json\r\n"
				   "Content-Length: 2\r\n\r\n{}";

	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		int fd = client_open(f);

		client_send(fd, odd[i].text, odd[i].len);
		client_text(fd, next);
		fixture_turns(f, 6);
		ck_assert_msg(f->handled == 0, "%s", odd[i].text);
		close(fd);
		fixture_turns(f, 2);
	}
}
END_TEST

/* What is unusual and means only one thing. */
START_TEST(plain_heads_are_served_in_one_piece_and_in_many)
{
	static const char *const heads[] = {
		LINE HOST "\r\n",
		LINE HOST "X:a\r\nY:  b  \r\nZ:\t\r\nE:\r\n\r\n",
		LINE
		"host:\tLOCALHOST:80\r\nUser-Agent: a (b) \"c\"; d\r\n\r\n",
		LINE HOST "Cookie: a=b; c=\"d\"\r\nX: caf\xc3\xa9\r\n\r\n",
		"GET /healthz?a=%41+b HTTP/1.1\r\n" HOST "\r\n",
		"GET /healthz HTTP/1.0\r\n" HOST "\r\n",
	};

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		int fd = client_open(f);

		ck_assert_msg(client_ask(f, heads[i]) == 204, "%s", heads[i]);
		for (const char *at = heads[i]; *at; at++) {
			client_send(fd, at, 1);
			cti_loop_turn(f->loop, 0);
		}
		ck_assert_msg(client_answer(f, fd) == 204, "%s", heads[i]);
		close(fd);
	}
}
END_TEST

/* The memory it is read into grows meanwhile. */
START_TEST(large_heads_in_pieces_are_served)
{
	enum { HEADERS = 30, PIECE = 700 };
	char head[HEADERS * 520] = LINE HOST;
	size_t len = strlen(head);
	int fd = client_open(f);

	for (int i = 0; i < HEADERS; i++)
		len += (size_t)snprintf(head + len, sizeof(head) - len,
					"X-%d: %0500d\r\n", i, i);
	ck_assert_uint_lt(len + 2, sizeof(head));
	memcpy(head + len, "\r\n", 2);
	len += 2;
	for (size_t at = 0; at < len; at += PIECE) {
		client_send(fd, head + at, len - at < PIECE ? len - at : PIECE);
		cti_loop_turn(f->loop, 1);
	}
	ck_assert_int_eq(client_answer(f, fd), 204);
	close(fd);
}
END_TEST

START_TEST(requests_in_a_row_are_read_one_by_one)
{
	static const char three[] = "POST /api/v1/echo HTTP/1.1\r\n" HOST
				    "Content-Type: application/json\r\n"
				    "Content-Length: 2\r\n\r\n{}" LINE HOST
				    "X: 1\r\n\r\n" LINE HOST "X: a\0b\r\n\r\n";
	int fd = client_open(f);

	client_send(fd, three, sizeof(three) - 1);
	ck_assert(client_expect(f, fd, "403 Forbidden"));
	ck_assert_uint_eq(f->handled, 2);
	close(fd);
}
END_TEST

Suite *grammar_suite(void)
{
	Suite *suite = suite_create("grammar");
	TCase *tc = tcase_create("grammar");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, odd_heads_are_handled_by_nobody);
	tcase_add_test(tc, nothing_is_smuggled_behind_an_odd_head);
	tcase_add_test(tc, plain_heads_are_served_in_one_piece_and_in_many);
	tcase_add_test(tc, large_heads_in_pieces_are_served);
	tcase_add_test(tc, requests_in_a_row_are_read_one_by_one);
	suite_add_tcase(suite, tc);
	return suite;
}
