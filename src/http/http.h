/* SPDX-License-Identifier: Apache-2.0 */
/* http/http.h - requests in, answers out; libmicrohttpd stays in this folder */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/buf.h"
#include "cti/err.h"
#include "cti/secret.h"

struct cti_loop;
struct cti_http;     /* the server: sockets and one libmicrohttpd daemon */
struct cti_http_req; /* one request, from its head to its end */

/** What a route's class lets through (design: who may talk to it). */
enum cti_route_class {
	CTI_ROUTE_DOCUMENT, /* any Sec-Fetch-Site; no effect ever */
	CTI_ROUTE_ASSET,    /* same-origin or none */
	CTI_ROUTE_OPEN,	    /* not cross-site */
	CTI_ROUTE_MACHINE,  /* no browser at all, so by GET only where it would
			     * show itself; else as API; takes forms */
	CTI_ROUTE_TOKEN,    /* GET /api/v1/token: same-origin only, no token */
	CTI_ROUTE_API,	    /* own origin and the token, or no browser */
};

/** Who can reach it, and so what is asked of them (design: who may talk). */
enum cti_exposure {
	CTI_EXPOSURE_LOOPBACK,	/* this machine: programs need no key */
	CTI_EXPOSURE_CONTAINER, /* and its default gateway, and peers */
	CTI_EXPOSURE_NETWORK,	/* anybody (or peers): no pages, always a key */
};

/** Why somebody was refused, in the order of the checks. */
enum cti_http_refusal {
	CTI_REFUSAL_PEER,     /* closed before a byte was read */
	CTI_REFUSAL_GRAMMAR,  /* a head that two readers could read in two ways
			       */
	CTI_REFUSAL_HOST,     /* no Host, or not in the list */
	CTI_REFUSAL_OPTIONS,  /* preflights get no permission */
	CTI_REFUSAL_EXPOSURE, /* a page, where there are none */
	CTI_REFUSAL_PAGE,     /* Origin or Sec-Fetch-* of another page */
	CTI_REFUSAL_TOKEN,    /* our own page without the token of this start */
	CTI_REFUSAL_KEY,      /* a program without the key */
	CTI_REFUSAL_BUSY,     /* too many connections */
	CTI_REFUSALS
};

/**
 * Answers or takes the request: before it returns, or later, exactly one of
 * cti_http_reply(), _problem(), _reply_empty(), _reply_static() or _stream()
 * is called. A request that was not answered yet is suspended.
 */
typedef void cti_http_handler(void *arg, struct cti_http_req *req);

/** One row of the route table. */
struct cti_route {
	const char *method;  /* "GET" (answers HEAD too), "POST" … */
	const char *pattern; /* "/api/v1/calls/{id}/redial": {x} is one segment
			      * of 1 to 64 bytes [0-9A-Za-z._-] */
	enum cti_route_class access;
	cti_http_handler *handler;
	bool xml; /* also takes application/xml */
};

struct cti_http_conf {
	const char *const *listen; /* "127.0.0.1:22550", "[::1]:22550" */
	size_t nlisten;
	bool listen_named; /* listen was set by a person: IPv6 missing is
			    * then an error, else a warning */
	/** Listening sockets that came with the process (sd_listen_fds(3)), in
	 * place of listen; each must be loopback's. Taken over. */
	const int *inherited;
	size_t ninherited;
	const char *const *hosts; /* http.allowed_hosts, without the built-in */
	size_t nhosts;
	const char *const *origins; /* http.public_origins */
	size_t norigins;
	bool same_user; /* http.peer_check: only our own user's processes and
			 * root's; others are closed at once (loopback) */
	enum cti_exposure exposure;
	const char *const *peers; /* http.allowed_peers */
	size_t npeers;
	const char *key; /* of programs, lent; needed but for loopback */
	/** Both: https. PEM files, read by cti_http_new(). */
	const char *tls_cert_file;
	const char *tls_key_file;
	size_t max_body;
	unsigned max_connections; /* over it the longest idle one makes room,
				   * else 503 busy */
	const char *token;	  /* 64 hex digits, lent; may change */
	const struct cti_route *routes; /* lent */
	size_t nroutes;
	void *arg; /* of all handlers */
};

int cti_http_new(struct cti_http **httpp, struct cti_loop *loop,
		 const struct cti_http_conf *conf,
		 struct cti_err *err) CTI_NODISCARD;
/** What cti_http_new() would say of conf's peers, certificate and key. */
int cti_http_check(const struct cti_http_conf *conf,
		   struct cti_err *err) CTI_NODISCARD;
/** Takes over what may change while it runs: hosts, origins, max_body. On
 * -ENOMEM all is as before. */
