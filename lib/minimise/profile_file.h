/* Inside of the room: a profile as it was read, and what its lists are called. */
#ifndef VARDE_MINIMISE_PROFILE_FILE_H
#define VARDE_MINIMISE_PROFILE_FILE_H

#include "minimise/profile.h"
#include "rules/codes.h"

/* The lists that a kind may have, and the rule that each entry makes. */
static const struct {
	const char *name;
	enum rule rule;
} profile_lists[] = {
	{ "forbid", RULE_PROFILE_MEMBER },
	{ "month", RULE_PROFILE_MONTH },
	{ "owner", RULE_PROFILE_OWNER },
};

/* The object of lists for a kind; NULL when the profile does not name it. */
const json_t *profile_demands(const struct profile *profile, const char *kind);

#endif
