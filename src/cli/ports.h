/* SPDX-License-Identifier: Apache-2.0 */
/* cli/ports.h - who answers where the relay is to listen */
#ifndef CLI_PORTS_H
#define CLI_PORTS_H

#include <stdbool.h>

#include "cti/conf.h"
#include "doctor/doctor.h"

/** What a look at all addresses came to. */
struct cti_ports {
	bool ours; /* a patchcord answers at one of them at least */
	bool open; /* somebody answers, who it is could not be seen: https */
};

/** Connects to each of http.listen and adds a check of each. */
void cti_ports_look(struct cti_ports *out, struct cti_checks *checks,
		    const struct cti_conf *conf);

#endif /* CLI_PORTS_H */
