/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/sync.c - which channels the switch has, after link-up */
#include <errno.h>
#include <string.h>

#include "cti/log.h"
#include "drivers/freeswitch/priv.h"

enum { LOOKS_MAX = 64 }; /* under way at once */

/* A dial under way has no channel yet. */
int fs_sync_begin(struct cti_driver *drv)
{
	struct fs_chan *chan;
	struct fs_leg *leg;

	TAILQ_FOREACH(chan, &drv->chans, link)
	chan->seen = chan->look = chan->looked = false;
	TAILQ_FOREACH(leg, &drv->legs, link)
	leg->seen = drv->synced && leg->dialed && !fs_chan_find(drv, leg->uuid);
	drv->syncing = true;
	drv->nlooks = 0;
	return fs_ask_plain(drv, FS_ASK_CHANNELS, "api show channels as json");
}

/* --- what became of it --- */

/* Where looking gave nothing: who answered in the same call. */
static struct fs_chan *guess_partner(struct cti_driver *drv,
				     const struct fs_chan *chan)
{
	struct fs_chan *other = fs_chan_find(drv, chan->by);

	if (other || !chan->answered)
		return chan->answered ? other : NULL;
	TAILQ_FOREACH(other, &drv->chans, link)
	{
		if (other->answered && strcmp(other->by, chan->uuid) == 0)
			return other;
	}
	return NULL;
}

static bool far_end_rings(struct cti_driver *drv, const struct fs_chan *chan)
{
	const struct fs_chan *other;

	TAILQ_FOREACH(other, &drv->chans, link)
	{
		if (strcmp(other->by, chan->uuid) == 0 && other->ringing)
			return true;
	}
	return false;
}

static enum cti_call_state place(struct cti_driver *drv,
				 const struct fs_leg *leg,
				 const struct fs_chan *chan)
{
	const struct fs_chan *other = fs_chan_find(drv, chan->with);

	if (leg->established || (other && fs_leg_talks(leg, chan, other)))
		return chan->held ? CTI_CALL_HELD : CTI_CALL_ACTIVE;
	if (leg->inbound)
		return CTI_CALL_RINGING;
	if (other || far_end_rings(drv, chan))
		return CTI_CALL_RINGING;
	if (chan->answered || chan->inbound)
		return CTI_CALL_DIALING;
	return chan->ringing ? CTI_CALL_ALERTING : CTI_CALL_QUEUED;
}

static void announce(struct cti_driver *drv, struct fs_leg *leg,
		     struct fs_chan *chan)
{
	struct fs_chan *other = fs_chan_find(drv, chan->with);
	bool rings = chan->ringing || chan->answered;

	leg->seen = true;
	leg->missed = 0;
	leg->state = place(drv, leg, chan);
	leg->agent_on = leg->agent_on || chan->answered;
	if (leg->state >= CTI_CALL_ACTIVE) {
		/* Answered just before the ring time's end got there. */
		if (leg->timed_out && !leg->by_us)
			leg->over = leg->timed_out = false;
		fs_leg_settle(leg);
	}
	if (other && !other->first[0])
		memcpy(other->first, leg->uuid, sizeof(other->first));
	if (!leg->inbound || rings || leg->told)
		fs_leg_say(leg, NULL);
	if (leg->over)
		fs_leg_kill(leg, "NORMAL_CLEARING");
}

static void announce_all(struct cti_driver *drv)
{
	struct fs_chan *chan;

	TAILQ_FOREACH(chan, &drv->chans, link)
	{
		struct fs_chan *other = NULL;
		struct fs_leg *leg;

		if (!chan->device || !chan->seen)
			continue;
		if (!chan->looked && !chan->with[0])
			other = guess_partner(drv, chan);
		if (other)
			memcpy(chan->with, other->uuid, sizeof(chan->with));
		leg = fs_leg_take(drv, chan);
		if (leg)
			announce(drv, leg, chan);
	}
}

/* What the switch does not have any more. In a sync while the link is up the
 * driver itself ends it; after link-up the core does. */
