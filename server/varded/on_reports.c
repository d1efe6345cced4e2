/* GET /v1/reports?since=seq&limit=n: the caller's own documents, or those of a data
 * owner that lets it read (?organisation=), in the order they were accepted, all or those
 * that it asks for. One call looks at a stretch of the sequence and no further, so that a
 * rare wish costs others nothing: `next` is the `since` of the next call, `more` whether
 * there is anything behind it. What the sender is asked to do stands beside them in `tasks`,
 * when there is anything: who knows only documents is not disturbed by it. */
#include "base/clock.h"
#include "installation/installation.h"
#include "store/view.h"
#include "tasks/tasks.h"
#include "varded/answer.h"
#include "varded/number.h"
#include "varded/pace.h"
#include "varded/row.h"

#include <string.h>

#define LIMIT_DEFAULT 100
#define LIMIT_MAX 1000
#define REPORTS_PER_READ 100 /* a page counts as one request for each of these begun */
/* A page ends early when its clear parts reach this: what one caller asks for
 * must not take the memory of all. */
#define PAGE_BYTES ((size_t)4 << 20)

static const char *const queries[] = { "since",         "limit",   "organisation",
				       "kind",          "schema",  "report_id",
				       "local_case_id", "current", NULL };
#define WISH_MAX 60

struct listing {
	json_t *reports, *tasks;
	int64_t limit;
	int64_t next;
	size_t bytes;
	bool full; /* ended before its stretch did */
	bool more;
	const struct varded *v;
	const struct rules *rules;
	const char *lang;
};

static enum rc on_row(void *ctx, const struct store_row *row)
{
	struct listing *l = ctx;

	if (json_array_append_new(l->reports, row_to_json(row, l->v, l->rules, l->lang)))
		return RC_NOMEM;
	l->bytes += row->clear_len;
	l->full = l->bytes >= PAGE_BYTES || (int64_t)json_array_size(l->reports) == l->limit;
	return l->full ? RC_LIMIT : RC_OK;
}

/* Documents and, of the same stretch of the sequence, tasks. How far events go is read before
 * the documents are: what is committed meanwhile is of the next page. */
static enum rc read_page(struct listing *l, struct store_view *view,
			 const struct store_wanted *wanted, int64_t since)
{
	struct tasks_wanted tasks = { .since = since, .lang = l->lang };
	int64_t end = 0, last = 0;
	enum rc rc = store_last_seq(view, &end, NULL);

	if (!rc)
		rc = store_list_wanted(view, wanted, since, l->limit, on_row, l, &l->next, &l->more,
				       NULL);
	if (rc && !(rc == RC_LIMIT && l->full))
		return rc;
	tasks.upto = l->more || l->next > end ? l->next : end;
	rc = tasks_list(view, &tasks, &l->tasks, &last, NULL);
	if (!rc && last > l->next)
		l->next = last;
	return rc;
}

/* `more` stands there only when there is: who never asked for some documents alone may go
 * on until a page is empty. */
static json_t *page_json(const struct listing *l)
{
	json_t *page = json_pack("{s:o, s:I}", "reports", l->reports, "next", (json_int_t)l->next);

	if (l->more)
		json_object_set_new(page, "more", json_true());
	if (json_array_size(l->tasks))
		json_object_set(page, "tasks", l->tasks);
	return page;
}

/* What is wanted, each at most once and short. `id` gets the report's in lower case. */
static bool read_wanted(const struct exchange *x, struct store_wanted *ret, char id[37])
{
	const char *current = exchange_query(x, "current");
	const struct {
		const char *name, **to;
	} texts[] = { { "kind", &ret->kind },
		      { "schema", &ret->schema },
		      { "local_case_id", &ret->local_case_id } };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		*texts[i].to = exchange_query(x, texts[i].name);
		if (*texts[i].to && (!**texts[i].to || strlen(*texts[i].to) > WISH_MAX))
			return false;
	}
	if (exchange_query(x, "report_id")) {
		ret->report_id = id;
		if (!row_id_parse(exchange_query(x, "report_id"), id))
			return false;
	}
	ret->current = current && !strcmp(current, "true");
	return !current || ret->current || !strcmp(current, "false");
}

void on_reports(struct exchange *x, void *ctx)
{
	CLEANUP(intake_caller_release) struct intake_caller caller = { 0 };
	struct varded *v = ctx;
	struct listing listing = { .v = v, .lang = answer_lang(x) };
	struct refusal refusal = { 0 };
	const struct tenant *owner;
	struct store_view *view = NULL;
	struct store_wanted wanted = { 0 };
	char id[37];
	int64_t since;
	enum rc rc = RC_OK;

	if (!answer_authenticate(x, v, SCOPE_READ, &caller))
		return;
	if (!answer_queries(x, queries))
		return;
	if (!query_number(x, "since", 0, INT64_MAX, &since) ||
	    !query_number(x, "limit", LIMIT_DEFAULT, LIMIT_MAX, &listing.limit) || !listing.limit ||
	    !read_wanted(x, &wanted, id)) {
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
		rc = read_page(&listing, view, &wanted, since);
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
