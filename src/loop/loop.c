/* SPDX-License-Identifier: Apache-2.0 */
/* loop/loop.c - the loop itself: turns, both clocks, start and end */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "cti/log.h"
#include "loop/loop.h"

enum {
	SLOW_TURN_MS = 50,
	NS_PER_MS = 1000000,
};

/* 2026-11-22T06:30:00.000Z */
static const int64_t fake_wall_start_ms = INT64_C(1795329000000);

static void loop_log_slow(struct cti_loop *loop)
{
	if (!loop->busy_since_ns)
		return;
	uint64_t ms = (uv_hrtime() - loop->busy_since_ns) / NS_PER_MS;

	loop->busy_since_ns = 0;
	if (ms <= SLOW_TURN_MS || loop->clock != CTI_CLOCK_REAL)
		return;
	loop->stats.slow_turns++;
	loop->stats.slow_ms = (int64_t)ms;
	loop->stats.slow_at_ms = cti_loop_mono_ms(loop);
	log_warn("loop: a turn took %llu ms", (unsigned long long)ms);
}

void cti_loop_stats(const struct cti_loop *loop, struct cti_loop_stats *out)
{
	loop_check(loop);
	*out = loop->stats;
}

static void loop_end_turn(struct cti_loop *loop)
{
	if (loop->turn_end)
		loop->turn_end(loop->turn_end_arg);
	loop_log_slow(loop);
}

/* libuv prepares right before it waits, after all other callbacks: what they
 * left to do for the end of the turn is never slept upon. */
static void loop_on_prepare(uv_prepare_t *prepare)
{
	struct cti_loop *loop = prepare->data;

	loop_end_turn(loop);
	if (loop->turning && loop->happened)
		uv_stop(&loop->uv); /* so that this turn does not wait */
}

static void loop_on_turn_timer(uv_timer_t *timer)
{
	(void)timer; /* it only bounds the wait */
}

void loop_enter(struct cti_loop *loop)
{
	loop->happened = true;
	if (!loop->busy_since_ns)
		loop->busy_since_ns = uv_hrtime();
}

/* A peer that went away, or a file that may not grow, is an error of the write,
 * not the end of us. */
static int loop_ignore_signals(void)
{
	struct sigaction action = {.sa_handler = SIG_IGN};

	if (sigaction(SIGPIPE, &action, NULL) ||
	    sigaction(SIGXFSZ, &action, NULL))
		return -errno;
	return 0;
}

static int loop_init(struct cti_loop *loop)
{
	int err = task_init(loop);

	if (err)
		return err;
	/* These cannot fail. */
	(void)uv_timer_init(&loop->uv, &loop->turn_timer);
	(void)uv_prepare_init(&loop->uv, &loop->prepare);
	(void)uv_prepare_start(&loop->prepare, loop_on_prepare);
	loop->prepare.data = loop;
	return 0;
}

int cti_loop_new(struct cti_loop **loopp, enum cti_clock clock)
{
	struct cti_loop *loop = calloc(1, sizeof(*loop));
	int err;

	if (!loop)
		return -ENOMEM;
	loop->clock = clock;
	loop->thread = uv_thread_self();

	err = loop_ignore_signals();
	if (err)
		goto out;
	err = uv_loop_init(&loop->uv);
	if (err)
		goto out;
	err = loop_init(loop);
	if (err) {
		(void)uv_loop_close(&loop->uv); /* it has no handle yet */
		goto out;
	}

	*loopp = loop;
	loop = NULL; /* now owned by the caller */
out:
	free(loop);
	return err;
}

void cti_loop_destroy(struct cti_loop *loop)
{
	if (!loop)
		return;
	loop_check(loop);
	while (task_pending(loop))
		(void)uv_run(&loop->uv, UV_RUN_ONCE);
	assert(loop->objects == 0);

	task_close(loop);
	uv_close((uv_handle_t *)&loop->turn_timer, NULL);
	uv_close((uv_handle_t *)&loop->prepare, NULL);
	while (uv_loop_close(&loop->uv) == UV_EBUSY)
		(void)uv_run(&loop->uv, UV_RUN_ONCE);
	uv_mutex_destroy(&loop->lock);
	free(loop);
}

void cti_loop_run(struct cti_loop *loop)
{
	loop_check(loop);
	(void)uv_run(&loop->uv, UV_RUN_DEFAULT);
	loop_end_turn(loop);
}

void cti_loop_stop(struct cti_loop *loop)
{
	loop_check(loop);
	uv_stop(&loop->uv);
}

void cti_loop_turn(struct cti_loop *loop, uint32_t max_ms)
{
	loop_check(loop);
	assert(!loop->turning);
	loop->turning = true;
	loop->happened = false;
	if (max_ms) {
		uv_update_time(&loop->uv);
		/* Repeating: uv_run() runs timers before it polls, and one
		 * shot that is due by then would leave the poll endless. */
		(void)uv_timer_start(&loop->turn_timer, loop_on_turn_timer,
				     max_ms, max_ms);
	}
	(void)uv_run(&loop->uv, max_ms ? UV_RUN_ONCE : UV_RUN_NOWAIT);
	(void)uv_timer_stop(&loop->turn_timer);
	loop_end_turn(loop);
	loop->turning = false;
}

int64_t cti_loop_mono_ms(const struct cti_loop *loop)
{
	loop_check(loop);
	if (loop->clock == CTI_CLOCK_FAKE)
		return loop->fake_ms;
	return (int64_t)(uv_hrtime() / NS_PER_MS);
}

int64_t cti_loop_wall_ms(const struct cti_loop *loop)
{
	struct timespec now = {0};

	loop_check(loop);
	if (loop->clock == CTI_CLOCK_FAKE)
		return fake_wall_start_ms + loop->fake_ms + loop->fake_jump_ms;
	(void)clock_gettime(CLOCK_REALTIME, &now); /* this clock always is */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / NS_PER_MS;
}

void cti_loop_jump(struct cti_loop *loop, int64_t ms)
{
	loop_check(loop);
	assert(loop->clock == CTI_CLOCK_FAKE);
	loop->fake_jump_ms += ms;
}

void cti_loop_on_turn_end(struct cti_loop *loop, cti_loop_fn *fn, void *arg)
{
	loop_check(loop);
	loop->turn_end = fn;
	loop->turn_end_arg = arg;
}
