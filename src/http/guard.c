/* SPDX-License-Identifier: Apache-2.0 */
/* http/guard.c - who may talk to it: the checks before a handler runs */
#include "http/guard.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "cti/log.h"
#include "cti/loop.h"

static const struct {
	const char *word;
	const char *reason; /* for the log */
} refusals[CTI_REFUSALS] = {
	[CTI_REFUSAL_PEER] = {"peer", "not let in"},
	[CTI_REFUSAL_GRAMMAR] = {"grammar", "odd grammar"},
	[CTI_REFUSAL_HOST] = {"host", "Host not in the list"},
	[CTI_REFUSAL_OPTIONS] = {"options", "OPTIONS"},
	[CTI_REFUSAL_EXPOSURE] = {"exposure", "no pages in a network"},
	[CTI_REFUSAL_PAGE] = {"page", "not our own page"},
	[CTI_REFUSAL_TOKEN] = {"token", "no token of this start"},
	[CTI_REFUSAL_KEY] = {"key", "no key"},
	[CTI_REFUSAL_BUSY] = {"busy", "too many connections"},
};

const char *cti_http_refusal_word(enum cti_http_refusal why)
{
	return refusals[why].word;
}

uint64_t cti_http_refusals(const struct cti_http *http,
			   enum cti_http_refusal why)
{
	return http->refused[why];
}

uint64_t cti_http_refused(const struct cti_http *http)
{
	uint64_t sum = 0;

	for (int why = 0; why <= (int)CTI_REFUSAL_PAGE; why++)
		sum += http->refused[why];
	return sum;
}

bool cti_guard_refused(struct cti_http *http, enum cti_http_refusal why)
{
	int64_t now = cti_loop_mono_ms(http->loop);
	bool quiet = http->refused_logged &&
		     now - http->refused_log_ms < HTTP_REFUSED_LOG_MS;

	http->refused[why]++;
	if (quiet)
		return false;
	http->refused_logged = true;
	http->refused_log_ms = now;
	return true;
}

/* --- what only says so --- */

static void get_nothing(void *arg, struct cti_http_req *req)
{
	static const char text[] =
		"patchcord is set up for programs in a network "
		"(http.exposure = network).\n"
		"It shows no pages. Its API needs the key of "
		"http.api_key_file.\n";

	(void)arg; /* nothing of the relay shows */
	cti_http_reply_static(req, "text/plain; charset=utf-8", text,
			      sizeof(text) - 1);
}

static const struct cti_route network_root = {
	"GET", "/", CTI_ROUTE_DOCUMENT, get_nothing, false,
};

static bool is_network_root(const struct cti_http_req *req,
			    const struct cti_route *route)
{
	return route && req->http->conf.exposure == CTI_EXPOSURE_NETWORK &&
	       strcmp(route->method, network_root.method) == 0 &&
	       strcmp(route->pattern, network_root.pattern) == 0;
}

/* --- body --- */

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

static void check_body(struct cti_http_req *req, const struct http_head *head)
{
	const struct cti_route *route = req->route;
	const char *type = head->values[HEAD_CONTENT_TYPE];

	if (head->body_len > req->http->conf.max_body) {
		(void)cti_err_set(&req->verdict, EMSGSIZE,
				  CTI_ERR_BODY_TOO_LARGE,
				  "The body has more than %zu bytes.",
				  req->http->conf.max_body);
		return;
	}
	req->xml = route->xml && type_is(type, "application/xml");
	req->form = route->access == CTI_ROUTE_MACHINE &&
		    type_is(type, "application/x-www-form-urlencoded");
	if (head->body_len && strcmp(route->method, "GET") != 0 && !req->xml &&
	    !req->form && !type_is(type, "application/json"))
		(void)cti_err_set(&req->verdict, EINVAL, CTI_ERR_NOT_JSON,
				  "The body has the wrong Content-Type.");
}

/* --- verdicts --- */

