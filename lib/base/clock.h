/* Time as the house keeps it: integer milliseconds since 1970, UTC.
 * Library functions take `now_ms` from their caller; only programs ask the
 * clock, so that a test can stand anywhere in time. */
#ifndef VARDE_BASE_CLOCK_H
#define VARDE_BASE_CLOCK_H

#include "base/rc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_TEXT_SIZE 32

/* Wall clock now, or what clock_set_ms() made of it. */
int64_t clock_now_ms(void);

/* From here on the wall clock of this process shows `now_ms` and runs on; the
 * monotonic one is left alone. For a test installation (`[varde] clock`), before
 * there are threads. */
void clock_set_ms(int64_t now_ms);

/* Never runs backwards; origin unspecified. For durations in microseconds. */
int64_t clock_monotonic_us(void);

/* "2026-11-22T21:51:31.042Z" into `out`, which it returns. Years 0 to 9999. */
const char *clock_format(int64_t ms, char out[CLOCK_TEXT_SIZE]);

/* RFC 3339 date-time with any offset, 'T' and 'Z' in either case, leap second
 * 60 accepted as :59.999, in the years 0 to 9999 of UTC. `text` need not end in
 * NUL. RC_INVALID otherwise. */
NODISCARD enum rc clock_parse(const char *text, size_t len, int64_t *ret_ms);

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar. */
int64_t clock_days(int year, int month, int day);

/* Whether year-month-day is a day of the calendar. */
bool clock_is_date(int year, int month, int day);

/* "YYYY-MM-DD" to days since 1970. RC_INVALID when it is no such date. */
NODISCARD enum rc clock_parse_date(const char *text, size_t len, int64_t *ret_days);

#endif
