/* SPDX-License-Identifier: Apache-2.0 */
/* number/trace.h - what each step did to a number, for explain */
#ifndef NUMBER_TRACE_H
#define NUMBER_TRACE_H

#include <stddef.h>

#include "cti/attr.h"
#include "cti/number.h"

enum {
	NUMBER_STEPS_MAX = 12,
	NUMBER_REMARKS_MAX = 6,
	NUMBER_NOTE_SIZE = 160,
};

struct number_step {
	const char *name;
	char in[CTI_NUMBER_MAX + 4];
	char out[CTI_NUMBER_MAX + 4]; /* "" = the number stopped here */
	char note[NUMBER_NOTE_SIZE];
};

/** Embedded; zeroed by whoever owns it. Steps over the maximum are lost. */
struct number_trace {
	struct number_step steps[NUMBER_STEPS_MAX];
	size_t count;
	char remarks[NUMBER_REMARKS_MAX][NUMBER_NOTE_SIZE];
	size_t remark_count;
};

/* A trace of NULL makes each of these do nothing. */

/** Opens a step; in may be any bytes. */
void cti_trace_begin(struct number_trace *trace, const char *name,
		     const char *in);
/** The sentence of the open step; the last one stays. */
void cti_trace_note(struct number_trace *trace, const char *fmt, ...)
	CTI_PRINTF(2, 3);
/** Closes the open step; out NULL: the number stopped here. */
void cti_trace_end(struct number_trace *trace, const char *out);
/** A sentence about the number as a whole. */
void cti_trace_remark(struct number_trace *trace, const char *fmt, ...)
	CTI_PRINTF(2, 3);

#endif /* NUMBER_TRACE_H */
