/* A certificate: the input is DER, which the target puts into PEM, unless it begins
 * as PEM does. What is read names nine digits or nobody, and its key can be used.
 * Signed anew by an authority that the target makes, its chain is verified: what
 * holds is no authority itself, holds again by the evidence that was given for it,
 * and holds under no other authority. */
#include "fuzz_keys.h"

#include "jose/cert.h"
#include "jose/cert_chain.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#define NOW_MS INT64_C(1795300000000)
#define CHAIN_MAX 262144

struct authority {
	EVP_PKEY *pkey;
	X509 *cert;
	char *bundle; /* PEM */
};

/* A queue of errors left behind would confuse whoever asks next on this thread. */
static void check_queue(void)
{
	MUST(ERR_peek_error() == 0);
}

static char *pem_of(X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *at, *text;
	long len;

	MUST(bio && PEM_write_bio_X509(bio, cert));
	len = BIO_get_mem_data(bio, &at);
	text = fuzz_text((struct piece){ at, (size_t)len });
	BIO_free(bio);
	return text;
}

static void make_authority(struct authority *a, const char *name)
{
	X509_EXTENSION *ca =
		X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");

	a->pkey = EVP_EC_gen("P-256");
	a->cert = X509_new();
	MUST(ca && a->pkey && a->cert);
	X509_set_version(a->cert, 2);
	X509_NAME_add_entry_by_NID(X509_get_subject_name(a->cert), NID_commonName, MBSTRING_UTF8,
				   (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(a->cert, X509_get_subject_name(a->cert));
	ASN1_TIME_set_string_X509(X509_getm_notBefore(a->cert), "20200101000000Z");
	ASN1_TIME_set_string_X509(X509_getm_notAfter(a->cert), "20990101000000Z");
	X509_set_pubkey(a->cert, a->pkey);
	X509_add_ext(a->cert, ca, -1);
	X509_EXTENSION_free(ca);
	MUST(X509_sign(a->cert, a->pkey, EVP_sha256()) > 0);
	a->bundle = pem_of(a->cert);
}

static enum rc verify(const char *pem, const struct authority *by, struct buf *chain)
{
	struct err err = { 0 };
	enum rc rc = jose_cert_chain_verify(pem, strlen(pem), by->bundle, strlen(by->bundle),
					    NOW_MS, chain, &err);

	MUST(!rc || (rc == RC_INVALID && !strncmp(err.code, "cert-", 5)));
	check_queue();
	return rc;
}

static void check_chain(X509 *cert)
{
	static struct authority ours, other;
	CLEANUP(buf_release) struct buf chain = buf_capped(CHAIN_MAX);
	CLEANUP(buf_release) struct buf again = buf_capped(CHAIN_MAX);
	CLEANUP_FREE char *pem = NULL;

	if (!ours.cert) {
		make_authority(&ours, "ours");
		make_authority(&other, "other");
	}
	X509_set_issuer_name(cert, X509_get_subject_name(ours.cert));
	if (X509_sign(cert, ours.pkey, EVP_sha256()) <= 0) {
		ERR_clear_error();
		return;
	}
	pem = pem_of(cert);
	ERR_clear_error();
	if (verify(pem, &ours, &chain))
		return;
	MUST(X509_check_ca(cert) != 1 && !(X509_get_extension_flags(cert) & EXFLAG_INVALID));
	MUST(X509_cmp_time(X509_get0_notAfter(cert), &(time_t){ NOW_MS / 1000 }) > 0);
	MUST(!verify(buf_text(&chain), &ours, &again));
	MUST(fuzz_same((struct piece){ chain.data, chain.len }, again.data, again.len));
	MUST(verify(buf_text(&chain), &other, &again));
}

/* What the issuer's name and signature become is ours; the rest is the input's. */
static void try_chain(const uint8_t *data, size_t size)
{
	const unsigned char *at = data;
	X509 *cert = d2i_X509(NULL, &at, (long)size);

	ERR_clear_error();
	if (cert)
		check_chain(cert);
	X509_free(cert);
}

static void check_key(const char *pem, size_t len)
{
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;
	struct jose_cert cert = { 0 };
	struct err err = { 0 };
	json_t *jwk = NULL;
	enum rc rc = jose_key_from_cert_pem(pem, len, JOSE_KEY_CHECK, NULL, &key, &cert, &err);

	check_queue();
	if (rc) {
		MUST(!key && (rc == RC_INVALID || rc == RC_UNSUPPORTED || rc == RC_LIMIT));
		MUST(!strncmp(err.code, "cert-", 5) || !strncmp(err.code, "key-", 4));
		return;
	}
	MUST(!*cert.orgnr || (strlen(cert.orgnr) == 9 && strspn(cert.orgnr, "0123456789") == 9));
	MUST(jose_key_algs(key) && !jose_key_is_private(key));
	MUST(!jose_key_export(key, &jwk, NULL));
	json_decref(jwk);
}

static void check_pem(const char *pem, size_t len)
{
	size_t count = 0;

	check_key(pem, len);
	MUST(jose_cert_authorities(pem, len, &count, NULL) ? !count : count > 0);
	check_queue();
}

static bool is_pem(const uint8_t *data, size_t size)
{
	static const char begin[] = "-----BEGIN";

	return size >= strlen(begin) && !memcmp(data, begin, strlen(begin));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	BIO *bio;
	char *pem;
	long len;

	if (is_pem(data, size)) {
		check_pem((const char *)data, size);
		return 0;
	}
	bio = BIO_new(BIO_s_mem());
	MUST(bio && size < 65536);
	PEM_write_bio(bio, "CERTIFICATE", "", data, (long)size);
	len = BIO_get_mem_data(bio, &pem);
	check_pem(pem, (size_t)len);
	BIO_free(bio);
	try_chain(data, size);
	return 0;
}
