/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cli.c - from words to a command, and what all commands share */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/command.h"
#include "conf/nearest.h"

enum {
	FINDINGS_MAX = 64 * 1024,
	OPTION_WIDTH = 30,
};

extern char **environ;

const struct cti_command *const cti_commands[] = {
	&cti_command_serve,
	&cti_command_check_config,
	&cti_command_help_config,
	&cti_command_status,
	&cti_command_health,
	&cti_command_doctor,
	&cti_command_dial,
	&cti_command_call,
	&cti_command_events,
	&cti_command_explain,
	&cti_command_lint,
	&cti_command_export,
	&cti_command_purge,
	&cti_command_version,
	&cti_command_completion,
	&cti_command_help,
	NULL,
};

/* Spellings people try; each is a command. */
static const struct {
	const char *option;
	const char *command;
} synonyms[] = {
	{"--help", "help"},
	{"-h", "help"},
	{"--version", "version"},
	{"-V", "version"},
};

void cti_cli_say(FILE *out, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vfprintf(out, fmt, args); /* cti_cli_run asks the stream */
	va_end(args);
}

static const char *command_name(const char *word)
{
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++) {
		if (!strcmp(synonyms[i].option, word))
			return synonyms[i].command;
	}
	return word;
}

const struct cti_command *cti_command_find(const char *name)
{
	for (const struct cti_command *const *at = cti_commands; *at; at++) {
		if (!strcmp((*at)->name, name))
			return *at;
	}
	return NULL;
}

int cti_command_unknown(const struct cti_cli *cli, const char *name)
{
	struct cti_nearest nearest;

	cti_nearest_init(&nearest, name);
	for (const struct cti_command *const *at = cti_commands; *at; at++)
		(void)cti_nearest_offer(&nearest, (*at)->name); /* best */
	cti_cli_say(cli->err, "patchcord: unknown command %.64s", name);
	if (nearest.best)
		cti_cli_say(cli->err, " (%s?)", nearest.best);
	cti_cli_say(cli->err, "\nTry: patchcord help\n");
	return CTI_EXIT_USAGE;
}

static void usage_option(FILE *out, const struct cti_option *opt)
{
	char text[2 * OPTION_WIDTH], letter[8] = "    ";

	if (opt->letter)
		(void)snprintf(letter, sizeof(letter), "-%c, ",
			       opt->letter); /* fits */
	(void)snprintf(text, sizeof(text), "%s--%s%s%s", letter, opt->name,
		       opt->metavar ? " " : "",
		       opt->metavar ? opt->metavar : ""); /* fits */
	cti_cli_say(out, "  %-*s %s\n", OPTION_WIDTH, text, opt->help);
}

static void usage_word(FILE *out, const struct cti_word *word)
{
	char text[2 * OPTION_WIDTH];

	(void)snprintf(text, sizeof(text), "%s%s%s", word->name,
		       word->operands ? " " : "",
		       word->operands ? word->operands : ""); /* fits */
	cti_cli_say(out, "  %-*s %s\n", OPTION_WIDTH, text, word->summary);
}

void cti_command_usage(FILE *out, const struct cti_command *command)
{
	const char *operands = command->operands ? command->operands : "";

	cti_cli_say(out, "Usage: patchcord %s [OPTION...]%s%s\n%s.\n",
		    command->name, *operands ? " " : "", operands,
		    command->summary);
	if (command->about)
		cti_cli_say(out, "\n%s", command->about);
	if (command->words)
		cti_cli_say(out, "\n");
	for (const struct cti_word *word = command->words; word && word->name;
	     word++)
		usage_word(out, word);
	cti_cli_say(out, "\n");
	for (const struct cti_option *opt = command->options; opt->name; opt++)
		usage_option(out, opt);
	if (command->examples)
		cti_cli_say(out, "\nExamples:\n%s", command->examples);
}

/* The whole usage would push the reason off the screen. */
int cti_command_misused(const struct cti_cli *cli,
			const struct cti_command *command, const char *why)
{
	const char *operands = command->operands ? command->operands : "";

	cti_cli_say(cli->err,
		    "patchcord %s: %s\nUsage: patchcord %s [OPTION...]%s%s\n"
		    "Try: patchcord help %s\n",
		    command->name, why, command->name, *operands ? " " : "",
		    operands, command->name);
	return CTI_EXIT_USAGE;
}

