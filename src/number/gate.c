/* SPDX-License-Identifier: Apache-2.0 */
/* number/gate.c - which characters may stand in a number at all */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "cti/json.h"
#include "number/numbers.h"

enum {
	CHAR_NBSP = 0x00a0,  /* no-break space */
	CHAR_NNBSP = 0x202f, /* narrow no-break space */
};

/** Characters that look harmless on a screen, by what people call them. */
static const struct {
	uint32_t first;
	uint32_t last;
	const char *name;
} char_names[] = {
	{0x0001, 0x001f, "control character"},
	{0x007f, 0x009f, "control character"},
	{0x0660, 0x0669, "Arabic digit"},
	{0x06f0, 0x06f9, "Persian digit"},
	{0x0966, 0x096f, "Devanagari digit"},
	{0x2000, 0x200a, "special space"},
	{0x200b, 0x200f, "invisible mark"},
	{0x2010, 0x2015, "dash"},
	{0x202a, 0x202e, "invisible mark"},
	{0x2060, 0x2069, "invisible mark"},
	{0x2212, 0x2212, "minus sign"},
	{0xff0b, 0xff0b, "full-width plus"},
	{0xff10, 0xff19, "full-width digit"},
};

static const char *char_name(uint32_t c)
{
	for (size_t i = 0; i < sizeof(char_names) / sizeof(*char_names); i++) {
		if (c >= char_names[i].first && c <= char_names[i].last)
			return char_names[i].name;
	}
	return "character";
}

/* The text is valid UTF-8 already. */
static size_t char_next(uint32_t *charp, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	uint32_t c = len == 1 ? s[0] : s[0] & (0xffU >> (len + 1));

	for (size_t i = 1; i < len; i++)
		c = c << 6 | (s[i] & 0x3fU);
	*charp = c;
	return len;
}

static bool char_is_letter(uint32_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool char_is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static bool char_is_filler(uint32_t c)
{
	if (c == CHAR_NBSP || c == CHAR_NNBSP)
		return true;
	return c && c < 0x80 && strchr(" -./()", (int)c);
}

static int gate_refuse_char(struct cti_err *err, uint32_t c, size_t position)
{
	if (c == '+')
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_NUMBER,
				   "The '+' at position %zu is not at the "
				   "beginning of the number.",
				   position);
	if (c == '*' || c == '#')
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_NUMBER,
				   "The character '%c' at position %zu is only "
				   "allowed in a code that dial.feature_codes "
				   "lists.",
				   (char)c, position);
	if (c > 0x20 && c < 0x7f)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_NUMBER,
				   "The %s '%c' at position %zu is not part of "
				   "a number.",
				   char_is_letter(c) ? "letter" : "character",
				   (char)c, position);
	return cti_err_set(err, EINVAL, CTI_ERR_BAD_NUMBER,
			   "The %s U+%04X at position %zu is not part of a "
			   "number.",
			   char_name(c), (unsigned int)c, position);
}

/* Keeps the digits of d->text and notes a leading plus. */
static int gate_chars(struct number_draft *d, struct cti_err *err)
{
	const char *at = d->text;
	size_t len = 0;
	size_t position = 0;
	uint32_t c;

	while (*at) {
		at += char_next(&c, at);
		position++;
		if (char_is_digit(c))
			d->digits[len++] = (char)c;
		else if (c == '+' && !d->plus && !len)
			d->plus = true;
		else if (!char_is_filler(c))
			return gate_refuse_char(err, c, position);
	}
	d->digits[len] = '\0';
	return 0;
}

static int gate_text(const char *text, struct cti_err *err)
{
	size_t len = text ? strnlen(text, CTI_NUMBER_MAX + 1) : 0;
	size_t bad;

	if (!len)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_NUMBER,
				   "There is no number.");
	if (len > CTI_NUMBER_MAX)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_NUMBER,
				   "The number is longer than %d bytes.",
				   CTI_NUMBER_MAX);
	if (!cti_utf8_valid(text, len, &bad))
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_NUMBER,
				   "Byte %zu of the number is not UTF-8.",
				   bad + 1);
	return 0;
}

/* A feature code stands in the text exactly, but for blanks around it. */
static bool gate_feature(const struct cti_numbers *n, struct number_draft *d)
{
	const char *text = d->text + strspn(d->text, " ");
	size_t len = strlen(text);

	while (len && text[len - 1] == ' ')
		len--;
	for (size_t i = 0; i < n->feature_codes.count; i++) {
		const char *code = n->feature_codes.items[i];

		if (strlen(code) != len || memcmp(code, text, len) != 0)
			continue;
		memcpy(d->digits, text, len);
		d->digits[len] = '\0';
		d->kind = CTI_NUMBER_FEATURE;
		return true;
	}
	return false;
}

/* What begins with the outside line leads out of the house, so it is read as
 * a public number. */
static bool gate_extension(const struct cti_numbers *n,
			   const struct number_draft *d, size_t len)
{
	return !d->plus && len <= n->extension_digits &&
	       !(n->outside_line[0] &&
		 cti_number_after(d->digits, n->outside_line));
}

static void gate_value(struct number_draft *d)
{
	char *to = d->value;

	if (d->plus)
		*to++ = '+';
	memcpy(to, d->digits, strlen(d->digits) + 1);
}

int cti_number_gate(const struct cti_numbers *n, struct number_draft *d,
		    struct cti_err *err)
{
	int rc = gate_text(d->text, err);
	size_t len;

	if (rc)
		return rc;
	if (gate_feature(n, d)) {
		cti_trace_note(d->trace, "listed in dial.feature_codes");
		gate_value(d);
		return 0;
	}
	rc = gate_chars(d, err);
	if (rc)
		return rc;

	len = strlen(d->digits);
	if (len < 2)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_NUMBER,
				   len ? "One digit is no number."
				       : "There is no digit in the number.");
	d->kind = gate_extension(n, d, len) ? CTI_NUMBER_EXTENSION
					    : CTI_NUMBER_E164;
	gate_value(d);
	if (strcmp(d->value, d->text) != 0)
		cti_trace_note(d->trace, "blanks and punctuation left out");
	return 0;
}
