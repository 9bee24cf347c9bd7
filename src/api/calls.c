/* SPDX-License-Identifier: Apache-2.0 */
/* api/calls.c - dials in, calls out: /api/v1/calls */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/priv.h"

void post_calls(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	struct cti_err err = {.code = CTI_OK};
	struct cti_outbound out = {.number = NULL};
	struct cti_dial dial = {
		.out = &out,
		.path = cti_http_from_browser(req) ? CTI_DIAL_PAGE
						   : CTI_DIAL_PROGRAM,
		.agent = cti_http_query(req, "agent"),
		.idempotency_key = cti_http_header(req, "Idempotency-Key"),
	};
	struct cti_reply reply;
	struct later *later;
	int rc;

	dial.body = cti_http_body(req, &dial.body_len);
	rc = cti_outbound_parse(&out, dial.body ? dial.body : "", dial.body_len,
				&err);
	if (api_failed(req, rc, &err)) {
		cti_calls_refuse(api->calls, &dial, &err);
		return;
	}
	if (cti_http_from_browser(req))
		api->click_seen_ms = cti_loop_wall_ms(api->parts.loop);
	later = later_new(api, req, 201, 200);
	if (!later)
		goto out;
	reply = later_reply(later);
	rc = cti_calls_dial(api->calls, &dial, &reply, &err);
	if (api_failed(req, rc, &err))
		later_free(later);
out:
	cti_outbound_fini(&out);
}

void post_redial(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	struct cti_err err = {.code = CTI_OK};
	struct later *later;
	struct cti_reply reply;
	int rc;

	if (!api_viewer(api, req))
		return;
	later = later_new(api, req, 201, 200);
	if (!later)
		return;
	reply = later_reply(later);
	rc = cti_calls_redial(api->calls, cti_http_param(req, 0), &reply, &err);
	if (api_failed(req, rc, &err))
		later_free(later);
}

void get_call(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	const char *id = cti_http_param(req, 0);
	const struct cti_call *call = cti_calls_find(api->calls, id);
	struct answer a;

	if (!call) {
		api_problem(req, CTI_ERR_CALL_NOT_FOUND,
			    "There is no call %.40s.", id);
		return;
	}
	if (!answer_open(&a, req))
		return;
	call_write(&a.w, api, call);
	answer_send(&a, req, 200);
}

/* --- the list --- */

struct list {
	struct cti_api *api;
	struct answer answer;
	const char *agent;
	size_t n;
};

enum { LISTED_MAX = 1000 };

static int list_one(void *arg, const struct cti_call *call)
{
	struct list *list = arg;
	const char *agent = call->fact[CTI_FACT_AGENT];

	if (list->agent && (!agent || strcmp(agent, list->agent) != 0))
		return 0;
	call_write(&list->answer.w, list->api, call);
	return ++list->n >= LISTED_MAX ||
	       list->answer.buf.len > SNAPSHOT_MAX / 2;
}

/* From the store comes which calls; the core has them as they are now. */
static int list_linked(void *arg, struct cti_call *stored)
{
	struct list *list = arg;
	const struct cti_call *call;

	call = cti_calls_find(list->api->calls, stored->id);
	if (call)
		(void)list_one(arg, call); /* a filter's list is short */
	cti_call_destroy(stored);
	return 0;
}

static int list_write(struct list *list, const char *activity, const char *ref)
{
	struct cti_api *api = list->api;
	char canonical[256];
	struct cti_link_row link = {.kind = CTI_LINK_REF, .value = ref};
	int err;

	if (activity) {
		cti_id_activity(canonical, sizeof(canonical), activity);
		link.kind = CTI_LINK_ACTIVITY;
		link.value = canonical;
	}
	if (link.value)
		return cti_store_linked(api->parts.store, &link, list_linked,
					list);
	err = cti_calls_each(api->calls, list_one, list);
	return err > 0 ? 0 : err;
}

void get_calls(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	struct cti_err err = {.code = CTI_OK};
	struct list list = {.api = api};
	int rc = cti_calls_viewer(api->calls, cti_http_query(req, "agent"),
				  &list.agent, &err);

	if (!rc)
		rc = answer_begin(&list.answer, SNAPSHOT_MAX);
	if (api_failed(req, rc, &err))
		return;
	cti_jsonw_obj(&list.answer.w);
	cti_jsonw_key(&list.answer.w, "calls");
	cti_jsonw_arr(&list.answer.w);
	rc = list_write(&list, cti_http_query(req, "activity_uuid"),
			cti_http_query(req, "ref"));
	if (rc)
		list.answer.w.err = rc;
	cti_jsonw_arr_end(&list.answer.w);
	cti_jsonw_obj_end(&list.answer.w);
	answer_send(&list.answer, req, 200);
}
