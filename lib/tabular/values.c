/* What is said of each node: by the table, by what was published before, by what is
 * known from elsewhere. */
#include "tabular/internal.h"

#include "suppress/complete.h"

#include <string.h>

struct reading {
	struct tabular *t;
	enum tabular_file file;
	size_t index;
	const json_t *cell;
	uint32_t node;
	struct err *err;
};

static enum rc refuse(const struct reading *r, enum rc rc, const char *code, const char *what)
{
	char where[TABULAR_NAME_SIZE];

	tabular_name_cell(r->t, r->file, r->index, where);
	return err_set(r->err, rc, code, where, "%s", what);
}

/* Each combination once in a file. */
static enum rc place(struct reading *r)
{
	uint32_t *cell_of = r->t->cell_of[r->file];
	char text[64];

	r->node = tabular_node(r->t, json_object_get(r->cell, "key"));
	if (cell_of[r->node] != SUPPRESS_NONE) {
		snprintf(text, sizeof(text), "is the same cell as cells[%u]", cell_of[r->node]);
		return refuse(r, RC_INVALID, "cell-twice", text);
	}
	cell_of[r->node] = (uint32_t)r->index;
	return RC_OK;
}

/* An output says of a hidden cell "value": null, "suppressed": true. */
static enum rc read_hidden(const struct reading *r, bool *ret)
{
	const json_t *mark = json_object_get(r->cell, "suppressed");

	*ret = json_is_true(mark);
	if (mark && r->file != TABULAR_FORCED)
		return refuse(r, RC_INVALID, "table-malformed",
			      "has \"suppressed\", as an output has: give that as --forced");
	if (mark && !json_is_boolean(mark))
		return refuse(r, RC_INVALID, "table-malformed", "\"suppressed\" is true or false");
	if (*ret && !json_is_null(json_object_get(r->cell, "value")))
		return refuse(r, RC_INVALID, "cell-value",
			      "is suppressed, and then its \"value\" is null");
	return RC_OK;
}

static enum rc read_value(const struct reading *r, int64_t *ret)
{
	const json_t *value = json_object_get(r->cell, "value");

	if (!json_is_integer(value))
		return refuse(r, RC_INVALID, "cell-value", "\"value\" is a whole number");
	*ret = json_integer_value(value);
	if (*ret < 0)
		return refuse(r, RC_INVALID, "cell-value", "a count is not negative");
	if (*ret > SUPPRESS_VALUE_MAX)
		return refuse(r, RC_INVALID, "cell-value", "is more than 1000000000000");
	return RC_OK;
}

/* What two files say of a cell is the same. */
static enum rc set_value(const struct reading *r, int64_t value)
{
	struct suppress_system *s = r->t->system;

	if (!(suppress_system_flags(s, r->node) & SUPPRESS_UNVALUED) &&
	    suppress_system_value(s, r->node) != value)
		return refuse(r, RC_INVALID, "cell-differs",
			      r->file == TABULAR_FORCED
				      ? "was published with another value than the table's"
				      : "is known with another value");
	suppress_system_set_value(s, r->node, value);
	return RC_OK;
}

static void add_flag(const struct reading *r, unsigned flag)
{
	struct suppress_system *s = r->t->system;

	suppress_system_set_flags(s, r->node, suppress_system_flags(s, r->node) | flag);
}

static enum rc read_cell(struct reading *r)
{
	static const unsigned flags[] = { SUPPRESS_PUBLISHED, SUPPRESS_FORCED, SUPPRESS_KNOWN };
	bool hidden = false;
	int64_t value = 0;
	enum rc rc = place(r);

	if (!rc)
		rc = read_hidden(r, &hidden);
	if (!rc && !hidden) {
		rc = read_value(r, &value);
		if (!rc)
			rc = set_value(r, value);
	}
	if (rc)
		return rc;
	add_flag(r, hidden ? SUPPRESS_HELD : flags[r->file]);
	if (r->file == TABULAR_TABLE)
		r->t->node_of[r->index] = r->node;
	return RC_OK;
}

static enum rc read_file(struct tabular *t, enum tabular_file file, struct err *reterr)
{
	struct reading r = { .t = t, .file = file, .err = reterr };
	const json_t *cells = tabular_cells(t, file);
	enum rc rc = RC_OK;

	t->cell_of[file] = calloc(t->nodes, sizeof(uint32_t));
	if (!t->cell_of[file])
		return tabular_no_memory(reterr);
	memset(t->cell_of[file], 0xff, t->nodes * sizeof(uint32_t));
	for (; !rc && r.index < json_array_size(cells); r.index++) {
		r.cell = json_array_get(cells, r.index);
		rc = read_cell(&r);
	}
	return rc;
}

/* What was shown and is small cannot be called back. */
static enum rc check_forced(const struct tabular *t, struct err *reterr)
{
	const unsigned both = SUPPRESS_FORCED | SUPPRESS_KNOWN;
	uint32_t first = SUPPRESS_NONE;
	char where[TABULAR_NAME_SIZE];

	for (uint32_t i = 0; i < t->nodes; i++)
		if ((suppress_system_flags(t->system, i) & both) == SUPPRESS_FORCED &&
		    suppress_system_value(t->system, i) < t->threshold &&
		    t->cell_of[TABULAR_FORCED][i] < first)
			first = t->cell_of[TABULAR_FORCED][i];
	if (first == SUPPRESS_NONE)
		return RC_OK;
	tabular_name_cell(t, TABULAR_FORCED, first, where);
	return err_set(reterr, RC_CONFLICT, "no-safe-pattern", where,
		       "was published and is small: nothing protects it any more");
}

static enum rc complete(struct tabular *t, struct err *reterr)
{
	char where[TABULAR_NAME_SIZE];
	uint32_t node = SUPPRESS_NONE;
	enum rc rc = suppress_complete(t->system, &node);

	if (rc == RC_INVALID)
		return tabular_explain_sum(t, node, reterr);
	if (rc == RC_LIMIT) {
		tabular_name_node(t, node, where);
		return err_set(reterr, RC_INVALID, "cell-value", where,
			       "comes to more than 1000000000000");
	}
	return rc ? tabular_no_memory(reterr) : RC_OK;
}

enum rc tabular_values(struct tabular *t, struct err *reterr)
{
	enum rc rc = RC_OK;

	t->node_of =
		calloc(json_array_size(tabular_cells(t, TABULAR_TABLE)) + 1, sizeof(*t->node_of));
	if (!t->node_of)
		return tabular_no_memory(reterr);
	for (enum tabular_file file = 0; !rc && file < TABULAR_FILES; file++)
		rc = read_file(t, file, reterr);
	if (!rc)
		rc = complete(t, reterr);
	return rc ? rc : check_forced(t, reterr);
}
