/* What was counted, before any protection: never leaves the intake's host.
 *
 * A struct counted is either what varded hands over ("base": registration months
 * as the reports say) or what a release makes of it and freezes (each row in the
 * month that it counts in). It is kept in a release's private folder as lines of
 * JSON, sorted, so that the same counts are the same bytes. Not for two threads. */
#ifndef VARDE_COUNT_COUNTED_H
#define VARDE_COUNT_COUNTED_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNTED_FILE_MAX ((size_t)512 << 20)

/* The two clocks of the design: a month of registration, or a year of events. Rows of the
 * third kind say again of the event clock's reports which were notified, and how far
 * their reviews had come. */
enum counted_clock { COUNTED_REGISTRATION, COUNTED_EVENT, COUNTED_REVIEW };

/* Which list a row stands in. */
enum counted_state {
	COUNTED_ROW,      /* counts in `period` */
	COUNTED_PENDING,  /* registered in a month that has not been released yet */
	COUNTED_BEFORE,   /* not counted: registered before the organisation's coverage */
	COUNTED_TOO_LATE, /* not counted: came more than three months after its month closed */
	COUNTED_NO_YEAR,  /* event clock: the year of the event is not known */
	COUNTED_STATES,
};

/* Members are words of the struct (one pointer per text), "" where absent. */
struct counted_row {
	enum counted_state state;
	enum counted_clock clock;
	const char *orgnr;
	int32_t period;          /* registration: month (period.h); else year of the event */
	int32_t registered_year; /* event clock only, else 0 */
	bool late;               /* counts in a later month than it was registered in */
	bool linked;             /* names a related report of another organisation */
	const char *event_class, *event_type, *severity, *place, *stage;
	const char *municipality; /* as of the cut-off; "" for health trusts, "15?" where a
				     split leaves it open, or "?" */
	const char *review;       /* reviews only, else "" or NULL: "none", "started", "overdue",
				     "not_carried_out", "completed_in_time", "completed_late" */
	const char *factors;      /* of a completed one, else "": "not_coded", "none_found", or
				     coded on "levels_0" … "levels_3" and more levels */
	int64_t n;
};

struct counted_organisation {
	const char *orgnr, *name, *kind;
	const char *region;     /* code of an RHF in the list `organisation`; "" none */
	int32_t coverage_start; /* month; 0: none, nothing is counted by registration */
	bool active;            /* its phase at the cut-off */
	int64_t upto_seq;       /* documents up to here have been counted */
};

struct counted {
	int64_t as_of_ms;
	int32_t closed;       /* the last month that is closed; 0: none yet */
	int32_t reviews_from; /* the first year of events whose reviews were counted; 0: none */
	struct counted_organisation *organisations;
	size_t organisations_len;
	struct counted_row *rows;
	size_t rows_len;
	void *private;
};

NODISCARD enum rc counted_new(struct counted **ret);
void counted_free(struct counted *counted);
DEFINE_CLEANUP(struct counted *, counted_free)

/* Copies; texts become words. RC_NOMEM. */
NODISCARD enum rc counted_add_organisation(struct counted *counted,
					   const struct counted_organisation *organisation);
NODISCARD enum rc counted_add(struct counted *counted, const struct counted_row *row);

/* NULL when there is none of that number. */
const struct counted_organisation *counted_organisation(const struct counted *counted,
							const char *orgnr);

/* Puts rows and organisations in their order and makes one row of equal ones. */
void counted_sort(struct counted *counted);

/* Appends the lines; sorts first. RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc counted_write(struct counted *counted, struct buf *out);

/* Reads lines of counted_write(). RC_INVALID "counts-malformed" with the line in
 * `where`: also a file without its end, or whose sums differ. RC_NOMEM. */
NODISCARD enum rc counted_read(const char *text, size_t len, struct counted **ret,
			       struct err *reterr);

#endif
