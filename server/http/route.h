/* Matching a path against a program's table: whole segments, by their full
 * length. Small tables, so a loop. Pure functions. */
#ifndef VARDE_HTTP_ROUTE_H
#define VARDE_HTTP_ROUTE_H

#include "http/http.h"
#include "http/uri.h"

/* RC_INVALID when a row is unusable: no handler, operation or method, a pattern
 * that does not start with '/', has an empty segment before its end, a name like "{", or two
 * rows of the same method and pattern. */
NODISCARD enum rc route_check(const struct http_route *routes, size_t n, struct err *reterr);

/* The row for this method and path (HEAD finds GET), or NULL: then *ret_known
 * says whether another method is served there. */
const struct http_route *route_find(const struct http_route *routes, size_t n, const char *method,
				    const struct uri *uri, bool *ret_known);

/* Appends the value of Allow for a path: "GET, HEAD, OPTIONS". */
void route_allow(const struct http_route *routes, size_t n, const struct uri *uri, struct buf *out);

/* The value that stands for {name} in the route's pattern, "" when none does. */
const char *route_param(const struct http_route *route, const struct uri *uri, const char *name);

#endif
