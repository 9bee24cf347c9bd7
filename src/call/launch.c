/* SPDX-License-Identifier: Apache-2.0 */
/* call/launch.c - a new call's way to the switch: intent, commit, dial */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call/dial.h"
#include "cti/log.h"

/* A new call on its way to the switch. */
struct launch {
	struct live *live;
	struct cti_err err;
	enum cti_dial_path path;
	bool has_activity, has_header;
	unsigned char activity[CTI_ID_BLOB], header[CTI_ID_BLOB];
	char redial_of[CTI_ID_SIZE]; /* "" when it is none */
};

static int fill_facts(const struct attempt *a, struct cti_call *call)
{
	const struct cti_outbound *out = a->dial->out;
	const char *const facts[CTI_FACT_MAX] = {
		[CTI_FACT_AGENT] = agents_name(a->c, a->agent, out->user),
		[CTI_FACT_DEVICE] = *a->agent->device ? a->agent->device : NULL,
		[CTI_FACT_NUMBER] = a->number.e164,
		[CTI_FACT_NUMBER_RAW] = out->number,
		[CTI_FACT_DIALED] = a->number.dialed,
		[CTI_FACT_BP] = out->bp,
		[CTI_FACT_ACTIVITY_UUID] = out->activity_uuid,
		[CTI_FACT_CRM] = out->crm,
		[CTI_FACT_DRIVER] = a->c->ops->name,
		[CTI_FACT_REDIAL_OF] = a->redial_of,
	};
	int err = 0;

	for (int i = 0; i < CTI_FACT_MAX && !err; i++)
		if (facts[i])
			err = cti_call_set(call, (enum cti_fact)i, facts[i]);
	return err;
}

static int new_call(const struct attempt *a, struct live **livep)
{
	struct cti_call *call = NULL;
	int err = cti_call_new(&call);

	if (err)
		return err;
	call->direction = CTI_OUTBOUND;
	call->row = cti_store_next_row(a->c->store);
	call->created_ms = cti_loop_wall_ms(a->c->loop);
	cti_id_random(call->id);
	memcpy(call->original_id, call->id, sizeof(call->id));
	err = fill_facts(a, call);
	if (!err)
		err = registry_add(a->c, livep, call);
	if (err)
		cti_call_destroy(call);
	return err;
}

static void unbind(struct launch *l)
{
	struct cti_calls *c = l->live->calls;
	struct dial_key original = {.at_mono = l->live->started_mono};

	if (l->has_activity)
		keys_unbind(c, l->activity);
	if (l->has_header)
		keys_unbind(c, l->header);
	if (!l->has_activity || !*l->redial_of)
		return;
	memcpy(original.id, l->redial_of, sizeof(original.id));
	memcpy(original.name, l->activity, sizeof(original.name));
	if (keys_bind(c, &original))
		log_warn("call %s: no memory to keep its key", original.id);
}

/* What was refused binds no key, after a restart neither; the call can still
 * be looked up by its ActivityUUID. */
static int unit_unbind(struct cti_unit *unit, const struct launch *l)
{
	const struct cti_call *call = l->live->call;
	char value[CTI_ID_SIZE];
	struct cti_link_row activity = {
		.kind = CTI_LINK_ACTIVITY,
		.value = call->fact[CTI_FACT_ACTIVITY_UUID],
		.row = call->row,
	};
	struct cti_link_row header = {
		.kind = CTI_LINK_IDEMPOTENCY,
		.value = value,
		.row = call->row,
	};
	int err = 0;

	cti_id_unpack(value, l->header);
	if (l->has_activity)
		err = cti_unit_link(unit, &activity);
	if (!err && l->has_header)
		err = cti_unit_link(unit, &header);
	return err;
}

static void launch_failed(void *arg, int err)
{
	struct launch *l = arg;
	struct cti_outcome outcome = {.call = l->live->call, .err = l->err};

	(void)err; /* what counts is that it was not dialed */
	live_answer(l->live, &outcome);
	free(l);
}

