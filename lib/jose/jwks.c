#include "jose/jwks.h"

#include "base/buf.h"
#include "jose/key.h"
#include "json/strict.h"

#include <stdlib.h>
#include <string.h>

struct jose_jwks {
	int owners;     /* atomic */
	size_t members; /* of the text, passed over or not */
	size_t len;
	struct jose_key *keys[JOSE_JWKS_MAX_KEYS];
};

struct jose_jwks *jose_jwks_ref(struct jose_jwks *set)
{
	__atomic_add_fetch(&set->owners, 1, __ATOMIC_RELAXED);
	return set;
}

void jose_jwks_free(struct jose_jwks *set)
{
	if (!set || __atomic_sub_fetch(&set->owners, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	for (size_t i = 0; i < set->len; i++)
		jose_key_free(set->keys[i]);
	free(set);
}

const struct jose_key *jose_jwks_find(const struct jose_jwks *set, const char *kid)
{
	if (!kid)
		return set->members == 1 && set->len == 1 ? set->keys[0] : NULL;
	for (size_t i = 0; i < set->len; i++)
		if (!strcmp(set->keys[i]->kid, kid))
			return set->keys[i];
	return NULL;
}

size_t jose_jwks_len(const struct jose_jwks *set)
{
	return set->len;
}

bool jose_jwks_same(const struct jose_jwks *a, const struct jose_jwks *b)
{
	if (a->members != b->members || a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++) {
		const struct jose_key *key = a->keys[i];
		const struct jose_key *other = jose_jwks_find(b, key->kid);

		if (!other || key->algs != other->algs ||
		    strcmp(key->thumbprint, other->thumbprint))
			return false;
	}
	return true;
}

static bool kids_are_distinct(const json_t *keys)
{
	for (size_t i = 0; i < json_array_size(keys); i++) {
		const char *kid =
			json_string_value(json_object_get(json_array_get(keys, i), "kid"));

		for (size_t j = 0; kid && j < i; j++) {
			const char *other =
				json_string_value(json_object_get(json_array_get(keys, j), "kid"));

			if (other && !strcmp(kid, other))
				return false;
		}
	}
	return true;
}

static enum rc add_key(struct jose_jwks *set, const json_t *jwk, size_t index, struct err *reterr)
{
	struct err why = { 0 };
	struct jose_key *key;
	enum rc rc = jose_key_from_jwk(jwk, 0, &key, &why);
	char where[32];

	if (rc == RC_UNSUPPORTED)
		return RC_OK;
	if (rc) {
		snprintf(where, sizeof(where), "/keys/%zu", index);
		return err_set(reterr, rc, why.code, where, "%s", why.text);
	}
	/* A key without kid goes by its thumbprint, which may meet a real kid. */
	if (jose_jwks_find(set, key->kid)) {
		jose_key_free(key);
		return err_set(reterr, RC_INVALID, "jwks-duplicate-kid", NULL,
			       "two keys have one kid");
	}
	set->keys[set->len++] = key;
	return RC_OK;
}

static enum rc build(const json_t *root, struct jose_jwks **ret, struct err *reterr)
{
	CLEANUP(jose_jwks_freep) struct jose_jwks *set = NULL;
	const json_t *keys = json_object_get(root, "keys");

	if (!json_is_array(keys))
		return err_set(reterr, RC_INVALID, "jwks-malformed", NULL,
			       "a JWK Set is an object with an array keys");
	if (json_array_size(keys) > JOSE_JWKS_MAX_KEYS)
		return err_set(reterr, RC_LIMIT, "jwks-malformed", NULL,
			       "a JWK Set has at most %d keys", JOSE_JWKS_MAX_KEYS);
	if (!kids_are_distinct(keys))
		return err_set(reterr, RC_INVALID, "jwks-duplicate-kid", NULL,
			       "two keys have one kid");
	set = calloc(1, sizeof(*set));
	if (!set)
		return jose_no_memory(reterr);
	set->owners = 1;
	set->members = json_array_size(keys);
	for (size_t i = 0; i < set->members; i++) {
		enum rc rc = add_key(set, json_array_get(keys, i), i, reterr);

		if (rc)
			return rc;
	}
	if (!set->len)
		return err_set(reterr, RC_INVALID, "jwks-empty", NULL,
			       "no key of the set is for signatures");
	*ret = TAKE_PTR(set);
	return RC_OK;
}

enum rc jose_jwks_load(const char *text, size_t len, struct jose_jwks **ret, struct err *reterr)
{
	json_t *root;
	enum rc rc;

	if (len > JOSE_JWKS_MAX_LEN)
		return err_set(reterr, RC_LIMIT, "jwks-malformed", NULL,
			       "a JWK Set has at most %zu bytes", JOSE_JWKS_MAX_LEN);
	rc = json_strict_load(text, len, 8, &root, reterr);
	if (rc == RC_INVALID)
		return err_set(reterr, rc, "jwks-malformed", NULL, "not one strict JSON value");
	if (rc)
		return rc;
	rc = build(root, ret, reterr);
	json_decref(root);
	return rc;
}

enum rc jose_jwks_load_file(const char *path, struct jose_jwks **ret, struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(JOSE_JWKS_MAX_LEN);
	enum rc rc = buf_read_file(&text, path);

	if (rc)
		return err_set(reterr, rc, "jwks-unreadable", path,
			       "the key set cannot be read (%s)", rc_name(rc));
	return jose_jwks_load(buf_text(&text), text.len, ret, reterr);
}
