#include "jose/token.h"

#include "jose/claims.h"
#include "jose/jws.h"
#include "jose/key.h"
#include "jose/token_claims.h"
#include "json/strict.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum jose_scheme scheme;
} profiles[] = {
	[JOSE_PROFILE_HELSEID] = { "helseid", JOSE_SCHEME_DPOP },
	[JOSE_PROFILE_MASKINPORTEN] = { "maskinporten", JOSE_SCHEME_BEARER },
};

const char *jose_profile_name(enum jose_profile profile)
{
	return profiles[profile].name;
}

enum rc jose_profile_from_name(const char *name, enum jose_profile *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
		if (strcmp(name, profiles[i].name))
			continue;
		*ret = (enum jose_profile)i;
		return RC_OK;
	}
	return RC_INVALID;
}

enum jose_scheme jose_profile_scheme(enum jose_profile profile)
{
	return profiles[profile].scheme;
}

static enum rc refuse(const char *where, const char *why, struct err *reterr)
{
	return err_set(reterr, RC_INVALID, "invalid-token", where, "%s", why);
}

/* What any issuer's token may be; each issuer's own pin follows once it is known.
 * Maskinporten sends no typ at all, so it is not required there. */
static const char *const access_typs[] = { "at+jwt", "JWT", NULL };

unsigned jose_token_typ_from_name(const char *name)
{
	for (size_t i = 0; access_typs[i]; i++)
		if (!strcmp(access_typs[i], name))
			return 1U << i;
	return 0;
}

static const struct jose_jws_rules access_rules[] = {
	[JOSE_SCHEME_BEARER] = {
		.max_len = JOSE_TOKEN_MAX,
		.algs = JOSE_ALGS_ALL,
		.allowed = JOSE_HEADER_KID | JOSE_HEADER_TYP | JOSE_HEADER_X5T,
		.typs = access_typs,
	},
	[JOSE_SCHEME_DPOP] = {
		.max_len = JOSE_TOKEN_MAX,
		.algs = JOSE_ALGS_ALL,
		.allowed = JOSE_HEADER_KID | JOSE_HEADER_TYP | JOSE_HEADER_X5T,
		.required = JOSE_HEADER_TYP,
		.typs = access_typs,
	},
};

static bool has_key(const struct jose_issuer *issuers, size_t count, const char *kid)
{
	for (size_t i = 0; i < count; i++)
		if (kid && issuers[i].jwks && jose_jwks_find(issuers[i].jwks, kid))
			return true;
	return false;
}

/* The first issuer of the scheme under whose key the signature holds. More than
 * one candidate only where two issuers use one kid. While the keys of one are not
 * known, a kid that no other has may be its. */
static enum rc find_issuer(const struct jose_issuer *issuers, size_t count, enum jose_scheme scheme,
			   const struct jose_jws *jws, const struct jose_issuer **ret,
			   struct err *reterr)
{
	enum rc rc = RC_NOT_FOUND;
	bool all_known = true;

	for (size_t i = 0; i < count; i++) {
		const struct jose_key *key;

		if (jose_profile_scheme(issuers[i].profile) != scheme)
			continue;
		if (!issuers[i].jwks) {
			all_known = false;
			continue;
		}
		key = jose_jwks_find(issuers[i].jwks, jws->kid);
		if (!key)
			continue;
		rc = jose_jws_verify(jws, key, issuers[i].algs, NULL);
		if (!rc) {
			*ret = &issuers[i];
			return RC_OK;
		}
		if (rc == RC_NOMEM)
			return jose_no_memory(reterr);
	}
	if (rc == RC_NOT_FOUND && !all_known)
		return err_set(reterr, RC_BUSY, "issuer-unavailable", "kid",
			       "the keys of an issuer are not known now");
	if (rc == RC_NOT_FOUND && has_key(issuers, count, jws->kid))
		return refuse("scheme", "the key is an issuer's of another scheme", reterr);
	if (rc == RC_NOT_FOUND)
		return err_set(reterr, rc, "invalid-token", "kid", "no issuer has this key");
	return refuse("signature", "the signature is not the issuer's", reterr);
}

static enum rc check_times(const json_t *claims, const struct jose_issuer *issuer, int64_t now_s,
			   struct jose_token *token, struct err *reterr)
{
	int64_t exp, iat, nbf;
	enum rc rc;

	if (jose_claim_date(claims, "exp", &exp))
		return refuse("exp", "exp is an integer of seconds", reterr);
	if (jose_claim_date(claims, "iat", &iat))
		return refuse("iat", "iat is an integer of seconds", reterr);
	rc = jose_claim_date(claims, "nbf", &nbf);
	if (rc == RC_INVALID)
		return refuse("nbf", "nbf is an integer of seconds", reterr);
	if (rc == RC_OK && nbf > now_s + issuer->leeway_s)
		return refuse("not-yet-valid", "the token is not valid yet", reterr);
	if (iat > now_s + issuer->leeway_s)
		return refuse("issued-ahead", "the token was issued in the future", reterr);
	if (exp <= iat || exp - iat > issuer->max_lifetime_s)
		return refuse("lifetime", "the token lives longer than is taken here", reterr);
	if (exp + issuer->leeway_s <= now_s)
		return refuse("expired", "the token has expired", reterr);
	token->expires_s = exp;
	token->usable_until_s = exp + issuer->leeway_s;
	return RC_OK;
}

