/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/story.c - what happens at the switch as the states of a leg */
#include <string.h>

#include "drivers/asterisk/priv.h"

enum {
	CHANNEL_MS = 500, /* a failed dial's channel may be told of late */
	CALLEE_MS = 500,  /* after the caller's hangup the callee's follows */
};

static const char *const hidden[] = {"anonymous", "restricted", "private",
				     "unavailable", "withheld"};

static bool number_is_hidden(const char *number)
{
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		size_t n = strlen(hidden[i]);
		size_t same = 0;

		while (same < n && (number[same] | 0x20) == hidden[i][same])
			same++;
		if (same == n && !number[n])
			return true;
	}
	return number[0] == '\0';
}

void ast_leg_party(struct ast_leg *leg, const char *number, const char *name,
		   bool withheld)
{
	leg->withheld = withheld || number_is_hidden(number);
	leg->number[0] = leg->name[0] = '\0';
	if (!leg->withheld)
		memcpy(leg->number, number, strlen(number) + 1);
	if (!withheld)
		memcpy(leg->name, name, strlen(name) + 1);
}

static bool number_is_short(const struct ast_leg *leg, const char *number)
{
	size_t len = strlen(number);

	return len > 0 && len <= leg->drv->conf.extension_digits &&
	       number[strspn(number, "0123456789*#")] == '\0';
}

/** Does the one who dials have another call? A consultation by the switch's
 * own feature dials before it is seen who consults. */
static bool leg_is_consult(const struct ast_leg *leg,
			   const struct ast_chan *other)
{
	const struct ast_chan *from =
		leg->way == AST_WAY_IN ? other : leg->chan;

	return from ? ast_chan_busy(from) : ast_chan_kin_held(leg->chan);
}

/** Colleagues dial extensions. Who came by a longer number is a customer,
 * however short the number he claims to have. */
static bool from_outside(const struct ast_leg *leg,
			 const struct ast_chan *caller)
{
	return leg->way == AST_WAY_IN && caller && caller->exten[0] &&
	       !number_is_short(leg, caller->exten);
}

enum cti_call_kind ast_leg_kind(const struct ast_leg *leg,
				const struct ast_chan *other,
				const char *number)
{
	bool device = other && other->device;
	bool internal =
		number_is_short(leg, number) && !from_outside(leg, other);

	if (!internal && !device)
		return CTI_KIND_CUSTOMER;
	return leg_is_consult(leg, other) ? CTI_KIND_CONSULT
					  : CTI_KIND_INTERNAL;
}

/* --- inbound --- */

/** What it was called as: what the caller dialed. */
static void leg_dnis(struct ast_leg *leg, const struct ast_chan *caller)
{
	const struct ast_chan *root =
		ast_chan_find(leg->drv, leg->chan->linked);

	if (!root || root == leg->chan)
		root = caller;
	if (root && root->exten[0])
		memcpy(leg->dnis, root->exten, sizeof(leg->dnis));
}

void ast_leg_offered(struct ast_leg *leg)
{
	struct ast_chan *chan = leg->chan;
	const struct ast_chan *caller = ast_chan_caller(chan);
	const struct ast_chan *dialer = chan->dialer;

	if (leg->way != AST_WAY_UNKNOWN)
		return;
	leg->way = AST_WAY_IN;
	if (dialer && dialer->cid_num[0])
		ast_leg_party(leg, dialer->cid_num, dialer->cid_name,
			      caller && caller->withheld);
	else
		ast_leg_party(leg, chan->cl_num, chan->cl_name,
			      caller && caller->withheld);
	leg_dnis(leg, caller);
	leg->kind = ast_leg_kind(leg, caller, leg->number);
	if (caller) {
		memcpy(leg->peer, caller->uid, sizeof(leg->peer));
		ast_transfer_ring(leg, caller);
	}
	ast_leg_enter(leg, CTI_CALL_RINGING);
	if (chan->state == AST_STATE_UP && !leg->answered)
		ast_leg_answered(leg);
}

/* --- outbound --- */

static void leg_dials(struct ast_leg *leg)
{
	leg->way = AST_WAY_OUT;
	leg->phone_dials = true;
	memcpy(leg->number, leg->chan->exten, sizeof(leg->number));
	leg->kind = ast_leg_kind(leg, NULL, leg->number);
	ast_leg_enter(leg, CTI_CALL_DIALING);
}

/** A feature code is no dial: it may take a call that rings elsewhere, which
 * the caller's dial then ends at this phone. */
void ast_leg_phone_dials(struct ast_leg *leg)
{
	if (leg->way == AST_WAY_UNKNOWN && leg->chan->exten[0] != '*')
		leg_dials(leg);
}

