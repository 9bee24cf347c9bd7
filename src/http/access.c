/* SPDX-License-Identifier: Apache-2.0 */
/* http/access.c - which classes of route a request may use */
#include <string.h>
#include <strings.h>

#include "http/guard.h"

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

static bool host_is_local(const char *host)
{
	static const char *const built_in[] = {"localhost", "127.0.0.1",
					       "[::1]"};

	for (size_t i = 0; i < sizeof(built_in) / sizeof(*built_in); i++) {
		if (host_is(host, built_in[i]))
			return true;
	}
	return false;
}

bool cti_access_host(const struct cti_http *http, const char *host)
{
	if (host_is_local(host))
		return true;
	for (size_t i = 0; i < http->conf.nhosts; i++) {
		if (host_is(host, http->conf.hosts[i]))
			return true;
	}
	return false;
}

static bool site_is(const struct http_head *head, const char *site)
{
	const char *value = head->values[HEAD_SITE];

	return value && strcmp(value, site) == 0;
}

static bool origin_is_own(const struct cti_http_req *req,
			  const struct http_head *head)
{
	const struct cti_http_conf *conf = &req->http->conf;
	const char *origin = head->values[HEAD_ORIGIN];
	const char *scheme = conf->tls_cert_file ? "https://" : "http://";
	size_t len = strlen(scheme);

	for (size_t i = 0; i < conf->norigins; i++) {
		if (strcasecmp(origin, conf->origins[i]) == 0)
			return true;
	}
	return strncmp(origin, scheme, len) == 0 &&
	       strcasecmp(origin + len, head->values[HEAD_HOST]) == 0;
}

/* Takes the same time wherever the difference is. */
static bool secret_equal(const char *given, const char *secret)
{
	size_t given_len = strlen(given), len = strlen(secret);
	volatile unsigned char diff = given_len != len;

	for (size_t i = 0; i < len; i++)
		diff |= (unsigned char)((i < given_len ? given[i] : 0) ^
					secret[i]);
	return diff == 0;
}

/* --- classes --- */

typedef enum cti_code access_fn(const struct cti_http_req *req,
				const struct http_head *head,
				enum cti_http_refusal *whyp);

static enum cti_code refuse(enum cti_http_refusal *whyp,
			    enum cti_http_refusal why)
{
	*whyp = why;
	return CTI_ERR_REFUSED;
}

static enum cti_code check_document(const struct cti_http_req *req,
				    const struct http_head *head,
				    enum cti_http_refusal *whyp)
{
	(void)req; /* any page may lead here, nothing happens by it */
	(void)head;
	(void)whyp;
	return CTI_OK;
}

static enum cti_code check_asset(const struct cti_http_req *req,
				 const struct http_head *head,
				 enum cti_http_refusal *whyp)
{
	(void)req; /* Sec-Fetch-Site alone decides */
	if (!head->values[HEAD_SITE] || site_is(head, "same-origin") ||
	    site_is(head, "none"))
		return CTI_OK;
	return refuse(whyp, CTI_REFUSAL_PAGE);
}

static enum cti_code check_open(const struct cti_http_req *req,
				const struct http_head *head,
				enum cti_http_refusal *whyp)
{
	if (site_is(head, "same-site"))
		return CTI_OK;
	return check_asset(req, head, whyp);
}

static bool page_is_own(const struct cti_http_req *req,
			const struct http_head *head)
{
	if (head->values[HEAD_ORIGIN] && !origin_is_own(req, head))
		return false;
	return !head->values[HEAD_SITE] || site_is(head, "same-origin");
}

static enum cti_code check_token(const struct cti_http_req *req,
				 const struct http_head *head,
				 enum cti_http_refusal *whyp)
{
	if (!head->values[HEAD_SITE] || !page_is_own(req, head))
		return refuse(whyp, CTI_REFUSAL_PAGE);
	return CTI_OK;
}

