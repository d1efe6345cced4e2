#include "release/cubes.h"

#include "count/period.h"

#include <stdlib.h>
#include <string.h>

#define CUBE_AXES 4
#define UNKNOWN "unknown"
#define MOVED_MAX 64 /* numbers of one municipality, in turn */

/* Region and time first and last, so that links and tables find them. NATION: the
 * cube knows the nation only. */
struct cube_shape {
	enum programme_part part;
	enum axis_name axes[CUBE_AXES];
	size_t len;
	bool nation;
};

/* The first of a part is what the others' totals are tied to. */
static const struct cube_shape shapes[] = {
	{ PROGRAMME_HOSPITAL, { AXIS_HOSPITALS, AXIS_TYPE, AXIS_SEVERITY, AXIS_MONTHS }, 4, false },
	{ PROGRAMME_HOSPITAL, { AXIS_HOSPITALS, AXIS_PLACE, AXIS_WHOLE_YEARS }, 3, false },
	{ PROGRAMME_HOSPITAL, { AXIS_HOSPITALS, AXIS_TIMELINESS, AXIS_WHOLE_YEARS }, 3, false },
	{ PROGRAMME_HOSPITAL, { AXIS_HOSPITALS, AXIS_LINKED, AXIS_WHOLE_YEARS }, 3, false },
	{ PROGRAMME_HOSPITAL, { AXIS_TYPE, AXIS_STAGE, AXIS_WHOLE_YEARS }, 3, true },
	{ PROGRAMME_MUNICIPAL, { AXIS_MUNICIPALITIES, AXIS_TYPE, AXIS_WINDOWS }, 3, false },
	{ PROGRAMME_MUNICIPAL, { AXIS_MUNICIPALITIES, AXIS_SEVERITY, AXIS_WINDOWS }, 3, false },
	{ PROGRAMME_MUNICIPAL, { AXIS_MUNICIPALITIES, AXIS_LINKED, AXIS_WINDOWS }, 3, false },
	{ PROGRAMME_REVIEW, { AXIS_HOSPITALS, AXIS_REVIEWS, AXIS_REVIEW_YEARS }, 3, false },
	{ PROGRAMME_REVIEW, { AXIS_HOSPITALS, AXIS_FACTORS, AXIS_REVIEW_YEARS }, 3, false },
	{ PROGRAMME_REVIEW_MUNICIPAL,
	  { AXIS_MUNICIPALITIES, AXIS_REVIEWS, AXIS_REVIEW_YEARS },
	  3,
	  false },
	{ PROGRAMME_REVIEW_MUNICIPAL,
	  { AXIS_MUNICIPALITIES, AXIS_FACTORS, AXIS_REVIEW_YEARS },
	  3,
	  false },
	{ PROGRAMME_FINAL, { AXIS_HOSPITALS, AXIS_TYPE, AXIS_EVENT_YEARS }, 3, false },
	{ PROGRAMME_FINAL, { AXIS_HOSPITALS, AXIS_SEVERITY, AXIS_EVENT_YEARS }, 3, false },
	{ PROGRAMME_FINAL, { AXIS_REGISTERED, AXIS_EVENT_YEARS }, 2, true },
};
#define CUBES ARRAY_LEN(shapes)

struct cubes {
	const struct axes *axes;
	struct suppress_system *system;
	uint32_t first[CUBES]; /* node; SUPPRESS_NONE: the other sector's, or an axis has no
				  category yet */
};

enum cubes_sector cubes_sector(enum programme_part part)
{
	return part == PROGRAMME_MUNICIPAL || part == PROGRAMME_REVIEW_MUNICIPAL
		       ? CUBES_MUNICIPALITIES
		       : CUBES_HOSPITALS;
}

enum counted_clock cubes_clock(enum programme_part part)
{
	switch (part) {
	case PROGRAMME_FINAL: return COUNTED_EVENT;
	case PROGRAMME_REVIEW:
	case PROGRAMME_REVIEW_MUNICIPAL: return COUNTED_REVIEW;
	case PROGRAMME_HOSPITAL:
	case PROGRAMME_MUNICIPAL:
	case PROGRAMME_PARTS: break;
	}
	return COUNTED_REGISTRATION;
}

