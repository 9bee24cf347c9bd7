/* SPDX-License-Identifier: Apache-2.0 */
/* loop/test_loop.c - tests of turns, clocks and the turn-end hook */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>

#include "suite.h"

static void stop_loop(void *arg)
{
	cti_loop_stop(arg);
}

START_TEST(run_ends_when_stopped)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_REAL);

	ck_assert_int_eq(cti_loop_defer(loop, stop_loop, loop), 0);
	cti_loop_run(loop);
	cti_loop_destroy(loop);
}
END_TEST

START_TEST(loop_can_run_again)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_REAL);

	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(cti_loop_defer(loop, stop_loop, loop), 0);
		cti_loop_run(loop);
	}
	cti_loop_destroy(loop);
}
END_TEST

START_TEST(destroying_no_loop_is_allowed)
{
	cti_loop_destroy(NULL);
}
END_TEST

START_TEST(signals_of_failed_writes_are_ignored)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_REAL);
	struct sigaction action = {.sa_handler = SIG_DFL};

	ck_assert_int_eq(sigaction(SIGPIPE, NULL, &action), 0);
	ck_assert(action.sa_handler == SIG_IGN);
	ck_assert_int_eq(sigaction(SIGXFSZ, NULL, &action), 0);
	ck_assert(action.sa_handler == SIG_IGN);
	cti_loop_destroy(loop);
}
END_TEST

START_TEST(turn_without_events_returns)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_REAL);

	cti_loop_turn(loop, 0);
	cti_loop_turn(loop, 1);
	cti_loop_destroy(loop);
}
END_TEST

/* The turn would wait for ever if it slept upon what has happened. */
START_TEST(turn_does_not_wait_after_something_happened)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_REAL);
	bool ran = false;

	ck_assert_int_eq(cti_loop_defer(loop, set_flag, &ran), 0);
	cti_loop_turn(loop, UINT32_MAX);
	ck_assert(ran);
	cti_loop_destroy(loop);
}
END_TEST

START_TEST(fake_clock_starts_at_its_date)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_FAKE);

	ck_assert_int_eq(cti_loop_mono_ms(loop), 0);
	ck_assert_int_eq(cti_loop_wall_ms(loop), INT64_C(1795329000000));
	cti_loop_destroy(loop);
}
END_TEST

START_TEST(fake_clock_moves_only_when_advanced)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_FAKE);

	cti_loop_turn(loop, 2);
	ck_assert_int_eq(cti_loop_mono_ms(loop), 0);
	cti_loop_advance(loop, 1234);
	ck_assert_int_eq(cti_loop_mono_ms(loop), 1234);
	ck_assert_int_eq(cti_loop_wall_ms(loop), INT64_C(1795329001234));
	cti_loop_destroy(loop);
}
END_TEST

START_TEST(real_clock_only_grows)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_REAL);
	int64_t before_ms = cti_loop_mono_ms(loop);

	cti_loop_turn(loop, 2);
	ck_assert_int_ge(cti_loop_mono_ms(loop), before_ms + 1);
	/* Some day after this was written. */
	ck_assert_int_gt(cti_loop_wall_ms(loop), INT64_C(1700000000000));
	cti_loop_destroy(loop);
}
END_TEST

struct story {
	struct cti_loop *loop;
	int writes;
	int committed;
};

static void story_write(void *arg)
{
	struct story *story = arg;

	story->writes++;
}

static void story_commit(void *arg)
{
	struct story *story = arg;

	story->committed = story->writes;
}

START_TEST(turn_end_follows_what_happened_in_the_turn)
{
	struct story story = {.loop = loop_make(CTI_CLOCK_REAL)};
	struct cti_timer *timer = NULL;

	ck_assert_int_eq(cti_timer_new(&timer, story.loop, story_write, &story),
			 0);
	cti_loop_on_turn_end(story.loop, story_commit, &story);

	ck_assert_int_eq(cti_loop_defer(story.loop, story_write, &story), 0);
	cti_loop_turn(story.loop, 1000);
	ck_assert_int_eq(story.committed, 1);

	ck_assert_int_eq(cti_loop_post(story.loop, story_write, &story), 0);
	cti_loop_turn(story.loop, 1000);
	ck_assert_int_eq(story.committed, 2);

	cti_timer_start(timer, 0);
	cti_loop_turn(story.loop, 1000);
	ck_assert_int_eq(story.committed, 3);

	cti_timer_destroy(timer);
	cti_loop_destroy(story.loop);
}
END_TEST

