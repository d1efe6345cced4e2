/* Minimisation profiles: what a data owner has chosen not to share. Data, one file
 * a profile, SCHEMAS/profiles/NAME.json:
 *
 * {"name": "coarse-dates", "version": "1.0",
 *  "title": {"nb": "…", "en": "…"}, "explanation": {"nb": "…", "en": "…"},
 *  "kinds": {"incident-report": {"forbid": ["/patients/{each}/diagnosis"],
 *                                "month": ["/event/date"],
 *                                "owner": ["/organisation/number"]}, …}}
 *
 * where an asterisk stands for {each}: every item of an array. `forbid`: the member is
 * not shared, whatever it holds. `month`: a date no finer than its month. `owner`: the data owner's
 * own number, not that of a sub-unit. A kind of document that a profile does not name is not shared
 * at all, so that a new kind never slips past a profile that is older.
 *
 * A file that is broken, or names a member that no schema of the kind has, is left
 * out and remembered: a slip of the pen must not become a hole. Read once, never
 * changed afterwards; any thread may read. */
#ifndef VARDE_MINIMISE_PROFILE_H
#define VARDE_MINIMISE_PROFILE_H

#include "base/cleanup.h"
#include "base/err.h"
#include "findings/findings.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Bytes of a name: lower-case letters, digits and dashes. */
#define PROFILE_NAME_MAX 40

/* The one that forbids nothing: a tenant's until another is chosen. */
#define PROFILE_FULL "full"

struct documents;
struct profile;
struct profiles;

/* Reads SCHEMAS/profiles; `documents` are asked which members there are, and not
 * kept. RC_NOT_FOUND "profile-missing" without PROFILE_FULL, RC_IO, RC_NOMEM. */
NODISCARD enum rc profiles_load(const char *schemas, const struct documents *documents,
				struct profiles **ret, struct err *reterr);
void profiles_free(struct profiles *profiles);
DEFINE_CLEANUP(struct profiles *, profiles_free)

/* NULL when there is none of that name, or its file is broken. */
const struct profile *profiles_find(const struct profiles *profiles, const char *name);
/* In order of name. The n-th; NULL past the end. */
const struct profile *profiles_at(const struct profiles *profiles, size_t n);
/* Files that were left out, and why (where = the profile, and the place in it): the
 * n-th; NULL past the end. */
const struct err *profiles_broken(const struct profiles *profiles, size_t n);

const char *profile_name(const struct profile *profile);
/* Whether it says anything of this kind of document. */
bool profile_names(const struct profile *profile, const char *kind);
/* Whether a member is not shared: `path` as in a profile, an asterisk for every item. */
bool profile_forbids(const struct profile *profile, const char *kind, const char *path);
const char *profile_version(const struct profile *profile);

/* {name, version, title, explanation, kinds} in one language, "nb" or "en". New
 * reference, NULL when memory ran out. */
json_t *profile_json(const struct profile *profile, const char *lang);

/* Adds an error for every place where a document of `kind` ("incident-report") goes
 * against the profile: rules profile-member, profile-month, profile-owner, or
 * profile-kind for the whole. `owner` is the data owner's number. Any JSON value may
 * be given; nothing of it is repeated. A lack of memory shows in `out->failed`. */
void profile_check(const struct profile *profile, const char *kind, const char *owner,
		   const json_t *document, struct findings *out);

#endif
