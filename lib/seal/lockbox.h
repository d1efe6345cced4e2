/* A seed under a passphrase as JSON text (keyfile.h says what it looks like).
 * For this room only. */
#ifndef VARDE_SEAL_LOCKBOX_H
#define VARDE_SEAL_LOCKBOX_H

#include "seal/key.h"

/* Appends the text. RC_NOMEM. */
NODISCARD enum rc lockbox_write(const struct seal_key *key, const char *passphrase, size_t len,
				enum seal_effort effort, struct buf *out, struct err *reterr);

/* Fills `key->seed`. Errors as seal_key_read(). */
NODISCARD enum rc lockbox_read(const struct buf *text, const char *passphrase, size_t len,
			       struct seal_key *key, struct err *reterr);

#endif
