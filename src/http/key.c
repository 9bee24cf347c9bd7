/* SPDX-License-Identifier: Apache-2.0 */
/* http/key.c - the key of programs, in a file */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cti/id.h"
#include "cti/log.h"
#include "http/http.h"

enum { KEY_LEAST = 16 };

/* What was begun and not finished must not count as a key. */
static int key_write(int fd, const char *path)
{
	char line[66];
	int err = cti_id_token(line);

	if (!err) {
		line[64] = '\n';
		errno = EIO; /* of a write that is cut short */
		if (write(fd, line, 65) != 65 || fsync(fd))
			err = -errno;
	}
	if (close(fd) && !err)
		err = -errno;
	if (err)
		(void)unlink(path); /* err says more */
	return err;
}

static int key_make(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int err = fd < 0 ? -errno : key_write(fd, path);

	if (err == -EEXIST)
		return 0; /* another one was quicker */
	if (!err)
		log_info("http: made the key of programs, %s", path);
	return err;
}

int cti_http_key_path(char *out, size_t size, const char *set,
		      const char *store_path)
{
	static const char name[] = "api.key";
	const char *slash = strrchr(store_path, '/');
	size_t folder = slash ? (size_t)(slash - store_path) + 1 : 0;
	int len;

	if (set && *set)
		len = snprintf(out, size, "%s", set);
	else
		len = snprintf(out, size, "%.*s%s", (int)folder, store_path,
			       name);
	return len >= 0 && (size_t)len < size ? 0 : -ENAMETOOLONG;
}

int cti_http_key_load(struct cti_secret *key, const char *path,
		      struct cti_err *err)
{
	int bad = cti_secret_load(key, path);

	if (bad == -ENOENT) {
		bad = key_make(path);
		if (!bad)
			bad = cti_secret_load(key, path);
	}
	if (bad)
		return cti_err_set(err, -bad, CTI_ERR_INTERNAL,
				   "http.api_key_file: %.80s: %s", path,
				   strerror(-bad));
	if (strlen(key->text) < KEY_LEAST)
		return cti_err_set(err, EINVAL, CTI_ERR_INTERNAL,
				   "http.api_key_file: the key in %.60s has "
				   "less than %d characters",
				   path, KEY_LEAST);
	return 0;
}
