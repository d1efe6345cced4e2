/* References and in-place applicators. */
#include "schema/compile.h"
#include "schema/value.h"

static enum rc resolve(const struct source *s, const json_t *value, enum kw kw,
		       struct target *target)
{
	const char *text = json_string_value(value);

	if (!text)
		return source_invalid(s, kw, "is not a string");
	return registry_resolve(s->compiler->registry, s->resource, text, target,
				s->compiler->reterr);
}

enum rc build_ref(const struct source *s, const json_t *value, struct keyword *out)
{
	struct target target;
	enum rc rc = resolve(s, value, out->kw, &target);

	out->types = TYPE_ANY;
	return rc ? rc
		  : compiler_node(s->compiler, target.schema, target.resource, &out->dynamic.node);
}

/* Core section 8.2.3.2: dynamic only if the reference as it stands leads to a
 * "$dynamicAnchor"; otherwise it is a "$ref". */
enum rc build_dynamic_ref(const struct source *s, const json_t *value, struct keyword *out)
{
	struct target target;
	enum rc rc = resolve(s, value, out->kw, &target);

	out->types = TYPE_ANY;
	if (!rc)
		rc = compiler_node(s->compiler, target.schema, target.resource, &out->dynamic.node);
	if (!rc && target.dynamic_anchor)
		rc = compiler_anchor(s->compiler, target.dynamic_anchor, &out->dynamic.anchor);
	return rc;
}

enum rc build_node_list(const struct source *s, const json_t *value, struct keyword *out)
{
	size_t n = json_array_size(value);
	enum rc rc = RC_OK;

	if (!n)
		return source_invalid(s, out->kw, "is not an array of schemas with at least one");
	out->types = TYPE_ANY;
	out->nodes.list = pool_alloc(&s->compiler->schema->pool, n * sizeof(struct node *));
	if (!out->nodes.list)
		return source_no_memory(s);
	for (; !rc && out->nodes.n < n; out->nodes.n++)
		rc = source_node(s, json_array_get(value, out->nodes.n), out->kw,
				 &out->nodes.list[out->nodes.n]);
	return rc;
}

enum rc build_not(const struct source *s, const json_t *value, struct keyword *out)
{
	out->types = TYPE_ANY;
	return source_node(s, value, out->kw, &out->node);
}

enum rc build_condition(const struct source *s, const json_t *value, struct keyword *out)
{
	struct condition *c = pool_alloc(&s->compiler->schema->pool, sizeof(*c));
	const json_t *then = source_get(s, KW_THEN), *otherwise = source_get(s, KW_ELSE);
	enum rc rc;

	if (!c)
		return source_no_memory(s);
	out->condition = c;
	out->types = TYPE_ANY;
	rc = source_node(s, value, KW_IF, &c->when);
	if (!rc && then)
		rc = source_node(s, then, KW_THEN, &c->then);
	if (!rc && otherwise)
		rc = source_node(s, otherwise, KW_ELSE, &c->otherwise);
	return rc;
}

enum rc build_unevaluated(const struct source *s, const json_t *value, struct keyword *out)
{
	out->types = out->kw == KW_UNEVALUATED_ITEMS ? TYPE_ARRAY : TYPE_OBJECT;
	return source_node(s, value, out->kw, &out->node);
}
