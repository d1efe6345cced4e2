#include "refused/internal.h"

#include "base/buf.h"
#include "base/clock.h"
#include "findings/findings.h"

#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COUNTS_MAX 65536 /* organisations × months × codes at once */

void refused_waiting_clear(struct refused_waiting *w)
{
	for (size_t i = 0; i < w->len; i++)
		free(w->entries[i].errors);
	w->len = 0;
	w->counts_len = 0;
	w->erased_len = 0;
}

static void waiting_free(struct refused_waiting *w)
{
	refused_waiting_clear(w);
	free(w->entries);
	free(w->counts);
	free(w->erased);
}

/* --- the thread ------------------------------------------------------------------------ */

static bool is_empty(const struct refused_waiting *w)
{
	return !w->len && !w->counts_len && !w->erased_len;
}

/* Waits for something to write, and then a moment longer for more. Lock held. */
static void wait_for_work(struct refused *r)
{
	struct timespec until;

	while (!r->stop && is_empty(&r->waiting))
		pthread_cond_wait(&r->wake, &r->lock);
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += REFUSED_FLUSH_MS / 1000;
	while (!r->stop && !r->hurry && pthread_cond_timedwait(&r->wake, &r->lock, &until) == 0)
		;
	r->hurry = false;
}

static void swap(struct refused *r)
{
	struct refused_waiting w = r->waiting;

	r->waiting = r->writing;
	r->writing = w;
}

/* Counts are exact to the last: what a failing file did not take is tried again with what
 * comes next, as far as there is room. */
static struct refused_count *find_count(struct refused_waiting *w, const char *orgnr, int32_t month,
					const char *code)
{
	struct refused_count *c;

	for (size_t i = 0; i < w->counts_len; i++) {
		c = &w->counts[i];
		if (c->month == month && !strcmp(c->orgnr, orgnr) && !strcmp(c->code, code))
			return c;
	}
	if (w->counts_len == w->counts_size) {
		size_t size = w->counts_size ? 2 * w->counts_size : 64;

		c = size <= COUNTS_MAX ? realloc(w->counts, size * sizeof(*c)) : NULL;
		if (!c)
			return NULL;
		w->counts = c;
		w->counts_size = size;
	}
	c = &w->counts[w->counts_len++];
	*c = (struct refused_count){ .month = month };
	snprintf(c->orgnr, sizeof(c->orgnr), "%s", orgnr);
	snprintf(c->code, sizeof(c->code), "%s", code);
	return c;
}

static enum rc add_erased(struct refused_waiting *w, const struct refused_erased *e)
{
	if (w->erased_len == w->erased_size) {
		size_t size = w->erased_size ? 2 * w->erased_size : 16;
		struct refused_erased *list = realloc(w->erased, size * sizeof(*list));

		if (!list)
			return RC_NOMEM;
		w->erased = list;
		w->erased_size = size;
	}
	w->erased[w->erased_len++] = *e;
	return RC_OK;
}

/* The counts go back to what waits; the refusals themselves are lost, and that is counted. */
static void give_back(struct refused *r)
{
	struct refused_waiting *w = &r->writing;

	for (size_t i = 0; i < w->counts_len; i++) {
		const struct refused_count *from = &w->counts[i];
		struct refused_count *c =
			find_count(&r->waiting, from->orgnr, from->month, from->code);

		if (c) {
			c->n += from->n;
			c->lost += from->lost;
		} else {
			r->uncounted += (uint64_t)from->n;
		}
	}
	for (size_t i = 0; i < w->len; i++) {
		const struct refused_entry *e = &w->entries[i];
		/* The count of its refusal went back just now; any will do for the lost one. */
		for (size_t k = 0; k < r->waiting.counts_len; k++)
			if (!strcmp(r->waiting.counts[k].orgnr, e->orgnr)) {
				r->waiting.counts[k].lost++;
				break;
			}
		r->unkept++;
	}
	for (size_t i = 0; i < w->erased_len; i++)
		if (add_erased(&r->waiting, &w->erased[i])) /* the next start does it again */
			r->uncounted++;
	r->noted++; /* a reader waits for the next try, not for the one that failed */
}

static void write_round(struct refused *r)
{
	uint64_t round = r->noted;
	struct err err = { 0 };
	enum rc rc;

	swap(r);
	pthread_mutex_unlock(&r->lock);
	rc = refused_file_write(&r->file, &r->writing, clock_now_ms(), &err);
	pthread_mutex_lock(&r->lock);
	if (rc)
		give_back(r);
	refused_waiting_clear(&r->writing);
	r->rc = rc;
	r->err = err;
	r->done = round;
	pthread_cond_broadcast(&r->written);
}

static void *run(void *arg)
{
	struct refused *r = arg;

	pthread_mutex_lock(&r->lock);
	while (!r->stop) {
		wait_for_work(r);
		if (!is_empty(&r->waiting))
			write_round(r);
	}
	pthread_mutex_unlock(&r->lock);
	refused_file_close(&r->file);
	return NULL;
}

/* --- life --------------------------------------------------------------------------------- */

static bool start(struct refused *r)
{
	pthread_condattr_t attr;
	sigset_t all, before;

	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->wake, &attr);
	pthread_cond_init(&r->written, &attr);
	pthread_condattr_destroy(&attr);
	r->waiting.entries = calloc(REFUSED_QUEUED, sizeof(*r->waiting.entries));
	r->writing.entries = calloc(REFUSED_QUEUED, sizeof(*r->writing.entries));
	if (!r->path || !r->waiting.entries || !r->writing.entries)
		return false;
	r->file.path = r->path;
	sigfillset(&all); /* signals are the program's */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r->started = pthread_create(&r->thread, NULL, run, r) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r->started;
}

