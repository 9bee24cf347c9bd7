/* SPDX-License-Identifier: Apache-2.0 */
/* cti/err.h - what went wrong, in a stable code and a sentence for people */
#ifndef CTI_ERR_H
#define CTI_ERR_H

#include "cti/attr.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Everything the API can refuse with. The slug (`bad_number`), the HTTP
 * status, the title and the `fix` of each stand in one table,
 * src/base/problem.c; the detail is made where the fact is known.
 */
enum cti_code {
	CTI_OK,
	CTI_ERR_BAD_JSON,	   /* 400 bad_json */
	CTI_ERR_BAD_REQUEST,	   /* 400 bad_request: query, field or value */
	CTI_ERR_AGENT_REQUIRED,	   /* 400 agent_required */
	CTI_ERR_TOKEN_MISSING,	   /* 401 token_missing */
	CTI_ERR_TOKEN_STALE,	   /* 401 token_stale */
	CTI_ERR_KEY_MISSING,	   /* 401 key_missing */
	CTI_ERR_REFUSED,	   /* 403 refused: Host, grammar, origin */
	CTI_ERR_NUMBER_BLOCKED,	   /* 403 number_blocked */
	CTI_ERR_AGENT_UNKNOWN,	   /* 403 agent_unknown */
	CTI_ERR_ORIGIN_BLOCKED,	   /* 403 origin_blocked */
	CTI_ERR_NOT_FOUND,	   /* 404 not_found: no such path */
	CTI_ERR_CALL_NOT_FOUND,	   /* 404 call_not_found */
	CTI_ERR_EVENT_NOT_FOUND,   /* 404 event_not_found */
	CTI_ERR_PAIRING_NOT_FOUND, /* 404 pairing_not_found */
	CTI_ERR_BAD_METHOD,	   /* 405 bad_method */
	CTI_ERR_AGENT_BUSY,	   /* 409 agent_busy */
	CTI_ERR_WRONG_STATE,	   /* 409 wrong_state */
	CTI_ERR_REF_REUSED,	   /* 409 ref_reused */
	CTI_ERR_PAIRINGS_FULL,	   /* 409 pairings_full */
	CTI_ERR_CLAIM_HELD,	   /* 409 claim_held */
	CTI_ERR_CLAIM_DONE,	   /* 409 claim_done */
	CTI_ERR_CLAIM_ORDER,	   /* 409 claim_order */
	CTI_ERR_CLAIM_STALE,	   /* 410 claim_stale */
	CTI_ERR_BODY_TOO_LARGE,	   /* 413 body_too_large */
	CTI_ERR_NOT_JSON,	   /* 415 not_json */
	CTI_ERR_BAD_NUMBER,	   /* 422 bad_number */
	CTI_ERR_BAD_ORIGIN,	   /* 422 bad_origin */
	CTI_ERR_REGION_MISSING,	   /* 422 region_missing */
	CTI_ERR_KEY_REUSED,	   /* 422 key_reused */
	CTI_ERR_RATE_LIMITED,	   /* 429 rate_limited */
	CTI_ERR_INTERNAL,	   /* 500 internal */
	CTI_ERR_NOT_SUPPORTED,	   /* 501 not_supported */
	CTI_ERR_SWITCH_DOWN,	   /* 503 switch_down */
	CTI_ERR_DIAL_FAILED,	   /* 503 dial_failed */
	CTI_ERR_STORE_FULL,	   /* 503 store_full */
	CTI_ERR_STOPPING,	   /* 503 stopping */
	CTI_ERR_BUSY,		   /* 503 busy: too many connections/streams */
	CTI_ERR_DIALS_PAUSED,	   /* 429 dials_paused */
	CTI_ERR_MAX		   /* the journal keeps them: only append */
};

/** Filled by the function that fails, at a boundary; pure data. */
struct cti_err {
	enum cti_code code;
	int retry_after_s; /* 0, or what Retry-After says */
	char text[160]; /* one sentence for people, UTF-8, no number in full */
};

/**
 * Fills *err (NULL is allowed) and returns -errno_value, so that a guard
 * clause is one line: return cti_err_set(err, EINVAL, CTI_ERR_…, "…", …);
 */
int cti_err_set(struct cti_err *err, int errno_value, enum cti_code code,
		const char *fmt, ...) CTI_PRINTF(4, 5);

/** One row of the table of refusals; constant. */
struct cti_problem {
	const char *slug;  /* stable, `code` of the answer */
	int status;	   /* HTTP status */
	const char *title; /* short, the same for each code */
	const char *fix;   /* what to do next, one sentence */
};

/** The row of `code`; never NULL (unknown codes get that of INTERNAL). */
const struct cti_problem *cti_problem_find(enum cti_code code);

#ifdef __cplusplus
}
#endif
#endif /* CTI_ERR_H */
