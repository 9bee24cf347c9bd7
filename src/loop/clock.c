/* SPDX-License-Identifier: Apache-2.0 */
/* loop/clock.c - whether the clock is kept in time */
#define _GNU_SOURCE /* adjtimex */
#include <errno.h>

#include "cti/loop.h"

#ifdef __linux__
#include <sys/timex.h>

int cti_clock_synced(void)
{
	struct timex timex = {.modes = 0};

	if (adjtimex(&timex) < 0)
		return -ENOSYS;
	return !(timex.status & STA_UNSYNC);
}
#else
int cti_clock_synced(void)
{
	return -ENOSYS;
}
#endif
