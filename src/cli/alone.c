/* SPDX-License-Identifier: Apache-2.0 */
/* cli/alone.c - the driver without a relay: log in, ask, log out */
#include "cli/alone.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cti/log.h"
#include "cti/loop.h"
#include "cti/number.h"
#include "cti/secret.h"
#include "cti/store.h"
#include "doctor/facts.h"
#include "drivers/drivers.h"

enum {
	LINK_MS = 12000, /* until logged in */
	PROBE_MS = 5000, /* until an answer about one device */
	TURN_MS = 50,
	WHY_SIZE = 512,
	PATH_SIZE = 4096,
};

struct alone {
	const struct cti_conf *conf;
	struct cti_loop *loop;
	struct cti_relay_facts facts;
	char why[WHY_SIZE];
	char path[PATH_SIZE], aside[PATH_SIZE];
	bool over; /* the link is as it will be */
	struct cti_device_facts *asking;
	bool owed; /* one was given up, its answer may come */
};

/* --- the driver's reports --- */

static void on_link(void *arg, enum cti_link link, const char *why)
{
	struct alone *a = arg;

	if (a->over)
		return;
	a->facts.sw.link = link;
	if (why && *why)
		(void)snprintf(a->why, sizeof(a->why), "%s", why); /* cut */
	a->over = link == CTI_LINK_DOWN || link == CTI_LINK_FAILED;
}

static void on_event(void *arg, const struct cti_call_event *ev)
{
	(void)arg; /* calls are the relay's business */
	(void)ev;
}

static void on_synced(void *arg)
{
	struct alone *a = arg;

	a->facts.sw.synced = true;
	a->over = true;
}

static void on_probe(void *arg, bool ok, const char *why)
{
	struct alone *a = arg;

	a->owed = false;
	if (!a->asking)
		return;
	a->asking->ok = ok;
	cti_utf8_clean(a->asking->why, sizeof(a->asking->why), why,
		       strlen(why));
	a->asking = NULL;
}

/* --- asking it --- */

static void wait_link(struct alone *a)
{
	int64_t end = cti_loop_mono_ms(a->loop) + LINK_MS;

	while (!a->over && cti_loop_mono_ms(a->loop) < end)
		cti_loop_turn(a->loop, TURN_MS);
	a->over = true; /* how it ends is not told any more */
}

static void ask_device(struct alone *a, const struct cti_driver_ops *ops,
		       struct cti_driver *drv, struct cti_device_facts *device)
{
	int64_t end = cti_loop_mono_ms(a->loop) + PROBE_MS;

	if (a->owed) {
		device->asked = true;
		(void)snprintf(device->why, sizeof(device->why),
			       "the switch still owes an earlier "
			       "answer"); /* fits */
		return;
	}
	if (!ops->probe || ops->probe(drv, device->device))
		return;
	device->asked = true;
	(void)snprintf(device->why, sizeof(device->why),
		       "the switch did not answer the question"); /* fits */
	a->asking = device;
	while (a->asking && cti_loop_mono_ms(a->loop) < end)
		cti_loop_turn(a->loop, TURN_MS);
	a->owed = a->asking != NULL;
	a->asking = NULL;
}

static void drive(struct alone *a, const struct cti_driver_ops *ops,
		  struct cti_driver *drv)
{
	struct cti_switch_facts *sw = &a->facts.sw;

	if (ops->start(drv)) {
		sw->link = CTI_LINK_FAILED;
		return;
	}
	wait_link(a);
	for (size_t i = 0; i < sw->ndevices && sw->synced; i++)
		ask_device(a, ops, drv, &sw->device[i]);
	ops->stop(drv);
}

/* The driver has logged what it does not take; that its secret cannot be read
 * is by far the most likely. */
static void fill_unusable(struct alone *a)
{
	static const char *const keys[] = {
		"asterisk.secret_file",
		"freeswitch.secret_file",
	};
	struct cti_switch_facts *sw = &a->facts.sw;
	struct cti_secret secret;
	size_t len = strlen(sw->driver);

	sw->unusable = true;
	(void)snprintf(a->why, sizeof(a->why),
		       "its settings are wrong, as the error it printed "
		       "says"); /* fits */
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *path = cti_conf_str(a->conf, keys[i]);
		int err;

		if (strncmp(keys[i], sw->driver, len) != 0)
			continue;
		err = *path ? cti_secret_load(&secret, path) : 0;
		if (!*path)
			(void)snprintf(a->why, sizeof(a->why), "%s is not set",
				       keys[i]); /* fits */
		else if (err)
			(void)snprintf(a->why, sizeof(a->why), "%s %s: %s",
				       keys[i], path,
				       err == -EINVAL
					       ? "no secret is in it"
					       : strerror(-err)); /* cut */
		else
			cti_secret_clear(&secret);
	}
}

