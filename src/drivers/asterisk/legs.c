/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/legs.c - the legs: found, made, reported, ended */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cti/log.h"
#include "drivers/asterisk/priv.h"

enum {
	GUARD_MS = 10000,    /* after a hangup the end must be reported */
	RING_GRACE_MS = 500, /* the switch's own ring limit comes first */
	DIGIT_MS = 250,
	COMMA_MS = 1000,
};

/* --- reports --- */

static const char *text_or_null(const char *text)
{
	return text[0] ? text : NULL;
}

/** The variables of the other side, else its own. */
static size_t leg_attached(const struct ast_leg *leg,
			   struct cti_attached out[AST_VARS])
{
	const struct ast_conf *conf = &leg->drv->conf;
	const struct ast_chan *peer = ast_chan_find(leg->drv, leg->peer);
	size_t n = 0;

	for (size_t i = 0; i < conf->nfields; i++) {
		const char *value = peer ? peer->var[i] : NULL;

		if (!value && leg->chan)
			value = leg->chan->var[i];
		if (value)
			out[n++] = (struct cti_attached){conf->field[i], value};
	}
	return n;
}

static void leg_report(const struct ast_leg *leg, enum cti_call_state state,
		       enum cti_cause cause, const char *detail)
{
	const struct cti_driver *drv = leg->drv;
	struct cti_attached attached[AST_VARS];
	struct cti_call_event ev = {
		.call_id = text_or_null(leg->call_id),
		.leg_ref = leg->chan ? leg->chan->uid : NULL,
		.first_id = cti_id_is_hex(leg->first) ? leg->first : NULL,
		.first_ref = text_or_null(leg->first),
		.state = state,
		.kind = leg->kind,
		.cause = cause,
		.cause_detail = detail,
		.inbound = leg->way == AST_WAY_IN,
		.withheld = leg->withheld,
		.device = leg->device,
		.number = leg->ours ? NULL : text_or_null(leg->number),
		.name = text_or_null(leg->name),
		.dnis = text_or_null(leg->dnis),
		.attached = attached,
		.nattached = leg_attached(leg, attached),
	};

	drv->host.on_event(drv->host.arg, &ev);
}

void ast_leg_say(const struct ast_leg *leg)
{
	if (leg->way != AST_WAY_UNKNOWN)
		leg_report(leg, leg->state, CTI_CAUSE_NONE, NULL);
}

static bool state_talking(enum cti_call_state state)
{
	return state == CTI_CALL_ACTIVE || state == CTI_CALL_HELD;
}

void ast_leg_enter(struct ast_leg *leg, enum cti_call_state state)
{
	bool forward = state > leg->state || state_talking(state);

	if (leg->said && (leg->state == state || !forward))
		return;
	leg->state = state;
	leg->said = true;
	if (state_talking(state)) {
		leg->answered = true;
		if (!leg->over && !leg->digits[0])
			cti_timer_stop(leg->timer);
	}
	ast_leg_say(leg);
}

void ast_leg_end(struct ast_leg *leg, enum cti_cause cause, const char *detail)
{
	struct cti_driver *drv = leg->drv;

	/* From here on no such call, also for what the core does now. */
	TAILQ_REMOVE(&drv->legs, leg, link);
	if (leg->ours) {
		cti_map_remove(&drv->dials, leg->call_id, strlen(leg->call_id));
		drv->ndials--;
		leg->ours = false;
		leg->number[0] = '\0';
	}
	if (leg->chan)
		leg->chan->leg = NULL;
	if (leg->said && leg->way != AST_WAY_UNKNOWN)
		leg_report(leg, CTI_CALL_ENDED, cause,
			   text_or_null(detail ? detail : ""));
	cti_timer_destroy(leg->timer);
	free(leg);
}

/* --- its timer --- */

void ast_leg_hang_up(struct ast_leg *leg, int cause)
{
	const char *uid = leg->chan ? leg->chan->uid : leg->call_id;

	leg->over = true;
	if (leg->drv->stage != AST_READY)
		return; /* the next sync asks again */
	cti_timer_start(leg->timer, GUARD_MS);
	if (ast_act_hangup(leg->drv, uid, cause))
		log_warn("asterisk: call %s: a hangup cannot be asked for",
			 *leg->call_id ? leg->call_id : "unknown");
}

