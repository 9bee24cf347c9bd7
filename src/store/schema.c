/* SPDX-License-Identifier: Apache-2.0 */
/* store/schema.c - the tables of the journal and every statement on them */
#include <assert.h>
#include <errno.h>

#include "cti/log.h"
#include "store/sql.h"

/*
 * Rows are written once. What changes is kept in two small tables that hold
 * only what is open: running (calls) and due (payloads not yet acked), so
 * that a start costs the same however long the journal is.
 *
 * Ids of 32 hex digits stand as 16 bytes, others as text; so do links' values.
 */
static const char schema_sql[] =
	"CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL)"
	" WITHOUT ROWID;"
	"CREATE TABLE call(n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE,"
	" original_id BLOB, created INTEGER NOT NULL, direction INTEGER,"
	" kind INTEGER, state INTEGER, cause INTEGER, flags INTEGER,"
	" ringing INTEGER, answered INTEGER, ended INTEGER, stored INTEGER,"
	" sent INTEGER, duration INTEGER,"
	/* one for each fact, in the order of enum cti_fact */
	" agent TEXT, device TEXT, number TEXT, number_raw TEXT, dialed TEXT,"
	" name TEXT, dnis TEXT, bp TEXT, serial TEXT, ticket TEXT,"
	" custom_1 TEXT, custom_2 TEXT, custom_3 TEXT, custom_4 TEXT,"
	" activity_uuid TEXT, crm TEXT, driver TEXT, ref TEXT,"
	" cause_detail TEXT, subject TEXT, text TEXT, recording_id TEXT,"
	" redial_of TEXT);"
	"CREATE TABLE event(id INTEGER PRIMARY KEY, call INTEGER,"
	" at INTEGER NOT NULL, type INTEGER NOT NULL, state INTEGER,"
	" kind INTEGER, cause INTEGER, flags INTEGER, delta BLOB,"
	" post INTEGER, sap TEXT, findings TEXT);"
	"CREATE INDEX event_call ON event(call) WHERE call IS NOT NULL;"
	"CREATE INDEX event_refused ON event(at) WHERE call IS NULL;"
	"CREATE TABLE running(call INTEGER PRIMARY KEY);"
	"CREATE TABLE due(event INTEGER PRIMARY KEY, at INTEGER NOT NULL);"
	"CREATE TABLE link(kind INTEGER, value BLOB, call INTEGER,"
	" at INTEGER NOT NULL, print BLOB, PRIMARY KEY(kind, value, call))"
	" WITHOUT ROWID;"
	"CREATE INDEX link_call ON link(call);"
	"CREATE TABLE post(event INTEGER, tab TEXT, claimed INTEGER NOT NULL,"
	" acked INTEGER NOT NULL, PRIMARY KEY(event, tab)) WITHOUT ROWID;"
	"CREATE TABLE step(id INTEGER PRIMARY KEY, call INTEGER NOT NULL,"
	" at INTEGER NOT NULL, what TEXT NOT NULL, detail TEXT);"
	"CREATE INDEX step_call ON step(call);"
	"CREATE TABLE batch(first_event INTEGER PRIMARY KEY,"
	" last_event INTEGER NOT NULL, committed INTEGER NOT NULL);";

