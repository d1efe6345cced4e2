/* Keywords of objects. */
#include "schema/check.h"

#include <stdint.h>
#include <string.h>

/* The members of an object in their order; the index is what `seen` counts. */
struct walk {
	json_t *object; /* jansson's iterators take it so, and change nothing */
	void *at;
	size_t index;
};

static struct walk walk_start(const struct spot *spot)
{
	json_t *object = (json_t *)(uintptr_t)spot->json;

	return (struct walk){ object, json_object_iter(object), 0 };
}

static void walk_on(struct walk *w)
{
	w->at = json_object_iter_next(w->object, w->at);
	w->index++;
}

static struct spot walk_member(const struct walk *w, const struct spot *up, bool foreign)
{
	return spot_member(up, json_object_iter_key(w->at), foreign, json_object_iter_value(w->at));
}

/* Against patternProperties; *ret_any when one of the patterns fits the name. */
static bool check_patterned(struct check *c, const struct members *m, const struct frame *f,
			    const struct spot *member, size_t name_len, bool *ret_any)
{
	bool ok = true;

	for (size_t i = 0; i < m->patterned_n; i++) {
		switch (regex_search(m->patterned[i].regex, &c->regex, member->name, name_len)) {
		case REGEX_LIMIT: return check_over(c, f->spot);
		case REGEX_NO: continue;
		case REGEX_YES: break;
		}
		*ret_any = true;
		ok = check_node(c, m->patterned[i].node, member, f->scope, NULL) && ok;
	}
	return ok;
}

static bool check_member(struct check *c, const struct members *m, const struct frame *f,
			 const struct walk *w)
{
	size_t len = json_object_iter_key_len(w->at);
	const struct named *named = named_find(&m->named, json_object_iter_key(w->at), len);
	const struct spot member = walk_member(w, f->spot, !named);
	bool known = named, ok = true;

	if (named)
		ok = check_node(c, named->node, &member, f->scope, NULL);
	if (m->patterned_n)
		ok = check_patterned(c, m, f, &member, len, &known) && ok;
	if (!known && m->additional) {
		known = true;
		if (m->additional->never)
			ok = check_fail(c, f->spot, NULL, KW_ADDITIONAL_PROPERTIES, NULL);
		else
			ok = check_node(c, m->additional, &member, f->scope, NULL) && ok;
	}
	if (known && f->seen)
		seen_add(f->seen, w->index);
	return ok;
}

bool check_members(struct check *c, const struct keyword *k, const struct frame *f)
{
	bool ok = true;

	for (struct walk w = walk_start(f->spot); w.at && !c->over && (ok || c->out); walk_on(&w))
		ok = check_member(c, k->members, f, &w) && ok;
	return ok;
}

bool check_property_names(struct check *c, const struct keyword *k, const struct frame *f)
{
	for (struct walk w = walk_start(f->spot); w.at && !c->over; walk_on(&w)) {
		const struct spot name = spot_name(f->spot, json_object_iter_key(w.at),
						   json_object_iter_key_len(w.at));

		if (!check_quietly(c, k->node, &name, f->scope, NULL))
			return check_fail(c, f->spot, NULL, k->kw, NULL);
	}
	return true;
}

bool check_unevaluated_properties(struct check *c, const struct keyword *k, const struct frame *f)
{
	bool ok = true;

	for (struct walk w = walk_start(f->spot); w.at && !c->over && (ok || c->out); walk_on(&w)) {
		const struct spot member = walk_member(&w, f->spot, true);

		if (seen_has(f->seen, w.index))
			continue;
		if (k->node->never)
			ok = check_fail(c, f->spot, NULL, k->kw, NULL);
		else
			ok = check_node(c, k->node, &member, f->scope, NULL) && ok;
	}
	seen_add_all(f->seen);
	return ok;
}

static bool check_names(struct check *c, enum kw kw, const struct spot *spot,
			const char *const *names, size_t n)
{
	bool ok = true;

	for (size_t i = 0; i < n; i++)
		if (!json_object_get(spot->json, names[i]))
			ok = check_fail(c, spot, names[i], kw, NULL);
	return ok;
}

bool check_required(struct check *c, const struct keyword *k, const struct frame *f)
{
	return check_names(c, k->kw, f->spot, k->names.list, k->names.n);
}

bool check_dependent_required(struct check *c, const struct keyword *k, const struct frame *f)
{
	bool ok = true;

	for (size_t i = 0; i < k->named.n; i++) {
		const struct named *one = &k->named.list[i];

		if (json_object_getn(f->spot->json, one->name, one->len))
			ok = check_names(c, k->kw, f->spot, one->names, one->count) && ok;
	}
	return ok;
}

bool check_dependent_schemas(struct check *c, const struct keyword *k, const struct frame *f)
{
	bool ok = true;

	for (size_t i = 0; i < k->named.n; i++) {
		const struct named *one = &k->named.list[i];

		if (json_object_getn(f->spot->json, one->name, one->len))
			ok = check_node(c, one->node, f->spot, f->scope, f->seen) && ok;
	}
	return ok;
}
