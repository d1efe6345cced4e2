#include "suppress/measure.h"

#include "suppress/attack.h"
#include "suppress/witness.h"

#define VAIN_MAX 10

static void count_cells(const struct suppress_system *s, struct suppress_audit *a)
{
	for (size_t i = 0; i < s->nodes_len; i++) {
		const struct node *n = &s->nodes[i];
		bool counts = !(n->flags & SUPPRESS_SIGNED) && is_small(s, n);

		if (!(n->flags & SUPPRESS_PUBLISHED) ||
		    (n->flags & (SUPPRESS_KNOWN | SUPPRESS_FORCED)))
			continue;
		a->shown += counts && !n->hidden;
		a->small += counts && n->hidden;
		a->hidden += n->hidden != REASON_NONE;
	}
	a->not_additive = equations_not_additive(s);
}

/* What follows exactly is not searched for again. */
static bool may_be_open(const struct leaks *leaks)
{
	for (size_t i = 0; i < leaks->len; i++)
		if (leaks->list[i].kind != LEAK_LINEAR)
			return true;
	return false;
}

/* A search that was unlucky is made again, with other luck, before anything is called
 * narrow. */
static enum rc judge(const struct suppress_system *s, const struct insider *insider,
		     struct leaks *leaks)
{
	CLEANUP(witness_release) struct witness seen = { 0 };
	CLEANUP(view_release) struct view view = { 0 };
	enum rc rc = witness_copy(s, insider, &seen);
	size_t before = SIZE_MAX;
	int vain = 0;

	view_begin(&view, s, insider);
	while (!rc && vain < VAIN_MAX) {
		rc = attack(&view, &seen, leaks);
		if (!may_be_open(leaks))
			break;
		vain = leaks->len < before ? 0 : vain + 1;
		before = leaks->len;
	}
	return rc;
}

static enum rc judge_outside(const struct suppress_system *s, struct suppress_audit *a)
{
	CLEANUP(leaks_release) struct leaks leaks = { 0 };
	enum rc rc = judge(s, NULL, &leaks);

	for (size_t i = 0; !rc && i < leaks.len; i++) {
		const struct leak *leak = &leaks.list[i];
		bool published = s->nodes[leak->node].flags & SUPPRESS_PUBLISHED;

		a->recoverable += leak->kind == LEAK_LINEAR;
		a->single += leak->kind == LEAK_BOUNDS;
		a->narrow += published && leak->kind != LEAK_REVEALED;
		a->revealed += leak->revealed;
	}
	return rc;
}

static enum rc judge_inside(const struct suppress_system *s, const struct insider *insider,
			    struct suppress_audit *a)
{
	CLEANUP(leaks_release) struct leaks leaks = { 0 };
	enum rc rc = judge(s, insider, &leaks);

	if (rc)
		return rc;
	a->insiders++;
	a->insiders_succeed += leaks.len > 0;
	if (leaks.len > a->insiders_worst)
		a->insiders_worst = (uint32_t)leaks.len;
	return RC_OK;
}

enum rc suppress_audit(const struct suppress_system *s, struct suppress_audit *ret,
		       struct err *reterr)
{
	struct suppress_audit a = { 0 };
	enum rc rc;

	count_cells(s, &a);
	rc = judge_outside(s, &a);
	for (size_t i = 0; !rc && i < s->insiders_len; i++)
		rc = judge_inside(s, &s->insiders[i], &a);
	if (rc)
		return err_set(reterr, rc, "no-memory", NULL, "out of memory");
	*ret = a;
	return RC_OK;
}
