/* SPDX-License-Identifier: Apache-2.0 */
/* store/steps.c - the posts to SAP and the steps of a call's timeline */
#include <errno.h>
#include <string.h>

#include "store/store_priv.h"

enum {
	TAB_SIZE = 65,
	PRINT_CHUNK = 64, /* bytes of text in one name */
	STEP_ROW = 1,	  /* READ_STEPS: of the table step, no event's */
};

/* What is known of the event's latest claim. */
static int read_claim(struct cti_store *store, struct cti_post_row *post,
		      char tab[TAB_SIZE])
{
	sqlite3_stmt *stmt = NULL;
	int rc = store_query(store, READ_CLAIM, &stmt);

	if (rc)
		return rc;
	(void)sqlite3_bind_int64(stmt, 1, post->event); /* cannot fail */
	rc = store_query_next(store, stmt);
	if (rc > 0) {
		store_column_key(stmt, 0, tab, TAB_SIZE);
		post->claimed_ms = sqlite3_column_int64(stmt, 1);
	}
	store_query_end(store, READ_CLAIM, stmt);
	return rc < 0 ? rc : 0;
}

struct unacked {
	struct store_cache cache;
	cti_store_post_fn *fn;
	void *arg;
};

static int unacked_event(struct cti_store *store, struct unacked *unacked,
			 const struct cti_event *ev)
{
	const struct cti_call *call = NULL;
	char tab[TAB_SIZE] = "";
	struct cti_post_row post = {.event = ev->id, .tab = tab};
	int err = store_cache_find(&unacked->cache, store, ev, &call);

	if (err == -ENOENT)
		return 0; /* its call is gone */
	if (!err)
		err = read_claim(store, &post, tab);
	return err ? err : unacked->fn(unacked->arg, ev, call, &post);
}

static int unacked_rows(struct cti_store *store, sqlite3_stmt *stmt,
			struct unacked *unacked)
{
	int err;

	while ((err = store_query_next(store, stmt)) > 0) {
		struct cti_event *ev = NULL;

		err = store_row_event(stmt, &ev);
		if (err)
			break;
		err = unacked_event(store, unacked, ev);
		cti_event_destroy(ev);
		if (err)
			break;
	}
	return err;
}

int cti_store_unacked(struct cti_store *store, int64_t since_ms,
		      cti_store_post_fn *fn, void *arg)
{
	struct unacked unacked = {.fn = fn, .arg = arg};
	sqlite3_stmt *stmt = NULL;
	int err = store_query(store, READ_UNACKED, &stmt);

	if (err)
		return err;
	(void)sqlite3_bind_int64(stmt, 1, since_ms); /* cannot fail */
	err = unacked_rows(store, stmt, &unacked);
	store_query_end(store, READ_UNACKED, stmt);
	store_cache_fini(&unacked.cache);
	return err;
}

int cti_store_post(struct cti_store *store, struct cti_post_row *out,
		   int64_t event)
{
	sqlite3_stmt *stmt = NULL;
	int rc = store_query(store, READ_POST, &stmt);

	if (rc)
		return rc;
	(void)sqlite3_bind_int64(stmt, 1, event); /* cannot fail */
	rc = store_query_next(store, stmt);
	if (rc > 0)
		*out = (struct cti_post_row){
			.event = event,
			.claimed_ms = sqlite3_column_int64(stmt, 0),
			.acked_ms = sqlite3_column_int64(stmt, 1),
		};
	store_query_end(store, READ_POST, stmt);
	if (rc < 0)
		return rc;
	return rc > 0 ? 0 : -ENOENT;
}

bool cti_store_claimed(struct cti_store *store, int64_t row)
{
	sqlite3_stmt *stmt = NULL;
	bool claimed;

	if (store_query(store, READ_CLAIMED, &stmt))
		return false;
	(void)sqlite3_bind_int64(stmt, 1, row); /* cannot fail */
	claimed = store_query_next(store, stmt) > 0;
	store_query_end(store, READ_CLAIMED, stmt);
	return claimed;
}

/* An event is told by its word, everything else by its text. */
static const char *step_detail(sqlite3_stmt *stmt)
{
	int type = sqlite3_column_int(stmt, 2);

	if (sqlite3_column_type(stmt, 2) != SQLITE_INTEGER)
		return (const char *)sqlite3_column_text(stmt, 2);
	if (type < 0 || type >= (int)CTI_EVENT_MAX)
		return NULL;
	return cti_event_word((enum cti_event_type)type);
}

int cti_store_steps(struct cti_store *store, int64_t row, cti_store_step_fn *fn,
		    void *arg)
{
	sqlite3_stmt *stmt = NULL;
	int err = store_query(store, READ_STEPS, &stmt);

	if (err)
		return err;
	(void)sqlite3_bind_int64(stmt, 1, row); /* cannot fail */
	(void)sqlite3_bind_int64(stmt, 2, store->batch.first);
	(void)sqlite3_bind_int64(stmt, 3, store->batch.last);
	(void)sqlite3_bind_int64(stmt, 4, store->batch.committed_ms);
	while ((err = store_query_next(store, stmt)) > 0) {
		struct cti_step_row step = {
			.row = row,
			.at_ms = sqlite3_column_int64(stmt, 0),
			.what = (const char *)sqlite3_column_text(stmt, 1),
			.detail = step_detail(stmt),
			.event = sqlite3_column_int(stmt, 3) == STEP_ROW
					 ? 0
					 : sqlite3_column_int64(stmt, 4),
		};

		err = fn(arg, &step);
		if (err)
			break;
	}
	store_query_end(store, READ_STEPS, stmt);
	return err;
}

static void to_hex(char *out, const unsigned char *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[data[i] >> 4];
		out[2 * i + 1] = digits[data[i] & 15];
	}
	out[2 * len] = '\0';
}

/* Piece by piece, each named within what came before, so that a text of any
 * length and with any bytes needs no memory. */
void cti_store_fingerprint(unsigned char print[CTI_ID_BLOB], const void *data,
			   size_t len)
{
	const unsigned char *at = data ? data : (const void *)"";
	char id[CTI_ID_SIZE] = "";
	char hex[2 * PRINT_CHUNK + 1];

	do {
		size_t size = len < PRINT_CHUNK ? len : PRINT_CHUNK;
		char before[CTI_ID_SIZE];

		memcpy(before, id, sizeof(before));
		to_hex(hex, at, size);
		cti_id_named(id, before, hex);
		at += size;
		len -= size;
	} while (len);
	cti_id_pack(print, id);
}
