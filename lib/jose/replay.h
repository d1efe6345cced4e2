/* Which proofs were used already: each (key, jti) passes once (RFC 9449 section
 * 11.1). In memory, bounded, sharded, for many threads; filled only with proofs
 * that verified, so a stranger cannot fill it; and no owner holds more than a
 * quarter of it, so that one gone mad does not shut the others out.
 *
 * Across a restart it is saved at the drain and loaded, then deleted, at start.
 * Where there is nothing to load after a crash set a floor: proofs made up to then
 * may have been used and are refused. The file keeps the floor, and up to when the
 * set had forgotten anything, so that a longer window after the restart does not
 * let through what was used before it. */
#ifndef VARDE_JOSE_REPLAY_H
#define VARDE_JOSE_REPLAY_H

#include "base/cleanup.h"
#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define JOSE_REPLAY_CAPACITY_MAX ((size_t)1 << 24)

struct jose_replay;

/* Room for about `capacity` proofs (at least 16), 52 bytes each, allocated at
 * once. RC_INVALID, RC_NOMEM. */
NODISCARD enum rc jose_replay_new(size_t capacity, struct jose_replay **ret, struct err *reterr);
void jose_replay_free(struct jose_replay *set);
DEFINE_CLEANUP(struct jose_replay *, jose_replay_free)

/* Proofs issued at or before `iat_s` are refused from now on. Any thread. */
void jose_replay_set_floor(struct jose_replay *set, int64_t iat_s);

/* Uses the proof up. RC_OK: it is the first. RC_CONFLICT: it was used.
 * RC_FORBIDDEN: its iat is not over the floor. RC_BUSY: the set is full of proofs
 * that still count, so nothing can be said; refuse, and raise an alarm. RC_LIMIT:
 * the owner has its quarter; refuse it alone. `owner` is any name, such as the
 * tenant's. Forgotten at `expires_ms`, which must be after the proof itself is too
 * old to be taken. Any thread. */
NODISCARD enum rc jose_replay_use(struct jose_replay *set, const char *owner, const char *jkt,
				  const char *jti, int64_t iat_s, int64_t expires_ms,
				  int64_t now_ms);

/* How many proofs are remembered, expired ones that still lie there included, and
 * how many there is room for. */
size_t jose_replay_len(struct jose_replay *set);
size_t jose_replay_room(const struct jose_replay *set);

/* Writes the proofs that still count to a new file (0600) that takes `path`'s
 * place when it is whole and on disk, with the floor: the set's, or
 * `forgotten_s` where that is higher (proofs issued at or before may have been
 * forgotten). RC_IO, RC_FULL, RC_NOMEM. */
NODISCARD enum rc jose_replay_save(struct jose_replay *set, const char *path, int64_t forgotten_s,
				   int64_t now_ms, struct err *reterr);

/* Deletes the file, then adds its proofs and raises the floor to the file's: so it
 * is never loaded twice.
 * RC_NOT_FOUND, RC_CORRUPT (torn or altered; nothing was added), RC_IO, RC_LIMIT
 * (larger than this set), RC_NOMEM: after any of these a floor is needed. */
NODISCARD enum rc jose_replay_load(struct jose_replay *set, const char *path, int64_t now_ms,
				   struct err *reterr);

#endif
