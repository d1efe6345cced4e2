#include "jose/cert.h"

#include "jose/claims.h"
#include "jose/key.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#define CERT_MAX 65536

DEFINE_CLEANUP(X509 *, X509_free)

static enum rc malformed(const char *where, const char *why, struct err *reterr)
{
	return err_set(reterr, RC_INVALID, "cert-malformed", where, "%s", why);
}

static bool read_time(const ASN1_TIME *time, int64_t *ret_ms)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return false;
	*ret_ms = (int64_t)timegm(&tm) * 1000;
	return true;
}

/* One value of nine digits, perhaps after `prefix`. RC_NOT_FOUND when there is no
 * such attribute, RC_UNSUPPORTED when it is no Norwegian organisation, RC_INVALID
 * when there are several: whose would the key be? */
static enum rc read_number(const X509_NAME *subject, int nid, const char *prefix, char out[10])
{
	int at = X509_NAME_get_index_by_NID(subject, nid, -1);
	unsigned char *text = NULL;
	const char *number;
	enum rc rc = RC_UNSUPPORTED;
	int len;

	if (at < 0)
		return RC_NOT_FOUND;
	if (X509_NAME_get_index_by_NID(subject, nid, at) >= 0)
		return RC_INVALID;
	len = ASN1_STRING_to_UTF8(&text,
				  X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
	if (len < 0)
		return RC_INVALID;
	number = (const char *)text;
	if (!strncmp(number, prefix, strlen(prefix)))
		number += strlen(prefix);
	if (strlen((const char *)text) == (size_t)len && jose_is_nine_digits(number)) {
		memcpy(out, number, 10);
		rc = RC_OK;
	}
	OPENSSL_free(text);
	return rc;
}

static enum rc read_owner(const X509_NAME *subject, char out[10], struct err *reterr)
{
	enum rc rc = read_number(subject, NID_organizationIdentifier, "NTRNO-", out);

	if (rc == RC_NOT_FOUND)
		rc = read_number(subject, NID_serialNumber, "", out);
	if (rc == RC_INVALID)
		return malformed("subject", "the subject names more than one organisation", reterr);
	return RC_OK;
}

static enum rc read_cert(X509 *x509, struct jose_cert *cert, struct err *reterr)
{
	/* All bits where the extension is absent. */
	if (!(X509_get_key_usage(x509) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)))
		return err_set(reterr, RC_INVALID, "cert-use", NULL,
			       "the certificate is not for signatures");
	if (!read_time(X509_get0_notBefore(x509), &cert->not_before_ms) ||
	    !read_time(X509_get0_notAfter(x509), &cert->not_after_ms) ||
	    cert->not_after_ms < cert->not_before_ms)
		return malformed("validity", "the validity cannot be read", reterr);
	return read_owner(X509_get_subject_name(x509), cert->orgnr, reterr);
}

enum rc jose_key_from_cert_pem(const char *pem, size_t len, unsigned flags, const char *kid,
			       struct jose_key **ret, struct jose_cert *ret_cert,
			       struct err *reterr)
{
	CLEANUP(X509_freep) X509 *x509 = NULL;
	struct jose_cert cert = { 0 };
	EVP_PKEY *pkey;
	BIO *bio;
	enum rc rc;

	if (len > CERT_MAX)
		return err_set(reterr, RC_LIMIT, "cert-malformed", NULL,
			       "a certificate has at most %d bytes", CERT_MAX);
	bio = BIO_new_mem_buf(pem, (int)len);
	if (!bio)
		return jose_no_memory(reterr);
	x509 = PEM_read_bio_X509(bio, NULL, jose_no_passphrase, NULL);
	BIO_free(bio);
	pkey = x509 ? X509_get_pubkey(x509) : NULL;
	ERR_clear_error();
	if (!pkey)
		return malformed(NULL, "not a PEM certificate with a key of a known kind", reterr);
	rc = read_cert(x509, &cert, reterr);
	ERR_clear_error(); /* a broken extension leaves something there */
	if (rc) {
		EVP_PKEY_free(pkey);
		return rc;
	}
	rc = jose_key_make(pkey, flags & JOSE_KEY_CHECK, JOSE_ALG_NONE, kid, ret, reterr);
	if (!rc)
		*ret_cert = cert;
	return rc;
}
