/* SPDX-License-Identifier: Apache-2.0 */
/* number/parse.c - from digits to a number of the public network */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "number/numbers.h"

enum { E164_DIGITS = 15 };

/** What people are told about each fault. */
static const char *const fault_texts[] = {
	[CTI_PHONE_FINE] = "",
	[CTI_PHONE_NO_NUMBER] = "These digits are no public number",
	[CTI_PHONE_NO_COUNTRY] =
		"No country has the calling code it begins with",
	[CTI_PHONE_TOO_SHORT] = "The number is too short",
	[CTI_PHONE_TOO_LONG] = "The number is too long",
	[CTI_PHONE_BAD_LENGTH] = "No number there has as many digits",
	[CTI_PHONE_NO_AREA] = "The number lacks its area code",
};

const char *cti_number_after(const char *text, const char *prefix)
{
	while (*prefix)
		if (*text++ != *prefix++)
			return NULL;
	return text;
}

static int read_plus(const struct cti_numbers *n, struct cti_phone *out,
		     const char *digits)
{
	char text[CTI_NUMBER_MAX + 2];

	(void)snprintf(text, sizeof(text), "+%s", digits); /* always fits */
	return cti_phonelib_parse(n->lib, out, text);
}

int cti_number_read(const struct cti_numbers *n, struct cti_phone *out,
		    const char *digits, bool plus)
{
	const char *after = cti_number_after(digits, "00");
	struct cti_phone phone;
	int err;

	if (plus)
		return read_plus(n, out, digits);
	if (after && !n->own_code)
		return read_plus(n, out, after);

	err = cti_phonelib_parse(n->lib, &phone, digits);
	if (err)
		return err;
	/* In the US 00 is not the way out, yet CRMs write it. */
	if (after && !phone.has_prefix)
		return read_plus(n, out, after);
	*out = phone;
	return 0;
}

bool cti_number_e164(char out[CTI_NUMBER_SIZE], const struct cti_phone *phone)
{
	char text[CTI_NUMBER_SIZE];
	int len = snprintf(text, sizeof(text), "+%d%s", phone->country_code,
			   phone->nsn);

	if (len < 0 || len > E164_DIGITS + 1)
		return false;
	memcpy(out, text, (size_t)len + 1);
	return true;
}

static void parse_note(const struct cti_numbers *n,
		       const struct number_draft *d)
{
	const struct cti_phone *phone = &d->phone;

	if (d->plus || !n->own_code || phone->has_prefix)
		cti_trace_note(d->trace, "country code %d%s%s",
			       phone->country_code,
			       phone->region[0] ? ", " : "", phone->region);
	else
		cti_trace_note(d->trace, "read as dialed in %s, number.region",
			       n->region);
	if (phone->guessed_code)
		cti_trace_remark(d->trace,
				 "It has no + but begins with %d, the code of "
				 "the own country, and was read so.",
				 phone->country_code);
	if (!phone->valid && !phone->short_code)
		cti_trace_remark(d->trace,
				 "No numbering plan known here contains it. It "
				 "is dialed all the same, since plans age.");
}

int cti_number_parse(const struct cti_numbers *n, struct number_draft *d,
		     struct cti_err *err)
{
	int rc;

	if (!d->plus && !n->own_code && !cti_number_after(d->digits, "00"))
		return cti_err_set(err, EINVAL, CTI_ERR_REGION_MISSING,
				   "The number has no country code, and "
				   "number.region does not say which country "
				   "it belongs to.");
	rc = cti_number_read(n, &d->phone, d->digits, d->plus);
	if (rc)
		return cti_err_set(err, -rc, CTI_ERR_INTERNAL,
				   "The number could not be read.");
	if (!d->phone.country_code)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_NUMBER, "%s.",
				   fault_texts[d->phone.fault]);
	if (!cti_number_e164(d->e164, &d->phone))
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_NUMBER,
				   "A public number has at most %d digits, "
				   "this one has more.",
				   E164_DIGITS);
	memcpy(d->value, d->e164, sizeof(d->e164));
	parse_note(n, d);
	return 0;
}

int cti_number_possible(const struct cti_numbers *n, struct number_draft *d,
			struct cti_err *err)
{
	(void)n; /* the same for everybody */
	if (d->phone.fault != CTI_PHONE_FINE)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_NUMBER,
				   "%s (country code %d).",
				   fault_texts[d->phone.fault],
				   d->phone.country_code);
	cti_trace_note(d->trace, d->phone.valid ? "a number of a known range"
						: "of a possible length");
	return 0;
}
