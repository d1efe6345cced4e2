/* lib/jose on the command line, for tests against other implementations:
 *
 *   jose_tool verify JWKFILE < jws       prints the payload; exit 0, or 1 and the code
 *   jose_tool sign ALG KEYFILE < payload prints the JWS; KEYFILE is a private JWK or PEM
 *   jose_tool public KEYFILE             prints the public JWK of a private key
 */
#include "base/buf.h"
#include "jose/jws.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define INPUT_MAX ((size_t)1 << 20)

static const struct jose_jws_rules any = {
	.max_len = INPUT_MAX,
	.algs = JOSE_ALGS_ALL,
	.allowed = JOSE_HEADER_KID | JOSE_HEADER_TYP | JOSE_HEADER_CTY,
};

static int failed(const struct err *err)
{
	fprintf(stderr, "%s %s: %s\n", err->code, err->where, err->text);
	return 1;
}

static bool read_all(struct buf *in)
{
	char block[4096];
	ssize_t n;

	while ((n = read(STDIN_FILENO, block, sizeof(block))) > 0)
		if (buf_add(in, block, (size_t)n))
			return false;
	return n == 0;
}

static enum rc load_key(const char *path, unsigned flags, struct jose_key **ret, struct err *err)
{
	CLEANUP(buf_release) struct buf text = buf_capped(65536);

	if (buf_read_file(&text, path))
		return err_set(err, RC_IO, "unreadable", path, "no such file");
	if (strstr(buf_text(&text), "-----BEGIN"))
		return jose_key_from_pem(text.data, text.len, flags, NULL, ret, err);
	return jose_key_from_jwk_text(buf_text(&text), text.len, flags, ret, err);
}

static int verify(const char *path)
{
	CLEANUP(buf_release) struct buf in = buf_capped(INPUT_MAX);
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
	struct err err = { 0 };

	if (!read_all(&in) || load_key(path, 0, &key, &err) ||
	    jose_jws_parse(buf_text(&in), in.len, &any, &jws, &err) ||
	    jose_jws_verify(&jws, key, JOSE_ALGS_ALL, &err))
		return failed(&err);
	fwrite(buf_text(&jws.payload), 1, jws.payload.len, stdout);
	return 0;
}

static int sign(const char *alg, const char *path)
{
	CLEANUP(buf_release) struct buf in = buf_capped(INPUT_MAX);
	CLEANUP(buf_release) struct buf out = buf_capped(2 * INPUT_MAX);
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;
	struct err err = { 0 };

	if (!read_all(&in) || load_key(path, JOSE_KEY_PRIVATE, &key, &err) ||
	    jose_jws_sign(key, jose_alg_from_name(alg), "varde+jws", buf_text(&in), in.len, &out,
			  &err))
		return failed(&err);
	fwrite(buf_text(&out), 1, out.len, stdout);
	return 0;
}

static int public(const char *path)
{
	CLEANUP(jose_key_freep) struct jose_key *key = NULL;
	struct err err = { 0 };
	json_t *jwk;

	if (load_key(path, JOSE_KEY_PRIVATE, &key, &err) || jose_key_export(key, &jwk, &err))
		return failed(&err);
	json_dumpf(jwk, stdout, JSON_COMPACT);
	json_decref(jwk);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "verify"))
		return verify(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "sign"))
		return sign(argv[2], argv[3]);
	if (argc == 3 && !strcmp(argv[1], "public"))
		return public(argv[2]);
	fputs("usage: jose_tool verify JWKFILE | sign ALG KEYFILE | public KEYFILE\n", stderr);
	return 2;
}
