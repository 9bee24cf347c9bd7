/* SPDX-License-Identifier: Apache-2.0 */
/* fault/sqlite.c - SQLite's memory fails when told (its own hook) */
#include <sqlite3.h>
#include <stdlib.h>

#include "fault.h"

static sqlite3_mem_methods real;

static void *fail_malloc(int size)
{
	return fault_now(FAULT_SQLITE) ? NULL : real.xMalloc(size);
}

static void *fail_realloc(void *old, int size)
{
	return fault_now(FAULT_SQLITE) ? NULL : real.xRealloc(old, size);
}

/* before the VFS, which begins SQLite */
__attribute__((constructor(200))) static void begin(void)
{
	sqlite3_mem_methods mine;

	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real) != SQLITE_OK)
		abort();
	mine = real;
	mine.xMalloc = fail_malloc;
	mine.xRealloc = fail_realloc;
	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &mine) != SQLITE_OK)
		abort();
}