/* RFC 6750, 2.1. */
static enum cti_code check_key(const struct cti_http_req *req,
			       const struct http_head *head,
			       enum cti_http_refusal *whyp)
{
	static const char scheme[] = "Bearer ";
	const char *given = head->values[HEAD_AUTHORIZATION];
	const char *key = req->http->conf.key;
	size_t len = sizeof(scheme) - 1;

	if (key && given && strncasecmp(given, scheme, len) == 0 &&
	    secret_equal(given + len + strspn(given + len, " "), key))
		return CTI_OK;
	*whyp = CTI_REFUSAL_KEY;
	return CTI_ERR_KEY_MISSING;
}

static enum cti_code check_program(const struct cti_http_req *req,
				   const struct http_head *head,
				   enum cti_http_refusal *whyp)
{
	if (req->http->conf.exposure == CTI_EXPOSURE_LOOPBACK)
		return CTI_OK; /* the peer is the proof */
	return check_key(req, head, whyp);
}

/* Browsers send Sec-Fetch-* only where nobody could listen in: to https and to
 * the names of this machine. Elsewhere a link or an image has no mark of theirs
 * at all; what is posted has an Origin everywhere. */
static bool browser_would_show(const struct cti_http_req *req,
			       const struct http_head *head)
{
	return strcmp(req->method, MHD_HTTP_METHOD_POST) == 0 ||
	       req->http->conf.tls_cert_file ||
	       host_is_local(head->values[HEAD_HOST]);
}

static enum cti_code check_machine(const struct cti_http_req *req,
				   const struct http_head *head,
				   enum cti_http_refusal *whyp)
{
	if (head->browser ||
	    (req->http->conf.exposure == CTI_EXPOSURE_LOOPBACK &&
	     !browser_would_show(req, head)))
		return refuse(whyp, CTI_REFUSAL_PAGE);
	return check_program(req, head, whyp);
}

static enum cti_code check_page(const struct cti_http_req *req,
				const struct http_head *head,
				enum cti_http_refusal *whyp)
{
	const char *token = head->values[HEAD_TOKEN];
	bool proved = head->values[HEAD_ORIGIN] || head->values[HEAD_SITE];

	if (!page_is_own(req, head))
		return refuse(whyp, CTI_REFUSAL_PAGE);
	if (token && secret_equal(token, req->http->conf.token))
		return CTI_OK;
	if (!proved)
		return refuse(whyp, CTI_REFUSAL_PAGE);
	*whyp = CTI_REFUSAL_TOKEN;
	return token ? CTI_ERR_TOKEN_STALE : CTI_ERR_TOKEN_MISSING;
}

static enum cti_code check_api(const struct cti_http_req *req,
			       const struct http_head *head,
			       enum cti_http_refusal *whyp)
{
	enum cti_code code;

	if (!head->browser)
		return check_program(req, head, whyp);
	code = check_page(req, head, whyp);
	if (code == CTI_OK && req->http->conf.exposure == CTI_EXPOSURE_NETWORK)
		code = check_key(req, head, whyp);
	return code;
}

static const struct {
	access_fn *check;
	bool pages; /* only pages need it, and a network has none */
	bool proof; /* who passes has shown who he is */
} classes[] = {
	[CTI_ROUTE_DOCUMENT] = {check_document, true, false},
	[CTI_ROUTE_ASSET] = {check_asset, true, false},
	[CTI_ROUTE_OPEN] = {check_open, false, false},
	[CTI_ROUTE_MACHINE] = {check_machine, false, true},
	[CTI_ROUTE_TOKEN] = {check_token, true, false},
	[CTI_ROUTE_API] = {check_api, false, true},
};

enum cti_code cti_access_check(const struct cti_http_req *req,
			       const struct http_head *head,
			       enum cti_route_class access,
			       enum cti_http_refusal *whyp)
{
	enum cti_code code;

	if (classes[access].pages &&
	    req->http->conf.exposure == CTI_EXPOSURE_NETWORK)
		return refuse(whyp, CTI_REFUSAL_EXPOSURE);
	code = classes[access].check(req, head, whyp);
	if (code == CTI_OK && classes[access].proof)
		cti_conn_trust(req->conn);
	return code;
}
