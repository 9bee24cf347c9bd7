/* SPDX-License-Identifier: Apache-2.0 */
/* reload.h - another configuration for what runs */
#ifndef RELOAD_H
#define RELOAD_H

#include "cti/attr.h"

struct cti_api;
struct cti_buf;
struct cti_calls;
struct cti_conf;
struct cti_http;
struct cti_numbers;
struct cti_store;

/** What a newer configuration reaches; all lent. */
struct cti_reload {
	struct cti_conf *conf; /* that everything reads */
	struct cti_numbers *numbers;
	struct cti_store *store;
	struct cti_calls *calls;
	struct cti_http *http;
	struct cti_api *api;
};

/**
 * What of fresh may change while it runs counts from now on, or nothing of it
 * does (-errno, after it was logged). fresh is taken over, and has passed
 * every check that can be made without a start.
 */
int cti_reload_take(const struct cti_reload *reload,
		    struct cti_conf *fresh) CTI_NODISCARD;
/** Nothing of it counts, for these reasons, one a line: they are logged. */
void cti_reload_refuse(const struct cti_reload *reload, const char *why);

#endif /* RELOAD_H */
