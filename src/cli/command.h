/* SPDX-License-Identifier: Apache-2.0 */
/* cli/command.h - one command, one constant entry */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stddef.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "cti/attr.h"

struct cti_conf;

enum { CTI_WORDS_MANY = 1 << 20 }; /* operands without a limit */

/** Under which heading of help a command stands. */
enum cti_group {
	CTI_GROUP_RELAY, /* runs the relay, asks how it is */
	CTI_GROUP_CALLS, /* asks a running relay */
	CTI_GROUP_TOOLS, /* needs no running relay */
	CTI_GROUP_SELF,	 /* about the program */
	CTI_GROUP_MAX
};

struct cti_verb;
/** A word that follows the command's: "hangup" of "call hangup". */
struct cti_word {
	const char *name;
	const char *operands;	     /* "[CALL] NUMBER"; NULL = none */
	const char *summary;	     /* no capital, no full stop */
	const struct cti_verb *verb; /* the command's own: how it is done */
};

struct cti_command {
	const char *name;
	const char *summary;  /* one line of help */
	const char *operands; /* "[COMMAND]"; NULL = none; with "FILE" in
			       * it, files are completed */
	const char *about;    /* further sentences, lines of at most 78
			       * characters; or NULL */
	const char *examples; /* lines, or NULL */
	const struct cti_word *words; /* ends with a NULL name; or NULL */
	enum cti_group group;
	size_t max_operands;
	const struct cti_option *options;
	/** Does it; an exit code. */
	int (*run)(const struct cti_cli *cli, const struct cti_args *args);
};

extern const struct cti_command cti_command_serve;
extern const struct cti_command cti_command_check_config;
extern const struct cti_command cti_command_help_config;
extern const struct cti_command cti_command_export;
extern const struct cti_command cti_command_purge;
extern const struct cti_command cti_command_health;
extern const struct cti_command cti_command_status;
extern const struct cti_command cti_command_doctor;
extern const struct cti_command cti_command_dial;
extern const struct cti_command cti_command_call;
extern const struct cti_command cti_command_events;
extern const struct cti_command cti_command_explain;
extern const struct cti_command cti_command_lint;
extern const struct cti_command cti_command_version;
extern const struct cti_command cti_command_completion;
extern const struct cti_command cti_command_help;

/** All commands in the order of help; NULL ends them. */
extern const struct cti_command *const cti_commands[];

/** The command of that name; NULL = unknown. */
const struct cti_command *cti_command_find(const char *name);
/** Reports an unknown command, with the nearest, and how to get help. */
int cti_command_unknown(const struct cti_cli *cli, const char *name);
/** Writes how a command is called, with its options. */
void cti_command_usage(FILE *out, const struct cti_command *command);

/* --- for commands --- */

/** The options every command that reads the configuration has. */
#define CTI_CONFIG_OPTIONS                                                     \
	{.name = "config",                                                     \
	 .letter = 'c',                                                        \
	 .metavar = "FILE",                                                    \
	 .help = "read this configuration file, too"},                         \
	{                                                                      \
		.name = "set", .metavar = "SECTION.KEY=VALUE",                 \
		.kind = CTI_OPTION_SET,                                        \
		.help = "set one key (a list: with commas)"                    \
	}

/** Every table of options ends with these. */
#define CTI_LAST_OPTIONS                                                       \
	{.name = "help", .letter = 'h', .help = "say how it is called"},       \
	{                                                                      \
		.name = NULL                                                   \
	}

/** Reports wrong use with how it is called; CTI_EXIT_USAGE. */
int cti_command_misused(const struct cti_cli *cli,
			const struct cti_command *command, const char *why);
/** All operands with blanks between them, as somebody wrote a number; "" when
 * there is none from first on. -ENOMEM, -ENOBUFS. */
int cti_args_join(struct cti_buf *out, const struct cti_args *args,
		  size_t first) CTI_NODISCARD;
/** Writes formatted text; what cannot be written is noticed at the end. */
void cti_cli_say(FILE *out, const char *fmt, ...) CTI_PRINTF(2, 3);
/**
 * Loads the configuration args and env name; its findings go to findings.
 * CTI_EXIT_OK, else CTI_EXIT_FAILED after everything was said.
 */
int cti_cli_conf(struct cti_conf **confp, const struct cti_cli *cli,
		 const struct cti_args *args, FILE *findings) CTI_NODISCARD;

#endif /* CLI_COMMAND_H */
/** The configuration args and env name, as cti_conf_load(). */
int cti_cli_conf_load(struct cti_conf **confp, const struct cti_cli *cli,
		      const struct cti_args *args,
		      struct cti_buf *findings) CTI_NODISCARD;
