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

/* What the command line said, to be read again. */
struct again {
	const struct cti_cli *cli;
	const struct cti_args *args;
};

static int serve_again(void *arg, struct cti_conf **confp,
		       struct cti_buf *findings)
{
	const struct again *again = arg;

	return cti_cli_conf_load(confp, again->cli, again->args, findings);
}

static int serve_run(const struct cti_cli *cli, const struct cti_args *args)
{
	struct cti_conf *conf = NULL;
	struct again again = {cli, args};
	const struct cti_app_source source = {serve_again, &again};
	int code = cti_cli_conf(&conf, cli, args, cli->err);
	int err = 0;

	if (!code)
		err = cti_args_value(args, "check")
			      ? cti_app_check(conf)
			      : cti_app_serve(conf, &source);
	if (err)
		code = CTI_EXIT_FAILED;
	cti_conf_destroy(conf);
	return code;
}

const struct cti_command cti_command_serve = {
	.name = "serve",
	.group = CTI_GROUP_RELAY,
	.summary = "Runs the server until it is told to stop",
	.options = serve_options,
	.run = serve_run,
};
