/* SPDX-License-Identifier: Apache-2.0 */
/* store/list.c - runs of calls, events and links, handed to a function */
#include <errno.h>
#include <stdint.h>

#include "store/store_priv.h"

enum {
	LINK_VALUE_SIZE = 256,
};

/* Hands over the call at the current row as it is today. */
static int call_row(struct cti_store *store, sqlite3_stmt *stmt,
		    cti_store_call_fn *fn, void *arg)
{
	struct cti_call *call = NULL;
	int err = store_row_call(stmt, &call);

	if (err)
		return err;
	err = store_fold(store, call, 0, INT64_MAX);
	if (err) {
		cti_call_destroy(call);
		return err;
	}
	return fn(arg, call);
}

static int call_rows(struct cti_store *store, sqlite3_stmt *stmt,
		     cti_store_call_fn *fn, void *arg)
{
	int err;

	while ((err = store_query_next(store, stmt)) > 0) {
		err = call_row(store, stmt, fn, arg);
		if (err)
			break;
	}
	return err;
}

int cti_store_running(struct cti_store *store, cti_store_call_fn *fn, void *arg)
{
	sqlite3_stmt *stmt = NULL;
	int err = store_query(store, READ_RUNNING, &stmt);

	if (err)
		return err;
	err = call_rows(store, stmt, fn, arg);
	store_query_end(store, READ_RUNNING, stmt);
	return err;
}

int cti_store_recent(struct cti_store *store, size_t limit,
		     cti_store_call_fn *fn, void *arg)
{
	sqlite3_stmt *stmt = NULL;
	int err = store_query(store, READ_RECENT, &stmt);

	if (err)
		return err;
	(void)sqlite3_bind_int64(stmt, 1, (int64_t)limit); /* cannot fail */
	err = call_rows(store, stmt, fn, arg);
	store_query_end(store, READ_RECENT, stmt);
	return err;
}

int cti_store_linked(struct cti_store *store, const struct cti_link_row *link,
		     cti_store_call_fn *fn, void *arg)
{
	sqlite3_stmt *stmt = NULL;
	int err = store_query(store, READ_LINKED, &stmt);

	if (err)
		return err;
	(void)sqlite3_bind_int(stmt, 1, (int)link->kind); /* cannot fail */
	err = store_bind_key(stmt, 2, link->value);
	if (!err)
		err = call_rows(store, stmt, fn, arg);
	store_query_end(store, READ_LINKED, stmt);
	return err;
}

/* An event whose call is gone says nothing any more and is passed over. */
static int event_row(struct cti_store *store, sqlite3_stmt *stmt,
		     struct store_cache *cache, cti_store_event_fn *fn,
		     void *arg)
{
	const struct cti_call *call = NULL;
	struct cti_event *ev = NULL;
	int err = store_row_event(stmt, &ev);

	if (err)
		return err;
	if (ev->row)
		err = store_cache_find(cache, store, ev, &call);
	if (!err)
		err = fn(arg, ev, call);
	else if (err == -ENOENT)
		err = 0;
	cti_event_destroy(ev);
	return err;
}

static int event_rows(struct cti_store *store, sqlite3_stmt *stmt,
		      cti_store_event_fn *fn, void *arg)
{
	struct store_cache cache = {0};
	int err;

	while ((err = store_query_next(store, stmt)) > 0) {
		err = event_row(store, stmt, &cache, fn, arg);
		if (err)
			break;
	}
	store_cache_fini(&cache);
	return err;
}

int cti_store_events(struct cti_store *store,
		     const struct cti_store_range *range,
		     cti_store_event_fn *fn, void *arg)
{
	sqlite3_stmt *stmt = NULL;
	int err = store_query(store, READ_EVENTS, &stmt);

	if (err)
		return err;
	/* Integers: cannot fail. */
	(void)sqlite3_bind_int64(stmt, 1, range->after);
	(void)sqlite3_bind_int64(stmt, 2, range->upto);
	(void)sqlite3_bind_int64(stmt, 3, (int64_t)range->limit);
	err = event_rows(store, stmt, fn, arg);
	store_query_end(store, READ_EVENTS, stmt);
	return err;
}

int cti_store_history(struct cti_store *store, int64_t row,
		      cti_store_event_fn *fn, void *arg)
{
	sqlite3_stmt *stmt = NULL;
	int err = store_query(store, READ_HISTORY, &stmt);

	if (err)
		return err;
	(void)sqlite3_bind_int64(stmt, 1, row); /* cannot fail */
	err = event_rows(store, stmt, fn, arg);
	store_query_end(store, READ_HISTORY, stmt);
	return err;
}

