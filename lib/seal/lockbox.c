#include "seal/lockbox.h"

#include "base/b64.h"
#include "seal/member.h"
#include "json/canonical.h"
#include "json/strict.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define KNOWN_VERSION 1
#define SEALED_LEN (KEY_SEED_LEN + crypto_aead_xchacha20poly1305_ietf_ABYTES)
#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
/* A file may ask for no more than this, lest it tie up the machine. */
#define OPS_LIMIT 64
#define MEMORY_LIMIT ((json_int_t)4 << 30)

struct limits {
	unsigned long long ops;
	size_t memory;
};

static const struct limits EFFORT[] = {
	[SEAL_EFFORT_SENSITIVE] = { crypto_pwhash_argon2id_OPSLIMIT_SENSITIVE,
				    crypto_pwhash_argon2id_MEMLIMIT_SENSITIVE },
	[SEAL_EFFORT_MODERATE] = { crypto_pwhash_argon2id_OPSLIMIT_MODERATE,
				   crypto_pwhash_argon2id_MEMLIMIT_MODERATE },
	[SEAL_EFFORT_INTERACTIVE] = { crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE,
				      crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE },
};

static enum rc no_memory(struct err *reterr)
{
	return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for a key file");
}

static enum rc bad_file(struct err *reterr, const char *where)
{
	return err_set(reterr, RC_INVALID, "key-file", where,
		       "this is not a custodian's secret key file");
}

/* The key that the passphrase and `salt` make, in locked memory. */
static enum rc derive(const char *passphrase, size_t len, const unsigned char *salt,
		      const struct limits *limits, unsigned char **ret, struct err *reterr)
{
	unsigned char *key;

	if (!passphrase || len == 0 || len > SEAL_PASSPHRASE_MAX)
		return err_set(reterr, RC_INVALID, "passphrase", NULL,
			       "a passphrase has 1 to %d bytes", SEAL_PASSPHRASE_MAX);
	key = sodium_malloc(crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
	if (!key)
		return no_memory(reterr);
	if (crypto_pwhash(key, crypto_aead_xchacha20poly1305_ietf_KEYBYTES, passphrase, len, salt,
			  limits->ops, limits->memory, crypto_pwhash_ALG_ARGON2ID13) != 0) {
		sodium_free(key);
		return err_set(reterr, RC_NOMEM, "no-memory", NULL,
			       "Argon2id needs %zu MiB of memory", limits->memory >> 20);
	}
	*ret = key;
	return RC_OK;
}

/* Everything in the file but what it seals is its associated data. */
static enum rc associated_data(const json_t *file, struct buf *out)
{
	json_auto_t *rest = json_copy((json_t *)(uintptr_t)file);

	if (!rest)
		return RC_NOMEM;
	json_object_del(rest, "sealed");
	return json_canonical(rest, out);
}

static json_t *encoded(const unsigned char *bytes, size_t len)
{
	CLEANUP(buf_release) struct buf text = buf_capped(256);

	return b64_encode(&text, bytes, len) ? NULL : json_string(buf_text(&text));
}

static json_t *new_file(const struct seal_key *key, const struct limits *limits,
			const unsigned char *salt, const unsigned char *nonce)
{
	return json_pack("{s:i, s:s, s:{s:s, s:I, s:I, s:o}, s:s, s:o}",
			 "varde_custodian_secret_key", KNOWN_VERSION, "kid", key->who.kid, "kdf",
			 "name", "argon2id", "ops", (json_int_t)limits->ops, "memory",
			 (json_int_t)limits->memory, "salt", encoded(salt, crypto_pwhash_SALTBYTES),
			 "cipher", "xchacha20-poly1305", "nonce", encoded(nonce, NONCE_LEN));
}

enum rc lockbox_write(const struct seal_key *key, const char *passphrase, size_t len,
		      enum seal_effort effort, struct buf *out, struct err *reterr)
{
	CLEANUP(buf_release) struct buf ad = buf_capped(SEAL_KEYFILE_MAX);
	unsigned char salt[crypto_pwhash_SALTBYTES], nonce[NONCE_LEN], sealed[SEALED_LEN];
	unsigned char *lock = NULL;
	json_auto_t *file = NULL;
	enum rc rc;

	randombytes_buf(salt, sizeof(salt));
	randombytes_buf(nonce, sizeof(nonce));
	file = new_file(key, &EFFORT[effort], salt, nonce);
	if (!file || associated_data(file, &ad))
		return no_memory(reterr);
	rc = derive(passphrase, len, salt, &EFFORT[effort], &lock, reterr);
	if (rc)
		return rc;
	crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, key->seed, KEY_SEED_LEN,
						   (const unsigned char *)ad.data, ad.len, NULL,
						   nonce, lock);
	sodium_free(lock);
	if (json_object_set_new(file, "sealed", encoded(sealed, sizeof(sealed))) != 0 ||
	    json_canonical(file, out) || buf_addc(out, '\n'))
		return no_memory(reterr);
	return RC_OK;
}

