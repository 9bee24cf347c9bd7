/* SPDX-License-Identifier: Apache-2.0 */
/* simulator/calls.c - the calls: found by id, moved on by one timer each */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/simulator/priv.h"

struct sim_call *sim_call_find(struct cti_driver *drv,
			       const struct cti_call_ref *ref)
{
	struct sim_call *call = NULL;

	if (ref->call_id)
		call = cti_map_find(&drv->by_id, ref->call_id,
				    strlen(ref->call_id));
	if (!call && ref->leg_ref)
		call = cti_map_find(&drv->by_ref, ref->leg_ref,
				    strlen(ref->leg_ref));
	return call;
}

static int index_add(struct cti_map *map, struct sim_call *call, const char *id)
{
	return cti_map_add(map, id, strlen(id), call);
}

static void index_remove(struct cti_map *map, const struct sim_call *call,
			 const char *id)
{
	size_t len = strlen(id);

	if (cti_map_find(map, id, len) == call)
		cti_map_remove(map, id, len);
}

enum { REF_TIME_DIGITS = 12 };

static void call_link(struct sim_call *call)
{
	struct cti_driver *drv = call->drv;

	call->next = drv->calls;
	if (drv->calls)
		drv->calls->prev = call;
	drv->calls = call;
}

static void call_unlink(struct sim_call *call)
{
	struct cti_driver *drv = call->drv;

	if (call->call_id[0])
		index_remove(&drv->by_id, call, call->call_id);
	index_remove(&drv->by_ref, call, call->ref);
	if (call->prev)
		call->prev->next = call->next;
	else if (drv->calls == call)
		drv->calls = call->next;
	if (call->next)
		call->next->prev = call->prev;
	call->prev = NULL;
	call->next = NULL;
}

void sim_call_destroy(struct sim_call *call)
{
	if (!call)
		return;
	call_unlink(call);
	cti_timer_destroy(call->timer);
	free(call->texts.from);
	free(call->texts.to);
	free(call->texts.name);
	free(call->texts.device);
	free(call);
}

void sim_call_say(const struct sim_call *call, enum cti_call_state state)
{
	struct cti_driver *drv = call->drv;
	const struct sim_texts *t = &call->texts;
	bool ended = state == CTI_CALL_ENDED;
	struct cti_call_event ev = {
		.call_id = call->call_id[0] ? call->call_id : NULL,
		.leg_ref = call->ref,
		.state = state,
		.kind = CTI_KIND_CUSTOMER,
		.cause = ended ? call->cause : CTI_CAUSE_NONE,
		.cause_detail = ended ? call->detail : NULL,
		.inbound = call->script != NULL,
		.withheld = call->script && !t->from,
		.device = t->device,
		.number = t->from,
		.name = t->name,
		.dnis = t->to,
	};

	drv->host.on_event(drv->host.arg, &ev);
}

void sim_call_arm(struct sim_call *call)
{
	int64_t wait = 0;

	if (call->said && !call->ending) {
		if (call->then == SIM_STEP_NONE) {
			cti_timer_stop(call->timer);
			return;
		}
		wait = call->due_ms - cti_loop_mono_ms(call->drv->host.loop);
	}
	cti_timer_start(call->timer, wait > 0 ? wait : 0);
}

void sim_call_plan(struct sim_call *call, enum sim_step then, int64_t due_ms)
{
	call->then = then;
	call->due_ms = due_ms;
}

void sim_call_enter(struct sim_call *call, enum cti_call_state state)
{
	call->state = state;
	call->said = false;
}

void sim_call_end(struct sim_call *call, enum cti_cause cause,
		  const char *detail)
{
	call->ending = true;
	call->cause = cause;
	call->detail = detail;
}

static int64_t call_now(const struct sim_call *call)
{
	return cti_loop_mono_ms(call->drv->host.loop);
}

void sim_call_talk(struct sim_call *call)
{
	const struct cti_driver *drv = call->drv;
	int64_t now = call_now(call);

	sim_call_enter(call, CTI_CALL_ACTIVE);
	if (call->script && call->script->drop)
		sim_call_plan(call, SIM_STEP_DROP, now + drv->ring_ms);
	else if (drv->talk_ms > 0)
		sim_call_plan(call, SIM_STEP_TALKED, now + drv->talk_ms);
	else
		sim_call_plan(call, SIM_STEP_NONE, 0);
}

