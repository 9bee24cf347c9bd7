/* SPDX-License-Identifier: Apache-2.0 */
/* store/doubt.c - is the file whole? Looked at where that is quick or needed */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cti/log.h"
#include "store/store_priv.h"

enum {
	PATH_CEILING = 4096,
	QUICK_BYTES = 32 * 1024 * 1024, /* a tenth of a second */
};

static int doubt_path(struct cti_buf *path, const struct cti_store *store)
{
	cti_buf_init(path, PATH_CEILING);
	return cti_buf_fmt(path, "%s-doubt", store->path);
}

/* A file too long to be looked at on each start is after a damage was met. */
void store_doubt(const struct cti_store *store)
{
	struct cti_buf path;

	if (doubt_path(&path, store) == 0) {
		int fd = open(cti_buf_text(&path),
			      O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		if (fd >= 0)
			(void)close(fd); /* it is empty */
		log_error("store: %s is damaged; the next start sets it aside",
			  store->path);
	}
	cti_buf_fini(&path);
}

bool store_doubted(const struct cti_store *store)
{
	struct cti_buf path;
	bool doubted = doubt_path(&path, store) == 0 &&
		       access(cti_buf_text(&path), F_OK) == 0;

	cti_buf_fini(&path);
	return doubted;
}

void store_doubt_over(const struct cti_store *store)
{
	struct cti_buf path;

	if (doubt_path(&path, store) == 0)
		(void)unlink(cti_buf_text(&path)); /* mostly there is none */
	cti_buf_fini(&path);
}

static int check_all(struct cti_store *store)
{
	sqlite3_stmt *stmt = NULL;
	const char *text;
	int err = 0, rc;

	rc = sqlite3_prepare_v2(store->writer, "PRAGMA quick_check(1)", -1,
				&stmt, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	text = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0)
				: NULL;
	if (rc != SQLITE_ROW) {
		err = store_errno(store->writer, rc);
	} else if (!text || strcmp(text, "ok") != 0) {
		log_error("store: %s: %s", store->path,
			  text ? text : "no memory to check it");
		err = text ? -EBADMSG : -ENOMEM;
	}
	(void)sqlite3_finalize(stmt); /* repeats what step said */
	return err;
}

int store_check(struct cti_store *store)
{
	struct stat st;
	int err;

	if (stat(store->path, &st))
		return -errno;
	if (st.st_size > QUICK_BYTES && !store_doubted(store))
		return 0;
	err = check_all(store);
	if (!err)
		store_doubt_over(store);
	return err;
}
