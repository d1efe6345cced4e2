/* What was counted, as a document: one JSON object, and the same figures as CSV.
 *
 *   {"organisation":{number,name,kind}, "as_of", "from","to" (months),
 *    "submissions":{received,stored,repeated,refused, "up_to_date":bool,
 * "interrupted_at":time|null, "kinds":[{kind,n}], "codes":[{code,n}],
 *       "months":[{month,received,stored,repeated,refused}]},
 *    "reports", "findings":[{"kind":"strong"|"weak", code, nb, en, "do":{nb,en}|null}],
 *    "completeness":[{pointer,label:{nb,en},required,expected,of,present,unknown}],
 *    "timeliness":{"to_registration":DAYS,"to_receipt":DAYS,"not_dated",
 *       "months":[{month,reports,"to_registration":DAYS,"to_receipt":DAYS}]},
 *       DAYS: {n, median|null, p90|null}
 *    "warnings":{reports,"rules":[{code,label:{nb,en},reports}]},
 *    "corrections":{corrected,"revisions":[{revisions,reports}],
 *       changed_severity,changed_type,changed_class},
 *    "possible_duplicates",
 *    "reviews":{due,none,started,completed,not_carried_out,overdue,late,
 *       "coded":{completed,not_coded,no_measures}}}
 *
 * received = stored + repeated + refused, in each month and in sum: each submission is
 * counted once, where it was decided what becomes of it. */
#ifndef VARDE_QUALITY_DOCUMENT_H
#define VARDE_QUALITY_DOCUMENT_H

#include "base/buf.h"
#include "quality/tally.h"

#define QUALITY_CSV_MAX ((size_t)4 << 20)

/* New reference. RC_NOMEM. */
NODISCARD enum rc quality_json(const struct quality_tally *tally, json_t **ret, struct err *reterr);

/* Of what quality_json() made: one figure a line, semicolons and a byte order mark, which
 * a Norwegian Excel opens as it is. RC_LIMIT, RC_NOMEM. */
NODISCARD enum rc quality_csv(const json_t *quality, enum quality_lang lang, struct buf *out);

#endif
