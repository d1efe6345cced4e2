/* Releases on the intake's host: DATA/releases/NAME with a public folder, which is
 * what promotion copies, and a private one, which never leaves:
 *
 *   DATA/releases/NAME/public/…               published/folder.h
 *   DATA/releases/NAME/private/counts.jsonl   the frozen counts
 *   DATA/releases/NAME/private/report.json    what it hides and risks
 *
 * 0700 and 0600. Not two builders at a time (the register's release-state decides). */
#ifndef VARDE_RELEASE_ARCHIVE_H
#define VARDE_RELEASE_ARCHIVE_H

#include "count/counted.h"
#include "published/folder.h"

/* "DATA/releases/NAME/public". RC_LIMIT "release-io", RC_INVALID (not a name). */
NODISCARD enum rc archive_public(const char *data, const char *name, char *out, size_t size,
				 struct err *reterr);

/* The frozen counts of a release, whose SHA-256 the register has as 64 hex digits.
 * RC_NOT_FOUND, RC_IO "release-unreadable", RC_CORRUPT "release-altered", those of
 * counted_read. */
NODISCARD enum rc archive_counts(const char *data, const char *name, const char *hash,
				 struct counted **ret, struct err *reterr);

/* The report as it was written. RC_NOT_FOUND, RC_IO, RC_CORRUPT. */
NODISCARD enum rc archive_report(const char *data, const char *name, json_t **ret,
				 struct err *reterr);

/* What is kept of a build. */
struct archive_release {
	const char *name;
	const struct published_tables *tables;
	const json_t *manifest; /* at least "release" and "as_of" */
	struct counted *counted;
	const json_t *report;
};

/* Writes all of it, whole or not at all: beside its place first, then one rename. A
 * release of that name that was there before is replaced; whether it may be is for
 * the caller to know. `ret_*_hash` have room for 65. RC_IO, RC_FULL, RC_NOMEM, those
 * of published_folder_write. */
NODISCARD enum rc archive_put(const char *data, const struct archive_release *release,
			      const unsigned char seed[PUBLISHED_SEED_SIZE],
			      char *ret_manifest_hash, char *ret_counts_hash, struct err *reterr);

#endif
