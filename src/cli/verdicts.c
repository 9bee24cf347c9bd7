/* SPDX-License-Identifier: Apache-2.0 */
/* cli/verdicts.c - a doctor's findings as lines, or as JSON */
#include "cli/verdicts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/show.h"

enum {
	JSON_MAX = 4 * 1024 * 1024,
	NAME_WIDTH = 10,
	INDENT = 20, /* where sentences begin */
	WIDTH = 79,
	TEXT = 256,
};

static const enum show_color colors[] = {
	[CTI_VERDICT_OK] = SHOW_GREEN,
	[CTI_VERDICT_SKIPPED] = SHOW_DIM,
	[CTI_VERDICT_WARN] = SHOW_YELLOW,
	[CTI_VERDICT_FAIL] = SHOW_RED,
};

/* Whose side it is, as people say it. */
static const char *const sides[] = {
	[CTI_SIDE_RELAY] = "the relay's side",
	[CTI_SIDE_SWITCH] = "the switch's side",
	[CTI_SIDE_BROWSER] = "the browser's side",
	[CTI_SIDE_SAP] = "SAP's side",
	[CTI_SIDE_NETWORK] = "the network's side",
};

/* Words, with every line after the first begun at INDENT. */
static void say_wrapped(FILE *out, const char *text)
{
	size_t column = INDENT;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > INDENT && column + len > WIDTH) {
			cti_cli_say(out, "\n%*s", INDENT, "");
			column = INDENT;
		}
		cti_cli_say(out, "%s%.*s", column > INDENT ? " " : "", (int)len,
			    text);
		column += len + 1;
		text += len;
		text += strspn(text, " ");
	}
	cti_cli_say(out, "\n");
}

static void say_line(const struct cti_cli *cli, const struct cti_check *check)
{
	cti_cli_say(cli->out, "%s%-7s%s  %-*s ",
		    show_color(cli->color, colors[check->verdict]),
		    cti_verdict_word(check->verdict),
		    show_color(cli->color, SHOW_PLAIN), NAME_WIDTH,
		    check->name);
	say_wrapped(cli->out, check->sentence);
}

static void say_verdict(const struct cti_cli *cli,
			const struct cti_check *check)
{
	char next[2 * CTI_CHECK_TEXT];

	say_line(cli, check);
	(void)snprintf(next, sizeof(next), "Next (%s): %s", sides[check->side],
		       check->fix); /* fits */
	if (!*check->fix)
		return;
	cti_cli_say(cli->out, "%*s", INDENT, "");
	say_wrapped(cli->out, next);
}

static bool is_finding(const struct cti_check *check)
{
	return check->verdict > CTI_VERDICT_SKIPPED;
}

static size_t count(const struct cti_checks *checks, enum cti_verdict verdict)
{
	size_t n = 0;

	for (size_t i = 0; i < checks->n; i++)
		n += checks->item[i].verdict == verdict;
	return n;
}

static void say_all(const struct cti_cli *cli, struct cti_checks *checks)
{
	bool ok = cti_checks_ok(checks);

	for (size_t i = 0; i < checks->n; i++)
		if (!is_finding(&checks->item[i]))
			say_line(cli, &checks->item[i]);
	if (ok) {
		cti_cli_say(cli->out, "\n%sAll is well.%s\n",
			    show_color(cli->color, SHOW_GREEN),
			    show_color(cli->color, SHOW_PLAIN));
		return;
	}
	cti_checks_sort(checks);
	cti_cli_say(cli->out, "\n%zu failing, %zu to look at:\n\n",
		    count(checks, CTI_VERDICT_FAIL),
		    count(checks, CTI_VERDICT_WARN));
	for (size_t i = 0; i < checks->n; i++)
		if (is_finding(&checks->item[i]))
			say_verdict(cli, &checks->item[i]);
}

static int json_all(const struct cti_cli *cli, const struct cti_checks *checks)
{
	struct cti_jsonw w;
	struct cti_buf out;
	int err;

	cti_buf_init(&out, JSON_MAX);
	err = cti_jsonw_init(&w, &out);
	if (err)
		return err;
	cti_jsonw_obj(&w);
	cti_jsonw_kbool(&w, "ok", cti_checks_ok(checks));
	cti_jsonw_ktime(&w, "at", (int64_t)time(NULL) * 1000);
	cti_jsonw_key(&w, "checks");
	cti_checks_write(&w, checks);
	cti_jsonw_obj_end(&w);
	err = cti_jsonw_fini(&w);
	if (!err)
		cti_cli_say(cli->out, "%s\n", cti_buf_text(&out));
	cti_buf_fini(&out);
	return err;
}

