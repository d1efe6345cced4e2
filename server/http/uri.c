#include "http/uri.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Bytes of the sequence that begins at `p`, 0 when it is malformed. Shortest
 * forms only, no surrogates, nothing above U+10FFFF. */
static size_t utf8_sequence(const unsigned char *p, size_t left)
{
	unsigned char low = 0x80, high = 0xBF;
	size_t need, i;

	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xC2 && p[0] <= 0xDF)
		need = 2;
	else if (p[0] >= 0xE0 && p[0] <= 0xEF)
		need = 3;
	else if (p[0] >= 0xF0 && p[0] <= 0xF4)
		need = 4;
	else
		return 0;
	if (left < need)
		return 0;
	if (p[0] == 0xE0)
		low = 0xA0;
	else if (p[0] == 0xED)
		high = 0x9F;
	else if (p[0] == 0xF0)
		low = 0x90;
	else if (p[0] == 0xF4)
		high = 0x8F;
	if (p[1] < low || p[1] > high)
		return 0;
	for (i = 2; i < need; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	return need;
}

bool utf8_valid(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t i = 0, n;

	while (i < len) {
		n = utf8_sequence(p + i, len - i);
		if (!n)
			return false;
		i += n;
	}
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum rc uri_decode(const char *text, size_t len, char *out, size_t *ret_len)
{
	size_t i, n = 0;
	int high, low, c;

	for (i = 0; i < len; i++) {
		c = (unsigned char)text[i];
		if (c == '%') {
			if (len - i < 3)
				return RC_INVALID;
			high = hex_digit(text[i + 1]);
			low = hex_digit(text[i + 2]);
			if (high < 0 || low < 0)
				return RC_INVALID;
			c = high * 16 + low;
			i += 2;
		}
		if (c < 0x20 || c == 0x7F)
			return RC_INVALID;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	if (!utf8_valid(out, n))
		return RC_INVALID;
	*ret_len = n;
	return RC_OK;
}

/* unreserved, sub-delims, ':' '@' '/' '?' '%' (RFC 3986 sections 3.3, 3.4). */
static bool is_target_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._~!$&'()*+,;=:@/?%", c));
}

/* The path of an absolute-form target (RFC 9112 section 3.2.2); the authority is
 * not needed, since one server answers for one host. NULL where it is empty or names
 * a user (RFC 9110 section 4.2). */
static const char *skip_authority(const char *target)
{
	const char *p;
	size_t len;

	if (!strncasecmp(target, "http://", 7))
		p = target + 7;
	else if (!strncasecmp(target, "https://", 8))
		p = target + 8;
	else
		return target;
	len = strcspn(p, "/?");
	return len && !memchr(p, '@', len) ? p + len : NULL;
}

static enum rc parse_segment(struct uri *uri, const char *text, size_t len, char **out)
{
	size_t n;
	enum rc rc;

	if (uri->segments == URI_SEGMENTS_MAX)
		return RC_INVALID;
	rc = uri_decode(text, len, *out, &n);
	if (rc)
		return rc;
	if (strchr(*out, '/') || strchr(*out, '\\') || !strcmp(*out, ".") || !strcmp(*out, ".."))
		return RC_INVALID;
	uri->segment[uri->segments++] = *out;
	*out += n + 1;
	return RC_OK;
}

static enum rc parse_path(struct uri *uri, char **out)
{
	const char *p = uri->path;
	size_t len;
	enum rc rc;

	if (*p != '/')
		return RC_INVALID;
	while (*p == '/') {
		p++;
		len = strcspn(p, "/");
		rc = parse_segment(uri, p, len, out);
		if (rc)
			return rc;
		p += len;
	}
	return RC_OK;
}

static enum rc parse_pair(struct uri *uri, const char *text, size_t len, char **out)
{
	const char *equals = memchr(text, '=', len);
	size_t name_len = equals ? (size_t)(equals - text) : len;
	struct uri_pair *pair = &uri->query[uri->queries];
	size_t i, n;

	if (uri->queries == URI_QUERY_MAX || !name_len)
		return RC_INVALID;
	pair->name = *out;
	if (uri_decode(text, name_len, *out, &n))
		return RC_INVALID;
	*out += n + 1;
	pair->value = *out;
	if (uri_decode(equals ? equals + 1 : "", equals ? len - name_len - 1 : 0, *out, &n))
		return RC_INVALID;
	*out += n + 1;
	for (i = 0; i < uri->queries; i++)
		if (!strcmp(uri->query[i].name, pair->name))
			return RC_INVALID;
	uri->queries++;
	return RC_OK;
}

static enum rc parse_query(struct uri *uri, const char *query, char **out)
{
	size_t len;
	enum rc rc;

	while (*query) {
		len = strcspn(query, "&");
		rc = parse_pair(uri, query, len, out);
		if (rc)
			return rc;
		query += len;
		if (*query == '&' && !*++query)
			return RC_INVALID;
	}
	return RC_OK;
}

enum rc uri_parse(const char *target, struct uri *ret)
{
	const char *start = skip_authority(target), *p, *query;
	struct uri uri = { .size = 0 };
	size_t path_len;
	char *out;
	enum rc rc;

	if (!start)
		return RC_INVALID;
	for (p = start; *p && *p != '?'; p++)
		if (!is_target_char(*p))
			return RC_INVALID;
	/* Names such as valuecodes[Tid]: browsers and most clients send the brackets as
	 * they are (WHATWG URL), and nothing else in a query means anything by them. */
	for (; *p; p++)
		if (!is_target_char(*p) && *p != '[' && *p != ']')
			return RC_INVALID;
	/* Once as sent, once decoded; each piece's NUL takes the place of its
	 * separator, but a pair without '=' needs one more. */
	path_len = strcspn(start, "?");
	uri.size = 2 * strlen(start) + URI_QUERY_MAX + 8;
	uri.text = malloc(uri.size);
	if (!uri.text)
		return RC_NOMEM;
	memcpy(uri.text, start, path_len);
	uri.text[path_len] = '\0';
	uri.path = uri.text;
	out = uri.text + path_len + 1;
	query = start[path_len] ? start + path_len + 1 : "";
	rc = parse_path(&uri, &out);
	if (!rc)
		rc = parse_query(&uri, query, &out);
	if (rc) {
		uri_release(&uri);
		return rc;
	}
	*ret = uri;
	return RC_OK;
}

void uri_release(struct uri *uri)
{
	if (uri->text)
		explicit_bzero(uri->text, uri->size);
	free(uri->text);
	*uri = (struct uri){ .size = 0 };
}
