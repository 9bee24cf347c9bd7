/* SPDX-License-Identifier: Apache-2.0 */
/* store/purge.c - what is older than store.keep_days is deleted, in parts */
#include "store/store_priv.h"

void store_purge_start(void *arg)
{
	struct cti_store *store = arg;

	store->purge_due = true;
	store->purge_row = 0;
	cti_timer_start(store->purge, STORE_PURGE_MS);
}

/* Those that hang on its events first: they are found by them. */
const enum store_write store_purge_steps[] = {
	PURGE_POSTS, PURGE_DUE,	 PURGE_EVENTS, PURGE_LINKS,
	PURGE_STEPS, PURGE_CALL, WRITE_MAX,
};

static int purge_call(struct cti_store *store, int64_t row)
{
	int err = 0;

	for (size_t i = 0; !err && store_purge_steps[i] != WRITE_MAX; i++)
		err = store_write_run(store, store_purge_steps[i], &row, 1);
	return err;
}

/* What belongs to no call, once its calls are gone. */
static int purge_rest(struct cti_store *store)
{
	int err =
		store_write_run(store, PURGE_REFUSED, &store->job.cutoff_ms, 1);

	return err ? err : store_write_run(store, PURGE_BATCHES, NULL, 0);
}

/* The rows to delete among the next ones; a running call stays. */
static int purge_find(struct cti_store *store, int64_t *rows, size_t *countp)
{
	struct store_job *job = &store->job;
	sqlite3_stmt *stmt = store->write[PURGE_FIND];
	size_t count = 0;
	int seen = 0, rc;

	rc = sqlite3_bind_int64(stmt, 1, job->purge_row);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int(stmt, 2, STORE_PURGE_CALLS);
	if (rc != SQLITE_OK)
		return store_errno(store->writer, rc);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (sqlite3_column_int64(stmt, 1) >= job->cutoff_ms)
			break; /* rows are in the order of time */
		seen++;
		job->purge_row = sqlite3_column_int64(stmt, 0);
		if (!sqlite3_column_int(stmt, 2))
			rows[count++] = job->purge_row;
	}
	(void)sqlite3_reset(stmt); /* repeats what step said */
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return store_errno(store->writer, rc);
	job->purge_more = seen == STORE_PURGE_CALLS;
	*countp = count;
	return 0;
}

int store_purge_part(struct cti_store *store)
{
	int64_t rows[STORE_PURGE_CALLS];
	size_t count = 0;
	int err = purge_find(store, rows, &count);

	for (size_t i = 0; !err && i < count; i++)
		err = purge_call(store, rows[i]);
	if (!err && !store->job.purge_more)
		err = purge_rest(store);
	return err;
}