static bool says(const json_t *object, const char *name, const char *value)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text && strcmp(text, value) == 0;
}

static enum rc read_limits(const json_t *kdf, struct limits *ret, struct err *reterr)
{
	json_int_t ops = json_integer_value(json_object_get(kdf, "ops"));
	json_int_t memory = json_integer_value(json_object_get(kdf, "memory"));

	if (!says(kdf, "name", "argon2id"))
		return bad_file(reterr, "/kdf/name");
	if (ops < (json_int_t)crypto_pwhash_argon2id_OPSLIMIT_MIN || ops > OPS_LIMIT)
		return bad_file(reterr, "/kdf/ops");
	if (memory < (json_int_t)crypto_pwhash_argon2id_MEMLIMIT_MIN || memory > MEMORY_LIMIT)
		return bad_file(reterr, "/kdf/memory");
	*ret = (struct limits){ (unsigned long long)ops, (size_t)memory };
	return RC_OK;
}

static enum rc open_file(const json_t *file, const char *passphrase, size_t len,
			 struct seal_key *key, struct err *reterr)
{
	CLEANUP(buf_release) struct buf ad = buf_capped(SEAL_KEYFILE_MAX);
	unsigned char salt[crypto_pwhash_SALTBYTES], nonce[NONCE_LEN], sealed[SEALED_LEN];
	const json_t *kdf = json_object_get(file, "kdf");
	unsigned char *lock = NULL;
	struct limits limits;
	enum rc rc = read_limits(kdf, &limits, reterr);

	if (rc)
		return rc;
	if (!says(file, "cipher", "xchacha20-poly1305"))
		return bad_file(reterr, "/cipher");
	if (!member_bytes(kdf, "salt", salt, sizeof(salt)))
		return bad_file(reterr, "/kdf/salt");
	if (!member_bytes(file, "nonce", nonce, sizeof(nonce)))
		return bad_file(reterr, "/nonce");
	if (!member_bytes(file, "sealed", sealed, sizeof(sealed)))
		return bad_file(reterr, "/sealed");
	if (associated_data(file, &ad))
		return bad_file(reterr, NULL);
	rc = derive(passphrase, len, salt, &limits, &lock, reterr);
	if (rc)
		return rc;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
		    key->seed, NULL, NULL, sealed, sizeof(sealed), (const unsigned char *)ad.data,
		    ad.len, nonce, lock) != 0)
		rc = err_set(reterr, RC_FORBIDDEN, "passphrase", NULL,
			     "the passphrase is wrong or the file was changed");
	sodium_free(lock);
	return rc;
}

enum rc lockbox_read(const struct buf *text, const char *passphrase, size_t len,
		     struct seal_key *key, struct err *reterr)
{
	json_auto_t *file = NULL;
	enum rc rc = json_strict_load(buf_text(text), text->len, 4, &file, NULL);

	if (rc == RC_INVALID ||
	    (!rc && !json_is_integer(json_object_get(file, "varde_custodian_secret_key"))))
		return bad_file(reterr, NULL);
	if (rc)
		return no_memory(reterr);
	if (json_integer_value(json_object_get(file, "varde_custodian_secret_key")) !=
	    KNOWN_VERSION)
		return err_set(reterr, RC_UNSUPPORTED, "key-file-version", NULL,
			       "this program knows version %d only", KNOWN_VERSION);
	return open_file(file, passphrase, len, key, reterr);
}
