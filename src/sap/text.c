/* SPDX-License-Identifier: Apache-2.0 */
/* sap/text.c - what a value for SAP may hold */
#include "sap/text.h"

#include <string.h>

size_t cti_text_illegal(const char *text)
{
	unsigned char c = (unsigned char)text[0];

	if (c == 0)
		return 0;
	if (c < 0x20)
		return c == '\t' || c == '\n' || c == '\r' ? 0 : 1;
	if (!strncmp(text, "\xef\xbf\xbe", 3) ||
	    !strncmp(text, "\xef\xbf\xbf", 3))
		return 3;
	return 0;
}

bool cti_text_blank(const char *text)
{
	return !text || text[strspn(text, " \t\r\n")] == '\0';
}

bool cti_text_among(const char *text, const char *const *words)
{
	for (; text && *words; words++) {
		if (!strcmp(text, *words))
			return true;
	}
	return false;
}
