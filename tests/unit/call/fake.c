/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/fake.c - a switch that does what a test tells it */
#include "fake.h"

#include <stdio.h>
#include <string.h>

static int fake_create(struct cti_driver **drvp, const struct cti_conf *conf,
		       const struct cti_driver_host *host)
{
	(void)conf;
	core.drv.host = *host;
	*drvp = &core.drv;
	return 0;
}

static int fake_start(struct cti_driver *drv)
{
	drv->running = true;
	return 0;
}

static void fake_stop(struct cti_driver *drv)
{
	drv->running = false;
	drv->host.on_link(drv->host.arg, CTI_LINK_DOWN, NULL);
}

static void fake_destroy(struct cti_driver *drv)
{
	ck_assert_ptr_eq(drv, &core.drv);
}

static int fake_originate(struct cti_driver *drv,
			  const struct cti_originate *req)
{
	drv->originated++;
	core_promise(req->call_id);
	(void)snprintf(drv->last, sizeof(drv->last), "originate %s %s %u",
		       req->device, req->number, req->timeout_ms); /* fits */
	memcpy(drv->call_id, req->call_id, strlen(req->call_id) + 1);
	return drv->answer;
}

static int ask(struct cti_driver *drv, const struct cti_call_ref *ref,
	       const char *what, const char *detail)
{
	drv->asked++;
	(void)snprintf(drv->last, sizeof(drv->last), "%s %s%s%s", what,
		       ref->leg_ref ? ref->leg_ref : "-", detail ? " " : "",
		       detail ? detail : ""); /* cut is fine */
	must(ref->call_id != NULL);
	return drv->answer;
}

static int fake_hangup(struct cti_driver *drv, const struct cti_call_ref *ref)
{
	return ask(drv, ref, "hangup", NULL);
}

static int fake_answer(struct cti_driver *drv, const struct cti_call_ref *ref)
{
	return ask(drv, ref, "answer", NULL);
}

static int fake_reject(struct cti_driver *drv, const struct cti_call_ref *ref)
{
	return ask(drv, ref, "reject", NULL);
}

static int fake_hold(struct cti_driver *drv, const struct cti_call_ref *ref,
		     bool on)
{
	return ask(drv, ref, "hold", on ? "on" : "off");
}

static int fake_mute(struct cti_driver *drv, const struct cti_call_ref *ref,
		     bool on)
{
	return ask(drv, ref, "mute", on ? "on" : "off");
}

static int fake_transfer(struct cti_driver *drv, const struct cti_call_ref *ref,
			 const char *number)
{
	return ask(drv, ref, "transfer", number);
}

static int fake_dtmf(struct cti_driver *drv, const struct cti_call_ref *ref,
		     const char *digits)
{
	return ask(drv, ref, "dtmf", digits);
}

static int fake_play(struct cti_driver *drv, const struct cti_played *played,
		     char ref[CTI_ID_SIZE])
{
	(void)snprintf(ref, CTI_ID_SIZE, "played%u", ++drv->played); /* fits */
	(void)snprintf(drv->last, sizeof(drv->last), "play %s %s",
		       played->script, played->device); /* cut is fine */
	return drv->answer;
}

static int fake_probe(struct cti_driver *drv, const char *device)
{
	(void)snprintf(drv->last, sizeof(drv->last), "probe %s",
		       device); /* fits */
	return drv->answer;
}

const struct cti_driver_ops fake_ops = {
	.name = "fake",
	.summary = "for tests",
	.create = fake_create,
	.start = fake_start,
	.stop = fake_stop,
	.destroy = fake_destroy,
	.originate = fake_originate,
	.hangup = fake_hangup,
	.answer = fake_answer,
	.reject = fake_reject,
	.hold = fake_hold,
	.mute = fake_mute,
	.transfer = fake_transfer,
	.dtmf = fake_dtmf,
	.play = fake_play,
	.probe = fake_probe,
};

const struct cti_driver_ops fake_bare_ops = {
	.name = "fake",
	.summary = "for tests",
	.create = fake_create,
	.start = fake_start,
	.stop = fake_stop,
	.destroy = fake_destroy,
	.originate = fake_originate,
	.hangup = fake_hangup,
};
