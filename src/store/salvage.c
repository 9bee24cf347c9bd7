/* SPDX-License-Identifier: Apache-2.0 */
/* store/salvage.c - what is still readable of a file that was set aside */
#include <errno.h>
#include <stdlib.h>

#include "cti/log.h"
#include "store/store_priv.h"

enum {
	SALVAGE_CALLS = 10000, /* the newest ones; their dial keys bind */
};

/* Whose calls are taken over: those that run, those SAP is still to hear of,
 * and the newest, so that a click known before is not a new call. */
static const char *const wanted[] = {
	"SELECT call FROM running",
	("SELECT call FROM due JOIN event ON event.id = due.event"
	 " WHERE call IS NOT NULL"),
	"SELECT n FROM call ORDER BY n DESC LIMIT ?1",
};

/* What belongs to a call, the call itself first. */
static const struct {
	const char *sql;
	enum store_write write;
} tables[] = {
	{"SELECT * FROM call WHERE n = ?1", WRITE_CALL},
	{"SELECT * FROM event WHERE call = ?1 ORDER BY id", WRITE_EVENT},
	{"SELECT * FROM link WHERE call = ?1", WRITE_LINK},
	{"SELECT call, at, what, detail FROM step WHERE call = ?1 ORDER BY id",
	 WRITE_STEP},
	{"SELECT * FROM running WHERE call = ?1", WRITE_RUNNING},
	{"SELECT post.* FROM event JOIN post ON post.event = event.id"
	 " WHERE call = ?1",
	 WRITE_POST},
	{"SELECT due.* FROM event JOIN due ON due.event = event.id"
	 " WHERE call = ?1",
	 WRITE_DUE},
};
enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

struct salvage {
	struct cti_store *store; /* the new one, in a transaction */
	sqlite3 *old;
	sqlite3_stmt *read[TABLES];
	size_t calls;
};

static int copy_row(struct salvage *s, sqlite3_stmt *from, enum store_write to)
{
	sqlite3_stmt *stmt = s->store->write[to];

	for (int i = 0; i < sqlite3_column_count(from); i++) {
		int rc = sqlite3_bind_value(stmt, i + 1,
					    sqlite3_column_value(from, i));

		if (rc != SQLITE_OK)
			return store_errno(s->store->writer, rc);
	}
	return store_write_run(s->store, to, NULL, 0);
}

/* Damage in the old file costs the rows behind it, an error is the new one's.
 */
static int copy_rows(struct salvage *s, int table, int64_t row)
{
	sqlite3_stmt *from = s->read[table];
	int err = 0;

	(void)sqlite3_bind_int64(from, 1, row); /* cannot fail */
	while (!err && sqlite3_step(from) == SQLITE_ROW)
		err = copy_row(s, from, tables[table].write);
	(void)sqlite3_reset(from); /* repeats what step said */
	return err;
}

static int copy_call(struct salvage *s, int64_t row)
{
	int before = sqlite3_total_changes(s->store->writer);
	int err = copy_rows(s, 0, row);

	if (err || sqlite3_total_changes(s->store->writer) == before)
		return err; /* unreadable, or taken over already */
	for (int i = 1; !err && i < TABLES; i++)
		err = copy_rows(s, i, row);
	s->calls++;
	return err;
}

static int copy_calls(struct salvage *s, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int err = 0;

	if (sqlite3_prepare_v2(s->old, sql, -1, &stmt, NULL) != SQLITE_OK)
		return 0; /* not readable */
	if (sqlite3_bind_parameter_count(stmt))
		(void)sqlite3_bind_int(stmt, 1, SALVAGE_CALLS);
	while (!err && sqlite3_step(stmt) == SQLITE_ROW)
		err = copy_call(s, sqlite3_column_int64(stmt, 0));
	(void)sqlite3_finalize(stmt); /* what cannot be read is not there */
	return err;
}

/* Ids go on behind those of the file before. */
static int copy_ids(struct salvage *s)
{
	int64_t ids[2] = {0};

	if (store_scalar(s->old, "SELECT value FROM meta WHERE key = 'event'",
			 0, &ids[0]) ||
	    store_scalar(s->old, "SELECT value FROM meta WHERE key = 'row'", 0,
			 &ids[1])) {
		log_warn("store: the ids of the corrupt file are not readable");
		return 0;
	}
	return store_write_run(s->store, WRITE_RESERVE, ids, 2);
}

static int copy_all(struct salvage *s)
{
	int err = copy_ids(s);

	for (int i = 0; !err && i < TABLES; i++)
		if (sqlite3_prepare_v2(s->old, tables[i].sql, -1, &s->read[i],
				       NULL) != SQLITE_OK)
			return 0; /* its tables are not readable */
	for (size_t i = 0; !err && i < sizeof(wanted) / sizeof(wanted[0]); i++)
		err = copy_calls(s, wanted[i]);
	return err;
}

static int salvage_write(struct salvage *s)
{
	struct cti_store *store = s->store;
	int err = store_write_run(store, WRITE_BEGIN, NULL, 0);

	if (err)
		return err;
	err = copy_all(s);
	if (!err)
		err = store_write_run(store, WRITE_COMMIT, NULL, 0);
	if (err && !sqlite3_get_autocommit(store->writer))
		store_rollback(store->writer);
	return err;
}

static int salvage_close(struct salvage *s)
{
	for (int i = 0; i < TABLES; i++)
		(void)sqlite3_finalize(s->read[i]); /* an old error */
	return sqlite3_close(s->old); /* every statement is gone */
}

/* The one set aside is looked at, never changed: SQLite would tidy it up. */
static int salvage_open(struct salvage *s)
{
	struct cti_buf uri;
	bool whole = false;
	int rc = SQLITE_NOMEM;

	cti_buf_init(&uri, STORE_URI_CEILING);
	if (!store_uri(&uri, s->store->aside, &whole))
		rc = sqlite3_open_v2(cti_buf_text(&uri), &s->old,
				     SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI |
					     SQLITE_OPEN_NOMUTEX,
				     NULL);
	cti_buf_fini(&uri);
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(s->old, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
				       1, NULL);
	return rc;
}

int store_salvage(struct cti_store *store)
{
	struct salvage s = {.store = store};
	int err = 0, rc;

	if (!store->aside)
		return 0;
	rc = salvage_open(&s);
	if (rc == SQLITE_OK)
		err = salvage_write(&s);
	else if (rc == SQLITE_NOMEM)
		err = -ENOMEM;
	(void)salvage_close(&s); /* it was read only */
	if (err)
		return err; /* another try finds it there still */
	log_warn("store: %zu calls were taken over from the corrupt file",
		 s.calls);
	free(store->aside);
	store->aside = NULL;
	return 0;
}
