/* SPDX-License-Identifier: Apache-2.0 */
/* cli/explain.c - patchcord explain: what becomes of a number, and why */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/show.h"
#include "cti/conf.h"
#include "cti/json.h"
#include "cti/number.h"

enum {
	NUMBER_MAX = 4096,
	ANSWER_MAX = 256 * 1024,
	TEXT = 256,
};

static void steps_show(const struct cti_cli *cli,
		       const struct cti_json_value *way)
{
	const struct cti_json_value *steps = cti_json_find(way, "steps");
	char step[32], in[TEXT], out[TEXT], note[TEXT];

	for (const struct cti_json_value *v = steps ? steps->first : NULL; v;
	     v = v->next) {
		show_text(step, sizeof(step), v, "step");
		show_text(in, sizeof(in), v, "in");
		show_text(out, sizeof(out), v, "out");
		show_text(note, sizeof(note), v, "note");
		cti_cli_say(cli->out, "  %-18s %s%s%s", step, in,
			    strcmp(in, out) ? " → " : "",
			    strcmp(in, out) ? *out ? out : "nothing" : "");
		cti_cli_say(cli->out, "%s%s%s%s\n", *note ? "   " : "",
			    show_color(cli->color, SHOW_DIM), note,
			    show_color(cli->color, SHOW_PLAIN));
	}
}

static void verdict(const struct cti_cli *cli, bool good, const char *before,
		    const char *after)
{
	cti_cli_say(cli->out, "%s%s%s%s\n",
		    show_color(cli->color, good ? SHOW_GREEN : SHOW_RED),
		    before, after, show_color(cli->color, SHOW_PLAIN));
}

static bool outbound_show(const struct cti_cli *cli,
			  const struct cti_json_value *way)
{
	const struct cti_json_value *notes = cti_json_find(way, "notes");
	bool ok = cti_json_bool(way, "ok", false);
	char dialed[TEXT], detail[TEXT], fix[TEXT];

	show_text(dialed, sizeof(dialed), way, "dialed");
	show_text(detail, sizeof(detail), way, "detail");
	show_text(fix, sizeof(fix), way, "fix");
	cti_cli_say(cli->out, "\nWhen it is dialed\n");
	steps_show(cli, way);
	for (const struct cti_json_value *v = notes ? notes->first : NULL; v;
	     v = v->next)
		cti_cli_say(cli->out, "  note: %s\n", v->text ? v->text : "");
	if (ok) {
		verdict(cli, true, "  It is dialed as ", dialed);
		return true;
	}
	verdict(cli, false, "  It is refused: ", detail);
	cti_cli_say(cli->out, "  %s\n", fix);
	return false;
}

static void inbound_show(const struct cti_cli *cli,
			 const struct cti_json_value *way)
{
	bool extension = cti_json_bool(way, "extension", false);
	char ani[TEXT];

	show_text(ani, sizeof(ani), way, "ani");
	cti_cli_say(cli->out, "\nWhen it calls\n");
	steps_show(cli, way);
	if (*ani)
		verdict(cli, true, "  SAP gets it as ANI ", ani);
	else
		verdict(cli, false, "  SAP gets no ANI: ",
			extension ? "it is an extension"
				  : "it is no possible public number");
}

static bool explain_show(const struct cti_cli *cli,
			 const struct cti_json_value *root)
{
	char number[TEXT];
	bool ok;

	show_text(number, sizeof(number), root, "number");
	cti_cli_say(cli->out, "%s%s%s\n", show_color(cli->color, SHOW_BOLD),
		    number, show_color(cli->color, SHOW_PLAIN));
	ok = outbound_show(cli, cti_json_find(root, "outbound"));
	inbound_show(cli, cti_json_find(root, "inbound"));
	return ok;
}

static int explain_print(const struct cti_cli *cli, const struct cti_buf *text,
			 bool json)
{
	struct cti_json *doc = NULL;
	bool ok;

	if (cti_json_parse(&doc, cti_buf_text(text), text->len, ANSWER_MAX,
			   NULL))
		return CTI_EXIT_FAILED; /* no memory */
	if (json) {
		cti_cli_say(cli->out, "%s\n", cti_buf_text(text));
		ok = cti_json_bool(
			cti_json_find(cti_json_root(doc), "outbound"), "ok",
			false);
	} else {
		ok = explain_show(cli, cti_json_root(doc));
	}
	cti_json_destroy(doc);
	return ok ? CTI_EXIT_OK : CTI_EXIT_FAILED;
}

static int explain_conf(struct cti_buf *out, const struct cti_conf *conf,
			const char *number)
{
	struct cti_numbers *numbers = NULL;
	int err = cti_numbers_new(&numbers, conf);

	if (!err)
		err = cti_number_explain(numbers, out, number);
	cti_numbers_destroy(numbers);
	return err;
}

static int explain_run(const struct cti_cli *cli, const struct cti_args *args)
{
	struct cti_conf *conf = NULL;
	struct cti_buf number, text;
	int err, code = CTI_EXIT_FAILED;

	if (!args->noperands)
		return cti_command_misused(cli, &cti_command_explain,
					   "which NUMBER?");
	cti_buf_init(&number, NUMBER_MAX);
	cti_buf_init(&text, ANSWER_MAX);
	if (cti_cli_conf(&conf, cli, args, cli->err))
		goto out;
	err = cti_args_join(&number, args, 0);
	if (!err)
		err = explain_conf(&text, conf, cti_buf_text(&number));
	if (err)
		cti_cli_say(cli->err, "patchcord: %s\n", strerror(-err));
	else
		code = explain_print(cli, &text,
				     cti_args_value(args, "json") != NULL);
out:
	cti_conf_destroy(conf);
	cti_buf_fini(&number);
	cti_buf_fini(&text);
	return code;
}

static const struct cti_option explain_options[] = {
	{.name = "json", .help = "print JSON, for programs"},
	CTI_CONFIG_OPTIONS,
	CTI_LAST_OPTIONS,
};

const struct cti_command cti_command_explain = {
	.name = "explain",
	.group = CTI_GROUP_TOOLS,
	.summary = "Shows what becomes of a number, dialed and calling",
	.operands = "NUMBER",
	.about = "Every step of both ways with its reason, by the rules of the "
		 "configuration. It\nneeds no running relay and dials "
		 "nothing. Ends with 1 if the number may not be\ndialed.\n",
	.examples = "  patchcord explain 030 1234567\n"
		    "  patchcord explain --set number.region=DE 0900 123456\n",
	.max_operands = CTI_WORDS_MANY,
	.options = explain_options,
	.run = explain_run,
};
