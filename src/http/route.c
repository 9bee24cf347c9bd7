/* SPDX-License-Identifier: Apache-2.0 */
/* http/route.c - which row of the table a raw path and a method mean */
#include <assert.h>
#include <string.h>

#include "http/guard.h"

enum { SEGMENT_MAX = 64 };

/* Where the {x} of a pattern lie in the path. */
struct spans {
	size_t count;
	struct {
		size_t start;
		size_t len;
	} at[HTTP_PARAMS_MAX];
};

static size_t segment_len(const char *path)
{
	static const char allowed[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"._-";

	return strspn(path, allowed);
}

static bool route_fits(const char *pattern, const char *path,
		       struct spans *spans)
{
	const char *at = path;

	spans->count = 0;
	while (*pattern) {
		if (*pattern != '{') {
			if (*pattern++ != *at++)
				return false;
			continue;
		}
		size_t len = segment_len(at);
		if (len < 1 || len > SEGMENT_MAX)
			return false;
		assert(spans->count < HTTP_PARAMS_MAX);
		spans->at[spans->count].start = (size_t)(at - path);
		spans->at[spans->count].len = len;
		spans->count++;
		at += len;
		pattern += strcspn(pattern, "}");
		assert(*pattern == '}');
		pattern++;
	}
	return *at == '\0';
}

static bool method_fits(const char *route, const char *method)
{
	if (strcmp(route, method) == 0)
		return true;
	return strcmp(route, "GET") == 0 && strcmp(method, "HEAD") == 0;
}

static void route_params(struct cti_http_req *req, const struct spans *spans)
{
	for (size_t i = 0; i < spans->count; i++) {
		req->params[i] = req->uri + spans->at[i].start;
		req->uri[spans->at[i].start + spans->at[i].len] = '\0';
	}
	req->nparams = spans->count;
}

struct route_match cti_route_find(struct cti_http_req *req)
{
	const struct cti_http_conf *conf = &req->http->conf;
	struct route_match match = {NULL, NULL};
	struct spans spans;

	for (size_t i = 0; i < conf->nroutes; i++) {
		const struct cti_route *route = &conf->routes[i];

		if (!route_fits(route->pattern, req->uri, &spans))
			continue;
		if (!match.path)
			match.path = route;
		if (!method_fits(route->method, req->method))
			continue;
		match.route = route;
		route_params(req, &spans);
		break;
	}
	return match;
}

static void allow_add(char *out, size_t size, const char *method)
{
	size_t len = strlen(out);
	size_t more = strlen(method) + (len ? 2 : 0);

	if (strstr(out, method) || len + more >= size)
		return;
	if (len) {
		memcpy(out + len, ", ", 2);
		len += 2;
	}
	memcpy(out + len, method, strlen(method) + 1);
}

void cti_route_allow(const struct cti_http_req *req, char *out, size_t size)
{
	const struct cti_http_conf *conf = &req->http->conf;
	struct spans spans;

	out[0] = '\0';
	for (size_t i = 0; i < conf->nroutes; i++) {
		const struct cti_route *route = &conf->routes[i];

		if (!route_fits(route->pattern, req->uri, &spans))
			continue;
		allow_add(out, size, route->method);
		if (strcmp(route->method, "GET") == 0)
			allow_add(out, size, "HEAD");
	}
}

const char *cti_http_param(const struct cti_http_req *req, size_t index)
{
	assert(index < req->nparams);
	return req->params[index];
}
