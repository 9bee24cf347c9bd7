/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/link.c - the control connection: open, alive, lost, back again */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cti/conf.h"
#include "cti/log.h"
#include "drivers/baresip/netstring.h"
#include "drivers/baresip/priv.h"

enum {
	ALIVE_MS = 15000,
	DISPLACED_MS = 2000, /* baresip has one control client; do not fight */
	SETTLED_MS = 60000,  /* a link this old forgets earlier trouble */
};

/* --- Its end --- */

static void sync_forget(struct cti_driver *drv)
{
	int64_t age_ms = cti_loop_mono_ms(drv->host.loop) - drv->synced_ms;

	if (drv->synced && age_ms >= SETTLED_MS)
		drv->displaced = 0;
	drv->synced = false;
}

static void on_closed(struct cti_driver *drv)
{
	sync_forget(drv);
	cti_buf_reset(&drv->received);
	cti_timer_stop(drv->alive_timer);
	bs_jobs_drop(drv);
}

static void link_displaced(struct cti_driver *drv)
{
	int64_t pause_ms = DISPLACED_MS;

	sync_forget(drv);
	pause_ms <<= drv->displaced;
	if (pause_ms < drv->displaced_max_ms)
		drv->displaced++;
	else if (drv->displaced_max_ms > DISPLACED_MS)
		pause_ms = drv->displaced_max_ms;
	else
		pause_ms = DISPLACED_MS;
	cti_wire_lost_for(drv->wire,
			  "another program took the control connection, or "
			  "baresip ended",
			  pause_ms + cti_wire_jitter(pause_ms / 2));
}

static void on_end(struct cti_driver *drv, int err)
{
	if (err == 0 || err == -ECONNRESET)
		link_displaced(drv);
}

/* --- What comes --- */

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
	struct cti_netstring frame;
	size_t used = 0;
	int err = 0;

	while (cti_wire_is_open(drv->wire)) {
		err = cti_netstring_decode(&frame,
					   cti_buf_text(&drv->received) + used,
					   drv->received.len - used);
		if (err)
			break;
		frame_read(drv, &frame);
		used += frame.used;
	}
	if (!cti_wire_is_open(drv->wire))
		return;
	cti_buf_drop(&drv->received, used);
	if (err != -ENODATA)
		cti_wire_lost(drv->wire,
			      "what answers is not baresip's ctrl_tcp");
}

static void on_data(struct cti_driver *drv, const char *data, size_t len)
{
	int err = cti_buf_add(&drv->received, data, len);

	if (err)
		cti_wire_lost(drv->wire, strerror(-err));
	else
		frames_read(drv);
}

/* --- Alive --- */

static int on_open(struct cti_driver *drv)
{
	cti_timer_start(drv->alive_timer, ALIVE_MS);
	return bs_sync_begin(drv);
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

void bs_link_synced(struct cti_driver *drv)
{
	drv->synced = true;
	drv->synced_ms = cti_loop_mono_ms(drv->host.loop);
	cti_wire_settled(drv->wire);
	drv->host.on_synced(drv->host.arg);
}

/* --- Life cycle --- */

static const struct cti_wire_handler link_wire = {
	.on_open = on_open,
	.on_data = on_data,
	.on_closed = on_closed,
	.on_end = on_end,
};

/** "host:4444", "[::1]:4444". */
static int wire_make(struct cti_driver *drv, const char *control)
{
	char host[CTI_WIRE_HOST_SIZE];
	const char *colon = strrchr(control, ':');
	size_t len = colon ? (size_t)(colon - control) : 0;
	unsigned long port = colon ? strtoul(colon + 1, NULL, 10) : 0;
	struct cti_wire_peer peer = {"baresip", host, (uint16_t)port};

	if (len >= sizeof(host) || port == 0 || port > UINT16_MAX)
		return -EINVAL;
	memcpy(host, control, len);
	host[len] = '\0';
	return cti_wire_new(&drv->wire, drv, &drv->host, &peer, &link_wire);
}

int bs_link_init(struct cti_driver *drv, const struct cti_conf *conf)
{
	int err = wire_make(drv, cti_conf_str(conf, "baresip.control"));

	if (err)
		return err;
	cti_wire_pauses(drv->wire, conf);
	cti_buf_init(&drv->received, 2 * (size_t)CTI_NETSTRING_ROOM);
	drv->displaced_max_ms =
		cti_conf_int(conf, "telephony.reconnect_max_ms");
	return cti_timer_new(&drv->alive_timer, drv->host.loop, alive_ask, drv);
}

void bs_link_fini(struct cti_driver *drv)
{
	cti_wire_destroy(drv->wire);
	bs_calls_destroy(drv);
	cti_timer_destroy(drv->alive_timer);
	cti_buf_fini(&drv->received);
}
