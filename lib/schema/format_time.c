/* Dates and times of RFC 3339. */
#include "base/clock.h"
#include "schema/format.h"

#include <ctype.h>

struct reader {
	const char *at, *end;
};

/* Exactly `digits` digits, or -1. */
static int number(struct reader *r, int digits)
{
	int v = 0;

	for (; digits > 0; digits--, r->at++) {
		if (r->at == r->end || *r->at < '0' || *r->at > '9')
			return -1;
		v = v * 10 + (*r->at - '0');
	}
	return v;
}

static bool literal(struct reader *r, char c)
{
	if (r->at == r->end || tolower((unsigned char)*r->at) != c)
		return false;
	r->at++;
	return true;
}

/* Minutes east of UTC. */
static bool offset(struct reader *r, int *ret)
{
	int sign, hours, minutes;

	*ret = 0;
	if (literal(r, 'z'))
		return true;
	if (!literal(r, '+') && !literal(r, '-'))
		return false;
	sign = r->at[-1] == '-' ? -1 : 1;
	hours = number(r, 2);
	if (hours < 0 || hours > 23 || !literal(r, ':'))
		return false;
	minutes = number(r, 2);
	*ret = sign * (hours * 60 + minutes);
	return minutes >= 0 && minutes <= 59;
}

/* A leap second comes only at 23:59:60 UTC (RFC 3339 section 5.7). */
static bool full_time(struct reader *r)
{
	int hour, minute, second, east, utc;

	hour = number(r, 2);
	if (hour < 0 || hour > 23 || !literal(r, ':'))
		return false;
	minute = number(r, 2);
	if (minute < 0 || minute > 59 || !literal(r, ':'))
		return false;
	second = number(r, 2);
	if (second < 0 || second > 60)
		return false;
	if (literal(r, '.')) {
		if (number(r, 1) < 0)
			return false;
		while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
			r->at++;
	}
	if (!offset(r, &east))
		return false;
	utc = ((hour * 60 + minute - east) % 1440 + 1440) % 1440;
	return second < 60 || utc == 23 * 60 + 59;
}

bool format_date(const char *text, size_t len)
{
	int64_t days;

	return clock_parse_date(text, len, &days) == RC_OK;
}

bool format_time(const char *text, size_t len)
{
	struct reader r = { text, text + len };

	return full_time(&r) && r.at == r.end;
}

bool format_date_time(const char *text, size_t len)
{
	int64_t ms;

	return clock_parse(text, len, &ms) == RC_OK;
}

/* Units in their order, each at most once and, as the grammar nests them
 * (year-month-day, hour-minute-second), without gaps. */
static bool units(struct reader *r, const char *order)
{
	const char *at = order;
	int seen = 0;

	while (r->at < r->end && isdigit((unsigned char)*r->at)) {
		const char *unit = at;

		while (r->at < r->end && isdigit((unsigned char)*r->at))
			r->at++;
		if (r->at == r->end)
			return false;
		while (*unit && *unit != *r->at)
			unit++;
		if (!*unit || (seen && unit != at))
			return false;
		at = unit + 1;
		r->at++;
		seen++;
	}
	return seen > 0;
}

bool format_duration(const char *text, size_t len)
{
	struct reader r = { text, text + len }, week;

	if (r.at == r.end || *r.at++ != 'P')
		return false;
	week = r;
	if (units(&week, "W") && week.at == week.end)
		return true;
	if (r.at < r.end && *r.at != 'T' && !units(&r, "YMD"))
		return false;
	if (r.at < r.end && *r.at == 'T') {
		r.at++;
		return units(&r, "HMS") && r.at == r.end;
	}
	return r.at == r.end && r.at > text + 1;
}
