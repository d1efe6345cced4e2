/* Where the review of an event stands. Derived, never sent: from what the report and
 * the newest review say, and today's date.
 *
 * Due is three calendar months after the notification was sent (the statutory report),
 * the last day of a shorter month; without a notification, the sender's own
 * review_due. Working days and holidays are the sender's business. */
#ifndef VARDE_REVIEW_STATE_H
#define VARDE_REVIEW_STATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum review_status {
	REVIEW_NONE,
	REVIEW_STARTED,
	REVIEW_COMPLETED,
	REVIEW_NOT_CARRIED_OUT,
	REVIEW_OVERDUE, /* neither completed nor given up, and due has passed */
};

struct review_state {
	enum review_status status;
	char due[11]; /* "2026-05-31"; "" when nothing sets a day */
	bool late;    /* completed, or its report sent, after due: accepted, and marked */
};

/* Clear parts; `review` is NULL when there is none. `now_ms` in UTC: a due day ends with
 * it. Any shape is taken; what is not well-formed counts as absent. */
struct review_state review_state_of(const json_t *report, const json_t *review, int64_t now_ms);

/* "none", "started", "completed", "not_carried_out", "overdue". Constant. */
const char *review_status_name(enum review_status status);

/* Three months after `date` ("YYYY-MM-DD"), clamped to the month's end. False when it is no
 * date; `out` is then "". */
bool review_due_after(const char *date, char out[11]);

#endif
