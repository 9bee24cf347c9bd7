/* SPDX-License-Identifier: Apache-2.0 */
/* base/utf8.c - strict UTF-8, and what a switch sends instead of it */
#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

#include "cti/json.h"

/* What a first byte promises: how many follow, the least they may mean. */
struct lead {
	unsigned char mask, mark, tail;
	uint32_t least;
};

static const struct lead leads[] = {
	{0xe0, 0xc0, 1, 0x80},
	{0xf0, 0xe0, 2, 0x800},
	{0xf8, 0xf0, 3, 0x10000},
};

static const struct lead *lead_find(unsigned char byte)
{
	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
		if ((byte & leads[i].mask) == leads[i].mark)
			return &leads[i];
	}
	return NULL;
}

static bool char_allowed(uint32_t value, uint32_t least)
{
	return value >= least && value <= 0x10ffff &&
	       (value < 0xd800 || value > 0xdfff);
}

size_t cti_utf8_next(uint32_t *charp, const char *text, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;

	if (bytes[0] < 0x80) {
		*charp = bytes[0];
		return 1;
	}

	const struct lead *lead = lead_find(bytes[0]);

	if (!lead || len <= lead->tail)
		return 0;

	uint32_t value = bytes[0] & (unsigned char)~lead->mask;

	for (size_t i = 1; i <= lead->tail; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (bytes[i] & 0x3f);
	}
	if (!char_allowed(value, lead->least))
		return 0;
	*charp = value;
	return (size_t)lead->tail + 1;
}

size_t cti_utf8_cut(const char *text, size_t len)
{
	size_t start = len;

	while (start > 0 && len - start < 3) {
		unsigned char byte = (unsigned char)text[--start];

		if (byte < 0x80)
			return len;
		if (byte >= 0xc0) {
			const struct lead *lead = lead_find(byte);

			return lead && len - start <= lead->tail ? start : len;
		}
	}
	return len;
}

/* Eight bytes of ASCII, none of them NUL. */
static bool word_is_plain(const char *text)
{
	static const uint64_t ones = UINT64_C(0x0101010101010101);
	static const uint64_t highs = UINT64_C(0x8080808080808080);
	uint64_t word;

	memcpy(&word, text, sizeof(word));
	return !(((word - ones) | word) & highs);
}

bool cti_utf8_valid(const char *text, size_t len, size_t *badp)
{
	uint32_t value = 0;
	size_t used = 0;

	for (size_t i = 0; i < len; i += used) {
		used = sizeof(uint64_t);
		if (len - i >= used && word_is_plain(text + i))
			continue;
		used = text[i] ? cti_utf8_next(&value, text + i, len - i) : 0;
		if (!used) {
			if (badp)
				*badp = i;
			return false;
		}
	}
	return true;
}

/* As cti_utf8_valid, but a NUL is only one more control character. */
static bool text_is_utf8(const char *text, size_t len)
{
	uint32_t value = 0;
	size_t used = 0;

	for (size_t i = 0; i < len; i += used) {
		used = cti_utf8_next(&value, text + i, len - i);
		if (!used)
			return false;
	}
	return true;
}

static bool char_is_control(uint32_t value)
{
	return value < 0x20 || (value >= 0x7f && value < 0xa0);
}

/* Writes a character of Latin-1 in UTF-8; returns its bytes. */
static size_t latin1_put(char out[2], unsigned char byte)
{
	if (byte < 0x80) {
		out[0] = (char)byte;
		return 1;
	}
	out[0] = (char)(0xc0 | byte >> 6);
	out[1] = (char)(0x80 | (byte & 0x3f));
	return 2;
}

/* The character at text, as UTF-8 in out; returns the bytes it took. */
static size_t char_clean(char out[4], size_t *outlen, const char *text,
			 size_t len, bool utf8)
{
	uint32_t value = (unsigned char)text[0];
	size_t used = 1;

	if (utf8) {
		used = cti_utf8_next(&value, text, len);
		memcpy(out, text, used);
		*outlen = used;
	} else {
		*outlen = latin1_put(out, (unsigned char)text[0]);
	}
	if (char_is_control(value))
		*outlen = 0;
	return used;
}

void cti_utf8_clean(char *out, size_t size, const char *text, size_t len)
{
	bool utf8 = text_is_utf8(text, len);
	size_t filled = 0;
	size_t used = 0;

	if (!size)
		return;
	for (size_t i = 0; i < len; i += used) {
		char one[4];
		size_t n = 0;

		used = char_clean(one, &n, text + i, len - i, utf8);
		if (n >= size - filled)
			break;
		memcpy(out + filled, one, n);
		filled += n;
	}
	out[filled] = '\0';
}
