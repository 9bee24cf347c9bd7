/* SPDX-License-Identifier: Apache-2.0 */
/* simulator/simulator.c - plays a switch: dials, rings, answers, hangs up */
#include "drivers/simulator/simulator.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "cti/conf.h"
#include "cti/loop.h"
#include "cti/number.h"
#include "drivers/simulator/scripts.h"

enum {
	RING_LIMIT_MS = 60000, /* script `ring`: the caller's patience */
	OUTAGE_MS = 500,       /* script `drop`: the link stays down */
	RING_PART = 4, /* the far end rings after a quarter of ring_ms */
};

/** What a call does when its time has come. */
enum step {
	STEP_NONE,
	STEP_RING,
	STEP_RESULT, /* the far end's answer; inbound: what the script says */
	STEP_TIMEOUT,
	STEP_TALKED,
	STEP_DROP,
};

/** Texts of a played call, owned; each may be NULL. */
struct texts {
	char *from;
	char *to;
	char *name;
	char *device;
};

struct call {
	struct cti_driver *drv;
	struct call *prev, *next;
	char call_id[CTI_ID_SIZE]; /* "" for a played call */
	char ref[CTI_ID_SIZE];
	const struct cti_sim_answer *answer; /* outbound */
	const struct cti_sim_script *script; /* inbound */
	struct texts texts;
	enum cti_call_state state;
	bool said;   /* state was reported */
	bool ending; /* with cause and detail */
	bool late;   /* its time came while the link was down */
	enum cti_cause cause;
	const char *detail;
	enum step then;
	int64_t started_ms;
	int64_t due_ms; /* of `then` */
	uint32_t timeout_ms;
	struct cti_timer *timer;
};

struct cti_driver {
	struct cti_driver_host host;
	int64_t ring_ms, talk_ms;
	bool up;
	struct call *calls;
	void *by_id; /* tsearch(3) trees of the ids inside the calls */
	void *by_ref;
	struct cti_timer *link_timer;
	struct cti_timer *probe_timer;
};

static int id_compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static struct call *call_of_id(char *id)
{
	return (struct call *)(void *)(id - offsetof(struct call, call_id));
}

static struct call *call_of_ref(char *ref)
{
	return (struct call *)(void *)(ref - offsetof(struct call, ref));
}

/** Ours by its id, a played one by its leg. */
static struct call *call_find(struct cti_driver *drv,
			      const struct cti_call_ref *ref)
{
	char **node = NULL;

	if (ref->call_id)
		node = tfind(ref->call_id, &drv->by_id, id_compare);
	if (node)
		return call_of_id(*node);
	if (ref->leg_ref)
		node = tfind(ref->leg_ref, &drv->by_ref, id_compare);
	return node ? call_of_ref(*node) : NULL;
}

static int index_add(void **root, char *id)
{
	char **node = tsearch(id, root, id_compare);

	if (!node)
		return -ENOMEM;
	return *node == id ? 0 : -EEXIST;
}

static void index_remove(void **root, const char *id)
{
	char **node = tfind(id, root, id_compare);

	if (node && *node == id)
		(void)tdelete(id, root, id_compare); /* it is there */
}

static void call_link(struct call *call)
{
	struct cti_driver *drv = call->drv;

	call->next = drv->calls;
	if (drv->calls)
		drv->calls->prev = call;
	drv->calls = call;
}

static void call_unlink(struct call *call)
{
	struct cti_driver *drv = call->drv;

	if (call->call_id[0])
		index_remove(&drv->by_id, call->call_id);
	index_remove(&drv->by_ref, call->ref);
	if (call->prev)
		call->prev->next = call->next;
	else if (drv->calls == call)
		drv->calls = call->next;
	if (call->next)
		call->next->prev = call->prev;
	call->prev = NULL;
	call->next = NULL;
}

static void call_destroy(struct call *call)
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

