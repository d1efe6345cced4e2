#include "statd/readers.h"

#include "base/clock.h"
#include "config/config.h"
#include "issuers/issuers.h"
#include "jose/dpop.h"
#include "jose/token_cache.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TOKENS 1024

struct readers {
	const struct config *config;
	struct issuers *issuers;
	struct jose_replay *used; /* proofs; a restart forgets them, so older ones are refused */
};

enum rc readers_new(const struct config *config, struct issuers *issuers, struct readers **ret,
		    struct err *reterr)
{
	CLEANUP(readers_freep) struct readers *r = calloc(1, sizeof(*r));
	enum rc rc;

	if (!r)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	r->config = config;
	r->issuers = issuers;
	rc = jose_replay_new((size_t)config->dpop_remembered, &r->used, reterr);
	if (rc)
		return rc;
	jose_replay_set_floor(r->used, clock_now_ms() / 1000 + config->dpop_skew_s);
	*ret = TAKE_PTR(r);
	return RC_OK;
}

void readers_free(struct readers *r)
{
	if (!r)
		return;
	jose_replay_free(r->used);
	free(r);
}

/* "Bearer TOKEN" or "DPoP TOKEN". */
static const char *token_of(const char *authorization, enum jose_scheme *ret_scheme)
{
	if (!strncasecmp(authorization, "Bearer ", 7)) {
		*ret_scheme = JOSE_SCHEME_BEARER;
		return authorization + 7;
	}
	*ret_scheme = JOSE_SCHEME_DPOP;
	return strncasecmp(authorization, "DPoP ", 5) ? NULL : authorization + 5;
}

static bool proof_is_good(const struct readers *r, const struct exchange *x,
			  const struct jose_token *token, const char *text)
{
	struct jose_dpop_rules rules = JOSE_DPOP_RULES(r->config->statistics_external_url);
	const char *proof = exchange_header(x, "DPoP");
	const struct jose_dpop_request request = { .token = token,
						   .token_text = text,
						   .token_len = strlen(text),
						   .method = exchange_method(x),
						   .path = exchange_path(x) };

	rules.max_age_s = r->config->dpop_max_age_s;
	rules.max_ahead_s = r->config->dpop_skew_s;
	return proof && !jose_dpop_check(&rules, &request, proof, strlen(proof), r->used,
					 clock_now_ms(), NULL, NULL);
}

/* The problem that keeps the caller out, NULL when none does. */
static const char *refusal_of(const struct readers *r, const struct exchange *x,
			      const char *authorization)
{
	CLEANUP(issuer_set_dropp) struct issuer_set *set = issuers_hold(r->issuers);
	CLEANUP(jose_token_freep) struct jose_token *token = NULL;
	enum jose_scheme scheme;
	const char *text = token_of(authorization, &scheme);
	enum rc rc;

	if (!text)
		return "invalid-token";
	rc = jose_token_verify(set->list, set->len, scheme, text, strlen(text), clock_now_ms(),
			       &token, NULL);
	if (rc == RC_NOT_FOUND)
		issuers_ask(r->issuers, scheme);
	if (rc)
		return rc == RC_NOMEM  ? "busy"
		       : rc == RC_BUSY ? "issuer-unavailable"
				       : "invalid-token";
	if (scheme == JOSE_SCHEME_DPOP && !proof_is_good(r, x, token, text))
		return "invalid-dpop-proof";
	return jose_token_has_scope(token, SCOPE_STATISTICS) ? NULL : "insufficient-scope";
}

bool readers_check(struct readers *r, struct exchange *x, bool *ret_sector)
{
	const char *authorization = exchange_header(x, "Authorization");
	const char *code = authorization ? refusal_of(r, x, authorization) : NULL;

	*ret_sector = authorization != NULL;
	if (!code)
		return true;
	exchange_problem(
		x, &(struct problem){ .code = code,
				      .challenge = strcmp(code, "insufficient-scope")
							   ? NULL
							   : "Bearer error=\"insufficient_scope\", "
							     "scope=\"" SCOPE_STATISTICS "\"" });
	return false;
}
