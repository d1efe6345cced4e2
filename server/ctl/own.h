/* A tenant's own figures for people: what lib/own/report.h describes, as text and as a page. */
#ifndef VARDE_CTL_OWN_H
#define VARDE_CTL_OWN_H

#include "base/buf.h"
#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#define OWN_PAGE_MAX ((size_t)16 << 20)

/* One page of HTML in bokmål, whole in itself: styles and charts stand in it, nothing
 * runs and nothing is fetched. RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc own_page(const json_t *report, struct buf *out);

/* --- inside of the page ------------------------------------------------------------------- */

/* A chart as one <svg> with its title and description: the values by month, the median
 * and the patterns around it; of `beside` published figures, where hidden months are
 * gaps that say so. `id` is unique on the page. */
void own_run_chart(struct buf *out, const json_t *report, const json_t *chart, const char *id);
void own_line_chart(struct buf *out, const json_t *report, const json_t *beside, const char *id);

/* "januar 2026" and "jan 26" of "2026-01". */
const char *own_month(const char *month, char out[24]);
const char *own_month_short(const char *month, char out[24]);

#endif
