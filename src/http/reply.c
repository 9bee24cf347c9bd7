/* SPDX-License-Identifier: Apache-2.0 */
/* http/reply.c - answers: made by handlers, given to libmicrohttpd */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cti/json.h"
#include "cti/log.h"
#include "http/internal.h"

enum { PROBLEM_MAX = 4096 };

/* What every answer says unless its handler says otherwise. */
static const struct http_pair default_headers[] = {
	{"X-Content-Type-Options", "nosniff"},
	{"Cache-Control", "no-store"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Referrer-Policy", "no-referrer"},
};

/* The next pair of req->headers behind at; false at the end. */
static bool header_next(const struct cti_http_req *req, size_t *at,
			struct http_pair *pair)
{
	if (*at >= req->headers.len)
		return false;
	pair->name = req->headers.data + *at;
	*at += strlen(pair->name) + 1;
	pair->value = req->headers.data + *at;
	*at += strlen(pair->value) + 1;
	return true;
}

static bool header_given(const struct cti_http_req *req, const char *name)
{
	struct http_pair pair;
	size_t at = 0;

	while (header_next(req, &at, &pair)) {
		if (strcasecmp(pair.name, name) == 0)
			return true;
	}
	return false;
}

static bool header_put(struct MHD_Response *response, const char *name,
		       const char *value)
{
	return MHD_add_response_header(response, name, value) == MHD_YES;
}

/* False: out of memory. */
static bool reply_headers(const struct cti_http_req *req,
			  struct MHD_Response *response)
{
	size_t count = sizeof(default_headers) / sizeof(*default_headers);
	struct http_pair pair;
	size_t at = 0;
	bool good = true;

	for (size_t i = 0; i < count; i++) {
		const struct http_pair *header = &default_headers[i];

		if (!header_given(req, header->name))
			good = good && header_put(response, header->name,
						  header->value);
	}
	while (header_next(req, &at, &pair))
		good = good && header_put(response, pair.name, pair.value);
	if (req->close || req->http->stopping)
		good = good && header_put(response, MHD_HTTP_HEADER_CONNECTION,
					  "close");
	return good;
}

bool cti_reply_open(const struct cti_http_req *req)
{
	return !req->ended && req->state < REQ_ANSWERED;
}

void cti_reply_set(struct cti_http_req *req, int status,
		   struct MHD_Response *response)
{
	bool waiting = req->state == REQ_WAITING;

	if (response && !reply_headers(req, response)) {
		MHD_destroy_response(response);
		response = NULL;
	}
	if (!response && !req->gone)
		log_error("http: no memory for an answer");
	req->status = status;
	req->response = response;
	req->state = REQ_ANSWERED;
	if (waiting)
		cti_http_resume(req->http, req->mhd);
}

enum MHD_Result cti_reply_queue(struct cti_http_req *req)
{
	struct MHD_Response *response = req->response;

	if (!response)
		return MHD_NO;
	req->response = NULL;
	req->state = REQ_SENDING;
	cti_answers_count(req);
	if (!req->pull)
		cti_conn_owes(req->conn, HTTP_SEND_MS);
	enum MHD_Result result =
		MHD_queue_response(req->mhd, (unsigned)req->status, response);
	MHD_destroy_response(response);
	return result;
}

void cti_http_add_header(struct cti_http_req *req, const char *name,
			 const char *value)
{
	size_t before = req->headers.len;

	if (!*name || !*value || strpbrk(name, "\r\n") ||
	    strpbrk(value, "\r\n")) {
		log_warn("http: header %s dropped: not valid", name);
		return;
	}
	if (cti_buf_add(&req->headers, name, strlen(name) + 1) == 0 &&
	    cti_buf_add(&req->headers, value, strlen(value) + 1) == 0)
		return;
	if (req->headers.len > before)
		req->headers.len = before;
	log_warn("http: header %s dropped: no room", name);
}

/* Made of bytes that are freed with it, or that live for ever. */
static struct MHD_Response *response_new(const char *type, void *data,
					 size_t len, bool owned)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
		len, data,
		owned ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);

	if (!response) {
		if (owned)
			free(data);
		return NULL;
	}
	if (header_put(response, MHD_HTTP_HEADER_CONTENT_TYPE, type))
		return response;
	MHD_destroy_response(response);
	return NULL;
}

static struct MHD_Response *response_take(const char *type,
					  struct cti_buf *body)
{
	size_t len = body->len;
	char *text;

	if (cti_buf_take(body, &text))
		return NULL;
	return response_new(type, text, len, true);
}

void cti_http_reply(struct cti_http_req *req, int status, const char *type,
		    struct cti_buf *body)
{
	if (!cti_reply_open(req)) {
		cti_buf_reset(body);
		return;
	}
	cti_reply_set(req, status, response_take(type, body));
}

void cti_http_reply_empty(struct cti_http_req *req)
{
	if (!cti_reply_open(req))
		return;
	cti_reply_set(req, MHD_HTTP_NO_CONTENT,
		      MHD_create_response_from_buffer(0, NULL,
						      MHD_RESPMEM_PERSISTENT));
}

void cti_http_reply_static(struct cti_http_req *req, const char *type,
			   const void *data, size_t len)
{
	/* libmicrohttpd takes void * also for what it only reads. */
	void *bytes = (void *)(uintptr_t)data;

	if (!cti_reply_open(req))
		return;
	cti_reply_set(req, MHD_HTTP_OK, response_new(type, bytes, len, false));
}

static int problem_write(struct cti_buf *out, const struct cti_err *err)
{
	const struct cti_problem *problem = cti_problem_find(err->code);
	char type[80] = "urn:patchcord:problem:";
	struct cti_jsonw w;

	strncat(type, problem->slug, sizeof(type) - strlen(type) - 1);
	int bad = cti_jsonw_init(&w, out);
	if (bad)
		return bad;
	cti_jsonw_obj(&w);
	cti_jsonw_kstr(&w, "type", type);
	cti_jsonw_kstr(&w, "title", problem->title);
	cti_jsonw_kint(&w, "status", problem->status);
	cti_jsonw_kstr(&w, "code", problem->slug);
	cti_jsonw_kstr(&w, "detail", err->text);
	cti_jsonw_kstr(&w, "fix", problem->fix);
	cti_jsonw_obj_end(&w);
	return cti_jsonw_fini(&w);
}

static void problem_retry(struct cti_http_req *req, int seconds)
{
	char text[12];

	if (seconds <= 0)
		return;
	(void)snprintf(text, sizeof(text), "%d", seconds); /* always fits */
	cti_http_add_header(req, MHD_HTTP_HEADER_RETRY_AFTER, text);
}

/* more's members in front of the brace that ends body. */
static int problem_add(struct cti_buf *body, const char *more)
{
	if (!more)
		return 0;
	body->data[body->len - 1] = ',';
	return cti_buf_str(body, more + 1);
}

void cti_http_problem_more(struct cti_http_req *req, const struct cti_err *err,
			   const char *more)
{
	struct MHD_Response *response = NULL;
	struct cti_buf body;

	if (!cti_reply_open(req))
		return;
	cti_buf_init(&body, PROBLEM_MAX);
	problem_retry(req, err->retry_after_s);
	if (problem_write(&body, err) == 0 && problem_add(&body, more) == 0)
		response = response_take("application/problem+json", &body);
	cti_reply_set(req, cti_problem_find(err->code)->status, response);
	cti_buf_fini(&body);
}

void cti_http_problem(struct cti_http_req *req, const struct cti_err *err)
{
	cti_http_problem_more(req, err, NULL);
}
