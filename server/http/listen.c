#include "http/listen.h"

#include "base/cleanup.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 511

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static enum rc cannot(const char *address, const char *what, struct err *reterr)
{
	return err_set(reterr, RC_IO, "listen-failed", address, "%s: %s", what, strerror(errno));
}

/* A socket file stays behind when its program is killed. */
static bool is_abandoned(const struct sockaddr_un *addr)
{
	CLEANUP(close_fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 && connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) &&
	       errno == ECONNREFUSED;
}

static enum rc open_unix(const char *address, const char *path, int *ret_fd, char **ret_path,
			 struct err *reterr)
{
	CLEANUP(close_fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	CLEANUP_FREE char *copy = strdup(path);
	int failed;

	if (!copy)
		return RC_NOMEM;
	if (!*path || strlen(path) >= sizeof(addr.sun_path))
		return err_set(reterr, RC_INVALID, "listen-invalid", address,
			       "the path is empty or too long");
	memcpy(addr.sun_path, path, strlen(path) + 1);
	if (fd < 0)
		return cannot(address, "socket", reterr);
	failed = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
	if (failed && errno == EADDRINUSE && is_abandoned(&addr) && !unlink(path))
		failed = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
	if (failed)
		return cannot(address, "bind", reterr);
	if (chmod(path, 0660) || listen(fd, BACKLOG))
		return cannot(address, "listen", reterr);
	*ret_fd = fd;
	fd = -1;
	*ret_path = TAKE_PTR(copy);
	return RC_OK;
}

/* "host:port" with the host in brackets when it has colons of its own. */
static enum rc split(const char *address, char *host, size_t size, const char **ret_port)
{
	const char *colon = strrchr(address, ':'), *end = colon;
	size_t len;

	if (!colon || colon == address || strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
	    !colon[1] || strlen(colon + 1) > 5 || strtoul(colon + 1, NULL, 10) > 65535)
		return RC_INVALID;
	if (*address == '[') {
		if (colon[-1] != ']')
			return RC_INVALID;
		address++;
		end--;
	} else if (memchr(address, ':', (size_t)(colon - address))) {
		return RC_INVALID;
	}
	len = (size_t)(end - address);
	if (len >= size)
		return RC_INVALID;
	memcpy(host, address, len);
	host[len] = '\0';
	*ret_port = colon + 1;
	return RC_OK;
}

static unsigned port_of(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} addr;
	socklen_t len = sizeof(addr);

	if (getsockname(fd, &addr.any, &len))
		return 0;
	return ntohs(addr.any.sa_family == AF_INET6 ? addr.v6.sin6_port : addr.v4.sin_port);
}

static enum rc open_tcp(const char *address, int *ret_fd, unsigned *ret_port, struct err *reterr)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
				  .ai_socktype = SOCK_STREAM };
	struct addrinfo *info;
	CLEANUP(close_fd) int fd = -1;
	char host[64];
	const char *port;
	int one = 1, failed;

	if (split(address, host, sizeof(host), &port) || getaddrinfo(host, port, &hints, &info))
		return err_set(reterr, RC_INVALID, "listen-invalid", address,
			       "write 127.0.0.1:8080, [::1]:8080 or unix:/path");
	fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	failed = fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
		 bind(fd, info->ai_addr, info->ai_addrlen) || listen(fd, BACKLOG);
	freeaddrinfo(info);
	if (failed)
		return cannot(address, "bind", reterr);
	*ret_port = port_of(fd);
	*ret_fd = fd;
	fd = -1;
	return RC_OK;
}

enum rc listen_open(const char *address, int *ret_fd, unsigned *ret_port, char **ret_path,
		    struct err *reterr)
{
	if (!strncmp(address, "unix:", 5)) {
		*ret_port = 0;
		return open_unix(address, address + 5, ret_fd, ret_path, reterr);
	}
	*ret_path = NULL;
	return open_tcp(address, ret_fd, ret_port, reterr);
}