int cti_args_join(struct cti_buf *out, const struct cti_args *args,
		  size_t first)
{
	int err = 0;

	for (size_t i = first; i < args->noperands && !err; i++) {
		if (i > first)
			err = cti_buf_str(out, " ");
		if (!err)
			err = cti_buf_str(out, args->operands[i]);
	}
	return err;
}

static int command_run(const struct cti_cli *cli,
		       const struct cti_command *command,
		       const struct cti_args *args)
{
	char why[96];

	if (cti_args_value(args, "help")) {
		cti_command_usage(cli->out, command);
		return CTI_EXIT_OK;
	}
	if (args->noperands > command->max_operands) {
		(void)snprintf(why, sizeof(why), "unexpected word %.64s",
			       args->operands[command->max_operands]); /* cut */
		return cti_command_misused(cli, command, why);
	}
	return command->run(cli, args);
}

int cti_cli_run(const struct cti_cli *cli, int argc, char **argv)
{
	const struct cti_command *command;
	struct cti_args args;
	struct cti_err err = {0};
	int code;

	if (argc < 2) {
		(void)cti_command_help.run(
			&(const struct cti_cli){.out = cli->err,
						.err = cli->err,
						.env = cli->env,
						.color = cli->color_err},
			&(const struct cti_args){0}); /* it is misuse */
		return CTI_EXIT_USAGE;
	}
	command = cti_command_find(command_name(argv[1]));
	if (!command)
		return cti_command_unknown(cli, argv[1]);

	if (cti_args_parse(&args, command->options, argv + 2, &err))
		code = cti_command_misused(cli, command, err.text);
	else
		code = command_run(cli, command, &args);
	cti_args_fini(&args);
	if (fflush(cli->out) && !code) /* a full disk, a closed pipe */
		code = CTI_EXIT_FAILED;
	return code;
}

/* A core would hold callers, the token and the switch's password. 1 byte, as
 * 0 does not keep Linux from handing a core to a program. */
static void no_core(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_CORE, &limit) || limit.rlim_max < 1)
		return;
	limit.rlim_cur = limit.rlim_max = 1;
	(void)setrlimit(RLIMIT_CORE, &limit); /* lower is always allowed */
}

/* no-color.org: a variable of any value but the empty one. */
static bool shows_color(int fd, const char *const *env)
{
	const char *none = cti_env_find(env, "NO_COLOR");
	const char *term = cti_env_find(env, "TERM");

	return isatty(fd) && !(none && *none) && term && *term &&
	       strcmp(term, "dumb") != 0;
}

int cti_cli_main(int argc, char **argv)
{
	const char *const *env = (const char *const *)environ;
	const struct cti_cli cli = {
		.out = stdout,
		.err = stderr,
		.env = env,
		.in = stdin,
		.color = shows_color(STDOUT_FILENO, env),
		.color_err = shows_color(STDERR_FILENO, env),
	};

	no_core();
	return cti_cli_run(&cli, argc, argv);
}

int cti_cli_conf(struct cti_conf **confp, const struct cti_cli *cli,
		 const struct cti_args *args, FILE *findings)
{
	struct cti_buf errors;
	int err;

	cti_buf_init(&errors, FINDINGS_MAX);
	err = cti_cli_conf_load(confp, cli, args, &errors);
	if (err == -EINVAL)
		cti_cli_say(findings, "%s", cti_buf_text(&errors));
	else if (err)
		cti_cli_say(cli->err, "patchcord: %s\n", strerror(-err));
	cti_buf_fini(&errors);
	return err ? CTI_EXIT_FAILED : CTI_EXIT_OK;
}
int cti_cli_conf_load(struct cti_conf **confp, const struct cti_cli *cli,
		      const struct cti_args *args, struct cti_buf *findings)
{
	struct cti_sources sources = {.user_file = NULL};
	int err = cti_sources_init(&sources, args, cli->env);

	if (!err)
		err = cti_conf_load(confp, &sources.conf, findings);
	cti_sources_fini(&sources);
	return err;
}
