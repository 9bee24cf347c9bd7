/* SPDX-License-Identifier: Apache-2.0 */
/* http/tls.h - certificate and key of https */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include "http/internal.h"

/** What libmicrohttpd reads while it starts. */
struct http_pems {
	struct cti_buf cert; /* empty: no https */
	struct cti_buf key;
	void *priorities;
};

/** Reads conf's files; pems is to be finished in any case. */
int cti_pems_init(struct http_pems *pems, const struct cti_http_conf *conf,
		  struct cti_err *err) CTI_NODISCARD;
/** Overwrites the key. */
void cti_pems_fini(struct http_pems *pems);

#endif /* HTTP_TLS_H */
