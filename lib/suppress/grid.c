#include "suppress/grid_shape.h"

#include <stdlib.h>

void suppress_grids_release(struct suppress_system *s)
{
	for (size_t i = 0; i < s->grids_len; i++)
		for (uint32_t d = 0; d < s->grids[i].n; d++)
			suppress_dimension_free(s->grids[i].dimensions[d]);
	free(s->grids);
}

const struct grid_shape *grid_of(const struct suppress_system *s, uint32_t node)
{
	for (size_t i = 0; i < s->grids_len; i++)
		if (node >= s->grids[i].first && node - s->grids[i].first < s->grids[i].nodes)
			return &s->grids[i];
	return NULL;
}

static enum rc lay_out(struct grid_shape *g, struct suppress_dimension **dimensions, uint32_t n)
{
	uint64_t nodes = 1;

	if (n > SUPPRESS_DIMENSIONS_MAX)
		return RC_LIMIT;
	*g = (struct grid_shape){ .n = n, .organisation = SUPPRESS_NONE };
	for (uint32_t d = n; d-- > 0;) {
		g->dimensions[d] = dimensions[d];
		g->strides[d] = (uint32_t)nodes;
		nodes *= dimensions[d]->len;
		if (nodes > SUPPRESS_NODES_MAX)
			return RC_LIMIT;
		if (dimensions[d]->organisation)
			g->organisation = d;
	}
	g->nodes = (uint32_t)nodes;
	return RC_OK;
}

/* One equation for each node that has the grouping's parent in dimension `d`. */
static enum rc add_lines(struct suppress_system *s, const struct grid_shape *g, uint32_t d,
			 const struct grouping *group, uint32_t *members)
{
	const struct suppress_dimension *dim = g->dimensions[d];
	const uint32_t *children = dim->children + group->first, stride = g->strides[d];
	enum rc rc = RC_OK;

	for (uint32_t block = 0; block < g->nodes; block += stride * (uint32_t)dim->len) {
		for (uint32_t i = 0; !rc && i < stride; i++) {
			uint32_t base = g->first + block + i;

			for (uint32_t c = 0; c < group->len; c++)
				members[c] = base + children[c] * stride;
			rc = suppress_system_equation(s, base + group->parent * stride, members,
						      NULL, group->len, dim->organisation);
		}
	}
	return rc;
}

static enum rc add_equations(struct suppress_system *s, const struct grid_shape *g)
{
	enum rc rc = RC_OK;

	for (uint32_t d = 0; !rc && d < g->n; d++) {
		const struct suppress_dimension *dim = g->dimensions[d];
		CLEANUP_FREE uint32_t *members = calloc(dim->children_len + 1, sizeof(*members));

		if (!members)
			return RC_NOMEM;
		for (size_t i = 0; !rc && i < dim->groupings_len; i++)
			rc = add_lines(s, g, d, &dim->groupings[i], members);
	}
	return rc;
}

/* Who is below `region`, itself included: whose leaves are all among its own. */
static uint32_t find_members(const struct suppress_dimension *d, uint32_t region, uint32_t *ret)
{
	uint32_t len = 0;

	for (uint32_t c = 0; c < d->len; c++) {
		const struct category *other = &d->categories[c];
		bool inside = true;

		for (uint32_t i = 0; inside && i < other->leaves_len; i++)
			inside = dimension_covers(d, region, other->leaves[i]);
		if (inside)
			ret[len++] = c;
	}
	return len;
}

/* Whether two dimensions are of the same organisations in the same groups. */
static bool is_same(const struct suppress_dimension *a, const struct suppress_dimension *b)
{
	if (a->len != b->len || a->groupings_len != b->groupings_len ||
	    a->children_len != b->children_len)
		return false;
	for (size_t i = 0; i < a->groupings_len; i++)
		if (a->groupings[i].parent != b->groupings[i].parent ||
		    a->groupings[i].len != b->groupings[i].len)
			return false;
	for (size_t i = 0; i < a->children_len; i++)
		if (a->children[i] != b->children[i])
			return false;
	return true;
}

/* Grids of the same organisations have the same owners; others, owners of their own.
 * `*ret_new`: these were not there before. */
