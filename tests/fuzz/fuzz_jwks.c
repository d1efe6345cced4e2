/* A JWK Set: taken whole or not at all. What is taken has no symmetric and no
 * private key in it, no kid twice, and every key is found by its kid. */
#include "fuzz_keys.h"

static void check_set(const struct jose_jwks *set, const json_t *keys)
{
	size_t found = 0, count = json_array_size(keys);

	MUST(count >= 1 && count <= JOSE_JWKS_MAX_KEYS);
	for (size_t i = 0; i < count; i++) {
		const json_t *jwk = json_array_get(keys, i);
		const char *kid = json_string_value(json_object_get(jwk, "kid"));
		const struct jose_key *key = kid ? jose_jwks_find(set, kid) : NULL;

		MUST(!json_object_get(jwk, "d") && !json_object_get(jwk, "k"));
		MUST(!key || !strcmp(jose_key_kid(key), kid));
		found += key != NULL;
		for (size_t j = 0; kid && j < i; j++) {
			const char *other =
				json_string_value(json_object_get(json_array_get(keys, j), "kid"));

			MUST(!other || strcmp(other, kid));
		}
	}
	MUST(found <= jose_jwks_len(set) && jose_jwks_len(set) <= count);
	MUST((jose_jwks_find(set, NULL) != NULL) == (count == 1));
	MUST(!jose_jwks_find(set, "") && !jose_jwks_find(set, "no key has this kid"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(jose_jwks_freep) struct jose_jwks *set = NULL, *again = NULL;
	struct err err = { 0 };
	json_t *root;

	if (jose_jwks_load((const char *)data, size, &set, &err)) {
		MUST(err.code[0] && !set);
		return 0;
	}
	MUST(!jose_jwks_load((const char *)data, size, &again, NULL));
	MUST(jose_jwks_same(set, again) && jose_jwks_same(again, set));
	root = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	check_set(set, json_object_get(root, "keys"));
	json_decref(root);
	return 0;
}
