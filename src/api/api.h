/* SPDX-License-Identifier: Apache-2.0 */
/* api/api.h - the HTTP contract: routes, JSON of calls and events, streams */
#ifndef API_API_H
#define API_API_H

#include <stdbool.h>
#include <stddef.h>

#include "call/calls.h"
#include "cti/attr.h"
#include "http/http.h"

struct cti_api;
struct cti_conf;
struct cti_paired;

/** What the API speaks for; all lent until cti_api_destroy(). */
struct cti_api_parts {
	struct cti_loop *loop;
	struct cti_store *store;
	const struct cti_numbers *numbers;
	const struct cti_conf *conf;
	struct cti_paired *paired;
	char *token; /* the pages', CTI_TOKEN_SIZE bytes; a new one is written
		      * into it when a page is taken off the list */
};

int cti_api_new(struct cti_api **apip,
		const struct cti_api_parts *parts) CTI_NODISCARD;
/** What the core tells; lent by api. */
const struct cti_calls_host *cti_api_host(struct cti_api *api);
/** Before the first request. */
void cti_api_attach(struct cti_api *api, struct cti_calls *calls);
/** How the configuration was read again; lent for the call. */
struct cti_api_reload {
	const char *error; /* why the old one stays, a finding a line; NULL:
			    * this one counts */
	const char *waits; /* keys that wait for a restart, one a line */
	bool pages;	   /* who may be around a page is not who could */
};
/** After the configuration was read again: streams of agents that are no more
 * end, those of pages too if need be. */
void cti_api_reloaded(struct cti_api *api, const struct cti_api_reload *how);
/** Streams say bye and end; nothing waits any more. */
void cti_api_stop(struct cti_api *api);
void cti_api_destroy(struct cti_api *api);

/** Is /host.html, the stand-in for SAP's page, there? */
bool cti_api_host_page(const struct cti_conf *conf);

/** The route table; the argument of its handlers is the struct cti_api. */
const struct cti_route *cti_api_routes(size_t *np);
/** Those of the listener that stands for SAP's client adapter. */
const struct cti_route *cti_api_legacy_routes(size_t *np);

#endif /* API_API_H */
