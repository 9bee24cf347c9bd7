/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/baresip.c - the driver: its life and the agent's actions */
#include "drivers/baresip/baresip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cti/conf.h"
#include "cti/number.h"
#include "drivers/baresip/priv.h"
#include "drivers/baresip/sip.h"

static int text_read(char out[CTI_SIP_SIZE], const char *text)
{
	size_t len = strlen(text);

	if (len >= CTI_SIP_SIZE)
		return -EINVAL;
	memcpy(out, text, len + 1);
	return 0;
}

/** An account is a URI; people leave the scheme out. */
static int account_read(struct cti_driver *drv, const char *account)
{
	int len;

	if (!account[0] || strncmp(account, "sip", 3) == 0)
		return text_read(drv->account, account);
	len = snprintf(drv->account, sizeof(drv->account), "sip:%s", account);
	return len > 0 && (size_t)len < sizeof(drv->account) ? 0 : -EINVAL;
}

static int conf_read(struct cti_driver *drv, const struct cti_conf *conf)
{
	int err =
		text_read(drv->control, cti_conf_str(conf, "baresip.control"));

	if (!err)
		err = account_read(drv, cti_conf_str(conf, "baresip.account"));
	if (!err)
		err = text_read(drv->domain,
				cti_conf_str(conf, "baresip.domain"));
	return err;
}

static void baresip_destroy(struct cti_driver *drv)
{
	if (!drv)
		return;
	bs_link_fini(drv);
	cti_timer_destroy(drv->probe_timer);
	while (!TAILQ_EMPTY(&drv->jobs)) {
		struct bs_job *job = TAILQ_FIRST(&drv->jobs);

		TAILQ_REMOVE(&drv->jobs, job, link);
		bs_job_destroy(job);
	}
	free(drv);
}

static bool account_known(const struct cti_driver *drv, const char *device)
{
	for (size_t i = 0; i < drv->accounts.n; i++) {
		if (strcmp(drv->accounts.aor[i], device) == 0)
			return true;
	}
	return false;
}

static void probe_answer(void *arg)
{
	struct cti_driver *drv = arg;
	const char *device = drv->probe_device;
	char why[2 * CTI_SIP_SIZE];
	bool ok = false;

	if (!drv->synced) {
		(void)snprintf(why, sizeof(why), "no link to baresip at %s",
			       drv->control);
	} else if (device[0] && !account_known(drv, device)) {
		(void)snprintf(why, sizeof(why), "baresip has no account %s",
			       device);
	} else {
		ok = drv->accounts.n > 0;
		(void)snprintf(why, sizeof(why), "baresip %u.%u.%u, %s",
			       drv->version.major, drv->version.minor,
			       drv->version.patch,
			       ok ? bs_account(drv) : "without any account");
	}
	drv->host.on_probe(drv->host.arg, ok, why);
}

static int baresip_create(struct cti_driver **drvp, const struct cti_conf *conf,
			  const struct cti_driver_host *host)
{
	struct cti_driver *drv = calloc(1, sizeof(*drv));
	int err;

	if (!drv)
		return -ENOMEM;
	drv->host = *host;
	TAILQ_INIT(&drv->jobs);
	TAILQ_INIT(&drv->calls);
	err = conf_read(drv, conf);
	if (!err)
		err = bs_link_init(drv, conf);
	if (!err)
		err = cti_timer_new(&drv->probe_timer, host->loop, probe_answer,
				    drv);
	if (err)
		goto out;

	*drvp = drv;
	drv = NULL;
out:
	baresip_destroy(drv);
	return err;
}

static int baresip_start(struct cti_driver *drv)
{
	cti_wire_start(drv->wire);
	return 0;
}

static void baresip_stop(struct cti_driver *drv)
{
	bs_calls_destroy(drv);
	cti_timer_stop(drv->probe_timer);
	cti_wire_stop(drv->wire);
}

/* --- Calls --- */

/** The URI of a number: at the configured domain, else at the account's. */
static int uri_make(char uri[CTI_SIP_SIZE], const struct cti_driver *drv,
		    const char *number)
{
	char domain[CTI_SIP_SIZE];

	if (drv->domain[0])
		return cti_sip_uri(uri, CTI_SIP_SIZE, number, drv->domain);
	cti_sip_domain(domain, sizeof(domain), bs_account(drv));
	return cti_sip_uri(uri, CTI_SIP_SIZE, number, domain);
}

