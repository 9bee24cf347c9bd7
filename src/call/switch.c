/* SPDX-License-Identifier: Apache-2.0 */
/* call/switch.c - what the driver reports: its link, its calls, the sync */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "call/priv.h"
#include "cti/log.h"

const char *cti_link_word(enum cti_link link)
{
	static const char *const words[] = {
		[CTI_LINK_DOWN] = "down",
		[CTI_LINK_CONNECTING] = "connecting",
		[CTI_LINK_UP] = "up",
		[CTI_LINK_FAILED] = "failed",
	};

	return words[link];
}

bool switch_ready(const struct cti_calls *c)
{
	return c->link == CTI_LINK_UP && c->synced;
}

void cti_calls_switch(const struct cti_calls *c, struct cti_switch_status *out)
{
	*out = (struct cti_switch_status){
		.driver = c->ops ? c->ops->name : NULL,
		.link = c->link,
		.synced = c->synced,
		.since_ms = c->link_since_ms,
		.why = c->why,
	};
}

/* A pushed call has no link that could be lost. */
static bool of_switch(const struct cti_calls *c, const struct cti_call *call)
{
	const char *driver = call->fact[CTI_FACT_DRIVER];

	return c->ops && driver && strcmp(driver, "push") != 0;
}

void switch_on_link(void *arg, enum cti_link link, const char *why)
{
	struct cti_calls *c = arg;
	struct live *live;

	if (link == c->link && strcmp(c->why, why ? why : "") == 0)
		return;
	c->stats.link_ups += link == CTI_LINK_UP && c->link != CTI_LINK_UP;
	c->link = link;
	c->synced = false;
	c->link_since_ms = cti_loop_wall_ms(c->loop);
	cti_utf8_clean(c->why, sizeof(c->why), why ? why : "",
		       why ? strlen(why) : 0);
	log_info("switch: %s: link %s%s%s", c->ops->name, cti_link_word(link),
		 *c->why ? ": " : "", c->why);
	probes_lost(c);
	if (link == CTI_LINK_UP)
		TAILQ_FOREACH(live, &c->all, age)
	live->seen = false;
	c->host.status(c->host.arg);
}

/* What the switch did not announce is gone. A dial it has not been given yet
 * has its own end. */
static bool vanished(const struct cti_calls *c, const struct live *live)
{
	const struct cti_call *call = live->call;
	bool on_its_way = call->direction == CTI_OUTBOUND && !call->sent_ms &&
			  call->state == CTI_CALL_QUEUED;

	return cti_call_running(call) && !live->seen && !on_its_way &&
	       of_switch(c, call);
}

static void end_vanished(struct cti_calls *c)
{
	struct live *live;

	TAILQ_FOREACH(live, &c->all, age)
	{
		if (!vanished(c, live))
			continue;
		emit_ended(live, CTI_CAUSE_LINK_LOST,
			   live->call->state == CTI_CALL_UNKNOWN
				   ? "not found after restart"
				   : "gone when the link came back");
	}
}

void switch_forget(struct cti_calls *c)
{
	if (switch_ready(c))
		end_vanished(c);
}

void switch_on_synced(void *arg)
{
	struct cti_calls *c = arg;

	end_vanished(c);
	c->synced = true;
	c->host.status(c->host.arg);
}

/* --- events --- */

/* A dial that the relay died over before it learned of its leg: where the
 * switch carries no id of ours it is known by what was dialed. */
static bool may_be(const struct cti_calls *c, const struct live *live,
		   const struct cti_call_event *ev)
{
	const struct cti_call *call = live->call;
	const char *dialed = call->fact[CTI_FACT_DIALED];

	return (call->state == CTI_CALL_UNKNOWN ||
		call->state == CTI_CALL_DIALING) &&
	       !live->seen && of_switch(c, call) && !call->fact[CTI_FACT_REF] &&
	       dialed && strcmp(dialed, ev->number) == 0;
}

/* Exactly one, or none: a guess would mix up two calls. */
static struct live *find_dialed(struct cti_calls *c,
				const struct cti_call_event *ev)
{
	struct live *live, *found = NULL;

	if (c->synced || ev->call_id || ev->inbound || !ev->number)
		return NULL;
	TAILQ_FOREACH(live, &c->all, age)
	{
		if (!may_be(c, live, ev))
			continue;
		if (found)
			return NULL;
		found = live;
	}
	return found;
}

static struct live *find_call(struct cti_calls *c,
			      const struct cti_call_event *ev)
{
	struct live *live = NULL;
	char id[CTI_ID_SIZE];

	if (ev->call_id)
		live = registry_get(c, ev->call_id);
	if (!live)
		live = registry_by_ref(c, ev->leg_ref);
	if (live || !ev->leg_ref)
		return live;
	cti_id_named(id, c->instance, ev->leg_ref);
	live = registry_get(c, id);
	return live ? live : find_dialed(c, ev);
}

