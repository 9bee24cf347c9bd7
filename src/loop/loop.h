/* SPDX-License-Identifier: Apache-2.0 */
/* loop/loop.h - what the files of this room share */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "cti/loop.h"

/** A function that waits to be run. */
struct task {
	struct task *next;
	cti_loop_fn *fn;
	void *arg;
};

/** First in, first out; all zero is empty. */
struct task_queue {
	struct task *head;
	struct task *tail;
};

struct cti_loop {
	uv_loop_t uv;
	uv_thread_t thread;   /* that made the loop, and alone may use it */
	unsigned int objects; /* timers, polls, signals, connections alive */

	enum cti_clock clock;
	int64_t fake_ms;	       /* virtual monotonic time */
	int64_t fake_jump_ms;	       /* what the wall clock was set by */
	struct cti_timer *fake_timers; /* started ones, in due order */

	cti_loop_fn *turn_end;
	void *turn_end_arg;
	uv_prepare_t prepare;
	uv_timer_t turn_timer;
	bool turning;		/* inside cti_loop_turn() */
	bool happened;		/* a callback ran since the turn began */
	uint64_t busy_since_ns; /* first callback since the last wait, or 0 */
	struct cti_loop_stats stats;

	uv_idle_t idle; /* active only while something is deferred */
	struct task_queue deferred;
	unsigned int works; /* in flight */

	uv_async_t async;
	uv_mutex_t lock; /* guards posted, nothing else */
	struct task_queue posted;
};

/** Called by every exported function but cti_loop_post(). */
static inline void loop_check(const struct cti_loop *loop)
{
	uv_thread_t self = uv_thread_self();

	assert(uv_thread_equal(&self, &loop->thread));
	(void)self; /* both unused without assert */
	(void)loop;
}

/** Called first by every callback that comes from libuv. */
void loop_enter(struct cti_loop *loop);

/** Sets up and takes down what task.c needs in loop; the handles are closed
 * but gone only after the next turn. */
int task_init(struct cti_loop *loop) CTI_NODISCARD;
void task_close(struct cti_loop *loop);
/** Whether something is deferred, posted or in the worker pool. */
bool task_pending(struct cti_loop *loop);
/** Runs what is deferred now; what that defers waits for the next time. */
void task_run_deferred(struct cti_loop *loop);

#endif /* LOOP_LOOP_H */