void cubes_free(struct cubes *c)
{
	if (!c)
		return;
	suppress_system_free(c->system);
	free(c);
}

struct suppress_system *cubes_system(struct cubes *c)
{
	return c->system;
}

static const struct axis *axis_at(const struct cubes *c, const struct cube_shape *shape, size_t i)
{
	return &c->axes->list[shape->axes[i]];
}

static enum rc no_memory(enum rc rc, struct err *reterr)
{
	return err_set(reterr, rc, rc == RC_NOMEM ? "no-memory" : "release-axes", NULL,
		       "the counts do not fit (%s)", rc_name(rc));
}

static enum rc add_cube(struct cubes *c, size_t which, struct err *reterr)
{
	const struct cube_shape *shape = &shapes[which];
	struct suppress_dimension *dimensions[CUBE_AXES] = { 0 };
	enum rc rc = RC_OK;

	for (size_t i = 0; i < shape->len; i++)
		if (!axis_at(c, shape, i)->len)
			return RC_OK;
	for (size_t i = 0; !rc && i < shape->len; i++)
		rc = axis_dimension(axis_at(c, shape, i), &dimensions[i], reterr);
	if (!rc) {
		rc = suppress_grid_add(c->system, dimensions, (uint32_t)shape->len,
				       &c->first[which]);
		if (rc)
			no_memory(rc, reterr);
	}
	for (size_t i = 0; i < shape->len; i++)
		suppress_dimension_free(dimensions[i]);
	return rc;
}

/* --- filling ---------------------------------------------------------------------------- */

static int32_t find_or_unknown(const struct axis *axis, const char *code)
{
	int32_t at = *code ? axis_find(axis, code) : -1;

	return at < 0 ? axis_find(axis, UNKNOWN) : at;
}

/* The leaf of an axis that a row belongs to; -1: it has none there. */
static int32_t leaf_of(const struct axis *axis, enum axis_name name, const struct counted_row *row)
{
	char code[PERIOD_TEXT_SIZE];

	switch (name) {
	case AXIS_HOSPITALS: return axis_find(axis, row->orgnr);
	case AXIS_MUNICIPALITIES:
		return *row->municipality ? axis_find(axis, row->municipality) : -1;
	case AXIS_TYPE: return find_or_unknown(axis, row->event_type);
	case AXIS_SEVERITY: return find_or_unknown(axis, row->severity);
	case AXIS_PLACE: return find_or_unknown(axis, row->place);
	case AXIS_STAGE: return find_or_unknown(axis, row->stage);
	case AXIS_TIMELINESS: return axis_find(axis, row->late ? "late" : "on_time");
	case AXIS_LINKED: return axis_find(axis, row->linked ? "linked" : "unlinked");
	case AXIS_MONTHS: return axis_find(axis, period_month_code(row->period, code));
	case AXIS_WHOLE_YEARS:
	case AXIS_WINDOWS: return axis_find(axis, period_year_code(row->period, code));
	case AXIS_REVIEWS: return axis_find(axis, row->review);
	case AXIS_FACTORS: return axis_find(axis, row->factors);
	case AXIS_EVENT_YEARS:
	case AXIS_REVIEW_YEARS:
		return axis_find(axis, period_year_code(PERIOD_MONTH(row->period, 1), code));
	case AXIS_REGISTERED:
		return axis_find(axis,
				 period_year_code(PERIOD_MONTH(row->registered_year, 1), code));
	case AXES: break;
	}
	return -1;
}

/* Nation-only cubes have no organisation of their own to sort out who belongs. */
static bool belongs(const struct cubes *c, const struct cube_shape *shape,
		    const struct counted_row *row)
{
	const struct axis *hospitals = &c->axes->list[AXIS_HOSPITALS];

	return row->state == COUNTED_ROW && row->clock == cubes_clock(shape->part) &&
	       (!shape->nation || axis_find(hospitals, row->orgnr) >= 0);
}

