/* SPDX-License-Identifier: Apache-2.0 */
/* http/guard.c - who may talk to it: the checks before a handler runs */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cti/log.h"
#include "cti/loop.h"
#include "http/internal.h"

/* The headers the checks look at. */
enum field {
	FIELD_HOST,
	FIELD_CONTENT_LENGTH,
	FIELD_ORIGIN,
	FIELD_CONTENT_TYPE,
	FIELD_TOKEN,
	FIELD_TRANSFER_ENCODING,
	FIELD_SITE,
	FIELD_MAX
};

static const char *const field_names[FIELD_MAX] = {
	[FIELD_HOST] = MHD_HTTP_HEADER_HOST,
	[FIELD_CONTENT_LENGTH] = MHD_HTTP_HEADER_CONTENT_LENGTH,
	[FIELD_ORIGIN] = MHD_HTTP_HEADER_ORIGIN,
	[FIELD_CONTENT_TYPE] = MHD_HTTP_HEADER_CONTENT_TYPE,
	[FIELD_TOKEN] = "X-CTI-Token",
	[FIELD_TRANSFER_ENCODING] = MHD_HTTP_HEADER_TRANSFER_ENCODING,
	[FIELD_SITE] = "Sec-Fetch-Site",
};

struct head {
	const char *values[FIELD_MAX];
	bool doubled; /* one of them twice */
	bool odd;     /* a name that is no token: what a proxy reads as one */
	bool browser; /* Origin or Sec-Fetch-* */
};

/* RFC 9110, 5.6.2. */
static bool name_valid(const char *name)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz";

	return *name && !name[strspn(name, token)];
}

static enum MHD_Result head_field(void *arg, enum MHD_ValueKind kind,
				  const char *name, const char *value)
{
	static const char fetch[] = "Sec-Fetch-";
	struct head *head = arg;

	(void)kind; /* only headers are asked for */
	if (!name_valid(name))
		head->odd = true;
	if (strncasecmp(name, fetch, sizeof(fetch) - 1) == 0)
		head->browser = true;
	for (size_t i = 0; i < FIELD_MAX; i++) {
		if (strcasecmp(name, field_names[i]) != 0)
			continue;
		if (head->values[i])
			head->doubled = true;
		head->values[i] = value ? value : "";
		break;
	}
	return MHD_YES;
}

static void head_read(struct head *head, struct MHD_Connection *mhd)
{
	memset(head, 0, sizeof(*head));
	/* The count is no matter. */
	(void)MHD_get_connection_values(mhd, MHD_HEADER_KIND, head_field, head);
	if (head->values[FIELD_ORIGIN])
		head->browser = true;
}

/* ":" and a port from 1 to 65535, or nothing. */
static bool port_valid(const char *text)
{
	unsigned port = 0;

	if (!*text)
		return true;
	if (*text++ != ':' || strlen(text) > 5)
		return false;
	for (; *text >= '0' && *text <= '9'; text++)
		port = port * 10 + (unsigned)(*text - '0');
	return !*text && port >= 1 && port <= 65535;
}

static bool host_is(const char *host, const char *name)
{
	size_t len = strlen(name);

	return strncasecmp(host, name, len) == 0 && port_valid(host + len);
}

bool cti_guard_host(const struct cti_http *http, const char *host)
{
	static const char *const built_in[] = {"localhost", "127.0.0.1",
					       "[::1]"};

	for (size_t i = 0; i < sizeof(built_in) / sizeof(*built_in); i++) {
		if (host_is(host, built_in[i]))
			return true;
	}
	for (size_t i = 0; i < http->conf.nhosts; i++) {
		if (host_is(host, http->conf.hosts[i]))
			return true;
	}
	return false;
}

/* libmicrohttpd hands out the path as a C text: a NUL in it shows only by the
 * distance to the version, which stands one byte behind it. */
static bool uri_has_nul(const struct cti_http_req *req, const char *url,
			const char *version)
{
	return (uintptr_t)version - (uintptr_t)url != req->uri_len + 1;
}

static bool uri_is_odd(const struct cti_http_req *req)
{
	for (const char *at = req->uri; *at; at++) {
		if (*at < 0x21 || *at > 0x7e)
			return true;
	}
	return req->uri[0] != '/' || strstr(req->uri, "%00");
}

