/* SPDX-License-Identifier: Apache-2.0 */
/* store/path.c - where the journal is */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "store/store_priv.h"

enum { NAME_SIZE = 4200 };

/** Folders that others name, best first. */
static const struct {
	const char *variable;
	const char *below;
} folders[] = {
	{"STATE_DIRECTORY", ""}, /* systemd.exec(5) */
	{"XDG_STATE_HOME", "/patchcord"},
	{"HOME", "/.local/state/patchcord"},
};

int cti_store_path(char *out, size_t size, const char *set)
{
	int len = -1;

	if (set && *set)
		len = snprintf(out, size, "%s", set);
	for (size_t i = 0; len < 0 && i < sizeof(folders) / sizeof(*folders);
	     i++) {
		const char *folder = getenv(folders[i].variable);

		if (folder && *folder)
			len = snprintf(out, size, "%s%s/patchcord.db", folder,
				       folders[i].below);
	}
	if (len < 0)
		return -ENOENT;
	return (size_t)len < size ? 0 : -ENAMETOOLONG;
}

static int64_t file_bytes(const char *path, const char *end)
{
	char name[NAME_SIZE];
	struct stat st;
	int len = snprintf(name, sizeof(name), "%s%s", path, end);

	if (len < 0 || (size_t)len >= sizeof(name) || stat(name, &st))
		return 0;
	return (int64_t)st.st_size;
}

int64_t cti_store_bytes(const struct cti_store *store)
{
	return file_bytes(store->path, "") + file_bytes(store->path, "-wal");
}
