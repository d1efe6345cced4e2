/* What a release shows, hides and risks, in figures: the examination of finished
 * tables against the counts behind them, as the data protection officer repeats it.
 * It starts from the tables alone and asks the audit, not those who built them.
 *
 * Private: it counts what is hidden. Never in the public folder. */
#ifndef VARDE_RELEASE_REPORT_H
#define VARDE_RELEASE_REPORT_H

#include "published/folder.h"
#include "release/tables.h"
#include "suppress/measure.h"

/* Figures, and the reports in them; where figures overlap a report counts in each. */
struct report_cells {
	uint32_t cells, shown, hidden, missing; /* cells = shown + hidden */
	int64_t value, hidden_value;
};
void report_cells_add(struct report_cells *to, const struct report_cells *more);

#define REPORT_LEVELS 5
#define REPORT_DIMENSIONS (PROGRAMME_TABLE_DIMENSIONS + 2) /* region, its own, time */

/* "nation" … "municipality", by bit of enum programme_level. */
const char *report_level_name(size_t level);

/* What a table shows of one region, event type, period … */
struct report_category {
	char code[AXIS_CODE_SIZE];
	char label[PUBLISHED_LANGS][AXIS_LABEL_SIZE];
	bool total; /* holds all others of its dimension */
	struct report_cells classes[RELEASE_CLASSES];
};

struct report_dimension {
	const char *code; /* the programme's, as is its label */
	const char *label[PUBLISHED_LANGS];
	struct report_category *categories;
	size_t len;
};

struct report_table {
	const char *id; /* the programme's, as are its label and levels */
	const struct programme_table *table;
	struct report_cells cells[RELEASE_CLASSES][REPORT_LEVELS];
	struct report_dimension dimensions[REPORT_DIMENSIONS];
	size_t dimensions_len;
	struct report_cells before; /* in the previous release; no values */
};

/* Of a table, the classes and levels of these masks (bits of release_classes, enum
 * programme_level). */
#define REPORT_INCIDENTS 1u
#define REPORT_ALL (~0u)
struct report_cells report_sum(const struct report_table *table, unsigned classes, unsigned levels);

struct report_class {
	const char *event_class;
	struct report_cells all;     /* each figure once, in however many tables it stands */
	uint32_t nodes, small_shown; /* published figures from 0 to T-1: none may be */
	/* Hidden: small themselves; else because an earlier release binds; else for others'
	 * sake. */
	uint32_t primary, held, secondary;
	struct suppress_audit audit;
	int64_t counted, pending, before, too_late, no_year; /* reports, by what became of them */
};

/* Who could have contributed in a quarter, and did. */
struct report_quarter {
	int32_t first_month;
	uint32_t hospitals, hospitals_of, municipalities, municipalities_of;
};

/* Who contributes to the figures of a region, at the end of the last closed month. */
struct report_region {
	char code[AXIS_CODE_SIZE];
	char label[PUBLISHED_LANGS][AXIS_LABEL_SIZE];
	unsigned level; /* enum programme_level */
	bool municipal;
	uint32_t contributors, of;
	int32_t first_month; /* of the first contributor; 0: none */
};

/* A category of which most figures of incidents are hidden, over all tables. */
struct report_thin {
	const struct report_dimension *dimension;
	const struct report_category *category;
	uint32_t cells, hidden;
};

/* Zeroed is empty. Texts belong to the programme. */
struct release_report {
	int64_t as_of_ms;
	int32_t closed;
	int64_t threshold;
	struct report_class classes[RELEASE_CLASSES];
	struct report_table *tables;
	size_t tables_len;
	struct report_quarter *quarters;
	size_t quarters_len;
	struct report_region *regions; /* nation first, of hospitals, then of municipalities */
	size_t regions_len;
	struct report_thin *thin; /* by dimension, thinnest first */
	size_t thin_len;
	struct report_cells default_view;         /* nation and RHF by quarter, incidents */
	char previous[PUBLISHED_RELEASE_MAX + 1]; /* what `before` is of; "": none */
};
void release_report_release(struct release_report *report);

/* All others that anybody has, in their order, of which the first `before` came before
 * the one examined. Borrowed. */
struct release_others {
	const struct release_earlier *list;
	size_t len, before;
};

/* Examines `tables` made of `counted`. RC_CONFLICT "release-changed"; RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc release_examine(const struct programme *programme, const struct codes *codes,
				  const struct counted *counted,
				  const struct published_tables *tables,
				  const struct release_others *others, struct release_report *ret,
				  struct err *reterr);

/* --- the bars ------------------------------------------------------------------------------- */

enum report_bar_name {
	BAR_SMALL_SHOWN,
	BAR_LINEAR,
	BAR_BOUNDS,
	BAR_NARROW,
	BAR_REVEALED,
	BAR_INSIDERS,
	BAR_ADDITIVE,
	REPORT_BARS,
};

/* What a release must keep, per event class: at most `per_thousand` of `of`. */
struct report_bar {
	const char *name;                  /* "small-shown" …, for programs */
	const char *text[PUBLISHED_LANGS]; /* what is counted, for people */
	uint32_t figure, of, per_thousand;
	bool kept;
};
struct report_bar report_bar(const struct report_class *c, enum report_bar_name bar);

/* Whether it keeps the promise; where not, `*ret_why` names the first bar missed. */
bool release_report_is_safe(const struct release_report *report, const char **ret_why);

#endif
