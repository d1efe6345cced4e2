/* Access tokens: every claim wrong in every way, one at a time. */
#include "jose_fixture.h"

#include "jose/claims.h"
#include "jose/token.h"
#include "json/strict.h"

#define NOW ((int64_t)1795300000)
#define PARENT "helseid://claims/client/claims/orgnr_parent"
#define CHILD "helseid://claims/client/claims/orgnr_child"
#define SUPPLIER "helseid://claims/client/claims/orgnr_supplier"
#define JKT "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" /* RFC 9449 section 6.1 */

static struct jose_key *mp_key, *hid_key, *stranger;
static struct jose_jwks *mp_set, *hid_set;
static struct jose_issuer issuers[2];

static struct jose_jwks *set_of(struct jose_key *key)
{
	CLEANUP_FREE char *text = fx_jwks_text(&key, 1);
	struct jose_jwks *set = NULL;

	ck_assert_int_eq(jose_jwks_load(text, strlen(text), &set, NULL), RC_OK);
	return set;
}

static void set_up(void)
{
	mp_key = fx_key("RSA-2048", "mp-1");
	hid_key = fx_key("P-256", "hid-1");
	stranger = fx_key("P-256", "hid-1");
	mp_set = set_of(mp_key);
	hid_set = set_of(hid_key);
	issuers[0] = (struct jose_issuer){
		.name = "maskinporten",
		.profile = JOSE_PROFILE_MASKINPORTEN,
		.iss = "https://maskinporten.example/",
		.audience = "https://varde.example",
		.algs = JOSE_RS256,
		.typs = JOSE_TYPS_ALL,
		.leeway_s = 5,
		.max_lifetime_s = 600,
		.jwks = mp_set,
	};
	issuers[1] = (struct jose_issuer){
		.name = "helseid",
		.profile = JOSE_PROFILE_HELSEID,
		.iss = "https://helseid.example",
		.audience = "fhi:varde",
		.algs = JOSE_PS256 | JOSE_ES256,
		.typs = JOSE_TYPS_ALL,
		.leeway_s = 5,
		.max_lifetime_s = 600,
		.jwks = hid_set,
	};
}

static void tear_down(void)
{
	jose_jwks_free(mp_set);
	jose_jwks_free(hid_set);
	jose_key_free(mp_key);
	jose_key_free(hid_key);
	jose_key_free(stranger);
}

static json_t *mp_claims(void)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:s, s:s, s:s, s:{s:s, s:s}, s:{s:s, s:s}}", "iss",
			 "https://maskinporten.example/", "aud", "https://varde.example", "exp",
			 NOW + 120, "iat", NOW, "scope",
			 "varde:submissions.write varde:reports.read", "client_id", "c-1", "jti",
			 "j-1", "consumer", "authority", "iso6523-actorid-upis", "ID",
			 "0192:999888777", "supplier", "authority", "iso6523-actorid-upis", "ID",
			 "0192:111222333");
}

static json_t *hid_claims(void)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:[s, s], s:s, s:s, s:s, s:s, s:s, s:{s:s}}",
			 "iss", "https://helseid.example", "aud", "fhi:varde", "exp", NOW + 120,
			 "iat", NOW, "nbf", NOW, "scope", "varde:submissions.write",
			 "varde:reports.read", "client_id", "c-2", "jti", "j-2", PARENT,
			 "999888777", CHILD, "999888778", SUPPLIER, "111222333", "cnf", "jkt", JKT);
}

#define MP_HEADER "{\"kid\":\"mp-1\",\"alg\":\"RS256\"}"
#define HID_HEADER "{\"alg\":\"ES256\",\"kid\":\"hid-1\",\"typ\":\"at+jwt\",\"x5t\":\"AA\"}"

static char *token_of(bool helseid, const json_t *claims)
{
	CLEANUP_FREE char *payload = json_dumps(claims, 0);

	return helseid ? fx_sign(hid_key, JOSE_ES256, HID_HEADER, payload)
		       : fx_sign(mp_key, JOSE_RS256, MP_HEADER, payload);
}

