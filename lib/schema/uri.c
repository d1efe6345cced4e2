#include "schema/uri.h"

#include "base/buf.h"
#include "base/cleanup.h"

#include <ctype.h>
#include <string.h>

#define URI_MAX 8192

struct part {
	const char *text;
	size_t len;
	bool set;
};

/* RFC 3986 section 3: scheme, authority, path, query, fragment. */
struct parts {
	struct part scheme, authority, path, query, fragment;
};

static struct part part_until(const char **at, const char *stops)
{
	struct part p = { *at, strcspn(*at, stops), true };

	*at += p.len;
	return p;
}

static size_t scheme_len(const char *uri)
{
	size_t n = 0;

	if (!isalpha((unsigned char)uri[0]))
		return 0;
	while (isalnum((unsigned char)uri[n]) || (uri[n] && strchr("+-.", uri[n])))
		n++;
	return uri[n] == ':' ? n : 0;
}

bool uri_is_absolute(const char *uri)
{
	return scheme_len(uri) > 0;
}

static struct parts parse(const char *uri)
{
	struct parts p = { 0 };
	size_t n = scheme_len(uri);

	if (n) {
		p.scheme = (struct part){ uri, n, true };
		uri += n + 1;
	}
	if (uri[0] == '/' && uri[1] == '/') {
		uri += 2;
		p.authority = part_until(&uri, "/?#");
	}
	p.path = part_until(&uri, "?#");
	if (*uri == '?') {
		uri++;
		p.query = part_until(&uri, "#");
	}
	if (*uri == '#') {
		uri++;
		p.fragment = part_until(&uri, "");
	}
	return p;
}

static bool has_prefix(const char *at, const char *prefix)
{
	return !strncmp(at, prefix, strlen(prefix));
}

/* Drops the last segment and its slash from what was written since `start`. */
static void drop_segment(struct buf *out, size_t start)
{
	while (out->len > start && out->data[out->len - 1] != '/')
		out->len--;
	if (out->len > start)
		out->len--;
	if (out->data)
		out->data[out->len] = '\0';
}

/* RFC 3986 section 5.2.4, appended to `out`. */
static void remove_dot_segments(struct buf *out, const char *path)
{
	size_t start = out->len;

	while (*path) {
		if (has_prefix(path, "../")) {
			path += 3;
		} else if (has_prefix(path, "./")) {
			path += 2;
		} else if (has_prefix(path, "/./")) {
			path += 2;
		} else if (!strcmp(path, "/.")) {
			path = "/";
		} else if (has_prefix(path, "/../")) {
			path += 3;
			drop_segment(out, start);
		} else if (!strcmp(path, "/..")) {
			path = "/";
			drop_segment(out, start);
		} else if (!strcmp(path, ".") || !strcmp(path, "..")) {
			return;
		} else {
			size_t n = (*path == '/') + strcspn(path + (*path == '/'), "/");

			buf_add(out, path, n);
			path += n;
		}
	}
}

/* RFC 3986 section 5.2.3. */
static void merge(struct buf *out, const struct parts *base, struct part ref)
{
	size_t keep = base->path.len;

	if (base->authority.set && !base->path.len) {
		buf_addc(out, '/');
	} else {
		while (keep && base->path.text[keep - 1] != '/')
			keep--;
		buf_add(out, base->path.text, keep);
	}
	buf_add(out, ref.text, ref.len);
}

static void add_lower(struct buf *out, struct part p)
{
	for (size_t i = 0; i < p.len; i++)
		buf_addc(out, (char)tolower((unsigned char)p.text[i]));
}

static void add_authority(struct buf *out, struct part p)
{
	struct part host = p, user = { p.text, 0, true };

	for (size_t i = 0; i < p.len; i++)
		if (p.text[i] == '@')
			user.len = i + 1;
	host.text += user.len;
	host.len -= user.len;
	buf_adds(out, "//");
	buf_add(out, user.text, user.len);
	add_lower(out, host);
}

/* RFC 3986 section 5.2.2 without the fragment. A path that is not hierarchical
 * (urn:…) is left as it is: dot segments mean nothing there. */
static void compose(struct buf *out, const struct parts *base, const struct parts *ref)
{
	CLEANUP(buf_release) struct buf path = buf_capped(URI_MAX);
	const struct parts *from = ref->scheme.set ? ref : base;
	struct part query = ref->query;
	bool dots = true;

	add_lower(out, from->scheme);
	buf_addc(out, ':');
	if (!ref->scheme.set && ref->authority.set)
		from = ref;
	if (from->authority.set)
		add_authority(out, from->authority);
	if (from == ref) {
		buf_add(&path, ref->path.text, ref->path.len);
		dots = ref->authority.set || (ref->path.len && ref->path.text[0] == '/');
	} else if (!ref->path.len) {
		buf_add(&path, base->path.text, base->path.len);
		query = ref->query.set ? ref->query : base->query;
		dots = false;
	} else if (ref->path.text[0] == '/') {
		buf_add(&path, ref->path.text, ref->path.len);
	} else {
		merge(&path, base, ref->path);
	}
	if (dots)
		remove_dot_segments(out, buf_text(&path));
	else
		buf_add(out, buf_text(&path), path.len);
	if (buf_rc(&path))
		out->failed = buf_rc(&path);
	if (query.set) {
		buf_addc(out, '?');
		buf_add(out, query.text, query.len);
	}
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool percent_decode(struct buf *out, struct part p)
{
	for (size_t i = 0; i < p.len; i++) {
		char c = p.text[i];

		if (c == '%') {
			int hi, lo;

			if (i + 2 >= p.len)
				return false;
			hi = hex_value(p.text[i + 1]);
			lo = hex_value(p.text[i + 2]);
			if (hi < 0 || lo < 0 || !(hi | lo))
				return false;
			c = (char)(hi << 4 | lo);
			i += 2;
		}
		buf_addc(out, c);
	}
	return true;
}

static enum rc take(struct buf *b, char **ret)
{
	enum rc rc = buf_rc(b);

	if (rc)
		return rc == RC_LIMIT ? RC_INVALID : rc;
	*ret = b->len ? buf_take(b, NULL) : strdup("");
	return *ret ? RC_OK : RC_NOMEM;
}

enum rc uri_resolve(const char *base, const char *ref, char **ret_uri, char **ret_fragment)
{
	CLEANUP(buf_release) struct buf uri = buf_capped(URI_MAX);
	CLEANUP(buf_release) struct buf fragment = buf_capped(URI_MAX);
	CLEANUP_FREE char *taken = NULL;
	struct parts b = parse(base), r = parse(ref);
	enum rc rc;

	if ((!b.scheme.set && !r.scheme.set) || !percent_decode(&fragment, r.fragment))
		return RC_INVALID;
	compose(&uri, &b, &r);
	rc = take(&uri, &taken);
	if (!rc)
		rc = take(&fragment, ret_fragment);
	if (!rc)
		*ret_uri = TAKE_PTR(taken);
	return rc;
}
