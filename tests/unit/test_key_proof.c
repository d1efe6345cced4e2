/* The key's own word for whose it is: made, and checked against each way to lie. */
#include "jose_fixture.h"

#include "base/clock.h"
#include "jose/key_proof.h"

#define ORGNR "310000019"
#define NOW INT64_C(1795000000000) /* 2026-11-18 */
#define DAY INT64_C(86400000)

static struct err err;

static char *proof_of(const struct jose_key *key, enum jose_alg alg, const char *orgnr, int64_t at)
{
	struct buf out = buf_capped(8192);

	ck_assert_msg(jose_key_proof_make(key, alg, orgnr, at, &out, &err) == RC_OK, "%s",
		      err.text);
	return buf_take(&out, NULL);
}

static enum rc check(const char *text, const struct jose_key *key, const char *orgnr, int64_t now)
{
	err = (struct err){ 0 };
	return jose_key_proof_check(text, strlen(text), key, orgnr, now, &err);
}

START_TEST(every_kind_of_key_can_prove_itself)
{
	static const struct {
		const char *kind;
		enum jose_alg alg;
	} kinds[] = { { "RSA-2048", JOSE_PS256 },
		      { "RSA-2048", JOSE_RS256 },
		      { "P-256", JOSE_ES256 },
		      { "P-384", JOSE_ES384 } };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct jose_key *key = fx_key(kinds[i].kind, NULL), *public = fx_public(key);
		char *text = proof_of(key, kinds[i].alg, ORGNR, NOW);

		ck_assert_msg(check(text, public, ORGNR, NOW) == RC_OK, "%s", err.text);
		ck_assert_int_eq(check(text, public, "310000078", NOW), RC_INVALID);
		ck_assert_str_eq(err.code, "key-proof-organisation");
		free(text);
		jose_key_free(public);
		jose_key_free(key);
	}
}
END_TEST

START_TEST(only_with_an_algorithm_of_the_key)
{
	struct jose_key *key = fx_key("P-256", NULL), *public = fx_public(key);
	struct buf out = buf_capped(8192);

	ck_assert_int_eq(jose_key_proof_make(key, JOSE_PS256, ORGNR, NOW, &out, &err), RC_INVALID);
	ck_assert_int_eq(jose_key_proof_make(public, JOSE_ES256, ORGNR, NOW, &out, &err),
			 RC_INVALID);
	buf_release(&out);
	jose_key_free(public);
	jose_key_free(key);
}
END_TEST

START_TEST(not_for_another_key)
{
	struct jose_key *key = fx_key("P-256", NULL), *other = fx_key("P-256", NULL);
	char *text = proof_of(key, JOSE_ES256, ORGNR, NOW);

	ck_assert_int_eq(check(text, other, ORGNR, NOW), RC_INVALID);
	ck_assert_str_eq(err.code, "key-proof-signature");
	free(text);
	jose_key_free(other);
	jose_key_free(key);
}
END_TEST

START_TEST(days_to_the_millisecond)
{
	struct jose_key *key = fx_key("P-256", NULL);
	int64_t midnight = NOW - NOW % DAY; /* of the proof's day */
	char *text = proof_of(key, JOSE_ES256, ORGNR, NOW);

	ck_assert_int_eq(check(text, key, ORGNR, midnight - DAY - 1), RC_INVALID);
	ck_assert_str_eq(err.code, "key-proof-date");
	ck_assert_int_eq(check(text, key, ORGNR, midnight - DAY), RC_OK);
	ck_assert_int_eq(check(text, key, ORGNR, midnight + (JOSE_KEY_PROOF_DAYS + 1) * DAY - 1),
			 RC_OK);
	ck_assert_int_eq(check(text, key, ORGNR, midnight + (JOSE_KEY_PROOF_DAYS + 1) * DAY),
			 RC_INVALID);
	ck_assert_str_eq(err.code, "key-proof-date");
	free(text);
	jose_key_free(key);
}
END_TEST

