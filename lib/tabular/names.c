#include "tabular/internal.h"

#include <string.h>

static const char cut[] = "…";

/* Appends as much of `text` as fits, in whole characters, and a mark where it did not.
 * There is room for the mark. */
static void append(char *to, size_t size, const char *text)
{
	size_t at = strlen(to), len = strlen(text);

	if (len <= size - 1 - at) {
		memcpy(to + at, text, len + 1);
		return;
	}
	len = size - at - sizeof(cut);
	while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	memcpy(to + at, text, len);
	memcpy(to + at + len, cut, sizeof(cut));
}

static void append_json(char *to, size_t size, const json_t *value)
{
	CLEANUP_FREE char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

	append(to, size, text ? text : "?");
}

void tabular_quote(const char *name, char quoted[TABULAR_QUOTE_SIZE])
{
	json_t *text = json_string(name);

	*quoted = '\0';
	append_json(quoted, TABULAR_QUOTE_SIZE, text);
	json_decref(text);
}

void tabular_name_category(const char *dimension, const char *category,
			   char name[TABULAR_NAME_SIZE])
{
	char first[TABULAR_QUOTE_SIZE], second[TABULAR_QUOTE_SIZE] = "";

	tabular_quote(dimension, first);
	if (category)
		tabular_quote(category, second);
	snprintf(name, TABULAR_NAME_SIZE, "hierarchies: %s%s%s", first, category ? ": " : "",
		 second);
}

void tabular_name_cell(const struct tabular *t, enum tabular_file file, size_t index,
		       char name[TABULAR_NAME_SIZE])
{
	static const char *const lists[] = { "", "forced: ", "known: " };
	const json_t *cell = json_array_get(tabular_cells(t, file), index);
	const json_t *key = json_object_get(cell, "key");

	snprintf(name, TABULAR_NAME_SIZE, "%scells[%zu]", lists[file], index);
	if (json_is_object(key)) {
		append(name, TABULAR_NAME_SIZE, " ");
		append_json(name, TABULAR_NAME_SIZE, key);
	}
}

/* The key that a cell there would have. */
static json_t *make_key(const struct tabular *t, uint32_t node)
{
	uint32_t at[SUPPRESS_DIMENSIONS_MAX];
	json_t *key = json_object();

	suppress_grid_place(t->system, node, at);
	for (uint32_t i = 0; i < t->len; i++) {
		const struct tabular_dimension *d = &t->dimensions[i];

		if (at[i] != d->total && at[i] < d->len)
			json_object_set_new(key, d->name, json_string(d->names[at[i]]));
	}
	return key;
}

void tabular_name_node(const struct tabular *t, uint32_t node, char name[TABULAR_NAME_SIZE])
{
	json_t *key;

	for (enum tabular_file file = 0; file < TABULAR_FILES; file++) {
		if (t->cell_of[file] && t->cell_of[file][node] != SUPPRESS_NONE) {
			tabular_name_cell(t, file, t->cell_of[file][node], name);
			return;
		}
	}
	key = make_key(t, node);
	snprintf(name, TABULAR_NAME_SIZE, "not given: ");
	append_json(name, TABULAR_NAME_SIZE, key);
	json_decref(key);
}
