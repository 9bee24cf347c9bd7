/* SPDX-License-Identifier: Apache-2.0 */
/* simulator/scripts.h - what the far ends and the callers do; pure tables */
#ifndef CTI_SIM_SCRIPTS_H
#define CTI_SIM_SCRIPTS_H

#include <stdbool.h>

#include "cti/call.h"

/** How a far end answers a dial. */
struct cti_sim_answer {
	const char *digits; /* the number ends with them */
	bool rings;
	enum cti_cause cause; /* NONE: answers */
	const char *detail;
};
/** Never NULL. */
const struct cti_sim_answer *cti_sim_answer_find(const char *number);

/** How an inbound call goes when the agent does nothing. */
struct cti_sim_script {
	const char *name;
	bool patient;	      /* rings a minute instead of simulator.ring_ms */
	bool drop;	      /* once answered, the link goes */
	enum cti_cause cause; /* NONE: the agent's device answers */
	const char *detail;
};
/** NULL: no such script. */
const struct cti_sim_script *cti_sim_script_find(const char *name);

#endif /* CTI_SIM_SCRIPTS_H */
