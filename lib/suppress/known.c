/* What follows from known counts alone, one equation at a time, is known too: there is
 * nothing left to protect in it, and it protects nothing. What follows from published
 * ones is another matter: that is the audits'. */
#include "suppress/steps.h"

/* The one node of an equation that is not known; SUPPRESS_NONE: none, or several. */
static const struct term *last_unknown(const struct suppress_system *s, const struct equation *e)
{
	const struct term *t = terms_of(s, e), *found = NULL;

	for (uint32_t i = 0; i < e->len; i++) {
		if (s->nodes[t[i].node].flags & SUPPRESS_KNOWN)
			continue;
		if (found)
			return NULL;
		found = &t[i];
	}
	return found;
}

static void learn(struct suppress_system *s, const struct equation *e, const struct term *last)
{
	const struct term *t = terms_of(s, e);
	struct node *n = &s->nodes[last->node];
	int64_t rest = 0;

	for (uint32_t i = 0; i < e->len; i++)
		if (&t[i] != last)
			rest += t[i].coef * s->nodes[t[i].node].value;
	if (n->flags & SUPPRESS_UNVALUED) {
		n->value = -last->coef * rest;
		n->flags &= (uint8_t)~SUPPRESS_UNVALUED;
	}
	n->flags |= SUPPRESS_KNOWN;
}

enum rc suppress_known(struct suppress_system *s)
{
	CLEANUP(worklist_release) struct worklist w = { 0 };
	enum rc rc = worklist_init(s, &w);

	if (rc)
		return rc;
	worklist_add_all(s, &w);
	while (w.len) {
		const struct equation *e = &s->equations[worklist_take(s, &w)];
		const struct term *last = last_unknown(s, e);

		if (!last)
			continue;
		learn(s, e, last);
		worklist_add(s, &w, last->node);
	}
	return RC_OK;
}
