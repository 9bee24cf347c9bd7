/* SPDX-License-Identifier: Apache-2.0 */
/* cli/show.c - calls and events as lines for people */
#include "cli/show.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/command.h"
#include "cti/log.h"

enum {
	TEXT = 160,
	LINE = 1024,
	ID_SHORT = 8,
	DAY_S = 86400,
};

const char *show_color(bool on, enum show_color color)
{
	static const char *const codes[] = {
		[SHOW_PLAIN] = "\033[0m",  [SHOW_RED] = "\033[31m",
		[SHOW_GREEN] = "\033[32m", [SHOW_YELLOW] = "\033[33m",
		[SHOW_BOLD] = "\033[1m",   [SHOW_DIM] = "\033[2m",
	};

	return on ? codes[color] : "";
}

/* --- values --- */

void show_text(char *out, size_t size, const struct cti_json_value *obj,
	       const char *key)
{
	const char *text = obj ? cti_json_str(obj, key) : NULL;

	cti_utf8_clean(out, size, text ? text : "", text ? strlen(text) : 0);
}

/* DEL and U+0080 to U+009F, of which the second byte is the number. */
static unsigned char loose_control(const char *text, size_t len)
{
	unsigned char second = len > 1 ? (unsigned char)text[1] : 0;

	if (*text == 0x7f)
		return 0x7f;
	return *text == '\xc2' && second >= 0x80 && second <= 0x9f ? second : 0;
}

void show_json(const struct cti_cli *cli, const char *json, size_t len)
{
	size_t done = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = loose_control(json + i, len - i);

		if (!c)
			continue;
		cti_cli_say(cli->out, "%.*s\\u00%02X", (int)(i - done),
			    json + done, c);
		i += c > 0x7f;
		done = i + 1;
	}
	cti_cli_say(cli->out, "%.*s\n", (int)(len - done), json + done);
}

long long show_number(const struct cti_json_value *obj, const char *key,
		      long long fallback)
{
	const struct cti_json_value *v = obj ? cti_json_find(obj, key) : NULL;

	return v && v->type == CTI_JSON_NUMBER ? strtoll(v->text, NULL, 10)
					       : fallback;
}

/* Days from 1970 to a date of the Gregorian calendar; years count from March,
 * so that the leap day is the last one. */
static long long days_of(int year, int month, int day)
{
	long long y = month > 2 ? year : year - 1;
	long long from_march = (month + 9) % 12;

	return y * 365 + y / 4 - y / 100 + y / 400 +
	       (from_march * 153 + 2) / 5 + day - 1 - 719468;
}

static bool time_read(struct tm *tm, const char *iso)
{
	int y, mon, d, h, min, s;
	time_t at;

	if (!iso || sscanf(iso, "%4d-%2d-%2dT%2d:%2d:%2d", &y, &mon, &d, &h,
			   &min, &s) != 6)
		return false;
	at = (time_t)(days_of(y, mon, d) * DAY_S + h * 3600 + min * 60 + s);
	return localtime_r(&at, tm) != NULL;
}

void show_time(char out[SHOW_TIME], const char *iso)
{
	struct tm tm;

	out[0] = '\0';
	if (time_read(&tm, iso))
		(void)strftime(out, SHOW_TIME, "%H:%M:%S", &tm); /* fits */
}

void show_date(char out[2 * SHOW_TIME], const char *iso)
{
	struct tm tm;

	out[0] = '\0';
	if (time_read(&tm, iso))
		(void)strftime(out, (size_t)2 * SHOW_TIME, "%Y-%m-%d %H:%M:%S",
			       &tm); /* fits */
}

void show_duration(char out[SHOW_TIME], long long ms)
{
	long long s = ms / 1000;

	if (ms < 0)
		out[0] = '\0';
	else if (s < 3600)
		(void)snprintf(out, SHOW_TIME, "%d:%02d", (int)(s / 60),
			       (int)(s % 60)); /* fits */
	else
		(void)snprintf(out, SHOW_TIME, "%d:%02d:%02d",
			       (int)(s / 3600 % 10000), (int)(s / 60 % 60),
			       (int)(s % 60)); /* fits */
}

void show_cause(char *out, size_t size, const struct cti_json_value *call)
{
	char cause[32], detail[TEXT];

	show_text(cause, sizeof(cause), call, "cause");
	show_text(detail, sizeof(detail), call, "cause_detail");
	for (char *at = cause; *at; at++)
		if (*at == '_')
			*at = ' ';
	(void)snprintf(out, size, "%s%s%s%s", cause, *detail ? " (" : "",
		       detail, *detail ? ")" : ""); /* cut is fine */
}

/* A line, without the blanks that empty columns leave at its end. */
static void line_print(const struct cti_cli *cli, const char *fmt, ...)
	CTI_PRINTF(2, 3);
static void line_print(const struct cti_cli *cli, const char *fmt, ...)
{
	char text[LINE];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (len < 0)
		return;
	if ((size_t)len >= sizeof(text))
		len = (int)sizeof(text) - 1;
	while (len && text[len - 1] == ' ')
		len--;
	cti_cli_say(cli->out, "%.*s\n", len, text);
}

/* --- a call --- */

static const struct {
	const char *state;
	enum show_color color;
} state_colors[] = {
	{"active", SHOW_GREEN},
	{"held", SHOW_YELLOW},
	{"ended", SHOW_DIM},
	{"unknown", SHOW_RED},
};

