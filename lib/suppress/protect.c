#include "suppress/protect.h"

#include "suppress/audit.h"
#include "suppress/steps.h"

#include <stdlib.h>

struct protecting {
	struct suppress_system *s;
	struct worklist wait;
	bool *leaks;
	uint32_t node; /* where it failed */
};

static enum rc no_pattern(struct protecting *p, uint32_t node)
{
	p->node = node;
	return RC_CONFLICT;
}

static enum rc close_lines(struct protecting *p)
{
	uint32_t blocked;

	suppress_lines(p->s, &p->wait, &blocked);
	if (blocked == SUPPRESS_NONE)
		return RC_OK;
	return no_pattern(p, terms_of(p->s, &p->s->equations[blocked])->node);
}

/* Hides the cheapest published member of any line of the node that `insider` does not
 * know: one more unknown in a line from which it followed. */
static enum rc repair(struct protecting *p, uint32_t node, const struct insider *insider)
{
	const struct lists *of = &p->s->equations_of;
	uint32_t best = SUPPRESS_NONE;

	for (uint32_t i = of->start[node]; i < of->start[node + 1]; i++) {
		uint32_t other = line_cheapest(p->s, &p->s->equations[of->items[i]], insider);

		if (other == SUPPRESS_NONE)
			continue;
		if (best == SUPPRESS_NONE ||
		    node_cost(p->s, &p->s->nodes[other]) < node_cost(p->s, &p->s->nodes[best]))
			best = other;
	}
	if (best == SUPPRESS_NONE)
		return no_pattern(p, node);
	p->s->nodes[best].hidden = REASON_SECONDARY;
	worklist_add(p->s, &p->wait, best);
	return close_lines(p);
}

/* One attacker. `*ret_found`: there was something to repair. */
static enum rc audit_one(struct protecting *p, const struct insider *insider, bool *ret_found)
{
	uint32_t n = 0;
	enum rc rc = audit_linear(p->s, insider, p->leaks, &n);

	*ret_found |= n != 0;
	for (uint32_t i = 0; !rc && n && i < p->s->nodes_len; i++)
		if (p->leaks[i])
			rc = repair(p, i, insider);
	return rc;
}

/* Until nobody finds anything: every round hides at least one more, so it ends. */
static enum rc audit_all(struct protecting *p, struct suppress_figures *figures)
{
	bool found = true;
	enum rc rc = RC_OK;

	while (!rc && found) {
		found = false;
		figures->rounds++;
		rc = audit_one(p, NULL, &found);
		for (size_t i = 0; !rc && i < p->s->insiders_len; i++)
			rc = audit_one(p, &p->s->insiders[i], &found);
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
		rc = suppress_prune(p->s);
	if (!rc)
		rc = audit_all(p, figures);
	return rc;
}

enum rc suppress_protect(struct suppress_system *s, struct suppress_figures *ret,
			 uint32_t *ret_node, struct err *reterr)
{
	struct protecting p = { .s = s, .leaks = calloc(s->nodes_len + 1, sizeof(bool)) };
	struct suppress_figures figures = { 0 };
	enum rc rc = worklist_init(s, &p.wait);

	if (!rc && !p.leaks)
		rc = RC_NOMEM;
	if (!rc)
		rc = run(&p, &figures);
	worklist_release(&p.wait);
	free(p.leaks);
	*ret_node = p.node;
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
