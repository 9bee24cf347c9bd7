/* SPDX-License-Identifier: Apache-2.0 */
/* unit/http/test_peer.c - whose process may connect */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"
#include "suites.h"

enum { NOBODY = 65534 };

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

/* A socket belongs to whoever made it. */
static int client_of(uid_t user)
{
	int fd;

	ck_assert_int_eq(seteuid(user), 0);
	fd = client_open(f);
	ck_assert_int_eq(seteuid(0), 0);
	return fd;
}

START_TEST(our_own_processes_are_served)
{
	ck_assert_int_eq(client_get(f, "GET /healthz", ""), 204);
}
END_TEST

START_TEST(another_user_is_closed_before_a_byte)
{
	int fd;

	if (geteuid() != 0)
		return; /* nobody can be somebody else then */
	fd = client_of(NOBODY);
	ck_assert(client_closed(f, fd));
	ck_assert_uint_eq(f->handled, 0);
	ck_assert_uint_eq(cti_http_refused(f->http), 1);
	(void)close(fd);
	ck_assert_int_eq(client_get(f, "GET /healthz", ""), 204);
}
END_TEST

START_TEST(root_is_served_by_everybody)
{
	int fd, status;

	if (geteuid() != 0)
		return;
	fd = client_of(0);
	ck_assert_int_eq(seteuid(NOBODY), 0);
	client_text(fd, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
	status = client_answer(f, fd);
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(status, 204);
	(void)close(fd);
}
END_TEST

START_TEST(who_has_left_is_nobody)
{
	int fd = client_open(f);

	(void)close(fd);
	fixture_turns(f, 10);
	ck_assert_uint_eq(f->handled, 0);
	ck_assert_uint_eq(cti_http_connections(f->http), 0);
	/* nor is it a stranger: nobody has to look for another user */
	ck_assert_uint_eq(cti_http_refused(f->http), 0);
	fd = client_open(f);
	client_text(fd, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
	(void)close(fd);
	fixture_turns(f, 10);
	ck_assert_uint_eq(f->handled, 0);
	ck_assert_uint_eq(cti_http_refused(f->http), 1);
}
END_TEST

Suite *peer_suite(void)
{
	Suite *suite = suite_create("peer");
	TCase *tcase = tcase_create("peer");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, our_own_processes_are_served);
	tcase_add_test(tcase, another_user_is_closed_before_a_byte);
	tcase_add_test(tcase, root_is_served_by_everybody);
	tcase_add_test(tcase, who_has_left_is_nobody);
	suite_add_tcase(suite, tcase);
	return suite;
}