static enum rc verify(bool dpop, const char *text, struct jose_token **ret, struct err *err)
{
	return jose_token_verify(issuers, ARRAY_LEN(issuers),
				 dpop ? JOSE_SCHEME_DPOP : JOSE_SCHEME_BEARER, text, strlen(text),
				 NOW * 1000, ret, err);
}

START_TEST(sound_tokens)
{
	CLEANUP(jose_token_freep) struct jose_token *mp = NULL;
	CLEANUP(jose_token_freep) struct jose_token *hid = NULL;
	json_t *a = mp_claims(), *b = hid_claims();
	CLEANUP_FREE char *mp_text = token_of(false, a);
	CLEANUP_FREE char *hid_text = token_of(true, b);
	struct err err = { 0 };

	ck_assert_msg(verify(false, mp_text, &mp, &err) == RC_OK, "%s", err.text);
	ck_assert_int_eq(jose_token_scheme(mp), JOSE_SCHEME_BEARER);
	ck_assert_str_eq(jose_token_issuer(mp), "maskinporten");
	ck_assert_str_eq(jose_token_tenant(mp), "999888777");
	ck_assert_str_eq(jose_token_supplier(mp), "111222333");
	ck_assert_str_eq(jose_token_client_id(mp), "c-1");
	ck_assert_str_eq(jose_token_jti(mp), "j-1");
	ck_assert_str_eq(jose_token_jkt(mp), "");
	ck_assert_int_eq(jose_token_expires_s(mp), NOW + 120);
	ck_assert_int_eq(jose_token_usable_until_s(mp), NOW + 125);
	ck_assert(jose_token_has_scope(mp, "varde:submissions.write"));
	ck_assert(jose_token_has_scope(mp, "varde:reports.read"));
	ck_assert(!jose_token_has_scope(mp, "varde:reports.rea"));
	ck_assert(!jose_token_has_scope(mp, "Varde:reports.read"));
	ck_assert(!jose_token_has_scope(mp, ""));

	ck_assert_msg(verify(true, hid_text, &hid, &err) == RC_OK, "%s", err.text);
	ck_assert_int_eq(jose_token_scheme(hid), JOSE_SCHEME_DPOP);
	ck_assert_str_eq(jose_token_tenant(hid), "999888777");
	ck_assert_str_eq(jose_token_unit(hid), "999888778");
	ck_assert_str_eq(jose_token_supplier(hid), "111222333");
	ck_assert_str_eq(jose_token_jkt(hid), JKT);
	ck_assert(jose_token_has_scope(hid, "varde:reports.read"));
	ck_assert(!jose_token_has_scope(hid, "varde:reports.readall"));
	json_decref(a);
	json_decref(b);
}
END_TEST

/* Neither kind is taken in the other's place. */
START_TEST(the_scheme_follows_the_profile)
{
	struct jose_token *token = NULL;
	json_t *a = mp_claims(), *b = hid_claims();
	CLEANUP_FREE char *mp_text = token_of(false, a);
	CLEANUP_FREE char *hid_text = token_of(true, b);
	struct err err = { 0 };

	ck_assert_int_ne(verify(true, mp_text, &token, &err), RC_OK);
	ck_assert_str_eq(err.code, "invalid-token");
	ck_assert_int_ne(verify(false, hid_text, &token, &err), RC_OK);
	ck_assert_str_eq(err.code, "invalid-token");
	ck_assert_ptr_null(token);
	json_decref(a);
	json_decref(b);
}
END_TEST

#define TOKEN "invalid-token"
#define TENANT "unknown-tenant"

