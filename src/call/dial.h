/* SPDX-License-Identifier: Apache-2.0 */
/* call/dial.h - a dial while it is decided, and its way to the switch */
#ifndef CALL_DIAL_H
#define CALL_DIAL_H

#include "call/priv.h"

/** All that is known of a dial while it is decided. */
struct attempt {
	struct cti_calls *c;
	const struct cti_dial *dial;
	const struct cti_reply *reply;
	struct cti_err *err;
	const char *redial_of; /* id, or NULL */
	struct agent *agent;
	struct cti_number number;
	bool has_activity, has_header;
	unsigned char activity[CTI_ID_BLOB], header[CTI_ID_BLOB];
	unsigned char print[CTI_ID_BLOB];
};

/* dial.c */
/** The names under which this dial will be found again, in memory and in
 * unit. */
int attempt_bind(struct attempt *a, struct cti_unit *unit,
		 const struct cti_call *call) CTI_NODISCARD;

/* launch.c */
/** A new call: stored, given to the driver, answered, in that order. */
int launch_new(struct attempt *a) CTI_NODISCARD;

#endif /* CALL_DIAL_H */
