/* SPDX-License-Identifier: Apache-2.0 */
/* base/histogram.c - how long something took, counted in buckets */
#include "cti/histogram.h"

const int64_t cti_bucket_ms[CTI_BUCKETS] = {
	1,   2,	   5,	 10,   25,    50,    100,   250,
	500, 1000, 2500, 5000, 10000, 30000, 60000,
};

void cti_histogram_note(struct cti_histogram *h, int64_t ms)
{
	int at = 0;

	if (ms < 0)
		ms = 0;
	while (at < CTI_BUCKETS && ms > cti_bucket_ms[at])
		at++;
	h->count[at]++;
	h->sum_ms += (uint64_t)ms;
}

uint64_t cti_histogram_count(const struct cti_histogram *h)
{
	uint64_t n = 0;

	for (int i = 0; i <= CTI_BUCKETS; i++)
		n += h->count[i];
	return n;
}
