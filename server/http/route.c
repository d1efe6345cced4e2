#include "http/route.h"

#include <string.h>

/* Walks a pattern: the next segment's start and length, false at the end. */
static bool next_segment(const char **pattern, const char **ret_segment, size_t *ret_len)
{
	if (**pattern != '/')
		return false;
	*ret_segment = *pattern + 1;
	*ret_len = strcspn(*ret_segment, "/");
	*pattern = *ret_segment + *ret_len;
	return true;
}

static bool is_name(const char *segment, size_t len)
{
	return len > 2 && segment[0] == '{' && segment[len - 1] == '}';
}

static bool matches(const char *pattern, const struct uri *uri)
{
	const char *segment;
	size_t len, i = 0;

	while (next_segment(&pattern, &segment, &len)) {
		if (i == uri->segments)
			return false;
		if (is_name(segment, len)) {
			if (!uri->segment[i][0])
				return false;
		} else if (strlen(uri->segment[i]) != len ||
			   memcmp(uri->segment[i], segment, len)) {
			return false;
		}
		i++;
	}
	return i == uri->segments;
}

static bool serves(const struct http_route *route, const char *method)
{
	return !strcmp(route->method, method) ||
	       (!strcmp(method, "HEAD") && !strcmp(route->method, "GET"));
}

static bool pattern_usable(const char *pattern)
{
	const char *segment;
	size_t len, count = 0;

	while (next_segment(&pattern, &segment, &len)) {
		if (++count > URI_SEGMENTS_MAX || (!len && *pattern))
			return false; /* only the last may be empty: "/releases/{id}/" */
		if (!is_name(segment, len) &&
		    (memchr(segment, '{', len) || memchr(segment, '}', len)))
			return false;
	}
	return count && !*pattern;
}

enum rc route_check(const struct http_route *routes, size_t n, struct err *reterr)
{
	size_t i, j;

	for (i = 0; i < n; i++) {
		const struct http_route *r = &routes[i];

		if (!r->method || !r->pattern || !r->handler || !r->operation ||
		    !pattern_usable(r->pattern))
			return err_set(reterr, RC_INVALID, "route-unusable", r->pattern,
				       "row %zu of the route table", i);
		for (j = 0; j < i; j++)
			if (!strcmp(routes[j].method, r->method) &&
			    !strcmp(routes[j].pattern, r->pattern))
				return err_set(reterr, RC_INVALID, "route-twice", r->pattern,
					       "rows %zu and %zu of the route table", j, i);
	}
	return RC_OK;
}

const struct http_route *route_find(const struct http_route *routes, size_t n, const char *method,
				    const struct uri *uri, bool *ret_known)
{
	size_t i;

	*ret_known = false;
	for (i = 0; i < n; i++) {
		if (!matches(routes[i].pattern, uri))
			continue;
		if (serves(&routes[i], method))
			return &routes[i];
		*ret_known = true;
	}
	return NULL;
}

void route_allow(const struct http_route *routes, size_t n, const struct uri *uri, struct buf *out)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (matches(routes[i].pattern, uri))
			buf_addf(out, "%s%s, ", routes[i].method,
				 strcmp(routes[i].method, "GET") ? "" : ", HEAD");
	buf_adds(out, "OPTIONS");
}

const char *route_param(const struct http_route *route, const struct uri *uri, const char *name)
{
	const char *pattern = route->pattern, *segment;
	size_t len, i;

	for (i = 0; next_segment(&pattern, &segment, &len); i++)
		if (is_name(segment, len) && strlen(name) == len - 2 &&
		    !memcmp(segment + 1, name, len - 2))
			return uri->segment[i];
	return "";
}
