/* All counts of one event class in one system of nodes and equations, published or
 * not: what the protection works on. The classes are never added to each other, so
 * each has a system of its own.
 *
 * A part of the programme has a few cubes, each a product of axes: health trusts by
 * type, severity and month; by place and year; municipalities by type and year; and
 * so on. Where two cubes have a total in common, an equation says so. Health trusts and
 * municipalities are never added to each other either: they have a system each.
 *
 * Between the two clocks each change is a node too: what was registered in a year, less
 * the final figure of the events of that year, for the same organisation or group and the
 * same type or severity; and, for the nation, less those of the final figure that were
 * registered in it. It is nobody's figure and never published, but who sees both sides can
 * subtract, so it is small like any count from 0 to T-1, either way: a few reports that
 * came late or were withdrawn; and 0, in a place where all else changes, that none did.
 * What a contributor finds by taking its own change off another's is not a node. */
#ifndef VARDE_RELEASE_CUBES_H
#define VARDE_RELEASE_CUBES_H

#include "release/axis.h"
#include "suppress/grid.h"

enum axis_name {
	AXIS_HOSPITALS,
	AXIS_MUNICIPALITIES,
	AXIS_TYPE,
	AXIS_SEVERITY,
	AXIS_PLACE,
	AXIS_STAGE,
	AXIS_TIMELINESS,
	AXIS_LINKED,       /* whether another organisation has reported the same event */
	AXIS_MONTHS,       /* of registration, with quarters and years */
	AXIS_WHOLE_YEARS,  /* of registration */
	AXIS_WINDOWS,      /* of registration, with three-year windows */
	AXIS_EVENT_YEARS,  /* that have final figures */
	AXIS_REGISTERED,   /* years of registration in the final figures */
	AXIS_REVIEWS,      /* how far the review of a notified event has come */
	AXIS_FACTORS,      /* what completed reviews say of contributing factors */
	AXIS_REVIEW_YEARS, /* of events, that have figures of reviews */
	AXES,
};

/* The axes of a release: the same for all classes. */
struct axes {
	struct axis list[AXES];
	int32_t *places; /* per organisation of the counts: its category among hospitals or
			    municipalities; -1: none */
};
NODISCARD enum rc axes_new(const struct counted *counted, const struct codes *codes,
			   const struct programme *programme, struct axes *ret);
void axes_release(struct axes *axes);

enum cubes_sector { CUBES_HOSPITALS, CUBES_MUNICIPALITIES, CUBES_SECTORS };

/* Whose counts a part of the programme is about. */
enum cubes_sector cubes_sector(enum programme_part part);

/* By which of the clocks it counts, and from which rows. */
enum counted_clock cubes_clock(enum programme_part part);

struct cubes;

/* Makes the system of one sector and class and fills it with the rows of `counted`.
 * The axes are borrowed. RC_LIMIT, RC_NOMEM; RC_INVALID "release-axes". */
NODISCARD enum rc cubes_new(const struct axes *axes, const struct counted *counted,
			    enum cubes_sector sector, const char *event_class, int64_t threshold,
			    struct cubes **ret, struct err *reterr);
void cubes_free(struct cubes *cubes);
DEFINE_CLEANUP(struct cubes *, cubes_free)

/* Everything in it, to be flagged, prepared and protected. */
struct suppress_system *cubes_system(struct cubes *cubes);

/* Every node of the cubes by registration that has a region: its category there, and
 * its category of time. Published or not. */
void cubes_each(struct cubes *cubes,
		void (*cb)(void *ctx, uint32_t node, enum axis_name regions, uint32_t region,
			   const struct axis_category *time),
		void *ctx);

/* Which axes a table of the programme shows, in the order of its dimensions: first
 * the region's, then the table's own, last the time's. `ret` has room for
 * PROGRAMME_TABLE_DIMENSIONS + 2. Returns how many. */
size_t cubes_axes_of(const struct programme_table *table, enum axis_name *ret);

/* The node of a table's cell: one category of each of those axes. SUPPRESS_NONE
 * where no cube has it, as before the first whole year. */
uint32_t cubes_node(const struct cubes *cubes, const struct programme_table *table,
		    const uint32_t *categories);

#endif
