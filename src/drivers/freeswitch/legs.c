/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/legs.c - the agents' calls, their timers and their reports */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cti/log.h"
#include "drivers/freeswitch/priv.h"

enum { GUARD_MS = 10000 }; /* after a hangup the end must be reported */

/* --- dials that may come to life after the core gave them up --- */

void fs_orphan_add(struct cti_driver *drv, const char *uuid)
{
	struct fs_orphan *orphan = &drv->orphan[drv->orphan_at];

	memcpy(orphan->uuid, uuid, strlen(uuid) + 1);
	orphan->until_ms = cti_loop_mono_ms(drv->host.loop) + FS_ORPHAN_MS;
	drv->orphan_at = (drv->orphan_at + 1) % FS_ORPHANS_MAX;
}

static bool orphan_is(const struct cti_driver *drv, const char *uuid)
{
	int64_t now = cti_loop_mono_ms(drv->host.loop);

	for (size_t i = 0; i < FS_ORPHANS_MAX; i++) {
		if (strcmp(drv->orphan[i].uuid, uuid) == 0 &&
		    drv->orphan[i].until_ms > now)
			return true;
	}
	return false;
}

/* --- the end --- */

static void kill_send(struct cti_driver *drv, const char *uuid,
		      const char *cause)
{
	struct esl_api api = {.verb = "uuid_kill", .id = uuid, .rest = cause};
	int err = fs_ask_api(drv, FS_ASK_KILL, &api);

	if (err)
		log_warn_errno(err, "freeswitch: a call cannot be hung up");
}

void fs_leg_over(struct fs_leg *leg)
{
	leg->over = true;
	leg->due = false;
	cti_timer_start(leg->timer, GUARD_MS);
}

void fs_leg_kill(struct fs_leg *leg, const char *cause)
{
	fs_leg_over(leg);
	if (leg->drv->synced || leg->drv->syncing)
		kill_send(leg->drv, leg->uuid, cause);
}

/* The switch never reported the end. */
static void leg_give_up(struct fs_leg *leg)
{
	struct fs_ending how = {
		.inbound = leg->inbound,
		.device = true,
		.established = leg->established,
		.by_us = leg->by_us,
		.timed_out = leg->timed_out,
	};
	struct fs_chan *chan = fs_chan_find(leg->drv, leg->uuid);
	char detail[FS_DETAIL_SIZE];

	if (chan)
		chan->over = true;
	else if (leg->dialed)
		fs_orphan_add(leg->drv, leg->uuid);
	fs_leg_end(leg, fs_ending_cause(detail, sizeof(detail), &how),
		   "FreeSWITCH did not report the end");
}

/** Is somebody being called who may still answer? */
static bool leg_is_waiting(const struct fs_leg *leg)
{
	const struct fs_chan *chan;

	if (!leg->agent_on)
		return true;
	TAILQ_FOREACH(chan, &leg->drv->chans, link)
	{
		if (strcmp(chan->by, leg->uuid) == 0)
			return true;
	}
	return false;
}

static void leg_timer(void *arg)
{
	struct fs_leg *leg = arg;

	if (!leg->drv->synced) {
		/* Who has answered meanwhile, the next sync tells; it asks
		 * again for an end, too. */
		leg->due = !leg->over;
	} else if (leg->over) {
		leg_give_up(leg);
	} else if (leg_is_waiting(leg)) {
		leg->timed_out = true;
		fs_leg_kill(leg, "NO_ANSWER");
	} else {
		/* The dialplan itself took it: an announcement, a mailbox. */
		fs_leg_enter(leg, CTI_CALL_ACTIVE, NULL);
	}
}

void fs_legs_due(struct cti_driver *drv)
{
	struct fs_leg *leg, *next;

	for (leg = TAILQ_FIRST(&drv->legs); leg; leg = next) {
		next = TAILQ_NEXT(leg, link);
		if (!leg->due)
			continue;
		leg->due = false;
		leg_timer(leg);
	}
}

