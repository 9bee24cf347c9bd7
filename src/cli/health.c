/* SPDX-License-Identifier: Apache-2.0 */
/* cli/health.c - patchcord health and status: is it well */
#include <string.h>

#include "cli/relay.h"
#include "cli/show.h"

enum {
	HEALTH_MS = 3000, /* who asks asks again soon */
	TEXT = 160,
	REFUSED_MAX = 4096,
};

/* --- health --- */

static const struct cti_option health_options[] = {
	{.name = "ready", .help = "ask whether it can dial, too"},
	RELAY_OPTIONS,
};

static int health_show(const struct relay *relay,
		       const struct cti_json_value *root)
{
	(void)relay;
	(void)root; /* the exit code says it all */
	return CTI_EXIT_OK;
}

static int health_run(const struct cti_cli *cli, const struct cti_args *args)
{
	const struct cti_ask ask = {
		.path = cti_args_value(args, "ready") ? "/readyz" : "/healthz",
		.timeout_ms = HEALTH_MS,
	};
	struct relay relay;
	int code = relay_open(&relay, cli, args);

	if (!code)
		code = relay_do(&relay, &ask, health_show);
	relay_close(&relay);
	return code;
}

const struct cti_command cti_command_health = {
	.name = "health",
	.group = CTI_GROUP_RELAY,
	.summary = "Ends with 0 if the relay runs and is well, else with 1",
	.about = "It prints nothing when all is well, and needs no key: made "
		 "for containers and\nmonitors. The commands status and "
		 "doctor tell people more.\n",
	.examples = "  patchcord health --ready && echo it can dial\n",
	.options = health_options,
	.run = health_run,
};

/* --- status --- */

static void line(const struct relay *relay, const char *title,
		 enum show_color color, const char *text)
{
	const struct cti_cli *cli = relay->cli;

	cti_cli_say(cli->out, "%-10s %s%s%s\n", title,
		    show_color(cli->color && color != SHOW_PLAIN, color), text,
		    show_color(cli->color && color != SHOW_PLAIN, SHOW_PLAIN));
}

static void relay_line(const struct relay *relay,
		       const struct cti_json_value *root)
{
	char version[32], since[2 * SHOW_TIME], text[3 * TEXT];

	show_text(version, sizeof(version), root, "version");
	show_date(since, cti_json_str(root, "started_at"));
	(void)snprintf(text, sizeof(text), "%s, version %s, since %s",
		       cti_client_url(relay->client), version,
		       since); /* cut is fine */
	line(relay, "relay", SHOW_PLAIN, text);
}

static void switch_line(const struct relay *relay,
			const struct cti_json_value *root)
{
	const struct cti_json_value *sw = cti_json_find(root, "switch");
	bool synced = cti_json_bool(sw, "synced", false);
	char driver[32], link[16], why[TEXT], since[2 * SHOW_TIME];
	char text[3 * TEXT];

	show_text(driver, sizeof(driver), sw, "driver");
	show_text(link, sizeof(link), sw, "link");
	show_text(why, sizeof(why), sw, "why");
	show_date(since, cti_json_str(sw, "since"));
	(void)snprintf(text, sizeof(text), "%s, %s%s%s%s%s%s", driver, link,
		       synced || strcmp(link, "up") ? "" : ", not synced yet",
		       *since ? " since " : "", since,
		       *why && strcmp(why, driver) ? ": " : "",
		       strcmp(why, driver) ? why : ""); /* cut is fine */
	line(relay, "switch", synced ? SHOW_GREEN : SHOW_RED, text);
}

static void store_line(const struct relay *relay,
		       const struct cti_json_value *root)
{
	const struct cti_json_value *store = cti_json_find(root, "store");
	bool ok = cti_json_bool(store, "ok", false);
	char error[TEXT], text[2 * TEXT];

	show_text(error, sizeof(error), store, "error");
	(void)snprintf(
		text, sizeof(text), "%s%s",
		ok ? "ok" : "cannot be written: ", error); /* cut is fine */
	line(relay, "store", ok ? SHOW_GREEN : SHOW_RED, text);
}

static void host_line(const struct relay *relay,
		      const struct cti_json_value *root)
{
	const struct cti_json_value *host = cti_json_find(root, "host");
	char loaded[2 * SHOW_TIME], click[2 * SHOW_TIME], text[2 * TEXT];
	bool seen;

	show_date(loaded, cti_json_str(host, "widget_loaded_at"));
	show_date(click, cti_json_str(host, "last_click_at"));
	seen = *loaded != '\0';
	(void)snprintf(text, sizeof(text),
		       "widget last loaded %s, last click "
		       "%s",
		       seen ? loaded : "never since the start",
		       *click ? click : "never since the start"); /* fits */
	line(relay, "SAP page", seen ? SHOW_PLAIN : SHOW_YELLOW, text);
}

static void agent_lines(const struct relay *relay,
			const struct cti_json_value *root)
{
	const struct cti_json_value *list = cti_json_find(root, "agents");
	char id[64], device[TEXT], text[2 * TEXT];

	if (!list || !list->first)
		line(relay, "agents", SHOW_PLAIN, "one, who needs no name");
	for (const struct cti_json_value *v = list ? list->first : NULL; v;
	     v = v->next) {
		show_text(id, sizeof(id), v, "id");
		show_text(device, sizeof(device), v, "device");
		(void)snprintf(text, sizeof(text), "%s%s%s", id,
			       *device ? " at " : "", device); /* fits */
		line(relay, "agent", SHOW_PLAIN, text);
	}
}

/* Why requests were turned away: noise to most, a hint to some. */
static void refused_line(const struct relay *relay,
			 const struct cti_json_value *root)
{
	const struct cti_json_value *refused = cti_json_find(root, "refused");
	struct cti_buf text;
	int err = 0;

	cti_buf_init(&text, REFUSED_MAX);
	for (const struct cti_json_value *v = refused ? refused->first : NULL;
	     v && !err; v = v->next)
		if (v->text && strcmp(v->text, "0") != 0)
			err = cti_buf_fmt(&text, "%s%.20s %.40s",
					  text.len ? ", " : "", v->text,
					  v->key);
	if (text.len)
		line(relay, "refused", SHOW_YELLOW, cti_buf_text(&text));
	cti_buf_fini(&text);
}

static int status_show(const struct relay *relay,
		       const struct cti_json_value *root)
{
	char text[TEXT];

	relay_line(relay, root);
	switch_line(relay, root);
	store_line(relay, root);
	host_line(relay, root);
	agent_lines(relay, root);
	(void)snprintf(text, sizeof(text),
		       "%lld pages listen, %lld "
		       "connections, last event %lld",
		       show_number(root, "streams", 0),
		       show_number(root, "connections", 0),
		       show_number(root, "cursor", 0)); /* fits */
	line(relay, "now", SHOW_PLAIN, text);
	refused_line(relay, root);
	return CTI_EXIT_OK;
}

static const struct cti_option status_options[] = {RELAY_OPTIONS};

static int status_run(const struct cti_cli *cli, const struct cti_args *args)
{
	const struct cti_ask ask = {.path = "/api/v1/status"};
	struct relay relay;
	int code = relay_open(&relay, cli, args);

	if (!code)
		code = relay_do(&relay, &ask, status_show);
	relay_close(&relay);
	return code;
}

const struct cti_command cti_command_status = {
	.name = "status",
	.group = CTI_GROUP_RELAY,
	.summary = "Shows how the running relay, its switch and its store are",
	.options = status_options,
	.run = status_run,
};
