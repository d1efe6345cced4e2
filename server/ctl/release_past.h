/* What the commands on a release's content share: the installation's releases as the
 * register and the folders have them. */
#ifndef VARDE_CTL_RELEASE_PAST_H
#define VARDE_CTL_RELEASE_PAST_H

#include "codes/codes.h"
#include "config/config.h"
#include "ctl/ctl.h"
#include "published/folder.h"
#include "release/tables.h"

/* Everything that was ever published, and the counts of the last that stands. */
struct release_past {
	json_t *register_rows; /* of `release list`, by number */
	struct published **opened;
	struct release_earlier *earlier; /* name and tables point into the above */
	size_t len;
	const char *last;        /* the newest that stands; NULL: none */
	struct counted *counted; /* its frozen counts; NULL: none */
};
void release_past_release(struct release_past *past);

/* Reads and verifies all of it; the release called `but` is left out (NULL: none is). */
NODISCARD enum rc release_past_read(const struct config *config, const struct ctl_options *options,
				    const unsigned char key[PUBLISHED_KEY_SIZE], const char *but,
				    struct release_past *ret, struct err *reterr);

/* A release's row in the register; NULL when there is none of that name. */
const json_t *release_past_row(const struct release_past *past, const char *name);

/* The institute's seed and public key; the caller wipes them. */
NODISCARD enum rc release_seed(const struct config *config, unsigned char seed[PUBLISHED_SEED_SIZE],
			       unsigned char key[PUBLISHED_KEY_SIZE], struct err *reterr);

/* Programme and code lists of the installation; the caller's. */
NODISCARD enum rc release_knowledge(const struct config *config, struct programme **ret_programme,
				    struct codes **ret_codes, struct err *reterr);

int ctl_release_build(const struct ctl_options *options);
int ctl_release_show(const struct ctl_options *options);
int ctl_release_audit(const struct ctl_options *options);

#endif
