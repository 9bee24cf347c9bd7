/* SPDX-License-Identifier: Apache-2.0 */
/* store/sql.h - the statements of the journal and the columns they yield */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <sqlite3.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/call.h"

enum {
	STORE_VERSION = 1, /* of the schema */
};

/** Statements of the writing connection. */
enum store_write {
	WRITE_BEGIN,
	WRITE_COMMIT,
	WRITE_RESERVE,
	WRITE_CALL,
	WRITE_RUNNING,
	WRITE_RUNNING_OVER,
	WRITE_EVENT,
	WRITE_DUE,
	WRITE_DUE_OVER,
	WRITE_LINK,
	WRITE_POST,
	WRITE_STEP,
	WRITE_BATCH,
	PURGE_FIND,
	PURGE_POSTS,
	PURGE_DUE,
	PURGE_EVENTS,
	PURGE_LINKS,
	PURGE_STEPS,
	PURGE_CALL,
	PURGE_REFUSED,
	PURGE_BATCHES,
	PURGE_EVENT,
	PURGE_TRANSFERS,
	WRITE_WHOLE,
	WRITE_MAX
};

/** Statements of the reading connection. */
enum store_read {
	READ_CALL_ID,
	READ_CALL_ROW,
	READ_FOLD,
	READ_RUNNING,
	READ_RECENT,
	READ_LINKED,
	READ_EVENTS,
	READ_HISTORY,
	READ_FIRST_EVENT,
	READ_CREATED,
	READ_LINKS,
	READ_DIALS,
	READ_UNACKED,
	READ_CLAIM,
	READ_CLAIMED,
	READ_POST,
	READ_STEPS,
	READ_TALLY,
	READ_NEWEST,
	READ_FINDINGS,
	READ_REFUSALS,
	READ_MAX
};

/** Columns of the table call. */
enum {
	CALL_N,
	CALL_ID,
	CALL_ORIGINAL,
	CALL_CREATED,
	CALL_DIRECTION,
	CALL_KIND,
	CALL_STATE,
	CALL_CAUSE,
	CALL_FLAGS,
	CALL_RINGING,
	CALL_ANSWERED,
	CALL_ENDED,
	CALL_STORED,
	CALL_SENT,
	CALL_DURATION,
	CALL_FACT, /* the first of CTI_FACT_MAX */
	CALL_COLUMNS = CALL_FACT + (int)CTI_FACT_MAX
};

/** Columns of the table event. */
enum {
	EVENT_ID,
	EVENT_CALL,
	EVENT_AT,
	EVENT_TYPE,
	EVENT_STATE,
	EVENT_KIND,
	EVENT_CAUSE,
	EVENT_FLAGS,
	EVENT_DELTA,
	EVENT_POST,
	EVENT_SAP,
	EVENT_FINDINGS,
	EVENT_COLUMNS
};

/** Bits of the column flags of both. */
enum {
	STORE_WITHHELD = 1,
	STORE_MUTED = 2,
	STORE_TRANSFERRED = 4,
};

/** 0 and the version, 0 for an empty file; -EBADMSG: corrupt or not ours. */
int store_schema_version(sqlite3 *db, int64_t *versionp) CTI_NODISCARD;
int store_schema_create(sqlite3 *db) CTI_NODISCARD;

/** Prepares all statements of a connection. */
int store_prepare_write(sqlite3 *db,
			sqlite3_stmt *write[WRITE_MAX]) CTI_NODISCARD;
int store_prepare_read(sqlite3 *db, sqlite3_stmt *read[READ_MAX]) CTI_NODISCARD;
/** One more of a reading statement, for a read inside a read. */
int store_prepare_more(sqlite3 *db, enum store_read which,
		       sqlite3_stmt **stmtp) CTI_NODISCARD;

int store_exec(sqlite3 *db, const char *sql) CTI_NODISCARD;
void store_rollback(sqlite3 *db);
/** A single integer; fallback where there is no row or it is NULL. */
int store_scalar(sqlite3 *db, const char *sql, int64_t fallback,
		 int64_t *valuep) CTI_NODISCARD;
/** The -errno that result code rc of db stands for; -EBADMSG: corrupt. */
int store_errno(sqlite3 *db, int rc);

struct cti_store;
/** The first call that was not created before ms. */
int store_row_since(struct cti_store *store, int64_t ms,
		    int64_t *rowp) CTI_NODISCARD;

/** What deletes a call, in that order; WRITE_MAX ends it. */
extern const enum store_write store_purge_steps[];

#endif /* STORE_SQL_H */