static const char *const write_sql[WRITE_MAX] = {
	[WRITE_BEGIN] = "BEGIN IMMEDIATE",
	[WRITE_COMMIT] = "COMMIT",
	[WRITE_RESERVE] = "UPDATE meta SET value = CASE key WHEN 'event'"
			  " THEN ?1 ELSE ?2 END WHERE key IN ('event', 'row')",
	[WRITE_CALL] = "INSERT OR IGNORE INTO call VALUES(?,?,?,?,?,?,?,?,?,?,"
		       "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
		       "?,?)",
	[WRITE_RUNNING] = "INSERT OR IGNORE INTO running VALUES(?)",
	[WRITE_RUNNING_OVER] = "DELETE FROM running WHERE call = ?",
	[WRITE_EVENT] = "INSERT OR IGNORE INTO event"
			" VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
	[WRITE_DUE] = "INSERT OR IGNORE INTO due VALUES(?,?)",
	[WRITE_DUE_OVER] = "DELETE FROM due WHERE event = ?",
	[WRITE_LINK] = "INSERT INTO link VALUES(?,?,?,?,?) ON CONFLICT DO"
		       " UPDATE SET at = excluded.at, print = excluded.print",
	[WRITE_POST] =
		"INSERT INTO post VALUES(?,?,?,?) ON CONFLICT DO UPDATE SET"
		" claimed = iif(excluded.claimed, excluded.claimed, claimed),"
		" acked = iif(excluded.acked, excluded.acked, acked)",
	[WRITE_STEP] = "INSERT INTO step(call, at, what, detail)"
		       " VALUES(?,?,?,?)",
	[WRITE_BATCH] = "INSERT OR REPLACE INTO batch VALUES(?,?,?)",
	[PURGE_FIND] = "SELECT n, created, n IN (SELECT call FROM running)"
		       " FROM call WHERE n > ? ORDER BY n LIMIT ?",
	[PURGE_POSTS] = "DELETE FROM post WHERE event IN"
			" (SELECT id FROM event WHERE call = ?)",
	[PURGE_DUE] = "DELETE FROM due WHERE event IN"
		      " (SELECT id FROM event WHERE call = ?)",
	[PURGE_EVENTS] = "DELETE FROM event WHERE call = ?",
	[PURGE_LINKS] = "DELETE FROM link WHERE call = ?",
	[PURGE_STEPS] = "DELETE FROM step WHERE call = ?",
	[PURGE_CALL] = "DELETE FROM call WHERE n = ?",
	[PURGE_REFUSED] = "DELETE FROM event WHERE call IS NULL AND at < ?",
	[PURGE_BATCHES] = "DELETE FROM batch WHERE"
			  " last_event <"
			  " (SELECT min(id) FROM event)",
	[PURGE_EVENT] = "DELETE FROM event WHERE id = ? AND call IS NULL",
	[PURGE_TRANSFERS] = "UPDATE step SET detail = NULL"
			    " WHERE what = 'transfer' AND detail = ?",
	[WRITE_WHOLE] = "INSERT OR REPLACE INTO meta VALUES('whole', ?)",
};

