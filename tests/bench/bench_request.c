/* What a verified request costs, in microseconds of CPU, part by part:
 *
 *   vardectl demo DIR && bench_request DIR [SECONDS_PER_ROW]
 *
 * DIR is a fresh demonstration folder on the disk to be measured; no daemon runs on
 * it. First each part alone, by algorithm where there are several; then what the
 * parts come to for typical requests, with their shares, and beside it the same
 * steps as the intake takes them (intake_authenticate, intake_read), so that what
 * no row accounts for shows. HTTP, the queue and the wait for fsync are not in it:
 * tests/bench/intake measures a whole daemon. Prints; asserts nothing. */
#include "bench.h"
#include "request_filing.h"
#include "request_fixture.h"

#include "base/clock.h"
#include "config/config.h"
#include "documents/documents.h"
#include "installation/installation.h"
#include "intake/caller.h"
#include "intake/intake.h"
#include "jose/dpop.h"
#include "jose/jws.h"
#include "jose/token_cache.h"
#include "minimise/minimise.h"
#include "rules/check.h"
#include "schema/schema.h"
#include "tenant/tenants.h"
#include "json/strict.h"

#include <sodium.h>

static struct jose_token_cache *cache;

/* --- the parts: each an operation on a subject ------------------------------------- */

static bool token_uncached(void *arg)
{
	struct subject *s = arg;
	struct jose_token *token = NULL;
	bool ok = !jose_token_verify(&s->issuer, 1, JOSE_SCHEME_DPOP, s->token, s->token_len,
				     s->now_ms, &token, NULL);

	jose_token_free(token);
	return ok;
}

static bool token_cached(void *arg)
{
	struct subject *s = arg;
	struct jose_token *token =
		jose_token_cache_get(cache, 1, JOSE_SCHEME_DPOP, s->token, s->token_len, s->now_ms);
	bool ok = token != NULL;

	jose_token_free(token);
	return ok;
}

/* Each proof once; a used-up store of them begins anew with an empty set. */
static bool proof(void *arg)
{
	struct subject *s = arg;
	const struct jose_dpop_rules rules = JOSE_DPOP_RULES(FIXTURE_URL);
	const struct jose_dpop_request request = { s->verified, s->token, s->token_len, "POST",
						   FIXTURE_PATH };
	const char *text;

	if (s->proof_next == FIXTURE_PROOFS) {
		jose_replay_free(s->used);
		s->used = NULL;
		s->proof_next = 0;
	}
	if (!s->used && jose_replay_new(FIXTURE_PROOFS * 4, &s->used, NULL))
		return false;
	text = s->proofs[s->proof_next++];
	return !jose_dpop_check(&rules, &request, text, strlen(text), s->used, s->now_ms, NULL,
				NULL);
}

static bool jti(void *arg)
{
	struct subject *s = arg;
	char text[40], owner[16];

	snprintf(text, sizeof(text), "%036lld", (long long)++s->count);
	snprintf(owner, sizeof(owner), "%d", (int)(s->count % 64)); /* no one's share fills */
	/* Forgotten a second later: about a thousand are remembered throughout. */
	return !jose_replay_use(s->many, owner, s->jkt, text, s->now_ms / 1000,
				s->now_ms + s->count + 1000, s->now_ms + s->count);
}

static bool jws(void *arg)
{
	struct subject *s = arg;
	CLEANUP(jose_jws_release) struct jose_jws parsed = { 0 };

	return !jose_jws_parse(s->jws, s->jws_len, &jose_report_rules, &parsed, NULL) &&
	       !jose_jws_verify(&parsed, s->key, JOSE_ALGS_ALL, NULL);
}

static bool json_load(void *arg)
{
	struct subject *s = arg;
	json_t *value = NULL;
	bool ok = !json_strict_load(s->payload, s->payload_len, JSON_INTAKE_DEPTH, &value, NULL);

	json_decref(value);
	return ok;
}