int cti_http_reload(struct cti_http *http,
		    const struct cti_http_conf *conf) CTI_NODISCARD;
/** The port of listening socket index, when conf said 0. */
uint16_t cti_http_port(const struct cti_http *http, size_t index);
/** Closes the listening sockets and resumes everything suspended: streams end
 * after what their source still gives, waiting requests get 503 stopping.
 * done runs when no connection is left (at the latest after 2 s). A request
 * that waits then ends by itself, as it does when its client is gone: its fini
 * says so. */
void cti_http_stop(struct cti_http *http, void (*done)(void *arg), void *arg);
/** After done. */
void cti_http_destroy(struct cti_http *http);
/** Refusals up to the origin check, since start. */
uint64_t cti_http_refused(const struct cti_http *http);
/** Refusals for this reason, since start. */
uint64_t cti_http_refusals(const struct cti_http *http,
			   enum cti_http_refusal why);
/** "peer", "grammar" …: one word, stable. */
const char *cti_http_refusal_word(enum cti_http_refusal why);
unsigned cti_http_connections(const struct cti_http *http);
/** Most streams and long polls at one time, so that room stays to dial. */
unsigned cti_http_streams_max(const struct cti_http *http);
/** Where the key of programs is: set, else (NULL, "") beside the store.
 * -ENAMETOOLONG. */
int cti_http_key_path(char *out, size_t size, const char *set,
		      const char *store_path) CTI_NODISCARD;
/** The key of path; made there with mode 0600 when there is none. 0, or
 * -errno with a sentence in err. */
int cti_http_key_load(struct cti_secret *key, const char *path,
		      struct cti_err *err) CTI_NODISCARD;

/* --- a request; texts are lent until its end --- */
const struct cti_http *cti_http_server(const struct cti_http_req *req);
const char *cti_http_method(const struct cti_http_req *req);
/** Value of {x} number index of the pattern. */
const char *cti_http_param(const struct cti_http_req *req, size_t index);
/** Decoded value of the query, or of a body that is a form; NULL when absent;
 * "" when empty. A name given twice is refused before the handler runs. On a
 * machine's route it may be no UTF-8 and hold control characters. */
const char *cti_http_query(const struct cti_http_req *req, const char *name);
/** Name number index of them; NULL: there are no more. */
const char *cti_http_query_at(const struct cti_http_req *req, size_t index);
const char *cti_http_header(const struct cti_http_req *req, const char *name);
const char *cti_http_body(const struct cti_http_req *req, size_t *lenp);
/** The body is application/xml (only where the route allows it). */
bool cti_http_is_xml(const struct cti_http_req *req);
/** The body is a form (only where the route is a machine's). */
bool cti_http_is_form(const struct cti_http_req *req);
/** Something a browser sends is there (Origin or Sec-Fetch-*). */
bool cti_http_from_browser(const struct cti_http_req *req);
/** A pointer of the handler's own, and who frees it when the request ends. */
void cti_http_set_user(struct cti_http_req *req, void *user,
		       void (*fini)(void *user));
void *cti_http_user(const struct cti_http_req *req);

/* --- answers: the first one counts, later ones are ignored --- */
/** A header for the answer, before it is given; text is copied. CR, LF or
 * memory: dropped and logged. */
void cti_http_add_header(struct cti_http_req *req, const char *name,
			 const char *value);
/** status 2xx; body is taken over from buf (which is empty after); type e.g.
 * "application/json". */
void cti_http_reply(struct cti_http_req *req, int status, const char *type,
		    struct cti_buf *body);
/** 204. */
void cti_http_reply_empty(struct cti_http_req *req);
/** 200 with bytes that live for ever (assets). */
void cti_http_reply_static(struct cti_http_req *req, const char *type,
			   const void *data, size_t len);
/** problem+json from the table in cti/err.h; adds Retry-After when set. */
void cti_http_problem(struct cti_http_req *req, const struct cti_err *err);
/** The same with further members: those of more, a JSON object; NULL = none. */
void cti_http_problem_more(struct cti_http_req *req, const struct cti_err *err,
			   const char *more);

/**
 * A stream (SSE). pull is called on the loop thread when the client can take
 * bytes: it writes up to max bytes to out and returns how many; 0 = nothing
 * now (suspended until cti_http_wake()); < 0 = end of the stream. Called at
 * least once after each wake.
 */
typedef long cti_http_pull_fn(void *arg, char *out, size_t max);
void cti_http_stream(struct cti_http_req *req, const char *type,
		     cti_http_pull_fn *pull, void *arg);
/** There is something to pull. Harmless when not suspended. */
void cti_http_wake(struct cti_http_req *req);

#endif /* HTTP_HTTP_H */
