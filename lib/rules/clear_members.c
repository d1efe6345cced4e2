/* Person numbers where they must not be: in what stays readable. */
#include "base/cleanup.h"
#include "findings/pointer.h"
#include "identifiers/person_number.h"
#include "rules/run.h"

#define POINTER_MAX 4096

struct walk {
	const struct rules_run *run;
	struct buf pointer;
};

static void walk_value(struct walk *w, const struct marks_node *marks, const json_t *value);

static bool is_hex(const char *text, size_t len)
{
	return strspn(text, "0123456789abcdefABCDEF") >= len;
}

/* In random hex digits runs of eleven occur by chance: they are not read. */
static bool is_uuid(const char *text)
{
	static const size_t groups[] = { 8, 4, 4, 4, 12 };

	if (strlen(text) != 36)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
		if (!is_hex(text, groups[i]))
			return false;
		text += groups[i];
		if (i < ARRAY_LEN(groups) - 1 && *text++ != '-')
			return false;
	}
	return true;
}

static bool is_digest(const char *text)
{
	return !strncmp(text, "sha-256:", 8) && strlen(text) == 8 + 64 && is_hex(text + 8, 64);
}

static bool holds_number(const json_t *value)
{
	char digits[24];

	if (json_is_string(value)) {
		const char *text = json_string_value(value);

		return !is_uuid(text) && !is_digest(text) &&
		       person_number_find(text, json_string_length(value));
	}
	/* A leading zero is lost in a JSON number. */
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	snprintf(digits, sizeof(digits), "%011lld", (long long)json_integer_value(value));
	return person_number_find(digits, strlen(digits));
}

static void walk_members(struct walk *w, const struct marks_node *marks, const json_t *object)
{
	const char *name;
	json_t *member;

	/* jansson's iteration macro wants a mutable object but changes nothing. */
	json_object_foreach((json_t *)(uintptr_t)object, name, member)
	{
		const struct marks_node *child = marks_lookup(marks, name);
		size_t len = w->pointer.len;

		/* What the schema does not know has a finding of the schema's. */
		if (!child)
			continue;
		finding_pointer_member(&w->pointer, name);
		walk_value(w, child, member);
		finding_pointer_cut(&w->pointer, len);
	}
}

static void walk_items(struct walk *w, const struct marks_node *marks, const json_t *array)
{
	const struct marks_node *items = marks_items(marks);
	const json_t *item;
	size_t i;

	json_array_foreach(array, i, item)
	{
		size_t len = w->pointer.len;

		finding_pointer_index(&w->pointer, i);
		walk_value(w, items, item);
		finding_pointer_cut(&w->pointer, len);
	}
}

static void walk_value(struct walk *w, const struct marks_node *marks, const json_t *value)
{
	if (marks_is_sealed(marks))
		return;
	if (json_is_object(value))
		walk_members(w, marks, value);
	else if (json_is_array(value))
		walk_items(w, marks, value);
	else if (holds_number(value))
		rules_report(w->run, RULE_PERSON_NUMBER_IN_CLEAR, buf_text(&w->pointer), NULL);
}

void rules_clear_members(const struct rules_run *run)
{
	struct walk w = { .run = run, .pointer = buf_capped(POINTER_MAX) };

	if (run->context->marks)
		walk_value(&w, marks_root(run->context->marks), run->document);
	buf_release(&w.pointer);
}
