/* A byte buffer that is born with a maximum.
 *
 * Invariants: len <= cap; while data is non-NULL, data[len] is NUL, so text can
 * be read as a C string. Once a write would pass `cap` or memory runs out, the
 * buffer is `failed`: its content is dropped, later writes do nothing and
 * return the first failure. Writers may therefore be chained and checked once
 * with buf_rc(). Contents are wiped when memory is given back, since buffers
 * carry reports. Not thread-safe; owned by one thread at a time. */
#ifndef VARDE_BASE_BUF_H
#define VARDE_BASE_BUF_H

#include "base/rc.h"

#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data;
	size_t len;
	size_t size; /* allocated bytes */
	size_t cap;  /* largest len allowed */
	enum rc failed;
};

/* An empty buffer that never grows over `cap` bytes. No allocation. */
struct buf buf_capped(size_t cap);

/* Wipes and frees the contents; the buffer is empty and usable again. */
void buf_release(struct buf *b);

/* Empties without giving memory back (wiped). Clears a failure. */
void buf_clear(struct buf *b);

enum rc buf_add(struct buf *b, const void *bytes, size_t n);
enum rc buf_adds(struct buf *b, const char *text);
enum rc buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
enum rc buf_addc(struct buf *b, char c);

/* Writers in network byte order, for contexts and canonical forms. */
enum rc buf_add_u8(struct buf *b, uint8_t v);
enum rc buf_add_u32(struct buf *b, uint32_t v);
enum rc buf_add_u64(struct buf *b, uint64_t v);
/* u32 length, then the bytes: unambiguous concatenation. */
enum rc buf_add_sized(struct buf *b, const void *bytes, size_t n);

/* RC_OK, or the first failure since the buffer was made or cleared:
 * RC_LIMIT (cap reached) or RC_NOMEM. */
NODISCARD enum rc buf_rc(const struct buf *b);

/* The text, "" when empty. Valid until the next write. */
const char *buf_text(const struct buf *b);

/* Hands the allocation to the caller (free() it; wipe it first if it is
 * sensitive) and resets the buffer. NULL when the buffer is empty or failed. */
char *buf_take(struct buf *b, size_t *ret_len);

/* Reads a whole file of at most `cap` bytes, appended to `b`.
 * RC_NOT_FOUND, RC_IO, RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc buf_read_file(struct buf *b, const char *path);
/* The same; RC_IO for a pipe or a device, which might never end: for who must not wait. */
NODISCARD enum rc buf_read_regular(struct buf *b, const char *path);

#endif