/* One claim changed (NULL takes it away); NULL code: still taken. */
static const struct {
	bool helseid;
	const char *claim, *value, *code;
} rows[] = {
	{ false, "iss", "\"https://maskinporten.example\"", TOKEN },
	{ false, "iss", "\"https://Maskinporten.example/\"", TOKEN },
	{ false, "iss", "\"https://test.maskinporten.example/\"", TOKEN },
	{ false, "iss", "\"https://helseid.example\"", TOKEN },
	{ false, "iss", NULL, TOKEN },
	{ false, "iss", "[\"https://maskinporten.example/\"]", TOKEN },
	{ false, "aud", NULL, TOKEN },
	{ false, "aud", "7", TOKEN },
	{ false, "aud", "null", TOKEN },
	{ false, "aud", "\"unspecified\"", TOKEN },
	{ false, "aud", "\"https://varde.example/\"", TOKEN },
	{ false, "aud", "[]", TOKEN },
	{ false, "aud", "[[\"https://varde.example\"]]", TOKEN },
	{ false, "aud", "[\"https://varde.example\"]", NULL },
	{ false, "aud", "[\"https://varde.example\", \"https://other.example\"]", TOKEN },
	{ false, "aud", "[\"https://varde.example\", \"https://varde.example\"]", TOKEN },
	{ false, "exp", NULL, TOKEN },
	{ false, "exp", "\"1795300120\"", TOKEN },
	{ false, "exp", "1795300120.0", TOKEN },
	{ false, "exp", "1e10", TOKEN },
	{ false, "exp", "-1", TOKEN },
	{ false, "exp", "true", TOKEN },
	{ false, "exp", "9007199254740993", TOKEN },
	{ false, "exp", "9223372036854775807", TOKEN },
	{ false, "exp", "1795300600", NULL },
	{ false, "exp", "1795300601", TOKEN }, /* lives 601 s */
	{ false, "exp", "1795300000", TOKEN }, /* lives not at all */
	{ false, "iat", NULL, TOKEN },
	{ false, "iat", "\"1795300000\"", TOKEN },
	{ false, "iat", "1795300000.5", TOKEN },
	{ false, "iat", "-5", TOKEN },
	{ false, "iat", "1795300005", NULL },
	{ false, "iat", "1795300006", TOKEN },
	{ false, "nbf", "1795300005", NULL },
	{ false, "nbf", "1795300006", TOKEN },
	{ false, "nbf", "\"1795300000\"", TOKEN },
	{ false, "nbf", "1.0", TOKEN },
	{ false, "scope", NULL, NULL },
	{ false, "scope", "7", TOKEN },
	{ false, "scope", "[7]", TOKEN },
	{ false, "client_id", NULL, NULL },
	{ false, "client_id", "7", TOKEN },
	{ false, "jti", NULL, NULL },
	{ false, "jti", "{}", TOKEN },
	{ false, "cnf", "{\"jkt\":\"" JKT "\"}", TOKEN },
	{ false, "consumer", NULL, TENANT },
	{ false, "consumer", "\"0192:999888777\"", TENANT },
	{ false, "consumer", "{\"authority\":\"iso6523-actorid-upis\"}", TENANT },
	{ false, "consumer", "{\"ID\":\"0192:999888777\"}", TENANT },
	{ false, "consumer", "{\"authority\":\"other\",\"ID\":\"0192:999888777\"}", TENANT },
	{ false, "consumer", "{\"authority\":\"iso6523-actorid-upis\",\"ID\":\"999888777\"}",
	  TENANT },
	{ false, "consumer", "{\"authority\":\"iso6523-actorid-upis\",\"ID\":\"0193:999888777\"}",
	  TENANT },
	{ false, "consumer", "{\"authority\":\"iso6523-actorid-upis\",\"ID\":\"0192:99988877\"}",
	  TENANT },
	{ false, "consumer", "{\"authority\":\"iso6523-actorid-upis\",\"ID\":\"0192:9998887777\"}",
	  TENANT },
	{ false, "consumer", "{\"authority\":\"iso6523-actorid-upis\",\"ID\":\"0192:99988877x\"}",
	  TENANT },
	{ false, "consumer", "{\"authority\":\"iso6523-actorid-upis\",\"ID\":[\"0192:999888777\"]}",
	  TENANT },
	{ false, "supplier", NULL, NULL },
	{ false, "supplier", "\"x\"", TOKEN },
	{ true, "iss", "\"https://helseid.example/\"", TOKEN },
	{ true, "aud", "\"fhi:Varde\"", TOKEN },
	{ true, "nbf", NULL, NULL },
	{ true, "scope", "\"varde:submissions.write\"", NULL },
	{ true, "scope", "{}", TOKEN },
	{ true, PARENT, NULL, TENANT },
	{ true, PARENT, "999888777", TENANT },
	{ true, PARENT, "\"99988877\"", TENANT },
	{ true, PARENT, "\"9998887777\"", TENANT },
	{ true, PARENT, "\"99988877a\"", TENANT },
	{ true, PARENT, "[\"999888777\"]", TENANT },
	{ true, CHILD, NULL, NULL },
	{ true, CHILD, "\"x\"", TENANT },
	{ true, SUPPLIER, NULL, NULL },
	{ true, "cnf", NULL, TOKEN },
	{ true, "cnf", "\"" JKT "\"", TOKEN },
	{ true, "cnf", "{}", "invalid-dpop-proof" },
	{ true, "cnf", "{\"x5t#S256\":\"" JKT "\"}", "invalid-dpop-proof" },
	{ true, "cnf", "{\"jkt\":\"short\"}", "invalid-dpop-proof" },
	{ true, "cnf", "{\"jkt\":\"c2hvcnQ\"}", "invalid-dpop-proof" }, /* five bytes */
	{ true, "cnf", "{\"jkt\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4=\"}",
	  "invalid-dpop-proof" },
};

