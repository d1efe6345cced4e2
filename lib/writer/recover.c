/* Quarantine and the way out of it. Reopening and checking read a whole file, so
 * they have their own thread: the lane goes on with its other tenants. */
#include "writer/internal.h"

#include "base/clock.h"

static int64_t monotonic_ms(void)
{
	return clock_monotonic_us() / 1000;
}

static void fail_jobs(struct writer_job *job, enum rc rc)
{
	while (job) {
		struct writer_job *next = job->next;

		job->done(job, NULL, rc);
		job = next;
	}
}

static void fail_calls(struct lane *lane, struct call *call, enum rc rc)
{
	for (struct call *next; call; call = next) {
		next = call->next;
		err_set(call->reterr, rc, "tenant-quarantined", NULL,
			"the tenant's file has failed");
		call->rc = rc;
		call->finished = true;
	}
	pthread_cond_broadcast(&lane->answered);
}

void recover_quarantine(struct lane *lane, struct tenant *tenant, enum rc rc, const struct err *err)
{
	struct writer *writer = lane->writer;
	struct store *broken;
	struct writer_job *waiting;

	pthread_mutex_lock(&lane->lock);
	broken = tenant->store;
	tenant->store = NULL;
	tenant->state = TENANT_QUARANTINED;
	tenant->backoff_ms = writer->options.retry_ms;
	tenant->retry_at_ms = monotonic_ms() + tenant->backoff_ms;
	tenant->status.tenants = tenant->status.quarantined = 1;
	tenant->status.wal_pages = 0;
	waiting = tenant->first;
	tenant->first = tenant->last = NULL;
	tenant->status.queued = tenant->status.queued_bytes = 0;
	fail_calls(lane, tenant->first_call, RC_IO);
	tenant->first_call = tenant->last_call = NULL;
	pthread_mutex_unlock(&lane->lock);

	store_free(broken);
	fail_jobs(waiting, RC_IO);
	writer_notice(writer, tenant->orgnr, rc, err);

	pthread_mutex_lock(&writer->recover_lock);
	writer->recover_asked++;
	pthread_cond_signal(&writer->recover_wake);
	pthread_mutex_unlock(&writer->recover_lock);
}

/* The quarantined tenant that is due first, or NULL. Only this thread ends a
 * quarantine, so the tenant stays as it is after the lock is gone. */
static struct tenant *first_due(struct writer *writer, struct lane **ret_lane)
{
	struct tenant *due = NULL;

	for (size_t i = 0; i < writer->options.threads; i++) {
		struct lane *lane = &writer->lanes[i];

		pthread_mutex_lock(&lane->lock);
		for (size_t b = 0; b < LANE_BUCKETS; b++) {
			for (struct tenant *t = lane->buckets[b]; t; t = t->next) {
				if (t->state == TENANT_QUARANTINED &&
				    (!due || t->retry_at_ms < due->retry_at_ms)) {
					due = t;
					*ret_lane = lane;
				}
			}
		}
		pthread_mutex_unlock(&lane->lock);
	}
	return due;
}

static void try_again(struct writer *writer, struct lane *lane, struct tenant *tenant)
{
	struct store *store = NULL;
	struct err err = { 0 };
	enum rc rc = writer_open_store(writer, tenant->orgnr, &store, &err);

	if (!rc)
		rc = store_check(store, &err);
	if (rc) {
		store_free(store);
		tenant->backoff_ms *= 2;
		if (tenant->backoff_ms > RECOVER_BACKOFF_MAX_MS)
			tenant->backoff_ms = RECOVER_BACKOFF_MAX_MS;
		pthread_mutex_lock(&lane->lock);
		tenant->retry_at_ms = monotonic_ms() + tenant->backoff_ms;
		pthread_mutex_unlock(&lane->lock);
		return;
	}
	pthread_mutex_lock(&lane->lock);
	tenant->store = store;
	tenant->state = TENANT_OPEN;
	tenant->status.quarantined = 0;
	tenant->checkpoint_at = writer->options.wal_pages;
	tenant->log_pages = 0;
	pthread_mutex_unlock(&lane->lock);
	writer_notice(writer, tenant->orgnr, RC_OK, NULL);
}

/* Waits until `tenant` is due, something new is quarantined, or stop. True: due. */
static bool wait_for(struct writer *writer, const struct tenant *tenant, uint64_t asked)
{
	int64_t in_ms = tenant ? tenant->retry_at_ms - monotonic_ms() : 0;
	bool due = tenant && in_ms <= 0;

	pthread_mutex_lock(&writer->recover_lock);
	while (!due && !writer->recover_stop && writer->recover_asked == asked) {
		if (tenant) {
			struct timespec until = writer_deadline(in_ms);

			due = pthread_cond_timedwait(&writer->recover_wake, &writer->recover_lock,
						     &until) != 0;
		} else {
			pthread_cond_wait(&writer->recover_wake, &writer->recover_lock);
		}
	}
	pthread_mutex_unlock(&writer->recover_lock);
	return due;
}

void *recover_run(void *arg)
{
	struct writer *writer = arg;

	for (;;) {
		struct lane *lane = NULL;
		struct tenant *tenant;
		uint64_t asked;
		bool stop;

		pthread_mutex_lock(&writer->recover_lock);
		stop = writer->recover_stop;
		asked = writer->recover_asked;
		pthread_mutex_unlock(&writer->recover_lock);
		if (stop)
			return NULL;
		tenant = first_due(writer, &lane);
		if (wait_for(writer, tenant, asked))
			try_again(writer, lane, tenant);
	}
}
