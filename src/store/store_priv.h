/* SPDX-License-Identifier: Apache-2.0 */
/* store/store_priv.h - what the files of this room share */
#ifndef STORE_STORE_PRIV_H
#define STORE_STORE_PRIV_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/buf.h"
#include "cti/loop.h"
#include "cti/store.h"
#include "store/sql.h"
#include "store/unit.h"

enum {
	STORE_RESERVE = 1000000,    /* ids that the file holds ahead */
	STORE_RESERVE_LOW = 500000, /* with fewer left it is moved on */
	STORE_KEPT_MAX = 20000,	    /* failed units kept for another try */
	STORE_BATCH_MAX = 2048,	    /* units in one transaction */
	STORE_BATCH_EARLY = 4,	    /* that many wait: the next one at once */
	STORE_PROBE_MAX = 64,	    /* the same while the store fails */
	STORE_RETRY_MS = 1000,
	STORE_PURGE_MS = 3600 * 1000,
	STORE_PURGE_CALLS = 500, /* calls looked at in one transaction */
	STORE_DAY_MS = 24 * 3600 * 1000,
	STORE_URI_CEILING = 16 * 1024,
	STORE_BLOB_MAX = 1024 * 1024, /* bytes of one delta */
};

/* delta.c: what an event changed, as bytes. */

/** Adds nothing when nothing changed. */
int store_delta_encode(struct cti_buf *out,
		       const struct cti_event *ev) CTI_NODISCARD;
/** Fills ev, whose at_ms is set; -EBADMSG, -ENOMEM. */
int store_delta_decode(struct cti_event *ev, const unsigned char *data,
		       size_t len) CTI_NODISCARD;

/* The store. */

/** The last transaction with events; the next one writes it down. */
struct store_batch {
	int64_t first, last; /* event ids; 0 = none */
	int64_t committed_ms;
};

struct store_ids {
	int64_t next;
	int64_t reserve; /* committed: a start begins above it */
};

/** What the worker does next. */
struct store_job {
	struct store_units units;
	struct store_batch batch;	    /* in: the one before */
	int64_t first, last;		    /* out: events of this one */
	int64_t event_reserve, row_reserve; /* 0 = leave */
	int page_limit;			    /* 0 = leave */
	bool purge;			    /* a part of a purge */
	int64_t cutoff_ms, purge_row;	    /* calls from before, above */
	int64_t keep_days;		    /* what cutoff_ms was made of */
	bool purge_more;		    /* out: not the last part */
	bool reopen;			    /* nothing else but this: */
	bool replace;			    /* what is there is set aside */
	bool replaced;			    /* out: it was, for whatever */
	bool let_go;			    /* the reader did */
	bool known; /* the ids before are those of the file */
	int64_t now_ms, event_next, row_next; /* in and out; 0 = none yet */
	int err;			      /* out */
};

struct cti_store {
	struct cti_loop *loop;
	char *path;
	int lock_fd; /* while it is open, the file is ours alone */
	bool sync_full;
	int64_t keep_days;
	sqlite3 *writer, *reader;
	sqlite3_stmt *write[WRITE_MAX];
	sqlite3_stmt *read[READ_MAX];
	struct store_ids event, row;
	struct store_units kept;    /* failed and told, to be tried again */
	struct store_units waiting; /* not tried yet, nobody told */
	struct store_batch batch;
	struct store_job job; /* with writer and write[] the worker's … */
	bool busy;	      /* … while this is set */
	bool blind;	      /* the reader is not the file's */
	bool damaged;	      /* the file is to be set aside */
	char *aside;	      /* set aside, not salvaged yet; the worker's */
	bool deferred;	      /* store_refuse() is on its way */
	bool hooked;
	bool purge_due;	 /* a purge has parts left */
	bool purge_last; /* the last job was one */
	int64_t purge_row;
	int64_t opened_ms, opened_mono, began_mono; /* the worker; or 0 */
	int page_limit;
	size_t dropped; /* kept units given up since it began to fail */
	struct cti_timer *retry, *purge;
	cti_loop_fn *on_reload;
	void *on_reload_arg;
	struct cti_store_health health;
};

/* file.c: the reader's are for the loop thread, the others the worker's. */

