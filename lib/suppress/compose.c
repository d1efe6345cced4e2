#include "suppress/compose.h"

#include <stdlib.h>
#include <string.h>

/* Moves in one combination, and candidates looked at for each. */
#define LENGTH_MAX 24
#define CANDIDATES 12

struct part {
	uint32_t move;
	int64_t times;
};

enum rc compose_init(struct compose *c, struct moves *x)
{
	*c = (struct compose){ .x = x };
	c->holders = calloc((size_t)x->columns + 1, sizeof(*c->holders));
	c->sum = calloc((size_t)x->columns + 1, sizeof(*c->sum));
	c->touched = calloc((size_t)x->columns + 1, sizeof(*c->touched));
	c->is_touched = calloc((size_t)x->columns + 1, sizeof(*c->is_touched));
	return c->holders && c->sum && c->touched && c->is_touched ? RC_OK : RC_NOMEM;
}

void compose_release(struct compose *c)
{
	free(c->holders);
	free(c->held);
	free(c->sum);
	free(c->touched);
	free(c->is_touched);
}

enum rc compose_index(struct compose *c)
{
	const struct moves *x = c->x;
	uint32_t start = 0;

	if (suppress_grow(&c->held, &c->held_size, x->start[x->len] + 1, sizeof(*c->held)))
		return RC_NOMEM;
	memset(c->holders, 0, x->columns * sizeof(*c->holders));
	for (uint32_t i = 0; i < x->start[x->len]; i++)
		c->holders[x->changes[i].column].size++;
	for (uint32_t i = 0; i < x->columns; i++) {
		c->holders[i].start = start;
		start += c->holders[i].size;
	}
	for (uint32_t move = 0; move < x->len; move++) {
		for (uint32_t i = x->start[move]; i < x->start[move + 1]; i++) {
			struct run *h = &c->holders[x->changes[i].column];

			c->held[h->start + h->len++] = (struct held){ move, x->changes[i].by };
		}
	}
	return RC_OK;
}

static int64_t missing(const struct moves *x, uint32_t column, int64_t sum)
{
	int64_t value = x->value[column] + sum;

	return x->is_signed[column] || value >= 0 ? 0 : -value;
}

/* By how much more would be missing with this part. `*ret_goal`: its change of `goal`. */
static int64_t price(const struct compose *c, struct part part, uint32_t goal, int64_t *ret_goal)
{
	struct moves *x = c->x;
	int64_t price = 0;

	*ret_goal = 0;
	for (uint32_t i = x->start[part.move]; i < x->start[part.move + 1]; i++) {
		uint32_t column = x->changes[i].column;
		int64_t by = x->changes[i].by * part.times, before, after;

		if (column == goal)
			*ret_goal = by;
		if (x->is_signed[column])
			continue;
		before = x->value[column] + c->sum[column];
		after = before + by;
		price += (after < 0 ? -after : 0) - (before < 0 ? -before : 0);
	}
	x->work += x->start[part.move + 1] - x->start[part.move];
	return price;
}

static void add(struct compose *c, struct part part)
{
	const struct moves *x = c->x;

	for (uint32_t i = x->start[part.move]; i < x->start[part.move + 1]; i++) {
		uint32_t column = x->changes[i].column;

		if (!c->is_touched[column])
			c->touched[c->touched_len++] = column;
		c->is_touched[column] = true;
		c->sum[column] += x->changes[i].by * part.times;
	}
}

static void clear(struct compose *c)
{
	for (uint32_t i = 0; i < c->touched_len; i++) {
		c->sum[c->touched[i]] = 0;
		c->is_touched[c->touched[i]] = false;
	}
	c->touched_len = 0;
}

/* Of the moves that change `column` in this direction, one that leaves little missing;
 * none that takes `goal` back. False where there is none. */
static bool find_part(struct compose *c, uint32_t column, int direction, uint32_t goal, int towards,
		      struct part *ret)
{
	const struct run *h = &c->holders[column];
	uint32_t n = h->len < CANDIDATES ? h->len : CANDIDATES, first = 0;
	int64_t best = INT64_MAX;

	if (h->len > CANDIDATES)
		first = moves_draw(c->x) % h->len;
	for (uint32_t i = 0; i < n; i++) {
		struct held held = c->held[h->start + (first + i) % h->len];
		struct part part = { held.move, held.by < 0 ? -direction : direction };
		int64_t of_goal, now = price(c, part, goal, &of_goal);

		if ((c->sum[goal] + of_goal) * towards <= 0)
			continue;
		now = now * 4 + moves_draw(c->x) % 4;
		if (now >= best)
			continue;
		best = now;
		*ret = part;
	}
	return best != INT64_MAX;
}

/* One that is missing something, or SUPPRESS_NONE. */
static uint32_t find_missing(struct compose *c)
{
	uint32_t first = c->touched_len ? moves_draw(c->x) % c->touched_len : 0;

	c->x->work += c->touched_len;
	for (uint32_t i = 0; i < c->touched_len; i++) {
		uint32_t column = c->touched[(first + i) % c->touched_len];

		if (missing(c->x, column, c->sum[column]))
			return column;
	}
	return SUPPRESS_NONE;
}

/* Makes the combination as often as it goes, at least once, until `most` is reached. */
static void go(struct compose *c, uint32_t column, int64_t most)
{
	struct moves *x = c->x;
	int64_t step = magnitude(c->sum[column]), times = (most + step - 1) / step;

	for (uint32_t i = 0; i < c->touched_len; i++) {
		uint32_t at = c->touched[i];

		if (c->sum[at] < 0 && !x->is_signed[at] && x->value[at] / -c->sum[at] < times)
			times = x->value[at] / -c->sum[at];
	}
	for (uint32_t i = 0; i < c->touched_len; i++) {
		uint32_t at = c->touched[i];

		x->value[at] += c->sum[at] * times;
		if (x->value[at] < x->low[at])
			x->low[at] = x->value[at];
		if (x->value[at] > x->high[at])
			x->high[at] = x->value[at];
	}
}

bool compose_walk(struct compose *c, uint32_t column, int direction, int64_t most)
{
	uint32_t at = column;
	int towards = direction;
	bool found = false;

	for (int length = 0; at != SUPPRESS_NONE && length < LENGTH_MAX; length++) {
		struct part part;

		if (!find_part(c, at, direction, column, towards, &part))
			break;
		add(c, part);
		at = find_missing(c);
		direction = 1;
		found = at == SUPPRESS_NONE;
	}
	if (found)
		go(c, column, most);
	clear(c);
	return found;
}
