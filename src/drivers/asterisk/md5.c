/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/md5.c - the digest of the manager's challenge (RFC 1321) */
#include "drivers/asterisk/md5.h"

#include <stdint.h>
#include <string.h>

enum {
	BLOCK = 64,
	TEXT_MAX = 1000,
	ROUNDS = 64,
};

/* floor(2^32 * |sin(i + 1)|) */
static const uint32_t sines[ROUNDS] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a,
	0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be,
	0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340,
	0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
	0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8,
	0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
	0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
	0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
	0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92,
	0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
	0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const unsigned char shifts[4][4] = {
	{7, 12, 17, 22},
	{5, 9, 14, 20},
	{4, 11, 16, 23},
	{6, 10, 15, 21},
};

static uint32_t word_read(const unsigned char *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static uint32_t mix(unsigned round, uint32_t b, uint32_t c, uint32_t d)
{
	if (round == 0)
		return (b & c) | (~b & d);
	if (round == 1)
		return (b & d) | (c & ~d);
	if (round == 2)
		return b ^ c ^ d;
	return c ^ (b | ~d);
}

/* Which of the block's sixteen words step i of a round takes. */
static unsigned word_of(unsigned round, unsigned i)
{
	static const unsigned char times[4] = {1, 5, 3, 7},
				   plus[4] = {0, 1, 5, 0};

	return (i * times[round] + plus[round]) % 16;
}

static void block_add(uint32_t state[4], const unsigned char *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];

	for (unsigned i = 0; i < ROUNDS; i++) {
		unsigned round = i / 16;
		unsigned shift = shifts[round][i % 4];
		uint32_t sum = a + mix(round, b, c, d) + sines[i] +
			       word_read(block + 4 * word_of(round, i));

		a = d;
		d = c;
		c = b;
		b += sum << shift | sum >> (32 - shift);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}

/* The text, a 1 bit, zeros up to the block's last 8 bytes, its bits. */
static size_t text_pad(unsigned char *text, size_t len)
{
	size_t whole = (len + 8) / BLOCK * BLOCK + BLOCK;

	memset(text + len, 0, whole - len);
	text[len] = 0x80;
	for (size_t i = 0; i < 8; i++)
		text[whole - 8 + i] =
			(unsigned char)((uint64_t)len * 8 >> 8 * i);
	return whole;
}

static size_t text_add(unsigned char *text, size_t len, const char *more)
{
	size_t n = strlen(more);

	if (n > TEXT_MAX - len)
		n = TEXT_MAX - len;
	memcpy(text + len, more, n);
	return len + n;
}

void cti_md5(char out[CTI_MD5_SIZE], const char *first, const char *second)
{
	uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
	unsigned char text[TEXT_MAX + 2 * BLOCK];
	size_t len = text_add(text, text_add(text, 0, first), second);
	size_t whole = text_pad(text, len);

	for (size_t at = 0; at < whole; at += BLOCK)
		block_add(state, text + at);
	for (unsigned i = 0; i < 16; i++) {
		unsigned byte = state[i / 4] >> 8 * (i % 4) & 0xff;

		out[2 * i] = "0123456789abcdef"[byte >> 4];
		out[2 * i + 1] = "0123456789abcdef"[byte & 0xf];
	}
	out[CTI_MD5_SIZE - 1] = '\0';
}
