/* SPDX-License-Identifier: Apache-2.0 */
/* number/policy.c - emergency, premium and countries: what is not dialed */
#include <errno.h>
#include <string.h>

#include "number/numbers.h"

enum {
	EMERGENCY_MAX = 6, /* digits of the longest emergency number */
};

/** Never dialed, whatever the region. */
static const char *const emergency_numbers[] = {
	"000", "110", "112", "911", "999",
};

/**
 * Beginnings of numbers that cost extra, for where the library knows the
 * plan worse than callers' bills do: unassigned lengths, old ranges, and
 * networks that are no country.
 */
static const struct {
	const char *prefix;
	const char *what;
} premium_prefixes[] = {
	{"+870", "a satellite network"},
	{"+871", "a satellite network"},
	{"+872", "a satellite network"},
	{"+873", "a satellite network"},
	{"+874", "a satellite network"},
	{"+875", "an unassigned network"},
	{"+876", "an unassigned network"},
	{"+877", "an unassigned network"},
	{"+878", "a universal personal number"},
	{"+879", "an unassigned network"},
	{"+881", "a satellite network"},
	{"+882", "an international network"},
	{"+883", "an international network"},
	{"+884", "an unassigned network"},
	{"+885", "an unassigned network"},
	{"+887", "an unassigned network"},
	{"+888", "an international network"},
	{"+889", "an unassigned network"},
	{"+979", "an international premium number"},
	{"+1900", "a premium number"},
	{"+3290", "a premium number"},
	{"+3389", "a premium number"},
	{"+31900", "a premium number"},
	{"+31906", "a premium number"},
	{"+31909", "a premium number"},
	{"+34803", "a premium number"},
	{"+34806", "a premium number"},
	{"+34807", "a premium number"},
	{"+34905", "a premium number"},
	{"+358600", "a premium number"},
	{"+358700", "a premium number"},
	{"+3690", "a premium number"},
	{"+3989", "a premium number"},
	{"+41900", "a premium number"},
	{"+41901", "a premium number"},
	{"+41906", "a premium number"},
	{"+42090", "a premium number"},
	{"+43900", "a premium number"},
	{"+43901", "a premium number"},
	{"+4393", "a premium number"},
	{"+4490", "a premium number"},
	{"+4491", "a premium number"},
	{"+4498", "a premium number"},
	{"+4590", "a premium number"},
	{"+46900", "a premium number"},
	{"+46939", "a premium number"},
	{"+46944", "a premium number"},
	{"+47829", "a premium number"},
	{"+4870", "a premium number"},
	{"+49118", "a directory service"},
	{"+49137", "a televoting number"},
	{"+49190", "a premium number"},
	{"+49900", "a premium number"},
	{"+6119", "a premium number"},
	{"+81990", "a premium number"},
};

static bool emergency_exact(const struct cti_numbers *n, const char *digits,
			    const char *region)
{
	size_t count = sizeof(emergency_numbers) / sizeof(*emergency_numbers);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(digits, emergency_numbers[i]) == 0)
			return true;
	}
	for (size_t i = 0; i < n->emergency.count; i++) {
		if (strcmp(digits, n->emergency.items[i]) == 0)
			return true;
	}
	return region[0] && strlen(digits) <= EMERGENCY_MAX &&
	       cti_phonelib_emergency(n->lib, region, digits, false);
}

/* The digits, also behind an outside line and behind zeros. */
static bool emergency_hidden(const struct cti_numbers *n, const char *digits,
			     const char *region)
{
	const char *after = cti_number_after(digits, n->outside_line);

	return emergency_exact(n, digits, region) ||
	       (after && emergency_exact(n, after, region)) ||
	       emergency_exact(n, digits + strspn(digits, "0"), region);
}

/*
 * Exchanges connect as soon as the digits so far are an emergency number, so
 * more digits behind it do no good, unless they make up a real number: in
 * Belgium 11 23 45 67 is somebody in Hasselt.
 */
static bool emergency_begins(const struct cti_numbers *n,
			     const struct cti_phone *phone, const char *digits)
{
	return n->region[0] && !phone->valid &&
	       phone->country_code == n->own_code &&
	       cti_phonelib_emergency(n->lib, n->region, digits, true);
}

static int emergency_refuse(struct cti_err *err, const char *where)
{
	return cti_err_set(err, EACCES, CTI_ERR_NUMBER_BLOCKED,
			   "%s an emergency number; these are only called "
			   "from the telephone itself.",
			   where);
}

/* "*31#112" dials 112 in the end: no part of a code may be one. */
static bool emergency_in_feature(const struct cti_numbers *n, const char *code)
{
	char part[CTI_NUMBER_SIZE];

	while (*code) {
		size_t len = strcspn(code, "*#");

		if (len && len < sizeof(part)) {
			memcpy(part, code, len);
			part[len] = '\0';
			if (emergency_hidden(n, part, n->region))
				return true;
		}
		code += len + (code[len] != '\0');
	}
	return false;
}