static bool schema(void *arg)
{
	static const struct schema_options options = { .assert_formats = true };
	struct subject *s = arg;
	struct findings findings = { 0 };
	bool ok = !schema_check(s->type->schema, s->document, &options, &findings);

	findings_release(&findings);
	return ok;
}

static bool rules(void *arg)
{
	struct subject *s = arg;
	struct findings findings = { 0 };
	const struct rules_context context = {
		.phase = RULES_PHASE_TEST,
		.owner = s->orgnr,
		.now_ms = s->now_ms,
		.person_numbers_2032_from = clock_days(2032, 1, 1),
		.marks = s->type->marks,
		.codes = s->rulebook->codes,
	};

	rules_check(s->rulebook->rules, &context, s->type->kind, s->document, &findings);
	findings_release(&findings);
	return !findings.failed;
}

static int append(const char *bytes, size_t n, void *out)
{
	return buf_add(out, bytes, n) ? -1 : 0;
}

static bool split(void *arg)
{
	struct subject *s = arg;
	CLEANUP(buf_release) struct buf text = buf_capped(1 << 20);
	json_t *clear = NULL, *sealed = NULL;
	bool ok = !minimise_split(s->type->marks, s->document, &clear, &sealed) &&
		  !json_dump_callback(clear, append, &text, JSON_COMPACT);

	json_decref(clear);
	json_decref(sealed);
	return ok;
}

static bool sameness(void *arg)
{
	struct subject *s = arg;
	unsigned char key[MINIMISE_KEY_LEN], print[MINIMISE_FINGERPRINT_LEN], digest[32];

	installation_fingerprint_key(s->in, s->orgnr, key);
	crypto_hash_sha256(digest, (const unsigned char *)s->jws, s->jws_len);
	return !minimise_fingerprint(key, s->type->name, s->type->marks, s->document, print);
}

/* --- the same steps as the intake takes them ------------------------------------------ */

static bool authenticate(void *arg)
{
	struct entrance *e = arg;
	const struct intake_credentials credentials = {
		.authorization = e->authorization,
		.dpop = e->proofs[e->proof_next++ % FIXTURE_PROOFS],
		.method = "POST",
		.path = FIXTURE_PATH,
	};
	CLEANUP(intake_caller_release) struct intake_caller caller = { 0 };
	struct refusal refusal = { 0 };

	/* A proof that comes round again is refused at the very end, after the same work. */
	return !intake_authenticate(e->intake, &credentials, "varde:submissions.write", e->now_ms,
				    &caller, &refusal) ||
	       (refusal.reason && !strcmp(refusal.reason, "proof-replayed"));
}

static bool read_document(void *arg)
{
	struct subject *s = arg;
	struct intake_document *d = NULL;
	struct refusal refusal = { 0 };
	bool ok = !intake_read(s->intake, &s->caller, s->jws, s->jws_len, s->now_ms, &d, &refusal);

	intake_document_free(d);
	return ok;
}

/* --- the table --------------------------------------------------------------------------- */

enum part { TOKEN, PROOF, JTI, JWS, JSON, SCHEMA, RULES, SPLIT, SAMENESS, SEAL, STORE, PARTS };

static const char *const names[PARTS] = {
	"access token, cached",
	"DPoP proof",
	"  of it: used once",
	"signed document",
	"strict JSON",
	"schema",
	"rules",
	"split",
	"fingerprint and digest",
	"seal",
	"store",
};

static double seconds = 0.5;

static double row(const char *name, const char *variant, bool (*op)(void *), void *subject,
		  size_t items)
{
	double us = bench_measure(op, subject, seconds) / (double)items;

	printf("%-30s %-10s %9.1f\n", name, variant, us);
	fflush(stdout);
	return us;
}

/* The part for each of the algorithms that are taken there. */
static void by_algorithm(struct fixture *f, const char *name, bool (*op)(void *), size_t first,
			 double ret[FIXTURE_SUBJECTS])
{
	for (size_t i = first; i < FIXTURE_SUBJECTS; i++)
		ret[i] = row(name, f->subjects[i].alg, op, &f->subjects[i], 1);
}

