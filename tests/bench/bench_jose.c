/* What signatures cost, in microseconds of CPU an operation, one thread:
 *
 *   bench_jose [SECONDS_PER_ROW]
 *
 * "verify" is the library's way (a fresh OpenSSL context on a cached key), "copy"
 * the same on a copy of a context that was set up once, "parse" the PEM first:
 * why keys are read once. Prints; asserts nothing, so it is no test. */
#include "base/cleanup.h"
#include "jose/jws.h"
#include "jose/key.h"
#include "jose/signature.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct row {
	const char *kind;
	unsigned bits; /* RSA; 0: a curve */
	enum jose_alg alg;
} table[] = {
	{ "RSA-2048", 2048, JOSE_RS256 }, { "RSA-2048", 2048, JOSE_PS256 },
	{ "RSA-3072", 3072, JOSE_PS256 }, { "RSA-4096", 4096, JOSE_PS256 },
	{ "P-256", 0, JOSE_ES256 },       { "P-384", 0, JOSE_ES384 },
};

struct bench {
	const struct row *row;
	struct jose_key *key;
	struct buf text;
	struct jose_jws jws;
	char *pem;
	size_t pem_len;
	EVP_MD_CTX *ready; /* set up once, RSA only */
	json_t *jwk;
};

static bool do_sign(struct bench *b)
{
	CLEANUP(buf_release) struct buf out = buf_capped(16384);

	return !jose_jws_sign(b->key, b->row->alg, "varde+jws", b->jws.payload.data,
			      b->jws.payload.len, &out, NULL);
}

static bool do_verify(struct bench *b)
{
	return !jose_jws_verify(&b->jws, b->key, JOSE_ALGS_ALL, NULL);
}

static bool do_whole(struct bench *b)
{
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };

	return !jose_jws_parse(b->text.data, b->text.len, &jose_report_rules, &jws, NULL) &&
	       !jose_jws_verify(&jws, b->key, JOSE_ALGS_ALL, NULL);
}

static bool do_copy(struct bench *b)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = EVP_MD_CTX_copy_ex(ctx, b->ready) &&
		  EVP_DigestVerify(ctx, b->jws.signature, b->jws.signature_len,
				   (const unsigned char *)b->jws.text, b->jws.signed_len) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}

static bool do_pem(struct bench *b)
{
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;

	return !jose_key_from_pem(b->pem, b->pem_len, 0, NULL, &key, NULL) &&
	       !jose_jws_verify(&b->jws, key, JOSE_ALGS_ALL, NULL);
}

static bool do_jwk(struct bench *b)
{
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;

	return !jose_key_from_jwk(b->jwk, 0, &key, NULL);
}

/* CPU time of this thread: other work on the machine does not count. */
static int64_t cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static double measure(struct bench *b, bool (*op)(struct bench *), double seconds)
{
	int64_t start = cpu_us(), now = start;
	long count = 0;

	while ((double)(now - start) < seconds * 1e6) {
		for (int i = 0; i < 10; i++, count++)
			if (!op(b))
				return -1;
		now = cpu_us();
	}
	return (double)(now - start) / (double)count;
}

static bool set_up(struct bench *b, const struct row *row)
{
	static char payload[2048];
	EVP_PKEY *pkey = row->bits ? EVP_RSA_gen(row->bits) : EVP_EC_gen(row->kind);
	BIO *private = BIO_new(BIO_s_mem()), *public = BIO_new(BIO_s_mem());
	EVP_PKEY_CTX *pctx;
	char *text;
	long len;
	bool ok;

	memset(payload, 'x', sizeof(payload));
	*b = (struct bench){ .row = row, .text = buf_capped(16384), .ready = EVP_MD_CTX_new() };
	PEM_write_bio_PrivateKey(private, pkey, NULL, NULL, 0, NULL, NULL);
	PEM_write_bio_PUBKEY(public, pkey);
	len = BIO_get_mem_data(public, &text);
	b->pem = malloc((size_t)len);
	if (b->pem)
		memcpy(b->pem, text, (size_t)len);
	b->pem_len = (size_t)len;
	len = BIO_get_mem_data(private, &text);
	ok = b->pem &&
	     !jose_key_from_pem(text, (size_t)len, JOSE_KEY_PRIVATE, NULL, &b->key, NULL) &&
	     !jose_jws_sign(b->key, row->alg, "varde+jws", payload, sizeof(payload), &b->text,
			    NULL) &&
	     !jose_jws_parse(b->text.data, b->text.len, &jose_report_rules, &b->jws, NULL) &&
	     !jose_key_export(b->key, &b->jwk, NULL) &&
	     EVP_DigestVerifyInit(b->ready, &pctx, EVP_sha256(), NULL, pkey) == 1;
	if (ok && row->alg == JOSE_PS256)
		ok = EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) > 0 &&
		     EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST) > 0;
	BIO_free(private);
	BIO_free(public);
	EVP_PKEY_free(pkey);
	return ok;
}

static void tear_down(struct bench *b)
{
	jose_jws_release(&b->jws);
	buf_release(&b->text);
	EVP_MD_CTX_free(b->ready);
	jose_key_free(b->key);
	json_decref(b->jwk);
	free(b->pem);
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 0.5;

	printf("%-9s %-6s %9s %9s %9s %9s %9s %9s   (us, 2 KB payload)\n", "key", "alg", "sign",
	       "verify", "copy", "parse+v", "PEM+v", "JWK");
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct bench b;

		if (!set_up(&b, &table[i]))
			return 1;
		printf("%-9s %-6s %9.1f %9.1f ", table[i].kind, jose_alg_name(table[i].alg),
		       measure(&b, do_sign, seconds), measure(&b, do_verify, seconds));
		if (table[i].bits)
			printf("%9.1f ", measure(&b, do_copy, seconds));
		else
			printf("%9s ", "-");
		printf("%9.1f %9.1f %9.1f\n", measure(&b, do_whole, seconds),
		       measure(&b, do_pem, seconds), measure(&b, do_jwk, seconds));
		tear_down(&b);
	}
	return 0;
}
