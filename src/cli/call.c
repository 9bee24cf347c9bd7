/* SPDX-License-Identifier: Apache-2.0 */
/* cli/call.c - patchcord call: what can be done with calls */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/relay.h"
#include "cli/show.h"
#include "conf/nearest.h"

enum {
	BODY_MAX = 4096,
	PATH_SIZE = 128,
	TEXT = 256,
	LISTED = 20, /* calls that ended */
};

/* How a thing is done; its word is also the control that a call must have. */
struct cti_verb {
	size_t min, max;   /* words that follow */
	const char *field; /* of the body: takes what follows the call */
	int (*run)(struct relay *relay, const struct cti_word *word);
};

static const char *word_at(const struct relay *relay, size_t index)
{
	return index < relay->args->noperands ? relay->args->operands[index]
					      : NULL;
}

/* --- list --- */

static bool list_wants(const struct cti_json_value *call, size_t *ended)
{
	const char *state = cti_json_str(call, "state");

	if (state && strcmp(state, "ended") != 0)
		return true;
	return (*ended)++ < LISTED;
}

static int list_show(const struct relay *relay,
		     const struct cti_json_value *root)
{
	const struct cti_json_value *calls = cti_json_find(root, "calls");
	bool all = cti_args_value(relay->args, "all") != NULL;
	size_t ended = 0;

	if (!calls || !calls->first) {
		cti_cli_say(relay->cli->out, "No calls yet.\n");
		return CTI_EXIT_OK;
	}
	show_call_heading(relay->cli);
	for (const struct cti_json_value *v = calls->first; v; v = v->next)
		if (all || list_wants(v, &ended))
			show_call(relay->cli, v);
	return CTI_EXIT_OK;
}

static int list_run(struct relay *relay, const struct cti_word *word)
{
	const struct cti_ask ask = {
		.path = relay_path(
			relay, "/api/v1/calls",
			(const char *const[]){"agent", relay->agent, NULL}),
	};

	(void)word; /* there is no other list */
	return relay_do(relay, &ask, list_show);
}

/* --- one call --- */

static const struct {
	const char *key;
	const char *title;
} facts[] = {
	{"id", "call"},
	{"original_id", "first leg"},
	{"direction", "way"},
	{"kind", "with"},
	{"state", "state"},
	{"cause", "ended by"},
	{"cause_detail", "switch says"},
	{"number", "number"},
	{"name", "name"},
	{"dialed", "dialed"},
	{"dnis", "called number"},
	{"agent", "agent"},
	{"device", "device"},
	{"activity_uuid", "ActivityUUID"},
	{"bp", "BP"},
	{"ticket", "TicketID"},
	{"serial", "Serial"},
	{"subject", "subject"},
	{"text", "text"},
	{"driver", "driver"},
	{"ref", "id at switch"},
	{"redial_of", "repeats"},
};

static const struct {
	const char *key;
	const char *title;
} times[] = {
	{"created_at", "began"},
	{"ringing_at", "rang"},
	{"answered_at", "answered"},
	{"ended_at", "ended"},
};

static void controls_show(const struct relay *relay,
			  const struct cti_json_value *call)
{
	const struct cti_json_value *list = cti_json_find(call, "controls");

	if (!list || !list->first)
		return;
	cti_cli_say(relay->cli->out, "%-14s", "can");
	for (const struct cti_json_value *v = list->first; v; v = v->next)
		cti_cli_say(relay->cli->out, " %s", v->text ? v->text : "");
	cti_cli_say(relay->cli->out, "\n");
}

static int call_show(const struct relay *relay,
		     const struct cti_json_value *call)
{
	FILE *out = relay->cli->out;
	char text[TEXT], when[2 * SHOW_TIME];

	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++) {
		show_text(text, sizeof(text), call, facts[i].key);
		if (*text)
			cti_cli_say(out, "%-14s %s\n", facts[i].title, text);
	}
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		show_date(when, cti_json_str(call, times[i].key));
		if (*when)
			cti_cli_say(out, "%-14s %s\n", times[i].title, when);
	}
	show_duration(when, show_number(call, "duration_ms", -1));
	if (*when)
		cti_cli_say(out, "%-14s %s\n", "talked", when);
	controls_show(relay, call);
	return CTI_EXIT_OK;
}

