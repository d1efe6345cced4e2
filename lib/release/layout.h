/* Inside of the room: one table of the programme laid out over its axes. */
#ifndef VARDE_RELEASE_LAYOUT_H
#define VARDE_RELEASE_LAYOUT_H

#include "release/tables.h"

#define LAYOUT_AXES (PROGRAMME_TABLE_DIMENSIONS + 2)

/* What of each axis the table shows, as indices into the axis. */
struct layout {
	const struct programme_table *table;
	const struct axes *axes;
	enum axis_name names[LAYOUT_AXES]; /* region … time */
	size_t len;
	uint32_t *shown[LAYOUT_AXES];
	size_t shown_len[LAYOUT_AXES];
	size_t cells; /* without classes: product of shown_len */
};

/* A table without any period yet has no cells. RC_NOMEM. */
NODISCARD enum rc layout_new(const struct programme_table *table, const struct axes *axes,
			     struct layout *ret);
void layout_release(struct layout *layout);

static inline const struct axis *layout_axis(const struct layout *l, size_t i)
{
	return &l->axes->list[l->names[i]];
}

/* Where the cells of one class are nodes. */
static inline struct cubes *layout_cubes(const struct release_input *input, const struct layout *l,
					 size_t class)
{
	return input->cubes[release_system(cubes_sector(l->table->part), class)];
}

/* The categories (indices into the axes) of the n-th cell, last axis fastest. */
void layout_place(const struct layout *l, size_t cell, uint32_t *ret_categories);

/* How far an organisation or region was covered in a period. */
enum coverage {
	COVERAGE_NONE,  /* nobody reported: its count is 0 and everyone knows */
	COVERAGE_PART,  /* one organisation, for a part of the period: no figure for the whole */
	COVERAGE_FULL,  /* or a region in which somebody reported */
	COVERAGE_SPLIT, /* a municipality that was split within or after the period */
};
enum coverage coverage_of(const struct release_input *input, enum axis_name regions,
			  uint32_t region, const struct axis_category *time);
/* Whether an organisation belongs to an axis of regions: hospitals and municipalities
 * are told apart by who they are. */
bool coverage_is_of(const struct counted_organisation *o, enum axis_name regions);
/* Of the organisations of an axis: how many there are, and how many reported all
 * through a period. */
void coverage_count(const struct release_input *input, enum axis_name regions,
		    const struct axis_category *time, uint32_t *ret_full, uint32_t *ret_of);
enum coverage layout_coverage(const struct release_input *input, const struct layout *l,
			      const uint32_t *categories);

#endif