static void launch_fail(struct launch *l, int why)
{
	struct live *live = l->live;
	struct cti_event *ev = NULL;
	struct cti_unit *unit = NULL;
	int err;

	unbind(l);
	stats_dial(live->calls, l->path, CTI_ERR_DIAL_FAILED);
	(void)cti_err_set(&l->err, EIO, CTI_ERR_DIAL_FAILED,
			  "The switch did not take the call: %s.",
			  strerror(-why));
	err = emit_begin(&ev, live, CTI_EVENT_ENDED);
	if (!err)
		err = cti_unit_new(&unit, false);
	if (!err)
		err = unit_unbind(unit, l);
	if (!err)
		err = emit_fact(ev, live, CTI_FACT_CAUSE_DETAIL, l->err.text);
	if (err) {
		cti_event_destroy(ev);
		cti_unit_destroy(unit);
		launch_failed(l, err);
		return;
	}
	ev->state = CTI_CALL_ENDED;
	ev->cause = CTI_CAUSE_FAILED;
	err = emit_event(live->calls, &(struct emission){.live = live,
							 .ev = ev,
							 .unit = unit,
							 .after = launch_failed,
							 .arg = l});
	if (err)
		launch_failed(l, err);
}

/* The intent was not stored: there never was a call. */
static void launch_refused(struct launch *l, int err)
{
	struct live *live = l->live;
	struct cti_outcome outcome = {.call = NULL};
	char *const *fact = live->call->fact;
	const struct cti_outbound out = {
		.number = fact[CTI_FACT_NUMBER_RAW],
		.activity_uuid = fact[CTI_FACT_ACTIVITY_UUID],
		.user = fact[CTI_FACT_AGENT],
	};
	const struct cti_dial dial = {.out = &out, .path = l->path};

	unbind(l);
	(void)cti_err_set(&outcome.err, ENOSPC, CTI_ERR_STORE_FULL,
			  "The dial could not be stored: %s.", strerror(-err));
	cti_calls_refuse(live->calls, &dial, &outcome.err);
	live_answer(live, &outcome);
	free(l);
	live->call->state = CTI_CALL_ENDED;
	registry_over(live);
	if (!live->busy)
		registry_drop(live);
}

static int originate(struct live *live)
{
	struct cti_calls *c = live->calls;
	const struct cti_call *call = live->call;
	const char *device = call->fact[CTI_FACT_DEVICE];
	struct cti_originate req = {
		.call_id = call->id,
		.device = device ? device : "",
		.number = call->fact[CTI_FACT_DIALED],
		.timeout_ms = (uint32_t)c->ring_ms,
	};

	if (!switch_ready(c))
		return -ENOTCONN;
	if (!cti_number_dialable(req.number))
		return -EINVAL;
	return c->ops->originate(c->drv, &req);
}

static void launch_stored(void *arg, int err)
{
	struct launch *l = arg;
	struct live *live = l->live;
	struct cti_outcome outcome = {.call = live->call, .created = true};

	if (err) {
		launch_refused(l, err);
		return;
	}
	live->call->stored_ms = cti_loop_wall_ms(live->calls->loop);
	err = originate(live);
	if (err) {
		launch_fail(l, err);
		return;
	}
	live->call->sent_ms = cti_loop_wall_ms(live->calls->loop);
	stats_dial(live->calls, l->path, CTI_OK);
	live->seen = true;
	live_answer(live, &outcome);
	free(l);
}

static struct launch *launch_alloc(const struct attempt *a, struct live *live)
{
	struct launch *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->live = live;
	l->path = a->dial->path;
	l->has_activity = a->has_activity;
	l->has_header = a->has_header;
	memcpy(l->activity, a->activity, sizeof(l->activity));
	memcpy(l->header, a->header, sizeof(l->header));
	if (a->redial_of)
		memcpy(l->redial_of, a->redial_of, strlen(a->redial_of) + 1);
	return l;
}

static int launch_submit(struct attempt *a, struct live *live)
{
	struct launch *l = launch_alloc(a, live);
	struct cti_unit *unit = NULL;
	struct cti_event *ev = NULL;
	int err = l ? cti_unit_new(&unit, true) : -ENOMEM;

	if (!err)
		err = cti_unit_call(unit, live->call);
	if (!err)
		err = attempt_bind(a, unit, live->call);
	if (!err)
		err = live_wait(live, a->reply);
	if (!err)
		err = emit_begin(&ev, live, CTI_EVENT_QUEUED);
	if (err)
		goto out;
	err = emit_event(a->c, &(struct emission){.live = live,
						  .ev = ev,
						  .unit = unit,
						  .intent = true,
						  .after = launch_stored,
						  .arg = l});
	unit = NULL;
	if (!err)
		l = NULL;
out:
	if (err && l)
		unbind(l);
	cti_unit_destroy(unit);
	free(l);
	return err;
}

int launch_new(struct attempt *a)
{
	struct live *live = NULL;
	int err = new_call(a, &live);

	if (err)
		return err;
	err = launch_submit(a, live);
	if (err)
		registry_drop(live);
	return err;
}
