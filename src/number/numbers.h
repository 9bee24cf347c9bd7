/* SPDX-License-Identifier: Apache-2.0 */
/* number/numbers.h - what the stages of a number share */
#ifndef NUMBER_NUMBERS_H
#define NUMBER_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include "cti/number.h"
#include "number/phonelib.h"
#include "number/trace.h"

/** Texts of its own. */
struct number_words {
	char **items;
	size_t count;
};

/** One entry of dial.countries: a region, or a whole calling code. */
struct number_country {
	char region[4]; /* "" = by code */
	int code;
};

/** The rules, copied and checked; constant once made. */
struct cti_numbers {
	struct cti_phonelib *lib;
	char region[4]; /* "" = none */
	int own_code;	/* 0 = none */
	char international_prefix[12];
	char outside_line[12];
	bool own_national;
	size_t extension_digits;
	struct number_words premium;
	struct number_words emergency;
	struct number_words feature_codes;
	struct number_country *countries;
	size_t country_count;
};

/** A number on its way from the text to the switch. */
struct number_draft {
	const char *text; /* as it came; may be NULL */
	struct number_trace *trace;
	enum cti_number_kind kind;
	bool plus;			 /* the text began with + */
	char digits[CTI_NUMBER_MAX + 1]; /* of the text; a feature code: all */
	struct cti_phone phone;		 /* E164 only */
	char e164[CTI_NUMBER_SIZE];
	char value[CTI_NUMBER_MAX + 4]; /* as it is after the last stage */
};

/** A stage: fails with err filled, or moves the draft on. */
typedef int(cti_number_stage_fn)(const struct cti_numbers *n,
				 struct number_draft *d, struct cti_err *err);

cti_number_stage_fn cti_number_gate;		   /* gate.c */
cti_number_stage_fn cti_number_parse;		   /* parse.c */
cti_number_stage_fn cti_number_possible;	   /* parse.c */
cti_number_stage_fn cti_number_emergency_raw;	   /* policy.c */
cti_number_stage_fn cti_number_emergency_national; /* policy.c */
cti_number_stage_fn cti_number_policy;		   /* policy.c */
cti_number_stage_fn cti_number_emergency_dialed;   /* policy.c */
cti_number_stage_fn cti_number_dialstring;	   /* dialstring.c */

/** The text behind prefix; NULL when text does not begin with it. */
const char *cti_number_after(const char *text, const char *prefix);

/**
 * Reads digits as a public number: 00 counts as + wherever the own country
 * has no other use for it. As cti_phonelib_parse().
 */
int cti_number_read(const struct cti_numbers *n, struct cti_phone *out,
		    const char *digits, bool plus) CTI_NODISCARD;
/** "+" code and national part; false when over 15 digits. */
bool cti_number_e164(char out[CTI_NUMBER_SIZE], const struct cti_phone *phone);

/** The two ways, with every step recorded when trace is not NULL. */
int cti_number_outbound_traced(const struct cti_numbers *n,
			       struct cti_number *out, const char *text,
			       struct cti_err *err,
			       struct number_trace *trace) CTI_NODISCARD;
void cti_number_inbound_traced(const struct cti_numbers *n,
			       struct cti_number_caller *out, const char *text,
			       struct number_trace *trace);

#endif /* NUMBER_NUMBERS_H */
