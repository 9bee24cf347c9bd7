/* SPDX-License-Identifier: Apache-2.0 */
/* http/guard.h - the checks before a handler runs, and what they count */
#ifndef HTTP_GUARD_H
#define HTTP_GUARD_H

#include "http/internal.h"

/** The headers that the checks look at; none of them may come twice. */
enum head_field {
	HEAD_HOST,
	HEAD_CONTENT_LENGTH,
	HEAD_ORIGIN,
	HEAD_CONTENT_TYPE,
	HEAD_TOKEN,
	HEAD_AUTHORIZATION,
	HEAD_TRANSFER_ENCODING,
	HEAD_SITE,
	HEAD_FIELDS
};

struct http_head {
	const char *values[HEAD_FIELDS]; /* NULL = not there */
	bool browser;			 /* Origin or Sec-Fetch-* */
	uint64_t body_len;		 /* Content-Length */
};

/* grammar.c */
/** Reads the head of req; url and version are those of the access handler.
 * What libmicrohttpd lets through and we do not, in a word; NULL = nothing. */
const char *cti_grammar_read(struct http_head *head,
			     const struct cti_http_req *req, const char *url,
			     const char *version);

/* access.c */
/** May a request with this head use a route of this class? CTI_OK, or the
 * code of the refusal and its reason. */
enum cti_code cti_access_check(const struct cti_http_req *req,
			       const struct http_head *head,
			       enum cti_route_class access,
			       enum cti_http_refusal *whyp);
/** Is Host's value name or name:port of a name in the list? */
bool cti_access_host(const struct cti_http *http, const char *host);

/* route.c */
struct route_match {
	const struct cti_route *route; /* path and method fit; or NULL */
	const struct cti_route *path;  /* the first whose path fits; or NULL */
};
/** Matches the raw path (cut at '?'); fills req->params of route. */
struct route_match cti_route_find(struct cti_http_req *req);
/** Methods of all routes that fit the path, for Allow. */
void cti_route_allow(const struct cti_http_req *req, char *out, size_t size);

/* query.c */
/** Decodes req->query_text in place; -EINVAL: bad escape, control byte, not
 * UTF-8, no name, a name twice, too many. What machines send may be of any
 * script: only NUL is refused there, and of a name that ends in [] the first
 * value counts. */
int cti_query_parse(struct cti_http_req *req) CTI_NODISCARD;
/** The same for a body that is a form. */
int cti_form_parse(struct cti_http_req *req) CTI_NODISCARD;

/* guard.c */
/** Fills route, verdict, close, browser, xml, form. url and version are those
 * of the access handler. */
void cti_guard_check(struct cti_http_req *req, const char *url,
		     const char *version);
/** Counts a refusal; true: it is time to log one. */
bool cti_guard_refused(struct cti_http *http, enum cti_http_refusal why);

#endif /* HTTP_GUARD_H */
