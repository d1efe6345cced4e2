#include "seal/key.h"

#include "base/clock.h"
#include "seal/form.h"
#include "seal/member.h"
#include "seal/proof.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

_Static_assert(KEY_SEED_LEN == crypto_sign_SEEDBYTES, "seed length");
_Static_assert(PROOF_KEY_LEN == crypto_sign_PUBLICKEYBYTES, "signing key length");
_Static_assert(PROOF_SIGNATURE_LEN == crypto_sign_BYTES, "signature length");

enum rc key_alloc(struct seal_key **ret, struct err *reterr)
{
	struct seal_key *key;
	enum rc rc = form_start(reterr);

	if (rc)
		return rc;
	key = sodium_malloc(sizeof(*key));
	if (!key)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no locked memory for a key");
	*ret = key;
	return RC_OK;
}

enum rc key_expand(struct seal_key *key, struct err *reterr)
{
	unsigned char public_key[SEAL_PUBLIC_KEY_LEN];

	if (crypto_sign_seed_keypair(key->signing_key, key->signing_secret, key->seed) != 0 ||
	    crypto_sign_ed25519_sk_to_curve25519(key->box_secret, key->signing_secret) != 0 ||
	    crypto_sign_ed25519_pk_to_curve25519(public_key, key->signing_key) != 0)
		return err_set(reterr, RC_CORRUPT, "key-does-not-open", NULL,
			       "no key follows from the seed");
	seal_recipient_init(&key->who, public_key);
	return RC_OK;
}

enum rc seal_key_new(struct seal_key **ret, struct err *reterr)
{
	CLEANUP(seal_key_freep) struct seal_key *key = NULL;
	enum rc rc = key_alloc(&key, reterr);

	if (rc)
		return rc;
	randombytes_buf(key->seed, sizeof(key->seed));
	rc = key_expand(key, reterr);
	if (rc)
		return rc;
	*ret = TAKE_PTR(key);
	return RC_OK;
}

const struct seal_recipient *seal_key_recipient(const struct seal_key *key)
{
	return &key->who;
}

const unsigned char *seal_key_secret(const struct seal_key *key)
{
	return key->box_secret;
}

/* Sealed to the public key, opened with the secret one. */
static bool opens_a_box(const struct seal_key *key)
{
	unsigned char sent[32], got[32], box[sizeof(sent) + crypto_box_SEALBYTES];

	randombytes_buf(sent, sizeof(sent));
	return crypto_box_seal(box, sent, sizeof(sent), key->who.public_key) == 0 &&
	       crypto_box_seal_open(got, box, sizeof(box), key->who.public_key, key->box_secret) ==
		       0 &&
	       sodium_memcmp(sent, got, sizeof(sent)) == 0;
}

enum rc seal_key_prove(const struct seal_key *key, int64_t now_ms, struct buf *out,
		       struct err *reterr)
{
	CLEANUP(buf_release) struct buf statement = buf_capped(256);
	unsigned char signature[PROOF_SIGNATURE_LEN];
	char opened_at[CLOCK_TEXT_SIZE];

	if (!opens_a_box(key))
		return err_set(reterr, RC_CORRUPT, "key-does-not-open", NULL,
			       "the key did not open a test box");
	clock_format(now_ms, opened_at);
	if (proof_statement(&key->who, key->signing_key, opened_at, &statement))
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for a proof");
	crypto_sign_detached(signature, NULL, (const unsigned char *)statement.data, statement.len,
			     key->signing_secret);
	buf_adds(out, "{");
	member_add_int(out, "varde_custodian_key", 1);
	member_add_text(out, "kid", key->who.kid);
	member_add_bytes(out, "public_key", key->who.public_key, SEAL_PUBLIC_KEY_LEN);
	buf_adds(out, ",\"proof\":{");
	member_add_bytes(out, "signing_key", key->signing_key, PROOF_KEY_LEN);
	member_add_text(out, "opened_at", opened_at);
	member_add_bytes(out, "signature", signature, sizeof(signature));
	if (buf_adds(out, "}}\n"))
		return err_set(reterr, buf_rc(out), "no-memory", NULL,
			       "no memory for a public file");
	return RC_OK;
}

void seal_key_free(struct seal_key *key)
{
	sodium_free(key);
}
