/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cli.h - the command line */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

/** What the program answers its caller with. */
enum {
	CTI_EXIT_OK = 0,
	CTI_EXIT_FAILED = 1, /* findings, or it could not be done */
	CTI_EXIT_USAGE = 2,
};

/** Where commands read and write, and what they see of the environment; all
 * lent. */
struct cti_cli {
	FILE *out;
	FILE *err;
	const char *const *env; /* NULL-terminated */
	FILE *in;		/* NULL = nothing to read */
	bool color;		/* out is a terminal that shows colours */
	bool color_err;
};

/** Runs the command argv names, on the process's own streams. */
int cti_cli_main(int argc, char **argv);
/** The same on other streams; an exit code. */
int cti_cli_run(const struct cti_cli *cli, int argc, char **argv);

#endif /* CLI_CLI_H */