static enum show_color state_color(const char *state)
{
	size_t n = sizeof(state_colors) / sizeof(*state_colors);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(state_colors[i].state, state))
			return state_colors[i].color;
	return SHOW_BOLD; /* it is being set up */
}

static const char *way_of(const struct cti_json_value *call)
{
	const char *direction = call ? cti_json_str(call, "direction") : NULL;

	if (!direction)
		return "";
	return strcmp(direction, "inbound") ? "out" : "in";
}

/* What a list shows of who is at the other end. */
static void party_of(char *out, size_t size, const struct cti_json_value *call)
{
	show_text(out, size, call, "number");
	if (!*out)
		show_text(out, size, call, "number_raw");
	if (!*out)
		(void)snprintf(out, size, "%s",
			       cti_json_bool(call, "withheld", false)
				       ? "withheld"
				       : "unknown"); /* fits */
}

void show_call_heading(const struct cti_cli *cli)
{
	cti_cli_say(cli->out, "%s%-8s  %-8s  %-8s  %-3s  %-18s  %-6s  %s%s\n",
		    show_color(cli->color, SHOW_BOLD), "CALL", "BEGAN", "STATE",
		    "WAY", "NUMBER", "TALKED", "WHO AND WHY",
		    show_color(cli->color, SHOW_PLAIN));
}

void show_call(const struct cti_cli *cli, const struct cti_json_value *call)
{
	char id[CTI_ID_SHOWN], at[SHOW_TIME], state[16], number[SHOW_NUMBER];
	char length[SHOW_TIME], cause[TEXT], name[TEXT], agent[TEXT];

	show_text(id, sizeof(id), call, "id");
	show_time(at, cti_json_str(call, "created_at"));
	show_text(state, sizeof(state), call, "state");
	party_of(number, sizeof(number), call);
	show_duration(length, show_number(call, "duration_ms", -1));
	show_cause(cause, sizeof(cause), call);
	show_text(name, sizeof(name), call, "name");
	show_text(agent, sizeof(agent), call, "agent");
	line_print(cli, "%-8.*s  %-8s  %s%-8s%s  %-3s  %-18s  %-6s  %s%s%s%s%s",
		   ID_SHORT, id, at, show_color(cli->color, state_color(state)),
		   state, show_color(cli->color, SHOW_PLAIN), way_of(call),
		   number, length, agent, *agent && *name ? ", " : "", name,
		   (*agent || *name) && *cause ? ", " : "", cause);
}

/* --- an event --- */

static enum show_color type_color(const char *type, const char *cause)
{
	if (!strcmp(type, "call.active") || !strcmp(type, "call.resumed"))
		return SHOW_GREEN;
	if (!strcmp(type, "call.refused"))
		return SHOW_RED;
	if (strcmp(type, "call.ended") != 0)
		return SHOW_PLAIN;
	return *cause && strcmp(cause, "normal") != 0 ? SHOW_YELLOW : SHOW_DIM;
}

/* "sap: INBOUND NOTIFY"; "" where there is nothing for SAP. */
static void post_of(char *out, size_t size, const struct cti_json_value *event)
{
	const struct cti_json_value *sap = cti_json_find(event, "sap");
	const struct cti_json_value *payload =
		sap ? cti_json_find(sap, "payload") : NULL;
	char type[32], action[32];

	show_text(type, sizeof(type), payload, "EventType");
	show_text(action, sizeof(action), payload, "Action");
	(void)snprintf(out, size, "%s%s%s%s", payload ? "sap: " : "", type,
		       *action ? " " : "", action); /* fits */
}

struct line {
	char id[CTI_ID_SHOWN];
	char number[SHOW_NUMBER];
	char cause[TEXT];
	const char *way;
};

/* What is known of a refused dial stands in its refusal. */
static void line_fill(struct line *line, const struct cti_json_value *event)
{
	const struct cti_json_value *call = cti_json_find(event, "call");
	const struct cti_json_value *no = cti_json_find(event, "refusal");
	const struct cti_json_value *from =
		no && no->type == CTI_JSON_OBJECT ? no : call;

	show_text(line->id, sizeof(line->id), call, "id");
	line->way = no ? "out" : way_of(call);
	if (no) {
		show_text(line->number, sizeof(line->number), from, "number");
		show_text(line->cause, sizeof(line->cause), from, "detail");
	} else {
		party_of(line->number, sizeof(line->number), from);
		show_cause(line->cause, sizeof(line->cause), from);
	}
}

void show_event(const struct cti_cli *cli, const struct cti_json_value *event,
		bool full)
{
	struct line line;
	char at[SHOW_TIME], type[32], shown[SHOW_NUMBER], post[80], word[24];

	line_fill(&line, event);
	show_time(at, cti_json_str(event, "at"));
	show_text(type, sizeof(type), event, "type");
	show_text(word, sizeof(word), cti_json_find(event, "call"), "cause");
	post_of(post, sizeof(post), event);
	if (full)
		(void)snprintf(shown, sizeof(shown), "%s", line.number);
	else
		cti_log_mask(shown, sizeof(shown), line.number);
	if (full)
		cti_cli_say(cli->out, "%lld  ", show_number(event, "id", 0));
	line_print(cli, "%s  %s%-13s%s  %-3s  %-17s  %-8.*s  %s%s%s", at,
		   show_color(cli->color, type_color(type, word)), type,
		   show_color(cli->color, SHOW_PLAIN), line.way, shown,
		   full ? (int)sizeof(line.id) : ID_SHORT, line.id, line.cause,
		   *line.cause && *post ? "; " : "", post);
}
