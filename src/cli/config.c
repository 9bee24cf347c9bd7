/* SPDX-License-Identifier: Apache-2.0 */
/* cli/config.c - patchcord check-config and help-config */
#include <string.h>

#include "cli/command.h"
#include "cti/number.h"

enum {
	TEXT_MAX = 256 * 1024,
};

/* --- check-config --- */

static const struct cti_option check_options[] = {
	CTI_CONFIG_OPTIONS,
	CTI_LAST_OPTIONS,
};

/* What only the rules for numbers know, such as which countries there are; the
 * fault is logged. */
static int check_numbers(const struct cti_conf *conf)
{
	struct cti_numbers *numbers = NULL;
	int err = cti_numbers_new(&numbers, conf);

	cti_numbers_destroy(numbers);
	return err ? CTI_EXIT_FAILED : CTI_EXIT_OK;
}

static int check_run(const struct cti_cli *cli, const struct cti_args *args)
{
	struct cti_conf *conf = NULL;
	int code = cti_cli_conf(&conf, cli, args, cli->out);

	if (!code)
		code = check_numbers(conf);
	if (!code)
		cti_cli_say(cli->out, "OK\n");
	cti_conf_destroy(conf);
	return code;
}

const struct cti_command cti_command_check_config = {
	.name = "check-config",
	.group = CTI_GROUP_RELAY,
	.summary = "Prints OK, or what is wrong in the configuration",
	.options = check_options,
	.run = check_run,
};

/* --- help-config --- */

static const struct cti_option help_options[] = {
	{.name = "example", .help = "print a configuration file instead"},
	CTI_LAST_OPTIONS,
};

static int help_run(const struct cti_cli *cli, const struct cti_args *args)
{
	struct cti_buf text;
	int err;

	cti_buf_init(&text, TEXT_MAX);
	if (cti_args_value(args, "example"))
		err = cti_conf_example(&text);
	else
		err = cti_conf_help(&text);
	if (err)
		cti_cli_say(cli->err, "patchcord: %s\n", strerror(-err));
	else
		cti_cli_say(cli->out, "%s", cti_buf_text(&text));
	cti_buf_fini(&text);
	return err ? CTI_EXIT_FAILED : CTI_EXIT_OK;
}

const struct cti_command cti_command_help_config = {
	.name = "help-config",
	.group = CTI_GROUP_RELAY,
	.summary = "Explains every key of the configuration",
	.options = help_options,
	.run = help_run,
};