/** Somebody else clicks for the agent: his phone is called first. */
void ast_leg_originated(struct ast_leg *leg)
{
	if (leg->way == AST_WAY_UNKNOWN)
		leg->way = AST_WAY_OUT;
}

void ast_leg_rings(struct ast_leg *leg)
{
	if (leg->way == AST_WAY_OUT && !leg->phone_dials)
		ast_leg_enter(leg, CTI_CALL_ALERTING);
}

void ast_leg_is_up(struct ast_leg *leg)
{
	if (leg->way != AST_WAY_OUT || leg->phone_dials)
		return;
	leg->up = true;
	ast_leg_enter(leg, CTI_CALL_DIALING);
}

void ast_leg_far_dialed(struct ast_leg *leg, const struct ast_chan *dest,
			const char *exten)
{
	if (leg->way == AST_WAY_UNKNOWN)
		leg_dials(leg);
	if (leg->way != AST_WAY_OUT)
		return;
	leg->far = (struct ast_end){.cause = -1};
	leg->far_rang = false;
	memcpy(leg->peer, dest->uid, sizeof(leg->peer));
	if (!leg->ours && !leg->number[0] && ami_is_exten(exten))
		memcpy(leg->number, exten, strlen(exten) + 1);
	if (!leg->call_id[0] && !leg->answered)
		leg->kind = ast_leg_kind(leg, dest, leg->number);
}

void ast_leg_far_rings(struct ast_leg *leg)
{
	if (leg->way != AST_WAY_OUT)
		return;
	leg->far_rang = true;
	ast_leg_enter(leg, CTI_CALL_RINGING);
}

void ast_leg_far_over(struct ast_leg *leg, const struct ast_end *end)
{
	bool says = end->cause > 0 || leg->far.cause <= 0;

	if (leg->way != AST_WAY_OUT || leg->answered)
		return;
	if (end->status[0])
		memcpy(leg->far.status, end->status, sizeof(leg->far.status));
	if (end->cause < 0)
		return; /* the dial is over, its channel not yet */
	if (says) {
		struct ast_end far = *end;

		memcpy(far.status, leg->far.status, sizeof(far.status));
		leg->far = far;
	}
}

/* --- both --- */

void ast_leg_answered(struct ast_leg *leg)
{
	if (leg->way == AST_WAY_UNKNOWN)
		return;
	leg->up = true;
	if (leg->state != CTI_CALL_HELD)
		ast_leg_enter(leg, CTI_CALL_ACTIVE);
}

void ast_leg_hold(struct ast_leg *leg, bool on)
{
	if (leg->way == AST_WAY_UNKNOWN || !leg->answered)
		return;
	ast_leg_enter(leg, on ? CTI_CALL_HELD : CTI_CALL_ACTIVE);
}

/** Before a callee has refused, it is the agent who gives up. */
void ast_leg_hung(struct ast_leg *leg)
{
	if (!leg->answered && leg->far.cause < 0 && !leg->far.status[0])
		leg->hung = true;
}

/** Is the callee who refused still to say why? */
static bool leg_awaits(const struct ast_leg *leg)
{
	bool refused = leg->far.status[0] && leg->far.cause < 0;

	return refused && leg->way == AST_WAY_OUT && !leg->answered &&
	       !leg->by_us && !leg->timed_out && !leg->hung &&
	       !TAILQ_EMPTY(&leg->chan->dialed);
}

void ast_leg_over(struct ast_leg *leg)
{
	char detail[AST_DETAIL_SIZE];

	ast_leg_end(leg, ast_cause(detail, leg), detail);
}

bool ast_leg_gone(struct ast_leg *leg, const struct ast_end *end)
{
	char status[sizeof(leg->end.status)];

	memcpy(status, leg->end.status, sizeof(status));
	leg->end = *end;
	memcpy(leg->end.status, status, sizeof(status));
	leg->end.rang = leg->chan->rang;
	if (leg_awaits(leg)) {
		leg->gone = true;
		cti_timer_start(leg->timer, CALLEE_MS);
		return false;
	}
	ast_leg_over(leg);
	return true;
}

void ast_leg_refused(struct ast_leg *leg, enum cti_cause cause,
		     const char *detail)
{
	if (leg->chan)
		return; /* its channel tells */
	if (cause != CTI_CAUSE_NONE) {
		ast_leg_end(leg, leg->by_us ? CTI_CAUSE_CANCELLED : cause,
			    detail);
		return;
	}
	leg->failed = true;
	cti_timer_start(leg->timer, CHANNEL_MS);
}
