#include "seal/custodian.h"

#include "base/b64.h"
#include "base/clock.h"
#include "seal/form.h"
#include "seal/member.h"
#include "seal/proof.h"
#include "json/strict.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#define KNOWN_VERSION 1

enum rc proof_statement(const struct seal_recipient *who,
			const unsigned char signing_key[PROOF_KEY_LEN], const char *opened_at,
			struct buf *out)
{
	buf_adds(out, "varde-custodian-opened-a-box");
	buf_add_u8(out, KNOWN_VERSION);
	buf_add_sized(out, who->public_key, sizeof(who->public_key));
	buf_add_sized(out, signing_key, PROOF_KEY_LEN);
	return buf_add_sized(out, opened_at, strlen(opened_at));
}

static enum rc bad_file(struct err *reterr, const char *where)
{
	return err_set(reterr, RC_INVALID, "custodian-file", where,
		       "this is not a custodian's public file");
}

/* What the file says, before any of it is believed. */
struct claim {
	struct seal_recipient who;
	unsigned char signing_key[PROOF_KEY_LEN];
	unsigned char signature[PROOF_SIGNATURE_LEN];
	const char *opened_at;
	int64_t opened_ms;
};

static enum rc read_claim(const json_t *file, struct claim *claim, struct err *reterr)
{
	const json_t *proof = json_object_get(file, "proof");
	const char *kid = json_string_value(json_object_get(file, "kid"));
	unsigned char public_key[SEAL_PUBLIC_KEY_LEN];

	if (!json_is_integer(json_object_get(file, "varde_custodian_key")))
		return bad_file(reterr, "/varde_custodian_key");
	if (json_integer_value(json_object_get(file, "varde_custodian_key")) != KNOWN_VERSION)
		return err_set(reterr, RC_UNSUPPORTED, "custodian-version", "/varde_custodian_key",
			       "this program knows version %d only", KNOWN_VERSION);
	if (!member_bytes(file, "public_key", public_key, sizeof(public_key)))
		return bad_file(reterr, "/public_key");
	if (!member_bytes(proof, "signing_key", claim->signing_key, PROOF_KEY_LEN))
		return bad_file(reterr, "/proof/signing_key");
	if (!member_bytes(proof, "signature", claim->signature, PROOF_SIGNATURE_LEN))
		return bad_file(reterr, "/proof/signature");
	claim->opened_at = json_string_value(json_object_get(proof, "opened_at"));
	if (!claim->opened_at || strlen(claim->opened_at) >= CLOCK_TEXT_SIZE ||
	    clock_parse(claim->opened_at, strlen(claim->opened_at), &claim->opened_ms))
		return bad_file(reterr, "/proof/opened_at");
	seal_recipient_init(&claim->who, public_key);
	if (!kid || strcmp(kid, claim->who.kid) != 0)
		return err_set(reterr, RC_INVALID, "custodian-kid", "/kid",
			       "the kid is not that of the public key");
	return RC_OK;
}

static enum rc check_proof(const struct claim *claim, struct err *reterr)
{
	CLEANUP(buf_release) struct buf statement = buf_capped(256);
	unsigned char image[SEAL_PUBLIC_KEY_LEN];

	if (crypto_sign_ed25519_pk_to_curve25519(image, claim->signing_key) != 0 ||
	    sodium_memcmp(image, claim->who.public_key, sizeof(image)) != 0)
		return err_set(reterr, RC_INVALID, "custodian-proof", "/proof/signing_key",
			       "the signing key does not belong to the public key");
	if (proof_statement(&claim->who, claim->signing_key, claim->opened_at, &statement))
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for a proof");
	if (crypto_sign_verify_detached(claim->signature, (const unsigned char *)statement.data,
					statement.len, claim->signing_key) != 0)
		return err_set(reterr, RC_INVALID, "custodian-proof", "/proof/signature",
			       "the proof of opening does not hold");
	return RC_OK;
}

enum rc seal_custodian_load(const char *text, size_t len, struct seal_recipient *ret,
			    int64_t *ret_opened_ms, struct err *reterr)
{
	json_auto_t *file = NULL;
	struct claim claim = { 0 };
	enum rc rc = form_start(reterr);

	if (!rc)
		rc = json_strict_load(text, len, 4, &file, NULL);
	if (rc == RC_INVALID)
		return bad_file(reterr, NULL);
	if (!rc)
		rc = read_claim(file, &claim, reterr);
	if (!rc)
		rc = check_proof(&claim, reterr);
	if (rc)
		return rc;
	*ret = claim.who;
	if (ret_opened_ms)
		*ret_opened_ms = claim.opened_ms;
	return RC_OK;
}

enum rc seal_custodian_read(const char *path, struct seal_recipient *ret, int64_t *ret_opened_ms,
			    struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(SEAL_CUSTODIAN_FILE_MAX);
	enum rc rc = buf_read_file(&text, path);

	if (rc)
		return err_set(reterr, rc, "custodian-file", path, "the file cannot be read");
	return seal_custodian_load(buf_text(&text), text.len, ret, ret_opened_ms, reterr);
}
