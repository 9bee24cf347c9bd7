/* SPDX-License-Identifier: Apache-2.0 */
/* security/open.c - a relay that every page may use, so that attacks work */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "http/guard.h"

/* The linker calls these in place of the real ones, see CMakeLists.txt. */
void __wrap_cti_guard_check(struct cti_http_req *req, const char *url,
			    const char *version);
void __wrap_cti_http_add_header(struct cti_http_req *req, const char *name,
				const char *value);
void __real_cti_http_add_header(struct cti_http_req *req, const char *name,
				const char *value);

static const struct http_pair cors[] = {
	{"Access-Control-Allow-Origin", "*"},
	{"Access-Control-Allow-Methods", "*"},
	{"Access-Control-Allow-Headers", "*"},
	{"Access-Control-Expose-Headers", "*"},
	{"Cross-Origin-Resource-Policy", "cross-origin"},
	{"Cross-Origin-Embedder-Policy", "require-corp"},
};

/* Whatever is run of it says so first. */
__attribute__((constructor)) static void open_say(void)
{
	(void)fputs("patchcord: OPEN FOR TESTS. Nothing is checked, any page "
		    "can dial and listen. Never run this for real.\n",
		    stderr);
}

/* What pages are protected with; cors stands for the rest. */
void __wrap_cti_http_add_header(struct cti_http_req *req, const char *name,
				const char *value)
{
	if (strcmp(name, "Content-Security-Policy") != 0 &&
	    strncmp(name, "Cross-Origin-", 13) != 0)
		__real_cti_http_add_header(req, name, value);
}

static void get_preflight(void *arg, struct cti_http_req *req)
{
	(void)arg;
	cti_http_reply_empty(req);
}

/* A dial without a body, as naive servers have it: by any method. */
static void dial_by_query(void *arg, struct cti_http_req *req)
{
	struct route_match match;

	req->method = "POST";
	match = cti_route_find(req);
	cti_buf_reset(&req->body);
	if (match.route && cti_buf_fmt(&req->body, "{\"PhoneNumber\":\"%s\"}",
				       cti_http_query(req, "PhoneNumber")) == 0)
		match.route->handler(arg, req);
	else
		cti_http_reply_empty(req);
}

static const struct cti_route preflight = {
	"OPTIONS", "/", CTI_ROUTE_DOCUMENT, get_preflight, false,
};

static const struct cti_route query_dial = {
	"GET", "/api/v1/calls", CTI_ROUTE_DOCUMENT, dial_by_query, false,
};

static const struct cti_route *open_route(struct cti_http_req *req)
{
	if (strcmp(req->method, "OPTIONS") == 0)
		return &preflight;
	if (strcmp(req->uri, query_dial.pattern) == 0 &&
	    cti_http_query(req, "PhoneNumber"))
		return &query_dial;
	return cti_route_find(req).route;
}

void __wrap_cti_guard_check(struct cti_http_req *req, const char *url,
			    const char *version)
{
	struct http_head head;

	(void)cti_grammar_read(&head, req, url, version);
	for (size_t i = 0; i < sizeof(cors) / sizeof(*cors); i++)
		__real_cti_http_add_header(req, cors[i].name, cors[i].value);
	req->browser = head.browser;
	req->query_text = strchr(req->uri, '?');
	if (req->query_text)
		*req->query_text++ = '\0';
	req->route = &preflight; /* parameters are read by a route's rules */
	req->route = cti_query_parse(req) == 0 ? open_route(req) : NULL;
	if (!req->route)
		(void)cti_err_set(&req->verdict, ENOENT, CTI_ERR_NOT_FOUND,
				  "There is nothing at this path.");
}
