/* SPDX-License-Identifier: Apache-2.0 */
/* store/tally.c - what was told to SAP of late, and which dials were refused */
#include <errno.h>

#include "store/store_priv.h"

enum { TALLY_CALLS = 2000 };

/* Of the calls from row on; -errno. */
static int tally_count(struct cti_store *store, int64_t row,
		       struct cti_store_tally *out)
{
	sqlite3_stmt *stmt = NULL;
	int rc = store_query(store, READ_TALLY, &stmt);

	if (rc)
		return rc;
	(void)sqlite3_bind_int64(stmt, 1, row); /* cannot fail */
	rc = store_query_next(store, stmt);
	if (rc > 0) {
		out->inbound = sqlite3_column_int64(stmt, 0);
		out->made = sqlite3_column_int64(stmt, 1);
		out->claimed = sqlite3_column_int64(stmt, 2);
		out->acked = sqlite3_column_int64(stmt, 3);
	}
	store_query_end(store, READ_TALLY, stmt);
	return rc < 0 ? rc : 0;
}

static int tally_findings(struct cti_store *store, int64_t row,
			  cti_store_finding_fn *fn, void *arg)
{
	sqlite3_stmt *stmt = NULL;
	int rc = store_query(store, READ_FINDINGS, &stmt);

	if (rc)
		return rc;
	(void)sqlite3_bind_int64(stmt, 1, row); /* cannot fail */
	while ((rc = store_query_next(store, stmt)) > 0) {
		rc = fn(arg, (const char *)sqlite3_column_text(stmt, 0));
		if (rc)
			break;
	}
	store_query_end(store, READ_FINDINGS, stmt);
	return rc;
}

/* No further back than so many calls: *rowp is the first to be counted. */
static int tally_bound(struct cti_store *store, int64_t *rowp, bool *cutp)
{
	sqlite3_stmt *stmt = NULL;
	int rc = store_query(store, READ_NEWEST, &stmt);

	if (rc)
		return rc;
	(void)sqlite3_bind_int64(stmt, 1, *rowp); /* cannot fail */
	(void)sqlite3_bind_int64(stmt, 2, TALLY_CALLS);
	rc = store_query_next(store, stmt);
	if (rc > 0)
		*rowp = sqlite3_column_int64(stmt, 0) + 1;
	*cutp = rc > 0;
	store_query_end(store, READ_NEWEST, stmt);
	return rc < 0 ? rc : 0;
}

int cti_store_tally(struct cti_store *store, int64_t since_ms,
		    struct cti_store_tally *out, cti_store_finding_fn *fn,
		    void *arg)
{
	struct cti_store_tally tally = {.cut = false};
	int64_t row = 0;
	int err = store_row_since(store, since_ms, &row);

	if (!err)
		err = tally_bound(store, &row, &tally.cut);
	if (err)
		return err;
	err = tally_count(store, row, &tally);
	if (!err)
		err = tally_findings(store, row, fn, arg);
	if (!err)
		*out = tally;
	return err;
}

static int refusal_row(sqlite3_stmt *stmt, cti_store_event_fn *fn, void *arg)
{
	struct cti_event *ev = NULL;
	int err = store_row_event(stmt, &ev);

	if (err)
		return err;
	err = fn(arg, ev, NULL);
	cti_event_destroy(ev);
	return err;
}

int cti_store_refusals(struct cti_store *store, int64_t since_ms, size_t limit,
		       cti_store_event_fn *fn, void *arg)
{
	sqlite3_stmt *stmt = NULL;
	int err = store_query(store, READ_REFUSALS, &stmt);

	if (err)
		return err;
	(void)sqlite3_bind_int64(stmt, 1, since_ms); /* cannot fail */
	(void)sqlite3_bind_int64(stmt, 2, (int64_t)limit);
	while ((err = store_query_next(store, stmt)) > 0) {
		err = refusal_row(stmt, fn, arg);
		if (err)
			break;
	}
	store_query_end(store, READ_REFUSALS, stmt);
	return err;
}
