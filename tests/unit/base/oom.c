/* SPDX-License-Identifier: Apache-2.0 */
/* base/oom.c - an allocator that fails on demand (ld --wrap) */
#include <stdbool.h>
#include <stddef.h>

#include "suites.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);

static unsigned int countdown;

void oom_at(unsigned int n)
{
	countdown = n;
}

static bool oom_now(void)
{
	return countdown && --countdown == 0;
}

void *__wrap_malloc(size_t size)
{
	return oom_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return oom_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return oom_now() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
	return oom_now() ? NULL : __real_strdup(text);
}
