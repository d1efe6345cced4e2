/* Inside of the issuers room: the state, and what a fetch does to it. */
#ifndef VARDE_ISSUERS_INTERNAL_H
#define VARDE_ISSUERS_INTERNAL_H

#include "issuers/issuers.h"

#include <pthread.h>

/* What is known of one issuer's keys beside the keys. */
struct keys_state {
	struct jose_jwks *good; /* fetched last, in force or too old for it; NULL: none */
	int64_t fetched_ms;     /* 0: never */
	int64_t failing_since_ms;
	char code[48];
	uint64_t refreshed, failed, refused;
};

struct issuers {
	const struct config *config;
	pthread_mutex_t lock; /* guards `current` and `states` */
	struct issuer_set *current;
	uint64_t generation; /* atomic; that of `current` */
	struct keys_state states[CONFIG_ISSUERS_MAX];
	struct refresh *refreshes[CONFIG_ISSUERS_MAX]; /* NULL: not fetched */
};

/* A set like `from`, not shared yet. NULL when memory is out. */
struct issuer_set *issuer_set_copy(const struct issuer_set *from);

/* Gives an issuer other keys, or none (NULL), which are taken over. Before the set
 * is shared only. */
void issuer_set_put(struct issuer_set *set, size_t index, struct jose_jwks *keys);

/* Puts a set in force. Under the lock. The old one is the caller's to drop. */
struct issuer_set *issuers_swap(struct issuers *issuers, struct issuer_set *fresh);

/* Until when fetched keys serve, and whether they do now. Keys from well ahead of
 * now tell that a clock was or is wrong: then their age is not known. */
int64_t keys_usable_until(const struct config_issuer *issuer, int64_t fetched_ms);
bool keys_are_usable(const struct config_issuer *issuer, int64_t fetched_ms, int64_t now_ms);

/* Puts a fetched set in force, whole, if it may be. `ret_changed`: its keys are
 * others than before. The codes of jwks.h: nothing was changed. */
NODISCARD enum rc issuers_take(struct issuers *issuers, size_t index, const char *text, size_t len,
			       int64_t now_ms, bool *ret_changed, struct err *reterr);

/* A fetch failed; `refused`: because of what it brought. */
void issuers_failed(struct issuers *issuers, size_t index, bool refused, int64_t now_ms,
		    const struct err *err);

/* Takes keys that are too old out of force, and back into it should the clock have
 * been wrong; true when it did either. */
bool issuers_age(struct issuers *issuers, size_t index, int64_t now_ms, bool *ret_in_force);

#endif
