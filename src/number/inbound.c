/* SPDX-License-Identifier: Apache-2.0 */
/* number/inbound.c - a caller's number, as the switch gave it */
#include <stdio.h>
#include <string.h>

#include "number/numbers.h"

enum { ANI_DIGITS_MIN = 7 };

/** One way to read a caller's digits. */
struct inbound_reading {
	char digits[CTI_NUMBER_SIZE - 1]; /* room for a + is left */
	bool plus;
	const char *how;
};

static const char *inbound_without_scheme(const char *text)
{
	static const char *const schemes[] = {"sip:", "sips:", "tel:"};

	text += strspn(text, " ");
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		const char *after = cti_number_after(text, schemes[i]);

		if (after)
			return after;
	}
	return text;
}

/* Digits and a leading plus; false where text is a word or nothing. */
static bool inbound_gate(struct inbound_reading *out, const char *text)
{
	const char *at = inbound_without_scheme(text);
	const char *end = at + strcspn(at, "@;");
	size_t len = 0;

	memset(out, 0, sizeof(*out));
	out->how = "as it came";
	for (; at < end; at++) {
		if (*at >= '0' && *at <= '9') {
			if (len + 1 >= sizeof(out->digits))
				return false;
			out->digits[len++] = *at;
		} else if (*at == '+' && !len) {
			out->plus = true;
		} else if ((*at >= 'A' && *at <= 'Z') ||
			   (*at >= 'a' && *at <= 'z')) {
			return false;
		}
	}
	if (!out->plus)
		out->how = "read as it is dialed here";
	return len > 0;
}

/* Switches put their own prefixes before the number, to dial it back. */
static size_t inbound_readings(const struct cti_numbers *n,
			       struct inbound_reading out[3])
{
	const char *inner = out[0].digits;
	const char *after = cti_number_after(inner, n->outside_line);
	const char *abroad;
	size_t count = 1;

	if (out[0].plus)
		return count;
	if (n->outside_line[0] && after && after[0]) {
		memcpy(out[count].digits, after, strlen(after) + 1);
		out[count].plus = false;
		out[count++].how = "without the outside line";
		inner = after;
	}
	abroad = cti_number_after(inner, n->international_prefix);
	if (n->international_prefix[0] && abroad && abroad[0]) {
		memcpy(out[count].digits, abroad, strlen(abroad) + 1);
		out[count].plus = true;
		out[count++].how = "behind the international prefix";
	}
	return count;
}

static bool inbound_read(const struct cti_numbers *n, struct cti_phone *phone,
			 char e164[CTI_NUMBER_SIZE],
			 const struct inbound_reading *reading)
{
	if (!reading->plus && !n->own_code &&
	    !cti_number_after(reading->digits, "00"))
		return false;
	if (cti_number_read(n, phone, reading->digits, reading->plus))
		return false;
	return phone->fault == CTI_PHONE_FINE && cti_number_e164(e164, phone) &&
	       strlen(e164) > ANI_DIGITS_MIN;
}

/* The first valid reading, else the first possible one, else NULL. */
static const char *inbound_public(const struct cti_numbers *n,
				  char e164[CTI_NUMBER_SIZE],
				  struct inbound_reading readings[3])
{
	size_t count = inbound_readings(n, readings);
	const char *how = NULL;

	for (size_t i = 0; i < count; i++) {
		struct cti_phone phone;
		char text[CTI_NUMBER_SIZE];

		if (!inbound_read(n, &phone, text, &readings[i]))
			continue;
		if (phone.valid || !how) {
			memcpy(e164, text, sizeof(text));
			how = readings[i].how;
		}
		if (phone.valid)
			break;
	}
	return how;
}

static void inbound_show(struct cti_number_caller *out,
			 const struct inbound_reading *reading)
{
	(void)snprintf(out->shown, sizeof(out->shown), "%s%s",
		       reading->plus ? "+" : "",
		       reading->digits); /* always fits */
}

void cti_number_inbound_traced(const struct cti_numbers *n,
			       struct cti_number_caller *out, const char *text,
			       struct number_trace *trace)
{
	struct inbound_reading readings[3];
	const char *how;

	memset(out, 0, sizeof(*out));
	cti_trace_begin(trace, "digits", text ? text : "");
	if (!text || !inbound_gate(&readings[0], text)) {
		cti_trace_note(trace, "no number in it: withheld or unknown");
		return;
	}
	inbound_show(out, &readings[0]);
	cti_trace_end(trace, out->shown);
	cti_trace_begin(trace, "parse", out->shown);
	if (!readings[0].plus &&
	    strlen(readings[0].digits) <= n->extension_digits) {
		out->extension = true;
		cti_trace_note(trace, "an extension, no public number");
		cti_trace_end(trace, out->shown);
		return;
	}
	how = inbound_public(n, out->e164, readings);
	if (how)
		memcpy(out->shown, out->e164, sizeof(out->shown));
	cti_trace_note(trace, "%s", how ? how : "no possible public number");
	cti_trace_end(trace, how ? out->e164 : NULL);
}

void cti_number_inbound(const struct cti_numbers *n,
			struct cti_number_caller *out, const char *text)
{
	cti_number_inbound_traced(n, out, text, NULL);
}

void cti_number_spaced(const struct cti_numbers *n, char out[CTI_NUMBER_SIZE],
		       const char *number)
{
	struct cti_phone phone;

	(void)snprintf(out, CTI_NUMBER_SIZE, "%s",
		       number ? number : ""); /* no number is longer */
	if (out[0] != '+' || cti_number_read(n, &phone, out + 1, true))
		return;
	if (phone.fault == CTI_PHONE_FINE && phone.shown[0] == '+')
		memcpy(out, phone.shown, sizeof(phone.shown));
}
