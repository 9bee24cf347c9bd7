/* SPDX-License-Identifier: Apache-2.0 */
/* sap/lint_guess.c - the fields SAP documents, and what a wrong one meant */
#include <string.h>
#include <strings.h>

#include "sap/lint.h"
#include "sap/text.h"

enum { GUESS_MAX = 32 }; /* longer names get no guess */

static const char *const guess_fields[] = {
	"Type",		"EventType",
	"Action",	"ANI",
	"DNIS",		"ExternalReferenceID",
	"ActivityUUID", "ExternalOriginalReferenceID",
	"BP",		"TicketID",
	"Serial",	"Email",
	"Custom_1",	"Custom_2",
	"Custom_3",	"Custom_4",
	"Subject",	"Text",
	"Transcript",	"RecordingId",
	"ChannelId",	"CID",
	NULL,
};

/* Names that other systems, or SAP in the other direction, use. */
static const struct guess_alias {
	const char *squeezed;
	const char *name;
} guess_aliases[] = {
	{"phonenumber", "ANI"},
	{"phone", "ANI"},
	{"from", "ANI"},
	{"caller", "ANI"},
	{"callerid", "ANI"},
	{"to", "DNIS"},
	{"called", "DNIS"},
	{"externalid", "ExternalReferenceID"},
	{"callid", "ExternalReferenceID"},
	{"originalexternalid", "ExternalOriginalReferenceID"},
	{"businesspartner", "BP"},
	{"businesspartnerid", "BP"},
	{"accountid", "BP"},
	{"ticket", "TicketID"},
	{"serialno", "Serial"},
	{"serialnumber", "Serial"},
	{"event", "EventType"},
	{"notes", "Text"},
	{"recording", "RecordingId"},
};

bool cti_lint_known(const char *name)
{
	return cti_text_among(name, guess_fields);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Lower case, letters and digits only, without the word "field". */
static bool guess_squeeze(char out[GUESS_MAX], const char *name)
{
	size_t n = 0;

	while (*name) {
		if (!strncasecmp(name, "field", 5)) {
			name += 5;
			continue;
		}
		if (n + 1 == GUESS_MAX)
			return false;
		if (alphanumeric(lower(*name)))
			out[n++] = lower(*name);
		name++;
	}
	out[n] = '\0';
	return n > 0;
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* Levenshtein; both are shorter than GUESS_MAX. */
static size_t guess_distance(const char *a, const char *b)
{
	size_t row[GUESS_MAX];
	size_t len = strlen(b);

	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < len; j++) {
			size_t above = row[j + 1];

			row[j + 1] = min3(above + 1, row[j] + 1,
					  diagonal + (a[i] != b[j]));
			diagonal = above;
		}
	}
	return row[len];
}

static const char *guess_alias(const char *squeezed)
{
	size_t n = sizeof(guess_aliases) / sizeof(guess_aliases[0]);

	for (size_t i = 0; i < n; i++) {
		if (!strcmp(squeezed, guess_aliases[i].squeezed))
			return guess_aliases[i].name;
	}
	return NULL;
}

const char *cti_lint_guess(const char *name)
{
	char wanted[GUESS_MAX];
	char known[GUESS_MAX];
	const char *best = NULL;
	size_t limit;

	if (!guess_squeeze(wanted, name))
		return NULL;
	best = guess_alias(wanted);
	if (best)
		return best;
	/* A third of the letters, two at most: else it is another word. */
	limit = strlen(wanted) / 3 < 2 ? strlen(wanted) / 3 : 2;
	for (size_t i = 0; guess_fields[i]; i++) {
		size_t distance;

		if (!guess_squeeze(known, guess_fields[i]))
			continue;
		distance = guess_distance(wanted, known);
		if (distance > limit)
			continue;
		best = guess_fields[i];
		if (distance == 0)
			return best;
		limit = distance - 1;
	}
	return best;
}

const char *cti_lint_guess_word(const char *text, const char *const *words)
{
	for (; *words; words++) {
		if (!strcasecmp(text, *words))
			return *words;
	}
	return NULL;
}
