/* SPDX-License-Identifier: Apache-2.0 */
/* store/open.c - the store's start and end, and the ids it hands out */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cti/log.h"
#include "store/store_priv.h"

struct stored_ids {
	int64_t event, row; /* the highest that was promised or is there */
};

static int read_ids(struct stored_ids *ids, sqlite3 *db)
{
	static const char *const sql[] = {
		"SELECT max(value, coalesce((SELECT max(id) FROM event), 0))"
		" FROM meta WHERE key = 'event'",
		"SELECT max(value, coalesce((SELECT max(n) FROM call), 0))"
		" FROM meta WHERE key = 'row'",
	};
	int err = store_scalar(db, sql[0], 0, &ids->event);

	return err ? err : store_scalar(db, sql[1], 0, &ids->row);
}

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/*
 * Begins above what the file ever promised, and not before the time of day:
 * what a store that could not be written handed out beyond its promise is
 * passed over, too.
 */
static int open_ids(struct store_job *job, sqlite3 *db)
{
	struct stored_ids ids = {.event = 0};
	int err = job->known ? 0 : read_ids(&ids, db);

	if (err)
		return err;
	if (!job->known) {
		job->event_next = most(job->event_next, ids.event + 1);
		job->event_next = most(job->event_next, job->now_ms);
		job->row_next = most(job->row_next, ids.row + 1);
	}
	job->event_reserve = job->event_next - 1 + STORE_RESERVE;
	job->row_reserve = job->row_next - 1 + STORE_RESERVE;
	return 0;
}

/* Nobody resumes from before a salvage: something may be missing there. */
static int write_whole(struct cti_store *store)
{
	char sql[80];

	if (!store->job.replaced)
		return 0;
	(void)sqlite3_snprintf(sizeof(sql), sql,
			       "INSERT OR REPLACE INTO meta"
			       " VALUES('whole', %lld)",
			       (long long)store->job.event_next); /* fits */
	return store_exec(store->writer, sql);
}

static int write_promise(struct cti_store *store)
{
	const int64_t reserve[] = {store->job.event_reserve,
				   store->job.row_reserve};
	int err = store_write_run(store, WRITE_BEGIN, NULL, 0);

	if (err)
		return err;
	err = store_write_run(store, WRITE_RESERVE, reserve, 2);
	if (!err)
		err = write_whole(store);
	if (!err)
		err = store_write_run(store, WRITE_COMMIT, NULL, 0);
	if (err && !sqlite3_get_autocommit(store->writer))
		store_rollback(store->writer);
	return err;
}

static int replace(struct cti_store *store)
{
	int err;

	store_file_close(store);
	err = store_set_aside(store);
	return err ? err : store_file_open(store);
}

int store_reopen(struct cti_store *store)
{
	/* a try before may have come as far as that */
	bool now = store->job.replace && !store->aside;
	int err;

	store_file_close(store);
	err = now ? replace(store) : store_file_open(store);
	if (err == -EBADMSG && !now)
		err = replace(store);
	store->job.replaced = store->aside != NULL;
	if (!err)
		err = store_salvage(store);
	if (!err)
		err = open_ids(&store->job, store->writer);
	if (!err)
		err = write_promise(store);
	if (err)
		store_file_close(store);
	return err;
}

/* What a person heals without a word to us, and disks at times themselves. */
static bool is_curable(int err)
{
	return err == -ENOSPC || err == -EROFS || err == -EDQUOT ||
	       err == -EIO || err == -EFBIG;
}

/* It serves: calls go on, events come from memory, dials are refused. */
static int begin_failing(struct cti_store *store, int why)
{
	int err = store_reader_any(store);

	if (!err)
		err = open_ids(&store->job, store->reader);
	if (err)
		return err;
	/* no row of a file that is not known may be taken for another */
	if (store->blind)
		store->job.row_next = store->job.now_ms;
	store->job.event_reserve = 0; /* nothing was promised */
	store->job.row_reserve = 0;
	log_error("store: %s cannot be used: %s; new dials are refused until"
		  " it can",
		  store->path, strerror(-why));
	store_fail(store, why);
	cti_timer_start(store->retry, STORE_RETRY_MS);
	return 0;
}

static int begin(struct cti_store *store)
{
	int err;

	store->job = (struct store_job){
		.reopen = true,
		.now_ms = cti_loop_wall_ms(store->loop),
	};
	err = store_reopen(store);
	if (!err) {
		err = store_reader_open(store);
		if (err)
			store_file_close(store);
	}
	if (is_curable(err))
		err = begin_failing(store, err);
	if (err)
		return err;
	store->event = (struct store_ids){store->job.event_next,
					  store->job.event_reserve};
	store->row =
		(struct store_ids){store->job.row_next, store->job.row_reserve};
	return 0;
}

void cti_store_on_reload(struct cti_store *store, cti_loop_fn *fn, void *arg)
{
	store->on_reload = fn;
	store->on_reload_arg = arg;
}

static int open_timers(struct cti_store *store)
{
	int err = cti_timer_new(&store->retry, store->loop, store_retry, store);

	if (!err)
		err = cti_timer_new(&store->purge, store->loop,
				    store_purge_start, store);
	return err;
}

int cti_store_open(struct cti_store **storep, struct cti_loop *loop,
		   const struct cti_store_conf *conf)
{
	struct cti_store *store = calloc(1, sizeof(*store));
	int err = -ENOMEM;

	if (!store)
		return -ENOMEM;
	store->loop = loop;
	store->lock_fd = -1;
	store->sync_full = conf->sync_full;
	store->keep_days = conf->keep_days;
	store->path = strdup(conf->path);
	if (!store->path)
		goto out;
	err = open_timers(store);
	if (err)
		goto out;
	store->opened_ms = store->health.since_ms = cti_loop_wall_ms(loop);
	store->opened_mono = cti_loop_mono_ms(loop);
	err = begin(store);
	if (err)
		goto out;

	cti_loop_on_turn_end(loop, store_turn_end, store);
	store->hooked = true;
	if (store->keep_days > 0)
		store_purge_start(store);
	*storep = store;
	store = NULL; /* now owned by the caller */
out:
	cti_store_destroy(store);
	return err;
}

void cti_store_keep(struct cti_store *store, int64_t keep_days)
{
	int64_t before = store->keep_days;

	store->keep_days = keep_days;
	if (keep_days <= 0) {
		store->purge_due = false;
		cti_timer_stop(store->purge);
	} else if (before <= 0 || keep_days < before) {
		store_purge_start(store);
	}
}

void cti_store_destroy(struct cti_store *store)
{
	if (!store)
		return;
	if (store->hooked) {
		cti_loop_on_turn_end(store->loop, NULL, NULL);
		store->hooked = false;
		store_flush(store);
	}
	cti_timer_destroy(store->retry);
	cti_timer_destroy(store->purge);
	store_units_clear(&store->kept);
	store_units_clear(&store->waiting);
	store_close_all(store);
	free(store->aside);
	free(store->path);
	free(store);
}

int64_t cti_store_next_event(struct cti_store *store)
{
	int64_t id = store->event.next++;

	/* the time of day may be ahead of them by far, see open_ids() */
	if (id == store->event.reserve + 1 && store->event.reserve)
		log_error("store: no reserve of event ids is left");
	return id;
}

int64_t cti_store_next_row(struct cti_store *store)
{
	return store->row.next++;
}

int64_t cti_store_last_event(const struct cti_store *store)
{
	return store->event.next - 1;
}
