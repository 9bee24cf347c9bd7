/* SPDX-License-Identifier: Apache-2.0 */
/* store/commit.c - group commit: what waits becomes one transaction */
#include <errno.h>
#include <string.h>

#include "cti/log.h"
#include "store/store_priv.h"

/* Not the disk's fault: trying the same row again would only block others. */
static bool is_poison(int rc)
{
	int base = rc & 0xff;

	return base == SQLITE_CONSTRAINT || base == SQLITE_MISMATCH ||
	       base == SQLITE_TOOBIG;
}

/* Steps to the end and resets. */
static int finish(struct cti_store *store, enum store_write which)
{
	sqlite3_stmt *stmt = store->write[which];
	int rc = sqlite3_step(stmt);
	int err = 0;

	if (is_poison(rc))
		log_error("store: a row was left out: %s",
			  sqlite3_errmsg(store->writer));
	else if (rc != SQLITE_DONE && rc != SQLITE_ROW)
		err = store_errno(store->writer, rc);
	(void)sqlite3_reset(stmt); /* repeats what step said */
	return err;
}

static int bind_value(sqlite3_stmt *stmt, int index,
		      const struct store_value *value)
{
	if (value->type == SQLITE_INTEGER)
		return sqlite3_bind_int64(stmt, index, value->number);
	if (value->type == SQLITE_TEXT)
		return sqlite3_bind_text(stmt, index, value->data,
					 (int)value->number, SQLITE_STATIC);
	if (value->type == SQLITE_BLOB)
		return sqlite3_bind_blob(stmt, index, value->data,
					 (int)value->number, SQLITE_STATIC);
	return sqlite3_bind_null(stmt, index);
}

static int write_op(struct cti_store *store, const struct store_op *op)
{
	bool once = op->which == WRITE_CALL || op->which == WRITE_EVENT;
	int err;

	for (int i = 0; i < op->count; i++) {
		int rc = bind_value(store->write[op->which], i + 1,
				    &op->value[i]);

		if (rc != SQLITE_OK)
			return store_errno(store->writer, rc);
	}
	err = finish(store, op->which);
	if (!err && once && sqlite3_changes(store->writer) == 0)
		log_error("store: row %lld of a %s was there already",
			  (long long)op->value[0].number,
			  op->which == WRITE_CALL ? "call" : "event");
	return err;
}

static void job_note_event(struct store_job *job, int64_t id)
{
	if (!job->first || id < job->first)
		job->first = id;
	if (id > job->last)
		job->last = id;
}

static int write_unit(struct cti_store *store, const struct cti_unit *unit)
{
	int err = 0;

	for (struct store_op *op = unit->first; !err && op; op = op->next) {
		if (op->which == WRITE_EVENT)
			job_note_event(&store->job, op->value[0].number);
		err = write_op(store, op);
	}
	return err;
}

int store_write_run(struct cti_store *store, enum store_write which,
		    const int64_t *values, int count)
{
	for (int i = 0; i < count; i++) {
		int rc = sqlite3_bind_int64(store->write[which], i + 1,
					    values[i]);

		if (rc != SQLITE_OK)
			return store_errno(store->writer, rc);
	}
	return finish(store, which);
}

/* What the store keeps of itself: the last batch, the reserves. */
static int write_own(struct cti_store *store)
{
	const struct store_job *job = &store->job;
	const int64_t batch[] = {job->batch.first, job->batch.last,
				 job->batch.committed_ms};
	const int64_t reserve[] = {job->event_reserve, job->row_reserve};
	int err = 0;

	if (job->batch.first)
		err = store_write_run(store, WRITE_BATCH, batch, 3);
	if (!err && job->event_reserve)
		err = store_write_run(store, WRITE_RESERVE, reserve, 2);
	return err;
}

static int write_all(struct cti_store *store)
{
	int err = write_own(store);

	for (struct cti_unit *unit = store->job.units.first; !err && unit;
	     unit = unit->next)
		err = write_unit(store, unit);
	if (!err && store->job.purge)
		err = store_purge_part(store);
	return err;
}

static int limit_pages(struct cti_store *store)
{
	char sql[64];

	if (!store->job.page_limit)
		return 0;
	(void)sqlite3_snprintf(sizeof(sql), sql, "PRAGMA max_page_count = %d",
			       store->job.page_limit); /* it fits */
	return store_exec(store->writer, sql);
}

static int write_job(struct cti_store *store)
{
	int err = limit_pages(store);

	if (!err)
		err = store_write_run(store, WRITE_BEGIN, NULL, 0);
	if (err)
		return err;
	err = write_all(store);
	if (!err)
		err = store_write_run(store, WRITE_COMMIT, NULL, 0);
	if (err && !sqlite3_get_autocommit(store->writer))
		store_rollback(store->writer);
	return err;
}

void store_job_work(void *arg)
{
	struct cti_store *store = arg;

	store->job.err =
		store->job.reopen ? store_reopen(store) : write_job(store);
}

static int64_t reserve_of(const struct store_ids *ids)
{
	int64_t reserve = ids->next - 1 + STORE_RESERVE;

	return reserve > ids->reserve ? reserve : ids->reserve;
}

