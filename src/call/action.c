/* SPDX-License-Identifier: Apache-2.0 */
/* call/action.c - what an agent does to a call: one table, state and driver */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"
#include "cti/log.h"

enum {
	ON_QUEUED = 1 << CTI_CALL_QUEUED,
	ON_ALERTING = 1 << CTI_CALL_ALERTING,
	ON_DIALING = 1 << CTI_CALL_DIALING,
	ON_RINGING = 1 << CTI_CALL_RINGING,
	ON_ACTIVE = 1 << CTI_CALL_ACTIVE,
	ON_HELD = 1 << CTI_CALL_HELD,
	ON_TALK = ON_ACTIVE | ON_HELD,
	ON_ANY = ON_QUEUED | ON_ALERTING | ON_DIALING | ON_RINGING | ON_TALK,
};

/* The driver's part of an action, reached the same way for all of them. */
typedef int action_fn(const struct cti_calls *c, const struct cti_call_ref *ref,
		      const char *text);
typedef bool action_has(const struct cti_driver_ops *ops);

#define ACTION(name, op, call)                                                 \
	static int run_##name(const struct cti_calls *c,                       \
			      const struct cti_call_ref *ref,                  \
			      const char *text)                                \
	{                                                                      \
		(void)text;                                                    \
		return c->ops->op call;                                        \
	}                                                                      \
	static bool has_##name(const struct cti_driver_ops *ops)               \
	{                                                                      \
		return ops->op != NULL;                                        \
	}

ACTION(answer, answer, (c->drv, ref))
ACTION(reject, reject, (c->drv, ref))
ACTION(hangup, hangup, (c->drv, ref))
ACTION(hold, hold, (c->drv, ref, true))
ACTION(resume, hold, (c->drv, ref, false))
ACTION(mute, mute, (c->drv, ref, true))
ACTION(unmute, mute, (c->drv, ref, false))
ACTION(transfer, transfer, (c->drv, ref, text))
ACTION(dtmf, dtmf, (c->drv, ref, text))

static const struct {
	const char *word;
	unsigned states;
	bool ringing_in; /* only while an inbound call rings */
	action_fn *run;
	action_has *has;
} actions[CTI_ACTION_MAX] = {
	[CTI_ACTION_ANSWER] = {"answer", ON_RINGING, true, run_answer,
			       has_answer},
	[CTI_ACTION_REJECT] = {"reject", ON_RINGING, true, run_reject,
			       has_reject},
	[CTI_ACTION_HANGUP] = {"hangup", ON_ANY, false, run_hangup, has_hangup},
	[CTI_ACTION_HOLD] = {"hold", ON_ACTIVE, false, run_hold, has_hold},
	[CTI_ACTION_RESUME] = {"resume", ON_HELD, false, run_resume,
			       has_resume},
	[CTI_ACTION_MUTE] = {"mute", ON_TALK, false, run_mute, has_mute},
	[CTI_ACTION_UNMUTE] = {"unmute", ON_TALK, false, run_unmute,
			       has_unmute},
	[CTI_ACTION_TRANSFER] = {"transfer", ON_TALK, false, run_transfer,
				 has_transfer},
	[CTI_ACTION_DTMF] = {"dtmf", ON_TALK, false, run_dtmf, has_dtmf},
};

const char *cti_action_word(enum cti_action action)
{
	return actions[action].word;
}

int cti_action_parse(enum cti_action *actionp, const char *word)
{
	for (int i = 0; i < CTI_ACTION_MAX; i++)
		if (strcmp(actions[i].word, word) == 0) {
			*actionp = (enum cti_action)i;
			return 0;
		}
	return -EINVAL;
}

static bool at_switch(const struct cti_calls *c, const struct cti_call *call)
{
	const char *driver = call->fact[CTI_FACT_DRIVER];

	return c->ops && driver && strcmp(driver, c->ops->name) == 0;
}

