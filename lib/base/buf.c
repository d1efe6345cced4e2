#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct buf buf_capped(size_t cap)
{
	return (struct buf){ .cap = cap };
}

static void wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->size);
}

void buf_release(struct buf *b)
{
	wipe(b);
	free(b->data);
	*b = buf_capped(b->cap);
}

void buf_clear(struct buf *b)
{
	wipe(b);
	b->len = 0;
	b->failed = RC_OK;
}

static enum rc fail(struct buf *b, enum rc rc)
{
	size_t cap = b->cap;

	buf_release(b);
	b->cap = cap;
	b->failed = rc;
	return rc;
}

/* Grows by doubling. A fresh block and a wipe instead of realloc, which may
 * leave the old bytes behind in the heap. */
static enum rc reserve(struct buf *b, size_t more)
{
	size_t need, size;
	char *data;

	if (b->failed)
		return b->failed;
	if (more > b->cap - b->len)
		return fail(b, RC_LIMIT);
	need = b->len + more + 1;
	if (need <= b->size)
		return RC_OK;
	size = b->size ? b->size : 64;
	while (size < need)
		size *= 2;
	if (size > b->cap + 1)
		size = b->cap + 1;
	data = malloc(size);
	if (!data)
		return fail(b, RC_NOMEM);
	if (b->data) {
		memcpy(data, b->data, b->len);
		wipe(b);
		free(b->data);
	}
	b->data = data;
	b->size = size;
	b->data[b->len] = '\0';
	return RC_OK;
}

enum rc buf_add(struct buf *b, const void *bytes, size_t n)
{
	enum rc rc = reserve(b, n);

	if (rc)
		return rc;
	if (n)
		memcpy(b->data + b->len, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
	return RC_OK;
}

enum rc buf_adds(struct buf *b, const char *text)
{
	return buf_add(b, text, strlen(text));
}

enum rc buf_addc(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

enum rc buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	enum rc rc;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return fail(b, RC_INVALID);
	rc = reserve(b, (size_t)n);
	if (rc)
		return rc;
	va_start(ap, fmt);
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
	return RC_OK;
}

enum rc buf_add_u8(struct buf *b, uint8_t v)
{
	return buf_add(b, &v, 1);
}

enum rc buf_add_u32(struct buf *b, uint32_t v)
{
	unsigned char raw[4] = { (unsigned char)(v >> 24), (unsigned char)(v >> 16),
				 (unsigned char)(v >> 8), (unsigned char)v };

	return buf_add(b, raw, sizeof(raw));
}

enum rc buf_add_u64(struct buf *b, uint64_t v)
{
	buf_add_u32(b, (uint32_t)(v >> 32));
	return buf_add_u32(b, (uint32_t)v);
}

enum rc buf_add_sized(struct buf *b, const void *bytes, size_t n)
{
	if (n > UINT32_MAX)
		return fail(b, RC_LIMIT);
	buf_add_u32(b, (uint32_t)n);
	return buf_add(b, bytes, n);
}

enum rc buf_rc(const struct buf *b)
{
	return b->failed;
}

const char *buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}

char *buf_take(struct buf *b, size_t *ret_len)
{
	char *data = b->data;

	if (ret_len)
		*ret_len = data ? b->len : 0;
	b->data = NULL;
	b->len = b->size = 0;
	return data;
}

/* Closes `fd`; negative: it could not be opened. */
static enum rc read_all(struct buf *b, int fd)
{
	enum rc rc = RC_OK;
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? RC_NOT_FOUND : RC_IO;
	do {
		rc = reserve(b, b->cap - b->len < 4096 ? b->cap - b->len : 4096);
		if (rc)
			break;
		n = read(fd, b->data + b->len, b->size - 1 - b->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			rc = RC_IO;
			break;
		}
		b->len += (size_t)n;
		b->data[b->len] = '\0';
		if (n == 0)
			break;
		if (b->len == b->cap) {
			char one;

			if (read(fd, &one, 1) != 0)
				rc = fail(b, RC_LIMIT);
			break;
		}
	} while (1);
	close(fd);
	return rc;
}

enum rc buf_read_file(struct buf *b, const char *path)
{
	return read_all(b, open(path, O_RDONLY | O_CLOEXEC));
}

enum rc buf_read_regular(struct buf *b, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) || !S_ISREG(st.st_mode))) {
		close(fd);
		return RC_IO;
	}
	return read_all(b, fd);
}