START_TEST(turn_end_follows_what_was_done_outside_of_the_loop)
{
	struct story story = {.loop = loop_make(CTI_CLOCK_FAKE)};

	cti_loop_on_turn_end(story.loop, story_commit, &story);
	story_write(&story);
	cti_loop_turn(story.loop, 0);
	ck_assert_int_eq(story.committed, 1);
	cti_loop_destroy(story.loop);
}
END_TEST

static void story_write_and_stop(void *arg)
{
	struct story *story = arg;

	story->writes++;
	cti_loop_stop(story->loop);
}

START_TEST(turn_end_follows_the_last_turn_of_a_run)
{
	struct story story = {.loop = loop_make(CTI_CLOCK_REAL)};

	cti_loop_on_turn_end(story.loop, story_commit, &story);
	ck_assert_int_eq(
		cti_loop_post(story.loop, story_write_and_stop, &story), 0);
	cti_loop_run(story.loop);
	ck_assert_int_eq(story.committed, 1);
	cti_loop_destroy(story.loop);
}
END_TEST

START_TEST(turn_end_can_be_removed)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_REAL);
	int ends = 0;

	cti_loop_on_turn_end(loop, count_up, &ends);
	cti_loop_on_turn_end(loop, NULL, NULL);
	cti_loop_turn(loop, 0);
	ck_assert_int_eq(ends, 0);
	cti_loop_destroy(loop);
}
END_TEST

static void story_end_with_defer(void *arg)
{
	struct story *story = arg;

	if (story->writes++ == 0)
		ck_assert_int_eq(
			cti_loop_defer(story->loop, stop_loop, story->loop), 0);
}

START_TEST(what_turn_end_defers_is_not_slept_upon)
{
	struct story story = {.loop = loop_make(CTI_CLOCK_REAL)};

	cti_loop_on_turn_end(story.loop, story_end_with_defer, &story);
	cti_loop_run(story.loop);
	cti_loop_destroy(story.loop);
}
END_TEST

/* Each round of the loop passes the hook: few passes, few rounds. */
START_TEST(idle_loop_does_not_spin)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_REAL);
	struct cti_timer *timer = NULL;
	int ends = 0;

	ck_assert_int_eq(cti_timer_new(&timer, loop, stop_loop, loop), 0);
	cti_loop_on_turn_end(loop, count_up, &ends);
	ck_assert_int_eq(cti_loop_defer(loop, count_up, &ends), 0);
	cti_timer_start(timer, 20);
	cti_loop_run(loop);
	ck_assert_int_le(ends, 10);
	cti_timer_destroy(timer);
	cti_loop_destroy(loop);
}
END_TEST

Suite *suite_loop(void)
{
	Suite *suite = suite_create("loop");
	TCase *tcase = tcase_create("loop");

	tcase_add_test(tcase, run_ends_when_stopped);
	tcase_add_test(tcase, loop_can_run_again);
	tcase_add_test(tcase, destroying_no_loop_is_allowed);
	tcase_add_test(tcase, signals_of_failed_writes_are_ignored);
	tcase_add_test(tcase, turn_without_events_returns);
	tcase_add_test(tcase, turn_does_not_wait_after_something_happened);
	tcase_add_test(tcase, fake_clock_starts_at_its_date);
	tcase_add_test(tcase, fake_clock_moves_only_when_advanced);
	tcase_add_test(tcase, real_clock_only_grows);
	tcase_add_test(tcase, turn_end_follows_what_happened_in_the_turn);
	tcase_add_test(tcase,
		       turn_end_follows_what_was_done_outside_of_the_loop);
	tcase_add_test(tcase, turn_end_follows_the_last_turn_of_a_run);
	tcase_add_test(tcase, turn_end_can_be_removed);
	tcase_add_test(tcase, what_turn_end_defers_is_not_slept_upon);
	tcase_add_test(tcase, idle_loop_does_not_spin);
	suite_add_tcase(suite, tcase);
	return suite;
}
