#include "pxweb/catalog.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

/* `n` digits as a number; -1. */
static int digits(const char *text, size_t n)
{
	int value = 0;

	if (strspn(text, "0123456789") < n)
		return -1;
	for (size_t i = 0; i < n; i++)
		value = value * 10 + (text[i] - '0');
	return value;
}

static void write_day(int64_t days, char out[11])
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(days * INT64_C(86400000), text);
	memcpy(out, text, 10);
	out[10] = '\0';
}

/* Years as they stand in codes, so that nothing below overflows. */
static bool is_year(int year)
{
	return year >= 1900 && year <= 9998;
}

bool px_period_days(const char *code, char ret_first[11], char ret_last[11])
{
	size_t len = strlen(code);
	int year = digits(code, 4), last_year = year, first = 1, months = 12;

	if (len == 6 && (code[4] == 'K' || code[4] == 'k')) {
		first = (digits(code + 5, 1) - 1) * 3 + 1;
		months = 3;
	} else if (len == 7 && (code[4] == 'M' || code[4] == 'm')) {
		first = digits(code + 5, 2);
		months = 1;
	} else if (len == 9 && code[4] == '-') {
		last_year = digits(code + 5, 4);
	} else if (len != 4) {
		return false;
	}
	if (!is_year(year) || !is_year(last_year) || last_year < year || first < 1 ||
	    first + months > 13)
		return false;
	write_day(clock_days(year, first, 1), ret_first);
	first += months;
	write_day(clock_days(last_year + first / 13, first > 12 ? 1 : first, 1) - 1, ret_last);
	return true;
}
