#include "suppress/attack.h"

#include <stdlib.h>

void leaks_release(struct leaks *l)
{
	free(l->list);
	*l = (struct leaks){ 0 };
}

enum rc leaks_add(struct leaks *l, struct leak leak)
{
	if (suppress_grow(&l->list, &l->size, l->len + 1, sizeof(*l->list)))
		return RC_NOMEM;
	l->list[l->len++] = leak;
	return RC_OK;
}

static int by_node(const void *a, const void *b)
{
	const struct leak *x = a, *y = b;

	return (x->node > y->node) - (x->node < y->node);
}

void leaks_sort(struct leaks *l)
{
	if (l->len)
		qsort(l->list, l->len, sizeof(*l->list), by_node);
}
