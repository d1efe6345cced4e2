#include "jose/token.h"

#include "base/b64.h"
#include "jose/claims.h"
#include "jose/jws.h"
#include "jose/key.h"
#include "json/strict.h"

#include <stdlib.h>
#include <string.h>

#define CLAIM_MAX 255

struct jose_token {
	int owners; /* atomic */
	enum jose_scheme scheme;
	char issuer[64];
	char tenant[JOSE_ORGNR_SIZE], unit[JOSE_ORGNR_SIZE], supplier[JOSE_ORGNR_SIZE];
	char client_id[CLAIM_MAX + 1], jti[CLAIM_MAX + 1];
	char jkt[JOSE_THUMBPRINT_SIZE];
	int64_t expires_s, usable_until_s;
	json_t *scopes; /* array of texts, read only */
};

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

static enum rc no_tenant(const char *where, struct err *reterr)
{
	return err_set(reterr, RC_FORBIDDEN, "unknown-tenant", where, "the token names no organisation");
}

/* RFC 9068 section 2.1 and Norsk helsenett: at+jwt or JWT, nothing else.
 * Maskinporten sends no typ at all, so it is not required. */
static const char *const access_typs[] = { "at+jwt", "JWT", NULL };

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

/* The first issuer of the scheme under whose key the signature holds. More than
 * one candidate only where two issuers use one kid. */
static enum rc find_issuer(const struct jose_issuer *issuers, size_t count, enum jose_scheme scheme,
			   const struct jose_jws *jws, const struct jose_issuer **ret, struct err *reterr)
{
	enum rc rc = RC_NOT_FOUND;

	for (size_t i = 0; i < count; i++) {
		const struct jose_key *key;

		if (jose_profile_scheme(issuers[i].profile) != scheme || !issuers[i].jwks)
			continue;
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
		return refuse("nbf", "the token is not valid yet", reterr);
	if (iat > now_s + issuer->leeway_s)
		return refuse("iat", "the token was issued in the future", reterr);
	if (exp <= iat || exp - iat > issuer->max_lifetime_s)
		return refuse("exp", "the token lives longer than is taken here", reterr);
	if (exp + issuer->leeway_s <= now_s)
		return refuse("exp", "the token has expired", reterr);
	token->expires_s = exp;
	token->usable_until_s = exp + issuer->leeway_s;
	return RC_OK;
}

static enum rc copy_text(const json_t *claims, const char *name, size_t max, char *out, struct err *reterr)
{
	const char *text = "";

	if (jose_claim_text(claims, name, max, &text) == RC_INVALID)
		return refuse(name, "the claim is not a short text", reterr);
	memcpy(out, text, strlen(text) + 1);
	return RC_OK;
}

/* Both spellings are met: one text with spaces (RFC 8693 4.2) and an array. */
static enum rc read_scopes(const json_t *claims, json_t *scopes, struct err *reterr)
{
	const json_t *scope = json_object_get(claims, "scope");
	const char *text = json_string_value(scope);
	bool failed = false;

	if (json_is_array(scope)) {
		for (size_t i = 0; i < json_array_size(scope); i++) {
			json_t *one = json_array_get(scope, i);

			if (!json_is_string(one))
				return refuse("scope", "scope holds texts", reterr);
			failed |= json_array_append(scopes, one) != 0;
		}
	} else if (scope && !text) {
		return refuse("scope", "scope is a text", reterr);
	}
	while (text && *text) {
		size_t len = strcspn(text, " ");

		if (len)
			failed |= json_array_append_new(scopes, json_stringn(text, len)) != 0;
		text += len + (text[len] == ' ');
	}
	return failed ? jose_no_memory(reterr) : RC_OK;
}

/* {"authority": "iso6523-actorid-upis", "ID": "0192:<orgnr>"} to orgnr. */
static const char *organisation_of(const json_t *actor)
{
	const char *authority = json_string_value(json_object_get(actor, "authority"));
	const char *id = json_string_value(json_object_get(actor, "ID"));

	if (!authority || strcmp(authority, "iso6523-actorid-upis") || !id || strncmp(id, "0192:", 5) ||
	    !jose_is_nine_digits(id + 5))
		return NULL;
	return id + 5;
}

static enum rc read_maskinporten(const json_t *claims, struct jose_token *token, struct err *reterr)
{
	const json_t *supplier = json_object_get(claims, "supplier");
	const char *orgnr;

	if (json_object_get(claims, "cnf"))
		return refuse("cnf", "a bound token is not a bearer token", reterr);
	orgnr = organisation_of(json_object_get(claims, "consumer"));
	if (!orgnr)
		return no_tenant("consumer", reterr);
	memcpy(token->tenant, orgnr, JOSE_ORGNR_SIZE);
	if (!supplier)
		return RC_OK;
	orgnr = organisation_of(supplier);
	if (!orgnr)
		return refuse("supplier", "the supplier is no organisation", reterr);
	memcpy(token->supplier, orgnr, JOSE_ORGNR_SIZE);
	return RC_OK;
}

#define HELSEID_ORGNR "helseid://claims/client/claims/orgnr_"

static enum rc read_binding(const json_t *claims, struct jose_token *token, struct err *reterr)
{
	const json_t *cnf = json_object_get(claims, "cnf");
	unsigned char digest[B64_DECODED_MAX(JOSE_THUMBPRINT_SIZE - 1)];
	const char *jkt;
	size_t len;

	if (!json_is_object(cnf))
		return refuse("cnf", "the token is not bound to a key", reterr);
	if (jose_claim_text(cnf, "jkt", JOSE_THUMBPRINT_SIZE - 1, &jkt) || b64_decode(jkt, strlen(jkt), digest, &len) ||
	    len != 32)
		return err_set(reterr, RC_INVALID, "invalid-dpop-proof", "cnf", "the token is not bound to a DPoP key");
	memcpy(token->jkt, jkt, JOSE_THUMBPRINT_SIZE);
	return RC_OK;
}

static enum rc read_helseid(const json_t *claims, struct jose_token *token, struct err *reterr)
{
	static const char *const names[] = { HELSEID_ORGNR "parent", HELSEID_ORGNR "child", HELSEID_ORGNR "supplier" };
	char *const places[] = { token->tenant, token->unit, token->supplier };
	enum rc rc = read_binding(claims, token, reterr);

	if (rc)
		return rc;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *orgnr;

		rc = jose_claim_text(claims, names[i], JOSE_ORGNR_SIZE - 1, &orgnr);
		if (rc == RC_NOT_FOUND && i > 0)
			continue;
		if (rc || !jose_is_nine_digits(orgnr))
			return no_tenant(names[i], reterr);
		memcpy(places[i], orgnr, JOSE_ORGNR_SIZE);
	}
	return RC_OK;
}

