/* SPDX-License-Identifier: Apache-2.0 */
/* store/open.c - opening, setting a corrupt file aside, ids, closing */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cti/log.h"
#include "store/store_priv.h"

enum {
	PATH_CEILING = 4096,
	ASIDE_MAX = 100, /* files set aside within one second */
	BUSY_MS = 5000,	 /* of somebody else's lock: a backup */
};

/* Shared by both connections; synchronous comes from the configuration. */
static const char pragmas[] = "PRAGMA temp_store = MEMORY;"
			      "PRAGMA mmap_size = 0;"
			      "PRAGMA foreign_keys = OFF;"
			      "PRAGMA cache_size = -16384;";

/* Makes every missing folder above the file. */
static int make_folders(const char *path)
{
	char *copy = strdup(path);
	int err = 0;

	if (!copy)
		return -ENOMEM;
	for (char *at = strchr(copy + 1, '/'); !err && at;
	     at = strchr(at + 1, '/')) {
		*at = '\0';
		if (mkdir(copy, 0700) && errno != EEXIST && errno != EROFS)
			err = -errno;
		*at = '/';
	}
	free(copy);
	return err;
}

/* SQLite would make it with the umask's mode; -wal and -shm take this one. The
 * descriptor holds the file for us alone: two relays on one journal would hand
 * out the same ids. */
static int make_file(struct cti_store *store)
{
	int fd = open(store->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int err;

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		store->lock_fd = fd;
		return 0;
	}
	err = errno == EWOULDBLOCK ? -EBUSY : -errno;
	(void)close(fd); /* nothing was written */
	if (err == -EBUSY)
		log_error("store: %s is in use by another patchcord",
			  store->path);
	return err;
}

static int open_db(sqlite3 **dbp, const char *path)
{
	int rc = sqlite3_open_v2(path, dbp,
				 SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
					 SQLITE_OPEN_EXRESCODE,
				 NULL);

	if (rc != SQLITE_OK)
		return store_errno(*dbp, rc);
	(void)sqlite3_busy_timeout(*dbp, BUSY_MS); /* always takes it */
	return store_exec(*dbp, pragmas);
}

static int open_schema(struct cti_store *store)
{
	int64_t version = 0;
	int err = store_schema_version(store->writer, &version);

	if (err)
		return err;
	if (version > STORE_VERSION) {
		log_error("store: %s is of version %lld, this program knows %d",
			  store->path, (long long)version, (int)STORE_VERSION);
		return -EPROTO;
	}
	return version ? 0 : store_schema_create(store->writer);
}

/* Begins above what the file ever promised, and promises the next piece. */
static int open_ids(struct cti_store *store)
{
	int64_t event = 0, row = 0, newest = 0, highest = 0;
	int err;

	err = store_scalar(store->writer,
			   "SELECT value FROM meta WHERE key = 'event'", 0,
			   &event);
	if (!err)
		err = store_scalar(store->writer,
				   "SELECT value FROM meta WHERE key = 'row'",
				   0, &row);
	if (!err)
		err = store_scalar(store->writer, "SELECT max(id) FROM event",
				   0, &newest);
	if (!err)
		err = store_scalar(store->writer, "SELECT max(n) FROM call", 0,
				   &highest);
	if (err)
		return err;
	if (!event)
		event = cti_loop_wall_ms(store->loop) - 1;
	if (event < newest)
		event = newest;
	if (row < highest)
		row = highest;
	store->event = (struct store_ids){event + 1, event + STORE_RESERVE};
	store->row = (struct store_ids){row + 1, row + STORE_RESERVE};
	return 0;
}

static int open_reserve(struct cti_store *store)
{
	store->job = (struct store_job){
		.event_reserve = store->event.reserve,
		.row_reserve = store->row.reserve,
	};
	store_job_work(store);
	return store->job.err;
}

