/* SPDX-License-Identifier: Apache-2.0 */
/* doctor/disk.c - the journal's disk, and damaged journals beside it */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "doctor/facts.h"

enum { PATH_SIZE = 4096 };

/* The disk of the nearest folder above that is there. */
static int64_t free_of(const char *path)
{
	char folder[PATH_SIZE];
	struct statvfs vfs;
	char *slash;

	(void)snprintf(folder, sizeof(folder), "%s", path); /* cut is told */
	while (statvfs(folder, &vfs)) {
		slash = strrchr(folder, '/');
		if (!slash || slash == folder)
			return -1;
		*slash = '\0';
	}
	return (int64_t)vfs.f_bavail * (int64_t)vfs.f_frsize;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

void cti_disk_look(struct cti_store_facts *facts, const char *path, char *name,
		   size_t size)
{
	char pattern[PATH_SIZE];
	glob_t found;

	facts->free_bytes = free_of(path);
	facts->aside = NULL;
	(void)snprintf(pattern, sizeof(pattern), "%s.corrupt-*",
		       path); /* cut finds nothing */
	if (glob(pattern, 0, NULL, &found))
		return;
	/* sorted, so the last one is the newest */
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *file = found.gl_pathv[i];

		if (ends_with(file, "-wal") || ends_with(file, "-shm"))
			continue;
		(void)snprintf(name, size, "%s", file); /* cut is fine */
		facts->aside = name;
	}
	globfree(&found);
}
