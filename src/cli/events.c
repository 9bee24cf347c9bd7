/* SPDX-License-Identifier: Apache-2.0 */
/* cli/events.c - patchcord events: what happened, what happens */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show.h"
#include "cli/tail.h"

enum {
	LAST = 20,
	LAST_MOST = 100,
	ID_TEXT = 24,
	PROBES_MAX = 64,
};

struct events {
	struct relay relay;
	bool full;
};

static void event_print(const struct events *e,
			const struct cti_json_value *event)
{
	const struct cti_cli *cli = e->relay.cli;

	if (e->relay.json)
		show_json(cli, event->raw, event->raw_len);
	else
		show_event(cli, event, e->full);
}

/* --- those there are --- */

/* One answer of the long poll; it does not wait. */
struct batch {
	struct cti_json *doc;
	size_t n;
	int64_t cursor; /* what comes next is behind it */
	bool reset;	/* that far back nothing is kept */
};

static const struct cti_json_value *batch_events(const struct batch *b)
{
	const struct cti_json_value *list =
		cti_json_find(cti_json_root(b->doc), "events");

	return list ? list->first : NULL;
}

static int batch_ask(struct events *e, struct batch *b, int64_t since)
{
	char text[ID_TEXT];
	struct cti_ask ask = {.method = NULL};
	const struct cti_json_value *root;
	int code;

	(void)snprintf(text, sizeof(text), "%" PRId64, since); /* fits */
	ask.path = relay_path(&e->relay, "/api/v1/events",
			      (const char *const[]){"wait", "0", "since", text,
						    "agent", e->relay.agent,
						    NULL});
	*b = (struct batch){.doc = NULL};
	code = relay_read(&e->relay, &ask, &b->doc);
	if (code)
		return code;
	root = cti_json_root(b->doc);
	b->reset = cti_json_bool(root, "reset", false);
	b->cursor = show_number(root, "cursor", since);
	for (const struct cti_json_value *v = batch_events(b); v; v = v->next)
		b->n++;
	return CTI_EXIT_OK;
}

static int cursor_ask(struct events *e, int64_t *cursorp)
{
	const struct cti_ask ask = {.path = "/api/v1/status"};
	struct cti_json *doc = NULL;
	int code = relay_read(&e->relay, &ask, &doc);

	if (!code)
		*cursorp = show_number(cti_json_root(doc), "cursor", 0);
	cti_json_destroy(doc);
	return code;
}

/* Ids have gaps, so how far back the last ones reach is found by trying: the
 * least number of ids that hold as many events as are wanted. */
struct search {
	int64_t cursor, least, most;
	size_t wanted;
	struct batch best; /* the longest that was complete */
};

static int search_try(struct events *e, struct search *s, int64_t width)
{
	int64_t since = s->cursor > width ? s->cursor - width : 0;
	struct batch b;
	int code = batch_ask(e, &b, since);

	if (code)
		return code;
	if (b.reset || b.n >= LAST_MOST) {
		s->most = width;
		cti_json_destroy(b.doc);
		return CTI_EXIT_OK;
	}
	s->least = width;
	cti_json_destroy(s->best.doc);
	s->best = b;
	return CTI_EXIT_OK;
}

static bool search_over(const struct search *s)
{
	return s->best.n >= s->wanted || s->least >= s->cursor ||
	       (s->most && s->most - s->least <= 1);
}

static int search_run(struct events *e, struct search *s)
{
	int64_t width = (int64_t)s->wanted;
	int code = cursor_ask(e, &s->cursor);

	for (int i = 0; i < PROBES_MAX && !code && s->cursor; i++) {
		code = search_try(e, s, width);
		if (code || search_over(s))
			break;
		width = s->most ? s->least + (s->most - s->least) / 2
				: width * 4;
	}
	return code;
}

static int events_last(struct events *e, size_t wanted)
{
	struct search s = {.wanted = wanted};
	const struct cti_json_value *v;
	int code = search_run(e, &s);

	v = s.best.doc && !code ? batch_events(&s.best) : NULL;
	for (size_t i = 0; v; v = v->next, i++)
		if (i + wanted >= s.best.n)
			event_print(e, v);
	cti_json_destroy(s.best.doc);
	return code;
}

static int events_lapsed(struct events *e, int64_t since)
{
	struct cti_err err = {.code = CTI_OK};

	(void)cti_err_set(&err, ERANGE, CTI_ERR_EVENT_NOT_FOUND,
			  "What followed event %" PRId64 " is not kept, or "
			  "there was none; see the last ones without --since.",
			  since); /* said below */
	return relay_failed(&e->relay, &err);
}

