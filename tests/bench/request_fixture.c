#include "request_fixture.h"

#include "bench.h"

#include "base/b64.h"
#include "base/clock.h"
#include "config/config.h"
#include "documents/documents.h"
#include "installation/installation.h"
#include "intake/intake.h"
#include "issuers/issuers.h"
#include "jose/jws.h"
#include "tenant/tenants.h"

#include <sodium.h>

#define EXAMPLE VARDE_SCHEMA_DIR "/incident-report/examples/full-hf.json"
#define SCHEMA "incident-report/1.0"

static void must(enum rc rc, const char *what, const struct err *err)
{
	if (rc)
		bench_die(what, err);
}

/* The text is the caller's. */
static char *signed_text(const struct jose_key *key, json_t *header, const char *payload)
{
	struct buf out = buf_capped(1 << 20);
	struct err err = { 0 };

	must(jose_jws_sign_header(key, header, payload, strlen(payload), &out, &err), "sign", &err);
	json_decref(header);
	return buf_take(&out, NULL);
}

static char *signed_claims(const struct jose_key *key, json_t *header, json_t *claims)
{
	CLEANUP_FREE char *text = json_dumps(claims, JSON_COMPACT);

	json_decref(claims);
	return signed_text(key, header, text);
}

static struct jose_key *read_key(const struct fixture *f, const json_t *entry, const char *member)
{
	CLEANUP(buf_release) struct buf pem = buf_capped(16384);
	struct jose_key *key = NULL;
	struct err err = { 0 };
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", f->folder,
		 json_string_value(json_object_get(entry, member)));
	must(buf_read_file(&pem, path), path, NULL);
	must(jose_key_from_pem(pem.data, pem.len, JOSE_KEY_PRIVATE,
			       json_string_value(json_object_get(entry, "kid")), &key, &err),
	     path, &err);
	return key;
}

static const json_t *entry_of(const struct fixture *f, const char *list, const char *member,
			      const char *value)
{
	size_t i;
	json_t *entry;

	json_array_foreach(json_object_get(f->demo, list), i, entry)
	{
		if (!strcmp(json_string_value(json_object_get(entry, member)), value))
			return entry;
	}
	bench_die(value, NULL);
	return NULL;
}

/* A signed document of the demonstration's tenant that signs with this algorithm. */
static void make_document(struct fixture *f, struct subject *s)
{
	const json_t *tenant = entry_of(f, "tenants", "alg", s->alg);
	CLEANUP(jose_key_freep) struct jose_key *private = read_key(f, tenant, "signing_key");
	const char *kid = json_string_value(json_object_get(tenant, "kid"));
	json_t *payload;

	snprintf(s->orgnr, sizeof(s->orgnr), "%s",
		 json_string_value(json_object_get(tenant, "orgnr")));
	s->key = tenant_key_find(f->snapshot, kid)->key;
	s->type = documents_find(f->rulebook->documents, SCHEMA);
	s->document = json_load_file(EXAMPLE, 0, NULL);
	json_object_set_new(s->document, "organisation", json_pack("{ss}", "number", s->orgnr));
	payload = json_pack("{ss ss sI ss sO}", "iss", s->orgnr, "aud", f->config->service, "iat",
			    (json_int_t)(s->now_ms / 1000), "schema", SCHEMA, "document",
			    s->document);
	s->payload = json_dumps(payload, JSON_COMPACT);
	s->payload_len = strlen(s->payload);
	s->jws = signed_text(private,
			     json_pack("{ss ss ss}", "alg", s->alg, "kid", kid, "typ", "varde+jws"),
			     s->payload);
	s->jws_len = strlen(s->jws);
	json_decref(payload);
}

/* As HelseID's are, in the claims that are read here and in size. */
static json_t *helseid_claims(const struct subject *s, const char *iss, const char *aud)
{
	return json_pack(
		"{ss ss sI sI sI s[ss] ss ss ss ss s{ss}}", "iss", iss, "aud", aud, "iat",
		(json_int_t)(s->now_ms / 1000), "nbf", (json_int_t)(s->now_ms / 1000), "exp",
		(json_int_t)(s->now_ms / 1000 + 3000), "scope", "varde:submissions.write",
		"varde:reports.read", "client_id", "0b6ea2ae-70d6-4a2b-8a43-1f5c7d9f3d52", "jti",
		"6b2b0a0e3d0c4d57b7b6f1c1b4d1a9f2", "helseid://claims/client/client_name",
		"Kvalitetssystem for helseforetak", "helseid://claims/client/claims/orgnr_parent",
		s->orgnr, "cnf", "jkt", s->jkt);
}

