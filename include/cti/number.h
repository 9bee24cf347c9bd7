/* SPDX-License-Identifier: Apache-2.0 */
/* cti/number.h - what may be dialed and how the switch wants it */
#ifndef CTI_NUMBER_H
#define CTI_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#include "cti/attr.h"
#include "cti/buf.h"
#include "cti/err.h"

struct cti_conf;

enum {
	CTI_NUMBER_MAX = 64,  /* bytes of text a number may come in */
	CTI_NUMBER_SIZE = 40, /* room for any of the results below */
};

/** What kind of number a text turned out to be. */
enum cti_number_kind {
	CTI_NUMBER_E164,      /* public: "+" and at most 15 digits */
	CTI_NUMBER_EXTENSION, /* up to dial.extension_digits digits */
	CTI_NUMBER_FEATURE,   /* listed in dial.feature_codes */
};

/** The result of reading and allowing one number; pure data. */
struct cti_number {
	enum cti_number_kind kind;
	char e164[CTI_NUMBER_SIZE];   /* "+16503054000"; an extension or
				       * feature code: its digits */
	char dialed[CTI_NUMBER_SIZE]; /* ^[0-9*#+]{2,32}$, for the switch */
};

/** The sections `number` and `dial` of the configuration, ready to use. */
struct cti_numbers;
int cti_numbers_new(struct cti_numbers **np,
		    const struct cti_conf *conf) CTI_NODISCARD;
void cti_numbers_destroy(struct cti_numbers *n);
/** n has the rules of other from now on, which goes. */
void cti_numbers_replace(struct cti_numbers *n, struct cti_numbers *other);

/**
 * The whole way of an outbound number: gate on the raw text, parse, policy
 * (emergency, premium, countries), dial string. text: UTF-8, NULL = missing.
 * -EINVAL with BAD_NUMBER (which character or rule), REGION_MISSING;
 * -EACCES with NUMBER_BLOCKED (premium, emergency, country). out is written
 * only on 0.
 */
int cti_number_outbound(const struct cti_numbers *n, struct cti_number *out,
			const char *text, struct cti_err *err) CTI_NODISCARD;

/**
 * A number as people of its country group it: "+49 30 69123456" of
 * "+493069123456" (ITU-T E.123). Anything else than E.164 stays as it is; out
 * is "" for NULL. Cheap for numbers that were met lately.
 */
void cti_number_spaced(const struct cti_numbers *n, char out[CTI_NUMBER_SIZE],
		       const char *number);

/**
 * A caller's number as the switch gave it, for `number` and SAP's ANI. Lax:
 * text is "0301234567", "+49…", "0049…", "anonymous", "101", NULL.
 * e164: "+" and 7 to 15 digits, or "" when it is no possible public number.
 * digits: e164, else what may be shown (an extension's digits), else "".
 */
struct cti_number_caller {
	char e164[CTI_NUMBER_SIZE];
	char shown[CTI_NUMBER_SIZE];
	bool extension; /* up to dial.extension_digits digits */
};
void cti_number_inbound(const struct cti_numbers *n,
			struct cti_number_caller *out, const char *text);

/**
 * Writes the answer of GET /api/v1/numbers/explain as a JSON object:
 * {"number":raw,"outbound":{"ok":bool,"code":null|slug,"detail":…,"fix":…,
 * "e164":…,"dialed":…,"kind":"public|extension|feature",
 * "notes":[sentence…],"steps":[{"step":"gate","in":…,"out":…,"note":…}…]},
 * "inbound":{"ani":null|"+…","shown":…,"extension":bool,"steps":[…]}}
 */
int cti_number_explain(const struct cti_numbers *n, struct cti_buf *out,
		       const char *text) CTI_NODISCARD;

/** A number of the own country as people there write it, for a try; "" where
 * number.region is not set. */
void cti_number_sample(const struct cti_numbers *n, char out[CTI_NUMBER_SIZE]);

/** ^[0-9*#+]{2,32}$: what every protocol encoder asserts again. */
bool cti_number_dialable(const char *dialed);

#endif /* CTI_NUMBER_H */
