#include "base/clock.h"

#include <stdio.h>
#include <time.h>

#define MS_PER_DAY INT64_C(86400000)

static int64_t ahead_ms; /* of the machine's clock; written before there are threads */

int64_t clock_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 + ahead_ms;
}

void clock_set_ms(int64_t now_ms)
{
	ahead_ms += now_ms - clock_now_ms();
}

int64_t clock_monotonic_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool clock_is_date(int year, int month, int day)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (year < 0 || year > 9999 || month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && is_leap(year));
}

/* Counts in years that start in March, so that the leap day comes last. */
int64_t clock_days(int year, int month, int day)
{
	int64_t y = year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t in_era = y - era * 400;
	int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

const char *clock_format(int64_t ms, char out[CLOCK_TEXT_SIZE])
{
	int64_t day_ms = ((ms % MS_PER_DAY) + MS_PER_DAY) % MS_PER_DAY;
	time_t seconds = (time_t)((ms - day_ms) / 1000 + day_ms / 1000);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	/* the remainders tell the compiler that it fits */
	snprintf(out, CLOCK_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
		 (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)(tm.tm_mon + 1) % 100,
		 (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100,
		 (unsigned)tm.tm_sec % 100, (unsigned)(day_ms % 1000));
	return out;
}

/* Exactly `digits` digits at `*at`, or -1. Moves `*at` on. */
static int number(const char **at, const char *end, int digits)
{
	int v = 0;

	if (end - *at < digits)
		return -1;
	for (; digits > 0; digits--, (*at)++) {
		if (**at < '0' || **at > '9')
			return -1;
		v = v * 10 + (**at - '0');
	}
	return v;
}

static bool literal(const char **at, const char *end, char a, char b)
{
	if (*at == end || (**at != a && **at != b))
		return false;
	(*at)++;
	return true;
}

static bool parse_date(const char **at, const char *end, int64_t *days)
{
	int y, m, d;

	y = number(at, end, 4);
	if (y < 0 || !literal(at, end, '-', '-'))
		return false;
	m = number(at, end, 2);
	if (m < 0 || !literal(at, end, '-', '-'))
		return false;
	d = number(at, end, 2);
	if (d < 0 || !clock_is_date(y, m, d))
		return false;
	*days = clock_days(y, m, d);
	return true;
}

enum rc clock_parse_date(const char *text, size_t len, int64_t *ret_days)
{
	const char *at = text, *end = text + len;
	int64_t days;

	if (!parse_date(&at, end, &days) || at != end)
		return RC_INVALID;
	*ret_days = days;
	return RC_OK;
}

/* Milliseconds of ".123456"; digits past the third are dropped. */
static bool parse_fraction(const char **at, const char *end, int *ms)
{
	int scale = 100;

	*ms = 0;
	if (*at == end || **at != '.')
		return true;
	(*at)++;
	if (*at == end || **at < '0' || **at > '9')
		return false;
	for (; *at < end && **at >= '0' && **at <= '9'; (*at)++, scale /= 10)
		*ms += (**at - '0') * scale;
	return true;
}

static bool parse_offset(const char **at, const char *end, int *minutes)
{
	int sign, h, m;

	*minutes = 0;
	if (literal(at, end, 'Z', 'z'))
		return true;
	if (*at == end || (**at != '+' && **at != '-'))
		return false;
	sign = **at == '-' ? -1 : 1;
	(*at)++;
	h = number(at, end, 2);
	if (h < 0 || h > 23 || !literal(at, end, ':', ':'))
		return false;
	m = number(at, end, 2);
	if (m < 0 || m > 59)
		return false;
	*minutes = sign * (h * 60 + m);
	return true;
}

enum rc clock_parse(const char *text, size_t len, int64_t *ret_ms)
{
	const char *at = text, *end = text + len;
	int h, m, s, fraction, offset;
	int64_t days, ms;

	if (!parse_date(&at, end, &days) || !literal(&at, end, 'T', 't'))
		return RC_INVALID;
	h = number(&at, end, 2);
	if (h < 0 || h > 23 || !literal(&at, end, ':', ':'))
		return RC_INVALID;
	m = number(&at, end, 2);
	if (m < 0 || m > 59 || !literal(&at, end, ':', ':'))
		return RC_INVALID;
	s = number(&at, end, 2);
	if (s < 0 || s > 60 || !parse_fraction(&at, end, &fraction))
		return RC_INVALID;
	if (!parse_offset(&at, end, &offset) || at != end)
		return RC_INVALID;
	/* RFC 3339 5.7: a leap second is the last of a UTC day in disguise. */
	if (s == 60) {
		if ((h * 60 + m - offset + 2880) % 1440 != 1439)
			return RC_INVALID;
		s = 59;
		fraction = 999;
	}
	ms = days * MS_PER_DAY + ((h * 60 + m - offset) * INT64_C(60) + s) * 1000 + fraction;
	/* An offset can lead out of the years that have a text. */
	if (ms < clock_days(0, 1, 1) * MS_PER_DAY || ms >= clock_days(10000, 1, 1) * MS_PER_DAY)
		return RC_INVALID;
	*ret_ms = ms;
	return RC_OK;
}