static void change_transfer(struct cti_calls *c, struct cti_event *out,
			    const struct cti_call_event *ev)
{
	if (!ev->inbound || out->transferred)
		return;
	out->transferred = inbound_original(c, out->original_id, ev->first_ref,
					    ev->first_id);
}

static int change_number(struct cti_calls *c, struct cti_event *out,
			 const struct live *live,
			 const struct cti_call_event *ev)
{
	struct cti_number_caller caller;
	int err;

	if (!ev->number || !ev->inbound || ev->withheld)
		return 0;
	cti_number_inbound(c->numbers, &caller, ev->number);
	err = emit_fact(out, live, CTI_FACT_NUMBER, caller.shown);
	if (err)
		return err;
	return emit_fact(out, live, CTI_FACT_NUMBER_RAW, ev->number);
}

static int change_facts(struct cti_calls *c, struct cti_event *out,
			const struct live *live,
			const struct cti_call_event *ev)
{
	struct ring ring = {.fact[CTI_FACT_NAME] = ev->name,
			    .fact[CTI_FACT_DNIS] = ev->dnis,
			    .fact[CTI_FACT_REF] = ev->leg_ref,
			    .fact[CTI_FACT_CAUSE_DETAIL] = ev->cause_detail};
	int err = change_number(c, out, live, ev);

	if (!live->call->fact[CTI_FACT_DEVICE])
		ring.fact[CTI_FACT_DEVICE] = ev->device;
	inbound_attached(c, &ring, ev->attached, ev->nattached);
	for (int i = 0; i < CTI_FACT_MAX && !err; i++)
		err = emit_fact(out, live, (enum cti_fact)i, ring.fact[i]);
	return err;
}

static bool changes(const struct cti_event *ev, const struct cti_call *call)
{
	return ev->nchanges || ev->kind != call->kind ||
	       ev->withheld != call->withheld ||
	       strcmp(ev->original_id, call->original_id) != 0;
}

/* One report of the switch about a call we know. */
static int follow(struct cti_calls *c, struct live *live,
		  const struct cti_call_event *ev)
{
	enum cti_event_type type = CTI_EVENT_UPDATED;
	struct cti_event *out = NULL;
	bool step = machine_step(&type, live->call->state, ev->state);
	int err;

	if (!cti_call_running(live->call))
		return 0;
	err = emit_begin(&out, live, type);
	if (err)
		return err;
	if (step)
		out->state = ev->state;
	out->kind = ev->kind;
	out->withheld = out->withheld || ev->withheld;
	if (ev->state == CTI_CALL_ENDED)
		out->cause = ev->cause ? ev->cause : CTI_CAUSE_NORMAL;
	change_transfer(c, out, ev);
	err = change_facts(c, out, live, ev);
	if (err || (!step && !changes(out, live->call))) {
		cti_event_destroy(out);
		return err;
	}
	return emit_event(c, &(struct emission){.live = live, .ev = out});
}

static void ring_of(struct cti_calls *c, struct ring *ring,
		    const struct cti_call_event *ev, const struct agent *agent)
{
	*ring = (struct ring){
		.ref = ev->leg_ref,
		.first_ref = ev->first_ref,
		.first_id = ev->first_id,
		.from = ev->withheld ? NULL : ev->number,
		.agent = agents_name(c, agent, NULL),
		.device = ev->device,
		.driver = c->ops->name,
		.kind = ev->kind,
		.withheld = ev->withheld,
		.outbound = !ev->inbound,
		.fact[CTI_FACT_NAME] = ev->name,
		.fact[CTI_FACT_DNIS] = ev->dnis,
	};
	inbound_attached(c, ring, ev->attached, ev->nattached);
}

/* A call the switch has and we have not: a ring at the agent, a call he
 * dialed on his phone, or one that ran while we did not. */
static struct live *adopt(struct cti_calls *c, const struct cti_call_event *ev)
{
	struct agent *agent = agents_of_device(c, ev->device);
	struct live *live = NULL;
	struct ring ring;
	int err;

	if (!agent) {
		log_debug("switch: a call at %s, which is no agent's device",
			  ev->device ? ev->device : "an unnamed device");
		return NULL;
	}
	ring_of(c, &ring, ev, agent);
	err = inbound_new(c, &live, &ring);
	if (err)
		log_warn_errno(err, "switch: a call is not followed");
	return live;
}

void switch_on_event(void *arg, const struct cti_call_event *ev)
{
	struct cti_calls *c = arg;
	struct live *live = find_call(c, ev);
	int err;

	if (!live && (ev->state == CTI_CALL_ENDED || !ev->leg_ref)) {
		log_debug("switch: the end of a call we do not know");
		return;
	}
	if (!live)
		live = adopt(c, ev);
	if (!live)
		return;
	live->seen = true;
	err = follow(c, live, ev);
	if (err)
		log_warn_errno(err, "call %s: a report of the switch is lost",
			       live->call->id);
}
