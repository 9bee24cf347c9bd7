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

static _Thread_local bool quiet;

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

void fault_quiet(bool on)
{
	quiet = on;
}

bool fault_now(enum fault_kind kind)
{
	if (quiet)
		return false;
	atomic_fetch_add(&kinds[kind].count, 1);
	return atomic_load(&kinds[kind].left) &&
	       atomic_fetch_sub(&kinds[kind].left, 1) == 1;
}

/* --- by the environment, in the process of one test --- */

enum { TESTS_MAX = 2048 };

static struct {
	enum fault_kind kind;
	size_t tests;
	unsigned n[TESTS_MAX]; /* which one of each test fails; 0 = none */
	size_t test;	       /* that runs */
} plan;

static void log_counts(void)
{
	char line[200];
	int len = snprintf(line, sizeof(line), "%zu", plan.test);
	int fd = open(getenv("FAULT_LOG"), O_WRONLY | O_APPEND | O_CREAT, 0600);

	for (int i = 0; i < FAULT_KINDS; i++)
		len += snprintf(line + len, sizeof(line) - (size_t)len,
				" %s:%u", names[i],
				fault_count((enum fault_kind)i));
	line[len++] = '\n';
	if (fd >= 0 && write(fd, line, (size_t)len) == len)
		(void)close(fd); /* it was only appended to */
}

static void before_fork(void)
{
	plan.test++;
}

static void in_child(void)
{
	size_t test = plan.test - 1;

	for (int i = 0; i < FAULT_KINDS; i++)
		fault_at((enum fault_kind)i, 0);
	if (test < plan.tests)
		fault_at(plan.kind, plan.n[test]);
	if (getenv("FAULT_LOG"))
		(void)atexit(log_counts); /* else it is not counted */
}

static void read_plan(const char *kind, const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file)
		abort();
	for (int i = 0; i < FAULT_KINDS; i++)
		if (strcmp(kind, names[i]) == 0)
			plan.kind = (enum fault_kind)i;
	while (plan.tests < TESTS_MAX &&
	       fscanf(file, "%u", &plan.n[plan.tests]) == 1)
		plan.tests++;
	(void)fclose(file); /* it was only read */
}

__attribute__((constructor)) static void begin(void)
{
	const char *kind = getenv("FAULT"), *path = getenv("FAULT_PLAN");

	if (kind && path)
		read_plan(kind, path);
	if (path || getenv("FAULT_LOG"))
		(void)pthread_atfork(before_fork, NULL, in_child); /* or none */
}
