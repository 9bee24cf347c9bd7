/* SPDX-License-Identifier: Apache-2.0 */
/* fault/new.cc - operator new throws when told, in libraries too */
#include <cstdlib>
#include <new>

extern "C" {
#include "fault.h"
void *__real_malloc(size_t size);
}

/* They do not free all when they are thrown through; we do. */
extern "C" const char *__lsan_default_suppressions(void);
extern "C" const char *__lsan_default_suppressions(void)
{
	return "leak:libphonenumber\nleak:libprotobuf\nleak:libicu\n";
}

static void *take(std::size_t size)
{
	void *data = fault_now(FAULT_NEW) ? nullptr : __real_malloc(size);

	if (!data)
		throw std::bad_alloc();
	return data;
}

void *operator new(std::size_t size)
{
	return take(size ? size : 1);
}

void *operator new[](std::size_t size)
{
	return take(size ? size : 1);
}

void operator delete(void *data) noexcept
{
	std::free(data);
}

void operator delete[](void *data) noexcept
{
	std::free(data);
}

void operator delete(void *data, std::size_t) noexcept
{
	std::free(data);
}

void operator delete[](void *data, std::size_t) noexcept
{
	std::free(data);
}
