#include "jose/htu.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

struct url {
	const char *scheme, *host, *port, *path; /* into the text */
	size_t scheme_len, host_len, port_len, path_len;
};

/* "//" authority; user names have no place in an htu. */
static bool split(const char *text, struct url *ret)
{
	const char *colon = strstr(text, "://");
	const char *authority, *end, *port;

	if (!colon || colon == text)
		return false;
	authority = colon + 3;
	end = authority + strcspn(authority, "/?#");
	if (memchr(authority, '@', (size_t)(end - authority)))
		return false;
	/* An IPv6 address holds colons, within brackets. */
	port = memchr(authority, ']', (size_t)(end - authority));
	port = memchr(port ? port : authority, ':', (size_t)(end - (port ? port : authority)));
	*ret = (struct url){
		.scheme = text,
		.scheme_len = (size_t)(colon - text),
		.host = authority,
		.host_len = (size_t)((port ? port : end) - authority),
		.port = port ? port + 1 : end,
		.port_len = port ? (size_t)(end - port - 1) : 0,
		.path = end,
		.path_len = strcspn(end, "?#"),
	};
	return ret->host_len > 0;
}

static bool same_folded(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return a_len == b_len && !strncasecmp(a, b, a_len);
}

static void drop_default_port(struct url *url)
{
	const char *usual = same_folded(url->scheme, url->scheme_len, "https", 5) ? "443" : "80";

	if (url->port_len == strlen(usual) && !memcmp(url->port, usual, url->port_len))
		url->port_len = 0;
}

bool jose_htu_matches(const char *htu, const char *base_url, const char *path)
{
	struct url a, b;
	size_t path_len = strlen(path);

	if (!split(htu, &a) || !split(base_url, &b))
		return false;
	drop_default_port(&a);
	drop_default_port(&b);
	if (b.path_len && b.path[b.path_len - 1] == '/')
		b.path_len--;
	return same_folded(a.scheme, a.scheme_len, b.scheme, b.scheme_len) &&
	       same_folded(a.host, a.host_len, b.host, b.host_len) && a.port_len == b.port_len &&
	       !memcmp(a.port, b.port, a.port_len) && a.path_len == b.path_len + path_len &&
	       !memcmp(a.path, b.path, b.path_len) && !memcmp(a.path + b.path_len, path, path_len);
}
