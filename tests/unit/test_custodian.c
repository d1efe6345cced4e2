#include "unit.h"

#include "base/buf.h"
#include "base/clock.h"
#include "seal/custodian.h"
#include "seal/envelope_open.h"
#include "seal/keyfile.h"
#include "seal/proof.h"

#include <fcntl.h>
#include <jansson.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#define NOW INT64_C(1763844000123)

static char folder[] = "/tmp/varde-custodian-XXXXXX";
static char path[64];

static void in_folder(void)
{
	snprintf(folder, sizeof(folder), "/tmp/varde-custodian-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/key", folder);
}

static void out_of_folder(void)
{
	(void)unlink(path);
	ck_assert_int_eq(rmdir(folder), 0);
}

static void public_file(const struct seal_key *key, struct buf *out)
{
	*out = buf_capped(SEAL_CUSTODIAN_FILE_MAX);
	ck_assert_int_eq(seal_key_prove(key, NOW, out, NULL), RC_OK);
}

static const char *load_code(const char *text, size_t len)
{
	static struct err err;
	struct seal_recipient who;

	memset(&err, 0, sizeof(err));
	return seal_custodian_load(text, len, &who, NULL, &err) ? err.code : "";
}

START_TEST(a_proven_key_is_taken_and_opens)
{
	static const struct seal_item_context item = { "r", 1, "incident-report/1.0", 2, 3 };
	struct seal_group_context context = { SEAL_VERSION, "910000004", { 0 }, 1 };
	CLEANUP(seal_key_freep) struct seal_key *key = NULL;
	CLEANUP(seal_group_freep) struct seal_group *group = NULL;
	CLEANUP(seal_opened_freep) struct seal_opened *opened = NULL;
	CLEANUP(buf_release)
	struct buf sealed = buf_capped(SEAL_SEALED_MAX), clear = buf_capped(100), file;
	struct seal_recipient who;
	int64_t opened_ms = 0;

	ck_assert_int_eq(seal_key_new(&key, NULL), RC_OK);
	public_file(key, &file);
	ck_assert_int_eq(seal_custodian_load(buf_text(&file), file.len, &who, &opened_ms, NULL),
			 RC_OK);
	ck_assert_int_eq(opened_ms, NOW);
	ck_assert_mem_eq(&who, seal_key_recipient(key), sizeof(who));
	ck_assert_int_eq(seal_group_new(&context, &who, 1, &group, NULL), RC_OK);
	ck_assert_int_eq(seal_group_item(group, &item, "x", 1, &sealed, NULL), RC_OK);
	ck_assert_int_eq(seal_open_group(&who, seal_key_secret(key), seal_group_stored(group),
					 &opened, NULL),
			 RC_OK);
	ck_assert_int_eq(seal_open_item(opened, &item, sealed.data, sealed.len, &clear, NULL),
			 RC_OK);
	ck_assert_str_eq(buf_text(&clear), "x");
}
END_TEST

START_TEST(no_changed_public_file_is_taken)
{
	CLEANUP(seal_key_freep) struct seal_key *key = NULL;
	CLEANUP(buf_release) struct buf file;
	size_t i, len;

	ck_assert_int_eq(seal_key_new(&key, NULL), RC_OK);
	public_file(key, &file);
	ck_assert_str_eq(load_code(file.data, file.len), "");
	len = file.len - 1; /* the last line ending means nothing */
	for (i = 0; i < len; i++) {
		file.data[i] ^= 1;
		ck_assert_msg(load_code(file.data, file.len)[0], "byte %zu", i);
		file.data[i] ^= 1;
		ck_assert_str_eq(load_code(file.data, i), "custodian-file");
	}
}
END_TEST

/* The public file of `key` with one member of another's. */
static const char *mixed(const struct buf *file, const struct buf *other, const char *name,
			 bool in_proof)
{
	json_auto_t *a = json_loads(buf_text(file), 0, NULL),
		    *b = json_loads(buf_text(other), 0, NULL);
	CLEANUP_FREE char *text = NULL;
	json_t *from = in_proof ? json_object_get(b, "proof") : b,
	       *to = in_proof ? json_object_get(a, "proof") : a;

	json_object_set(to, name, json_object_get(from, name));
	text = json_dumps(a, 0);
	return load_code(text, strlen(text));
}

