#include "tabular/internal.h"

#include "json/strict.h"

#include <string.h>

static const char *const lists[TABULAR_FILES] = { "", "forced", "known" };

/* "3:7" of the table, "forced: 3:7" of a list. */
static enum rc load(struct tabular *t, const struct tabular_input *in, enum tabular_file file,
		    struct err *reterr)
{
	char where[TABULAR_NAME_SIZE];
	struct err err = { 0 };
	enum rc rc = json_strict_load(in->files[file].text, in->files[file].len, JSON_INTAKE_DEPTH,
				      &t->files[file], &err);

	if (!rc)
		return RC_OK;
	snprintf(where, sizeof(where), "%s%s%.100s", lists[file], file && err.where[0] ? ": " : "",
		 err.where);
	return err_set(reterr, rc, err.code, where, "%s", err.text);
}

/* Only members that mean something: a misspelt one would be a hierarchy left out. */
static enum rc check_members(const struct tabular *t, enum tabular_file file, struct err *reterr)
{
	char text[TABULAR_QUOTE_SIZE];
	const char *name;
	json_t *value;

	if (!json_is_array(json_object_get(t->files[file], "cells")))
		return err_set(reterr, RC_INVALID, "table-malformed", lists[file],
			       "is an object with the list \"cells\"");
	json_object_foreach(t->files[file], name, value)
	{
		if (!strcmp(name, "cells") || !strcmp(name, "hierarchies") ||
		    (file == TABULAR_FORCED && !strcmp(name, "audit")))
			continue;
		tabular_quote(name, text);
		return err_set(reterr, RC_INVALID, "table-malformed", lists[file],
			       "has a member that is unknown here: %s", text);
	}
	return RC_OK;
}

static enum rc read(struct tabular *t, const struct tabular_input *in, struct err *reterr)
{
	uint32_t nodes_max = in->nodes_max ? in->nodes_max : TABULAR_NODES_MAX;
	enum rc rc = RC_OK;

	t->threshold = in->threshold;
	for (enum tabular_file file = 0; !rc && file < TABULAR_FILES; file++) {
		if (!in->files[file].text)
			continue;
		rc = load(t, in, file, reterr);
		if (!rc)
			rc = check_members(t, file, reterr);
	}
	if (!rc)
		rc = tabular_hierarchies(t, reterr);
	if (!rc)
		rc = tabular_keys(t, reterr);
	if (!rc)
		rc = tabular_build(t, in->organisation, nodes_max, reterr);
	return rc ? rc : tabular_values(t, reterr);
}

enum rc tabular_read(const struct tabular_input *in, struct tabular **ret, struct err *reterr)
{
	CLEANUP(tabular_freep) struct tabular *t = calloc(1, sizeof(*t));
	enum rc rc = t ? read(t, in, reterr) : tabular_no_memory(reterr);

	if (!rc)
		*ret = TAKE_PTR(t);
	return rc;
}

void tabular_free(struct tabular *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < TABULAR_FILES; i++) {
		json_decref(t->files[i]);
		free(t->cell_of[i]);
	}
	for (uint32_t i = 0; i < t->len; i++)
		tabular_dimension_release(&t->dimensions[i]);
	suppress_system_free(t->system);
	free(t->node_of);
	free(t);
}

/* Nothing found, or nothing goes out. Of what is not quite open over everything small,
 * one in a thousand is let pass, as in releases. */
static enum rc check_audit(const struct suppress_audit *a, struct err *reterr)
{
	bool safe = !a->shown && !a->recoverable && !a->single && !a->narrow &&
		    !a->insiders_succeed && !a->not_additive &&
		    (uint64_t)a->revealed * 1000 <= a->small;

	if (safe)
		return RC_OK;
	return err_set(
		reterr, RC_CONFLICT, "no-safe-pattern", NULL,
		"the audit of the pattern finds what is not protected: %u recoverable, %u by "
		"bounds, %u narrow, %u revealed, %u organisations that find others'",
		a->recoverable, a->single, a->narrow, a->revealed, a->insiders_succeed);
}

enum rc tabular_protect(struct tabular *t, struct err *reterr)
{
	struct suppress_figures figures;
	uint32_t node = SUPPRESS_NONE;
	enum rc rc = suppress_protect(t->system, &figures, &node, reterr);

	if (rc == RC_CONFLICT)
		return tabular_explain_pattern(t, node, reterr);
	if (!rc)
		rc = suppress_audit(t->system, &t->audit, reterr);
	return rc ? rc : check_audit(&t->audit, reterr);
}
