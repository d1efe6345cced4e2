/* Splits a document by the marks of its schema, and says when two are the same.
 *
 * Everything here fails closed: what the marks do not know counts as sealed.
 * Documents come from json_strict_load, so their depth is bounded. Pure
 * functions over JSON values that nobody else changes meanwhile. */
#ifndef VARDE_MINIMISE_MINIMISE_H
#define VARDE_MINIMISE_MINIMISE_H

#include "base/buf.h"
#include "base/rc.h"
#include "schema/marks.h"

#include <jansson.h>

#define MINIMISE_KEY_LEN 32
#define MINIMISE_FINGERPRINT_LEN 32

/* Largest canonical form that is fingerprinted; documents are far smaller. */
#define MINIMISE_CANONICAL_MAX (4u << 20)

/* `*ret_clear`: a deep copy of the document without its sealed members, its
 * members in the document's order. An object that lost all its members goes
 * too, except as an item of an array, where it stays as {} so that an item
 * keeps its index; an array whose items are themselves sealed goes.
 *
 * `*ret_pointers`: an array of RFC 6901 pointers of the sealed members that
 * were there, in document order. For a member that the marks do not know it is
 * its parent's pointer: a name that the sender made up may itself identify.
 *
 * `document` must be an object. The caller owns both results (json_decref).
 * RC_INVALID when it is no object, RC_NOMEM. */
NODISCARD enum rc minimise_split(const struct marks *marks, const json_t *document,
				 json_t **ret_clear, json_t **ret_pointers);

/* Appends the canonical form (json/canonical.h) of the document without its
 * transport members. RC_INVALID (a real number), RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc minimise_sameness(const struct marks *marks, const json_t *document,
				    struct buf *out);

/* Keyed BLAKE2b-256 over a version byte, the schema's name with its length, and
 * the document's canonical form without transport members: equal for the same
 * report however it was spaced, ordered, exported or signed, and of no use for
 * guessing without the key. Errors as minimise_sameness. */
NODISCARD enum rc minimise_fingerprint(const unsigned char key[MINIMISE_KEY_LEN],
				       const char *schema_name, const struct marks *marks,
				       const json_t *document,
				       unsigned char ret_fingerprint[MINIMISE_FINGERPRINT_LEN]);

#endif
