/* A custodian's secret key on disk. Two forms, told apart by their first byte:
 *
 * - Under a passphrase: JSON
 *   {"varde_custodian_secret_key":1,"kid":…,"kdf":{"name":"argon2id","ops":…,
 *   "memory":bytes,"salt":…},"cipher":"xchacha20-poly1305","nonce":…,"sealed":…}
 *   Argon2id (RFC 9106) by crypto_pwhash at libsodium's SENSITIVE limits, or as
 *   the file says within bounds; the associated data is all members but
 *   `sealed`, so no parameter can be changed unseen.
 * - In clear, only where asked for (a demonstration): the PKCS #8 PEM of an
 *   Ed25519 key (RFC 8410), "-----BEGIN PRIVATE KEY-----".
 *
 * What is kept is the 32-byte Ed25519 seed; custodian.h says how boxes and the
 * proof come from it. Keys live in sodium_malloc() memory and are wiped when
 * freed. Not for programs with a network, but for vardectl's demonstration. */
#ifndef VARDE_SEAL_KEYFILE_H
#define VARDE_SEAL_KEYFILE_H

#include "seal/envelope.h"

#include <stdbool.h>

#define SEAL_PASSPHRASE_MAX 1024
#define SEAL_KEYFILE_MAX 4096

/* How hard a passphrase is to guess: SENSITIVE is 1 GiB and some seconds;
 * INTERACTIVE is for tests. */
enum seal_effort { SEAL_EFFORT_SENSITIVE, SEAL_EFFORT_MODERATE, SEAL_EFFORT_INTERACTIVE };

struct seal_key;

/* A new random key. RC_NOMEM, RC_IO "sodium". */
NODISCARD enum rc seal_key_new(struct seal_key **ret, struct err *reterr);

/* As others see it: kid and X25519 public key. Lives as long as the key. */
const struct seal_recipient *seal_key_recipient(const struct seal_key *key);

/* The X25519 secret key, for seal_open_group(). Lives as long as the key. */
const unsigned char *seal_key_secret(const struct seal_key *key);

/* Writes the key to a new file of mode 0600, synced; an existing file is never
 * replaced. `passphrase` NULL writes it in clear. RC_CONFLICT "key-file-exists",
 * RC_INVALID "passphrase" (empty or over SEAL_PASSPHRASE_MAX), RC_IO, RC_NOMEM
 * (also when the memory that the effort asks for is not there). */
NODISCARD enum rc seal_key_write(const struct seal_key *key, const char *path,
				 const char *passphrase, size_t len, enum seal_effort effort,
				 struct err *reterr);

/* Whether reading the file needs a passphrase. RC_NOT_FOUND, RC_IO, RC_INVALID
 * "key-file". */
NODISCARD enum rc seal_key_is_locked(const char *path, bool *ret, struct err *reterr);

/* Reads a key back; `passphrase` may be NULL for a file in clear and is ignored
 * by it. RC_FORBIDDEN "key-file-permissions" (in clear, and others may read it;
 * a locked file may lie on a stick without permissions), "passphrase" (wrong, or
 * the file was changed: the two look alike); RC_INVALID "key-file";
 * RC_UNSUPPORTED "key-file-version"; RC_NOT_FOUND, RC_IO, RC_NOMEM. */
NODISCARD enum rc seal_key_read(const char *path, const char *passphrase, size_t len,
				struct seal_key **ret, struct err *reterr);

/* Opens a test box with `key`, which the caller has just read back from its
 * file, and appends the public file with the proof (custodian.h) to `out`.
 * RC_CORRUPT "key-does-not-open", RC_NOMEM. */
NODISCARD enum rc seal_key_prove(const struct seal_key *key, int64_t now_ms, struct buf *out,
				 struct err *reterr);

void seal_key_free(struct seal_key *key);

DEFINE_CLEANUP(struct seal_key *, seal_key_free)

#endif
