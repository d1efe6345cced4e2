#include "writer/internal.h"

#include <errno.h>

/* FNV-1a: only spreads tenants over buckets and threads. */
static size_t bucket_of(const char *orgnr)
{
	uint32_t hash = 2166136261u;

	for (; *orgnr; orgnr++)
		hash = (hash ^ (unsigned char)*orgnr) * 16777619u;
	return (hash >> 8) % LANE_BUCKETS;
}

struct tenant *lane_tenant(struct lane *lane, const char *orgnr, bool make)
{
	struct tenant **bucket = &lane->buckets[bucket_of(orgnr)], *tenant;

	for (tenant = *bucket; tenant; tenant = tenant->next)
		if (strcmp(tenant->orgnr, orgnr) == 0)
			return tenant;
	if (!make || strlen(orgnr) >= sizeof(tenant->orgnr))
		return NULL;
	tenant = calloc(1, sizeof(*tenant));
	if (!tenant)
		return NULL;
	snprintf(tenant->orgnr, sizeof(tenant->orgnr), "%s", orgnr);
	tenant->next = *bucket;
	*bucket = tenant;
	return tenant;
}

void lane_ready(struct lane *lane, struct tenant *tenant)
{
	if (tenant->ready)
		return;
	tenant->ready = true;
	tenant->next_ready = NULL;
	if (lane->last_ready)
		lane->last_ready->next_ready = tenant;
	else
		lane->first_ready = tenant;
	lane->last_ready = tenant;
	pthread_cond_signal(&lane->wake);
}

/* One tenant's turn: what it took from its queues. */
struct turn {
	struct lane *lane;
	struct tenant *tenant;
	struct call *calls;
	struct writer_job *jobs;
	size_t n, bytes;
	bool open_failed; /* tried now, and the file is at fault */
};

/* Takes calls and one group; the tenant queues up again if more waits. Lock held. */
static struct turn take_turn(struct lane *lane)
{
	const struct writer_options *options = &lane->writer->options;
	struct tenant *tenant = lane->first_ready;
	struct turn turn = { .lane = lane, .tenant = tenant, .calls = tenant->first_call };
	struct writer_job *last = NULL;

	lane->first_ready = tenant->next_ready;
	if (!lane->first_ready)
		lane->last_ready = NULL;
	tenant->ready = false;
	tenant->first_call = tenant->last_call = NULL;
	turn.jobs = tenant->first;
	while (tenant->first && turn.n < options->group_items) {
		size_t bytes = job_bytes(tenant->first);

		if (turn.n && turn.bytes + bytes > options->group_bytes)
			break;
		turn.n++;
		turn.bytes += bytes;
		last = tenant->first;
		tenant->first = last->next;
	}
	if (last)
		last->next = NULL;
	if (tenant->first)
		lane_ready(lane, tenant);
	else
		tenant->last = NULL;
	return turn;
}

/* The file failed in a way that the next try cannot mend. */
static bool is_fault(enum rc rc)
{
	return rc == RC_IO || rc == RC_CORRUPT;
}

static enum rc need_open(struct turn *turn, struct err *reterr)
{
	struct lane *lane = turn->lane;
	struct tenant *tenant = turn->tenant;
	struct store *store = NULL;
	enum tenant_state state;
	enum rc rc;

	pthread_mutex_lock(&lane->lock);
	state = tenant->state;
	pthread_mutex_unlock(&lane->lock);
	if (state == TENANT_OPEN)
		return RC_OK;
	if (state == TENANT_QUARANTINED)
		return err_set(reterr, RC_IO, "tenant-quarantined", NULL,
			       "the tenant's file has failed");
	rc = writer_open_store(lane->writer, tenant->orgnr, &store, reterr);
	turn->open_failed = is_fault(rc);
	if (rc)
		return rc;
	pthread_mutex_lock(&lane->lock);
	tenant->store = store;
	tenant->state = TENANT_OPEN;
	tenant->status.tenants = 1;
	tenant->checkpoint_at = lane->writer->options.wal_pages;
	tenant->unwiped = true; /* an end without warning may have left something */
	pthread_mutex_unlock(&lane->lock);
	return RC_OK;
}