static void call_say(const struct call *call, enum cti_call_state state)
{
	struct cti_driver *drv = call->drv;
	const struct texts *t = &call->texts;
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

static void call_arm(struct call *call)
{
	int64_t wait = 0;

	if (call->said && !call->ending) {
		if (call->then == STEP_NONE) {
			cti_timer_stop(call->timer);
			return;
		}
		wait = call->due_ms - cti_loop_mono_ms(call->drv->host.loop);
	}
	cti_timer_start(call->timer, wait > 0 ? wait : 0);
}

static void call_plan(struct call *call, enum step then, int64_t due_ms)
{
	call->then = then;
	call->due_ms = due_ms;
}

static void call_enter(struct call *call, enum cti_call_state state)
{
	call->state = state;
	call->said = false;
}

static void call_end(struct call *call, enum cti_cause cause,
		     const char *detail)
{
	call->ending = true;
	call->cause = cause;
	call->detail = detail;
}

static int64_t call_now(const struct call *call)
{
	return cti_loop_mono_ms(call->drv->host.loop);
}

static void call_talk(struct call *call)
{
	const struct cti_driver *drv = call->drv;
	int64_t now = call_now(call);

	call_enter(call, CTI_CALL_ACTIVE);
	if (call->script && call->script->drop)
		call_plan(call, STEP_DROP, now + drv->ring_ms);
	else if (drv->talk_ms > 0)
		call_plan(call, STEP_TALKED, now + drv->talk_ms);
	else
		call_plan(call, STEP_NONE, 0);
}

/** The far end's answer comes after ring_ms, unless we give up before. */
static void call_await(struct call *call)
{
	int64_t ring_ms = call->drv->ring_ms;
	int64_t limit_ms = call->timeout_ms;

	if (limit_ms > 0 && limit_ms <= ring_ms)
		call_plan(call, STEP_TIMEOUT, call->started_ms + limit_ms);
	else
		call_plan(call, STEP_RESULT, call->started_ms + ring_ms);
}

static void call_result(struct call *call)
{
	enum cti_cause cause =
		call->script ? call->script->cause : call->answer->cause;
	const char *detail =
		call->script ? call->script->detail : call->answer->detail;

	if (cause == CTI_CAUSE_NONE)
		call_talk(call);
	else
		call_end(call, cause, detail);
}

/** Does what is due; never frees the call. */
static void call_step(struct call *call)
{
	enum step step = call->then;

	call->then = STEP_NONE;
	switch (step) {
	case STEP_RING:
		call_enter(call, CTI_CALL_RINGING);
		call_await(call);
		break;
	case STEP_RESULT:
		call_result(call);
		break;
	case STEP_TIMEOUT:
		call_end(call, CTI_CAUSE_NO_ANSWER, "ring time-out");
		break;
	case STEP_TALKED:
		call_end(call, CTI_CAUSE_NORMAL, "Q.850 16");
		break;
	case STEP_NONE:
	case STEP_DROP:
		break;
	}
}

static void call_finish(struct call *call)
{
	call_unlink(call); /* from here on no such call, also for the core */
	call_say(call, CTI_CALL_ENDED);
	call_destroy(call);
}

static void link_drop(struct cti_driver *drv)
{
	drv->up = false;
	drv->host.on_link(drv->host.arg, CTI_LINK_DOWN,
			  "the simulator dropped the link");
	cti_timer_start(drv->link_timer, OUTAGE_MS);
}

static void call_fire(void *arg)
{
	struct call *call = arg;
	struct cti_driver *drv = call->drv;

	if (!drv->up) {
		call->late = true;
		return;
	}
	if (call->said && !call->ending && call->then == STEP_DROP) {
		call_destroy(call);
		link_drop(drv);
		return;
	}
	if (call->said && !call->ending && call_now(call) >= call->due_ms)
		call_step(call);
	if (!call->said) {
		call->said = true;
		call_say(call, call->state);
	}
	if (call->ending)
		call_finish(call);
	else
		call_arm(call);
}

static int call_new(struct call **callp, struct cti_driver *drv,
		    const char *call_id)
{
	struct call *call = calloc(1, sizeof(*call));
	int err;

	if (!call)
		return -ENOMEM;
	if (call_id)
		memcpy(call->call_id, call_id, strlen(call_id) + 1);
	call->drv = drv;
	call->started_ms = cti_loop_mono_ms(drv->host.loop);
	cti_id_random(call->ref);
	call_link(call);
	err = cti_timer_new(&call->timer, drv->host.loop, call_fire, call);
	if (err)
		goto out;
	err = index_add(&drv->by_ref, call->ref);
	if (!err && call_id)
		err = index_add(&drv->by_id, call->call_id);
	if (err)
		goto out;

	*callp = call;
	call = NULL;
out:
	call_destroy(call);
	return err;
}

/* --- Life cycle --- */

static void link_up(void *arg)
{
	struct cti_driver *drv = arg;

	drv->up = true;
	drv->host.on_link(drv->host.arg, CTI_LINK_UP, "simulator");
	for (struct call *call = drv->calls; call; call = call->next) {
		call->said = true;
		call_say(call, call->state);
	}
	drv->host.on_synced(drv->host.arg);
	for (struct call *call = drv->calls; call; call = call->next) {
		if (call->late || call->ending)
			call_arm(call);
		call->late = false;
	}
}

static void probe_answer(void *arg)
{
	struct cti_driver *drv = arg;

	drv->host.on_probe(drv->host.arg, true,
			   "the simulator reaches every device");
}

static void simulator_destroy(struct cti_driver *drv)
{
	if (!drv)
		return;
	while (drv->calls)
		call_destroy(drv->calls);
	cti_timer_destroy(drv->link_timer);
	cti_timer_destroy(drv->probe_timer);
	free(drv);
}

static int simulator_create(struct cti_driver **drvp,
			    const struct cti_conf *conf,
			    const struct cti_driver_host *host)
{
	struct cti_driver *drv = calloc(1, sizeof(*drv));
	int err;

	if (!drv)
		return -ENOMEM;
	drv->host = *host;
	drv->ring_ms = cti_conf_int(conf, "simulator.ring_ms");
	drv->talk_ms = cti_conf_int(conf, "simulator.talk_ms");
	err = cti_timer_new(&drv->link_timer, host->loop, link_up, drv);
	if (!err)
		err = cti_timer_new(&drv->probe_timer, host->loop, probe_answer,
				    drv);
	if (err)
		goto out;

	*drvp = drv;
	drv = NULL;
out:
	simulator_destroy(drv);
	return err;
}

static int simulator_start(struct cti_driver *drv)
{
	cti_timer_start(drv->link_timer, 0);
	return 0;
}

static void simulator_stop(struct cti_driver *drv)
{
	while (drv->calls)
		call_destroy(drv->calls);
	cti_timer_stop(drv->link_timer);
	cti_timer_stop(drv->probe_timer);
	drv->up = false;
	drv->host.on_link(drv->host.arg, CTI_LINK_DOWN, "stopped");
}

/* --- Calls --- */

static int simulator_originate(struct cti_driver *drv,
			       const struct cti_originate *req)
{
	struct call *call;
	int err;

	if (!drv->up)
		return -ENOTCONN;
	if (!cti_number_dialable(req->number) ||
	    strlen(req->call_id) >= CTI_ID_SIZE)
		return -EINVAL;
	err = call_new(&call, drv, req->call_id);
	if (err)
		return err;
	call->answer = cti_sim_answer_find(req->number);
	call->timeout_ms = req->timeout_ms;
	call_enter(call, CTI_CALL_DIALING);
	if (call->answer->rings)
		call_plan(call, STEP_RING,
			  call->started_ms + drv->ring_ms / RING_PART);
	else
		call_await(call);
	call_arm(call);
	return 0;
}

static bool text_copy(char **out, const char *text)
{
	if (!text || !text[0])
		return true;
	*out = strdup(text);
	return *out != NULL;
}

static int simulator_play(struct cti_driver *drv,
			  const struct cti_played *played,
			  char ref[CTI_ID_SIZE])
{
	const struct cti_sim_script *script =
		cti_sim_script_find(played->script);
	struct call *call;
	int err;

	if (!drv->up)
		return -ENOTCONN;
	if (!script)
		return -EINVAL;
	err = call_new(&call, drv, NULL);
	if (err)
		return err;
	call->script = script;
	if (!text_copy(&call->texts.from, played->from) ||
	    !text_copy(&call->texts.to, played->to) ||
	    !text_copy(&call->texts.name, played->name) ||
	    !text_copy(&call->texts.device, played->device)) {
		call_destroy(call);
		return -ENOMEM;
	}
	call_enter(call, CTI_CALL_RINGING);
	call_plan(call, STEP_RESULT,
		  call->started_ms +
			  (script->patient ? RING_LIMIT_MS : drv->ring_ms));
	call_arm(call);
	memcpy(ref, call->ref, CTI_ID_SIZE);
	return 0;
}

static bool call_talking(const struct call *call)
{
	return call->state == CTI_CALL_ACTIVE || call->state == CTI_CALL_HELD;
}

/** A call an action may act on: reported, not about to end. */
static int call_take(struct call **callp, struct cti_driver *drv,
		     const struct cti_call_ref *ref)
{
	struct call *call = call_find(drv, ref);

	if (!drv->up)
		return -ENOTCONN;
	if (!call)
		return -ENOENT;
	if (call->ending)
		return -EINVAL;
	*callp = call;
	return 0;
}

static int simulator_hangup(struct cti_driver *drv,
			    const struct cti_call_ref *ref)
{
	struct call *call;
	int err = call_take(&call, drv, ref);

	if (err)
		return err;
	if (call_talking(call))
		call_end(call, CTI_CAUSE_NORMAL, "Q.850 16");
	else if (call->script)
		call_end(call, CTI_CAUSE_REJECTED, "SIP 603, Q.850 21");
	else
		call_end(call, CTI_CAUSE_CANCELLED, "SIP 487, Q.850 16");
	call_arm(call);
	return 0;
}

static int simulator_answer(struct cti_driver *drv,
			    const struct cti_call_ref *ref)
{
	struct call *call;
	int err = call_take(&call, drv, ref);

	if (err)
		return err;
	if (!call->script || !call->said || call->state != CTI_CALL_RINGING)
		return -EINVAL;
	call_talk(call);
	call_arm(call);
	return 0;
}

static int simulator_reject(struct cti_driver *drv,
			    const struct cti_call_ref *ref)
{
	struct call *call;
	int err = call_take(&call, drv, ref);

	if (err)
		return err;
	if (!call->script || call->state != CTI_CALL_RINGING)
		return -EINVAL;
	return simulator_hangup(drv, ref);
}

static int simulator_hold(struct cti_driver *drv,
			  const struct cti_call_ref *ref, bool on)
{
	enum cti_call_state from = on ? CTI_CALL_ACTIVE : CTI_CALL_HELD;
	struct call *call;
	int err = call_take(&call, drv, ref);

	if (err)
		return err;
	if (!call->said || call->state != from)
		return -EINVAL;
	call_enter(call, on ? CTI_CALL_HELD : CTI_CALL_ACTIVE);
	call_arm(call);
	return 0;
}

static int simulator_mute(struct cti_driver *drv,
			  const struct cti_call_ref *ref, bool on)
{
	struct call *call;
	int err = call_take(&call, drv, ref);

	(void)on; /* nobody listens */
	if (err)
		return err;
	return call_talking(call) ? 0 : -EINVAL;
}

static int simulator_transfer(struct cti_driver *drv,
			      const struct cti_call_ref *ref,
			      const char *number)
{
	struct call *call;
	int err = call_take(&call, drv, ref);

	if (err)
		return err;
	if (!call_talking(call) || !cti_number_dialable(number))
		return -EINVAL;
	call_end(call, CTI_CAUSE_NORMAL, "transferred");
	call_arm(call);
	return 0;
}

static int simulator_dtmf(struct cti_driver *drv,
			  const struct cti_call_ref *ref, const char *digits)
{
	size_t len = strlen(digits);
	struct call *call;
	int err = call_take(&call, drv, ref);

	if (err)
		return err;
	if (!call_talking(call) || len == 0 || len > 32 ||
	    digits[strspn(digits, "0123456789ABCD*#,")] != '\0')
		return -EINVAL;
	return 0;
}

static int simulator_probe(struct cti_driver *drv, const char *device)
{
	(void)device; /* all exist */
	cti_timer_start(drv->probe_timer, 0);
	return 0;
}

const struct cti_driver_ops cti_driver_simulator = {
	.name = "simulator",
	.summary = "no switch: plays calls, for demo, tests and training",
	.create = simulator_create,
	.start = simulator_start,
	.stop = simulator_stop,
	.destroy = simulator_destroy,
	.originate = simulator_originate,
	.hangup = simulator_hangup,
	.answer = simulator_answer,
	.reject = simulator_reject,
	.hold = simulator_hold,
	.mute = simulator_mute,
	.transfer = simulator_transfer,
	.dtmf = simulator_dtmf,
	.play = simulator_play,
	.probe = simulator_probe,
};
