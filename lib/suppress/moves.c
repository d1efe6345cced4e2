#include "suppress/moves.h"

#include "suppress/mix.h"

#include <stdlib.h>

/* How far a move without end is followed. */
#define FAR 100

struct ends {
	int64_t up, down; /* how often a move may be made, forwards and backwards */
	int64_t gain;     /* of the wishes, by making it once */
};

static enum rc pick(struct moves *x, const struct view *v, const bool *picked)
{
	x->node_of = calloc((size_t)v->open_len + 1, sizeof(*x->node_of));
	x->column_of = calloc((size_t)v->open_len + 1, sizeof(*x->column_of));
	if (!x->node_of || !x->column_of)
		return RC_NOMEM;
	for (uint32_t i = 0; i < v->open_len; i++) {
		bool is = !picked || picked[i];

		x->column_of[i] = is ? x->columns : SUPPRESS_NONE;
		if (is)
			x->node_of[x->columns++] = v->node_of[v->column_at[i]];
	}
	return RC_OK;
}

enum rc moves_init(struct moves *x, const struct view *v, const bool *picked)
{
	enum rc rc;
	size_t n;

	*x = (struct moves){ .v = v };
	rc = pick(x, v, picked);
	if (rc)
		return rc;
	n = (size_t)x->columns + 1;
	x->least = calloc(n, sizeof(*x->least));
	x->is_signed = calloc(n, sizeof(*x->is_signed));
	x->value = calloc(n, sizeof(*x->value));
	x->low = calloc(n, sizeof(*x->low));
	x->high = calloc(n, sizeof(*x->high));
	x->wish = calloc(n, sizeof(*x->wish));
	x->weight = calloc(n, sizeof(*x->weight));
	x->start = calloc(n + 1, sizeof(*x->start));
	if (!x->least || !x->is_signed || !x->value || !x->low || !x->high || !x->wish ||
	    !x->weight || !x->start)
		return RC_NOMEM;
	for (uint32_t c = 0; c < x->columns; c++) {
		const struct node *node = &v->s->nodes[x->node_of[c]];

		x->is_signed[c] = node->flags & SUPPRESS_SIGNED;
		x->least[c] = x->is_signed[c] ? 0 : view_least(v, x->node_of[c]);
		x->value[c] = node->value - x->least[c];
		x->low[c] = x->high[c] = x->value[c];
		x->weight[c] = v->weight[v->column_of[x->node_of[c]]];
	}
	return RC_OK;
}

void moves_release(struct moves *x)
{
	free(x->node_of);
	free(x->column_of);
	free(x->least);
	free(x->is_signed);
	free(x->value);
	free(x->low);
	free(x->high);
	free(x->wish);
	free(x->weight);
	free(x->start);
	free(x->changes);
}

uint32_t moves_draw(struct moves *x)
{
	return (uint32_t)(mix(x->drawn++) >> 32);
}

static struct ends look(struct moves *x, size_t move)
{
	const struct change *list = x->changes + x->start[move];
	uint32_t n = x->start[move + 1] - x->start[move];
	struct ends e = { FAR, FAR, 0 };

	for (uint32_t i = 0; i < n && (e.up || e.down); i++) {
		int64_t by = list[i].by, times;

		e.gain += by * x->wish[list[i].column];
		if (x->is_signed[list[i].column])
			continue;
		times = x->value[list[i].column] / magnitude(by);
		if (by > 0 && times < e.down)
			e.down = times;
		if (by < 0 && times < e.up)
			e.up = times;
	}
	x->work += n;
	return e;
}

/* Notes both ends, and goes so many times forwards. */
static void go(struct moves *x, size_t move, struct ends e, int64_t times)
{
	for (uint32_t i = x->start[move]; i < x->start[move + 1]; i++) {
		uint32_t c = x->changes[i].column;
		int64_t by = x->changes[i].by, more = by > 0 ? e.up : e.down;
		int64_t less = by > 0 ? e.down : e.up, size = magnitude(by);

		if (x->value[c] + size * more > x->high[c])
			x->high[c] = x->value[c] + size * more;
		if (x->value[c] - size * less < x->low[c])
			x->low[c] = x->value[c] - size * less;
		x->value[c] += by * times;
	}
}

static int64_t choose(struct moves *x, struct ends e)
{
	uint32_t drawn = moves_draw(x);

	if (e.gain)
		return e.gain > 0 ? e.up : -e.down;
	switch (drawn % 5) {
	case 0: return e.up;
	case 1: return -e.down;
	default: return (int64_t)((drawn >> 8) % (uint32_t)(e.up + e.down + 1)) - e.down;
	}
}

void moves_walk(struct moves *x, int passes)
{
	for (int pass = 0; pass < passes; pass++) {
		for (size_t move = 0; move < x->len; move++) {
			struct ends e = look(x, move);

			if (e.up || e.down)
				go(x, move, e, choose(x, e));
		}
	}
}
