/* SPDX-License-Identifier: Apache-2.0 */
/* api/compat.h - reports in the words of other programs */
#ifndef API_COMPAT_H
#define API_COMPAT_H

#include <stdbool.h>
#include <stddef.h>

#include "api/priv.h"

enum {
	SAID_MAX = 16,	  /* texts kept of one report */
	SAID_BYTES = 256, /* of one, with its NUL */
};

/**
 * A report: names and values from the query, a form, or a flat JSON object
 * (also under "payload"). Numbers in JSON count as their digits.
 */
struct told {
	struct cti_http_req *req;
	const struct cti_json_value *root; /* NULL: no JSON */
};

/** The value as it was sent; NULL: not there or empty. */
const char *told_raw(const struct told *told, const char *name);

/** What the reports make: lent texts stay here, cleaned. */
struct report {
	struct cti_push push;
	bool ignored; /* nothing that concerns a call of the agent's phone */
	size_t nsaid;
	char said[SAID_MAX][SAID_BYTES];
};

/** The value, as UTF-8 without control characters; *outp NULL: not said.
 * BAD_REQUEST when it is longer than SAID_BYTES - 1. */
int told_text(struct report *report, const struct told *told, const char **outp,
	      const char *name, struct cti_err *err) CTI_NODISCARD;
/** A telephone number: a blank in front was a + that nobody escaped. */
int told_number(struct report *report, const struct told *told,
		const char **outp, const char *name,
		struct cti_err *err) CTI_NODISCARD;

/** SAP's own words (sample widget, client adapter). */
int sap_report(struct report *report, const struct told *told,
	       struct cti_err *err) CTI_NODISCARD;
/** Zammad's and sipgate's words: event=newCall|answer|hangup. */
int pbx_report(struct report *report, const struct told *told,
	       struct cti_err *err) CTI_NODISCARD;
/** Does either know a field of that name? */
bool sap_knows(const char *name);
bool pbx_knows(const char *name);

#endif /* API_COMPAT_H */