static bool reserve_low(const struct store_ids *ids)
{
	return ids->reserve - ids->next < STORE_RESERVE_LOW;
}

/* A transaction that writes something even where no unit waits: the probe
 * of a failing store. */
static void job_begin(struct cti_store *store)
{
	struct store_job *job = &store->job;

	*job = (struct store_job){
		.batch = store->batch,
		.page_limit = store->page_limit,
		.reopen = !store->writer || store->damaged,
		.replace = store->damaged,
		.known = !store->blind,
		.now_ms = cti_loop_wall_ms(store->loop),
		.event_next = store->event.next,
		.row_next = store->row.next,
	};
	store->page_limit = 0;
	store->busy = true;
	job->let_go = !store->writer && store->health.err == -EROFS;
	if (job->let_go)
		store_reader_let_go(store);
	if (job->reopen)
		return;
	if (store->health.failing || reserve_low(&store->event) ||
	    reserve_low(&store->row)) {
		job->event_reserve = reserve_of(&store->event);
		job->row_reserve = reserve_of(&store->row);
	}
}

static void job_take_units(struct cti_store *store)
{
	size_t max = store->health.failing ? STORE_PROBE_MAX : STORE_BATCH_MAX;

	while (!store->job.reopen && store->job.units.count < max) {
		struct cti_unit *unit = store_units_pop(&store->kept);

		/* While it fails, nothing new is tried: it is refused. */
		if (!unit && !store->health.failing)
			unit = store_units_pop(&store->waiting);
		if (!unit)
			break;
		store_units_add(&store->job.units, unit);
	}
}

/* A clock that is set forward makes nothing old. */
static int64_t purge_now(const struct cti_store *store)
{
	int64_t wall = cti_loop_wall_ms(store->loop);
	int64_t lived = cti_loop_mono_ms(store->loop) - store->opened_mono;

	return wall < store->opened_ms + lived ? wall
					       : store->opened_ms + lived;
}

static bool job_take_purge(struct cti_store *store)
{
	struct store_job *job = &store->job;

	if (!store->purge_due || store->keep_days <= 0 || store->health.failing)
		return false;
	job->purge = true;
	job->purge_row = store->purge_row;
	job->keep_days = store->keep_days;
	job->cutoff_ms = purge_now(store) - store->keep_days * STORE_DAY_MS;
	return true;
}

/* The unit's function may hand in more units: it is never in a list then. */
static void tell(struct cti_unit *unit, int err)
{
	cti_store_fn *fn = unit->fn;

	unit->fn = NULL;
	if (fn)
		fn(unit->arg, err);
}

/* What failed is tried again, but for an intent: its asker was told no. */
static void keep(struct store_units *list, struct cti_unit *unit)
{
	if (unit->intent)
		cti_unit_destroy(unit);
	else
		store_units_add(list, unit);
}

static void trim_kept(struct cti_store *store)
{
	while (store->kept.count > STORE_KEPT_MAX) {
		cti_unit_destroy(store_units_pop(&store->kept));
		if (!store->dropped++)
			log_error("store: more than %d changes wait for it;"
				  " the oldest are given up",
				  (int)STORE_KEPT_MAX);
	}
}

static void set_health(struct cti_store *store, bool failing, int err)
{
	if (store->health.failing != failing)
		store->health.since_ms = cti_loop_wall_ms(store->loop);
	store->health.failing = failing;
	if (err)
		store->health.err = err;
}

void store_fail(struct cti_store *store, int err)
{
	set_health(store, true, err);
}

static void job_failed(struct cti_store *store)
{
	struct store_units units = store->job.units, kept = {0};
	int err = store->job.err;
	struct cti_unit *unit;

	if (!store->health.failing) {
		log_error("store: %s cannot be written: %s; new dials are"
			  " refused until it can",
			  store->path, strerror(-err));
		store->dropped = 0;
	}
	set_health(store, true, err);
	store->health.failures++;
	if (store->job.let_go && store_reader_any(store))
		log_error("store: nothing of it can be read");
	store->job.units = (struct store_units){0};
	cti_timer_start(store->retry, STORE_RETRY_MS);
	if (err == -EBADMSG)
		store_damage(store);
	while ((unit = store_units_pop(&units))) {
		tell(unit, err);
		keep(&kept, unit);
	}
	store_units_join(&kept, &store->kept);
	store->kept = kept;
	trim_kept(store);
}

static void job_settle(struct cti_store *store)
{
	const struct store_job *job = &store->job;

	bool failing = store->damaged && !job->replace;

	if (store->health.failing && !failing)
		log_warn("store: %s can be written again; %zu changes wait,"
			 " %zu were given up",
			 store->path, store->kept.count, store->dropped);
	set_health(store, failing, 0);
	if (failing)
		cti_timer_start(store->retry, 0);
	store->health.commits++;
	if (!job->reopen)
		store->batch = (struct store_batch){
			job->first, job->last, cti_loop_wall_ms(store->loop)};
	if (job->event_reserve) {
		store->event.reserve = job->event_reserve;
		store->row.reserve = job->row_reserve;
	}
	store->purge_last = job->purge;
	/* another number of days came meanwhile: that one has its own way */
	if (job->purge && job->keep_days == store->keep_days) {
		store->purge_row = job->purge_row;
		store->purge_due = job->purge_more;
	}
	store->job.units = (struct store_units){0};
}

