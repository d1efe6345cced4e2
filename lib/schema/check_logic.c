/* References and in-place applicators. A branch that may fail without failing
 * the whole gets a set of its own for what it evaluates, kept only if it holds. */
#include "schema/check.h"

#define REFS_LOOKED_THROUGH 8

/* Core section 8.2.3.2: the outermost resource in scope that has the anchor. */
static const struct node *dynamic_target(const struct keyword *k, const struct scope *scope)
{
	const struct node *found = k->dynamic.node;

	for (; scope; scope = scope->outer)
		for (size_t i = 0; scope->resource && i < scope->resource->n; i++)
			if (scope->resource->anchors[i].name == k->dynamic.anchor)
				found = scope->resource->anchors[i].node;
	return found;
}

bool check_ref(struct check *c, const struct keyword *k, const struct frame *f)
{
	const struct node *target =
		k->dynamic.anchor ? dynamic_target(k, f->scope) : k->dynamic.node;

	if (!c->hops)
		return check_over(c, f->spot);
	c->hops--;
	return check_node(c, target, f->spot, f->scope, f->seen);
}

/* A branch, without findings. */
static bool check_branch(struct check *c, const struct node *node, const struct frame *f)
{
	struct seen own;
	bool ok;

	if (!f->seen)
		return check_quietly(c, node, f->spot, f->scope, NULL);
	if (!seen_init(&own, &c->seen,
		       f->spot->type == TYPE_ARRAY ? json_array_size(f->spot->json)
						   : json_object_size(f->spot->json)))
		return check_over(c, f->spot);
	ok = check_quietly(c, node, f->spot, f->scope, &own);
	if (ok)
		seen_merge(f->seen, &own);
	seen_release(&own);
	return ok;
}

bool check_all_of(struct check *c, const struct keyword *k, const struct frame *f)
{
	bool ok = true;

	for (size_t i = 0; i < k->nodes.n && (ok || c->out); i++)
		ok = check_node(c, k->nodes.list[i], f->spot, f->scope, f->seen) && ok;
	return ok;
}

static const struct keyword *find_keyword(const struct node *node, enum kw kw)
{
	for (size_t i = 0; i < node->n; i++)
		if (node->keywords[i].kw == kw)
			return &node->keywords[i];
	return NULL;
}

static bool assertion_holds(struct check *c, const struct node *node, enum kw kw, check_fn *check,
			    const struct spot *spot)
{
	const struct frame f = { .node = node, .spot = spot };
	const struct keyword *k = find_keyword(node, kw);

	return !k || check(c, k, &f);
}

/* Whether a member is what the branch fixes it to, a discriminator say. */
static bool member_holds(struct check *c, const struct named *one, const struct spot *object)
{
	const json_t *value = json_object_getn(object->json, one->name, one->len);
	const struct node *node = one->node;
	struct spot member;

	if (!value)
		return true;
	member = spot_member(object, one->name, false, value);
	for (unsigned hops = REFS_LOOKED_THROUGH; hops; hops--) {
		const struct keyword *ref = find_keyword(node, KW_REF);

		if (node->never || !assertion_holds(c, node, KW_CONST, check_const, &member))
			return false;
		if (!ref)
			break;
		node = ref->dynamic.node;
	}
	return true;
}

/* Whether the spot looks as if it was meant for this branch: its type and value
 * fit, and so do the members that the branch fixes. */
static bool is_meant(struct check *c, const struct node *node, const struct spot *spot)
{
	for (unsigned hops = REFS_LOOKED_THROUGH; hops; hops--) {
		const struct keyword *members = find_keyword(node, KW_PROPERTIES);
		const struct keyword *ref = find_keyword(node, KW_REF);

		if (node->never || !assertion_holds(c, node, KW_TYPE, check_type, spot) ||
		    !assertion_holds(c, node, KW_CONST, check_const, spot) ||
		    !assertion_holds(c, node, KW_ENUM, check_enum, spot))
			return false;
		for (size_t i = 0;
		     spot->type == TYPE_OBJECT && members && i < members->members->named.n; i++)
			if (!member_holds(c, &members->members->named.list[i], spot))
				return false;
		if (!ref)
			break;
		node = ref->dynamic.node;
	}
	return true;
}

/* No branch holds: the errors of the only one that was meant, if there is one. */
static bool fail_branches(struct check *c, const struct keyword *k, const struct frame *f)
{
	struct findings *out = c->out;
	const struct node *meant = NULL;
	size_t before = out ? out->errors : 0, n = 0;

	if (!out || c->over)
		return false;
	c->out = NULL;
	for (size_t i = 0; i < k->nodes.n; i++) {
		if (!is_meant(c, k->nodes.list[i], f->spot))
			continue;
		meant = k->nodes.list[i];
		n++;
	}
	c->out = out;
	if (n == 1)
		check_node(c, meant, f->spot, f->scope, NULL);
	return out->errors > before ? false : check_fail(c, f->spot, NULL, k->kw, NULL);
}

bool check_any_of(struct check *c, const struct keyword *k, const struct frame *f)
{
	bool ok = false;

	/* All are asked when somebody wants to know what they evaluate. */
	for (size_t i = 0; i < k->nodes.n && (!ok || f->seen) && !c->over; i++)
		ok = check_branch(c, k->nodes.list[i], f) || ok;
	return ok || fail_branches(c, k, f);
}

bool check_one_of(struct check *c, const struct keyword *k, const struct frame *f)
{
	size_t held = 0;

	for (size_t i = 0; i < k->nodes.n && held < 2 && !c->over; i++)
		held += check_branch(c, k->nodes.list[i], f);
	if (held > 1)
		return check_fail(c, f->spot, NULL, k->kw,
				  "more than one of the alternatives holds");
	return held || fail_branches(c, k, f);
}

bool check_not(struct check *c, const struct keyword *k, const struct frame *f)
{
	return !check_quietly(c, k->node, f->spot, f->scope, NULL) ||
	       check_fail(c, f->spot, NULL, k->kw, NULL);
}

bool check_condition(struct check *c, const struct keyword *k, const struct frame *f)
{
	const struct condition *all = k->condition;
	const struct node *next = check_branch(c, all->when, f) ? all->then : all->otherwise;

	return !next || check_node(c, next, f->spot, f->scope, f->seen);
}
