/* One issuer's keys kept fresh: a schedule, a fetcher, and the thread that brings
 * them together, so that an issuer that hangs holds up no other and is never
 * fetched twice at once. */
#ifndef VARDE_ISSUERS_REFRESH_H
#define VARDE_ISSUERS_REFRESH_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "issuers/issuers.h"

struct refresh;

/* Appends the text of an issuer's key set to `out`. May take its time, but is to
 * end soon after `*stop` (atomic) is true. */
typedef enum rc refresh_fetch(void *ctx, const struct config_issuer *issuer, const bool *stop,
			      struct buf *out, struct err *reterr);

struct refresh_options {
	const struct config *config;
	struct issuers *issuers;
	size_t index; /* of the issuer, in both */
	refresh_fetch *fetch;
	void *fetch_ctx;
	issuers_notice *notice; /* may be NULL */
	void *notice_ctx;
};

/* Due at once, with no thread yet. RC_NOMEM. */
NODISCARD enum rc refresh_new(const struct refresh_options *options, int64_t monotonic_ms,
			      struct refresh **ret, struct err *reterr);

/* Makes a thread of its own take the steps, by the real clocks. RC_NOMEM. */
NODISCARD enum rc refresh_run(struct refresh *refresh, struct err *reterr);

/* Stops the thread, waits for it, frees. */
void refresh_free(struct refresh *refresh);
DEFINE_CLEANUP(struct refresh *, refresh_free)

/* Fetches if that is due, takes keys that have become too old out of force, and
 * says how many milliseconds from `monotonic_ms` to wait for the next step, at
 * most a minute (the wall clock may be set meanwhile). */
int64_t refresh_step(struct refresh *refresh, int64_t monotonic_ms, int64_t now_ms);

/* As schedule_ask() and schedule_hurry(). Any thread, never waits for a fetch. */
bool refresh_ask(struct refresh *refresh, int64_t monotonic_ms);
void refresh_hurry(struct refresh *refresh, int64_t monotonic_ms);

#endif
