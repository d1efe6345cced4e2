/* Line closure: a work-list of equations, to the fixpoint. Each look at a line that
 * breaks the rule hides one more of it, so it ends; order of equations and ties by
 * number, so it is the same each time. */
#include "suppress/steps.h"

#include <stdlib.h>
#include <string.h>

enum rc worklist_init(const struct suppress_system *s, struct worklist *w)
{
	*w = (struct worklist){ 0 };
	w->queue = calloc(s->equations_len + 1, sizeof(*w->queue));
	w->waits = calloc(s->equations_len + 1, 1);
	return w->queue && w->waits ? RC_OK : RC_NOMEM;
}

void worklist_release(struct worklist *w)
{
	free(w->queue);
	free(w->waits);
}

static void push(const struct suppress_system *s, struct worklist *w, uint32_t e)
{
	if (w->waits[e])
		return;
	w->waits[e] = 1;
	w->queue[(w->first + w->len++) % s->equations_len] = e;
}

static uint32_t pop(const struct suppress_system *s, struct worklist *w)
{
	uint32_t e = w->queue[w->first];

	w->first = (w->first + 1) % s->equations_len;
	w->len--;
	w->waits[e] = 0;
	return e;
}

void worklist_add(const struct suppress_system *s, struct worklist *w, uint32_t node)
{
	const struct lists *of = &s->equations_of;

	for (uint32_t i = of->start[node]; i < of->start[node + 1]; i++)
		push(s, w, of->items[i]);
}

void worklist_add_all(const struct suppress_system *s, struct worklist *w)
{
	for (uint32_t e = 0; e < s->equations_len; e++)
		push(s, w, e);
}

void suppress_lines(struct suppress_system *s, struct worklist *w, uint32_t *ret_blocked)
{
	*ret_blocked = SUPPRESS_NONE;
	while (w->len) {
		uint32_t e = pop(s, w), node;

		if (line_is_safe(s, &s->equations[e]))
			continue;
		node = line_cheapest(s, &s->equations[e], NULL);
		if (node == SUPPRESS_NONE) {
			if (line_tells_remainder(s, &s->equations[e]))
				*ret_blocked = e;
			continue;
		}
		s->nodes[node].hidden = REASON_SECONDARY;
		worklist_add(s, w, node);
	}
}
