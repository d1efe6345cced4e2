#include "fault_vfs.h"

#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

struct fault_file {
	sqlite3_file base;
	const char *path; /* SQLite keeps it as long as the file is open */
	sqlite3_file *real;
};

static struct {
	pthread_mutex_t lock;
	unsigned mask;
	int countdown, code, failed;
	bool persistent;
	char part[64];
	sqlite3_vfs vfs;
	sqlite3_vfs *real;
} fault = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* The code that this call must fail with, or SQLITE_OK. */
static int due(enum fault_method method, const char *path)
{
	int code = SQLITE_OK;

	pthread_mutex_lock(&fault.lock);
	if ((fault.mask & (unsigned)method) &&
	    (!fault.part[0] || (path && strstr(path, fault.part)))) {
		if (fault.countdown > 0)
			fault.countdown--;
		if (fault.countdown == 0 && (fault.persistent || fault.failed == 0)) {
			fault.failed++;
			code = fault.code;
		}
	}
	pthread_mutex_unlock(&fault.lock);
	return code;
}

void fault_arm(unsigned mask, int countdown, bool persistent, int code, const char *part)
{
	pthread_mutex_lock(&fault.lock);
	fault.mask = mask;
	fault.countdown = countdown;
	fault.persistent = persistent;
	fault.code = code;
	fault.failed = 0;
	snprintf(fault.part, sizeof(fault.part), "%s", part ? part : "");
	pthread_mutex_unlock(&fault.lock);
}

int fault_disarm(void)
{
	int failed;

	pthread_mutex_lock(&fault.lock);
	fault.mask = 0;
	failed = fault.failed;
	pthread_mutex_unlock(&fault.lock);
	return failed;
}

#define REAL(f) (((struct fault_file *)(f))->real)
#define CALL(f, method, ...) REAL(f)->pMethods->method(REAL(f), ##__VA_ARGS__)

static int on_close(sqlite3_file *f)
{
	return CALL(f, xClose);
}
static int on_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
	return CALL(f, xRead, out, n, at);
}
static int on_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
	int code = due(FAULT_WRITE, ((struct fault_file *)f)->path);

	/* Half of it reaches the disk, as when space ends or power fails. */
	if (code != SQLITE_OK)
		(void)!CALL(f, xWrite, bytes, n / 2, at);
	return code != SQLITE_OK ? code : CALL(f, xWrite, bytes, n, at);
}
static int on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	int code = due(FAULT_TRUNCATE, ((struct fault_file *)f)->path);

	return code != SQLITE_OK ? code : CALL(f, xTruncate, size);
}
static int on_sync(sqlite3_file *f, int flags)
{
	int code = due(FAULT_SYNC, ((struct fault_file *)f)->path);

	return code != SQLITE_OK ? code : CALL(f, xSync, flags);
}
static int on_size(sqlite3_file *f, sqlite3_int64 *ret)
{
	return CALL(f, xFileSize, ret);
}
static int on_lock(sqlite3_file *f, int level)
{
	return CALL(f, xLock, level);
}
static int on_unlock(sqlite3_file *f, int level)
{
	return CALL(f, xUnlock, level);
}
static int on_check_lock(sqlite3_file *f, int *ret)
{
	return CALL(f, xCheckReservedLock, ret);
}
static int on_control(sqlite3_file *f, int op, void *arg)
{
	return CALL(f, xFileControl, op, arg);
}
static int on_sector(sqlite3_file *f)
{
	return CALL(f, xSectorSize);
}
static int on_device(sqlite3_file *f)
{
	return CALL(f, xDeviceCharacteristics);
}
static int on_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
	return CALL(f, xShmMap, page, size, extend, ret);
}
static int on_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return CALL(f, xShmLock, offset, n, flags);
}
static void on_shm_barrier(sqlite3_file *f)
{
	CALL(f, xShmBarrier);
}
static int on_shm_unmap(sqlite3_file *f, int delete_flag)
{
	return CALL(f, xShmUnmap, delete_flag);
}

/* Version 2: no memory mapping (xFetch), which the stores do not use. */
static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = on_close,
	.xRead = on_read,
	.xWrite = on_write,
	.xTruncate = on_truncate,
	.xSync = on_sync,
	.xFileSize = on_size,
	.xLock = on_lock,
	.xUnlock = on_unlock,
	.xCheckReservedLock = on_check_lock,
	.xFileControl = on_control,
	.xSectorSize = on_sector,
	.xDeviceCharacteristics = on_device,
	.xShmMap = on_shm_map,
	.xShmLock = on_shm_lock,
	.xShmBarrier = on_shm_barrier,
	.xShmUnmap = on_shm_unmap,
};

static int on_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *ret_flags)
{
	struct fault_file *file = (struct fault_file *)f;
	int code = due(FAULT_OPEN, path);

	(void)vfs;
	file->base.pMethods = NULL;
	if (code != SQLITE_OK)
		return code;
	file->path = path;
	file->real = (sqlite3_file *)(file + 1);
	code = fault.real->xOpen(fault.real, path, file->real, flags, ret_flags);
	if (code == SQLITE_OK)
		file->base.pMethods = &methods;
	return code;
}

void fault_vfs_register(void)
{
	if (fault.real)
		return;
	fault.real = sqlite3_vfs_find(NULL);
	fault.vfs = *fault.real; /* all but opening is the real one's */
	fault.vfs.zName = FAULT_VFS;
	fault.vfs.pNext = NULL;
	fault.vfs.xOpen = on_open;
	fault.vfs.szOsFile = fault.real->szOsFile + (int)sizeof(struct fault_file);
	sqlite3_vfs_register(&fault.vfs, 0);
}
