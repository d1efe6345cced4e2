/* Which builder reads which keyword, and what builders share. */
#include "schema/compile.h"

#include <stdlib.h>
#include <string.h>

#define DETAIL_MAX 600 /* our longest code list whole */

/* In the order of evaluation. A row with several keywords reads them together. */
static const struct row {
	build_fn *build;
	enum kw kws[3];
	unsigned n;
} rows[] = {
	{ build_ref, { KW_REF }, 1 },
	{ build_dynamic_ref, { KW_DYNAMIC_REF }, 1 },
	{ build_type, { KW_TYPE }, 1 },
	{ build_enum, { KW_ENUM }, 1 },
	{ build_const, { KW_CONST }, 1 },
	{ build_multiple_of, { KW_MULTIPLE_OF }, 1 },
	{ build_limit, { KW_MAXIMUM }, 1 },
	{ build_limit, { KW_EXCLUSIVE_MAXIMUM }, 1 },
	{ build_limit, { KW_MINIMUM }, 1 },
	{ build_limit, { KW_EXCLUSIVE_MINIMUM }, 1 },
	{ build_size, { KW_MAX_LENGTH }, 1 },
	{ build_size, { KW_MIN_LENGTH }, 1 },
	{ build_pattern, { KW_PATTERN }, 1 },
	{ build_format, { KW_FORMAT }, 1 },
	{ build_size, { KW_MAX_ITEMS }, 1 },
	{ build_size, { KW_MIN_ITEMS }, 1 },
	{ build_unique, { KW_UNIQUE_ITEMS }, 1 },
	{ build_size, { KW_MAX_PROPERTIES }, 1 },
	{ build_size, { KW_MIN_PROPERTIES }, 1 },
	{ build_required, { KW_REQUIRED }, 1 },
	{ build_dependent_required, { KW_DEPENDENT_REQUIRED }, 1 },
	{ build_elements, { KW_ITEMS, KW_PREFIX_ITEMS }, 2 },
	{ build_contains, { KW_CONTAINS }, 1 },
	{ build_members, { KW_PROPERTIES, KW_PATTERN_PROPERTIES, KW_ADDITIONAL_PROPERTIES }, 3 },
	{ build_property_names, { KW_PROPERTY_NAMES }, 1 },
	{ build_dependent_schemas, { KW_DEPENDENT_SCHEMAS }, 1 },
	{ build_node_list, { KW_ALL_OF }, 1 },
	{ build_node_list, { KW_ANY_OF }, 1 },
	{ build_node_list, { KW_ONE_OF }, 1 },
	{ build_not, { KW_NOT }, 1 },
	{ build_condition, { KW_IF }, 1 },
	{ build_unevaluated, { KW_UNEVALUATED_ITEMS }, 1 },
	{ build_unevaluated, { KW_UNEVALUATED_PROPERTIES }, 1 },
};

const json_t *source_get(const struct source *s, enum kw kw)
{
	if (!(s->vocabularies & keyword_infos[kw].vocabulary))
		return NULL;
	return json_object_get(s->json, keyword_infos[kw].name);
}

enum rc source_node(const struct source *s, const json_t *value, enum kw kw,
		    const struct node **ret)
{
	if (!json_is_object(value) && !json_is_boolean(value))
		return source_invalid(s, kw, "holds something that is not a schema");
	return compiler_node(s->compiler, value, s->resource, ret);
}

enum rc source_size(const struct source *s, const json_t *value, enum kw kw, size_t *ret)
{
	double d = json_number_value(value);

	if (!json_is_number(value) || !(d >= 0) ||
	    (json_is_real(value) && d < 1e18 && d != (double)(int64_t)d))
		return source_invalid(s, kw, "is not a whole number from 0");
	*ret = json_is_integer(value) ? (size_t)json_integer_value(value)
	       : d < 1e18             ? (size_t)d
				      : SIZE_MAX;
	return RC_OK;
}

enum rc source_detail(const struct source *s, const json_t *value, const char **ret)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	char *kept;

	if (!text)
		return source_no_memory(s);
	if (strlen(text) > DETAIL_MAX) {
		size_t cut = DETAIL_MAX;

		while (cut && ((unsigned char)text[cut] & 0xC0) == 0x80)
			cut--;
		text[cut] = '\0';
	}
	kept = pool_strdup(&s->compiler->schema->pool, text);
	free(text);
	if (!kept)
		return source_no_memory(s);
	*ret = kept;
	return RC_OK;
}

enum rc source_regex(const struct source *s, const char *text, size_t len, enum kw kw,
		     const struct regex **ret)
{
	struct schema *schema = s->compiler->schema;
	struct err *reterr = s->compiler->reterr;
	const char *name = keyword_infos[kw].name;
	enum rc rc;

	if (schema->regex_n == schema->regex_size) {
		size_t size = schema->regex_size ? schema->regex_size * 2 : 16;
		struct regex **bigger = realloc(schema->regexes, size * sizeof(struct regex *));

		if (!bigger)
			return source_no_memory(s);
		schema->regexes = bigger;
		schema->regex_size = size;
	}
	rc = regex_compile(text, len, &schema->limits, &schema->regexes[schema->regex_n]);
	if (rc == RC_NOMEM)
		return source_no_memory(s);
	if (rc == RC_LIMIT)
		return err_set(reterr, rc, "schema-limit", s->resource->uri,
			       "%s: longer than %u bytes", name, schema->limits.regex_bytes);
	if (rc)
		return err_set(reterr, rc, "schema-pattern", s->resource->uri,
			       "%s: not a regular expression of ECMA-262", name);
	*ret = schema->regexes[schema->regex_n++];
	return RC_OK;
}

static int compare_named(const void *pa, const void *pb)
{
	const struct named *a = pa, *b = pb;

	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->name, b->name, a->len);
}

void named_sort(struct named_list *l)
{
	if (l->n > 1)
		qsort(l->list, l->n, sizeof(*l->list), compare_named);
}

const struct named *named_find(const struct named_list *l, const char *name, size_t len)
{
	const struct named key = { .name = name, .len = len };

	return l->n ? bsearch(&key, l->list, l->n, sizeof(key), compare_named) : NULL;
}

static bool is_present(const struct source *s, const struct row *row)
{
	for (unsigned i = 0; i < row->n; i++)
		if (source_get(s, row->kws[i]))
			return true;
	return false;
}

enum rc build_keywords(const struct source *s, struct node *node)
{
	struct keyword *list;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		n += is_present(s, &rows[i]);
	list = pool_alloc(&s->compiler->schema->pool, n * sizeof(*list));
	if (!list)
		return source_no_memory(s);
	node->keywords = list;
	node->asserts_format = s->vocabularies & VOCAB_FORMAT_ASSERTION;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct keyword *k = &list[node->n];
		enum rc rc;

		if (!is_present(s, &rows[i]))
			continue;
		*k = (struct keyword){ .kw = rows[i].kws[0] };
		rc = rows[i].build(s, source_get(s, k->kw), k);
		if (rc)
			return rc;
		if (k->kw == KW_UNEVALUATED_ITEMS || k->kw == KW_UNEVALUATED_PROPERTIES)
			node->tracks |= k->types;
		node->n += k->types != 0;
	}
	return RC_OK;
}
