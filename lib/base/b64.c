#include "base/b64.h"

#include <stdint.h>
#include <stdlib.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

enum rc b64_encode(struct buf *out, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint32_t v;
	size_t i;

	for (i = 0; i + 2 < n; i += 3) {
		char four[4];

		v = (uint32_t)p[i] << 16 | (uint32_t)p[i + 1] << 8 | p[i + 2];
		four[0] = alphabet[v >> 18];
		four[1] = alphabet[v >> 12 & 63];
		four[2] = alphabet[v >> 6 & 63];
		four[3] = alphabet[v & 63];
		buf_add(out, four, 4);
	}
	if (n - i == 1) {
		buf_addc(out, alphabet[p[i] >> 2]);
		buf_addc(out, alphabet[(p[i] & 3) << 4]);
	} else if (n - i == 2) {
		buf_addc(out, alphabet[p[i] >> 2]);
		buf_addc(out, alphabet[(p[i] & 3) << 4 | p[i + 1] >> 4]);
		buf_addc(out, alphabet[(p[i + 1] & 15) << 2]);
	}
	return buf_rc(out);
}

static int value_of(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-')
		return 62;
	if (c == '_')
		return 63;
	return -1;
}

enum rc b64_decode(const char *text, size_t n, unsigned char *out, size_t *ret_len)
{
	uint32_t acc = 0;
	unsigned bits = 0;
	size_t len = 0, i;

	if (n % 4 == 1)
		return RC_INVALID;
	for (i = 0; i < n; i++) {
		int v = value_of((unsigned char)text[i]);

		if (v < 0)
			return RC_INVALID;
		acc = acc << 6 | (uint32_t)v;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[len++] = (unsigned char)(acc >> bits & 0xff);
		}
	}
	if (acc & ((1u << bits) - 1))
		return RC_INVALID;
	*ret_len = len;
	return RC_OK;
}

enum rc b64_decode_buf(const char *text, size_t n, struct buf *out)
{
	unsigned char *raw = malloc(B64_DECODED_MAX(n));
	size_t len = 0;
	enum rc rc;

	if (!raw)
		return RC_NOMEM;
	rc = b64_decode(text, n, raw, &len);
	if (!rc)
		rc = buf_add(out, raw, len);
	explicit_bzero(raw, B64_DECODED_MAX(n));
	free(raw);
	return rc;
}
