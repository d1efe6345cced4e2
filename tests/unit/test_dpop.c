/* DPoP proofs: the one sound one, then each thing wrong with it. */
#include "jose_fixture.h"

#include "jose/dpop.h"
#include "jose/htu.h"

#include <openssl/sha.h>
#include <pthread.h>

#define NOW ((int64_t)1795300000)
#define BASE "https://varde.example"
#define PATH "/v1/submissions"

static struct jose_key *issuer_key, *holder, *holder_rsa, *thief;
static struct jose_jwks *set;
static struct jose_token *token, *rsa_token;
static char *token_text, *rsa_text, ath[64], rsa_ath[64];
static struct jose_replay *used;

static struct jose_token *bind(const struct jose_key *key, char **ret_text, char *ret_ath)
{
	const struct jose_issuer issuer = { "helseid",  JOSE_PROFILE_HELSEID, "i", "a",
					    JOSE_ES256, JOSE_TYPS_ALL,        5,   600,
					    set };
	json_t *claims =
		json_pack("{s:s, s:s, s:I, s:I, s:s, s:{s:s}}", "iss", "i", "aud", "a", "exp",
			  NOW + 120, "iat", NOW, "helseid://claims/client/claims/orgnr_parent",
			  "999888777", "cnf", "jkt", jose_key_thumbprint(key));
	CLEANUP_FREE char *payload = json_dumps(claims, 0);
	CLEANUP(buf_release) struct buf b = buf_capped(64);
	struct jose_token *bound = NULL;
	unsigned char digest[32];

	json_decref(claims);
	*ret_text = fx_sign(issuer_key, JOSE_ES256,
			    "{\"alg\":\"ES256\",\"kid\":\"i\",\"typ\":\"at+jwt\"}", payload);
	ck_assert_int_eq(jose_token_verify(&issuer, 1, JOSE_SCHEME_DPOP, *ret_text,
					   strlen(*ret_text), NOW * 1000, &bound, NULL),
			 RC_OK);
	SHA256((const unsigned char *)*ret_text, strlen(*ret_text), digest);
	b64_encode(&b, digest, 32);
	snprintf(ret_ath, 64, "%s", buf_text(&b));
	return bound;
}

static void set_up(void)
{
	CLEANUP_FREE char *text = NULL;

	issuer_key = fx_key("P-256", "i");
	holder = fx_key("P-256", NULL);
	holder_rsa = fx_key("RSA-2048", NULL);
	thief = fx_key("P-256", NULL);
	text = fx_jwks_text(&issuer_key, 1);
	ck_assert_int_eq(jose_jwks_load(text, strlen(text), &set, NULL), RC_OK);
	token = bind(holder, &token_text, ath);
	rsa_token = bind(holder_rsa, &rsa_text, rsa_ath);
	ck_assert_int_eq(jose_replay_new(1000, &used, NULL), RC_OK);
}

static void tear_down(void)
{
	jose_token_free(token);
	jose_token_free(rsa_token);
	jose_jwks_free(set);
	jose_key_free(issuer_key);
	jose_key_free(holder);
	jose_key_free(holder_rsa);
	jose_key_free(thief);
	jose_replay_free(used);
	free(token_text);
	free(rsa_text);
}

static json_t *header_of(const struct jose_key *key, const char *alg)
{
	json_t *jwk = NULL;

	ck_assert_int_eq(jose_key_export(key, &jwk, NULL), RC_OK);
	return json_pack("{s:s, s:s, s:o}", "typ", "dpop+jwt", "alg", alg, "jwk", jwk);
}

static json_t *claims_of(const char *jti)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:s}", "jti", jti, "htm", "POST", "htu", BASE PATH,
			 "iat", NOW, "ath", ath);
}

/* Takes both. */
static char *proof_of(const struct jose_key *key, enum jose_alg alg, json_t *header, json_t *claims)
{
	CLEANUP_FREE char *h = json_dumps(header, 0);
	CLEANUP_FREE char *c = json_dumps(claims, 0);

	json_decref(header);
	json_decref(claims);
	return fx_sign(key, alg, h, c);
}

