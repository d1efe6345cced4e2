/* A custodian's public file, and the proof of opening in it.
 *
 *   {"varde_custodian_key":1,"kid":…,"public_key":…,
 *    "proof":{"signing_key":…,"opened_at":"2026-11-22T21:51:31.042Z","signature":…}}
 *
 * A key that nobody can open with loses every report sealed to it, and nobody
 * would notice before the first opening. So no key is taken without a proof.
 *
 * The custodian's one secret is an Ed25519 key (RFC 8032). Its X25519 form (the
 * same scalar, by the birational map of RFC 7748 section 4.1) opens boxes; its
 * Ed25519 form signs exactly one statement in its life: "this key opened a box".
 * varde-open makes it only after it has written the secret file, read it back
 * from the disk with the passphrase typed again, and opened a test box with
 * what it read. Checking needs nothing but the public file: the signature
 * shows knowledge of the very scalar that opens boxes to `public_key`, because
 * `public_key` must be the image of `signing_key`. One key in both roles is
 * safe together (E. Thormarker, "On using the same key pair for Ed25519 and an
 * X25519 based KEM", ePrint 2021/509); the statement carries its own label.
 *
 * Refused so: a truncated or mistyped file, a key changed under way, another's
 * public key in one's own file, a key whose secret file could not be opened.
 * Not shown: who made the file (compare the kid with the ceremony's record, by
 * another way than the file came), that the secret file or the passphrase still
 * exists today, that no copy exists. */
#ifndef VARDE_SEAL_CUSTODIAN_H
#define VARDE_SEAL_CUSTODIAN_H

#include "seal/envelope.h"

#define SEAL_CUSTODIAN_FILE_MAX 4096

/* Reads a public file's bytes and verifies its proof. `*ret_opened_ms` (may be
 * NULL) is when the custodian opened the test box, by its own clock.
 * RC_INVALID "custodian-file" (not such a file; where = member),
 * "custodian-kid", "custodian-proof"; RC_UNSUPPORTED "custodian-version";
 * RC_NOMEM. Any thread. */
NODISCARD enum rc seal_custodian_load(const char *text, size_t len, struct seal_recipient *ret,
				      int64_t *ret_opened_ms, struct err *reterr);

/* The same from a file. Also RC_NOT_FOUND, RC_IO, RC_LIMIT "custodian-file". */
NODISCARD enum rc seal_custodian_read(const char *path, struct seal_recipient *ret,
				      int64_t *ret_opened_ms, struct err *reterr);

#endif
