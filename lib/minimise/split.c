#include "minimise/minimise.h"

#include "base/cleanup.h"
#include "findings/pointer.h"

struct split {
	struct buf pointer;
	json_t *pointers;
	bool failed; /* out of memory */
};

static json_t *split_value(struct split *s, const struct marks_node *marks, const json_t *value);

static void note_sealed(struct split *s)
{
	const char *here = buf_text(&s->pointer);
	size_t n = json_array_size(s->pointers);
	const char *last = n ? json_string_value(json_array_get(s->pointers, n - 1)) : NULL;

	if (buf_rc(&s->pointer))
		s->failed = true;
	else if (!last || strcmp(last, here))
		s->failed |= json_array_append_new(s->pointers, json_string(here)) != 0;
}

/* NULL when the member is sealed or nothing of it is left. */
static json_t *split_member(struct split *s, const struct marks_node *marks, const char *name,
			    const json_t *value)
{
	const struct marks_node *child = marks_lookup(marks, name);
	size_t above = s->pointer.len;
	json_t *clear;

	if (!child) {
		note_sealed(s);
		return NULL;
	}
	finding_pointer_member(&s->pointer, name);
	clear = split_value(s, child, value);
	finding_pointer_cut(&s->pointer, above);
	return clear;
}

static json_t *split_object(struct split *s, const struct marks_node *marks, const json_t *object)
{
	json_t *clear = json_object(), *member;
	const char *name;

	/* jansson's iteration macro wants a mutable object but changes nothing. */
	json_object_foreach((json_t *)(uintptr_t)object, name, member)
	{
		json_t *kept = split_member(s, marks, name, member);

		if (kept)
			s->failed |= json_object_set_new(clear, name, kept) != 0;
	}
	if (!clear)
		s->failed = true;
	if (json_object_size(object) && !json_object_size(clear)) {
		json_decref(clear);
		return NULL;
	}
	return clear;
}

/* What stands for an item of which nothing is left. */
static json_t *empty_like(const json_t *value)
{
	if (json_is_object(value))
		return json_object();
	return json_is_array(value) ? json_array() : json_null();
}

static json_t *split_array(struct split *s, const struct marks_node *marks, const json_t *array)
{
	const struct marks_node *items = marks_items(marks);
	json_t *clear = json_array(), *item;
	size_t i;

	if (!clear)
		s->failed = true;
	json_array_foreach(array, i, item)
	{
		size_t above = s->pointer.len;
		json_t *kept;

		finding_pointer_index(&s->pointer, i);
		kept = split_value(s, items, item);
		finding_pointer_cut(&s->pointer, above);
		s->failed |= json_array_append_new(clear, kept ? kept : empty_like(item)) != 0;
	}
	if (json_array_size(array) && marks_is_sealed(items)) {
		json_decref(clear);
		return NULL;
	}
	return clear;
}

/* A value of another shape than the marks describe is sealed too: a text in the
 * place of an object could hold anything. */
static bool is_sealed(const struct marks_node *marks, const json_t *value)
{
	if (marks_is_sealed(marks))
		return true;
	if (json_is_array(value))
		return !marks_items(marks);
	return !json_is_object(value) && !marks_is_leaf(marks);
}

static json_t *split_value(struct split *s, const struct marks_node *marks, const json_t *value)
{
	json_t *copy;

	if (is_sealed(marks, value)) {
		note_sealed(s);
		return NULL;
	}
	if (json_is_object(value))
		return split_object(s, marks, value);
	if (json_is_array(value))
		return split_array(s, marks, value);
	copy = json_copy((json_t *)(uintptr_t)value);
	if (!copy)
		s->failed = true;
	return copy;
}

enum rc minimise_split(const struct marks *marks, const json_t *document, json_t **ret_clear,
		       json_t **ret_pointers)
{
	struct split s = { .pointer = buf_capped(1u << 20), .pointers = json_array() };
	json_t *clear = NULL;

	if (!json_is_object(document)) {
		json_decref(s.pointers);
		return RC_INVALID;
	}
	s.failed = !s.pointers;
	clear = split_value(&s, marks_root(marks), document);
	if (!clear)
		clear = json_object();
	buf_release(&s.pointer);
	if (s.failed || !clear) {
		json_decref(clear);
		json_decref(s.pointers);
		return RC_NOMEM;
	}
	*ret_clear = clear;
	*ret_pointers = s.pointers;
	return RC_OK;
}
