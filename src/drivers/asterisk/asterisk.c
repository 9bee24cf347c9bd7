/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/asterisk.c - the driver: its life and the agent's actions */
#include "drivers/asterisk/asterisk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cti/conf.h"
#include "cti/log.h"
#include "drivers/asterisk/priv.h"

enum {
	OUT_MAX = AMI_SENT_MAX,
	SECOND_MS = 1000,
};

/* --- configuration --- */

static int text_read(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		return -EINVAL;
	memcpy(out, text, len + 1);
	return 0;
}

static int account_read(struct cti_driver *drv)
{
	const struct cti_conf *conf = drv->conf.conf;
	const char *user = cti_conf_str(conf, "asterisk.username");
	const char *path = cti_conf_str(conf, "asterisk.secret_file");
	int err;

	if (!user[0] ||
	    text_read(drv->conf.username, sizeof(drv->conf.username), user)) {
		log_error("asterisk.username: name the manager user, as "
			  "manager.conf of Asterisk does");
		return -EINVAL;
	}
	if (!path[0]) {
		log_error("asterisk.secret_file: name the file with the "
			  "manager user's secret");
		return -EINVAL;
	}
	err = cti_secret_load(&drv->secret, path);
	if (err)
		log_error("asterisk.secret_file: %s: %s", path,
			  err == -EINVAL ? "no usable secret in it"
					 : strerror(-err));
	return err;
}

static int caller_read(struct cti_driver *drv)
{
	const struct cti_conf *conf = drv->conf.conf;
	const char *caller = cti_conf_str(conf, "asterisk.caller_id");

	if (caller[0] && (!ami_is_exten(caller) ||
			  text_read(drv->conf.caller_id,
				    sizeof(drv->conf.caller_id), caller))) {
		log_error("asterisk.caller_id: only digits, +, * and #, 32 at "
			  "most");
		return -EINVAL;
	}
	return text_read(drv->conf.context, sizeof(drv->conf.context),
			 cti_conf_str(conf, "asterisk.context"));
}

static int variables_check(const struct cti_driver *drv)
{
	const struct cti_conf *conf = drv->conf.conf;
	size_t n = cti_conf_count(conf, "asterisk.auto_answer");

	for (size_t i = 0; i < n; i++) {
		const char *item =
			cti_conf_item(conf, "asterisk.auto_answer", i);

		if (strchr(item, '=') && strlen(item) < AMI_SENT_LINE_MAX / 2)
			continue;
		log_error("asterisk.auto_answer: %s: not NAME=VALUE", item);
		return -EINVAL;
	}
	return 0;
}

/** Only calls at these are told of; without any, none would be. */
static int devices_read(struct cti_map *devices, const struct cti_conf *conf)
{
	size_t n = cti_conf_agents(conf);

	for (size_t i = 0; i < n; i++) {
		const char *device = cti_conf_agent_device(conf, i);
		int err = 0;

		if (!device || !device[0])
			continue;
		if (!ami_is_channel(device) || !strchr(device, '/')) {
			log_error("agent %s: device: %s is no channel, as "
				  "PJSIP/101 is one",
				  cti_conf_agent_id(conf, i), device);
			return -EINVAL;
		}
		err = cti_map_add(devices, device, strlen(device),
				  (void *)(uintptr_t)device);
		if (err && err != -EEXIST)
			return err;
	}
	if (devices->used)
		return 0;
	log_error("asterisk: no agent has a device: add a section such as "
		  "agent \"SERVICEAGENT01\" { device = \"PJSIP/101\" }");
	return -EINVAL;
}

/* Each has its place, set or not: what a running call brought stays what it
 * was when the names change. */
static void fields_read(struct ast_conf *conf)
{
	struct cti_field fields[CTI_FIELDS];

	cti_conf_fields(conf->conf, fields);
	for (size_t i = 0; i < CTI_FIELDS; i++) {
		conf->field[i] = fields[i].variable;
		if (conf->field[i][0])
			conf->nfields = CTI_FIELDS;
	}
}

static int conf_read(struct cti_driver *drv)
{
	struct ast_conf *conf = &drv->conf;
	int64_t ping_s = cti_conf_int(conf->conf, "asterisk.ping_s");
	int err = account_read(drv);

	if (!err)
		err = caller_read(drv);
	if (!err)
		err = variables_check(drv);
	if (!err)
		err = devices_read(&drv->devices, conf->conf);
	fields_read(conf);
	conf->host = cti_conf_str(conf->conf, "asterisk.host");
	conf->port = (uint16_t)cti_conf_int(conf->conf, "asterisk.port");
	conf->extension_digits =
		(size_t)cti_conf_int(conf->conf, "dial.extension_digits");
	conf->ping_ms = ping_s * SECOND_MS;
	conf->ping_limit_ms = (ping_s < 10 ? ping_s : 10) * SECOND_MS;
	return err;
}

