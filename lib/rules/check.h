/* The rules that a schema cannot say, over one document.
 *
 * They run also on a document that fails its schema: each looks only at members
 * that are themselves well-formed and leaves the rest to the schema, so any JSON
 * value may be given. Findings point into the document and never hold a value
 * of it. What each rule says and how grave it is: rules/catalogue.h. */
#ifndef VARDE_RULES_CHECK_H
#define VARDE_RULES_CHECK_H

#include "codes/codes.h"
#include "findings/findings.h"
#include "rules/catalogue.h"
#include "schema/marks.h"

#include <stdint.h>

/* Where and for whom a document is checked. Plain data, only read. */
struct rules_context {
	bool production;        /* the installation's environment; else it is a test one */
	enum rules_phase phase; /* the data owner's */

	/* The data owner's organisation number; NULL when nobody has signed yet:
	 * then a document may name any organisation. */
	const char *owner;
	/* Whether `number` is a registered sub-unit of the owner; may be NULL. */
	bool (*is_unit)(const char *number, void *arg);
	void *is_unit_arg;

	/* The i-th municipality that the owner reports for, four digits of any year, NULL
	 * past the end; NULL, or none: not known, so any is taken. */
	const char *(*municipality)(size_t i, void *arg);
	void *municipality_arg;

	/* What `report_kind` the owner's reports say; NULL: any. */
	const char *report_kind;

	int64_t now_ms;
	/* Days since 1970. Real numbers with 2032's check digits are warned of before. */
	int64_t person_numbers_2032_from;

	const struct marks *marks; /* of the document's schema */
	const struct codes *codes; /* may be NULL: then places are not checked */
};

/* Adds what is wrong with `document`, a document of `kind` ("incident-report").
 * Any thread. A lack of memory shows in `out->failed`. */
void rules_check(const struct rules *rules, const struct rules_context *context, const char *kind,
		 const json_t *document, struct findings *out);

#endif