static void sweep_legs(struct cti_driver *drv)
{
	struct fs_leg *leg, *next;

	for (leg = TAILQ_FIRST(&drv->legs); leg; leg = next) {
		next = TAILQ_NEXT(leg, link);
		if (leg->seen)
			continue;
		if (leg->dialed)
			fs_orphan_add(drv, leg->uuid);
		if (drv->synced)
			fs_leg_end(leg, CTI_CAUSE_LINK_LOST,
				   "its end was not reported");
		else
			fs_leg_destroy(leg);
	}
}

/* The list comes from a table that is written a moment later: while the link
 * is up, events know better. */
static void sweep_chans(struct cti_driver *drv)
{
	struct fs_chan *chan, *next;

	for (chan = TAILQ_FIRST(&drv->chans); chan; chan = next) {
		next = TAILQ_NEXT(chan, link);
		if (!chan->seen && (!drv->synced || chan->device))
			fs_chan_destroy(drv, chan);
	}
}

/* --- looking at the agents' channels and who is with them --- */

static void want_looks(struct cti_driver *drv)
{
	struct fs_chan *chan;

	TAILQ_FOREACH(chan, &drv->chans, link)
	{
		struct fs_chan *by = fs_chan_find(drv, chan->by);

		if (chan->device)
			chan->look = true;
		if (chan->device && by)
			by->look = true;
		if (by && by->device)
			chan->look = true;
	}
}

static int look_next(struct cti_driver *drv)
{
	struct esl_api api = {.verb = "uuid_dump", .rest = "json"};
	struct fs_chan *chan;
	int err = 0;

	TAILQ_FOREACH(chan, &drv->chans, link)
	{
		if (!chan->look || drv->nlooks >= LOOKS_MAX)
			continue;
		chan->look = false;
		api.id = chan->uuid;
		err = fs_ask_api(drv, FS_ASK_LOOK, &api);
		if (err)
			return err;
		drv->nlooks++;
	}
	return 0;
}

static void look_on(struct cti_driver *drv)
{
	int err = look_next(drv);

	if (err) {
		cti_wire_lost(drv->wire, strerror(-err));
		return;
	}
	if (drv->nlooks)
		return;
	announce_all(drv);
	sweep_legs(drv);
	sweep_chans(drv);
	fs_link_synced(drv);
	fs_legs_due(drv);
}

static void look_read(struct cti_driver *drv, struct fs_chan *chan,
		      const struct fs_event *ev)
{
	fs_chan_read(drv, chan, ev);
	fs_chan_state(chan, fs_get(ev, "Channel-Call-State"));
	fs_copy_id(chan->with, sizeof(chan->with), ev, "variable_bridge_to");
	chan->seen = chan->looked = true;
}

void fs_on_look(struct cti_driver *drv, const struct fs_command *cmd,
		const struct esl_msg *msg)
{
	struct fs_chan *chan = fs_chan_find(drv, cmd->uuid);
	struct fs_event ev = {0};

	drv->nlooks--;
	if (!chan) {
		/* ended meanwhile */
	} else if (esl_begins(msg, "-ERR No such")) {
		chan->seen = false;
	} else if (fs_event_parse(&ev, msg->body, msg->body_len) == 0) {
		if (fs_is(&ev, "Unique-ID", cmd->uuid))
			look_read(drv, chan, &ev);
		fs_event_fini(&ev);
	}
	look_on(drv);
}

/* {"row_count":2,"rows":[{…},…]}; without rows when there is none. */
void fs_on_channels(struct cti_driver *drv, const struct fs_command *cmd,
		    const struct esl_msg *msg)
{
	const struct cti_json_value *rows;
	struct fs_event list;
	int err = fs_event_parse(&list, msg->body, msg->body_len);

	(void)cmd; /* about all channels */
	if (err) {
		cti_wire_lost(drv->wire, "FreeSWITCH does not list its "
					 "channels as JSON");
		return;
	}
	rows = cti_json_find(list.root, "rows");
	rows = rows && rows->type == CTI_JSON_ARRAY ? rows->first : NULL;
	for (; rows; rows = rows->next) {
		struct fs_event row = {.root = rows};

		(void)fs_chan_row(drv, &row); /* NULL: no room, was said */
	}
	fs_event_fini(&list);
	want_looks(drv);
	look_on(drv);
}
