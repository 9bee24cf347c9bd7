/* SPDX-License-Identifier: Apache-2.0 */
/* api/metrics_text.c - the text format, version 0.0.4 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/metrics.h"

enum { LABELS_SIZE = 256 };

static const char *prefix_of(const char *name)
{
	return strncmp(name, "process_", strlen("process_")) == 0
		       ? ""
		       : "patchcord_";
}

void metric_family(struct metrics *m, const char *name, enum metric_type type,
		   const char *help)
{
	static const char *const types[] = {
		[METRIC_COUNTER] = "counter",
		[METRIC_GAUGE] = "gauge",
		[METRIC_HISTOGRAM] = "histogram",
	};
	const char *prefix = prefix_of(name);

	m->name = name;
	if (!m->err)
		m->err = cti_buf_fmt(&m->buf,
				     "# HELP %s%s %s\n# TYPE %s%s %s\n", prefix,
				     name, help, prefix, name, types[type]);
}

static void sample(struct metrics *m, const char *suffix, const char *labels,
		   const char *value)
{
	bool some = *labels != '\0';

	if (!m->err)
		m->err = cti_buf_fmt(&m->buf, "%s%s%s%s%s%s %s\n",
				     prefix_of(m->name), m->name, suffix,
				     some ? "{" : "", labels, some ? "}" : "",
				     value);
}

void metric_int(struct metrics *m, int64_t value, const char *labels, ...)
{
	char text[LABELS_SIZE], number[32];
	va_list args;

	va_start(args, labels);
	/* words of ours, all of them short */
	(void)vsnprintf(text, sizeof(text), labels, args);
	va_end(args);
	(void)snprintf(number, sizeof(number), "%" PRId64, value); /* fits */
	sample(m, "", text, number);
}

/* Thousandths as a decimal number. */
static void milli_text(char out[32], int64_t value)
{
	(void)snprintf(out, 32, "%" PRId64 ".%03d", value / 1000,
		       (int)(value % 1000)); /* fits */
}

void metric_milli(struct metrics *m, int64_t value)
{
	char number[32];

	milli_text(number, value);
	sample(m, "", "", number);
}

/* "0.001", "0.5", "60": as short as can be, for they name the series. */
static void bound_text(char out[32], int64_t ms)
{
	size_t len;

	milli_text(out, ms);
	len = strlen(out);
	while (out[len - 1] == '0')
		out[--len] = '\0';
	if (out[len - 1] == '.')
		out[--len] = '\0';
}

static void bucket(struct metrics *m, uint64_t count, const char *labels,
		   const char *bound)
{
	char text[LABELS_SIZE], number[32];

	(void)snprintf(text, sizeof(text), "%s%sle=\"%s\"", labels,
		       *labels ? "," : "", bound);		   /* fits */
	(void)snprintf(number, sizeof(number), "%" PRIu64, count); /* fits */
	sample(m, "_bucket", text, number);
}

void metric_histogram(struct metrics *m, const struct cti_histogram *h,
		      const char *labels)
{
	uint64_t sum = 0;
	char text[32];

	for (int i = 0; i < CTI_BUCKETS; i++) {
		sum += h->count[i];
		bound_text(text, cti_bucket_ms[i]);
		bucket(m, sum, labels, text);
	}
	sum += h->count[CTI_BUCKETS];
	bucket(m, sum, labels, "+Inf");
	milli_text(text, (int64_t)h->sum_ms);
	sample(m, "_sum", labels, text);
	(void)snprintf(text, sizeof(text), "%" PRIu64, sum); /* fits */
	sample(m, "_count", labels, text);
}
