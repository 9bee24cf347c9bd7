/* SPDX-License-Identifier: Apache-2.0 */
/* call/dial.c - a click becomes one call: keys, merge, limits, intent, dial */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"
#include "cti/log.h"

enum { HEADER_KEY_MAX = 200 };

/* All that is known of a dial while it is decided. */
struct attempt {
	struct cti_calls *c;
	const struct cti_dial *dial;
	const struct cti_reply *reply;
	struct cti_err *err;
	const char *redial_of; /* id, or NULL */
	struct agent *agent;
	struct cti_number number;
	bool has_activity, has_header;
	unsigned char activity[CTI_ID_BLOB], header[CTI_ID_BLOB];
	unsigned char print[CTI_ID_BLOB];
};

/* A new call on its way to the switch. */
struct launch {
	struct live *live;
	struct cti_err err;
	bool has_activity, has_header;
	unsigned char activity[CTI_ID_BLOB], header[CTI_ID_BLOB];
	char redial_of[CTI_ID_SIZE]; /* "" when it is none */
};

/* --- replies --- */

void reply_call(const struct cti_reply *reply, const struct live *live,
		bool created)
{
	struct cti_outcome outcome = {.call = live->call, .created = created};

	reply->fn(reply->arg, &outcome);
}

int live_wait(struct live *live, const struct cti_reply *reply)
{
	struct waiter *w = calloc(1, sizeof(*w));

	if (!w)
		return -ENOMEM;
	w->reply = *reply;
	STAILQ_INSERT_TAIL(&live->waiters, w, entry);
	return 0;
}

void live_answer(struct live *live, const struct cti_outcome *outcome)
{
	struct cti_outcome mine = *outcome;
	struct waiter *w;

	while ((w = STAILQ_FIRST(&live->waiters))) {
		STAILQ_REMOVE_HEAD(&live->waiters, entry);
		w->reply.fn(w->reply.arg, &mine);
		free(w);
		mine.created = false; /* the first one made it */
	}
}

/* --- the same click again --- */

static void attempt_names(struct attempt *a)
{
	const struct cti_dial *dial = a->dial;

	a->has_activity = dial->out->activity_uuid && !a->redial_of;
	a->has_header = dial->idempotency_key && !a->redial_of;
	if (a->has_activity)
		key_name_activity(a->activity, dial->out->activity_uuid,
				  a->number.e164);
	if (!a->has_header)
		return;
	key_name_header(a->header, a->agent->id, dial->idempotency_key);
	cti_store_fingerprint(a->print, dial->body, dial->body_len);
}

static int earlier_by_key(struct attempt *a, struct live **livep)
{
	const struct dial_key *key;

	if (a->has_header && (key = keys_find(a->c, a->header))) {
		if (memcmp(key->print, a->print, sizeof(key->print)) != 0)
			return cti_err_set(a->err, EEXIST, CTI_ERR_KEY_REUSED,
					   "This Idempotency-Key came with "
					   "another body before.");
		*livep = registry_get(a->c, key->id);
	}
	if (!*livep && a->has_activity && (key = keys_find(a->c, a->activity)))
		*livep = registry_get(a->c, key->id);
	return 0;
}

static struct live *earlier_by_merge(const struct attempt *a)
{
	struct cti_calls *c = a->c;
	int64_t since = cti_loop_mono_ms(c->loop) - c->merge_ms;
	struct live *live;

	if (!c->merge_ms)
		return NULL;
	TAILQ_FOREACH(live, &c->all, age)
	{
		const char *number = live->call->fact[CTI_FACT_NUMBER];

		if (live->started_mono <= since)
			return NULL;
		if (live->call->direction == CTI_OUTBOUND &&
		    cti_call_running(live->call) && number &&
		    strcmp(number, a->number.e164) == 0 &&
		    agents_of_call(c, live->call) == a->agent)
			return live;
	}
	return NULL;
}

/* The names under which this dial will be found again, in memory and in
 * unit. */
