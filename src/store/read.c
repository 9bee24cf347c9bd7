/* SPDX-License-Identifier: Apache-2.0 */
/* store/read.c - rows become calls and events; events fold into calls */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_priv.h"

int store_query(struct cti_store *store, enum store_read which,
		sqlite3_stmt **stmtp)
{
	/* A callback may read on while it is lent a row of the same kind. */
	if (sqlite3_stmt_busy(store->read[which]))
		return store_prepare_more(store->reader, which, stmtp);
	*stmtp = store->read[which];
	return 0;
}

void store_query_end(struct cti_store *store, enum store_read which,
		     sqlite3_stmt *stmt)
{
	/* Both repeat what step said already. */
	if (stmt == store->read[which])
		(void)sqlite3_reset(stmt);
	else
		(void)sqlite3_finalize(stmt);
}

int store_query_next(struct cti_store *store, sqlite3_stmt *stmt)
{
	int rc = sqlite3_step(stmt);
	int err;

	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	err = store_errno(store->reader, rc);
	if (err == -EBADMSG)
		store_damage(store);
	return err;
}

int store_bind_key(sqlite3_stmt *stmt, int index, const char *key)
{
	unsigned char blob[CTI_ID_BLOB];
	int rc;

	if (cti_id_is_hex(key)) {
		cti_id_pack(blob, key);
		rc = sqlite3_bind_blob(stmt, index, blob, sizeof(blob),
				       SQLITE_TRANSIENT);
	} else {
		rc = sqlite3_bind_text(stmt, index, key, -1, SQLITE_TRANSIENT);
	}
	return rc == SQLITE_OK ? 0 : store_errno(NULL, rc);
}

void store_column_key(sqlite3_stmt *stmt, int column, char *key, size_t size)
{
	const void *data = sqlite3_column_blob(stmt, column);
	size_t len = (size_t)sqlite3_column_bytes(stmt, column);

	key[0] = '\0';
	if (!data)
		return;
	if (sqlite3_column_type(stmt, column) == SQLITE_BLOB) {
		if (len == CTI_ID_BLOB && size >= CTI_ID_SIZE)
			cti_id_unpack(key, data);
		return;
	}
	if (len >= size)
		len = size - 1;
	memcpy(key, data, len);
	key[len] = '\0';
}

static const char *column_text(sqlite3_stmt *stmt, int column)
{
	return (const char *)sqlite3_column_text(stmt, column);
}

/* A copy; NULL stays NULL. */
static int copy_text(sqlite3_stmt *stmt, int column, char **textp)
{
	const char *text = column_text(stmt, column);

	if (!text)
		return 0;
	*textp = strdup(text);
	return *textp ? 0 : -ENOMEM;
}

static void row_numbers(sqlite3_stmt *stmt, struct cti_call *call)
{
	int flags = sqlite3_column_int(stmt, CALL_FLAGS);

	call->row = sqlite3_column_int64(stmt, CALL_N);
	call->created_ms = sqlite3_column_int64(stmt, CALL_CREATED);
	call->direction =
		(enum cti_direction)sqlite3_column_int(stmt, CALL_DIRECTION);
	call->kind = (enum cti_call_kind)sqlite3_column_int(stmt, CALL_KIND);
	call->state = (enum cti_call_state)sqlite3_column_int(stmt, CALL_STATE);
	call->cause = (enum cti_cause)sqlite3_column_int(stmt, CALL_CAUSE);
	call->withheld = flags & STORE_WITHHELD;
	call->muted = flags & STORE_MUTED;
	call->transferred = flags & STORE_TRANSFERRED;
	call->ringing_ms = sqlite3_column_int64(stmt, CALL_RINGING);
	call->answered_ms = sqlite3_column_int64(stmt, CALL_ANSWERED);
	call->ended_ms = sqlite3_column_int64(stmt, CALL_ENDED);
	call->stored_ms = sqlite3_column_int64(stmt, CALL_STORED);
	call->sent_ms = sqlite3_column_int64(stmt, CALL_SENT);
	call->duration_ms = sqlite3_column_int64(stmt, CALL_DURATION);
}

int store_row_call(sqlite3_stmt *stmt, struct cti_call **callp)
{
	struct cti_call *call = NULL;
	int err = cti_call_new(&call);

	if (err)
		return err;
	row_numbers(stmt, call);
	store_column_key(stmt, CALL_ID, call->id, sizeof(call->id));
	if (sqlite3_column_type(stmt, CALL_ORIGINAL) == SQLITE_NULL)
		memcpy(call->original_id, call->id, sizeof(call->id));
	else
		store_column_key(stmt, CALL_ORIGINAL, call->original_id,
				 sizeof(call->original_id));
	for (int i = 0; !err && i < (int)CTI_FACT_MAX; i++)
		err = copy_text(stmt, CALL_FACT + i, &call->fact[i]);
	if (err) {
		cti_call_destroy(call);
		return err;
	}
	*callp = call;
	return 0;
}

