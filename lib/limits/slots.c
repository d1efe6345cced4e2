#include "limits/slots.h"

#include "limits/limits.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define WAYS 8
#define SHARDS 16 /* a power of two */
#define CAPACITY_MAX ((size_t)1 << 20)

struct slot {
	char name[LIMITS_NAME_SIZE]; /* "": free */
	char data[] __attribute__((aligned(16)));
};

struct slots {
	pthread_mutex_t locks[SHARDS];
	unsigned char hash_key[crypto_shorthash_KEYBYTES];
	bool (*resting)(const void *slot, int64_t now);
	size_t size;    /* of a slot's data */
	size_t stride;  /* from one slot to the next */
	size_t buckets; /* a power of two */
	char *memory;
};

enum rc slots_new(size_t capacity, size_t size, bool (*resting)(const void *slot, int64_t now),
		  struct slots **ret)
{
	struct slots *slots;

	if (capacity < 1 || capacity > CAPACITY_MAX)
		return RC_INVALID;
	slots = calloc(1, sizeof(*slots));
	if (!slots)
		return RC_NOMEM;
	slots->resting = resting;
	slots->size = size;
	slots->stride = sizeof(struct slot) + (size + 15) / 16 * 16;
	slots->buckets = 1;
	while (slots->buckets * WAYS < capacity)
		slots->buckets *= 2;
	slots->memory = calloc(slots->buckets * WAYS, slots->stride);
	if (!slots->memory) {
		free(slots);
		return RC_NOMEM;
	}
	for (size_t i = 0; i < SHARDS; i++)
		pthread_mutex_init(&slots->locks[i], NULL);
	randombytes_buf(slots->hash_key, sizeof(slots->hash_key));
	*ret = slots;
	return RC_OK;
}

void slots_free(struct slots *slots)
{
	if (!slots)
		return;
	for (size_t i = 0; i < SHARDS; i++)
		pthread_mutex_destroy(&slots->locks[i]);
	free(slots->memory);
	free(slots);
}

static size_t bucket_of(const struct slots *slots, const char *name)
{
	unsigned char hash[crypto_shorthash_BYTES];
	size_t bucket;

	crypto_shorthash(hash, (const unsigned char *)name, strlen(name), slots->hash_key);
	memcpy(&bucket, hash, sizeof(bucket));
	return bucket & (slots->buckets - 1);
}

/* The name's own slot, else one that is free or at rest, else NULL. */
static struct slot *find(const struct slots *slots, size_t bucket, const char *name, int64_t now)
{
	struct slot *found = NULL;

	for (size_t i = 0; i < WAYS; i++) {
		struct slot *slot = (struct slot *)(void *)(slots->memory +
							    (bucket * WAYS + i) * slots->stride);

		if (!strcmp(slot->name, name))
			return slot;
		if (!found && (!slot->name[0] || slots->resting(slot->data, now)))
			found = slot;
	}
	return found;
}

void *slots_lock(struct slots *slots, const char *name, int64_t now, pthread_mutex_t **ret_lock)
{
	pthread_mutex_t *lock;
	struct slot *slot;
	size_t bucket;

	if (!*name || strlen(name) >= LIMITS_NAME_SIZE)
		return NULL;
	bucket = bucket_of(slots, name);
	lock = &slots->locks[bucket & (SHARDS - 1)];
	pthread_mutex_lock(lock);
	slot = find(slots, bucket, name, now);
	if (!slot) {
		pthread_mutex_unlock(lock);
		return NULL;
	}
	if (strcmp(slot->name, name)) {
		memcpy(slot->name, name, strlen(name) + 1);
		memset(slot->data, 0, slots->size);
	}
	*ret_lock = lock;
	return slot->data;
}

void slots_unlock(pthread_mutex_t *lock)
{
	pthread_mutex_unlock(lock);
}