static enum rc check_at(const char *proof, int64_t now_s, struct err *err)
{
	const struct jose_dpop_rules rules = JOSE_DPOP_RULES(BASE);
	const struct jose_dpop_request request = { token, token_text, strlen(token_text), "POST",
						   PATH };

	return jose_dpop_check(&rules, &request, proof, strlen(proof), used, now_s * 1000, NULL,
			       err);
}

START_TEST(a_proof_passes_once)
{
	CLEANUP_FREE char *proof =
		proof_of(holder, JOSE_ES256, header_of(holder, "ES256"), claims_of("j"));
	struct err err = { 0 };

	ck_assert_msg(check_at(proof, NOW, &err) == RC_OK, "%s: %s", err.where, err.text);
	ck_assert_int_eq(check_at(proof, NOW, &err), RC_CONFLICT);
	ck_assert_str_eq(err.code, "invalid-dpop-proof");
	ck_assert_int_eq(check_at(proof, NOW + 30, &err), RC_CONFLICT);
	ck_assert_int_eq(check_at(proof, NOW + 31, &err), RC_INVALID);
}
END_TEST

START_TEST(rsa_proofs_are_pss)
{
	const struct jose_dpop_rules rules = JOSE_DPOP_RULES(BASE);
	const struct jose_dpop_request request = { rsa_token, rsa_text, strlen(rsa_text), "POST",
						   PATH };
	static const enum jose_alg algs[] = { JOSE_RS256, JOSE_PS256 };

	for (size_t i = 0; i < 2; i++) {
		json_t *claims = claims_of("rsa");
		CLEANUP_FREE char *proof = NULL;

		json_object_set_new(claims, "ath", json_string(rsa_ath));
		proof = proof_of(holder_rsa, algs[i], header_of(holder_rsa, jose_alg_name(algs[i])),
				 claims);
		ck_assert_int_eq(jose_dpop_check(&rules, &request, proof, strlen(proof), used,
						 NOW * 1000, NULL, NULL),
				 i ? RC_OK : RC_INVALID);
	}
}
END_TEST

/* where: "header" or "claims" then member, a NULL value takes it away. */
static const struct {
	bool header;
	const char *member, *value;
	bool ok;
} rows[] = {
	{ true, "typ", NULL, false },
	{ true, "typ", "\"JWT\"", false },
	{ true, "typ", "\"at+jwt\"", false },
	{ true, "typ", "\"DPoP+JWT\"", false },
	{ true, "typ", "\"dpop\\u002Bjwt\"", true },
	{ true, "alg", NULL, false },
	{ true, "alg", "\"none\"", false },
	{ true, "alg", "\"HS256\"", false },
	{ true, "alg", "\"EdDSA\"", false },
	{ true, "alg", "\"ES384\"", false },
	{ true, "alg", "\"PS256\"", false },
	{ true, "jwk", NULL, false },
	{ true, "jwk", "\"\"", false },
	{ true, "jwk", "{}", false },
	{ true, "jwk", "{\"kty\":\"oct\",\"k\":\"AAAA\"}", false },
	{ true, "jwk",
	  "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_"
	  "7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
	  false },
	{ true, "crit", "[]", false },
	{ true, "jku", "\"https://a.example\"", false },
	{ false, "jti", NULL, false },
	{ false, "jti", "7", false },
	{ false, "jti", "\"\"", false },
	{ false, "htm", NULL, false },
	{ false, "htm", "\"GET\"", false },
	{ false, "htm", "\"post\"", false },
	{ false, "htu", NULL, false },
	{ false, "htu", "[\"" BASE PATH "\"]", false },
	{ false, "htu", "\"" BASE PATH "/\"", false },
	{ false, "htu", "\"" BASE "/v1/./submissions\"", false },
	{ false, "htu", "\"" BASE "/v1/x/../submissions\"", false },
	{ false, "htu", "\"http://varde.example" PATH "\"", false },
	{ false, "htu", "\"https://varde.example:8443" PATH "\"", false },
	{ false, "htu", "\"https://other.example" PATH "\"", false },
	{ false, "htu", "\"" PATH "\"", false },
	{ false, "htu", "\"" BASE PATH "?a=1#b\"", true },
	{ false, "htu", "\"HTTPS://VARDE.example:443" PATH "\"", true },
	{ false, "iat", NULL, false },
	{ false, "iat", "\"1795300000\"", false },
	{ false, "iat", "1795300000.0", false },
	{ false, "iat", "1795299969", false },
	{ false, "iat", "1795299970", true },
	{ false, "iat", "1795300005", true },
	{ false, "iat", "1795300006", false },
	{ false, "ath", NULL, false },
	{ false, "ath", "\"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo\"", false },
	{ false, "nonce", "\"n\"", true },
};

