/* When one issuer's keys are to be fetched next. Pure; times are milliseconds of a
 * clock that never runs backwards, so that a step of the wall clock neither
 * starves nor floods anyone.
 *
 * After success: the interval, shortened by up to a tenth at random, so that many
 * installations do not come at once and a withdrawn key is gone within one
 * interval. After the n-th failure in a row: 2 s * 2^(n-1), at most 5 min or the
 * interval, likewise shortened. An unknown kid brings the next fetch forward to
 * now, but only once in 5 min: a flood of invented kids costs the issuer no more
 * than that. */
#ifndef VARDE_ISSUERS_SCHEDULE_H
#define VARDE_ISSUERS_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#define SCHEDULE_ASK_MS INT64_C(300000)
#define SCHEDULE_RETRY_FIRST_MS INT64_C(2000)
#define SCHEDULE_RETRY_MAX_MS INT64_C(300000)

struct schedule {
	int64_t interval_ms;
	int64_t due_ms;
	int64_t asked_ms;  /* when an unknown kid last had its way */
	bool asked;        /* whether it ever had */
	unsigned failures; /* in a row */
};

/* Due at once. */
void schedule_init(struct schedule *s, int64_t interval_ms, int64_t now_ms);

/* Whether it is time; then a fetch begins, and nothing is due until it is done. */
bool schedule_begin(struct schedule *s, int64_t now_ms);

/* The fetch that began at `now_ms` has ended; `chance` is any random number. What
 * was asked for meanwhile stays due: the fetch may have come before what it is
 * asked for. */
void schedule_done(struct schedule *s, bool well, int64_t now_ms, uint32_t chance);

/* An unknown kid: true when this made the next fetch due now. */
bool schedule_ask(struct schedule *s, int64_t now_ms);

/* An operator wants it now. */
void schedule_hurry(struct schedule *s, int64_t now_ms);

#endif
