/* SPDX-License-Identifier: Apache-2.0 */
/* http/internal.h - what the files of this folder share */
#ifndef HTTP_INTERNAL_H
#define HTTP_INTERNAL_H

#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "http/http.h"
#include "http/peer.h"
#include "http/stats.h"

enum {
	HTTP_PARAMS_MAX = 4,	 /* {x} in one pattern */
	HTTP_QUERY_MAX = 32,	 /* names in one query and form */
	HTTP_HEADERS_MAX = 8192, /* bytes of a handler's own headers */
	HTTP_POOL = 24 * 1024,	 /* libmicrohttpd's memory a connection */
	HTTP_BLOCK = 4096,	 /* of a stream to a HTTP/1.0 client */
	HTTP_HEAD_MS = 5000,	 /* from the first byte to the last header */
	HTTP_BODY_MS = 5000,	 /* for the body */
	HTTP_IDLE_MS = 30000,	 /* from an answer to the next request */
	HTTP_SEND_MS = 30000,	 /* to take an answer that is no stream */
	HTTP_INACTIVE_S = 30,	 /* a client that does not read */
	HTTP_STOP_MS = 2000,	 /* for cti_http_stop() */
	HTTP_TICK_MS = 1000,	 /* how often deadlines are looked at */
	HTTP_BACKOFF_MS = 100,	 /* after accept() ran out of something */
	HTTP_SPARE = 16,	 /* connections over the limit, told so */
	HTTP_KEPT = 8,		 /* that only who proved himself may have */
	HTTP_ACCEPT_MAX = 16,	 /* connections accepted before one is read */
	HTTP_REFUSED_LOG_MS = 1000, /* refusals are logged once in this time */
};

/** One client socket, from accept to close. */
struct http_conn {
	struct http_conn *prev;
	struct http_conn *next;
	struct cti_http *http;
	struct cti_http_req *req; /* the one being read or answered */
	int64_t deadline_ms;	  /* for what the client owes us; 0 = nothing */
	int fd;			  /* libmicrohttpd's; only shut down here */
	bool over;		  /* came when the limit was reached */
	bool trusted;		  /* a request passed the check of the API */
	bool shut;		  /* its end is on its way */
	bool gone;		  /* the client hung up; seen once so far */
};

struct http_listener {
	struct cti_http *http;
	struct cti_poll *poll; /* NULL while accept() backs off */
	int fd;		       /* -1: address not available */
	uint16_t port;
};

struct cti_http {
	struct cti_loop *loop;
	struct cti_http_conf conf; /* hosts and origins are copies */
	struct MHD_Daemon *daemon;
	struct cti_poll *poll; /* libmicrohttpd's epoll fd */
	struct cti_timer *tick;
	struct cti_timer *backoff;
	struct cti_timer *stop_timer;
	struct http_listener *listeners; /* conf.nlisten of them */
	struct http_peer peer;
	struct http_net *nets;	 /* conf.npeers of them */
	struct http_conn *conns; /* newest first */
	unsigned nconns;
	unsigned ntrusted;
	uint64_t refused[CTI_REFUSALS];
	struct cti_http_answers *answers; /* conf.nroutes and one of them */
	int64_t refused_log_ms;
	void (*done)(void *arg);
	void *done_arg;
	bool admit_over;     /* the connection being added is over the limit */
	bool full;	     /* the limit was logged */
	bool refused_logged; /* refused_log_ms means something */
	bool running;	     /* in libmicrohttpd */
	bool resumed;	     /* since its last run */
	bool stopping;
	bool deferred; /* http_deferred() is on its way */
	bool dead;     /* destroyed; http_deferred() frees the rest */
};

enum req_state {
	REQ_HEAD,     /* the access handler has not run yet */
	REQ_BODY,     /* body bytes may come */
	REQ_RUNNING,  /* in the route's handler */
	REQ_WAITING,  /* suspended without an answer */
	REQ_ANSWERED, /* response made; perhaps not queued yet */
	REQ_SENDING,  /* response given to libmicrohttpd */
};

struct http_pair {
	const char *name;
	const char *value;
};