static void fill_cube(struct cubes *c, size_t which, const struct counted *counted,
		      const char *event_class)
{
	const struct cube_shape *shape = &shapes[which];
	uint32_t at[CUBE_AXES], node;

	if (c->first[which] == SUPPRESS_NONE)
		return;
	for (size_t i = 0; i < counted->rows_len; i++) {
		const struct counted_row *row = &counted->rows[i];
		bool inside = belongs(c, shape, row) && !strcmp(row->event_class, event_class);

		for (size_t d = 0; inside && d < shape->len; d++) {
			int32_t leaf = leaf_of(axis_at(c, shape, d), shape->axes[d], row);

			inside = leaf >= 0;
			at[d] = (uint32_t)leaf;
		}
		if (!inside)
			continue;
		node = suppress_grid_node(c->system, c->first[which], at);
		suppress_system_set_value(c->system, node,
					  suppress_system_value(c->system, node) + row->n);
	}
	suppress_grid_fill(c->system, c->first[which]);
}

/* --- links ---------------------------------------------------------------------------------- */

/* Where an axis of one cube stands in another: by what it is about. */
static int place_in(const struct cube_shape *shape, enum axis_name name)
{
	bool years = name == AXIS_WHOLE_YEARS;

	for (size_t i = 0; i < shape->len; i++)
		if (shape->axes[i] == name || (years && shape->axes[i] == AXIS_MONTHS))
			return (int)i;
	return -1;
}

static enum rc tie(struct cubes *c, size_t from, size_t to, const uint32_t *at_from,
		   const uint32_t *at_to)
{
	uint32_t whole = suppress_grid_node(c->system, c->first[to], at_to);
	uint32_t part = suppress_grid_node(c->system, c->first[from], at_from);

	return suppress_system_equation(c->system, whole, &part, NULL, 1, false);
}

/* Where an axis that only the other cube has stands in a tie: at its total. But factors are
 * told of completed reviews alone. */
static uint32_t rest_in(const struct cubes *c, const struct cube_shape *from,
			const struct cube_shape *to, size_t d)
{
	bool completed = to->axes[d] == AXIS_REVIEWS && place_in(from, AXIS_FACTORS) >= 0;

	return completed ? (uint32_t)axis_find(axis_at(c, to, d), AXIS_COMPLETED) : 0;
}

/* Ties cube `from` to the part's first cube `to`: for all categories of the axes
 * that both have. */
static enum rc tie_cubes(struct cubes *c, size_t from, size_t to)
{
	const struct cube_shape *a = &shapes[from], *b = &shapes[to];
	uint32_t at_a[CUBE_AXES] = { 0 }, at_b[CUBE_AXES] = { 0 };
	size_t steps = 1;
	enum rc rc = RC_OK;

	for (size_t d = 0; d < b->len; d++)
		at_b[d] = rest_in(c, a, b, d);
	for (size_t d = 0; d < a->len; d++)
		if (place_in(b, a->axes[d]) >= 0)
			steps *= axis_at(c, a, d)->len;
	for (size_t step = 0; !rc && step < steps; step++) {
		size_t rest = step;
		bool found = true;

		for (size_t d = 0; d < a->len; d++) {
			const struct axis *axis = axis_at(c, a, d);
			int place = place_in(b, a->axes[d]);
			int32_t there;

			if (place < 0)
				continue;
			at_a[d] = (uint32_t)(rest % axis->len);
			rest /= axis->len;
			there = axis_find(axis_at(c, b, (size_t)place), axis->list[at_a[d]].code);
			found &= there >= 0;
			at_b[place] = (uint32_t)there;
		}
		if (found)
			rc = tie(c, from, to, at_a, at_b);
	}
	return rc;
}

static enum rc tie_parts(struct cubes *c)
{
	enum rc rc = RC_OK;
	size_t first = 0;

	for (size_t i = 0; !rc && i < CUBES; i++) {
		if (!i || shapes[i].part != shapes[i - 1].part)
			first = i;
		else if (c->first[i] != SUPPRESS_NONE && c->first[first] != SUPPRESS_NONE)
			rc = tie_cubes(c, i, first);
	}
	return rc;
}

