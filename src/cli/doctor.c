/* SPDX-License-Identifier: Apache-2.0 */
/* cli/doctor.c - patchcord doctor: what is wrong, whose side, what to do */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/alone.h"
#include "cli/policies.h"
#include "cli/ports.h"
#include "cli/relay.h"
#include "cli/verdicts.h"
#include "cti/loop.h"
#include "doctor/facts.h"

enum {
	ASK_MS = 90 * 1000, /* the relay asks the switch about each device */
	FINDINGS_MAX = 16 * 1024,
	JSON_MAX = 4 * 1024 * 1024,
	ORIGINS_MAX = 64,
	CLOCKS_S = 5, /* two clocks may differ by that */
};

/* The whole of a general look. */
struct visit {
	const struct cti_cli *cli;
	const struct cti_args *args;
	struct relay relay;
	struct cti_checks checks;
	struct cti_json *pairings; /* of the relay; NULL: not known */
	bool answered;		   /* the relay gave its own findings */
};

/* --- what the relay says --- */

static void relay_refuses(struct visit *v, const struct cti_answer *answer)
{
	struct cti_check *c = cti_checks_add(&v->checks, "relay");
	const char *trouble = cti_client_trouble(v->relay.client);
	struct cti_json *doc = NULL;
	const char *detail = NULL, *fix = NULL;

	if (!cti_json_parse(&doc, cti_buf_text(&answer->body), answer->body.len,
			    JSON_MAX, NULL)) {
		detail = cti_json_str(cti_json_root(doc), "detail");
		fix = cti_json_str(cti_json_root(doc), "fix");
	}
	cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
		      "The relay at %s does not tell: %s",
		      cti_client_url(v->relay.client),
		      detail ? detail : "it answers, but is not asked so.");
	cti_check_fix(c, "%s",
		      trouble ? trouble
		      : fix   ? fix
			      : "See that relay and command are of one "
				"version: patchcord version.");
	cti_json_destroy(doc);
}

