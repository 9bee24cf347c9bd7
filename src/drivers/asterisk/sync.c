/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/sync.c - what runs when the link comes up, and what is gone */
#include <stdio.h>
#include <string.h>

#include "cti/log.h"
#include "drivers/asterisk/priv.h"

int ast_sync_begin(struct cti_driver *drv)
{
	const struct ast_action settings = {
		.kind = AST_REQUEST_SETTINGS,
		.name = "CoreSettings",
	};
	const struct ast_action channels = {
		.kind = AST_REQUEST_CHANNELS,
		.name = "CoreShowChannels",
	};
	struct ast_chan *chan;
	int err = ast_request(drv, &settings);

	TAILQ_FOREACH(chan, &drv->sw.all, link)
	chan->seen = false;
	drv->ntombs = 0;
	return err ? err : ast_request(drv, &channels);
}

void ast_on_settings(struct cti_driver *drv, const struct ast_request *req,
		     const struct ami_msg *msg)
{
	size_t len;

	(void)req;
	ami_text(drv->version, sizeof(drv->version),
		 ami_get(msg, "AsteriskVersion"));
	len = strspn(drv->version, "0123456789.");
	if (len) /* without the packager's words */
		drv->version[len] = '\0';
	if (drv->version[0])
		log_info("asterisk: version %s", drv->version);
}

void ast_on_channels(struct cti_driver *drv, const struct ast_request *req,
		     const struct ami_msg *msg)
{
	char why[AST_WHY_SIZE];

	(void)req;
	if (ami_is(msg, "Response", "Success"))
		return; /* the rows follow */
	(void)snprintf(why, sizeof(why),
		       "the manager user %s may not list the calls (%s): give "
		       "it the class reporting, \"write = "
		       "call,originate,reporting\" in manager.conf",
		       drv->conf.username, ami_get(msg, "Message"));
	cti_wire_refused(drv->wire, why);
}

/* --- an end that the list may not know --- */

void ast_sync_hungup(struct cti_driver *drv, const char *uid)
{
	if (drv->stage != AST_SYNC || strlen(uid) >= AST_UID_SIZE)
		return;
	memcpy(drv->tomb[drv->ntombs++ % AST_TOMBS], uid, strlen(uid) + 1);
}

static bool tomb_has(const struct cti_driver *drv, const char *uid)
{
	for (size_t i = 0; i < drv->ntombs && i < AST_TOMBS; i++) {
		if (strcmp(drv->tomb[i], uid) == 0)
			return true;
	}
	return false;
}

/* --- dials the core gave up --- */

void ast_ghost_add(struct cti_driver *drv, const char *uid)
{
	struct ast_ghost *ghost = &drv->ghost[drv->nghosts++ % AST_GHOSTS];

	if (strlen(uid) >= sizeof(ghost->uid))
		return;
	memcpy(ghost->uid, uid, strlen(uid) + 1);
	ghost->until_ms = cti_loop_mono_ms(drv->host.loop) + AST_GHOST_MS;
}

bool ast_ghost_take(struct cti_driver *drv, const char *uid)
{
	int64_t now_ms = cti_loop_mono_ms(drv->host.loop);

	for (size_t i = 0; i < drv->nghosts && i < AST_GHOSTS; i++) {
		struct ast_ghost *ghost = &drv->ghost[i];

		if (ghost->until_ms > now_ms && strcmp(ghost->uid, uid) == 0) {
			ghost->until_ms = 0;
			return true;
		}
	}
	return false;
}

/* --- the list --- */

void ast_sync_row(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_snap snap = {ev->f, ev->var[0], ev->nvars[0], true};
	const char *app = ev->f[AST_F_APPLICATION];
	struct ast_chan *chan;

	if (drv->stage != AST_SYNC || tomb_has(drv, ev->f[AST_F_UID]))
		return;
	chan = ast_chan_see(drv, &snap);
	if (!chan)
		return;
	chan->app_dialed =
		strcmp(app, "AppDial") == 0 || strcmp(app, "AppQueue") == 0;
	if (!ev->f[AST_F_BRIDGE][0])
		ast_chan_leave(chan);
	else if (ast_chan_enter(chan, ev->f[AST_F_BRIDGE]))
		log_warn("asterisk: no memory for a bridge");
}

static void unseen_drop(struct cti_driver *drv)
{
	struct ast_chan *chan = TAILQ_FIRST(&drv->sw.all);

	while (chan) {
		struct ast_chan *next = TAILQ_NEXT(chan, link);

		if (!chan->seen)
			ast_chan_destroy(chan);
		chan = next;
	}
}

/** What the core now takes as lost must not come to life later. */
static void dials_drop(struct cti_driver *drv)
{
	struct ast_leg *leg = TAILQ_FIRST(&drv->legs);

	while (leg) {
		struct ast_leg *next = TAILQ_NEXT(leg, link);

		if (!leg->chan) {
			ast_ghost_add(drv, leg->call_id);
			ast_leg_destroy(leg);
		}
		leg = next;
	}
}

