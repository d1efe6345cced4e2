/* What must hold between the parts of a release, whoever made it. */
#include "published/published.h"

#include "base/cleanup.h"

#include <stdlib.h>
#include <string.h>

#define HIERARCHY_MAX 8

static enum rc bad(const struct published_table *t, const char *what, struct err *reterr)
{
	return err_set(reterr, RC_INVALID, "release-malformed", t->id, "%s", what);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The codes in order, and whether each stands once. RC_NOMEM. */
static enum rc sort_codes(const struct published_dimension *d, const char ***ret, bool *ret_unique)
{
	const char **codes = calloc(d->len + 1, sizeof(*codes));

	if (!codes)
		return RC_NOMEM;
	for (size_t i = 0; i < d->len; i++)
		codes[i] = d->categories[i].code;
	qsort(codes, d->len, sizeof(*codes), compare_texts);
	*ret_unique = true;
	for (size_t i = 1; i < d->len; i++)
		*ret_unique &= strcmp(codes[i - 1], codes[i]) != 0;
	*ret = codes;
	return RC_OK;
}

static bool among(const char *const *sorted, size_t n, const char *code)
{
	return bsearch(&code, sorted, n, sizeof(*sorted), compare_texts) != NULL;
}

/* Hierarchies are shallow; a chain without end is none. */
static bool chain_ends(const struct published_dimension *d, size_t at)
{
	const char *parent = d->categories[at].parent;

	for (int depth = 0; parent && depth < HIERARCHY_MAX; depth++)
		parent = d->categories[published_category_find(d, parent)].parent;
	return !parent;
}

static enum rc check_dimension(const struct published_table *t, const struct published_dimension *d,
			       struct err *reterr)
{
	CLEANUP_FREE const char **codes = NULL;
	bool unique = false;

	if (!d->len || !*d->code)
		return bad(t, "a dimension without code or categories", reterr);
	if (sort_codes(d, &codes, &unique))
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	if (!unique)
		return bad(t, "two categories of one code", reterr);
	if (d->total && !among(codes, d->len, d->total))
		return bad(t, "a total that is no category", reterr);
	for (size_t i = 0; i < d->len; i++) {
		const struct published_category *c = &d->categories[i];

		if (!*c->code)
			return bad(t, "a category without code", reterr);
		if (c->parent && !among(codes, d->len, c->parent))
			return bad(t, "a parent that is no category", reterr);
	}
	for (size_t i = 0; i < d->len; i++)
		if (!chain_ends(d, i))
			return bad(t, "a hierarchy without top", reterr);
	return RC_OK;
}

static const struct published_dimension *dimension_of(const struct published_table *t,
						      const char *code)
{
	for (size_t i = 0; i < t->dimensions_len; i++)
		if (!strcmp(t->dimensions[i].code, code))
			return &t->dimensions[i];
	return NULL;
}

static enum rc check_notes(const struct published_table *t, struct err *reterr)
{
	for (size_t i = 0; i < t->notes_len; i++) {
		const struct published_note *n = &t->notes[i];
		const struct published_dimension *d = dimension_of(t, n->dimension);

		if ((*n->dimension && !d) || (*n->category && !d))
			return bad(t, "a note on no dimension", reterr);
		if (*n->category && published_category_find(d, n->category) < 0)
			return bad(t, "a note on no category", reterr);
	}
	return RC_OK;
}

static enum rc check_cells(const struct published_table *t, size_t *total, struct err *reterr)
{
	size_t n = 1;

	for (size_t i = 0; i < t->dimensions_len; i++) {
		n *= t->dimensions[i].len;
		if (n > PUBLISHED_CELLS_MAX)
			return err_set(reterr, RC_LIMIT, "release-malformed", t->id,
				       "too many cells");
	}
	*total += n;
	if (*total > PUBLISHED_CELLS_MAX)
		return err_set(reterr, RC_LIMIT, "release-malformed", t->id, "too many cells");
	if (n != t->cells_len)
		return bad(t, "cells that do not fill the dimensions", reterr);
	for (size_t i = 0; i < n; i++)
		if (t->cells[i].value < 0 ||
		    (t->cells[i].mark != PUBLISHED_VALUE && t->cells[i].value))
			return bad(t, "a cell with a mark and a value", reterr);
	return RC_OK;
}

static enum rc check_table(const struct published_table *t, size_t *total, struct err *reterr)
{
	size_t times = 0;
	enum rc rc = RC_OK;

	for (size_t i = 0; !rc && i < t->dimensions_len; i++) {
		times += t->dimensions[i].role == PUBLISHED_TIME;
		if (dimension_of(t, t->dimensions[i].code) != &t->dimensions[i])
			return bad(t, "two dimensions of one code", reterr);
		rc = check_dimension(t, &t->dimensions[i], reterr);
	}
	if (!rc && times != 1)
		return bad(t, "not exactly one dimension of time", reterr);
	if (!rc)
		rc = check_notes(t, reterr);
	return rc ? rc : check_cells(t, total, reterr);
}

enum rc published_check(const struct published_tables *tables, struct err *reterr)
{
	size_t total = 0;
	enum rc rc = RC_OK;

	for (size_t i = 0; !rc && i < tables->len; i++) {
		if (published_find(tables, tables->list[i].id) != &tables->list[i])
			return bad(&tables->list[i], "two tables of one id", reterr);
		rc = check_table(&tables->list[i], &total, reterr);
	}
	return rc;
}
