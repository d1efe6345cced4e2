#include "jose/token_cache.h"

#include "jose/key.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A bucket of a few slots, as in a processor's cache: no lists to walk, and an
 * eviction looks at four entries only. */
#define WAYS 4
#define CAPACITY_MAX ((size_t)1 << 20)

struct slot {
	unsigned char digest[SHA256_DIGEST_LENGTH];
	struct jose_token *token; /* NULL: free */
	uint64_t generation;      /* of the keys that verified it */
};

struct jose_token_cache {
	pthread_mutex_t lock;
	size_t buckets; /* a power of two */
	struct slot slots[][WAYS];
};

enum rc jose_token_cache_new(size_t capacity, struct jose_token_cache **ret, struct err *reterr)
{
	struct jose_token_cache *cache;
	size_t buckets = 1;

	if (capacity < 1 || capacity > CAPACITY_MAX)
		return err_set(reterr, RC_INVALID, "cache-capacity", NULL,
			       "a token cache holds 1 to %zu tokens", CAPACITY_MAX);
	while (buckets * WAYS < capacity)
		buckets *= 2;
	cache = calloc(1, sizeof(*cache) + buckets * sizeof(cache->slots[0]));
	if (!cache)
		return jose_no_memory(reterr);
	if (pthread_mutex_init(&cache->lock, NULL)) {
		free(cache);
		return jose_no_memory(reterr);
	}
	cache->buckets = buckets;
	*ret = cache;
	return RC_OK;
}

void jose_token_cache_free(struct jose_token_cache *cache)
{
	if (!cache)
		return;
	for (size_t i = 0; i < cache->buckets; i++)
		for (size_t j = 0; j < WAYS; j++)
			jose_token_free(cache->slots[i][j].token);
	pthread_mutex_destroy(&cache->lock);
	free(cache);
}

/* The digest is of the sender's choosing only by brute force on SHA-256, so its
 * first bytes serve as the hash. NULL when OpenSSL fails: then nothing is cached. */
static struct slot *bucket_of(struct jose_token_cache *cache, const char *text, size_t len,
			      unsigned char digest[SHA256_DIGEST_LENGTH])
{
	size_t index;

	if (!EVP_Digest(text, len, digest, NULL, EVP_sha256(), NULL))
		return NULL;
	memcpy(&index, digest, sizeof(index));
	return cache->slots[index & (cache->buckets - 1)];
}

static bool usable(const struct jose_token *token, int64_t now_ms)
{
	return now_ms / 1000 < jose_token_usable_until_s(token);
}

struct jose_token *jose_token_cache_get(struct jose_token_cache *cache, uint64_t generation,
					enum jose_scheme scheme, const char *text, size_t len,
					int64_t now_ms)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	struct slot *bucket = bucket_of(cache, text, len, digest);
	struct jose_token *found = NULL;

	if (!bucket)
		return NULL;
	pthread_mutex_lock(&cache->lock);
	for (size_t i = 0; i < WAYS && !found; i++) {
		struct jose_token *token = bucket[i].token;

		if (token && bucket[i].generation == generation &&
		    !memcmp(bucket[i].digest, digest, sizeof(digest)) &&
		    jose_token_scheme(token) == scheme && usable(token, now_ms))
			found = jose_token_ref(token);
	}
	pthread_mutex_unlock(&cache->lock);
	return found;
}

/* The slot of this digest, else a free one or one of older keys, else the one that
 * expires first. */
static struct slot *slot_for(struct slot *bucket, uint64_t generation,
			     const unsigned char digest[SHA256_DIGEST_LENGTH])
{
	struct slot *best = &bucket[0];

	for (size_t i = 0; i < WAYS; i++) {
		if (bucket[i].token && !memcmp(bucket[i].digest, digest, SHA256_DIGEST_LENGTH))
			return &bucket[i];
		if (!best->token || best->generation < generation)
			continue;
		if (!bucket[i].token || bucket[i].generation < generation ||
		    jose_token_usable_until_s(bucket[i].token) <
			    jose_token_usable_until_s(best->token))
			best = &bucket[i];
	}
	return best;
}

void jose_token_cache_put(struct jose_token_cache *cache, uint64_t generation, const char *text,
			  size_t len, struct jose_token *token, int64_t now_ms)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	struct slot *bucket = bucket_of(cache, text, len, digest);
	struct slot *slot;

	if (!bucket || !usable(token, now_ms))
		return;
	pthread_mutex_lock(&cache->lock);
	slot = slot_for(bucket, generation, digest);
	jose_token_free(slot->token);
	slot->token = jose_token_ref(token);
	slot->generation = generation;
	memcpy(slot->digest, digest, sizeof(digest));
	pthread_mutex_unlock(&cache->lock);
}
