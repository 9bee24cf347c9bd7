/* SPDX-License-Identifier: Apache-2.0 */
/* call/stats.h - what the core counts; nothing of a person is in it */
#ifndef CALL_STATS_H
#define CALL_STATS_H

#include <stdint.h>

#include "cti/call.h"
#include "cti/err.h"
#include "cti/event.h"
#include "cti/histogram.h"

struct cti_calls;

/** Every way by which a number gets dialed. */
enum cti_dial_path {
	CTI_DIAL_PROGRAM, /* the API: the command line, a script */
	CTI_DIAL_PAGE,	  /* a click in a browser */
	CTI_DIAL_REDIAL,
	CTI_DIAL_TRANSFER,
	CTI_DIAL_PATHS
};

/** By whom a call came. */
enum cti_call_source {
	CTI_SOURCE_DRIVER,
	CTI_SOURCE_PUSH,  /* reported over HTTP */
	CTI_SOURCE_OTHER, /* of a driver that was configured before */
	CTI_SOURCES
};

enum { CTI_LINT_RULES = 64, CTI_DIRECTIONS = 2 };

/** Since the start. */
struct cti_calls_stats {
	/** By outcome; CTI_OK: given to the switch. */
	uint64_t dials[CTI_DIAL_PATHS][CTI_ERR_MAX];
	uint64_t merged[CTI_DIAL_PATHS]; /* an earlier call was the answer */
	uint64_t ended[CTI_DIRECTIONS][CTI_CAUSE_MAX][CTI_SOURCES];
	uint64_t events[CTI_EVENT_MAX]; /* published */
	uint64_t events_lost;		/* could not be made */
	uint64_t events_volatile;	/* published, but not stored */
	uint64_t lint[CTI_LINT_RULES];	/* by cti_lint_rule_name() */
	uint64_t link_ups;
	struct cti_histogram setup; /* from the click until it rings there */
	struct cti_histogram post;  /* of a payload, from due to acked */
};

/** Lent by calls. */
const struct cti_calls_stats *cti_calls_stats(const struct cti_calls *calls);

/** "program", "page", "redial", "transfer" */
const char *cti_dial_path_word(enum cti_dial_path path);

#endif /* CALL_STATS_H */
