/* SPDX-License-Identifier: Apache-2.0 */
/* api/help.c - what handlers have in common: bodies in, answers out */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/priv.h"

static const char json_type[] = "application/json";

bool api_failed(struct cti_http_req *req, int rc, struct cti_err *err)
{
	if (rc == 0)
		return false;
	if (err->code == CTI_OK)
		(void)cti_err_set(err, -rc, CTI_ERR_INTERNAL,
				  "The request could not be done: %s.",
				  strerror(-rc));
	cti_http_problem(req, err);
	return true;
}

void api_problem(struct cti_http_req *req, enum cti_code code, const char *fmt,
		 ...)
{
	struct cti_err err = {.code = code};
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(err.text, sizeof(err.text), fmt,
			args); /* cut is fine */
	va_end(args);
	cti_http_problem(req, &err);
}

bool api_viewer(struct cti_api *api, struct cti_http_req *req)
{
	struct cti_err err = {.code = CTI_OK};
	const char *agent = NULL;
	int rc = cti_calls_viewer(api->calls, cti_http_query(req, "agent"),
				  &agent, &err);

	return !api_failed(req, rc, &err);
}

int answer_begin(struct answer *a, size_t ceiling)
{
	int err;

	cti_buf_init(&a->buf, ceiling);
	err = cti_jsonw_init(&a->w, &a->buf);
	if (err)
		cti_buf_fini(&a->buf);
	return err;
}

bool answer_open(struct answer *a, struct cti_http_req *req)
{
	if (!answer_begin(a, ANSWER_MAX))
		return true;
	api_problem(req, CTI_ERR_INTERNAL, "No memory.");
	return false;
}

void answer_send(struct answer *a, struct cti_http_req *req, int status)
{
	int err = cti_jsonw_fini(&a->w);

	if (err)
		api_problem(req, CTI_ERR_INTERNAL,
			    "The answer could not be written: %s.",
			    strerror(-err));
	else
		cti_http_reply(req, status, json_type, &a->buf);
	cti_buf_fini(&a->buf);
}

bool api_body(struct cti_http_req *req, struct cti_json **docp)
{
	struct cti_err err = {.code = CTI_OK};
	size_t len = 0;
	const char *body = cti_http_body(req, &len);
	int rc;

	rc = cti_json_parse(docp, body ? body : "", len, CTI_JSON_WIRE_MAX,
			    &err);
	if (api_failed(req, rc, &err))
		return false;
	if (cti_json_root(*docp)->type == CTI_JSON_OBJECT)
		return true;
	cti_json_destroy(*docp);
	api_problem(req, CTI_ERR_BAD_JSON, "The body is no JSON object.");
	return false;
}

void answer_drop(struct answer *a)
{
	int err = cti_jsonw_fini(&a->w);

	(void)err; /* it was not needed */
	cti_buf_fini(&a->buf);
}

int api_number(int64_t *outp, const char *text)
{
	int64_t value = 0;
	size_t len = text ? strlen(text) : 0;

	if (len < 1 || len > 18 || strspn(text, "0123456789") != len)
		return -EINVAL;
	for (size_t i = 0; i < len; i++)
		value = value * 10 + (text[i] - '0');
	*outp = value;
	return 0;
}

/* --- answers that come later --- */

/* The request ended by itself (the server stops): nobody is left to tell. */
static void later_gone(void *user)
{
	struct later *later = user;

	later->req = NULL;
}

void later_free(struct later *later)
{
	if (later->req)
		cti_http_set_user(later->req, NULL, NULL);
	free(later);
}

struct later *later_new(struct cti_api *api, struct cti_http_req *req,
			int created, int same)
{
	struct later *later = calloc(1, sizeof(*later));

	if (!later) {
		api_problem(req, CTI_ERR_INTERNAL, "No memory.");
		return NULL;
	}
	*later = (struct later){
		.api = api,
		.req = req,
		.status_created = created,
		.status_same = same,
	};
	cti_http_set_user(req, later, later_gone);
	return later;
}

struct cti_reply later_reply(struct later *later)
{
	return (struct cti_reply){.fn = later_call, .arg = later};
}

bool later_answers(const struct later *later, const struct cti_err *err)
{
	if (!later->req)
		return false;
	if (err->code == CTI_OK)
		return true;
	cti_http_problem(later->req, err);
	return false;
}

static void later_write(const struct later *later,
			const struct cti_outcome *outcome)
{
	struct cti_http_req *req = later->req;
	int status =
		outcome->created ? later->status_created : later->status_same;
	struct answer a;
	char where[64];

	if (!answer_open(&a, req))
		return;
	(void)snprintf(where, sizeof(where), "/api/v1/calls/%s",
		       outcome->call->id); /* fits */
	if (outcome->created)
		cti_http_add_header(req, "Location", where);
	call_write(&a.w, later->api, outcome->call);
	answer_send(&a, req, status);
}

void later_call(void *arg, const struct cti_outcome *outcome)
{
	struct later *later = arg;

	if (later_answers(later, &outcome->err))
		later_write(later, outcome);
	later_free(later);
}