/* "2026-11-22T06:30:00…" as if it were local time; -1: it is none. */
static int64_t seconds_of(const char *iso)
{
	struct tm tm = {.tm_isdst = 0};

	if (!iso ||
	    sscanf(iso, "%4d-%2d-%2dT%2d:%2d:%2d", &tm.tm_year, &tm.tm_mon,
		   &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	return (int64_t)mktime(&tm);
}

static void clocks_compare(struct visit *v, const struct cti_json_value *root)
{
	int64_t theirs = seconds_of(cti_json_str(root, "at")), ours;
	time_t now = time(NULL);
	struct cti_check *c;
	struct tm tm;

	if (theirs < 0 || !gmtime_r(&now, &tm))
		return;
	tm.tm_isdst = 0;
	ours = (int64_t)mktime(&tm); /* wrong alike: the difference counts */
	if (llabs(theirs - ours) <= CLOCKS_S)
		return;
	c = cti_checks_add(&v->checks, "clocks");
	cti_check_say(c, CTI_VERDICT_WARN, CTI_SIDE_NETWORK,
		      "The relay's clock differs from this machine's by %lld "
		      "s.",
		      (long long)llabs(theirs - ours));
	cti_check_fix(c, "Let both take their time from the network (NTP).");
}

static int answer_read(struct visit *v, const struct cti_answer *answer)
{
	struct cti_json *doc = NULL;
	int err = cti_json_parse(&doc, cti_buf_text(&answer->body),
				 answer->body.len, JSON_MAX, NULL);

	if (err)
		return err;
	cti_checks_read(&v->checks, cti_json_root(doc));
	clocks_compare(v, cti_json_root(doc));
	cti_json_destroy(doc);
	v->answered = true;
	return 0;
}

static void pairings_read(struct visit *v)
{
	struct cti_answer answer;

	cti_answer_init(&answer);
	if (!cti_client_get(v->relay.client, "/api/v1/pairings", &answer,
			    NULL) &&
	    answer.status == 200 &&
	    cti_json_parse(&v->pairings, cti_buf_text(&answer.body),
			   answer.body.len, JSON_MAX, NULL))
		v->pairings = NULL;
	cti_answer_fini(&answer);
}

/* Somebody answers, and libcurl or the relay does not like how. */
static void relay_unheard(struct visit *v, const struct cti_err *err)
{
	struct cti_check *c = cti_checks_add(&v->checks, "answer");
	struct cti_relay_facts facts = {.running = true};

	cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY, "%s", err->text);
	cti_check_fix(c, "Compare http.listen, http.tls_cert_file and --url "
			 "with how the relay was started.");
	/* which is often the reason */
	facts.now_ms = (int64_t)time(NULL) * 1000;
	cti_cert_conf(&facts.cert, v->relay.conf);
	cti_https_judge(&v->checks, &facts);
}

/* Whether there was a relay at all. */
static bool relay_asked(struct visit *v)
{
	const struct cti_ask ask = {
		.path = "/api/v1/doctor",
		.timeout_ms = ASK_MS,
	};
	struct cti_err err = {.code = CTI_OK};
	struct cti_answer answer;
	int bad;

	cti_answer_init(&answer);
	bad = cti_client_ask(v->relay.client, &ask, &answer, &err);
	if (!bad && answer.status == 200) {
		bad = answer_read(v, &answer);
		if (!bad)
			pairings_read(v);
	} else if (!bad) {
		relay_refuses(v, &answer);
	}
	cti_answer_fini(&answer);
	if (bad == -ECONNREFUSED)
		return false;
	if (bad)
		relay_unheard(v, &err);
	return true;
}

/* --- what only the command sees --- */

static void look_config(struct visit *v)
{
	struct cti_check *c = cti_checks_add(&v->checks, "config");

	cti_check_say(c, CTI_VERDICT_OK, CTI_SIDE_RELAY,
		      "The configuration has no fault.");
}

static void look_clock(struct visit *v)
{
	struct cti_check *c = cti_checks_add(&v->checks, "clock");
	int synced = cti_clock_synced();

	if (synced < 0) {
		cti_check_say(c, CTI_VERDICT_SKIPPED, CTI_SIDE_NETWORK,
			      "Whether the clock is kept in time cannot be "
			      "seen here.");
		return;
	}
	/* a virtual machine's host may keep it without a word to the kernel */
	cti_check_say(c, synced ? CTI_VERDICT_OK : CTI_VERDICT_SKIPPED,
		      CTI_SIDE_NETWORK,
		      synced ? "This machine's clock is kept in time."
			     : "Nothing is known to keep this machine's clock "
			       "in time; times in SAP and here may differ.");
	if (!synced)
		cti_check_fix(c, "Turn time synchronisation on: timedatectl "
				 "set-ntp true, or chrony.");
}

static void look_policies(struct visit *v)
{
	const struct cti_conf *conf = v->relay.conf;
	const char *root = cti_args_value(v->args, "root");
	const char *item[ORIGINS_MAX];
	struct cti_origins origins = {.item = item};
	const struct cti_json_value *list =
		v->pairings
			? cti_json_find(cti_json_root(v->pairings), "paired")
			: NULL;

	for (size_t i = 0;
	     i < cti_conf_count(conf, "sap.origins") && origins.n < ORIGINS_MAX;
	     i++)
		item[origins.n++] = cti_conf_item(conf, "sap.origins", i);
	for (list = list ? list->first : NULL; list && origins.n < ORIGINS_MAX;
	     list = list->next) {
		const char *origin = cti_json_str(list, "origin");

		if (origin)
			item[origins.n++] = origin;
	}
	cti_policies_look(&v->checks, root ? root : "", &origins);
}

static void look_all(struct visit *v)
{
	struct cti_ports ports = {.ours = false};
	bool aimed = cti_args_value(v->args, "url") != NULL;

	look_config(v);
	if (!aimed)
		cti_ports_look(&ports, &v->checks, v->relay.conf);
	if (!(aimed || ports.ours || ports.open) || !relay_asked(v))
		cti_alone_look(&v->checks, v->relay.conf);
	look_policies(v);
	look_clock(v);
}

/* --- a configuration that cannot be read --- */

/* Every line of the findings is a check, and nothing else can be said. */
static void config_failed(struct cti_checks *checks, char *findings)
{
	char *line = findings;

	while (*line) {
		char *end = line + strcspn(line, "\n");
		struct cti_check *c = cti_checks_add(checks, "config");
		bool last = !*end;

		*end = '\0';
		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY, "%s", line);
		cti_check_fix(c, "Put that right: the file itself, or the key "
				 "in it; patchcord help-config explains every "
				 "key.");
		line = last ? end : end + 1;
	}
}

