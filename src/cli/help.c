/* SPDX-License-Identifier: Apache-2.0 */
/* cli/help.c - patchcord help and version */
#include <string.h>

#include "cli/command.h"
#include "cli/show.h"
#include "cti/build.h"
#include "cti/json.h"

enum {
	NAME_WIDTH = 14,
	VERSION_MAX = 8192,
};

/* --- help --- */

static const char *const titles[CTI_GROUP_MAX] = {
	[CTI_GROUP_RELAY] = "The relay",
	[CTI_GROUP_CALLS] = "Calls of a running relay",
	[CTI_GROUP_TOOLS] = "Tools that need no running relay",
	[CTI_GROUP_SELF] = "About patchcord",
};

static void help_group(const struct cti_cli *cli, enum cti_group group)
{
	cti_cli_say(cli->out, "\n%s%s:%s\n", show_color(cli->color, SHOW_BOLD),
		    titles[group], show_color(cli->color, SHOW_PLAIN));
	for (const struct cti_command *const *at = cti_commands; *at; at++)
		if ((*at)->group == group)
			cti_cli_say(cli->out, "  %-*s %s\n", NAME_WIDTH,
				    (*at)->name, (*at)->summary);
}

static void help_all(const struct cti_cli *cli)
{
	cti_cli_say(cli->out, "Usage: patchcord COMMAND [OPTION...]\n"
			      "Connects SAP's agent pages with a telephone.\n");
	for (int i = 0; i < (int)CTI_GROUP_MAX; i++)
		help_group(cli, (enum cti_group)i);
	cti_cli_say(cli->out,
		    "\npatchcord help COMMAND explains one of them.\n"
		    "To begin: patchcord serve, and in a second terminal\n"
		    "patchcord events --follow; then patchcord dial "
		    "+1 650 305 4000\n");
}

static const struct cti_option help_options[] = {
	CTI_LAST_OPTIONS,
};

static int help_run(const struct cti_cli *cli, const struct cti_args *args)
{
	const struct cti_command *command;

	if (!args->noperands) {
		help_all(cli);
		return CTI_EXIT_OK;
	}
	command = cti_command_find(args->operands[0]);
	if (!command)
		return cti_command_unknown(cli, args->operands[0]);
	cti_command_usage(cli->out, command);
	return CTI_EXIT_OK;
}

const struct cti_command cti_command_help = {
	.name = "help",
	.group = CTI_GROUP_SELF,
	.summary = "Shows the commands, or explains one",
	.operands = "[COMMAND]",
	.max_operands = 1,
	.options = help_options,
	.run = help_run,
};

/* --- version --- */

static void version_print(FILE *out, const struct cti_build *build)
{
	cti_cli_say(out, "patchcord %s\ncommit %s, %s%s%s, API %s\n",
		    build->version, build->commit, build->compiler,
		    *build->type ? ", " : "", build->type, build->api);
	for (size_t i = 0; i < build->nlibs; i++)
		cti_cli_say(out, "%s%s %s", i ? ", " : "with ",
			    build->libs[i].name, build->libs[i].version);
	cti_cli_say(out, "\n");
}

/* The same keys as GET /version has. */
static int version_write(struct cti_buf *out, const struct cti_build *build)
{
	struct cti_jsonw w;
	int err = cti_jsonw_init(&w, out);

	if (err)
		return err;
	cti_jsonw_obj(&w);
	cti_jsonw_kstr(&w, "name", "patchcord");
	cti_jsonw_kstr(&w, "version", build->version);
	cti_jsonw_kstr(&w, "api", build->api);
	cti_jsonw_kstr(&w, "commit", build->commit);
	cti_jsonw_kstr(&w, "compiler", build->compiler);
	cti_jsonw_kstr(&w, "build_type", build->type);
	cti_jsonw_key(&w, "libraries");
	cti_jsonw_obj(&w);
	for (size_t i = 0; i < build->nlibs; i++)
		cti_jsonw_kstr(&w, build->libs[i].name, build->libs[i].version);
	cti_jsonw_obj_end(&w);
	cti_jsonw_obj_end(&w);
	return cti_jsonw_fini(&w);
}

static const struct cti_option version_options[] = {
	{.name = "json", .help = "print JSON, for programs"},
	CTI_LAST_OPTIONS,
};

static int version_run(const struct cti_cli *cli, const struct cti_args *args)
{
	const struct cti_build *build = cti_build_info();
	struct cti_buf out;
	int err = 0;

	if (!cti_args_value(args, "json")) {
		version_print(cli->out, build);
		return CTI_EXIT_OK;
	}
	cti_buf_init(&out, VERSION_MAX);
	err = version_write(&out, build);
	if (!err)
		cti_cli_say(cli->out, "%s\n", cti_buf_text(&out));
	cti_buf_fini(&out);
	return err ? CTI_EXIT_FAILED : CTI_EXIT_OK;
}

const struct cti_command cti_command_version = {
	.name = "version",
	.group = CTI_GROUP_SELF,
	.summary = "Prints the version and what it was built from",
	.options = version_options,
	.run = version_run,
};
