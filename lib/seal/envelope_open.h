/* Opening what envelope.h sealed: for the custodian's program and for tests.
 * A separate file, so that a test can show that no program with a network
 * contains it.
 *
 * Every failure has one of these codes (err.code):
 *   envelope-version          of a version that this program does not know (RC_UNSUPPORTED)
 *   envelope-not-for-this-key no box for this key's kid (RC_FORBIDDEN)
 *   envelope-moved            whole, but sealed for another place: another tenant, group,
 *                             time, report, revision or schema (RC_CORRUPT)
 *   envelope-altered          the bytes of a box, nonce, check or ciphertext changed (RC_CORRUPT)
 *   envelope-commitment       the group's key is not the one it was committed to (RC_CORRUPT)
 *   envelope-context          the context as given is no context (RC_INVALID)
 * An item that was both moved and altered, or whose bytes were replaced as a
 * whole, is named moved: nothing of what stands there was sealed for there. */
#ifndef VARDE_SEAL_ENVELOPE_OPEN_H
#define VARDE_SEAL_ENVELOPE_OPEN_H

#include "seal/envelope.h"

#define SEAL_SECRET_KEY_LEN 32

struct seal_opened;

/* Opens the box for `self` with its X25519 `secret_key` and checks context and
 * commitment. `secret_key` should be locked memory (keyfile.h); it is not kept.
 * RC_NOMEM and the codes above. The caller frees *ret, which wipes the key. */
NODISCARD enum rc seal_open_group(const struct seal_recipient *self,
				  const unsigned char secret_key[SEAL_SECRET_KEY_LEN],
				  const struct seal_stored_group *stored, struct seal_opened **ret,
				  struct err *reterr);

/* Appends the clear text of an item to `plaintext` (cap it at no less than
 * SEAL_PLAINTEXT_MAX). The codes above, RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc seal_open_item(const struct seal_opened *opened,
				 const struct seal_item_context *item, const void *sealed,
				 size_t len, struct buf *plaintext, struct err *reterr);

void seal_opened_free(struct seal_opened *opened);

DEFINE_CLEANUP(struct seal_opened *, seal_opened_free)

#endif
