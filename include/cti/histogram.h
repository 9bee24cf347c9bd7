/* SPDX-License-Identifier: Apache-2.0 */
/* cti/histogram.h - how long something took, counted in buckets */
#ifndef CTI_HISTOGRAM_H
#define CTI_HISTOGRAM_H

#include <stdint.h>

enum { CTI_BUCKETS = 15 };

/** Embedded where the time is taken; all zero is empty. Counting allocates
 * nothing. */
struct cti_histogram {
	uint64_t count[CTI_BUCKETS + 1]; /* the last: longer than all bounds */
	uint64_t sum_ms;
};

/** The upper bound of each bucket in ms, the same for all: 1 ms to 60 s. */
extern const int64_t cti_bucket_ms[CTI_BUCKETS];

/** Below 0 counts as 0: clocks are set back. */
void cti_histogram_note(struct cti_histogram *h, int64_t ms);
/** How many were noted. */
uint64_t cti_histogram_count(const struct cti_histogram *h);

#endif /* CTI_HISTOGRAM_H */
