/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_wire.c - a connection that is lost in every way and comes back
 */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cti/conf.h"
#include "cti/loop.h"
#include "drivers/wire.h"
#include "suites.h"

enum {
	MIN_MS = 100,
	MAX_MS = 800,
	CONNECT_MS = 10000,
	WHY_SIZE = 512,
	TEXT_SIZE = 64,
	TOO_MUCH = 300 * 1024,
};

/** Where a callback stops or gives up the wire. */
enum spot {
	NOWHERE,
	AT_CONNECTING,
	AT_OPEN,
	AT_DATA,
	AT_END,
	AT_CLOSED,
	AT_DOWN,
	SPOTS,
};

/** A driver that notes what it is told, and the switch it talks to. */
struct cti_driver {
	struct cti_loop *loop;
	struct cti_conf *conf;
	struct cti_wire *wire;
	int listener, peer;
	uint16_t port;

	enum spot stop_at, lose_at;
	bool own_words; /* on_end() says it itself */
	int open_err;
	int nconnecting, nopen, nclosed, ndown, nfailed, nend, ndata;
	int end_err;
	char text[TEXT_SIZE];
	size_t len;
	char why[WHY_SIZE];
};

static struct cti_driver d;

static void meet(enum spot spot)
{
	if (d.lose_at == spot)
		cti_wire_lost(d.wire, "given up");
	if (d.stop_at != spot)
		return;
	d.stop_at = NOWHERE;
	cti_wire_stop(d.wire);
}

static void on_link(void *arg, enum cti_link link, const char *why)
{
	ck_assert_ptr_eq(arg, &d);
	ck_assert_int_ne((int)link, CTI_LINK_UP);
	(void)snprintf(d.why, sizeof(d.why), "%s", why ? why : "");
	if (link == CTI_LINK_CONNECTING)
		d.nconnecting++;
	else if (link == CTI_LINK_FAILED)
		d.nfailed++;
	else
		d.ndown++;
	meet(link == CTI_LINK_CONNECTING ? AT_CONNECTING : AT_DOWN);
}

static int on_open(struct cti_driver *drv)
{
	drv->nopen++;
	ck_assert(cti_wire_is_open(drv->wire));
	meet(AT_OPEN);
	return drv->open_err;
}

static void on_data(struct cti_driver *drv, const char *data, size_t len)
{
	drv->ndata++;
	ck_assert_uint_lt(drv->len + len, sizeof(drv->text));
	memcpy(drv->text + drv->len, data, len);
	drv->len += len;
	meet(AT_DATA);
}

static void on_closed(struct cti_driver *drv)
{
	drv->nclosed++;
	ck_assert(!cti_wire_is_open(drv->wire));
	ck_assert_int_eq(cti_wire_write(drv->wire, "x", 1), -ENOTCONN);
	cti_wire_expect(drv->wire, 1, "of no connection");
	meet(AT_CLOSED);
}

static void on_end(struct cti_driver *drv, int err)
{
	drv->nend++;
	drv->end_err = err;
	if (drv->own_words)
		cti_wire_lost_for(drv->wire, "restarting", 5000);
	meet(AT_END);
}

static const struct cti_wire_handler handler = {
	.on_open = on_open,
	.on_data = on_data,
	.on_closed = on_closed,
	.on_end = on_end,
};

/* --- the switch --- */

static void listener_open(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(d.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	int on = 1;

	d.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	ck_assert_int_ge(d.listener, 0);
	ck_assert_int_eq(setsockopt(d.listener, SOL_SOCKET, SO_REUSEADDR, &on,
				    sizeof(on)),
			 0);
	ck_assert_int_eq(bind(d.listener, (struct sockaddr *)&address, len), 0);
	ck_assert_int_eq(listen(d.listener, 4), 0);
	ck_assert_int_eq(
		getsockname(d.listener, (struct sockaddr *)&address, &len), 0);
	d.port = ntohs(address.sin_port);
}

static void fd_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* a test's socket */
	*fd = -1;
}

static void turn(void)
{
	for (int i = 0; i < 5; i++)
		cti_loop_turn(d.loop, 1);
}

#define wait_for(condition)                                                    \
	do {                                                                   \
		for (int tries = 0; tries < 3000 && !(condition); tries++)     \
			cti_loop_turn(d.loop, 1);                              \
		ck_assert(condition);                                          \
	} while (0)

static void peer_take(void)
{
	d.peer = accept(d.listener, NULL, NULL);
	ck_assert_int_ge(d.peer, 0);
}

