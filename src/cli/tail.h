/* SPDX-License-Identifier: Apache-2.0 */
/* cli/tail.h - follows a relay's events across its outages */
#ifndef CLI_TAIL_H
#define CLI_TAIL_H

#include "cli/relay.h"

/** A frame of the stream; a value of "data" lent. Not 0 ends it. */
typedef int tail_fn(void *arg, const char *name,
		    const struct cti_json_value *data);

struct tail {
	struct relay *relay;
	tail_fn *fn;
	void *arg;
	char last_id[CTI_SSE_ID]; /* begins behind this event; "" = now */
	bool lost;		  /* it was said that the stream ended */
	bool begun;		  /* it was open before */
};

/**
 * Follows until fn ends it (CTI_EXIT_OK) or it cannot go on. Who was there
 * once is waited for: that the stream ended is said once, and that it is back.
 */
int tail_run(struct tail *tail) CTI_NODISCARD;

#endif /* CLI_TAIL_H */
