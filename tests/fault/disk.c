/* SPDX-License-Identifier: Apache-2.0 */
/* fault/disk.c - what SQLite reads and writes fails when told (a VFS) */
#include <errno.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

struct file {
	sqlite3_file base;
	sqlite3_file real[]; /* as long as the real VFS wants it */
};

static sqlite3_vfs *under;
static atomic_int state; /* enum fault_disk */
static atomic_int how;	 /* the same: how the n-th fails */
static atomic_uint turn;

void fault_disk_is(enum fault_disk disk)
{
	atomic_store(&state, (int)disk);
}

void fault_disk_fails(enum fault_disk disk)
{
	atomic_store(&how, (int)disk);
}

static int result_of(int disk, int broken)
{
	static const int errors[] = {0, ENOSPC, EROFS, EIO};
	static const int results[] = {SQLITE_OK, SQLITE_FULL, SQLITE_READONLY};

	errno = errors[disk];
	return disk == FAULT_DISK_BROKEN ? broken : results[disk];
}

/* SQLITE_OK: it is done for real. broken: the result of an I/O error. */
static int fails(bool writes, int broken)
{
	int disk = atomic_load(&state);
	int once = atomic_load(&how);

	if (disk && (writes || disk == FAULT_DISK_BROKEN))
		return result_of(disk, broken);
	if (!fault_now(FAULT_DISK))
		return SQLITE_OK;
	if (!writes || !once)
		once = writes ? 1 + (int)(atomic_fetch_add(&turn, 1) % 3)
			      : (int)FAULT_DISK_BROKEN;
	return result_of(once, broken);
}

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct file *)file)->real;
}

static int file_close(sqlite3_file *file)
{
	return real_of(file)->pMethods->xClose(real_of(file));
}

static int file_read(sqlite3_file *file, void *data, int len, sqlite3_int64 at)
{
	int rc = fails(false, SQLITE_IOERR_READ);

	return rc ? rc
		  : real_of(file)->pMethods->xRead(real_of(file), data, len,
						   at);
}

static int file_write(sqlite3_file *file, const void *data, int len,
		      sqlite3_int64 at)
{
	int rc = fails(true, SQLITE_IOERR_WRITE);

	return rc ? rc
		  : real_of(file)->pMethods->xWrite(real_of(file), data, len,
						    at);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	int rc = fails(true, SQLITE_IOERR_TRUNCATE);

	return rc ? rc
		  : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
	int rc = fails(true, SQLITE_IOERR_FSYNC);

	return rc ? rc : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *sizep)
{
	return real_of(file)->pMethods->xFileSize(real_of(file), sizep);
}

static int file_lock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int file_reserved(sqlite3_file *file, int *resultp)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file),
							   resultp);
}

static int file_control(sqlite3_file *file, int op, void *arg)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int file_sector(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int file_traits(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend,
			void volatile **at)
{
	int rc = extend ? fails(true, SQLITE_IOERR_SHMSIZE) : SQLITE_OK;

	if (rc == SQLITE_READONLY) /* would mean: there it is, to be read */
		rc = SQLITE_CANTOPEN;
	return rc ? rc
		  : real_of(file)->pMethods->xShmMap(real_of(file), page, size,
						     extend, at);
}

static int file_shm_lock(sqlite3_file *file, int at, int n, int flags)
{
	return real_of(file)->pMethods->xShmLock(real_of(file), at, n, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
	real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int file_shm_unmap(sqlite3_file *file, int drop)
{
	return real_of(file)->pMethods->xShmUnmap(real_of(file), drop);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2, /* without mapped files, which we do not use */
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_traits,
	.xShmMap = file_shm_map,
	.xShmLock = file_shm_lock,
	.xShmBarrier = file_shm_barrier,
	.xShmUnmap = file_shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
		    int flags, int *flagsp)
{
	int rc = fails(false, SQLITE_CANTOPEN);

	(void)vfs;
	file->pMethods = NULL;
	if (rc)
		return rc;
	real_of(file)->pMethods = NULL;
	rc = under->xOpen(under, name, real_of(file), flags, flagsp);
	if (real_of(file)->pMethods)
		file->pMethods = &methods;
	return rc;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	int rc = fails(true, SQLITE_IOERR_DELETE);

	(void)vfs;
	return rc ? rc : under->xDelete(under, name, sync);
}

__attribute__((constructor(300))) static void begin(void)
{
	static sqlite3_vfs mine;

	under = sqlite3_vfs_find(NULL);
	if (!under)
		abort();
	mine = *under;
	mine.zName = "fault";
	mine.szOsFile = (int)sizeof(struct file) + under->szOsFile;
	mine.pNext = NULL;
	mine.xOpen = vfs_open;
	mine.xDelete = vfs_delete;
	if (sqlite3_vfs_register(&mine, 1) != SQLITE_OK)
		abort();
}
