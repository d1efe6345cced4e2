#include "writer/internal.h"

#include "base/clock.h"

#include <signal.h>

int64_t writer_now(const struct writer *writer)
{
	const struct writer_options *options = &writer->options;

	return options->now_ms ? options->now_ms(options->ctx) : clock_now_ms();
}

struct timespec writer_deadline(int64_t in_ms)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_sec += in_ms / 1000;
	ts.tv_nsec += in_ms % 1000 * 1000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_sec++;
		ts.tv_nsec -= 1000000000;
	}
	return ts;
}

void writer_notice(const struct writer *writer, const char *orgnr, enum rc rc,
		   const struct err *err)
{
	if (writer->options.notice)
		writer->options.notice(writer->options.ctx, orgnr, rc, err);
}

enum rc writer_open_store(struct writer *writer, const char *orgnr, struct store **ret,
			  struct err *reterr)
{
	const struct writer_options *options = &writer->options;
	CLEANUP(buf_release) struct buf path = buf_capped(4096);
	enum rc rc = options->path(options->ctx, orgnr, &path);

	if (!rc)
		rc = buf_rc(&path);
	if (rc)
		return err_set(reterr, rc, "tenant-unknown", orgnr, "the tenant has no file");
	rc = store_open(buf_text(&path), orgnr, &writer->store_options, ret, reterr);
	if (rc)
		err_at(reterr, buf_text(&path));
	return rc;
}

/* --- life cycle ------------------------------------------------------------------- */

static void cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

#define DEFAULT(member, value) ((member) = (member) ? (member) : (value))

static enum rc fill_options(struct writer *writer, const struct writer_options *options)
{
	struct writer_options *own = &writer->options;

	*own = *options;
	DEFAULT(own->threads, 1);
	DEFAULT(own->queue_items, 1024);
	DEFAULT(own->queue_bytes, (size_t)32 << 20);
	DEFAULT(own->group_items, 256);
	DEFAULT(own->group_bytes, (size_t)4 << 20);
	DEFAULT(own->wal_pages, 4000);
	DEFAULT(own->retry_ms, 1000);
	own->store = NULL;
	if (options->store && options->store->vfs) {
		writer->vfs = strdup(options->store->vfs);
		if (!writer->vfs)
			return RC_NOMEM;
		writer->store_options.vfs = writer->vfs;
	}
	return RC_OK;
}

static enum rc lane_start(struct lane *lane)
{
	size_t n = lane->writer->options.group_items;

	lane->items = calloc(n, sizeof(struct store_item *));
	lane->results = calloc(n, sizeof(*lane->results));
	if (!lane->items || !lane->results)
		return RC_NOMEM;
	lane->started = pthread_create(&lane->thread, NULL, lane_run, lane) == 0;
	return lane->started ? RC_OK : RC_NOMEM;
}

/* Threads take no signals: those are the program's. */
static enum rc start_threads(struct writer *writer)
{
	sigset_t all, before;
	enum rc rc = RC_OK;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	writer->recoverer_started =
		pthread_create(&writer->recoverer, NULL, recover_run, writer) == 0;
	if (!writer->recoverer_started)
		rc = RC_NOMEM;
	for (size_t i = 0; !rc && i < writer->options.threads; i++)
		rc = lane_start(&writer->lanes[i]);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

enum rc writer_new(const struct writer_options *options, struct writer **ret, struct err *reterr)
{
	CLEANUP(writer_freep) struct writer *writer = calloc(1, sizeof(*writer));
	enum rc rc = RC_NOMEM;

