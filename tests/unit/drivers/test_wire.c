/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/test_wire.c - a connection that is lost in every way and comes back
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "suites.h"
#include "wire_bench.h"

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
	connect_now();
	write_too_much();
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
	connect_now();
	write_too_much();
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

	tcase_add_checked_fixture(tcase, wire_setup, wire_teardown);
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
