/* The counts to be protected and everything that ties them together: nodes, and
 * equations between them.
 *
 * A node is one count: a cell of a table, a total, a moving window, a change from
 * preliminary to final, whether it is to be published or not. An equation says
 * total = sum of members, each added or subtracted. What nobody is told and what
 * is hidden are unknowns of one system, whichever tables and releases the rest
 * comes from; that is what all later steps work on.
 *
 * Built by one thread: nodes, equations, insiders, then suppress_system_prepare.
 * Numbers of nodes are given in order, from 0. Same calls, same result. */
#ifndef VARDE_SUPPRESS_SYSTEM_H
#define VARDE_SUPPRESS_SYSTEM_H

#include "base/cleanup.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define SUPPRESS_NODES_MAX (4u << 20)
#define SUPPRESS_VALUE_MAX INT64_C(1000000000000)
#define SUPPRESS_NONE UINT32_MAX

enum suppress_flag {
	SUPPRESS_PUBLISHED = 1, /* to be published, where it is safe */
	SUPPRESS_FORCED = 2,    /* published earlier: cannot be hidden any more */
	SUPPRESS_HELD = 4,      /* hidden earlier: stays hidden */
	SUPPRESS_KNOWN = 8,     /* known from elsewhere: hiding it protects nothing */
	SUPPRESS_SIGNED = 16,   /* may be negative, such as a change; small is |value| < T */
	SUPPRESS_UNVALUED = 32, /* nobody knows its value here: it counts as small */
};

struct suppress_system;

/* `threshold` T: a count from 0 to T-1 is small. At least 2. */
NODISCARD enum rc suppress_system_new(int64_t threshold, struct suppress_system **ret);
void suppress_system_free(struct suppress_system *s);
DEFINE_CLEANUP(struct suppress_system *, suppress_system_free)

/* Adds `n` nodes of value 0, without flags, nobody's. RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc suppress_system_add(struct suppress_system *s, uint32_t n, uint32_t *ret_first);

/* total = the sum of `n` members, or, where `signs` is given, of sign times
 * member. `organisation`: the members are counts of different organisations, each
 * of which knows its own. RC_INVALID (no members, unknown node), RC_NOMEM. */
NODISCARD enum rc suppress_system_equation(struct suppress_system *s, uint32_t total,
					   const uint32_t *members, const int8_t *signs, uint32_t n,
					   bool organisation);

/* At most SUPPRESS_VALUE_MAX either way; clears SUPPRESS_UNVALUED. */
void suppress_system_set_value(struct suppress_system *s, uint32_t node, int64_t value);
void suppress_system_set_flags(struct suppress_system *s, uint32_t node, unsigned flags);
/* Whose own count a node is: any number that the caller chooses, or SUPPRESS_NONE. */
void suppress_system_set_owner(struct suppress_system *s, uint32_t node, uint32_t owner);
uint32_t suppress_system_owner(const struct suppress_system *s, uint32_t node);
/* How much more than others the reader misses it, from 1 (as at birth). */
void suppress_system_set_weight(struct suppress_system *s, uint32_t node, uint16_t weight);

/* Someone who knows every node of these owners: a contributor, or a region with
 * its contributors. RC_NOMEM. */
NODISCARD enum rc suppress_system_insider(struct suppress_system *s, const uint32_t *owners,
					  uint32_t n);

/* Ends the building: what follows from known nodes alone is known from here on. RC_NOMEM. */
NODISCARD enum rc suppress_system_prepare(struct suppress_system *s);

uint32_t suppress_system_nodes(const struct suppress_system *s);
int64_t suppress_system_value(const struct suppress_system *s, uint32_t node);
unsigned suppress_system_flags(const struct suppress_system *s, uint32_t node);

/* Whether a published node is hidden, as the steps or the caller decided. */
bool suppress_system_hidden(const struct suppress_system *s, uint32_t node);
/* For a pattern that comes from elsewhere, such as an earlier release's. */
void suppress_system_hide(struct suppress_system *s, uint32_t node);

/* The first equation that its values do not fulfil, as the number of its total;
 * SUPPRESS_NONE when all are. Equations with an unvalued node are fulfilled when
 * the rest leaves room for it. */
uint32_t suppress_system_not_additive(const struct suppress_system *s);

#endif
