/* SPDX-License-Identifier: Apache-2.0 */
/* cli/options.h - options by a table, and the sources they make */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "cti/attr.h"
#include "cti/conf.h"
#include "cti/err.h"

enum {
	CTI_OPTIONS_MAX = 16, /* options of one command */
	CTI_FLAGS_MAX = 64,   /* configuration keys that are set */
};

/** What an option's value does to the configuration. */
enum cti_option_kind {
	CTI_OPTION_PLAIN, /* nothing: the command asks for it */
	CTI_OPTION_KEY,	  /* it is the value of the key; given again, it
			   * replaces the one before */
	CTI_OPTION_ITEM,  /* it is one item of the key's list */
	CTI_OPTION_SET,	  /* it is "section.key=value" */
};

/** One option; a table of them ends with a NULL name. */
struct cti_option {
	const char *name;    /* "listen" of --listen */
	const char *metavar; /* "ADDRESS:PORT"; NULL = a switch, no value */
	const char *key;     /* of KEY and ITEM */
	const char *help;
	enum cti_option_kind kind;
	char letter;	     /* 'c' of -c; 0 = none */
	const char *choices; /* "one|other", for completion; or NULL */
};

/** A parsed command line; embedded, lends from argv. */
struct cti_args {
	const struct cti_option *options;
	const char *values[CTI_OPTIONS_MAX]; /* NULL = not given */
	const char **operands;		     /* owned, the words are lent */
	size_t noperands;
	struct cti_conf_flag flags[CTI_FLAGS_MAX]; /* point into texts */
	char *texts[CTI_FLAGS_MAX];		   /* owned */
	size_t nflags;
};

/**
 * Reads "--name VALUE", "--name=VALUE", "-c VALUE", "-cVALUE", "-c=…" being
 * the value "=…", until "--"; everything else is an operand. argv begins
 * after the command. -EINVAL: err says what is wrong and which option was
 * meant. Always followed by cti_args_fini.
 */
int cti_args_parse(struct cti_args *args, const struct cti_option *options,
		   char *const *argv, struct cti_err *err) CTI_NODISCARD;
void cti_args_fini(struct cti_args *args);
/** The value of an option of the table ("" of a switch); NULL = not given. */
const char *cti_args_value(const struct cti_args *args, const char *name);
/** The same for a name that the table need not have. */
const char *cti_args_find(const struct cti_args *args, const char *name);

/** The value of a variable of env; NULL = not there. */
const char *cti_env_find(const char *const *env, const char *name);

/** The sources of a configuration, with the memory they need. */
struct cti_sources {
	struct cti_conf_source conf;
	const char *files[3];
	char *user_file;
};

/**
 * The usual files (the user's by XDG_CONFIG_HOME or HOME of env), -c FILE,
 * env, flags. args and env are lent as long as the sources are used.
 */
int cti_sources_init(struct cti_sources *sources, const struct cti_args *args,
		     const char *const *env) CTI_NODISCARD;
void cti_sources_fini(struct cti_sources *sources);

#endif /* CLI_OPTIONS_H */
