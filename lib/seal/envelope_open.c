#include "seal/envelope_open.h"

#include "seal/form.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct seal_opened {
	struct form_keys keys;
	unsigned char hash[FORM_HASH_LEN];
};

static enum rc altered(struct err *reterr, const char *where)
{
	return err_set(reterr, RC_CORRUPT, "envelope-altered", where,
		       "the bytes are not those that were sealed");
}

static enum rc moved(struct err *reterr, const char *where)
{
	return err_set(reterr, RC_CORRUPT, "envelope-moved", where,
		       "what stands here was not sealed for this place");
}

static const struct seal_wrap *wrap_of(const struct seal_stored_group *stored, const char *kid)
{
	size_t i;

	for (i = 0; i < stored->wraps_len && i < SEAL_RECIPIENTS_MAX; i++)
		if (strncmp(stored->wraps[i].kid, kid, SEAL_KID_SIZE) == 0)
			return &stored->wraps[i];
	return NULL;
}

/* The data key and the group's hash, out of the box and compared. */
static enum rc unwrap(struct seal_opened *opened, const struct seal_wrap *wrap,
		      const struct seal_recipient *self, const unsigned char *secret_key,
		      struct err *reterr)
{
	unsigned char message[FORM_KEY_LEN + FORM_HASH_LEN];
	enum rc rc = RC_OK;

	if (crypto_box_seal_open(message, wrap->box, sizeof(wrap->box), self->public_key,
				 secret_key) != 0)
		return altered(reterr, "box");
	if (sodium_memcmp(message + FORM_KEY_LEN, opened->hash, FORM_HASH_LEN) != 0)
		rc = moved(reterr, "group");
	else
		memcpy(opened->keys.data, message, FORM_KEY_LEN);
	sodium_memzero(message, sizeof(message));
	return rc;
}

static enum rc check_commitment(const struct seal_opened *opened,
				const struct seal_stored_group *stored, struct err *reterr)
{
	unsigned char right[SEAL_COMMITMENT_LEN];

	form_commitment(&opened->keys, opened->hash, right);
	if (sodium_memcmp(right, stored->commitment, sizeof(right)) != 0)
		return err_set(reterr, RC_CORRUPT, "envelope-commitment", "group",
			       "the group is not committed to the key in its box");
	return RC_OK;
}

enum rc seal_open_group(const struct seal_recipient *self,
			const unsigned char secret_key[SEAL_SECRET_KEY_LEN],
			const struct seal_stored_group *stored, struct seal_opened **ret,
			struct err *reterr)
{
	CLEANUP(seal_opened_freep) struct seal_opened *opened = NULL;
	const struct seal_wrap *wrap;
	enum rc rc = form_start(reterr);

	if (rc)
		return rc;
	opened = sodium_malloc(sizeof(*opened));
	if (!opened)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL,
			       "no locked memory for a data key");
	rc = form_group_hash(&stored->context, opened->hash, reterr);
	if (rc)
		return rc;
	wrap = wrap_of(stored, self->kid);
	if (!wrap)
		return err_set(reterr, RC_FORBIDDEN, "envelope-not-for-this-key", "group",
			       "the group holds no box for this key");
	rc = unwrap(opened, wrap, self, secret_key, reterr);
	if (!rc)
		rc = check_commitment(opened, stored, reterr);
	if (rc)
		return rc;
	form_derive(&opened->keys);
	sodium_memzero(opened->keys.data, FORM_KEY_LEN);
	*ret = TAKE_PTR(opened);
	return RC_OK;
}

/* Whether `len` is what seal_group_item() makes of some plaintext. */
static bool is_sealed_len(size_t len)
{
	return len > SEAL_OVERHEAD && len <= SEAL_SEALED_MAX &&
	       seal_sealed_len(len - SEAL_OVERHEAD - 1) == len;
}

/* Why decryption failed, or that only the check was touched. */
static enum rc judge(bool right_place, bool right_bytes, struct err *reterr)
{
	if (right_place && right_bytes)
		return RC_OK;
	return right_place || right_bytes ? altered(reterr, "item") : moved(reterr, "item");
}

enum rc seal_open_item(const struct seal_opened *opened, const struct seal_item_context *item,
		       const void *sealed, size_t len, struct buf *plaintext, struct err *reterr)
{
	CLEANUP(buf_release) struct buf form = buf_capped(FORM_ITEM_CAP);
	const unsigned char *nonce = sealed, *check = nonce + FORM_NONCE_LEN,
			    *body = check + FORM_CHECK_LEN;
	unsigned char right[FORM_CHECK_LEN], *padded;
	size_t bucket, used = 0;
	bool right_place, right_bytes;
	enum rc rc;

	rc = form_item(item, opened->hash, &form, reterr);
	if (rc)
		return rc;
	if (!is_sealed_len(len))
		return altered(reterr, "item");
	bucket = len - SEAL_OVERHEAD;
	padded = malloc(bucket);
	if (!padded)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for an item");
	form_check(&opened->keys, &form, right);
	right_place = sodium_memcmp(right, check, sizeof(right)) == 0;
	right_bytes =
		crypto_aead_xchacha20poly1305_ietf_decrypt(
			padded, NULL, NULL, body, len - FORM_NONCE_LEN - FORM_CHECK_LEN,
			(const unsigned char *)form.data, form.len, nonce, opened->keys.aead) == 0;
	rc = judge(right_place, right_bytes, reterr);
	if (!rc && sodium_unpad(&used, padded, bucket, bucket) != 0)
		rc = altered(reterr, "padding");
	if (!rc && buf_add(plaintext, padded, used))
		rc = err_set(reterr, buf_rc(plaintext), "envelope-size", NULL,
			     "an item does not fit");
	sodium_memzero(padded, bucket);
	free(padded);
	return rc;
}

void seal_opened_free(struct seal_opened *opened)
{
	sodium_free(opened);
}