static void peer_send(const char *text)
{
	ck_assert_int_eq(send(d.peer, text, strlen(text), MSG_NOSIGNAL),
			 (ssize_t)strlen(text));
}

/* --- each test's own --- */

static void conf_make(void)
{
	const struct cti_conf_flag flags[] = {
		{"telephony.reconnect_min_ms", "100"},
		{"telephony.reconnect_max_ms", "800"},
	};
	struct cti_conf_source source = {.flags = flags, .nflags = 2};
	struct cti_buf errors;

	cti_buf_init(&errors, 4096);
	ck_assert_int_eq(cti_conf_load(&d.conf, &source, &errors), 0);
	cti_buf_fini(&errors);
}

static int wire_make(const char *host)
{
	struct cti_wire_peer peer = {"switch", host, d.port};
	struct cti_driver_host core = {
		.loop = d.loop,
		.arg = &d,
		.on_link = on_link,
	};

	return cti_wire_new(&d.wire, &d, &core, &peer, &handler);
}

static void setup(void)
{
	d = (struct cti_driver){.peer = -1};
	ck_assert_int_eq(cti_loop_new(&d.loop, CTI_CLOCK_FAKE), 0);
	listener_open();
	conf_make();
	ck_assert_int_eq(wire_make("127.0.0.1"), 0);
	cti_wire_pauses(d.wire, d.conf);
}

static void teardown(void)
{
	cti_wire_destroy(d.wire);
	cti_loop_destroy(d.loop);
	cti_conf_destroy(d.conf);
	fd_close(&d.peer);
	fd_close(&d.listener);
}

static void begin(void)
{
	cti_wire_start(d.wire);
	ck_assert_int_eq(d.nconnecting, 0);
	cti_loop_advance(d.loop, 0);
	ck_assert_int_eq(d.nconnecting, 1);
}

static void connect_now(void)
{
	begin();
	wait_for(d.nopen == 1);
	peer_take();
}

/** Ms until the next attempt. */
static int64_t pause_measure(void)
{
	int before = d.nconnecting;
	int64_t ms = 0;

	cti_loop_advance(d.loop, 0);
	for (; d.nconnecting == before && ms <= 2 * CTI_WIRE_REFUSED_MS; ms++)
		cti_loop_advance(d.loop, 1);
	ck_assert_int_eq(d.nconnecting, before + 1);
	return ms;
}

/* --- tests --- */

START_TEST(bytes_go_both_ways)
{
	char got[8] = "";

	connect_now();
	ck_assert_int_eq(cti_wire_write(d.wire, "hello", 5), 0);
	turn();
	ck_assert_int_eq(recv(d.peer, got, sizeof(got), 0), 5);
	ck_assert_str_eq(got, "hello");
	peer_send("world");
	wait_for(d.ndata);
	ck_assert_str_eq(d.text, "world");
	ck_assert_int_eq(d.ndown + d.nclosed, 0);
}
END_TEST

START_TEST(refused_connection_says_where)
{
	char where[32];

	fd_close(&d.listener);
	begin();
	wait_for(d.ndown == 1);
	(void)snprintf(where, sizeof(where),
		       "switch at 127.0.0.1:%u: ", d.port);
	ck_assert_ptr_nonnull(strstr(d.why, where));
	ck_assert_ptr_nonnull(strstr(d.why, "refused"));
	ck_assert_int_eq(d.nopen + d.nclosed + d.nend, 0);
}
END_TEST

START_TEST(connection_that_takes_ten_seconds_is_given_up)
{
	begin();
	cti_loop_advance(d.loop, CONNECT_MS - 1);
	ck_assert_int_eq(d.ndown, 0);
	cti_loop_advance(d.loop, 1);
	ck_assert_int_eq(d.ndown, 1);
	ck_assert_ptr_nonnull(strstr(d.why, "timed out"));
}
END_TEST

START_TEST(end_by_the_switch_is_told_by_the_wire)
{
	connect_now();
	fd_close(&d.peer);
	wait_for(d.ndown == 1);
	ck_assert_int_eq(d.nend, 1);
	ck_assert_int_eq(d.end_err, 0);
	ck_assert_int_eq(d.nclosed, 1);
	ck_assert_ptr_nonnull(strstr(d.why, "the connection was closed"));
	ck_assert_int_le(pause_measure(), MIN_MS);
	wait_for(d.nopen == 2);
}
END_TEST

