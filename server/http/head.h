/* The head of a request: what stood before the body, copied, so that it
 * outlives the connection. Wiped when released, since it carries tokens. */
#ifndef VARDE_HTTP_HEAD_H
#define VARDE_HTTP_HEAD_H

#include "http/uri.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct header {
	const char *name, *value;
};

struct head {
	const char *method;
	struct uri uri;
	bool uri_broken;        /* the target could not be parsed */
	bool bytes_strange;     /* bare LF, folded lines, NUL or spaces where none belong */
	bool old_version;       /* HTTP/1.0, which knows no chunks */
	struct header *headers; /* in order of arrival */
	size_t count;
};

/* First value of a header, NULL when absent. Names compare without case. */
const char *head_get(const struct head *head, const char *name);
size_t head_count(const struct head *head, const char *name);

/* Value of Content-Length, 0 when absent. Only after the gate. */
uint64_t head_length(const struct head *head);
bool head_has_body(const struct head *head);

#endif
