#include "schema/value.h"

#include "schema/number.h"

#include <string.h>

static unsigned type_of(const json_t *json)
{
	switch (json_typeof(json)) {
	case JSON_OBJECT: return TYPE_OBJECT;
	case JSON_ARRAY: return TYPE_ARRAY;
	case JSON_STRING: return TYPE_STRING;
	case JSON_INTEGER: return TYPE_INTEGER;
	case JSON_REAL: return number_is_whole(json) ? TYPE_INTEGER : TYPE_FRACTION;
	case JSON_TRUE:
	case JSON_FALSE: return TYPE_BOOLEAN;
	case JSON_NULL: return TYPE_NULL;
	}
	return 0;
}

static struct spot spot_of(const json_t *json, const struct spot *up)
{
	return (struct spot){
		.type = type_of(json),
		.json = json,
		.text = json_string_value(json),
		.len = json_string_length(json),
		.up = up,
		.depth = up ? up->depth + 1 : 1,
	};
}

struct spot spot_root(const json_t *json)
{
	return spot_of(json, NULL);
}

struct spot spot_member(const struct spot *up, const char *name, bool foreign, const json_t *json)
{
	struct spot s = spot_of(json, up);

	s.name = name;
	s.foreign = foreign;
	return s;
}

struct spot spot_element(const struct spot *up, size_t index, const json_t *json)
{
	struct spot s = spot_of(json, up);

	s.index = index;
	return s;
}

struct spot spot_name(const struct spot *object, const char *name, size_t len)
{
	return (struct spot){ .type = TYPE_STRING,
			      .text = name,
			      .len = len,
			      .up = object,
			      .name = name,
			      .foreign = true,
			      .depth = object->depth + 1 };
}

static void add_token(struct buf *out, const char *name)
{
	buf_addc(out, '/');
	for (; *name; name++) {
		if (*name == '~')
			buf_adds(out, "~0");
		else if (*name == '/')
			buf_adds(out, "~1");
		else
			buf_addc(out, *name);
	}
}

static void add_path(const struct spot *s, struct buf *out)
{
	if (!s->up)
		return;
	add_path(s->up, out);
	if (s->name)
		add_token(out, s->name);
	else
		buf_addf(out, "/%zu", s->index);
}

void spot_pointer(const struct spot *s, const char *missing, struct buf *out)
{
	const struct spot *shown = s;

	for (const struct spot *at = s; at; at = at->up)
		if (at->foreign)
			shown = at->up;
	add_path(shown, out);
	if (missing && shown == s)
		add_token(out, missing);
}

static bool objects_equal(const json_t *a, const json_t *b, unsigned *budget)
{
	json_t *unconst =
		(json_t *)(uintptr_t)a; /* jansson's iterators take it so, and change nothing */

	if (json_object_size(a) != json_object_size(b))
		return false;
	for (void *at = json_object_iter(unconst); at; at = json_object_iter_next(unconst, at)) {
		const json_t *other =
			json_object_getn(b, json_object_iter_key(at), json_object_iter_key_len(at));

		if (!other || !value_equal(json_object_iter_value(at), other, budget))
			return false;
	}
	return true;
}

static bool arrays_equal(const json_t *a, const json_t *b, unsigned *budget)
{
	if (json_array_size(a) != json_array_size(b))
		return false;
	for (size_t i = 0; i < json_array_size(a); i++)
		if (!value_equal(json_array_get(a, i), json_array_get(b, i), budget))
			return false;
	return true;
}

bool value_equal(const json_t *a, const json_t *b, unsigned *budget)
{
	if (!*budget)
		return false;
	(*budget)--;
	if (json_is_number(a) && json_is_number(b))
		return number_compare(a, b) == 0;
	if (json_typeof(a) != json_typeof(b))
		return false;
	if (json_is_string(a))
		return json_string_length(a) == json_string_length(b) &&
		       !memcmp(json_string_value(a), json_string_value(b), json_string_length(a));
	if (json_is_array(a))
		return arrays_equal(a, b, budget);
	if (json_is_object(a))
		return objects_equal(a, b, budget);
	return true;
}

bool spot_equals(const struct spot *s, const json_t *other, unsigned *budget)
{
	if (s->json)
		return value_equal(s->json, other, budget);
	return json_is_string(other) && json_string_length(other) == s->len &&
	       !memcmp(json_string_value(other), s->text, s->len);
}

size_t utf8_length(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xC0) != 0x80;
	return n;
}