void fs_leg_settle(struct fs_leg *leg)
{
	leg->established = true;
	leg->due = false;
	if (!leg->over)
		cti_timer_stop(leg->timer);
}

/* --- life --- */

int fs_leg_new(struct fs_leg **legp, struct cti_driver *drv, const char *uuid)
{
	struct fs_leg *leg = calloc(1, sizeof(*leg));
	int err;

	if (!leg)
		return -ENOMEM;
	err = cti_timer_new(&leg->timer, drv->host.loop, leg_timer, leg);
	if (err) {
		free(leg);
		return err;
	}
	leg->drv = drv;
	memcpy(leg->ref, uuid, strlen(uuid) + 1);
	memcpy(leg->uuid, uuid, strlen(uuid) + 1);
	leg->state = CTI_CALL_QUEUED;
	leg->seen = true;
	TAILQ_INSERT_TAIL(&drv->legs, leg, link);
	*legp = leg;
	return 0;
}

void fs_leg_destroy(struct fs_leg *leg)
{
	if (!leg)
		return;
	TAILQ_REMOVE(&leg->drv->legs, leg, link);
	cti_timer_destroy(leg->timer);
	free(leg);
}

void fs_legs_destroy(struct cti_driver *drv)
{
	while (!TAILQ_EMPTY(&drv->legs))
		fs_leg_destroy(TAILQ_FIRST(&drv->legs));
}

struct fs_leg *fs_leg_find(const struct cti_driver *drv, const char *uuid)
{
	struct fs_leg *leg;

	TAILQ_FOREACH(leg, &drv->legs, link)
	{
		if (strcmp(leg->uuid, uuid) == 0)
			return leg;
	}
	return NULL;
}

struct fs_leg *fs_leg_by_ref(const struct cti_driver *drv,
			     const struct cti_call_ref *ref)
{
	struct fs_leg *leg;

	TAILQ_FOREACH(leg, &drv->legs, link)
	{
		if (ref->leg_ref && strcmp(leg->ref, ref->leg_ref) == 0)
			return leg;
		if (ref->call_id && strcmp(leg->call_id, ref->call_id) == 0)
			return leg;
	}
	return NULL;
}

/* A channel the switch called for nobody is someone's dial; it is a call only
 * once it has the far end called: before, it may be another phone of the agent
 * that rings for a dial of ours. */
static bool is_call(const struct fs_chan *chan)
{
	return chan->inbound || chan->by[0] || chan->with[0] || chan->dials;
}

static void leg_describe(struct fs_leg *leg, const struct fs_chan *chan)
{
	leg->device = chan->device;
	leg->inbound = !chan->inbound && chan->by[0];
	if (leg->inbound) {
		leg->state = CTI_CALL_RINGING;
		fs_leg_caller(leg, chan);
		return;
	}
	/* Who has another one called is there himself. */
	leg->agent_on = chan->inbound || chan->answered || chan->dials;
	leg->state = leg->agent_on ? CTI_CALL_DIALING : CTI_CALL_QUEUED;
	if (cti_id_is_hex(chan->uuid))
		memcpy(leg->call_id, chan->uuid, CTI_ID_LEN + 1);
	else if (chan->inbound)
		fs_leg_callee(leg, chan, chan->dest);
}

struct fs_leg *fs_leg_take(struct cti_driver *drv, struct fs_chan *chan)
{
	const struct cti_call_ref ref = {.leg_ref = chan->uuid};
	struct fs_leg *leg = fs_leg_find(drv, chan->uuid);

	if (leg || !chan->device || chan->over)
		return leg;
	if (fs_leg_by_ref(drv, &ref))
		return NULL; /* the call moved on to another phone */
	if (orphan_is(drv, chan->uuid)) {
		kill_send(drv, chan->uuid, "ORIGINATOR_CANCEL");
		return NULL;
	}
	if (!is_call(chan) && !cti_id_is_hex(chan->uuid))
		return NULL;
	if (fs_leg_new(&leg, drv, chan->uuid)) {
		log_warn("freeswitch: no memory for a call");
		return NULL;
	}
	leg_describe(leg, chan);
	return leg;
}

