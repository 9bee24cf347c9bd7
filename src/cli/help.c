/* SPDX-License-Identifier: Apache-2.0 */
/* cli/help.c - patchcord help and version */
#include "cli/command.h"

enum {
	NAME_WIDTH = 14,
};

static const struct cti_option no_options[] = {
	CTI_LAST_OPTIONS,
};

/* --- help --- */

static void help_all(FILE *out)
{
	cti_cli_say(out, "Usage: patchcord COMMAND [OPTION...]\n"
			 "Connects SAP's agent pages with a telephone.\n\n");
	for (const struct cti_command *const *at = cti_commands; *at; at++)
		cti_cli_say(out, "  %-*s %s\n", NAME_WIDTH, (*at)->name,
			    (*at)->summary);
	cti_cli_say(out, "\npatchcord help COMMAND shows its options.\n");
}

static int help_run(const struct cti_cli *cli, const struct cti_args *args)
{
	const struct cti_command *command;

	if (!args->noperands) {
		help_all(cli->out);
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
	.summary = "Shows the commands, or the options of one",
	.operands = "[COMMAND]",
	.max_operands = 1,
	.options = no_options,
	.run = help_run,
};

/* --- version --- */

static int version_run(const struct cti_cli *cli, const struct cti_args *args)
{
	(void)args; /* there are none */
	cti_cli_say(cli->out, "patchcord %s\n", CTI_VERSION);
	return CTI_EXIT_OK;
}

const struct cti_command cti_command_version = {
	.name = "version",
	.summary = "Prints the version",
	.options = no_options,
	.run = version_run,
};