static bool state_allows(const struct cti_call *call, enum cti_action action)
{
	if (actions[action].ringing_in && call->direction != CTI_INBOUND)
		return false;
	return (actions[action].states & (1U << call->state)) != 0;
}

bool cti_calls_can(const struct cti_calls *c, const struct cti_call *call,
		   enum cti_action action)
{
	if (!at_switch(c, call) || !actions[action].has(c->ops) ||
	    !state_allows(call, action))
		return false;
	if (action == CTI_ACTION_MUTE)
		return !call->muted;
	return action != CTI_ACTION_UNMUTE || call->muted;
}

/* --- doing --- */

static int check(const struct cti_calls *c, const struct live *live,
		 const struct cti_do *what, struct cti_err *err)
{
	const char *word = actions[what->action].word;

	if (!live || !live->known)
		return cti_err_set(err, ENOENT, CTI_ERR_CALL_NOT_FOUND,
				   "There is no call %.40s.", what->id);
	if (!at_switch(c, live->call) || !actions[what->action].has(c->ops))
		return cti_err_set(
			err, ENOSYS, CTI_ERR_NOT_SUPPORTED,
			"The driver %.32s does not offer the action \"%s\".",
			live->call->fact[CTI_FACT_DRIVER], word);
	if (!state_allows(live->call, what->action))
		return cti_err_set(err, EINVAL, CTI_ERR_WRONG_STATE,
				   "An %s call that is %s does not take the "
				   "action \"%s\".",
				   cti_direction_word(live->call->direction),
				   cti_state_word(live->call->state), word);
	return 0;
}

/* What the driver answered, in the API's words. */
static int driver_said(int rc, const struct cti_do *what, struct cti_err *err)
{
	const char *word = actions[what->action].word;

	if (rc == 0)
		return 0;
	if (rc == -ENOTCONN)
		return cti_err_set(err, ENOTCONN, CTI_ERR_SWITCH_DOWN,
				   "The link to the switch is down.");
	if (rc == -ENOSYS || rc == -ENOTSUP)
		return cti_err_set(
			err, ENOSYS, CTI_ERR_NOT_SUPPORTED,
			"The switch does not offer the action \"%s\".", word);
	if (rc == -EBUSY)
		return cti_err_set(
			err, EBUSY, CTI_ERR_WRONG_STATE,
			"The switch cannot do the action \"%s\" now: "
			"end or reject another call first.",
			word);
	return cti_err_set(err, -rc, CTI_ERR_WRONG_STATE,
			   "The switch refused the action \"%s\": %s.", word,
			   strerror(-rc));
}

static int drive(const struct live *live, const struct cti_do *what,
		 struct cti_err *err)
{
	const struct cti_calls *c = live->calls;
	struct cti_call_ref ref = {
		.call_id = live->call->id,
		.leg_ref = live->call->fact[CTI_FACT_REF],
	};

	return driver_said(actions[what->action].run(c, &ref, what->text), what,
			   err);
}

/* No switch reports mute: that it did it is all there is to know. */
static int tell_mute(struct live *live, bool muted)
{
	struct cti_event *ev = NULL;
	int err;

	if (live->call->muted == muted)
		return 0;
	err = emit_begin(&ev, live, CTI_EVENT_UPDATED);
	if (err)
		return err;
	ev->muted = muted;
	return emit_event(live->calls,
			  &(struct emission){.live = live, .ev = ev});
}

struct deed {
	struct live *live;
	struct cti_reply reply;
	char number[CTI_NUMBER_SIZE];
};

