/* GET /v1/reports?since=seq&limit=n: the caller's own documents, or those of a data
 * owner that lets it read (?organisation=), in the order they were accepted. `next` is the `since`
 * of the next call. What the sender is asked to do stands beside them in `tasks`, when there
 * is anything: who knows only documents is not disturbed by it. */
#include "base/clock.h"
#include "installation/installation.h"
#include "store/view.h"
#include "tasks/tasks.h"
#include "varded/answer.h"
#include "varded/pace.h"
#include "varded/row.h"

#include <errno.h>
#include <string.h>

#define LIMIT_DEFAULT 100
#define LIMIT_MAX 1000
#define REPORTS_PER_READ 100 /* a page counts as one request for each of these begun */
/* A page ends early when its clear parts reach this: what one caller asks for
 * must not take the memory of all. */
#define PAGE_BYTES ((size_t)4 << 20)

static const char *const queries[] = { "since", "limit", "organisation", NULL };

struct listing {
	json_t *reports, *tasks;
	int64_t limit;
	int64_t upto; /* what was committed when the page was begun */
	int64_t next;
	size_t bytes;
	bool full; /* there may be more */
	const struct varded *v;
	const struct rules *rules;
	const char *lang;
};

static enum rc on_row(void *ctx, const struct store_row *row)
{
	struct listing *l = ctx;

	if (row->seq > l->upto)
		return RC_LIMIT;
	l->next = row->seq;
	if (json_array_append_new(l->reports, row_to_json(row, l->v, l->rules, l->lang)))
		return RC_NOMEM;
	l->bytes += row->clear_len;
	l->full = l->bytes >= PAGE_BYTES || (int64_t)json_array_size(l->reports) == l->limit;
	return l->full ? RC_LIMIT : RC_OK;
}

/* Documents and, of the same stretch of the sequence, tasks. The end is fixed first: what is
 * committed meanwhile is of the next page, whichever it is. */
static enum rc read_page(struct listing *l, struct store_view *view, int64_t since)
{
	struct tasks_wanted tasks = { .since = since, .lang = l->lang };
	int64_t last = 0;
	enum rc rc = store_last_seq(view, &l->upto, NULL);

	if (!rc)
		rc = store_list_since(view, since, l->limit, on_row, l, NULL);
	if (rc && rc != RC_LIMIT)
		return rc;
	tasks.upto = l->full ? l->next : l->upto;
	rc = tasks_list(view, &tasks, &l->tasks, &last, NULL);
	if (!rc && last > l->next)
		l->next = last;
	return rc;
}

static json_t *page_json(struct listing *l)
{
	json_t *page = json_pack("{s:o, s:I}", "reports", l->reports, "next", (json_int_t)l->next);

	if (json_array_size(l->tasks))
		json_object_set(page, "tasks", l->tasks);
	return page;
}

/* A whole number of the query within [0, max]; absent is `otherwise`. */
static bool query_number(const struct exchange *x, const char *name, int64_t otherwise, int64_t max,
			 int64_t *ret)
{
	const char *text = exchange_query(x, name);
	char *end;

	*ret = otherwise;
	if (!text)
		return true;
	if (!*text || strspn(text, "0123456789") != strlen(text))
		return false;
	errno = 0;
	*ret = strtoll(text, &end, 10);
	return !errno && *ret <= max;
}

void on_reports(struct exchange *x, void *ctx)
{
	CLEANUP(intake_caller_release) struct intake_caller caller = { 0 };
	struct varded *v = ctx;
	struct listing listing = { .v = v, .lang = answer_lang(x) };
	struct refusal refusal = { 0 };
	const struct tenant *owner;
	struct store_view *view = NULL;
	int64_t since;
	enum rc rc = RC_OK;

	if (!answer_authenticate(x, v, SCOPE_READ, &caller))
		return;
	if (!answer_queries(x, queries))
		return;
	if (!query_number(x, "since", 0, INT64_MAX, &since) ||
	    !query_number(x, "limit", LIMIT_DEFAULT, LIMIT_MAX, &listing.limit) || !listing.limit) {
		exchange_refuse(x, "invalid-query");
		return;
	}
	if (!answer_owner(x, v, &caller, CONTROL_READ, &owner) ||
	    !answer_open_view(x, v, owner, &view))
		return;
	listing.rules = caller.rulebook->rules;
	listing.next = since;
	listing.reports = json_array();
	if (view)
		rc = read_page(&listing, view, since);
	store_views_return(v->installation->views, view);
	if (!rc) {
		size_t n = json_array_size(listing.reports);

		if (n > REPORTS_PER_READ) /* one was paid for at the door */
			pace_owe(x, v, &caller, PACE_READ, (int64_t)(n - 1) / REPORTS_PER_READ);
		exchange_reply_json(x, 200, page_json(&listing));
		json_decref(listing.tasks);
		return;
	}
	json_decref(listing.reports);
	answer_refusal(x, v, rc, &refusal);
}
