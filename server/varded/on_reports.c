/* GET /v1/reports?since=seq&limit=n: the caller's own documents, or those of a data
 * owner that lets it read (?organisation=), in the order they were accepted. `next` is the `since`
 * of the next call. */
#include "base/clock.h"
#include "installation/installation.h"
#include "store/view.h"
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
	json_t *reports;
	int64_t next;
	size_t bytes;
	bool full;
	const struct rules *rules;
	const char *lang;
};

static enum rc on_row(void *ctx, const struct store_row *row)
{
	struct listing *l = ctx;

	l->next = row->seq;
	if (json_array_append_new(l->reports, row_to_json(row, l->rules, l->lang)))
		return RC_NOMEM;
	l->bytes += row->clear_len;
	l->full = l->bytes >= PAGE_BYTES;
	return l->full ? RC_LIMIT : RC_OK;
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
	struct listing listing = { .lang = answer_lang(x) };
	struct refusal refusal = { 0 };
	const struct tenant *owner;
	struct store_view *view = NULL;
	int64_t since, limit;
	enum rc rc = RC_OK;

	if (!answer_authenticate(x, v, SCOPE_READ, &caller))
		return;
	if (!answer_queries(x, queries))
		return;
	if (!query_number(x, "since", 0, INT64_MAX, &since) ||
	    !query_number(x, "limit", LIMIT_DEFAULT, LIMIT_MAX, &limit) || !limit) {
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
		rc = store_list_since(view, since, limit, on_row, &listing, NULL);
	store_views_return(v->installation->views, view);
	if (!rc || listing.full) {
		size_t n = json_array_size(listing.reports);

		if (n > REPORTS_PER_READ) /* one was paid for at the door */
			pace_owe(x, v, &caller, PACE_READ, (int64_t)(n - 1) / REPORTS_PER_READ);
		exchange_reply_json(x, 200,
				    json_pack("{s:o, s:I}", "reports", listing.reports, "next",
					      (json_int_t)listing.next));
		return;
	}
	json_decref(listing.reports);
	answer_refusal(x, v, rc, &refusal);
}
