/* SPDX-License-Identifier: Apache-2.0 */
/* cli/dial.c - patchcord dial: calls a number, and sees it through */
#include <errno.h>
#include <string.h>

#include "cli/show.h"
#include "cli/tail.h"

enum {
	BODY_MAX = 4096,
	TEXT = 160,
};

struct dial {
	struct relay relay;
	char id[CTI_ID_SIZE];
	char state[16];
	bool gone;  /* the relay may have forgotten the call */
	bool ended; /* it is over */
	bool talked;
};

static int dial_body(struct cti_buf *out, const struct cti_args *args)
{
	struct cti_buf number;
	struct cti_jsonw w;
	int bad;

	cti_buf_init(&number, BODY_MAX);
	bad = cti_args_join(&number, args, 0);
	if (!bad)
		bad = cti_jsonw_init(&w, out);
	if (bad)
		goto out;
	cti_jsonw_obj(&w);
	cti_jsonw_kstr(&w, "PhoneNumber", cti_buf_text(&number));
	if (cti_args_value(args, "activity"))
		cti_jsonw_kstr(&w, "ActivityUUID",
			       cti_args_value(args, "activity"));
	cti_jsonw_obj_end(&w);
	bad = cti_jsonw_fini(&w);
out:
	cti_buf_fini(&number);
	return bad;
}

/* --- what becomes of it --- */

static void state_print(struct dial *d, const char *at,
			const struct cti_json_value *call)
{
	const struct cti_cli *cli = d->relay.cli;
	char when[SHOW_TIME], cause[TEXT], talked[SHOW_TIME];

	show_time(when, at);
	show_cause(cause, sizeof(cause), call);
	show_duration(talked, show_number(call, "duration_ms", -1));
	cti_cli_say(cli->out, "%s  %s%s%s%s%s\n", when, d->state,
		    *cause ? ": " : "", cause, *talked ? ", talked " : "",
		    talked);
}

/* The call as it is now; a state that was shown is not shown again. */
static void dial_now(struct dial *d, const char *at,
		     const struct cti_json_value *call)
{
	char state[sizeof(d->state)];
	const char *cause = cti_json_str(call, "cause");

	show_text(state, sizeof(state), call, "state");
	if (!strcmp(state, d->state))
		return;
	memcpy(d->state, state, sizeof(state));
	d->ended = !strcmp(state, "ended");
	d->talked = d->ended && cause && !strcmp(cause, "normal");
	if (!d->relay.json)
		state_print(d, at, call);
	else if (d->ended)
		show_json(d->relay.cli, call->raw, call->raw_len);
}

static int dial_frame(void *arg, const char *name,
		      const struct cti_json_value *data)
{
	struct dial *d = arg;
	const struct cti_json_value *call = cti_json_find(data, "call");
	const char *id = call ? cti_json_str(call, "id") : NULL;

	if (!strcmp(name, "snapshot")) {
		d->gone = true; /* ended meanwhile, or forgotten: ask */
		return 1;
	}
	if (strcmp(name, "call") != 0 || !id || strcmp(id, d->id) != 0)
		return 0;
	dial_now(d, cti_json_str(data, "at"), call);
	(void)fflush(d->relay.cli->out); /* asked at the end */
	return d->ended;
}

static int dial_ask(struct dial *d)
{
	char path[64];
	const struct cti_ask ask = {.path = path};
	struct cti_json *doc = NULL;
	int code;

	(void)snprintf(path, sizeof(path), "/api/v1/calls/%s",
		       d->id); /* fits */
	code = relay_read(&d->relay, &ask, &doc);
	if (!code)
		dial_now(d, cti_json_str(cti_json_root(doc), "ended_at"),
			 cti_json_root(doc));
	cti_json_destroy(doc);
	return code;
}

/* cursor: an event from before the dial, so that none is missed. */
static int dial_wait(struct dial *d, long long cursor)
{
	struct tail tail = {.relay = &d->relay, .fn = dial_frame, .arg = d};
	int code = CTI_EXIT_OK;

	(void)snprintf(tail.last_id, sizeof(tail.last_id), "%lld",
		       cursor); /* fits */
	while (!code && !d->ended) {
		d->gone = false;
		code = tail_run(&tail);
		if (!code && d->gone)
			code = dial_ask(d);
	}
	if (code)
		return code;
	return d->talked ? CTI_EXIT_OK : CTI_EXIT_FAILED;
}

/* --- the dial --- */

