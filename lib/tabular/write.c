/* The table with what is hidden taken out. */
#include "tabular/internal.h"

static enum rc add_json(struct buf *out, const json_t *value)
{
	CLEANUP_FREE char *text = json_dumps(value, JSON_COMPACT);

	return text ? buf_adds(out, text) : RC_NOMEM;
}

/* The cell's own members stay, in their order. */
static enum rc add_cell(struct buf *out, const json_t *cell, bool hidden)
{
	json_t *copy;
	enum rc rc;

	if (!hidden)
		return add_json(out, cell);
	copy = json_copy((json_t *)(uintptr_t)cell);
	if (!copy || json_object_set_new(copy, "value", json_null()) ||
	    json_object_set_new(copy, "suppressed", json_true()))
		rc = RC_NOMEM;
	else
		rc = add_json(out, copy);
	json_decref(copy);
	return rc;
}

/* Only what tells nothing of hidden counts: not how many of them are small, nor what
 * they come to. */
static void add_audit(const struct tabular *t, struct buf *out)
{
	const struct suppress_audit *a = &t->audit;
	const struct {
		const char *name;
		size_t value;
	} figures[] = {
		{ "threshold", (size_t)t->threshold },
		{ "cells", json_array_size(tabular_cells(t, TABULAR_TABLE)) },
		{ "hidden", a->hidden },
		{ "recoverable", a->recoverable },
		{ "by_bounds", a->single },
		{ "narrow", a->narrow },
		{ "revealed", a->revealed },
		{ "insiders", a->insiders },
		{ "insiders_succeed", a->insiders_succeed },
		{ "insiders_worst", a->insiders_worst },
		{ "not_additive", a->not_additive },
	};

	for (size_t i = 0; i < ARRAY_LEN(figures); i++)
		buf_addf(out, "%s\"%s\":%zu", i ? "," : "{", figures[i].name, figures[i].value);
	buf_adds(out, "}");
}

enum rc tabular_write(const struct tabular *t, struct buf *out)
{
	const json_t *cells = tabular_cells(t, TABULAR_TABLE);
	enum rc rc = RC_OK;

	buf_adds(out, "{\"cells\":[");
	for (size_t i = 0; !rc && i < json_array_size(cells); i++) {
		buf_adds(out, i ? ",\n" : "\n");
		rc = add_cell(out, json_array_get(cells, i),
			      suppress_system_hidden(t->system, t->node_of[i]));
	}
	buf_adds(out, "\n],\n\"audit\":");
	add_audit(t, out);
	buf_adds(out, "}\n");
	return rc ? rc : buf_rc(out);
}
