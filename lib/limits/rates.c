#include "limits/rates.h"

#include "limits/slots.h"

#include <stdlib.h>

#define MINUTE_NS INT64_C(60000000000)
#define SECOND_NS INT64_C(1000000000)

struct bucket {
	int64_t full_at; /* ns */
	int64_t seen;    /* ns: the latest time heard */
};

struct rates {
	struct slots *slots;
};

static bool resting(const void *slot, int64_t now)
{
	const struct bucket *bucket = slot;

	for (size_t i = 0; i < RATES_KINDS; i++)
		if (bucket[i].full_at > now)
			return false;
	return true;
}

enum rc rates_new(size_t names, struct rates **ret)
{
	struct rates *rates = calloc(1, sizeof(*rates));
	enum rc rc;

	if (!rates)
		return RC_NOMEM;
	rc = slots_new(names, RATES_KINDS * sizeof(struct bucket), resting, &rates->slots);
	if (rc)
		free(rates);
	else
		*ret = rates;
	return rc;
}

void rates_free(struct rates *rates)
{
	if (!rates)
		return;
	slots_free(rates->slots);
	free(rates);
}

static int64_t up(int64_t n, int64_t unit)
{
	return n / unit + (n % unit != 0);
}

/* Time between two units. */
static int64_t interval(const struct rate *rate)
{
	return MINUTE_NS / rate->per_minute;
}

static struct rate_level level(const struct bucket *bucket, const struct rate *rate, int64_t now)
{
	int64_t missing_ns = bucket->full_at > now ? bucket->full_at - now : 0;
	int64_t missing = up(missing_ns, interval(rate));
	struct rate_level level = { 0 };

	if (missing < rate->burst)
		level.remaining = rate->burst - missing;
	if (missing)
		level.more_s = up(missing_ns - (rate->burst - level.remaining - 1) * interval(rate),
				  SECOND_NS);
	return level;
}

static void charge(struct bucket *bucket, const struct rate *rate, int64_t cost, int64_t now)
{
	int64_t ns;

	if (bucket->full_at < now)
		bucket->full_at = now;
	if (__builtin_mul_overflow(cost, interval(rate), &ns) ||
	    __builtin_add_overflow(bucket->full_at, ns, &bucket->full_at))
		bucket->full_at = INT64_MAX;
}

static enum rc take(struct rates *rates, const char *name, unsigned kind, const struct rate *rate,
		    int64_t cost, int64_t now_us, bool owe, struct rate_level *ret)
{
	int64_t now = now_us * 1000;
	pthread_mutex_t *lock;
	struct bucket *bucket = slots_lock(rates->slots, name, now, &lock);
	enum rc rc = RC_OK;

	if (!bucket)
		return RC_BUSY;
	bucket += kind;
	if (now < bucket->seen) /* the clock was set back: so is what was measured by it */
		bucket->full_at -= bucket->seen - now;
	bucket->seen = now;
	*ret = level(bucket, rate, now);
	if (owe || ret->remaining) {
		charge(bucket, rate, cost, now);
		*ret = level(bucket, rate, now);
	} else {
		rc = RC_LIMIT;
	}
	slots_unlock(lock);
	return rc;
}

enum rc rates_take(struct rates *rates, const char *name, unsigned kind, const struct rate *rate,
		   int64_t cost, int64_t now_us, struct rate_level *ret)
{
	return take(rates, name, kind, rate, cost, now_us, false, ret);
}

enum rc rates_owe(struct rates *rates, const char *name, unsigned kind, const struct rate *rate,
		  int64_t cost, int64_t now_us, struct rate_level *ret)
{
	return take(rates, name, kind, rate, cost, now_us, true, ret);
}

int64_t rate_window_s(const struct rate *rate)
{
	return up(rate->burst * 60, rate->per_minute);
}
