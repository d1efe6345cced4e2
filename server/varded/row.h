/* A stored row as its owner sees it. */
#ifndef VARDE_VARDED_ROW_H
#define VARDE_VARDED_ROW_H

#include "store/view.h"
#include "varded/varded.h"

/* {seq, kind, schema, report_id, revision, clear, receipt}: what stayed readable,
 * as it was kept, and the receipt. New reference, NULL when memory ran out. */
json_t *row_to_json(const struct store_row *row, const struct varded *v, const struct rules *rules,
		    const char *lang);

/* Where reservation is `refuse`, or once was, nobody is given clear parts back: those of the
 * reserved are not there, and must not be told apart by that. */
bool row_clear_withheld(const struct varded *v);

/* What reservation leaves out of counts, a sender would miss in its own: where it is `refuse`
 * they are not given at all. false: the exchange is answered. */
bool row_counts_given(struct exchange *x, const struct varded *v);

/* What stayed readable, null once it was erased or when it is withheld. New reference, NULL
 * without memory. */
json_t *row_clear_json(const struct store_row *row, const struct varded *v);

/* The receipt of a row. */
json_t *row_receipt_json(const struct store_row *row, const struct rules *rules, const char *lang);

/* The kind and lower-case id of /v1/reports/{id}; false when it is no UUID. */
bool row_id_parse(const char *text, char out[37]);

#endif