static int row_event(sqlite3_stmt *stmt, struct cti_event *ev)
{
	int flags = sqlite3_column_int(stmt, EVENT_FLAGS);
	const unsigned char *delta = sqlite3_column_blob(stmt, EVENT_DELTA);
	int err = 0;

	ev->id = sqlite3_column_int64(stmt, EVENT_ID);
	ev->row = sqlite3_column_int64(stmt, EVENT_CALL);
	ev->at_ms = sqlite3_column_int64(stmt, EVENT_AT);
	ev->state = (enum cti_call_state)sqlite3_column_int(stmt, EVENT_STATE);
	ev->kind = (enum cti_call_kind)sqlite3_column_int(stmt, EVENT_KIND);
	ev->cause = (enum cti_cause)sqlite3_column_int(stmt, EVENT_CAUSE);
	ev->post = (enum cti_sap_post)sqlite3_column_int(stmt, EVENT_POST);
	ev->withheld = flags & STORE_WITHHELD;
	ev->muted = flags & STORE_MUTED;
	ev->transferred = flags & STORE_TRANSFERRED;
	ev->durable = true; /* it was read from the file */
	if (delta)
		err = store_delta_decode(
			ev, delta,
			(size_t)sqlite3_column_bytes(stmt, EVENT_DELTA));
	if (!err)
		err = copy_text(stmt, EVENT_SAP, &ev->sap);
	if (!err)
		err = copy_text(stmt, EVENT_FINDINGS, &ev->findings);
	return err;
}

int store_row_event(sqlite3_stmt *stmt, struct cti_event **evp)
{
	struct cti_event *ev = NULL;
	int type = sqlite3_column_int(stmt, EVENT_TYPE);
	int err;

	if (type < 0 || type >= (int)CTI_EVENT_MAX)
		return -EBADMSG;
	err = cti_event_new(&ev, (enum cti_event_type)type);
	if (err)
		return err;
	err = row_event(stmt, ev);
	if (err) {
		cti_event_destroy(ev);
		return err;
	}
	*evp = ev;
	return 0;
}

static int fold_row(sqlite3_stmt *stmt, struct cti_call *call)
{
	struct cti_event *ev = NULL;
	int err = store_row_event(stmt, &ev);

	if (err)
		return err;
	err = cti_event_apply(call, ev);
	cti_event_destroy(ev);
	return err;
}

int store_fold(struct cti_store *store, struct cti_call *call, int64_t after,
	       int64_t upto)
{
	sqlite3_stmt *stmt = NULL;
	int err = store_query(store, READ_FOLD, &stmt);

	if (err)
		return err;
	/* Binding integers to a reset statement cannot fail. */
	(void)sqlite3_bind_int64(stmt, 1, call->row);
	(void)sqlite3_bind_int64(stmt, 2, after);
	(void)sqlite3_bind_int64(stmt, 3, upto);
	while (!err) {
		int rc = store_query_next(store, stmt);

		if (rc <= 0) {
			err = rc;
			break;
		}
		err = fold_row(stmt, call);
	}
	store_query_end(store, READ_FOLD, stmt);
	return err;
}

/* The call of a bound statement, with its events up to `upto`. */
static int load(struct cti_store *store, sqlite3_stmt *stmt, int64_t upto,
		struct cti_call **callp)
{
	struct cti_call *call = NULL;
	int err = store_query_next(store, stmt);

	if (err <= 0)
		return err ? err : -ENOENT;
	err = store_row_call(stmt, &call);
	if (!err)
		err = store_fold(store, call, 0, upto);
	if (err) {
		cti_call_destroy(call);
		return err;
	}
	*callp = call;
	return 0;
}

int cti_store_load(struct cti_store *store, struct cti_call **callp,
		   const char *id)
{
	sqlite3_stmt *stmt = NULL;
	int err = store_query(store, READ_CALL_ID, &stmt);

	if (err)
		return err;
	err = store_bind_key(stmt, 1, id);
	if (!err)
		err = load(store, stmt, INT64_MAX, callp);
	store_query_end(store, READ_CALL_ID, stmt);
	return err;
}

static int load_row(struct cti_store *store, int64_t row, int64_t upto,
		    struct cti_call **callp)
{
	sqlite3_stmt *stmt = NULL;
	int err = store_query(store, READ_CALL_ROW, &stmt);

	if (err)
		return err;
	(void)sqlite3_bind_int64(stmt, 1, row); /* as in store_fold() */
	err = load(store, stmt, upto, callp);
	store_query_end(store, READ_CALL_ROW, stmt);
	return err;
}

int cti_store_load_row(struct cti_store *store, struct cti_call **callp,
		       int64_t row)
{
	return load_row(store, row, INT64_MAX, callp);
}

int store_cache_find(struct store_cache *cache, struct cti_store *store,
		     const struct cti_event *ev, const struct cti_call **callp)
{
	size_t slot = (size_t)ev->row % STORE_CACHE;
	struct cti_call *call = cache->call[slot];
	int err = 0;

	if (!call || call->row != ev->row || cache->upto[slot] > ev->id) {
		cti_call_destroy(call);
		cache->call[slot] = NULL;
		err = load_row(store, ev->row, ev->id, &cache->call[slot]);
	} else {
		err = store_fold(store, call, cache->upto[slot], ev->id);
	}
	if (err)
		return err;
	cache->upto[slot] = ev->id;
	*callp = cache->call[slot];
	return 0;
}

void store_cache_fini(struct store_cache *cache)
{
	for (size_t i = 0; i < STORE_CACHE; i++)
		cti_call_destroy(cache->call[i]);
}
