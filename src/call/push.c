/* SPDX-License-Identifier: Apache-2.0 */
/* call/push.c - a switch without driver reports a call over HTTP */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"

/* More calls at once than one agent can have are a script gone wrong, and no
 * page would load them any more. */
enum { PUSHED_MAX = 1000, PUSHED_RETRY_S = 10 };

static const enum cti_call_state states[] = {
	[CTI_PUSH_RINGING] = CTI_CALL_RINGING,
	[CTI_PUSH_ANSWERED] = CTI_CALL_ACTIVE,
	[CTI_PUSH_ENDED] = CTI_CALL_ENDED,
};

struct push_wait {
	struct live *live;
	struct cti_reply reply;
	bool created;
};

static void push_stored(void *arg, int err)
{
	struct push_wait *w = arg;

	(void)err; /* not durable is still reported: the event says so */
	push_arm(w->live);
	reply_call(&w->reply, w->live, w->created);
	free(w);
}

static enum cti_cause push_cause(const struct cti_push *push,
				 const struct cti_call *call)
{
	if (push->cause != CTI_CAUSE_NONE)
		return push->cause;
	return call->answered_ms ? CTI_CAUSE_NORMAL : CTI_CAUSE_CANCELLED;
}

/* What the report adds; *newsp: it adds something. */
static int push_event(struct cti_event **evp, struct live *live,
		      const struct cti_push *push, bool *newsp)
{
	enum cti_event_type type = CTI_EVENT_UPDATED;
	struct cti_event *ev = NULL;
	bool step = machine_step(&type, live->call->state, states[push->event]);
	int err = emit_begin(&ev, live, type);

	if (err)
		return err;
	if (step)
		ev->state = states[push->event];
	if (step && ev->state == CTI_CALL_ENDED)
		ev->cause = push_cause(push, live->call);
	for (int i = 0; i < CTI_FACT_MAX && !err; i++)
		err = emit_fact(ev, live, (enum cti_fact)i, push->fact[i]);
	if (err) {
		cti_event_destroy(ev);
		return err;
	}
	*newsp = step || ev->nchanges;
	*evp = ev;
	return 0;
}

static int push_apply(struct cti_calls *c, struct push_wait *w,
		      const struct cti_push *push)
{
	struct cti_event *ev = NULL;
	bool news = false;
	int err;

	if (!cti_call_running(w->live->call))
		return emit_wait(w->live, push_stored, w);
	err = push_event(&ev, w->live, push, &news);
	if (err)
		return err;
	if (!news) {
		cti_event_destroy(ev);
		return emit_wait(w->live, push_stored, w);
	}
	return emit_event(c, &(struct emission){.live = w->live,
						.ev = ev,
						.after = push_stored,
						.arg = w});
}

/* What a driver follows is the driver's to report. */
static bool pushed(const struct cti_call *call)
{
	const char *driver = call->fact[CTI_FACT_DRIVER];

	return driver && strcmp(driver, "push") == 0;
}

static bool pushed_for(struct cti_calls *c, const struct live *live,
		       const struct agent *agent)
{
	return cti_call_running(live->call) && pushed(live->call) &&
	       agents_of_call(c, live->call) == agent;
}

static void push_end_others(struct cti_calls *c, const struct agent *agent)
{
	struct live *live;

	TAILQ_FOREACH(live, &c->all, age)
	if (pushed_for(c, live, agent))
		emit_ended(live, CTI_CAUSE_NORMAL,
			   "the next call was reported");
}

static int push_room(struct cti_calls *c, const struct agent *agent,
		     struct cti_err *err)
{
	const struct live *live;
	size_t n = 0;
	int rc;

	TAILQ_FOREACH(live, &c->all, age)
	n += pushed_for(c, live, agent);
	if (n < PUSHED_MAX)
		return 0;
	rc = cti_err_set(err, EAGAIN, CTI_ERR_RATE_LIMITED,
			 "%zu calls that were reported for this agent have no "
			 "end yet.",
			 n);
	if (err)
		err->retry_after_s = PUSHED_RETRY_S;
	return rc;
}

