/* GET /v1/quality/refusals?since=id&limit=n: what the caller sent and was refused, or what was
 * refused of a data owner that lets it read (?organisation=): where and why, never a value. */
#include "base/buf.h"
#include "base/clock.h"
#include "installation/installation.h"
#include "refused/refused.h"
#include "varded/answer.h"
#include "varded/number.h"
#include "varded/pace.h"

#include <string.h>

#define LIMIT_DEFAULT 100
#define LIMIT_MAX 1000
#define ROWS_PER_READ 100 /* a page counts as one request for each of these begun */
#define CSV_MAX ((size_t)16 << 20)

static const char *const types[] = { "application/json", "text/csv", NULL };
enum { TYPE_JSON, TYPE_CSV };
static const char *const queries[] = { "since", "limit", "organisation", NULL };

struct listing {
	json_t *refusals;
	int64_t next;
	int64_t lost;
	bool behind;
};

static enum rc on_row(void *ctx, const struct refused_row *row)
{
	struct listing *l = ctx;
	char at[CLOCK_TEXT_SIZE];
	json_t *errors = json_loads(row->errors ? row->errors : "", 0, NULL);

	l->next = row->id;
	return json_array_append_new(
		       l->refusals,
		       json_pack("{s:I, s:s, s:s, s:s, s:s?, s:s?, s:i, s:s, s:o}", "id",
				 (json_int_t)row->id, "time", clock_format(row->at, at), "trace_id",
				 row->trace_id, "sender", row->sender, "report_id", row->report_id,
				 "local_case_id", row->local_case_id, "status", row->status, "code",
				 row->code, "errors", errors ? errors : json_array()))
		       ? RC_NOMEM
		       : RC_OK;
}

/* --- csv: one line for each error, or one where there is none --------------------------- */

/* Nothing here needs quotes: times, ids, codes, and pointers of our own schemas. */
static void add_line(struct buf *out, const json_t *row, const json_t *error)
{
	static const char *const names[] = { "time", "trace_id", "sender", "report_id",
					     "local_case_id" };

	buf_addf(out, "%lld;", (long long)json_integer_value(json_object_get(row, "id")));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *text = json_string_value(json_object_get(row, names[i]));

		buf_addf(out, "%s;", text ? text : "");
	}
	buf_addf(out, "%lld;%s", (long long)json_integer_value(json_object_get(row, "status")),
		 json_string_value(json_object_get(row, "code")));
	buf_addf(out, ";%s;%s\r\n",
		 error ? json_string_value(json_object_get(error, "pointer")) : "",
		 error ? json_string_value(json_object_get(error, "code")) : "");
}

static void write_csv(struct buf *out, const json_t *refusals)
{
	const json_t *row, *error;
	size_t i, k;

	buf_adds(out, "\xef\xbb\xbfid;time;trace_id;sender;report_id;local_case_id;status;code;"
		      "pointer;error\r\n");
	json_array_foreach(refusals, i, row)
	{
		const json_t *errors = json_object_get(row, "errors");

		if (!json_array_size(errors))
			add_line(out, row, NULL);
		json_array_foreach(errors, k, error) add_line(out, row, error);
	}
}

static void reply(struct exchange *x, const struct varded *v, int type, struct listing *l)
{
	struct buf csv = buf_capped(CSV_MAX);
	struct refusal refusal = { 0 };

	if (type == TYPE_JSON) {
		exchange_reply_json(x, 200,
				    json_pack("{s:O, s:I, s:I, s:b, s:i}", "refusals", l->refusals,
					      "next", (json_int_t)l->next, "not_kept",
					      (json_int_t)l->lost, "up_to_date", !l->behind, "days",
					      REFUSED_DAYS));
		return;
	}
	write_csv(&csv, l->refusals);
	if (buf_rc(&csv)) {
		answer_refusal(x, v, buf_rc(&csv), &refusal);
	} else {
		exchange_add_header(x, "Content-Disposition",
				    "attachment; filename=\"varde-avvist.csv\"");
		exchange_reply(x, 200, "text/csv; charset=utf-8", &csv);
	}
	buf_release(&csv);
}

void on_refusals(struct exchange *x, void *ctx)
{
	CLEANUP(intake_caller_release) struct intake_caller caller = { 0 };
	struct varded *v = ctx;
	struct refused *refused = v->installation->refused;
	struct refusal refusal = { 0 };
	struct listing listing = { 0 };
	const struct tenant *owner;
	int type = exchange_accepts(x, types);
	int64_t since, limit;
	size_t n;
	enum rc rc;

	if (!answer_authenticate(x, v, SCOPE_READ, &caller) || !answer_queries(x, queries))
		return;
	if (type < 0) {
		exchange_refuse(x, "not-acceptable");
		return;
	}
	if (!query_number(x, "since", 0, INT64_MAX, &since) ||
	    !query_number(x, "limit", LIMIT_DEFAULT, LIMIT_MAX, &limit) || !limit) {
		exchange_refuse(x, "invalid-query");
		return;
	}
	if (!answer_owner(x, v, &caller, CONTROL_READ, &owner))
		return;
	listing.next = since;
	listing.refusals = json_array();
	listing.behind = refused_sync(refused, NULL) != RC_OK; /* reads go on meanwhile */
	rc = refused_list(refused, owner->row->orgnr, since, limit, clock_now_ms(), on_row,
			  &listing, &listing.lost, NULL);
	n = json_array_size(listing.refusals);
	if (n > ROWS_PER_READ) /* one was paid for at the door */
		pace_owe(x, v, &caller, PACE_READ, (int64_t)(n - 1) / ROWS_PER_READ);
	if (rc)
		answer_refusal(x, v, rc, &refusal);
	else
		reply(x, v, type, &listing);
	json_decref(listing.refusals);
}
