/* Keys from certificates: validity, owner, use. */
#include "jose_fixture.h"

#include "base/clock.h"
#include "jose/cert.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

struct spec {
	const char *kind, *org_id, *serial, *usage;
	bool twice; /* two organizationIdentifiers */
};

static void add_name(X509_NAME *name, int nid, const char *text)
{
	if (text)
		ck_assert_int_eq(X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8,
							    (const unsigned char *)text, -1, -1, 0),
				 1);
}

static char *cert_of(const struct spec *spec)
{
	EVP_PKEY *pkey = fx_pkey(spec->kind);
	X509 *x509 = X509_new();
	X509_NAME *name = X509_get_subject_name(x509);
	BIO *bio = BIO_new(BIO_s_mem());

	X509_set_version(x509, 2);
	ASN1_TIME_set_string_X509(X509_getm_notBefore(x509), "20250102030405Z");
	ASN1_TIME_set_string_X509(X509_getm_notAfter(x509), "20550102030405Z");
	add_name(name, NID_commonName, "Eksempel HF");
	add_name(name, NID_organizationIdentifier, spec->org_id);
	if (spec->twice)
		add_name(name, NID_organizationIdentifier, "NTRNO-111222333");
	add_name(name, NID_serialNumber, spec->serial);
	X509_set_issuer_name(x509, name);
	X509_set_pubkey(x509, pkey);
	if (spec->usage) {
		X509_EXTENSION *usage = X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage, spec->usage);

		X509_add_ext(x509, usage, -1);
		X509_EXTENSION_free(usage);
	}
	ck_assert_int_gt(X509_sign(x509, pkey, EVP_sha256()), 0);
	PEM_write_bio_X509(bio, x509);
	X509_free(x509);
	EVP_PKEY_free(pkey);
	return fx_bio_text(bio);
}

static const struct {
	struct spec spec;
	const char *orgnr; /* NULL: refused */
	const char *code;
} rows[] = {
	{ { "P-256", "NTRNO-999888777", NULL, "digitalSignature", false }, "999888777", NULL },
	{ { "RSA-2048", "999888777", NULL, "nonRepudiation", false }, "999888777", NULL },
	{ { "RSA-2048", NULL, "999888777", NULL, false }, "999888777", NULL },
	{ { "P-256", "NTRNO-999888777", "111222333", NULL, false }, "999888777", NULL },
	{ { "P-256", "NTRSE-5560000000", "999888777", NULL, false }, "", NULL },
	{ { "P-256", NULL, "UN:NO-1234", NULL, false }, "", NULL },
	{ { "P-256", NULL, NULL, NULL, false }, "", NULL },
	{ { "P-256", "NTRNO-99988877", NULL, NULL, false }, "", NULL },
	{ { "P-256", "NTRNO-999888777", NULL, NULL, true }, NULL, "cert-malformed" },
	{ { "RSA-2048", "NTRNO-999888777", NULL, "keyEncipherment", false }, NULL, "cert-use" },
	{ { "P-256", "NTRNO-999888777", NULL, "DER:6002", false }, NULL, "cert-use" },
	{ { "P-521", "NTRNO-999888777", NULL, NULL, false }, NULL, "key-unsupported" },
	{ { "RSA-1024", "NTRNO-999888777", NULL, NULL, false }, NULL, "key-weak" },
};

START_TEST(certificates)
{
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;
	CLEANUP_FREE char *pem = cert_of(&rows[_i].spec);
	struct jose_cert cert = { 0 };
	struct err err = { 0 };
	char text[CLOCK_TEXT_SIZE];
	enum rc rc =
		jose_key_from_cert_pem(pem, strlen(pem), JOSE_KEY_CHECK, NULL, &key, &cert, &err);

	ck_assert_uint_eq(ERR_peek_error(), 0);
	if (!rows[_i].orgnr) {
		ck_assert_int_ne(rc, RC_OK);
		ck_assert_str_eq(err.code, rows[_i].code);
		ck_assert_ptr_null(key);
		return;
	}
	ck_assert_msg(rc == RC_OK, "%s", err.text);
	ck_assert_str_eq(cert.orgnr, rows[_i].orgnr);
	ck_assert_str_eq(clock_format(cert.not_before_ms, text), "2025-01-02T03:04:05.000Z");
	ck_assert_str_eq(clock_format(cert.not_after_ms, text), "2055-01-02T03:04:05.000Z");
	ck_assert_str_eq(jose_key_kid(key), jose_key_thumbprint(key));
	ck_assert(!jose_key_is_private(key));
}
END_TEST

START_TEST(no_certificate)
{
	struct jose_key *key = NULL;
	struct jose_cert cert;
	EVP_PKEY *pkey = fx_pkey("P-256");
	CLEANUP_FREE char *pem = fx_pem(pkey, false);

	ck_assert_int_eq(jose_key_from_cert_pem("", 0, 0, NULL, &key, &cert, NULL), RC_INVALID);
	ck_assert_int_eq(jose_key_from_cert_pem(pem, strlen(pem), 0, NULL, &key, &cert, NULL),
			 RC_INVALID);
	EVP_PKEY_free(pkey);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("jose cert");
	TCase *t = tcase_create("cert");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, certificates, 0, ARRAY_LEN(rows));
	tcase_add_test(t, no_certificate);
	suite_add_tcase(s, t);
	return run_suite(s);
}
