/* SPDX-License-Identifier: Apache-2.0 */
/* cli/lint.c - patchcord lint: checks messages to SAP, without a relay */
#include "sap/lint.h"

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/messages.h"
#include "cli/show.h"
#include "cti/json.h"
#include "cti/sap.h"

enum {
	JSON_OUT = 256 * 1024 * 1024,
	SEVERITIES = CTI_LINT_NOTE + 1,
	FIELD = 80,
	FILE_NAME = 512,
};

#define NOTES "https://me.sap.com/notes/"

struct lint {
	const struct cti_cli *cli;
	const struct message *message;
	bool json;
	bool unread; /* not all could be read */
	size_t messages;
	size_t count[SEVERITIES];
	struct cti_buf out;
	struct cti_jsonw w;
};

static enum show_color severity_color(enum cti_severity severity)
{
	static const enum show_color colors[SEVERITIES] = {
		[CTI_LINT_ERROR] = SHOW_RED,
		[CTI_LINT_WARNING] = SHOW_YELLOW,
		[CTI_LINT_NOTE] = SHOW_DIM,
	};

	return colors[severity];
}

/* --- findings --- */

static void finding_print(const struct lint *lint,
			  const struct cti_finding *finding)
{
	const struct cti_cli *cli = lint->cli;
	char field[FIELD], file[FILE_NAME];

	cti_utf8_clean(file, sizeof(file), lint->message->file,
		       strlen(lint->message->file));
	cti_utf8_clean(field, sizeof(field),
		       finding->field ? finding->field : "",
		       finding->field ? strlen(finding->field) : 0);
	cti_cli_say(cli->out, "%s:%zu: %s%s%s %s%s%s\n  %s\n", file,
		    lint->message->number,
		    show_color(cli->color, severity_color(finding->severity)),
		    cti_severity_word(finding->severity),
		    show_color(cli->color, SHOW_PLAIN), finding->rule,
		    *field ? " in " : "", field, finding->sentence);
	if (finding->kba)
		cti_cli_say(cli->out, "  KBA %s: " NOTES "%s\n", finding->kba,
			    finding->kba);
}

static void finding_write(struct cti_jsonw *w, const struct lint *lint,
			  const struct cti_finding *finding)
{
	char file[FILE_NAME];

	cti_utf8_clean(file, sizeof(file), lint->message->file,
		       strlen(lint->message->file));
	cti_jsonw_obj(w);
	cti_jsonw_kstr(w, "file", file);
	cti_jsonw_kint(w, "message", (int64_t)lint->message->number);
	cti_jsonw_kstr(w, "rule", finding->rule);
	cti_jsonw_kstr(w, "severity", cti_severity_word(finding->severity));
	cti_jsonw_kstr(w, "field", finding->field);
	cti_jsonw_kstr(w, "sentence", finding->sentence);
	cti_jsonw_kstr(w, "kba", finding->kba);
	cti_jsonw_obj_end(w);
}

static void lint_finding(void *arg, const struct cti_finding *finding)
{
	struct lint *lint = arg;

	lint->count[finding->severity]++;
	if (lint->json)
		finding_write(&lint->w, lint, finding);
	else
		finding_print(lint, finding);
}

static int lint_message(void *arg, const struct message *message)
{
	struct lint *lint = arg;
	size_t errors = 0;

	lint->message = message;
	lint->messages++;
	return cti_lint(&errors, message->text, message->len, lint_finding,
			lint);
}

static void lint_unread(void *arg, const char *path, const char *why)
{
	struct lint *lint = arg;
	char file[FILE_NAME];

	cti_utf8_clean(file, sizeof(file), path, strlen(path));
	lint->unread = true;
	cti_cli_say(lint->cli->err, "patchcord lint: %s: %s\n", file, why);
}

/* --- what came of it --- */

static bool lint_ok(const struct lint *lint)
{
	return !lint->count[CTI_LINT_ERROR] && !lint->count[CTI_LINT_WARNING] &&
	       !lint->unread;
}

static void summary_print(const struct lint *lint)
{
	const struct cti_cli *cli = lint->cli;
	enum show_color color = lint_ok(lint) ? SHOW_GREEN : SHOW_RED;

	cti_cli_say(cli->out,
		    "%s%zu message%s: %zu error%s, %zu warning%s, %zu "
		    "note%s%s\n",
		    show_color(cli->color, color), lint->messages,
		    lint->messages == 1 ? "" : "s", lint->count[CTI_LINT_ERROR],
		    lint->count[CTI_LINT_ERROR] == 1 ? "" : "s",
		    lint->count[CTI_LINT_WARNING],
		    lint->count[CTI_LINT_WARNING] == 1 ? "" : "s",
		    lint->count[CTI_LINT_NOTE],
		    lint->count[CTI_LINT_NOTE] == 1 ? "" : "s",
		    show_color(cli->color, SHOW_PLAIN));
}

static void summary_write(struct lint *lint)
{
	struct cti_jsonw *w = &lint->w;

	cti_jsonw_arr_end(w);
	cti_jsonw_kbool(w, "ok", lint_ok(lint));
	cti_jsonw_kint(w, "messages", (int64_t)lint->messages);
	cti_jsonw_kint(w, "errors", (int64_t)lint->count[CTI_LINT_ERROR]);
	cti_jsonw_kint(w, "warnings", (int64_t)lint->count[CTI_LINT_WARNING]);
	cti_jsonw_kint(w, "notes", (int64_t)lint->count[CTI_LINT_NOTE]);
	cti_jsonw_obj_end(w);
}