/* What libmicrohttpd lets through and we do not; NULL = nothing. */
static const char *grammar_fault(const struct cti_http_req *req,
				 const struct head *head, const char *url,
				 const char *version)
{
	if (head->doubled)
		return "header given twice";
	if (head->odd)
		return "header name";
	if (uri_has_nul(req, url, version))
		return "NUL byte";
	if (head->values[FIELD_TRANSFER_ENCODING])
		return "Transfer-Encoding";
	if (uri_is_odd(req))
		return "path";
	return NULL;
}

static const char *host_fault(const struct cti_http_req *req,
			      const struct head *head)
{
	if (!head->values[FIELD_HOST])
		return "no Host";
	if (!cti_guard_host(req->http, head->values[FIELD_HOST]))
		return "Host not in the list";
	return strcmp(req->method, MHD_HTTP_METHOD_OPTIONS) == 0 ? "OPTIONS"
								 : NULL;
}

static bool site_is(const struct head *head, const char *site)
{
	const char *value = head->values[FIELD_SITE];

	return value && strcmp(value, site) == 0;
}

static bool origin_is_own(const struct cti_http_req *req,
			  const struct head *head)
{
	static const char scheme[] = "http://";
	const char *origin = head->values[FIELD_ORIGIN];
	const struct cti_http_conf *conf = &req->http->conf;

	for (size_t i = 0; i < conf->norigins; i++) {
		if (strcasecmp(origin, conf->origins[i]) == 0)
			return true;
	}
	return strncmp(origin, scheme, sizeof(scheme) - 1) == 0 &&
	       strcasecmp(origin + sizeof(scheme) - 1,
			  head->values[FIELD_HOST]) == 0;
}

