/* DPoP proofs: the input is a header and claims, a line each, which the target signs
 * with the key that the token is bound to; `jwk` is put into the header where it has
 * none, since nobody guesses a key. A proof that is taken says what RFC 9449 section
 * 4.3 asks, is taken once, and for no other method, path, token or time; nor when
 * another key made it. The input is also tried as a proof itself. */
#include "fuzz_keys.h"

#include "jose/dpop.h"
#include "jose/htu.h"
#include "json/strict.h"

#define NOW_S ((int64_t)1795300000)
#define BASE "https://varde.example/v"
#define PATH "/v1/submissions"
#define TOKEN "token"
#define ATH "PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A" /* of TOKEN */
#define MAX_AGE_S 30
#define MAX_AHEAD_S 5

struct holder {
	struct jose_key *key, *thief;
	json_t *jwk;
	struct jose_token *token;
};

/* A token that is bound to `key`, as its issuer would make it. */
static struct jose_token *bound_to(const struct jose_key *key)
{
	static const char header[] = "{\"alg\":\"ES256\",\"kid\":\"i\",\"typ\":\"at+jwt\"}";
	struct jose_issuer issuer = { .name = "h",
				      .profile = JOSE_PROFILE_HELSEID,
				      .iss = "i",
				      .audience = "a",
				      .algs = JOSE_ES256,
				      .typs = JOSE_TYPS_ALL,
				      .max_lifetime_s = 600 };
	CLEANUP(jose_key_freep) struct jose_key *issuer_key = fuzz_key("i");
	CLEANUP(jose_jwks_freep) struct jose_jwks *keys = NULL;
	CLEANUP_FREE char *text = NULL;
	struct jose_token *token = NULL;
	json_t *jwk = NULL, *set;
	char claims[512];
	size_t len;

	MUST(!jose_key_export(issuer_key, &jwk, NULL));
	set = json_pack("{s:[o]}", "keys", jwk);
	text = json_dumps(set, 0);
	MUST(!jose_jwks_load(text, strlen(text), &keys, NULL));
	json_decref(set);
	free(text);
	snprintf(claims, sizeof(claims),
		 "{\"iss\":\"i\",\"aud\":\"a\",\"iat\":%d,\"exp\":%d,\"cnf\":{\"jkt\":\"%s\"},"
		 "\"helseid://claims/client/claims/orgnr_parent\":\"310000019\"}",
		 (int)NOW_S, (int)NOW_S + 60, jose_key_thumbprint(key));
	text = fuzz_jws(issuer_key, (struct piece){ header, strlen(header) },
			(struct piece){ claims, strlen(claims) }, NULL, &len);
	issuer.jwks = keys;
	MUST(!jose_token_verify(&issuer, 1, JOSE_SCHEME_DPOP, text, len, NOW_S * 1000, &token,
				NULL));
	return token;
}

static const struct holder *holder(void)
{
	static struct holder made;

	if (made.key)
		return &made;
	made.key = fuzz_key(NULL);
	made.thief = fuzz_key(NULL);
	MUST(!jose_key_export(made.key, &made.jwk, NULL));
	json_object_del(made.jwk, "kid");
	made.token = bound_to(made.key);
	return &made;
}

static enum rc check(struct piece proof, const struct jose_dpop_request *request,
		     struct jose_replay *used, int64_t now_s)
{
	const struct jose_dpop_rules rules = JOSE_DPOP_RULES(BASE);
	struct err err = { 0 };
	enum rc rc = jose_dpop_check(&rules, request, proof.at, proof.len, used, now_s * 1000, NULL,
				     &err);

	MUST(!rc || !strcmp(err.code, "invalid-dpop-proof"));
	return rc;
}

/* Where nonces are asked for, none that somebody made up will do. */
static void check_nonce(struct piece proof, const struct jose_dpop_request *request,
			struct jose_replay *used)
{
	CLEANUP(jose_nonces_freep) struct jose_nonces *nonces = NULL;
	struct jose_dpop_rules rules = JOSE_DPOP_RULES(BASE);
	struct err err = { 0 };

	MUST(!jose_nonces_new(&nonces, NULL));
	rules.nonces = nonces;
	MUST(jose_dpop_check(&rules, request, proof.at, proof.len, used, NOW_S * 1000, NULL,
			     &err) == RC_INVALID);
	MUST(!strcmp(err.code, "use-dpop-nonce"));
}

static const char *text_of(const json_t *claims, const char *name)
{
	const char *text = json_string_value(json_object_get(claims, name));

	return text ? text : "";
}

/* Our address, read anew: scheme and host in any case, the default port or none,
 * the very path, then the end, a query or a fragment. */
