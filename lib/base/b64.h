/* base64url without padding (RFC 4648 section 5), strict: no '=', white space,
 * '+', '/', no length 1 mod 4, no non-zero trailing bits. One text has one
 * value and one value one text. Public data only: not constant-time. */
#ifndef VARDE_BASE_B64_H
#define VARDE_BASE_B64_H

#include "base/buf.h"
#include "base/rc.h"

#include <stddef.h>

/* Upper bound of the decoded length of `n` characters. */
#define B64_DECODED_MAX(n) ((n) / 4 * 3 + 2)
#define B64_ENCODED_LEN(n) (((n)*4 + 2) / 3)

/* Appends the text of `n` bytes to `out`. */
enum rc b64_encode(struct buf *out, const void *bytes, size_t n);

/* Decodes `n` characters into `out`, which has room for B64_DECODED_MAX(n).
 * RC_INVALID when the text is not strict; `*ret_len` only on success. */
NODISCARD enum rc b64_decode(const char *text, size_t n, unsigned char *out, size_t *ret_len);

/* The same, appended to a buffer. RC_INVALID, RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc b64_decode_buf(const char *text, size_t n, struct buf *out);

#endif