static enum rc check_claims(const json_t *claims, const struct jose_issuer *issuer, int64_t now_s,
			    struct jose_token *token, struct err *reterr)
{
	const char *iss;
	enum rc rc;

	if (!json_is_object(claims))
		return refuse("payload", "the payload is a JSON object", reterr);
	if (jose_claim_text(claims, "iss", JOSE_CLAIM_MAX, &iss) || strcmp(iss, issuer->iss))
		return refuse("iss", "the issuer is another one", reterr);
	if (!jose_claim_audience_is(claims, issuer->audience))
		return refuse("aud", "the audience is not this service alone", reterr);
	rc = check_times(claims, issuer, now_s, token, reterr);
	if (!rc)
		rc = jose_token_read_grant(claims, token, reterr);
	if (rc)
		return rc;
	return issuer->profile == JOSE_PROFILE_HELSEID
		       ? jose_token_read_helseid(claims, token, reterr)
		       : jose_token_read_maskinporten(claims, token, reterr);
}

static enum rc read_claims(const struct jose_jws *jws, const struct jose_issuer *issuer,
			   int64_t now_s, struct jose_token **ret, struct err *reterr)
{
	CLEANUP(jose_token_freep) struct jose_token *token = calloc(1, sizeof(*token));
	json_t *claims;
	enum rc rc;

	if (!token)
		return jose_no_memory(reterr);
	token->owners = 1;
	token->scheme = jose_profile_scheme(issuer->profile);
	token->scopes = json_array();
	if (!token->scopes)
		return jose_no_memory(reterr);
	snprintf(token->issuer, sizeof(token->issuer), "%s", issuer->name);
	rc = json_strict_load(buf_text(&jws->payload), jws->payload.len, JOSE_CLAIMS_DEPTH, &claims,
			      reterr);
	if (rc == RC_INVALID)
		return refuse("payload", "the payload is not one strict JSON object", reterr);
	if (rc)
		return rc;
	rc = check_claims(claims, issuer, now_s, token, reterr);
	json_decref(claims);
	if (rc)
		return rc;
	*ret = TAKE_PTR(token);
	return RC_OK;
}

enum rc jose_token_verify(const struct jose_issuer *issuers, size_t count, enum jose_scheme scheme,
			  const char *text, size_t len, int64_t now_ms, struct jose_token **ret,
			  struct err *reterr)
{
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
	const struct jose_issuer *issuer = NULL;
	struct err why = { 0 };
	enum rc rc;

	rc = jose_jws_parse(text, len, &access_rules[scheme], &jws, &why);
	if (rc == RC_INVALID)
		return refuse(why.where[0] ? why.where : "jws", why.text, reterr);
	if (rc)
		return jose_no_memory(reterr);
	rc = find_issuer(issuers, count, scheme, &jws, &issuer, reterr);
	if (rc)
		return rc;
	if (jws.typ && !(jose_token_typ_from_name(jws.typ) & issuer->typs))
		return refuse("typ", "the type is not one that this issuer's tokens have", reterr);
	return read_claims(&jws, issuer, now_ms / 1000, ret, reterr);
}

struct jose_token *jose_token_ref(struct jose_token *token)
{
	__atomic_add_fetch(&token->owners, 1, __ATOMIC_RELAXED);
	return token;
}

void jose_token_free(struct jose_token *token)
{
	if (!token || __atomic_sub_fetch(&token->owners, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	json_decref(token->scopes);
	free(token);
}

bool jose_token_has_scope(const struct jose_token *token, const char *scope)
{
	for (size_t i = 0; i < json_array_size(token->scopes); i++)
		if (!strcmp(json_string_value(json_array_get(token->scopes, i)), scope))
			return true;
	return false;
}

enum jose_scheme jose_token_scheme(const struct jose_token *token)
{
	return token->scheme;
}

const char *jose_token_issuer(const struct jose_token *token)
{
	return token->issuer;
}

const char *jose_token_tenant(const struct jose_token *token)
{
	return token->tenant;
}

const char *jose_token_unit(const struct jose_token *token)
{
	return token->unit;
}

const char *jose_token_supplier(const struct jose_token *token)
{
	return token->supplier;
}

const char *jose_token_client_id(const struct jose_token *token)
{
	return token->client_id;
}

const char *jose_token_jti(const struct jose_token *token)
{
	return token->jti;
}

const char *jose_token_jkt(const struct jose_token *token)
{
	return token->jkt;
}

int64_t jose_token_expires_s(const struct jose_token *token)
{
	return token->expires_s;
}

int64_t jose_token_usable_until_s(const struct jose_token *token)
{
	return token->usable_until_s;
}