/* Whose it is must be said once: later reports name the leg. */
static int push_new(struct cti_calls *c, struct live **livep,
		    const struct cti_push *push, struct cti_err *err)
{
	char made[CTI_ID_SIZE];
	struct ring ring = {
		.ref = push->ref,
		.id = push->id,
		.first_ref = push->transfer_of,
		.first_id = push->original_id,
		.from = push->from,
		.driver = "push",
		.withheld = push->withheld,
	};
	struct agent *agent = NULL;
	int rc = agents_of_push(c, &agent, push->agent, err);

	if (rc)
		return rc;
	if (push->single)
		push_end_others(c, agent);
	else
		rc = push_room(c, agent, err);
	if (rc)
		return rc;
	if (!ring.ref) {
		cti_id_random(made);
		ring.ref = ring.id = made;
	}
	ring.agent = agents_name(c, agent, push->agent);
	ring.device = *agent->device ? agent->device : NULL;
	memcpy(ring.fact, push->fact, sizeof(ring.fact));
	return inbound_new(c, livep, &ring);
}

/* Does a report without a name mean this call, or a second one? */
static bool means_newest(const struct cti_call *call,
			 const struct cti_push *push)
{
	const char *from = call->fact[CTI_FACT_NUMBER_RAW];

	if (push->event >= CTI_PUSH_ENDED)
		return true;
	if (push->single)
		return false;
	if (push->event == CTI_PUSH_ANSWERED)
		return true;
	return call->state == CTI_CALL_RINGING &&
	       strcmp(from ? from : "", push->from ? push->from : "") == 0;
}

static int push_newest(struct cti_calls *c, struct live **livep,
		       const struct cti_push *push, struct cti_err *err)
{
	struct agent *agent = NULL;
	struct live *live;
	int rc = agents_of_push(c, &agent, push->agent, err);

	if (rc)
		return rc;
	TAILQ_FOREACH(live, &c->all, age)
	if (pushed_for(c, live, agent))
		break;
	*livep = live && means_newest(live->call, push) ? live : NULL;
	return 0;
}

static struct live *push_named(struct cti_calls *c, const struct cti_push *push)
{
	char id[CTI_ID_SIZE];

	if (push->id)
		return registry_get(c, push->id);
	cti_id_named(id, c->instance, push->ref);
	return registry_get(c, id);
}

static int push_find(struct cti_calls *c, struct live **livep,
		     const struct cti_push *push, struct cti_err *err)
{
	int rc = 0;

	if (push->ref)
		*livep = push_named(c, push);
	else
		rc = push_newest(c, livep, push, err);
	if (rc)
		return rc;
	if (!*livep && push->event >= CTI_PUSH_ENDED)
		return cti_err_set(err, ENOENT, CTI_ERR_CALL_NOT_FOUND,
				   "No call with ref \"%.64s\" was reported "
				   "before.",
				   push->ref ? push->ref : "");
	if (*livep && !pushed((*livep)->call))
		return cti_err_set(err, EEXIST, CTI_ERR_REF_REUSED,
				   "The call with ref \"%.64s\" is followed by "
				   "the driver %.32s.",
				   push->ref,
				   (*livep)->call->fact[CTI_FACT_DRIVER]);
	if (*livep && push->event == CTI_PUSH_RINGING &&
	    !cti_call_running((*livep)->call))
		return cti_err_set(err, EEXIST, CTI_ERR_REF_REUSED,
				   "The call with ref \"%.64s\" has ended.",
				   push->ref);
	return 0;
}

/* As if the API had been asked to change the call. */
static int push_learn(struct cti_calls *c, const struct live *live,
		      const struct cti_push *push,
		      const struct cti_reply *reply, struct cti_err *err)
{
	struct cti_patch patch = {.id = live->call->id};

	for (int i = 0; i < CTI_FACT_MAX; i++) {
		patch.fact[i] = push->fact[i];
		if (push->fact[i])
			patch.mask |= 1UL << i;
	}
	return cti_calls_patch(c, &patch, reply, err);
}

int cti_calls_push(struct cti_calls *c, const struct cti_push *push,
		   const struct cti_reply *reply, struct cti_err *err)
{
	struct push_wait *w = calloc(1, sizeof(*w));
	int rc = -ENOMEM;

	if (!w)
		goto out;
	w->reply = *reply;
	rc = push_find(c, &w->live, push, err);
	if (rc)
		goto out;
	if (push->event == CTI_PUSH_FACTS) {
		rc = push_learn(c, w->live, push, reply, err);
		goto out;
	}
	if (!w->live) {
		w->created = true;
		rc = push_new(c, &w->live, push, err);
		if (rc)
			goto out;
	}
	rc = push_apply(c, w, push);
	if (rc)
		goto out;
	w = NULL; /* answered later */
out:
	free(w);
	return rc;
}