/* --- reports --- */

static const char *text_or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static void leg_event(struct fs_leg *leg, struct cti_call_event *ev)
{
	const struct cti_driver *drv = leg->drv;

	ev->call_id = text_or_null(leg->call_id);
	ev->leg_ref = leg->ref;
	ev->first_ref = text_or_null(leg->first);
	ev->first_id = cti_id_is_hex(leg->first) ? leg->first : NULL;
	ev->kind = leg->kind;
	ev->inbound = leg->inbound;
	ev->withheld = leg->withheld;
	ev->device = leg->device;
	if (!leg->call_id[0]) {
		ev->number = leg->withheld ? NULL : text_or_null(leg->number);
		ev->name = leg->withheld ? NULL : text_or_null(leg->name);
		ev->dnis = text_or_null(leg->dnis);
	}
	leg->told = true;
	drv->host.on_event(drv->host.arg, ev);
}

void fs_leg_say(struct fs_leg *leg, const struct fs_event *ev)
{
	struct cti_attached attached[FS_ATTACHED_MAX];
	struct cti_call_event event = {
		.state = leg->state,
		.attached = attached,
		.nattached = ev ? fs_attached(attached, ev) : 0,
	};

	leg_event(leg, &event);
}

void fs_leg_enter(struct fs_leg *leg, enum cti_call_state state,
		  const struct fs_event *ev)
{
	bool back = state < leg->state &&
		    !(leg->state == CTI_CALL_HELD && state == CTI_CALL_ACTIVE);

	if (back || (state == leg->state && leg->told))
		return;
	leg->state = state;
	if (!leg->established &&
	    (state == CTI_CALL_ACTIVE || state == CTI_CALL_HELD))
		fs_leg_settle(leg);
	fs_leg_say(leg, ev);
}

/* A phone that never rang is no call of its agent. */
void fs_leg_end(struct fs_leg *leg, enum cti_cause cause, const char *detail)
{
	struct cti_call_event event = {
		.state = CTI_CALL_ENDED,
		.cause = cause,
		.cause_detail = detail,
	};
	bool say = leg->told || leg->dialed;

	/* From here on no such call, also for what the core does now. */
	TAILQ_REMOVE(&leg->drv->legs, leg, link);
	if (say)
		leg_event(leg, &event);
	cti_timer_destroy(leg->timer);
	free(leg);
}

static void ending_describe(struct fs_ending *how, const struct fs_leg *leg,
			    const struct fs_event *ev)
{
	const struct fs_chan *chan = fs_chan_find(leg->drv, leg->uuid);
	const struct fs_chan *caller =
		chan ? fs_chan_find(leg->drv, chan->by) : NULL;

	fs_ending_read(how, ev);
	how->agent_left =
		!leg->inbound && leg->agent_on &&
		fs_is(ev, "variable_sip_hangup_disposition", "recv_bye");
	if (!leg->inbound && leg->agent_on && leg->far.name[0] &&
	    !how->agent_left)
		*how = leg->far;
	how->inbound = leg->inbound;
	how->device = leg->inbound || !leg->agent_on;
	how->established = leg->established;
	how->by_us = leg->by_us;
	how->timed_out = leg->timed_out;
	how->taken = caller && caller->with[0];
}

void fs_leg_gone(struct fs_leg *leg, const struct fs_event *ev)
{
	struct fs_ending how = {0};
	char detail[FS_DETAIL_SIZE];
	enum cti_cause cause;

	ending_describe(&how, leg, ev);
	/* The agent answered on another of his phones; the job's result says
	 * which. */
	if (leg->dialed && !leg->agent_on && !leg->over &&
	    strcmp(how.name, "LOSE_RACE") == 0)
		return;
	cause = fs_ending_cause(detail, sizeof(detail), &how);
	if (leg->moved)
		(void)snprintf(detail, sizeof(detail), "transferred");
	fs_leg_end(leg, cause, detail);
}
