/* SPDX-License-Identifier: Apache-2.0 */
/* fault/loop.c - libuv's memory fails when told (its own hook) */
#include <stdlib.h>

#include <uv.h>

#include "fault.h"

static void *fail_malloc(size_t size)
{
	return fault_now(FAULT_LOOP) ? NULL : malloc(size);
}

static void *fail_realloc(void *old, size_t size)
{
	return fault_now(FAULT_LOOP) ? NULL : realloc(old, size);
}

static void *fail_calloc(size_t count, size_t size)
{
	return fault_now(FAULT_LOOP) ? NULL : calloc(count, size);
}

__attribute__((constructor)) static void begin(void)
{
	if (uv_replace_allocator(fail_malloc, fail_realloc, fail_calloc, free))
		abort();
}