static void transfer_stored(void *arg, int err)
{
	struct deed *d = arg;
	struct cti_outcome outcome = {.call = d->live->call};
	struct cti_do what = {
		.id = d->live->call->id,
		.action = CTI_ACTION_TRANSFER,
		.text = d->number,
	};

	d->live->busy--;
	if (err)
		(void)cti_err_set(&outcome.err, ENOSPC, CTI_ERR_STORE_FULL,
				  "The transfer could not be stored: %s.",
				  strerror(-err));
	else if (!check(d->live->calls, d->live, &what, &outcome.err))
		(void)drive(d->live, &what, &outcome.err); /* told in err */
	stats_dial(d->live->calls, CTI_DIAL_TRANSFER, outcome.err.code);
	d->reply.fn(d->reply.arg, &outcome);
	free(d);
}

/* Audited as a refused dial is. */
static void transfer_refused(const struct live *live, const struct cti_do *what,
			     const struct cti_err *err)
{
	union {
		const char *lent;
		char *text;
	} number = {.lent = what->text};
	const struct cti_outbound out = {
		.number = number.text,
		.activity_uuid = live->call->fact[CTI_FACT_ACTIVITY_UUID],
		.user = live->call->fact[CTI_FACT_AGENT],
	};
	const struct cti_dial dial = {.out = &out, .path = CTI_DIAL_TRANSFER};

	cti_calls_refuse(live->calls, &dial, err);
}

/* A transfer is a dial: same gate, policy, limits, and an audit that is
 * committed first. */
static int transfer(struct live *live, const struct cti_do *what,
		    const struct cti_reply *reply, struct cti_err *err)
{
	struct cti_calls *c = live->calls;
	struct agent *agent = agents_of_call(c, live->call);
	struct cti_number number;
	struct deed *d = NULL;
	struct cti_unit *unit = NULL;
	struct cti_step_row step = {.row = live->call->row, .what = "transfer"};
	int rc = cti_number_outbound(c->numbers, &number, what->text, err);

	if (!rc && agent)
		rc = limits_check(c, agent, err);
	if (rc) {
		transfer_refused(live, what, err);
		if (agent)
			limits_refused(c, agent, err->code);
		return rc;
	}
	step.at_ms = cti_loop_wall_ms(c->loop);
	step.detail = number.e164;
	d = calloc(1, sizeof(*d));
	rc = d ? cti_unit_new(&unit, true) : -ENOMEM;
	if (!rc)
		rc = cti_unit_step(unit, &step);
	if (rc) {
		cti_unit_destroy(unit);
		free(d);
		return rc;
	}
	d->live = live;
	d->reply = *reply;
	memcpy(d->number, number.dialed, sizeof(d->number));
	live->busy++;
	if (agent)
		limits_count(c, agent);
	cti_store_submit(c->store, unit, transfer_stored, d);
	return 0;
}

static bool dtmf_valid(const char *digits)
{
	size_t len = digits ? strlen(digits) : 0;

	return len >= 1 && len <= 32 &&
	       strspn(digits, "0123456789ABCD*#,") == len;
}

static int act(struct live *live, const struct cti_do *what,
	       struct cti_err *err)
{
	int rc;

	if (what->action == CTI_ACTION_DTMF && !dtmf_valid(what->text))
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
				   "The field \"digits\" must be 1 to 32 of "
				   "0-9, A-D, *, # and the comma.");
	rc = drive(live, what, err);
	if (rc)
		return rc;
	if (what->action == CTI_ACTION_MUTE)
		return tell_mute(live, true);
	if (what->action == CTI_ACTION_UNMUTE)
		return tell_mute(live, false);
	return 0;
}

int cti_calls_do(struct cti_calls *c, const struct cti_do *what,
		 const struct cti_reply *reply, struct cti_err *err)
{
	struct live *live = registry_get(c, what->id);
	int rc = check(c, live, what, err);

	if (rc && what->action == CTI_ACTION_TRANSFER)
		stats_dial(c, CTI_DIAL_TRANSFER, err->code);
	if (rc)
		return rc;
	if (what->action == CTI_ACTION_TRANSFER)
		return transfer(live, what, reply, err);
	rc = act(live, what, err);
	if (!rc)
		reply_call(reply, live, false);
	return rc;
}
