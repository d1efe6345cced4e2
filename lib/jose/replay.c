#include "jose/key.h"
#include "jose/replay_set.h"

#include <stdlib.h>
#include <string.h>

static bool shard_init(struct replay_shard *shard, size_t room)
{
	shard->heads = calloc(room, sizeof(*shard->heads));
	shard->entries = calloc(room, sizeof(*shard->entries));
	if (!shard->heads || !shard->entries)
		return false;
	for (size_t i = 0; i + 1 < room; i++)
		shard->entries[i].next = (uint32_t)i + 2;
	shard->free = 1;
	shard->earliest_ms = INT64_MAX;
	return true;
}

enum rc jose_replay_new(size_t capacity, struct jose_replay **ret, struct err *reterr)
{
	CLEANUP(jose_replay_freep) struct jose_replay *set = NULL;
	bool ok = true;

	if (capacity < REPLAY_SHARDS || capacity > JOSE_REPLAY_CAPACITY_MAX || sodium_init() < 0)
		return err_set(reterr, RC_INVALID, "replay-capacity", NULL,
			       "the set holds %d to %zu proofs", REPLAY_SHARDS,
			       JOSE_REPLAY_CAPACITY_MAX);
	set = calloc(1, sizeof(*set));
	if (!set)
		return jose_no_memory(reterr);
	for (size_t i = 0; i < REPLAY_SHARDS; i++) {
		pthread_mutex_init(&set->shards[i].lock, NULL);
		set->shards[i].held = set->held;
	}
	set->floor_s = INT64_MIN;
	set->room = (capacity + REPLAY_SHARDS - 1) / REPLAY_SHARDS;
	crypto_shorthash_keygen(set->key);
	for (size_t i = 0; i < REPLAY_SHARDS; i++)
		ok = ok && shard_init(&set->shards[i], set->room);
	if (!ok)
		return jose_no_memory(reterr);
	*ret = TAKE_PTR(set);
	return RC_OK;
}

void jose_replay_free(struct jose_replay *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < REPLAY_SHARDS; i++) {
		free(set->shards[i].heads);
		free(set->shards[i].entries);
		pthread_mutex_destroy(&set->shards[i].lock);
	}
	free(set);
}

void jose_replay_set_floor(struct jose_replay *set, int64_t iat_s)
{
	__atomic_store_n(&set->floor_s, iat_s, __ATOMIC_RELEASE);
}

static uint64_t hash_of(const struct jose_replay *set, const unsigned char *digest)
{
	unsigned char out[crypto_shorthash_BYTES];
	uint64_t hash;

	crypto_shorthash(out, digest, REPLAY_DIGEST, set->key);
	memcpy(&hash, out, sizeof(hash));
	return hash;
}

/* Gives back what expired in one chain; tells whether `digest` is in the rest. */
static bool tidy_chain(struct replay_shard *shard, uint32_t *link, const unsigned char *digest,
		       int64_t now_ms)
{
	bool found = false;

	while (*link) {
		uint32_t at = *link;
		struct replay_entry *entry = &shard->entries[at - 1];

		if (entry->expires_ms <= now_ms) {
			*link = entry->next;
			entry->next = shard->free;
			shard->free = at;
			shard->len--;
			__atomic_sub_fetch(&shard->held[entry->owner], 1, __ATOMIC_RELAXED);
			continue;
		}
		if (entry->expires_ms < shard->earliest_ms)
			shard->earliest_ms = entry->expires_ms;
		found |= digest && !memcmp(entry->digest, digest, REPLAY_DIGEST);
		link = &entry->next;
	}
	return found;
}

/* Walks the whole shard, but only when that frees something and once a second: so
 * a full set costs a comparison, not a walk, for each proof it turns away. */
static void sweep(struct replay_shard *shard, size_t room, int64_t now_ms)
{
	if (now_ms < shard->earliest_ms ||
	    (now_ms < shard->swept_ms + 1000 && now_ms >= shard->swept_ms))
		return;
	shard->swept_ms = now_ms;
	shard->earliest_ms = INT64_MAX;
	for (size_t i = 0; i < room; i++)
		tidy_chain(shard, &shard->heads[i], NULL, now_ms);
}

/* A little more may slip in where threads meet; it is a bound, not a count. */
static bool has_share(const struct jose_replay *set, uint16_t owner)
{
	return owner == REPLAY_NOBODY ||
	       __atomic_load_n(&set->held[owner], __ATOMIC_RELAXED) < set->room * REPLAY_SHARDS / 4;
}

enum rc replay_add(struct jose_replay *set, uint16_t owner,
		   const unsigned char digest[REPLAY_DIGEST], int64_t expires_ms, int64_t now_ms)
{
	uint64_t hash = hash_of(set, digest);
	struct replay_shard *shard = &set->shards[hash % REPLAY_SHARDS];
	uint32_t *head = &shard->heads[hash / REPLAY_SHARDS % set->room];
	enum rc rc = RC_OK;

	pthread_mutex_lock(&shard->lock);
	if (tidy_chain(shard, head, digest, now_ms)) {
		rc = RC_CONFLICT;
	} else {
		if (!shard->free || !has_share(set, owner))
			sweep(shard, set->room, now_ms);
		if (!has_share(set, owner))
			rc = RC_LIMIT;
		else if (!shard->free)
			rc = RC_BUSY;
	}
	if (!rc) {
		uint32_t at = shard->free;
		struct replay_entry *entry = &shard->entries[at - 1];

		shard->free = entry->next;
		memcpy(entry->digest, digest, REPLAY_DIGEST);
		entry->expires_ms = expires_ms;
		entry->owner = owner;
		__atomic_add_fetch(&set->held[owner], 1, __ATOMIC_RELAXED);
		entry->next = *head;
		*head = at;
		shard->len++;
		if (expires_ms < shard->earliest_ms)
			shard->earliest_ms = expires_ms;
	}
	pthread_mutex_unlock(&shard->lock);
	return rc;
}

static uint16_t owner_of(const struct jose_replay *set, const char *name)
{
	unsigned char out[crypto_shorthash_BYTES];
	uint16_t hash;

	crypto_shorthash(out, (const unsigned char *)name, strlen(name), set->key);
	memcpy(&hash, out, sizeof(hash));
	return hash % REPLAY_OWNERS;
}

enum rc jose_replay_use(struct jose_replay *set, const char *owner, const char *jkt,
			const char *jti, int64_t iat_s, int64_t expires_ms, int64_t now_ms)
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;

	if (iat_s <= __atomic_load_n(&set->floor_s, __ATOMIC_ACQUIRE))
		return RC_FORBIDDEN;
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const unsigned char *)jkt, strlen(jkt) + 1);
	crypto_hash_sha256_update(&state, (const unsigned char *)jti, strlen(jti));
	crypto_hash_sha256_final(&state, digest);
	return replay_add(set, owner_of(set, owner), digest, expires_ms, now_ms);
}

size_t jose_replay_room(const struct jose_replay *set)
{
	return set->room * REPLAY_SHARDS;
}

size_t jose_replay_len(struct jose_replay *set)
{
	size_t len = 0;

	for (size_t i = 0; i < REPLAY_SHARDS; i++) {
		pthread_mutex_lock(&set->shards[i].lock);
		len += set->shards[i].len;
		pthread_mutex_unlock(&set->shards[i].lock);
	}
	return len;
}