	if (!writer)
		return err_set(reterr, rc, "no-memory", NULL, "no memory for the writers");
	pthread_mutex_init(&writer->recover_lock, NULL);
	cond_init(&writer->recover_wake);
	if (fill_options(writer, options) == RC_OK)
		writer->lanes = calloc(writer->options.threads, sizeof(*writer->lanes));
	if (writer->lanes) {
		for (size_t i = 0; i < writer->options.threads; i++) {
			struct lane *lane = &writer->lanes[i];

			lane->writer = writer;
			pthread_mutex_init(&lane->lock, NULL);
			cond_init(&lane->wake);
			cond_init(&lane->answered);
		}
		rc = start_threads(writer);
	}
	if (rc)
		return err_set(reterr, rc, "no-memory", NULL, "the writers cannot be started");
	*ret = TAKE_PTR(writer);
	return RC_OK;
}

void writer_drain(struct writer *writer)
{
	if (writer->drained)
		return;
	writer->drained = true;
	/* First the one that hands files back to the lanes. */
	pthread_mutex_lock(&writer->recover_lock);
	writer->recover_stop = true;
	pthread_cond_signal(&writer->recover_wake);
	pthread_mutex_unlock(&writer->recover_lock);
	if (writer->recoverer_started)
		pthread_join(writer->recoverer, NULL);
	for (size_t i = 0; writer->lanes && i < writer->options.threads; i++) {
		struct lane *lane = &writer->lanes[i];

		pthread_mutex_lock(&lane->lock);
		lane->stop = true;
		pthread_cond_signal(&lane->wake);
		pthread_mutex_unlock(&lane->lock);
	}
	for (size_t i = 0; writer->lanes && i < writer->options.threads; i++)
		if (writer->lanes[i].started)
			pthread_join(writer->lanes[i].thread, NULL);
}

static void lane_release(struct lane *lane)
{
	for (size_t b = 0; b < LANE_BUCKETS; b++) {
		while (lane->buckets[b]) {
			struct tenant *tenant = lane->buckets[b];

			lane->buckets[b] = tenant->next;
			free(tenant);
		}
	}
	free(lane->items);
	free(lane->results);
	pthread_mutex_destroy(&lane->lock);
	pthread_cond_destroy(&lane->wake);
	pthread_cond_destroy(&lane->answered);
}

void writer_free(struct writer *writer)
{
	if (!writer)
		return;
	writer_drain(writer);
	for (size_t i = 0; writer->lanes && i < writer->options.threads; i++)
		lane_release(&writer->lanes[i]);
	free(writer->lanes);
	pthread_mutex_destroy(&writer->recover_lock);
	pthread_cond_destroy(&writer->recover_wake);
	free(writer->vfs);
	free(writer);
}

/* --- in ----------------------------------------------------------------------------- */

static struct lane *lane_of(struct writer *writer, const char *orgnr)
{
	uint32_t hash = 5381;

	for (; *orgnr; orgnr++)
		hash = hash * 33 + (unsigned char)*orgnr;
	return &writer->lanes[hash % writer->options.threads];
}

/* Whether `n` jobs of `bytes` fit this tenant's queue now. Lock held. */
static enum rc admit(const struct lane *lane, struct tenant *tenant, size_t n, size_t bytes)
{
	const struct writer_options *options = &lane->writer->options;
	struct writer_status *status = &tenant->status;

	if (tenant->state == TENANT_QUARANTINED)
		return RC_IO;
	if (status->queued + n > options->queue_items ||
	    status->queued_bytes + bytes > options->queue_bytes) {
		status->refused += n;
		return RC_BUSY;
	}
	status->queued += n;
	status->queued_bytes += bytes;
	return RC_OK;
}

static bool comes_late(const struct tenant *tenant, struct writer_job *const *jobs, size_t n)
{
	bool trial = false;

	for (size_t i = 0; i < n; i++)
		trial |= jobs[i]->trial;
	return trial && tenant->trial_ended;
}

enum rc writer_submit_many(struct writer *writer, const char *orgnr, struct writer_job *const *jobs,
			   size_t n)
{
	struct lane *lane = lane_of(writer, orgnr);
	struct tenant *tenant;
	size_t bytes = 0;
	enum rc rc;

	for (size_t i = 0; i < n; i++)
		bytes += job_bytes(jobs[i]);
	if (n > writer->options.queue_items || bytes > writer->options.queue_bytes)
		return RC_LIMIT;
	pthread_mutex_lock(&lane->lock);
	tenant = lane->stop ? NULL : lane_tenant(lane, orgnr, true);
	if (tenant)
		rc = comes_late(tenant, jobs, n) ? RC_BUSY : admit(lane, tenant, n, bytes);
	else
		rc = lane->stop ? RC_BUSY : RC_NOMEM;
	for (size_t i = 0; !rc && i < n; i++) {
		jobs[i]->next = NULL;
		if (tenant->last)
			tenant->last->next = jobs[i];
		else
			tenant->first = jobs[i];
		tenant->last = jobs[i];
	}
	if (!rc && n)
		lane_ready(lane, tenant);
	pthread_mutex_unlock(&lane->lock);
	return rc;
}

enum rc writer_submit(struct writer *writer, const char *orgnr, struct writer_job *job)
{
	return writer_submit_many(writer, orgnr, &job, 1);
}

/* Queues the call and waits for it. */
static enum rc run_call(struct writer *writer, const char *orgnr, struct call *call)
{
	struct lane *lane = lane_of(writer, orgnr);
	struct tenant *tenant;

