/* URI, IRI and URI template. */
#include "schema/format.h"

#include <ctype.h>
#include <string.h>

/* RFC 3986: unreserved, sub-delims, percent-encoded; `more` adds to it, and for
 * an IRI anything that is not ASCII. */
static bool chars(const char *text, size_t len, const char *more, bool iri)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '%') {
			if (i + 2 >= len || !isxdigit((unsigned char)text[i + 1]) ||
			    !isxdigit((unsigned char)text[i + 2]))
				return false;
			i += 2;
		} else if (c >= 0x80) {
			if (!iri)
				return false;
		} else if (!c ||
			   (!isalnum(c) && !strchr("-._~!$&'()*+,;=", c) && !strchr(more, c))) {
			return false;
		}
	}
	return true;
}

static bool ip_literal(const char *text, size_t len)
{
	size_t digits = 1;

	if (len > 1 && (text[0] == 'v' || text[0] == 'V')) {
		while (digits < len && isxdigit((unsigned char)text[digits]))
			digits++;
		return digits > 1 && digits + 1 < len && text[digits] == '.' &&
		       !memchr(text, '%', len) &&
		       chars(text + digits + 1, len - digits - 1, ":", false);
	}
	return format_ipv6(text, len);
}

static bool authority(const char *text, size_t len, bool iri)
{
	const char *at = memrchr(text, '@', len), *close;
	size_t host;

	if (at) {
		if (!chars(text, (size_t)(at - text), ":", iri))
			return false;
		len -= (size_t)(at + 1 - text);
		text = at + 1;
	}
	if (len && text[0] == '[') {
		close = memchr(text, ']', len);
		if (!close || !ip_literal(text + 1, (size_t)(close - text - 1)))
			return false;
		host = (size_t)(close + 1 - text);
		if (host < len && text[host] != ':')
			return false;
	} else {
		const char *colon = memchr(text, ':', len);

		host = colon ? (size_t)(colon - text) : len;
		if (!chars(text, host, "", iri))
			return false;
	}
	for (size_t i = host + 1; i < len; i++)
		if (!isdigit((unsigned char)text[i]))
			return false;
	return true;
}

static size_t span_until(const char *text, size_t len, const char *stops)
{
	size_t n = 0;

	while (n < len && !(text[n] && strchr(stops, text[n])))
		n++;
	return n;
}

static size_t scheme(const char *text, size_t len)
{
	size_t n = 0;

	if (!len || !isalpha((unsigned char)text[0]))
		return 0;
	while (n < len && (isalnum((unsigned char)text[n]) || (text[n] && strchr("+-.", text[n]))))
		n++;
	return n < len && text[n] == ':' ? n + 1 : 0;
}

static bool reference(const char *text, size_t len, bool absolute, bool iri)
{
	size_t n = scheme(text, len), path;

	if (absolute && !n)
		return false;
	text += n;
	len -= n;
	if (len >= 2 && text[0] == '/' && text[1] == '/') {
		size_t a = span_until(text + 2, len - 2, "/?#");

		if (!authority(text + 2, a, iri))
			return false;
		text += a + 2;
		len -= a + 2;
	}
	path = span_until(text, len, "?#");
	/* A colon in the first segment would make it a scheme (section 4.2). */
	if (!n && memchr(text, ':', span_until(text, path, "/")))
		return false;
	if (!chars(text, path, ":@/", iri))
		return false;
	text += path;
	len -= path;
	if (len && *text == '?') {
		size_t q = span_until(text, len, "#");

		if (!chars(text + 1, q - 1, ":@/?", iri))
			return false;
		text += q;
		len -= q;
	}
	return !len || chars(text + 1, len - 1, ":@/?", iri);
}

bool format_uri(const char *text, size_t len)
{
	return reference(text, len, true, false);
}

bool format_uri_reference(const char *text, size_t len)
{
	return reference(text, len, false, false);
}

bool format_iri(const char *text, size_t len)
{
	return reference(text, len, true, true);
}

bool format_iri_reference(const char *text, size_t len)
{
	return reference(text, len, false, true);
}

/* One varspec of RFC 6570 section 2.3: a name, then "*" or ":" and a length. */
static bool variable(const char *text, size_t len)
{
	size_t n = span_until(text, len, ":*");

	if (!n || text[0] == '.' || text[n - 1] == '.')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)text[i]) && !(text[i] && strchr("_.%", text[i])))
			return false;
	if (!chars(text, n, "", false) || n == len)
		return n == len;
	if (text[n] == '*')
		return n + 1 == len;
	if (len - n < 2 || len - n > 5 || text[n + 1] == '0')
		return false;
	for (size_t i = n + 1; i < len; i++)
		if (!isdigit((unsigned char)text[i]))
			return false;
	return true;
}

static bool expression(const char *text, size_t len)
{
	if (len && text[0] && strchr("+#./;?&=,!@|", text[0])) {
		text++;
		len--;
	}
	for (;;) {
		size_t n = span_until(text, len, ",");

		if (!variable(text, n))
			return false;
		if (n == len)
			return true;
		text += n + 1;
		len -= n + 1;
	}
}

bool format_uri_template(const char *text, size_t len)
{
	while (len) {
		size_t n = span_until(text, len, "{");
		const char *close;

		for (size_t i = 0; i < n; i++)
			if ((unsigned char)text[i] <= ' ' || strchr("\"'<>\\^`|}", text[i]))
				return false;
		text += n;
		len -= n;
		if (!len)
			return true;
		close = memchr(text, '}', len);
		if (!close || !expression(text + 1, (size_t)(close - text - 1)))
			return false;
		len -= (size_t)(close + 1 - text);
		text = close + 1;
	}
	return true;
}
