/* Inside of the room: the parts of an examination. */
#ifndef VARDE_RELEASE_REPORT_MAKE_H
#define VARDE_RELEASE_REPORT_MAKE_H

#include "release/nodes.h"
#include "release/report.h"

/* Adds a node to what is counted, as it stands. */
void report_add_node(struct report_cells *cells, const struct suppress_system *s, uint32_t node);

/* Tables, their categories and the default view; beside them what `previous` (NULL:
 * none) had. RC_NOMEM. */
NODISCARD enum rc report_make_tables(const struct release_nodes *nodes,
				     const struct release_earlier *previous,
				     struct release_report *r);
void report_tables_release(struct release_report *r);

/* Quarters and regions. RC_NOMEM. */
NODISCARD enum rc report_make_places(const struct release_nodes *nodes, struct release_report *r);

/* What is thin, from the tables. RC_NOMEM. */
NODISCARD enum rc report_make_thin(struct release_report *r);

#endif
