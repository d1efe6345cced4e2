/* A selection as CSV (RFC 4180), laid out as StatBank does: one row for each
 * combination of the stub's variables, one column for each of the heading's. */
#ifndef VARDE_PXWEB_CSV_H
#define VARDE_PXWEB_CSV_H

#include "base/buf.h"
#include "pxweb/selection.h"

enum px_csv_names { PX_CODES, PX_TEXTS, PX_CODES_AND_TEXTS };

struct px_csv {
	enum px_csv_names names;
	bool title;     /* a first line with the table's title */
	char separator; /* ',', ';', '\t' or ' ' */
	/* Variable codes in any case, in the order in which they stand; NULL: not said. What
	 * neither names goes to the one that was not said, else contents and time to the
	 * heading and all others to the stub. */
	const char *const *heading, *const *stub;
	size_t heading_len, stub_len;
};

/* Whether heading and stub name variables of the table, each once. RC_NOT_FOUND
 * "variable-unknown"; RC_INVALID "variable-twice" (where = the variable). */
NODISCARD enum rc px_csv_check(const struct px_selection *selection, const struct px_csv *how,
			       struct err *reterr);

/* Appends UTF-8 with CR LF. Hidden and missing cells are their marks.
 * A text that a spreadsheet would run as a formula begins with a space. With ';' a byte
 * order mark stands first, by which a Norwegian Excel knows the encoding; with the others,
 * which programs read, none. As px_csv_check(); RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc px_csv(const struct px_selection *selection, const struct px_csv *how,
			 enum published_lang lang, struct buf *out, struct err *reterr);

#endif
