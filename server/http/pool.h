/* Worker threads with a bounded queue, served in turn by flow (turns.h). The pool
 * knows nothing about its jobs: a job is embedded in whatever its owner works on. */
#ifndef VARDE_HTTP_POOL_H
#define VARDE_HTTP_POOL_H

#include "http/turns.h"

struct pool;

/* Owned by the submitter, untouched by the pool once `run` has begun. */
struct pool_job {
	struct turns_job turn; /* first: whose it is is set before it is submitted */
	void (*run)(struct pool_job *job);
};

/* Starts `workers` threads, of which one flow may have `each` at once. RC_NOMEM, RC_IO
 * (no thread). */
NODISCARD enum rc pool_new(unsigned workers, unsigned each, unsigned queue_limit,
			   struct pool **ret);

/* Queues a job, never waits. RC_BUSY: the queue is full or the pool stopped, RC_NOMEM;
 * the job stays the caller's. Any thread. */
NODISCARD enum rc pool_submit(struct pool *pool, struct pool_job *job);

/* Queues a job that runs, from within `run`, which must not touch it any more: others
 * have their turn before it runs again. However full the queue is, and also while the
 * pool stops. RC_NOMEM: the job stays the caller's. */
NODISCARD enum rc pool_put_back(struct pool *pool, struct pool_job *job);

/* Jobs waiting now. Any thread. */
unsigned pool_waiting(struct pool *pool);

/* Lets the workers finish all queued jobs, waits for them, frees. NULL allowed. */
void pool_free(struct pool *pool);

#endif
