/* The lane for long work: a batch may keep a worker busy for seconds, and workers
 * are few. So only some of them ever work on batches, and a batch that finds the
 * lane full is parked without a worker; whoever leaves takes over the parked one
 * that has waited longest, another tenant's before another of its own. One tenant's
 * batches thus delay neither single documents nor another tenant's batch for long. */
#ifndef VARDE_VARDED_LANE_H
#define VARDE_VARDED_LANE_H

#include "http/http.h"

#include <pthread.h>
#include <stdbool.h>

/* A place in the lane; in memory of whoever asks, until it has left. */
struct lane_place {
	struct exchange *x;
	char tenant[10];
	struct lane_place *next; /* the lane's own */
};

struct lane {
	pthread_mutex_t lock;
	unsigned running, most;
	struct lane_place *parked; /* oldest first */
};

void lane_init(struct lane *lane, unsigned most);

/* True: go ahead. False: parked; from now on the place is not the caller's. */
bool lane_enter(struct lane *lane, struct lane_place *place);

/* The caller's work for `tenant` is done: the parked place that it must work on
 * now, or NULL. */
struct lane_place *lane_leave(struct lane *lane, const char *tenant);

#endif
