/* SPDX-License-Identifier: Apache-2.0 */
/* http/stats.h - how many answers each route gave, and after what time */
#ifndef HTTP_STATS_H
#define HTTP_STATS_H

#include "cti/histogram.h"
#include "http/http.h"

/** The answers of one route since the start. */
enum { CTI_HTTP_CODES = 24 };
struct cti_http_answers {
	const struct cti_route *route; /* NULL: paths that no route has */
	uint64_t code[CTI_HTTP_CODES]; /* by cti_http_code() */
	/** From the first byte of a request until its answer begins. */
	struct cti_histogram time;
};
/** NULL behind the last one. */
const struct cti_http_answers *cti_http_answers(const struct cti_http *http,
						size_t index);
/** The status of that place; 0 = any that is not named; -1 behind it. */
int cti_http_code(size_t index);

#endif /* HTTP_STATS_H */
