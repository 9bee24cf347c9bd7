/* SPDX-License-Identifier: Apache-2.0 */
/* api/metrics.h - Prometheus's text, as the files of the metrics write it */
#ifndef API_METRICS_H
#define API_METRICS_H

#include "api/priv.h"
#include "http/stats.h"

/** The answer while it is written; the first failure stays. */
struct metrics {
	struct cti_buf buf;
	const char *name; /* of the family, without patchcord_ */
	int err;
};

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

/** Begins a family: its samples follow. name begins with "process_", or gets
 * patchcord_ in front. help: one line without a backslash. */
void metric_family(struct metrics *m, const char *name, enum metric_type type,
		   const char *help);
/** A sample; labels: `a="b",c="d"`, from a format whose arguments are words of
 * this program, never what somebody sent; "" = none. */
void metric_int(struct metrics *m, int64_t value, const char *labels, ...)
	CTI_PRINTF(3, 4);
/** The same of a value in thousandths. */
void metric_milli(struct metrics *m, int64_t value);
/** All samples of a histogram, in seconds; labels as above, or "". */
void metric_histogram(struct metrics *m, const struct cti_histogram *h,
		      const char *labels);

/* The families of each part. */
void metrics_http(struct metrics *m, const struct cti_http *http);
void metrics_process(struct metrics *m, const struct cti_api *api);

#endif /* API_METRICS_H */
