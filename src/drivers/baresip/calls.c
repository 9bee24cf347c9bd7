/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/calls.c - the softphone's calls, their timers and their events */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cti/log.h"
#include "drivers/baresip/priv.h"
#include "drivers/baresip/sip.h"

void bs_call_hang_up(struct bs_call *call)
{
	int err;

	if (!call->drv->synced)
		return; /* the next sync asks again */
	call->over = true;
	cti_timer_start(call->timer, BS_GUARD_MS);
	err = bs_hang_up(call);
	if (err)
		log_warn_errno(err, "baresip: call %s: cannot be hung up",
			       *call->call_id ? call->call_id : "unknown");
}

/** Hung up before it was dialed, or baresip never reported the end. */
static void call_give_up(struct bs_call *call)
{
	enum cti_cause cause = CTI_CAUSE_FAILED;

	if (call->timed_out)
		cause = CTI_CAUSE_NO_ANSWER;
	else if (call->by_us)
		cause = call->inbound ? CTI_CAUSE_REJECTED
				      : CTI_CAUSE_CANCELLED;
	bs_call_end(call, call->established ? CTI_CAUSE_NORMAL : cause,
		    call->dialed || call->inbound
			    ? "baresip did not report the end"
			    : "given up before it was dialed");
}

static void call_timer(void *arg)
{
	struct bs_call *call = arg;
	int err;

	if (call->over) {
		if (call->drv->synced) /* else the next sync asks again */
			call_give_up(call);
	} else if (call->established) {
		err = bs_dtmf(call);
		if (err)
			log_warn_errno(err, "baresip: call %s: digits are lost",
				       *call->call_id ? call->call_id
						      : "unknown");
	} else {
		call->timed_out = true;
		if (!call->dialed && !call->inbound)
			call_give_up(call);
		else
			bs_call_hang_up(call);
	}
}

int bs_call_new(struct bs_call **callp, struct cti_driver *drv)
{
	struct bs_call *call = calloc(1, sizeof(*call));
	int err;

	if (!call)
		return -ENOMEM;
	err = cti_timer_new(&call->timer, drv->host.loop, call_timer, call);
	if (err) {
		free(call);
		return err;
	}
	call->drv = drv;
	call->serial = ++drv->serial;
	call->state = CTI_CALL_QUEUED;
	call->seen = true;
	TAILQ_INSERT_TAIL(&drv->calls, call, link);
	*callp = call;
	return 0;
}

void bs_call_destroy(struct bs_call *call)
{
	if (!call)
		return;
	TAILQ_REMOVE(&call->drv->calls, call, link);
	cti_timer_destroy(call->timer);
	free(call);
}

void bs_calls_destroy(struct cti_driver *drv)
{
	while (!TAILQ_EMPTY(&drv->calls))
		bs_call_destroy(TAILQ_FIRST(&drv->calls));
}

struct bs_call *bs_call_by_leg(struct cti_driver *drv, const char *leg)
{
	struct bs_call *call;

	TAILQ_FOREACH(call, &drv->calls, link)
	{
		if (strcmp(call->leg, leg) == 0)
			return call;
	}
	return NULL;
}

struct bs_call *bs_call_by_serial(struct cti_driver *drv, uint32_t serial)
{
	struct bs_call *call;

	TAILQ_FOREACH(call, &drv->calls, link)
	{
		if (call->serial == serial)
			return call;
	}
	return NULL;
}

struct bs_call *bs_call_find(struct cti_driver *drv,
			     const struct cti_call_ref *ref)
{
	struct bs_call *call;

	TAILQ_FOREACH(call, &drv->calls, link)
	{
		if (ref->call_id && strcmp(call->call_id, ref->call_id) == 0)
			return call;
		if (ref->leg_ref && strcmp(call->leg, ref->leg_ref) == 0)
			return call;
	}
	return NULL;
}

struct bs_call *bs_call_unbound(struct cti_driver *drv, const char *peer)
{
	struct bs_call *call;
	char ours[CTI_SIP_SIZE];
	char theirs[CTI_SIP_SIZE];

	cti_sip_user(theirs, sizeof(theirs), peer);
	TAILQ_FOREACH(call, &drv->calls, link)
	{
		cti_sip_user(ours, sizeof(ours), call->peer);
		if (call->dialed && !call->leg[0] && strcmp(ours, theirs) == 0)
			return call;
	}
	return NULL;
}

struct bs_call *bs_call_other(struct cti_driver *drv,
			      const struct bs_call *call,
			      enum cti_call_state state)
{
	struct bs_call *other;

	TAILQ_FOREACH(other, &drv->calls, link)
	{
		if (other != call && other->state == state && other->leg[0])
			return other;
	}
	return NULL;
}

void bs_call_peer(struct bs_call *call, const char *peer, const char *name)
{
	cti_utf8_clean(call->peer, sizeof(call->peer), peer, strlen(peer));
	call->withheld = call->inbound && cti_sip_withheld(peer);
	if (!call->withheld)
		cti_sip_user(call->number, sizeof(call->number), peer);
	if (name)
		cti_sip_name(call->name, sizeof(call->name), name);
}

void bs_call_bind(struct bs_call *call, const char *leg)
{
	if (call->leg[0])
		return;
	cti_utf8_clean(call->leg, sizeof(call->leg), leg, strlen(leg));
	if (call->over || call->timed_out)
		bs_call_hang_up(call);
}

static const char *text_or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static void call_event(const struct bs_call *call, enum cti_call_state state,
		       enum cti_cause cause, const char *detail)
{
	const struct cti_driver *drv = call->drv;
	bool ours = call->call_id[0] != '\0';
	struct cti_call_event ev = {
		.call_id = text_or_null(call->call_id),
		.leg_ref = text_or_null(call->leg),
		.state = state,
		.kind = CTI_KIND_CUSTOMER,
		.cause = cause,
		.cause_detail = detail,
		.inbound = call->inbound,
		.withheld = call->withheld,
		.device = text_or_null(call->account),
		.number = ours ? NULL : text_or_null(call->number),
		.name = ours ? NULL : text_or_null(call->name),
	};

	drv->host.on_event(drv->host.arg, &ev);
}

void bs_call_say(const struct bs_call *call)
{
	call_event(call, call->state, CTI_CAUSE_NONE, NULL);
}

void bs_call_enter(struct bs_call *call, enum cti_call_state state)
{
	if (call->state == state)
		return;
	call->state = state;
	if (!call->established &&
	    (state == CTI_CALL_ACTIVE || state == CTI_CALL_HELD)) {
		call->established = true;
		if (!call->over)
			cti_timer_stop(call->timer);
	}
	bs_call_say(call);
}

void bs_call_end(struct bs_call *call, enum cti_cause cause, const char *detail)
{
	struct cti_driver *drv = call->drv;

	/* From here on no such call, also for what the core does now. */
	TAILQ_REMOVE(&drv->calls, call, link);
	call_event(call, CTI_CALL_ENDED, cause, detail);
	cti_timer_destroy(call->timer);
	free(call);
}
