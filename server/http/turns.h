/* Whose turn it is: jobs wait by flow (a tenant, a client's address), and the flows
 * are served in turn, one job each, so that however much one of them brings, another's
 * job waits for one turn of each and no more (fair queueing as in RFC 970, with flows
 * made when they bring something and forgotten when they have nothing left).
 *
 * Flows stand in two rings that are served alternately: those whose sender is known
 * and strangers, so that many strangers together take one half at most. One flow is
 * never given to more than `each` workers at once. Within a flow, jobs that were put
 * back (long work in pieces) and fresh ones are served alternately; of those put back
 * the one that began first goes on until it is done.
 *
 * Plain data without a lock: pool.c has the threads. */
#ifndef VARDE_HTTP_TURNS_H
#define VARDE_HTTP_TURNS_H

#include "base/rc.h"

#include <stdbool.h>
#include <stddef.h>

#define TURNS_NAME_SIZE 48
#define TURNS_TABLE 256

enum turns_ring { TURNS_KNOWN, TURNS_STRANGER };
#define TURNS_RINGS 2

/* Embedded in whatever its owner works on; untouched by us once it was given out. */
struct turns_job {
	struct turns_job *next; /* ours */
	bool begun;             /* ours: was put back before */
	enum turns_ring ring;
	const char *flow; /* a name, cut at TURNS_NAME_SIZE - 1; borrowed while it waits */
};

struct turns_queue {
	struct turns_job *first, **end;
};

struct turns_flow;

struct turns {
	struct turns_flow *table[TURNS_TABLE];
	struct {
		struct turns_flow *first, **end;
	} rings[TURNS_RINGS];
	unsigned next_ring;
	unsigned each;
	unsigned waiting; /* jobs */
};

/* At most `each` (1 and up) jobs of one flow are out at the same time. */
void turns_init(struct turns *turns, unsigned each);
/* Frees what remembers flows; jobs still waiting are the caller's to know. */
void turns_release(struct turns *turns);

/* A fresh job behind those of its flow. RC_NOMEM: it was not taken. */
NODISCARD enum rc turns_add(struct turns *turns, struct turns_job *job);

/* A job that was given out and is not done: behind those put back before it. RC_NOMEM
 * only where its flow has none out. */
NODISCARD enum rc turns_put_back(struct turns *turns, struct turns_job *job);

/* The next job, NULL when there is none to give; *ret_flow is to be given back with
 * turns_done() when its work is done. */
struct turns_job *turns_next(struct turns *turns, struct turns_flow **ret_flow);
void turns_done(struct turns *turns, struct turns_flow *flow);

#endif
