#include "issuers/internal.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)
#define AHEAD_MS INT64_C(3600000)

int64_t keys_usable_until(const struct config_issuer *issuer, int64_t fetched_ms)
{
	return fetched_ms + issuer->stale_days * DAY_MS;
}

bool keys_are_usable(const struct config_issuer *issuer, int64_t fetched_ms, int64_t now_ms)
{
	return fetched_ms <= now_ms + AHEAD_MS && now_ms < keys_usable_until(issuer, fetched_ms);
}

/* Puts a copy of the set in force with other keys for one issuer (NULL: none) in its
 * place; under the lock. */
static enum rc replace(struct issuers *issuers, size_t index, struct jose_jwks *keys,
		       struct issuer_set **ret_old)
{
	struct issuer_set *fresh = issuer_set_copy(issuers->current);

	if (!fresh)
		return RC_NOMEM;
	issuer_set_put(fresh, index, keys ? jose_jwks_ref(keys) : NULL);
	*ret_old = issuers_swap(issuers, fresh);
	return RC_OK;
}

enum rc issuers_take(struct issuers *issuers, size_t index, const char *text, size_t len,
		     int64_t now_ms, bool *ret_changed, struct err *reterr)
{
	CLEANUP(jose_jwks_freep) struct jose_jwks *keys = NULL;
	CLEANUP(issuer_set_dropp) struct issuer_set *old = NULL;
	struct keys_state *state = &issuers->states[index];
	const struct jose_jwks *present;
	bool changed;
	enum rc rc = jose_jwks_load(text, len, &keys, reterr);

	if (rc)
		return rc;
	pthread_mutex_lock(&issuers->lock);
	present = issuers->current->keys[index];
	changed = !present || !jose_jwks_same(present, keys);
	if (changed)
		rc = replace(issuers, index, keys, &old);
	if (!rc) {
		jose_jwks_free(state->good);
		state->good = TAKE_PTR(keys);
		state->fetched_ms = now_ms;
		state->failing_since_ms = 0;
		state->code[0] = '\0';
		state->refreshed++;
	}
	pthread_mutex_unlock(&issuers->lock);
	if (rc)
		return err_set(reterr, rc, "no-memory", NULL, "out of memory");
	*ret_changed = changed;
	return RC_OK;
}

void issuers_failed(struct issuers *issuers, size_t index, bool refused, int64_t now_ms,
		    const struct err *err)
{
	struct keys_state *state = &issuers->states[index];

	pthread_mutex_lock(&issuers->lock);
	if (!state->failing_since_ms)
		state->failing_since_ms = now_ms;
	snprintf(state->code, sizeof(state->code), "%s", err->code);
	*(refused ? &state->refused : &state->failed) += 1;
	pthread_mutex_unlock(&issuers->lock);
}

bool issuers_age(struct issuers *issuers, size_t index, int64_t now_ms, bool *ret_in_force)
{
	const struct config_issuer *issuer = &issuers->config->issuers[index];
	const struct keys_state *state = &issuers->states[index];
	CLEANUP(issuer_set_dropp) struct issuer_set *old = NULL;
	bool usable, turned;

	pthread_mutex_lock(&issuers->lock);
	usable = state->good && keys_are_usable(issuer, state->fetched_ms, now_ms);
	turned = usable != (issuers->current->keys[index] != NULL) &&
		 !replace(issuers, index, usable ? state->good : NULL, &old);
	pthread_mutex_unlock(&issuers->lock);
	*ret_in_force = usable;
	return turned;
}
