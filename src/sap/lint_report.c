/* SPDX-License-Identifier: Apache-2.0 */
/* sap/lint_report.c - the findings of a payload of ours, for event and log */
#include <string.h>

#include "cti/log.h"
#include "cti/sap.h"

enum { REPORT_MAX = 16384 };

struct report {
	struct cti_buf buf;
	struct cti_jsonw w;
	const char *id;
	size_t count;
};

static void report_finding(void *arg, const struct cti_finding *finding)
{
	struct report *report = arg;

	if (finding->severity != CTI_LINT_NOTE)
		log_warn("sap: call %s: lint %s: %s", report->id, finding->rule,
			 finding->sentence);
	cti_finding_write(&report->w, finding);
	report->count++;
}

int cti_lint_report(char **jsonp, const char *json, const char *id)
{
	struct report report = {.id = id};
	size_t errors = 0;
	int err, err_w;

	cti_buf_init(&report.buf, REPORT_MAX);
	err = cti_jsonw_init(&report.w, &report.buf);
	if (err)
		goto out;
	cti_jsonw_arr(&report.w);
	err = cti_lint_payload(&errors, json, strlen(json), report_finding,
			       &report);
	cti_jsonw_arr_end(&report.w);
	err_w = cti_jsonw_fini(&report.w);
	if (!err)
		err = err_w;
	if (!err && report.count)
		err = cti_buf_take(&report.buf, jsonp);
out:
	cti_buf_fini(&report.buf);
	return err;
}
