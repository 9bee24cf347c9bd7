/* SPDX-License-Identifier: Apache-2.0 */
/* cli/sse.h - Server-Sent Events, from bytes to events; no I/O */
#ifndef CLI_SSE_H
#define CLI_SSE_H

#include <stdbool.h>

#include "cti/attr.h"
#include "cti/buf.h"

/** One event; texts lent. id: the last one seen, "" before any. Not 0 stops
 * the stream. */
typedef int cti_sse_fn(void *arg, const char *id, const char *name,
		       const char *data);

enum {
	CTI_SSE_ID = 64,
	CTI_SSE_NAME = 32,
	CTI_SSE_MAX = 8 * 1024 * 1024, /* bytes of one event */
};

struct cti_sse {
	cti_sse_fn *fn;
	void *arg;
	struct cti_buf line;
	struct cti_buf data;
	char id[CTI_SSE_ID];
	char name[CTI_SSE_NAME];
	bool cr; /* the byte before was a carriage return */
};

void cti_sse_init(struct cti_sse *sse, cti_sse_fn *fn, void *arg);
void cti_sse_fini(struct cti_sse *sse);
/** Any part of the stream. Not 0: what fn returned, -ENOBUFS or -ENOMEM. */
int cti_sse_feed(struct cti_sse *sse, const char *bytes,
		 size_t len) CTI_NODISCARD;

#endif /* CLI_SSE_H */
