/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/link.c - the control connection: open, alive, lost, back again */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cti/log.h"
#include "drivers/baresip/netstring.h"
#include "drivers/baresip/priv.h"

enum {
	CONNECT_MS = 10000,
	ALIVE_MS = 15000,
	DISPLACED_MS = 2000, /* baresip has one control client; do not fight */
	SETTLED_MS = 60000,  /* a link this old forgets earlier trouble */
	WHY_SIZE = 320,
	DOUBLINGS_MAX = 16,
};

/** 0 to limit_ms, evenly: clients of one server must not come in step. */
static int64_t jitter(int64_t limit_ms)
{
	char id[CTI_ID_SIZE];

	if (limit_ms <= 0)
		return 0;
	cti_id_random(id);
	id[8] = '\0';
	return (int64_t)(strtoul(id, NULL, 16) % ((unsigned long)limit_ms + 1));
}

static int64_t backoff(const struct cti_driver *drv, int64_t first_ms,
		       unsigned times)
{
	unsigned doublings = times < DOUBLINGS_MAX ? times : DOUBLINGS_MAX;
	int64_t pause_ms = first_ms * ((int64_t)1 << doublings);

	return pause_ms < drv->retry_max_ms ? pause_ms : drv->retry_max_ms;
}

static void link_close(struct cti_driver *drv)
{
	if (drv->synced &&
	    cti_loop_mono_ms(drv->host.loop) - drv->synced_ms >= SETTLED_MS)
		drv->displaced = 0;
	cti_tcp_destroy(drv->tcp);
	drv->tcp = NULL;
	drv->open = false;
	drv->synced = false;
	cti_buf_reset(&drv->received);
	cti_timer_stop(drv->alive_timer);
	cti_timer_stop(drv->fail_timer);
	bs_jobs_drop(drv);
}

static void link_down(struct cti_driver *drv, const char *why, int64_t pause_ms)
{
	link_close(drv);
	cti_timer_start(drv->retry_timer, pause_ms);
	drv->host.on_link(drv->host.arg, CTI_LINK_DOWN, why);
}

void bs_link_fail(struct cti_driver *drv, const char *why)
{
	link_down(drv, why,
		  jitter(backoff(drv, drv->retry_min_ms, drv->attempts++)));
}

static void link_displaced(struct cti_driver *drv)
{
	int64_t least_ms = DISPLACED_MS;
	int64_t age_ms = cti_loop_mono_ms(drv->host.loop) - drv->synced_ms;
	int64_t pause_ms;

	if (drv->synced && age_ms >= SETTLED_MS)
		drv->displaced = 0;
	pause_ms = backoff(drv, least_ms, drv->displaced++);
	if (pause_ms < least_ms)
		pause_ms = least_ms;
	link_down(drv,
		  "another program took the control connection, or baresip "
		  "ended",
		  pause_ms + jitter(pause_ms / 2));
}

/* --- The connection --- */

static void on_open(void *arg)
{
	struct cti_driver *drv = arg;
	int err;

	drv->open = true;
	cti_timer_stop(drv->answer_timer);
	cti_timer_start(drv->alive_timer, ALIVE_MS);
	err = bs_sync_begin(drv);
	if (err)
		bs_link_fail(drv, strerror(-err));
}

static void frame_read(struct cti_driver *drv,
		       const struct cti_netstring *frame)
{
	struct cti_ctrl_msg msg;
	int err = cti_ctrl_decode(&msg, frame->text, frame->len);

	if (err) {
		log_warn_errno(err, "baresip: a message is not understood");
		return;
	}
	if (msg.response)
		bs_jobs_answer(drv, &msg);
	else
		bs_event(drv, &msg);
	cti_ctrl_fini(&msg);
}

/** Reads the frames that are complete; a message may end the link. */
static void frames_read(struct cti_driver *drv)
{
	const struct cti_tcp *tcp = drv->tcp;
	struct cti_netstring frame;
	size_t used = 0;
	int err = 0;

	while (drv->tcp == tcp) {
		err = cti_netstring_decode(&frame,
					   cti_buf_text(&drv->received) + used,
					   drv->received.len - used);
		if (err)
			break;
		frame_read(drv, &frame);
		used += frame.used;
	}
	if (drv->tcp != tcp)
		return;
	cti_buf_drop(&drv->received, used);
	if (err != -ENODATA)
		bs_link_fail(drv, "what answers is not baresip's ctrl_tcp");
}