struct cti_http_req {
	struct cti_http *http;
	struct http_conn *conn;
	struct MHD_Connection *mhd;
	const char *method;
	const struct cti_route *route; /* NULL: verdict says why */
	const struct cti_route *asked; /* that was meant, refused or not */
	int64_t began_ms;
	enum req_state state;
	unsigned refs; /* libmicrohttpd's request and its stream response */
	int status;
	struct MHD_Response *response; /* made, not queued */
	struct cti_err verdict;	       /* what the guard found */
	struct cti_buf body;
	struct cti_buf headers; /* name NUL value NUL … */
	void *user;
	void (*fini)(void *user);
	cti_http_pull_fn *pull;
	void *pull_arg;
	bool asleep;  /* stream: suspended */
	bool woken;   /* stream: wake came while not suspended */
	bool ended;   /* libmicrohttpd is through with it */
	bool gone;    /* its client is not there any more */
	bool close;   /* answer at once and close: the body is not read */
	bool browser; /* Origin or Sec-Fetch-* is there */
	bool xml;
	bool form;
	size_t nparams;
	size_t nquery;
	const char *params[HTTP_PARAMS_MAX];
	struct http_pair query[HTTP_QUERY_MAX];
	size_t uri_len;
	char *query_text; /* behind '?' in uri; NULL = none */
	char uri[];	  /* as the client wrote it */
};

/* server.c */
/** Lets libmicrohttpd work until it has nothing at hand. */
void cti_http_run(struct cti_http *http);
/** Resumes a connection and sees to it that libmicrohttpd runs: without a
 * thread of its own, 0.9.75 tells nobody. */
void cti_http_resume(struct cti_http *http, struct MHD_Connection *mhd);

/* listen.c */
int cti_listeners_new(struct cti_http *http, const struct cti_http_conf *conf,
		      struct cti_err *err) CTI_NODISCARD;
void cti_listeners_close(struct cti_http *http);
/** After a back-off: watches them again. */
void cti_listeners_watch(void *http);

/* conn.c */
void cti_conn_notify(void *http, struct MHD_Connection *mhd, void **ctx,
		     enum MHD_ConnectionNotificationCode code);
/** Takes an accepted socket over, or closes it. */
void cti_conn_admit(struct cti_http *http, int fd,
		    const struct sockaddr_storage *addr, socklen_t addrlen);
/** The client owes us something within ms; 0 = nothing any more. */
void cti_conn_owes(struct http_conn *conn, int64_t ms);
/** The same, unless it is due sooner already. */
void cti_conn_hurry(struct http_conn *conn, int64_t ms);
void cti_conn_shut(struct http_conn *conn);
/** It is the client's turn: no request runs. */
bool cti_conn_idle(const struct http_conn *conn);
/** Shuts the oldest connection that can best be spared; false: none can. */
bool cti_conn_evict(struct cti_http *http);
void cti_conn_trust(struct http_conn *conn);
/** Ends those whose deadline is over, and what waits for nobody. */
void cti_conn_sweep(struct cti_http *http);

/* request.c: the callbacks of libmicrohttpd */
void *cti_request_uri(void *http, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result cti_request_access(void *http, struct MHD_Connection *mhd,
				   const char *url, const char *method,
				   const char *version, const char *data,
				   size_t *data_len, void **reqp);
void cti_request_completed(void *http, struct MHD_Connection *mhd, void **reqp,
			   enum MHD_RequestTerminationCode code);
/** Answers what is suspended without an answer, wakes what streams. */
void cti_request_stop(struct cti_http_req *req);
/** It is suspended: it waits, or streams and has nothing to send. */
bool cti_request_waits(const struct cti_http_req *req);
/** Ends one that waits: its client is gone. */
void cti_request_gone(struct cti_http_req *req);
void cti_request_unref(struct cti_http_req *req);

/* stats.c */
int cti_answers_new(struct cti_http *http) CTI_NODISCARD;
/** An answer begins. */
void cti_answers_count(const struct cti_http_req *req);

/* reply.c */
/** Gives the made response to libmicrohttpd. */
enum MHD_Result cti_reply_queue(struct cti_http_req *req);
/** Marks it answered with response, which may be NULL: then the connection is
 * closed. Resumes it if it waits. */
void cti_reply_set(struct cti_http_req *req, int status,
		   struct MHD_Response *response);
/** No answer was given yet. */
bool cti_reply_open(const struct cti_http_req *req);

#endif /* HTTP_INTERNAL_H */