/* "/api/v1/calls/{id}" and what is behind it, for the call that is meant. */
static int call_path(struct relay *relay, const char **pathp,
		     const char *control, const char *behind)
{
	char id[CTI_ID_SIZE], path[PATH_SIZE];
	int code = relay_call(relay, id, word_at(relay, 1), control);

	if (code)
		return code;
	(void)snprintf(path, sizeof(path), "/api/v1/calls/%s%s", id,
		       behind); /* fits */
	*pathp = relay_path(relay, path,
			    (const char *const[]){"agent", relay->agent, NULL});
	return CTI_EXIT_OK;
}

static int show_run(struct relay *relay, const struct cti_word *word)
{
	struct cti_ask ask = {.method = NULL};
	int code = call_path(relay, &ask.path, NULL, "");

	(void)word; /* it has no field */
	return code ? code : relay_do(relay, &ask, call_show);
}

/* --- timeline --- */

static int timeline_show(const struct relay *relay,
			 const struct cti_json_value *root)
{
	const struct cti_json_value *steps = cti_json_find(root, "steps");
	const struct cti_cli *cli = relay->cli;
	char at[SHOW_TIME], step[64], detail[4 * TEXT];

	for (const struct cti_json_value *v = steps ? steps->first : NULL; v;
	     v = v->next) {
		show_time(at, cti_json_str(v, "at"));
		show_text(step, sizeof(step), v, "step");
		show_text(detail, sizeof(detail), v, "detail");
		cti_cli_say(cli->out, "%s %+8lld ms  %s%-16s%s %s%s\n", at,
			    show_number(v, "ms", 0),
			    show_color(cli->color, SHOW_BOLD), step,
			    show_color(cli->color, SHOW_PLAIN), detail,
			    cti_json_find(v, "findings") ? " (has findings)"
							 : "");
	}
	return CTI_EXIT_OK;
}

static int timeline_run(struct relay *relay, const struct cti_word *word)
{
	struct cti_ask ask = {.method = NULL};
	int code = call_path(relay, &ask.path, NULL, "/timeline");

	(void)word; /* it has no field */
	return code ? code : relay_do(relay, &ask, timeline_show);
}

/* --- what is done to it --- */

/* The answer has the call as it was when the switch was asked. */
static int done_show(const struct relay *relay,
		     const struct cti_json_value *call)
{
	static const char *const new[] = {"redial", "inbound"};
	const char *word = word_at(relay, 0);
	bool begins = !strcmp(word, new[0]) || !strcmp(word, new[1]);
	char id[CTI_ID_SHOWN], number[SHOW_NUMBER], state[16];

	show_text(id, sizeof(id), call, "id");
	show_text(number, sizeof(number), call, "number");
	show_text(state, sizeof(state), call, "state");
	cti_cli_say(relay->cli->out, "%s%s call %s%s%s, %s\n",
		    begins ? "" : word, begins ? "New" : ": asked for", id,
		    *number ? ", " : "", number, state);
	return CTI_EXIT_OK;
}

/* {"to": "030 123"} of the words behind the call; DTMF knows no blanks. */
static int body_write(struct cti_buf *out, const struct relay *relay,
		      const struct cti_word *word)
{
	struct cti_buf text;
	struct cti_jsonw w;
	int bad;

	cti_buf_init(&text, BODY_MAX);
	bad = cti_args_join(&text, relay->args, 2);
	if (!bad)
		bad = cti_jsonw_init(&w, out);
	if (bad)
		goto out;
	cti_jsonw_obj(&w);
	cti_jsonw_kstr(&w, word->verb->field, cti_buf_text(&text));
	cti_jsonw_obj_end(&w);
	bad = cti_jsonw_fini(&w);
out:
	cti_buf_fini(&text);
	return bad;
}

static int action_do(struct relay *relay, const struct cti_word *word,
		     const char *body)
{
	struct cti_ask ask = {.method = "POST", .body = body};
	bool redial = !strcmp(word->name, "redial");
	char behind[32];
	int code;

	(void)snprintf(behind, sizeof(behind), "/%s", word->name); /* fits */
	code = call_path(relay, &ask.path, redial ? NULL : word->name, behind);
	return code ? code : relay_do(relay, &ask, done_show);
}

