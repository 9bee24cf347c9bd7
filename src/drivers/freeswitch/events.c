/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/events.c - what the switch reports, by the event's name */
#include <string.h>

#include "drivers/freeswitch/priv.h"

/* The leg that had this channel called. */
static struct fs_leg *dialer_of(struct cti_driver *drv,
				const struct fs_chan *chan)
{
	struct fs_chan *by = fs_chan_find(drv, chan->by);
	struct fs_leg *leg;

	if (!by)
		return NULL;
	by->dials = true;
	leg = fs_leg_take(drv, by);
	return leg && !leg->inbound ? leg : NULL;
}

/* The caller's variables are those of the calls he rings at. */
static void tell_callees(struct cti_driver *drv, const struct fs_chan *caller,
			 const struct fs_event *ev)
{
	struct fs_leg *leg, *next;

	for (leg = TAILQ_FIRST(&drv->legs); leg; leg = next) {
		const struct fs_chan *chan = fs_chan_find(drv, leg->uuid);

		next = TAILQ_NEXT(leg, link);
		if (leg->told && leg->inbound && chan &&
		    strcmp(chan->by, caller->uuid) == 0)
			fs_leg_say(leg, ev);
	}
}

static void on_create(struct cti_driver *drv, struct fs_chan *chan,
		      const struct fs_event *ev)
{
	struct fs_leg *leg = fs_leg_take(drv, chan);
	struct fs_leg *dialer = dialer_of(drv, chan);

	if (leg && leg->over)
		fs_leg_kill(leg, "NORMAL_CLEARING");
	else if (leg && chan->inbound)
		fs_leg_enter(leg, CTI_CALL_DIALING, ev);
	if (dialer && !dialer->call_id[0] && !dialer->number[0])
		fs_leg_callee(dialer, fs_chan_find(drv, dialer->uuid),
			      chan->dest);
	if (dialer)
		fs_leg_enter(dialer, CTI_CALL_DIALING, NULL);
}

static void on_progress(struct cti_driver *drv, struct fs_chan *chan,
			const struct fs_event *ev)
{
	struct fs_leg *leg = fs_leg_take(drv, chan);
	struct fs_leg *dialer = dialer_of(drv, chan);

	chan->ringing = true;
	if (leg && leg->call_id[0] && !leg->agent_on)
		fs_leg_enter(leg, CTI_CALL_ALERTING, ev);
	else if (leg)
		fs_leg_enter(leg, CTI_CALL_RINGING, ev);
	else
		tell_callees(drv, chan, ev);
	if (dialer)
		fs_leg_enter(dialer, CTI_CALL_RINGING, NULL);
}

static void on_answer(struct cti_driver *drv, struct fs_chan *chan,
		      const struct fs_event *ev)
{
	struct fs_leg *leg = fs_leg_take(drv, chan);

	chan->answered = true;
	if (leg)
		leg->agent_on = true;
	/* It may answer without ringing before. */
	if (leg && leg->inbound)
		fs_leg_enter(leg, CTI_CALL_RINGING, ev);
	else if (leg)
		fs_leg_enter(leg, CTI_CALL_DIALING, ev);
	else
		tell_callees(drv, chan, ev);
	if (chan->with[0])
		fs_joined(drv, chan, ev);
}

static void on_bridge(struct cti_driver *drv, struct fs_chan *chan,
		      const struct fs_event *ev)
{
	(void)chan; /* both are named in the event */
	fs_bridged(drv, ev);
}

static void on_unbridge(struct cti_driver *drv, struct fs_chan *chan,
			const struct fs_event *ev)
{
	(void)chan; /* both are named in the event */
	fs_unbridged(drv, ev);
}

static void hold_seen(struct cti_driver *drv, struct fs_chan *chan, bool on,
		      const struct fs_event *ev)
{
	struct fs_leg *leg = fs_leg_take(drv, chan);

	chan->held = on;
	if (leg && leg->established)
		fs_leg_enter(leg, on ? CTI_CALL_HELD : CTI_CALL_ACTIVE, ev);
}

static void on_hold(struct cti_driver *drv, struct fs_chan *chan,
		    const struct fs_event *ev)
{
	hold_seen(drv, chan, true, ev);
}

static void on_unhold(struct cti_driver *drv, struct fs_chan *chan,
		      const struct fs_event *ev)
{
	hold_seen(drv, chan, false, ev);
}

/* --- ends --- */

/* Why the far end was not reached; one of several that were called at once
 * says nothing. */
static void far_end_gone(struct cti_driver *drv, const struct fs_chan *chan,
			 const struct fs_event *ev)
{
	struct fs_leg *dialer = dialer_of(drv, chan);

	if (dialer && !dialer->established &&
	    !fs_is(ev, "Hangup-Cause", "LOSE_RACE"))
		fs_ending_read(&dialer->far, ev);
}

