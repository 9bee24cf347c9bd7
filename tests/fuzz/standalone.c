/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/standalone.c - replays files and folders through a target */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

enum { PATH_SIZE = 1024 };

/* An input has exactly its own bytes, so that a sanitizer sees its end. */
static int file_read(uint8_t **datap, size_t *sizep, const char *path)
{
	FILE *fp = fopen(path, "rb");
	uint8_t *data = NULL;
	struct stat st;
	int err = -EIO;

	if (!fp)
		return -errno;
	if (fstat(fileno(fp), &st))
		goto out;
	data = malloc(st.st_size ? (size_t)st.st_size : 1);
	if (!data ||
	    fread(data, 1, (size_t)st.st_size, fp) != (size_t)st.st_size)
		goto out;
	*datap = data;
	*sizep = (size_t)st.st_size;
	data = NULL; /* now the caller's */
	err = 0;
out:
	free(data);
	(void)fclose(fp); /* it was only read */
	return err;
}

static int replay_file(const char *path, size_t *countp)
{
	uint8_t *data = NULL;
	size_t size = 0;
	int err = file_read(&data, &size, path);

	if (err) {
		(void)fprintf(stderr, "%s: %s\n", path, strerror(-err));
		return err;
	}
	(void)LLVMFuzzerTestOneInput(data, size); /* always 0 */
	free(data);
	(*countp)++;
	return 0;
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int replay_folder(const char *folder, size_t *countp)
{
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, visible, alphasort);
	int err = n < 0 ? -errno : 0;

	if (err)
		(void)fprintf(stderr, "%s: %s\n", folder, strerror(-err));
	for (int i = 0; i < n; i++) {
		char path[PATH_SIZE];
		int len = snprintf(path, sizeof(path), "%s/%s", folder,
				   entries[i]->d_name);

		if (!err && len >= (int)sizeof(path))
			err = -ENAMETOOLONG;
		if (!err)
			err = replay_file(path, countp);
		free(entries[i]);
	}
	free(entries);
	return err;
}

static int replay(const char *path, size_t *countp)
{
	struct stat st;

	if (stat(path, &st)) {
		(void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -ENOENT;
	}
	return S_ISDIR(st.st_mode) ? replay_folder(path, countp)
				   : replay_file(path, countp);
}

int main(int argc, char **argv)
{
	size_t count = 0;
	int err = argc > 1 ? 0 : -EINVAL;

	for (int i = 1; i < argc && !err; i++)
		err = replay(argv[i], &count);
	if (!err && !count)
		err = -ENOENT;
	printf("%d%%: Checks: %zu, Failures: 0, Errors: %d\n", err ? 0 : 100,
	       count, err ? 1 : 0);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
