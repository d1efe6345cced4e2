#include "base/file.h"

#include "base/buf.h"
#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum rc io_error(const char *path, struct err *reterr)
{
	enum rc rc = errno == ENOSPC || errno == EDQUOT ? RC_FULL : RC_IO;

	return err_set(reterr, rc, "file-unwritable", path, "the file cannot be written: %s",
		       strerrordesc_np(errno));
}

static bool write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

/* Whatever umask says, the mode is the caller's. */
static bool fill(int fd, const void *bytes, size_t len, mode_t mode)
{
	return fchmod(fd, mode) == 0 && write_all(fd, bytes, len) && fsync(fd) == 0;
}

enum rc file_replace(const char *path, const void *bytes, size_t len, mode_t mode,
		     struct err *reterr)
{
	CLEANUP(buf_release) struct buf temp = buf_capped(8192);
	enum rc rc;
	bool ok;
	int fd;

	rc = buf_addf(&temp, "%s.new", path);
	if (rc)
		return err_set(reterr, rc, "no-memory", path, "no memory for the file's name");
	unlink(buf_text(&temp));
	fd = open(buf_text(&temp), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return io_error(path, reterr);
	ok = fill(fd, bytes, len, mode);
	if (!ok)
		rc = io_error(path, reterr);
	close(fd);
	if (!rc && rename(buf_text(&temp), path))
		rc = io_error(path, reterr);
	if (rc)
		unlink(buf_text(&temp));
	else if (file_sync_parent(path))
		rc = io_error(path, reterr);
	return rc;
}

enum rc file_sync_parent(const char *path)
{
	CLEANUP_FREE char *parent = strdup(path);
	char *slash = parent ? strrchr(parent, '/') : NULL;
	int fd;
	bool ok;

	if (!parent)
		return RC_NOMEM;
	if (slash)
		*slash = '\0';
	fd = open(!slash ? "." : *parent ? parent : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return RC_IO;
	ok = fsync(fd) == 0;
	close(fd);
	return ok ? RC_OK : RC_IO;
}
