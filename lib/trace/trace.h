/* The last requests in memory, so that an operator can ask what became of one.
 *
 * A sender quotes a trace_id; the log has a line with it, and as long as the
 * request is among the last ones this room tells the same at once. What is kept
 * says which check failed in words of ours (advice.h), never a value of the
 * sender's. There are three rings of one size: the answered, the refused, and the
 * refused of whoever is unknown or sends too much. It is the refused that are asked
 * about: neither a busy day nor a flood must push them out. */
#ifndef VARDE_TRACE_TRACE_H
#define VARDE_TRACE_TRACE_H

#include "base/cleanup.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_ID_LEN 32 /* lower-case hex digits */
#define TRACE_CAPACITY_MAX ((size_t)1 << 20)

/* One request. Texts behind pointers are constants, or belong to something that
 * outlives the ring. */
struct trace_entry {
	char trace_id[TRACE_ID_LEN + 1];
	char tenant[10];       /* the token's organisation once it was verified, else "" */
	char owner[10];        /* whose data, where that is another than the tenant, else "" */
	char sender[10];       /* who acts for the tenant, likewise */
	const char *method;    /* "POST" */
	const char *operation; /* openapi's operationId; NULL: no such address */
	const char *code;      /* problem code, NULL: none */
	const char *reason;    /* which check failed, NULL: the code says it */
	int status;            /* 0: the connection ended without an answer */
	int64_t at_ms;         /* when it was over */
	int64_t took_us;
	uint64_t bytes_in, bytes_out;                  /* bodies */
	bool complete;                                 /* the whole answer was handed over */
	unsigned stored_new, stored_repeated, refused; /* documents */
	int64_t seq;                                   /* of a single document stored; 0: none */
};

struct trace_ring;

/* Room for `capacity` requests of each kind, allocated at once. RC_INVALID,
 * RC_NOMEM. */
NODISCARD enum rc trace_ring_new(size_t capacity, struct trace_ring **ret, struct err *reterr);
void trace_ring_free(struct trace_ring *ring);
DEFINE_CLEANUP(struct trace_ring *, trace_ring_free)

/* Copies the entry over the oldest of its kind. Never blocks for long; any thread. */
void trace_ring_add(struct trace_ring *ring, const struct trace_entry *entry);

/* Copies the newest `max` requests of this trace_id to `out`, oldest first, and
 * returns how many there are in all: a sender may give several requests one
 * trace. Any thread. */
size_t trace_ring_find(struct trace_ring *ring, const char *trace_id, struct trace_entry *out,
		       size_t max);

/* How many requests are kept, and since when nothing is missing: `at_ms` of the
 * oldest of the kind that was last overwritten; 0 while nothing was. Any thread. */
void trace_ring_reach(struct trace_ring *ring, size_t *ret_len, int64_t *ret_since_ms);

#endif
