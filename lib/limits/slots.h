/* Inside of the limits room: what is remembered per name, in a table that never
 * grows. Sharded; a name's slot is used under its shard's lock only.
 *
 * A bucket of a few slots per hash, as in a processor's cache: there is nothing to
 * walk and nothing to clean. Where all slots of a bucket are in use by others, the
 * newcomer has no slot; whoever is at rest makes room. The hash is keyed (SipHash),
 * so that nobody can choose names that meet in one bucket. */
#ifndef VARDE_LIMITS_SLOTS_H
#define VARDE_LIMITS_SLOTS_H

#include "base/rc.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slots;

/* `size` bytes per slot for about `capacity` names (1 to 2^20), allocated at once.
 * `resting` says whether a slot may be forgotten at `now`: it holds nothing that a
 * slot of zeros does not say as well. RC_NOMEM, RC_INVALID. */
NODISCARD enum rc slots_new(size_t capacity, size_t size,
			    bool (*resting)(const void *slot, int64_t now), struct slots **ret);
void slots_free(struct slots *slots);

/* The slot of this name, zeroed when it is new, with its lock held; give it back with
 * slots_unlock(*ret_lock). NULL (no lock is held): there is no room. */
void *slots_lock(struct slots *slots, const char *name, int64_t now, pthread_mutex_t **ret_lock);
void slots_unlock(pthread_mutex_t *lock);

#endif
