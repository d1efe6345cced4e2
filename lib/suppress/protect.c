#include "suppress/protect.h"

#include "suppress/attack.h"
#include "suppress/steps.h"
#include "suppress/witness.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Of many leaks at once, only some are repaired before the next audit: they often have
 * one cause. */
#define SHARE 8
#define ENOUGH 2
/* Nor more than one in so many of the figures that are left: one may be enough for all. */
#define FEW 50
/* Where nothing more can be hidden, so many searches more before it is refused. */
#define LUCK 20
/* An audit is made again before any repair while it finds less, by one in so many, than the
 * one before, be that before a repair or after. */
#define WORTH 16

struct protecting {
	struct suppress_system *s;
	struct worklist wait;
	struct leaks leaks;
	bool *helped;         /* per node: something beside it was hidden in this round */
	uint32_t node, cause; /* where it failed */
};

static enum rc no_pattern(struct protecting *p, uint32_t node, uint32_t cause)
{
	p->node = node;
	p->cause = cause;
	return RC_CONFLICT;
}

/* A line that cannot be made to fulfil the rule is left to the audits, which say
 * whether anything follows from it; but what a contributor learns of the others
 * together, they do not look at. */
static enum rc close_lines(struct protecting *p)
{
	const struct equation *e;
	uint32_t blocked, node, cause;

	suppress_lines(p->s, &p->wait, &blocked);
	if (blocked == SUPPRESS_NONE)
		return RC_OK;
	e = &p->s->equations[blocked];
	line_blame(p->s, e, &node, &cause);
	return no_pattern(p, node, cause);
}

/* All in the lines of a newly hidden node may be open now. */
static void mark_helped(struct protecting *p, uint32_t node)
{
	const struct lists *of = &p->s->equations_of;

	for (uint32_t i = of->start[node]; i < of->start[node + 1]; i++) {
		const struct equation *e = &p->s->equations[of->items[i]];
		const struct term *t = terms_of(p->s, e);

		for (uint32_t k = 0; k < e->len; k++)
			p->helped[t[k].node] = true;
	}
}

/* Hides one more beside a leak. Where nothing is left to hide, what this round has
 * hidden may have been enough, or another search shows it to be open: the next audits
 * say so. */
static enum rc repair(struct protecting *p, uint32_t node, const struct insider *insider,
		      bool *ret_hidden)
{
	uint32_t other, cause;
	enum rc rc = suppress_find_repair(p->s, node, insider, &other, &cause);

	if (rc)
		return rc;
	if (other == SUPPRESS_NONE) {
		p->node = node;
		p->cause = cause;
		return RC_OK;
	}
	*ret_hidden = true;
	p->s->nodes[other].hidden = REASON_SECONDARY;
	mark_helped(p, other);
	worklist_add(p->s, &p->wait, other);
	return close_lines(p);
}

/* How many to repair before the next audit. */
static size_t most_at_once(const struct protecting *p)
{
	size_t shown = 0, share = p->leaks.len / SHARE + ENOUGH;

	for (size_t i = 0; i < p->s->nodes_len; i++)
		shown += can_hide(&p->s->nodes[i]);
	return share < shown / FEW + 1 ? share : shown / FEW + 1;
}

/* One attacker, until it finds nothing. `*ret_found`: there was something to repair. */
static enum rc settle(struct protecting *p, const struct insider *insider, bool *ret_found)
{
	CLEANUP(view_release) struct view view = { 0 };
	size_t before = SIZE_MAX;
	int stuck = 0;
	enum rc rc = RC_OK;

	view_begin(&view, p->s, insider);
	do {
		bool hidden = false;
		size_t left;

		rc = attack(&view, witness_of(p->s, insider), &p->leaks);
		*ret_found |= p->leaks.len != 0;
		/* What it did not show to be open it may show in a second search. */
		if (!rc && p->leaks.len < before - before / WORTH) {
			before = p->leaks.len;
			continue;
		}
		before = p->leaks.len;
		memset(p->helped, 0, p->s->nodes_len * sizeof(*p->helped));
		left = most_at_once(p);
		for (size_t i = 0; !rc && left && i < p->leaks.len; i++) {
			if (p->helped[p->leaks.list[i].node])
				continue;
			rc = repair(p, p->leaks.list[i].node, insider, &hidden);
			left--;
		}
		stuck = hidden ? 0 : stuck + 1;
		if (!rc && p->leaks.len && stuck > LUCK)
			rc = no_pattern(p, p->node, p->cause);
	} while (!rc && p->leaks.len);
	return rc;
}

/* Until nobody finds anything any more in one and the same pattern. Every repair hides
 * one more, so it ends. */
static enum rc audit_all(struct protecting *p, struct suppress_figures *figures)
{
	bool found = true;
	enum rc rc = RC_OK;

	while (!rc && found) {
		found = false;
		figures->rounds++;
		rc = settle(p, NULL, &found);
		for (size_t i = 0; !rc && i < p->s->insiders_len; i++)
			rc = settle(p, &p->s->insiders[i], &found);
	}
	return rc;
}

static void count(const struct suppress_system *s, struct suppress_figures *f)
{
	f->insiders = (uint32_t)s->insiders_len;
	for (size_t i = 0; i < s->nodes_len; i++) {
		const struct node *n = &s->nodes[i];

		if (!(n->flags & SUPPRESS_PUBLISHED))
			continue;
		f->published++;
		f->hidden += n->hidden != REASON_NONE;
		f->primary += n->hidden == REASON_PRIMARY;
		f->secondary += n->hidden == REASON_SECONDARY;
		f->held += n->hidden == REASON_EARLIER;
		f->hidden_value += n->hidden ? magnitude(n->value) : 0;
	}
}

static enum rc run(struct protecting *p, struct suppress_figures *figures)
{
	enum rc rc;

	suppress_primary(p->s);
	worklist_add_all(p->s, &p->wait);
	rc = close_lines(p);
	if (!rc)
		rc = suppress_prune(p->s); /* shows again: only then may anything be seen */
	if (!rc)
		rc = witness_begin(p->s);
	if (!rc)
		rc = audit_all(p, figures);
	return rc;
}

enum rc suppress_protect(struct suppress_system *s, struct suppress_figures *ret,
			 uint32_t *ret_node, struct err *reterr)
{
	struct protecting p = { .s = s,
				.helped = calloc(s->nodes_len + 1, sizeof(bool)),
				.cause = SUPPRESS_NONE };
	struct suppress_figures figures = { .cause = SUPPRESS_NONE };
	enum rc rc = worklist_init(s, &p.wait);

	if (!rc && !p.helped)
		rc = RC_NOMEM;
	if (!rc)
		rc = run(&p, &figures);
	worklist_release(&p.wait);
	leaks_release(&p.leaks);
	free(p.helped);
	*ret_node = p.node;
	ret->cause = p.cause;
	if (rc == RC_CONFLICT)
		return err_set(
			reterr, rc, "no-safe-pattern", NULL,
			"what is published or known already leaves no way to protect a count");
	if (rc)
		return err_set(reterr, rc, "no-memory", NULL, "out of memory");
	count(s, &figures);
	*ret = figures;
	return RC_OK;
}