static int asterisk_reload(struct cti_driver *drv)
{
	struct cti_map devices = {.slots = NULL};
	struct ast_conf *conf = &drv->conf;
	int err = devices_read(&devices, conf->conf);

	if (err) {
		cti_map_fini(&devices);
		return err;
	}
	cti_map_fini(&drv->devices);
	drv->devices = devices;
	conf->nfields = 0;
	fields_read(conf);
	conf->extension_digits =
		(size_t)cti_conf_int(conf->conf, "dial.extension_digits");
	return 0;
}

/* --- life cycle --- */

static void asterisk_destroy(struct cti_driver *drv)
{
	if (!drv)
		return;
	ast_legs_destroy(drv);
	ast_switch_fini(&drv->sw);
	ast_link_fini(drv);
	cti_timer_destroy(drv->probe_timer);
	cti_map_fini(&drv->dials);
	cti_map_fini(&drv->devices);
	cti_buf_fini(&drv->out);
	cti_secret_clear(&drv->secret);
	free(drv);
}

static int asterisk_create(struct cti_driver **drvp,
			   const struct cti_conf *conf,
			   const struct cti_driver_host *host)
{
	struct cti_driver *drv = calloc(1, sizeof(*drv));
	int err;

	if (!drv)
		return -ENOMEM;
	drv->host = *host;
	drv->conf.conf = conf;
	STAILQ_INIT(&drv->requests);
	TAILQ_INIT(&drv->legs);
	ast_switch_init(&drv->sw);
	cti_buf_init(&drv->out, OUT_MAX);
	err = conf_read(drv);
	if (!err)
		err = ast_link_init(drv);
	if (!err)
		err = cti_timer_new(&drv->probe_timer, host->loop, ast_probe,
				    drv);
	if (err)
		goto out;

	*drvp = drv;
	drv = NULL;
out:
	asterisk_destroy(drv);
	return err;
}

static int asterisk_start(struct cti_driver *drv)
{
	ast_link_start(drv);
	return 0;
}

static void asterisk_stop(struct cti_driver *drv)
{
	ast_legs_destroy(drv);
	ast_switch_fini(&drv->sw);
	cti_timer_stop(drv->probe_timer);
	ast_link_stop(drv);
}

/* --- calls --- */

static int asterisk_originate(struct cti_driver *drv,
			      const struct cti_originate *req)
{
	if (drv->stage != AST_READY)
		return -ENOTCONN;
	return ast_leg_dial(drv, req);
}

static int leg_take(struct ast_leg **legp, struct cti_driver *drv,
		    const struct cti_call_ref *ref)
{
	struct ast_leg *leg = ast_leg_find(drv, ref);

	if (drv->stage != AST_READY)
		return -ENOTCONN;
	if (!leg)
		return -ENOENT;
	*legp = leg;
	return 0;
}

static bool leg_rings(const struct ast_leg *leg)
{
	return leg->way == AST_WAY_IN && !leg->answered;
}

static int asterisk_hangup(struct cti_driver *drv,
			   const struct cti_call_ref *ref)
{
	struct ast_leg *leg;
	int err = leg_take(&leg, drv, ref);

	if (err || leg->over)
		return err;
	leg->by_us = true;
	ast_leg_hang_up(leg,
			leg_rings(leg) ? AST_CAUSE_REJECTED : AST_CAUSE_NORMAL);
	return 0;
}

static int asterisk_reject(struct cti_driver *drv,
			   const struct cti_call_ref *ref)
{
	struct ast_leg *leg;
	int err = leg_take(&leg, drv, ref);

	if (err)
		return err;
	return leg_rings(leg) && !leg->over ? asterisk_hangup(drv, ref)
					    : -EINVAL;
}

static int talking_take(struct ast_leg **legp, struct cti_driver *drv,
			const struct cti_call_ref *ref)
{
	int err = leg_take(legp, drv, ref);

	if (err)
		return err;
	return (*legp)->answered && !(*legp)->over ? 0 : -EINVAL;
}

static int asterisk_transfer(struct cti_driver *drv,
			     const struct cti_call_ref *ref, const char *number)
{
	struct ast_leg *leg;
	int err = talking_take(&leg, drv, ref);

	return err ? err : ast_act_redirect(drv, leg, number);
}

static int asterisk_dtmf(struct cti_driver *drv, const struct cti_call_ref *ref,
			 const char *digits)
{
	struct ast_leg *leg;
	int err = talking_take(&leg, drv, ref);

	return err ? err : ast_leg_digits(leg, digits);
}

static int asterisk_probe(struct cti_driver *drv, const char *device)
{
	int err = text_read(drv->probe_device, sizeof(drv->probe_device),
			    device ? device : "");

	if (!err)
		cti_timer_start(drv->probe_timer, 0);
	return err;
}

const struct cti_driver_ops cti_driver_asterisk = {
	.name = "asterisk",
	.summary = "Asterisk 16 to 22 and FreePBX, by the manager interface",
	.create = asterisk_create,
	.start = asterisk_start,
	.stop = asterisk_stop,
	.destroy = asterisk_destroy,
	.originate = asterisk_originate,
	.hangup = asterisk_hangup,
	.reject = asterisk_reject,
	.transfer = asterisk_transfer,
	.dtmf = asterisk_dtmf,
	.reload = asterisk_reload,
	.probe = asterisk_probe,
};
