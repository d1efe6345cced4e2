#include "quality/internal.h"

#include "base/clock.h"
#include "count/period.h"
#include "count/severity.h"
#include "documents/documents.h"
#include "refused/refused.h"
#include "store/lives.h"
#include "tenant/tenants.h"

#include <stdlib.h>
#include <string.h>

#define REPORT QUALITY_KIND
#define DAY_MS INT64_C(86400000)

static enum rc no_memory(struct err *reterr)
{
	return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

/* The newest version that is taken; they are in order of name. */
static const struct document_type *find_type(const struct documents *documents, int64_t now_ms)
{
	const struct document_type *found = NULL;
	size_t len;
	const struct document_type *list = documents_list(documents, &len);

	for (size_t i = 0; i < len; i++)
		if (!strcmp(list[i].kind, REPORT) &&
		    (document_is_taken(&list[i], now_ms) || !found))
			found = &list[i];
	return found;
}

enum rc quality_tally_new(const struct quality_of *of, struct quality_tally **ret,
			  struct err *reterr)
{
	const struct document_type *type = find_type(of->documents, of->now_ms);
	CLEANUP(quality_tally_freep) struct quality_tally *t = calloc(1, sizeof(*t));
	enum rc rc;

	if (!t)
		return no_memory(reterr);
	if (!type)
		return err_set(reterr, RC_NOT_FOUND, "schema-unknown", REPORT, "no such schema");
	t->of = *of;
	t->months_len = own_asked_periods(&of->asked);
	t->months = calloc(t->months_len, sizeof(*t->months));
	if (!t->months)
		return no_memory(reterr);
	rc = quality_members_new(type->text, type->text_len, type->marks, of->tenant->report_kind,
				 of->profile, &t->members, reterr);
	if (!rc)
		*ret = TAKE_PTR(t);
	return rc;
}

void quality_tally_free(struct quality_tally *t)
{
	if (!t)
		return;
	for (size_t i = 0; t->months && i < t->months_len; i++) {
		spread_release(&t->months[i].to_registration);
		spread_release(&t->months[i].to_receipt);
	}
	free(t->months);
	quality_members_free(t->members);
	free(t);
}

/* --- one report ------------------------------------------------------------------------------ */

static struct quality_month *month_of(struct quality_tally *t, int32_t month)
{
	return month >= t->of.asked.from && month <= t->of.asked.to
		       ? &t->months[month - t->of.asked.from]
		       : NULL;
}

static void add_code(struct quality_codes *codes, const char *code, int64_t n)
{
	size_t i = 0;

	while (i < codes->len && strcmp(codes->list[i].code, code))
		i++;
	if (i == QUALITY_CODES)
		i--;
	if (i == codes->len)
		snprintf(codes->list[codes->len++].code, sizeof(codes->list[0].code), "%s", code);
	codes->list[i].n += n;
}

static const char *text_at(const json_t *object, const char *outer, const char *name)
{
	const char *text = json_string_value(
		json_object_get(outer ? json_object_get(object, outer) : object, name));

	return text ? text : "";
}

static const char *severity(const json_t *clear)
{
	return count_severity(text_at(clear, NULL, "event_class"), text_at(clear, "harm", "actual"),
			      text_at(clear, "harm", "potential"));
}

static enum rc count_times(struct quality_tally *t, struct quality_month *m, const json_t *clear,
			   const struct store_life_row *row)
{
	const char *registered = text_at(clear, "source", "registered_at");
	const char *event = text_at(clear, "event", "date");
	int64_t registered_ms, registered_day, event_day;
	enum rc rc = RC_OK;

	if (!clock_parse(registered, strlen(registered), &registered_ms))
		rc = spread_add(&m->to_receipt, (row->first_received_at - registered_ms) / DAY_MS);
	if (rc)
		return rc;
	/* The sender's own day: both dates are of its calendar. */
	if (!clock_parse_date(event, strlen(event), &event_day) && strlen(registered) > 10 &&
	    !clock_parse_date(registered, 10, &registered_day))
		return spread_add(&m->to_registration, registered_day - event_day);
	t->not_dated++;
	return RC_OK;
}

/* Each code once for the report, however often it stands. */
static void count_warnings(struct quality_tally *t, const char *text)
{
	json_t *list = text ? json_loads(text, 0, NULL) : NULL, *warning, *seen = json_object();
	const char *code;
	size_t i;

	json_array_foreach(list, i, warning)
	{
		code = text_at(warning, NULL, "code");
		if (!json_object_get(seen, code)) {
			json_object_set_new(seen, code, json_true());
			add_code(&t->warnings, code, 1);
		}
	}
	t->warned += i > 0;
	json_decref(seen);
	json_decref(list);
}

static void count_corrections(struct quality_tally *t, const json_t *clear,
			      const struct store_life_row *row)
{
	json_t *first = row->first_clear ? json_loads(row->first_clear, 0, NULL) : NULL;
	int64_t at = row->revision < QUALITY_REVISIONS ? row->revision : QUALITY_REVISIONS;

	t->revisions[at - 1]++;
	t->corrected += row->revision > 1;
	if (first) {
		t->changed_severity += strcmp(severity(first), severity(clear)) != 0;
		t->changed_type += strcmp(text_at(first, NULL, "event_type"),
					  text_at(clear, NULL, "event_type")) != 0;
		t->changed_class += strcmp(text_at(first, NULL, "event_class"),
					   text_at(clear, NULL, "event_class")) != 0;
	}
	json_decref(first);
}

static void count_review(struct quality_tally *t, const json_t *clear, const char *about)
{
	json_t *review = about ? json_loads(about, 0, NULL) : NULL;
	struct review_state state = review_state_of(clear, review, t->of.now_ms);

	if (state.due[0]) {
		t->reviews_due++;
		t->reviews[state.status]++;
		t->reviews_late += state.late;
	}
	if (!strcmp(text_at(review, NULL, "status"), "completed")) {
		t->completed++;
		t->not_coded += !json_array_size(json_object_get(review, "contributing_factors"));
		t->no_measures += !json_array_size(json_object_get(review, "measures"));
	}
	json_decref(review);
}

static enum rc count_report(struct quality_tally *t, const struct store_life_row *row)
{
	json_t *clear = json_loads(row->clear, 0, NULL);
	struct quality_month *m;
	char text[8] = "";
	int32_t month = 0;
	enum rc rc;