/* --- changes from preliminary to final -------------------------------------------------- */

/* A preliminary figure less the final one: whoever sees both can subtract, so it is a
 * node like any other, and whoever owns them owns it. */
static enum rc add_change(struct cubes *c, uint32_t preliminary, uint32_t final)
{
	static const int8_t signs[] = { 1, -1 };
	const uint32_t members[] = { preliminary, final };
	uint32_t change;
	enum rc rc = suppress_system_add(c->system, 1, &change);

	if (rc)
		return rc;
	suppress_system_set_flags(c->system, change, SUPPRESS_SIGNED);
	suppress_system_set_owner(c->system, change, suppress_system_owner(c->system, final));
	suppress_system_set_value(c->system, change,
				  suppress_system_value(c->system, preliminary) -
					  suppress_system_value(c->system, final));
	return suppress_system_equation(c->system, change, members, signs, ARRAY_LEN(members),
					false);
}

/* What was counted as it came, at a place of a cube of final figures: the same codes, and
 * the year of registration for that of the event. SUPPRESS_NONE where no year is both. */
static uint32_t preliminary_of(const struct cubes *c, const struct cube_shape *shape,
			       const uint32_t *at)
{
	const struct cube_shape *counts = &shapes[0];
	const char *year = axis_at(c, shape, shape->len - 1)->list[at[shape->len - 1]].code;
	uint32_t there[CUBE_AXES] = { 0 };

	for (size_t d = 0; d < shape->len; d++) {
		const char *code = axis_at(c, shape, d)->list[at[d]].code;
		bool is_year = shape->axes[d] == AXIS_REGISTERED || d + 1 == shape->len;
		int place = is_year ? (int)counts->len - 1 : place_in(counts, shape->axes[d]);
		int32_t found;

		if (is_year && strcmp(code, year) != 0)
			return SUPPRESS_NONE;
		found = axis_find(axis_at(c, counts, (size_t)place), code);
		if (found < 0)
			return SUPPRESS_NONE;
		there[place] = (uint32_t)found;
	}
	return suppress_grid_node(c->system, c->first[0], there);
}

static enum rc add_changes_of(struct cubes *c, size_t which)
{
	const struct cube_shape *shape = &shapes[which];
	uint32_t nodes = 1, at[CUBE_AXES];
	enum rc rc = RC_OK;

	for (size_t d = 0; d < shape->len; d++)
		nodes *= (uint32_t)axis_at(c, shape, d)->len;
	for (uint32_t n = 0; !rc && n < nodes; n++) {
		uint32_t preliminary;

		suppress_grid_place(c->system, c->first[which] + n, at);
		preliminary = preliminary_of(c, shape, at);
		if (preliminary != SUPPRESS_NONE)
			rc = add_change(c, preliminary, c->first[which] + n);
	}
	return rc;
}

static enum rc add_changes(struct cubes *c)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; !rc && i < CUBES; i++)
		if (shapes[i].part == PROGRAMME_FINAL && c->first[i] != SUPPRESS_NONE &&
		    c->first[0] != SUPPRESS_NONE)
			rc = add_changes_of(c, i);
	return rc;
}

/* Whoever reported under several numbers knows them all. */
static enum rc add_movers(struct cubes *c, const struct counted *counted)
{
	const struct axis *axis = &c->axes->list[AXIS_MUNICIPALITIES];
	enum rc rc = RC_OK;

	for (size_t i = 0; !rc && i < counted->organisations_len; i++) {
		uint32_t own[MOVED_MAX], n = 0;

		for (size_t k = 0; k < counted->rows_len && n < MOVED_MAX; k++) {
			const struct counted_row *row = &counted->rows[k];
			int32_t at = row->orgnr == counted->organisations[i].orgnr
					     ? axis_find(axis, row->municipality)
					     : -1;

			if (at >= 0 && (!n || own[n - 1] != (uint32_t)at))
				own[n++] = (uint32_t)at;
		}
		if (n > 1)
			rc = suppress_system_insider(c->system, own, n);
	}
	return rc;
}

