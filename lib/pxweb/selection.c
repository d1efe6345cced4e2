#include "pxweb/selection.h"

#include "pxweb/expression.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEFAULT_PERIODS 8
#define TEXT_MAX 200000

void px_selection_release(struct px_selection *s)
{
	for (size_t i = 0; i < s->len; i++)
		free(s->axes[i].at);
	*s = (struct px_selection){ 0 };
}

static enum rc no_memory(struct err *reterr)
{
	return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

enum rc px_split(const char *text, char **ret_copy, const char ***ret, size_t *ret_len,
		 struct err *reterr)
{
	CLEANUP_FREE char *copy = strdup(text);
	CLEANUP_FREE const char **list = NULL;
	size_t len = strlen(text), n = 1;
	int depth = 0;

	if (len > TEXT_MAX)
		return err_set(reterr, RC_LIMIT, "selection-malformed", NULL,
			       "the list of values is too long");
	list = calloc(len + 2, sizeof(*list));
	if (!copy || !list)
		return no_memory(reterr);
	list[0] = copy;
	for (char *at = copy; *at; at++) {
		depth += (*at == '(') - (*at == ')');
		if (depth < 0 || depth > 1)
			break;
		if (*at != ',' || depth)
			continue;
		*at = '\0';
		list[n++] = at + 1;
	}
	if (depth || n > PX_EXPRESSIONS_MAX)
		return err_set(reterr, depth ? RC_INVALID : RC_LIMIT, "selection-malformed", NULL,
			       "the list of values cannot be read");
	*ret_copy = TAKE_PTR(copy);
	*ret = TAKE_PTR(list);
	*ret_len = n;
	return RC_OK;
}

static enum rc take(struct px_axis *axis, const bool *chosen)
{
	axis->at = calloc(axis->dimension->len, sizeof(*axis->at));
	if (!axis->at)
		return RC_NOMEM;
	for (size_t i = 0; i < axis->dimension->len; i++)
		if (chosen[i])
			axis->at[axis->len++] = i;
	return RC_OK;
}

/* Every expression must say something: a misspelt code never selects less in silence. */
static enum rc take_wish(struct px_axis *axis, const struct px_wish *wish, struct err *reterr)
{
	const struct published_dimension *d = axis->dimension;
	CLEANUP_FREE bool *chosen = calloc(d->len, sizeof(*chosen));
	enum rc rc = chosen ? RC_OK : RC_NOMEM;

	if (wish->codelist && *wish->codelist)
		return err_set(reterr, RC_FORBIDDEN, "aggregation-refused", d->code,
			       "nothing is summed when it is asked for");
	if (!wish->len)
		return err_set(reterr, RC_INVALID, "selection-malformed", d->code,
			       "no value is selected");
	for (size_t i = 0; !rc && i < wish->len; i++)
		rc = px_expression(d, wish->expressions[i], chosen);
	if (!rc)
		rc = take(axis, chosen);
	if (rc == RC_NOT_FOUND)
		return err_set(reterr, rc, "value-unknown", d->code,
			       "the variable has no such value");
	if (rc == RC_INVALID)
		return err_set(reterr, rc, "selection-malformed", d->code,
			       "a selection cannot be read");
	if (rc)
		return no_memory(reterr);
	if (!axis->len)
		return err_set(reterr, RC_NOT_FOUND, "value-unknown", d->code,
			       "the selection holds no value");
	return RC_OK;
}

static enum rc take_total(struct px_axis *axis, struct err *reterr)
{
	const struct published_dimension *d = axis->dimension;

	if (!d->total)
		return err_set(reterr, RC_INVALID, "variable-missing", d->code,
			       "a value of the variable must be selected");
	axis->at = calloc(1, sizeof(*axis->at));
	if (!axis->at)
		return no_memory(reterr);
	axis->at[0] = (size_t)published_category_find(d, d->total);
	axis->len = 1;
	axis->eliminated = true;
	return RC_OK;
}

/* The headline: all regions that the table has, incidents, totals, the last periods. */
static enum rc take_default(struct px_axis *axis, struct err *reterr)
{
	const struct published_dimension *d = axis->dimension;
	CLEANUP_FREE bool *chosen = calloc(d->len, sizeof(*chosen));
	int total = d->total ? published_category_find(d, d->total) : 0;

	if (!chosen)
		return no_memory(reterr);
	for (size_t i = 0; i < d->len; i++)
		chosen[i] = d->role == PUBLISHED_GEO ||
			    (d->role == PUBLISHED_TIME ? i + DEFAULT_PERIODS >= d->len
						       : i == (size_t)total);
	return take(axis, chosen) ? no_memory(reterr) : RC_OK;
}

static const struct px_wish *wish_of(const struct px_wish *wishes, size_t n, const char *code)
{
	for (size_t i = 0; i < n; i++)
		if (!strcasecmp(wishes[i].variable, code))
			return &wishes[i];
	return NULL;
}

static enum rc check_names(const struct published_table *t, const struct px_wish *wishes, size_t n,
			   struct err *reterr)
{
	for (size_t i = 0; i < n; i++) {
		const struct published_dimension *d = NULL;

		for (size_t j = 0; !d && j < t->dimensions_len; j++)
			if (!strcasecmp(t->dimensions[j].code, wishes[i].variable))
				d = &t->dimensions[j];
		if (!d)
			return err_set(reterr, RC_NOT_FOUND, "variable-unknown", t->id,
				       "the table has no such variable");
		if (wish_of(wishes, n, d->code) != &wishes[i])
			return err_set(reterr, RC_INVALID, "variable-twice", d->code,
				       "the variable is selected twice");
	}
	return RC_OK;
}

static enum rc measure(struct px_selection *s, size_t max_cells, struct err *reterr)
{
	s->cells = 1;
	for (size_t i = 0; i < s->len; i++) {
		s->cells *= s->axes[i].len;
		if (s->cells > max_cells)
			return err_set(reterr, RC_LIMIT, "too-many-cells", s->table->id,
				       "the selection has more than %zu cells", max_cells);
	}
	return RC_OK;
}

enum rc px_select(const struct published_table *t, const struct px_wish *wishes, size_t n,
		  size_t max_cells, struct px_selection *ret, struct err *reterr)
{
	CLEANUP(px_selection_release) struct px_selection s = { .table = t };
	enum rc rc = check_names(t, wishes, n, reterr);

	for (size_t i = 0; !rc && i < t->dimensions_len && i < PX_VARIABLES_MAX; i++) {
		struct px_axis *axis = &s.axes[s.len++];
		const struct px_wish *wish = wish_of(wishes, n, t->dimensions[i].code);

		axis->dimension = &t->dimensions[i];
		rc = wish ? take_wish(axis, wish, reterr)
		     : n  ? take_total(axis, reterr)
			  : take_default(axis, reterr);
	}
	if (!rc)
		rc = measure(&s, max_cells, reterr);
	if (rc)
		return rc;
	*ret = s;
	s = (struct px_selection){ 0 };
	return RC_OK;
}

const struct published_cell *px_cell(const struct px_selection *s, const size_t *place)
{
	size_t at = 0;

	for (size_t i = 0; i < s->len; i++)
		at = at * s->axes[i].dimension->len + s->axes[i].at[place[i]];
	return &s->table->cells[at];
}

const struct published_cell *px_cell_at(const struct px_selection *s, size_t n,
					size_t place[PX_VARIABLES_MAX])
{
	for (size_t i = s->len; i-- > 0;) {
		place[i] = n % s->axes[i].len;
		n /= s->axes[i].len;
	}
	return px_cell(s, place);
}
