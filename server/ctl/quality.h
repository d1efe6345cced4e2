/* What lib/quality/document.h describes, of one source or all, as a page for a meeting: one
 * document, whole in itself, of styles and drawings; nothing runs and nothing is fetched.
 * Every number in it is one of the report's. */
#ifndef VARDE_CTL_QUALITY_H
#define VARDE_CTL_QUALITY_H

#include "ctl/release_page.h"

#define QUALITY_PAGE_MAX ((size_t)64 << 20)

/* Appends it. RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc quality_page(const json_t *report, enum published_lang lang, struct buf *out);

/* --- inside of the page: drawings of one source ---------------------------------------------- */

extern const char quality_page_style[];

/* What came each month: stored, repeated, refused. */
void quality_plot_received(const struct page *p, const json_t *source);
/* Days by month of "to_registration" or "to_receipt": half and nine of ten within. */
void quality_plot_days(const struct page *p, const json_t *source, const char *what);
/* Known, unknown, absent: what every report can tell. */
void quality_plot_complete(const struct page *p, const json_t *source);
/* Where reviews stand. */
void quality_plot_reviews(const struct page *p, const json_t *source);

#endif
