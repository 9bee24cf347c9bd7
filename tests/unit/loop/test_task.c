/* SPDX-License-Identifier: Apache-2.0 */
/* loop/test_task.c - tests of defer, post and work */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

enum {
	THREADS = 4,
	POSTS = 1000,
};

struct trace {
	struct cti_loop *loop;
	char text[16];
};

static void trace_add(struct trace *trace, char letter)
{
	size_t len = strlen(trace->text);

	ck_assert_uint_lt(len, sizeof(trace->text) - 1);
	trace->text[len] = letter;
}

static void trace_b(void *arg)
{
	trace_add(arg, 'b');
}

static void trace_c(void *arg)
{
	trace_add(arg, 'c');
}

static void trace_a_defers_c(void *arg)
{
	struct trace *trace = arg;

	trace_add(trace, 'a');
	ck_assert_int_eq(cti_loop_defer(trace->loop, trace_c, trace), 0);
}

START_TEST(deferred_run_in_order_and_not_at_once)
{
	struct trace trace = {.loop = loop_make(CTI_CLOCK_REAL)};

	ck_assert_int_eq(cti_loop_defer(trace.loop, trace_a_defers_c, &trace),
			 0);
	ck_assert_int_eq(cti_loop_defer(trace.loop, trace_b, &trace), 0);
	ck_assert_str_eq(trace.text, "");
	cti_loop_turn(trace.loop, 0);
	ck_assert_str_eq(trace.text, "ab");
	cti_loop_turn(trace.loop, 0);
	ck_assert_str_eq(trace.text, "abc");
	cti_loop_turn(trace.loop, 0);
	ck_assert_str_eq(trace.text, "abc");
	cti_loop_destroy(trace.loop);
}
END_TEST

START_TEST(destroy_runs_what_was_deferred_and_posted)
{
	struct trace trace = {.loop = loop_make(CTI_CLOCK_FAKE)};

	ck_assert_int_eq(cti_loop_post(trace.loop, trace_b, &trace), 0);
	ck_assert_int_eq(cti_loop_defer(trace.loop, trace_a_defers_c, &trace),
			 0);
	cti_loop_destroy(trace.loop);
	ck_assert_uint_eq(strlen(trace.text), 3);
	ck_assert_ptr_nonnull(strchr(trace.text, 'b'));
	ck_assert_ptr_nonnull(strchr(trace.text, 'c'));
}
END_TEST

struct poster {
	struct cti_loop *loop;
	int *sum; /* of all posters; the loop thread's */
	int last; /* the loop thread's */
	bool shuffled;
	pthread_t thread;
};

struct parcel {
	struct poster *poster;
	int number;
};

static void parcel_arrives(void *arg)
{
	struct parcel *parcel = arg;
	struct poster *poster = parcel->poster;

	if (parcel->number != poster->last + 1)
		poster->shuffled = true;
	poster->last = parcel->number;
	++*poster->sum;
	free(parcel);
}

static void *poster_run(void *arg)
{
	struct poster *poster = arg;

	for (int i = 1; i <= POSTS; i++) {
		struct parcel *parcel = malloc(sizeof(*parcel));

		if (!parcel)
			return arg;
		*parcel = (struct parcel){.poster = poster, .number = i};
		if (cti_loop_post(poster->loop, parcel_arrives, parcel))
			return arg;
	}
	return NULL;
}

START_TEST(posts_of_other_threads_arrive_in_order)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_REAL);
	struct poster posters[THREADS] = {0};
	int sum = 0;

	for (int i = 0; i < THREADS; i++) {
		posters[i] = (struct poster){.loop = loop, .sum = &sum};
		ck_assert_int_eq(pthread_create(&posters[i].thread, NULL,
						poster_run, &posters[i]),
				 0);
	}
	for (int idle = 0; idle < 2 && sum < THREADS * POSTS; idle++) {
		int before = sum;

		cti_loop_turn(loop, 1000);
		if (sum != before)
			idle = -1;
	}
	for (int i = 0; i < THREADS; i++) {
		void *failed = NULL;

		ck_assert_int_eq(pthread_join(posters[i].thread, &failed), 0);
		ck_assert_ptr_null(failed);
		ck_assert(!posters[i].shuffled);
	}
	ck_assert_int_eq(sum, THREADS * POSTS);
	cti_loop_destroy(loop);
}
END_TEST

struct job {
	pthread_t worker;
	int squared;
	int number;
	bool done;
};

static void job_work(void *arg)
{
	struct job *job = arg;

	job->worker = pthread_self();
	job->squared = job->number * job->number;
}

static void job_done(void *arg)
{
	struct job *job = arg;

	job->done = true;
}

START_TEST(work_runs_elsewhere_and_ends_on_the_loop)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_FAKE);
	struct job job = {.number = 12};

	ck_assert_int_eq(cti_loop_work(loop, job_work, job_done, &job), 0);
	ck_assert(!job.done);
	loop_until(loop, &job.done);
	ck_assert_int_eq(job.squared, 144);
	ck_assert(!pthread_equal(job.worker, pthread_self()));
	cti_loop_destroy(loop);
}
END_TEST

START_TEST(destroy_waits_for_work)
{
	struct cti_loop *loop = loop_make(CTI_CLOCK_REAL);
	struct job job = {.number = 3};

	ck_assert_int_eq(cti_loop_work(loop, job_work, job_done, &job), 0);
	cti_loop_destroy(loop);
	ck_assert(job.done);
	ck_assert_int_eq(job.squared, 9);
}
END_TEST

Suite *suite_task(void)
{
	Suite *suite = suite_create("task");
	TCase *tcase = tcase_create("task");

	tcase_add_test(tcase, deferred_run_in_order_and_not_at_once);
	tcase_add_test(tcase, destroy_runs_what_was_deferred_and_posted);
	tcase_add_test(tcase, posts_of_other_threads_arrive_in_order);
	tcase_add_test(tcase, work_runs_elsewhere_and_ends_on_the_loop);
	tcase_add_test(tcase, destroy_waits_for_work);
	suite_add_tcase(suite, tcase);
	return suite;
}
