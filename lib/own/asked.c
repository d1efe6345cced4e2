#include "own/asked.h"

#include "count/period.h"

#include <string.h>

static const char *const clocks[] = {
	[COUNTED_REGISTRATION] = "registration", [COUNTED_EVENT] = "event"
};
static const char *const periods[] = {
	[OWN_MONTH] = "month", [OWN_QUARTER] = "quarter", [OWN_YEAR] = "year"
};

static int index_of(const char *value, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], value))
			return (int)i;
	return -1;
}

static enum rc set_by(struct own_asked *asked, const char *value)
{
	const struct {
		const char *name;
		bool *flag;
	} known[] = { { "unit", &asked->by_unit },
		      { "type", &asked->by_type },
		      { "severity", &asked->by_severity } };

	for (const char *at = value;; at++) {
		size_t len = strcspn(at, ","), i = 0;

		for (; i < ARRAY_LEN(known); i++)
			if (strlen(known[i].name) == len && !strncmp(known[i].name, at, len))
				break;
		if (i == ARRAY_LEN(known) || *known[i].flag)
			return RC_INVALID;
		*known[i].flag = true;
		at += len;
		if (!*at)
			return RC_OK;
	}
}

enum rc own_asked_set(struct own_asked *asked, const char *name, const char *value)
{
	int which;

	if (!strcmp(name, "clock")) {
		which = index_of(value, clocks, ARRAY_LEN(clocks));
		asked->clock = which < 0 ? COUNTED_REGISTRATION : (enum counted_clock)which;
		return which < 0 ? RC_INVALID : RC_OK;
	}
	if (!strcmp(name, "period")) {
		which = index_of(value, periods, ARRAY_LEN(periods));
		asked->period = which < 0 ? OWN_MONTH : (enum own_period)which;
		return which < 0 ? RC_INVALID : RC_OK;
	}
	if (!strcmp(name, "from"))
		return period_parse_month(value, &asked->from);
	if (!strcmp(name, "to"))
		return period_parse_month(value, &asked->to);
	return !strcmp(name, "by") ? set_by(asked, value) : RC_NOT_FOUND;
}

int32_t own_period_months(enum own_period period)
{
	static const int32_t months[] = { [OWN_MONTH] = 1, [OWN_QUARTER] = 3, [OWN_YEAR] = 12 };

	return months[period];
}

enum rc own_asked_finish(struct own_asked *asked, int64_t now_ms, const char **ret_where)
{
	int32_t now = period_at(now_ms), months = own_period_months(asked->period);

	*ret_where = "to";
	if (!asked->to)
		asked->to = now;
	if (asked->to > now)
		return RC_INVALID;
	*ret_where = "from";
	if (!asked->from)
		asked->from = asked->to - OWN_MONTHS_DEFAULT + 1;
	if (asked->from > asked->to || asked->to - asked->from >= OWN_MONTHS_MAX)
		return RC_INVALID;
	asked->from -= asked->from % months;
	asked->to += months - 1 - asked->to % months;
	return RC_OK;
}

size_t own_asked_periods(const struct own_asked *asked)
{
	return (size_t)((asked->to - asked->from + 1) / own_period_months(asked->period));
}

int32_t own_asked_period(const struct own_asked *asked, size_t n)
{
	return asked->from + (int32_t)n * own_period_months(asked->period);
}
