/* The sealed export, read: strictly, line by line, never more than one line in
 * memory, and past damage. A line that is no good is reported and counted, and
 * reading goes on, so that one damaged report hides no other; what makes the
 * rest meaningless (no header, another version, no end) is an error.
 *
 * Damage is a kind of line (EXPORT_BAD_ITEM, EXPORT_BAD_LINE) with one of:
 *   export-line       not one strict JSON object of a known kind with its members,
 *                     or longer than EXPORT_LINE_MAX
 *   export-order      a key after a group, or an item without a group before it
 * After an EXPORT_BAD_LINE no group is current, since it may have been one:
 * items until the next group come as EXPORT_BAD_ITEM "export-order".
 * Nothing here is authentic before its envelope is open; so the order of seq
 * and items that stand twice are the opener's to judge. */
#ifndef VARDE_SEAL_EXPORT_READ_H
#define VARDE_SEAL_EXPORT_READ_H

#include "seal/export.h"

#include <stdbool.h>
#include <stdio.h>

struct export_reader;

enum export_kind {
	EXPORT_KEY,
	EXPORT_GROUP,
	EXPORT_ITEM,
	EXPORT_BAD_ITEM, /* would be an item: counted as one */
	EXPORT_BAD_LINE,
	EXPORT_END, /* the last; nothing came after it */
};

/* One line. What it points to lives until the next call. */
struct export_line {
	enum export_kind kind;
	unsigned long number; /* from 1 */
	union {
		struct export_key key;
		struct seal_stored_group group; /* its tenant is the header's */
		struct export_item item;
		struct err bad;
		struct {
			struct export_counts said, seen; /* seen: good and bad lines alike */
		} end;
	};
};

/* Reads the header. `in` is borrowed until the reader is freed; `*ret_header`
 * points into the reader. RC_INVALID "export-header", RC_UNSUPPORTED
 * "export-version", RC_IO, RC_NOMEM. One thread. */
NODISCARD enum rc export_reader_new(FILE *in, struct export_reader **ret,
				    struct export_header *ret_header, struct err *reterr);

/* The next line. RC_CORRUPT "export-truncated" (no end line) or "export-trailing"
 * (something after it); RC_IO, RC_NOMEM. Not to be called after EXPORT_END. */
NODISCARD enum rc export_read(struct export_reader *reader, struct export_line *ret,
			      struct err *reterr);

/* What was seen so far. */
struct export_counts export_reader_seen(const struct export_reader *reader);

void export_reader_free(struct export_reader *reader);
DEFINE_CLEANUP(struct export_reader *, export_reader_free)

#endif
