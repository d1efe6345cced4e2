/* The receipt: what a sender keeps as proof, the same every time it is asked for. */
#ifndef VARDE_INTAKE_RECEIPT_H
#define VARDE_INTAKE_RECEIPT_H

#include "findings/findings.h"
#include "store/store.h"

#include <jansson.h>

struct document_type;
struct rules;

/* "ABCDE-FGHJK" and NUL. */
#define RECEIPT_REFERENCE_SIZE 12

/* A name for one row that can be read over the phone: the first 50 bits of the
 * digest in Crockford's base32 (no I, L, O, U). Not a key: two of 10^6 rows
 * share one with a chance of 1 in 2000. */
const char *receipt_reference(const unsigned char digest[STORE_DIGEST_SIZE],
			      char out[RECEIPT_REFERENCE_SIZE]);

/* {organisation, sender, report_id, revision, schema, reference, received_at, first_received_at,
 * digest, status, warnings}. `lang` is "nb" or "en". New reference, NULL when
 * memory ran out. */
json_t *receipt_to_json(const struct store_receipt *receipt, const struct rules *rules,
			const char *lang);

/* Adds to the warnings of an answer what its sender is to know of the schema: that it
 * goes out of use, what follows it and from when it is not taken. It is about the sender's
 * software and not the report, so it is said each time and kept nowhere. */
void receipt_warn_of_schema(json_t *warnings, const struct document_type *type, int64_t now_ms,
			    const struct rules *rules, const char *lang);

/* Findings of one severity as [{pointer, keyword | rule, code, message}], sorted,
 * in the language asked for. New reference, NULL when memory ran out. */
json_t *receipt_findings(struct findings *findings, enum finding_severity severity,
			 const struct rules *rules, const char *lang);

/* Warnings as they are stored, [{pointer, code, detail}]: texts are looked up
 * when a receipt is made. malloc'd; NULL when memory ran out. */
char *receipt_warnings_text(struct findings *findings);

#endif
