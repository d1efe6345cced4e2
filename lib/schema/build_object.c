/* Keywords of objects and arrays. */
#include "schema/compile.h"
#include "schema/value.h"

#include <string.h>

/* jansson's iterators take their object so, and change nothing. */
static json_t *unconst(const json_t *value)
{
	return (json_t *)(uintptr_t)value;
}

/* One entry per member of `map`, unsorted, without what hangs on it. */
static enum rc read_names(const struct source *s, const json_t *map, enum kw kw,
			  struct named_list *ret)
{
	if (!json_is_object(map))
		return source_invalid(s, kw, "is not an object");
	ret->list =
		pool_alloc(&s->compiler->schema->pool, json_object_size(map) * sizeof(*ret->list));
	if (!ret->list)
		return source_no_memory(s);
	for (void *at = json_object_iter(unconst(map)); at;
	     at = json_object_iter_next(unconst(map), at))
		ret->list[ret->n++] = (struct named){ .name = json_object_iter_key(at),
						      .len = json_object_iter_key_len(at) };
	return RC_OK;
}

static enum rc read_schemas(const struct source *s, const json_t *map, enum kw kw,
			    struct named_list *ret)
{
	enum rc rc = read_names(s, map, kw, ret);

	for (size_t i = 0; !rc && i < ret->n; i++)
		rc = source_node(s, json_object_getn(map, ret->list[i].name, ret->list[i].len), kw,
				 &ret->list[i].node);
	named_sort(ret);
	return rc;
}

static enum rc read_patterned(const struct source *s, const json_t *map, struct members *m)
{
	struct named_list names = { 0 };
	enum rc rc = read_names(s, map, KW_PATTERN_PROPERTIES, &names);

	m->patterned =
		pool_alloc(&s->compiler->schema->pool, (names.n + 1) * sizeof(*m->patterned));
	if (!m->patterned)
		return source_no_memory(s);
	for (size_t i = 0; !rc && i < names.n; i++) {
		const struct named *one = &names.list[i];
		struct patterned *p = &m->patterned[m->patterned_n++];

		rc = source_regex(s, one->name, one->len, KW_PATTERN_PROPERTIES, &p->regex);
		if (!rc)
			rc = source_node(s, json_object_getn(map, one->name, one->len),
					 KW_PATTERN_PROPERTIES, &p->node);
	}
	return rc;
}

enum rc build_members(const struct source *s, const json_t *value, struct keyword *out)
{
	struct members *m = pool_alloc(&s->compiler->schema->pool, sizeof(*m));
	const json_t *patterned = source_get(s, KW_PATTERN_PROPERTIES);
	const json_t *additional = source_get(s, KW_ADDITIONAL_PROPERTIES);
	enum rc rc = RC_OK;

	if (!m)
		return source_no_memory(s);
	out->members = m;
	out->types = TYPE_OBJECT;
	if (value)
		rc = read_schemas(s, value, KW_PROPERTIES, &m->named);
	if (!rc && patterned)
		rc = read_patterned(s, patterned, m);
	if (!rc && additional)
		rc = source_node(s, additional, KW_ADDITIONAL_PROPERTIES, &m->additional);
	return rc;
}

enum rc build_property_names(const struct source *s, const json_t *value, struct keyword *out)
{
	out->types = TYPE_OBJECT;
	return source_node(s, value, out->kw, &out->node);
}

enum rc build_dependent_schemas(const struct source *s, const json_t *value, struct keyword *out)
{
	out->types = TYPE_OBJECT;
	return read_schemas(s, value, out->kw, &out->named);
}

static enum rc read_strings(const struct source *s, const json_t *array, enum kw kw,
			    const char *const **ret, size_t *ret_n)
{
	const char **list = pool_alloc(&s->compiler->schema->pool,
				       (json_array_size(array) + 1) * sizeof(char *));

	if (!list)
		return source_no_memory(s);
	if (!json_is_array(array))
		return source_invalid(s, kw, "is not an array of strings");
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *one = json_array_get(array, i);

		if (!json_is_string(one) ||
		    strlen(json_string_value(one)) != json_string_length(one))
			return source_invalid(s, kw, "is not an array of strings");
		list[i] = json_string_value(one);
	}
	*ret = list;
	*ret_n = json_array_size(array);
	return RC_OK;
}

enum rc build_required(const struct source *s, const json_t *value, struct keyword *out)
{
	out->types = TYPE_OBJECT;
	return read_strings(s, value, out->kw, &out->names.list, &out->names.n);
}

enum rc build_dependent_required(const struct source *s, const json_t *value, struct keyword *out)
{
	enum rc rc = read_names(s, value, out->kw, &out->named);

	out->types = TYPE_OBJECT;
	for (size_t i = 0; !rc && i < out->named.n; i++) {
		struct named *one = &out->named.list[i];

		rc = read_strings(s, json_object_getn(value, one->name, one->len), out->kw,
				  &one->names, &one->count);
	}
	named_sort(&out->named);
	return rc;
}

enum rc build_elements(const struct source *s, const json_t *value, struct keyword *out)
{
	struct elements *e = pool_alloc(&s->compiler->schema->pool, sizeof(*e));
	const json_t *prefix = source_get(s, KW_PREFIX_ITEMS);
	struct keyword list = { .kw = KW_PREFIX_ITEMS };
	enum rc rc = RC_OK;

	if (!e)
		return source_no_memory(s);
	out->elements = e;
	out->types = TYPE_ARRAY;
	if (prefix) {
		rc = build_node_list(s, prefix, &list);
		e->prefix = list.nodes;
	}
	if (!rc && value)
		rc = source_node(s, value, KW_ITEMS, &e->rest);
	return rc;
}

enum rc build_contains(const struct source *s, const json_t *value, struct keyword *out)
{
	struct contains *c = pool_alloc(&s->compiler->schema->pool, sizeof(*c));
	const json_t *min = source_get(s, KW_MIN_CONTAINS), *max = source_get(s, KW_MAX_CONTAINS);
	enum rc rc;

	if (!c)
		return source_no_memory(s);
	*c = (struct contains){ .min = 1, .max = SIZE_MAX, .min_given = min };
	out->contains = c;
	out->types = TYPE_ARRAY;
	rc = source_node(s, value, out->kw, &c->node);
	if (!rc && min)
		rc = source_size(s, min, KW_MIN_CONTAINS, &c->min);
	if (!rc && min)
		rc = source_detail(s, min, &c->min_detail);
	if (!rc && max)
		rc = source_size(s, max, KW_MAX_CONTAINS, &c->max);
	if (!rc && max)
		rc = source_detail(s, max, &c->max_detail);
	return rc;
}
