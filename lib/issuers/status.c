#include "issuers/internal.h"

#include <string.h>

size_t issuers_count(const struct issuers *issuers)
{
	return issuers->config->issuers_len;
}

bool issuers_settled(struct issuers *issuers)
{
	bool settled = true;

	pthread_mutex_lock(&issuers->lock);
	for (size_t i = 0; i < issuers->current->len; i++) {
		const struct keys_state *state = &issuers->states[i];

		settled &= issuers->current->keys[i] || state->refused + state->failed > 0;
	}
	pthread_mutex_unlock(&issuers->lock);
	return settled;
}

void issuers_status(struct issuers *issuers, size_t index, int64_t now_ms,
		    struct issuer_status *ret)
{
	const struct config_issuer *issuer = &issuers->config->issuers[index];
	const struct keys_state *state = &issuers->states[index];
	const struct jose_jwks *keys;

	pthread_mutex_lock(&issuers->lock);
	keys = issuers->current->keys[index];
	*ret = (struct issuer_status){
		.name = issuer->name,
		.profile = issuer->profile,
		.url = issuer->jwks_url,
		.keys = keys ? jose_jwks_len(keys) : 0,
		.fetched_ms = state->fetched_ms,
		.failing_since_ms = state->failing_since_ms,
		.refreshed = state->refreshed,
		.failed = state->failed,
		.refused = state->refused,
	};
	memcpy(ret->code, state->code, sizeof(ret->code));
	pthread_mutex_unlock(&issuers->lock);
	if (!issuer->jwks_url)
		return;
	if (ret->fetched_ms)
		ret->usable_until_ms = keys_usable_until(issuer, ret->fetched_ms);
	ret->stale = ret->keys && now_ms - ret->fetched_ms > 2 * issuer->refresh_s * 1000;
}
