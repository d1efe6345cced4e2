/* From nodes to published tables and back: which node each cell of the programme
 * is, what it was in earlier releases, and what it becomes. */
#ifndef VARDE_RELEASE_TABLES_H
#define VARDE_RELEASE_TABLES_H

#include "published/published.h"
#include "release/cubes.h"

#define RELEASE_CLASSES 3 /* incident, near_miss, hazard */
extern const char *const release_classes[RELEASE_CLASSES];
#define RELEASE_SYSTEMS (RELEASE_CLASSES * CUBES_SECTORS)

/* Which of the systems a class of a sector has: an index. */
static inline size_t release_system(enum cubes_sector sector, size_t class)
{
	return class * CUBES_SECTORS + sector;
}

/* All that tables are made of; borrowed. */
struct release_input {
	const struct programme *programme;
	const struct codes *codes;
	const struct counted *counted; /* frozen, sorted */
	const struct axes *axes;
	struct cubes *const *cubes; /* RELEASE_SYSTEMS; see release_system() */
};

/* An earlier release. */
struct release_earlier {
	const char *name;
	const struct published_tables *tables;
	bool withdrawn; /* its figures are known, but need not be right */
};

/* Flags the systems' nodes: published where the programme shows them; forced or held
 * as an earlier release that stands has shown or hidden them; known where there was
 * no coverage, or a withdrawn release told. RC_CONFLICT "release-changed" (where =
 * table) when a figure that stands would become another. */
NODISCARD enum rc tables_flag(const struct release_input *input,
			      const struct release_earlier *earlier, size_t n, struct err *reterr);

/* The tables, after protection. RC_NOMEM. */
NODISCARD enum rc tables_make(const struct release_input *input, struct published_tables *ret,
			      struct err *reterr);

#endif