static int open_all(struct cti_store *store)
{
	int err = make_file(store);

	if (!err)
		err = open_db(&store->writer, store->path);
	if (!err)
		err = store_exec(store->writer,
				 "PRAGMA journal_mode = WAL;"
				 "PRAGMA wal_autocheckpoint = 8000;"
				 "PRAGMA journal_size_limit = 67108864;");
	if (!err)
		err = store_exec(store->writer,
				 store->sync_full
					 ? "PRAGMA synchronous = FULL"
					 : "PRAGMA synchronous = NORMAL");
	if (!err)
		err = open_schema(store);
	if (!err)
		err = store_check(store);
	if (!err)
		err = store_prepare_write(store->writer, store->write);
	if (!err)
		err = open_ids(store);
	if (!err)
		err = open_reserve(store);
	if (!err)
		err = open_db(&store->reader, store->path);
	if (!err)
		err = store_exec(store->reader, "PRAGMA query_only = ON");
	if (!err)
		err = store_prepare_read(store->reader, store->read);
	return err;
}

static void close_all(struct cti_store *store)
{
	for (int i = 0; i < WRITE_MAX; i++) {
		(void)sqlite3_finalize(store->write[i]); /* an old error */
		store->write[i] = NULL;
	}
	for (int i = 0; i < READ_MAX; i++) {
		(void)sqlite3_finalize(store->read[i]); /* likewise */
		store->read[i] = NULL;
	}
	/* Every statement is gone, so that both can be closed. */
	(void)sqlite3_close(store->reader);
	(void)sqlite3_close(store->writer);
	store->reader = NULL;
	store->writer = NULL;
	/* not before: a file's close takes SQLite's own locks along */
	if (store->lock_fd >= 0)
		(void)close(store->lock_fd); /* nothing was written by it */
	store->lock_fd = -1;
}

static int rename_with(const char *from, const char *to, const char *suffix)
{
	struct cti_buf old, new;
	int err;

	cti_buf_init(&old, PATH_CEILING);
	cti_buf_init(&new, PATH_CEILING);
	err = cti_buf_fmt(&old, "%s%s", from, suffix);
	if (!err)
		err = cti_buf_fmt(&new, "%s%s", to, suffix);
	if (!err && rename(cti_buf_text(&old), cti_buf_text(&new)) &&
	    errno != ENOENT)
		err = -errno;
	cti_buf_fini(&old);
	cti_buf_fini(&new);
	return err;
}

/* PATH.corrupt-SECONDS, or with a number behind where that is taken. */
static int aside_name(struct cti_buf *name, const char *path, int64_t seconds)
{
	int err =
		cti_buf_fmt(name, "%s.corrupt-%lld", path, (long long)seconds);

	for (int i = 1; !err && access(cti_buf_text(name), F_OK) == 0; i++) {
		if (i == ASIDE_MAX)
			return -EEXIST;
		cti_buf_reset(name);
		err = cti_buf_fmt(name, "%s.corrupt-%lld.%d", path,
				  (long long)seconds, i);
	}
	return err;
}

static int set_aside(struct cti_store *store)
{
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	struct cti_buf name;
	int err;

	cti_buf_init(&name, PATH_CEILING);
	err = aside_name(&name, store->path,
			 cti_loop_wall_ms(store->loop) / 1000);
	for (size_t i = 0; !err && i < 3; i++)
		err = rename_with(store->path, cti_buf_text(&name),
				  suffixes[i]);
	if (!err)
		log_error("store: %s is corrupt; kept beside it as"
			  " .corrupt-…, a fresh one is begun",
			  store->path);
	store_doubt_over(store);
	cti_buf_fini(&name);
	return err;
}

static int open_or_begin(struct cti_store *store)
{
	int err = make_folders(store->path);

	if (err)
		return err;
	err = open_all(store);
	if (err != -EBADMSG)
		return err;
	close_all(store);
	err = set_aside(store);
	return err ? err : open_all(store);
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
	err = open_or_begin(store);
	if (err)
		goto out;
	err = open_timers(store);
	if (err)
		goto out;

	store->opened_ms = store->health.since_ms = cti_loop_wall_ms(loop);
	store->opened_mono = cti_loop_mono_ms(loop);
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
	close_all(store);
	free(store->path);
	free(store);
}

static int64_t take_id(struct store_ids *ids, const char *what)
{
	if (ids->next == ids->reserve + 1)
		log_error("store: no reserve of %s ids left: a start after"
			  " this may hand some out again",
			  what);
	return ids->next++;
}

int64_t cti_store_next_event(struct cti_store *store)
{
	return take_id(&store->event, "event");
}

int64_t cti_store_next_row(struct cti_store *store)
{
	return take_id(&store->row, "call");
}

int64_t cti_store_last_event(const struct cti_store *store)
{
	return store->event.next - 1;
}
