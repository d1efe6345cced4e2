/* Worker threads with a bounded queue, first in, first out. The pool knows
 * nothing about its jobs: a job is embedded in whatever its owner works on. */
#ifndef VARDE_HTTP_POOL_H
#define VARDE_HTTP_POOL_H

#include "base/rc.h"

struct pool;

/* Owned by the submitter, untouched by the pool once `run` has begun. */
struct pool_job {
	void (*run)(struct pool_job *job);
	struct pool_job *next; /* the pool's own */
};

/* Starts `workers` threads. RC_NOMEM, RC_IO (no thread). */
NODISCARD enum rc pool_new(unsigned workers, unsigned queue_limit, struct pool **ret);

/* Queues a job, never waits. RC_BUSY: the queue is full or the pool stopped;
 * the job stays the caller's. Any thread. */
NODISCARD enum rc pool_submit(struct pool *pool, struct pool_job *job);

/* Jobs waiting now. Any thread. */
unsigned pool_waiting(struct pool *pool);

/* Lets the workers finish all queued jobs, waits for them, frees. NULL allowed. */
void pool_free(struct pool *pool);

#endif
