/* Paths and queries, read strictly (RFC 3986): what two readers could read
 * differently is refused instead of repaired. */
#ifndef VARDE_HTTP_URI_H
#define VARDE_HTTP_URI_H

#include "base/rc.h"

#include <stdbool.h>
#include <stddef.h>

#define URI_SEGMENTS_MAX 16
#define URI_QUERY_MAX 32

struct uri_pair {
	const char *name, *value;
};

/* A request target taken apart. Everything points into `text`. */
struct uri {
	char *text; /* owned; wiped and freed by uri_release */
	size_t size;
	const char *path;                      /* as sent, without query */
	const char *segment[URI_SEGMENTS_MAX]; /* decoded */
	size_t segments;
	struct uri_pair query[URI_QUERY_MAX]; /* decoded */
	size_t queries;
};

/* Decodes percent-encoding of `len` bytes into `out` (room for len + 1).
 * RC_INVALID: a broken escape, a control character, or not UTF-8. */
NODISCARD enum rc uri_decode(const char *text, size_t len, char *out, size_t *ret_len);

/* `target` in origin form ("/path?query") or absolute form. RC_INVALID: another
 * form, a character that RFC 3986 does not allow, a fragment, a broken escape, an
 * encoded slash or control character, a dot segment, more than the maximum of
 * segments or parameters, a parameter name given twice; RC_NOMEM. */
NODISCARD enum rc uri_parse(const char *target, struct uri *ret);

void uri_release(struct uri *uri);

/* Whether the bytes are well-formed UTF-8 (RFC 3629). */
bool utf8_valid(const char *text, size_t len);

#endif