static void hangup(struct cti_driver *drv, const struct fs_event *ev)
{
	char uuid[ESL_ID_SIZE];
	struct fs_chan *chan, *other;
	struct fs_leg *leg;

	fs_copy_id(uuid, sizeof(uuid), ev, "Unique-ID");
	chan = fs_chan_find(drv, uuid);
	leg = fs_leg_find(drv, uuid);
	if (chan)
		far_end_gone(drv, chan, ev);
	other = chan ? fs_chan_find(drv, chan->with) : NULL;
	if (other && strcmp(other->with, uuid) == 0)
		other->with[0] = '\0';
	if (leg)
		fs_leg_gone(leg, ev);
	if (leg || chan)
		fs_chan_gone(drv, uuid);
}

/* "-ERR USER_BUSY", "-USAGE: …" */
static void dial_failed(struct fs_leg *leg, const char *result)
{
	struct fs_ending how = {
		.device = true,
		.by_us = leg->by_us,
		.timed_out = leg->timed_out,
	};
	char detail[FS_DETAIL_SIZE];
	const char *name = strchr(result, ' ');
	size_t len = name ? strcspn(++name, "\r\n") : 0;

	if (fs_chan_find(leg->drv, leg->uuid)) {
		fs_leg_over(leg); /* its own end follows and says more */
		return;
	}
	if (len >= sizeof(how.name))
		len = sizeof(how.name) - 1;
	if (name)
		memcpy(how.name, name, len);
	fs_chan_gone(leg->drv, leg->uuid);
	fs_leg_end(leg, fs_ending_cause(detail, sizeof(detail), &how), detail);
}

/* The agent answered on another of his phones: that channel is the call now. */
static void dial_moved(struct fs_leg *leg, const char *uuid)
{
	struct cti_driver *drv = leg->drv;
	struct fs_chan *before = fs_chan_find(drv, leg->uuid);
	struct fs_leg *twin = fs_leg_find(drv, uuid);

	if (twin)
		fs_leg_end(twin, CTI_CAUSE_NORMAL, "part of a dial");
	if (before)
		before->over = true;
	else
		fs_chan_gone(drv, leg->uuid);
	memcpy(leg->uuid, uuid, strlen(uuid) + 1);
	leg->agent_on = true;
	fs_leg_enter(leg, CTI_CALL_DIALING, NULL);
	if (leg->over)
		fs_leg_kill(leg, "NORMAL_CLEARING");
}

static void job_done(struct cti_driver *drv, const struct fs_event *ev)
{
	const struct cti_call_ref ref = {.call_id = fs_get(ev, "Job-UUID")};
	struct fs_leg *leg = *ref.call_id ? fs_leg_by_ref(drv, &ref) : NULL;
	const char *result = fs_get(ev, "_body");
	char uuid[ESL_ID_SIZE];
	size_t len;

	if (!leg || !leg->dialed)
		return;
	if (strncmp(result, "+OK ", 4) != 0) {
		dial_failed(leg, result);
		return;
	}
	result += 4;
	len = strcspn(result, "\r\n ");
	if (len >= sizeof(uuid))
		return;
	memcpy(uuid, result, len);
	uuid[len] = '\0';
	if (strcmp(uuid, leg->uuid) != 0 && fs_chan_find(drv, uuid))
		dial_moved(leg, uuid);
}

/* --- dispatch --- */

typedef void chan_fn(struct cti_driver *drv, struct fs_chan *chan,
		     const struct fs_event *ev);

static const struct {
	const char *name;
	chan_fn *chan_fn; /* of a channel, learned where it is not known */
	void (*fn)(struct cti_driver *drv, const struct fs_event *ev);
} handlers[] = {
	{"CHANNEL_CREATE", on_create, NULL},
	{"CHANNEL_PROGRESS", on_progress, NULL},
	{"CHANNEL_PROGRESS_MEDIA", on_progress, NULL},
	{"CHANNEL_ANSWER", on_answer, NULL},
	{"CHANNEL_BRIDGE", on_bridge, NULL},
	{"CHANNEL_UNBRIDGE", on_unbridge, NULL},
	{"CHANNEL_HOLD", on_hold, NULL},
	{"CHANNEL_UNHOLD", on_unhold, NULL},
	{"CHANNEL_HANGUP_COMPLETE", NULL, hangup},
	{"BACKGROUND_JOB", NULL, job_done},
};

static void chan_event(struct cti_driver *drv, const struct fs_event *ev,
		       chan_fn *fn)
{
	struct fs_chan *chan = fs_chan_learn(drv, ev);

	if (chan)
		fn(drv, chan, ev);
}

void fs_on_event(struct cti_driver *drv, const struct fs_event *ev)
{
	const char *name = fs_get(ev, "Event-Name");

	for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
		if (strcmp(name, handlers[i].name) != 0)
			continue;
		if (handlers[i].chan_fn)
			chan_event(drv, ev, handlers[i].chan_fn);
		else
			handlers[i].fn(drv, ev);
		return;
	}
}
