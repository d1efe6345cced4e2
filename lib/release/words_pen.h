/* Inside of the room: writes a sentence in all languages at once. */
#ifndef VARDE_RELEASE_WORDS_PEN_H
#define VARDE_RELEASE_WORDS_PEN_H

#include "base/buf.h"
#include "release/words.h"

struct pen {
	struct release_words *words;
	struct buf text[PUBLISHED_LANGS]; /* of the sentence that is being written */
	bool failed;
};

void pen_say(struct pen *p, const char *nb, const char *en);
void pen_labels(struct pen *p, const char *const label[PUBLISHED_LANGS]);
void pen_number(struct pen *p, int64_t n);
/* "83 %". 0 and 100 are said only where nothing and all is meant. */
void pen_percent(struct pen *p, int64_t part, int64_t whole);
/* Before the i-th of n in a list: nothing, a comma, or "and". */
void pen_between(struct pen *p, size_t i, size_t n);
/* The sentence ends, with its full stop, and begins with a capital. */
void pen_end(struct pen *p, enum words_about about);

/* The three files' parts. */
void words_of_tables(const struct release_report *r, struct pen *p);
void words_of_start(const struct release_report *r, struct pen *p);
void words_of_later(const struct release_report *r, struct pen *p);

/* --- families of tables ------------------------------------------------------------------- */

/* Tables that show the same by other units of time. */
struct family {
	const struct report_table *fine, *coarse; /* by month rather, by year rather */
};

/* At most one per table; `ret` has room for r->tables_len. Those without a figure of
 * incidents are left out. */
size_t families_of(const struct release_report *r, struct family *ret);
/* Figures of incidents of the finest level, with the nation's where that is not an
 * organisation's. */
struct report_cells family_cells(const struct report_table *t);
/* "quarterly figures for the country and the regions by event type" */
void pen_figures(struct pen *p, const struct report_table *t);

/* How much may be hidden of what is as good as visible, in parts of a hundred. */
#define WORDS_NEARLY 10

static inline bool words_nearly_visible(const struct report_cells *c)
{
	return (uint64_t)c->hidden * 100 < (uint64_t)c->cells * WORDS_NEARLY || !c->hidden;
}

static inline bool words_mostly_hidden(const struct report_cells *c)
{
	return (uint64_t)c->hidden * 2 >= c->cells;
}

#endif
