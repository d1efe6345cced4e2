#include "jose/nonce.h"

#include "jose/key.h"

#include <sodium.h>
#include <string.h>

#define NONCE_BYTES 18

struct jose_nonces {
	unsigned char key[crypto_generichash_KEYBYTES];
};

enum rc jose_nonces_new(struct jose_nonces **ret, struct err *reterr)
{
	struct jose_nonces *nonces = sodium_init() < 0 ? NULL : sodium_malloc(sizeof(*nonces));

	if (!nonces)
		return jose_no_memory(reterr);
	crypto_generichash_keygen(nonces->key);
	*ret = nonces;
	return RC_OK;
}

void jose_nonces_free(struct jose_nonces *nonces)
{
	sodium_free(nonces);
}

static void nonce_of(const struct jose_nonces *nonces, int64_t window, char out[JOSE_NONCE_SIZE])
{
	unsigned char number[8], hash[NONCE_BYTES];

	for (int i = 0; i < 8; i++)
		number[i] = (unsigned char)((uint64_t)window >> (56 - 8 * i));
	crypto_generichash(hash, sizeof(hash), number, sizeof(number), nonces->key,
			   sizeof(nonces->key));
	sodium_bin2base64(out, JOSE_NONCE_SIZE, hash, sizeof(hash),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static int64_t window_at(int64_t now_ms)
{
	return now_ms / (JOSE_NONCE_WINDOW_S * 1000);
}

const char *jose_nonce_now(const struct jose_nonces *nonces, int64_t now_ms,
			   char out[JOSE_NONCE_SIZE])
{
	nonce_of(nonces, window_at(now_ms), out);
	return out;
}

enum jose_nonce_age jose_nonce_check(const struct jose_nonces *nonces, const char *text,
				     int64_t now_ms)
{
	enum jose_nonce_age age = JOSE_NONCE_OTHER;
	char one[JOSE_NONCE_SIZE];

	if (strlen(text) != JOSE_NONCE_SIZE - 1)
		return age;
	nonce_of(nonces, window_at(now_ms) - 1, one);
	if (!sodium_memcmp(one, text, JOSE_NONCE_SIZE - 1))
		age = JOSE_NONCE_AGEING;
	nonce_of(nonces, window_at(now_ms), one);
	if (!sodium_memcmp(one, text, JOSE_NONCE_SIZE - 1))
		age = JOSE_NONCE_FRESH;
	return age;
}
