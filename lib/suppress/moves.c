#include "suppress/moves.h"

#include "suppress/field.h"

#include <stdlib.h>
#include <string.h>

/* Steps and exchanges per goal: what a search may cost. */
#define TURNS_MAX 400
/* An entry beyond is a fraction in disguise, and this the largest denominator. */
#define ENTRY_MAX 1024
#define DENOMINATOR_MAX 64
/* How far a move without end is followed, in ones. */
#define LOOK_MAX 100

struct step {
	uint32_t move;
	int direction;        /* of the move: 1 or -1 */
	int64_t gain;         /* of the goal, per step; 0: no such step */
	int64_t free;         /* how many steps are */
	uint32_t blocker;     /* the column that allows no more, or SUPPRESS_NONE */
	int64_t room, change; /* of the blocker */
};

void moves_release(struct moves *x)
{
	matrix_release(&x->m);
	matrix_release(&x->start);
	free(x->own);
	free(x->start_own);
	free(x->least);
	free(x->value);
	free(x->home);
	free(x->low);
	free(x->high);
	free(x->is_signed);
}

static bool is_integral(const struct moves *x, uint32_t move, uint32_t factor)
{
	const struct entry *entries = matrix_entries(&x->m, move);

	for (uint32_t i = 0; i < x->m.rows[move].len; i++) {
		int64_t value = field_lift(field_multiply(entries[i].value, factor));

		if (value > ENTRY_MAX || value < -ENTRY_MAX)
			return false;
	}
	return true;
}

/* Multiplies a move by its denominator. False where that is not small. */
static bool make_integral(struct moves *x, uint32_t move)
{
	for (uint32_t factor = 1; factor <= DENOMINATOR_MAX; factor++) {
		struct entry *entries = matrix_entries(&x->m, move);

		if (!is_integral(x, move, factor))
			continue;
		for (uint32_t i = 0; factor > 1 && i < x->m.rows[move].len; i++)
			entries[i].value = field_multiply(entries[i].value, factor);
		return true;
	}
	return false;
}

static enum rc exchange(struct moves *x, uint32_t move, uint32_t column)
{
	x->exchanged = true;
	matrix_normalise(&x->m, move, column);
	x->own[move] = column;
	return matrix_clear(&x->m, move, (struct entry){ column, 1 }, NULL);
}

/* Whether `column` with this room and change stops a step before its blocker does. */
static bool is_nearer(const struct step *step, uint32_t column, int64_t room, int64_t change)
{
	int64_t a = room * step->change, b = step->room * change;

	return step->blocker == SUPPRESS_NONE || a < b || (a == b && column < step->blocker);
}

/* How often a move may be made before something would be negative. */
static void measure(const struct moves *x, struct step *step)
{
	const struct entry *entries = matrix_entries(&x->m, step->move);

	step->blocker = SUPPRESS_NONE;
	for (uint32_t i = 0; i < x->m.rows[step->move].len; i++) {
		int64_t change = -field_lift(entries[i].value) * step->direction;
		uint32_t column = entries[i].column;

		if (change <= 0 || x->is_signed[column] ||
		    !is_nearer(step, column, x->value[column], change))
			continue;
		step->blocker = column;
		step->room = x->value[column];
		step->change = change;
	}
	step->free = step->blocker == SUPPRESS_NONE ? INT64_MAX : step->room / step->change;
	if (step->free > MOVES_UNIT)
		step->free -= step->free % MOVES_UNIT;
}

/* Notes the table that `times` steps lead to; goes there, if told so. */
static void walk(struct moves *x, const struct step *step, int64_t times, bool stay)
{
	const struct entry *entries = matrix_entries(&x->m, step->move);

	for (uint32_t i = 0; i < x->m.rows[step->move].len; i++) {
		uint32_t c = entries[i].column;
		int64_t by = field_lift(entries[i].value) * step->direction * times;
		int64_t value = x->value[c] + by;

		if (value < x->low[c])
			x->low[c] = value;
		if (value > x->high[c])
			x->high[c] = value;
		if (stay)
			x->value[c] = value;
	}
}

