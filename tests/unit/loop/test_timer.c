/* SPDX-License-Identifier: Apache-2.0 */
/* loop/test_timer.c - tests of timers on both clocks */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

enum {
	CLOCKS = 2,
	RINGS_MAX = 8,
};

static const enum cti_clock clocks[CLOCKS] = {CTI_CLOCK_REAL, CTI_CLOCK_FAKE};

/* Who rang when. */
struct diary {
	struct cti_loop *loop;
	int count;
	char names[RINGS_MAX + 1];
	int64_t times_ms[RINGS_MAX];
};

struct alarm {
	struct diary *diary;
	struct cti_timer *timer;
	char name;
	void (*then)(struct alarm *alarm);
	struct alarm *other;
	bool rang;
};

static void alarm_ring(void *arg)
{
	struct alarm *alarm = arg;
	struct diary *diary = alarm->diary;

	ck_assert_int_lt(diary->count, RINGS_MAX);
	diary->names[diary->count] = alarm->name;
	diary->times_ms[diary->count] = cti_loop_mono_ms(diary->loop);
	diary->count++;
	alarm->rang = true;
	if (alarm->then)
		alarm->then(alarm);
}

static void alarm_init(struct alarm *alarm, struct diary *diary, char name)
{
	*alarm = (struct alarm){.diary = diary, .name = name};
	ck_assert_int_eq(
		cti_timer_new(&alarm->timer, diary->loop, alarm_ring, alarm),
		0);
}

static void alarm_fini(struct alarm *alarm)
{
	cti_timer_destroy(alarm->timer);
	alarm->timer = NULL;
}

static void alarm_restart(struct alarm *alarm)
{
	if (alarm->diary->count < 3)
		cti_timer_start(alarm->timer, 10);
}

static void alarm_stop_other(struct alarm *alarm)
{
	cti_timer_stop(alarm->other->timer);
}

static void alarm_destroy_other(struct alarm *alarm)
{
	alarm_fini(alarm->other);
}

START_TEST(fake_timers_fire_in_due_order_at_their_time)
{
	struct diary diary = {.loop = loop_make(CTI_CLOCK_FAKE)};
	struct alarm a, b, c;

	alarm_init(&a, &diary, 'a');
	alarm_init(&b, &diary, 'b');
	alarm_init(&c, &diary, 'c');
	cti_timer_start(a.timer, 300);
	cti_timer_start(b.timer, 100);
	cti_timer_start(c.timer, 200);
	cti_loop_advance(diary.loop, 99);
	ck_assert_str_eq(diary.names, "");
	cti_loop_advance(diary.loop, 1000);
	ck_assert_str_eq(diary.names, "bca");
	ck_assert_int_eq(diary.times_ms[0], 100);
	ck_assert_int_eq(diary.times_ms[1], 200);
	ck_assert_int_eq(diary.times_ms[2], 300);
	ck_assert_int_eq(cti_loop_mono_ms(diary.loop), 1099);
	alarm_fini(&a);
	alarm_fini(&b);
	alarm_fini(&c);
	cti_loop_destroy(diary.loop);
}
END_TEST

START_TEST(fake_timers_due_together_fire_in_order_of_starting)
{
	struct diary diary = {.loop = loop_make(CTI_CLOCK_FAKE)};
	struct alarm a, b, c;

	alarm_init(&a, &diary, 'a');
	alarm_init(&b, &diary, 'b');
	alarm_init(&c, &diary, 'c');
	cti_timer_start(c.timer, 50);
	cti_timer_start(a.timer, 50);
	cti_timer_start(b.timer, 50);
	cti_timer_start(c.timer, 50); /* started again: now the last */
	cti_loop_advance(diary.loop, 50);
	ck_assert_str_eq(diary.names, "abc");
	alarm_fini(&a);
	alarm_fini(&b);
	alarm_fini(&c);
	cti_loop_destroy(diary.loop);
}
END_TEST