int cti_number_emergency_raw(const struct cti_numbers *n,
			     struct number_draft *d, struct cti_err *err)
{
	bool found = d->kind == CTI_NUMBER_FEATURE
			     ? emergency_in_feature(n, d->digits)
			     : emergency_hidden(n, d->digits, n->region);

	if (found)
		return emergency_refuse(err, "This is");
	cti_trace_note(d->trace, "the digits are no emergency number");
	return 0;
}

int cti_number_emergency_national(const struct cti_numbers *n,
				  struct number_draft *d, struct cti_err *err)
{
	if (emergency_hidden(n, d->phone.nsn, d->phone.region) ||
	    emergency_hidden(n, d->phone.nsn, n->region))
		return emergency_refuse(err, "Behind the country code this is");
	if (emergency_begins(n, &d->phone, d->phone.nsn))
		return emergency_refuse(err, "The number begins with");
	cti_trace_note(d->trace, "the part behind the country code is no "
				 "emergency number");
	return 0;
}

int cti_number_emergency_dialed(const struct cti_numbers *n,
				struct number_draft *d, struct cti_err *err)
{
	const char *after = cti_number_after(d->value, n->outside_line);

	if (emergency_hidden(n, d->value, n->region))
		return emergency_refuse(err, "As it would be dialed this is");
	if (d->kind == CTI_NUMBER_E164 && after &&
	    emergency_begins(n, &d->phone, after))
		return emergency_refuse(err, "As it would be dialed the number "
					     "begins with");
	cti_trace_note(d->trace, "what is dialed is no emergency number, with "
				 "or without outside line");
	return 0;
}

/* Why the number costs extra; NULL when it does not. */
static const char *premium_find(const struct cti_numbers *n,
				const struct cti_phone *phone, const char *e164)
{
	size_t count = sizeof(premium_prefixes) / sizeof(*premium_prefixes);
	bool own = n->own_code && phone->country_code == n->own_code;

	for (size_t i = 0; i < count; i++) {
		if (cti_number_after(e164, premium_prefixes[i].prefix))
			return premium_prefixes[i].what;
	}
	for (size_t i = 0; i < n->premium.count; i++) {
		const char *item = n->premium.items[i];

		if (cti_number_after(e164, item) ||
		    (own && (cti_number_after(phone->national, item) ||
			     cti_number_after(phone->nsn, item))))
			return "a number that dial.premium lists";
	}
	return phone->premium ? "a premium number" : NULL;
}

static bool country_is(const struct number_country *country,
		       const struct cti_phone *phone)
{
	if (country->region[0])
		return strcmp(country->region, phone->region) == 0;
	return country->code == phone->country_code;
}

static bool country_allowed(const struct cti_numbers *n,
			    const struct cti_phone *phone)
{
	for (size_t i = 0; i < n->country_count; i++) {
		if (country_is(&n->countries[i], phone))
			return true;
	}
	return !n->country_count;
}

static int premium_refuse(struct cti_err *err, const char *what)
{
	return cti_err_set(err, EACCES, CTI_ERR_NUMBER_BLOCKED,
			   "This is %s, which costs extra.", what);
}

/* A zero too many behind the country code is skipped by some exchanges; where
 * it belongs there, as in Italy, the number is valid. */
static const char *premium_skipped(const struct cti_numbers *n,
				   const struct cti_phone *phone)
{
	size_t zeros = strspn(phone->nsn, "0");
	struct cti_phone bare = *phone;
	char e164[CTI_NUMBER_SIZE];

	if (!zeros || phone->valid)
		return NULL;
	memmove(bare.nsn, phone->nsn + zeros, strlen(phone->nsn + zeros) + 1);
	return cti_number_e164(e164, &bare) ? premium_find(n, &bare, e164)
					    : NULL;
}

int cti_number_policy(const struct cti_numbers *n, struct number_draft *d,
		      struct cti_err *err)
{
	const char *what;

	if (d->kind != CTI_NUMBER_E164) {
		cti_trace_note(d->trace,
			       "not for extensions and feature codes");
		return 0;
	}
	what = premium_find(n, &d->phone, d->e164);
	if (!what)
		what = premium_skipped(n, &d->phone);
	if (what)
		return premium_refuse(err, what);
	if (!country_allowed(n, &d->phone))
		return cti_err_set(err, EACCES, CTI_ERR_NUMBER_BLOCKED,
				   "The list dial.countries has neither %s nor "
				   "country code %d.",
				   d->phone.region[0] ? d->phone.region
						      : "the region",
				   d->phone.country_code);
	cti_trace_note(d->trace, n->country_count
					 ? "no premium number, and "
					   "dial.countries lists its country"
					 : "no premium number; dial.countries "
					   "is empty: all are allowed");
	return 0;
}
