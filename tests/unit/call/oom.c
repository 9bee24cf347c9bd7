/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/oom.c - an allocator that fails when told (ld --wrap) */
#include "oom.h"

#include <stdatomic.h>
#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);

/* The store's worker allocates, too. */
static atomic_uint countdown;

void oom_at(unsigned n)
{
	atomic_store(&countdown, n);
}

bool oom_happened(void)
{
	return atomic_exchange(&countdown, 0) == 0;
}

static bool oom_now(void)
{
	return atomic_load(&countdown) && atomic_fetch_sub(&countdown, 1) == 1;
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
