/* An own view as documents: JSON-stat 2.0 and CSV, by what writes the published tables. */
#ifndef VARDE_OWN_DOCUMENT_H
#define VARDE_OWN_DOCUMENT_H

#include "base/buf.h"
#include "own/tally.h"

#include <jansson.h>

#define OWN_CSV_MAX ((size_t)64 << 20)

struct own_document {
	const struct own_tally *tally;
	const struct published *release; /* NULL: none beside it */
	const char
		*why; /* of a release that is not there: "release-none" or what is wrong with it */
	const char *source[PUBLISHED_LANGS]; /* whose figures these are */
	int64_t now_ms;
};

/* A dataset; `extension.varde` tells what stands in no cell. RC_NOMEM. */
NODISCARD enum rc own_json_stat(const struct own_document *document, enum published_lang lang,
				json_t **ret, struct err *reterr);

/* Texts, semicolons and a byte order mark, which a Norwegian Excel opens as it is.
 * RC_LIMIT (also of `out`), RC_NOMEM. */
NODISCARD enum rc own_csv(const struct own_document *document, enum published_lang lang,
			  struct buf *out, struct err *reterr);

#endif