static double filed(struct filing *f, const char *name, bool (*op)(void *), size_t n)
{
	double us;

	f->n = n;
	f->wall_us = f->commits = 0;
	us = row(name, n == 1 ? "alone" : "of 256", op, f, n);
	if (f->commits)
		printf("%-30s %-10s %9.0f us from begin to fsync\n", "", "",
		       (double)f->wall_us / (double)f->commits);
	return us;
}

/* A typical request: its parts with their shares, and beside those before the queue the
 * same steps as the intake takes them. */
static void request(const char *what, const double us[PARTS], double steps)
{
	double sum = 0, before = 0;

	for (int i = 0; i < PARTS; i++) {
		sum += i == JTI ? 0 : us[i];
		before += i == JTI || i >= SEAL ? 0 : us[i];
	}
	printf("\n%s: %.0f us\n", what, sum);
	for (int i = 0; i < PARTS; i++)
		if (us[i] > 0)
			printf("  %-30s %9.1f %5.1f %%\n", names[i], us[i], 100 * us[i] / sum);
	printf("  up to the queue: %.0f; as the intake takes these steps: %.0f\n", before, steps);
}

int main(int argc, char **argv)
{
	double token[FIXTURE_SUBJECTS], bound[FIXTURE_SUBJECTS], sign[FIXTURE_SUBJECTS],
		read[FIXTURE_SUBJECTS], alone[PARTS] = { 0 }, batch[PARTS], helseid, plain;
	struct fixture *f;
	struct subject *s;
	struct filing *filing;

	if (argc < 2 || sodium_init() < 0)
		return 2;
	if (argc > 2)
		seconds = strtod(argv[2], NULL);
	f = fixture_new(argv[1]);
	s = fixture_subject(f, "ES256");
	cache = f->cache;
	filing = filing_new(argv[1], s);
	printf("token %zu bytes; document %zu, signed %zu, clear part %zu, sealed %zu\n\n",
	       s->token_len, s->payload_len, s->jws_len, filing->clear.len, filing->sealed.len);
	printf("%-30s %-10s %9s\n", "part", "", "us of CPU");
	by_algorithm(f, "access token, not cached", token_uncached, 0, token);
	alone[TOKEN] = row(names[TOKEN], "", token_cached, s, 1);
	by_algorithm(f, names[PROOF], proof, 1, bound);
	alone[JTI] = row(names[JTI], "", jti, s, 1);
	by_algorithm(f, names[JWS], jws, 0, sign);
	alone[JSON] = row(names[JSON], "", json_load, s, 1);
	alone[SCHEMA] = row(names[SCHEMA], "", schema, s, 1);
	alone[RULES] = row(names[RULES], "", rules, s, 1);
	alone[SPLIT] = row(names[SPLIT], "", split, s, 1);
	alone[SAMENESS] = row(names[SAMENESS], "", sameness, s, 1);
	memcpy(batch, alone, sizeof(batch));
	alone[SEAL] = filed(filing, names[SEAL], filing_seal, 1);
	batch[SEAL] = filed(filing, names[SEAL], filing_seal, FILING_GROUP);
	alone[STORE] = filed(filing, names[STORE], filing_store, 1);
	batch[STORE] = filed(filing, names[STORE], filing_store, FILING_GROUP);
	helseid = row("intake_authenticate", "DPoP", authenticate, &f->helseid, 1);
	plain = row("intake_authenticate", "Bearer", authenticate, &f->maskinporten, 1);
	by_algorithm(f, "intake_read", read_document, 0, read);

	alone[PROOF] = bound[2];
	alone[JWS] = sign[1];
	request("One report alone: HelseID, proof ES256, document PS256", alone, helseid + read[1]);
	alone[JWS] = sign[2];
	request("The same with the document in ES256", alone, helseid + read[2]);
	batch[TOKEN] /= FILING_GROUP;
	batch[JTI] = 0;
	batch[JWS] = sign[1];
	request("A report of a batch of 256: Maskinporten, document PS256", batch,
		plain / FILING_GROUP + read[1]);
	filing_free(filing);
	fixture_free(f);
	return 0;
}