/* Puts the group; lane->results are its answers when RC_OK. */
static enum rc put_group(struct turn *turn, struct err *reterr)
{
	CLEANUP(group_sealer_release) struct group_sealer sealer;
	struct lane *lane = turn->lane;
	size_t i = 0;

	group_sealer_init(&sealer, lane->writer, turn->tenant->orgnr);
	for (const struct writer_job *job = turn->jobs; job; job = job->next)
		lane->items[i++] = &job->item;
	return store_put_batch(turn->tenant->store, lane->items, turn->n, &sealer.sealer,
			       lane->results, reterr);
}

static void count_group(struct turn *turn, enum rc rc)
{
	struct lane *lane = turn->lane;
	struct writer_status *status = &turn->tenant->status;
	size_t stored = 0;

	for (size_t i = 0; !rc && i < turn->n; i++) {
		bool fresh = lane->results[i].outcome == STORE_NEW;

		stored += fresh;
		turn->tenant->unwiped |= fresh && lane->items[i]->erases;
	}
	pthread_mutex_lock(&lane->lock);
	status->queued -= turn->n;
	status->queued_bytes -= turn->bytes;
	if (rc) {
		status->failed_groups++;
	} else if (stored) {
		status->commits++;
		status->items += stored;
		status->last_commit_at = writer_now(lane->writer);
	}
	pthread_mutex_unlock(&lane->lock);
}

/* All of a group at once, so that many erasures do not hold up the lane's other tenants.
 * What lane->items held is not needed any more. */
static void tell_erased(struct turn *turn)
{
	const struct writer_options *options = &turn->lane->writer->options;
	const struct store_item **items = turn->lane->items;
	size_t n = 0;

	for (size_t i = 0; i < turn->n; i++)
		if (turn->lane->results[i].outcome == STORE_NEW && items[i]->erases)
			items[n++] = items[i];
	if (n && options->erased)
		options->erased(options->ctx, turn->tenant->orgnr, items, n);
}

/* Every answer of the group, after its commit or failure. */
static void answer(struct turn *turn, enum rc rc)
{
	struct writer_job *job = turn->jobs;

	for (size_t i = 0; i < turn->n; i++) {
		struct writer_job *next = job->next;
		struct store_result *result = rc ? NULL : &turn->lane->results[i];

		job->next = NULL;
		job->done(job, result, rc); /* may free the job */
		if (result)
			store_result_release(result);
		job = next;
	}
}

static enum rc run_call(struct turn *turn, struct call *call)
{
	struct store *store = turn->tenant->store;

	if (!call->event)
		return RC_OK;
	if (!call->erase)
		return store_put_event(store, call->event, &call->done.seq, call->reterr);
	turn->tenant->unwiped = true;
	return store_erase(store, call->erase, call->erase_len, call->event, &call->done,
			   call->reterr);
}

static void finish_call(struct lane *lane, struct call *call, enum rc rc)
{
	pthread_mutex_lock(&lane->lock);
	call->rc = rc;
	call->finished = true; /* it is gone once the lock is */
	pthread_cond_broadcast(&lane->answered);
	pthread_mutex_unlock(&lane->lock);
}

/* `opened` is how opening the file went, `why` its error. */
static void run_calls(struct turn *turn, enum rc opened, const struct err *why)
{
	for (struct call *call = turn->calls, *next; call; call = next) {
		enum rc rc = opened;

		next = call->next;
		if (opened)
			err_set(call->reterr, rc, why->code, why->where, "%s", why->text);
		else
			rc = run_call(turn, call);
		finish_call(turn->lane, call, rc);
	}
}

/* Keeps the log short without waiting for readers: again only when it has grown
 * by as much, or started over. After an erasure it is cut as soon as nobody reads. */
