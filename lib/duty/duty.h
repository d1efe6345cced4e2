/* Whether the statutory duty to notify (varselplikt) looks likely for a report: help for
 * the sender that asked for it, never a decision, and never kept. Nothing of this may
 * reach a receipt, a row, a log line, a figure; so only /validate calls it.
 *
 * The duty has three conditions: death or very serious harm; as a result of the service,
 * or one patient harming another; unexpected, given foreseeable risk. Notified within 5
 * working days; a report within 3 months after the notification was sent.
 *
 * Pure functions over a report of any shape; what is not as the schema has it counts as
 * not told. Any thread. */
#ifndef VARDE_DUTY_DUTY_H
#define VARDE_DUTY_DUTY_H

#include <jansson.h>
#include <stddef.h>

#define DUTY_WORKING_DAYS 5
#define DUTY_REPORT_MONTHS 3

enum duty_assessment { DUTY_UNLIKELY, DUTY_CANNOT_TELL, DUTY_POSSIBLE, DUTY_LIKELY };

/* In order: outcome, cause, expectation, what the sender itself says. */
enum duty_reason {
	DUTY_OUTCOME_CRITERION,
	DUTY_OUTCOME_DEATH,
	DUTY_OUTCOME_SEVERE,
	DUTY_OUTCOME_UNKNOWN,
	DUTY_OUTCOME_NOT_REACHED,
	DUTY_OUTCOME_LESS,
	DUTY_CAUSE_PATIENT,
	DUTY_CAUSE_SERVICE,
	DUTY_CAUSE_POSSIBLE,
	DUTY_CAUSE_BEHAVIOUR,
	DUTY_CAUSE_UNKNOWN,
	DUTY_CAUSE_UNRELATED,
	DUTY_UNEXPECTED,
	DUTY_EXPECTATION_UNKNOWN,
	DUTY_EXPECTED,
	DUTY_SENDER_SAYS_NO,
	DUTY_SENDER_SAYS_YES,
	DUTY_REASONS
};

/* One for each condition at most, and one for the sender's own word. */
#define DUTY_REASONS_MAX 4

struct duty {
	enum duty_assessment assessment;
	size_t len;
	struct {
		enum duty_reason reason;
		char pointer[64]; /* RFC 6901 into the report */
	} reasons[DUTY_REASONS_MAX];
};

/* Any condition that fails: unlikely, and only those that fail are reasons. An outcome
 * that nobody knows: cannot tell. All three met: likely. Else possible. */
void duty_judge(const json_t *report, struct duty *ret);

/* Dates as YYYY-MM-DD, "" where they cannot be known. */
struct duty_dates {
	char event[11];    /* only with the day */
	char earliest[11]; /* no day before it can be the last one for the notification */
	char sent[11];     /* the notification, as the report says */
	char report[11];   /* the last day for the report */
};

/* `earliest` counts the days after the event's that are not Sundays. Whether a Saturday
 * is a working day, which holidays there are and whether the time runs from a later
 * discovery is for the sender to know: each can only make the last day later, so who
 * keeps to this one is never late. `report` is 3 calendar months after `sent`, on the
 * last day of a month that is too short. */
void duty_dates(const json_t *report, struct duty_dates *ret);

/* Constants: "likely"; "outcome-death". */
const char *duty_assessment_name(enum duty_assessment assessment);
const char *duty_reason_code(enum duty_reason reason);

/* {assessment, reasons: [{code, pointer, message}], deadlines, message} with texts in
 * `lang`, "nb" or "en"; deadlines is null where the duty is unlikely. New reference, NULL
 * when memory ran out. */
json_t *duty_json(const json_t *report, const char *lang);

#endif
