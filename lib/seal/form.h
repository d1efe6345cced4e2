/* The byte forms that sealing and opening share (see envelope.h for what they
 * are). For this room only. */
#ifndef VARDE_SEAL_FORM_H
#define VARDE_SEAL_FORM_H

#include "seal/envelope.h"

#define FORM_KEY_LEN 32
#define FORM_HASH_LEN 32
#define FORM_CHECK_LEN 32
#define FORM_NONCE_LEN 24
#define FORM_ITEM_CAP 512

/* Always in sodium_malloc() memory. `data` is all zero outside making and
 * opening of the boxes. */
struct form_keys {
	unsigned char data[FORM_KEY_LEN];
	unsigned char aead[FORM_KEY_LEN];
	unsigned char check[FORM_KEY_LEN];
};

/* libsodium is ready to use. RC_IO "sodium" when it cannot start. */
NODISCARD enum rc form_start(struct err *reterr);

/* RC_UNSUPPORTED "envelope-version", RC_INVALID "envelope-context". */
NODISCARD enum rc form_group_hash(const struct seal_group_context *context,
				  unsigned char ret[FORM_HASH_LEN], struct err *reterr);

/* Appends the item's associated data. RC_INVALID "envelope-context", RC_NOMEM. */
NODISCARD enum rc form_item(const struct seal_item_context *item,
			    const unsigned char hash[FORM_HASH_LEN], struct buf *out,
			    struct err *reterr);

/* `keys->data` to the two keys that items use. */
void form_derive(struct form_keys *keys);

void form_commitment(const struct form_keys *keys, const unsigned char hash[FORM_HASH_LEN],
		     unsigned char ret[SEAL_COMMITMENT_LEN]);

void form_check(const struct form_keys *keys, const struct buf *item,
		unsigned char ret[FORM_CHECK_LEN]);

/* The padded size of `len` bytes, 0 when over SEAL_PLAINTEXT_MAX. */
size_t form_bucket(size_t len);

#endif
