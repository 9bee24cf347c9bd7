/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/switch.c - the telephone system: link, login, devices, dialing */
#include <stdio.h>
#include <string.h>

#include "doctor/priv.h"

static const char look_at[] = "/docs/connect-switch";

/* Where each switch is set right. */
static const struct {
	const char *driver;
	const char *down;    /* nobody answers */
	const char *refused; /* the login */
	const char *denied;  /* the dial */
	bool needs_device;   /* it cannot dial without one */
} cures[] = {
	{"baresip",
	 "Start baresip with the module ctrl_tcp, and compare baresip.control "
	 "with ctrl_tcp_listen of its config. The module takes one client: "
	 "end any other.",
	 "Compare baresip.control with ctrl_tcp_listen of baresip's config.",
	 "Add the account to baresip's accounts file, or set "
	 "baresip.account to one that is there.",
	 .needs_device = false},
	{"asterisk",
	 "See that Asterisk runs, that manager.conf has enabled = yes and "
	 "bindaddr and port of asterisk.host and asterisk.port, and that no "
	 "firewall is between.",
	 "Compare asterisk.username and asterisk.secret_file with the user's "
	 "section in manager.conf, its permit= lines too; then manager reload.",
	 "See that the phone is registered and that the agent's device is "
	 "named as in pjsip show endpoints; give the manager user write = "
	 "call,originate,reporting in manager.conf, then manager reload.",
	 .needs_device = true},
	{"freeswitch",
	 "See that FreeSWITCH runs with mod_event_socket, and compare "
	 "freeswitch.host and freeswitch.port with event_socket.conf.xml.",
	 "Compare freeswitch.secret_file and the ACL with "
	 "event_socket.conf.xml; then reload mod_event_socket.",
	 "See that the phone is registered: sofia status profile internal "
	 "reg; and that the agent's device names it.",
	 .needs_device = true},
	{"simulator", "Restart the relay.", "Restart the relay.",
	 "Restart the relay.", .needs_device = false},
};

static size_t cure_find(const char *driver)
{
	size_t i = 0;

	while (i < sizeof(cures) / sizeof(cures[0]) - 1 &&
	       strcmp(cures[i].driver, driver) != 0)
		i++;
	return i;
}

static const char *why_of(const struct cti_switch_facts *sw)
{
	return sw->why && *sw->why ? sw->why : "no reason is known";
}

/* Without a relay it was tried just now. */
static void since_when(char out[CTI_WHEN_SIZE + 16],
		       const struct cti_relay_facts *f)
{
	char span[CTI_WHEN_SIZE];

	*out = '\0';
	if (f->running)
		(void)snprintf(
			out, CTI_WHEN_SIZE + 16, ", for %s now",
			cti_span(span, f->now_ms - f->sw.since_ms)); /* fits */
}

void check_switch(struct cti_check *c, const struct cti_relay_facts *f)
{
	const struct cti_switch_facts *sw = &f->sw;
	size_t cure = cure_find(sw->driver);
	char since[CTI_WHEN_SIZE + 16];

	if (sw->unusable) {
		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
			      "The relay does not start with the driver %s: "
			      "%s.",
			      sw->driver, why_of(sw));
		cti_check_fix(c, "Put that right in the configuration; a "
				 "secret's file must be readable for the user "
				 "the relay runs as (chmod 600).");
		return;
	}
	if (sw->left_alone) {
		cti_check_say(c, CTI_VERDICT_SKIPPED, CTI_SIDE_SWITCH,
			      "The switch was not asked: %s.", why_of(sw));
		cti_check_fix(c, "Start the relay and run this again.");
		return;
	}
	since_when(since, f);
	if (sw->link == CTI_LINK_FAILED) {
		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_SWITCH,
			      "The switch (%s) refuses the relay%s: %s.",
			      sw->driver, since, why_of(sw));
		cti_check_fix(c, "%s", cures[cure].refused);
	} else if (sw->link == CTI_LINK_UP && sw->synced) {
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_SWITCH,
			      "The link to the switch (%s) is up%s.",
			      sw->driver, since);
	} else if (sw->link == CTI_LINK_DOWN) {
		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_NETWORK,
			      "There is no link to the switch (%s)%s: %s.",
			      sw->driver, since, why_of(sw));
		cti_check_fix(c, "%s", cures[cure].down);
	} else {
		cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_NETWORK,
			      "The link to the switch (%s) is being made%s: "
			      "%s.",
			      sw->driver, since, why_of(sw));
		cti_check_fix(c, "Run this again in a few seconds. %s",
			      cures[cure].down);
	}
}

void check_devices(struct cti_check *c, const struct cti_relay_facts *f)
{
	const struct cti_switch_facts *sw = &f->sw;
	bool needed = cures[cure_find(sw->driver)].needs_device;

	if (!sw->agents && !needed) {
		cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_RELAY,
			      "No agent is listed: this relay is one agent's.");
		return;
	}
	if (!sw->agents || (sw->without_device && needed)) {
		if (sw->agents)
			cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
				      "%zu of %zu agents have no device, so "
				      "nothing can be dialed for them.",
				      sw->without_device, sw->agents);
		else
			cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
				      "No agent is listed, and this switch "
				      "must be told whose phone is which.");
		cti_check_fix(c,
			      "Add agent \"SAPUSER\" { device = \"…\" } for "
			      "each agent; see %s.",
			      look_at);
		return;
	}
	cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_RELAY,
		      "Agents listed: %zu; with a device: %zu.", sw->agents,
		      sw->agents - sw->without_device);
}

void check_device(struct cti_check *c, const struct cti_relay_facts *f,
		  const struct cti_device_facts *device)
{
	if (!device->asked) {
		cti_check_say(c, CTI_VERDICT_SKIPPED, CTI_SIDE_SWITCH,
			      "Whether %s may dial is not known while there is "
			      "no link to the switch.",
			      *device->device ? device->device : "it");
		return;
	}
	if (*device->device)
		cti_check_say(c, device->ok ? CTI_VERDICT_OK : CTI_VERDICT_FAIL,
			      CTI_SIDE_SWITCH, "%s of agent %s: %s.",
			      device->device, device->agent, device->why);
	else
		cti_check_say(c, device->ok ? CTI_VERDICT_OK : CTI_VERDICT_FAIL,
			      CTI_SIDE_SWITCH, "May it dial: %s.", device->why);
	if (!device->ok)
		cti_check_fix(c, "%s", cures[cure_find(f->sw.driver)].denied);
}
