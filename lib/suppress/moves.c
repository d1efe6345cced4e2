#include "suppress/moves.h"

#include "suppress/mix.h"

#include <stdlib.h>

/* How far a move without end is followed. */
#define FAR 100
#define WEIGHING 4

struct ends {
	int64_t up, down; /* how often a move may be made, forwards and backwards */
	int64_t gain;     /* of the wishes, by making it once */
};

/* A total weighs what its members do together. Totals of totals need a pass each; more
 * than a few there are not, and nothing but the search's luck rests on it. */
static enum rc weigh(struct moves *x)
{
	const struct suppress_system *s = x->v->s;
	CLEANUP_FREE uint32_t *weights = calloc(s->nodes_len + 1, sizeof(*weights));

	if (!weights)
		return RC_NOMEM;
	for (size_t i = 0; i < s->nodes_len; i++)
		weights[i] = 1;
	for (size_t i = 0; i < WEIGHING * s->equations_len; i++) {
		const struct equation *e = &s->equations[i % s->equations_len];
		const struct term *t = terms_of(s, e);
		uint64_t sum = 0;

		for (uint32_t k = 1; k < e->len; k++)
			sum += weights[t[k].node];
		if (sum > weights[t->node])
			weights[t->node] =
				sum < MOVES_WEIGHT_MAX ? (uint32_t)sum : MOVES_WEIGHT_MAX;
	}
	for (uint32_t c = 0; c < x->columns; c++)
		x->weight[c] = weights[x->v->node_of[x->v->early + c]];
	return RC_OK;
}

enum rc moves_init(struct moves *x, const struct view *v)
{
	uint32_t n = v->columns - v->early;

	*x = (struct moves){ .v = v, .columns = n };
	x->least = calloc((size_t)n + 1, sizeof(*x->least));
	x->is_signed = calloc((size_t)n + 1, sizeof(*x->is_signed));
	x->value = calloc((size_t)n + 1, sizeof(*x->value));
	x->low = calloc((size_t)n + 1, sizeof(*x->low));
	x->high = calloc((size_t)n + 1, sizeof(*x->high));
	x->wish = calloc((size_t)n + 1, sizeof(*x->wish));
	x->weight = calloc((size_t)n + 1, sizeof(*x->weight));
	x->start = calloc((size_t)n + 2, sizeof(*x->start));
	if (!x->least || !x->is_signed || !x->value || !x->low || !x->high || !x->wish ||
	    !x->weight || !x->start)
		return RC_NOMEM;
	for (uint32_t c = 0; c < n; c++) {
		uint32_t node = v->node_of[v->early + c];

		x->is_signed[c] = v->s->nodes[node].flags & SUPPRESS_SIGNED;
		x->least[c] = x->is_signed[c] ? 0 : view_least(v, node);
		x->value[c] = v->s->nodes[node].value - x->least[c];
		x->low[c] = x->high[c] = x->value[c];
	}
	return weigh(x);
}

void moves_release(struct moves *x)
{
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
