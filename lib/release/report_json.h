/* A release's report as JSON: what the private folder keeps and every other form
 * (text, page) is made of. The same report gives the same bytes. */
#ifndef VARDE_RELEASE_REPORT_JSON_H
#define VARDE_RELEASE_REPORT_JSON_H

#include "release/report.h"

#include <jansson.h>

/* NULL when memory ran out; the caller's. `release` is its name. */
json_t *release_report_json(const struct release_report *report, const char *release);

#endif
