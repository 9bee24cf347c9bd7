/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/freeswitch.c - the driver: its life, its settings, dials */
#include "drivers/freeswitch/freeswitch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cti/conf.h"
#include "cti/log.h"
#include "drivers/freeswitch/priv.h"

/* --- settings --- */

/* "user/101@example.org"; the domain may be freeswitch.domain. */
static int device_read(struct fs_device *device, const char *text,
		       const char *domain)
{
	static const char USER[] = "user/";
	size_t prefix = strlen(USER);
	const char *at = strchr(text, '@');
	size_t len = at ? (size_t)(at - text) : strlen(text);

	device->text = text;
	if (!esl_is_device(text))
		return -EINVAL;
	if (strncmp(text, USER, prefix) != 0)
		return 0;
	if (len == prefix)
		return -EINVAL;
	/* as long as a device at most */
	memcpy(device->user, text + prefix, len - prefix);
	if (at)
		domain = at + 1;
	(void)snprintf(device->domain, sizeof(device->domain), "%s", domain);
	return 0;
}

static int devices_read(struct cti_driver *drv, const struct cti_conf *conf)
{
	size_t n = cti_conf_agents(conf);

	drv->device = calloc(n ? n : 1, sizeof(*drv->device));
	if (!drv->device)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const char *text = cti_conf_agent_device(conf, i);

		if (!text || !*text)
			continue;
		if (device_read(&drv->device[drv->ndevices++], text,
				drv->domain)) {
			log_error("freeswitch: the device %s of agent %s is "
				  "not like user/101 or user/101@DOMAIN",
				  text, cti_conf_agent_id(conf, i));
			return -EINVAL;
		}
	}
	if (drv->ndevices)
		return 0;
	log_error("freeswitch: no agent has a device: add agent \"ID\" { "
		  "device = \"user/101\" } for each");
	return -EINVAL;
}

static int freeswitch_reload(struct cti_driver *drv)
{
	struct fs_device *old = drv->device;
	size_t nold = drv->ndevices;
	int err;

	drv->device = NULL;
	drv->ndevices = 0;
	err = devices_read(drv, drv->conf);
	if (err) {
		free(drv->device);
		drv->device = old;
		drv->ndevices = nold;
		return err;
	}
	free(old);
	drv->extension_digits =
		cti_conf_int(drv->conf, "dial.extension_digits");
	return 0;
}

static int variables_read(struct cti_driver *drv, const struct cti_conf *conf)
{
	size_t n = cti_conf_count(conf, "freeswitch.auto_answer");

	for (size_t i = 0; i < n && i < FS_VARIABLES_MAX; i++) {
		const char *text =
			cti_conf_item(conf, "freeswitch.auto_answer", i);

		if (!esl_is_variable(text)) {
			log_error("freeswitch.auto_answer: \"%s\" is not "
				  "NAME=VALUE, or holds one of ,{}[]&|^'\"\\$",
				  text);
			return -EINVAL;
		}
		drv->variables[drv->nvariables++] = text;
	}
	return 0;
}

static int secret_read(struct cti_driver *drv, const struct cti_conf *conf)
{
	const char *path = cti_conf_str(conf, "freeswitch.secret_file");
	int err;

	if (!*path) {
		log_error("freeswitch.secret_file is not set: the file with "
			  "the password of event_socket.conf.xml");
		return -EINVAL;
	}
	err = cti_secret_load(&drv->secret, path);
	if (err)
		log_error("freeswitch.secret_file %s: %s", path,
			  err == -EINVAL ? "no password in its first line"
					 : strerror(-err));
	return err;
}

static int conf_read(struct cti_driver *drv, const struct cti_conf *conf)
{
	int err;

	drv->conf = conf;
	drv->context = cti_conf_str(conf, "freeswitch.context");
	drv->domain = cti_conf_str(conf, "freeswitch.domain");
	drv->ping_ms = 1000 * cti_conf_int(conf, "freeswitch.ping_s");
	drv->extension_digits = cti_conf_int(conf, "dial.extension_digits");
	if (!esl_is_context(drv->context)) {
		log_error("freeswitch.context: no context is called \"%s\"",
			  drv->context);
		return -EINVAL;
	}
	err = secret_read(drv, conf);
	if (!err)
		err = variables_read(drv, conf);
	if (!err)
		err = devices_read(drv, conf);
	return err;
}

/* --- doctor --- */

static int probe_ask(struct cti_driver *drv)
{
	const char *user = strchr(drv->probe_device, '/');
	char command[2 * FS_TEXT_SIZE];

	(void)snprintf(command, sizeof(command), "api sofia_contact %s%s%s",
		       user ? user + 1 : drv->probe_device,
		       strchr(drv->probe_device, '@') || !*drv->domain ? ""
								       : "@",
		       strchr(drv->probe_device, '@') ? "" : drv->domain);
	return fs_ask_plain(drv, FS_ASK_CONTACT, command);
}

static void probe(void *arg)
{
	struct cti_driver *drv = arg;
	bool user = strncmp(drv->probe_device, "user/", 5) == 0;

	if (!drv->synced)
		drv->host.on_probe(drv->host.arg, false,
				   "no link to FreeSWITCH");
	else if (!user || probe_ask(drv))
		drv->host.on_probe(drv->host.arg, true, drv->version);
}