START_TEST(end_by_the_switch_in_the_drivers_words)
{
	d.own_words = true;
	connect_now();
	fd_close(&d.peer);
	wait_for(d.ndown == 1);
	ck_assert_str_eq(d.why, "restarting");
	ck_assert_int_eq(pause_measure(), 5000);
	ck_assert_int_eq(d.ndown, 1);
}
END_TEST

START_TEST(reset_by_the_switch_has_its_errno)
{
	struct linger now = {.l_onoff = 1};

	connect_now();
	ck_assert_int_eq(
		setsockopt(d.peer, SOL_SOCKET, SO_LINGER, &now, sizeof(now)),
		0);
	fd_close(&d.peer);
	wait_for(d.ndown == 1);
	ck_assert_int_eq(d.end_err, -ECONNRESET);
}
END_TEST

START_TEST(failing_login_gives_up)
{
	d.open_err = -ENOMEM;
	begin();
	wait_for(d.ndown == 1);
	ck_assert_int_eq(d.nclosed, 1);
	ck_assert_ptr_nonnull(strstr(d.why, strerror(ENOMEM)));
}
END_TEST

START_TEST(write_without_connection_is_refused)
{
	ck_assert_int_eq(cti_wire_write(d.wire, "x", 1), -ENOTCONN);
	begin();
	ck_assert_int_eq(cti_wire_write(d.wire, "x", 1), -ENOTCONN);
	wait_for(d.nopen == 1);
	cti_wire_lost(d.wire, "gone");
	ck_assert_int_eq(cti_wire_write(d.wire, "x", 1), -ENOTCONN);
}
END_TEST

START_TEST(failed_write_gives_up_a_moment_later)
{
	static const char block[TOO_MUCH];

	connect_now();
	ck_assert_int_eq(cti_wire_write(d.wire, block, sizeof(block)),
			 -ENOBUFS);
	ck_assert_int_eq(cti_wire_write(d.wire, "x", 1), -ENOBUFS);
	ck_assert_int_eq(d.ndown, 0);
	cti_loop_advance(d.loop, 0);
	ck_assert_int_eq(d.ndown, 1);
	ck_assert_ptr_nonnull(strstr(d.why, strerror(ENOBUFS)));
	(void)pause_measure();
	wait_for(d.nopen == 2);
	ck_assert_int_eq(cti_wire_write(d.wire, "x", 1), 0);
}
END_TEST

START_TEST(missing_answer_is_told)
{
	connect_now();
	cti_wire_expect(d.wire, 1000, "no greeting");
	cti_wire_expect(d.wire, 3000, "no answer to the ping");
	cti_loop_advance(d.loop, 2999);
	ck_assert_int_eq(d.ndown, 0);
	cti_loop_advance(d.loop, 1);
	ck_assert_int_eq(d.ndown, 1);
	ck_assert_str_eq(d.why, "no answer to the ping");
}
END_TEST

START_TEST(expectation_is_taken_back)
{
	connect_now();
	cti_wire_expect(d.wire, 1000, "no answer");
	cti_wire_expect(d.wire, 0, NULL);
	cti_loop_advance(d.loop, 60000);
	ck_assert_int_eq(d.ndown, 0);
}
END_TEST

START_TEST(expectation_dies_with_its_connection)
{
	connect_now();
	cti_wire_expect(d.wire, CONNECT_MS, "no answer");
	cti_wire_lost(d.wire, "gone");
	(void)pause_measure();
	cti_loop_advance(d.loop, CONNECT_MS - 1);
	ck_assert_int_eq(d.ndown, 1);
	cti_loop_advance(d.loop, 1);
	ck_assert_int_eq(d.ndown, 2);
	ck_assert_ptr_nonnull(strstr(d.why, "timed out"));
}
END_TEST

START_TEST(pauses_double_to_the_cap_with_full_jitter)
{
	int low = 0, high = 0;

	fd_close(&d.listener);
	begin();
	for (int i = 0; i < 60; i++) {
		int64_t cap_ms = i < 3 ? MIN_MS << i : MAX_MS;
		int64_t ms;

		wait_for(d.ndown == i + 1);
		ms = pause_measure();
		ck_assert_int_le(ms, cap_ms);
		low += cap_ms == MAX_MS && ms < MAX_MS / 2;
		high += cap_ms == MAX_MS && ms > MAX_MS / 2;
	}
	ck_assert_int_gt(low, 5);
	ck_assert_int_gt(high, 5);
}
END_TEST