static void fill_switch(struct alone *a)
{
	const struct cti_driver_host host = {
		.loop = a->loop,
		.arg = a,
		.on_link = on_link,
		.on_event = on_event,
		.on_synced = on_synced,
		.on_probe = on_probe,
	};
	struct cti_switch_facts *sw = &a->facts.sw;
	const struct cti_driver_ops *ops = cti_driver_find(sw->driver);
	struct cti_driver *drv = NULL;

	sw->why = a->why;
	sw->link = CTI_LINK_CONNECTING;
	if (!ops || ops->create(&drv, a->conf, &host)) {
		fill_unusable(a);
		return;
	}
	drive(a, ops, drv);
	ops->destroy(drv);
}

/* --- everything else --- */

static void fill_devices(struct alone *a)
{
	struct cti_switch_facts *sw = &a->facts.sw;

	sw->driver = cti_conf_str(a->conf, "telephony.driver");
	sw->since_ms = a->facts.now_ms;
	sw->agents = cti_conf_agents(a->conf);
	for (size_t i = 0; i < sw->agents; i++) {
		const char *device = cti_conf_agent_device(a->conf, i);

		if (!*device)
			sw->without_device++;
		else if (sw->ndevices < CTI_DEVICES_MAX)
			sw->device[sw->ndevices++] = (struct cti_device_facts){
				.agent = cti_conf_agent_id(a->conf, i),
				.device = device,
			};
	}
	if (!sw->ndevices)
		sw->device[sw->ndevices++] =
			(struct cti_device_facts){.agent = "", .device = ""};
}

static void fill_store(struct alone *a)
{
	struct cti_store_facts *store = &a->facts.store;

	store->since_ms = a->facts.now_ms;
	store->free_bytes = -1;
	if (cti_store_path(a->path, sizeof(a->path),
			   cti_conf_str(a->conf, "store.path")))
		return;
	store->path = a->path;
	store->err = cti_store_look(a->path, &store->missing, &store->held);
	cti_disk_look(store, a->path, a->aside, sizeof(a->aside));
}

static void fill_numbers(struct alone *a)
{
	struct cti_numbers *numbers = NULL;

	if (cti_numbers_new(&numbers, a->conf))
		return;
	cti_numbers_try(&a->facts.number, numbers,
			cti_conf_str(a->conf, "number.region"));
	cti_numbers_destroy(numbers);
}

static void fill_page(struct alone *a)
{
	struct cti_page_facts *page = &a->facts.page;

	page->simulator =
		!strcmp(cti_conf_str(a->conf, "telephony.driver"), "simulator");
	page->origins = cti_conf_count(a->conf, "sap.origins");
	page->communication_system =
		cti_conf_str(a->conf, "sap.communication_system");
}

/* baresip lets one client in: that place is the relay's. */
static bool may_drive(struct alone *a)
{
	struct cti_switch_facts *sw = &a->facts.sw;

	sw->left_alone = true;
	if (a->facts.store.held)
		sw->why = "another patchcord has the journal, and the switch, "
			  "too";
	else if (!strcmp(sw->driver, "baresip"))
		sw->why = "baresip's control port takes one client, which is "
			  "to be the relay";
	else
		sw->left_alone = false;
	return !sw->left_alone;
}

void cti_alone_look(struct cti_checks *checks, const struct cti_conf *conf)
{
	struct alone *a = calloc(1, sizeof(*a));

	if (!a || cti_loop_new(&a->loop, CTI_CLOCK_REAL)) {
		free(a);
		return;
	}
	/* what a driver is doing is no finding */
	cti_log_setup(&(struct cti_log_conf){.level = CTI_LOG_WARN});
	a->conf = conf;
	a->facts.now_ms = cti_loop_wall_ms(a->loop);
	a->facts.day.findings = a->facts.day.refusals = "";
	fill_devices(a);
	fill_store(a);
	fill_numbers(a);
	fill_page(a);
	cti_cert_conf(&a->facts.cert, conf);
	if (may_drive(a))
		fill_switch(a);
	cti_loop_destroy(a->loop);
	cti_relay_judge(checks, &a->facts);
	free(a);
}