void sim_call_await(struct sim_call *call)
{
	int64_t ring_ms = call->drv->ring_ms;
	int64_t limit_ms = call->timeout_ms;

	if (limit_ms > 0 && limit_ms <= ring_ms)
		sim_call_plan(call, SIM_STEP_TIMEOUT,
			      call->started_ms + limit_ms);
	else
		sim_call_plan(call, SIM_STEP_RESULT,
			      call->started_ms + ring_ms);
}

static void call_result(struct sim_call *call)
{
	enum cti_cause cause =
		call->script ? call->script->cause : call->answer->cause;
	const char *detail =
		call->script ? call->script->detail : call->answer->detail;

	if (cause == CTI_CAUSE_NONE)
		sim_call_talk(call);
	else
		sim_call_end(call, cause, detail);
}

/** Does what is due; never frees the call. */
static void call_step(struct sim_call *call)
{
	enum sim_step step = call->then;

	call->then = SIM_STEP_NONE;
	switch (step) {
	case SIM_STEP_RING:
		sim_call_enter(call, CTI_CALL_RINGING);
		sim_call_await(call);
		break;
	case SIM_STEP_RESULT:
		call_result(call);
		break;
	case SIM_STEP_TIMEOUT:
		sim_call_end(call, CTI_CAUSE_NO_ANSWER, "ring time-out");
		break;
	case SIM_STEP_TALKED:
		sim_call_end(call, CTI_CAUSE_NORMAL, "Q.850 16");
		break;
	case SIM_STEP_NONE:
	case SIM_STEP_DROP:
		break;
	}
}

static void call_finish(struct sim_call *call)
{
	call_unlink(call); /* from here on no such call, also for the core */
	sim_call_say(call, CTI_CALL_ENDED);
	sim_call_destroy(call);
}

static void link_drop(struct cti_driver *drv)
{
	drv->up = false;
	drv->host.on_link(drv->host.arg, CTI_LINK_DOWN,
			  "the simulator dropped the link");
	cti_timer_start(drv->link_timer, SIM_OUTAGE_MS);
}

static void call_fire(void *arg)
{
	struct sim_call *call = arg;
	struct cti_driver *drv = call->drv;

	if (!drv->up) {
		call->late = true;
		return;
	}
	if (call->said && !call->ending && call->then == SIM_STEP_DROP) {
		sim_call_destroy(call);
		link_drop(drv);
		return;
	}
	if (call->said && !call->ending && call_now(call) >= call->due_ms)
		call_step(call);
	if (!call->said) {
		call->said = true;
		sim_call_say(call, call->state);
	}
	if (call->ending)
		call_finish(call);
	else
		sim_call_arm(call);
}

/* Like a real switch's it grows with time: what is stored by it lies near
 * what was stored before. */
static void ref_make(char ref[CTI_ID_SIZE], const struct cti_loop *loop)
{
	uint64_t now_ms = (uint64_t)cti_loop_wall_ms(loop);

	cti_id_random(ref);
	for (int i = REF_TIME_DIGITS; i-- > 0; now_ms >>= 4)
		ref[i] = "0123456789ABCDEF"[now_ms & 0xf];
}

int sim_call_new(struct sim_call **callp, struct cti_driver *drv,
		 const char *call_id)
{
	struct sim_call *call = calloc(1, sizeof(*call));
	int err;

	if (!call)
		return -ENOMEM;
	if (call_id)
		memcpy(call->call_id, call_id, strlen(call_id) + 1);
	call->drv = drv;
	call->started_ms = cti_loop_mono_ms(drv->host.loop);
	ref_make(call->ref, drv->host.loop);
	call_link(call);
	err = cti_timer_new(&call->timer, drv->host.loop, call_fire, call);
	if (err)
		goto out;
	err = index_add(&drv->by_ref, call, call->ref);
	if (!err && call_id)
		err = index_add(&drv->by_id, call, call->call_id);
	if (err)
		goto out;

	*callp = call;
	call = NULL;
out:
	sim_call_destroy(call);
	return err;
}
