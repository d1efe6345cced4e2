/* One JWK, as a public and as a private key. A key that is taken survives being
 * written and read, has the thumbprint that its text alone has, and never is both
 * public and private; a private one signs what its public half verifies. */
#include "fuzz_keys.h"

static struct jose_key *read_again(const struct jose_key *key)
{
	struct jose_key *again = NULL;
	json_t *jwk = NULL;

	MUST(!jose_key_export(key, &jwk, NULL));
	MUST(!json_object_get(jwk, "d") && !json_object_get(jwk, "k"));
	MUST(!jose_key_from_jwk(jwk, 0, &again, NULL));
	json_decref(jwk);
	return again;
}

static void check_key(const struct jose_key *key)
{
	CLEANUP(jose_key_freep) struct jose_key *again = read_again(key);

	MUST(!strcmp(jose_key_thumbprint(key), jose_key_thumbprint(again)));
	MUST(!strcmp(jose_key_kid(key), jose_key_kid(again)));
	MUST(!strcmp(jose_key_kind(key), jose_key_kind(again)));
	MUST(jose_key_algs(key) && jose_key_algs(key) == jose_key_algs(again));
	MUST(strlen(jose_key_kid(key)) >= 1 && strlen(jose_key_kid(key)) <= JOSE_KID_MAX);
}

static void check_signs(const struct jose_key *key)
{
	static const enum jose_alg algs[] = { JOSE_RS256, JOSE_PS256, JOSE_ES256, JOSE_ES384 };
	CLEANUP(jose_key_freep) struct jose_key *public = read_again(key);

	for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
		CLEANUP(buf_release) struct buf text = buf_capped(4096);
		CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
		enum rc rc = jose_jws_sign(key, algs[i], "varde+jws", "{}", 2, &text, NULL);

		MUST((rc == RC_OK) == ((jose_key_algs(key) & algs[i]) != 0));
		if (rc)
			continue;
		MUST(!jose_jws_parse(text.data, text.len, &jose_report_rules, &jws, NULL));
		MUST(!jose_jws_verify(&jws, public, algs[i], NULL));
	}
}

static void check_thumbprint(const char *text, size_t len, const struct jose_key *key)
{
	char print[JOSE_THUMBPRINT_SIZE] = "";
	json_t *jwk = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	enum rc rc = jose_jwk_thumbprint(jwk, print, NULL);

	/* Without a key: what the text alone shows. So it may be more lenient. */
	MUST(!key || (!rc && !strcmp(print, jose_key_thumbprint(key))));
	MUST(rc || strlen(print) == JOSE_THUMBPRINT_SIZE - 1);
	json_decref(jwk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(jose_key_freep) struct jose_key *public = NULL;
	CLEANUP(jose_key_freep) struct jose_key *private = NULL;
	const char *text = (const char *)data;
	struct err err = { 0 };

	if (jose_key_from_jwk_text(text, size, JOSE_KEY_CHECK, &public, &err))
		MUST(!strncmp(err.code, "key-", 4) && !public);
	else
		MUST(!jose_key_is_private(public));
	if (jose_key_from_jwk_text(text, size, JOSE_KEY_PRIVATE, &private, &err))
		MUST(!strncmp(err.code, "key-", 4) && !private);
	else
		MUST(jose_key_is_private(private) && !public);
	check_thumbprint(text, size, public);
	if (public)
		check_key(public);
	if (private) {
		check_key(private);
		check_signs(private);
	}
	return 0;
}
