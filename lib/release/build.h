/* A release from counts, without any disk: what has come since the last one is
 * frozen into the months that close, laid out over the programme, protected jointly
 * with all that was published before, and examined once more as it will stand.
 *
 * Pure: the same counts and earlier releases give the same tables and report. Takes
 * seconds of one core; one thread. */
#ifndef VARDE_RELEASE_BUILD_H
#define VARDE_RELEASE_BUILD_H

#include "release/report.h"

/* What a build starts from; borrowed. */
struct release_sources {
	const struct programme *programme;
	const struct codes *codes;
	const struct counted *previous; /* frozen by the last release that stands; NULL: none */
	const struct counted *base;     /* what has come since */
	int32_t closing;                /* the last month that this release closes */
	const struct release_earlier *earlier; /* all that were ever published */
	size_t earlier_len;
};

/* Zeroed is empty. */
struct release_built {
	struct counted *counted; /* frozen: the next build's `previous` */
	struct published_tables tables;
	struct release_report report;
};
void release_built_release(struct release_built *built);

/* RC_INVALID "release-order", "release-empty" (no month to close has any organisation
 * in it); RC_CONFLICT "no-safe-pattern", "release-changed" (where = table or class),
 * "release-unsafe" (the finished tables failed their examination); RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc release_build(const struct release_sources *from, struct release_built *ret,
				struct err *reterr);

/* The year whose final figures a release that closes month `closing` is the first to
 * have: the year before, from March on; 0 when `previous` has them already. */
int32_t release_final_year(const struct counted *previous, int32_t closing);

#endif
