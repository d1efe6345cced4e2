/* Which clear members a schema knows that a report may lack or not know, and how many
 * of the reports have them. Pure.
 *
 * A member counts where it can stand: once for each object that could hold it, so that
 * a member of `patients` is counted per patient, and one of an optional object per object
 * that is there. A required member is listed only where its code list has "unknown". */
#ifndef VARDE_QUALITY_MEMBERS_H
#define VARDE_QUALITY_MEMBERS_H

#include "base/cleanup.h"
#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define QUALITY_KIND "incident-report" /* whose completeness is looked at */

struct marks;
struct profile;
struct quality_members;

enum quality_lang { QUALITY_NB, QUALITY_EN, QUALITY_LANGS };

struct quality_member {
	char *pointer;              /* where it stands; a star is any element of a list */
	char *label[QUALITY_LANGS]; /* the schema's titles, outer ones first */
	bool required;
	int64_t of;      /* objects that could hold it */
	int64_t present; /* that do; an empty list is as good as none */
	int64_t unknown; /* of these: the code "unknown", or a list of nothing else */
};

/* From a schema's text with its marks; `report_kind` (or NULL) leaves out what its root
 * forbids such a report, and `profile` (or NULL) what its data owner does not share.
 * RC_INVALID, RC_NOMEM. */
NODISCARD enum rc quality_members_new(const char *schema, size_t len, const struct marks *marks,
				      const char *report_kind, const struct profile *profile,
				      struct quality_members **ret, struct err *reterr);
void quality_members_free(struct quality_members *m);
DEFINE_CLEANUP(struct quality_members *, quality_members_free)

/* Counts a clear part. */
void quality_members_count(struct quality_members *m, const json_t *clear);

/* In the schema's order. */
const struct quality_member *quality_members_list(const struct quality_members *m, size_t *ret_len);

#endif