static void make_token(struct fixture *f, struct subject *s, const char *issuer_kind,
		       const char *holder_kind)
{
	json_t *jwk = NULL, *set;
	CLEANUP_FREE char *text = NULL;
	struct err err = { 0 };

	s->issuer_key = bench_key(issuer_kind);
	s->holder = bench_key(holder_kind);
	must(jose_key_export(s->holder, &jwk, &err), "holder", &err);
	must(jose_jwk_thumbprint(jwk, s->jkt, &err), "thumbprint", &err);
	json_decref(jwk);
	must(jose_key_export(s->issuer_key, &jwk, &err), "issuer", &err);
	set = json_pack("{s[o]}", "keys", jwk);
	text = json_dumps(set, 0);
	json_decref(set);
	must(jose_jwks_load(text, strlen(text), &s->jwks, &err), "jwks", &err);
	s->issuer = (struct jose_issuer){
		.name = "bench",
		.profile = JOSE_PROFILE_HELSEID,
		.iss = "https://helseid.example",
		.audience = "nhn:varde",
		.algs = JOSE_ALGS_ALL,
		.typs = JOSE_TYPS_ALL,
		.leeway_s = 10,
		.max_lifetime_s = 3600,
		.jwks = s->jwks,
	};
	s->token = signed_claims(s->issuer_key,
				 json_pack("{ss ss ss}", "alg", s->alg, "kid",
					   jose_key_kid(s->issuer_key), "typ", "at+jwt"),
				 helseid_claims(s, s->issuer.iss, s->issuer.audience));
	s->token_len = strlen(s->token);
	must(jose_token_verify(&s->issuer, 1, JOSE_SCHEME_DPOP, s->token, s->token_len, s->now_ms,
			       &s->verified, &err),
	     "token", &err);
	jose_token_cache_put(f->cache, 1, s->token, s->token_len, s->verified, s->now_ms);
}

static void make_proofs(const struct subject *s, const char *alg, const char *token,
			const char *base, char *ret[FIXTURE_PROOFS])
{
	CLEANUP(buf_release) struct buf ath = buf_capped(64);
	unsigned char digest[32];
	char jti[40], htu[512];
	json_t *jwk = NULL;

	crypto_hash_sha256(digest, (const unsigned char *)token, strlen(token));
	b64_encode(&ath, digest, sizeof(digest));
	snprintf(htu, sizeof(htu), "%s%s", base, FIXTURE_PATH);
	must(jose_key_export(s->holder, &jwk, NULL), "holder", NULL);
	for (int i = 0; i < FIXTURE_PROOFS; i++) {
		snprintf(jti, sizeof(jti), "c81d4e2e-bcf2-11e6-869b-%012d", i);
		ret[i] = signed_claims(
			s->holder,
			json_pack("{ss ss sO}", "typ", "dpop+jwt", "alg", alg, "jwk", jwk),
			json_pack("{ss ss ss sI ss}", "jti", jti, "htm", "POST", "htu", htu, "iat",
				  (json_int_t)(s->now_ms / 1000), "ath", buf_text(&ath)));
	}
	json_decref(jwk);
}

/* A token of one of the demonstration's own issuers, as the intake will see it. */
static void make_entrance(struct fixture *f, const struct subject *s, bool bound,
			  struct entrance *ret)
{
	const json_t *issuer =
		entry_of(f, "issuers", "profile", bound ? "helseid" : "maskinporten");
	CLEANUP(jose_key_freep) struct jose_key *key = read_key(f, issuer, "private_key");
	json_t *header = json_pack("{sO sO ss}", "alg", json_object_get(issuer, "alg"), "kid",
				   json_object_get(issuer, "kid"), "typ", "at+jwt");
	json_t *claims = helseid_claims(s, json_string_value(json_object_get(issuer, "issuer")),
					f->config->service);
	CLEANUP_FREE char *token = NULL;
	char consumer[16];

	snprintf(consumer, sizeof(consumer), "0192:%s", s->orgnr);
	if (!bound) {
		json_object_del(claims, "cnf");
		json_object_set_new(
			claims, "consumer",
			json_pack("{ss ss}", "authority", "iso6523-actorid-upis", "ID", consumer));
	}
	token = signed_claims(key, header, claims);
	*ret = (struct entrance){ .now_ms = s->now_ms, .intake = f->intake };
	if (asprintf(&ret->authorization, "%s %s", bound ? "DPoP" : "Bearer", token) < 0)
		bench_die("memory", NULL);
	if (bound)
		make_proofs(s, "ES256", token, f->config->external_url, ret->proofs);
}