static int bind_key(struct attempt *a, struct cti_unit *unit,
		    const struct cti_call *call, bool header)
{
	char value[CTI_ID_SIZE];
	struct dial_key key = {.at_ms = cti_loop_wall_ms(a->c->loop)};
	struct cti_link_row link = {
		.kind = header ? CTI_LINK_IDEMPOTENCY : CTI_LINK_ACTIVITY,
		.value = header ? value : a->dial->out->activity_uuid,
		.row = call->row,
		.at_ms = key.at_ms,
	};
	int err;

	memcpy(key.id, call->id, sizeof(key.id));
	memcpy(key.name, header ? a->header : a->activity, sizeof(key.name));
	memcpy(key.print, a->print, sizeof(key.print));
	cti_id_unpack(value, key.name);
	memcpy(link.print, header ? key.print : key.name, sizeof(link.print));
	err = cti_unit_link(unit, &link);
	return err ? err : keys_bind(a->c, &key);
}

static int bind_keys(struct attempt *a, struct cti_unit *unit,
		     const struct cti_call *call)
{
	int err = 0;

	if (a->has_activity)
		err = bind_key(a, unit, call, false);
	if (!err && a->has_header)
		err = bind_key(a, unit, call, true);
	return err;
}

struct merged {
	struct live *live;
	struct cti_reply reply;
};

/* The call that was merged into could not be stored: there was none. */
static void merged_lost(const struct merged *m, int err)
{
	struct cti_outcome outcome = {.call = NULL};

	(void)cti_err_set(&outcome.err, ENOSPC, CTI_ERR_STORE_FULL,
			  "The dial could not be stored: %s.", strerror(-err));
	m->reply.fn(m->reply.arg, &outcome);
}

static void merged_stored(void *arg, int err)
{
	struct merged *m = arg;

	if (err)
		log_warn_errno(err, "call %s: a further key of it is lost",
			       m->live->call->id);
	m->live->busy--;
	/* one that is not at the switch yet answers all who ask for it */
	if (!STAILQ_EMPTY(&m->live->waiters) &&
	    live_wait(m->live, &m->reply) == 0)
		goto out;
	if (m->live->known)
		reply_call(&m->reply, m->live, false);
	else
		merged_lost(m, err);
out:
	free(m);
}

static int answer_earlier(struct attempt *a, struct live *live, bool bind)
{
	struct merged *m = calloc(1, sizeof(*m));
	struct cti_unit *unit = NULL;
	int err = m ? cti_unit_new(&unit, true) : -ENOMEM;

	if (!err && bind)
		err = bind_keys(a, unit, live->call);
	if (err) {
		cti_unit_destroy(unit);
		free(m);
		return err;
	}
	*m = (struct merged){.live = live, .reply = *a->reply};
	live->busy++;
	cti_store_submit(a->c->store, unit, merged_stored, m);
	return 0;
}

/* --- a new call --- */

static int ready_check(struct attempt *a)
{
	struct cti_store_health health;

	if (a->c->stopping)
		return cti_err_set(a->err, ECANCELED, CTI_ERR_STOPPING,
				   "The relay is shutting down.");
	if (!switch_ready(a->c))
		return cti_err_set(a->err, ENOTCONN, CTI_ERR_SWITCH_DOWN,
				   "The link to the switch is %s%s%.60s.",
				   cti_link_word(a->c->link),
				   *a->c->why ? ": " : "", a->c->why);
	cti_store_health(a->c->store, &health);
	if (health.failing)
		return cti_err_set(a->err, ENOSPC, CTI_ERR_STORE_FULL,
				   "The store cannot be written: %s.",
				   strerror(-health.err));
	return limits_check(a->c, a->agent, a->err);
}

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
	struct dial_key original = {.at_ms = l->live->call->created_ms};

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
	const struct cti_dial dial = {.out = &out};

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
	live->seen = true;
	live_answer(live, &outcome);
	free(l);
}

static struct launch *launch_new(const struct attempt *a, struct live *live)
{
	struct launch *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->live = live;
	l->has_activity = a->has_activity;
	l->has_header = a->has_header;
	memcpy(l->activity, a->activity, sizeof(l->activity));
	memcpy(l->header, a->header, sizeof(l->header));
	if (a->redial_of)
		memcpy(l->redial_of, a->redial_of, strlen(a->redial_of) + 1);
	return l;
}

/* A redial answers the clicks that asked for the original. */
static int bind_redial(struct attempt *a, struct cti_unit *unit,
		       const struct cti_call *call)
{
	if (!a->redial_of || !a->dial->out->activity_uuid)
		return 0;
	key_name_activity(a->activity, a->dial->out->activity_uuid,
			  a->number.e164);
	a->has_activity = true;
	return bind_key(a, unit, call, false);
}

