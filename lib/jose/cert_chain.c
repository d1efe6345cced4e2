#include "jose/cert_chain.h"

#include "base/cleanup.h"
#include "jose/key.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <time.h>

#define STEPS_MAX 10 /* certificates that a sender's file may hold */
#define AUTHORITIES_MAX 1000
#define SECURITY_LEVEL 2 /* OpenSSL's: 112 bits, so RSA of 2048 bits and SHA-256 */

static void free_certs(struct stack_st_X509 **certs)
{
	sk_X509_pop_free(*certs, X509_free);
}

DEFINE_CLEANUP(X509_STORE *, X509_STORE_free)
DEFINE_CLEANUP(X509_STORE_CTX *, X509_STORE_CTX_free)

/* The next certificate, NULL at the end; `*ret_bad` when what comes is none. */
static X509 *next_cert(BIO *bio, bool *ret_bad)
{
	X509 *cert = PEM_read_bio_X509(bio, NULL, jose_no_passphrase, NULL);
	unsigned long error = ERR_peek_last_error();

	*ret_bad = !cert && !(ERR_GET_LIB(error) == ERR_LIB_PEM &&
			      ERR_GET_REASON(error) == PEM_R_NO_START_LINE);
	ERR_clear_error();
	return cert;
}

/* All certificates of a PEM text: RC_INVALID when one is none, there are more than
 * `max`, or there is nothing. */
static enum rc read_certs(const char *pem, size_t len, int max, struct stack_st_X509 **ret)
{
	BIO *bio = len <= INT_MAX ? BIO_new_mem_buf(pem, (int)len) : NULL;
	enum rc rc = bio && *ret ? RC_OK : RC_NOMEM;
	bool bad = false;
	X509 *cert;

	while (!rc && (cert = next_cert(bio, &bad))) {
		if (sk_X509_num(*ret) >= max)
			rc = RC_INVALID;
		else if (!sk_X509_push(*ret, cert))
			rc = RC_NOMEM;
		if (rc)
			X509_free(cert);
	}
	BIO_free(bio);
	if (!rc && (bad || !sk_X509_num(*ret)))
		rc = RC_INVALID;
	return rc;
}

/* A broken extension leaves something in OpenSSL's queue. */
static bool is_authority(X509 *cert)
{
	bool is = X509_check_ca(cert) == 1;

	ERR_clear_error();
	return is;
}

static enum rc read_authorities(const char *bundle, size_t len, struct stack_st_X509 **certs,
				struct err *reterr)
{
	enum rc rc = read_certs(bundle, len, AUTHORITIES_MAX, certs);

	if (rc == RC_NOMEM)
		return jose_no_memory(reterr);
	if (rc)
		return err_set(reterr, rc, "cert-authorities", NULL,
			       "the bundle of authorities is not a list of PEM certificates");
	for (int i = 0; i < sk_X509_num(*certs); i++)
		if (!is_authority(sk_X509_value(*certs, i)))
			return err_set(reterr, RC_INVALID, "cert-authorities", NULL,
				       "certificate %d of the bundle is not an authority's", i + 1);
	return RC_OK;
}

enum rc jose_cert_authorities(const char *bundle, size_t len, size_t *ret_count, struct err *reterr)
{
	CLEANUP(free_certs) struct stack_st_X509 *certs = sk_X509_new_null();
	enum rc rc = read_authorities(bundle, len, &certs, reterr);

	if (!rc)
		*ret_count = (size_t)sk_X509_num(certs);
	return rc;
}

/* A certificate that says what it is for must say something that signing a
 * document can be: not only a web server, code, time stamps or status answers. */
static enum rc check_use(X509 *leaf, struct err *reterr)
{
	static const uint32_t fitting = XKU_SSL_CLIENT | XKU_SMIME | XKU_ANYEKU;
	static const uint32_t others =
		XKU_SSL_SERVER | XKU_CODE_SIGN | XKU_TIMESTAMP | XKU_OCSP_SIGN | XKU_SGC;
	uint32_t uses = X509_get_extended_key_usage(leaf); /* all bits where it does not say */

	if (is_authority(leaf))
		return err_set(reterr, RC_INVALID, "cert-use", NULL,
			       "the certificate is an authority's own");
	if ((uses & others) && !(uses & fitting))
		return err_set(reterr, RC_INVALID, "cert-use", NULL,
			       "the certificate is not for signing documents");
	return RC_OK;
}

static int64_t begins_at(X509 *leaf)
{
	struct tm tm;

	return ASN1_TIME_to_tm(X509_get0_notBefore(leaf), &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

static enum rc write_chain(X509_STORE_CTX *ctx, struct buf *ret, struct err *reterr)
{
	CLEANUP(free_certs) struct stack_st_X509 *chain = X509_STORE_CTX_get1_chain(ctx);
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	bool good = chain && bio;
	long len;

	for (int i = 0; good && i < sk_X509_num(chain); i++)
		good = PEM_write_bio_X509(bio, sk_X509_value(chain, i));
	len = good ? BIO_get_mem_data(bio, &text) : 0;
	if (len > 0)
		buf_add(ret, text, (size_t)len);
	BIO_free(bio);
	return len > 0 && !buf_rc(ret) ? RC_OK : jose_no_memory(reterr);
}

static X509_STORE *store_of(struct stack_st_X509 *authorities)
{
	X509_STORE *store = X509_STORE_new();

	for (int i = 0; store && i < sk_X509_num(authorities); i++) {
		if (!X509_STORE_add_cert(store, sk_X509_value(authorities, i))) {
			X509_STORE_free(store);
			return NULL;
		}
	}
	return store;
}

static enum rc verify(struct stack_st_X509 *given, struct stack_st_X509 *authorities, int64_t now_s,
		      struct buf *ret, struct err *reterr)
{
	CLEANUP(X509_STORE_freep) X509_STORE *store = store_of(authorities);
	CLEANUP(X509_STORE_CTX_freep) X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509 *leaf = sk_X509_value(given, 0);
	int64_t from = begins_at(leaf);
	X509_VERIFY_PARAM *param;
	enum rc rc;
	int ok;

	if (!store || !ctx || !X509_STORE_CTX_init(ctx, store, leaf, given))
		return jose_no_memory(reterr);
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
	X509_VERIFY_PARAM_set_time(param, (time_t)(from > now_s ? from : now_s));
	ok = X509_verify_cert(ctx);
	if (ok == 1)
		rc = write_chain(ctx, ret, reterr);
	else
		rc = err_set(reterr, RC_INVALID, "cert-chain", NULL,
			     "no chain to a configured authority: %s",
			     X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
	ERR_clear_error();
	return rc;
}

enum rc jose_cert_chain_verify(const char *pem, size_t len, const char *bundle, size_t bundle_len,
			       int64_t now_ms, struct buf *ret, struct err *reterr)
{
	CLEANUP(free_certs) struct stack_st_X509 *authorities = sk_X509_new_null();
	CLEANUP(free_certs) struct stack_st_X509 *given = sk_X509_new_null();
	enum rc rc = read_authorities(bundle, bundle_len, &authorities, reterr);

	if (rc)
		return rc;
	rc = read_certs(pem, len, STEPS_MAX, &given);
	if (rc == RC_NOMEM)
		return jose_no_memory(reterr);
	if (rc)
		return err_set(reterr, rc, "cert-malformed", NULL,
			       "wanted are PEM certificates, the organisation's first, at most %d",
			       STEPS_MAX);
	rc = check_use(sk_X509_value(given, 0), reterr);
	return rc ? rc : verify(given, authorities, now_ms / 1000, ret, reterr);
}
