/* SPDX-License-Identifier: Apache-2.0 */
/* loop/test_poll.c - tests of watched file descriptors */
#include <errno.h>
#include <unistd.h>

#include "suite.h"

struct watch {
	struct cti_poll *poll;
	int fds[2];
	char text[8];
	size_t len;
	int ends;
	bool woken;
};

static void watch_read(void *arg)
{
	struct watch *watch = arg;
	char letter = 0;
	ssize_t len = read(watch->fds[0], &letter, 1);

	watch->woken = true;
	if (len == 0)
		watch->ends++;
	if (len == 1 && watch->len < sizeof(watch->text) - 1)
		watch->text[watch->len++] = letter;
}

static void watch_destroy_poll(void *arg)
{
	struct watch *watch = arg;

	watch->woken = true;
	cti_poll_destroy(watch->poll);
}

static void watch_init(struct watch *watch, struct cti_loop *loop,
		       cti_loop_fn *fn)
{
	*watch = (struct watch){0};
	ck_assert_int_eq(pipe(watch->fds), 0);
	ck_assert_int_eq(
		cti_poll_new(&watch->poll, loop, watch->fds[0], fn, watch), 0);
}

static void watch_close(struct watch *watch)
{
	(void)close(watch->fds[0]); /* may be closed already */
	(void)close(watch->fds[1]);
}

START_TEST(poll_wakes_as_long_as_there_is_something_to_read)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_FAKE);
	struct watch watch;

	watch_init(&watch, loop, watch_read);
	cti_loop_turn(loop, 0);
	ck_assert(!watch.woken);
	ck_assert_int_eq(write(watch.fds[1], "abc", 3), 3);
	for (int i = 0; i < 3; i++)
		cti_loop_turn(loop, 1000);
	ck_assert_str_eq(watch.text, "abc");
	cti_poll_destroy(watch.poll);
	watch_close(&watch);
	cti_loop_destroy(loop);
}
END_TEST

START_TEST(poll_wakes_at_the_end_of_the_file)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_REAL);
	struct watch watch;

	watch_init(&watch, loop, watch_read);
	ck_assert_int_eq(close(watch.fds[1]), 0);
	loop_until(loop, &watch.woken);
	ck_assert_int_eq(watch.ends, 1);
	cti_poll_destroy(watch.poll);
	ck_assert_int_eq(close(watch.fds[0]), 0);
	cti_loop_destroy(loop);
}
END_TEST

START_TEST(poll_may_be_destroyed_in_its_callback)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_REAL);
	struct watch watch;

	watch_init(&watch, loop, watch_destroy_poll);
	ck_assert_int_eq(write(watch.fds[1], "a", 1), 1);
	loop_until(loop, &watch.woken);
	cti_loop_turn(loop, 0);
	watch_close(&watch);
	cti_loop_destroy(loop);
}
END_TEST

START_TEST(poll_of_a_closed_descriptor_is_refused)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_REAL);
	struct cti_poll *poll = NULL;
	bool woken = false;

	ck_assert_int_eq(cti_poll_new(&poll, loop, -1, set_flag, &woken),
			 -EBADF);
	ck_assert_ptr_null(poll);
	cti_poll_destroy(poll);
	cti_loop_destroy(loop);
}
END_TEST

Suite *suite_poll(void)
{
	Suite *suite = suite_create("poll");
	TCase *tcase = tcase_create("poll");

	tcase_add_test(tcase, poll_wakes_as_long_as_there_is_something_to_read);
	tcase_add_test(tcase, poll_wakes_at_the_end_of_the_file);
	tcase_add_test(tcase, poll_may_be_destroyed_in_its_callback);
	tcase_add_test(tcase, poll_of_a_closed_descriptor_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