START_TEST(no_part_of_another_custodians_file_fits)
{
	CLEANUP(seal_key_freep) struct seal_key *key = NULL, *other = NULL;
	CLEANUP(buf_release) struct buf mine, theirs;
	json_auto_t *newer = NULL;
	CLEANUP_FREE char *text = NULL;

	ck_assert_int_eq(seal_key_new(&key, NULL), RC_OK);
	ck_assert_int_eq(seal_key_new(&other, NULL), RC_OK);
	public_file(key, &mine);
	public_file(other, &theirs);
	ck_assert_str_eq(mixed(&mine, &theirs, "kid", false), "custodian-kid");
	ck_assert_str_eq(mixed(&mine, &theirs, "public_key", false), "custodian-kid");
	ck_assert_str_eq(mixed(&mine, &theirs, "proof", false), "custodian-proof");
	ck_assert_str_eq(mixed(&mine, &theirs, "signing_key", true), "custodian-proof");
	ck_assert_str_eq(mixed(&mine, &theirs, "signature", true), "custodian-proof");
	newer = json_loads(buf_text(&mine), 0, NULL);
	json_object_set_new(newer, "varde_custodian_key", json_integer(2));
	text = json_dumps(newer, 0);
	ck_assert_str_eq(load_code(text, strlen(text)), "custodian-version");
}
END_TEST

static json_t *base64url(const unsigned char *bytes, size_t len)
{
	char text[128];

	return json_string(sodium_bin2base64(text, sizeof(text), bytes, len,
					     sodium_base64_VARIANT_URLSAFE_NO_PADDING));
}

/* Knowing somebody's public key is not enough to make a public file of it: the
 * statement is well signed here, but by a key that does not open. */