static int action_run(struct relay *relay, const struct cti_word *word)
{
	struct cti_err err = {.code = CTI_OK};
	struct cti_buf body;
	int code = CTI_EXIT_OK;

	cti_buf_init(&body, 2 * BODY_MAX);
	if (word->verb->field && body_write(&body, relay, word)) {
		(void)cti_err_set(&err, EINVAL, CTI_ERR_BAD_REQUEST,
				  "What follows the call is no text that can "
				  "be sent."); /* said below */
		code = relay_failed(relay, &err);
	}
	if (!code)
		code = action_do(relay, word,
				 word->verb->field ? cti_buf_text(&body)
						   : "{}");
	cti_buf_fini(&body);
	return code;
}

/* --- a call that the simulator plays --- */

static const char *const played[] = {"to", "script", "name", "agent"};

/* "--from +49 30 123" comes as a value and two words. */
static int inbound_from(struct cti_buf *out, const struct cti_args *args,
			const char *from)
{
	int bad = cti_buf_str(out, from);

	if (!bad && args->noperands > 1)
		bad = cti_buf_str(out, " ");
	return bad ? bad : cti_args_join(out, args, 1);
}

static int inbound_body(struct cti_buf *out, const struct relay *relay,
			const char *from)
{
	struct cti_buf number;
	struct cti_jsonw w;
	int bad;

	cti_buf_init(&number, BODY_MAX);
	bad = inbound_from(&number, relay->args, from);
	if (!bad)
		bad = cti_jsonw_init(&w, out);
	if (bad)
		goto out;
	cti_jsonw_obj(&w);
	cti_jsonw_kstr(&w, "from", cti_buf_text(&number));
	for (size_t i = 0; i < sizeof(played) / sizeof(*played); i++)
		if (cti_args_value(relay->args, played[i]))
			cti_jsonw_kstr(&w, played[i],
				       cti_args_value(relay->args, played[i]));
	cti_jsonw_obj_end(&w);
	bad = cti_jsonw_fini(&w);
out:
	cti_buf_fini(&number);
	return bad;
}

static int inbound_run(struct relay *relay, const struct cti_word *word)
{
	const char *from = cti_args_value(relay->args, "from");
	struct cti_ask ask = {
		.method = "POST",
		.path = "/api/v1/simulator/calls",
	};
	struct cti_err err = {.code = CTI_OK};
	struct cti_buf body;
	int code;

	(void)word; /* it has no field */
	cti_buf_init(&body, 2 * BODY_MAX);
	if (inbound_body(&body, relay, from)) {
		(void)cti_err_set(&err, EINVAL, CTI_ERR_BAD_REQUEST,
				  "These words are no text that can be "
				  "sent."); /* said below */
		code = relay_failed(relay, &err);
	} else {
		ask.body = cti_buf_text(&body);
		code = relay_do(relay, &ask, done_show);
	}
	cti_buf_fini(&body);
	return code;
}

/* --- the command --- */

static const struct cti_verb verb_list = {0, 0, NULL, list_run};
static const struct cti_verb verb_show = {0, 1, NULL, show_run};
static const struct cti_verb verb_timeline = {0, 1, NULL, timeline_run};
static const struct cti_verb verb_action = {0, 1, NULL, action_run};
static const struct cti_verb verb_redial = {1, 1, NULL, action_run};
static const struct cti_verb verb_transfer = {2, CTI_WORDS_MANY, "to",
					      action_run};
static const struct cti_verb verb_dtmf = {2, 2, "digits", action_run};
static const struct cti_verb verb_inbound = {0, CTI_WORDS_MANY, NULL,
					     inbound_run};

static const struct cti_word call_words[] = {
	{"list", NULL, "the calls that run and the last that ended",
	 &verb_list},
	{"show", "[CALL]", "all that is known of a call", &verb_show},
	{"timeline", "[CALL]", "every step of a call with its time",
	 &verb_timeline},
	{"answer", "[CALL]", "answer a call that rings", &verb_action},
	{"reject", "[CALL]", "reject a call that rings", &verb_action},
	{"hangup", "[CALL]", "end a call", &verb_action},
	{"hold", "[CALL]", "put a call on hold", &verb_action},
	{"resume", "[CALL]", "take it off hold", &verb_action},
	{"mute", "[CALL]", "the agent is not heard", &verb_action},
	{"unmute", "[CALL]", "the agent is heard again", &verb_action},
	{"transfer", "CALL NUMBER", "hand a call over to a number",
	 &verb_transfer},
	{"dtmf", "CALL DIGITS", "send tones: 0-9 A-D * # and , for a pause",
	 &verb_dtmf},
	{"redial", "CALL", "call the same number again", &verb_redial},
	{"inbound", "--from NUMBER", "the simulator plays a call that comes in",
	 &verb_inbound},
	{.name = NULL},
};