static void tend_log(struct turn *turn, struct err *reterr)
{
	struct lane *lane = turn->lane;
	struct tenant *tenant = turn->tenant;
	int64_t pages = store_wal_pages(tenant->store), limit = lane->writer->options.wal_pages;

	if (pages < tenant->log_pages)
		tenant->checkpoint_at = limit;
	tenant->log_pages = pages;
	lane->dirty = true;
	/* What fails here stays in the log; a fault shows in store_usable. */
	if (tenant->unwiped) {
		tenant->unwiped = store_wipe_log(tenant->store, reterr) != RC_OK;
		pages = store_wal_pages(tenant->store);
	} else if (pages >= tenant->checkpoint_at) {
		tenant->checkpoint_at = pages + limit;
		(void)!store_checkpoint(tenant->store, &pages, reterr);
	}
	pthread_mutex_lock(&lane->lock);
	tenant->status.wal_pages = pages;
	tenant->status.unwiped = tenant->unwiped;
	pthread_mutex_unlock(&lane->lock);
}

static void run_turn(struct turn *turn)
{
	struct err err = { 0 };
	enum rc opened = need_open(turn, &err), rc = opened;

	run_calls(turn, opened, &err);
	if (turn->n) {
		if (!opened)
			rc = put_group(turn, &err);
		count_group(turn, rc);
		if (!rc)
			tell_erased(turn);
		answer(turn, rc);
	}
	if (!opened && store_usable(turn->tenant->store))
		tend_log(turn, &err);
	if (turn->open_failed || (!opened && !store_usable(turn->tenant->store)))
		recover_quarantine(turn->lane, turn->tenant, rc ? rc : RC_IO, &err);
}

/* Quiet for a while: empty the logs of all open files. Lock held, given up between. */
static void tend_idle(struct lane *lane)
{
	lane->dirty = false;
	for (size_t b = 0; b < LANE_BUCKETS; b++) {
		for (struct tenant *t = lane->buckets[b]; t; t = t->next) {
			struct err err = { 0 };
			int64_t left = 0;
			enum rc rc;

			if (t->state != TENANT_OPEN ||
			    (store_wal_pages(t->store) == 0 && !t->unwiped))
				continue;
			if (lane->first_ready) { /* no longer idle */
				lane->dirty = true;
				return;
			}
			pthread_mutex_unlock(&lane->lock);
			if (t->unwiped)
				t->unwiped = store_wipe_log(t->store, &err) != RC_OK;
			rc = store_checkpoint(t->store, &left, &err);
			if (is_fault(rc))
				recover_quarantine(lane, t, rc, &err);
			pthread_mutex_lock(&lane->lock);
			t->status.wal_pages = left;
			t->status.unwiped = t->unwiped;
			lane->dirty |= (rc == RC_OK && left > 0) || t->unwiped;
		}
	}
}

/* At the end: everything into the files. A file that cannot is complete with its log. */
static void close_all(struct lane *lane)
{
	for (size_t b = 0; b < LANE_BUCKETS; b++) {
		for (struct tenant *t = lane->buckets[b]; t; t = t->next) {
			if (t->store)
				(void)!store_checkpoint_truncate(t->store, NULL);
			store_free(t->store);
			t->store = NULL;
			t->state = TENANT_CLOSED;
		}
	}
}

void *lane_run(void *arg)
{
	struct lane *lane = arg;

	pthread_mutex_lock(&lane->lock);
	for (;;) {
		if (lane->first_ready) {
			struct turn turn = take_turn(lane);

			pthread_mutex_unlock(&lane->lock);
			run_turn(&turn);
			pthread_mutex_lock(&lane->lock);
		} else if (lane->stop) {
			break;
		} else if (lane->dirty) {
			struct timespec until = writer_deadline(LANE_IDLE_MS);

			if (pthread_cond_timedwait(&lane->wake, &lane->lock, &until) == ETIMEDOUT)
				tend_idle(lane);
		} else {
			pthread_cond_wait(&lane->wake, &lane->lock);
		}
	}
	pthread_mutex_unlock(&lane->lock);
	close_all(lane);
	return NULL;
}