START_TEST(a_signature_by_another_key_is_no_proof)
{
	CLEANUP(seal_key_freep) struct seal_key *key = NULL;
	CLEANUP(buf_release) struct buf file, statement = buf_capped(256);
	unsigned char signing_key[32], secret[64], signature[64];
	json_auto_t *forged = NULL;
	CLEANUP_FREE char *text = NULL;
	json_t *proof;
	struct seal_recipient who;
	struct err err;

	ck_assert_int_eq(seal_key_new(&key, NULL), RC_OK);
	public_file(key, &file);
	forged = json_loads(buf_text(&file), 0, NULL);
	proof = json_object_get(forged, "proof");
	crypto_sign_keypair(signing_key, secret);
	ck_assert_int_eq(proof_statement(seal_key_recipient(key), signing_key,
					 json_string_value(json_object_get(proof, "opened_at")),
					 &statement),
			 RC_OK);
	crypto_sign_detached(signature, NULL, (const unsigned char *)statement.data, statement.len,
			     secret);
	json_object_set_new(proof, "signing_key", base64url(signing_key, sizeof(signing_key)));
	json_object_set_new(proof, "signature", base64url(signature, sizeof(signature)));
	text = json_dumps(forged, 0);
	ck_assert_int_eq(seal_custodian_load(text, strlen(text), &who, NULL, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "custodian-proof");
	ck_assert_str_eq(err.where, "/proof/signing_key");
}
END_TEST

static void round_trip(const char *passphrase)
{
	CLEANUP(seal_key_freep) struct seal_key *key = NULL, *back = NULL;
	size_t len = passphrase ? strlen(passphrase) : 0;
	bool locked;
	struct stat st;
	struct err err;

	in_folder();
	ck_assert_int_eq(seal_key_new(&key, NULL), RC_OK);
	ck_assert_int_eq(seal_key_write(key, path, passphrase, len, SEAL_EFFORT_INTERACTIVE, &err),
			 RC_OK);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(seal_key_is_locked(path, &locked, &err), RC_OK);
	ck_assert_int_eq(locked, passphrase != NULL);
	ck_assert_int_eq(seal_key_read(path, passphrase, len, &back, &err), RC_OK);
	ck_assert_mem_eq(seal_key_secret(key), seal_key_secret(back), 32);
	ck_assert_str_eq(seal_key_recipient(key)->kid, seal_key_recipient(back)->kid);
	ck_assert_int_eq(seal_key_write(key, path, NULL, 0, SEAL_EFFORT_INTERACTIVE, &err),
			 RC_CONFLICT);
	ck_assert_str_eq(err.code, "key-file-exists");
	out_of_folder();
}

START_TEST(a_key_comes_back_from_its_file)
{
	round_trip(NULL);
	round_trip("en god natt på vakt");
}
END_TEST

static void write_text(const char *text, size_t len)
{
	FILE *out;

	(void)unlink(path);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_uint_eq(fwrite(text, 1, len, out), len);
	fclose(out);
	ck_assert_int_eq(chmod(path, 0600), 0);
}

static enum rc read_with(const char *passphrase, struct err *err)
{
	CLEANUP(seal_key_freep) struct seal_key *key = NULL;

	memset(err, 0, sizeof(*err));
	return seal_key_read(path, passphrase, passphrase ? strlen(passphrase) : 0, &key, err);
}

START_TEST(a_locked_file_opens_with_its_passphrase_only)
{
	CLEANUP(seal_key_freep) struct seal_key *key = NULL;
	CLEANUP(buf_release) struct buf text = buf_capped(SEAL_KEYFILE_MAX);
	struct err err;

	in_folder();
	ck_assert_int_eq(seal_key_new(&key, NULL), RC_OK);
	ck_assert_int_eq(seal_key_write(key, path, "", 0, SEAL_EFFORT_INTERACTIVE, &err),
			 RC_INVALID);
	ck_assert_int_eq(seal_key_write(key, path, "riktig", 6, SEAL_EFFORT_INTERACTIVE, &err),
			 RC_OK);
	ck_assert_int_eq(read_with("feil", &err), RC_FORBIDDEN);
	ck_assert_str_eq(err.code, "passphrase");
	ck_assert_int_eq(read_with(NULL, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "passphrase");
	ck_assert_int_eq(buf_read_file(&text, path), RC_OK);
	ck_assert_ptr_null(memmem(text.data, text.len, "BEGIN", 5));
	out_of_folder();
}
END_TEST

/* Each member is bound: a changed one opens under no passphrase. */
START_TEST(no_changed_locked_file_opens)
{
	static const char *const changes[][3] = {
		{ "ops", "3", "passphrase" },           { "memory", "16777216", "passphrase" },
		{ "memory", "4294967297", "key-file" }, { "ops", "1000", "key-file" },
		{ "memory", "1", "key-file" },          { "ops", "-1", "key-file" },
	};
	CLEANUP(seal_key_freep) struct seal_key *key = NULL;
	CLEANUP(buf_release) struct buf text = buf_capped(SEAL_KEYFILE_MAX);
	struct err err;
	size_t i;

	in_folder();
	ck_assert_int_eq(seal_key_new(&key, NULL), RC_OK);
	ck_assert_int_eq(seal_key_write(key, path, "riktig", 6, SEAL_EFFORT_INTERACTIVE, &err),
			 RC_OK);
	ck_assert_int_eq(buf_read_file(&text, path), RC_OK);
	for (i = 0; i < ARRAY_LEN(changes); i++) {
		json_auto_t *file = json_loads(buf_text(&text), 0, NULL);
		CLEANUP_FREE char *changed = NULL;

		json_object_set_new(json_object_get(file, "kdf"), changes[i][0],
				    json_integer(strtoll(changes[i][1], NULL, 10)));
		changed = json_dumps(file, 0);
		write_text(changed, strlen(changed));
		ck_assert_int_ne(read_with("riktig", &err), RC_OK);
		ck_assert_str_eq(err.code, changes[i][2]);
	}
	{
		json_auto_t *file = json_loads(buf_text(&text), 0, NULL);
		CLEANUP_FREE char *changed = NULL;

		json_object_set_new(file, "kid", json_string("another"));
		changed = json_dumps(file, 0);
		write_text(changed, strlen(changed));
		ck_assert_int_eq(read_with("riktig", &err), RC_FORBIDDEN);
	}
	out_of_folder();
}
END_TEST

START_TEST(what_is_no_key_file_is_refused)
{
	static const char *const bad[] = {
		"",
		"{",
		"{}",
		"null",
		"rubbish",
		"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
		"{\"varde_custodian_secret_key\":\"1\"}",
		/* an X25519 key in the same wrapping */
		"-----BEGIN PRIVATE KEY-----\n"
		"MC4CAQAwBQYDK2VuBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
		"-----END PRIVATE KEY-----\n",
	};
	CLEANUP_FREE char *large = calloc(1, SEAL_KEYFILE_MAX + 1);
	struct err err;
	size_t i;

	in_folder();
	ck_assert_int_eq(read_with("x", &err), RC_NOT_FOUND);
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		write_text(bad[i], strlen(bad[i]));
		ck_assert_int_eq(read_with("x", &err), RC_INVALID);
		ck_assert_str_eq(err.code, "key-file");
	}
	write_text(large, SEAL_KEYFILE_MAX + 1);
	ck_assert_int_eq(read_with("x", &err), RC_INVALID);
	write_text("{\"varde_custodian_secret_key\":2}", 32);
	ck_assert_int_eq(read_with("x", &err), RC_UNSUPPORTED);
	out_of_folder();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("custodian");
	TCase *tc = tcase_create("custodian");

	if (sodium_init() < 0)
		return EXIT_FAILURE;
	tcase_add_test(tc, a_proven_key_is_taken_and_opens);
	tcase_add_test(tc, no_changed_public_file_is_taken);
	tcase_add_test(tc, no_part_of_another_custodians_file_fits);
	tcase_add_test(tc, a_signature_by_another_key_is_no_proof);
	tcase_add_test(tc, a_key_comes_back_from_its_file);
	tcase_add_test(tc, a_locked_file_opens_with_its_passphrase_only);
	tcase_add_test(tc, no_changed_locked_file_opens);
	tcase_add_test(tc, what_is_no_key_file_is_refused);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
