#include "pxweb/expression.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define NUMBER_DIGITS 6

int px_find_category(const struct published_dimension *d, const char *code, size_t len)
{
	for (size_t i = 0; i < d->len; i++)
		if (strlen(d->categories[i].code) == len &&
		    !strncmp(d->categories[i].code, code, len))
			return (int)i;
	for (size_t i = 0; i < d->len; i++)
		if (strlen(d->categories[i].code) == len &&
		    !strncasecmp(d->categories[i].code, code, len))
			return (int)i;
	return -1;
}

/* '*' any run, '?' any one character; iterative, so that no mask is expensive. */
static bool matches(const char *mask, const char *code)
{
	const char *star = NULL, *resume = NULL;

	while (*code) {
		if (*mask == '*') {
			star = mask++;
			resume = code;
		} else if (*mask == '?' ||
			   tolower((unsigned char)*mask) == tolower((unsigned char)*code)) {
			mask++;
			code++;
		} else if (star) {
			mask = star + 1;
			code = ++resume;
		} else {
			return false;
		}
	}
	while (*mask == '*')
		mask++;
	return !*mask;
}

static enum rc choose_mask(const struct published_dimension *d, const char *mask, bool *chosen)
{
	bool any = false;

	for (size_t i = 0; i < d->len; i++) {
		if (!matches(mask, d->categories[i].code))
			continue;
		chosen[i] = true;
		any = true;
	}
	return any ? RC_OK : RC_NOT_FOUND;
}

static bool read_number(const char *text, size_t len, size_t *ret)
{
	size_t value = 0;

	if (!len || len > NUMBER_DIGITS || strspn(text, "0123456789") < len)
		return false;
	for (size_t i = 0; i < len; i++)
		value = value * 10 + (size_t)(text[i] - '0');
	*ret = value;
	return true;
}

/* The first or last `n` after `skip`; of time, "top" is the newest end. */
static enum rc choose_end(const struct published_dimension *d, bool top, size_t n, size_t skip,
			  bool *chosen)
{
	bool from_behind = top == (d->role == PUBLISHED_TIME);

	for (size_t i = 0; i < d->len; i++) {
		size_t rank = from_behind ? d->len - 1 - i : i;

		if (rank >= skip && rank - skip < n)
			chosen[i] = true;
	}
	return skip < d->len ? RC_OK : RC_NOT_FOUND;
}

static enum rc choose_range(const struct published_dimension *d, const char *from, size_t from_len,
			    const char *to, size_t to_len, bool *chosen)
{
	int first = from ? px_find_category(d, from, from_len) : 0;
	int last = to ? px_find_category(d, to, to_len) : (int)d->len - 1;

	if (first < 0 || last < 0)
		return RC_NOT_FOUND;
	for (int i = first; i <= last; i++)
		chosen[i] = true;
	return first <= last ? RC_OK : RC_INVALID;
}

/* NAME(first[,second]) */
struct call {
	const char *name, *first, *second;
	size_t name_len, first_len, second_len;
};

static bool read_call(const char *text, size_t len, struct call *ret)
{
	const char *open = memchr(text, '(', len), *comma;

	if (!open || text[len - 1] != ')' || memchr(open + 1, '(', (size_t)(text + len - open) - 1))
		return false;
	*ret = (struct call){ .name = text,
			      .name_len = (size_t)(open - text),
			      .first = open + 1,
			      .first_len = len - (size_t)(open - text) - 2 };
	comma = memchr(ret->first, ',', ret->first_len);
	if (!comma)
		return ret->first_len > 0;
	ret->second = comma + 1;
	ret->second_len = ret->first_len - (size_t)(comma - ret->first) - 1;
	ret->first_len = (size_t)(comma - ret->first);
	return ret->first_len && ret->second_len && !memchr(ret->second, ',', ret->second_len);
}

static bool is_named(const struct call *c, const char *name)
{
	return strlen(name) == c->name_len && !strncasecmp(c->name, name, c->name_len);
}

static enum rc choose_call(const struct published_dimension *d, const struct call *c, bool *chosen)
{
	bool top = is_named(c, "top"), bottom = is_named(c, "bottom");
	size_t n, skip = 0;

	if (top || bottom) {
		if (!read_number(c->first, c->first_len, &n) || !n ||
		    (c->second && !read_number(c->second, c->second_len, &skip)))
			return RC_INVALID;
		return choose_end(d, top, n, skip, chosen);
	}
	if (is_named(c, "range") && c->second)
		return choose_range(d, c->first, c->first_len, c->second, c->second_len, chosen);
	if (is_named(c, "from") && !c->second)
		return choose_range(d, c->first, c->first_len, NULL, 0, chosen);
	if (is_named(c, "to") && !c->second)
		return choose_range(d, NULL, 0, c->first, c->first_len, chosen);
	return RC_INVALID;
}

enum rc px_expression(const struct published_dimension *d, const char *text, bool *chosen)
{
	size_t len = strlen(text);
	struct call call;
	int at;

	if (len > 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (memchr(text, '(', len) || memchr(text, ')', len))
		return read_call(text, len, &call) ? choose_call(d, &call, chosen) : RC_INVALID;
	if (!len || memchr(text, '[', len) || memchr(text, ']', len))
		return RC_INVALID;
	at = px_find_category(d, text, len);
	if (at >= 0) {
		chosen[at] = true;
		return RC_OK;
	}
	if (!memchr(text, '*', len) && !memchr(text, '?', len))
		return RC_NOT_FOUND;
	return text[len] ? RC_INVALID : choose_mask(d, text, chosen);
}