/* Takes the same time wherever the difference is. */
static bool token_equal(const char *given, const char *token)
{
	size_t len = strlen(token);
	volatile unsigned char diff = 0;

	if (strlen(given) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		diff |= (unsigned char)(given[i] ^ token[i]);
	return diff == 0;
}

static enum cti_code check_document(const struct cti_http_req *req,
				    const struct head *head)
{
	(void)req; /* any page may lead here, nothing happens by it */
	(void)head;
	return CTI_OK;
}

static enum cti_code check_asset(const struct cti_http_req *req,
				 const struct head *head)
{
	(void)req; /* Sec-Fetch-Site alone decides */
	if (!head->values[FIELD_SITE] || site_is(head, "same-origin") ||
	    site_is(head, "none"))
		return CTI_OK;
	return CTI_ERR_REFUSED;
}

static enum cti_code check_open(const struct cti_http_req *req,
				const struct head *head)
{
	if (site_is(head, "same-site"))
		return CTI_OK;
	return check_asset(req, head);
}

static bool page_is_own(const struct cti_http_req *req, const struct head *head)
{
	if (head->values[FIELD_ORIGIN] && !origin_is_own(req, head))
		return false;
	return !head->values[FIELD_SITE] || site_is(head, "same-origin");
}

static enum cti_code check_token(const struct cti_http_req *req,
				 const struct head *head)
{
	if (!head->values[FIELD_SITE] || !page_is_own(req, head))
		return CTI_ERR_REFUSED;
	return CTI_OK;
}

static enum cti_code check_api(const struct cti_http_req *req,
			       const struct head *head)
{
	const char *token = head->values[FIELD_TOKEN];
	bool proved = head->values[FIELD_ORIGIN] || head->values[FIELD_SITE];

	if (!head->browser)
		return CTI_OK;
	if (!page_is_own(req, head))
		return CTI_ERR_REFUSED;
	if (token && token_equal(token, req->http->conf.token))
		return CTI_OK;
	if (!proved)
		return CTI_ERR_REFUSED;
	return token ? CTI_ERR_TOKEN_STALE : CTI_ERR_TOKEN_MISSING;
}

static enum cti_code (*const class_checks[])(const struct cti_http_req *req,
					     const struct head *head) = {
	[CTI_ROUTE_DOCUMENT] = check_document, [CTI_ROUTE_ASSET] = check_asset,
	[CTI_ROUTE_OPEN] = check_open,	       [CTI_ROUTE_TOKEN] = check_token,
	[CTI_ROUTE_API] = check_api,
};

/* Media type without parameters. */
static bool type_is(const char *value, const char *type)
{
	size_t len = strlen(type);

	if (!value || strncasecmp(value, type, len) != 0)
		return false;
	value += len;
	value += strspn(value, " \t");
	return *value == '\0' || *value == ';';
}

static void check_body(struct cti_http_req *req, const struct head *head,
		       uint64_t body_len)
{
	const char *type = head->values[FIELD_CONTENT_TYPE];

	if (body_len > req->http->conf.max_body) {
		(void)cti_err_set(&req->verdict, EMSGSIZE,
				  CTI_ERR_BODY_TOO_LARGE,
				  "The body has more than %zu bytes.",
				  req->http->conf.max_body);
		return;
	}
	req->xml = req->route->xml && type_is(type, "application/xml");
	if (body_len && strcmp(req->route->method, "GET") != 0 && !req->xml &&
	    !type_is(type, "application/json"))
		(void)cti_err_set(&req->verdict, EINVAL, CTI_ERR_NOT_JSON,
				  "The body has the wrong Content-Type.");
}

bool cti_guard_refused(struct cti_http *http)
{
	int64_t now = cti_loop_mono_ms(http->loop);

	http->refused++;
	if (http->refused > 1 &&
	    now - http->refused_log_ms < HTTP_REFUSED_LOG_MS)
		return false;
	http->refused_log_ms = now;
	return true;
}

static void guard_refuse(struct cti_http_req *req, const char *reason)
{
	(void)cti_err_set(&req->verdict, EACCES, CTI_ERR_REFUSED,
			  "This request is not allowed here.");
	if (!cti_guard_refused(req->http))
		return;
	log_warn("http: refused %s %s: %s", req->method, req->uri, reason);
}

static void guard_token(struct cti_http_req *req, enum cti_code code)
{
	(void)cti_err_set(&req->verdict, EACCES, code,
			  code == CTI_ERR_TOKEN_STALE
				  ? "The page is from before a restart."
				  : "The page sent no token.");
}

static void check_route(struct cti_http_req *req, const struct head *head,
			const struct route_match *match)
{
	enum cti_route_class class =
		match->path ? match->path->access : CTI_ROUTE_API;

	if (match->route)
		class = match->route->access;
	enum cti_code code = class_checks[class](req, head);
	if (code == CTI_ERR_REFUSED)
		guard_refuse(req, "not our own page");
	else if (code != CTI_OK)
		guard_token(req, code);
	else if (!match->path)
		(void)cti_err_set(&req->verdict, ENOENT, CTI_ERR_NOT_FOUND,
				  "There is nothing at this path.");
	else if (!match->route)
		(void)cti_err_set(&req->verdict, EINVAL, CTI_ERR_BAD_METHOD,
				  "This path does not take this method.");
	else
		req->route = match->route;
}

static void guard_allow(struct cti_http_req *req)
{
	char allow[64];

	cti_route_allow(req, allow, sizeof(allow));
	cti_http_add_header(req, MHD_HTTP_HEADER_ALLOW, allow);
}

void cti_guard_check(struct cti_http_req *req, const char *url,
		     const char *version)
{
	struct head head;

	head_read(&head, req->mhd);
	const char *length = head.values[FIELD_CONTENT_LENGTH];
	uint64_t body_len = length ? strtoull(length, NULL, 10) : 0;
	const char *fault = grammar_fault(req, &head, url, version);
	req->browser = head.browser;
	req->close = fault || body_len > req->http->conf.max_body;
	if (!fault)
		fault = host_fault(req, &head);
	if (fault) {
		guard_refuse(req, fault);
		return;
	}
	req->query_text = strchr(req->uri, '?');
	if (req->query_text)
		*req->query_text++ = '\0';
	struct route_match match = cti_route_find(req);
	check_route(req, &head, &match);
	if (req->verdict.code == CTI_ERR_BAD_METHOD)
		guard_allow(req);
	if (!req->route)
		return;
	check_body(req, &head, body_len);
	if (req->verdict.code == CTI_OK && cti_query_parse(req))
		(void)cti_err_set(&req->verdict, EINVAL, CTI_ERR_BAD_REQUEST,
				  "The query cannot be read.");
}
