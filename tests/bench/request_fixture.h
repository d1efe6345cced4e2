/* What bench_request measures on: a demonstration installation opened in this process,
 * and for each algorithm a tenant's signed document, an access token and proofs. */
#ifndef VARDE_TESTS_REQUEST_FIXTURE_H
#define VARDE_TESTS_REQUEST_FIXTURE_H

#include "intake/caller.h"
#include "jose/jwks.h"
#include "jose/replay.h"
#include "jose/token_cache.h"

#include <jansson.h>

#define FIXTURE_URL "https://varde.example"
#define FIXTURE_PATH "/v1/submissions"
#define FIXTURE_PROOFS 1024
#define FIXTURE_SUBJECTS 4

struct document_type;
struct installation;
struct intake;

/* One algorithm: a tenant of the demonstration whose key it is, an issuer and a DPoP
 * key of the fixture's own. */
struct subject {
	char alg[8], orgnr[10];
	int64_t now_ms;
	struct installation *in; /* the fixture's, as the next three */
	struct rulebook *rulebook;
	struct intake *intake;
	const struct document_type *type;

	json_t *document;
	char *payload, *jws;
	size_t payload_len, jws_len;
	const struct jose_key *key; /* the register's */

	struct jose_key *issuer_key, *holder;
	struct jose_jwks *jwks;
	struct jose_issuer issuer;
	char *token;
	size_t token_len;
	struct jose_token *verified;
	char jkt[JOSE_THUMBPRINT_SIZE];
	char *proofs[FIXTURE_PROOFS];
	size_t proof_next;
	struct jose_replay *used, *many;
	int64_t count;

	struct intake_caller caller; /* who sends the document */
};

/* What a request carries that comes through the front door: a token of one of the
 * demonstration's own issuers, and proofs where it is bound. */
struct entrance {
	char *authorization;
	char *proofs[FIXTURE_PROOFS]; /* NULL: a bearer token */
	size_t proof_next;
	int64_t now_ms;
	struct intake *intake;
};

struct fixture {
	struct config *config;
	struct installation *in;
	struct issuers *issuers;
	struct intake *intake;
	struct tenant_snapshot *snapshot;
	struct rulebook *rulebook;
	struct jose_token_cache *cache; /* holds every subject's token */
	json_t *demo;
	char *folder;
	struct subject subjects[FIXTURE_SUBJECTS]; /* RS256, PS256, ES256, ES384 */
	struct entrance helseid, maskinporten;     /* of the ES256 tenant */
};

/* Of a fresh demonstration folder; ends the program where anything is missing. */
struct fixture *fixture_new(const char *folder);
void fixture_free(struct fixture *f);
struct subject *fixture_subject(struct fixture *f, const char *alg);

#endif
