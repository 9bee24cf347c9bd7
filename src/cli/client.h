/* SPDX-License-Identifier: Apache-2.0 */
/* cli/client.h - asks one relay over HTTP, and waits for the answer */
#ifndef CLI_CLIENT_H
#define CLI_CLIENT_H

#include "cli/sse.h"
#include "cti/attr.h"
#include "cti/buf.h"
#include "cti/conf.h"
#include "cti/err.h"

struct cti_client;

/**
 * For the relay that this configuration describes: the first loopback address
 * of http.listen (else the first; that of all addresses becomes loopback),
 * https when http.tls_cert_file is set, that very certificate being the only
 * one trusted, and the key of programs when http.exposure asks for one. It is
 * read from http.api_key_file or beside the store, never made; when it cannot
 * be read, cti_client_trouble() says why and requests go without.
 * Nothing is sent yet. -ENOSYS: libcurl is missing; -EINVAL: no address.
 */
int cti_client_new(struct cti_client **clientp, const struct cti_conf *conf,
		   struct cti_err *err) CTI_NODISCARD;
void cti_client_destroy(struct cti_client *client);

/** Asks another relay; certificates of its https are checked by the system's
 * list and its name, and no key goes to it unless one is named after this. */
int cti_client_aim(struct cti_client *client, const char *url,
		   struct cti_err *err) CTI_NODISCARD;
/** The key in this file from now on; an error when it cannot be read. */
int cti_client_key(struct cti_client *client, const char *path,
		   struct cti_err *err) CTI_NODISCARD;
/** Certificates of this file are trusted, and no others. */
int cti_client_ca(struct cti_client *client, const char *path,
		  struct cti_err *err) CTI_NODISCARD;
/** "http://127.0.0.1:22550"; lent. */
const char *cti_client_url(const struct cti_client *client);
/** Why there is no key though one is needed; NULL = all is well. */
const char *cti_client_trouble(const struct cti_client *client);

/** What is asked; texts lent. */
struct cti_ask {
	const char *method; /* NULL = "GET" */
	const char *path;   /* with its query, "/api/v1/status" */
	const char *body;   /* JSON; NULL = none */
	const char *type;   /* of body; NULL = "application/json" */
	long timeout_ms;    /* 0 = 15 s */
};

/** Always begun by cti_answer_init and followed by cti_answer_fini. */
struct cti_answer {
	int status; /* of HTTP */
	struct cti_buf body;
};
void cti_answer_init(struct cti_answer *answer);
void cti_answer_fini(struct cti_answer *answer);

/**
 * Asks and waits; 0 whatever the status is. Redirects are not followed, no
 * proxy is used. -ECONNREFUSED: no relay there; -ECONNRESET: somebody is
 * there and closed without an answer; -ETIMEDOUT; -EPROTO: no HTTP, or https
 * that cannot be trusted; -EHOSTUNREACH: no such host. err is a sentence.
 */
int cti_client_ask(struct cti_client *client, const struct cti_ask *ask,
		   struct cti_answer *answer,
		   struct cti_err *err) CTI_NODISCARD;
/** The same for GET. */
int cti_client_get(struct cti_client *client, const char *path,
		   struct cti_answer *answer,
		   struct cti_err *err) CTI_NODISCARD;

/** A stream of Server-Sent Events; texts lent. */
struct cti_follow {
	const char *path;
	const char *last_event_id;  /* NULL = none */
	cti_sse_fn *on_event;	    /* not 0 stops */
	void (*on_open)(void *arg); /* the stream begins; NULL = nobody asks */
	void *arg;		    /* of both */
	struct cti_answer *refusal; /* NULL, or gets an answer that is none
				     * of 200; its body is a problem */
};

/**
 * Follows until on_event stops it (0) or the server ends it (-EPIPE; also
 * when nothing, not even a heartbeat, comes for 45 s). -EACCES: the answer
 * was not 200. Else as cti_client_ask.
 */
int cti_client_follow(struct cti_client *client,
		      const struct cti_follow *follow,
		      struct cti_err *err) CTI_NODISCARD;

/** Appends text as a part of a path or the value of a query. */
int cti_url_add(struct cti_buf *url, const char *text) CTI_NODISCARD;

#endif /* CLI_CLIENT_H */
