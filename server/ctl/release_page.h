/* A release's report (release/report_json.h) as a page that a data protection officer
 * files and a director reads: one document, whole in itself, of styles and drawings;
 * nothing runs and nothing is fetched. Every number in it is one of the report's. */
#ifndef VARDE_CTL_RELEASE_PAGE_H
#define VARDE_CTL_RELEASE_PAGE_H

#include "base/buf.h"
#include "published/published.h"

#include <jansson.h>

#define RELEASE_PAGE_MAX ((size_t)16 << 20)

/* Appends it. RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc release_page(const json_t *report, enum published_lang lang, struct buf *out);

/* --- inside of the page ----------------------------------------------------------------------- */

struct page {
	struct buf *out;
	const json_t *report;
	enum published_lang lang;
};

extern const char release_page_style[];

/* One of two texts, by the page's language. */
const char *page_say(const struct page *p, const char *nb, const char *en)
	__attribute__((format_arg(2), format_arg(3)));
/* The sentences of the report about something, as a list; how many there are. */
size_t page_sentences(const struct page *p, const char *about);
/* A label of the report: "label_nb" or "label_en". */
const char *page_label(const struct page *p, const json_t *object);
const char *page_member(const json_t *object, const char *member);
int64_t page_number(const json_t *object, const char *member);
/* "12,3 %", or an en dash of nothing. */
const char *page_share(const struct page *p, int64_t part, int64_t whole, char out[16]);
/* "event type × severity, quarter": what a table adds to regions. */
void page_short_title(const struct page *p, const json_t *table);
/* A heading that the list of contents leads to. */
void page_heading(const struct page *p, const char *id, const char *nb, const char *en);
/* <p>…</p> of a text without markup. */
void page_paragraph(const struct page *p, const char *nb, const char *en);

/* A table that may be wider than the page: opened with its caption, closed. */
void page_table_begin(const struct page *p, const char *id, const char *nb, const char *en);
void page_table_end(const struct page *p);

/* release_plots.c: each one <svg> with name and description. */
void page_plot_cost(const struct page *p);
void page_plot_levels(const struct page *p);
void page_plot_periods(const struct page *p, const json_t *table);
void page_plot_coverage(const struct page *p, bool municipal);

/* release_thin.c */
void page_thin(const struct page *p);

/* What the plots call a level: "landet", "RHF" … */
const char *page_level(const struct page *p, const char *level);
#define PAGE_LEVELS 5
extern const char *const page_levels[PAGE_LEVELS];

#endif