static int config_look(struct visit *v)
{
	struct cti_conf *conf = NULL;
	struct cti_buf findings;
	char *text = NULL;
	int err;

	cti_buf_init(&findings, FINDINGS_MAX);
	err = cti_cli_conf_load(&conf, v->cli, v->args, &findings);
	cti_conf_destroy(conf);
	if (err && !cti_buf_take(&findings, &text))
		config_failed(&v->checks, text);
	if (err && !v->checks.n) {
		struct cti_check *c = cti_checks_add(&v->checks, "config");

		cti_check_say(c, CTI_VERDICT_FAIL, CTI_SIDE_RELAY,
			      "The configuration cannot be read: %s.",
			      strerror(-err));
	}
	free(text);
	cti_buf_fini(&findings);
	return err;
}

static int visit_all(const struct cti_cli *cli, const struct cti_args *args)
{
	struct visit *v = calloc(1, sizeof(*v));
	int code = CTI_EXIT_FAILED;

	if (!v)
		return code;
	v->cli = cli;
	v->args = args;
	if (config_look(v)) {
		code = verdicts_print(cli, &v->checks,
				      cti_args_value(args, "json") != NULL);
		goto out;
	}
	if (!relay_open(&v->relay, cli, args)) {
		look_all(v);
		code = verdicts_print(cli, &v->checks, v->relay.json);
	}
	relay_close(&v->relay);
out:
	cti_json_destroy(v->pairings);
	free(v);
	return code;
}

/* --- one call --- */

static const struct {
	const char *option;
	const char *query;
} questions[] = {
	{"call", "call"},
	{"activity", "activity_uuid"},
	{"number", "number"},
};

enum { QUESTIONS = sizeof(questions) / sizeof(questions[0]) };

/* The begin of an id, as lists show it; what is longer is asked for as it is:
 * it may be an id of another relay. */
static int call_named(struct relay *relay, char id[CTI_ID_SIZE],
		      const char **textp)
{
	const char *text = *textp;
	int code;

	if (!text || strlen(text) >= CTI_ID_LEN)
		return CTI_EXIT_OK;
	code = relay_call(relay, id, text, NULL);
	if (!code)
		*textp = id;
	return code;
}

static int visit_call(const struct cti_cli *cli, const struct cti_args *args)
{
	const char *query[2 * (QUESTIONS + 1) + 1] = {NULL};
	struct cti_ask ask = {.timeout_ms = ASK_MS};
	struct cti_answer answer;
	struct relay relay;
	size_t n = 0;
	int code = relay_open(&relay, cli, args);
	char id[CTI_ID_SIZE];

	for (int i = 0; i < QUESTIONS; i++) {
		query[n++] = questions[i].query;
		query[n++] = cti_args_value(args, questions[i].option);
	}
	query[n++] = "agent";
	query[n] = relay.agent;
	cti_answer_init(&answer);
	if (!code)
		code = call_named(&relay, id, &query[1]);
	if (!code) {
		ask.path = relay_path(&relay, "/api/v1/doctor", query);
		code = relay_ask(&relay, &ask, &answer);
	}
	if (!code)
		code = verdicts_case(&relay, &answer.body);
	cti_answer_fini(&answer);
	relay_close(&relay);
	return code;
}

static const struct cti_option doctor_options[] = {
	{.name = "call",
	 .metavar = "ID",
	 .help = "why has it no External ID? (id, or its begin)"},
	{.name = "activity",
	 .metavar = "UUID",
	 .help = "the same, by the ActivityUUID of SAP"},
	{.name = "number",
	 .metavar = "NUMBER",
	 .help = "the same, for the newest call with this number"},
	RELAY_AGENT,
	{.name = "root",
	 .metavar = "FOLDER",
	 .help = "look for browser policies below this folder"},
	RELAY_OPTIONS,
};

static int doctor_run(const struct cti_cli *cli, const struct cti_args *args)
{
	int named = 0;

	for (int i = 0; i < QUESTIONS; i++)
		named += cti_args_value(args, questions[i].option) != NULL;
	if (named > 1)
		return cti_command_misused(cli, &cti_command_doctor,
					   "one of --call, --activity and "
					   "--number at a time");
	return named ? visit_call(cli, args) : visit_all(cli, args);
}

const struct cti_command cti_command_doctor = {
	.name = "doctor",
	.group = CTI_GROUP_RELAY,
	.summary = "Finds what is wrong, says whose side it is on and what to "
		   "do",
	.about = "It asks the running relay, which looks at the switch, too, "
		 "and places no call.\nWithout one it looks by itself. It ends "
		 "with 0 when all is well and with 1 when\nit found "
		 "something.\n",
	.examples = "  patchcord doctor\n"
		    "  patchcord doctor --number +49306912345\n"
		    "  patchcord doctor --json | jq -r '.checks[].sentence'\n",
	.options = doctor_options,
	.run = doctor_run,
};
