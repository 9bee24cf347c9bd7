/* SPDX-License-Identifier: Apache-2.0 */
/* api/claims.c - which tab posts a payload to SAP: claim and ack */
#include <stdlib.h>
#include <string.h>

#include "api/priv.h"

enum { TAB_MAX = 64 };

static void claim_done(void *arg, const struct cti_outcome *outcome)
{
	struct later *later = arg;
	struct answer a;

	if (!later_answers(later, &outcome->err))
		goto out;
	if (answer_begin(&a, ANSWER_MAX)) {
		api_problem(later->req, CTI_ERR_INTERNAL, "No memory.");
		goto out;
	}
	cti_jsonw_obj(&a.w);
	cti_jsonw_kbool(&a.w, "granted", true);
	cti_jsonw_kint(&a.w, "lease_ms", CTI_LEASE_MS);
	cti_jsonw_obj_end(&a.w);
	answer_send(&a, later->req, 200);
out:
	later_free(later);
}

static void ack_done(void *arg, const struct cti_outcome *outcome)
{
	struct later *later = arg;

	if (later_answers(later, &outcome->err))
		cti_http_reply_empty(later->req);
	later_free(later);
}

typedef int claim_fn(struct cti_calls *calls, const struct cti_claim *claim,
		     const struct cti_reply *reply, struct cti_err *err);

static void claim_run(struct cti_api *api, struct cti_http_req *req,
		      const struct cti_claim *claim, bool ack)
{
	struct cti_err err = {.code = CTI_OK};
	struct later *later = later_new(api, req, 200, 200);
	claim_fn *fn = ack ? cti_calls_ack : cti_calls_claim;
	struct cti_reply reply = {
		.fn = ack ? ack_done : claim_done,
		.arg = later,
	};
	int rc;

	if (!later)
		return;
	rc = fn(api->calls, claim, &reply, &err);
	if (api_failed(req, rc, &err))
		later_free(later);
}

static void claim_request(struct cti_api *api, struct cti_http_req *req,
			  bool ack)
{
	struct cti_claim claim = {.event = 0};
	struct cti_json *doc = NULL;
	size_t len;

	if (api_number(&claim.event, cti_http_param(req, 0))) {
		api_problem(req, CTI_ERR_EVENT_NOT_FOUND,
			    "The id of an event is a number.");
		return;
	}
	if (!api_viewer(api, req) || !api_body(req, &doc))
		return;
	claim.tab = cti_json_str(cti_json_root(doc), "tab");
	len = claim.tab ? strlen(claim.tab) : 0;
	if (len < 1 || len > TAB_MAX)
		api_problem(req, CTI_ERR_BAD_REQUEST,
			    "The field \"tab\" must be a text of 1 to %d bytes "
			    "that names the tab.",
			    TAB_MAX);
	else
		claim_run(api, req, &claim, ack);
	cti_json_destroy(doc);
}

void post_claim(void *arg, struct cti_http_req *req)
{
	claim_request(arg, req, false);
}

void post_ack(void *arg, struct cti_http_req *req)
{
	claim_request(arg, req, true);
}
