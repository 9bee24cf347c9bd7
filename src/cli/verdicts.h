/* SPDX-License-Identifier: Apache-2.0 */
/* cli/verdicts.h - a doctor's findings for people and for programs */
#ifndef CLI_VERDICTS_H
#define CLI_VERDICTS_H

#include <stdbool.h>

#include "cli/relay.h"
#include "doctor/doctor.h"

/** All that was looked at, what is wrong last, the worst of it first, each
 * with the next step; or as JSON. An exit code. */
int verdicts_print(const struct cti_cli *cli, struct cti_checks *checks,
		   bool json);
/** The answer about one call: its payloads, then the verdict. An exit code. */
int verdicts_case(struct relay *relay, const struct cti_buf *body);

#endif /* CLI_VERDICTS_H */