START_TEST(one_claim_changed)
{
	CLEANUP(jose_token_freep) struct jose_token *token = NULL;
	json_t *claims = rows[_i].helseid ? hid_claims() : mp_claims();
	CLEANUP_FREE char *text = NULL;
	struct err err = { 0 };
	enum rc rc;

	if (rows[_i].value)
		json_object_set_new(claims, rows[_i].claim,
				    json_loads(rows[_i].value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(claims, rows[_i].claim);
	text = token_of(rows[_i].helseid, claims);
	json_decref(claims);
	rc = verify(rows[_i].helseid, text, &token, &err);
	if (!rows[_i].code) {
		ck_assert_msg(rc == RC_OK, "%s %s: %s", rows[_i].claim, rows[_i].value, err.text);
		return;
	}
	ck_assert_msg(rc != RC_OK, "%s %s", rows[_i].claim, rows[_i].value);
	ck_assert_msg(!strcmp(err.code, rows[_i].code), "%s %s: %s", rows[_i].claim, rows[_i].value,
		      err.code);
	ck_assert_int_eq(rc == RC_FORBIDDEN, !strcmp(rows[_i].code, TENANT));
	ck_assert_ptr_null(token);
}
END_TEST

START_TEST(dates_are_integers_of_their_range)
{
	static const struct {
		const char *text;
		enum rc rc;
	} dates[] = {
		{ "{\"d\":0}", RC_OK },         { "{\"d\":9007199254740992}", RC_OK },
		{ "{\"d\":-1}", RC_INVALID },   { "{\"d\":9007199254740993}", RC_INVALID },
		{ "{\"d\":1.0}", RC_INVALID },  { "{\"d\":\"1\"}", RC_INVALID },
		{ "{\"d\":null}", RC_INVALID }, { "{}", RC_NOT_FOUND },
	};
	int64_t date;

	for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
		json_t *claims = json_loads(dates[i].text, 0, NULL);

		ck_assert_msg(jose_claim_date(claims, "d", &date) == dates[i].rc, "%s",
			      dates[i].text);
		json_decref(claims);
	}
}
END_TEST

START_TEST(expiry_with_leeway)
{
	json_t *claims = mp_claims();
	CLEANUP_FREE char *text = token_of(false, claims);
	struct jose_token *token = NULL;

	ck_assert_int_eq(jose_token_verify(issuers, 2, JOSE_SCHEME_BEARER, text, strlen(text),
					   (NOW + 125) * 1000 - 1, &token, NULL),
			 RC_OK);
	jose_token_free(token);
	ck_assert_int_eq(jose_token_verify(issuers, 2, JOSE_SCHEME_BEARER, text, strlen(text),
					   (NOW + 125) * 1000, &token, NULL),
			 RC_INVALID);
	json_decref(claims);
}
END_TEST

#define ID_CLAIMS "\"kid\":\"hid-1\",\"alg\":\"ES256\""

static const struct {
	const char *header;
	enum rc rc;
} header_rows[] = {
	{ "{" ID_CLAIMS ",\"typ\":\"at+jwt\"}", RC_OK },
	{ "{" ID_CLAIMS ",\"typ\":\"JWT\"}", RC_OK },
	{ "{\"alg\":\"ES256\",\"typ\":\"JWT\"}", RC_OK }, /* the issuer has one key */
	{ "{" ID_CLAIMS "}", RC_INVALID },
	{ "{" ID_CLAIMS ",\"typ\":\"jwt\"}", RC_INVALID },
	{ "{" ID_CLAIMS ",\"typ\":\"JWT+x\"}", RC_INVALID },
	{ "{" ID_CLAIMS ",\"typ\":\"id+jwt\"}", RC_INVALID },
	{ "{" ID_CLAIMS ",\"typ\":\"dpop+jwt\"}", RC_INVALID },
	{ "{" ID_CLAIMS ",\"typ\":\"varde+jws\"}", RC_INVALID },
	{ "{" ID_CLAIMS ",\"typ\":\"JWT\",\"crit\":[\"exp\"],\"exp\":1}", RC_INVALID },
	{ "{" ID_CLAIMS ",\"typ\":\"JWT\",\"jku\":\"https://a.example\"}", RC_INVALID },
	{ "{" ID_CLAIMS ",\"typ\":\"JWT\",\"x5u\":\"https://a.example\"}", RC_INVALID },
	{ "{" ID_CLAIMS ",\"typ\":\"JWT\",\"x5c\":[\"AAAA\"]}", RC_INVALID },
	{ "{" ID_CLAIMS ",\"typ\":\"JWT\",\"jwk\":{}}", RC_INVALID },
	{ "{" ID_CLAIMS ",\"typ\":\"JWT\",\"cty\":\"JWT\"}", RC_INVALID },
	{ "{" ID_CLAIMS ",\"typ\":\"JWT\",\"x5t\":1}", RC_INVALID },
	{ "{\"kid\":\"hid-2\",\"alg\":\"ES256\",\"typ\":\"JWT\"}", RC_NOT_FOUND },
	{ "{\"kid\":\"../hid-1\",\"alg\":\"ES256\",\"typ\":\"JWT\"}", RC_NOT_FOUND },
	{ "{\"kid\":\"' OR '1'='1\",\"alg\":\"ES256\",\"typ\":\"JWT\"}", RC_NOT_FOUND },
	{ "{\"kid\":\"hid-1\",\"alg\":\"none\",\"typ\":\"JWT\"}", RC_INVALID },
	{ "{\"kid\":\"hid-1\",\"alg\":\"RS256\",\"typ\":\"JWT\"}", RC_INVALID },
	{ "{\"kid\":\"hid-1\",\"alg\":\"ES384\",\"typ\":\"JWT\"}", RC_INVALID },
};

START_TEST(token_headers)
{
	CLEANUP(jose_token_freep) struct jose_token *token = NULL;
	json_t *claims = hid_claims();
	CLEANUP_FREE char *payload = json_dumps(claims, 0);
	CLEANUP_FREE char *text = fx_sign(hid_key, JOSE_ES256, header_rows[_i].header, payload);

	ck_assert_msg(verify(true, text, &token, NULL) == header_rows[_i].rc, "%s",
		      header_rows[_i].header);
	json_decref(claims);
}
END_TEST

START_TEST(the_issuers_key_and_algorithm)
{
	struct jose_token *token = NULL;
	struct err err = { 0 };
	json_t *a = hid_claims(), *b = mp_claims();
	CLEANUP_FREE char *hid_payload = json_dumps(a, 0);
	CLEANUP_FREE char *mp_payload = json_dumps(b, 0);
	CLEANUP_FREE char *forged = fx_sign(stranger, JOSE_ES256, HID_HEADER, hid_payload);
	/* The issuer is pinned to RS256 though its key could do PS256. */
	CLEANUP_FREE char *pss =
		fx_sign(mp_key, JOSE_PS256, "{\"kid\":\"mp-1\",\"alg\":\"PS256\"}", mp_payload);
	/* Two keys in the set and no kid: whose is it? */
	struct jose_key *const both[] = { hid_key, mp_key };
	CLEANUP_FREE char *two = fx_jwks_text(both, 2);
	CLEANUP_FREE char *nameless =
		fx_sign(hid_key, JOSE_ES256, "{\"alg\":\"ES256\",\"typ\":\"JWT\"}", hid_payload);
	struct jose_jwks *set = NULL;

	ck_assert_int_eq(verify(true, forged, &token, NULL), RC_INVALID);
	ck_assert_int_eq(verify(false, pss, &token, NULL), RC_INVALID);
	ck_assert_int_eq(jose_jwks_load(two, strlen(two), &set, NULL), RC_OK);
	issuers[1].jwks = set;
	ck_assert_int_eq(verify(true, nameless, &token, NULL), RC_NOT_FOUND);
	issuers[1].jwks = NULL; /* its keys were never fetched: nobody can tell */
	ck_assert_int_eq(verify(true, nameless, &token, &err), RC_BUSY);
	ck_assert_str_eq(err.code, "issuer-unavailable");
	ck_assert_int_eq(verify(false, pss, &token, NULL), RC_INVALID); /* not that scheme's */
	jose_jwks_free(set);
	json_decref(a);
	json_decref(b);
}
END_TEST

/* Two issuers that happen to use one kid are told apart by their keys. */
START_TEST(one_kid_two_issuers)
{
	CLEANUP(jose_token_freep) struct jose_token *token = NULL;
	struct jose_issuer pair[2] = { issuers[1], issuers[1] };
	struct jose_jwks *set = set_of(stranger);
	json_t *claims = hid_claims();
	CLEANUP_FREE char *text = token_of(true, claims);

	pair[0].jwks = set;
	pair[0].name = "other";
	ck_assert_int_eq(jose_token_verify(pair, 2, JOSE_SCHEME_DPOP, text, strlen(text),
					   NOW * 1000, &token, NULL),
			 RC_OK);
	ck_assert_str_eq(jose_token_issuer(token), "helseid");
	jose_jwks_free(set);
	json_decref(claims);
}
END_TEST

/* Each issuer is held to its own pins, the other's are no help. */
START_TEST(the_issuers_pins)
{
	CLEANUP(jose_token_freep) struct jose_token *token = NULL;
	json_t *claims = mp_claims(), *other = hid_claims();
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char *hid_text = token_of(true, other); /* at+jwt */
	CLEANUP_FREE char *payload = json_dumps(claims, 0);
	CLEANUP_FREE char *plain = token_of(false, claims); /* no typ */
	struct err err = { 0 };

	text = fx_sign(mp_key, JOSE_RS256, "{\"kid\":\"mp-1\",\"alg\":\"RS256\",\"typ\":\"JWT\"}",
		       payload);
	issuers[1].typs = JOSE_TYP_JWT;
	ck_assert_int_eq(verify(true, hid_text, &token, &err), RC_INVALID);
	ck_assert_str_eq(err.where, "typ");
	issuers[1].typs = JOSE_TYP_AT_JWT;
	issuers[0].typs = JOSE_TYP_AT_JWT;
	ck_assert_int_eq(verify(false, text, &token, &err), RC_INVALID);
	ck_assert_str_eq(err.where, "typ");
	ck_assert_int_eq(verify(false, plain, &token, NULL), RC_OK);
	jose_token_free(TAKE_PTR(token));
	ck_assert_int_eq(verify(true, hid_text, &token, NULL), RC_OK);
	issuers[0].typs = JOSE_TYP_JWT;
	jose_token_free(TAKE_PTR(token));
	ck_assert_int_eq(verify(false, text, &token, NULL), RC_OK);
	jose_token_free(TAKE_PTR(token));
	issuers[0].max_lifetime_s = 119;
	ck_assert_int_eq(verify(false, text, &token, &err), RC_INVALID);
	ck_assert_str_eq(err.where, "lifetime");
	ck_assert_int_eq(verify(true, hid_text, &token, NULL), RC_OK);
	ck_assert_uint_eq(jose_token_typ_from_name("at+jwt"), JOSE_TYP_AT_JWT);
	ck_assert_uint_eq(jose_token_typ_from_name("JWT"), JOSE_TYP_JWT);
	ck_assert_uint_eq(jose_token_typ_from_name("jwt"), 0);
	json_decref(claims);
	json_decref(other);
}
END_TEST

START_TEST(payloads_that_are_no_claims)
{
	static const char *const bad[] = { "",
					   "[]",
					   "7",
					   "null",
					   "{",
					   "{\"iss\":1,\"iss\":1}",
					   "{}{}",
					   "{\"a\":\"\\ud800\"}",
					   "{\"a\":\"\xff\"}",
					   "[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]" };
	struct jose_token *token = NULL;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP_FREE char *text = fx_sign(hid_key, JOSE_ES256, HID_HEADER, bad[i]);
		struct err err = { 0 };

		ck_assert_int_eq(verify(true, text, &token, &err), RC_INVALID);
		ck_assert_str_eq(err.code, "invalid-token");
	}
}
END_TEST

