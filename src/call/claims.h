/* SPDX-License-Identifier: Apache-2.0 */
/* call/claims.h - which payloads SAP is still to get, and who posts them */
#ifndef CALL_CLAIMS_H
#define CALL_CLAIMS_H

#include "call/calls.h"

enum { CTI_LEASE_MS = 5000 };

struct cti_claim {
	int64_t event;
	const char *tab; /* 1 to 64 bytes */
};
/** CLAIM_HELD, _DONE, _ORDER, _STALE, EVENT_NOT_FOUND. */
int cti_calls_claim(struct cti_calls *calls, const struct cti_claim *claim,
		    const struct cti_reply *reply,
		    struct cti_err *err) CTI_NODISCARD;
/** By any tab; a repeat is fine. EVENT_NOT_FOUND. */
int cti_calls_ack(struct cti_calls *calls, const struct cti_claim *claim,
		  const struct cti_reply *reply,
		  struct cti_err *err) CTI_NODISCARD;
/** Ids of what is due (not acked, not stale), oldest first; unclaimed: only
 * those nobody holds. agent NULL = all. */
typedef int cti_due_fn(void *arg, int64_t event);
int cti_calls_due(struct cti_calls *calls, const char *agent, bool unclaimed,
		  cti_due_fn *fn, void *arg) CTI_NODISCARD;
/** What is due and was published while the store failed, as host.render()
 * made it; NULL: it is in the store, or not due. Lent until the next turn. */
const char *cti_calls_unstored(struct cti_calls *calls, int64_t event);

#endif /* CALL_CLAIMS_H */
