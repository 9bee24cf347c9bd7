/* SPDX-License-Identifier: Apache-2.0 */
/* call/registry.c - the calls in memory: running ones and recently ended */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"
#include "cti/log.h"

static int by_id(const void *a, const void *b)
{
	const struct live *x = a;
	const struct live *y = b;

	return strcmp(x->call->id, y->call->id);
}

static int by_ref(const void *a, const void *b)
{
	const struct live *x = a;
	const struct live *y = b;

	return strcmp(x->call->fact[CTI_FACT_REF], y->call->fact[CTI_FACT_REF]);
}

int registry_add(struct cti_calls *c, struct live **livep,
		 struct cti_call *call)
{
	struct live *live = calloc(1, sizeof(*live));

	if (!live)
		return -ENOMEM;
	live->call = call;
	live->calls = c;
	live->started_mono = cti_loop_mono_ms(c->loop);
	STAILQ_INIT(&live->waiters);
	if (!tsearch(live, &c->by_id, by_id)) {
		free(live);
		return -ENOMEM;
	}
	TAILQ_INSERT_HEAD(&c->all, live, age);
	registry_index_ref(live);
	*livep = live;
	return 0;
}

void registry_index_ref(struct live *live)
{
	struct cti_calls *c = live->calls;
	struct live **found;

	if (live->indexed_ref || !live->call->fact[CTI_FACT_REF])
		return;
	found = tsearch(live, &c->by_ref, by_ref);
	live->indexed_ref = found && *found == live;
	if (!found)
		log_warn("call %s: no memory to index its leg", live->call->id);
}

static void registry_unindex_ref(struct live *live)
{
	if (live->indexed_ref)
		(void)tdelete(live, &live->calls->by_ref, by_ref); /* found */
	live->indexed_ref = false;
}

void registry_drop(struct live *live)
{
	struct cti_calls *c = live->calls;
	struct waiter *w;

	while ((w = STAILQ_FIRST(&live->waiters))) {
		STAILQ_REMOVE_HEAD(&live->waiters, entry);
		free(w);
	}
	registry_unindex_ref(live);
	(void)tdelete(live, &c->by_id, by_id); /* it is there */
	TAILQ_REMOVE(&c->all, live, age);
	if (live->ended.tqe_prev) {
		TAILQ_REMOVE(&c->over, live, ended);
		c->nover--;
	}
	cti_timer_destroy(live->limit);
	cti_call_destroy(live->call);
	free(live);
}

struct live *registry_find(struct cti_calls *c, const char *id)
{
	struct cti_call call;
	struct live key = {.call = &call};
	struct live **found;

	if (!cti_id_valid(id))
		return NULL;
	memcpy(call.id, id, strlen(id) + 1);
	found = tfind(&key, &c->by_id, by_id);
	return found ? *found : NULL;
}

/* It has a past: its start was not just now. */
static void live_loaded(struct live *live)
{
	int64_t ago = cti_loop_wall_ms(live->calls->loop) -
		      live->call->created_ms;

	if (ago > 0)
		live->started_mono -= ago;
	live->known = true;
	live->stamped = true;
}

struct live *registry_get(struct cti_calls *c, const char *id)
{
	struct live *live = registry_find(c, id);
	struct cti_call *call = NULL;

	if (live || !cti_id_valid(id))
		return live;
	if (cti_store_load(c->store, &call, id))
		return NULL;
	if (registry_add(c, &live, call)) {
		cti_call_destroy(call);
		return NULL;
	}
	live_loaded(live);
	if (!cti_call_running(call)) {
		/* an old call: last in the list, first to be forgotten */
		TAILQ_REMOVE(&c->all, live, age);
		TAILQ_INSERT_TAIL(&c->all, live, age);
		registry_over(live);
	}
	return live;
}

struct live *registry_by_ref(struct cti_calls *c, const char *ref)
{
	union {
		const char *lent;
		char *held;
	} text = {.lent = ref};
	struct cti_call call = {.fact[CTI_FACT_REF] = text.held};
	struct live key = {.call = &call};
	struct live **found = ref ? tfind(&key, &c->by_ref, by_ref) : NULL;

	return found ? *found : NULL;
}

void registry_over(struct live *live)
{
	struct cti_calls *c = live->calls;

	if (live->ended.tqe_prev)
		return;
	registry_unindex_ref(live);
	TAILQ_INSERT_TAIL(&c->over, live, ended);
	c->nover++;
}

void registry_trim(struct cti_calls *c)
{
	struct live *live = TAILQ_FIRST(&c->over);

	while (live && c->nover > RECENT_MAX) {
		struct live *next = TAILQ_NEXT(live, ended);

		if (!live->busy)
			registry_drop(live);
		live = next;
	}
}

void registry_clear(struct cti_calls *c)
{
	struct live *live;

	while ((live = TAILQ_FIRST(&c->all)))
		registry_drop(live);
}

/* The store hands calls out oldest first or newest first; the list is always
 * newest first. */
static int load_recent(void *arg, struct cti_call *call)
{
	struct cti_calls *c = arg;
	struct live *live = NULL;
	int err;

	if (registry_find(c, call->id)) {
		cti_call_destroy(call);
		return 0;
	}
	err = registry_add(c, &live, call);
	if (err) {
		cti_call_destroy(call);
		return err;
	}
	live_loaded(live);
	TAILQ_REMOVE(&c->all, live, age);
	TAILQ_INSERT_TAIL(&c->all, live, age);
	if (!cti_call_running(call)) {
		/* they come newest first, and the oldest is forgotten first */
		registry_over(live);
		TAILQ_REMOVE(&c->over, live, ended);
		TAILQ_INSERT_HEAD(&c->over, live, ended);
	}
	return 0;
}

static int load_running(void *arg, struct cti_call *call)
{
	struct cti_calls *c = arg;
	struct live *live = registry_find(c, call->id);
	int err;

	if (live) {
		cti_call_destroy(call);
		return 0;
	}
	err = registry_add(c, &live, call);
	if (err) {
		cti_call_destroy(call);
		return err;
	}
	live_loaded(live);
	return 0;
}

/*
 * A dial that had not been heard of from the switch when the relay died may
 * or may not have rung: it is unknown until the switch has been asked.
 */
static int make_unknown(struct live *live)
{
	struct cti_event *ev = NULL;
	int err;

	if (live->call->direction != CTI_OUTBOUND ||
	    live->call->state != CTI_CALL_QUEUED)
		return 0;
	err = emit_begin(&ev, live, CTI_EVENT_UPDATED);
	if (err)
		return err;
	ev->state = CTI_CALL_UNKNOWN;
	return emit_event(live->calls,
			  &(struct emission){.live = live, .ev = ev});
}

int registry_load(struct cti_calls *c)
{
	struct live *live;
	int err = cti_store_running(c->store, load_running, c);

	if (err)
		return err;
	err = cti_store_recent(c->store, LIST_MAX, load_recent, c);
	if (err)
		return err;
	TAILQ_FOREACH(live, &c->all, age)
	{
		if (!cti_call_running(live->call))
			continue;
		push_arm(live);
		err = make_unknown(live);
		if (err)
			return err;
	}
	return 0;
}