int store_file_open(struct cti_store *store) CTI_NODISCARD;
void store_file_close(struct cti_store *store);
int store_reader_open(struct cti_store *store) CTI_NODISCARD;
/** What can be read of it; else nothing, as from an empty one (blind). */
int store_reader_any(struct cti_store *store) CTI_NODISCARD;
void store_reader_close(struct cti_store *store);
/** For a moment: what it has of a read-only disk the writer would share. */
void store_reader_let_go(struct cti_store *store);
bool store_read_only(const struct cti_store *store);
void store_close_all(struct cti_store *store);
/** Its name for SQLite. One that was closed orderly (whole) can be read without
 * room for SQLite's own files. */
int store_uri(struct cti_buf *uri, const char *path,
	      bool *wholep) CTI_NODISCARD;
/** Renames it, so that a fresh one can be begun; its name is in aside. */
int store_set_aside(struct cti_store *store) CTI_NODISCARD;

/* open.c */

/** Opens the file as job.reopen says: in the worker, or before it has one. */
int store_reopen(struct cti_store *store) CTI_NODISCARD;

/* check.c */

/** Is the file whole? -EBADMSG. Short ones only. */
int store_check(struct cti_store *store) CTI_NODISCARD;
/** Damage was met while running: it is set aside at once. */
void store_damage(struct cti_store *store);

/* salvage.c */

/** Takes over what can still be read of the file that was set aside. */
int store_salvage(struct cti_store *store) CTI_NODISCARD;

/* commit.c */

/** It does not work; new dials are refused until it does. */
void store_fail(struct cti_store *store, int err);
/** In the worker, or on the loop thread while it has none. */
void store_job_work(void *arg);
void store_turn_end(void *arg);
/** The retry timer's. */
void store_retry(void *arg);
/** Transactions until nothing waits or one fails; blocks. */
void store_flush(struct cti_store *store);
/** For tests: from the next transaction on the file has at most `pages`
 * pages (but never fewer than it has already). */
void store_set_page_limit(struct cti_store *store, int pages);
/** Runs it with integers bound, resets it. What another try cannot heal (a
 * row that is there already) is logged, not returned. */
int store_write_run(struct cti_store *store, enum store_write which,
		    const int64_t *values, int count) CTI_NODISCARD;

/* purge.c */
/** The purge timer's. */
void store_purge_start(void *arg);
/** In the worker: one part, inside a transaction. */
int store_purge_part(struct cti_store *store) CTI_NODISCARD;

/* read.c */

/** Lends a statement; store_query_end() takes it back, NULL included. */
int store_query(struct cti_store *store, enum store_read which,
		sqlite3_stmt **stmtp) CTI_NODISCARD;
void store_query_end(struct cti_store *store, enum store_read which,
		     sqlite3_stmt *stmt);
/** 1 = a row, 0 = no more, -errno. */
int store_query_next(struct cti_store *store, sqlite3_stmt *stmt) CTI_NODISCARD;
/** One of our ids is bound as its 16 bytes, anything else as text. */
int store_bind_key(sqlite3_stmt *stmt, int index,
		   const char *key) CTI_NODISCARD;
void store_column_key(sqlite3_stmt *stmt, int column, char *key, size_t size);
/** The call at the current row, as it was created. */
int store_row_call(sqlite3_stmt *stmt, struct cti_call **callp) CTI_NODISCARD;
int store_row_event(sqlite3_stmt *stmt, struct cti_event **evp) CTI_NODISCARD;
/** Applies the events of call with after < id <= upto. */
int store_fold(struct cti_store *store, struct cti_call *call, int64_t after,
	       int64_t upto) CTI_NODISCARD;

/** Calls folded so far, so that a run of events reads each but once. */
enum { STORE_CACHE = 16 };
struct store_cache {
	struct cti_call *call[STORE_CACHE];
	int64_t upto[STORE_CACHE]; /* the last event applied */
};
/** Lends the call of ev as it was right after it; -ENOENT. */
int store_cache_find(struct store_cache *cache, struct cti_store *store,
		     const struct cti_event *ev,
		     const struct cti_call **callp) CTI_NODISCARD;
void store_cache_fini(struct store_cache *cache);

#endif /* STORE_STORE_PRIV_H */