#define GOOD_HEADER "{\"alg\":\"ES256\",\"typ\":\"varde-key+jws\"}"

/* %s is the thumbprint. */
static const struct {
	const char *header, *payload, *code;
} rows[] = {
	{ GOOD_HEADER,
	  "{\"organisation\":\"" ORGNR "\",\"date\":\"2026-11-18\",\"thumbprint\":\"%s\"}", NULL },
	{ "{\"alg\":\"ES256\",\"typ\":\"varde-key+jws\",\"kid\":\"mine\"}",
	  "{\"organisation\":\"" ORGNR "\",\"date\":\"2026-11-18\",\"thumbprint\":\"%s\"}", NULL },
	{ "{\"alg\":\"ES256\",\"typ\":\"varde+jws\",\"kid\":\"mine\"}",
	  "{\"organisation\":\"" ORGNR "\",\"date\":\"2026-11-18\",\"thumbprint\":\"%s\"}",
	  "key-proof-malformed" },
	{ "{\"alg\":\"ES256\"}",
	  "{\"organisation\":\"" ORGNR "\",\"date\":\"2026-11-18\",\"thumbprint\":\"%s\"}",
	  "key-proof-malformed" },
	{ "{\"alg\":\"ES256\",\"typ\":\"varde-key+jws\",\"crit\":[]}",
	  "{\"organisation\":\"" ORGNR "\",\"date\":\"2026-11-18\",\"thumbprint\":\"%s\"}",
	  "key-proof-malformed" },
	{ GOOD_HEADER, "{\"organisation\":\"" ORGNR "\",\"thumbprint\":\"%s\"}",
	  "key-proof-malformed" },
	{ GOOD_HEADER,
	  "{\"organisation\":\"" ORGNR
	  "\",\"date\":\"2026-11-18\",\"thumbprint\":\"%s\",\"more\":\"\"}",
	  "key-proof-malformed" },
	{ GOOD_HEADER,
	  "{\"organisation\":\"" ORGNR "\",\"organisation\":\"" ORGNR
	  "\",\"date\":\"2026-11-18\",\"thumbprint\":\"%s\"}",
	  "key-proof-malformed" },
	{ GOOD_HEADER,
	  "{\"organisation\":\"" ORGNR "\",\"date\":\"2026-11-18T00:00Z\",\"thumbprint\":\"%s\"}",
	  "key-proof-malformed" },
	{ GOOD_HEADER, "{\"organisation\":310000019,\"date\":\"2026-11-18\",\"thumbprint\":\"%s\"}",
	  "key-proof-malformed" },
	{ GOOD_HEADER,
	  "{\"organisation\":\"" ORGNR "\",\"date\":\"2026-11-18\",\"thumbprint\":\"%.10s\"}",
	  "key-proof-signature" },
	{ GOOD_HEADER, "[\"%s\"]", "key-proof-malformed" },
};

START_TEST(exactly_what_is_wanted)
{
	struct jose_key *key = fx_key("P-256", NULL);
	char payload[512], *text;
	enum rc rc;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(payload, sizeof(payload), rows[_i].payload, jose_key_thumbprint(key));
#pragma GCC diagnostic pop
	text = fx_sign(key, JOSE_ES256, rows[_i].header, payload);
	rc = check(text, key, ORGNR, NOW);
	ck_assert_msg((rc == RC_OK) == !rows[_i].code, "%s: %s", payload, err.text);
	if (rows[_i].code)
		ck_assert_str_eq(err.code, rows[_i].code);
	free(text);
	jose_key_free(key);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("key_proof");
	TCase *tc = tcase_create("key_proof");

	tcase_add_test(tc, every_kind_of_key_can_prove_itself);
	tcase_add_test(tc, only_with_an_algorithm_of_the_key);
	tcase_add_test(tc, not_for_another_key);
	tcase_add_test(tc, days_to_the_millisecond);
	tcase_add_loop_test(tc, exactly_what_is_wanted, 0, ARRAY_LEN(rows));
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
