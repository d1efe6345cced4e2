#include "suppress/view.h"

#include "suppress/field.h"
#include "suppress/measure.h"

#include <stdlib.h>

void view_release(struct view *v)
{
	eliminate_release(&v->e);
	free(v->column_of);
	free(v->node_of);
	free(v->determined);
}

/* The least that a hidden count can be. Where zeros are shown, whoever sees a hidden
 * one knows that it is none. */
static int64_t least_hidden(const struct suppress_system *s)
{
	bool shown = false;

	for (size_t i = 0; i < s->nodes_len; i++) {
		const struct node *n = &s->nodes[i];
		unsigned flags = n->flags;

		if (!(flags & SUPPRESS_PUBLISHED) || n->value ||
		    (flags & (SUPPRESS_SIGNED | SUPPRESS_UNVALUED)))
			continue;
		if (n->hidden)
			return 0;
		shown |= !(flags & (SUPPRESS_FORCED | SUPPRESS_KNOWN));
	}
	return shown;
}

int64_t view_least(const struct view *v, uint32_t node)
{
	unsigned flags = v->s->nodes[node].flags;

	return (flags & SUPPRESS_PUBLISHED) ? v->least_hidden : 0;
}

/* Up to so many unknowns, counts that are not published are bounded below by 0 too.
 * Beyond, only published ones are, as in the tables that a reader holds: the others
 * are eliminated first, which leaves the attacker a little less.
 * 0 for a node that is eliminated first. */
static int class_of(const struct node *n, bool many)
{
	if (n->flags & SUPPRESS_UNVALUED)
		return 0;
	return !(many && !(n->flags & SUPPRESS_PUBLISHED));
}

static enum rc number_columns(struct view *v, const struct insider *insider)
{
	const struct suppress_system *s = v->s;
	uint32_t most = insider ? SUPPRESS_BOUNDED_INSIDE_MAX : SUPPRESS_BOUNDED_MAX, unknown = 0;

	v->column_of = calloc(s->nodes_len + 1, sizeof(*v->column_of));
	v->node_of = calloc(s->nodes_len + 1, sizeof(*v->node_of));
	v->determined = calloc(s->nodes_len + 1, sizeof(*v->determined));
	if (!v->column_of || !v->node_of || !v->determined)
		return RC_NOMEM;
	for (uint32_t i = 0; i < s->nodes_len; i++) {
		const struct node *n = &s->nodes[i];
		bool open = is_unknown(n) && !insider_owns(insider, n->owner);

		v->column_of[i] = open ? 0 : SUPPRESS_NONE;
		unknown += open;
	}
	for (int class = 0; class < 2; class ++) {
		for (uint32_t i = 0; i < s->nodes_len; i++) {
			if (v->column_of[i] == SUPPRESS_NONE ||
			    class_of(&s->nodes[i], unknown > most) != class)
				continue;
			v->column_of[i] = v->columns;
			v->node_of[v->columns++] = i;
		}
		v->early = class ? v->early : v->columns;
	}
	return RC_OK;
}

static uint32_t longest_equation(const struct suppress_system *s)
{
	uint32_t longest = 0;

	for (size_t i = 0; i < s->equations_len; i++)
		if (s->equations[i].len > longest)
			longest = s->equations[i].len;
	return longest;
}

static enum rc add_rows(struct view *v)
{
	const struct suppress_system *s = v->s;
	uint32_t longest = longest_equation(s);
	CLEANUP_FREE struct entry *row = calloc((size_t)longest + 1, sizeof(*row));
	enum rc rc = row ? RC_OK : RC_NOMEM;

	for (size_t i = 0; !rc && i < s->equations_len; i++) {
		const struct term *t = terms_of(s, &s->equations[i]);
		uint32_t n = 0;

		for (uint32_t k = 0; k < s->equations[i].len; k++) {
			if (v->column_of[t[k].node] == SUPPRESS_NONE)
				continue;
			row[n++] = (struct entry){ v->column_of[t[k].node], field_of(t[k].coef) };
		}
		rc = eliminate_row(&v->e, row, n);
	}
	return rc;
}

enum rc view_init(struct view *v, const struct suppress_system *s, const struct insider *insider)
{
	enum rc rc;

	*v = (struct view){ .s = s, .least_hidden = least_hidden(s) };
	rc = number_columns(v, insider);
	if (!rc)
		rc = eliminate_init(&v->e, v->columns, v->early);
	if (!rc)
		rc = add_rows(v);
	return rc ? rc : eliminate_run(&v->e, v->determined);
}
