#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET_MAX 65536

static enum rc check_file(int fd, const char *name, struct err *reterr)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_set(reterr, RC_IO, "secret-unreadable", name,
			       "cannot read its attributes");
	if (!S_ISREG(st.st_mode))
		return err_set(reterr, RC_INVALID, "secret-permissions", name,
			       "is not a regular file");
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return err_set(reterr, RC_INVALID, "secret-permissions", name,
			       "belongs to another user");
	if (st.st_mode & 077)
		return err_set(reterr, RC_INVALID, "secret-permissions", name,
			       "others than its owner have access (mode %03o, wanted 0400 or 0600)",
			       (unsigned)st.st_mode & 0777);
	return RC_OK;
}

enum rc config_secret(const struct config *config, const char *name, struct buf *out,
		      struct err *reterr)
{
	char path[4096], chunk[4096];
	enum rc rc;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", config->credentials, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? err_set(reterr, RC_NOT_FOUND, "secret-missing", path,
						 "there is no such file")
				       : err_set(reterr, RC_IO, "secret-unreadable", path,
						 "cannot open it");
	rc = check_file(fd, path, reterr);
	while (!rc && (n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || out->len + (size_t)n > SECRET_MAX)
			rc = err_set(reterr, RC_IO, "secret-unreadable", path,
				     "cannot read it whole");
		else
			rc = buf_add(out, chunk, (size_t)n);
	}
	if (rc == RC_LIMIT)
		err_set(reterr, rc, "secret-malformed", path, "is too long");
	else if (rc == RC_NOMEM)
		err_set(reterr, rc, "no-memory", path, "out of memory");
	explicit_bzero(chunk, sizeof(chunk));
	close(fd);
	return rc;
}
