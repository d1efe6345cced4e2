/* What a release shows, hides and risks, in figures: the examination of finished
 * tables against the counts behind them, as the data protection officer repeats it.
 * It starts from the tables alone and asks the audit, not those who built them.
 *
 * Private: it counts what is hidden. Never in the public folder. */
#ifndef VARDE_RELEASE_REPORT_H
#define VARDE_RELEASE_REPORT_H

#include "release/tables.h"
#include "suppress/measure.h"

/* Cells of a table, or of one level of it. */
struct report_cells {
	uint32_t cells, shown, hidden, missing;
	int64_t hidden_value;
};

#define REPORT_LEVELS 5

struct report_table {
	const char *id; /* the programme's, as are its label and levels */
	const struct programme_table *table;
	struct report_cells all;
	struct report_cells levels[REPORT_LEVELS]; /* by bit of enum programme_level */
};

struct report_class {
	const char *event_class;
	struct report_cells all;
	uint32_t nodes, small_shown; /* published figures from 0 to T-1: none may be */
	uint32_t primary, secondary; /* hidden: small themselves, or for others' sake */
	struct suppress_audit audit;
	int64_t counted, pending, before, too_late, no_year; /* reports, by what became of them */
};

/* Who could have contributed in a quarter, and did. */
struct report_quarter {
	int32_t first_month;
	uint32_t hospitals, hospitals_of, municipalities, municipalities_of;
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
	struct report_cells default_view; /* nation and RHF by quarter, incidents */
};
void release_report_release(struct release_report *report);

/* Examines `tables` made of `counted`, with all other releases that anybody has.
 * RC_CONFLICT "release-changed"; RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc release_examine(const struct programme *programme, const struct codes *codes,
				  const struct counted *counted,
				  const struct published_tables *tables,
				  const struct release_earlier *others, size_t others_len,
				  struct release_report *ret, struct err *reterr);

/* Whether it keeps the promise; where not, `*ret_why` names the figure. */
bool release_report_is_safe(const struct release_report *report, const char **ret_why);

#endif