static uint32_t owners_of(const struct suppress_system *s, const struct suppress_dimension *d,
			  bool *ret_new)
{
	uint32_t next = 0;

	*ret_new = false;
	for (size_t i = 0; i < s->grids_len; i++) {
		const struct grid_shape *g = &s->grids[i];
		uint32_t end;

		if (g->organisation == SUPPRESS_NONE)
			continue;
		if (is_same(g->dimensions[g->organisation], d))
			return g->owners;
		end = g->owners + (uint32_t)g->dimensions[g->organisation]->len;
		next = end > next ? end : next;
	}
	*ret_new = true;
	return next;
}

static enum rc add_insiders(struct suppress_system *s, struct grid_shape *g)
{
	const struct suppress_dimension *d;
	CLEANUP_FREE uint32_t *members = NULL;
	bool new;
	enum rc rc = RC_OK;

	if (g->organisation == SUPPRESS_NONE)
		return RC_OK;
	d = g->dimensions[g->organisation];
	members = calloc(d->len, sizeof(*members));
	if (!members)
		return RC_NOMEM;
	g->owners = owners_of(s, d, &new);
	for (uint32_t c = 0; !rc && new &&c < d->len; c++) {
		uint32_t n;

		if (d->categories[c].leaves_len == d->leaves)
			continue;
		n = find_members(d, c, members);
		for (uint32_t i = 0; i < n; i++)
			members[i] += g->owners;
		rc = suppress_system_insider(s, members, n);
		if (!rc)
			s->insiders[s->insiders_len - 1].top = c;
	}
	for (uint32_t i = 0; i < g->nodes; i++)
		s->nodes[g->first + i].owner =
			g->owners + grid_category(g, g->first + i, g->organisation);
	return rc;
}

enum rc suppress_grid_add(struct suppress_system *s, struct suppress_dimension **dimensions,
			  uint32_t n, uint32_t *ret_first)
{
	struct grid_shape g;
	enum rc rc = lay_out(&g, dimensions, n);

	if (!rc)
		rc = suppress_system_add(s, g.nodes, &g.first);
	if (!rc)
		rc = add_equations(s, &g);
	if (!rc)
		rc = add_insiders(s, &g);
	if (!rc)
		rc = suppress_grow(&s->grids, &s->grids_size, s->grids_len + 1, sizeof(*s->grids));
	if (rc)
		return rc;
	s->grids[s->grids_len++] = g;
	for (uint32_t d = 0; d < n; d++)
		dimensions[d] = NULL;
	*ret_first = g.first;
	return RC_OK;
}

uint32_t suppress_grid_node(const struct suppress_system *s, uint32_t first,
			    const uint32_t *categories)
{
	const struct grid_shape *g = grid_of(s, first);
	uint32_t node = first;

	for (uint32_t d = 0; d < g->n; d++)
		node += categories[d] * g->strides[d];
	return node;
}

void suppress_grid_place(const struct suppress_system *s, uint32_t node, uint32_t *ret_categories)
{
	const struct grid_shape *g = grid_of(s, node);

	for (uint32_t d = 0; d < g->n; d++)
		ret_categories[d] = grid_category(g, node, d);
}

static void fill_category(struct suppress_system *s, const struct grid_shape *g, uint32_t d,
			  uint32_t category)
{
	const struct suppress_dimension *dim = g->dimensions[d];
	const struct grouping *group = &dim->groupings[dim->categories[category].grouping];
	const uint32_t *children = dim->children + group->first, stride = g->strides[d];

	for (uint32_t block = 0; block < g->nodes; block += stride * (uint32_t)dim->len) {
		for (uint32_t i = 0; i < stride; i++) {
			struct node *base = &s->nodes[g->first + block + i];
			int64_t sum = 0;

			for (uint32_t c = 0; c < group->len; c++)
				sum += base[children[c] * stride].value;
			base[category * stride].value = sum;
		}
	}
}

/* One dimension after the other: what a pass finds unfilled in a later dimension,
 * that dimension's own pass fills. */
void suppress_grid_fill(struct suppress_system *s, uint32_t first)
{
	const struct grid_shape *g = grid_of(s, first);

	for (uint32_t d = 0; d < g->n; d++)
		for (size_t i = 0; i < g->dimensions[d]->len; i++)
			if (!suppress_dimension_is_leaf(g->dimensions[d],
							g->dimensions[d]->order[i]))
				fill_category(s, g, d, g->dimensions[d]->order[i]);
}
