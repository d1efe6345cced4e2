#include "review/state.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = {
	[REVIEW_NONE] = "none",           [REVIEW_STARTED] = "started",
	[REVIEW_COMPLETED] = "completed", [REVIEW_NOT_CARRIED_OUT] = "not_carried_out",
	[REVIEW_OVERDUE] = "overdue",
};

const char *review_status_name(enum review_status status)
{
	return names[status];
}

/* The date at `name`, or NULL. */
static const char *date_at(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	int64_t days;

	return text && !clock_parse_date(text, strlen(text), &days) ? text : NULL;
}

bool review_due_after(const char *date, char out[11])
{
	int year, month, day;
	int64_t days;

	out[0] = '\0';
	if (!date || clock_parse_date(date, strlen(date), &days) ||
	    sscanf(date, "%4d-%2d-%2d", &year, &month, &day) != 3)
		return false;
	month += 3;
	if (month > 12) {
		month -= 12;
		year++;
	}
	while (!clock_is_date(year, month, day))
		day--;
	return snprintf(out, 11, "%04d-%02d-%02d", year % 10000, month % 100, day % 100) == 10;
}

static void find_due(const json_t *report, char out[11])
{
	const char *own = date_at(report, "review_due");

	if (!review_due_after(date_at(json_object_get(report, "notification"), "sent_date"), out) &&
	    own)
		snprintf(out, 11, "%s", own);
}

static enum review_status status_said(const json_t *review)
{
	const char *said = json_string_value(json_object_get(review, "status"));

	for (size_t i = REVIEW_STARTED; said && i <= REVIEW_NOT_CARRIED_OUT; i++)
		if (!strcmp(said, names[i]))
			return (enum review_status)i;
	return REVIEW_NONE;
}

/* Dates as text are in order as they are. */
static bool is_after(const char *date, const char *due)
{
	return date && due[0] && strcmp(date, due) > 0;
}

struct review_state review_state_of(const json_t *report, const json_t *review, int64_t now_ms)
{
	struct review_state state = { .status = status_said(review) };
	const char *finished = date_at(review, "report_sent_date");
	char today[CLOCK_TEXT_SIZE];

	find_due(report, state.due);
	clock_format(now_ms, today);
	today[10] = '\0';
	if (state.status == REVIEW_COMPLETED)
		state.late = is_after(finished ? finished : date_at(review, "completed_date"),
				      state.due);
	else if (state.status != REVIEW_NOT_CARRIED_OUT && is_after(today, state.due))
		state.status = REVIEW_OVERDUE;
	return state;
}
