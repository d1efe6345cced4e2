#include "issuers/settings.h"

#include "base/cleanup.h"

#include <string.h>

static unsigned alg_bit(const char *name)
{
	return jose_alg_from_name(name);
}

/* "RS256, PS256" to a mask; 0 when one of the words is unknown, or there is none. */
static unsigned mask_of(const char *text, unsigned (*bit_of)(const char *name))
{
	CLEANUP_FREE char *copy = strdup(text);
	char *save = NULL, *word;
	unsigned mask = 0;

	if (!copy)
		return 0;
	for (word = strtok_r(copy, ", ", &save); word; word = strtok_r(NULL, ", ", &save)) {
		unsigned bit = bit_of(word);

		if (!bit)
			return 0;
		mask |= bit;
	}
	return mask;
}

static enum rc refuse(const struct config *config, const struct config_issuer *from,
		      const char *why, struct err *reterr)
{
	return err_set(reterr, RC_INVALID, "config-value", config->path, "[issuer %s] %s",
		       from->name, why);
}

struct jwks_source issuer_source(const struct config *config, const struct config_issuer *from)
{
	return (struct jwks_source){
		.url = from->jwks_url,
		.ca = from->jwks_ca,
		.local_http = config->environment == ENVIRONMENT_TEST,
	};
}

enum rc issuer_settings(const struct config *config, const struct config_issuer *from,
			struct jose_issuer *ret, struct err *reterr)
{
	const struct jwks_source source = issuer_source(config, from);

	*ret = (struct jose_issuer){
		.name = from->name,
		.iss = from->issuer,
		.audience = from->audience ? from->audience : config->service,
		.algs = mask_of(from->algorithms, alg_bit),
		.typs = mask_of(from->types, jose_token_typ_from_name),
		.leeway_s = from->leeway_s,
		.max_lifetime_s = from->max_lifetime_s,
	};
	if (!ret->algs)
		return refuse(config, from,
			      "algorithms: RS256, PS256, ES256 and ES384 are possible", reterr);
	if (!ret->typs)
		return refuse(config, from, "types: at+jwt and JWT are possible", reterr);
	if (jose_profile_from_name(from->profile, &ret->profile))
		return refuse(config, from, "unknown profile", reterr);
	return from->jwks_url ? jwks_fetch_check(&source, reterr) : RC_OK;
}
