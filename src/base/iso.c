/* SPDX-License-Identifier: Apache-2.0 */
/* base/iso.c - a moment as RFC 3339 text in UTC */
#include "base/iso.h"

#include <string.h>
#include <time.h>

static const int64_t YEAR_10000_MS = INT64_C(253402300800000);

/* Digits of value, right to left, ending before end. */
static void digits_write(char *end, int value, int digits)
{
	for (; digits > 0; digits--, value /= 10)
		*--end = (char)('0' + value % 10);
}

void cti_iso_write(char out[CTI_ISO_SIZE], int64_t wall_ms)
{
	static const char pattern[] = "0000-00-00T00:00:00.000Z";
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;

	out[0] = '\0';
	if (wall_ms < 0 || wall_ms >= YEAR_10000_MS)
		return;
	if (!gmtime_r(&seconds, &tm))
		return;
	memcpy(out, pattern, sizeof(pattern));
	digits_write(out + 4, tm.tm_year + 1900, 4);
	digits_write(out + 7, tm.tm_mon + 1, 2);
	digits_write(out + 10, tm.tm_mday, 2);
	digits_write(out + 13, tm.tm_hour, 2);
	digits_write(out + 16, tm.tm_min, 2);
	digits_write(out + 19, tm.tm_sec, 2);
	digits_write(out + 23, (int)(wall_ms % 1000), 3);
}
