/* SPDX-License-Identifier: Apache-2.0 */
/* unit/http/test_stop.c - start, what cannot be listened on, and stop */
#include <errno.h>
#include <netinet/in.h>
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

static void on_done(void *arg)
{
	bool *done = arg;

	ck_assert(!*done);
	*done = true;
}

static void stop(void)
{
	cti_http_stop(f->http, on_done, &f->done);
	ck_assert(!f->done);
}

START_TEST(stop_without_connections_is_done_at_once)
{
	stop();
	fixture_turns(f, 3);
	ck_assert(f->done);
}
END_TEST

START_TEST(stop_cuts_idle_connections)
{
	int silent = client_open(f);
	int idle = client_open(f);

	client_text(idle, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
	ck_assert_int_eq(client_answer(f, idle), 204);
	stop();
	fixture_turns(f, 10);
	ck_assert(f->done);
	ck_assert(client_closed(f, silent));
	ck_assert(client_closed(f, idle));
	close(silent);
	close(idle);
}
END_TEST

START_TEST(stop_answers_what_waits)
{
	int fd = client_open(f);

	client_text(fd,
		    "GET /api/v1/later HTTP/1.1\r\nHost: localhost\r\n\r\n");
	fixture_turns(f, 5);
	ck_assert_ptr_nonnull(f->held);
	stop();
	cti_http_reply_empty(f->held); /* comes too late, is ignored */
	ck_assert_int_eq(client_answer(f, fd), 503);
	ck_assert(answered(f, "\"code\":\"stopping\""));
	ck_assert(answered(f, "Connection: close\r\n"));
	ck_assert(client_closed(f, fd));
	fixture_turns(f, 5);
	ck_assert(f->done);
	close(fd);
}
END_TEST

START_TEST(stop_lets_a_stream_say_goodbye)
{
	int fd = client_open(f);

	client_text(fd,
		    "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
	ck_assert(client_expect(f, fd, "\r\n\r\n"));
	fixture_turns(f, 5);
	f->stream_text = "event: bye\n\n";
	stop();
	ck_assert(client_expect(f, fd, "0\r\n\r\n"));
	ck_assert(answered(f, "event: bye\n\n"));
	fixture_turns(f, 10);
	ck_assert(f->done);
	ck_assert_uint_eq(f->ended, 1);
	close(fd);
}
END_TEST

START_TEST(stop_does_not_wait_for_a_client_that_does_not_read)
{
	int fd = client_open(f);

	client_text(fd,
		    "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
	ck_assert(client_expect(f, fd, "\r\n\r\n"));
	f->stream_flood = SIZE_MAX;
	cti_http_wake(f->held);
	fixture_turns(f, 20);
	stop();
	fixture_turns(f, 10);
	ck_assert(!f->done);
	cti_loop_advance(f->loop, 2500);
	fixture_turns(f, 5);
	ck_assert(f->done);
	close(fd);
}
END_TEST

START_TEST(destroy_without_stop_ends_everything)
{
	static const char *const paths[] = {"later", "stream", "stream"};
	int fds[3];

	for (int i = 0; i < 3; i++) {
		char text[128];

		(void)snprintf(text, sizeof(text),
			       "GET /api/v1/%s HTTP/1.1\r\n"
			       "Host: localhost\r\n\r\n",
			       paths[i]);
		fds[i] = client_open(f);
		client_text(fds[i], text);
		fixture_turns(f, 5);
	}
	ck_assert_uint_eq(f->handled, 3);
	cti_http_destroy(f->http);
	f->http = NULL;
	f->done = true;
	ck_assert_uint_eq(f->ended, 3);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
}
END_TEST

START_TEST(request_during_the_stop_is_not_handled)
{
	int held = client_open(f);
	int fd = client_open(f);

	client_text(held, "GET /api/v1/later HTTP/1.1\r\n"
			  "Host: localhost\r\n\r\n");
	fixture_turns(f, 5);
	client_text(fd, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
	stop();
	int status = client_answer(f, fd);
	ck_assert(status == 0 || status == 503);
	ck_assert_uint_eq(f->handled, 1);
	close(held);
	close(fd);
}
END_TEST

static int start(const char *address, bool named, struct cti_err *err)
{
	struct cti_http_conf conf = fixture_conf(f);
	struct cti_http *http = NULL;

	conf.listen = &address;
	conf.listen_named = named;
	int bad = cti_http_new(&http, f->loop, &conf, err);
	if (!bad)
		cti_http_destroy(http);
	return bad;
}

START_TEST(addresses_that_cannot_be_read_are_named)
{
	static const char *const rows[] = {
		"",
		"127.0.0.1",
		"127.0.0.1:",
		":22550",
		"::1:22550",
		"[::1]",
		"[::1:22550",
		"localhost:1",
		"1.2.3:x",
		"[]:1",
		"127.0.0.1:0x1",
		"[127.0.0.1",
		"127.0.0.1]:1",
	};
	struct cti_err err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ck_assert_msg(start(rows[i], true, &err) < 0, "%s", rows[i]);
		ck_assert_ptr_nonnull(strstr(err.text, "http.listen"));
	}
}
END_TEST

START_TEST(port_in_use_is_said)
{
	struct cti_err err;
	char address[32];

	(void)snprintf(address, sizeof(address), "127.0.0.1:%u", f->port);
	ck_assert_int_lt(start(address, false, &err), 0);
	ck_assert_ptr_nonnull(strstr(err.text, address));
}
END_TEST

START_TEST(several_addresses_have_their_ports)
{
	static const char *const listen[] = {"127.0.0.1:0", "127.0.0.2:0"};
	struct cti_http_conf conf = fixture_conf(f);
	struct cti_http *http = NULL;
	struct cti_err err;

	conf.listen = listen;
	conf.nlisten = 2;
	ck_assert_int_eq(cti_http_new(&http, f->loop, &conf, &err), 0);
	ck_assert_uint_ne(cti_http_port(http, 0), 0);
	ck_assert_uint_ne(cti_http_port(http, 1), 0);
	ck_assert_uint_eq(cti_http_port(http, 2), 0);
	cti_http_destroy(http);
	cti_http_destroy(NULL);
}
END_TEST

START_TEST(missing_ipv6_is_an_error_only_when_a_person_asked_for_it)
{
	static const char *const listen[] = {"[2001:db8::1]:0", "127.0.0.1:0"};
	struct cti_http_conf conf = fixture_conf(f);
	struct cti_http *http = NULL;
	struct cti_err err;

	conf.listen = listen;
	conf.nlisten = 2;
	conf.exposure = CTI_EXPOSURE_NETWORK;
	ck_assert_int_eq(cti_http_new(&http, f->loop, &conf, &err), 0);
	ck_assert_uint_eq(cti_http_port(http, 0), 0);
	ck_assert_uint_ne(cti_http_port(http, 1), 0);
	cti_http_destroy(http);
	conf.listen_named = true;
	ck_assert_int_lt(cti_http_new(&http, f->loop, &conf, &err), 0);
	ck_assert_int_lt(start("[2001:db8::1]:0", false, &err), 0);
}
END_TEST

START_TEST(only_loopback_is_listened_on_unless_exposure_says_more)
{
	static const char *const listen[] = {"0.0.0.0:0", "[::]:0"};
	struct cti_http_conf conf = fixture_conf(f);
	struct cti_http *http = NULL;
	struct cti_err err;

	conf.nlisten = 1;
	conf.listen_named = true;
	for (size_t i = 0; i < 2; i++) {
		conf.listen = &listen[i];
		conf.exposure = CTI_EXPOSURE_LOOPBACK;
		ck_assert_int_eq(cti_http_new(&http, f->loop, &conf, &err),
				 -EACCES);
		ck_assert_ptr_nonnull(strstr(err.text, "no loopback address"));
		conf.exposure = CTI_EXPOSURE_CONTAINER;
		ck_assert_int_eq(cti_http_new(&http, f->loop, &conf, &err), 0);
		cti_http_destroy(http);
	}
}
END_TEST

/* A listening socket as systemd would hand it over. */
static int socket_on(in_addr_t address, bool listening)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(address),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	if (listening)
		ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

static int start_inherited(struct cti_http **httpp, int fd)
{
	struct cti_http_conf conf = fixture_conf(f);
	struct cti_err err;

	conf.inherited = &fd;
	conf.ninherited = 1;
	return cti_http_new(httpp, f->loop, &conf, &err);
}

START_TEST(inherited_socket_is_listened_on)
{
	struct cti_http *http = NULL;
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	int fd = socket_on(INADDR_LOOPBACK, true);

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	ck_assert_int_eq(start_inherited(&http, fd), 0);
	ck_assert_uint_eq(cti_http_port(http, 0), ntohs(addr.sin_port));
	cti_http_destroy(http);
}
END_TEST

START_TEST(inherited_socket_that_is_open_to_others_is_refused)
{
	struct cti_http *http = NULL;

	ck_assert_int_eq(start_inherited(&http, socket_on(INADDR_ANY, true)),
			 -EACCES);
	ck_assert_int_eq(
		start_inherited(&http, socket_on(INADDR_LOOPBACK, false)),
		-EINVAL);
	ck_assert_ptr_null(http);
}
END_TEST

Suite *stop_suite(void)
{
	Suite *suite = suite_create("stop");
	TCase *tc = tcase_create("stop");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, stop_without_connections_is_done_at_once);
	tcase_add_test(tc, stop_cuts_idle_connections);
	tcase_add_test(tc, stop_answers_what_waits);
	tcase_add_test(tc, stop_lets_a_stream_say_goodbye);
	tcase_add_test(tc, stop_does_not_wait_for_a_client_that_does_not_read);
	tcase_add_test(tc, destroy_without_stop_ends_everything);
	tcase_add_test(tc, request_during_the_stop_is_not_handled);
	tcase_add_test(tc, addresses_that_cannot_be_read_are_named);
	tcase_add_test(tc, port_in_use_is_said);
	tcase_add_test(tc, several_addresses_have_their_ports);
	tcase_add_test(tc, inherited_socket_is_listened_on);
	tcase_add_test(tc, inherited_socket_that_is_open_to_others_is_refused);
	tcase_add_test(
		tc, missing_ipv6_is_an_error_only_when_a_person_asked_for_it);
	tcase_add_test(tc,
		       only_loopback_is_listened_on_unless_exposure_says_more);
	suite_add_tcase(suite, tc);
	return suite;
}
