/* SPDX-License-Identifier: Apache-2.0 */
/* loop/timer.c - timers: libuv's on the real clock, a list on the fake one */
#include <errno.h>
#include <stdlib.h>

#include "loop/loop.h"

struct cti_timer {
	uv_timer_t uv; /* real clock only */
	struct cti_loop *loop;
	cti_loop_fn *fn;
	void *arg;

	/* fake clock only */
	bool listed;
	int64_t due_ms;
	struct cti_timer *next;
};

static bool timer_fake(const struct cti_timer *timer)
{
	return timer->loop->clock == CTI_CLOCK_FAKE;
}

static void timer_unlist(struct cti_timer *timer)
{
	struct cti_timer **linkp = &timer->loop->fake_timers;

	if (!timer->listed)
		return;
	while (*linkp != timer)
		linkp = &(*linkp)->next;
	*linkp = timer->next;
	timer->next = NULL;
	timer->listed = false;
}

/* Behind those of the same time: they were started earlier. */
static void timer_list(struct cti_timer *timer)
{
	struct cti_timer **linkp = &timer->loop->fake_timers;

	while (*linkp && (*linkp)->due_ms <= timer->due_ms)
		linkp = &(*linkp)->next;
	timer->next = *linkp;
	*linkp = timer;
	timer->listed = true;
}

static void timer_on_uv(uv_timer_t *uv)
{
	struct cti_timer *timer = uv->data;

	loop_enter(timer->loop);
	timer->fn(timer->arg);
}

static void timer_on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

int cti_timer_new(struct cti_timer **timerp, struct cti_loop *loop,
		  cti_loop_fn *fn, void *arg)
{
	struct cti_timer *timer;

	loop_check(loop);
	timer = calloc(1, sizeof(*timer));
	if (!timer)
		return -ENOMEM;
	timer->loop = loop;
	timer->fn = fn;
	timer->arg = arg;
	if (!timer_fake(timer))
		(void)uv_timer_init(&loop->uv, &timer->uv); /* cannot fail */
	timer->uv.data = timer;
	loop->objects++;
	*timerp = timer;
	return 0;
}

/* libuv counts from its own, older reading of a coarser clock; counted from
 * there, a timer would fire before cti_loop_mono_ms() shows its time. */
static void timer_start_uv(struct cti_timer *timer, int64_t ms)
{
	int64_t due_ms = cti_loop_mono_ms(timer->loop) + ms;

	uv_update_time(&timer->loop->uv);
	int64_t wait_ms = due_ms - (int64_t)uv_now(&timer->loop->uv);

	(void)uv_timer_start(&timer->uv, timer_on_uv,
			     wait_ms > 0 ? (uint64_t)wait_ms : 0, 0);
}

void cti_timer_start(struct cti_timer *timer, int64_t ms)
{
	loop_check(timer->loop);
	if (ms < 0)
		ms = 0;
	if (!timer_fake(timer)) {
		timer_start_uv(timer, ms);
		return;
	}
	timer_unlist(timer);
	timer->due_ms = timer->loop->fake_ms + ms;
	timer_list(timer);
}

void cti_timer_stop(struct cti_timer *timer)
{
	loop_check(timer->loop);
	if (timer_fake(timer))
		timer_unlist(timer);
	else
		(void)uv_timer_stop(&timer->uv); /* cannot fail */
}

bool cti_timer_active(const struct cti_timer *timer)
{
	loop_check(timer->loop);
	if (timer_fake(timer))
		return timer->listed;
	return uv_is_active((const uv_handle_t *)&timer->uv);
}

void cti_timer_destroy(struct cti_timer *timer)
{
	if (!timer)
		return;
	loop_check(timer->loop);
	timer->loop->objects--;
	if (timer_fake(timer)) {
		timer_unlist(timer);
		free(timer);
		return;
	}
	uv_close((uv_handle_t *)&timer->uv, timer_on_closed);
}

void cti_loop_advance(struct cti_loop *loop, int64_t ms)
{
	int64_t end_ms = loop->fake_ms + ms;

	loop_check(loop);
	assert(loop->clock == CTI_CLOCK_FAKE && ms >= 0);
	while (loop->fake_timers && loop->fake_timers->due_ms <= end_ms) {
		struct cti_timer *timer = loop->fake_timers;

		loop->fake_ms = timer->due_ms;
		timer_unlist(timer);
		timer->fn(timer->arg);
		task_run_deferred(loop);
	}
	loop->fake_ms = end_ms;
}
