/* SPDX-License-Identifier: Apache-2.0 */
/* cli/relay.h - a running relay, as commands use it */
#ifndef CLI_RELAY_H
#define CLI_RELAY_H

#include <stdbool.h>

#include "cli/client.h"
#include "cli/command.h"
#include "cti/id.h"
#include "cti/json.h"

struct relay {
	const struct cti_cli *cli;
	const struct cti_args *args;
	struct cti_conf *conf;
	struct cti_client *client;
	const char *agent; /* of --agent; NULL = none */
	struct cti_buf path;
	bool json;  /* --json */
	bool quiet; /* what went wrong is not said in --json */
};

/** What every command that asks a relay can be told. */
#define RELAY_OPTIONS                                                          \
	{.name = "json", .help = "print JSON, for programs"},                  \
		{.name = "url",                                                \
		 .metavar = "URL",                                             \
		 .help = "ask this relay, not the configured one"},            \
		{.name = "key-file",                                           \
		 .metavar = "FILE",                                            \
		 .help = "the relay's key for programs is in this file"},      \
		{.name = "ca-file",                                            \
		 .metavar = "FILE",                                            \
		 .help = "https: trust the certificates in this file only"},   \
		CTI_CONFIG_OPTIONS, CTI_LAST_OPTIONS

/** Where a relay has several agents. */
#define RELAY_AGENT                                                            \
	{                                                                      \
		.name = "agent", .metavar = "ID",                              \
		.help = "as this agent (needed where there are several)"       \
	}

/** Exit codes; what is not CTI_EXIT_OK was said. Always followed by close. */
int relay_open(struct relay *relay, const struct cti_cli *cli,
	       const struct cti_args *args) CTI_NODISCARD;
void relay_close(struct relay *relay);

/** path with the query of name, value, name, value, …, NULL; a value of NULL
 * is left out. Lent until the next call; NULL: no memory, or too long. */
const char *relay_path(struct relay *relay, const char *path,
		       const char *const *query) CTI_NODISCARD;

/** Asks; any answer but 2xx, and none, is said and CTI_EXIT_FAILED. A path of
 * NULL is what relay_path() could not make. */
int relay_ask(struct relay *relay, const struct cti_ask *ask,
	      struct cti_answer *answer) CTI_NODISCARD;
/** Says the sentence of a request that got no answer; CTI_EXIT_FAILED. */
int relay_failed(struct relay *relay, const struct cti_err *err);
/** Says what an answer of 4xx or 5xx holds; CTI_EXIT_FAILED. */
int relay_refused(struct relay *relay, const struct cti_answer *answer);

/** Shows an answer to people; an exit code. */
typedef int relay_show_fn(const struct relay *relay,
			  const struct cti_json_value *root);
/** Asks, and prints the answer as it is with --json, else by show. */
int relay_do(struct relay *relay, const struct cti_ask *ask,
	     relay_show_fn *show) CTI_NODISCARD;
/** Asks and reads the answer; docp is set on CTI_EXIT_OK only. */
int relay_read(struct relay *relay, const struct cti_ask *ask,
	       struct cti_json **docp) CTI_NODISCARD;

/**
 * The call that is meant: by its id or the first 4 or more characters of it;
 * text NULL or "current": the only one that runs and has that control (NULL =
 * any).
 */
int relay_call(struct relay *relay, char id[CTI_ID_SIZE], const char *text,
	       const char *control) CTI_NODISCARD;

#endif /* CLI_RELAY_H */