static void dial_print(struct dial *d, bool created,
		       const struct cti_json_value *call)
{
	const struct cti_cli *cli = d->relay.cli;
	char number[SHOW_NUMBER], dialed[SHOW_NUMBER];

	show_text(number, sizeof(number), call, "number");
	show_text(dialed, sizeof(dialed), call, "dialed");
	show_text(d->state, sizeof(d->state), call, "state");
	cti_cli_say(cli->out, "%s %s%s%s (the switch dials %s), call %s: %s\n",
		    created ? "Calling" : "Called before:",
		    show_color(cli->color, SHOW_BOLD), number,
		    show_color(cli->color, SHOW_PLAIN), dialed, d->id,
		    d->state);
	(void)fflush(cli->out); /* asked at the end */
}

static int dial_answered(struct dial *d, const struct cti_answer *answer,
			 bool wait)
{
	struct cti_json *doc = NULL;
	const struct cti_json_value *call;
	const char *id;

	if (cti_json_parse(&doc, cti_buf_text(&answer->body), answer->body.len,
			   answer->body.len, NULL))
		return relay_refused(&d->relay, answer);
	call = cti_json_root(doc);
	id = cti_json_str(call, "id");
	if (id && strlen(id) < sizeof(d->id))
		memcpy(d->id, id, strlen(id) + 1);
	if (!d->relay.json)
		dial_print(d, answer->status == 201, call);
	else if (!wait)
		show_json(d->relay.cli, cti_buf_text(&answer->body),
			  answer->body.len);
	if (!strcmp(d->state, "ended"))
		d->state[0] = '\0'; /* its cause is to be shown, too */
	cti_json_destroy(doc);
	return CTI_EXIT_OK;
}

static int cursor_ask(struct dial *d, long long *cursorp)
{
	const struct cti_ask ask = {.path = "/api/v1/status"};
	struct cti_json *doc = NULL;
	int code = relay_read(&d->relay, &ask, &doc);

	if (!code)
		*cursorp = show_number(cti_json_root(doc), "cursor", 0);
	cti_json_destroy(doc);
	return code;
}

static int dial_do(struct dial *d, const char *body)
{
	bool wait = cti_args_value(d->relay.args, "wait") != NULL;
	struct cti_ask ask = {.method = "POST", .body = body};
	struct cti_answer answer;
	long long cursor = 0;
	int code = CTI_EXIT_OK;

	cti_answer_init(&answer);
	if (wait)
		code = cursor_ask(d, &cursor);
	ask.path = relay_path(
		&d->relay, "/api/v1/calls",
		(const char *const[]){"agent", d->relay.agent, NULL});
	if (!code)
		code = relay_ask(&d->relay, &ask, &answer);
	if (!code)
		code = dial_answered(d, &answer, wait);
	/* one that was called before may have ended before the cursor */
	if (!code && wait && answer.status == 200)
		code = dial_ask(d);
	if (!code && wait)
		code = dial_wait(d, cursor);
	cti_answer_fini(&answer);
	return code;
}

static const struct cti_option dial_options[] = {
	{.name = "wait", .help = "show what becomes of it, until it ends"},
	{.name = "activity",
	 .metavar = "UUID",
	 .help = "SAP's ActivityUUID; each is dialed only once"},
	RELAY_AGENT,
	RELAY_OPTIONS,
};

static int dial_run(const struct cti_cli *cli, const struct cti_args *args)
{
	struct dial d = {.state = ""};
	struct cti_buf body;
	int code;

	if (!args->noperands)
		return cti_command_misused(cli, &cti_command_dial,
					   "which NUMBER?");
	cti_buf_init(&body, BODY_MAX);
	code = relay_open(&d.relay, cli, args);
	if (!code && dial_body(&body, args)) {
		cti_cli_say(cli->err, "patchcord: That is no number.\n");
		code = CTI_EXIT_FAILED;
	}
	if (!code)
		code = dial_do(&d, cti_buf_text(&body));
	relay_close(&d.relay);
	cti_buf_fini(&body);
	return code;
}

const struct cti_command cti_command_dial = {
	.name = "dial",
	.group = CTI_GROUP_CALLS,
	.summary = "Calls a number from the agent's telephone",
	.operands = "NUMBER",
	.about = "The number may be written with blanks. It passes "
		 "the same rules as a click in\nSAP: \"patchcord "
		 "explain NUMBER\" shows what becomes of it. With "
		 "--wait it ends\nwith 0 when they talked and hung "
		 "up, else with 1, and --json prints the call\nas it "
		 "ended; Ctrl-C ends the waiting, not the call.\n",
	.examples = "  patchcord dial +1 650 305 4000\n"
		    "  patchcord dial --wait 030 1234567\n",
	.max_operands = CTI_WORDS_MANY,
	.options = dial_options,
	.run = dial_run,
};
