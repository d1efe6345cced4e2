/* A signed document, up to where its content begins: the JWS under a key of the
 * register, and the payload around the document.
 *
 *   {"iss":"<orgnr>","aud":"<service>","iat":<seconds>,
 *    "schema":"incident-report/1.0","document":{…}} */
#ifndef VARDE_INTAKE_SIGNED_H
#define VARDE_INTAKE_SIGNED_H

#include "intake/caller.h"

struct intake_signed {
	json_t *payload;            /* owned */
	const struct tenant *owner; /* payload `iss`; of the caller's snapshot */
	const char *schema;         /* in payload */
	json_t *document;           /* in payload; an object */
	const char *kid;            /* of the register; as long as the caller's snapshot */
};

void intake_signed_release(struct intake_signed *s);

/* Opens one compact JWS. On failure `refusal` holds: signature-malformed,
 * signature-algorithm, signature-key-unknown, signature-invalid,
 * signature-expired, signature-audience, invalid-json, invalid-payload (400),
 * tenant-mismatch and the others of intake_owner() (403), content-too-large (413). `max_age_s` is
 * how old `iat` may be. */
NODISCARD enum rc intake_signed_open(const struct intake_caller *caller, const char *service,
				     int64_t max_age_s, const char *jws, size_t len, int64_t now_ms,
				     struct intake_signed *ret, struct refusal *refusal);

#endif
