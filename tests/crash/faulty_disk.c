/* A preloaded library that makes the disk fail on demand.
 *
 * The file named by $FAULTY_DISK holds one line "OPERATION ERROR PART": while it
 * says "write ENOSPC 310000019.db", every write, extension and cut of a file whose
 * path contains PART fails so; "sync EIO control.db" fails every fsync, "sync HOLD …"
 * holds it back until the file says something else; and with
 * "clock -3600 -" the wall clock stands an hour back. Anything else, and nothing
 * is wrong. It is read anew at each call, so that a test can turn faults on and off
 * under a running daemon; failures are counted in "$FAULTY_DISK.n". */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))
#define LINE_SIZE 256

static int error_of(const char *name)
{
	return strcmp(name, "ENOSPC") == 0 ? ENOSPC : EIO;
}

static size_t read_line(const char *path, char line[LINE_SIZE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, line, LINE_SIZE - 1);

	if (fd >= 0)
		close(fd);
	line[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

static void count_fault(const char *path)
{
	char name[LINE_SIZE];
	int fd;

	snprintf(name, sizeof(name), "%s.n", path);
	fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (REAL(write)(fd, "x", 1) < 0)
		errno = 0;
	close(fd);
}

/* Until the file says something else. */
static void hold(const char *control, const char *line)
{
	static const struct timespec moment = { .tv_nsec = 1000000 };
	char now[LINE_SIZE];

	while (read_line(control, now) && strcmp(now, line) == 0)
		nanosleep(&moment, NULL);
}

/* The errno with which this operation on this file has to fail, 0 for none. */
static int fault(const char *operation, int fd)
{
	const char *control = getenv("FAULTY_DISK");
	char line[LINE_SIZE], link[64], path[4096], wanted[16], name[16], part[128];
	int saved = errno;
	ssize_t n;

	if (!control || !read_line(control, line) ||
	    sscanf(line, "%15s %15s %127s", wanted, name, part) != 3 ||
	    strcmp(wanted, operation) != 0) {
		errno = saved;
		return 0;
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	errno = saved;
	if (!strstr(path, part))
		return 0;
	count_fault(control);
	if (strcmp(name, "HOLD") == 0) {
		hold(control, line);
		errno = saved;
		return 0;
	}
	return error_of(name);
}

#define FAIL_IF_ASKED(operation, fd)                                                               \
	do {                                                                                       \
		int code = fault(operation, fd);                                                   \
		if (code) {                                                                        \
			errno = code;                                                              \
			return -1;                                                                 \
		}                                                                                  \
	} while (0)

ssize_t write(int fd, const void *bytes, size_t n)
{
	FAIL_IF_ASKED("write", fd);
	return REAL(write)(fd, bytes, n);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t offset)
{
	FAIL_IF_ASKED("write", fd);
	return REAL(pwrite)(fd, bytes, n, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t offset)
{
	FAIL_IF_ASKED("write", fd);
	return REAL(pwrite64)(fd, bytes, n, offset);
}

int ftruncate(int fd, off_t length)
{
	FAIL_IF_ASKED("write", fd);
	return REAL(ftruncate)(fd, length);
}

int ftruncate64(int fd, off64_t length)
{
	FAIL_IF_ASKED("write", fd);
	return REAL(ftruncate64)(fd, length);
}

int fsync(int fd)
{
	FAIL_IF_ASKED("sync", fd);
	return REAL(fsync)(fd);
}

int fdatasync(int fd)
{
	FAIL_IF_ASKED("sync", fd);
	return REAL(fdatasync)(fd);
}

int clock_gettime(clockid_t clock, struct timespec *ret)
{
	const char *control = getenv("FAULTY_DISK");
	int saved = errno, rc = REAL(clock_gettime)(clock, ret);
	char line[LINE_SIZE];
	long offset;

	if (!rc && clock == CLOCK_REALTIME && control && read_line(control, line) &&
	    sscanf(line, "clock %ld", &offset) == 1)
		ret->tv_sec += offset;
	errno = rc ? errno : saved;
	return rc;
}
