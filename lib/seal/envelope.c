#include "seal/envelope.h"

#include "seal/form.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct seal_group {
	struct form_keys *keys; /* sodium_malloc() */
	unsigned char hash[FORM_HASH_LEN];
	struct seal_stored_group stored;
};

static enum rc bad_recipients(struct err *reterr, const char *text)
{
	return err_set(reterr, RC_INVALID, "envelope-recipients", NULL, "%s", text);
}

/* A recipient whose kid is not its key's would leave boxes nobody finds. */
static enum rc check_recipients(const struct seal_recipient *recipients, size_t n,
				struct err *reterr)
{
	size_t i, j;

	if (n == 0)
		return bad_recipients(reterr, "nobody could open what is sealed");
	if (n > SEAL_RECIPIENTS_MAX)
		return bad_recipients(reterr, "there are too many recipients");
	for (i = 0; i < n; i++) {
		struct seal_recipient right;

		seal_recipient_init(&right, recipients[i].public_key);
		if (memcmp(right.kid, recipients[i].kid, SEAL_KID_SIZE) != 0)
			return err_set(reterr, RC_INVALID, "envelope-recipient-key", NULL,
				       "a recipient's kid is not that of its public key");
		for (j = 0; j < i; j++)
			if (memcmp(recipients[i].kid, recipients[j].kid, SEAL_KID_SIZE) == 0)
				return bad_recipients(reterr, "a recipient is there twice");
	}
	return RC_OK;
}

static enum rc wrap_key(struct seal_group *group, const struct seal_recipient *recipients, size_t n,
			struct err *reterr)
{
	unsigned char message[FORM_KEY_LEN + FORM_HASH_LEN];
	enum rc rc = RC_OK;
	size_t i;

	memcpy(message, group->keys->data, FORM_KEY_LEN);
	memcpy(message + FORM_KEY_LEN, group->hash, FORM_HASH_LEN);
	for (i = 0; i < n && !rc; i++) {
		struct seal_wrap *wrap = &group->stored.wraps[i];

		memcpy(wrap->kid, recipients[i].kid, SEAL_KID_SIZE);
		if (crypto_box_seal(wrap->box, message, sizeof(message),
				    recipients[i].public_key) != 0)
			rc = err_set(reterr, RC_INVALID, "envelope-recipient-key", NULL,
				     "nothing can be sealed to a recipient's public key");
	}
	group->stored.wraps_len = n;
	sodium_memzero(message, sizeof(message));
	return rc;
}

static enum rc make_key(struct seal_group *group, const struct seal_recipient *recipients, size_t n,
			struct err *reterr)
{
	enum rc rc;

	group->keys = sodium_malloc(sizeof(*group->keys));
	if (!group->keys)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL,
			       "no locked memory for a data key");
	randombytes_buf(group->keys->data, FORM_KEY_LEN);
	form_derive(group->keys);
	form_commitment(group->keys, group->hash, group->stored.commitment);
	rc = wrap_key(group, recipients, n, reterr);
	sodium_memzero(group->keys->data, FORM_KEY_LEN);
	return rc;
}

enum rc seal_group_new(const struct seal_group_context *context,
		       const struct seal_recipient *recipients, size_t n, struct seal_group **ret,
		       struct err *reterr)
{
	CLEANUP(seal_group_freep) struct seal_group *group = NULL;
	enum rc rc = form_start(reterr);

	if (!rc)
		rc = check_recipients(recipients, n, reterr);
	if (rc)
		return rc;
	group = calloc(1, sizeof(*group));
	if (!group)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for a group");
	group->stored.context = *context;
	rc = form_group_hash(context, group->hash, reterr);
	if (!rc)
		rc = make_key(group, recipients, n, reterr);
	if (rc)
		return rc;
	*ret = TAKE_PTR(group);
	return RC_OK;
}

const struct seal_stored_group *seal_group_stored(const struct seal_group *group)
{
	return &group->stored;
}

/* Encrypts in place, so that the padded clear text lives in one allocation. */
static enum rc encrypt(const struct seal_group *group, const struct buf *item,
		       const void *plaintext, size_t len, unsigned char *out)
{
	unsigned char *nonce = out, *check = out + FORM_NONCE_LEN, *body = check + FORM_CHECK_LEN;
	size_t bucket = form_bucket(len), padded = 0;

	if (len)
		memcpy(body, plaintext, len);
	if (sodium_pad(&padded, body, len, bucket, bucket) != 0 || padded != bucket)
		return RC_LIMIT;
	randombytes_buf(nonce, FORM_NONCE_LEN);
	form_check(group->keys, item, check);
	crypto_aead_xchacha20poly1305_ietf_encrypt(body, NULL, body, bucket,
						   (const unsigned char *)item->data, item->len,
						   NULL, nonce, group->keys->aead);
	return RC_OK;
}

enum rc seal_group_item(const struct seal_group *group, const struct seal_item_context *item,
			const void *plaintext, size_t len, struct buf *sealed, struct err *reterr)
{
	CLEANUP(buf_release) struct buf form = buf_capped(FORM_ITEM_CAP);
	size_t size = seal_sealed_len(len);
	unsigned char *out;
	enum rc rc;

	if (!size)
		return err_set(reterr, RC_LIMIT, "envelope-size", NULL,
			       "an item is larger than %zu bytes", SEAL_PLAINTEXT_MAX);
	rc = form_item(item, group->hash, &form, reterr);
	if (rc)
		return rc;
	out = malloc(size);
	if (!out)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for an item");
	rc = encrypt(group, &form, plaintext, len, out);
	if (rc)
		sodium_memzero(out, size);
	else
		rc = buf_add(sealed, out, size);
	free(out);
	if (rc)
		err_set(reterr, rc, "envelope-size", NULL,
			"an item does not fit where it should be kept");
	return rc;
}

void seal_group_free(struct seal_group *group)
{
	if (!group)
		return;
	sodium_free(group->keys);
	free(group);
}
