/* A selection as CSV (RFC 4180), laid out as StatBank does: one row for each
 * combination of the stub's variables, one column for each of the heading's. */
#ifndef VARDE_PXWEB_CSV_H
#define VARDE_PXWEB_CSV_H

#include "base/buf.h"
#include "pxweb/selection.h"

enum px_csv_names { PX_CODES, PX_TEXTS, PX_CODES_AND_TEXTS };

struct px_csv {
	enum px_csv_names names;
	bool title;                 /* a first line with the table's title */
	char separator;             /* ',', ';', '\t' or ' ' */
	const char *const *heading; /* variable codes, any case; NULL: contents and time */
	size_t heading_len;
};

/* Appends UTF-8 with CR LF. Hidden and missing cells are their marks. With ';' a byte
 * order mark stands first, by which a Norwegian Excel knows the encoding. RC_NOT_FOUND
 * "variable-unknown"; RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc px_csv(const struct px_selection *selection, const struct px_csv *how,
			 enum published_lang lang, struct buf *out, struct err *reterr);

#endif
