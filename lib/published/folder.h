/* A release's public folder, and the pointer to the current one.
 *
 *   DIR/current.json            which release is served; signed, replaced by rename
 *   DIR/<release>/public.db     tables
 *   DIR/<release>/manifest.json {"varde_release":1,"release","as_of",…,
 *                                "public":{"file","bytes","sha256"}}
 *   DIR/<release>/manifest.sig  hex of Ed25519 over manifest.json
 *
 * Whoever builds has `seed`, whoever serves has `key` and write access to none of
 * it. Every reading verifies the signature first and the hash next, on the bytes
 * that are then used. Any thread. */
#ifndef VARDE_PUBLISHED_FOLDER_H
#define VARDE_PUBLISHED_FOLDER_H

#include "base/cleanup.h"
#include "published/published.h"
#include "published/signing.h"

#include <jansson.h>

#define PUBLISHED_RELEASE_MAX 32 /* bytes of a release's name: letters, digits, '-', '.' */
#define PUBLISHED_FILE_MAX ((size_t)512 << 20)
#define PUBLISHED_MANIFEST_MAX ((size_t)4 << 20)

/* Whether a text may name a release: it becomes a folder's name and part of a URL. */
bool published_release_name_valid(const char *name);

/* --- one release ----------------------------------------------------------------- */

/* A verified release. Immutable, counted, shared by threads. */
struct published;

/* Writes the three files into `folder`, which must not exist: they are made beside
 * it, brought to disk and renamed, so it is whole or absent. `manifest` has at
 * least "release" and "as_of"; `varde_release` and `public` are added here.
 * RC_CONFLICT "release-exists", RC_IO, RC_FULL, RC_NOMEM, those of published_write. */
NODISCARD enum rc published_folder_write(const char *folder, const struct published_tables *tables,
					 const json_t *manifest,
					 const unsigned char seed[PUBLISHED_SEED_SIZE],
					 struct err *reterr);

/* Copies a folder to another, which must not exist, with the same care; the copy is
 * readable by everyone (0755, 0644). As above; RC_CORRUPT as published_open(). */
NODISCARD enum rc published_folder_copy(const char *from, const char *to,
					const unsigned char key[PUBLISHED_KEY_SIZE],
					struct err *reterr);

/* Removes a release's files and folder, and nothing else that may lie there. */
void published_folder_remove(const char *folder);

/* Reads and verifies. RC_NOT_FOUND; RC_CORRUPT "release-signature",
 * "release-altered"; those of published_read. where = the file. */
NODISCARD enum rc published_open(const char *folder, const unsigned char key[PUBLISHED_KEY_SIZE],
				 struct published **ret, struct err *reterr);
struct published *published_ref(struct published *published);
void published_free(struct published *published);
DEFINE_CLEANUP(struct published *, published_free)

const char *published_release(const struct published *published);
int64_t published_as_of_ms(const struct published *published);
const json_t *published_manifest(const struct published *published); /* borrowed */
const struct published_tables *published_tables(const struct published *published);
/* "sha256" of manifest.json in hex: names the release's every byte. */
const char *published_manifest_hash(const struct published *published);

/* --- which one is served ------------------------------------------------------------ */

struct published_current {
	int64_t sequence; /* grows with each change; a smaller one is an old file put back */
	char release[PUBLISHED_RELEASE_MAX + 1]; /* "" when none is served */
	char manifest_hash[65];
	int64_t at_ms;
	json_t *published; /* arrays of release names, owned: which may be asked for by name, */
	json_t *withdrawn; /* and which no more */
};
void published_current_release(struct published_current *current);

/* Replaces DIR/current.json in one step. RC_IO, RC_FULL, RC_NOMEM. */
NODISCARD enum rc published_current_write(const char *dir, const struct published_current *current,
					  const unsigned char seed[PUBLISHED_SEED_SIZE],
					  struct err *reterr);
/* RC_NOT_FOUND; RC_CORRUPT "current-signature"; RC_INVALID "current-malformed". */
NODISCARD enum rc published_current_read(const char *dir,
					 const unsigned char key[PUBLISHED_KEY_SIZE],
					 struct published_current *ret, struct err *reterr);

/* Opens the release that `current` points to in `dir` and holds it against it: NULL
 * when it points to none. As published_open(); RC_CORRUPT "release-altered" when
 * another lies in its place. */
NODISCARD enum rc published_current_open(const char *dir, const struct published_current *current,
					 const unsigned char key[PUBLISHED_KEY_SIZE],
					 struct published **ret, struct err *reterr);

#endif
