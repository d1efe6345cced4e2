/* Hierarchies in both forms. {child: parent} is turned into {parent: [[child, …]]}
 * first, so that there is one to be read. */
#include "tabular/internal.h"

static enum rc malformed(const char *dimension, const char *category, const char *what,
			 struct err *reterr)
{
	char where[TABULAR_NAME_SIZE];

	tabular_name_category(dimension, category, where);
	return err_set(reterr, RC_INVALID, "hierarchy-malformed", where, "%s", what);
}

static enum rc failed(enum rc rc, const char *dimension, struct err *reterr)
{
	char where[TABULAR_NAME_SIZE];

	if (rc != RC_LIMIT)
		return tabular_no_memory(reterr);
	tabular_name_category(dimension, NULL, where);
	return err_set(reterr, rc, "table-too-large", where,
		       "a dimension has at most %u categories, a table at most %d dimensions",
		       SUPPRESS_CATEGORIES_MAX - 1, SUPPRESS_DIMENSIONS_MAX);
}

/* --- {child: parent} ---------------------------------------------------------------- */

static bool is_parents(const json_t *hierarchy)
{
	return json_is_string(
		json_object_iter_value(json_object_iter((json_t *)(uintptr_t)hierarchy)));
}

static enum rc add_child(json_t *groups, const char *child, const char *parent)
{
	json_t *list = json_array_get(json_object_get(groups, parent), 0);

	if (!list) {
		json_t *fresh = json_pack("[[]]");

		if (!fresh || json_object_set_new(groups, parent, fresh))
			return RC_NOMEM;
		list = json_array_get(fresh, 0);
	}
	return json_array_append_new(list, json_string(child)) ? RC_NOMEM : RC_OK;
}

static enum rc turn(const char *dimension, const json_t *parents, json_t *groups,
		    struct err *reterr)
{
	const char *child;
	json_t *parent;

	json_object_foreach((json_t *)(uintptr_t)parents, child, parent)
	{
		if (!json_is_string(parent))
			return malformed(dimension, child,
					 "each child has one parent, a text, or each parent a list "
					 "of lists of children",
					 reterr);
		if (add_child(groups, child, json_string_value(parent)))
			return tabular_no_memory(reterr);
	}
	return RC_OK;
}

/* --- {parent: [[child, …], …]} ---------------------------------------------------- */

static enum rc add_group(struct tabular_dimension *d, uint32_t parent, const json_t *children)
{
	struct tabular_group g = { parent, (uint32_t)d->children_len,
				   (uint32_t)json_array_size(children) };
	enum rc rc = tabular_grow(&d->groups, &d->groups_size, d->groups_len, sizeof(*d->groups));

	for (size_t i = 0; !rc && i < json_array_size(children); i++) {
		rc = tabular_grow(&d->children, &d->children_size, d->children_len,
				  sizeof(*d->children));
		if (!rc)
			rc = tabular_category(d, json_string_value(json_array_get(children, i)),
					      &d->children[d->children_len]);
		d->children_len += !rc;
	}
	if (!rc)
		d->groups[d->groups_len++] = g;
	return rc;
}

static bool is_group(const json_t *children)
{
	for (size_t i = 0; i < json_array_size(children); i++)
		if (!json_is_string(json_array_get(children, i)))
			return false;
	return json_array_size(children) != 0;
}

static enum rc read_groups(struct tabular_dimension *d, const json_t *groups, struct err *reterr)
{
	const char *name;
	json_t *list;
	uint32_t parent;
	enum rc rc = RC_OK;

	json_object_foreach((json_t *)(uintptr_t)groups, name, list)
	{
		if (!json_array_size(list))
			return malformed(d->name, name, "a parent has a list of lists of children",
					 reterr);
		rc = tabular_category(d, name, &parent);
		for (size_t i = 0; !rc && i < json_array_size(list); i++) {
			const json_t *children = json_array_get(list, i);

			if (!is_group(children))
				return malformed(d->name, name,
						 "a grouping is a list of children, each a text",
						 reterr);
			rc = add_group(d, parent, children);
		}
		if (rc)
			return failed(rc, d->name, reterr);
	}
	return RC_OK;
}

static enum rc read_one(struct tabular *t, const char *name, const json_t *hierarchy,
			struct err *reterr)
{
	struct tabular_dimension *d = NULL;
	json_t *turned = NULL;
	enum rc rc;

	if (!json_is_object(hierarchy))
		return malformed(name, NULL, "a hierarchy is an object", reterr);
	rc = tabular_dimension_add(t, name, &d);
	if (rc)
		return failed(rc, name, reterr);
	if (!is_parents(hierarchy)) {
		rc = read_groups(d, hierarchy, reterr);
	} else {
		turned = json_object();
		rc = turned ? turn(name, hierarchy, turned, reterr) : tabular_no_memory(reterr);
		if (!rc)
			rc = read_groups(d, turned, reterr);
		json_decref(turned);
	}
	d->flat = !d->groups_len;
	return rc;
}

enum rc tabular_hierarchies(struct tabular *t, struct err *reterr)
{
	json_t *all = json_object_get(t->files[TABULAR_TABLE], "hierarchies"), *one;
	const char *name;
	enum rc rc = RC_OK;

	if (all && !json_is_object(all))
		return err_set(reterr, RC_INVALID, "hierarchy-malformed", "hierarchies",
			       "is an object with one member for each dimension");
	json_object_foreach(all, name, one)
	{
		rc = read_one(t, name, one, reterr);
		if (rc)
			break;
	}
	return rc;
}
