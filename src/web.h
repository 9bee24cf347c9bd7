/* SPDX-License-Identifier: Apache-2.0 */
/* web.h - the HTTP server as the configuration asks for it */
#ifndef WEB_H
#define WEB_H

#include "cti/attr.h"
#include "cti/secret.h"

struct cti_api;
struct cti_conf;
struct cti_http;
struct cti_loop;

/** All lent, key until cti_http_destroy(). */
struct cti_web_parts {
	struct cti_loop *loop;
	const struct cti_conf *conf;
	struct cti_api *api;
	const char *token;
	const char *store_path; /* the key lies beside it unless named */
	struct cti_secret *key; /* filled where the exposure needs one */
};

/** What can be said without a start: 0, or -errno after it was logged. */
int cti_web_check(const struct cti_conf *conf) CTI_NODISCARD;
/** The values that may change while it runs are those of conf from now on. */
int cti_web_reload(struct cti_http *http,
		   const struct cti_conf *conf) CTI_NODISCARD;
/** 0, or -errno after it was logged. */
int cti_web_start(struct cti_http **httpp,
		  const struct cti_web_parts *parts) CTI_NODISCARD;
/** The listener of http.legacy_listen; *httpp stays NULL where there is none.
 * Of this machine's own user only, whatever the exposure. */
int cti_web_legacy(struct cti_http **httpp,
		   const struct cti_web_parts *parts) CTI_NODISCARD;

#endif /* WEB_H */