	if (!clear)
		return RC_CORRUPT;
	snprintf(text, sizeof(text), "%.7s", text_at(clear, "source", "registered_at"));
	m = period_parse_month(text, &month) ? NULL : month_of(t, month);
	rc = m ? count_times(t, m, clear, row) : RC_OK;
	if (m && !rc) {
		t->reports++;
		m->reports++;
		t->duplicates += row->possible_duplicate;
		quality_members_count(t->members, clear);
		count_warnings(t, row->warnings);
		count_corrections(t, clear, row);
		count_review(t, clear, row->about_clear);
	}
	json_decref(clear);
	return rc;
}

/* --- all of them --------------------------------------------------------------------------------
 */

static enum rc on_row(void *ctx, const struct store_life_row *row)
{
	struct quality_tally *t = ctx;
	struct quality_month *received = month_of(t, period_at(row->received_at));

	if (received) {
		received->stored++;
		add_code(&t->kinds, row->kind, 1);
	}
	return row->clear ? count_report(t, row) : RC_OK;
}

enum rc quality_tally_count(struct quality_tally *t, struct store_view *view, int64_t after_seq,
			    int64_t through_seq, int64_t upto_seq, struct err *reterr)
{
	const struct store_lives what = { .kind = REPORT,
					  .about_kind = "review",
					  .end_kind = "withdrawal",
					  .upto_seq = upto_seq };

	return store_lives(view, &what, after_seq, through_seq, on_row, t, reterr);
}

static enum rc on_count(void *ctx, int32_t month, const char *code, int64_t n)
{
	struct quality_tally *t = ctx;
	struct quality_month *m = month_of(t, month);

	if (!*code) {
		m->repeated += n;
		return RC_OK;
	}
	m->refused += n;
	add_code(&t->refusals, code, n);
	return RC_OK;
}

enum rc quality_tally_unstored(struct quality_tally *t, struct refused *refused, struct err *reterr)
{
	/* Reads go on while writes cannot. */
	t->behind = refused_sync(refused, NULL) != RC_OK;
	return refused_counts(refused, t->of.tenant->row->orgnr, t->of.asked.from, t->of.asked.to,
			      on_count, t, &t->interrupted_at, reterr);
}

enum rc quality_sum(const struct quality_tally *t, struct quality_sums *ret)
{
	enum rc rc = RC_OK;

	*ret = (struct quality_sums){ 0 };
	for (size_t i = 0; !rc && i < t->months_len; i++) {
		const struct quality_month *m = &t->months[i];

		ret->stored += m->stored;
		ret->repeated += m->repeated;
		ret->refused += m->refused;
		rc = spread_join(&ret->to_registration, &m->to_registration);
		if (!rc)
			rc = spread_join(&ret->to_receipt, &m->to_receipt);
	}
	return rc;
}

void quality_sums_release(struct quality_sums *sums)
{
	spread_release(&sums->to_registration);
	spread_release(&sums->to_receipt);
}