	pthread_mutex_lock(&lane->lock);
	tenant = lane->stop ? NULL : lane_tenant(lane, orgnr, true);
	if (!tenant) {
		call->rc = err_set(call->reterr, lane->stop ? RC_BUSY : RC_NOMEM, "writer-stopped",
				   NULL, "the writers take nothing more");
		call->finished = true;
	} else if (tenant->state == TENANT_QUARANTINED) {
		call->rc = err_set(call->reterr, RC_IO, "tenant-quarantined", NULL,
				   "the tenant's file has failed");
		call->finished = true;
	} else {
		if (tenant->last_call)
			tenant->last_call->next = call;
		else
			tenant->first_call = call;
		tenant->last_call = call;
		lane_ready(lane, tenant);
	}
	while (!call->finished)
		pthread_cond_wait(&lane->answered, &lane->lock);
	pthread_mutex_unlock(&lane->lock);
	return call->rc;
}

enum rc writer_event(struct writer *writer, const char *orgnr, const struct store_event *event,
		     int64_t *ret_seq, struct err *reterr)
{
	struct call call = { .event = event, .reterr = reterr };
	enum rc rc = run_call(writer, orgnr, &call);

	if (!rc && ret_seq)
		*ret_seq = call.done.seq;
	return rc;
}

enum rc writer_erase(struct writer *writer, const char *orgnr, const struct store_erase *list,
		     size_t n, const struct store_event *event, struct store_erased *ret,
		     struct err *reterr)
{
	struct call call = { .event = event, .erase = list, .erase_len = n, .reterr = reterr };
	enum rc rc = run_call(writer, orgnr, &call);

	if (!rc)
		*ret = call.done;
	return rc;
}

static void set_trial_ended(struct writer *writer, const char *orgnr, bool ended)
{
	struct lane *lane = lane_of(writer, orgnr);
	struct tenant *tenant;

	pthread_mutex_lock(&lane->lock);
	tenant = lane_tenant(lane, orgnr, false);
	if (tenant)
		tenant->trial_ended = ended;
	pthread_mutex_unlock(&lane->lock);
}

enum rc writer_trial_end(struct writer *writer, const char *orgnr, struct err *reterr)
{
	struct writer_status status;
	enum rc rc = writer_open(writer, orgnr, reterr);

	set_trial_ended(writer, orgnr, !rc);
	/* Each call is a turn of the tenant, and with each turn one group is done. */
	for (writer_status(writer, orgnr, &status); !rc && status.queued;
	     writer_status(writer, orgnr, &status))
		rc = writer_open(writer, orgnr, reterr);
	if (rc)
		set_trial_ended(writer, orgnr, false);
	return rc;
}

void writer_trial_resume(struct writer *writer, const char *orgnr)
{
	set_trial_ended(writer, orgnr, false);
}

enum rc writer_open(struct writer *writer, const char *orgnr, struct err *reterr)
{
	struct call call = { .reterr = reterr };

	return run_call(writer, orgnr, &call);
}

/* --- out ------------------------------------------------------------------------------- */

static void add_status(struct writer_status *sum, const struct writer_status *one)
{
	sum->tenants += one->tenants;
	sum->quarantined += one->quarantined;
	sum->queued += one->queued;
	sum->queued_bytes += one->queued_bytes;
	sum->commits += one->commits;
	sum->items += one->items;
	sum->failed_groups += one->failed_groups;
	sum->refused += one->refused;
	sum->unwiped += one->unwiped;
	if (one->last_commit_at > sum->last_commit_at)
		sum->last_commit_at = one->last_commit_at;
	if (one->wal_pages > sum->wal_pages)
		sum->wal_pages = one->wal_pages;
}

void writer_status(struct writer *writer, const char *orgnr, struct writer_status *ret)
{
	*ret = (struct writer_status){ 0 };
	for (size_t i = 0; i < writer->options.threads; i++) {
		struct lane *lane = &writer->lanes[i];

		pthread_mutex_lock(&lane->lock);
		for (size_t b = 0; b < LANE_BUCKETS; b++)
			for (struct tenant *t = lane->buckets[b]; t; t = t->next)
				if (!orgnr || strcmp(orgnr, t->orgnr) == 0)
					add_status(ret, &t->status);
		pthread_mutex_unlock(&lane->lock);
	}
}