static int freeswitch_probe(struct cti_driver *drv, const char *device)
{
	const char *text = device ? device : "";

	if (*text && !esl_is_device(text))
		return -EINVAL;
	memcpy(drv->probe_device, text, strlen(text) + 1);
	cti_timer_start(drv->probe_timer, 0);
	return 0;
}

/* --- life cycle --- */

static void freeswitch_destroy(struct cti_driver *drv)
{
	if (!drv)
		return;
	fs_link_fini(drv);
	fs_legs_destroy(drv);
	fs_chans_destroy(drv);
	cti_timer_destroy(drv->probe_timer);
	cti_secret_clear(&drv->secret);
	free(drv->device);
	free(drv);
}

static int freeswitch_create(struct cti_driver **drvp,
			     const struct cti_conf *conf,
			     const struct cti_driver_host *host)
{
	struct cti_driver *drv = calloc(1, sizeof(*drv));
	int err;

	if (!drv)
		return -ENOMEM;
	drv->host = *host;
	TAILQ_INIT(&drv->commands);
	TAILQ_INIT(&drv->chans);
	TAILQ_INIT(&drv->legs);
	esl_parser_init(&drv->parser);
	err = conf_read(drv, conf);
	if (!err)
		err = fs_link_init(drv, conf);
	if (!err)
		err = cti_timer_new(&drv->probe_timer, host->loop, probe, drv);
	if (err)
		goto out;

	*drvp = drv;
	drv = NULL;
out:
	freeswitch_destroy(drv);
	return err;
}

static int freeswitch_start(struct cti_driver *drv)
{
	fs_link_start(drv);
	return 0;
}

static void freeswitch_stop(struct cti_driver *drv)
{
	fs_legs_destroy(drv);
	fs_chans_destroy(drv);
	cti_timer_stop(drv->probe_timer);
	fs_link_stop(drv);
}

/* --- dials --- */

/* A user without a domain is one of freeswitch.domain. */
static int device_text(char out[2 * FS_TEXT_SIZE], const struct cti_driver *drv,
		       const char *device)
{
	bool bare = strncmp(device, "user/", 5) == 0 && *drv->domain &&
		    !strchr(device, '@');

	if (!esl_is_device(device))
		return -EINVAL;
	(void)snprintf(out, 2 * (size_t)FS_TEXT_SIZE, "%s%s%s", device,
		       bare ? "@" : "", bare ? drv->domain : "");
	return 0;
}

static int dial_send(struct cti_driver *drv, const struct cti_originate *req)
{
	char device[2 * FS_TEXT_SIZE];
	struct esl_originate dial = {
		.id = req->call_id,
		.device = device,
		.number = req->number,
		.context = drv->context,
		.timeout_s = req->timeout_ms / 1000 + 1,
		.variables = drv->variables,
		.nvariables = drv->nvariables,
	};
	struct cti_buf text;
	int err = device_text(device, drv, req->device);

	if (err)
		return err;
	cti_buf_init(&text, 2 * (size_t)ESL_SENT_MAX);
	err = esl_originate(&text, &dial);
	if (!err)
		err = fs_ask(drv, FS_ASK_DIAL, req->call_id, &text);
	cti_buf_fini(&text);
	return err;
}

static const char *device_known(const struct cti_driver *drv, const char *text)
{
	for (size_t i = 0; i < drv->ndevices; i++) {
		if (strcmp(drv->device[i].text, text) == 0)
			return drv->device[i].text;
	}
	return NULL;
}

static int freeswitch_originate(struct cti_driver *drv,
				const struct cti_originate *req)
{
	struct fs_leg *leg = NULL;
	int err;

	if (!drv->synced)
		return -ENOTCONN;
	if (strlen(req->call_id) >= sizeof(leg->call_id) ||
	    !esl_is_id(req->call_id) || !esl_is_number(req->number) ||
	    !req->device || !device_known(drv, req->device))
		return -EINVAL;
	err = fs_leg_new(&leg, drv, req->call_id);
	if (err)
		return err;
	memcpy(leg->call_id, req->call_id, strlen(req->call_id) + 1);
	leg->device = device_known(drv, req->device);
	leg->dialed = true;
	err = dial_send(drv, req);
	if (err)
		fs_leg_destroy(leg);
	else if (req->timeout_ms)
		cti_timer_start(leg->timer, req->timeout_ms);
	return err;
}

const struct cti_driver_ops cti_driver_freeswitch = {
	.name = "freeswitch",
	.summary = "FreeSWITCH by its event socket",
	.create = freeswitch_create,
	.start = freeswitch_start,
	.stop = freeswitch_stop,
	.destroy = freeswitch_destroy,
	.originate = freeswitch_originate,
	.hangup = fs_act_hangup,
	.reject = fs_act_reject,
	.hold = fs_act_hold,
	.transfer = fs_act_transfer,
	.dtmf = fs_act_dtmf,
	.reload = freeswitch_reload,
	.probe = freeswitch_probe,
};
