/* SPDX-License-Identifier: Apache-2.0 */
/* call/inbound.c - a ring becomes a call with its ids; calls pushed by HTTP */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"
#include "cti/log.h"

void inbound_attached(const struct cti_calls *c, struct ring *ring,
		      const struct cti_attached *attached, size_t n)
{
	struct cti_field fields[CTI_FIELDS];

	cti_conf_fields(c->conf, fields);
	for (size_t i = 0; n && i < CTI_FIELDS; i++) {
		const char *wanted = fields[i].variable;

		for (size_t j = 0; *wanted && j < n; j++)
			if (strcmp(attached[j].name, wanted) == 0)
				ring->fact[fields[i].fact] = attached[j].value;
	}
}

static int set_facts(struct cti_call *call, const struct ring *ring)
{
	for (int i = 0; i < CTI_FACT_MAX; i++) {
		const char *text = ring->fact[i];
		int err = 0;

		if (text && *text)
			err = cti_call_set(call, (enum cti_fact)i, text);
		if (err)
			return err;
	}
	return 0;
}

static int set_caller(struct cti_calls *c, struct cti_call *call,
		      struct ring *ring)
{
	struct cti_number_caller caller;

	cti_number_inbound(c->numbers, &caller, ring->from);
	ring->fact[CTI_FACT_NUMBER] = caller.shown;
	ring->fact[CTI_FACT_NUMBER_RAW] = ring->from;
	ring->fact[CTI_FACT_AGENT] = ring->agent;
	ring->fact[CTI_FACT_DEVICE] = ring->device;
	ring->fact[CTI_FACT_DRIVER] = ring->driver;
	ring->fact[CTI_FACT_REF] = ring->ref;
	return set_facts(call, ring);
}

/* A leg that a relay dialed carries the id which that relay gave the call; any
 * other has the one computed from it, by whichever relay. Chains of transfers
 * keep the very first id. */
bool inbound_original(struct cti_calls *c, char id[CTI_ID_SIZE],
		      const char *first_ref, const char *first_id)
{
	const struct live *earlier;

	if (first_id && cti_id_valid(first_id))
		(void)snprintf(id, CTI_ID_SIZE, "%s", first_id); /* fits */
	else if (first_ref)
		cti_id_named(id, c->instance, first_ref);
	else
		return false;
	earlier = registry_get(c, id);
	if (earlier)
		memcpy(id, earlier->call->original_id, CTI_ID_SIZE);
	return true;
}

/* Per leg and name-based, so that it is the same again (design: ids); a call
 * the agent dialed himself has no ring and gets its leg's id likewise. */
static void set_ids(struct cti_calls *c, struct cti_call *call,
		    const struct ring *ring)
{
	if (ring->id)
		(void)snprintf(call->id, sizeof(call->id), "%s",
			       ring->id); /* valid, so it fits */
	else
		cti_id_named(call->id, c->instance, ring->ref);
	memcpy(call->original_id, call->id, sizeof(call->id));
	call->transferred = inbound_original(c, call->original_id,
					     ring->first_ref, ring->first_id);
}

int inbound_store(struct cti_calls *c, const struct cti_call *call)
{
	struct cti_link_row link = {
		.kind = CTI_LINK_REF,
		.value = call->fact[CTI_FACT_REF],
		.row = call->row,
		.at_ms = call->created_ms,
	};
	struct cti_unit *unit = NULL;
	int err = cti_unit_new(&unit, false);

	if (err)
		return err;
	err = cti_unit_call(unit, call);
	if (!err && link.value)
		err = cti_unit_link(unit, &link);
	if (err) {
		cti_unit_destroy(unit);
		return err;
	}
	cti_store_submit(c->store, unit, NULL, NULL);
	return 0;
}

int inbound_new(struct cti_calls *c, struct live **livep,
		const struct ring *given)
{
	struct ring ring = *given;
	struct cti_call *call = NULL;
	struct live *live = NULL;
	int err = cti_call_new(&call);

	if (err)
		return err;
	call->direction = ring.outbound ? CTI_OUTBOUND : CTI_INBOUND;
	call->kind = ring.kind;
	call->withheld = ring.withheld;
	call->row = cti_store_next_row(c->store);
	call->created_ms = cti_loop_wall_ms(c->loop);
	if (ring.outbound)
		call->sent_ms = call->created_ms; /* the switch has it */
	set_ids(c, call, &ring);
	err = set_caller(c, call, &ring);
	if (err)
		goto out;
	err = registry_add(c, &live, call);
	if (err)
		goto out;
	call = NULL; /* now the registry's */
	err = inbound_store(c, live->call);
	if (err) {
		registry_drop(live);
		goto out;
	}
	*livep = live;
out:
	cti_call_destroy(call);
	return err;
}

/* --- pushed calls: no switch will tell when they are over --- */

static void push_over(void *arg)
{
	struct live *live = arg;

	if (live->call->answered_ms)
		emit_ended(live, CTI_CAUSE_FAILED,
			   "no end was reported within push.max_s");
	else
		emit_ended(live, CTI_CAUSE_NO_ANSWER,
			   "no answer was reported within push.ring_s");
}

/* Counted from the ring or the answer: neither a repeated report nor a restart
 * makes it longer. */
static int64_t push_left(const struct live *live)
{
	const struct cti_calls *c = live->calls;
	const struct cti_call *call = live->call;
	bool answered = call->answered_ms != 0;
	int64_t since = answered ? live->answered_mono : live->started_mono;
	int64_t most = answered ? c->push_max_ms : c->push_ring_ms;
	int64_t gone = cti_loop_mono_ms(c->loop) - since;

	return gone < most ? most - gone : 0;
}

void push_arm(struct live *live)
{
	struct cti_calls *c = live->calls;
	const char *driver = live->call->fact[CTI_FACT_DRIVER];

	if (!driver || strcmp(driver, "push") != 0)
		return;
	if (!live->limit &&
	    cti_timer_new(&live->limit, c->loop, push_over, live)) {
		log_warn("call %s: no memory for its time limit",
			 live->call->id);
		return;
	}
	if (cti_call_running(live->call))
		cti_timer_start(live->limit, push_left(live));
	else
		cti_timer_stop(live->limit);
}
