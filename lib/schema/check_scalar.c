/* Assertions on one value. */
#include "schema/check.h"
#include "schema/number.h"

#include <stdlib.h>
#include <string.h>

bool check_type(struct check *c, const struct keyword *k, const struct frame *f)
{
	return k->allowed & f->spot->type || check_fail(c, f->spot, NULL, k->kw, k->detail);
}

static bool same(struct check *c, const struct spot *spot, const json_t *value)
{
	bool ok = spot_equals(spot, value, &c->steps);

	return c->steps ? ok : check_over(c, spot);
}

static int compare_to_string(const void *spot, const void *string)
{
	const struct spot *a = spot;
	const json_t *b = *(const json_t *const *)string;
	size_t n = json_string_length(b);

	if (a->len != n)
		return a->len < n ? -1 : 1;
	return memcmp(a->text, json_string_value(b), n);
}

bool check_enum(struct check *c, const struct keyword *k, const struct frame *f)
{
	const struct choices *all = k->choices;

	if (f->spot->type == TYPE_STRING) {
		if (all->strings_n && bsearch(f->spot, all->strings, all->strings_n,
					      sizeof(json_t *), compare_to_string))
			return true;
	} else {
		for (size_t i = 0; i < all->others_n; i++)
			if (same(c, f->spot, all->others[i]))
				return true;
	}
	return check_fail(c, f->spot, NULL, k->kw, k->detail);
}

bool check_const(struct check *c, const struct keyword *k, const struct frame *f)
{
	return same(c, f->spot, k->value) || check_fail(c, f->spot, NULL, k->kw, k->detail);
}

static bool number_holds(enum kw kw, const json_t *number, const json_t *limit)
{
	int order;

	if (kw == KW_MULTIPLE_OF)
		return number_is_multiple(number, limit);
	order = number_compare(number, limit);
	if (kw == KW_MAXIMUM)
		return order <= 0;
	if (kw == KW_MINIMUM)
		return order >= 0;
	return kw == KW_EXCLUSIVE_MAXIMUM ? order < 0 : order > 0;
}

bool check_number(struct check *c, const struct keyword *k, const struct frame *f)
{
	return number_holds(k->kw, f->spot->json, k->value) ||
	       check_fail(c, f->spot, NULL, k->kw, k->detail);
}

static size_t size_of(const struct spot *s)
{
	if (s->type == TYPE_STRING)
		return utf8_length(s->text, s->len);
	return s->type == TYPE_ARRAY ? json_array_size(s->json) : json_object_size(s->json);
}

bool check_size(struct check *c, const struct keyword *k, const struct frame *f)
{
	bool most = k->kw == KW_MAX_LENGTH || k->kw == KW_MAX_ITEMS || k->kw == KW_MAX_PROPERTIES;
	size_t n = size_of(f->spot);

	return (most ? n <= k->size : n >= k->size) ||
	       check_fail(c, f->spot, NULL, k->kw, k->detail);
}

bool check_pattern(struct check *c, const struct keyword *k, const struct frame *f)
{
	switch (regex_search(k->regex, &c->regex, f->spot->text, f->spot->len)) {
	case REGEX_YES: return true;
	case REGEX_LIMIT: return check_over(c, f->spot);
	case REGEX_NO: break;
	}
	return check_fail(c, f->spot, NULL, k->kw, k->detail);
}

bool check_format(struct check *c, const struct keyword *k, const struct frame *f)
{
	if (!c->formats && !f->node->asserts_format)
		return true;
	return k->format->is_valid(f->spot->text, f->spot->len) ||
	       check_fail(c, f->spot, NULL, k->kw, k->detail);
}