static const char *const read_sql[READ_MAX] = {
	[READ_CALL_ID] = "SELECT * FROM call WHERE id = ?",
	[READ_CALL_ROW] = "SELECT * FROM call WHERE n = ?",
	[READ_FOLD] = "SELECT * FROM event WHERE call = ? AND id > ? AND"
		      " id <= ? ORDER BY id",
	[READ_RUNNING] = "SELECT * FROM call WHERE n IN"
			 " (SELECT call FROM running) ORDER BY n",
	[READ_RECENT] = "SELECT * FROM call ORDER BY n DESC LIMIT ?",
	[READ_LINKED] =
		"SELECT call.* FROM link JOIN call ON call.n = link.call"
		" WHERE link.kind = ? AND link.value = ?"
		" ORDER BY link.call DESC LIMIT 256",
	[READ_EVENTS] = "SELECT * FROM event WHERE id > ? AND id <= ?"
			" ORDER BY id LIMIT ?",
	[READ_HISTORY] = "SELECT * FROM event WHERE call = ? ORDER BY id",
	/* from 'whole' on all are there, see write_whole() */
	[READ_FIRST_EVENT] = "SELECT max((SELECT min(id) FROM event),"
			     " coalesce((SELECT value FROM meta"
			     " WHERE key = 'whole'), 0))",
	[READ_CREATED] = "SELECT n, created FROM call WHERE n >= ?"
			 " ORDER BY n LIMIT 1",
	[READ_LINKS] = "SELECT link.kind, link.value, link.call, link.at,"
		       " link.print, call.id FROM link"
		       " JOIN call ON call.n = link.call"
		       " WHERE link.call >= ?1 AND link.at >= ?2"
		       " AND +link.kind IN (1, 2)"
		       " ORDER BY link.call",
	/* what was dialed on a phone has no dial string of ours */
	[READ_DIALS] =
		"SELECT at, agent FROM (SELECT * FROM (SELECT created AS at,"
		" agent FROM call WHERE n >= ?1 AND created >= ?2"
		" AND dialed IS NOT NULL ORDER BY n DESC LIMIT ?3)"
		" UNION ALL SELECT * FROM (SELECT step.at, call.agent FROM step"
		" JOIN call ON call.n = step.call WHERE what = 'transfer'"
		" AND step.id > (SELECT max(id) FROM step) - ?3"
		" AND step.at >= ?2)) ORDER BY at",
	[READ_UNACKED] = "SELECT event.* FROM due JOIN event"
			 " ON event.id = due.event WHERE due.at >= ?"
			 " ORDER BY due.event",
	[READ_CLAIM] = "SELECT tab, claimed FROM post WHERE event = ?"
		       " ORDER BY claimed DESC LIMIT 1",
	[READ_CLAIMED] = "SELECT 1 FROM event JOIN post ON event = event.id"
			 " WHERE call = ? AND event.post IN (1, 2)"
			 " AND (claimed OR acked) LIMIT 1",
	[READ_POST] = "SELECT coalesce(max(claimed), 0),"
		      " coalesce(max(acked), 0) FROM event"
		      " LEFT JOIN post ON post.event = event.id"
		      " WHERE event.id = ? AND sap IS NOT NULL"
		      " GROUP BY event.id",
	/* ?2 … ?4: the last transaction, which is not in batch yet */
	[READ_STEPS] =
		"SELECT at, what, detail, 1, id FROM step WHERE call = ?1"
		" UNION ALL SELECT claimed, 'claimed', tab, 2, event.id"
		" FROM event JOIN post ON post.event = event.id"
		" WHERE call = ?1 AND claimed"
		" UNION ALL SELECT acked, 'posted', tab, 3, event.id"
		" FROM event JOIN post ON post.event = event.id"
		" WHERE call = ?1 AND acked"
		" UNION ALL SELECT * FROM (SELECT coalesce((SELECT committed"
		" FROM (SELECT * FROM batch WHERE first_event <= event.id"
		" ORDER BY first_event DESC LIMIT 8)"
		" WHERE last_event >= event.id LIMIT 1),"
		" CASE WHEN id BETWEEN ?2 AND ?3 THEN ?4 END) AS committed,"
		" 'stored', type, 0, id FROM event WHERE call = ?1)"
		" WHERE committed ORDER BY 1, 4, 5",
	[READ_TALLY] =
		"SELECT (SELECT count(DISTINCT call.n) FROM event JOIN call"
		" ON call.n = event.call WHERE event.call >= ?1"
		" AND event.post IN (1, 2) AND direction = 1), count(*),"
		" sum(c), sum(a) FROM (SELECT EXISTS(SELECT 1 FROM post"
		" WHERE post.event = event.id AND claimed) AS c,"
		" EXISTS(SELECT 1 FROM post WHERE post.event = event.id"
		" AND acked) AS a FROM event WHERE event.call >= ?1"
		" AND sap IS NOT NULL)",
	[READ_NEWEST] = "SELECT n FROM call WHERE n >= ? ORDER BY n DESC"
			" LIMIT 1 OFFSET ?",
	[READ_FINDINGS] = "SELECT findings FROM event WHERE call >= ?"
			  " AND findings IS NOT NULL LIMIT 1000",
	[READ_REFUSALS] = "SELECT * FROM event WHERE call IS NULL AND at >= ?"
			  " ORDER BY at DESC LIMIT ?",
};

