/* SPDX-License-Identifier: Apache-2.0 */
/* call/registry.c - the calls in memory: running ones and recently ended */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"
#include "cti/log.h"

int registry_add(struct cti_calls *c, struct live **livep,
		 struct cti_call *call)
{
	struct live *live = calloc(1, sizeof(*live));
	int err;

	if (!live)
		return -ENOMEM;
	live->call = call;
	live->calls = c;
	live->started_mono = cti_loop_mono_ms(c->loop);
	STAILQ_INIT(&live->waiters);
	err = cti_map_add(&c->by_id, call->id, strlen(call->id), live);
	if (err) {
		free(live);
		return err;
	}
	TAILQ_INSERT_HEAD(&c->all, live, age);
	registry_index_ref(live);
	*livep = live;
	return 0;
}

static void registry_unindex_ref(struct live *live)
{
	if (live->ref)
		cti_map_remove(&live->calls->by_ref, live->ref,
			       strlen(live->ref));
	free(live->ref);
	live->ref = NULL;
}

/* A leg that the switch uses again is no longer its ended call's. */
static void registry_release_ref(struct cti_calls *c, const char *ref)
{
	struct live *old = registry_by_ref(c, ref);

	if (old && !cti_call_running(old->call))
		registry_unindex_ref(old);
}

void registry_index_ref(struct live *live)
{
	const char *ref = live->call->fact[CTI_FACT_REF];
	int err = -ENOMEM;

	if (!ref || (live->ref && strcmp(live->ref, ref) == 0))
		return;
	registry_unindex_ref(live);
	if (cti_call_running(live->call))
		registry_release_ref(live->calls, ref);
	live->ref = strdup(ref);
	if (live->ref)
		err = cti_map_add(&live->calls->by_ref, live->ref,
				  strlen(live->ref), live);
	if (!err)
		return;
	free(live->ref);
	live->ref = NULL;
	if (err != -EEXIST)
		log_warn("call %s: no memory to index its leg", live->call->id);
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
	cti_map_remove(&c->by_id, live->call->id, strlen(live->call->id));
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
	return id ? cti_map_find(&c->by_id, id, strlen(id)) : NULL;
}

/* All that is timed goes by the clock that nobody sets. */
int64_t mono_of(const struct cti_calls *c, int64_t wall_ms)
{
	int64_t ago = cti_loop_wall_ms(c->loop) - wall_ms;
	int64_t mono = cti_loop_mono_ms(c->loop) - (ago > 0 ? ago : 0);

	return mono ? mono : 1; /* 0 means: not yet */
}

/* It has a past: its start was not just now. */
static void live_loaded(struct live *live)
{
	const struct cti_call *call = live->call;

	live->started_mono = mono_of(live->calls, call->created_ms);
	if (call->answered_ms)
		live->answered_mono = mono_of(live->calls, call->answered_ms);
	live->rang = call->ringing_ms || call->answered_ms;
	live->known = true;
	live->stamped = true;
	live->loaded = true;
}

void registry_over(struct live *live)
{
	struct cti_calls *c = live->calls;

	if (live->ended.tqe_prev)
		return;
	/* its leg stays known: what is reported later is not a new call */
	TAILQ_INSERT_TAIL(&c->over, live, ended);
	c->nover++;
	/* who only reads makes no room; until the next turn it is lent */
	if (c->nover > RECENT_MAX && !cti_timer_active(c->trim))
		cti_timer_start(c->trim, 0);
}

/* The list is newest first, and most that is loaded belongs to its end. */
static void list_by_row(struct live *live)
{
	struct live_list *all = &live->calls->all;
	struct live *other;

	TAILQ_REMOVE(all, live, age);
	TAILQ_FOREACH_REVERSE(other, all, live_list, age)
	if (other->call->row > live->call->row)
		break;
	if (other)
		TAILQ_INSERT_AFTER(all, other, live, age);
	else
		TAILQ_INSERT_HEAD(all, live, age);
}

/* What was loaded is the first to be forgotten when others need the room. */
static void over_first(struct live *live)
{
	struct cti_calls *c = live->calls;

	registry_over(live);
	TAILQ_REMOVE(&c->over, live, ended);
	TAILQ_INSERT_HEAD(&c->over, live, ended);
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
	list_by_row(live);
	if (!cti_call_running(call))
		over_first(live);
	return live;
}

struct live *registry_by_ref(struct cti_calls *c, const char *ref)
{
	return ref ? cti_map_find(&c->by_ref, ref, strlen(ref)) : NULL;
}

void registry_trim(void *arg)
{
	struct cti_calls *c = arg;
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
	cti_map_fini(&c->by_id);
	cti_map_fini(&c->by_ref);
	cti_timer_destroy(c->trim);
	c->trim = NULL;
}

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
	list_by_row(live);
	if (!cti_call_running(call))
		over_first(live); /* they come newest first */
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
	int err = c->trim ? 0
			  : cti_timer_new(&c->trim, c->loop, registry_trim, c);

	if (!err)
		err = cti_store_running(c->store, load_running, c);
	if (!err)
		err = cti_store_recent(c->store, LIST_MAX, load_recent, c);
	return err;
}

void registry_resume(struct cti_calls *c)
{
	struct live *live;

	TAILQ_FOREACH(live, &c->all, age)
	{
		if (!live->loaded)
			continue;
		live->loaded = false;
		if (!cti_call_running(live->call))
			continue;
		push_arm(live);
		if (make_unknown(live))
			log_warn("call %s: no memory to call it unknown",
				 live->call->id);
	}
}

/* The file does not know it any more, and what follows is stored as changes of
 * it: as it is now it goes there. */
static int restore(struct live *live)
{
	struct cti_calls *c = live->calls;
	struct cti_call *there = NULL;
	int err = cti_store_load_row(c->store, &there, live->call->row);

	cti_call_destroy(there);
	if (err != -ENOENT)
		return err;
	return inbound_store(c, live->call);
}

void registry_restore(struct cti_calls *c)
{
	struct live *live;

	TAILQ_FOREACH(live, &c->all, age)
	{
		if (live->loaded || !live->known ||
		    !cti_call_running(live->call))
			continue;
		if (restore(live))
			log_warn("call %s: is not in the store any more",
				 live->call->id);
	}
}
