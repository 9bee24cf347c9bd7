/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/fuzz_query.c - the raw target of a request: route, parameters, query */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "cti/json.h"
#include "fuzz.h"
#include "http/guard.h"

static struct cti_http_req *req_new(struct cti_http *http, const char *target)
{
	size_t len = strlen(target);
	struct cti_http_req *req = calloc(1, sizeof(*req) + len + 1);

	fuzz_must(req != NULL);
	req->http = http;
	req->uri_len = len;
	memcpy(req->uri, target, len);
	req->query_text = strchr(req->uri, '?');
	if (req->query_text)
		*req->query_text++ = '\0';
	return req;
}

/* Of what machines send only NUL is refused. */
static bool is_machine(const struct cti_http_req *req)
{
	return req->route && req->route->access == CTI_ROUTE_MACHINE;
}

static void pairs_check(const struct cti_http_req *req)
{
	fuzz_must(req->nquery <= HTTP_QUERY_MAX);
	for (size_t i = 0; i < req->nquery; i++) {
		const struct http_pair *pair = &req->query[i];

		fuzz_must(pair->name[0] != '\0');
		fuzz_must(
			is_machine(req) ||
			cti_utf8_valid(pair->value, strlen(pair->value), NULL));
		fuzz_must(cti_http_query(req, pair->name) == pair->value);
	}
}

static void query_check(struct cti_http_req *req)
{
	if (cti_query_parse(req) == 0)
		pairs_check(req);
}

/* The same bytes as the body of a form. */
static void form_check(struct cti_http_req *req, const char *text)
{
	cti_buf_init(&req->body, 65536);
	if (cti_buf_str(&req->body, text) == 0 && cti_form_parse(req) == 0)
		pairs_check(req);
	cti_buf_fini(&req->body);
}

static void route_check(struct cti_http_req *req, const char *method)
{
	struct route_match match;
	char allow[64];

	req->method = method;
	cti_route_allow(req, allow, sizeof(allow));
	match = cti_route_find(req);
	req->route = match.route;
	fuzz_must(!match.route || match.path);
	fuzz_must(!match.path == !allow[0]);
	fuzz_must(!match.route || strstr(allow, method));
	for (size_t i = 0; i < req->nparams; i++) {
		const char *param = cti_http_param(req, i);
		size_t len = strlen(param);

		fuzz_must(len >= 1 && len <= 64);
		fuzz_must(!strpbrk(param, "/%?&# "));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const methods[] = {"GET", "POST", "PATCH", "DELETE"};
	char *text = fuzz_text(data, size);
	struct cti_http http = {.conf.max_body = 0};

	http.conf.routes = cti_api_routes(&http.conf.nroutes);
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		struct cti_http_req *req = req_new(&http, text);

		route_check(req, methods[i]);
		query_check(req);
		free(req);
		req = req_new(&http, "/cti");
		route_check(req, methods[i]);
		form_check(req, text);
		free(req);
	}
	(void)cti_access_host(&http, text); /* any answer, no harm */
	free(text);
	return 0;
}