enum rc refused_new(const char *path, struct refused **ret, struct err *reterr)
{
	struct refused *r = calloc(1, sizeof(*r));

	if (r)
		r->path = strdup(path);
	if (!r || !start(r)) {
		refused_free(r);
		return err_set(reterr, RC_NOMEM, "no-memory", NULL,
			       "no memory to remember refusals");
	}
	*ret = r;
	return RC_OK;
}

void refused_free(struct refused *r)
{
	if (!r)
		return;
	if (r->started) {
		pthread_mutex_lock(&r->lock);
		r->stop = true;
		pthread_cond_signal(&r->wake);
		pthread_mutex_unlock(&r->lock);
		pthread_join(r->thread, NULL);
	}
	waiting_free(&r->waiting);
	waiting_free(&r->writing);
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->wake);
	pthread_cond_destroy(&r->written);
	free(r->path);
	free(r);
}

/* --- in -------------------------------------------------------------------------------------- */

static char *errors_text(const struct findings *f)
{
	json_t *list = json_array();
	char *text;

	for (size_t i = 0; f && i < f->len && json_array_size(list) < REFUSED_ERRORS; i++)
		if (f->list[i].severity == FINDING_ERROR)
			json_array_append_new(list,
					      json_pack("{s:s, s:s}", "pointer", f->list[i].pointer,
							"code", f->list[i].code));
	text = list ? json_dumps(list, JSON_COMPACT) : NULL;
	json_decref(list);
	return text;
}

static void fill(struct refused_entry *e, const struct refused_note *note, char *errors)
{
	*e = (struct refused_entry){ .at = note->at, .status = note->status, .errors = errors };
	snprintf(e->orgnr, sizeof(e->orgnr), "%s", note->orgnr);
	snprintf(e->sender, sizeof(e->sender), "%s", note->sender);
	snprintf(e->trace_id, sizeof(e->trace_id), "%s", note->trace_id);
	snprintf(e->report_id, sizeof(e->report_id), "%s", note->report_id ? note->report_id : "");
	snprintf(e->local_case_id, sizeof(e->local_case_id), "%s",
		 note->local_case_id ? note->local_case_id : "");
	snprintf(e->code, sizeof(e->code), "%s", note->code);
}

/* Whether one more of this organisation may wait. Lock held. */
static bool has_room(const struct refused_waiting *w, const char *orgnr)
{
	size_t n = 0;

	if (w->len >= REFUSED_QUEUED)
		return false;
	if (w->len < REFUSED_QUEUED_EACH)
		return true;
	for (size_t i = 0; i < w->len; i++)
		n += !strcmp(w->entries[i].orgnr, orgnr);
	return n < REFUSED_QUEUED_EACH;
}

/* Lock held. */
static struct refused_count *count(struct refused *r, const char *orgnr, int32_t month,
				   const char *code)
{
	struct refused_count *c = find_count(&r->waiting, orgnr, month, code);

	if (c)
		c->n++;
	else
		r->uncounted++;
	r->noted++;
	pthread_cond_signal(&r->wake);
	return c;
}

void refused_add(struct refused *r, const struct refused_note *note)
{
	char *errors = errors_text(note->findings);
	struct refused_count *c;

	pthread_mutex_lock(&r->lock);
	c = count(r, note->orgnr, note->month, note->code);
	if (c && errors && has_room(&r->waiting, note->orgnr)) {
		fill(&r->waiting.entries[r->waiting.len++], note, errors);
		errors = NULL;
	} else {
		r->unkept++;
		if (c)
			c->lost++;
	}
	pthread_mutex_unlock(&r->lock);
	free(errors);
}

void refused_repeat(struct refused *r, const char *orgnr, int32_t month)
{
	pthread_mutex_lock(&r->lock);
	count(r, orgnr, month, "");
	pthread_mutex_unlock(&r->lock);
}

enum rc refused_forget(struct refused *r, const char *orgnr, const char *report_id)
{
	struct refused_erased erased = { 0 };
	enum rc rc;

	snprintf(erased.orgnr, sizeof(erased.orgnr), "%s", orgnr);
	snprintf(erased.report_id, sizeof(erased.report_id), "%s", report_id);
	pthread_mutex_lock(&r->lock);
	rc = add_erased(&r->waiting, &erased);
	r->noted++;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
	return rc;
}

enum rc refused_sync(struct refused *r, struct err *reterr)
{
	uint64_t round;
	enum rc rc;

	pthread_mutex_lock(&r->lock);
	round = r->noted;
	while (r->done < round && !r->stop) {
		r->hurry = true;
		pthread_cond_signal(&r->wake);
		pthread_cond_wait(&r->written, &r->lock);
	}
	rc = r->rc;
	if (rc && reterr)
		*reterr = r->err;
	pthread_mutex_unlock(&r->lock);
	return rc;
}

void refused_lost(struct refused *r, uint64_t *ret_uncounted, uint64_t *ret_unkept)
{
	pthread_mutex_lock(&r->lock);
	*ret_uncounted = r->uncounted;
	*ret_unkept = r->unkept;
	pthread_mutex_unlock(&r->lock);
}
