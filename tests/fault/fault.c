/* SPDX-License-Identifier: Apache-2.0 */
/* fault/fault.c - counts, and says when */
#include "fault.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Workers count, too. */
static struct {
	atomic_uint left;  /* until it fails; 0 = none does */
	atomic_uint count; /* since it was armed */
} kinds[FAULT_KINDS];

static const char *const names[FAULT_KINDS] = {
	[FAULT_MEMORY] = "memory", [FAULT_CALL] = "call",
	[FAULT_SQLITE] = "sqlite", [FAULT_DISK] = "disk",
	[FAULT_LOOP] = "loop",	   [FAULT_NEW] = "new",
};

void fault_at(enum fault_kind kind, unsigned n)
{
	atomic_store(&kinds[kind].count, 0);
	atomic_store(&kinds[kind].left, n);
}

bool fault_happened(enum fault_kind kind)
{
	return atomic_exchange(&kinds[kind].left, 0) == 0;
}

unsigned fault_count(enum fault_kind kind)
{
	return atomic_load(&kinds[kind].count);
}

bool fault_now(enum fault_kind kind)
{
	atomic_fetch_add(&kinds[kind].count, 1);
	return atomic_load(&kinds[kind].left) &&
	       atomic_fetch_sub(&kinds[kind].left, 1) == 1;
}

/* --- by the environment, in the process of one test --- */

static void log_counts(void)
{
	char line[160];
	int len = 0,
	    fd = open(getenv("FAULT_LOG"), O_WRONLY | O_APPEND | O_CREAT, 0600);

	for (int i = 0; i < FAULT_KINDS; i++)
		len += snprintf(line + len, sizeof(line) - (size_t)len,
				"%s:%u%c", names[i],
				fault_count((enum fault_kind)i),
				i + 1 < FAULT_KINDS ? ' ' : '\n');
	if (fd >= 0 && write(fd, line, (size_t)len) == len)
		(void)close(fd); /* it was only appended to */
}

static void arm(void)
{
	const char *text = getenv("FAULT");

	for (int i = 0; i < FAULT_KINDS; i++) {
		size_t len = strlen(names[i]);
		unsigned n = 0;

		if (text && strncmp(text, names[i], len) == 0 &&
		    text[len] == ':')
			n = (unsigned)strtoul(text + len + 1, NULL, 10);
		fault_at((enum fault_kind)i, n);
	}
	if (getenv("FAULT_LOG"))
		(void)atexit(log_counts); /* else it is not counted */
}

__attribute__((constructor)) static void begin(void)
{
	if (getenv("FAULT") || getenv("FAULT_LOG"))
		(void)pthread_atfork(NULL, NULL, arm); /* else none fails */
}
