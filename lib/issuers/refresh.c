#include "issuers/refresh.h"

#include "base/clock.h"
#include "issuers/internal.h"
#include "issuers/kept.h"
#include "issuers/schedule.h"
#include "jose/jwks.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#define STEP_MAX_MS 60000
#define STACK ((size_t)1 << 20) /* all of it may be locked in memory */

struct refresh {
	struct refresh_options options;
	pthread_mutex_t lock; /* guards `schedule`, never held during a fetch */
	pthread_cond_t wake;  /* the schedule changed, or stop */
	struct schedule schedule;
	bool stop; /* atomic; set under the lock */
	bool running;
	pthread_t thread;
};

static const struct config_issuer *issuer_of(const struct refresh *r)
{
	return &r->options.config->issuers[r->options.index];
}

static void tell(const struct refresh *r, enum issuer_event event, const struct err *err)
{
	if (r->options.notice)
		r->options.notice(r->options.notice_ctx, r->options.index, event, err);
}

static bool stopping(const struct refresh *r)
{
	return __atomic_load_n(&r->stop, __ATOMIC_ACQUIRE);
}

static void failed(struct refresh *r, enum issuer_event event, int64_t now_ms,
		   const struct err *err)
{
	issuers_failed(r->options.issuers, r->options.index, event == ISSUER_KEYS_REFUSED, now_ms,
		       err);
	tell(r, event, err);
}

/* One fetch and what comes of it; true when the issuer's keys are known anew. */
static bool fetch_once(struct refresh *r, bool was_failing, int64_t now_ms)
{
	CLEANUP(buf_release) struct buf text = buf_capped(JOSE_JWKS_MAX_LEN);
	const struct config_issuer *issuer = issuer_of(r);
	struct err err = { 0 };
	bool changed = false;
	enum rc rc = r->options.fetch(r->options.fetch_ctx, issuer, &r->stop, &text, &err);

	if (stopping(r))
		return false;
	if (rc) {
		failed(r, ISSUER_REFRESH_FAILED, now_ms, &err);
		return false;
	}
	rc = issuers_take(r->options.issuers, r->options.index, buf_text(&text), text.len, now_ms,
			  &changed, &err);
	if (rc) {
		failed(r, rc == RC_NOMEM ? ISSUER_REFRESH_FAILED : ISSUER_KEYS_REFUSED, now_ms,
		       &err);
		return false;
	}
	if (was_failing)
		tell(r, ISSUER_REFRESH_WELL, NULL);
	if (changed)
		tell(r, ISSUER_KEYS_CHANGED, NULL);
	if (kept_save(r->options.config, issuer, buf_text(&text), text.len, now_ms, &err))
		tell(r, ISSUER_KEYS_NOT_KEPT, &err);
	return true;
}

int64_t refresh_step(struct refresh *r, int64_t monotonic_ms, int64_t now_ms)
{
	bool begin, was_failing, in_force, well = false;
	int64_t wait;

	pthread_mutex_lock(&r->lock);
	begin = schedule_begin(&r->schedule, monotonic_ms);
	was_failing = r->schedule.failures > 0;
	pthread_mutex_unlock(&r->lock);
	if (begin)
		well = fetch_once(r, was_failing, now_ms);
	if (issuers_age(r->options.issuers, r->options.index, now_ms, &in_force))
		tell(r, in_force ? ISSUER_KEYS_CHANGED : ISSUER_KEYS_EXPIRED, NULL);
	pthread_mutex_lock(&r->lock);
	if (begin)
		schedule_done(&r->schedule, well, monotonic_ms, randombytes_random());
	wait = r->schedule.due_ms - monotonic_ms;
	pthread_mutex_unlock(&r->lock);
	return wait < 0 ? 0 : wait > STEP_MAX_MS ? STEP_MAX_MS : wait;
}

static int64_t monotonic_ms(void)
{
	return clock_monotonic_us() / 1000;
}

/* Until then, or until the schedule says earlier. */
static void wait_until(struct refresh *r, int64_t until_ms)
{
	pthread_mutex_lock(&r->lock);
	while (!stopping(r)) {
		int64_t until = r->schedule.due_ms < until_ms ? r->schedule.due_ms : until_ms;
		const struct timespec at = { .tv_sec = until / 1000,
					     .tv_nsec = until % 1000 * 1000000 };

		if (monotonic_ms() >= until)
			break;
		pthread_cond_timedwait(&r->wake, &r->lock, &at);
	}
	pthread_mutex_unlock(&r->lock);
}

static void *run(void *arg)
{
	struct refresh *r = arg;

	while (!stopping(r)) {
		int64_t now = monotonic_ms();

		wait_until(r, now + refresh_step(r, now, clock_now_ms()));
	}
	return NULL;
}

bool refresh_ask(struct refresh *r, int64_t now_ms)
{
	bool heard;

	pthread_mutex_lock(&r->lock);
	heard = schedule_ask(&r->schedule, now_ms);
	if (heard)
		pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
	return heard;
}

void refresh_hurry(struct refresh *r, int64_t now_ms)
{
	pthread_mutex_lock(&r->lock);
	schedule_hurry(&r->schedule, now_ms);
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
}

enum rc refresh_new(const struct refresh_options *options, int64_t now_ms, struct refresh **ret,
		    struct err *reterr)
{
	struct refresh *r = calloc(1, sizeof(*r));
	pthread_condattr_t attr;

	if (!r)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	r->options = *options;
	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->wake, &attr);
	pthread_condattr_destroy(&attr);
	schedule_init(&r->schedule, issuer_of(r)->refresh_s * 1000, now_ms);
	*ret = r;
	return RC_OK;
}

enum rc refresh_run(struct refresh *r, struct err *reterr)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	r->running = pthread_create(&r->thread, &attr, run, r) == 0;
	pthread_attr_destroy(&attr);
	return r->running ? RC_OK
			  : err_set(reterr, RC_NOMEM, "no-memory", NULL,
				    "no thread to fetch keys with");
}

void refresh_free(struct refresh *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	__atomic_store_n(&r->stop, true, __ATOMIC_RELEASE);
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
	if (r->running)
		pthread_join(r->thread, NULL);
	pthread_cond_destroy(&r->wake);
	pthread_mutex_destroy(&r->lock);
	free(r);
}
