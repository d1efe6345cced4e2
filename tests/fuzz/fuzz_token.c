/* Access tokens: the input is the claims, which the target signs as the issuer, so
 * that they are read; under both schemes. What is taken as a token satisfies, read
 * anew here, what the profile asks, and says what the claims say; it is refused under
 * the other scheme, and with one character changed. The input is also tried as a token itself. */
#include "fuzz_keys.h"

#include "jose/token.h"
#include "json/strict.h"

#define NOW_S ((int64_t)1795300000)
#define LEEWAY_S 10
#define LIFETIME_S 600
#define AUDIENCE "https://varde.example"
#define ORGNR "helseid://claims/client/claims/orgnr_"

struct issuers {
	struct jose_key *key;
	struct jose_jwks *keys;
	struct jose_issuer list[2];
};

static const struct issuers *issuers(void)
{
	static struct issuers made;
	json_t *jwk = NULL, *set;
	char *text;

	if (made.key)
		return &made;
	made.key = fuzz_key("i");
	MUST(!jose_key_export(made.key, &jwk, NULL));
	set = json_pack("{s:[o]}", "keys", jwk);
	text = json_dumps(set, 0);
	MUST(!jose_jwks_load(text, strlen(text), &made.keys, NULL));
	free(text);
	json_decref(set);
	made.list[0] = (struct jose_issuer){ .name = "h",
					     .profile = JOSE_PROFILE_HELSEID,
					     .iss = "https://helseid.example",
					     .audience = AUDIENCE,
					     .algs = JOSE_ES256,
					     .typs = JOSE_TYP_AT_JWT,
					     .leeway_s = LEEWAY_S,
					     .max_lifetime_s = LIFETIME_S,
					     .jwks = made.keys };
	made.list[1] = made.list[0];
	made.list[1].name = "m";
	made.list[1].profile = JOSE_PROFILE_MASKINPORTEN;
	made.list[1].iss = "https://maskinporten.example/";
	made.list[1].typs = JOSE_TYP_JWT;
	return &made;
}

static bool says(const json_t *object, const char *name, const char *word)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text && !strcmp(text, word);
}

static bool is_orgnr(const char *text)
{
	return text && strlen(text) == 9 && strspn(text, "0123456789") == 9;
}

static void check_times(const json_t *claims, const struct jose_token *token)
{
	const json_t *exp = json_object_get(claims, "exp"), *iat = json_object_get(claims, "iat"),
		     *nbf = json_object_get(claims, "nbf");
	json_int_t until = json_integer_value(exp), since = json_integer_value(iat);

	MUST(json_is_integer(exp) && json_is_integer(iat) && (!nbf || json_is_integer(nbf)));
	MUST(until + LEEWAY_S > NOW_S && since <= NOW_S + LEEWAY_S && since >= 0);
	MUST(until > since && until - since <= LIFETIME_S);
	MUST(!nbf || (json_integer_value(nbf) <= NOW_S + LEEWAY_S && json_integer_value(nbf) >= 0));
	MUST(jose_token_expires_s(token) == until);
	MUST(jose_token_usable_until_s(token) == until + LEEWAY_S);
}

static void check_helseid(const json_t *claims, const struct jose_token *token)
{
	const json_t *cnf = json_object_get(claims, "cnf");
	unsigned char digest[B64_DECODED_MAX(JOSE_THUMBPRINT_SIZE)];
	size_t len;

	MUST(says(cnf, "jkt", jose_token_jkt(token)));
	MUST(strlen(jose_token_jkt(token)) == JOSE_THUMBPRINT_SIZE - 1);
	MUST(!b64_decode(jose_token_jkt(token), JOSE_THUMBPRINT_SIZE - 1, digest, &len) &&
	     len == 32);
	MUST(says(claims, ORGNR "parent", jose_token_tenant(token)));
	MUST(*jose_token_unit(token) ? is_orgnr(jose_token_unit(token)) &&
					       says(claims, ORGNR "child", jose_token_unit(token))
				     : !json_object_get(claims, ORGNR "child"));
}