START_TEST(jitter_covers_its_range)
{
	bool seen[4] = {false};

	for (int i = 0; i < 400; i++) {
		int64_t ms = cti_wire_jitter(3);

		ck_assert(ms >= 0 && ms <= 3);
		seen[ms] = true;
	}
	ck_assert(seen[0] && seen[1] && seen[2] && seen[3]);
	ck_assert_int_eq(cti_wire_jitter(0), 0);
	ck_assert_int_eq(cti_wire_jitter(-5), 0);
}
END_TEST

START_TEST(settled_link_begins_with_the_shortest_pause)
{
	fd_close(&d.listener);
	begin();
	for (int i = 0; i < 6; i++) {
		wait_for(d.ndown == i + 1);
		if (i == 5)
			listener_open();
		(void)pause_measure();
	}
	wait_for(d.nopen == 1);
	cti_wire_settled(d.wire);
	cti_wire_lost(d.wire, "gone");
	ck_assert_int_le(pause_measure(), MIN_MS);
}
END_TEST

START_TEST(refused_login_waits_five_minutes)
{
	connect_now();
	cti_wire_refused(d.wire, "wrong password");
	ck_assert_int_eq(d.nfailed, 1);
	ck_assert_int_eq(d.ndown, 0);
	ck_assert_int_eq(d.nclosed, 1);
	ck_assert_str_eq(d.why, "wrong password");
	cti_loop_advance(d.loop, CTI_WIRE_REFUSED_MS - 1);
	ck_assert_int_eq(d.nconnecting, 1);
	cti_loop_advance(d.loop, 1);
	ck_assert_int_eq(d.nconnecting, 2);
}
END_TEST

START_TEST(loss_is_told_once)
{
	cti_wire_lost(d.wire, "never started");
	ck_assert_int_eq(d.ndown, 0);
	connect_now();
	cti_wire_refused(d.wire, "wrong password");
	cti_wire_lost(d.wire, "closed");
	cti_wire_lost_for(d.wire, "closed", 1);
	cti_wire_refused(d.wire, "wrong password");
	ck_assert_int_eq(d.ndown, 0);
	ck_assert_int_eq(d.nfailed, 1);
	ck_assert_int_eq(d.nclosed, 1);
	ck_assert_int_ge(pause_measure(), CTI_WIRE_REFUSED_MS);
}
END_TEST

START_TEST(why_may_lie_in_what_is_forgotten)
{
	char why[] = "the switch's own words";

	connect_now();
	d.own_words = true;
	cti_wire_lost(d.wire, why);
	ck_assert_str_eq(d.why, why);
}
END_TEST

START_TEST(nothing_is_delivered_after_the_loss)
{
	d.lose_at = AT_DATA;
	connect_now();
	peer_send("one");
	wait_for(d.ndown == 1);
	(void)send(d.peer, "two", 3, MSG_NOSIGNAL); /* may be too late */
	turn();
	ck_assert_int_eq(d.ndata, 1);
	ck_assert_int_eq(d.nend, 0);
	ck_assert_str_eq(d.text, "one");
}
END_TEST

START_TEST(loss_inside_a_callback)
{
	d.lose_at = (enum spot)_i;
	begin();
	if (_i != AT_CONNECTING) {
		wait_for(d.nopen == 1);
		peer_take();
	}
	if (_i == AT_DATA)
		peer_send("x");
	if (_i == AT_END)
		fd_close(&d.peer);
	wait_for(d.ndown == 1);
	turn();
	ck_assert_int_eq(d.ndown, 1);
	ck_assert_int_eq(d.nclosed, d.nopen);
	d.lose_at = NOWHERE;
	(void)pause_measure();
	wait_for(d.nopen == (_i == AT_CONNECTING ? 1 : 2));
}
END_TEST

START_TEST(stop_inside_a_callback)
{
	d.stop_at = (enum spot)_i;
	begin();
	if (_i != AT_CONNECTING) {
		wait_for(d.nopen == 1);
		peer_take();
	}
	if (_i == AT_DATA)
		peer_send("x");
	if (_i >= AT_END)
		fd_close(&d.peer);
	wait_for(d.stop_at == NOWHERE);
	ck_assert_str_eq(d.why, "stopped");
	ck_assert_int_eq(d.nclosed, d.nopen);
	cti_loop_advance(d.loop, 2 * CTI_WIRE_REFUSED_MS);
	turn();
	ck_assert_int_eq(d.nconnecting, 1);
	ck_assert_str_eq(d.why, "stopped");
}
END_TEST

