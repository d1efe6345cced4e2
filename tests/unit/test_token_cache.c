/* The cache of verified tokens: found until they expire or the keys change, bounded. */
#include "jose_fixture.h"

#include "jose/token_cache.h"

#include <pthread.h>

#define NOW ((int64_t)1795300000)

static struct jose_key *key;
static struct jose_jwks *set;

static void set_up(void)
{
	CLEANUP_FREE char *text = NULL;

	key = fx_key("P-256", "k");
	text = fx_jwks_text(&key, 1);
	ck_assert_int_eq(jose_jwks_load(text, strlen(text), &set, NULL), RC_OK);
}

static void tear_down(void)
{
	jose_jwks_free(set);
	jose_key_free(key);
}

static struct jose_token *token_until(int64_t exp)
{
	const struct jose_issuer issuer = {
		"m", JOSE_PROFILE_MASKINPORTEN, "i", "a", JOSE_ES256, JOSE_TYPS_ALL, 5, 6000, set
	};
	struct jose_token *token = NULL;
	CLEANUP_FREE char *text = NULL;
	char claims[512];

	snprintf(claims, sizeof(claims),
		 "{\"iss\":\"i\",\"aud\":\"a\",\"iat\":%lld,\"exp\":%lld,\"consumer\":{"
		 "\"authority\":"
		 "\"iso6523-actorid-upis\",\"ID\":\"0192:999888777\"}}",
		 (long long)NOW, (long long)exp);
	text = fx_sign(key, JOSE_ES256, "{\"alg\":\"ES256\",\"kid\":\"k\"}", claims);
	ck_assert_int_eq(jose_token_verify(&issuer, 1, JOSE_SCHEME_BEARER, text, strlen(text),
					   NOW * 1000, &token, NULL),
			 RC_OK);
	return token;
}

static bool has(struct jose_token_cache *cache, enum jose_scheme scheme, const char *text,
		int64_t now_s)
{
	CLEANUP(jose_token_freep)
	struct jose_token *token =
		jose_token_cache_get(cache, 1, scheme, text, strlen(text), now_s * 1000);

	return token != NULL;
}

START_TEST(found_until_it_expires)
{
	CLEANUP(jose_token_cache_freep) struct jose_token_cache *cache = NULL;
	CLEANUP(jose_token_freep) struct jose_token *token = token_until(NOW + 100);

	ck_assert_int_eq(jose_token_cache_new(100, &cache, NULL), RC_OK);
	ck_assert(!has(cache, JOSE_SCHEME_BEARER, "t", NOW));
	jose_token_cache_put(cache, 1, "t", 1, token, NOW * 1000);
	jose_token_cache_put(cache, 1, "t", 1, token, NOW * 1000);
	ck_assert(has(cache, JOSE_SCHEME_BEARER, "t", NOW));
	ck_assert(!has(cache, JOSE_SCHEME_BEARER, "T", NOW));
	ck_assert(!has(cache, JOSE_SCHEME_BEARER, "t ", NOW));
	/* A bearer token is no DPoP token, cached or not. */
	ck_assert(!has(cache, JOSE_SCHEME_DPOP, "t", NOW));
	ck_assert(has(cache, JOSE_SCHEME_BEARER, "t", NOW + 104));
	ck_assert(!has(cache, JOSE_SCHEME_BEARER, "t", NOW + 105));
	jose_token_cache_put(cache, 1, "late", 4, token, (NOW + 105) * 1000);
	ck_assert(!has(cache, JOSE_SCHEME_BEARER, "late", NOW));
	ck_assert_int_eq(jose_token_cache_new(0, &cache, NULL), RC_INVALID);
}
END_TEST

static bool has_of(struct jose_token_cache *cache, uint64_t generation)
{
	CLEANUP(jose_token_freep)
	struct jose_token *token =
		jose_token_cache_get(cache, generation, JOSE_SCHEME_BEARER, "t", 1, NOW * 1000);

	return token != NULL;
}

/* What older keys verified is gone with them, also when it is put in late; and it is
 * the first to make room. */
START_TEST(forgotten_with_the_keys)
{
	CLEANUP(jose_token_cache_freep) struct jose_token_cache *cache = NULL;
	CLEANUP(jose_token_freep) struct jose_token *soon = token_until(NOW + 100);
	CLEANUP(jose_token_freep) struct jose_token *late = token_until(NOW + 1000);

	ck_assert_int_eq(jose_token_cache_new(4, &cache, NULL), RC_OK);
	jose_token_cache_put(cache, 1, "t", 1, soon, NOW * 1000);
	ck_assert(has_of(cache, 1));
	ck_assert(!has_of(cache, 2));
	jose_token_cache_put(cache, 2, "t", 1, soon, NOW * 1000);
	ck_assert(has_of(cache, 2) && !has_of(cache, 1));
	jose_token_cache_put(cache, 1, "t", 1, soon, NOW * 1000);
	ck_assert(!has_of(cache, 2));
	jose_token_cache_put(cache, 3, "t", 1, soon, NOW * 1000);
	for (int i = 0; i < 3; i++)
		jose_token_cache_put(cache, 2, (const char *[]){ "a", "b", "c" }[i], 1, late,
				     NOW * 1000);
	jose_token_cache_put(cache, 3, "d", 1, late, NOW * 1000);
	ck_assert(has_of(cache, 3));
}
END_TEST

START_TEST(bounded)
{
	CLEANUP(jose_token_cache_freep) struct jose_token_cache *cache = NULL;
	CLEANUP(jose_token_freep) struct jose_token *soon = token_until(NOW + 100);
	CLEANUP(jose_token_freep) struct jose_token *late = token_until(NOW + 1000);
	unsigned kept = 0;
	char text[32];

	ck_assert_int_eq(jose_token_cache_new(4, &cache, NULL), RC_OK);
	jose_token_cache_put(cache, 1, "late", 4, late, NOW * 1000);
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "t%d", i);
		jose_token_cache_put(cache, 1, text, strlen(text), soon, NOW * 1000);
		ck_assert(has(cache, JOSE_SCHEME_BEARER, text, NOW));
	}
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "t%d", i);
		kept += has(cache, JOSE_SCHEME_BEARER, text, NOW);
	}
	ck_assert_uint_eq(kept, 3);
	ck_assert(has(cache, JOSE_SCHEME_BEARER, "late", NOW));
}
END_TEST

static struct jose_token_cache *shared;
static struct jose_token *shared_token;

static void *churn(void *arg)
{
	char text[32];

	for (int i = 0; i < 2000; i++) {
		snprintf(text, sizeof(text), "t%d", i % 50);
		if (!has(shared, JOSE_SCHEME_BEARER, text, NOW))
			jose_token_cache_put(shared, 1, text, strlen(text), shared_token,
					     NOW * 1000);
	}
	return arg;
}

START_TEST(many_threads)
{
	pthread_t threads[4];

	shared_token = token_until(NOW + 100);
	ck_assert_int_eq(jose_token_cache_new(16, &shared, NULL), RC_OK);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, churn, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	jose_token_cache_free(shared);
	jose_token_free(shared_token);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("token cache");
	TCase *t = tcase_create("cache");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, set_up, tear_down);
	tcase_add_test(t, found_until_it_expires);
	tcase_add_test(t, forgotten_with_the_keys);
	tcase_add_test(t, bounded);
	tcase_add_test(t, many_threads);
	suite_add_tcase(s, t);
	return run_suite(s);
}