static const struct cti_option call_options[] = {
	{.name = "all", .help = "list: all calls, not the last 20 only"},
	{.name = "from",
	 .metavar = "NUMBER",
	 .help = "inbound: the caller's number"},
	{.name = "to",
	 .metavar = "NUMBER",
	 .help = "inbound: the number that was called"},
	{.name = "name",
	 .metavar = "NAME",
	 .help = "inbound: the caller's name"},
	{.name = "script",
	 .metavar = "WORD",
	 .choices = "answer|ring|cancel|elsewhere|drop",
	 .help = "inbound: answer|ring|cancel|elsewhere|drop"},
	RELAY_AGENT,
	RELAY_OPTIONS,
};

static const struct cti_word *word_find(const char *name)
{
	for (const struct cti_word *word = call_words; word->name; word++)
		if (!strcmp(word->name, name))
			return word;
	return NULL;
}

static int word_unknown(const struct cti_cli *cli, const char *name)
{
	struct cti_nearest nearest;
	char why[128];

	cti_nearest_init(&nearest, name);
	for (const struct cti_word *word = call_words; word->name; word++)
		(void)cti_nearest_offer(&nearest, word->name); /* best */
	(void)snprintf(why, sizeof(why), "unknown word %.40s%s%s%s", name,
		       nearest.best ? " (" : "",
		       nearest.best ? nearest.best : "",
		       nearest.best ? "?)" : ""); /* cut is fine */
	return cti_command_misused(cli, &cti_command_call, why);
}

/* What is wrong with what follows the word; false: nothing. */
static bool word_misused(char *why, size_t size, const struct cti_args *args,
			 const struct cti_word *word)
{
	static const char *const own[] = {"from", "to", "name", "script"};
	size_t more = args->noperands - 1;
	bool inbound = word->verb == &verb_inbound;

	why[0] = '\0';
	if (more < word->verb->min)
		(void)snprintf(why, size, "%s needs more: %s", word->name,
			       word->operands); /* fits */
	else if (more > word->verb->max)
		(void)snprintf(why, size, "unexpected word %.40s",
			       args->operands[word->verb->max + 1]); /* cut */
	else if (inbound && !cti_args_value(args, "from"))
		(void)snprintf(why, size,
			       "inbound needs a caller: --from NUMBER");
	for (size_t i = 0; !inbound && !*why && i < 4; i++)
		if (cti_args_value(args, own[i]))
			(void)snprintf(why, size, "--%s goes with inbound only",
				       own[i]); /* fits */
	return *why != '\0';
}

static int call_run(const struct cti_cli *cli, const struct cti_args *args)
{
	const struct cti_word *word;
	struct relay relay;
	char why[128];
	int code;

	if (!args->noperands)
		return cti_command_misused(cli, &cti_command_call,
					   "which word? list, show, answer …");
	word = word_find(args->operands[0]);
	if (!word)
		return word_unknown(cli, args->operands[0]);
	if (word_misused(why, sizeof(why), args, word))
		return cti_command_misused(cli, &cti_command_call, why);
	code = relay_open(&relay, cli, args);
	if (!code)
		code = word->verb->run(&relay, word);
	relay_close(&relay);
	return code;
}

const struct cti_command cti_command_call = {
	.name = "call",
	.group = CTI_GROUP_CALLS,
	.summary = "Lists calls, and does something with one",
	.operands = "WORD [CALL] [VALUE]",
	.about = "CALL is the id of a call or its first letters (4 at "
		 "least), as the list shows\nit. Without it, or with "
		 "\"current\", the only call that this can be done "
		 "with is\nmeant.\n",
	.examples = "  patchcord call list\n"
		    "  patchcord call hangup\n"
		    "  patchcord call transfer current 101\n"
		    "  patchcord call inbound --from +49 30 6912345 --script "
		    "ring\n",
	.words = call_words,
	.max_operands = CTI_WORDS_MANY,
	.options = call_options,
	.run = call_run,
};
