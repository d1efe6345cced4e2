/* Assertions on one value. */
#include "schema/compile.h"
#include "schema/value.h"

#include <stdlib.h>
#include <string.h>

static enum rc add_type(const struct source *s, const json_t *name, unsigned *types)
{
	static const struct {
		const char *name;
		unsigned types;
	} known[] = {
		{ "null", TYPE_NULL },     { "boolean", TYPE_BOOLEAN }, { "integer", TYPE_INTEGER },
		{ "number", TYPE_NUMBER }, { "string", TYPE_STRING },   { "array", TYPE_ARRAY },
		{ "object", TYPE_OBJECT },
	};

	for (size_t i = 0; json_is_string(name) && i < ARRAY_LEN(known); i++) {
		if (strcmp(known[i].name, json_string_value(name)) != 0)
			continue;
		*types |= known[i].types;
		return RC_OK;
	}
	return source_invalid(s, KW_TYPE, "names no type");
}

enum rc build_type(const struct source *s, const json_t *value, struct keyword *out)
{
	enum rc rc = RC_OK;

	out->types = TYPE_ANY;
	if (!json_is_array(value))
		rc = add_type(s, value, &out->allowed);
	for (size_t i = 0; !rc && i < json_array_size(value); i++)
		rc = add_type(s, json_array_get(value, i), &out->allowed);
	return rc ? rc : source_detail(s, value, &out->detail);
}

static int compare_strings(const void *pa, const void *pb)
{
	const json_t *a = *(const json_t *const *)pa, *b = *(const json_t *const *)pb;
	size_t na = json_string_length(a), nb = json_string_length(b);

	if (na != nb)
		return na < nb ? -1 : 1;
	return memcmp(json_string_value(a), json_string_value(b), na);
}

enum rc build_enum(const struct source *s, const json_t *value, struct keyword *out)
{
	struct choices *c = pool_alloc(&s->compiler->schema->pool, sizeof(*c));
	size_t n = json_array_size(value);

	if (!json_is_array(value))
		return source_invalid(s, out->kw, "is not an array");
	if (!c)
		return source_no_memory(s);
	c->strings = pool_alloc(&s->compiler->schema->pool, (n + 1) * sizeof(json_t *));
	c->others = pool_alloc(&s->compiler->schema->pool, (n + 1) * sizeof(json_t *));
	if (!c->strings || !c->others)
		return source_no_memory(s);
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_array_get(value, i);

		if (json_is_string(one))
			c->strings[c->strings_n++] = one;
		else
			c->others[c->others_n++] = one;
	}
	if (c->strings_n > 1)
		qsort(c->strings, c->strings_n, sizeof(json_t *), compare_strings);
	out->choices = c;
	out->types = TYPE_ANY;
	return source_detail(s, value, &out->detail);
}

enum rc build_const(const struct source *s, const json_t *value, struct keyword *out)
{
	out->value = value;
	out->types = TYPE_ANY;
	return source_detail(s, value, &out->detail);
}

enum rc build_limit(const struct source *s, const json_t *value, struct keyword *out)
{
	if (!json_is_number(value))
		return source_invalid(s, out->kw, "is not a number");
	out->value = value;
	out->types = TYPE_NUMBER;
	return source_detail(s, value, &out->detail);
}

enum rc build_multiple_of(const struct source *s, const json_t *value, struct keyword *out)
{
	if (!(json_number_value(value) > 0))
		return source_invalid(s, out->kw, "is not a number over 0");
	return build_limit(s, value, out);
}

enum rc build_size(const struct source *s, const json_t *value, struct keyword *out)
{
	enum rc rc = source_size(s, value, out->kw, &out->size);

	switch ((int)out->kw) {
	case KW_MIN_LENGTH:
	case KW_MAX_LENGTH: out->types = TYPE_STRING; break;
	case KW_MIN_ITEMS:
	case KW_MAX_ITEMS: out->types = TYPE_ARRAY; break;
	default: out->types = TYPE_OBJECT; break;
	}
	return rc ? rc : source_detail(s, value, &out->detail);
}

/* `size`: what maxItems of the same schema allows; longer ones need no look. */
enum rc build_unique(const struct source *s, const json_t *value, struct keyword *out)
{
	const json_t *most = source_get(s, KW_MAX_ITEMS);

	if (!json_is_boolean(value))
		return source_invalid(s, out->kw, "is not a boolean");
	out->types = json_is_true(value) ? TYPE_ARRAY : 0;
	out->size = SIZE_MAX;
	return most ? source_size(s, most, KW_MAX_ITEMS, &out->size) : RC_OK;
}

enum rc build_pattern(const struct source *s, const json_t *value, struct keyword *out)
{
	if (!json_is_string(value))
		return source_invalid(s, out->kw, "is not a string");
	out->types = TYPE_STRING;
	out->detail = json_string_value(json_object_get(s->json, "title"));
	return source_regex(s, json_string_value(value), json_string_length(value), out->kw,
			    &out->regex);
}

enum rc build_format(const struct source *s, const json_t *value, struct keyword *out)
{
	if (!json_is_string(value))
		return source_invalid(s, out->kw, "is not a string");
	out->format = format_find(json_string_value(value));
	out->detail = json_string_value(value);
	out->types = out->format ? TYPE_STRING : 0;
	return RC_OK;
}
