#include "suppress/search.h"

#include "suppress/compose.h"

/* Of walking with one basis. */
#define PASSES 10
/* Bases without looking at single counts: by then most are shown to be open. */
#define BLIND 3
/* So many bases without a goal met end it; so does this much work, in entries. */
#define PATIENCE 12
#define WORK_MAX (UINT64_C(1) << 29)
#define TRIES 4
/* So many vain tries in a row are enough for one count. */
#define VAIN_MAX 16
/* More of both, shared among those that are open, when these are few. */
#define EFFORT 3000

static uint32_t count_open(const struct moves *x, const struct goal *goals)
{
	uint32_t n = 0;

	for (uint32_t c = 0; c < x->columns; c++)
		n += !goal_is_met(x, goals, c);
	return n;
}

/* Where to with a count, and how far from where it stands. */
static int64_t way_up(const struct moves *x, const struct goal *g, uint32_t column)
{
	int64_t to = moves_low(x, column) + g->width;

	return (to > g->high ? to : g->high) - x->value[column] - x->least[column];
}

static int64_t way_down(const struct moves *x, const struct goal *g, uint32_t column)
{
	int64_t to = moves_high(x, column) - g->width;

	return x->value[column] + x->least[column] - (to < g->low ? to : g->low);
}

/* Whether it came any nearer. */
static bool look_at_one(struct compose *c, const struct goal *g, uint32_t column)
{
	int64_t up = way_up(c->x, g, column), down = way_down(c->x, g, column);
	bool found = false;

	if (up > 0 && (moves_high(c->x, column) < g->high || moves_draw(c->x) % 2))
		found = compose_walk(c, column, 1, up);
	if (!found && down > 0)
		found = compose_walk(c, column, -1, down);
	return found;
}

static void look_at_each(struct compose *c, const struct goal *goals, uint32_t *vain,
			 uint32_t vain_max)
{
	struct moves *x = c->x;

	for (uint32_t i = 0; i < x->columns && x->work < WORK_MAX; i++) {
		int tries = TRIES;

		if (goal_is_met(x, goals, i) || vain[i] >= vain_max)
			continue;
		while (tries-- && !goal_is_met(x, goals, i))
			vain[i] = look_at_one(c, &goals[i], i) ? 0 : vain[i] + 1;
	}
}

enum rc search(struct moves *x, const struct goal *goals)
{
	CLEANUP(compose_release) struct compose c = { 0 };
	CLEANUP_FREE uint32_t *vain = calloc((size_t)x->columns + 1, sizeof(*vain));
	uint32_t open = count_open(x, goals), left;
	enum rc rc = compose_init(&c, x);

	if (!vain)
		return RC_NOMEM;
	for (int basis = 0, idle = 0; !rc && open && idle < PATIENCE + (int)(EFFORT / 50 / open);
	     basis++) {
		if (x->work > WORK_MAX)
			break;
		rc = moves_rebase(x);
		if (!rc)
			rc = compose_index(&c);
		if (rc)
			break;
		moves_walk(x, PASSES);
		if (basis >= BLIND)
			look_at_each(&c, goals, vain, VAIN_MAX + EFFORT / open);
		left = count_open(x, goals);
		idle = left < open ? 0 : idle + 1;
		open = left;
	}
	return rc;
}
