/* SPDX-License-Identifier: Apache-2.0 */
/* cli/alone.h - what one can see while no relay runs */
#ifndef CLI_ALONE_H
#define CLI_ALONE_H

#include "cti/conf.h"
#include "doctor/doctor.h"

/** Looks at the journal without opening it, and lets the driver log in and
 * answer for each device, alone; adds the relay's checks. */
void cti_alone_look(struct cti_checks *checks, const struct cti_conf *conf);

#endif /* CLI_ALONE_H */
