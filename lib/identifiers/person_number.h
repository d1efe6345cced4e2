/* Norwegian person numbers: eleven digits, ddmmyy iii k1 k2.
 *
 * Source: Skatteetaten, "Nytt fødselsnummer fra 2032"; HIS 1001 (Direktoratet
 * for e-helse), identifiers for persons. Pure functions, any thread. */
#ifndef VARDE_IDENTIFIERS_PERSON_NUMBER_H
#define VARDE_IDENTIFIERS_PERSON_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#define PERSON_NUMBER_LEN 11

enum person_number_kind {
	PERSON_NUMBER_OTHER, /* eleven digits whose day or month belongs to no series */
	PERSON_NUMBER_FNR,   /* fødselsnummer */
	PERSON_NUMBER_DNR,   /* D-nummer: day + 40 */
	PERSON_NUMBER_HNR, /* local H-nummer: month + 40, with or without day + 40; never leaves its
			      maker */
	PERSON_NUMBER_FHNR, /* felles hjelpenummer: starts with 8 or 9, holds no date */
};

struct person_number {
	enum person_number_kind kind;
	bool synthetic;      /* month + 80 (Skatteetaten's Tenor), or + 65 (Norsk helsenett's test
				persons) */
	bool date_plausible; /* ddmmyy, offsets removed, is a day of some year yy; never for FH
				numbers */
	bool holds_legacy;   /* both check digits, as issued before 2032: r1 = 0, r2 = 0 */
	bool holds_2032; /* the rule from 1 January 2032: r1 in 0..3, r2 = 0; true whenever legacy
			    is */
};

/* A constant, lower-case name: "fnr", "dnr", "hnr", "fhnr" or "other". */
const char *person_number_kind_name(enum person_number_kind kind);

/* Says what eleven digits are; true whenever `text` is exactly eleven ASCII
 * digits. The rule that holds cannot be picked from the date inside: numbers
 * issued after 2032 also go to people born before. */
bool person_number_classify(const char *text, size_t len, struct person_number *ret);

/* Whether this UTF-8 text contains what somebody may have meant as a person
 * number: eleven digits with a plausible date part, whatever the check digits
 * say (mistyped numbers identify as well), or an FH number whose check digits
 * hold. Seen as people write them: in one run, split after the date
 * ("010190 12345", "010190-123 45"), with a divided date ("01.01.90-12345",
 * "01.01.1990 12345"); with hyphens, dots, slashes and any space between, with
 * invisible characters inside, in the digits of other scripts. A run inside a
 * longer run of digits is none. */
bool person_number_find(const char *text, size_t len);

/* Whether it contains this number, eleven digits, written in any of these ways. */
bool person_number_occurs(const char *text, size_t len, const char *number);

#endif
