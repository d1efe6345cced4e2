/* What an organisation sent that was not stored as new: repeats and refusals are counted,
 * the newest refusals kept, so that it can reconcile what it sent with what is here.
 *
 *   note → memory (bounded, never waits) → a thread of this room → one small file
 *
 * The file is nobody's acknowledgement: a flood of refusals fills a queue and then is only
 * counted, a file that fails loses what waits, and the intake goes on in both cases. Counts
 * reach the file within REFUSED_FLUSH_MS, and at once when somebody reads; a process that
 * is killed loses those of its last moments, which refused_counts says.
 *
 * One thread of the room holds the only connection that writes. Any thread may call. */
#ifndef VARDE_REFUSED_REFUSED_H
#define VARDE_REFUSED_REFUSED_H

#include "base/cleanup.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REFUSED_DAYS 90          /* how long a refusal is kept */
#define REFUSED_KEPT 5000        /* of one organisation: the newest */
#define REFUSED_QUEUED 4096      /* waiting in memory, of all */
#define REFUSED_QUEUED_EACH 1024 /* of one organisation */
#define REFUSED_ERRORS 20        /* findings kept of one refusal */
#define REFUSED_FLUSH_MS 1000

struct findings;
struct refused;

/* Does not touch the file at `path` yet. RC_NOMEM. */
NODISCARD enum rc refused_new(const char *path, struct refused **ret, struct err *reterr);
/* Writes what waits. NULL is fine. */
void refused_free(struct refused *r);
DEFINE_CLEANUP(struct refused *, refused_free)

/* A document that was not taken. Borrowed for the call. */
struct refused_note {
	const char *orgnr, *sender; /* whose; who brought it */
	int64_t at;                 /* ms */
	int32_t month;              /* in which it counts: 12 * year + month - 1 */
	const char *trace_id;
	const char *report_id, *local_case_id; /* "" or NULL: not known */
	int status;
	const char *code;                /* of the problem */
	const struct findings *findings; /* its errors are kept, without details; or NULL */
};
void refused_add(struct refused *r, const struct refused_note *note);

/* A document that was here already. */
void refused_repeat(struct refused *r, const char *orgnr, int32_t month);

/* A report's content was erased: what it was called goes from its refusals too, from
 * the file and its log with the next write. RC_NOMEM. */
NODISCARD enum rc refused_forget(struct refused *r, const char *orgnr, const char *report_id);

/* Waits until all that was noted before is in the file, or the file failed. RC_IO, RC_FULL,
 * RC_CORRUPT, RC_NOMEM: what failed last; the next try may go well. */
NODISCARD enum rc refused_sync(struct refused *r, struct err *reterr);

/* Since start: refusals that could only be counted, and those lost to a failing file. */
void refused_lost(struct refused *r, uint64_t *ret_uncounted, uint64_t *ret_unkept);

/* --- reading, after refused_sync --------------------------------------------------------- */

/* Borrowed for the callback. */
struct refused_row {
	int64_t id; /* rises within its organisation, with gaps */
	int64_t at;
	const char *trace_id, *sender;
	const char *report_id, *local_case_id; /* or NULL */
	int status;
	const char *code;
	const char *errors; /* JSON text: [{"pointer","code"}] */
};

/* At most `limit` of the organisation's refusals with id > `since` that are not older than
 * REFUSED_DAYS, in order. `ret_lost`: how many were ever only counted. RC_OK without a call
 * where there are none. */
NODISCARD enum rc refused_list(struct refused *r, const char *orgnr, int64_t since, int64_t limit,
			       int64_t now_ms,
			       enum rc (*cb)(void *ctx, const struct refused_row *row), void *ctx,
			       int64_t *ret_lost, struct err *reterr);

/* Counts of months from..to; code "" is repeats. `ret_interrupted_at` (ms, 0: never): when a
 * process was last found to have ended without writing its last moments' counts. */
NODISCARD enum rc refused_counts(struct refused *r, const char *orgnr, int32_t from, int32_t to,
				 enum rc (*cb)(void *ctx, int32_t month, const char *code,
					       int64_t n),
				 void *ctx, int64_t *ret_interrupted_at, struct err *reterr);

#endif