/** The switch never told of the end, or there never was a channel. */
static void leg_give_up(struct ast_leg *leg)
{
	char detail[AST_DETAIL_SIZE];
	enum cti_cause cause = ast_cause(detail, leg);

	if (!leg->chan && !leg->failed)
		ast_ghost_add(leg->drv, leg->call_id);
	if (leg->failed && cause == CTI_CAUSE_FAILED)
		cause = CTI_CAUSE_UNREACHABLE;
	ast_leg_end(leg, cause,
		    leg->failed ? "the agent's phone cannot be reached"
				: "the switch did not report the end");
}

/** Is somebody being called who may still answer? */
static bool leg_is_waiting(const struct ast_leg *leg)
{
	const struct ast_chan *dest;

	if (!leg->chan || !leg->up)
		return true;
	TAILQ_FOREACH(dest, &leg->chan->dialed, callee)
	{
		if (dest->state != AST_STATE_UP)
			return true;
	}
	return false;
}

static int64_t digit_pause(char digit)
{
	return digit == ',' ? COMMA_MS : DIGIT_MS;
}

static void leg_digit(struct ast_leg *leg)
{
	char digit = leg->digits[leg->next_digit++];
	int err = 0;

	if (digit && digit != ',')
		err = ast_act_digit(leg->drv, leg, digit);
	if (err)
		log_warn_errno(err, "asterisk: call %s: digits are lost",
			       *leg->call_id ? leg->call_id : "unknown");
	if (err || !digit) {
		leg->digits[0] = '\0';
		return;
	}
	cti_timer_start(leg->timer, digit_pause(digit));
}

/** While the link is away nobody knows whether it was answered. */
void ast_leg_ring_over(struct ast_leg *leg)
{
	leg->ring_due = leg->drv->stage != AST_READY;
	if (leg->answered || leg->ring_due)
		return;
	if (leg_is_waiting(leg)) {
		leg->timed_out = true;
		ast_leg_hang_up(leg, AST_CAUSE_NORMAL);
	} else {
		/* The dialplan itself took it: an announcement, a mailbox. */
		ast_leg_enter(leg, CTI_CALL_ACTIVE);
	}
}

static void leg_timer(void *arg)
{
	struct ast_leg *leg = arg;

	if (leg->gone) {
		struct ast_chan *chan = leg->chan;

		ast_leg_over(leg);
		if (chan)
			ast_chan_destroy(chan);
	} else if (leg->failed) {
		leg_give_up(leg);
	} else if (leg->over) {
		if (leg->drv->stage == AST_READY)
			leg_give_up(leg);
	} else if (leg->digits[0]) {
		leg_digit(leg);
	} else {
		ast_leg_ring_over(leg);
	}
}

int ast_leg_digits(struct ast_leg *leg, const char *digits)
{
	size_t len = strlen(digits);

	if (len == 0 || len > AST_DIGITS_MAX ||
	    digits[strspn(digits, "0123456789ABCD*#,")] != '\0')
		return -EINVAL;
	if (leg->digits[0])
		return -EBUSY;
	memcpy(leg->digits, digits, len + 1);
	leg->next_digit = 0;
	cti_timer_start(leg->timer, 0);
	return 0;
}

/* --- made and found --- */

/* For a dial of ours, or for a channel at an agent's device. */
static int leg_new(struct ast_leg **legp, struct cti_driver *drv)
{
	struct ast_leg *leg = calloc(1, sizeof(*leg));
	int err;

	if (!leg)
		return -ENOMEM;
	err = cti_timer_new(&leg->timer, drv->host.loop, leg_timer, leg);
	if (err) {
		free(leg);
		return err;
	}
	leg->drv = drv;
	leg->end.cause = leg->far.cause = -1;
	leg->state = CTI_CALL_QUEUED;
	TAILQ_INSERT_TAIL(&drv->legs, leg, link);
	*legp = leg;
	return 0;
}