static void guard_refuse(struct cti_http_req *req, enum cti_http_refusal why,
			 const char *detail)
{
	(void)cti_err_set(&req->verdict, EACCES, CTI_ERR_REFUSED,
			  "This request is not allowed here.");
	if (cti_guard_refused(req->http, why))
		/* a query may hold a caller's name */
		log_warn("http: refused %s %.*s: %s%s%s", req->method,
			 (int)strcspn(req->uri, "?"), req->uri,
			 refusals[why].reason, detail ? ": " : "",
			 detail ? detail : "");
}

/* Who is told more than that he is refused. */
static void guard_unproved(struct cti_http_req *req, enum cti_code code,
			   enum cti_http_refusal why)
{
	const char *text = "The page sent no token.";

	if (code == CTI_ERR_TOKEN_STALE)
		text = "The page is from before a restart.";
	if (code == CTI_ERR_KEY_MISSING) {
		text = "The key is missing or not the right one.";
		cti_http_add_header(req, MHD_HTTP_HEADER_WWW_AUTHENTICATE,
				    "Bearer");
	}
	(void)cti_err_set(&req->verdict, EACCES, code, "%s", text);
	if (cti_guard_refused(req->http, why))
		log_info("http: refused %s %s: %s", req->method, req->uri,
			 refusals[why].reason);
}

static const char *host_detail(const struct http_head *head)
{
	return head->values[HEAD_HOST] ? head->values[HEAD_HOST] : "none";
}

/* The checks of the request as a whole; false: refused. */
static bool check_head(struct cti_http_req *req, const struct http_head *head)
{
	const char *host = head->values[HEAD_HOST];

	if (!host || !cti_access_host(req->http, host))
		guard_refuse(req, CTI_REFUSAL_HOST, host_detail(head));
	else if (strcmp(req->method, MHD_HTTP_METHOD_OPTIONS) == 0)
		guard_refuse(req, CTI_REFUSAL_OPTIONS, NULL);
	else
		return true;
	return false;
}

static void guard_allow(struct cti_http_req *req)
{
	char allow[64];

	cti_route_allow(req, allow, sizeof(allow));
	cti_http_add_header(req, MHD_HTTP_HEADER_ALLOW, allow);
}

/* What no row of the table fits is checked like the API. */
static void check_route(struct cti_http_req *req, const struct http_head *head,
			const struct route_match *match)
{
	enum cti_http_refusal why = CTI_REFUSAL_PAGE;
	enum cti_route_class class =
		match->path ? match->path->access : CTI_ROUTE_API;

	if (match->route)
		class = match->route->access;
	if (is_network_root(req, match->route)) {
		req->route = &network_root;
		return;
	}
	enum cti_code code = cti_access_check(req, head, class, &why);
	if (code == CTI_ERR_REFUSED)
		guard_refuse(req, why, NULL);
	else if (code != CTI_OK)
		guard_unproved(req, code, why);
	else if (!match->path)
		(void)cti_err_set(&req->verdict, ENOENT, CTI_ERR_NOT_FOUND,
				  "There is nothing at this path.");
	else if (!match->route) {
		(void)cti_err_set(&req->verdict, EINVAL, CTI_ERR_BAD_METHOD,
				  "This path does not take this method.");
		guard_allow(req);
	} else
		req->route = match->route;
}

void cti_guard_check(struct cti_http_req *req, const char *url,
		     const char *version)
{
	struct http_head head;
	const char *fault = cti_grammar_read(&head, req, url, version);

	req->browser = head.browser;
	req->close = fault || head.body_len > req->http->conf.max_body;
	if (fault) {
		guard_refuse(req, CTI_REFUSAL_GRAMMAR, fault);
		return;
	}
	if (!check_head(req, &head)) {
		req->close = true; /* no more of that one's requests */
		return;
	}
	req->query_text = strchr(req->uri, '?');
	if (req->query_text)
		*req->query_text++ = '\0';
	struct route_match match = cti_route_find(req);
	req->asked = match.route;
	check_route(req, &head, &match);
	if (!req->route)
		return;
	check_body(req, &head);
	if (req->verdict.code == CTI_OK && cti_query_parse(req))
		(void)cti_err_set(&req->verdict, EINVAL, CTI_ERR_BAD_REQUEST,
				  "The query cannot be read.");
}
