/* Keys of cells: which dimensions and categories there are, and each key's node. */
#include "tabular/internal.h"

static enum rc refuse(const struct tabular *t, enum tabular_file file, size_t index,
		      const char *code, const char *what, const char *name, struct err *reterr)
{
	char where[TABULAR_NAME_SIZE], quoted[TABULAR_QUOTE_SIZE] = "";

	tabular_name_cell(t, file, index, where);
	if (name)
		tabular_quote(name, quoted);
	return err_set(reterr, RC_INVALID, code, where, "%s%s%s", what, name ? " " : "", quoted);
}

static enum rc failed(const struct tabular *t, enum tabular_file file, size_t index, enum rc rc,
		      struct err *reterr)
{
	char where[TABULAR_NAME_SIZE];

	if (rc != RC_LIMIT)
		return tabular_no_memory(reterr);
	tabular_name_cell(t, file, index, where);
	return err_set(reterr, rc, "table-too-large", where,
		       "is one dimension or category too many: at most %d dimensions, and %u "
		       "categories of each",
		       SUPPRESS_DIMENSIONS_MAX, SUPPRESS_CATEGORIES_MAX - 1);
}

/* Only the table names dimensions that no hierarchy does. */
static enum rc read_key(struct tabular *t, enum tabular_file file, size_t index, json_t *key,
			struct err *reterr)
{
	const char *name;
	json_t *category;

	json_object_foreach(key, name, category)
	{
		struct tabular_dimension *d = tabular_dimension_find(t, name);
		const char *text = json_string_value(category);
		uint32_t number;
		enum rc rc = RC_OK;

		if (!text)
			return refuse(t, file, index, "table-malformed",
				      "a category is a text: that of", name, reterr);
		if (!d && file != TABULAR_TABLE)
			return refuse(t, file, index, "dimension-unknown",
				      "the table has no dimension", name, reterr);
		if (!d)
			rc = tabular_dimension_add(t, name, &d);
		if (!rc && d->flat)
			rc = tabular_category(d, text, &number);
		else if (!rc && !json_object_get(d->numbers, text))
			return refuse(t, file, index, "category-unknown",
				      "its category is not in the hierarchy of", name, reterr);
		if (rc)
			return failed(t, file, index, rc, reterr);
	}
	return RC_OK;
}

static enum rc read_file(struct tabular *t, enum tabular_file file, struct err *reterr)
{
	const json_t *cells = tabular_cells(t, file);

	for (size_t i = 0; i < json_array_size(cells); i++) {
		json_t *cell = json_array_get(cells, i), *key = json_object_get(cell, "key");
		enum rc rc;

		if (!json_is_object(cell))
			return refuse(t, file, i, "table-malformed", "a cell is an object", NULL,
				      reterr);
		if (!json_is_object(key))
			return refuse(t, file, i, "table-malformed",
				      "a cell has a \"key\", an object", NULL, reterr);
		rc = read_key(t, file, i, key, reterr);
		if (rc)
			return rc;
	}
	return RC_OK;
}

enum rc tabular_keys(struct tabular *t, struct err *reterr)
{
	enum rc rc = RC_OK;

	for (enum tabular_file file = 0; !rc && file < TABULAR_FILES; file++)
		rc = read_file(t, file, reterr);
	return rc;
}

uint32_t tabular_node(const struct tabular *t, const json_t *key)
{
	uint32_t at[SUPPRESS_DIMENSIONS_MAX];

	for (uint32_t i = 0; i < t->len; i++) {
		const struct tabular_dimension *d = &t->dimensions[i];
		const char *name = json_string_value(json_object_get(key, d->name));

		at[i] = name ? (uint32_t)json_integer_value(json_object_get(d->numbers, name))
			     : d->total;
	}
	return suppress_grid_node(t->system, t->first, at);
}