static enum rc check_claims(const json_t *claims, const struct jose_issuer *issuer, int64_t now_s,
			    struct jose_token *token, struct err *reterr)
{
	const char *iss;
	enum rc rc;

	if (!json_is_object(claims))
		return refuse("payload", "the payload is a JSON object", reterr);
	if (jose_claim_text(claims, "iss", CLAIM_MAX, &iss) || strcmp(iss, issuer->iss))
		return refuse("iss", "the issuer is another one", reterr);
	if (!jose_claim_audience_is(claims, issuer->audience))
		return refuse("aud", "the audience is not this service alone", reterr);
	rc = check_times(claims, issuer, now_s, token, reterr);
	if (!rc)
		rc = copy_text(claims, "client_id", CLAIM_MAX, token->client_id, reterr);
	if (!rc)
		rc = copy_text(claims, "jti", CLAIM_MAX, token->jti, reterr);
	if (!rc)
		rc = read_scopes(claims, token->scopes, reterr);
	if (rc)
		return rc;
	return issuer->profile == JOSE_PROFILE_HELSEID ? read_helseid(claims, token, reterr) :
							 read_maskinporten(claims, token, reterr);
}

static enum rc read_claims(const struct jose_jws *jws, const struct jose_issuer *issuer, int64_t now_s,
			   struct jose_token **ret, struct err *reterr)
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
	rc = json_strict_load(buf_text(&jws->payload), jws->payload.len, JOSE_CLAIMS_DEPTH, &claims, reterr);
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

enum rc jose_token_verify(const struct jose_issuer *issuers, size_t count, enum jose_scheme scheme, const char *text,
			  size_t len, int64_t now_ms, struct jose_token **ret, struct err *reterr)
{
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
	const struct jose_issuer *issuer;
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
