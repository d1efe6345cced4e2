/* What attackers were seen not to know: kept by suppress_protect, so that later rounds,
 * and suppress_audit, need not find it again. */
#ifndef VARDE_SUPPRESS_WITNESS_H
#define VARDE_SUPPRESS_WITNESS_H

#include "suppress/internal.h"

#define WITNESS_MAX UINT16_MAX

static inline uint16_t witness_capped(int64_t distance)
{
	return distance < WITNESS_MAX ? (uint16_t)distance : WITNESS_MAX;
}

NODISCARD enum rc witness_init(const struct suppress_system *s, struct witness *seen);
void witness_release(struct witness *seen);

/* `insider` NULL: the outsider. A copy is empty where nothing was kept. RC_NOMEM. */
NODISCARD enum rc witness_copy(const struct suppress_system *s, const struct insider *insider,
			       struct witness *ret);
struct witness *witness_of(const struct suppress_system *s, const struct insider *insider);

/* For all attackers, empty. RC_NOMEM. */
NODISCARD enum rc witness_begin(struct suppress_system *s);
void witness_forget(struct suppress_system *s);

#endif