static int launch_submit(struct attempt *a, struct live *live)
{
	struct launch *l = launch_new(a, live);
	struct cti_unit *unit = NULL;
	struct cti_event *ev = NULL;
	int err = l ? cti_unit_new(&unit, true) : -ENOMEM;

	if (!err)
		err = cti_unit_call(unit, live->call);
	if (!err)
		err = bind_keys(a, unit, live->call);
	if (!err)
		err = bind_redial(a, unit, live->call);
	if (!err)
		err = live_wait(live, a->reply);
	if (!err)
		err = emit_begin(&ev, live, CTI_EVENT_QUEUED);
	if (err)
		goto out;
	l->has_activity = a->has_activity;
	memcpy(l->activity, a->activity, sizeof(l->activity));
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

static int dial_new(struct attempt *a)
{
	struct live *live = NULL;
	int err = ready_check(a);

	if (err)
		return err;
	err = new_call(a, &live);
	if (err)
		return err;
	err = launch_submit(a, live);
	if (err) {
		registry_drop(live);
		return err;
	}
	limits_count(a->c, a->agent);
	return 0;
}

static int dial_decide(struct attempt *a)
{
	struct live *live = NULL;
	int err = agents_of_dial(a->c, &a->agent, a->dial, a->err);

	if (err)
		return err;
	err = cti_number_outbound(a->c->numbers, &a->number,
				  a->dial->out->number, a->err);
	if (err)
		return err;
	attempt_names(a);
	err = earlier_by_key(a, &live);
	if (err)
		return err;
	if (live)
		return answer_earlier(a, live, false);
	live = earlier_by_merge(a);
	if (live)
		return answer_earlier(a, live, true);
	return dial_new(a);
}

static int dial_run(struct attempt *a)
{
	int err = dial_decide(a);

	if (err && a->err->code == CTI_OK)
		(void)cti_err_set(a->err, -err, CTI_ERR_INTERNAL,
				  "The dial could not be made: %s.",
				  strerror(-err));
	if (err)
		cti_calls_refuse(a->c, a->dial, a->err);
	return err;
}

int cti_calls_dial(struct cti_calls *c, const struct cti_dial *dial,
		   const struct cti_reply *reply, struct cti_err *err)
{
	struct attempt a = {.c = c, .dial = dial, .reply = reply, .err = err};

	*err = (struct cti_err){.code = CTI_OK};
	if (dial->idempotency_key &&
	    strnlen(dial->idempotency_key, HEADER_KEY_MAX + 1) > HEADER_KEY_MAX)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
				   "The Idempotency-Key is longer than %d "
				   "bytes.",
				   HEADER_KEY_MAX);
	return dial_run(&a);
}

int cti_calls_redial(struct cti_calls *c, const char *id,
		     const struct cti_reply *reply, struct cti_err *err)
{
	struct live *live = registry_get(c, id);
	struct cti_outbound out;
	struct cti_dial dial = {.out = &out};
	struct attempt a = {.c = c, .dial = &dial, .reply = reply, .err = err};

	*err = (struct cti_err){.code = CTI_OK};
	if (!live)
		return cti_err_set(err, ENOENT, CTI_ERR_CALL_NOT_FOUND,
				   "There is no call %.40s.", id);
	if (live->call->direction != CTI_OUTBOUND)
		return cti_err_set(err, EINVAL, CTI_ERR_WRONG_STATE,
				   "Only an outbound call can be dialed "
				   "again.");
	if (cti_call_running(live->call))
		return cti_err_set(err, EBUSY, CTI_ERR_WRONG_STATE,
				   "The call is still running.");
	out = (struct cti_outbound){
		.number = live->call->fact[CTI_FACT_NUMBER_RAW],
		.activity_uuid = live->call->fact[CTI_FACT_ACTIVITY_UUID],
		.user = live->call->fact[CTI_FACT_AGENT],
		.bp = live->call->fact[CTI_FACT_BP],
		.crm = live->call->fact[CTI_FACT_CRM],
	};
	a.redial_of = live->call->id;
	return dial_run(&a);
}
