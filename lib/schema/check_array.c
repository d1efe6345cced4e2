/* Keywords of arrays. */
#include "schema/check.h"

static bool check_element(struct check *c, const struct node *node, enum kw kw,
			  const struct frame *f, size_t i)
{
	const struct spot element = spot_element(f->spot, i, json_array_get(f->spot->json, i));

	if (node->never)
		return check_fail(c, &element, NULL, kw, NULL);
	return check_node(c, node, &element, f->scope, NULL);
}

bool check_elements(struct check *c, const struct keyword *k, const struct frame *f)
{
	const struct elements *e = k->elements;
	size_t n = json_array_size(f->spot->json);
	bool ok = true;

	for (size_t i = 0; i < n && (i < e->prefix.n || e->rest) && !c->over; i++) {
		bool fixed = i < e->prefix.n;

		if (f->seen)
			seen_add(f->seen, i);
		if (check_element(c, fixed ? e->prefix.list[i] : e->rest,
				  fixed ? KW_PREFIX_ITEMS : KW_ITEMS, f, i))
			continue;
		ok = false;
		if (!c->out)
			break;
	}
	return ok;
}

bool check_contains(struct check *c, const struct keyword *k, const struct frame *f)
{
	const struct contains *want = k->contains;
	size_t n = json_array_size(f->spot->json), found = 0;

	for (size_t i = 0; i < n && !c->over; i++) {
		const struct spot element =
			spot_element(f->spot, i, json_array_get(f->spot->json, i));

		if (!check_quietly(c, want->node, &element, f->scope, NULL))
			continue;
		found++;
		if (f->seen)
			seen_add(f->seen, i);
	}
	if (found > want->max)
		return check_fail(c, f->spot, NULL, KW_MAX_CONTAINS, want->max_detail);
	if (found >= want->min)
		return true;
	if (want->min_given)
		return check_fail(c, f->spot, NULL, KW_MIN_CONTAINS, want->min_detail);
	return check_fail(c, f->spot, NULL, KW_CONTAINS, NULL);
}

/* Each with each: no memory, and the budget of steps bounds the time. An array that
 * is longer than maxItems is refused as it is: without that a hostile one would
 * cost the whole budget. */
bool check_unique(struct check *c, const struct keyword *k, const struct frame *f)
{
	const json_t *array = f->spot->json;

	if (json_array_size(array) > k->size)
		return true;
	for (size_t i = 1; i < json_array_size(array); i++) {
		for (size_t j = 0; j < i; j++) {
			bool twice = value_equal(json_array_get(array, i), json_array_get(array, j),
						 &c->steps);

			if (!c->steps)
				return check_over(c, f->spot);
			if (twice)
				return check_fail(c, f->spot, NULL, k->kw, NULL);
		}
	}
	return true;
}

bool check_unevaluated_items(struct check *c, const struct keyword *k, const struct frame *f)
{
	size_t n = json_array_size(f->spot->json);
	bool ok = true;

	for (size_t i = 0; i < n && !c->over; i++) {
		if (seen_has(f->seen, i) || check_element(c, k->node, k->kw, f, i))
			continue;
		ok = false;
		if (!c->out)
			break;
	}
	seen_add_all(f->seen);
	return ok;
}
