#include "issuers/internal.h"

#include <stdlib.h>

void issuer_set_drop(struct issuer_set *set)
{
	if (!set || __atomic_sub_fetch(&set->holders, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	for (size_t i = 0; i < set->len; i++)
		jose_jwks_free(set->keys[i]);
	free(set);
}

void issuer_set_put(struct issuer_set *set, size_t index, struct jose_jwks *keys)
{
	jose_jwks_free(set->keys[index]);
	set->keys[index] = keys;
	set->list[index].jwks = keys;
}

struct issuer_set *issuer_set_copy(const struct issuer_set *from)
{
	struct issuer_set *set = malloc(sizeof(*set));

	if (!set)
		return NULL;
	*set = *from;
	set->holders = 1;
	for (size_t i = 0; i < set->len; i++)
		if (set->keys[i])
			jose_jwks_ref(set->keys[i]);
	return set;
}

struct issuer_set *issuers_swap(struct issuers *issuers, struct issuer_set *fresh)
{
	struct issuer_set *old = issuers->current;

	fresh->generation = old ? old->generation + 1 : 1;
	issuers->current = fresh;
	__atomic_store_n(&issuers->generation, fresh->generation, __ATOMIC_RELEASE);
	return old;
}

struct issuer_set *issuers_hold(struct issuers *issuers)
{
	struct issuer_set *set;

	pthread_mutex_lock(&issuers->lock);
	set = issuers->current;
	__atomic_add_fetch(&set->holders, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&issuers->lock);
	return set;
}

uint64_t issuers_generation(const struct issuers *issuers)
{
	return __atomic_load_n(&issuers->generation, __ATOMIC_ACQUIRE);
}
