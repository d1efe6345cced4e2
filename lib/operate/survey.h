/* All tenants looked at once, for status and doctor. */
#ifndef VARDE_OPERATE_SURVEY_H
#define VARDE_OPERATE_SURVEY_H

#include "base/err.h"

#include <stdint.h>

#define SURVEY_PHASES 5

struct installation;

struct survey {
	int64_t phases[SURVEY_PHASES]; /* tenants, by enum control_phase */
	int64_t documents, reports, bytes;
	int64_t last_commit_at; /* of all files; ms, 0: nothing was ever stored */
	int64_t unreadable;     /* tenants whose file is there but cannot be read */
	int64_t quarantined;    /* whose file failed since start and is not well yet */
	int64_t custodians;     /* the institute's that serve */
	int64_t keys;           /* usable now, of tenants that may send */
	int64_t keys_ending; /* usable now, last of their tenant, gone within the days asked for */
	int64_t without_key; /* active data owners without a usable key of theirs or of a
			      * processor that sends for them */
	int64_t keys_unproven; /* usable now, whose owner was never proven */
};

/* Reads the register and each tenant's file. A file that cannot be read is
 * counted, not an error. As control_*_list. */
NODISCARD enum rc survey_take(struct installation *installation, int64_t now_ms, int64_t days,
			      struct survey *ret, struct err *reterr);

#endif
