/* Notified events by where their review stood at the cut-off of the final figures, and
 * what the completed ones say of contributing factors.
 *
 * Notified is a report whose newest revision names the day on which the notification was
 * sent. The review is the newest revision of it that had come by then; what came later
 * changes nothing. */
#include "count/internal.h"

#include "count/period.h"
#include "review/state.h"
#include "review/views.h"
#include "store/count.h"

#include <jansson.h>
#include <string.h>

struct reviewing {
	const struct codes *codes;
	const struct count_base *what;
	struct counted *out;
};

static const char *text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

static const char *state_of(const struct review_state *state)
{
	if (state->status != REVIEW_COMPLETED)
		return review_status_name(state->status);
	return state->late ? "completed_late" : "completed_in_time";
}

/* What a completed review says of factors: nothing, that there are none, or on how many
 * levels they lie. NULL when memory ran out. */
static const char *factors_of(const json_t *review, const struct codes *codes)
{
	static const char *const by_levels[] = { "levels_0", "levels_1", "levels_2", "levels_3" };
	json_t *view = review_systems_view(review, codes);
	const char *coded = text(view, "coded"), *found = NULL;
	json_int_t levels = json_integer_value(json_object_get(view, "levels"));

	if (!strcmp(coded, "coded"))
		found = by_levels[levels < 3 ? levels : 3];
	else if (view)
		found = !strcmp(coded, "none_found") ? "none_found" : "not_coded";
	json_decref(view);
	return found;
}

static enum rc add_row(const struct reviewing *r, const json_t *report, const json_t *review)
{
	const json_t *organisation = json_object_get(report, "organisation");
	const char *date = text(json_object_get(report, "event"), "date");
	const char *number = text(organisation, "municipality_number");
	struct review_state state = review_state_of(report, review, r->what->final_as_of_ms);
	char open[COUNT_OPEN_SIZE], month[sizeof("2026-01")];
	struct counted_row row = {
		.clock = COUNTED_REVIEW,
		.orgnr = r->what->orgnr,
		.event_class = text(report, "event_class"),
		.municipality =
			count_municipality(r->codes, r->what, *number ? number : NULL, open),
		.review = state_of(&state),
		.factors = "",
		.n = 1,
	};
	int32_t registered;
	bool inside = false;
	enum rc rc;

	snprintf(month, sizeof(month), "%s",
		 text(json_object_get(report, "source"), "registered_at"));
	if (period_parse_month(month, &registered))
		return RC_CORRUPT;
	rc = count_event_year(r->what, *date ? date : NULL, registered, &row, &inside);
	if (rc || !inside)
		return rc;
	row.registered_year = 0; /* no table asks for it */
	if (state.status == REVIEW_COMPLETED)
		row.factors = factors_of(review, r->codes);
	return row.factors ? counted_add(r->out, &row) : RC_NOMEM;
}

static enum rc add(void *ctx, const char *clear, const char *beside)
{
	json_t *report = json_loads(clear, 0, NULL);
	json_t *review = beside ? json_loads(beside, 0, NULL) : NULL;
	enum rc rc = report && (review || !beside) ? add_row(ctx, report, review) : RC_CORRUPT;

	json_decref(report);
	json_decref(review);
	return rc;
}

enum rc count_reviews(struct store_view *view, const struct codes *codes,
		      const struct count_base *what, int64_t upto_seq, struct counted *out,
		      struct err *reterr)
{
	const struct store_beside notified = { .kind = "incident-report",
					       .has = "$.notification.sent_date",
					       .beside_kind = "review",
					       .unless_kind = "withdrawal",
					       .upto_seq = upto_seq };
	struct reviewing r = { codes, what, out };
	enum rc rc = store_beside(view, &notified, add, &r, reterr);

	if (rc == RC_CORRUPT)
		return err_set(reterr, rc, "counts-unreadable", what->orgnr,
			       "a stored report or review cannot be counted");
	return rc;
}
