#include "ctl/demo_files.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define PORTS_MAX 8

static enum rc check_empty(const char *dir, struct err *reterr)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	enum rc rc = RC_OK;

	if (!d)
		return err_set(reterr, RC_IO, "folder-unusable", dir, "%s", strerror(errno));
	while (!rc && (entry = readdir(d)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			rc = err_set(reterr, RC_CONFLICT, "folder-not-empty", dir,
				     "there is something in it already; a demonstration needs an "
				     "empty folder");
	closedir(d);
	return rc;
}

enum rc demo_take_folder(const char *dir, struct err *reterr)
{
	enum rc rc = RC_OK;

	if (mkdir(dir, 0700)) {
		if (errno != EEXIST)
			return err_set(reterr, RC_IO, "folder-unusable", dir, "%s",
				       strerror(errno));
		rc = check_empty(dir, reterr);
	}
	if (!rc && chmod(dir, 0700))
		return err_set(reterr, RC_IO, "folder-unusable", dir, "%s", strerror(errno));
	return rc;
}

enum rc demo_make_folder(const char *dir, const char *name, struct err *reterr)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (mkdir(path, 0700))
		return err_set(reterr, RC_IO, "folder-unusable", path, "%s", strerror(errno));
	return RC_OK;
}

enum rc demo_write(const char *dir, const char *name, const char *text, size_t len,
		   struct err *reterr)
{
	char path[PATH_MAX];
	bool ok = true;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(reterr, errno == EEXIST ? RC_CONFLICT : RC_IO, "file-unwritable",
			       path, "%s", strerror(errno));
	while (ok && len) {
		ssize_t n = write(fd, text, len);

		ok = n > 0 || (n < 0 && errno == EINTR);
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	ok = !close(fd) && ok;
	return ok ? RC_OK : err_set(reterr, RC_IO, "file-unwritable", path, "%s", strerror(errno));
}

/* Binds a socket to a free port, which it keeps until it is closed. */
static int free_port(int *ret_port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&address, len) ||
	    getsockname(fd, (struct sockaddr *)&address, &len)) {
		close(fd);
		return -1;
	}
	*ret_port = ntohs(address.sin_port);
	return fd;
}

enum rc demo_find_ports(int *ports, size_t len, struct err *reterr)
{
	int held[PORTS_MAX];
	bool ok = len <= PORTS_MAX;

	for (size_t i = 0; i < PORTS_MAX; i++)
		held[i] = -1;
	for (size_t i = 0; ok && i < len; i++) {
		if (ports[i])
			continue;
		held[i] = free_port(&ports[i]);
		ok = held[i] >= 0;
	}
	for (size_t i = 0; i < PORTS_MAX; i++)
		if (held[i] >= 0)
			close(held[i]);
	return ok ? RC_OK
		  : err_set(reterr, RC_IO, "no-port", "127.0.0.1", "no free port: %s",
			    strerror(errno));
}