static bool is_ours(const char *htu)
{
	static const char origin[] = "https://varde.example", path[] = "/v" PATH;

	if (strncasecmp(htu, origin, strlen(origin)))
		return false;
	htu += strlen(origin);
	if (!strncmp(htu, ":443", 4))
		htu += 4;
	else if (*htu == ':')
		htu++;
	return !strncmp(htu, path, strlen(path)) && strchr("?#", htu[strlen(path)]);
}

static void check_claims(struct piece text)
{
	const json_t *iat;
	json_t *claims = NULL;

	MUST(!json_strict_load(text.at, text.len, 16, &claims, NULL));
	iat = json_object_get(claims, "iat");
	MUST(!strcmp(text_of(claims, "htm"), "POST") && !strcmp(text_of(claims, "ath"), ATH));
	MUST(is_ours(text_of(claims, "htu")));
	MUST(json_is_integer(iat) && json_integer_value(iat) >= NOW_S - MAX_AGE_S &&
	     json_integer_value(iat) <= NOW_S + MAX_AHEAD_S);
	MUST(*text_of(claims, "jti") && strlen(text_of(claims, "jti")) <= JOSE_JTI_MAX);
	json_decref(claims);
}

/* The header with the holder's key in it, or the text as it is. */
static char *header_of(struct piece line)
{
	json_t *header = json_loadb(line.at, line.len, 0, NULL);
	char *text;

	if (!json_is_object(header) || json_object_get(header, "jwk")) {
		json_decref(header);
		return fuzz_text(line);
	}
	json_object_set(header, "jwk", holder()->jwk);
	text = json_dumps(header, JSON_COMPACT);
	json_decref(header);
	MUST(text);
	return text;
}

static void check_refused_elsewhere(struct piece proof, struct piece forged,
				    const struct jose_dpop_request *right, struct jose_replay *used)
{
	struct jose_dpop_request wrong = *right;

	wrong.method = "GET";
	MUST(check(proof, &wrong, used, NOW_S) == RC_INVALID);
	wrong = *right;
	wrong.path = PATH "/";
	MUST(check(proof, &wrong, used, NOW_S) == RC_INVALID);
	wrong = *right;
	wrong.token_text = "Token";
	MUST(check(proof, &wrong, used, NOW_S) == RC_INVALID);
	MUST(check(proof, right, used, NOW_S + MAX_AGE_S + MAX_AHEAD_S + 1) == RC_INVALID);
	MUST(check(proof, right, used, NOW_S - MAX_AGE_S - MAX_AHEAD_S - 1) == RC_INVALID);
	MUST(check(forged, right, used, NOW_S) == RC_INVALID);
}

static void try_proof(struct piece header, struct piece claims)
{
	const struct holder *by = holder();
	const struct jose_dpop_request request = { by->token, TOKEN, strlen(TOKEN), "POST", PATH };
	CLEANUP(jose_replay_freep) struct jose_replay *used = NULL, *fresh = NULL;
	CLEANUP_FREE char *proof = NULL;
	CLEANUP_FREE char *forged = NULL;
	size_t len, forged_len;

	MUST(!jose_replay_new(16, &used, NULL) && !jose_replay_new(16, &fresh, NULL));
	proof = fuzz_jws(by->key, header, claims, NULL, &len);
	if (check((struct piece){ proof, len }, &request, used, NOW_S)) {
		MUST(jose_replay_len(used) == 0);
		return;
	}
	check_claims(claims);
	MUST(check((struct piece){ proof, len }, &request, used, NOW_S) == RC_CONFLICT);
	forged = fuzz_jws(by->thief, header, claims, NULL, &forged_len);
	check_refused_elsewhere((struct piece){ proof, len }, (struct piece){ forged, forged_len },
				&request, fresh);
	check_nonce((struct piece){ proof, len }, &request, fresh);
	MUST(jose_replay_len(fresh) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct jose_dpop_request request = { holder()->token, TOKEN, strlen(TOKEN), "POST",
						   PATH };
	CLEANUP(jose_replay_freep) struct jose_replay *used = NULL;
	struct piece rest = { (const char *)data, size }, line;
	CLEANUP_FREE char *header = NULL;
	CLEANUP_FREE char *htu = NULL;

	MUST(!jose_replay_new(16, &used, NULL));
	MUST(check(rest, &request, used, NOW_S));
	htu = fuzz_text(rest);
	MUST(jose_htu_matches(htu, BASE, PATH) == is_ours(htu));
	line = fuzz_take(&rest, '\n');
	header = header_of(line);
	try_proof((struct piece){ header, strlen(header) }, rest);
	return 0;
}