/** Who dialed it: the list does not say, but the conversation's first
 * channel mostly did. */
static void dialer_guess(struct cti_driver *drv, struct ast_chan *chan)
{
	struct ast_chan *linked = ast_chan_find(drv, chan->linked);

	if (chan->app_dialed && !chan->dialer && linked && linked != chan)
		ast_chan_dials(linked, chan);
}

/** Dialed by somebody, or does its phone dial? One that was dialed and then
 * sent on runs a Dial itself, yet is not its conversation's first channel. */
static enum ast_way way_find(const struct ast_chan *chan)
{
	if (chan->app_dialed || strcmp(chan->linked, chan->uid) != 0)
		return AST_WAY_IN;
	return AST_WAY_OUT;
}

/** A leg that was not known before. */
static void leg_find_way(struct ast_leg *leg)
{
	struct ast_chan *chan = leg->chan;
	const struct ast_chan *peer = ast_chan_peer(chan);

	if (leg->said)
		return;
	if (leg->way == AST_WAY_UNKNOWN)
		leg->way = way_find(chan);
	leg->phone_dials = leg->way == AST_WAY_OUT && !leg->call_id[0];
	if (!peer)
		peer = chan->dialer;
	ast_leg_party(leg, chan->cl_num, chan->cl_name, peer && peer->withheld);
	if (leg->way != AST_WAY_IN)
		leg->withheld = false;
	if (peer)
		memcpy(leg->peer, peer->uid, sizeof(leg->peer));
	if (!leg->call_id[0])
		leg->kind = ast_leg_kind(leg, peer, leg->number);
	if (leg->way == AST_WAY_IN)
		leg->state = CTI_CALL_RINGING;
	else if (leg->phone_dials)
		leg->state = CTI_CALL_DIALING;
	leg->said = true;
}

static bool callee_rings(const struct ast_chan *chan)
{
	const struct ast_chan *dest;

	TAILQ_FOREACH(dest, &chan->dialed, callee)
	{
		if (dest->state == AST_STATE_RINGING)
			return true;
	}
	return false;
}

/** Its state by what the list shows; never back. */
static void leg_catch_up(struct ast_leg *leg)
{
	const struct ast_chan *chan = leg->chan;
	enum cti_call_state state = leg->state;

	leg->up = leg->up || chan->state == AST_STATE_UP;
	if (leg->way == AST_WAY_OUT && state < CTI_CALL_ALERTING &&
	    chan->state == AST_STATE_RINGING)
		state = CTI_CALL_ALERTING;
	if (leg->way == AST_WAY_OUT && state < CTI_CALL_DIALING && leg->up)
		state = CTI_CALL_DIALING;
	if (leg->way == AST_WAY_OUT && state == CTI_CALL_DIALING &&
	    callee_rings(chan))
		state = CTI_CALL_RINGING;
	if (chan->bridge || (leg->way == AST_WAY_IN && leg->up))
		state = state == CTI_CALL_HELD ? state : CTI_CALL_ACTIVE;
	leg->state = state;
	leg->answered = leg->answered || state >= CTI_CALL_ACTIVE;
}

/** What the agent asked for is asked for again. A time-out that the switch did
 * not hear of in time is forgotten: somebody has answered. */
static void leg_resume(struct ast_leg *leg)
{
	if (leg->timed_out && leg->answered && !leg->by_us) {
		leg->timed_out = leg->over = false;
		cti_timer_stop(leg->timer);
	}
	if (leg->over)
		ast_leg_hang_up(leg, AST_CAUSE_NORMAL);
	else if (leg->ring_due)
		ast_leg_ring_over(leg);
}

static void legs_announce(struct cti_driver *drv)
{
	struct ast_leg *leg = TAILQ_FIRST(&drv->legs);

	while (leg) {
		struct ast_leg *next = TAILQ_NEXT(leg, link);

		leg_find_way(leg);
		leg_catch_up(leg);
		ast_leg_say(leg);
		leg_resume(leg);
		leg = next;
	}
}

void ast_sync_done(struct cti_driver *drv)
{
	struct ast_chan *chan;

	if (drv->stage != AST_SYNC)
		return;
	unseen_drop(drv);
	dials_drop(drv);
	TAILQ_FOREACH(chan, &drv->sw.all, link)
	{
		struct ast_chan *peer = ast_chan_peer(chan);

		dialer_guess(drv, chan);
		if (peer && !chan->local && !chan->first[0])
			memcpy(chan->first, peer->uid, sizeof(chan->first));
	}
	drv->stage = AST_READY;
	legs_announce(drv);
	cti_wire_expect(drv->wire, 0, NULL);
	cti_wire_settled(drv->wire);
	drv->host.on_synced(drv->host.arg);
}
