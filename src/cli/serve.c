/* SPDX-License-Identifier: Apache-2.0 */
/* cli/serve.c - patchcord serve */
#include "app.h"
#include "cli/command.h"

static const struct cti_option serve_options[] = {
	CTI_CONFIG_OPTIONS,
	{.name = "listen",
	 .metavar = "ADDRESS:PORT",
	 .key = "http.listen",
	 .kind = CTI_OPTION_ITEM,
	 .help = "listen here only (may be given again)"},
	{.name = "driver",
	 .metavar = "NAME",
	 .key = "telephony.driver",
	 .kind = CTI_OPTION_KEY,
	 .help = "use this telephony driver"},
	{.name = "check", .help = "check whether it would start, then end"},
	CTI_LAST_OPTIONS,
};

static int serve_run(const struct cti_cli *cli, const struct cti_args *args)
{
	struct cti_conf *conf = NULL;
	int code = cti_cli_conf(&conf, cli, args, cli->err);

	if (!code && cti_app_serve(conf, cti_args_value(args, "check") != NULL))
		code = CTI_EXIT_FAILED;
	cti_conf_destroy(conf);
	return code;
}

const struct cti_command cti_command_serve = {
	.name = "serve",
	.summary = "Runs the server until it is told to stop",
	.options = serve_options,
	.run = serve_run,
};
