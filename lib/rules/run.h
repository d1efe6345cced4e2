/* Inside of the room: what every family of rules is given, and how it reads a
 * document of any shape. */
#ifndef VARDE_RULES_RUN_H
#define VARDE_RULES_RUN_H

#include "rules/check.h"

struct rules_run {
	const struct rules *rules;
	const struct rules_context *context;
	const char *kind;
	const json_t *document;
	struct findings *out;
};

/* Reports a rule at a pointer, unless it does not apply to this kind. `detail`
 * (may be NULL) never comes from the document. */
void rules_report(const struct rules_run *run, enum rule rule, const char *pointer,
		  const char *detail);
void rules_reportf(const struct rules_run *run, enum rule rule, const char *detail,
		   const char *pointer, ...) __attribute__((format(printf, 4, 5)));

/* The string at `name`, or NULL when `object` is none or has no string there. */
const char *rules_string(const json_t *object, const char *name);

/* Whether `value` is a string equal to `word`. */
bool rules_is(const json_t *object, const char *name, const char *word);

/* A date as documents write it: 2025-11-03, 2025-11 or 2025. */
struct rules_date {
	int64_t first, last; /* days since 1970 that it covers */
	int year;
};

enum rules_date_kind { RULES_DATE_OTHER, RULES_DATE_IMPOSSIBLE, RULES_DATE_OK };

/* OTHER: not written like a date, so the schema has said so. IMPOSSIBLE: like
 * one, but no day of the calendar. `text` may be NULL (OTHER). */
enum rules_date_kind rules_date_read(const char *text, struct rules_date *ret);

/* The event's date, when the document has one. */
bool rules_event_date(const json_t *document, struct rules_date *ret);

/* The day to ask about municipalities: of a month or year any, since numbers change
 * on 1 January. Without an event date the day of registration shows at least whether
 * a number exists at all. */
struct rules_day {
	int64_t day;
	bool of_event;
};
bool rules_day_to_ask(const json_t *document, struct rules_day *ret);

/* Whether it is written as a municipality number. `number` may be NULL. */
bool rules_is_municipality(const char *number);

/* --- families, one file each ------------------------------------------------ */
void rules_organisation(const struct rules_run *run);
void rules_dates(const struct rules_run *run);
void rules_person_numbers(const struct rules_run *run);
void rules_clear_members(const struct rules_run *run);
void rules_content(const struct rules_run *run);
void rules_municipality(const struct rules_run *run);
void rules_district(const struct rules_run *run);
void rules_code_versions(const struct rules_run *run);
void rules_interactions(const struct rules_run *run);

#endif