START_TEST(one_thing_wrong)
{
	json_t *header = header_of(holder, "ES256"), *claims = claims_of("j"),
	       *object = rows[_i].header ? header : claims;
	CLEANUP_FREE char *proof = NULL;
	struct err err = { 0 };
	enum rc rc;

	if (rows[_i].value)
		json_object_set_new(object, rows[_i].member,
				    json_loads(rows[_i].value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(object, rows[_i].member);
	proof = proof_of(holder, JOSE_ES256, header, claims);
	rc = check_at(proof, NOW, &err);
	ck_assert_msg((rc == RC_OK) == rows[_i].ok, "%s %s: %s", rows[_i].member, rows[_i].value,
		      err.text);
	if (rc) {
		ck_assert_str_eq(err.code, "invalid-dpop-proof");
		/* What was refused has used nothing up. */
		ck_assert_uint_eq(jose_replay_len(used), 0);
	}
}
END_TEST

START_TEST(long_jti_and_padded_ath)
{
	json_t *claims = claims_of("j");
	char jti[10001], padded[66];
	CLEANUP_FREE char *proof = NULL;
	CLEANUP_FREE char *other = NULL;

	memset(jti, 'j', sizeof(jti) - 1);
	jti[sizeof(jti) - 1] = '\0';
	proof = proof_of(holder, JOSE_ES256, header_of(holder, "ES256"), claims_of(jti));
	ck_assert_int_eq(check_at(proof, NOW, NULL), RC_INVALID);
	free(proof);
	jti[JOSE_JTI_MAX + 1] = '\0';
	proof = proof_of(holder, JOSE_ES256, header_of(holder, "ES256"), claims_of(jti));
	ck_assert_int_eq(check_at(proof, NOW, NULL), RC_INVALID);
	free(proof);
	jti[JOSE_JTI_MAX] = '\0';
	proof = proof_of(holder, JOSE_ES256, header_of(holder, "ES256"), claims_of(jti));
	ck_assert_int_eq(check_at(proof, NOW, NULL), RC_OK);
	snprintf(padded, sizeof(padded), "%s=", ath);
	json_object_set_new(claims, "ath", json_string(padded));
	other = proof_of(holder, JOSE_ES256, header_of(holder, "ES256"), claims);
	ck_assert_int_eq(check_at(other, NOW, NULL), RC_INVALID);
}
END_TEST

START_TEST(another_key)
{
	json_t *mixed = header_of(holder, "ES256"), *private = header_of(holder, "ES256");
	CLEANUP_FREE char *stolen =
		proof_of(thief, JOSE_ES256, header_of(thief, "ES256"), claims_of("j"));
	CLEANUP_FREE char *forged =
		proof_of(thief, JOSE_ES256, header_of(holder, "ES256"), claims_of("j"));
	CLEANUP_FREE char *leaky = NULL;
	CLEANUP_FREE char *off = NULL;
	struct err err = { 0 };

	ck_assert_int_eq(check_at(stolen, NOW, &err), RC_INVALID);
	ck_assert_str_eq(err.where, "key");
	ck_assert_int_eq(check_at(forged, NOW, &err), RC_INVALID);
	ck_assert_str_eq(err.where, "signature");
	json_object_set_new(json_object_get(private, "jwk"), "d", json_string("AQAB"));
	leaky = proof_of(holder, JOSE_ES256, private, claims_of("j"));
	ck_assert_int_eq(check_at(leaky, NOW, &err), RC_INVALID);
	json_object_set_new(json_object_get(mixed, "jwk"), "x",
			    json_string("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
	off = proof_of(holder, JOSE_ES256, mixed, claims_of("j"));
	ck_assert_int_eq(check_at(off, NOW, &err), RC_INVALID);
	/* The access token itself is no proof. */
	ck_assert_int_eq(check_at(token_text, NOW, &err), RC_INVALID);
	ck_assert_int_eq(check_at("", NOW, &err), RC_INVALID);
}
END_TEST

START_TEST(after_an_unclean_stop)
{
	CLEANUP_FREE char *proof =
		proof_of(holder, JOSE_ES256, header_of(holder, "ES256"), claims_of("j"));

	jose_replay_set_floor(used, NOW);
	ck_assert_int_eq(check_at(proof, NOW + 1, NULL), RC_CONFLICT);
	jose_replay_set_floor(used, NOW - 1);
	ck_assert_int_eq(check_at(proof, NOW + 1, NULL), RC_OK);
}
END_TEST

static enum rc check_nonce(struct jose_nonces *nonces, const char *nonce, const char *jti,
			   int64_t now_ms, bool *ageing, struct err *err)
{
	struct jose_dpop_rules rules = JOSE_DPOP_RULES(BASE);
	const struct jose_dpop_request request = { token, token_text, strlen(token_text), "POST",
						   PATH };
	json_t *claims = claims_of(jti);
	CLEANUP_FREE char *proof = NULL;

	rules.nonces = nonces;
	json_object_set_new(claims, "iat", json_integer(now_ms / 1000));
	if (nonce)
		json_object_set_new(claims, "nonce", json_string(nonce));
	proof = proof_of(holder, JOSE_ES256, header_of(holder, "ES256"), claims);
	return jose_dpop_check(&rules, &request, proof, strlen(proof), used, now_ms, ageing, err);
}

START_TEST(a_nonce_is_asked_for)
{
	CLEANUP(jose_nonces_freep) struct jose_nonces *nonces = NULL;
	CLEANUP(jose_nonces_freep) struct jose_nonces *others = NULL;
	static const char *const bad[] = { "", "n", "AAAAAAAAAAAAAAAAAAAAAAAA",
					   "AAAAAAAAAAAAAAAAAAAAAAAAA" };
	const int64_t now = NOW * 1000, window = JOSE_NONCE_WINDOW_S * 1000;
	char nonce[JOSE_NONCE_SIZE], other[JOSE_NONCE_SIZE];
	struct err err = { 0 };
	bool ageing = true;

	ck_assert_int_eq(jose_nonces_new(&nonces, NULL), RC_OK);
	ck_assert_int_eq(jose_nonces_new(&others, NULL), RC_OK);
	ck_assert_uint_eq(strlen(jose_nonce_now(nonces, now, nonce)), JOSE_NONCE_SIZE - 1);
	ck_assert_str_ne(jose_nonce_now(others, now, other), nonce);
	ck_assert_int_eq(check_nonce(nonces, NULL, "a", now, &ageing, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "use-dpop-nonce");
	ck_assert_str_eq(err.where, "nonce-missing");
	ck_assert_int_eq(check_nonce(nonces, other, "a", now, &ageing, &err), RC_INVALID);
	ck_assert_str_eq(err.where, "nonce-other");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_int_eq(check_nonce(nonces, bad[i], "a", now, NULL, NULL), RC_INVALID);
	/* What was refused is not used up: the same jti passes with the nonce, once. */
	ck_assert_uint_eq(jose_replay_len(used), 0);
	ck_assert_int_eq(check_nonce(nonces, nonce, "a", now, &ageing, &err), RC_OK);
	ck_assert(!ageing);
	ck_assert_int_eq(check_nonce(nonces, nonce, "a", now, &ageing, &err), RC_CONFLICT);
	/* One window later it is about to go, two windows later it is gone. */
	ck_assert_int_eq(check_nonce(nonces, nonce, "b", now + window, &ageing, &err), RC_OK);
	ck_assert(ageing);
	ck_assert_int_eq(check_nonce(nonces, nonce, "c", now + 2 * window, NULL, &err), RC_INVALID);
	/* Nor is one of the future taken, whatever the clock does. */
	jose_nonce_now(nonces, now + window, nonce);
	ck_assert_int_eq(check_nonce(nonces, nonce, "d", now, NULL, &err), RC_INVALID);
	/* A proof that is wrong otherwise is told so, not sent round for a nonce. */
	ck_assert_int_eq(check_nonce(nonces, NULL, "e", now, NULL, &err), RC_INVALID);
	ck_assert_int_eq(check_at("", NOW, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "invalid-dpop-proof");
}
END_TEST

static char *shared_proof;

static void *race(void *arg)
{
	(void)arg;
	return check_at(shared_proof, NOW, NULL) == RC_OK ? shared_proof : NULL;
}

START_TEST(one_of_many_at_once)
{
	pthread_t threads[8];
	unsigned passed = 0;
	void *won;

	shared_proof = proof_of(holder, JOSE_ES256, header_of(holder, "ES256"), claims_of("race"));
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, race, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		pthread_join(threads[i], &won);
		passed += won != NULL;
	}
	ck_assert_uint_eq(passed, 1);
	free(shared_proof);
}
END_TEST

START_TEST(htu_forms)
{
	static const struct {
		const char *htu, *base, *path;
		bool same;
	} urls[] = {
		{ "https://a.no/x", "https://a.no", "/x", true },
		{ "https://a.no/p/x", "https://a.no/p", "/x", true },
		{ "https://a.no/p/x", "https://a.no/p/", "/x", true },
		{ "https://a.no/x", "https://a.no/p", "/x", false },
		{ "http://127.0.0.1:8080/x", "http://127.0.0.1:8080", "/x", true },
		{ "http://127.0.0.1:80/x", "http://127.0.0.1", "/x", true },
		{ "http://127.0.0.1:443/x", "http://127.0.0.1", "/x", false },
		{ "https://[::1]:8443/x", "https://[::1]:8443", "/x", true },
		{ "https://[::1]/x", "https://[::1]:8443", "/x", false },
		{ "https://a.no:/x", "https://a.no", "/x", true },
		{ "https://u@a.no/x", "https://a.no", "/x", false },
		{ "https://a.no.evil/x", "https://a.no", "/x", false },
		{ "https://a.no/X", "https://a.no", "/x", false },
		{ "https://a.no/%78", "https://a.no", "/x", false },
		{ "https://a.no", "https://a.no", "/", false },
		{ "://a.no/x", "https://a.no", "/x", false },
		{ "https:///x", "https://a.no", "/x", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(urls); i++)
		ck_assert_msg(jose_htu_matches(urls[i].htu, urls[i].base, urls[i].path) ==
				      urls[i].same,
			      "%s", urls[i].htu);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dpop");
	TCase *t = tcase_create("dpop");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_proof_passes_once);
	tcase_add_test(t, rsa_proofs_are_pss);
	tcase_add_loop_test(t, one_thing_wrong, 0, ARRAY_LEN(rows));
	tcase_add_test(t, long_jti_and_padded_ath);
	tcase_add_test(t, another_key);
	tcase_add_test(t, after_an_unclean_stop);
	tcase_add_test(t, a_nonce_is_asked_for);
	tcase_add_test(t, one_of_many_at_once);
	tcase_add_test(t, htu_forms);
	suite_add_tcase(s, t);
	return run_suite(s);
}
