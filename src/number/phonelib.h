/* SPDX-License-Identifier: Apache-2.0 */
/* number/phonelib.h - libphonenumber behind C; no exception gets out */
#ifndef NUMBER_PHONELIB_H
#define NUMBER_PHONELIB_H

#include <stdbool.h>
#include <stddef.h>

#include "cti/attr.h"

#ifdef __cplusplus
extern "C" {
#endif

struct cti_phonelib; /* the library's numbering plans, for one region */

/** Why a text is no number that could exist. */
enum cti_phone_fault {
	CTI_PHONE_FINE,
	CTI_PHONE_NO_NUMBER,  /* nothing that could be a number */
	CTI_PHONE_NO_COUNTRY, /* begins with an unknown calling code */
	CTI_PHONE_TOO_SHORT,
	CTI_PHONE_TOO_LONG,
	CTI_PHONE_BAD_LENGTH, /* between two lengths the country has */
	CTI_PHONE_NO_AREA,    /* only good inside one area */
};

/** What the library makes of one text; pure data. */
struct cti_phone {
	enum cti_phone_fault fault;
	int country_code;  /* 0 = the text could not be read at all */
	char region[8];	   /* "DE"; "001" = no country; "" = not known */
	char nsn[24];	   /* national significant number, digits */
	char national[40]; /* own country only: digits dialed inside it */
	char shown[40];	   /* as people write it: "+1 650-305-4000" */
	bool valid;	   /* in a range the library knows */
	bool premium;	   /* by type, or a short number by cost */
	bool short_code;   /* a short number of the own country */
	bool has_prefix;   /* began with + or the region's own prefix */
	bool guessed_code; /* no prefix, yet read as calling code first */
};

/** region: ISO 3166 or "" for none; -EINVAL when unknown; -ENOMEM. */
int cti_phonelib_new(struct cti_phonelib **libp,
		     const char *region) CTI_NODISCARD;
void cti_phonelib_destroy(struct cti_phonelib *lib);

/** Calling code of a region, 0 when there is no such region. */
int cti_phonelib_code(const char *region);
/** Whether any region or network has this calling code. */
bool cti_phonelib_has_code(int code);

/**
 * text: digits with at most one leading "+". 0 also for what is no number:
 * then out->fault says why. -ENOMEM, -EIO when the library fails. The latest
 * answers are remembered, so one lib belongs to one thread.
 */
int cti_phonelib_parse(const struct cti_phonelib *lib, struct cti_phone *out,
		       const char *text) CTI_NODISCARD;

/** A number of the region as it is written there; "" when none is known. */
void cti_phonelib_example(const struct cti_phonelib *lib, char *out,
			  size_t size);

/**
 * Whether digits are an emergency number of region, or with prefix merely
 * begin with one. True also when the library fails: the safe side.
 */
bool cti_phonelib_emergency(const struct cti_phonelib *lib, const char *region,
			    const char *digits, bool prefix);

#ifdef __cplusplus
}
#endif
#endif /* NUMBER_PHONELIB_H */
