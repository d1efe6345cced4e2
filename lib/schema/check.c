#include "schema/check.h"

#include "schema/number.h"

#define POINTER_MAX 4096

static check_fn *const checks[KW_COUNT] = {
	[KW_REF] = check_ref,
	[KW_DYNAMIC_REF] = check_ref,
	[KW_TYPE] = check_type,
	[KW_ENUM] = check_enum,
	[KW_CONST] = check_const,
	[KW_MULTIPLE_OF] = check_number,
	[KW_MAXIMUM] = check_number,
	[KW_EXCLUSIVE_MAXIMUM] = check_number,
	[KW_MINIMUM] = check_number,
	[KW_EXCLUSIVE_MINIMUM] = check_number,
	[KW_MAX_LENGTH] = check_size,
	[KW_MIN_LENGTH] = check_size,
	[KW_PATTERN] = check_pattern,
	[KW_FORMAT] = check_format,
	[KW_MAX_ITEMS] = check_size,
	[KW_MIN_ITEMS] = check_size,
	[KW_UNIQUE_ITEMS] = check_unique,
	[KW_MAX_PROPERTIES] = check_size,
	[KW_MIN_PROPERTIES] = check_size,
	[KW_REQUIRED] = check_required,
	[KW_DEPENDENT_REQUIRED] = check_dependent_required,
	[KW_ITEMS] = check_elements,
	[KW_CONTAINS] = check_contains,
	[KW_PROPERTIES] = check_members,
	[KW_PROPERTY_NAMES] = check_property_names,
	[KW_DEPENDENT_SCHEMAS] = check_dependent_schemas,
	[KW_ALL_OF] = check_all_of,
	[KW_ANY_OF] = check_any_of,
	[KW_ONE_OF] = check_one_of,
	[KW_NOT] = check_not,
	[KW_IF] = check_condition,
	[KW_UNEVALUATED_ITEMS] = check_unevaluated_items,
	[KW_UNEVALUATED_PROPERTIES] = check_unevaluated_properties,
};

bool check_fail(struct check *c, const struct spot *spot, const char *missing, enum kw kw,
		const char *detail)
{
	CLEANUP(buf_release) struct buf pointer = buf_capped(POINTER_MAX);

	if (!c->out)
		return false;
	spot_pointer(spot, missing, &pointer);
	findings_add(c->out, FINDING_ERROR, buf_text(&pointer), keyword_infos[kw].name,
		     keyword_infos[kw].code, detail);
	return false;
}

/* Reported at the end, once: it can happen where nobody listens. */
bool check_over(struct check *c, const struct spot *spot)
{
	(void)spot;
	c->over = true;
	return false;
}

static bool check_keywords(struct check *c, const struct frame *f)
{
	bool ok = true;

	for (size_t i = 0; i < f->node->n; i++) {
		const struct keyword *k = &f->node->keywords[i];

		if (!(k->types & f->spot->type) || checks[k->kw](c, k, f))
			continue;
		if (!c->out || c->over)
			return false;
		ok = false;
	}
	return ok;
}

/* A schema with unevaluated* sees what it and its in-place applicators
 * evaluated, not what schemas around it did; those see all of it. */
static bool check_tracking(struct check *c, struct frame f)
{
	struct seen *around = f.seen, own;
	bool ok;

	if (!seen_init(&own, &c->seen,
		       f.spot->type == TYPE_ARRAY ? json_array_size(f.spot->json)
						  : json_object_size(f.spot->json)))
		return check_over(c, f.spot);
	f.seen = &own;
	ok = check_keywords(c, &f);
	if (around)
		seen_merge(around, &own);
	seen_release(&own);
	return ok;
}

bool check_node(struct check *c, const struct node *node, const struct spot *spot,
		const struct scope *scope, struct seen *seen)
{
	struct scope here = { node->scope, scope };
	struct frame f = { node, spot, scope && scope->resource == node->scope ? scope : &here,
			   seen };
	bool ok;

	if (node->never)
		return check_fail(c, spot, NULL, KW_FALSE, NULL);
	if (!node->n)
		return true;
	if (c->over || !c->depth || !c->steps || spot->depth > c->schema->limits.instance_depth)
		return check_over(c, spot);
	c->steps--;
	c->depth--;
	ok = node->tracks & spot->type ? check_tracking(c, f) : check_keywords(c, &f);
	c->depth++;
	return ok;
}

bool check_quietly(struct check *c, const struct node *node, const struct spot *spot,
		   const struct scope *scope, struct seen *seen)
{
	struct findings *out = c->out;
	bool ok;

	c->out = NULL;
	ok = check_node(c, node, spot, scope, seen);
	c->out = out;
	return ok;
}

enum rc schema_check(const struct schema *s, const json_t *instance,
		     const struct schema_options *options, struct findings *out)
{
	const struct spot root = spot_root(instance);
	struct check c;
	bool ok;

	/* Not initialised as a whole: that would clear the scratch each time. */
	c.schema = s;
	c.out = out;
	c.formats = options && options->assert_formats;
	c.over = false;
	c.depth = s->limits.evaluation_depth;
	c.hops = s->limits.reference_hops;
	c.steps = s->limits.steps;
	c.regex.ready = false;
	c.regex.used = 0;
	c.seen.used = 0;
	ok = check_node(&c, s->root, &root, NULL, NULL);
	regex_scratch_release(&c.regex);
	if (c.over) {
		check_fail(&c, &root, NULL, KW_LIMIT, NULL);
		return RC_LIMIT;
	}
	return ok ? RC_OK : RC_INVALID;
}

enum rc schema_accepts(const struct schema *s, const json_t *instance,
		       const struct schema_options *options)
{
	return schema_check(s, instance, options, NULL);
}
