/* SPDX-License-Identifier: Apache-2.0 */
/* base/iso.c - a moment as RFC 3339 text in UTC */
#include "base/iso.h"

#include <stdio.h>
#include <time.h>

static const int64_t YEAR_10000_MS = INT64_C(253402300800000);

void cti_iso_write(char out[CTI_ISO_SIZE], int64_t wall_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;
	size_t len;

	out[0] = '\0';
	if (wall_ms < 0 || wall_ms >= YEAR_10000_MS)
		return;
	if (!gmtime_r(&seconds, &tm))
		return;
	len = strftime(out, CTI_ISO_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(out + len, CTI_ISO_SIZE - len, ".%03uZ",
		       (unsigned int)(wall_ms % 1000)); /* always fits */
}