int64_t cti_store_first_event(struct cti_store *store)
{
	sqlite3_stmt *stmt = NULL;
	int64_t id = 0;

	if (store_query(store, READ_FIRST_EVENT, &stmt))
		return 0;
	if (store_query_next(store, stmt) > 0)
		id = sqlite3_column_int64(stmt, 0); /* NULL reads as 0 */
	store_query_end(store, READ_FIRST_EVENT, stmt);
	return id;
}

/* The first call at or above row: 1, 0 = none, -errno. */
static int call_created(struct cti_store *store, int64_t *rowp, int64_t *msp)
{
	sqlite3_stmt *stmt = NULL;
	int rc = store_query(store, READ_CREATED, &stmt);

	if (rc)
		return rc;
	(void)sqlite3_bind_int64(stmt, 1, *rowp); /* cannot fail */
	rc = store_query_next(store, stmt);
	if (rc > 0) {
		*rowp = sqlite3_column_int64(stmt, 0);
		*msp = sqlite3_column_int64(stmt, 1);
	}
	store_query_end(store, READ_CREATED, stmt);
	return rc;
}

/* Rows grow with time: halving finds the first call not older than ms
 * without an index on the time. */
int store_row_since(struct cti_store *store, int64_t ms, int64_t *rowp)
{
	int64_t low = 0, high = store->row.next;

	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		int64_t row = middle, created = 0;
		int rc = call_created(store, &row, &created);

		if (rc < 0)
			return rc;
		if (rc > 0 && created < ms)
			low = row + 1;
		else
			high = middle;
	}
	*rowp = low;
	return 0;
}

static int link_row(sqlite3_stmt *stmt, cti_store_link_fn *fn, void *arg)
{
	struct cti_link_row link = {
		.kind = (enum cti_link_kind)sqlite3_column_int(stmt, 0),
		.row = sqlite3_column_int64(stmt, 2),
		.at_ms = sqlite3_column_int64(stmt, 3),
	};
	const unsigned char *print = sqlite3_column_blob(stmt, 4);
	char value[LINK_VALUE_SIZE], id[CTI_ID_SIZE];

	store_column_key(stmt, 1, value, sizeof(value));
	store_column_key(stmt, 5, id, sizeof(id));
	link.value = value;
	for (int i = 0; print && i < sqlite3_column_bytes(stmt, 4); i++) {
		if (i < CTI_ID_BLOB)
			link.print[i] = print[i];
	}
	return fn(arg, &link, id);
}

int cti_store_links(struct cti_store *store, int64_t since_ms,
		    cti_store_link_fn *fn, void *arg)
{
	sqlite3_stmt *stmt = NULL;
	int64_t row = 0;
	int err;

	/* A call may get a link long after its start; a day is long. */
	err = store_row_since(store, since_ms - STORE_DAY_MS, &row);
	if (!err)
		err = store_query(store, READ_LINKS, &stmt);
	if (err)
		return err;
	(void)sqlite3_bind_int64(stmt, 1, row); /* cannot fail */
	(void)sqlite3_bind_int64(stmt, 2, since_ms);
	while ((err = store_query_next(store, stmt)) > 0) {
		err = link_row(stmt, fn, arg);
		if (err)
			break;
	}
	store_query_end(store, READ_LINKS, stmt);
	return err;
}

int cti_store_dials(struct cti_store *store, int64_t since_ms, size_t limit,
		    cti_store_dial_fn *fn, void *arg)
{
	sqlite3_stmt *stmt = NULL;
	int64_t row = 0;
	int err = store_row_since(store, since_ms, &row);

	if (!err)
		err = store_query(store, READ_DIALS, &stmt);
	if (err)
		return err;
	/* Integers: cannot fail. */
	(void)sqlite3_bind_int64(stmt, 1, row);
	(void)sqlite3_bind_int64(stmt, 2, since_ms);
	(void)sqlite3_bind_int64(stmt, 3, (int64_t)limit);
	while ((err = store_query_next(store, stmt)) > 0) {
		err = fn(arg, (const char *)sqlite3_column_text(stmt, 1),
			 sqlite3_column_int64(stmt, 0));
		if (err)
			break;
	}
	store_query_end(store, READ_DIALS, stmt);
	return err;
}
