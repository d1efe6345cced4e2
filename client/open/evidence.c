#include "open/evidence.h"

#include "jose/jwk.h"
#include "jose/jws.h"
#include "seal/dropped.h"
#include "json/strict.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define KEYRING_MAX 100000

struct ring_key {
	char *kid, *owner;
	int64_t valid_from_ms, valid_to_ms, revoked_at_ms;
	struct jose_key *key;
};

struct keyring {
	struct ring_key *list;
	size_t len, size;
};

enum rc keyring_new(struct keyring **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? RC_OK : RC_NOMEM;
}

static const struct ring_key *find(const struct keyring *ring, const char *kid)
{
	size_t i;

	for (i = 0; kid && i < ring->len; i++)
		if (strcmp(ring->list[i].kid, kid) == 0)
			return &ring->list[i];
	return NULL;
}

static enum rc grow(struct keyring *ring)
{
	size_t size = ring->size ? ring->size * 2 : 16;
	struct ring_key *list;

	if (ring->len < ring->size)
		return RC_OK;
	if (ring->len >= KEYRING_MAX)
		return RC_LIMIT;
	list = realloc(ring->list, size * sizeof(*list));
	if (!list)
		return RC_NOMEM;
	ring->list = list;
	ring->size = size;
	return RC_OK;
}

enum rc keyring_add(struct keyring *ring, const struct export_key *key, struct err *reterr)
{
	CLEANUP(jose_key_freep) struct jose_key *parsed = NULL;
	CLEANUP_FREE char *kid = strdup(key->kid);
	CLEANUP_FREE char *owner = strdup(key->owner);
	enum rc rc = grow(ring);

	if (!rc && (!kid || !owner))
		rc = RC_NOMEM;
	if (rc)
		return err_set(reterr, rc, "no-memory", NULL, "no room for a key");
	if (find(ring, key->kid))
		return err_set(reterr, RC_CONFLICT, "key-duplicate", NULL,
			       "a kid stands for two keys");
	rc = jose_key_from_jwk(key->jwk, JOSE_KEY_CHECK, &parsed, reterr);
	if (rc)
		return rc;
	ring->list[ring->len++] =
		(struct ring_key){ TAKE_PTR(kid),    TAKE_PTR(owner),    key->valid_from_ms,
				   key->valid_to_ms, key->revoked_at_ms, TAKE_PTR(parsed) };
	return RC_OK;
}

void keyring_free(struct keyring *ring)
{
	size_t i;

	for (i = 0; i < ring->len; i++) {
		free(ring->list[i].kid);
		free(ring->list[i].owner);
		jose_key_free(ring->list[i].key);
	}
	free(ring->list);
	free(ring);
}

void evidence_release(struct evidence *e)
{
	json_decref(e->payload);
	e->payload = NULL;
	e->document = NULL;
}

static bool same_text(const json_t *object, const char *name, const char *text)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value && strcmp(value, text) == 0;
}

/* Reviews count their own revisions; a document that counts none is judged by
 * the rest. */
static bool same_revision(const json_t *document, int64_t revision)
{
	const json_t *value = json_object_get(document, "review_revision");

	if (!value)
		value = json_object_get(document, "revision");
	return !value || (json_is_integer(value) && json_integer_value(value) == revision);
}

static bool same_context(const struct evidence *e, const char *tenant,
			 const struct seal_item_context *context)
{
	return same_text(e->payload, "iss", tenant) &&
	       same_text(e->payload, "schema", context->schema) &&
	       same_text(e->document, "report_id", context->report_id) &&
	       same_revision(e->document, context->revision);
}

static bool same_digest(const struct buf *jws, const unsigned char *digest)
{
	unsigned char right[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(right, (const unsigned char *)buf_text(jws), jws->len);
	return memcmp(right, digest, sizeof(right)) == 0;
}

static bool in_force(const struct ring_key *key, const json_t *payload)
{
	json_int_t iat = json_integer_value(json_object_get(payload, "iat"));

	if (iat <= 0 || iat > INT64_MAX / 1000)
		return false;
	iat *= 1000;
	return iat >= key->valid_from_ms && (!key->valid_to_ms || iat < key->valid_to_ms) &&
	       (!key->revoked_at_ms || iat < key->revoked_at_ms);
}

/* Sets the signature's three members. */
static enum rc judge_signature(const struct keyring *ring, const struct jose_jws *jws,
			       struct evidence *e)
{
	const struct ring_key *key = find(ring, jws->kid);
	enum rc rc;

	snprintf(e->kid, sizeof(e->kid), "%s", jws->kid ? jws->kid : "");
	e->signature = SIGNATURE_KEY_UNKNOWN;
	if (!key)
		return RC_OK;
	rc = jose_jws_verify(jws, key->key, JOSE_ALGS_ALL, NULL);
	if (rc == RC_NOMEM)
		return rc;
	e->signature = rc ? SIGNATURE_INVALID : SIGNATURE_VALID;
	e->key_owner = key->owner;
	e->key_in_force = in_force(key, e->payload);
	return RC_OK;
}

enum rc evidence_read(const struct keyring *ring, const char *tenant,
		      const struct export_item *item, const struct buf *text, struct evidence *ret,
		      struct err *reterr)
{
	CLEANUP(jose_jws_release) struct jose_jws jws = { 0 };
	CLEANUP(evidence_release) struct evidence e = { 0 };
	enum rc rc;

	if (seal_is_dropped(buf_text(text), text->len))
		return err_set(reterr, RC_FORBIDDEN, EVIDENCE_DROPPED, "item",
			       "the person has reserved: the document was not kept");
	rc = jose_jws_parse(buf_text(text), text->len, &jose_report_rules, &jws, NULL);
	if (!rc)
		rc = json_strict_load(buf_text(&jws.payload), jws.payload.len,
				      JSON_INTAKE_DEPTH + 1, &e.payload, NULL);
	e.document = json_object_get(e.payload, "document");
	if (!rc && !json_is_object(e.document))
		rc = RC_INVALID;
	if (!rc)
		rc = judge_signature(ring, &jws, &e);
	if (rc)
		return err_set(reterr, rc, rc == RC_NOMEM ? "no-memory" : "payload-malformed",
			       "item", "what was sealed is not a signed document");
	e.digest_matches = same_digest(text, item->digest);
	e.context_matches = same_context(&e, tenant, &item->context);
	*ret = e;
	e.payload = NULL;
	return RC_OK;
}
