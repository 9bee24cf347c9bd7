/* SPDX-License-Identifier: Apache-2.0 */
/* fault/memory.c - an allocator that fails when told (ld --wrap) */
#include <stddef.h>

#include "fault.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
void *__real_emalloc(size_t size);
void *__real_erealloc(void *old, size_t size);
void *__wrap_emalloc(size_t size);
void *__wrap_erealloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);

void *__wrap_malloc(size_t size)
{
	return fault_now(FAULT_MEMORY) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fault_now(FAULT_MEMORY) ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fault_now(FAULT_MEMORY) ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
	return fault_now(FAULT_MEMORY) ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t len)
{
	return fault_now(FAULT_MEMORY) ? NULL : __real_strndup(text, len);
}

/* The test runner's own: it ends when it gets none. */
void *__wrap_emalloc(size_t size)
{
	void *data;

	fault_quiet(true);
	data = __real_emalloc(size);
	fault_quiet(false);
	return data;
}

void *__wrap_erealloc(void *old, size_t size)
{
	void *data;

	fault_quiet(true);
	data = __real_erealloc(old, size);
	fault_quiet(false);
	return data;
}