static int lint_all(struct lint *lint, const struct cti_args *args)
{
	struct messages m = {
		.fn = lint_message,
		.unread = lint_unread,
		.arg = lint,
	};
	int err = 0;

	if (!args->noperands)
		err = messages_path(&m, "-", lint->cli->in);
	for (size_t i = 0; i < args->noperands && !err; i++)
		err = messages_path(&m, args->operands[i], lint->cli->in);
	if (!err && !lint->messages && !lint->unread)
		lint_unread(lint, args->noperands ? args->operands[0] : "-",
			    "there is no message in it");
	return err;
}

/* --- the rules --- */

static const char *rule_field(const struct lint_rule *rule)
{
	if (!rule->field)
		return "";
	return strcmp(rule->field, "*") ? rule->field : "each field";
}

static void rules_print(struct lint *lint)
{
	const struct cti_cli *cli = lint->cli;

	for (size_t i = 0; i < cti_lint_nrules; i++) {
		const struct lint_rule *rule = &cti_lint_rules[i];
		const char *field = rule_field(rule);

		cti_cli_say(
			cli->out, "%s%s%s  %s%s%s%s%s\n  %s\n",
			show_color(cli->color, SHOW_BOLD), rule->id,
			show_color(cli->color, SHOW_PLAIN),
			show_color(cli->color, severity_color(rule->severity)),
			cti_severity_word(rule->severity),
			show_color(cli->color, SHOW_PLAIN), *field ? "  " : "",
			field, rule->sentence);
		if (rule->kba)
			cti_cli_say(cli->out, "  KBA %s: " NOTES "%s\n",
				    rule->kba, rule->kba);
	}
}

static void rules_write(struct lint *lint)
{
	struct cti_jsonw *w = &lint->w;

	for (size_t i = 0; i < cti_lint_nrules; i++) {
		const struct lint_rule *rule = &cti_lint_rules[i];

		cti_jsonw_obj(w);
		cti_jsonw_kstr(w, "rule", rule->id);
		cti_jsonw_kstr(w, "severity",
			       cti_severity_word(rule->severity));
		cti_jsonw_kstr(w, "field", rule->field);
		cti_jsonw_kstr(w, "sentence", rule->sentence);
		cti_jsonw_kstr(w, "kba", rule->kba);
		cti_jsonw_obj_end(w);
	}
	cti_jsonw_arr_end(w);
	cti_jsonw_obj_end(w);
}

/* --- the command --- */

static int lint_do(struct lint *lint, const struct cti_args *args)
{
	int err = lint_all(lint, args);

	if (lint->json)
		summary_write(lint);
	else
		summary_print(lint);
	return err;
}

/* The JSON is one object, {"findings": […], …} or {"rules": […]}. */
static int lint_json(struct lint *lint, const struct cti_args *args, bool rules)
{
	int err = cti_jsonw_init(&lint->w, &lint->out);
	int end;

	if (err)
		return err;
	cti_jsonw_obj(&lint->w);
	cti_jsonw_key(&lint->w, rules ? "rules" : "findings");
	cti_jsonw_arr(&lint->w);
	if (rules)
		rules_write(lint);
	else
		err = lint_do(lint, args);
	end = cti_jsonw_fini(&lint->w);
	if (!err)
		err = end;
	if (!err)
		cti_cli_say(lint->cli->out, "%s\n", cti_buf_text(&lint->out));
	return err;
}

static int lint_run(const struct cti_cli *cli, const struct cti_args *args)
{
	bool rules = cti_args_value(args, "rules") != NULL;
	struct lint lint = {
		.cli = cli,
		.json = cti_args_value(args, "json") != NULL,
	};
	int err = 0;

	cti_buf_init(&lint.out, JSON_OUT);
	if (lint.json)
		err = lint_json(&lint, args, rules);
	else if (rules)
		rules_print(&lint);
	else
		err = lint_do(&lint, args);
	cti_buf_fini(&lint.out);
	if (err)
		cti_cli_say(cli->err, "patchcord lint: %s\n", strerror(-err));
	return err || !lint_ok(&lint) ? CTI_EXIT_FAILED : CTI_EXIT_OK;
}

static const struct cti_option lint_options[] = {
	{.name = "json", .help = "print JSON, for programs"},
	{.name = "rules", .help = "explain every rule, and check nothing"},
	CTI_LAST_OPTIONS,
};

const struct cti_command cti_command_lint = {
	.name = "lint",
	.group = CTI_GROUP_TOOLS,
	.summary = "Checks messages of a widget to SAP",
	.operands = "[FILE|FOLDER|-]...",
	.about = "JSON and XML are told apart by what they hold. A "
		 "file may have one message, an\narray of them, or "
		 "one a line; of a folder all .json, .jsonl, .ndjson "
		 "and .xml\nare read; without a file, or for -, what "
		 "comes in. It needs no relay. Ends\nwith 1 when "
		 "there are errors or warnings; notes alone are fine."
		 "\n",
	.examples = "  patchcord lint captured.json other.xml\n"
		    "  patchcord events --json | patchcord lint\n"
		    "  patchcord lint --rules\n",
	.max_operands = CTI_WORDS_MANY,
	.options = lint_options,
	.run = lint_run,
};