static void on_data(void *arg, const char *data, size_t len)
{
	struct cti_driver *drv = arg;
	int err = cti_buf_add(&drv->received, data, len);

	if (err)
		bs_link_fail(drv, strerror(-err));
	else
		frames_read(drv);
}

static void on_close(void *arg, int err)
{
	struct cti_driver *drv = arg;
	char why[WHY_SIZE];

	if (drv->open && (err == 0 || err == -ECONNRESET)) {
		link_displaced(drv);
		return;
	}
	(void)snprintf(why, sizeof(why), "baresip at %s:%u: %s", drv->host_name,
		       drv->port, err ? strerror(-err) : "closed");
	bs_link_fail(drv, why);
}

static const struct cti_tcp_handler tcp_handler = {
	.on_open = on_open,
	.on_data = on_data,
	.on_close = on_close,
};

static void link_open(void *arg)
{
	struct cti_driver *drv = arg;
	struct cti_tcp_peer peer = {drv->host_name, drv->port};
	int err;

	drv->host.on_link(drv->host.arg, CTI_LINK_CONNECTING, NULL);
	err = cti_tcp_connect(&drv->tcp, drv->host.loop, &peer, &tcp_handler,
			      drv);
	if (err)
		bs_link_fail(drv, strerror(-err));
	else
		cti_timer_start(drv->answer_timer, CONNECT_MS);
}

/** The liveness probe goes out only when nothing else waits for an answer:
 * every command has the same time limit. */
static void alive_ask(void *arg)
{
	struct cti_driver *drv = arg;
	struct bs_job *job;
	int err = 0;

	cti_timer_start(drv->alive_timer, ALIVE_MS);
	if (drv->waiting)
		return;
	err = bs_job_new(&job, drv, BS_JOB_ALIVE, 0);
	if (err)
		goto out;
	err = bs_job_add(job, CTI_CTRL_REGINFO, 0, NULL);
	if (err) {
		bs_job_destroy(job);
		goto out;
	}
	job->last = NULL;
	bs_job_submit(drv, job);
out:
	if (err)
		log_warn_errno(err, "baresip: cannot ask whether it lives");
}

static void answer_missing(void *arg)
{
	struct cti_driver *drv = arg;

	bs_link_fail(drv, drv->open ? "baresip does not answer"
				    : "baresip cannot be connected to");
}

static void write_failed(void *arg)
{
	bs_link_fail(arg, "a command could not be sent");
}

void bs_link_synced(struct cti_driver *drv)
{
	drv->synced = true;
	drv->synced_ms = cti_loop_mono_ms(drv->host.loop);
	drv->attempts = 0;
	drv->host.on_synced(drv->host.arg);
}

/* --- Life cycle --- */

int bs_link_init(struct cti_driver *drv)
{
	const struct {
		struct cti_timer **timerp;
		cti_loop_fn *fn;
	} timers[] = {
		{&drv->retry_timer, link_open},
		{&drv->alive_timer, alive_ask},
		{&drv->answer_timer, answer_missing},
		{&drv->fail_timer, write_failed},
	};
	int err = 0;

	cti_buf_init(&drv->received, 2 * (size_t)CTI_NETSTRING_ROOM);
	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]) && !err; i++)
		err = cti_timer_new(timers[i].timerp, drv->host.loop,
				    timers[i].fn, drv);
	return err;
}

void bs_link_fini(struct cti_driver *drv)
{
	cti_tcp_destroy(drv->tcp);
	drv->tcp = NULL;
	bs_calls_destroy(drv);
	cti_timer_destroy(drv->retry_timer);
	cti_timer_destroy(drv->alive_timer);
	cti_timer_destroy(drv->answer_timer);
	cti_timer_destroy(drv->fail_timer);
	cti_buf_fini(&drv->received);
}

void bs_link_start(struct cti_driver *drv)
{
	cti_timer_start(drv->retry_timer, 0);
}

void bs_link_stop(struct cti_driver *drv)
{
	cti_timer_stop(drv->retry_timer);
	link_close(drv);
	drv->host.on_link(drv->host.arg, CTI_LINK_DOWN, "stopped");
}