static void entrance_release(struct entrance *e)
{
	free(e->authorization);
	for (size_t n = 0; n < FIXTURE_PROOFS; n++)
		free(e->proofs[n]);
}

/* Who sends the document, found once through the front door. */
static void make_caller(struct fixture *f, struct subject *s)
{
	struct intake_credentials credentials = { .method = "POST", .path = FIXTURE_PATH };
	struct refusal refusal = { 0 };
	struct entrance e;

	make_entrance(f, s, false, &e);
	credentials.authorization = e.authorization;
	if (intake_authenticate(f->intake, &credentials, "varde:submissions.write", s->now_ms,
				&s->caller, &refusal))
		bench_die(refusal.reason ? refusal.reason : refusal.code, NULL);
	entrance_release(&e);
}

static void open_installation(struct fixture *f)
{
	struct err err = { 0 };
	char path[4096];

	snprintf(path, sizeof(path), "%s/demo.json", f->folder);
	f->demo = json_load_file(path, 0, NULL);
	snprintf(path, sizeof(path), "%s/varde.conf", f->folder);
	must(config_load(path, &f->config, &err), path, &err);
	must(installation_open(f->config, &f->in, &err), "installation", &err);
	must(issuers_new(f->config, clock_now_ms(), &f->issuers, &err), "issuers", &err);
	must(intake_new(f->in, f->issuers, &f->intake, &err), "intake", &err);
	must(jose_token_cache_new(64, &f->cache, &err), "cache", &err);
	f->snapshot = tenants_hold(f->in->tenants);
	f->rulebook = rulebooks_hold(f->in->rulebooks);
}

struct fixture *fixture_new(const char *folder)
{
	static const char *const kinds[FIXTURE_SUBJECTS][4] = {
		/* alg, issuer's key, DPoP key, alg of the proofs */
		{ "RS256", "RSA-2048", "P-256", "ES256" },
		{ "PS256", "RSA-2048", "RSA-2048", "PS256" },
		{ "ES256", "P-256", "P-256", "ES256" },
		{ "ES384", "P-384", "P-384", "ES384" },
	};
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		bench_die("memory", NULL);
	f->folder = strdup(folder);
	open_installation(f);
	for (size_t i = 0; i < FIXTURE_SUBJECTS; i++) {
		struct subject *s = &f->subjects[i];

		snprintf(s->alg, sizeof(s->alg), "%s", kinds[i][0]);
		s->now_ms = clock_now_ms();
		s->in = f->in;
		s->rulebook = f->rulebook;
		s->intake = f->intake;
		make_document(f, s);
		make_token(f, s, kinds[i][1], kinds[i][2]);
		make_proofs(s, kinds[i][3], s->token, FIXTURE_URL, s->proofs);
		make_caller(f, s);
		must(jose_replay_new(65536, &s->many, NULL), "set", NULL);
	}
	make_entrance(f, fixture_subject(f, "ES256"), true, &f->helseid);
	make_entrance(f, fixture_subject(f, "ES256"), false, &f->maskinporten);
	return f;
}

void fixture_free(struct fixture *f)
{
	for (size_t i = 0; i < FIXTURE_SUBJECTS; i++) {
		struct subject *s = &f->subjects[i];

		intake_caller_release(&s->caller);
		json_decref(s->document);
		jose_token_free(s->verified);
		jose_jwks_free(s->jwks);
		jose_key_free(s->issuer_key);
		jose_key_free(s->holder);
		jose_replay_free(s->used);
		jose_replay_free(s->many);
		for (size_t n = 0; n < FIXTURE_PROOFS; n++)
			free(s->proofs[n]);
		free(s->payload);
		free(s->jws);
		free(s->token);
	}
	entrance_release(&f->helseid);
	entrance_release(&f->maskinporten);
	rulebook_drop(f->rulebook);
	tenant_snapshot_drop(f->snapshot);
	jose_token_cache_free(f->cache);
	intake_free(f->intake);
	issuers_free(f->issuers);
	installation_close(f->in);
	config_free(f->config);
	json_decref(f->demo);
	free(f->folder);
	free(f);
}

struct subject *fixture_subject(struct fixture *f, const char *alg)
{
	for (size_t i = 0; i < FIXTURE_SUBJECTS; i++)
		if (!strcmp(f->subjects[i].alg, alg))
			return &f->subjects[i];
	bench_die(alg, NULL);
	return NULL;
}
