/* SPDX-License-Identifier: Apache-2.0 */
/* fault/loop.c - libuv's memory fails when told (its own hook) */
#include <stdlib.h>

#include <uv.h>

#include "fault.h"

void *__real_malloc(size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_calloc(size_t count, size_t size);

static void *fail_malloc(size_t size)
{
	return fault_now(FAULT_LOOP) ? NULL : __real_malloc(size);
}

/* Only the table of descriptors is made larger so, and libuv itself aborts
 * where it is not: nothing of ours is asked. */
static void *just_realloc(void *old, size_t size)
{
	return __real_realloc(old, size);
}

static void *fail_calloc(size_t count, size_t size)
{
	return fault_now(FAULT_LOOP) ? NULL : __real_calloc(count, size);
}

__attribute__((constructor)) static void begin(void)
{
	if (uv_replace_allocator(fail_malloc, just_realloc, fail_calloc, free))
		abort();
}
