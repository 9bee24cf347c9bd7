/* SPDX-License-Identifier: Apache-2.0 */
/* fault/promise.c - looks into the file as anybody could, past the store */
#include "promise.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "cti/id.h"
#include "fault.h"

static int find(sqlite3 *db, const char *id)
{
	unsigned char blob[CTI_ID_BLOB];
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, "SELECT 1 FROM call WHERE id = ?", -1,
				    &stmt, NULL);

	if (rc == SQLITE_OK && cti_id_is_hex(id)) {
		cti_id_pack(blob, id);
		rc = sqlite3_bind_blob(stmt, 1, blob, sizeof(blob),
				       SQLITE_STATIC);
	} else if (rc == SQLITE_OK) {
		rc = sqlite3_bind_text(stmt, 1, id, -1, SQLITE_STATIC);
	}
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	(void)sqlite3_finalize(stmt); /* repeats what step said */
	return rc;
}

void promise_stored(const char *path, const char *id)
{
	sqlite3 *db = NULL;
	int rc;

	fault_quiet(true);
	rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, "unix");
	if (rc == SQLITE_OK)
		rc = find(db, id);
	(void)sqlite3_close(db); /* it was only read */
	fault_quiet(false);
	if (rc == SQLITE_ROW)
		return;
	(void)fprintf(stderr, "a broken promise: call %s is not stored: %s\n",
		      id, sqlite3_errstr(rc));
	abort();
}
