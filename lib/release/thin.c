/* Where data are thin: the categories of which most figures are hidden. Of incidents
 * only, since the other classes are few everywhere. */
#include "release/report_make.h"

#include <stdlib.h>
#include <string.h>

static struct report_thin *find(struct report_thin *list, size_t len, const char *dimension,
				const char *code)
{
	for (size_t i = 0; i < len; i++)
		if (!strcmp(list[i].dimension->code, dimension) &&
		    !strcmp(list[i].category->code, code))
			return &list[i];
	return NULL;
}

/* The same category stands in several tables: their figures together. */
static void add_category(struct release_report *r, const struct report_dimension *d,
			 const struct report_category *c)
{
	struct report_thin *thin = find(r->thin, r->thin_len, d->code, c->code);

	if (!thin) {
		thin = &r->thin[r->thin_len++];
		*thin = (struct report_thin){ .dimension = d, .category = c };
	}
	thin->cells += c->classes[0].cells;
	thin->hidden += c->classes[0].hidden;
}

/* By dimension; the thinnest first, of equally thin ones the larger. */
static int compare(const void *a, const void *b)
{
	const struct report_thin *x = a, *y = b;
	int order = strcmp(x->dimension->code, y->dimension->code);
	uint64_t left = (uint64_t)x->hidden * y->cells, right = (uint64_t)y->hidden * x->cells;

	if (order)
		return order;
	if (left != right)
		return left > right ? -1 : 1;
	if (x->cells != y->cells)
		return x->cells > y->cells ? -1 : 1;
	return strcmp(x->category->code, y->category->code);
}

enum rc report_make_thin(struct release_report *r)
{
	size_t room = 1, kept = 0;

	for (size_t i = 0; i < r->tables_len; i++)
		for (size_t d = 0; d < r->tables[i].dimensions_len; d++)
			room += r->tables[i].dimensions[d].len;
	r->thin = calloc(room, sizeof(*r->thin));
	if (!r->thin)
		return RC_NOMEM;
	for (size_t i = 0; i < r->tables_len; i++) {
		const struct report_table *t = &r->tables[i];

		/* The last dimension is time: whole tables are thin then, not categories. */
		for (size_t d = 0; d + 1 < t->dimensions_len; d++)
			for (size_t c = 0; c < t->dimensions[d].len; c++)
				if (!t->dimensions[d].categories[c].total)
					add_category(r, &t->dimensions[d],
						     &t->dimensions[d].categories[c]);
	}
	for (size_t i = 0; i < r->thin_len; i++)
		if (2 * (uint64_t)r->thin[i].hidden > r->thin[i].cells)
			r->thin[kept++] = r->thin[i];
	r->thin_len = kept;
	qsort(r->thin, r->thin_len, sizeof(*r->thin), compare);
	return RC_OK;
}
