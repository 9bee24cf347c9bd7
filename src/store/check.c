/* SPDX-License-Identifier: Apache-2.0 */
/* store/check.c - is the file whole? Looked at on a start where it is quick */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cti/log.h"
#include "store/store_priv.h"

enum {
	QUICK_BYTES = 32 * 1024 * 1024, /* a tenth of a second */
};

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

	if (stat(store->path, &st))
		return -errno;
	/* damage in a longer one is found when it is met */
	return st.st_size > QUICK_BYTES ? 0 : check_all(store);
}

void store_damage(struct cti_store *store)
{
	if (store->damaged)
		return;
	log_error("store: %s is damaged; it is set aside now", store->path);
	store->damaged = true;
	store_fail(store, -EBADMSG);
	cti_timer_start(store->retry, 0);
}
