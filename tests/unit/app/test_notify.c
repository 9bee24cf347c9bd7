/* SPDX-License-Identifier: Apache-2.0 */
/* unit/app/test_notify.c - ready, alive and stopping, on a socket of ours */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cti/log.h"
#include "cti/loop.h"
#include "notify.h"
#include "suites.h"

/* What a service manager holds, and a self-check that a test answers. */
static struct manager {
	struct cti_loop *loop;
	struct cti_notify *notify;
	char folder[32];
	char name[64];
	char said[128];
	int fd;
	int checks;
	bool answers;
	int err;
} m;

static void setup(void)
{
	const struct cti_log_conf quiet = {.level = CTI_LOG_ERROR};

	m = (struct manager){.fd = -1, .answers = true};
	(void)snprintf(m.folder, sizeof(m.folder), "/tmp/cti-app-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(m.folder));
	(void)snprintf(m.name, sizeof(m.name), "%s/socket", m.folder);
	ck_assert_int_eq(cti_loop_new(&m.loop, CTI_CLOCK_FAKE), 0);
	cti_log_setup(&quiet);
}

static void teardown(void)
{
	cti_notify_destroy(m.notify);
	if (m.fd >= 0)
		(void)close(m.fd); /* it was only read */
	(void)unlink(m.name);	   /* there is none with an abstract name */
	ck_assert_int_eq(rmdir(m.folder), 0);
	cti_loop_destroy(m.loop);
}

static void manager_listen(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	size_t len = strlen(m.name);

	memcpy(addr.sun_path, m.name, len + 1);
	if (*m.name == '@')
		addr.sun_path[0] = '\0';
	m.fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	ck_assert_int_ge(m.fd, 0);
	ck_assert_int_eq(
		bind(m.fd, (struct sockaddr *)&addr,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
		0);
	ck_assert_int_eq(setenv("NOTIFY_SOCKET", m.name, 1), 0);
}

static void notify_new(void)
{
	ck_assert_int_eq(cti_notify_new(&m.notify, m.loop), 0);
}

/* The next datagram; "" when there is none. */
static const char *said(void)
{
	ssize_t len = recv(m.fd, m.said, sizeof(m.said) - 1, MSG_DONTWAIT);

	m.said[len > 0 ? len : 0] = '\0';
	return m.said;
}

static int check(void *arg, struct cti_notify *notify)
{
	struct manager *manager = arg;

	manager->checks++;
	if (!manager->err && manager->answers)
		cti_notify_alive(notify);
	return manager->err;
}

static void watched(const char *usec)
{
	manager_listen();
	ck_assert_int_eq(setenv("WATCHDOG_USEC", usec, 1), 0);
	notify_new();
	cti_notify_watch(m.notify, check, &m);
}

START_TEST(who_is_started_by_hand_tells_nobody)
{
	ck_assert_int_eq(unsetenv("NOTIFY_SOCKET"), 0);
	notify_new();
	ck_assert_ptr_null(m.notify);
	cti_notify_say(NULL, "READY=1");
	cti_notify_watch(NULL, check, &m);
	cti_notify_alive(NULL);
	cti_notify_stopping(NULL);
	ck_assert_int_eq(m.checks, 0);
}
END_TEST

START_TEST(manager_is_told_at_its_socket)
{
	manager_listen();
	notify_new();
	cti_notify_say(m.notify, "READY=1");
	ck_assert_str_eq(said(), "READY=1");
	cti_notify_stopping(m.notify);
	ck_assert_str_eq(said(), "STOPPING=1");
	ck_assert_str_eq(said(), "");
}
END_TEST

START_TEST(socket_may_have_an_abstract_name)
{
	(void)snprintf(m.name, sizeof(m.name), "@cti-app-%ld", (long)getpid());
	manager_listen();
	notify_new();
	cti_notify_say(m.notify, "READY=1");
	ck_assert_str_eq(said(), "READY=1");
}
END_TEST

START_TEST(variables_are_not_left_to_children)
{
	watched("1000000");
	ck_assert_ptr_null(getenv("NOTIFY_SOCKET"));
	ck_assert_ptr_null(getenv("WATCHDOG_USEC"));
}
END_TEST

START_TEST(socket_that_cannot_be_used_is_done_without)
{
	static const char too_long[] =
		"/a-name-that-is-longer-than-what-an-address-of-a-socket-has-"
		"room-for-which-is-a-hundred-and-eight-bytes-on-this-system";
	static const char *const names[] = {"vsock:2:1234", "relative",
					    too_long};

	ck_assert_int_eq(setenv("NOTIFY_SOCKET", names[_i], 1), 0);
	notify_new();
	ck_assert_ptr_null(m.notify);
}
END_TEST

START_TEST(manager_that_is_gone_does_no_harm)
{
	manager_listen();
	notify_new();
	ck_assert_int_eq(close(m.fd), 0);
	m.fd = -1;
	cti_notify_say(m.notify, "READY=1");
}
END_TEST

START_TEST(watchdog_is_fed_twice_in_its_time)
{
	watched("10000000");
	cti_loop_advance(m.loop, 0);
	ck_assert_str_eq(said(), "WATCHDOG=1");
	cti_loop_advance(m.loop, 4999);
	ck_assert_str_eq(said(), "");
	cti_loop_advance(m.loop, 1);
	ck_assert_str_eq(said(), "WATCHDOG=1");
	cti_loop_advance(m.loop, 10000);
	ck_assert_int_eq(m.checks, 4);
}
END_TEST

START_TEST(watchdog_starves_while_a_check_hangs)
{
	watched("1000000");
	m.answers = false;
	cti_loop_advance(m.loop, 5000);
	ck_assert_str_eq(said(), "");
	ck_assert_int_eq(m.checks, 1);
	cti_notify_alive(m.notify);
	ck_assert_str_eq(said(), "WATCHDOG=1");
	m.answers = true;
	cti_loop_advance(m.loop, 500);
	ck_assert_str_eq(said(), "WATCHDOG=1");
}
END_TEST

START_TEST(check_that_cannot_begin_is_tried_again)
{
	watched("1000000");
	m.err = -ENOMEM;
	cti_loop_advance(m.loop, 1000);
	ck_assert_str_eq(said(), "");
	ck_assert_int_eq(m.checks, 3);
	m.err = 0;
	cti_loop_advance(m.loop, 500);
	ck_assert_str_eq(said(), "WATCHDOG=1");
}
END_TEST

START_TEST(nobody_is_checked_without_need)
{
	static const char *const times[] = {"", "0", "-5", "x"};

	watched(times[_i]);
	cti_loop_advance(m.loop, 60000);
	ck_assert_int_eq(m.checks, 0);
}
END_TEST

START_TEST(watchdog_of_another_process_is_not_ours)
{
	ck_assert_int_eq(setenv("WATCHDOG_PID", "1", 1), 0);
	watched("1000000");
	cti_loop_advance(m.loop, 60000);
	ck_assert_int_eq(m.checks, 0);
}
END_TEST

START_TEST(who_stops_is_not_watched)
{
	watched("1000000");
	cti_loop_advance(m.loop, 0);
	cti_notify_stopping(m.notify);
	cti_loop_advance(m.loop, 60000);
	ck_assert_int_eq(m.checks, 1);
}
END_TEST

Suite *suite_notify(void)
{
	const TTest *const tests[] = {
		who_is_started_by_hand_tells_nobody,
		manager_is_told_at_its_socket,
		socket_may_have_an_abstract_name,
		variables_are_not_left_to_children,
		manager_that_is_gone_does_no_harm,
		watchdog_is_fed_twice_in_its_time,
		watchdog_starves_while_a_check_hangs,
		check_that_cannot_begin_is_tried_again,
		watchdog_of_another_process_is_not_ours,
		who_stops_is_not_watched,
	};
	Suite *suite = suite_create("notify");
	TCase *tc = tcase_create("notify");

	tcase_add_checked_fixture(tc, setup, teardown);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(tc, tests[i]);
	tcase_add_loop_test(tc, socket_that_cannot_be_used_is_done_without, 0,
			    3);
	tcase_add_loop_test(tc, nobody_is_checked_without_need, 0, 4);
	suite_add_tcase(suite, tc);
	return suite;
}