static const struct {
	int rc;
	int err;
} results[] = {
	{SQLITE_FULL, ENOSPC},	  {SQLITE_READONLY, EROFS},
	{SQLITE_NOMEM, ENOMEM},	  {SQLITE_PERM, EACCES},
	{SQLITE_AUTH, EACCES},	  {SQLITE_BUSY, EBUSY},
	{SQLITE_LOCKED, EBUSY},	  {SQLITE_CORRUPT, EBADMSG},
	{SQLITE_NOTADB, EBADMSG}, {SQLITE_TOOBIG, EMSGSIZE},
};

int store_errno(sqlite3 *db, int rc)
{
	int base = rc & 0xff;

	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		if (results[i].rc == base)
			return -results[i].err;
	}
	if (db && (base == SQLITE_IOERR || base == SQLITE_CANTOPEN)) {
		int os = sqlite3_system_errno(db);

		return os > 0 ? -os : -EIO;
	}
	return -EIO;
}

int store_exec(sqlite3 *db, const char *sql)
{
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : store_errno(db, rc);
}

int store_scalar(sqlite3 *db, const char *sql, int64_t fallback,
		 int64_t *valuep)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	int64_t value = fallback;

	if (rc != SQLITE_OK)
		goto out;
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW && sqlite3_column_type(stmt, 0) != SQLITE_NULL)
		value = sqlite3_column_int64(stmt, 0);
out:
	(void)sqlite3_finalize(stmt); /* repeats what step said */
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return store_errno(db, rc);
	*valuep = value;
	return 0;
}

int store_schema_version(sqlite3 *db, int64_t *versionp)
{
	int64_t tables = 0, version = 0;
	int err;

	err = store_scalar(db, "SELECT count(*) FROM sqlite_schema", 0,
			   &tables);
	if (err)
		return err;
	if (tables) {
		err = store_scalar(db,
				   "SELECT count(*) FROM sqlite_schema"
				   " WHERE name = 'meta'",
				   0, &tables);
		if (!err && !tables)
			err = -EBADMSG;
	}
	if (!err && tables)
		err = store_scalar(db,
				   "SELECT value FROM meta"
				   " WHERE key = 'version'",
				   0, &version);
	if (!err && tables && version < 1)
		err = -EBADMSG;
	if (!err)
		*versionp = version;
	return err;
}

void store_rollback(sqlite3 *db)
{
	/* What made it necessary is reported; there is no other way out. */
	(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
}

int store_schema_create(sqlite3 *db)
{
	int err = store_exec(db, "BEGIN IMMEDIATE");

	if (err)
		return err;
	err = store_exec(db, schema_sql);
	if (!err)
		err = store_exec(db, "INSERT INTO meta VALUES('version', 1),"
				     "('event', 0), ('row', 0)");
	if (!err)
		err = store_exec(db, "COMMIT");
	if (err && !sqlite3_get_autocommit(db))
		store_rollback(db);
	return err;
}

static int prepare(sqlite3 *db, const char *sql, sqlite3_stmt **stmtp)
{
	int rc = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT,
				    stmtp, NULL);

	/* a table or column that is not there: the file is not as we left it */
	if (rc == SQLITE_ERROR) {
		log_error("store: the tables are not ours: %s",
			  sqlite3_errmsg(db));
		return -EBADMSG;
	}
	return rc == SQLITE_OK ? 0 : store_errno(db, rc);
}

int store_prepare_write(sqlite3 *db, sqlite3_stmt *write[WRITE_MAX])
{
	int err = 0;

	for (int i = 0; !err && i < WRITE_MAX; i++)
		err = prepare(db, write_sql[i], &write[i]);
	return err;
}

int store_prepare_read(sqlite3 *db, sqlite3_stmt *read[READ_MAX])
{
	int err = 0;

	for (int i = 0; !err && i < READ_MAX; i++)
		err = prepare(db, read_sql[i], &read[i]);
	if (!err && sqlite3_column_count(read[READ_CALL_ROW]) != CALL_COLUMNS)
		err = -EBADMSG;
	return err;
}

int store_prepare_more(sqlite3 *db, enum store_read which, sqlite3_stmt **stmtp)
{
	return prepare(db, read_sql[which], stmtp);
}