static int baresip_originate(struct cti_driver *drv,
			     const struct cti_originate *req)
{
	char uri[CTI_SIP_SIZE];
	struct bs_call *call;
	int err;

	if (!drv->synced)
		return -ENOTCONN;
	if (strlen(req->call_id) >= CTI_ID_SIZE)
		return -EINVAL;
	err = uri_make(uri, drv, req->number);
	if (err)
		return err;
	err = bs_call_new(&call, drv);
	if (err)
		return err;
	memcpy(call->call_id, req->call_id, strlen(req->call_id) + 1);
	memcpy(call->peer, uri, sizeof(call->peer));
	(void)text_read(call->account, bs_account(drv)); /* as long */
	if (req->timeout_ms > 0)
		cti_timer_start(call->timer, req->timeout_ms);
	err = bs_dial(call);
	if (err)
		bs_call_destroy(call);
	return err;
}

static int call_take(struct bs_call **callp, struct cti_driver *drv,
		     const struct cti_call_ref *ref)
{
	struct bs_call *call = bs_call_find(drv, ref);

	if (!drv->synced)
		return -ENOTCONN;
	if (!call)
		return -ENOENT;
	*callp = call;
	return 0;
}

static int baresip_hangup(struct cti_driver *drv,
			  const struct cti_call_ref *ref)
{
	struct bs_call *call;
	int err = call_take(&call, drv, ref);

	if (err || call->over)
		return err;
	err = bs_hang_up(call);
	if (err)
		return err;
	call->by_us = true;
	call->over = true;
	cti_timer_start(call->timer,
			call->dialed || call->inbound ? BS_GUARD_MS : 0);
	return 0;
}

static int ringing_take(struct bs_call **callp, struct cti_driver *drv,
			const struct cti_call_ref *ref)
{
	int err = call_take(callp, drv, ref);

	if (err)
		return err;
	if (!(*callp)->inbound || (*callp)->established || (*callp)->over)
		return -EINVAL;
	return 0;
}

static int baresip_answer(struct cti_driver *drv,
			  const struct cti_call_ref *ref)
{
	struct bs_call *call;
	int err = ringing_take(&call, drv, ref);

	return err ? err : bs_accept(call);
}

static int baresip_reject(struct cti_driver *drv,
			  const struct cti_call_ref *ref)
{
	struct bs_call *call;
	int err = ringing_take(&call, drv, ref);

	return err ? err : baresip_hangup(drv, ref);
}

static int talking_take(struct bs_call **callp, struct cti_driver *drv,
			const struct cti_call_ref *ref)
{
	int err = call_take(callp, drv, ref);

	if (err)
		return err;
	return (*callp)->established && !(*callp)->over ? 0 : -EINVAL;
}

static int baresip_hold(struct cti_driver *drv, const struct cti_call_ref *ref,
			bool on)
{
	struct bs_call *call;
	int err = talking_take(&call, drv, ref);

	if (err)
		return err;
	if (call->state != (on ? CTI_CALL_ACTIVE : CTI_CALL_HELD))
		return -EINVAL;
	return bs_hold(call, on);
}

static int baresip_mute(struct cti_driver *drv, const struct cti_call_ref *ref,
			bool on)
{
	struct bs_call *call;
	int err = talking_take(&call, drv, ref);

	return err ? err : bs_mute(call, on);
}

static int baresip_transfer(struct cti_driver *drv,
			    const struct cti_call_ref *ref, const char *number)
{
	char uri[CTI_SIP_SIZE];
	struct bs_call *call;
	int err = talking_take(&call, drv, ref);

	if (!err)
		err = uri_make(uri, drv, number);
	return err ? err : bs_transfer(call, uri);
}

static int baresip_dtmf(struct cti_driver *drv, const struct cti_call_ref *ref,
			const char *digits)
{
	size_t len = strlen(digits);
	struct bs_call *call;
	int err = talking_take(&call, drv, ref);

	if (err)
		return err;
	if (len == 0 || len > BS_DTMF_MAX ||
	    digits[strspn(digits, "0123456789ABCD*#,")] != '\0')
		return -EINVAL;
	if (call->digits[0])
		return -EBUSY;
	memcpy(call->digits, digits, len + 1);
	err = bs_dtmf(call);
	if (err)
		call->digits[0] = '\0';
	return err;
}

static int baresip_probe(struct cti_driver *drv, const char *device)
{
	int err = text_read(drv->probe_device, device ? device : "");

	if (!err)
		cti_timer_start(drv->probe_timer, 0);
	return err;
}

const struct cti_driver_ops cti_driver_baresip = {
	.name = "baresip",
	.summary = "the baresip softphone on the agent's machine, by ctrl_tcp",
	.create = baresip_create,
	.start = baresip_start,
	.stop = baresip_stop,
	.destroy = baresip_destroy,
	.originate = baresip_originate,
	.hangup = baresip_hangup,
	.answer = baresip_answer,
	.reject = baresip_reject,
	.hold = baresip_hold,
	.mute = baresip_mute,
	.transfer = baresip_transfer,
	.dtmf = baresip_dtmf,
	.probe = baresip_probe,
};
