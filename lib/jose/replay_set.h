/* Inside of jose: how the set of used proofs is laid out (replay.c uses it,
 * replay_file.c saves and loads it). */
#ifndef VARDE_JOSE_REPLAY_SET_H
#define VARDE_JOSE_REPLAY_SET_H

#include "jose/replay.h"

#include <pthread.h>
#include <sodium.h>

#define REPLAY_SHARDS 16
#define REPLAY_DIGEST 32
/* Owners are counted by a hash of their name: two that meet in one share it. What was
 * loaded from a file is nobody's. */
#define REPLAY_OWNERS 4096
#define REPLAY_NOBODY REPLAY_OWNERS

struct replay_entry {
	unsigned char digest[REPLAY_DIGEST]; /* SHA-256(jkt 0x00 jti) */
	int64_t expires_ms;
	uint32_t next; /* index + 1 in the chain or the free list, 0 ends */
	uint16_t owner;
};

/* Chains over a fixed pool: memory is taken once, and only the total is bounded,
 * so no sender can make another's bucket full. */
struct replay_shard {
	pthread_mutex_t lock;
	uint32_t *heads;
	struct replay_entry *entries;
	uint32_t free;
	size_t len;
	int64_t earliest_ms; /* no entry expires before */
	int64_t swept_ms;    /* when the whole shard was last walked */
	uint32_t *held;      /* the set's, for this shard's entries that go */
};

struct jose_replay {
	unsigned char key[crypto_shorthash_KEYBYTES]; /* chains cannot be aimed at */
	int64_t floor_s;                              /* atomic */
	size_t room;                                  /* entries and heads of a shard */
	struct replay_shard shards[REPLAY_SHARDS];
	uint32_t held[REPLAY_OWNERS + 1]; /* atomic: entries of each owner, expired ones
					   * that still lie there included */
};

/* Adds a digest if it is not there: RC_OK, RC_CONFLICT, RC_LIMIT, RC_BUSY. */
NODISCARD enum rc replay_add(struct jose_replay *set, uint16_t owner,
			     const unsigned char digest[REPLAY_DIGEST], int64_t expires_ms,
			     int64_t now_ms);

#endif
