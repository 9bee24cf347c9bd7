/* SPDX-License-Identifier: Apache-2.0 */
/* number/dialstring.c - what the switch is told to dial */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "number/numbers.h"

enum { DIAL_MIN = 2, DIAL_MAX = 32 };

bool cti_number_dialable(const char *dialed)
{
	size_t len = strnlen(dialed, DIAL_MAX + 1);

	return len >= DIAL_MIN && len <= DIAL_MAX &&
	       strspn(dialed, "0123456789*#+") == len;
}

/* Short numbers exist only inside the country, so they stay as they are. */
static bool dialed_inside(const struct cti_numbers *n,
			  const struct cti_phone *phone)
{
	return n->own_code && phone->country_code == n->own_code &&
	       (n->own_national || phone->short_code);
}

static void dialstring_note(const struct cti_numbers *n,
			    const struct number_draft *d, bool inside)
{
	const char *line = n->outside_line;

	cti_trace_note(d->trace, "%s%s%s%s%s",
		       inside ? "as dialed inside the own country"
			      : "international, dial.international_prefix is ",
		       inside ? "" : n->international_prefix,
		       line[0] ? ", behind outside line " : "", line,
		       inside && !n->own_national ? " (a short number)" : "");
}

static int dialstring_public(const struct cti_numbers *n,
			     struct number_draft *d)
{
	bool inside = dialed_inside(n, &d->phone);
	int len =
		snprintf(d->value, sizeof(d->value), "%s%s%s", n->outside_line,
			 inside ? "" : n->international_prefix,
			 inside ? d->phone.national : d->e164 + 1);

	dialstring_note(n, d, inside);
	return len > 0 && len < (int)sizeof(d->value) ? 0 : -EINVAL;
}

int cti_number_dialstring(const struct cti_numbers *n, struct number_draft *d,
			  struct cti_err *err)
{
	int rc = 0;

	if (d->kind == CTI_NUMBER_E164)
		rc = dialstring_public(n, d);
	else
		cti_trace_note(d->trace, d->kind == CTI_NUMBER_EXTENSION
						 ? "an extension, as it is"
						 : "a feature code, as it is");
	if (rc || !cti_number_dialable(d->value))
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_NUMBER,
				   "With the prefixes of the section dial the "
				   "switch cannot dial this number: it takes "
				   "%d to %d digits, * and #.",
				   DIAL_MIN, DIAL_MAX);
	return 0;
}
