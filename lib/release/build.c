#include "release/build.h"

#include "count/freeze.h"
#include "count/period.h"
#include "release/nodes.h"
#include "suppress/protect.h"

#define MARCH 2 /* of a year's months, from 0 */

void release_built_release(struct release_built *built)
{
	counted_free(built->counted);
	published_tables_release(&built->tables);
	release_report_release(&built->report);
	*built = (struct release_built){ 0 };
}

int32_t release_final_year(const struct counted *previous, int32_t closing)
{
	int32_t year = period_year(closing) - (closing % 12 >= MARCH ? 1 : 2);

	for (size_t i = 0; previous && i < previous->rows_len; i++)
		if (previous->rows[i].clock == COUNTED_EVENT && previous->rows[i].period == year)
			return 0;
	return year;
}

static bool has_coverage(const struct counted *counted)
{
	for (size_t i = 0; i < counted->organisations_len; i++) {
		int32_t start = counted->organisations[i].coverage_start;

		if (start && start <= counted->closed)
			return true;
	}
	return false;
}

/* The name of what must stay hidden is no secret, unlike its value. */
static enum rc protect(const struct release_nodes *nodes, struct err *reterr)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; !rc && i < RELEASE_SYSTEMS; i++) {
		struct suppress_figures figures;
		uint32_t node;

		rc = suppress_protect(cubes_system(nodes->cubes[i]), &figures, &node, reterr);
		if (rc)
			err_at(reterr, release_classes[i / CUBES_SECTORS]);
	}
	return rc;
}

static enum rc make_tables(const struct release_sources *from, struct release_built *built,
			   struct err *reterr)
{
	CLEANUP(release_nodes_release) struct release_nodes nodes = { 0 };
	enum rc rc = release_nodes_init(&nodes, from->programme, from->codes, built->counted,
					from->earlier, from->earlier_len, reterr);

	if (!rc)
		rc = protect(&nodes, reterr);
	return rc ? rc : tables_make(&nodes.input, &built->tables, reterr);
}

static enum rc examine(const struct release_sources *from, struct release_built *built,
		       struct err *reterr)
{
	const struct release_others others = { from->earlier, from->earlier_len,
					       from->earlier_len };
	const char *why;
	enum rc rc = release_examine(from->programme, from->codes, built->counted, &built->tables,
				     &others, &built->report, reterr);

	if (!rc && !release_report_is_safe(&built->report, &why))
		rc = err_set(reterr, RC_CONFLICT, "release-unsafe", why,
			     "the finished tables would give counts away");
	return rc;
}

enum rc release_build(const struct release_sources *from, struct release_built *ret,
		      struct err *reterr)
{
	CLEANUP(release_built_release) struct release_built built = { 0 };
	enum rc rc =
		counted_freeze(from->previous, from->base, from->closing, &built.counted, reterr);

	if (!rc && !has_coverage(built.counted))
		rc = err_set(reterr, RC_INVALID, "release-empty", NULL,
			     "no organisation has a coverage start before the closing month's end");
	if (!rc)
		rc = make_tables(from, &built, reterr);
	if (!rc)
		rc = examine(from, &built, reterr);
	if (rc)
		return rc;
	*ret = built;
	built = (struct release_built){ 0 };
	return RC_OK;
}
