/* From dimensions to one system of nodes and equations. What it will take is known
 * before it is allocated. */
#include "tabular/internal.h"

#include <string.h>

/* Members of all equations, for each node that may be. */
#define TERMS_PER_NODE 16u

struct parts {
	struct suppress_dimension *list[SUPPRESS_DIMENSIONS_MAX];
};

static void parts_release(struct parts *p)
{
	for (size_t i = 0; i < SUPPRESS_DIMENSIONS_MAX; i++)
		suppress_dimension_free(p->list[i]);
}

/* The sum of all, which no category of a flat dimension stands for. */
static enum rc add_total(struct tabular_dimension *d)
{
	struct tabular_group g = { (uint32_t)d->len, 0, (uint32_t)d->len };

	if (!d->len)
		return RC_OK;
	d->children = calloc(d->len, sizeof(*d->children));
	if (!d->children ||
	    tabular_grow(&d->groups, &d->groups_size, d->groups_len, sizeof(*d->groups)))
		return RC_NOMEM;
	for (uint32_t i = 0; i < d->len; i++)
		d->children[i] = i;
	d->groups[d->groups_len++] = g;
	d->children_len = d->len;
	return RC_OK;
}

static enum rc finish(const struct tabular_dimension *d, struct suppress_dimension *s,
		      struct err *reterr)
{
	char where[TABULAR_NAME_SIZE];
	uint32_t culprit = SUPPRESS_NONE;
	struct err err = { 0 };
	enum rc rc = suppress_dimension_finish(s, &culprit, &err);

	if (rc == RC_NOMEM)
		return tabular_no_memory(reterr);
	if (!rc)
		return RC_OK;
	tabular_name_category(d->name, culprit < d->len ? d->names[culprit] : NULL, where);
	return err_set(reterr, rc, rc == RC_LIMIT ? "table-too-large" : err.code, where, "%s",
		       err.text);
}

static enum rc make(struct tabular_dimension *d, bool organisation, struct suppress_dimension **ret,
		    struct err *reterr)
{
	uint32_t number;
	enum rc rc = suppress_dimension_new(organisation, ret);

	if (!rc && d->flat)
		rc = add_total(d);
	for (size_t i = 0; !rc && i < d->len + d->flat; i++)
		rc = suppress_dimension_category(*ret, &number);
	for (size_t i = 0; !rc && i < d->groups_len; i++) {
		const struct tabular_group *g = &d->groups[i];

		rc = suppress_dimension_group(*ret, g->parent, d->children + g->first, g->len);
	}
	if (rc)
		return tabular_no_memory(reterr);
	rc = finish(d, *ret, reterr);
	if (!rc)
		d->total = suppress_dimension_total(*ret);
	return rc;
}

/* How large the system will be. RC_LIMIT. */
static enum rc measure(const struct tabular *t, const struct parts *p, uint32_t nodes_max,
		       struct err *reterr)
{
	uint64_t nodes = 1, terms = 0;
	char where[TABULAR_NAME_SIZE] = "", name[TABULAR_QUOTE_SIZE];

	for (uint32_t i = 0; i < t->len; i++) {
		uint32_t size = suppress_dimension_size(p->list[i]);
		size_t at = strlen(where);

		nodes = nodes > nodes_max ? nodes : nodes * size;
		tabular_quote(t->dimensions[i].name, name);
		if (at + strlen(name) + 32 < sizeof(where))
			snprintf(where + at, sizeof(where) - at, "%s%s: %u", i ? ", " : "", name,
				 size);
	}
	if (nodes > nodes_max)
		return err_set(reterr, RC_LIMIT, "table-too-large", where,
			       "the categories of all dimensions make more than %u combinations",
			       nodes_max);
	for (uint32_t i = 0; i < t->len; i++) {
		const struct tabular_dimension *d = &t->dimensions[i];
		uint32_t size = suppress_dimension_size(p->list[i]);

		/* Twice the size: a total that the hierarchy lacks is its own grouping. */
		terms += (d->children_len + d->groups_len + 2 * size) * (nodes / size);
	}
	if (terms > (uint64_t)TERMS_PER_NODE * nodes_max)
		return err_set(reterr, RC_LIMIT, "table-too-large", where,
			       "the groupings of the hierarchies have too many members");
	return RC_OK;
}

static enum rc add_grid(struct tabular *t, struct parts *p, struct err *reterr)
{
	enum rc rc = suppress_system_new(t->threshold, &t->system);

	if (!rc)
		rc = suppress_grid_add(t->system, p->list, t->len, &t->first);
	if (rc)
		return tabular_no_memory(reterr);
	t->nodes = suppress_system_nodes(t->system);
	for (uint32_t i = 0; i < t->nodes; i++)
		suppress_system_set_flags(t->system, i, SUPPRESS_UNVALUED);
	return suppress_system_prepare(t->system) ? tabular_no_memory(reterr) : RC_OK;
}

enum rc tabular_build(struct tabular *t, const char *organisation, uint32_t nodes_max,
		      struct err *reterr)
{
	CLEANUP(parts_release) struct parts p = { 0 };
	const struct tabular_dimension *who =
		organisation ? tabular_dimension_find(t, organisation) : NULL;
	enum rc rc = RC_OK;

	if (organisation && !who)
		return err_set(reterr, RC_INVALID, "dimension-unknown", "organisation",
			       "the table has no dimension of that name");
	if (who && who->len > TABULAR_ORGANISATIONS_MAX)
		return err_set(reterr, RC_LIMIT, "table-too-large", "organisation",
			       "each organisation is audited: at most %u of them",
			       TABULAR_ORGANISATIONS_MAX);
	for (uint32_t i = 0; !rc && i < t->len; i++)
		rc = make(&t->dimensions[i], who == &t->dimensions[i], &p.list[i], reterr);
	if (!rc)
		rc = measure(t, &p, nodes_max, reterr);
	return rc ? rc : add_grid(t, &p, reterr);
}
