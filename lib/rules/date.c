#include "base/clock.h"
#include "rules/run.h"

/* Reads `n` digits; -1 when they are not. */
static int digits(const char *text, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		v = v * 10 + (text[i] - '0');
	}
	return v;
}

static enum rules_date_kind read_day(int year, int month, int day, struct rules_date *ret)
{
	if (!clock_is_date(year, month, day))
		return RULES_DATE_IMPOSSIBLE;
	ret->first = ret->last = clock_days(year, month, day);
	return RULES_DATE_OK;
}

static enum rules_date_kind read_month(int year, int month, struct rules_date *ret)
{
	if (month < 1 || month > 12)
		return RULES_DATE_IMPOSSIBLE;
	ret->first = clock_days(year, month, 1);
	ret->last = clock_days(year + month / 12, month % 12 + 1, 1) - 1;
	return RULES_DATE_OK;
}

enum rules_date_kind rules_date_read(const char *text, struct rules_date *ret)
{
	size_t len = text ? strlen(text) : 0;
	int month, day;

	if ((len != 4 && len != 7 && len != 10) || (ret->year = digits(text, 4)) < 0)
		return RULES_DATE_OTHER;
	if (len == 4) {
		ret->first = clock_days(ret->year, 1, 1);
		ret->last = clock_days(ret->year, 12, 31);
		return RULES_DATE_OK;
	}
	month = digits(text + 5, 2);
	if (text[4] != '-' || month < 0)
		return RULES_DATE_OTHER;
	if (len == 7)
		return read_month(ret->year, month, ret);
	day = digits(text + 8, 2);
	if (text[7] != '-' || day < 0)
		return RULES_DATE_OTHER;
	return read_day(ret->year, month, day, ret);
}

bool rules_event_date(const json_t *document, struct rules_date *ret)
{
	return rules_date_read(rules_string(json_object_get(document, "event"), "date"), ret) ==
	       RULES_DATE_OK;
}
