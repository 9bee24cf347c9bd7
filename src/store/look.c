/* SPDX-License-Identifier: Apache-2.0 */
/* store/look.c - is a journal well that no relay of ours has open? */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/store_priv.h"

enum { BUSY_MS = 2000 };

/* Somebody's lock of the file, as a relay takes it. */
static int look_lock(const char *path, bool *heldp)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_SH | LOCK_NB))
		err = errno == EWOULDBLOCK ? 0 : -errno;
	else
		*heldp = false;
	(void)close(fd); /* nothing was written by it; the lock ends, too */
	return err;
}

static int look_check(sqlite3 *db)
{
	sqlite3_stmt *stmt = NULL;
	int64_t version = 0;
	const char *text;
	int err = store_schema_version(db, &version);
	int rc;

	if (err)
		return err;
	rc = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &stmt, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	text = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0)
				: NULL;
	if (rc != SQLITE_ROW)
		err = store_errno(db, rc);
	else if (!text || strcmp(text, "ok") != 0)
		err = -EBADMSG;
	(void)sqlite3_finalize(stmt); /* repeats what step said */
	return err;
}

static int look_open(const char *path)
{
	struct cti_buf uri;
	sqlite3 *db = NULL;
	bool whole = false;
	int err, rc;

	cti_buf_init(&uri, STORE_URI_CEILING);
	err = store_uri(&uri, path, &whole);
	if (err)
		goto out;
	rc = sqlite3_open_v2(cti_buf_text(&uri), &db,
			     SQLITE_OPEN_READONLY | SQLITE_OPEN_URI |
				     SQLITE_OPEN_EXRESCODE,
			     NULL);
	err = rc == SQLITE_OK ? 0 : store_errno(db, rc);
	if (!err) {
		(void)sqlite3_busy_timeout(db, BUSY_MS); /* takes it */
		err = look_check(db);
	}
	(void)sqlite3_close(db); /* every statement is gone */
out:
	cti_buf_fini(&uri);
	return err;
}

/* The file, or the nearest folder above it that is there. */
static int look_write(const char *path)
{
	char *copy = strdup(path);
	char *slash;
	int err = 0;

	if (!copy)
		return -ENOMEM;
	while (access(copy, F_OK) && errno == ENOENT) {
		slash = strrchr(copy, '/');
		if (!slash || slash == copy)
			break;
		*slash = '\0';
	}
	if (access(copy, W_OK))
		err = -errno;
	slash = err ? NULL : strrchr(copy, '/');
	/* SQLite makes files beside it */
	if (slash && slash != copy) {
		*slash = '\0';
		if (access(copy, W_OK) && !strcmp(copy, path))
			err = -errno;
	}
	free(copy);
	return err;
}

int cti_store_look(const char *path, bool *missingp, bool *heldp)
{
	int err;

	*missingp = access(path, F_OK) && errno == ENOENT;
	*heldp = !*missingp;
	if (*missingp)
		return look_write(path);
	err = look_lock(path, heldp);
	if (err || *heldp)
		return err;
	err = look_open(path);
	return err ? err : look_write(path);
}
