#include "count/period.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)
#define YEAR_MIN 1900
#define YEAR_MAX 2999

static bool digits(const char *text, size_t n)
{
	return strspn(text, "0123456789") >= n;
}

static int number(const char *text, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++)
		value = value * 10 + text[i] - '0';
	return value;
}

enum rc period_parse_year(const char *text, int32_t *ret)
{
	if (strlen(text) != 4 || !digits(text, 4) || number(text, 4) < YEAR_MIN ||
	    number(text, 4) > YEAR_MAX)
		return RC_INVALID;
	*ret = number(text, 4);
	return RC_OK;
}

enum rc period_parse_month(const char *text, int32_t *ret)
{
	int year, month;

	if (strlen(text) != 7 || !digits(text, 4) || text[4] != '-' || !digits(text + 5, 2))
		return RC_INVALID;
	year = number(text, 4);
	month = number(text + 5, 2);
	if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12)
		return RC_INVALID;
	*ret = PERIOD_MONTH(year, month);
	return RC_OK;
}

const char *period_month_text(int32_t month, char out[PERIOD_TEXT_SIZE])
{
	snprintf(out, PERIOD_TEXT_SIZE, "%04d-%02d", month / 12, month % 12 + 1);
	return out;
}

const char *period_month_code(int32_t month, char out[PERIOD_TEXT_SIZE])
{
	snprintf(out, PERIOD_TEXT_SIZE, "%04dM%02d", month / 12, month % 12 + 1);
	return out;
}

const char *period_quarter_code(int32_t month, char out[PERIOD_TEXT_SIZE])
{
	snprintf(out, PERIOD_TEXT_SIZE, "%04dK%d", month / 12, month % 12 / 3 + 1);
	return out;
}

const char *period_year_code(int32_t month, char out[PERIOD_TEXT_SIZE])
{
	snprintf(out, PERIOD_TEXT_SIZE, "%04d", month / 12);
	return out;
}

/* Days since 1970 of the last Sunday of March or October, both of 31 days. */
static int64_t last_sunday(int year, int month)
{
	int64_t last = clock_days(year, month, 31);

	return last - (last + 4) % 7; /* 1970-01-01 was a Thursday */
}

/* Milliseconds that Norway is ahead of UTC. */
static int64_t offset_at(int64_t ms, int year)
{
	bool summer = ms >= last_sunday(year, 3) * DAY_MS + HOUR_MS &&
		      ms < last_sunday(year, 10) * DAY_MS + HOUR_MS;

	return summer ? 2 * HOUR_MS : HOUR_MS;
}

int64_t period_begins_ms(int32_t month)
{
	int64_t midnight = clock_days(month / 12, month % 12 + 1, 1) * DAY_MS;

	/* No change ever falls within two hours of a month's first midnight. */
	return midnight - offset_at(midnight, month / 12);
}

int32_t period_at(int64_t ms)
{
	/* A first guess that is never more than a month too late. */
	int32_t month = (int32_t)(1970 * 12 + ms / (28 * DAY_MS) + 1);

	while (period_begins_ms(month) > ms)
		month--;
	return month;
}

const char *period_day_text(int64_t ms, char out[PERIOD_DAY_SIZE])
{
	char text[CLOCK_TEXT_SIZE];

	/* The year only says which two Sundays are meant, far from New Year. */
	clock_format(ms + offset_at(ms, period_year(period_at(ms))), text);
	snprintf(out, PERIOD_DAY_SIZE, "%.10s", text);
	return out;
}

int32_t period_last_quarter_end(int64_t ms)
{
	int32_t month = period_at(ms);

	return month - month % 3 - 1;
}