/* --- reviews ----------------------------------------------------------------------------- */

static size_t first_of(enum programme_part part)
{
	size_t i = 0;

	while (shapes[i].part != part)
		i++;
	return i;
}

/* Of a year's final figures, those that were not notified: everyone can subtract here too. */
static enum rc add_not_notified(struct cubes *c)
{
	const size_t final = first_of(PROGRAMME_FINAL), reviews = first_of(PROGRAMME_REVIEW);
	const struct axis *hospitals = &c->axes->list[AXIS_HOSPITALS];
	const struct axis *years = &c->axes->list[AXIS_REVIEW_YEARS];
	enum rc rc = RC_OK;

	if (c->first[final] == SUPPRESS_NONE || c->first[reviews] == SUPPRESS_NONE)
		return RC_OK;
	for (size_t i = 0; !rc && i < hospitals->len * years->len; i++) {
		uint32_t region = (uint32_t)(i / years->len), year = (uint32_t)(i % years->len);
		uint32_t at[] = { region, 0, year };
		int32_t event = axis_find(&c->axes->list[AXIS_EVENT_YEARS], years->list[year].code);
		uint32_t at_final[] = { region, 0, (uint32_t)event };
		uint32_t whole = suppress_grid_node(c->system, c->first[final], at_final);
		uint32_t members[2] = { suppress_grid_node(c->system, c->first[reviews], at) };

		rc = suppress_system_add(c->system, 1, &members[1]);
		if (rc)
			break;
		/* Whose it is: categories of the only organisations in here are the owners. */
		suppress_system_set_owner(c->system, members[1], region);
		suppress_system_set_value(c->system, members[1],
					  suppress_system_value(c->system, whole) -
						  suppress_system_value(c->system, members[0]));
		rc = suppress_system_equation(c->system, whole, members, NULL, 2, false);
	}
	return rc;
}

static enum rc add_cubes(struct cubes *c, enum cubes_sector sector, struct err *reterr)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; !rc && i < CUBES; i++) {
		c->first[i] = SUPPRESS_NONE;
		if (cubes_sector(shapes[i].part) == sector)
			rc = add_cube(c, i, reterr);
	}
	return rc;
}

enum rc cubes_new(const struct axes *axes, const struct counted *counted, enum cubes_sector sector,
		  const char *event_class, int64_t threshold, struct cubes **ret,
		  struct err *reterr)
{
	CLEANUP(cubes_freep) struct cubes *c = calloc(1, sizeof(*c));
	enum rc rc;

	if (!c)
		return no_memory(RC_NOMEM, reterr);
	c->axes = axes;
	rc = suppress_system_new(threshold, &c->system);
	if (rc)
		return no_memory(rc, reterr);
	rc = add_cubes(c, sector, reterr);
	if (rc)
		return rc;
	for (size_t i = 0; i < CUBES; i++)
		fill_cube(c, i, counted, event_class);
	rc = tie_parts(c);
	if (!rc)
		rc = add_changes(c);
	if (!rc && sector == CUBES_HOSPITALS)
		rc = add_not_notified(c);
	if (!rc && sector == CUBES_MUNICIPALITIES)
		rc = add_movers(c, counted);
	if (rc)
		return no_memory(rc, reterr);
	*ret = TAKE_PTR(c);
	return RC_OK;
}

void cubes_each(struct cubes *c,
		void (*cb)(void *ctx, uint32_t node, enum axis_name regions, uint32_t region,
			   const struct axis_category *time),
		void *ctx)
{
	for (size_t i = 0; i < CUBES; i++) {
		const struct cube_shape *shape = &shapes[i];
		const struct axis *time = axis_at(c, shape, shape->len - 1);
		uint32_t nodes = 1, at[CUBE_AXES + 1];

		if (shape->nation || cubes_clock(shape->part) != COUNTED_REGISTRATION ||
		    c->first[i] == SUPPRESS_NONE)
			continue;
		for (size_t d = 0; d < shape->len; d++)
			nodes *= (uint32_t)axis_at(c, shape, d)->len;
		for (uint32_t n = 0; n < nodes; n++) {
			uint32_t rest = n, node;

			for (size_t d = shape->len; d-- > 0;) {
				at[d] = rest % (uint32_t)axis_at(c, shape, d)->len;
				rest /= (uint32_t)axis_at(c, shape, d)->len;
			}
			node = suppress_grid_node(c->system, c->first[i], at);
			cb(ctx, node, shape->axes[0], at[0], &time->list[at[shape->len - 1]]);
		}
	}
}