int verdicts_print(const struct cti_cli *cli, struct cti_checks *checks,
		   bool json)
{
	bool ok = cti_checks_ok(checks);

	if (!json)
		say_all(cli, checks);
	else if (json_all(cli, checks))
		return CTI_EXIT_FAILED;
	return ok ? CTI_EXIT_OK : CTI_EXIT_FAILED;
}

/* --- one call --- */

static void say_call(const struct cti_cli *cli,
		     const struct cti_json_value *call)
{
	char id[TEXT], direction[TEXT], number[TEXT], agent[TEXT], state[TEXT];
	char created[2 * SHOW_TIME];

	if (!call || call->type != CTI_JSON_OBJECT)
		return;
	show_text(id, sizeof(id), call, "id");
	show_text(direction, sizeof(direction), call, "direction");
	show_text(number, sizeof(number), call, "number");
	show_text(agent, sizeof(agent), call, "agent");
	show_text(state, sizeof(state), call, "state");
	show_date(created, cti_json_str(call, "created_at"));
	cti_cli_say(cli->out, "Call %s\n%s, %s %s%s%s, %s\n\n", id, created,
		    direction, *number ? number : "without a number",
		    *agent ? ", agent " : "", agent, state);
}

static void say_payload(const struct cti_cli *cli,
			const struct cti_json_value *post)
{
	static const char *const steps[][2] = {
		{"published_at", "published"},
		{"claimed_at", "claimed"},
		{"posted_at", "posted"},
	};
	const struct cti_json_value *payload = cti_json_find(post, "payload");
	char event[TEXT], action[TEXT], tab[TEXT], at[SHOW_TIME];

	show_text(event, sizeof(event), payload, "EventType");
	show_text(action, sizeof(action), payload, "Action");
	show_text(tab, sizeof(tab), post, "tab");
	cti_cli_say(cli->out, "  %s%s%s:", event, *action ? " " : "", action);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		show_time(at, cti_json_str(post, steps[i][0]));
		cti_cli_say(cli->out, "%s %s%s%s", i ? "," : "",
			    *at ? "" : "not ", steps[i][1], *at ? " " : "");
		cti_cli_say(cli->out, "%s", at);
	}
	cti_cli_say(cli->out, "%s%.8s\n", *tab ? " by tab " : "", tab);
}

static void case_show(const struct cti_cli *cli,
		      const struct cti_json_value *root,
		      struct cti_checks *checks)
{
	const struct cti_json_value *posts = cti_json_find(root, "payloads");

	say_call(cli, cti_json_find(root, "call"));
	if (posts && posts->first) {
		cti_cli_say(cli->out, "For SAP:\n");
		for (posts = posts->first; posts; posts = posts->next)
			say_payload(cli, posts);
		cti_cli_say(cli->out, "\n");
	}
	cti_checks_sort(checks);
	for (size_t i = 0; i < checks->n; i++)
		if (is_finding(&checks->item[i]) ||
		    !strcmp(checks->item[i].name, "call"))
			say_verdict(cli, &checks->item[i]);
		else
			say_line(cli, &checks->item[i]);
}

int verdicts_case(struct relay *relay, const struct cti_buf *body)
{
	struct cti_err err = {.code = CTI_OK};
	struct cti_checks *checks = calloc(1, sizeof(*checks));
	struct cti_json *doc = NULL;
	int code = CTI_EXIT_FAILED;

	if (!checks || cti_json_parse(&doc, cti_buf_text(body), body->len,
				      JSON_MAX, &err)) {
		code = relay_failed(relay, &err);
		goto out;
	}
	cti_checks_read(checks, cti_json_root(doc));
	if (relay->json)
		cti_cli_say(relay->cli->out, "%s\n", cti_buf_text(body));
	else
		case_show(relay->cli, cti_json_root(doc), checks);
	if (checks->n && cti_checks_ok(checks))
		code = CTI_EXIT_OK;
out:
	cti_json_destroy(doc);
	free(checks);
	return code;
}
