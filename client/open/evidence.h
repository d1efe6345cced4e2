/* What an opened item says about itself: the sender's signature, and whether
 * the document is the one that the export says stands here. */
#ifndef VARDE_OPEN_EVIDENCE_H
#define VARDE_OPEN_EVIDENCE_H

#include "base/buf.h"
#include "seal/export.h"

#include <jansson.h>
#include <stdbool.h>

struct keyring;

/* The senders' public keys that came with the export. */
NODISCARD enum rc keyring_new(struct keyring **ret);
/* RC_INVALID or RC_UNSUPPORTED: not a key that verifies; it is left out. RC_CONFLICT: its kid
 * is there already. RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc keyring_add(struct keyring *ring, const struct export_key *key,
			      struct err *reterr);
void keyring_free(struct keyring *ring);
DEFINE_CLEANUP(struct keyring *, keyring_free)

/* The code of what was not kept, since the person reserves. */
#define EVIDENCE_DROPPED "dropped-by-reservation"

enum signature { SIGNATURE_VALID, SIGNATURE_INVALID, SIGNATURE_KEY_UNKNOWN };

struct evidence {
	enum signature signature;
	char kid[129];         /* as in the JWS header; the key may be unknown */
	const char *key_owner; /* in the ring; NULL when the key is unknown */
	bool key_in_force;     /* at the JWS's iat, by the key's dates */
	bool digest_matches;   /* SHA-256 of the JWS = the export's digest */
	bool context_matches;  /* issuer, schema, report, revision = the export's */
	json_t *payload;
	const json_t *document; /* in payload */
};

void evidence_release(struct evidence *e);

/* Reads and judges an opened JWS. RC_INVALID "payload-malformed": what was
 * sealed is not a signed document; RC_NOMEM. Release *ret on success.
 * RC_FORBIDDEN "dropped-by-reservation": a note stands there instead (seal/dropped.h). */
NODISCARD enum rc evidence_read(const struct keyring *ring, const char *tenant,
				const struct export_item *item, const struct buf *jws,
				struct evidence *ret, struct err *reterr);

#endif
