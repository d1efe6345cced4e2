/* Tables for protection, one JSON text a line: the table, what was published before, what
 * is known. A refusal has a code and names no more than fits. What is taken comes out with
 * the same cells in the same order; a hidden one has no value, a shown one its own, which
 * is not small where nothing is known; twice the same bytes; and as its own earlier output,
 * with all that stays shown and hidden, it comes out the same. */
#include "fuzz.h"

#include "tabular/tabular.h"
#include "json/strict.h"

#include <jansson.h>

#define NODES_MAX 600
#define CELLS_MAX 200

struct made {
	struct buf out;
	enum rc rc;
};

static bool is_known_code(const char *code)
{
	static const char *const codes[] = {
		"invalid-json",        "table-malformed", "dimension-unknown", "category-unknown",
		"cell-value",          "cell-twice",      "cell-differs",      "sum-differs",
		"hierarchy-malformed", "hierarchy-cycle", "hierarchy-overlap", "table-too-large",
		"no-safe-pattern"
	};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (!strcmp(code, codes[i]))
			return true;
	return false;
}

static void check_refusal(enum rc rc, const struct err *err)
{
	json_t *where = json_string(err->where), *text = json_string(err->text);

	MUST(rc == RC_INVALID || rc == RC_LIMIT || rc == RC_CONFLICT);
	MUST(is_known_code(err->code));
	MUST((rc == RC_CONFLICT) == !strcmp(err->code, "no-safe-pattern"));
	MUST(where && text && *err->text); /* whole characters */
	json_decref(where);
	json_decref(text);
}

static struct made make(const struct tabular_input *in)
{
	CLEANUP(tabular_freep) struct tabular *t = NULL;
	struct made made = { .out = buf_capped(1 << 22) };
	struct buf again = buf_capped(1 << 22);
	struct err err = { 0 };

	made.rc = tabular_read(in, &t, &err);
	if (!made.rc)
		made.rc = tabular_protect(t, &err);
	if (made.rc) {
		check_refusal(made.rc, &err);
		return made;
	}
	MUST(!tabular_write(t, &made.out) && !tabular_write(t, &again));
	MUST(made.out.len == again.len && !memcmp(made.out.data, again.data, again.len));
	buf_release(&again);
	return made;
}

static void check_cell(const json_t *given, const json_t *cell, bool known)
{
	json_t *copy = json_copy((json_t *)(uintptr_t)cell);

	if (json_object_get(cell, "suppressed")) {
		MUST(json_is_true(json_object_get(cell, "suppressed")));
		MUST(json_is_null(json_object_get(cell, "value")));
		json_object_del(copy, "suppressed");
		json_object_set(copy, "value", json_object_get(given, "value"));
	} else {
		MUST(known || json_integer_value(json_object_get(cell, "value")) >= 5);
	}
	MUST(json_equal(copy, given));
	json_decref(copy);
}

static void check_output(const struct made *made, const struct tabular_input *in)
{
	json_t *table = NULL, *output = NULL, *cells, *got;

	MUST(!json_strict_load(in->files[TABULAR_TABLE].text, in->files[TABULAR_TABLE].len,
			       JSON_INTAKE_DEPTH, &table, NULL));
	MUST(!json_strict_load(made->out.data, made->out.len, JSON_INTAKE_DEPTH, &output, NULL));
	cells = json_object_get(table, "cells");
	got = json_object_get(output, "cells");
	MUST(json_array_size(cells) == json_array_size(got));
	for (size_t i = 0; i < json_array_size(cells); i++)
		check_cell(json_array_get(cells, i), json_array_get(got, i),
			   in->files[TABULAR_KNOWN].text != NULL);
	json_decref(table);
	json_decref(output);
}

/* What was said is said again. */
static void check_again(const struct made *made, const struct tabular_input *in)
{
	struct tabular_input next = *in;
	struct made again;

	next.files[TABULAR_FORCED].text = made->out.data;
	next.files[TABULAR_FORCED].len = made->out.len;
	again = make(&next);
	MUST(!again.rc);
	MUST(again.out.len == made->out.len &&
	     !memcmp(again.out.data, made->out.data, made->out.len));
	buf_release(&again.out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct piece rest = { (const char *)data, size };
	struct tabular_input in = { .threshold = 5, .nodes_max = NODES_MAX };
	size_t cells = 0;

	for (size_t i = 0; i < size; i++)
		cells += data[i] == '{';
	if (cells > CELLS_MAX)
		return 0;
	for (size_t i = 0; i < TABULAR_FILES; i++) {
		struct piece line = fuzz_take(&rest, '\n');

		in.files[i].text = line.len || !i ? line.at : NULL;
		in.files[i].len = line.len;
	}
	for (int who = 0; who < 2; who++) {
		struct made made;

		in.organisation = who ? "org" : NULL;
		made = make(&in);
		if (!made.rc) {
			check_output(&made, &in);
			if (!in.files[TABULAR_FORCED].text)
				check_again(&made, &in);
		}
		buf_release(&made.out);
	}
	return 0;
}
