#include "issuers/internal.h"

#include "base/clock.h"
#include "issuers/kept.h"
#include "issuers/refresh.h"
#include "issuers/settings.h"

#include <stdlib.h>
#include <string.h>

/* --- keys from files ------------------------------------------------------------------ */

/* Of several issuers, whose file it is must be said. */
static enum rc load_file(const char *path, struct jose_jwks **ret, struct err *reterr)
{
	struct err why = { 0 };
	enum rc rc = jose_jwks_load_file(path, ret, &why);
	bool within = !strncmp(why.where, "/keys", 5);

	if (!rc)
		return RC_OK;
	return err_set(reterr, rc, why.code, path, "%s%s%s", within ? why.where : "",
		       within ? ": " : "", why.text);
}

/* Every key file into `set`, which nobody shares yet. */
static enum rc load_files(const struct config *config, struct issuer_set *set, struct err *reterr)
{
	for (size_t i = 0; i < config->issuers_len; i++) {
		struct jose_jwks *keys = NULL;
		enum rc rc;

		if (!config->issuers[i].jwks)
			continue;
		rc = load_file(config->issuers[i].jwks, &keys, reterr);
		if (rc)
			return rc;
		issuer_set_put(set, i, keys);
	}
	return RC_OK;
}

/* --- keys that were kept --------------------------------------------------------------- */

static enum rc load_kept(struct issuers *issuers, struct issuer_set *set, int64_t now_ms,
			 struct err *reterr)
{
	for (size_t i = 0; i < set->len; i++) {
		const struct config_issuer *issuer = &issuers->config->issuers[i];
		struct keys_state *state = &issuers->states[i];
		struct err err = { 0 };
		enum rc rc;

		if (issuer->jwks) {
			state->fetched_ms = now_ms;
			continue;
		}
		rc = kept_load(issuers->config, issuer, &state->good, &state->fetched_ms, &err);
		if (rc == RC_NOMEM)
			return err_set(reterr, rc, "no-memory", NULL, "out of memory");
		if (!rc && keys_are_usable(issuer, state->fetched_ms, now_ms))
			issuer_set_put(set, i, jose_jwks_ref(state->good));
		if (rc && rc != RC_NOT_FOUND)
			snprintf(state->code, sizeof(state->code), "%s", err.code);
	}
	return RC_OK;
}

/* --- the whole ------------------------------------------------------------------------- */

static enum rc read_set(struct issuers *issuers, int64_t now_ms, struct issuer_set **ret,
			struct err *reterr)
{
	CLEANUP(issuer_set_dropp) struct issuer_set *set = calloc(1, sizeof(*set));
	const struct config *config = issuers->config;
	enum rc rc = RC_OK;

	if (!set)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	set->holders = 1;
	for (; !rc && set->len < config->issuers_len; set->len++)
		rc = issuer_settings(config, &config->issuers[set->len], &set->list[set->len],
				     reterr);
	if (!rc)
		rc = load_files(config, set, reterr);
	if (!rc)
		rc = load_kept(issuers, set, now_ms, reterr);
	if (!rc)
		*ret = TAKE_PTR(set);
	return rc;
}

enum rc issuers_new(const struct config *config, int64_t now_ms, struct issuers **ret,
		    struct err *reterr)
{
	CLEANUP(issuers_freep) struct issuers *issuers = calloc(1, sizeof(*issuers));
	struct issuer_set *set = NULL;
	enum rc rc;

	if (!issuers)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	issuers->config = config;
	pthread_mutex_init(&issuers->lock, NULL);
	rc = read_set(issuers, now_ms, &set, reterr);
	if (rc)
		return rc;
	issuers_swap(issuers, set);
	*ret = TAKE_PTR(issuers);
	return RC_OK;
}

void issuers_free(struct issuers *issuers)
{
	if (!issuers)
		return;
	issuers_stop(issuers);
	issuer_set_drop(issuers->current);
	for (size_t i = 0; i < CONFIG_ISSUERS_MAX; i++)
		jose_jwks_free(issuers->states[i].good);
	pthread_mutex_destroy(&issuers->lock);
	free(issuers);
}

enum rc issuers_reload(struct issuers *issuers, struct err *reterr)
{
	CLEANUP(issuer_set_dropp) struct issuer_set *files = calloc(1, sizeof(*files));
	struct issuer_set *fresh, *old = NULL;
	enum rc rc;

	if (!files)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	for (size_t i = 0; i < issuers->config->issuers_len; i++)
		if (issuers->refreshes[i])
			refresh_hurry(issuers->refreshes[i], clock_monotonic_us() / 1000);
	files->holders = 1;
	files->len = issuers->config->issuers_len;
	rc = load_files(issuers->config, files, reterr);
	if (rc)
		return rc;
	pthread_mutex_lock(&issuers->lock);
	fresh = issuer_set_copy(issuers->current);
	for (size_t i = 0; fresh && i < files->len; i++) {
		if (!files->keys[i])
			continue;
		issuer_set_put(fresh, i, TAKE_PTR(files->keys[i]));
		issuers->states[i].fetched_ms = clock_now_ms();
	}
	if (fresh)
		old = issuers_swap(issuers, fresh);
	pthread_mutex_unlock(&issuers->lock);
	issuer_set_drop(old);
	return fresh ? RC_OK : err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

/* --- keys that are fetched ----------------------------------------------------------- */

static enum rc fetch_from_url(void *ctx, const struct config_issuer *issuer, const bool *stop,
			      struct buf *out, struct err *reterr)
{
	const struct issuers *issuers = ctx;
	struct jwks_source source = issuer_source(issuers->config, issuer);

	source.stop = stop;
	return jwks_fetch(&source, out, reterr);
}

enum rc issuers_start(struct issuers *issuers, issuers_notice *notice, void *ctx,
		      struct err *reterr)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; !rc && i < issuers->config->issuers_len; i++) {
		const struct refresh_options options = {
			.config = issuers->config,
			.issuers = issuers,
			.index = i,
			.fetch = fetch_from_url,
			.fetch_ctx = issuers,
			.notice = notice,
			.notice_ctx = ctx,
		};

		if (!issuers->config->issuers[i].jwks_url)
			continue;
		rc = refresh_new(&options, clock_monotonic_us() / 1000, &issuers->refreshes[i],
				 reterr);
		if (!rc)
			rc = refresh_run(issuers->refreshes[i], reterr);
	}
	return rc;
}

void issuers_stop(struct issuers *issuers)
{
	for (size_t i = 0; i < CONFIG_ISSUERS_MAX; i++)
		refresh_free(TAKE_PTR(issuers->refreshes[i]));
}

void issuers_ask(struct issuers *issuers, enum jose_scheme scheme)
{
	CLEANUP(issuer_set_dropp) struct issuer_set *set = issuers_hold(issuers);

	for (size_t i = 0; i < set->len; i++)
		if (issuers->refreshes[i] && jose_profile_scheme(set->list[i].profile) == scheme)
			refresh_ask(issuers->refreshes[i], clock_monotonic_us() / 1000);
}
