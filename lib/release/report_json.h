/* A release's report as JSON: what the private folder keeps and every other form
 * (text, page) is made of. The same report gives the same bytes.
 *
 * {"varde_release_report": 1, "release", "as_of", "closed": "2026-09", "threshold",
 *  "safe", "previous": name of the release before it or null,
 *  "words": [{"about", "nb", "en"}]               words.h, in order
 *  "default_view": CELLS                          incidents, nation and RHF by quarter
 *  "classes": [{"event_class", "figures": CELLS, "nodes", "small_shown",
 *      "primary", "secondary", "held",            why hidden; together figures.hidden
 *      "audit": {…}                               suppress/measure.h
 *      "bars": [{"bar", "nb", "en", "figure", "of", "per_thousand", "kept"}]
 *      "reports": {"counted", "pending", "before_coverage", "too_late", "no_year"}}]
 *  "tables": [{"id", "audience", "unit", "clock", "label_nb", "label_en",
 *      "figures": CELLS, "levels": {LEVEL: CELLS}             all classes
 *      "classes": {CLASS: {"figures": CELLS, "levels": {LEVEL: CELLS}}}
 *      "previous": {"cells", "shown", "hidden"} or null       in the release before it
 *      "dimensions": [{"code", "label_nb", "label_en", "categories":
 *          [{"code", "label_nb", "label_en", "total", "classes": {CLASS: PART}}]}]}]
 *  "thin": [{"dimension", "code", "label_nb", "label_en", "cells", "hidden"}]
 *                                                 incidents, most hidden; thinnest first
 *  "quarters": [{"quarter": "2026K3", "hospitals", "hospitals_of", "municipalities",
 *      "municipalities_of", "break"}]             break: others contribute than before
 *  "regions": [{"code", "label_nb", "label_en", "level", "municipal", "contributors", "of"}]}
 *
 * CELLS: {"cells", "shown", "hidden", "missing", "value", "hidden_value"}, PART of it
 * "cells" and "hidden"; cells = shown + hidden, values are sums of reports. A table of
 * the programme that has no period yet is left out. */
#ifndef VARDE_RELEASE_REPORT_JSON_H
#define VARDE_RELEASE_REPORT_JSON_H

#include "release/report.h"

#include <jansson.h>

/* NULL when memory ran out; the caller's. `release` is its name. */
json_t *release_report_json(const struct release_report *report, const char *release);

#endif
