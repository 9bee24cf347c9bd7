/* SPDX-License-Identifier: Apache-2.0 */
/* api/compat.c - calls reported as to SAP's sample widget or client adapter */
#include "api/compat.h"

#include <string.h>

#include "api/api.h"
#include "cti/log.h"

/* --- what nobody asked for is dropped, and said --- */

static void drop_unknown(const char *name)
{
	if (!sap_knows(name) && !pbx_knows(name))
		log_info("cti: the field \"%.40s\" is not known and dropped",
			 name);
}

static void drop_others(const struct told *told)
{
	const struct cti_json_value *v = told->root ? told->root->first : NULL;
	const char *name;

	for (size_t i = 0; (name = cti_http_query_at(told->req, i)); i++)
		drop_unknown(name);
	for (; v; v = v->next)
		drop_unknown(v->key);
}

/* --- answers --- */

static void say_ok(struct cti_http_req *req)
{
	struct answer a;

	if (!answer_open(&a, req))
		return;
	cti_jsonw_obj(&a.w);
	cti_jsonw_kstr(&a.w, "message", "All OK");
	cti_jsonw_obj_end(&a.w);
	answer_send(&a, req, 200);
}

static void report_stored(void *arg, const struct cti_outcome *outcome)
{
	struct later *later = arg;

	if (later_answers(later, &outcome->err))
		say_ok(later->req);
	later_free(later);
}

static int report_push(struct cti_api *api, struct cti_http_req *req,
		       const struct report *report, struct cti_err *err)
{
	struct later *later = later_new(api, req, 200, 200);
	int rc;

	if (!later)
		return 0; /* refused already */
	rc = cti_calls_push(
		api->calls, &report->push,
		&(struct cti_reply){.fn = report_stored, .arg = later}, err);
	if (rc)
		later_free(later);
	return rc;
}

/* --- a report --- */

static const struct cti_json_value *unwrapped(const struct cti_json_value *root)
{
	const struct cti_json_value *inner = cti_json_find(root, "payload");

	return inner && inner->type == CTI_JSON_OBJECT ? inner : root;
}

static int report_read(struct report *report, const struct told *told,
		       const char *connection, struct cti_err *err)
{
	int rc = told_text(report, told, &report->push.agent, "connectionId",
			   err);

	if (rc)
		return rc;
	if (!report->push.agent)
		report->push.agent = connection;
	drop_others(told);
	return told_raw(told, "event") ? pbx_report(report, told, err)
				       : sap_report(report, told, err);
}

static void report_take(struct cti_api *api, struct cti_http_req *req,
			const char *connection, bool single)
{
	struct report report = {.push = {.single = single}};
	struct told told = {.req = req};
	struct cti_err err = {.code = CTI_OK};
	struct cti_json *doc = NULL;
	size_t len = 0;
	int rc;

	if (strcmp(cti_http_method(req), "HEAD") == 0) {
		say_ok(req); /* who only looks reports nothing */
		return;
	}
	(void)cti_http_body(req, &len); /* only whether there is one */
	if (len && !cti_http_is_form(req)) {
		if (!api_body(req, &doc))
			return;
		told.root = unwrapped(cti_json_root(doc));
	}
	rc = report_read(&report, &told, connection, &err);
	if (!rc && report.ignored)
		say_ok(req);
	else if (!rc)
		rc = report_push(api, req, &report, &err);
	(void)api_failed(req, rc, &err); /* told, if it did */
	cti_json_destroy(doc);
}

void any_cti(void *arg, struct cti_http_req *req)
{
	report_take(arg, req, NULL, false);
}

void any_cti_agent(void *arg, struct cti_http_req *req)
{
	report_take(arg, req, cti_http_param(req, 0), false);
}

/* --- the client adapter that SAP once shipped --- */

static void get_legacy(void *arg, struct cti_http_req *req)
{
	report_take(arg, req, NULL, true);
}

static void get_legacy_poll(void *arg, struct cti_http_req *req)
{
	(void)arg; /* the same for all */
	api_problem(req, CTI_ERR_NOT_FOUND,
		    "Nothing is to be polled here: the widget tells SAP. Set "
		    "it as provider URL in place of the adapter.");
}

/* What programs know of SAP's client adapter, on a port of its own. */
static const struct cti_route legacy_routes[] = {
	{"GET", "/", CTI_ROUTE_MACHINE, get_legacy, false},
	{"GET", "/ctipayload", CTI_ROUTE_MACHINE, get_legacy_poll, false},
	{"GET", "/ctipayload/", CTI_ROUTE_MACHINE, get_legacy_poll, false},
};

const struct cti_route *cti_api_legacy_routes(size_t *np)
{
	*np = sizeof(legacy_routes) / sizeof(legacy_routes[0]);
	return legacy_routes;
}
