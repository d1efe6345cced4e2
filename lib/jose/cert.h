/* A sender's key from its enterprise certificate (virksomhetssertifikat, ETSI EN
 * 319 412): the key, for how long it is meant, and whose it is. The chain is not
 * verified: whoever registers the key decides that the file is genuine. */
#ifndef VARDE_JOSE_CERT_H
#define VARDE_JOSE_CERT_H

#include "base/err.h"
#include "jose/jwk.h"

#include <stdint.h>

struct jose_cert {
	int64_t not_before_ms, not_after_ms; /* both inclusive, as X.509 says */
	/* From organizationIdentifier (2.5.4.97), "NTRNO-" and nine digits or the
	 * digits alone; where that attribute is absent from the subject's serialNumber
	 * (2.5.4.5) of nine digits; "" when neither says so. Check digit unchecked. */
	char orgnr[10];
};

/* Reads the first certificate of a PEM text (a chain may follow). `flags` is 0 or
 * JOSE_KEY_CHECK, `kid` may be NULL. Codes: those of jose/jwk.h, cert-malformed,
 * cert-use (its key usage allows no signatures). RC_INVALID, RC_UNSUPPORTED,
 * RC_NOMEM; *ret and *ret_cert only on success. Any thread. */
NODISCARD enum rc jose_key_from_cert_pem(const char *pem, size_t len, unsigned flags,
					 const char *kid, struct jose_key **ret,
					 struct jose_cert *ret_cert, struct err *reterr);

#endif
