/* SPDX-License-Identifier: Apache-2.0 */
/* call/dial.c - a click becomes one call: keys, merge, limits */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/dial.h"
#include "cti/log.h"

enum { HEADER_KEY_MAX = 200 };

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

/* Its intent was not stored, or the switch did not take it: a click that was
 * refused, whatever merged into it meanwhile. */
static bool was_refused(const struct live *live)
{
	const struct cti_call *call = live->call;

	return !cti_call_running(call) &&
	       (!live->known || (call->stored_ms && !call->sent_ms));
}

/* The call that answers to a key. */
static struct live *key_call(struct cti_calls *c, const struct dial_key *key)
{
	struct live *live = key ? registry_get(c, key->id) : NULL;

	return live && !was_refused(live) ? live : NULL;
}

/* By which it is found it is bound already; the header may be new. */
static int earlier_by_key(struct attempt *a, struct live **livep)
{
	const struct dial_key *key = NULL;

	if (a->has_header)
		key = keys_find(a->c, a->header);
	*livep = key_call(a->c, key);
	if (*livep && memcmp(key->print, a->print, sizeof(key->print)) != 0)
		return cti_err_set(a->err, EEXIST, CTI_ERR_KEY_REUSED,
				   "This Idempotency-Key came with another "
				   "body before.");
	if (*livep)
		a->has_header = false;
	else if (a->has_activity)
		*livep = key_call(a->c, keys_find(a->c, a->activity));
	if (*livep)
		a->has_activity = false;
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

static int bind_key(struct attempt *a, struct cti_unit *unit,
		    const struct cti_call *call, bool header)
{
	char value[CTI_ID_SIZE];
	struct dial_key key = {.at_mono = cti_loop_mono_ms(a->c->loop)};
	struct cti_link_row link = {
		.kind = header ? CTI_LINK_IDEMPOTENCY : CTI_LINK_ACTIVITY,
		.value = header ? value : a->dial->out->activity_uuid,
		.row = call->row,
		.at_ms = cti_loop_wall_ms(a->c->loop),
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

/* A redial answers the clicks that asked for the original, too. */
static void attempt_redial(struct attempt *a)
{
	if (!a->dial->out->activity_uuid)
		return;
	key_name_activity(a->activity, a->dial->out->activity_uuid,
			  a->number.e164);
	a->has_activity = true;
}

int attempt_bind(struct attempt *a, struct cti_unit *unit,
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
	enum cti_dial_path path;
	struct cti_reply reply;
};

/* The call that was merged into could not be stored: there was none. */
static void merged_lost(const struct merged *m, int err)
{
	struct cti_outcome outcome = {.call = NULL};

	(void)cti_err_set(&outcome.err, ENOSPC, CTI_ERR_STORE_FULL,
			  "The dial could not be stored: %s.", strerror(-err));
	stats_dial(m->live->calls, m->path, CTI_ERR_STORE_FULL);
	m->reply.fn(m->reply.arg, &outcome);
}

static void merged_stored(void *arg, int err)
{
	struct merged *m = arg;

	if (err)
		log_warn_errno(err,
			       "call %s: a further key waits for the store",
			       m->live->call->id);
	m->live->busy--;
	/* one that is not at the switch yet answers all who ask for it */
	if (!STAILQ_EMPTY(&m->live->waiters) &&
	    live_wait(m->live, &m->reply) == 0)
		goto out;
	if (!m->live->known) {
		merged_lost(m, err);
		free(m);
		return;
	}
	reply_call(&m->reply, m->live, false);
out:
	m->live->calls->stats.merged[m->path]++;
	free(m);
}

static int answer_earlier(struct attempt *a, struct live *live)
{
	struct merged *m = calloc(1, sizeof(*m));
	struct cti_unit *unit = NULL;
	int err = m ? cti_unit_new(&unit, false) : -ENOMEM;

	if (!err)
		err = attempt_bind(a, unit, live->call);
	if (err) {
		cti_unit_destroy(unit);
		free(m);
		return err;
	}
	*m = (struct merged){
		.live = live,
		.path = a->dial->path,
		.reply = *a->reply,
	};
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

static int dial_new(struct attempt *a)
{
	int err = ready_check(a);

	if (err)
		return err;
	if (a->redial_of)
		attempt_redial(a);
	err = launch_new(a);
	if (!err)
		limits_count(a->c, a->agent);
	return err;
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
	if (!live)
		live = earlier_by_merge(a);
	return live ? answer_earlier(a, live) : dial_new(a);
}

static int dial_run(struct attempt *a)
{
	int err = dial_decide(a);

	if (err && a->err->code == CTI_OK)
		(void)cti_err_set(a->err, -err, CTI_ERR_INTERNAL,
				  "The dial could not be made: %s.",
				  strerror(-err));
	if (!err)
		return 0;
	cti_calls_refuse(a->c, a->dial, a->err);
	if (a->agent)
		limits_refused(a->c, a->agent, a->err->code);
	return err;
}

int cti_calls_dial(struct cti_calls *c, const struct cti_dial *dial,
		   const struct cti_reply *reply, struct cti_err *err)
{
	struct attempt a = {.c = c, .dial = dial, .reply = reply, .err = err};

	*err = (struct cti_err){.code = CTI_OK};
	if (!dial->idempotency_key ||
	    strnlen(dial->idempotency_key, HEADER_KEY_MAX + 1) <=
		    HEADER_KEY_MAX)
		return dial_run(&a);
	stats_dial(c, dial->path, CTI_ERR_BAD_REQUEST);
	return cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
			   "The Idempotency-Key is longer than %d "
			   "bytes.",
			   HEADER_KEY_MAX);
}

/* May this call be dialed again? */
static int redial_check(const struct live *live, const char *id,
			struct cti_err *err)
{
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
	return 0;
}

int cti_calls_redial(struct cti_calls *c, const char *id,
		     const struct cti_reply *reply, struct cti_err *err)
{
	struct live *live = registry_get(c, id);
	struct cti_outbound out;
	struct cti_dial dial = {.out = &out, .path = CTI_DIAL_REDIAL};
	struct attempt a = {.c = c, .dial = &dial, .reply = reply, .err = err};

	int rc = redial_check(live, id, err);

	if (rc) {
		stats_dial(c, CTI_DIAL_REDIAL, err->code);
		return rc;
	}
	*err = (struct cti_err){.code = CTI_OK};
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