START_TEST(stopped_wire_starts_again)
{
	connect_now();
	cti_wire_stop(d.wire);
	ck_assert_str_eq(d.why, "stopped");
	ck_assert_int_eq(d.nclosed, 1);
	cti_wire_start(d.wire);
	cti_wire_start(d.wire);
	cti_loop_advance(d.loop, 0);
	cti_wire_start(d.wire);
	cti_loop_advance(d.loop, 0);
	wait_for(d.nopen == 2);
	turn();
	ck_assert_int_eq(d.nconnecting, 2);
	ck_assert_int_eq(d.nopen, 2);
}
END_TEST

static void reach_stopped(void)
{
}

static void reach_waiting(void)
{
	connect_now();
	cti_wire_lost(d.wire, "gone");
}

static void reach_expecting(void)
{
	connect_now();
	cti_wire_expect(d.wire, 1, "no answer");
}

static void reach_broken(void)
{
	static const char block[TOO_MUCH];

	connect_now();
	ck_assert_int_eq(cti_wire_write(d.wire, block, sizeof(block)),
			 -ENOBUFS);
}

static void (*const reach[])(void) = {
	reach_stopped, begin, reach_waiting, reach_expecting, reach_broken,
};

START_TEST(destroyed_wire_is_silent)
{
	int said, closed;

	reach[_i]();
	said = d.ndown + d.nfailed + d.nconnecting;
	closed = d.nclosed;
	cti_wire_destroy(d.wire);
	d.wire = NULL;
	cti_loop_advance(d.loop, 2 * CTI_WIRE_REFUSED_MS);
	turn();
	ck_assert_int_eq(said, d.ndown + d.nfailed + d.nconnecting);
	ck_assert_int_eq(closed, d.nclosed);
}
END_TEST

START_TEST(address_in_brackets_is_taken)
{
	struct cti_wire *first = d.wire;
	char host[CTI_WIRE_HOST_SIZE + 1];

	memset(host, 'a', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	ck_assert_int_eq(wire_make(host), -EINVAL);
	ck_assert_int_eq(wire_make(""), -EINVAL);
	ck_assert_ptr_eq(d.wire, first);
	cti_wire_destroy(first);
	ck_assert_int_eq(wire_make("[127.0.0.1]"), 0);
	connect_now();
}
END_TEST

Suite *wire_suite(void)
{
	const int nreach = (int)(sizeof(reach) / sizeof(reach[0]));
	Suite *suite = suite_create("wire");
	TCase *tcase = tcase_create("connection");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, bytes_go_both_ways);
	tcase_add_test(tcase, refused_connection_says_where);
	tcase_add_test(tcase, connection_that_takes_ten_seconds_is_given_up);
	tcase_add_test(tcase, end_by_the_switch_is_told_by_the_wire);
	tcase_add_test(tcase, end_by_the_switch_in_the_drivers_words);
	tcase_add_test(tcase, reset_by_the_switch_has_its_errno);
	tcase_add_test(tcase, failing_login_gives_up);
	tcase_add_test(tcase, write_without_connection_is_refused);
	tcase_add_test(tcase, failed_write_gives_up_a_moment_later);
	tcase_add_test(tcase, missing_answer_is_told);
	tcase_add_test(tcase, expectation_is_taken_back);
	tcase_add_test(tcase, expectation_dies_with_its_connection);
	tcase_add_test(tcase, pauses_double_to_the_cap_with_full_jitter);
	tcase_add_test(tcase, jitter_covers_its_range);
	tcase_add_test(tcase, settled_link_begins_with_the_shortest_pause);
	tcase_add_test(tcase, refused_login_waits_five_minutes);
	tcase_add_test(tcase, loss_is_told_once);
	tcase_add_test(tcase, why_may_lie_in_what_is_forgotten);
	tcase_add_test(tcase, nothing_is_delivered_after_the_loss);
	tcase_add_loop_test(tcase, loss_inside_a_callback, AT_CONNECTING,
			    AT_CLOSED);
	tcase_add_loop_test(tcase, stop_inside_a_callback, AT_CONNECTING,
			    SPOTS);
	tcase_add_test(tcase, stopped_wire_starts_again);
	tcase_add_loop_test(tcase, destroyed_wire_is_silent, 0, nreach);
	tcase_add_test(tcase, address_in_brackets_is_taken);
	suite_add_tcase(suite, tcase);
	return suite;
}