START_TEST(fake_timer_does_not_fire_in_a_turn)
{
	struct diary diary = {.loop = loop_make(CTI_CLOCK_FAKE)};
	struct alarm a;

	alarm_init(&a, &diary, 'a');
	cti_timer_start(a.timer, 0);
	cti_loop_turn(diary.loop, 2);
	ck_assert_str_eq(diary.names, "");
	cti_loop_advance(diary.loop, 0);
	ck_assert_str_eq(diary.names, "a");
	alarm_fini(&a);
	cti_loop_destroy(diary.loop);
}
END_TEST

START_TEST(fake_timer_restarted_in_its_callback_fires_in_the_same_advance)
{
	struct diary diary = {.loop = loop_make(CTI_CLOCK_FAKE)};
	struct alarm a;

	alarm_init(&a, &diary, 'a');
	a.then = alarm_restart;
	cti_timer_start(a.timer, 10);
	cti_loop_advance(diary.loop, 100);
	ck_assert_str_eq(diary.names, "aaa");
	ck_assert_int_eq(diary.times_ms[2], 30);
	alarm_fini(&a);
	cti_loop_destroy(diary.loop);
}
END_TEST

static void alarm_deferred(void *arg)
{
	struct alarm *alarm = arg;

	alarm->name = 'd';
	alarm->then = NULL;
	alarm_ring(alarm);
}

static void alarm_defer(struct alarm *alarm)
{
	ck_assert_int_eq(
		cti_loop_defer(alarm->diary->loop, alarm_deferred, alarm), 0);
}

START_TEST(what_a_fake_timer_defers_runs_before_the_next_timer)
{
	struct diary diary = {.loop = loop_make(CTI_CLOCK_FAKE)};
	struct alarm a, b;

	alarm_init(&a, &diary, 'a');
	alarm_init(&b, &diary, 'b');
	a.then = alarm_defer;
	cti_timer_start(a.timer, 10);
	cti_timer_start(b.timer, 20);
	cti_loop_advance(diary.loop, 100);
	ck_assert_str_eq(diary.names, "adb");
	ck_assert_int_eq(diary.times_ms[1], 10);
	alarm_fini(&a);
	alarm_fini(&b);
	cti_loop_destroy(diary.loop);
}
END_TEST

/* Lets all timers of at most 20 ms fire, on whichever clock. */
static void diary_pass(struct diary *diary, enum cti_clock clock,
		       const bool *until)
{
	if (clock == CTI_CLOCK_FAKE)
		cti_loop_advance(diary->loop, 20);
	else
		loop_until(diary->loop, until);
}

START_TEST(timer_fires_once_and_not_early)
{
	struct diary diary = {.loop = loop_make(clocks[_i])};
	struct alarm a;
	int64_t before_ms;

	alarm_init(&a, &diary, 'a');
	ck_assert(!cti_timer_active(a.timer));
	before_ms = cti_loop_mono_ms(diary.loop);
	cti_timer_start(a.timer, 5);
	ck_assert(cti_timer_active(a.timer));
	diary_pass(&diary, clocks[_i], &a.rang);
	ck_assert_str_eq(diary.names, "a");
	ck_assert_int_ge(diary.times_ms[0], before_ms + 5);
	ck_assert(!cti_timer_active(a.timer));
	alarm_fini(&a);
	cti_loop_destroy(diary.loop);
}
END_TEST

START_TEST(stopped_timer_does_not_fire)
{
	struct diary diary = {.loop = loop_make(clocks[_i])};
	struct alarm a, b;

	alarm_init(&a, &diary, 'a');
	alarm_init(&b, &diary, 'b');
	cti_timer_start(a.timer, 1);
	cti_timer_start(b.timer, 3);
	cti_timer_stop(a.timer);
	cti_timer_stop(a.timer);
	ck_assert(!cti_timer_active(a.timer));
	diary_pass(&diary, clocks[_i], &b.rang);
	ck_assert_str_eq(diary.names, "b");
	alarm_fini(&a);
	alarm_fini(&b);
	cti_loop_destroy(diary.loop);
}
END_TEST