static int events_since(struct events *e, int64_t since)
{
	struct batch b;
	bool more;
	int code;

	do {
		code = batch_ask(e, &b, since);
		if (code)
			return code;
		for (const struct cti_json_value *v = batch_events(&b); v;
		     v = v->next)
			event_print(e, v);
		more = !b.reset && b.cursor > since;
		if (b.reset)
			code = events_lapsed(e, since);
		since = b.cursor;
		cti_json_destroy(b.doc);
	} while (more);
	return code;
}

/* --- those that come --- */

static void switch_print(const struct events *e,
			 const struct cti_json_value *data)
{
	const struct cti_json_value *sw = cti_json_find(data, "switch");
	char link[16], why[128];

	show_text(link, sizeof(link), sw, "link");
	show_text(why, sizeof(why), sw, "why");
	cti_cli_say(e->relay.cli->out, "          switch %s%s%s\n", link,
		    *why ? ": " : "", why);
}

/* `due` and the snapshot repeat what was told before. */
static int events_frame(void *arg, const char *name,
			const struct cti_json_value *data)
{
	struct events *e = arg;
	const struct cti_cli *cli = e->relay.cli;

	if (!strcmp(name, "call"))
		event_print(e, data);
	else if (!strcmp(name, "status") && e->relay.json)
		show_json(cli, data->raw, data->raw_len);
	else if (!strcmp(name, "status"))
		switch_print(e, data);
	else if (!strcmp(name, "reset"))
		cti_cli_say(cli->err, "patchcord: What came in between is "
				      "lost; this begins anew.\n");
	return fflush(cli->out) ? 1 : 0;
}

static int events_follow(struct events *e, const char *since)
{
	struct tail tail = {
		.relay = &e->relay,
		.fn = events_frame,
		.arg = e,
	};

	if (since)
		(void)snprintf(tail.last_id, sizeof(tail.last_id), "%s",
			       since); /* it was checked */
	return tail_run(&tail);
}

/* --- the command --- */

static const struct cti_option events_options[] = {
	{.name = "follow",
	 .letter = 'f',
	 .help = "go on with what happens, until Ctrl-C"},
	{.name = "since",
	 .metavar = "N",
	 .help = "begin behind event N, not with the last ones"},
	{.name = "last",
	 .metavar = "N",
	 .help = "this many, at most 99, and not 20"},
	{.name = "full", .help = "numbers, ids and event ids in full"},
	RELAY_AGENT,
	RELAY_OPTIONS,
};

static int number_read(long long *outp, const char *text, size_t digits)
{
	size_t len = strlen(text);

	if (!len || len > digits || strspn(text, "0123456789") != len)
		return -EINVAL;
	*outp = strtoll(text, NULL, 10);
	return 0;
}

static int events_do(struct events *e, const char *since, size_t last)
{
	int64_t from = since ? strtoll(since, NULL, 10) : 0;

	if (cti_args_value(e->relay.args, "follow"))
		return events_follow(e, since);
	return since ? events_since(e, from) : events_last(e, last);
}

static int events_run(const struct cti_cli *cli, const struct cti_args *args)
{
	const char *since = cti_args_value(args, "since");
	const char *last = cti_args_value(args, "last");
	struct events e = {.full = cti_args_value(args, "full") != NULL};
	long long number = LAST;
	int code;

	if (since && number_read(&number, since, 18))
		return cti_command_misused(cli, &cti_command_events,
					   "--since takes an event's number");
	number = LAST;
	if (last && (number_read(&number, last, 2) || !number))
		return cti_command_misused(cli, &cti_command_events,
					   "--last takes a number up to 99");
	code = relay_open(&e.relay, cli, args);
	if (!code)
		code = events_do(&e, since, (size_t)number);
	relay_close(&e.relay);
	return code;
}

const struct cti_command cti_command_events = {
	.name = "events",
	.group = CTI_GROUP_CALLS,
	.summary = "Shows the last events, or follows what happens",
	.about = "A line has the time, what happened, the way of the call, the "
		 "number with its\nmiddle hidden, the begin of the call's id, "
		 "the cause of its end and what SAP is\ntold. JSON is the "
		 "event as the relay tells it, one a line, numbers in full.\n"
		 "When the relay goes away, --follow waits and goes on where "
		 "it was.\n",
	.examples = "  patchcord events --follow\n"
		    "  patchcord events --last 50 --json\n",
	.options = events_options,
	.run = events_run,
};
