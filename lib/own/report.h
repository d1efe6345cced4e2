/* An organisation's figures as a quality adviser looks at them: run charts by month, and
 * how the last twelve months are spread over units, types and harms. One JSON object;
 * vardectl makes text and a page of it.
 *
 *   {"organisation":{number,name,kind}, "as_of", "coverage_start",
 *    "release":{name,as_of}|null, "release_missing":code|null, "months":["2024-12",…],
 *    "charts":[{"id","clock","label":{nb,en}, "settled":n of months that grow no more,
 *       "values":[n|".."], "beside":[{code,label,"values":[n|":"|".."]}],
 *       "run":{"points","median"|null,"verdict":"too-few"|"quiet"|"signal",
 *              "signals":[{"kind","first","last" (places in months),"points"}]}}],
 *    "year":{"from","to"}, the last twelve months that are over
 *    "units":[{number,label,"incident","near_miss","hazard"}],
 *    "types":[{code,label,"total","harms":{code:n}}] of incidents, "harms":[{code,label}],
 *    "before_coverage", "not_dated", "notes":[{nb,en}]} */
#ifndef VARDE_OWN_REPORT_H
#define VARDE_OWN_REPORT_H

#include "own/tally.h"

#include <jansson.h>

struct own_report {
	struct own_of of;                /* clock, period and splits are the report's own */
	struct store_view *view;         /* NULL: nothing was ever sent */
	const struct published *release; /* NULL: none */
	const char *why;                 /* there is none */
};

/* Counts all documents, twice. New reference. Errors of the store; RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc own_report_make(const struct own_report *report, json_t **ret,
				  struct err *reterr);

#endif
