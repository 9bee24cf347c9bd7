/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/vectors.c - texts that are more than one word to some protocol */
#include "vectors.h"

#include <stdio.h>
#include <string.h>

/* Each stands before, inside and behind a number. */
static const char *const parts[] = {
	/* lines */
	"\r\n",
	"\n",
	"\r",
	"\n\n",
	"\r\n\r\n",
	"\v",
	"\f",
	"\xc2\x85",
	"\xe2\x80\xa8",
	"\xe2\x80\xa9",
	"\x1e",
	"\x1b[2J",
	"\x01",
	"\x7f",
	"\t",
	" ",
	"\xc2\xa0",
	"%0d%0a",
	"%0D%0AAction:%20Logoff",
	"\\r\\n",
	"\\n",
	"\\x0a",
	"&#10;",
	/* the manager interface and the dialplan */
	"\r\nAction: Originate\r\n",
	"\r\nAction: Command\r\nCommand: core stop now\r\n\r\n",
	"\r\n\r\nAction: Logoff\r\n\r\n",
	"\nVariable: A=1\n",
	"\r\nApplication: System\r\nData: id\r\n",
	"&SIP/evil",
	"&PJSIP/evil&Local/112@out",
	",30,g",
	"|30|g",
	"/n",
	"@out",
	";2",
	"${SHELL(id)}",
	"$[1+1]",
	"${EVAL(x)}",
	"_X.",
	"!",
	"<112>",
	"\" <112>",
	/* the event socket */
	"\n\napi system id\n\n",
	"\n\nexit\n\n",
	"\nsendmsg x",
	"\nJob-UUID: x\n",
	"&system(id)",
	" &bridge(user/1)",
	"{a=b}",
	"{origination_uuid=x,sip_h_X=1}",
	"[a=b]",
	"<a=b>",
	"^^:a=b",
	"'",
	"\"",
	"`id`",
	"\\",
	"\\'",
	",",
	"|",
	"||",
	":_:",
	"$${domain}",
	"${system(id)}",
	" XML public",
	" inline",
	"answer,park inline",
	/* netstrings and their JSON */
	",12:{\"command\":\"quit\"},",
	"\"},",
	"\",\"command\":\"quit\",\"x\":\"",
	"\\\",\\\"command\\\":\\\"quit",
	"\\u0000",
	"\\u000a",
	"0:,",
	"999999999:",
	"-1:",
	/* SIP */
	";ext=5",
	";user=phone",
	";transport=tcp",
	"?Subject=x",
	"?Route=%3Csip:evil%3E",
	"@evil.example",
	":5060",
	">;tag=1",
	"%40evil",
	"%00",
	"%",
	"%zz",
	/* digits that are none */
	"\xef\xbc\x91\xef\xbc\x92",
	"\xd9\xa1\xd9\xa2",
	"\xc2\xb9",
	"\xe2\x80\x8f",
	"\xe2\x80\xae",
	"\xef\xbb\xbf",
	"\xc0\xaf",
	"\xff",
	"\xed\xa0\x80",
	"\xc3",
	/* what a phone may take, yet not everywhere */
	"*21*",
	"#",
	"+",
	",,5",
	"p5",
	"w5",
	"e5",
	"-",
	"(0)",
};

/* Whole texts. */
static const char *const wholes[] = {
	"",
	" ",
	"+",
	"++",
	"\r\n",
	"sip:x@y",
	"sip:112@pbx;user=phone",
	"sips:112@pbx",
	"tel:+4930123456",
	"\"A\" <sip:112@pbx>",
	"<sip:112@pbx>",
	"sip:112@pbx\r\nVia: x",
	"PJSIP/101\r\nAction: Logoff",
	"PJSIP/101&PJSIP/102",
	"PJSIP/101,30",
	"/.*/",
	"Local/112@out/n",
	"user/101@x\n\napi system id",
	"user/101,user/102",
	"user/101|user/102",
	"{a=b}user/101",
	"loopback/112",
	"error/USER_BUSY",
	"../../etc/passwd",
	"-1",
	"0x7b",
	"1e15",
	"NULL",
	"true",
	"{}",
	"[]",
	"5:dial1,",
	"12345678901234567890123456789012345",
};

enum {
	PARTS = sizeof(parts) / sizeof(*parts),
	WHOLES = sizeof(wholes) / sizeof(*wholes),
	PLACES = 3,
};

/* Longer than what any of them takes: digits, letters, and lines. */
static const struct {
	char byte;
	size_t len;
} longs[] = {
	{'1', 33},   {'1', 65},	  {'1', 129},  {'1', 1025}, {'1', 8191},
	{'a', 8191}, {'\n', 200}, {',', 1000}, {'%', 3000}, {'"', 2000},
};

enum { LONGS = sizeof(longs) / sizeof(*longs) };

size_t vectors_count(void)
{
	return PARTS * PLACES + WHOLES + LONGS;
}

static void part_make(char out[VECTOR_SIZE], size_t i)
{
	static const char *const forms[PLACES][2] = {
		{"", "4930123456"},
		{"49301", "23456"},
		{"4930123456", ""},
	};
	const char *const *form = forms[i % PLACES];

	(void)snprintf(out, VECTOR_SIZE, "%s%s%s", form[0], parts[i / PLACES],
		       form[1]);
}

void vector_make(char out[VECTOR_SIZE], size_t i)
{
	if (i < PARTS * PLACES) {
		part_make(out, i);
		return;
	}
	i -= PARTS * PLACES;
	if (i < WHOLES) {
		(void)snprintf(out, VECTOR_SIZE, "%s", wholes[i]);
		return;
	}
	i -= WHOLES;
	memset(out, longs[i].byte, longs[i].len);
	out[longs[i].len] = '\0';
}
