/* Months, quarters and years as numbers, and as the texts that senders, analysts
 * and StatBank's time codes write. */
#ifndef VARDE_COUNT_PERIOD_H
#define VARDE_COUNT_PERIOD_H

#include "base/rc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A month: 12 * year + month - 1. Years 1900 to 2999. */
#define PERIOD_MONTH(year, month) ((int32_t)((year)*12 + (month)-1))
#define PERIOD_TEXT_SIZE 16

/* "2026-01", and nothing behind it. RC_INVALID. */
NODISCARD enum rc period_parse_month(const char *text, int32_t *ret);
/* "2026". RC_INVALID. */
NODISCARD enum rc period_parse_year(const char *text, int32_t *ret);

/* "2026-01", "2026M01", "2026K1", "2026" of or around a month; `out` is returned. */
const char *period_month_text(int32_t month, char out[PERIOD_TEXT_SIZE]);
const char *period_month_code(int32_t month, char out[PERIOD_TEXT_SIZE]);
const char *period_quarter_code(int32_t month, char out[PERIOD_TEXT_SIZE]);
const char *period_year_code(int32_t month, char out[PERIOD_TEXT_SIZE]);

static inline int32_t period_year(int32_t month)
{
	return month / 12;
}

/* When a month begins in Norway, as UTC milliseconds: local midnight, by the
 * rule in force since 1996 (directive 2000/84/EC: summer time from the last
 * Sunday of March to the last of October, changes at 01:00 UTC). */
int64_t period_begins_ms(int32_t month);

/* The month that `ms` lies in, in Norway. */
int32_t period_at(int64_t ms);

/* The day that `ms` lies in, in Norway, as "2026-01-31". */
#define PERIOD_DAY_SIZE 11
const char *period_day_text(int64_t ms, char out[PERIOD_DAY_SIZE]);

/* The last month of the last quarter that was over at `ms`. */
int32_t period_last_quarter_end(int64_t ms);

#endif