void ast_leg_destroy(struct ast_leg *leg)
{
	struct cti_driver *drv = leg->drv;

	TAILQ_REMOVE(&drv->legs, leg, link);
	if (leg->ours) {
		cti_map_remove(&drv->dials, leg->call_id, strlen(leg->call_id));
		drv->ndials--;
	}
	if (leg->chan)
		leg->chan->leg = NULL;
	cti_timer_destroy(leg->timer);
	free(leg);
}

void ast_legs_destroy(struct cti_driver *drv)
{
	while (!TAILQ_EMPTY(&drv->legs))
		ast_leg_destroy(TAILQ_FIRST(&drv->legs));
}

int ast_leg_dial(struct cti_driver *drv, const struct cti_originate *req)
{
	struct ast_leg *leg;
	size_t len = strlen(req->call_id);
	int err;

	if (len >= sizeof(leg->call_id) || drv->ndials >= AST_DIALS_MAX)
		return len >= sizeof(leg->call_id) ? -EINVAL : -EBUSY;
	err = leg_new(&leg, drv);
	if (err)
		return err;
	memcpy(leg->call_id, req->call_id, len + 1);
	err = cti_map_add(&drv->dials, leg->call_id, len, leg);
	if (!err) {
		leg->ours = true;
		drv->ndials++;
		leg->way = AST_WAY_OUT;
		leg->said = true;
		leg->device = cti_map_find(&drv->devices, req->device,
					   strlen(req->device));
		err = ast_act_originate(drv, req);
	}
	if (err)
		ast_leg_destroy(leg);
	else if (req->timeout_ms)
		cti_timer_start(leg->timer,
				(int64_t)req->timeout_ms + RING_GRACE_MS);
	return err;
}

struct ast_leg *ast_leg_by_id(const struct cti_driver *drv, const char *id)
{
	return cti_map_find(&drv->dials, id, strlen(id));
}

struct ast_leg *ast_leg_find(const struct cti_driver *drv,
			     const struct cti_call_ref *ref)
{
	struct ast_leg *leg = NULL;
	const struct ast_chan *chan;

	if (ref->call_id)
		leg = ast_leg_by_id(drv, ref->call_id);
	if (leg || !ref->leg_ref)
		return leg;
	chan = ast_chan_find(drv, ref->leg_ref);
	return chan && chan->leg && chan->leg->way != AST_WAY_UNKNOWN
		       ? chan->leg
		       : NULL;
}

static void leg_bind(struct ast_leg *leg, struct ast_chan *chan)
{
	leg->chan = chan;
	chan->leg = leg;
	if (leg->failed) { /* told of late: its end follows */
		leg->failed = false;
		cti_timer_start(leg->timer, GUARD_MS);
	}
	if (leg->over)
		ast_leg_hang_up(leg, AST_CAUSE_NORMAL);
}

void ast_leg_adopt(struct cti_driver *drv, struct ast_chan *chan)
{
	struct ast_leg *leg = ast_leg_by_id(drv, chan->uid);

	if (ast_ghost_take(drv, chan->uid)) {
		if (ast_act_hangup(drv, chan->uid, AST_CAUSE_NORMAL))
			log_warn("asterisk: a dial given up cannot be ended");
		return;
	}
	if (leg) {
		leg_bind(leg, chan);
		return;
	}
	if (!chan->device)
		return;
	if (leg_new(&leg, drv)) {
		log_warn("asterisk: no memory to follow a call");
		return;
	}
	leg->device = chan->device;
	leg_bind(leg, chan);
	if (!cti_id_is_hex(chan->uid))
		return;
	/* A relay's dial: of this one before it was started again, say. */
	memcpy(leg->call_id, chan->uid, CTI_ID_LEN + 1);
	leg->way = AST_WAY_OUT;
}

/** The channel goes without a word about the leg (sync, stop). */
void ast_leg_unbind(struct ast_chan *chan)
{
	struct ast_leg *leg = chan->leg;

	if (leg)
		ast_leg_destroy(leg);
}
