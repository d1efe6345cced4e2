/* Sealing: from here on only a custodian's offline machine can read.
 *
 * A GROUP is one tenant's one transaction. It has one random data key, kept in
 * locked memory and wiped by seal_group_free(); the key leaves only inside one
 * libsodium sealed box (X25519, XSalsa20-Poly1305) per recipient. Format 1:
 *
 *   context    = "varde-group" u8 version, tenant, group id, u64 created_ms
 *   hash       = BLAKE2b-256(context)
 *   box        = crypto_box_seal(data key || hash)             per recipient
 *   commitment = BLAKE2b-256(key = data key, "varde-commit" || hash)
 *   aead key   = crypto_kdf(data key, 1, "vardeenv")
 *   check key  = crypto_kdf(data key, 2, "vardeenv")
 *   item       = "varde-item" u8 version, hash, report id, u64 revision,
 *                schema, u64 received_ms, u64 seq
 *   sealed     = nonce[24] || check[32] || XChaCha20-Poly1305-IETF(aead key,
 *                nonce, data = sodium_pad(plaintext), associated data = item)
 *   check      = BLAKE2b-256(key = check key, item)
 *
 * Strings and blobs in contexts carry a u32 length; integers are big-endian.
 * The hash in the box ties the box to its group; the commitment lets no group
 * open under two keys (XChaCha20-Poly1305 alone does not promise that); the
 * associated data ties each item to its place. An AEAD says only "no": `check`
 * is there so that opening can tell an item that stands in another's place
 * (check and tag both fail) from one whose bytes changed (only one fails).
 *
 * Sizes: a plaintext of n bytes is padded to the smallest of 2, 4, 8 … KiB that
 * is larger than n, up to 1 MiB; only that bucket shows.
 *
 * Not here: opening (envelope_open.h, which varded does not link), who the
 * recipients are, sender authentication (the sealed JWS carries its own).
 * Sources: XChaCha20-Poly1305, draft-irtf-cfrg-xchacha-03;
 * why a commitment: Albertini et al., "How to Abuse and Fix Authenticated
 * Encryption Without Key Commitment", USENIX Security 2022.
 *
 * A group belongs to one thread at a time; different groups are independent. */
#ifndef VARDE_SEAL_ENVELOPE_H
#define VARDE_SEAL_ENVELOPE_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define SEAL_VERSION 1
#define SEAL_KID_SIZE 44 /* 43 characters and NUL */
#define SEAL_PUBLIC_KEY_LEN 32
#define SEAL_GROUP_ID_LEN 16
#define SEAL_COMMITMENT_LEN 32
#define SEAL_BOX_LEN 112 /* 48 of the sealed box, key, hash */
#define SEAL_RECIPIENTS_MAX 16
#define SEAL_PLAINTEXT_MAX ((size_t)1024 * 1024 - 1)
#define SEAL_OVERHEAD (24 + 32 + 16) /* nonce, check, tag */
#define SEAL_SEALED_MAX ((size_t)1024 * 1024 + SEAL_OVERHEAD)

/* Who can open. `kid` = base64url(BLAKE2b-256(public_key)), so that it can be
 * read aloud and compared; make one with seal_recipient_init() or, from a
 * custodian's file, seal_custodian_load() (custodian.h). */
struct seal_recipient {
	char kid[SEAL_KID_SIZE];
	unsigned char public_key[SEAL_PUBLIC_KEY_LEN];
};

void seal_recipient_init(struct seal_recipient *r,
			 const unsigned char public_key[SEAL_PUBLIC_KEY_LEN]);

/* Where a group stands. `version` is SEAL_VERSION for a new one. */
struct seal_group_context {
	unsigned version;
	char tenant[10];                           /* organisation number and NUL */
	unsigned char group_id[SEAL_GROUP_ID_LEN]; /* random, the caller's */
	int64_t created_ms;
};

/* Where an item stands within its group. Strings are borrowed, not empty and
 * at most 128 bytes. */
struct seal_item_context {
	const char *report_id;
	int64_t revision;   /* the review's own where the schema is a review */
	const char *schema; /* "incident-report/1.0" */
	int64_t received_ms;
	int64_t seq; /* the tenant's, as the store has just given it */
};

struct seal_wrap {
	char kid[SEAL_KID_SIZE];
	unsigned char box[SEAL_BOX_LEN];
};

/* All of a group that is stored, once, beside its items. Nothing secret. */
struct seal_stored_group {
	struct seal_group_context context;
	unsigned char commitment[SEAL_COMMITMENT_LEN];
	size_t wraps_len;
	struct seal_wrap wraps[SEAL_RECIPIENTS_MAX]; /* in the order of the recipients */
};

struct seal_group;

/* A new group with a fresh data key, boxed for every recipient (1 to
 * SEAL_RECIPIENTS_MAX). RC_INVALID "envelope-recipients" (none, too many, the
 * same twice), "envelope-recipient-key" (weak key, or a kid that is not the
 * key's), "envelope-context"; RC_UNSUPPORTED "envelope-version"; RC_NOMEM.
 * About 0.2 ms for one recipient, most of it X25519 and the locked memory; 15 µs
 * per item then (3.5 KB, measured). The caller frees *ret when the transaction is
 * committed or has failed. */
NODISCARD enum rc seal_group_new(const struct seal_group_context *context,
				 const struct seal_recipient *recipients, size_t n,
				 struct seal_group **ret, struct err *reterr);

/* What to store for the group; lives as long as the group. */
const struct seal_stored_group *seal_group_stored(const struct seal_group *group);

/* Appends the sealed form of `len` bytes to `sealed` (room for at least
 * seal_sealed_len(len) more). RC_LIMIT "envelope-size", RC_INVALID
 * "envelope-context", RC_NOMEM. On failure `sealed` may be failed, never half. */
NODISCARD enum rc seal_group_item(const struct seal_group *group,
				  const struct seal_item_context *item, const void *plaintext,
				  size_t len, struct buf *sealed, struct err *reterr);

/* Exact length of what seal_group_item() appends; 0 when `len` is too large. */
size_t seal_sealed_len(size_t len);

/* Wipes the data key and gives the memory back. */
void seal_group_free(struct seal_group *group);

DEFINE_CLEANUP(struct seal_group *, seal_group_free)

#endif