static void job_committed(struct cti_store *store)
{
	struct store_units units = store->job.units;
	struct cti_unit *unit;

	job_settle(store);
	/* Under load the worker goes on while we tell of what it did. */
	if (store->hooked && store->waiting.count >= STORE_BATCH_EARLY)
		store_turn_end(store);
	while ((unit = store_units_pop(&units))) {
		tell(unit, 0);
		cti_unit_destroy(unit);
	}
}

/* From now on the file is read that the worker has opened. */
static int take_over(struct cti_store *store)
{
	struct store_job *job = &store->job;
	int err;

	store_reader_close(store);
	err = store_reader_open(store);
	if (err) {
		store_file_close(store);
		if (store_reader_any(store))
			log_error("store: nothing of it can be read");
		return err;
	}
	if (store->event.next < job->event_next)
		store->event.next = job->event_next;
	if (store->row.next < job->row_next)
		store->row.next = job->row_next;
	return 0;
}

static void job_reopened(struct cti_store *store)
{
	bool another = store->blind || store->job.replaced;

	store->blind = false;
	if (store->job.replace)
		store->damaged = false;
	job_settle(store);
	if (another && store->hooked && store->on_reload)
		store->on_reload(store->on_reload_arg);
}

static void job_done(void *arg)
{
	struct cti_store *store = arg;

	if (!store->job.err && store->job.reopen)
		store->job.err = take_over(store);
	store->busy = false;
	if (store->began_mono)
		cti_histogram_note(&store->health.commit,
				   cti_loop_mono_ms(store->loop) + 1 -
					   store->began_mono);
	store->began_mono = 0;
	if (store->job.err)
		job_failed(store);
	else if (store->job.reopen)
		job_reopened(store);
	else
		job_committed(store);
}

static void job_start(struct cti_store *store)
{
	int err = cti_loop_work(store->loop, store_job_work, job_done, store);

	store->began_mono = cti_loop_mono_ms(store->loop) + 1;
	if (!err)
		return;
	store->job.err = err;
	job_done(store);
}

/* While the store fails: those who wait learn it, in order, at once. */
static void store_refuse(void *arg)
{
	struct cti_store *store = arg;
	struct store_units units = store->waiting;
	struct cti_unit *unit;

	store->deferred = false;
	if (!store->health.failing)
		return;
	store->waiting = (struct store_units){0};
	while ((unit = store_units_pop(&units))) {
		tell(unit, store->health.err);
		keep(&store->kept, unit);
	}
	trim_kept(store);
}

static void refuse_later(struct cti_store *store)
{
	if (store->deferred || !store->waiting.first)
		return;
	store->deferred = true;
	if (cti_loop_defer(store->loop, store_refuse, store))
		store_refuse(store);
}

void store_turn_end(void *arg)
{
	struct cti_store *store = arg;
	bool units = store->kept.first || store->waiting.first;

	if (store->busy)
		return;
	if (store->health.failing) {
		refuse_later(store);
		return;
	}
	if (!units && !store->purge_due)
		return;
	job_begin(store);
	/* They take turns, so that neither waits for the end of the other. */
	if ((units && store->purge_last) || !job_take_purge(store)) {
		store->purge_last = false;
		job_take_units(store);
	}
	job_start(store);
}

void store_retry(void *arg)
{
	struct cti_store *store = arg;

	if (store->busy || !store->health.failing)
		return;
	if (!store->writer && store_read_only(store)) {
		cti_timer_start(store->retry, STORE_RETRY_MS);
		return;
	}
	job_begin(store);
	job_take_units(store);
	job_start(store);
}

void store_flush(struct cti_store *store)
{
	/* The worker's end and a refusal on its way both come by the loop. */
	while (store->busy || store->deferred)
		cti_loop_turn(store->loop, STORE_RETRY_MS);
	do {
		job_begin(store);
		if (store->health.failing && !store->job.reopen)
			store_units_join(&store->job.units, &store->kept);
		else
			job_take_units(store);
		store_job_work(store);
		job_done(store);
	} while (!store->health.failing &&
		 (store->kept.first || store->waiting.first));
	/* who is told may hand in more, and is told of that, too */
	while (store->waiting.first)
		store_refuse(store);
	if (store->kept.count)
		log_error("store: closed with %zu changes not written",
			  store->kept.count);
}

void cti_store_submit(struct cti_store *store, struct cti_unit *unit,
		      cti_store_fn *fn, void *arg)
{
	unit->fn = fn;
	unit->arg = arg;
	store_units_add(&store->waiting, unit);
}

void cti_store_health(const struct cti_store *store,
		      struct cti_store_health *out)
{
	*out = store->health;
	out->waiting = store->waiting.count + store->kept.count +
		       (store->busy ? store->job.units.count : 0);
}

void store_set_page_limit(struct cti_store *store, int pages)
{
	store->page_limit = pages;
}
