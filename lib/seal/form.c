#include "seal/form.h"

#include "base/b64.h"

#include <sodium.h>
#include <string.h>

#define SMALLEST_BUCKET ((size_t)2048)
#define CONTEXT_TEXT_MAX 128

static const char KDF_CONTEXT[crypto_kdf_CONTEXTBYTES + 1] = "vardeenv";

_Static_assert(FORM_KEY_LEN == crypto_kdf_KEYBYTES, "key length");
_Static_assert(FORM_KEY_LEN == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key length");
_Static_assert(FORM_NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce length");
_Static_assert(SEAL_OVERHEAD ==
		       FORM_NONCE_LEN + FORM_CHECK_LEN + crypto_aead_xchacha20poly1305_ietf_ABYTES,
	       "overhead");
_Static_assert(SEAL_BOX_LEN == crypto_box_SEALBYTES + FORM_KEY_LEN + FORM_HASH_LEN, "box length");
_Static_assert(SEAL_PUBLIC_KEY_LEN == crypto_box_PUBLICKEYBYTES, "public key length");

enum rc form_start(struct err *reterr)
{
	if (sodium_init() < 0)
		return err_set(reterr, RC_IO, "sodium", NULL, "libsodium does not start");
	return RC_OK;
}

void seal_recipient_init(struct seal_recipient *r,
			 const unsigned char public_key[SEAL_PUBLIC_KEY_LEN])
{
	unsigned char hash[32];

	memcpy(r->public_key, public_key, SEAL_PUBLIC_KEY_LEN);
	crypto_generichash(hash, sizeof(hash), public_key, SEAL_PUBLIC_KEY_LEN, NULL, 0);
	sodium_bin2base64(r->kid, sizeof(r->kid), hash, sizeof(hash),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static enum rc bad_context(struct err *reterr, const char *where)
{
	return err_set(reterr, RC_INVALID, "envelope-context", where,
		       "the context is not well formed");
}

enum rc form_group_hash(const struct seal_group_context *context, unsigned char ret[FORM_HASH_LEN],
			struct err *reterr)
{
	CLEANUP(buf_release) struct buf form = buf_capped(128);
	const char *end = memchr(context->tenant, '\0', sizeof(context->tenant));

	if (context->version != SEAL_VERSION)
		return err_set(reterr, RC_UNSUPPORTED, "envelope-version", "version",
			       "this program knows envelope version %d only", SEAL_VERSION);
	if (!end || end == context->tenant)
		return bad_context(reterr, "tenant");
	if (context->created_ms < 0)
		return bad_context(reterr, "created");
	buf_adds(&form, "varde-group");
	buf_add_u8(&form, SEAL_VERSION);
	buf_add_sized(&form, context->tenant, (size_t)(end - context->tenant));
	buf_add_sized(&form, context->group_id, sizeof(context->group_id));
	buf_add_u64(&form, (uint64_t)context->created_ms);
	if (buf_rc(&form))
		return err_set(reterr, buf_rc(&form), "no-memory", NULL, "no memory for a context");
	crypto_generichash(ret, FORM_HASH_LEN, (const unsigned char *)form.data, form.len, NULL, 0);
	return RC_OK;
}

static size_t text_len(const char *text)
{
	size_t len = text ? strnlen(text, CONTEXT_TEXT_MAX + 1) : 0;

	return len <= CONTEXT_TEXT_MAX ? len : 0;
}

enum rc form_item(const struct seal_item_context *item, const unsigned char hash[FORM_HASH_LEN],
		  struct buf *out, struct err *reterr)
{
	size_t report = text_len(item->report_id), schema = text_len(item->schema);

	if (!report)
		return bad_context(reterr, "report_id");
	if (!schema)
		return bad_context(reterr, "schema");
	if (item->revision < 0)
		return bad_context(reterr, "revision");
	if (item->received_ms < 0)
		return bad_context(reterr, "received_at");
	if (item->seq < 0)
		return bad_context(reterr, "seq");
	buf_adds(out, "varde-item");
	buf_add_u8(out, SEAL_VERSION);
	buf_add_sized(out, hash, FORM_HASH_LEN);
	buf_add_sized(out, item->report_id, report);
	buf_add_u64(out, (uint64_t)item->revision);
	buf_add_sized(out, item->schema, schema);
	buf_add_u64(out, (uint64_t)item->received_ms);
	buf_add_u64(out, (uint64_t)item->seq);
	if (buf_rc(out))
		return err_set(reterr, buf_rc(out), "no-memory", NULL, "no memory for a context");
	return RC_OK;
}

void form_derive(struct form_keys *keys)
{
	crypto_kdf_derive_from_key(keys->aead, sizeof(keys->aead), 1, KDF_CONTEXT, keys->data);
	crypto_kdf_derive_from_key(keys->check, sizeof(keys->check), 2, KDF_CONTEXT, keys->data);
}

void form_commitment(const struct form_keys *keys, const unsigned char hash[FORM_HASH_LEN],
		     unsigned char ret[SEAL_COMMITMENT_LEN])
{
	static const char label[] = "varde-commit";
	unsigned char message[sizeof(label) - 1 + FORM_HASH_LEN];

	memcpy(message, label, sizeof(label) - 1);
	memcpy(message + sizeof(label) - 1, hash, FORM_HASH_LEN);
	crypto_generichash(ret, SEAL_COMMITMENT_LEN, message, sizeof(message), keys->data,
			   sizeof(keys->data));
}

void form_check(const struct form_keys *keys, const struct buf *item,
		unsigned char ret[FORM_CHECK_LEN])
{
	crypto_generichash(ret, FORM_CHECK_LEN, (const unsigned char *)item->data, item->len,
			   keys->check, sizeof(keys->check));
}

size_t form_bucket(size_t len)
{
	size_t bucket = SMALLEST_BUCKET;

	if (len > SEAL_PLAINTEXT_MAX)
		return 0;
	while (bucket <= len)
		bucket *= 2;
	return bucket;
}

size_t seal_sealed_len(size_t len)
{
	size_t bucket = form_bucket(len);

	return bucket ? bucket + SEAL_OVERHEAD : 0;
}
