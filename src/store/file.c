/* SPDX-License-Identifier: Apache-2.0 */
/* store/file.c - the file and its two connections; what stands in for it */
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
			      "PRAGMA secure_delete = ON;"
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

static bool lock_is_of(const struct cti_store *store)
{
	struct stat ours, there;

	return store->lock_fd >= 0 && fstat(store->lock_fd, &ours) == 0 &&
	       stat(store->path, &there) == 0 && ours.st_dev == there.st_dev &&
	       ours.st_ino == there.st_ino;
}

static void unlock(struct cti_store *store)
{
	if (store->lock_fd >= 0)
		(void)close(store->lock_fd); /* nothing was written by it */
	store->lock_fd = -1;
}

/* SQLite would make it with the umask's mode; -wal and -shm take this one. The
 * descriptor holds the file for us alone: two relays on one journal would hand
 * out the same ids. */
static int make_file(struct cti_store *store)
{
	int fd, err;

	if (lock_is_of(store))
		return 0;
	unlock(store);
	fd = open(store->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
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

static int open_db(sqlite3 **dbp, const char *path, int flags)
{
	int rc = sqlite3_open_v2(
		path, dbp, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
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

int store_file_open(struct cti_store *store)
{
	int err = make_folders(store->path);

	if (!err)
		err = make_file(store);
	if (!err)
		err = open_db(&store->writer, store->path,
			      SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI);
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
	return err;
}

void store_file_close(struct cti_store *store)
{
	for (int i = 0; i < WRITE_MAX; i++) {
		(void)sqlite3_finalize(store->write[i]); /* an old error */
		store->write[i] = NULL;
	}
	/* Every statement is gone, so that it can be closed. */
	(void)sqlite3_close(store->writer);
	store->writer = NULL;
}

void store_reader_close(struct cti_store *store)
{
	for (int i = 0; i < READ_MAX; i++) {
		(void)sqlite3_finalize(store->read[i]); /* an old error */
		store->read[i] = NULL;
	}
	(void)sqlite3_close(store->reader); /* as the writer */
	store->reader = NULL;
}

/* With what opening it came to. */
static int reader_prepare(struct cti_store *store, int err)
{
	int64_t version = 0;

	if (!err)
		err = store_exec(store->reader, "PRAGMA query_only = ON");
	/* it may be closed when its names are another file's */
	if (!err &&
	    sqlite3_db_config(store->reader, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
			      1, NULL) != SQLITE_OK)
		err = -EIO;
	if (!err)
		err = store_schema_version(store->reader, &version);
	if (!err)
		err = version ? store_prepare_read(store->reader, store->read)
			      : -ENODATA;
	if (err)
		store_reader_close(store);
	return err;
}

int store_reader_open(struct cti_store *store)
{
	int err = open_db(&store->reader, store->path, SQLITE_OPEN_READWRITE);

	return reader_prepare(store, err);
}

void store_close_all(struct cti_store *store)
{
	store_reader_close(store);
	store_file_close(store);
	/* not before: a file's close takes SQLite's own locks along */
	unlock(store);
}

/* --- what is read while the file cannot be opened as it should --- */

int store_uri(struct cti_buf *uri, const char *path, bool *wholep)
{
	struct cti_buf wal;
	struct stat st;
	int err;

	cti_buf_init(&wal, PATH_CEILING);
	err = cti_buf_fmt(&wal, "%s-wal", path);
	if (!err) {
		*wholep = stat(cti_buf_text(&wal), &st) || st.st_size == 0;
		err = cti_buf_str(uri, "file:");
	}
	cti_buf_fini(&wal);
	for (; !err && *path; path++)
		err = strchr("%?#", *path) ? cti_buf_fmt(uri, "%%%02X", *path)
					   : cti_buf_add(uri, path, 1);
	return err ? err : cti_buf_str(uri, *wholep ? "?immutable=1" : "");
}

static int reader_whole(struct cti_store *store)
{
	struct cti_buf uri;
	bool whole = false;
	int err;

	cti_buf_init(&uri, STORE_URI_CEILING);
	err = store_uri(&uri, store->path, &whole);
	if (!err && !whole)
		err = -EBUSY;
	if (!err)
		err = open_db(&store->reader, cti_buf_text(&uri),
			      SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
	cti_buf_fini(&uri);
	return reader_prepare(store, err);
}

/* It has the tables and nothing in them. */
static int reader_empty(struct cti_store *store)
{
	int err =
		open_db(&store->reader,
			":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);

	if (!err)
		err = store_schema_create(store->reader);
	return reader_prepare(store, err);
}

int store_reader_any(struct cti_store *store)
{
	int err;

	store_reader_close(store);
	err = store_reader_open(store);
	if (err)
		err = reader_whole(store);
	store->blind = err != 0;
	return err ? reader_empty(store) : 0;
}

bool store_read_only(const struct cti_store *store)
{
	return access(store->path, W_OK) && errno == EROFS;
}

void store_reader_let_go(struct cti_store *store)
{
	store_reader_close(store);
	if (reader_empty(store))
		log_error("store: nothing can be read while it is opened");
}

/* --- setting aside --- */

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

int store_set_aside(struct cti_store *store)
{
	/* the file last: until then another try finds all of it */
	static const char *const suffixes[] = {"-shm", "-wal", ""};
	struct cti_buf name;
	char *aside = NULL;
	int err;

	cti_buf_init(&name, PATH_CEILING);
	err = aside_name(&name, store->path, store->job.now_ms / 1000);
	if (!err)
		err = cti_buf_take(&name, &aside);
	for (size_t i = 0; !err && i < 3; i++)
		err = rename_with(store->path, aside, suffixes[i]);
	if (!err) {
		log_error("store: %s is corrupt; kept beside it as"
			  " .corrupt-…, a fresh one is begun",
			  store->path);
	}
	if (!err && !store->aside) {
		store->aside = aside;
		aside = NULL; /* now the store's */
	}
	free(aside);
	cti_buf_fini(&name);
	return err;
}
