/* Members of the JSON texts of this room. For this room only. */
#ifndef VARDE_SEAL_MEMBER_H
#define VARDE_SEAL_MEMBER_H

#include "base/buf.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the member is base64url of exactly `len` bytes; then they are in `out`. */
bool member_bytes(const json_t *object, const char *name, void *out, size_t len);

/* Whether the member is a string of at most `max` bytes; then *ret borrows it. */
bool member_text(const json_t *object, const char *name, size_t max, const char **ret);

/* Whether the member is an integer from 0; then it is in *ret. */
bool member_count(const json_t *object, const char *name, int64_t *ret);

/* Whether the member is a time (RFC 3339); then *ret has its milliseconds. */
bool member_time(const json_t *object, const char *name, int64_t *ret);

/* Appends ,"name":"base64url". The comma is left out after '{' and at the start. */
void member_add_bytes(struct buf *out, const char *name, const void *bytes, size_t len);

/* Appends ,"name":"text" with JSON escapes. Text that is not UTF-8 becomes "". */
void member_add_text(struct buf *out, const char *name, const char *text);

void member_add_int(struct buf *out, const char *name, int64_t value);

void member_add_time(struct buf *out, const char *name, int64_t ms);

#endif
