/* Inside of the room: how a tally is laid out. */
#ifndef VARDE_OWN_INTERNAL_H
#define VARDE_OWN_INTERNAL_H

#include "own/tally.h"
#include "release/axis.h"

#define OWN_CONTENTS "Meldinger" /* what is counted, as the programme calls it */

/* cells[(((place * classes + class) * types + type) * severities + severity) * periods + period]
 * Place 0 is the organisation, then its sub-units and "none of them". Type and severity 0
 * are totals, and all there is where nothing is split by them. */
struct own_tally {
	struct own_of of;
	struct axis types, severities;
	size_t places, periods;
	int32_t coverage_start; /* month; 0: none */
	int64_t *cells;
	struct own_aside aside;
	char municipality[5]; /* of its reports, "" none */
};

size_t own_types(const struct own_tally *t);
size_t own_severities(const struct own_tally *t);
size_t own_cell(const struct own_tally *t, size_t place, size_t class, size_t type, size_t severity,
		size_t period);

/* What a release publishes of one region in the shape of this tally. */
struct own_beside {
	const struct published_table *table; /* NULL: nothing */
	char code[AXIS_CODE_SIZE];
	char label[PUBLISHED_LANGS][AXIS_LABEL_SIZE];
};

/* The organisation's region and the nation, those that are published. */
#define OWN_BESIDE 2
size_t own_beside_find(const struct own_tally *t, const struct published *release,
		       struct own_beside ret[OWN_BESIDE]);
struct published_cell own_beside_cell(const struct own_tally *t, const struct own_beside *b,
				      size_t class, size_t type, size_t severity, size_t period);

/* StatBank's code of a period. */
const char *own_period_code(const struct own_tally *t, size_t period, char out[16]);

#endif
