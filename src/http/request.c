/* SPDX-License-Identifier: Apache-2.0 */
/* http/request.c - one request: head, body, handler, answer, end */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cti/loop.h"
#include "http/guard.h"

static struct http_conn *request_conn(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

void *cti_request_uri(void *arg, const char *uri, struct MHD_Connection *mhd)
{
	struct cti_http *http = arg;
	struct http_conn *conn = request_conn(mhd);
	size_t len = strlen(uri);
	struct cti_http_req *req = calloc(1, sizeof(*req) + len + 1);

	if (!req || !conn) {
		free(req);
		return NULL;
	}
	req->http = http;
	req->conn = conn;
	req->mhd = mhd;
	req->refs = 1;
	req->began_ms = cti_loop_mono_ms(http->loop);
	req->uri_len = len;
	memcpy(req->uri, uri, len);
	cti_buf_init(&req->body, http->conf.max_body);
	cti_buf_init(&req->headers, HTTP_HEADERS_MAX);
	conn->req = req;
	cti_conn_hurry(conn, HTTP_HEAD_MS);
	return req;
}

void cti_request_unref(struct cti_http_req *req)
{
	assert(req->refs > 0);
	if (--req->refs)
		return;
	cti_buf_fini(&req->body);
	cti_buf_fini(&req->headers);
	free(req);
}

/* What is answered whatever the request asks. */
static bool request_busy(struct cti_http_req *req)
{
	if (req->http->stopping)
		(void)cti_err_set(&req->verdict, EAGAIN, CTI_ERR_STOPPING,
				  "The server is stopping.");
	else if (req->conn->over)
		(void)cti_err_set(&req->verdict, EAGAIN, CTI_ERR_BUSY,
				  "There are too many connections.");
	else
		return false;
	req->verdict.retry_after_s = 1;
	req->close = true;
	return true;
}

static enum MHD_Result request_head(struct cti_http_req *req, const char *url,
				    const char *method, const char *version)
{
	req->method = method;
	req->state = REQ_BODY;
	cti_guard_check(req, url, version);
	if (req->verdict.code == CTI_OK)
		(void)request_busy(req); /* says so in the verdict */
	cti_conn_owes(req->conn, HTTP_BODY_MS);
	if (!req->close)
		return MHD_YES;
	/* An answer before the body closes the connection: wanted here. */
	cti_http_problem(req, &req->verdict);
	return cti_reply_queue(req);
}

static void request_body(struct cti_http_req *req, const char *data, size_t len)
{
	if (req->verdict.code != CTI_OK || req->state != REQ_BODY)
		return;
	if (cti_buf_add(&req->body, data, len))
		(void)cti_err_set(&req->verdict, ENOMEM, CTI_ERR_INTERNAL,
				  "The body could not be kept.");
}

static void request_dispatch(struct cti_http_req *req)
{
	cti_conn_owes(req->conn, 0);
	if (req->verdict.code == CTI_OK)
		(void)request_busy(req); /* a stop may have come meanwhile */
	if (req->verdict.code == CTI_OK && req->form && cti_form_parse(req))
		(void)cti_err_set(&req->verdict, EINVAL, CTI_ERR_BAD_REQUEST,
				  "The form in the body cannot be read.");
	if (req->verdict.code != CTI_OK) {
		cti_http_problem(req, &req->verdict);
		return;
	}
	req->state = REQ_RUNNING;
	req->route->handler(req->http->conf.arg, req);
}

enum MHD_Result cti_request_access(void *arg, struct MHD_Connection *mhd,
				   const char *url, const char *method,
				   const char *version, const char *data,
				   size_t *data_len, void **reqp)
{
	struct cti_http_req *req = *reqp;

	(void)arg; /* req knows it */
	(void)mhd;
	if (!req)
		return MHD_NO;
	if (req->state == REQ_HEAD)
		return request_head(req, url, method, version);
	if (*data_len) {
		request_body(req, data, *data_len);
		*data_len = 0;
		return MHD_YES;
	}
	if (req->state == REQ_BODY)
		request_dispatch(req);
	if (req->state == REQ_ANSWERED)
		return cti_reply_queue(req);
	if (req->state == REQ_RUNNING) {
		req->state = REQ_WAITING;
		MHD_suspend_connection(mhd);
	}
	return MHD_YES;
}

void cti_request_completed(void *arg, struct MHD_Connection *mhd, void **reqp,
			   enum MHD_RequestTerminationCode code)
{
	struct cti_http_req *req = *reqp;

	(void)arg; /* req knows it */
	(void)mhd;
	(void)code; /* an end is an end */
	if (!req)
		return;
	*reqp = NULL;
	req->ended = true;
	req->conn->req = NULL;
	cti_conn_owes(req->conn, HTTP_IDLE_MS);
	if (req->http->stopping)
		cti_conn_shut(req->conn);
	if (req->fini)
		req->fini(req->user);
	req->user = NULL;
	if (req->response)
		MHD_destroy_response(req->response);
	req->response = NULL;
	cti_request_unref(req);
}

void cti_request_stop(struct cti_http_req *req)
{
	struct cti_err err;

	if (req->state == REQ_WAITING) {
		(void)cti_err_set(&err, EAGAIN, CTI_ERR_STOPPING,
				  "The server is stopping.");
		err.retry_after_s = 1;
		cti_http_problem(req, &err);
		return;
	}
	if (req->state == REQ_SENDING)
		cti_http_wake(req);
}

bool cti_request_waits(const struct cti_http_req *req)
{
	return req->state == REQ_WAITING || req->asleep;
}

void cti_request_gone(struct cti_http_req *req)
{
	req->gone = true;
	if (req->state == REQ_WAITING)
		cti_reply_set(req, 0, NULL);
	else
		cti_http_wake(req);
}

const struct cti_http *cti_http_server(const struct cti_http_req *req)
{
	return req->http;
}

const char *cti_http_method(const struct cti_http_req *req)
{
	return req->method;
}

const char *cti_http_header(const struct cti_http_req *req, const char *name)
{
	return MHD_lookup_connection_value(req->mhd, MHD_HEADER_KIND, name);
}

const char *cti_http_body(const struct cti_http_req *req, size_t *lenp)
{
	*lenp = req->body.len;
	return cti_buf_text(&req->body);
}

bool cti_http_is_xml(const struct cti_http_req *req)
{
	return req->xml;
}

bool cti_http_is_form(const struct cti_http_req *req)
{
	return req->form;
}

bool cti_http_from_browser(const struct cti_http_req *req)
{
	return req->browser;
}

void cti_http_set_user(struct cti_http_req *req, void *user,
		       void (*fini)(void *user))
{
	req->user = user;
	req->fini = fini;
}

void *cti_http_user(const struct cti_http_req *req)
{
	return req->user;
}
