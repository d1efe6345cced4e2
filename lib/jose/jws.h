/* JSON Web Signature, compact form only (RFC 7515 section 7.1), read strictly:
 * length capped before anything is decoded, exactly three segments of strict
 * base64url, a header that is one JSON object without double members, and in it
 * only the members that this place expects. An unknown member is refused rather
 * than ignored, so `crit`, `b64`, `zip`, `jku`, `x5u`, `x5c` and `jwk` never
 * reach anyone. What is compared are parsed strings, exactly and with case:
 * "dpop\u002Bjwt" is dpop+jwt, "DPOP+JWT" is not.
 *
 * Codes: signature-malformed (not such a JWS, or a header member that does not
 * belong), signature-type (typ), signature-algorithm (alg unknown, not taken
 * here, or not this key's), signature-invalid (well-formed but wrong). */
#ifndef VARDE_JOSE_JWS_H
#define VARDE_JOSE_JWS_H

#include "base/buf.h"
#include "base/err.h"
#include "jose/jwk.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define JOSE_SIGNATURE_MAX 512
#define JOSE_HEADER_MAX 4096 /* base64url characters */

enum jose_header_members { /* alg always */
			   JOSE_HEADER_KID = 1,
			   JOSE_HEADER_TYP = 2,
			   JOSE_HEADER_CTY = 4,
			   JOSE_HEADER_JWK = 8,
			   JOSE_HEADER_X5T = 16, /* x5t, x5t#S256: texts, never looked at */
};

/* What one place accepts. Constant data. */
struct jose_jws_rules {
	size_t max_len;          /* of the whole text, characters */
	unsigned algs;           /* mask of enum jose_alg */
	unsigned allowed;        /* mask of enum jose_header_members */
	unsigned required;       /* subset of allowed */
	const char *const *typs; /* NULL-terminated; NULL: any typ. An absent typ is
				  * refused only when it is required */
};

/* A signed document: alg, kid, typ "varde+jws"; cty allowed; 512 KiB. */
extern const struct jose_jws_rules jose_report_rules;

/* A parsed JWS whose signature nobody has checked yet. Borrows the text. */
struct jose_jws {
	json_t *header;
	enum jose_alg alg;
	const char *kid;    /* in header; NULL when absent, else 1..JOSE_KID_MAX bytes */
	const char *typ;    /* in header; NULL when absent */
	const json_t *jwk;  /* in header; NULL when absent */
	struct buf payload; /* decoded bytes; wiped on release */
	const char *text;   /* borrowed */
	size_t signed_len;  /* header '.' payload */
	unsigned char signature[JOSE_SIGNATURE_MAX];
	size_t signature_len;
};

/* Wipes and frees. An all-zero one is fine. */
void jose_jws_release(struct jose_jws *jws);

/* Parses `len` characters. `ret` is written on success only, is then the caller's
 * to release, and is usable while `text` lives. RC_INVALID, RC_NOMEM. Any thread. */
NODISCARD enum rc jose_jws_parse(const char *text, size_t len, const struct jose_jws_rules *rules,
				 struct jose_jws *ret, struct err *reterr);

/* Whether the signature is this key's. The algorithm must be one that both the
 * key and `algs` allow (RFC 8725 section 3.1). Any thread, also at once with one
 * key. RC_OK, RC_INVALID, RC_NOMEM. */
NODISCARD enum rc jose_jws_verify(const struct jose_jws *jws, const struct jose_key *key,
				  unsigned algs, struct err *reterr);

/* Appends the compact JWS of the payload to `out`, under a private key that
 * allows `alg`. The header is alg, kid (the key's) and typ unless NULL. Any
 * thread. RC_INVALID (the key does not sign so), RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc jose_jws_sign(const struct jose_key *key, enum jose_alg alg, const char *typ,
				const void *payload, size_t len, struct buf *out,
				struct err *reterr);

/* The same under any header; its alg says how. For DPoP proofs and tests. */
NODISCARD enum rc jose_jws_sign_header(const struct jose_key *key, const json_t *header,
				       const void *payload, size_t len, struct buf *out,
				       struct err *reterr);

#endif
