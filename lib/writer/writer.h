/* The writers: threads that own the tenants' files and turn queues of jobs into
 * groups, one transaction and one fsync each.
 *
 *   submit → the tenant's queue (bounded) → its turn → group → put_batch → done
 *
 * A tenant belongs to one thread (by hash of its number). A thread serves its
 * tenants with waiting jobs in turn, one group each, so that a busy tenant delays
 * another by at most one group. A group takes what waits and closes at its
 * limits; a lone job goes at once. All jobs of a group hear of it after its
 * commit, whatever their outcome, or all get its failure.
 *
 * States of a tenant:      ┌────────── check passed ──────────┐
 *                          ▼                                  │
 *   CLOSED ── first job → OPEN ── IO or corrupt → QUARANTINED ┘ (jobs get RC_IO at
 *                                                 once; retried with backoff)
 * A full disk is no fault of the file: those jobs get RC_FULL, the next group
 * tries again. */
#ifndef VARDE_WRITER_WRITER_H
#define VARDE_WRITER_WRITER_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/rc.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seal_recipient; /* seal/envelope.h */
struct writer;

struct writer_options {
	size_t threads;     /* 0: 1 */
	size_t queue_items; /* per tenant; 0: 1024 */
	size_t queue_bytes; /* per tenant, clear + secret; 0: 32 MiB */
	size_t group_items; /* 0: 256 */
	size_t group_bytes; /* clear + secret; one larger job is a group; 0: 4 MiB */
	int64_t wal_pages;  /* checkpoint when the log is longer; 0: 4000 (16 MiB) */
	int64_t retry_ms;   /* first pause before a quarantined file is tried again; 0: 1000 */
	const struct store_options *store; /* or NULL; copied */
	/* Called on writer threads, several at a time; must not call the writer. */
	void *ctx;
	/* Appends the path of the tenant's file. RC_NOT_FOUND: no such tenant. */
	enum rc (*path)(void *ctx, const char *orgnr, struct buf *ret);
	/* To whom the tenant's next group is sealed: at most `max`, at least one.
	 * Copied when the call returns. */
	enum rc (*recipients)(void *ctx, const char *orgnr, struct seal_recipient *ret, size_t max,
			      size_t *ret_n);
	/* May be NULL. After a group's commit, before its answers: its erasing documents. */
	void (*erased)(void *ctx, const char *orgnr, const struct store_item *const *items,
		       size_t n);
	int64_t (*now_ms)(void *ctx); /* NULL: the wall clock */
	/* May be NULL. A tenant's file failed or is well again: for the log. */
	void (*notice)(void *ctx, const char *orgnr, enum rc rc, const struct err *err);
};

/* One document on its way. Owned by the caller, zero-initialised; from a
 * successful submit until `done` it belongs to the writer, and everything that
 * `item` points to must stay as it is. */
struct writer_job {
	struct store_item item;
	/* Once, on a writer thread, after the group's commit or failure. `result` is
	 * borrowed (its texts may be taken by TAKE_PTR) and NULL unless rc is RC_OK:
	 * RC_FULL, RC_IO, RC_CORRUPT, RC_NOMEM, RC_BUSY (shutting down), RC_NOT_FOUND.
	 * The job is the caller's again. Must not block. */
	void (*done)(struct writer_job *job, struct store_result *result, enum rc rc);
	void *ctx;  /* the caller's */
	bool trial; /* of a tenant that only tries: see writer_trial_end() */

	struct writer_job *next; /* private */
};

NODISCARD enum rc writer_new(const struct writer_options *options, struct writer **ret,
			     struct err *reterr);

/* No new jobs (RC_BUSY); returns when every accepted one is done, the logs are
 * emptied into the files and the files closed. Jobs of quarantined tenants get
 * RC_IO. Close the views first. */
void writer_drain(struct writer *writer);
/* Drains if need be. NULL is fine. Not from a writer thread. */
void writer_free(struct writer *writer);
DEFINE_CLEANUP(struct writer *, writer_free)

/* Any thread. RC_BUSY: this tenant's queue is full, or draining; RC_IO: the
 * tenant is quarantined; RC_NOMEM. On failure the job stays the caller's and
 * done is not called. */
NODISCARD enum rc writer_submit(struct writer *writer, const char *orgnr, struct writer_job *job);

/* All of one tenant's jobs in order, or none. RC_LIMIT: more than a queue can ever hold. */
NODISCARD enum rc writer_submit_many(struct writer *writer, const char *orgnr,
				     struct writer_job *const *jobs, size_t n);

/* An administrative event through the same thread; waits for its commit (also
 * makes and opens the file). Not from a writer thread. As store_put_event. */
NODISCARD enum rc writer_event(struct writer *writer, const char *orgnr,
			       const struct store_event *event, int64_t *ret_seq,
			       struct err *reterr);

/* Erasure through the same thread; waits for its commit. The log is wiped as soon as
 * no view reads, and after an erasing document likewise. As store_erase. */
NODISCARD enum rc writer_erase(struct writer *writer, const char *orgnr,
			       const struct store_erase *list, size_t n,
			       const struct store_event *event, struct store_erased *ret,
			       struct err *reterr);

/* The tenant's trial is over: from now on no job of it is taken (RC_BUSY), also one that
 * was judged before and comes late. Returns when those taken earlier are done, so that
 * what follows meets all of them. Not from a writer thread. As store_open. */
NODISCARD enum rc writer_trial_end(struct writer *writer, const char *orgnr, struct err *reterr);
/* It is not over after all. */
void writer_trial_resume(struct writer *writer, const char *orgnr);

/* Opens, and makes and migrates as needed, the tenant's file, and waits for it:
 * at start and when a tenant is added. Not from a writer thread. */
NODISCARD enum rc writer_open(struct writer *writer, const char *orgnr, struct err *reterr);

struct writer_status {
	size_t tenants;                                  /* whose files are open or quarantined */
	size_t quarantined;                              /* of these */
	size_t queued, queued_bytes;                     /* waiting or being written */
	int64_t last_commit_at;                          /* ms; 0: none since start */
	uint64_t commits, items, failed_groups, refused; /* since start; refused: queue full */
	int64_t wal_pages;                               /* the longest log */
	size_t unwiped; /* tenants whose log may still hold what was erased */
};

/* Of one tenant (all zero when it never sent), or of all (NULL). Any thread; cheap. */
void writer_status(struct writer *writer, const char *orgnr, struct writer_status *ret);

#endif