START_TEST(negative_delay_fires_as_soon_as_possible)
{
	struct diary diary = {.loop = loop_make(clocks[_i])};
	struct alarm a;

	alarm_init(&a, &diary, 'a');
	cti_timer_start(a.timer, -1000);
	ck_assert_str_eq(diary.names, "");
	diary_pass(&diary, clocks[_i], &a.rang);
	ck_assert_str_eq(diary.names, "a");
	alarm_fini(&a);
	cti_loop_destroy(diary.loop);
}
END_TEST

START_TEST(timer_may_destroy_itself_in_its_callback)
{
	struct diary diary = {.loop = loop_make(clocks[_i])};
	struct alarm a;

	alarm_init(&a, &diary, 'a');
	a.then = alarm_fini;
	cti_timer_start(a.timer, 1);
	diary_pass(&diary, clocks[_i], &a.rang);
	ck_assert_str_eq(diary.names, "a");
	ck_assert_ptr_null(a.timer);
	cti_loop_destroy(diary.loop);
}
END_TEST

START_TEST(timer_may_stop_another_that_is_due)
{
	struct diary diary = {.loop = loop_make(clocks[_i])};
	struct alarm a, b;

	alarm_init(&a, &diary, 'a');
	alarm_init(&b, &diary, 'b');
	a.then = alarm_stop_other;
	a.other = &b;
	cti_timer_start(a.timer, 0);
	cti_timer_start(b.timer, 0);
	diary_pass(&diary, clocks[_i], &a.rang);
	ck_assert_str_eq(diary.names, "a");
	alarm_fini(&a);
	alarm_fini(&b);
	cti_loop_destroy(diary.loop);
}
END_TEST

START_TEST(timer_may_destroy_another_that_is_due)
{
	struct diary diary = {.loop = loop_make(clocks[_i])};
	struct alarm a, b;

	alarm_init(&a, &diary, 'a');
	alarm_init(&b, &diary, 'b');
	a.then = alarm_destroy_other;
	a.other = &b;
	cti_timer_start(a.timer, 0);
	cti_timer_start(b.timer, 0);
	diary_pass(&diary, clocks[_i], &a.rang);
	ck_assert_str_eq(diary.names, "a");
	alarm_fini(&a);
	cti_loop_destroy(diary.loop);
}
END_TEST

START_TEST(running_timer_can_be_destroyed)
{
	struct diary diary = {.loop = loop_make(clocks[_i])};
	struct alarm a;

	alarm_init(&a, &diary, 'a');
	cti_timer_start(a.timer, 60000);
	alarm_fini(&a);
	cti_timer_destroy(NULL);
	cti_loop_destroy(diary.loop);
	ck_assert_str_eq(diary.names, "");
}
END_TEST

Suite *suite_timer(void)
{
	Suite *suite = suite_create("timer");
	TCase *tcase = tcase_create("timer");

	tcase_add_test(tcase, fake_timers_fire_in_due_order_at_their_time);
	tcase_add_test(tcase,
		       fake_timers_due_together_fire_in_order_of_starting);
	tcase_add_test(tcase, fake_timer_does_not_fire_in_a_turn);
	tcase_add_test(
		tcase,
		fake_timer_restarted_in_its_callback_fires_in_the_same_advance);
	tcase_add_test(tcase,
		       what_a_fake_timer_defers_runs_before_the_next_timer);
	tcase_add_loop_test(tcase, timer_fires_once_and_not_early, 0, CLOCKS);
	tcase_add_loop_test(tcase, stopped_timer_does_not_fire, 0, CLOCKS);
	tcase_add_loop_test(tcase, negative_delay_fires_as_soon_as_possible, 0,
			    CLOCKS);
	tcase_add_loop_test(tcase, timer_may_destroy_itself_in_its_callback, 0,
			    CLOCKS);
	tcase_add_loop_test(tcase, timer_may_stop_another_that_is_due, 0,
			    CLOCKS);
	tcase_add_loop_test(tcase, timer_may_destroy_another_that_is_due, 0,
			    CLOCKS);
	tcase_add_loop_test(tcase, running_timer_can_be_destroyed, 0, CLOCKS);
	suite_add_tcase(suite, tcase);
	return suite;
}
