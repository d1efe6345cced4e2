#include "duty/duty.h"

#include "base/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

/* 1970-01-01 was a Thursday. */
static bool is_sunday(int64_t days)
{
	return ((days % 7) + 7) % 7 == 3;
}

static void write_date(int64_t days, char out[11])
{
	char text[CLOCK_TEXT_SIZE];

	snprintf(out, 11, "%.10s", clock_format(days * DAY_MS, text));
}

static bool read_date(const json_t *object, const char *name, int64_t *ret_days)
{
	const json_t *value = json_object_get(object, name);

	return json_is_string(value) &&
	       !clock_parse_date(json_string_value(value), json_string_length(value), ret_days);
}

static int64_t earliest(int64_t event)
{
	int64_t day = event;

	for (int counted = 0; counted < DUTY_WORKING_DAYS;)
		counted += !is_sunday(++day);
	return day;
}

static int64_t months_later(const char *date, int months)
{
	int year = 0, month = 0, day = 0;

	if (sscanf(date, "%4d-%2d-%2d", &year, &month, &day) != 3)
		return 0;
	month += months;
	year += (month - 1) / 12;
	month = (month - 1) % 12 + 1;
	while (!clock_is_date(year, month, day))
		day--;
	return clock_days(year, month, day);
}

void duty_dates(const json_t *report, struct duty_dates *ret)
{
	int64_t days;

	*ret = (struct duty_dates){ 0 };
	if (read_date(json_object_get(report, "event"), "date", &days)) {
		write_date(days, ret->event);
		write_date(earliest(days), ret->earliest);
	}
	if (read_date(json_object_get(report, "notification"), "sent_date", &days)) {
		write_date(days, ret->sent);
		write_date(months_later(ret->sent, DUTY_REPORT_MONTHS), ret->report);
	}
}