/* Looks to both ends of a move, and goes to the middle between them. */
static void centre_move(struct moves *x, uint32_t move)
{
	struct step up = { .move = move, .direction = 1, .gain = 1 };
	struct step down = { .move = move, .direction = -1, .gain = 1 };
	int64_t most = LOOK_MAX * MOVES_UNIT, by;

	if (!make_integral(x, move))
		return;
	measure(x, &up);
	measure(x, &down);
	up.free = up.free < most ? up.free : most;
	down.free = down.free < most ? down.free : most;
	walk(x, &up, up.free, false);
	walk(x, &down, down.free, false);
	by = (up.free - down.free) / 2;
	walk(x, by > 0 ? &up : &down, by > 0 ? by : -by, true);
}

void moves_centre(struct moves *x, int passes)
{
	for (int pass = 0; pass < passes; pass++)
		for (uint32_t move = 0; move < x->m.rows_len; move++)
			centre_move(x, move);
	memcpy(x->home, x->value, x->m.columns * sizeof(*x->home));
}

/* Whether `a` is the step to make rather than `b`. */
static bool is_better(const struct moves *x, const struct step *a, const struct step *b,
		      int64_t left)
{
	int64_t way_a, way_b;

	if (!a->free && a->blocker == x->own[a->move])
		return false;
	if (!b->gain)
		return true;
	way_a = a->free > left / a->gain ? left : a->free * a->gain;
	way_b = b->free > left / b->gain ? left : b->free * b->gain;
	if (way_a != way_b)
		return way_a > way_b;
	if (!way_a && (a->change == 1) != (b->change == 1))
		return a->change == 1;
	return x->own[a->move] < x->own[b->move];
}

static struct step choose(struct moves *x, uint32_t column, int direction, int64_t left)
{
	const uint32_t *moves = matrix_holders(&x->m, column);
	struct step best = { 0 };

	for (uint32_t i = 0; i < x->m.holders[column].len; i++) {
		struct step step = { .move = moves[i] };

		if (!make_integral(x, step.move))
			continue;
		step.gain = field_lift(matrix_value(&x->m, step.move, column)) * direction;
		step.direction = step.gain > 0 ? 1 : -1;
		step.gain *= step.direction;
		measure(x, &step);
		if (is_better(x, &step, &best, left))
			best = step;
	}
	return best;
}

/* Back to where each search begins, so that none depends on those before. */
static enum rc go_home(struct moves *x)
{
	memcpy(x->value, x->home, x->m.columns * sizeof(*x->value));
	if (!x->exchanged)
		return RC_OK;
	x->exchanged = false;
	memcpy(x->own, x->start_own, x->m.rows_len * sizeof(*x->own));
	return matrix_copy(&x->m, &x->start);
}

enum rc moves_reach(struct moves *x, uint32_t column, int64_t goal)
{
	enum rc rc = go_home(x);
	int direction;

	goal = (goal - x->least[column]) * MOVES_UNIT;
	direction = goal > x->value[column] ? 1 : -1;
	for (int i = 0; !rc && i < TURNS_MAX; i++) {
		int64_t left = (goal - x->value[column]) * direction;
		struct step step;

		if (left <= 0)
			break;
		step = choose(x, column, direction, left);
		if (!step.gain)
			break;
		left = (left + step.gain - 1) / step.gain;
		if (step.free)
			walk(x, &step, left < step.free ? left : step.free, true);
		else
			rc = exchange(x, step.move, step.blocker);
	}
	return rc;
}

int64_t moves_low(const struct moves *x, uint32_t column)
{
	int64_t low = x->low[column];

	low = low >= 0 ? (low + MOVES_UNIT - 1) / MOVES_UNIT : -(-low / MOVES_UNIT);
	return low + x->least[column];
}

int64_t moves_high(const struct moves *x, uint32_t column)
{
	int64_t high = x->high[column];

	high = high >= 0 ? high / MOVES_UNIT : -((-high + MOVES_UNIT - 1) / MOVES_UNIT);
	return high + x->least[column];
}
