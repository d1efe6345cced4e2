#include "http/negotiate.h"

#include <string.h>
#include <strings.h>

/* One member of a list: "text/html;level=1;q=0.5" as its name and weight. */
struct member {
	const char *name;
	size_t len;
	int quality; /* thousandths; -1: malformed */
};

static const char *skip_space(const char *p)
{
	return p + strspn(p, " \t");
}

/* qvalue = 0[.ddd] | 1[.000], RFC 9110 section 12.4.2 */
static int parse_quality(const char *p, const char *end)
{
	int q, digit = 100;

	if (p == end || (*p != '0' && *p != '1'))
		return -1;
	q = (*p++ - '0') * 1000;
	if (p < end && *p == '.')
		p++;
	for (; p < end && *p >= '0' && *p <= '9' && digit; p++, digit /= 10)
		q += (*p - '0') * digit;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p == end && q <= 1000 ? q : -1;
}

/* Reads the member at *list and moves past its comma; false at the end. */
static bool next_member(const char **list, struct member *ret)
{
	const char *p = *list + strspn(*list, " \t,"), *end, *parameter;

	if (!*p)
		return false;
	end = p + strcspn(p, ",");
	*ret = (struct member){ .name = p, .len = strcspn(p, ";, \t"), .quality = 1000 };
	for (parameter = memchr(p, ';', (size_t)(end - p)); parameter;
	     parameter = memchr(parameter, ';', (size_t)(end - parameter))) {
		parameter = skip_space(parameter + 1);
		if (end - parameter > 2 && (*parameter == 'q' || *parameter == 'Q') &&
		    parameter[1] == '=') {
			const char *stop = memchr(parameter, ';', (size_t)(end - parameter));

			ret->quality = parse_quality(parameter + 2, stop ? stop : end);
		}
		if (parameter >= end)
			break;
	}
	*list = end;
	return true;
}

/* How well a range covers a type: 3 exactly, 2 by its subtypes, 1 as anything, 0 not. */
static int covers(const struct member *range, const char *type)
{
	size_t slash = strcspn(type, "/");

	if (range->len == 3 && !memcmp(range->name, "*/*", 3))
		return 1;
	if (range->len == strlen(type) && !strncasecmp(range->name, type, range->len))
		return 3;
	if (range->len == slash + 2 && !strncasecmp(range->name, type, slash + 1) &&
	    range->name[slash + 1] == '*')
		return 2;
	return 0;
}

/* The most specific range decides. */
static int quality_of(const char *accept, const char *type)
{
	int best = 0, quality = 0, how;
	struct member range;

	while (next_member(&accept, &range)) {
		how = covers(&range, type);
		if (range.quality >= 0 && how > best) {
			best = how;
			quality = range.quality;
		}
	}
	return quality;
}

int negotiate_type(const char *accept, const char *const types[])
{
	int best = -1, best_quality = 0, quality, i;

	if (!accept || !*skip_space(accept))
		return 0;
	for (i = 0; types[i]; i++) {
		quality = quality_of(accept, types[i]);
		if (quality > best_quality) {
			best = i;
			best_quality = quality;
		}
	}
	return best;
}

static bool is_language(const struct member *m, const char *tag)
{
	size_t len = strlen(tag);

	return m->len >= len && !strncasecmp(m->name, tag, len) &&
	       (m->len == len || m->name[len] == '-');
}

enum problem_lang negotiate_lang(const char *accept_language)
{
	static const char *const scandinavian[] = { "nb", "no", "nn", "da", "sv" };
	int nb = 0, en = 0;
	struct member m;
	size_t i;

	while (accept_language && next_member(&accept_language, &m)) {
		if (is_language(&m, "en") && m.quality > en)
			en = m.quality;
		for (i = 0; i < sizeof(scandinavian) / sizeof(*scandinavian); i++)
			if (is_language(&m, scandinavian[i]) && m.quality > nb)
				nb = m.quality;
	}
	return en > nb ? PROBLEM_EN : PROBLEM_NB;
}

bool negotiate_etag(const char *list, const char *etag)
{
	size_t len;

	if (!list)
		return false;
	list = skip_space(list);
	if (!strcmp(list, "*"))
		return true;
	if (!strncmp(etag, "W/", 2))
		etag += 2;
	len = strlen(etag);
	while (*list) {
		list += strspn(list, " \t,");
		if (!strncmp(list, "W/", 2))
			list += 2;
		if (!strncmp(list, etag, len) && (!list[len] || strchr(", \t", list[len])))
			return true;
		if (*list == '"')
			list += 1 + strcspn(list + 1, "\"");
		list += *list ? 1 : 0;
	}
	return false;
}
