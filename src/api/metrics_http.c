/* SPDX-License-Identifier: Apache-2.0 */
/* api/metrics_http.c - what the HTTP server counted */
#include <stdio.h>

#include "api/metrics.h"

/* A path that no route has is one label, whatever it was. */
static const char *route_of(const struct cti_http_answers *answers)
{
	return answers->route ? answers->route->pattern : "none";
}

static const char *method_of(const struct cti_http_answers *answers)
{
	return answers->route ? answers->route->method : "any";
}

static void write_codes(struct metrics *m,
			const struct cti_http_answers *answers)
{
	for (size_t i = 0; cti_http_code(i) >= 0; i++) {
		int code = cti_http_code(i);
		char text[16];

		if (!answers->code[i])
			continue;
		(void)snprintf(text, sizeof(text), code ? "%d" : "other",
			       code); /* fits */
		metric_int(m, (int64_t)answers->code[i],
			   "route=\"%s\",method=\"%s\",code=\"%s\"",
			   route_of(answers), method_of(answers), text);
	}
}

static void write_time(struct metrics *m,
		       const struct cti_http_answers *answers)
{
	char labels[160];

	if (!cti_histogram_count(&answers->time))
		return;
	(void)snprintf(labels, sizeof(labels), "route=\"%s\",method=\"%s\"",
		       route_of(answers), method_of(answers)); /* fits */
	metric_histogram(m, &answers->time, labels);
}

static void write_refusals(struct metrics *m, const struct cti_http *http)
{
	metric_family(m, "auth_failures_total", METRIC_COUNTER,
		      "Connections and requests that were refused, by the "
		      "check that did it.");
	for (int i = 0; i < (int)CTI_REFUSALS; i++) {
		enum cti_http_refusal why = (enum cti_http_refusal)i;

		metric_int(m, (int64_t)cti_http_refusals(http, why),
			   "reason=\"%s\"", cti_http_refusal_word(why));
	}
}

void metrics_http(struct metrics *m, const struct cti_http *http)
{
	const struct cti_http_answers *answers;

	metric_family(m, "http_connections", METRIC_GAUGE,
		      "Connections that are open.");
	metric_int(m, cti_http_connections(http), "%s", "");
	metric_family(m, "http_requests_total", METRIC_COUNTER,
		      "Answers by route, method and status.");
	for (size_t i = 0; (answers = cti_http_answers(http, i)); i++)
		write_codes(m, answers);
	metric_family(m, "http_request_seconds", METRIC_HISTOGRAM,
		      "From a request's first byte until its answer begins; "
		      "a long poll waits on purpose.");
	for (size_t i = 0; (answers = cti_http_answers(http, i)); i++)
		write_time(m, answers);
	write_refusals(m, http);
}
