#include "intake/issuers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct issuers {
	const struct config *config;
	pthread_mutex_t lock; /* guards `current` only */
	struct issuer_set *current;
};

void issuer_set_drop(struct issuer_set *set)
{
	if (!set || __atomic_sub_fetch(&set->holders, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	for (size_t i = 0; i < set->len; i++)
		jose_jwks_free(set->keys[i]);
	free(set);
}

/* "RS256, PS256" to a mask; 0 when one of them is not an algorithm of ours. */
static unsigned algs_of(const char *text)
{
	CLEANUP_FREE char *copy = strdup(text);
	char *save = NULL, *word;
	unsigned mask = 0;

	if (!copy)
		return 0;
	for (word = strtok_r(copy, ", ", &save); word; word = strtok_r(NULL, ", ", &save)) {
		enum jose_alg alg = jose_alg_from_name(word);

		if (alg == JOSE_ALG_NONE)
			return 0;
		mask |= alg;
	}
	return mask;
}

/* Of several issuers, whose file it is must be said. */
static enum rc load_keys(const char *path, struct jose_jwks **ret, struct err *reterr)
{
	struct err why = { 0 };
	enum rc rc = jose_jwks_load_file(path, ret, &why);
	bool within = !strncmp(why.where, "/keys", 5);

	if (!rc)
		return RC_OK;
	return err_set(reterr, rc, why.code, path, "%s%s%s", within ? why.where : "",
		       within ? ": " : "", why.text);
}

static enum rc add_issuer(struct issuer_set *set, const struct config *config,
			  const struct config_issuer *from, struct err *reterr)
{
	struct jose_issuer *issuer = &set->list[set->len];
	enum rc rc;

	issuer->name = from->name;
	issuer->iss = from->issuer;
	issuer->audience = from->audience ? from->audience : config->service;
	issuer->leeway_s = from->leeway_s;
	issuer->max_lifetime_s = from->max_lifetime_s;
	issuer->algs = algs_of(from->algorithms);
	if (!issuer->algs)
		return err_set(
			reterr, RC_INVALID, "config-value", config->path,
			"[issuer %.60s] algorithms: RS256, PS256, ES256 and ES384 are possible",
			from->name);
	rc = jose_profile_from_name(from->profile, &issuer->profile);
	if (rc)
		return err_set(reterr, rc, "config-value", config->path,
			       "[issuer %.60s] unknown profile", from->name);
	rc = load_keys(from->jwks, &set->keys[set->len], reterr);
	if (rc)
		return rc;
	issuer->jwks = set->keys[set->len++];
	return RC_OK;
}

static enum rc read_set(const struct config *config, struct issuer_set **ret, struct err *reterr)
{
	CLEANUP(issuer_set_dropp) struct issuer_set *set = calloc(1, sizeof(*set));
	enum rc rc;

	if (!set)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	set->holders = 1;
	for (size_t i = 0; i < config->issuers_len; i++) {
		rc = add_issuer(set, config, &config->issuers[i], reterr);
		if (rc)
			return rc;
	}
	*ret = TAKE_PTR(set);
	return RC_OK;
}

enum rc issuers_new(const struct config *config, struct issuers **ret, struct err *reterr)
{
	CLEANUP(issuers_freep) struct issuers *issuers = calloc(1, sizeof(*issuers));
	enum rc rc;

	if (!issuers)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	issuers->config = config;
	pthread_mutex_init(&issuers->lock, NULL);
	rc = read_set(config, &issuers->current, reterr);
	if (!rc)
		*ret = TAKE_PTR(issuers);
	return rc;
}

void issuers_free(struct issuers *issuers)
{
	if (!issuers)
		return;
	issuer_set_drop(issuers->current);
	pthread_mutex_destroy(&issuers->lock);
	free(issuers);
}

enum rc issuers_reload(struct issuers *issuers, struct err *reterr)
{
	struct issuer_set *fresh = NULL, *old;
	enum rc rc = read_set(issuers->config, &fresh, reterr);

	if (rc)
		return rc;
	pthread_mutex_lock(&issuers->lock);
	old = issuers->current;
	issuers->current = fresh;
	pthread_mutex_unlock(&issuers->lock);
	issuer_set_drop(old);
	return RC_OK;
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

bool issuers_is_current(struct issuers *issuers, const struct issuer_set *set)
{
	bool is;

	pthread_mutex_lock(&issuers->lock);
	is = issuers->current == set;
	pthread_mutex_unlock(&issuers->lock);
	return is;
}
