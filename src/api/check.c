/* SPDX-License-Identifier: Apache-2.0 */
/* api/check.c - tools for people: explain a number, lint a payload */
#include <stdlib.h>
#include <string.h>

#include "api/priv.h"

void get_explain(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	struct cti_err err = {.code = CTI_OK};
	const char *number = cti_http_query(req, "number");
	struct cti_buf buf;
	int rc;

	if (!number) {
		api_problem(req, CTI_ERR_BAD_REQUEST,
			    "The parameter \"number\" is missing, as in "
			    "?number=%%2B16503054000.");
		return;
	}
	cti_buf_init(&buf, ANSWER_MAX);
	rc = cti_number_explain(api->parts.numbers, &buf, number);
	if (!api_failed(req, rc, &err))
		cti_http_reply(req, 200, "application/json", &buf);
	cti_buf_fini(&buf);
}

static void lint_one(void *arg, const struct cti_finding *finding)
{
	cti_finding_write(arg, finding);
}

void post_lint(void *arg, struct cti_http_req *req)
{
	size_t len = 0, errors = 0;
	const char *body = cti_http_body(req, &len);
	struct answer a;
	int rc;

	(void)arg; /* the rules are the same for all */
	if (!answer_open(&a, req))
		return;
	cti_jsonw_obj(&a.w);
	cti_jsonw_key(&a.w, "findings");
	cti_jsonw_arr(&a.w);
	rc = cti_lint(&errors, body ? body : "", len, lint_one, &a.w);
	cti_jsonw_arr_end(&a.w);
	cti_jsonw_kbool(&a.w, "ok", rc == 0 && errors == 0);
	cti_jsonw_obj_end(&a.w);
	if (rc)
		a.w.err = rc;
	answer_send(&a, req, 200);
}