static void check_maskinporten(const json_t *claims, const struct jose_token *token)
{
	const json_t *consumer = json_object_get(claims, "consumer");
	char id[32];

	MUST(!json_object_get(claims, "cnf") && !*jose_token_jkt(token));
	snprintf(id, sizeof(id), "0192:%s", jose_token_tenant(token));
	MUST(says(consumer, "ID", id) && says(consumer, "authority", "iso6523-actorid-upis"));
}

static void check_token(const struct jose_token *token, const struct jose_issuer *issuer,
			struct piece text)
{
	const json_t *aud;
	json_t *claims = NULL;

	MUST(!json_strict_load(text.at, text.len, 16, &claims, NULL));
	aud = json_object_get(claims, "aud");
	MUST(says(claims, "iss", issuer->iss) && !strcmp(jose_token_issuer(token), issuer->name));
	MUST(says(claims, "aud", AUDIENCE) ||
	     (json_array_size(aud) == 1 &&
	      !strcmp(json_string_value(json_array_get(aud, 0)), AUDIENCE)));
	check_times(claims, token);
	MUST(is_orgnr(jose_token_tenant(token)));
	MUST(!*jose_token_supplier(token) || is_orgnr(jose_token_supplier(token)));
	MUST(!*jose_token_jti(token) || says(claims, "jti", jose_token_jti(token)));
	MUST(!*jose_token_client_id(token) ||
	     says(claims, "client_id", jose_token_client_id(token)));
	MUST(!jose_token_has_scope(token, "") || json_is_array(json_object_get(claims, "scope")));
	MUST(!jose_token_has_scope(token, "varde:x") || memmem(text.at, text.len, "varde:x", 7) ||
	     memchr(text.at, '\\', text.len));
	if (issuer->profile == JOSE_PROFILE_HELSEID)
		check_helseid(claims, token);
	else
		check_maskinporten(claims, token);
	json_decref(claims);
}

static enum rc verify(const char *text, size_t len, enum jose_scheme scheme,
		      struct jose_token **ret)
{
	const struct issuers *by = issuers();
	struct err err = { 0 };
	enum rc rc = jose_token_verify(by->list, ARRAY_LEN(by->list), scheme, text, len,
				       NOW_S * 1000, ret, &err);

	MUST(!rc || (!*ret && err.code[0]));
	MUST(!rc || rc == RC_INVALID || rc == RC_FORBIDDEN || rc == RC_NOT_FOUND);
	return rc;
}

/* As the issuer of one scheme would sign these claims; the other takes it never. */
static void try_claims(struct piece claims, enum jose_scheme scheme)
{
	const struct issuers *by = issuers();
	bool dpop = scheme == JOSE_SCHEME_DPOP;
	const char *header = dpop ? "{\"alg\":\"ES256\",\"kid\":\"i\",\"typ\":\"at+jwt\"}"
				  : "{\"alg\":\"ES256\",\"kid\":\"i\",\"typ\":\"JWT\"}";
	CLEANUP(jose_token_freep) struct jose_token *token = NULL;
	CLEANUP_FREE char *text = NULL;
	size_t len;

	text = fuzz_jws(by->key, (struct piece){ header, strlen(header) }, claims, NULL, &len);
	if (verify(text, len, scheme, &token))
		return;
	MUST(jose_token_scheme(token) == scheme);
	check_token(token, &by->list[dpop ? 0 : 1], claims);
	jose_token_free(TAKE_PTR(token));
	MUST(verify(text, len, dpop ? JOSE_SCHEME_BEARER : JOSE_SCHEME_DPOP, &token));
	fuzz_touch(text, len, claims.len * 31 + (unsigned char)claims.at[claims.len / 2]);
	MUST(verify(text, len, scheme, &token));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct piece claims = { (const char *)data, size };
	CLEANUP(jose_token_freep) struct jose_token *token = NULL;

	MUST(verify(claims.at, size, JOSE_SCHEME_DPOP, &token));
	try_claims(claims, JOSE_SCHEME_DPOP);
	try_claims(claims, JOSE_SCHEME_BEARER);
	return 0;
}