START_TEST(tokens_are_capped)
{
	CLEANUP(buf_release) struct buf text = buf_capped(1 << 20);
	struct jose_token *token = NULL;

	buf_adds(&text, "e30.");
	for (size_t i = 0; i < JOSE_TOKEN_MAX; i++)
		buf_addc(&text, 'A');
	buf_adds(&text, ".AAAA");
	ck_assert_int_eq(verify(true, buf_text(&text), &token, NULL), RC_INVALID);
	ck_assert_int_eq(verify(true, "", &token, NULL), RC_INVALID);
}
END_TEST

START_TEST(profiles_have_names)
{
	enum jose_profile profile;

	ck_assert_int_eq(jose_profile_from_name("helseid", &profile), RC_OK);
	ck_assert_int_eq(jose_profile_scheme(profile), JOSE_SCHEME_DPOP);
	ck_assert_int_eq(jose_profile_from_name("maskinporten", &profile), RC_OK);
	ck_assert_int_eq(jose_profile_scheme(profile), JOSE_SCHEME_BEARER);
	ck_assert_str_eq(jose_profile_name(profile), "maskinporten");
	ck_assert_int_eq(jose_profile_from_name("idporten", &profile), RC_INVALID);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("token");
	TCase *t = tcase_create("token");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, set_up, tear_down);
	tcase_add_test(t, sound_tokens);
	tcase_add_test(t, the_scheme_follows_the_profile);
	tcase_add_loop_test(t, one_claim_changed, 0, ARRAY_LEN(rows));
	tcase_add_test(t, dates_are_integers_of_their_range);
	tcase_add_test(t, expiry_with_leeway);
	tcase_add_loop_test(t, token_headers, 0, ARRAY_LEN(header_rows));
	tcase_add_test(t, the_issuers_key_and_algorithm);
	tcase_add_test(t, one_kid_two_issuers);
	tcase_add_test(t, the_issuers_pins);
	tcase_add_test(t, payloads_that_are_no_claims);
	tcase_add_test(t, tokens_are_capped);
	tcase_add_test(t, profiles_have_names);
	suite_add_tcase(s, t);
	return run_suite(s);
}
