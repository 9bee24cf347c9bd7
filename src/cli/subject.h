/* SPDX-License-Identifier: Apache-2.0 */
/* cli/subject.h - what is stored about one number */
#ifndef CLI_SUBJECT_H
#define CLI_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "cti/number.h"
#include "cti/store.h"

enum {
	SUBJECT_TEXT = 128,
	SUBJECT_PATH = 4096,
	SUBJECT_ALL = INT32_MAX, /* rows: no journal has as many */
};

/** The number somebody asked about, and the journal, held for us alone. */
struct subject {
	const struct cti_cli *cli;
	struct cti_numbers *numbers;
	struct cti_loop *loop;
	struct cti_store *store;
	struct cti_number_caller caller; /* the number */
	char digits[SUBJECT_TEXT];	 /* of it, alone */
};

/** The work of a command; 0 or -errno. */
typedef int subject_fn(struct subject *s);
/** Reads configuration and number, opens the journal, runs fn; an exit code,
 * after everything was said. A running relay is refused with what to do. */
int subject_run(const struct cti_cli *cli, const struct cti_args *args,
		subject_fn *fn) CTI_NODISCARD;

/** Its calls, newest first; lent. Not 0 stops. */
typedef int subject_call_fn(void *arg, const struct cti_call *call);
int subject_calls(const struct subject *s, subject_call_fn *fn,
		  void *arg) CTI_NODISCARD;
/** Its refused dials, oldest first. */
int subject_refusals(const struct subject *s, cti_store_event_fn *fn,
		     void *arg) CTI_NODISCARD;

/** Both commands are called alike. */
#define SUBJECT_OPTIONS                                                        \
	{.name = "number",                                                     \
	 .metavar = "NUMBER",                                                  \
	 .help = "the number, with + and country code"},                       \
		CTI_CONFIG_OPTIONS, CTI_LAST_OPTIONS

#endif /* CLI_SUBJECT_H */