/* --- tables -------------------------------------------------------------------------------------
 */

static enum axis_name axis_of_dimension(enum programme_dimension dimension)
{
	static const enum axis_name names[PROGRAMME_DIMENSIONS] = {
		[PROGRAMME_TYPE] = AXIS_TYPE,
		[PROGRAMME_SEVERITY] = AXIS_SEVERITY,
		[PROGRAMME_PLACE] = AXIS_PLACE,
		[PROGRAMME_STAGE] = AXIS_STAGE,
		[PROGRAMME_TIMELINESS] = AXIS_TIMELINESS,
		[PROGRAMME_LINKED] = AXIS_LINKED,
		[PROGRAMME_REGISTERED] = AXIS_REGISTERED,
		[PROGRAMME_REVIEWS] = AXIS_REVIEWS,
		[PROGRAMME_FACTORS] = AXIS_FACTORS,
	};

	return names[dimension];
}

size_t cubes_axes_of(const struct programme_table *table, enum axis_name *ret)
{
	static const enum axis_name times[PROGRAMME_PARTS] = {
		[PROGRAMME_HOSPITAL] = AXIS_MONTHS,
		[PROGRAMME_MUNICIPAL] = AXIS_WINDOWS,
		[PROGRAMME_FINAL] = AXIS_EVENT_YEARS,
		[PROGRAMME_REVIEW] = AXIS_REVIEW_YEARS,
		[PROGRAMME_REVIEW_MUNICIPAL] = AXIS_REVIEW_YEARS,
	};
	size_t n = 0;

	ret[n++] = cubes_sector(table->part) == CUBES_MUNICIPALITIES ? AXIS_MUNICIPALITIES
								     : AXIS_HOSPITALS;
	for (size_t i = 0; i < table->dimensions_len; i++)
		ret[n++] = axis_of_dimension(table->dimensions[i]);
	ret[n++] = times[table->part];
	return n;
}

/* Whether a cube has all of a table's own dimensions, and its regions. */
static bool has_all(const struct cube_shape *shape, const struct programme_table *table)
{
	if (shape->part != table->part || (shape->nation && table->levels != PROGRAMME_NATION))
		return false;
	for (size_t i = 0; i < table->dimensions_len; i++)
		if (place_in(shape, axis_of_dimension(table->dimensions[i])) < 0)
			return false;
	return true;
}

uint32_t cubes_node(const struct cubes *c, const struct programme_table *table,
		    const uint32_t *categories)
{
	enum axis_name names[PROGRAMME_TABLE_DIMENSIONS + 2];
	size_t n = cubes_axes_of(table, names), which = 0;
	uint32_t at[CUBE_AXES] = { 0 };

	while (which < CUBES && !has_all(&shapes[which], table))
		which++;
	if (which == CUBES || c->first[which] == SUPPRESS_NONE)
		return SUPPRESS_NONE;
	for (size_t i = 0; i < n; i++) {
		const struct axis *axis = &c->axes->list[names[i]];
		const char *code = axis->list[categories[i]].code;
		int32_t there;

		for (size_t d = 0; d < shapes[which].len; d++) {
			enum axis_name name = shapes[which].axes[d];

			if (name != names[i] &&
			    !(name == AXIS_WHOLE_YEARS && names[i] == AXIS_MONTHS))
				continue;
			there = axis_find(axis_at(c, &shapes[which], d), code);
			if (there < 0)
				return SUPPRESS_NONE;
			at[d] = (uint32_t)there;
		}
	}
	return suppress_grid_node(c->system, c->first[which], at);
}
