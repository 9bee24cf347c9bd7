/* SPDX-License-Identifier: Apache-2.0 */
/* simulator/simulator.c - plays a switch: dials, rings, answers, hangs up */
#include "drivers/simulator/simulator.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cti/conf.h"
#include "cti/number.h"
#include "drivers/simulator/priv.h"

/* --- Life cycle --- */

static void link_up(void *arg)
{
	struct cti_driver *drv = arg;

	drv->up = true;
	drv->host.on_link(drv->host.arg, CTI_LINK_UP, "simulator");
	for (struct sim_call *call = drv->calls; call; call = call->next) {
		call->said = true;
		sim_call_say(call, call->state);
	}
	drv->host.on_synced(drv->host.arg);
	for (struct sim_call *call = drv->calls; call; call = call->next) {
		if (call->late || call->ending)
			sim_call_arm(call);
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
		sim_call_destroy(drv->calls);
	cti_map_fini(&drv->by_id);
	cti_map_fini(&drv->by_ref);
	cti_timer_destroy(drv->link_timer);
	cti_timer_destroy(drv->probe_timer);
	free(drv);
}

static int simulator_reload(struct cti_driver *drv)
{
	drv->ring_ms = cti_conf_int(drv->conf, "simulator.ring_ms");
	drv->talk_ms = cti_conf_int(drv->conf, "simulator.talk_ms");
	return 0;
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
	drv->conf = conf;
	(void)simulator_reload(drv); /* only reads numbers */
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
		sim_call_destroy(drv->calls);
	cti_timer_stop(drv->link_timer);
	cti_timer_stop(drv->probe_timer);
	drv->up = false;
	drv->host.on_link(drv->host.arg, CTI_LINK_DOWN, "stopped");
}

/* --- Calls --- */

static int simulator_originate(struct cti_driver *drv,
			       const struct cti_originate *req)
{
	struct sim_call *call;
	int err;

	if (!drv->up)
		return -ENOTCONN;
	if (!cti_number_dialable(req->number) ||
	    strlen(req->call_id) >= CTI_ID_SIZE)
		return -EINVAL;
	err = sim_call_new(&call, drv, req->call_id);
	if (err)
		return err;
	call->answer = cti_sim_answer_find(req->number);
	call->timeout_ms = req->timeout_ms;
	sim_call_enter(call, CTI_CALL_DIALING);
	if (call->answer->rings)
		sim_call_plan(call, SIM_STEP_RING,
			      call->started_ms + drv->ring_ms / SIM_RING_PART);
	else
		sim_call_await(call);
	sim_call_arm(call);
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
	struct sim_call *call;
	int err;

	if (!drv->up)
		return -ENOTCONN;
	if (!script)
		return -EINVAL;
	err = sim_call_new(&call, drv, NULL);
	if (err)
		return err;
	call->script = script;
	if (!text_copy(&call->texts.from, played->from) ||
	    !text_copy(&call->texts.to, played->to) ||
	    !text_copy(&call->texts.name, played->name) ||
	    !text_copy(&call->texts.device, played->device)) {
		sim_call_destroy(call);
		return -ENOMEM;
	}
	sim_call_enter(call, CTI_CALL_RINGING);
	sim_call_plan(call, SIM_STEP_RESULT,
		      call->started_ms + (script->patient ? SIM_RING_LIMIT_MS
							  : drv->ring_ms));
	sim_call_arm(call);
	memcpy(ref, call->ref, CTI_ID_SIZE);
	return 0;
}

static bool call_talking(const struct sim_call *call)
{
	return call->state == CTI_CALL_ACTIVE || call->state == CTI_CALL_HELD;
}

/** A call an action may act on: reported, not about to end. */
static int call_take(struct sim_call **callp, struct cti_driver *drv,
		     const struct cti_call_ref *ref)
{
	struct sim_call *call = sim_call_find(drv, ref);

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
	struct sim_call *call;
	int err = call_take(&call, drv, ref);

	if (err)
		return err;
	if (call_talking(call))
		sim_call_end(call, CTI_CAUSE_NORMAL, "Q.850 16");
	else if (call->script)
		sim_call_end(call, CTI_CAUSE_REJECTED, "SIP 603, Q.850 21");
	else
		sim_call_end(call, CTI_CAUSE_CANCELLED, "SIP 487, Q.850 16");
	sim_call_arm(call);
	return 0;
}

static int simulator_answer(struct cti_driver *drv,
			    const struct cti_call_ref *ref)
{
	struct sim_call *call;
	int err = call_take(&call, drv, ref);

	if (err)
		return err;
	if (!call->script || !call->said || call->state != CTI_CALL_RINGING)
		return -EINVAL;
	sim_call_talk(call);
	sim_call_arm(call);
	return 0;
}

static int simulator_reject(struct cti_driver *drv,
			    const struct cti_call_ref *ref)
{
	struct sim_call *call;
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
	struct sim_call *call;
	int err = call_take(&call, drv, ref);

	if (err)
		return err;
	if (!call->said || call->state != from)
		return -EINVAL;
	sim_call_enter(call, on ? CTI_CALL_HELD : CTI_CALL_ACTIVE);
	sim_call_arm(call);
	return 0;
}

static int simulator_mute(struct cti_driver *drv,
			  const struct cti_call_ref *ref, bool on)
{
	struct sim_call *call;
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
	struct sim_call *call;
	int err = call_take(&call, drv, ref);

	if (err)
		return err;
	if (!call_talking(call) || !cti_number_dialable(number))
		return -EINVAL;
	sim_call_end(call, CTI_CAUSE_NORMAL, "transferred");
	sim_call_arm(call);
	return 0;
}

static int simulator_dtmf(struct cti_driver *drv,
			  const struct cti_call_ref *ref, const char *digits)
{
	size_t len = strlen(digits);
	struct sim_call *call;
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
	.reload = simulator_reload,
	.probe = simulator_probe,
};
