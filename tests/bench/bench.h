/* What benchmarks share: CPU time, and fresh keys. */
#ifndef VARDE_TESTS_BENCH_H
#define VARDE_TESTS_BENCH_H

#include "base/cleanup.h"
#include "jose/jwk.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* CPU time of this thread, microseconds: other work on the machine does not count. */
static inline int64_t bench_cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static inline void bench_die(const char *what, const struct err *err)
{
	fprintf(stderr, "%s: %s %s %s\n", what, err ? err->code : "", err ? err->where : "",
		err ? err->text : "");
	exit(1);
}

static inline int bench_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Median over five slices of CPU microseconds an operation. */
static inline double bench_measure(bool (*op)(void *), void *ctx, double seconds)
{
	double slices[5];

	for (size_t i = 0; i < ARRAY_LEN(slices); i++) {
		int64_t start = bench_cpu_us(), now = start;
		long count = 0;

		while ((double)(now - start) < seconds * 1e6 / ARRAY_LEN(slices)) {
			for (int n = 0; n < 8; n++, count++)
				if (!op(ctx))
					bench_die("an operation failed", NULL);
			now = bench_cpu_us();
		}
		slices[i] = (double)(now - start) / (double)count;
	}
	qsort(slices, ARRAY_LEN(slices), sizeof(slices[0]), bench_compare);
	return slices[ARRAY_LEN(slices) / 2];
}

/* A private key: "RSA-2048" and the like, or a curve by OpenSSL's name. */
static inline struct jose_key *bench_key(const char *kind)
{
	EVP_PKEY *pkey = strncmp(kind, "RSA-", 4) ? EVP_EC_gen(kind)
						  : EVP_RSA_gen(strtoul(kind + 4, NULL, 10));
	BIO *bio = BIO_new(BIO_s_mem());
	struct jose_key *key = NULL;
	struct err err = { 0 };
	char *pem;
	long len;

	PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL);
	len = BIO_get_mem_data(bio, &pem);
	if (jose_key_from_pem(pem, (size_t)len, JOSE_KEY_PRIVATE, NULL, &key, &err))
		bench_die(kind, &err);
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return key;
}

#endif
