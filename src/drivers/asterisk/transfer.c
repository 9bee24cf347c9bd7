/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/transfer.c - a customer who goes from one agent to another */
#include <string.h>

#include "drivers/asterisk/priv.h"

/** The leg's other side is now that channel, which was another agent's. */
static void leg_hand_over(struct ast_leg *leg, const struct ast_chan *to)
{
	memcpy(leg->peer, to->uid, sizeof(leg->peer));
	if (!to->first[0] || strcmp(to->first, leg->chan->uid) == 0)
		return;
	memcpy(leg->first, to->first, sizeof(leg->first));
	ast_leg_party(leg, to->cid_num, to->cid_name, to->withheld);
	leg->kind = ast_leg_kind(leg, to, leg->number);
}

void ast_transfer_ring(struct ast_leg *leg, const struct ast_chan *caller)
{
	if (caller->passed_on && caller->first[0] &&
	    strcmp(caller->first, leg->chan->uid) != 0)
		memcpy(leg->first, caller->first, sizeof(leg->first));
}

static void chan_meets(struct ast_chan *chan, const struct ast_chan *peer)
{
	if (!chan->first[0])
		memcpy(chan->first, peer->uid, sizeof(chan->first));
	chan->passed_on = false;
}

/** The consulting agent has left and put his customer in his place. */
static void leg_joined(struct ast_leg *leg, const struct ast_chan *peer)
{
	bool other = strcmp(leg->peer, peer->uid) != 0;

	ast_leg_answered(leg);
	if (leg->way != AST_WAY_IN || !other)
		return;
	if (leg->kind == CTI_KIND_CUSTOMER) {
		memcpy(leg->peer, peer->uid, sizeof(leg->peer));
		return;
	}
	leg_hand_over(leg, peer);
	if (leg->first[0])
		ast_leg_say(leg);
}

void ast_transfer_join(struct ast_chan *chan, struct ast_chan *peer)
{
	chan_meets(chan, peer);
	chan_meets(peer, chan);
	if (chan->leg)
		leg_joined(chan->leg, peer);
	if (peer->leg)
		leg_joined(peer->leg, chan);
}

static void transferer_mark(struct cti_driver *drv, const char *uid)
{
	struct ast_chan *chan = ast_chan_find(drv, uid);

	if (chan && chan->leg)
		chan->leg->transferred = true;
}

static bool event_failed(const struct ast_event *ev)
{
	const char *result = ev->f[AST_F_RESULT];

	return result[0] && strcmp(result, "Success") != 0;
}

/** Who calls a ringing leg has become known, or has changed. */
static void leg_recalled(struct ast_leg *leg, const struct ast_chan *caller)
{
	enum cti_call_kind kind = leg->kind;

	if (!leg->peer[0]) {
		memcpy(leg->peer, caller->uid, sizeof(leg->peer));
		leg->kind = ast_leg_kind(leg, caller, leg->number);
	} else if (!leg->first[0]) {
		leg_hand_over(leg, caller);
	}
	if (leg->kind != kind)
		ast_leg_say(leg);
}

static void callees_recalled(struct ast_chan *dialer,
			     const struct ast_chan *caller)
{
	struct ast_chan *dest;

	TAILQ_FOREACH(dest, &dialer->dialed, callee)
	{
		struct ast_leg *leg = dest->leg;

		if (leg && leg->way == AST_WAY_IN && !leg->answered &&
		    strcmp(leg->peer, caller->uid) != 0)
			leg_recalled(leg, caller);
	}
}

/** They rang before it was said that it is a transfer. */
static void callees_of_passed(const struct ast_chan *dialer,
			      const struct ast_chan *customer)
{
	const struct ast_chan *dest;

	TAILQ_FOREACH(dest, &dialer->dialed, callee)
	{
		struct ast_leg *leg = dest->leg;

		if (!leg || leg->way != AST_WAY_IN || leg->answered)
			continue;
		ast_transfer_ring(leg, customer);
		if (leg->first[0])
			ast_leg_say(leg);
	}
}

void ast_transfer_behind(struct ast_chan *half)
{
	struct ast_chan *dest = TAILQ_FIRST(&half->dialed);
	const struct ast_chan *caller = dest ? ast_chan_caller(dest) : NULL;

	if (caller)
		callees_recalled(half, caller);
}

/** The transferee may be a Local channel's half: who is behind it counts. */
void ast_on_blind(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_chan *transferee =
		ast_chan_find(drv, ev->f[AST_F_TRANSFEREE]);
	struct ast_chan *customer =
		transferee ? ast_chan_real(transferee) : NULL;

	if (event_failed(ev))
		return;
	transferer_mark(drv, ev->f[AST_F_TRANSFERER]);
	if (!customer)
		return;
	customer->passed_on = true;
	callees_of_passed(transferee, customer);
}

/** The second call of the transferer may still ring somewhere. */
void ast_on_attended(struct cti_driver *drv, const struct ast_event *ev)
{
	struct ast_chan *customer = ast_chan_find(drv, ev->f[AST_F_TRANSFEREE]);
	struct ast_chan *second =
		ast_chan_find(drv, ev->f[AST_F_SECOND_TRANSFERER]);

	if (event_failed(ev))
		return;
	transferer_mark(drv, ev->f[AST_F_ORIG_TRANSFERER]);
	transferer_mark(drv, ev->f[AST_F_SECOND_TRANSFERER]);
	if (customer)
		customer = ast_chan_real(customer);
	if (customer && second)
		callees_recalled(second, customer);
}
