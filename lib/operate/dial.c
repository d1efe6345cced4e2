#include "operate/dial.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 8

/* The folder, open, and the socket's name through it. */
static int enter(const char *data, struct sockaddr_un *address)
{
	int folder = open(data, O_PATH | O_DIRECTORY | O_CLOEXEC);

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/" OPERATE_SOCKET,
		 folder);
	return folder;
}

enum rc operate_dial(const char *data, int *ret_fd, struct err *reterr)
{
	struct sockaddr_un address;
	int folder = enter(data, &address), fd = -1, error = errno;

	if (folder >= 0) {
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		error = errno;
		if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address))) {
			error = errno;
			close(fd);
			fd = -1;
		}
		close(folder);
	}
	if (fd >= 0) {
		*ret_fd = fd;
		return RC_OK;
	}
	if (error == ENOENT || error == ECONNREFUSED || error == ENOTDIR)
		return RC_NOT_FOUND;
	return err_set(reterr, error == EACCES || error == EPERM ? RC_FORBIDDEN : RC_IO,
		       "operator-socket", data, "cannot reach the operator socket: %s",
		       strerror(error));
}

enum rc operate_listen(const char *data, int *ret_fd, struct err *reterr)
{
	struct sockaddr_un address;
	int folder = enter(data, &address), fd = -1;
	mode_t mask;
	bool ok = false;

	if (folder >= 0)
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		unlinkat(folder, OPERATE_SOCKET, 0);
		mask = umask(0177);
		ok = !bind(fd, (struct sockaddr *)&address, sizeof(address)) &&
		     !listen(fd, BACKLOG);
		umask(mask);
	}
	if (!ok)
		err_set(reterr, RC_IO, "operator-socket", data,
			"cannot make the operator socket: %s", strerror(errno));
	if (folder >= 0)
		close(folder);
	if (!ok && fd >= 0)
		close(fd);
	if (!ok)
		return RC_IO;
	*ret_fd = fd;
	return RC_OK;
}
