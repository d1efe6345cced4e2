/* The axes that a release needs, from what was counted. */
#include "release/cubes.h"

#include "count/period.h"

#include <stdlib.h>
#include <string.h>

static const struct axis_word timeliness[] = { { "on_time", NULL }, { "late", NULL }, { 0 } };
static const struct axis_word linked[] = { { "linked", NULL }, { "unlinked", NULL }, { 0 } };
/* Codes of rows (count/counted.h), and their sums. */
static const struct axis_word reviews[] = { { "none", NULL },
					    { "started", NULL },
					    { "overdue", NULL },
					    { "not_carried_out", NULL },
					    { AXIS_COMPLETED, NULL },
					    { "completed_in_time", AXIS_COMPLETED },
					    { "completed_late", AXIS_COMPLETED },
					    { 0 } };
static const struct axis_word factors[] = { { "not_coded", NULL },   { "none_found", NULL },
					    { "coded", NULL },       { "levels_0", "coded" },
					    { "levels_1", "coded" }, { "levels_2", "coded" },
					    { "levels_3", "coded" }, { 0 } };

void axes_release(struct axes *axes)
{
	for (size_t i = 0; i < AXES; i++)
		axis_release(&axes->list[i]);
	free(axes->places);
}

/* A municipality goes by the number that its reports name; one that a split left open
 * is better than none. */
static int32_t place_of(const struct counted *counted, const struct axes *axes,
			const struct counted_organisation *o)
{
	int32_t at = axis_find(&axes->list[AXIS_HOSPITALS], o->orgnr);
	bool open = true;

	for (size_t i = 0; (at < 0 || open) && i < counted->rows_len; i++) {
		const struct counted_row *row = &counted->rows[i];

		if (!*row->municipality || strcmp(row->orgnr, o->orgnr) != 0)
			continue;
		at = axis_find(&axes->list[AXIS_MUNICIPALITIES], row->municipality);
		open = strchr(row->municipality, '?') != NULL;
	}
	return at;
}

static enum rc find_places(const struct counted *counted, struct axes *axes)
{
	axes->places = calloc(counted->organisations_len + 1, sizeof(*axes->places));
	if (!axes->places)
		return RC_NOMEM;
	for (size_t i = 0; i < counted->organisations_len; i++)
		axes->places[i] = place_of(counted, axes, &counted->organisations[i]);
	return RC_OK;
}

/* First and last period of the counted rows of a clock; false when there are none. */
static bool span(const struct counted *counted, enum counted_clock clock, bool registered,
		 int32_t *ret_first, int32_t *ret_last)
{
	*ret_first = INT32_MAX;
	*ret_last = INT32_MIN;
	for (size_t i = 0; i < counted->rows_len; i++) {
		const struct counted_row *r = &counted->rows[i];
		int32_t period = registered ? r->registered_year : r->period;

		if (r->state != COUNTED_ROW || r->clock != clock)
			continue;
		if (period < *ret_first)
			*ret_first = period;
		if (period > *ret_last)
			*ret_last = period;
	}
	return *ret_first <= *ret_last;
}

/* From the first month that anybody's coverage has. */
static int32_t first_month(const struct counted *counted)
{
	int32_t first = counted->closed + 1;

	for (size_t i = 0; i < counted->organisations_len; i++) {
		int32_t start = counted->organisations[i].coverage_start;

		if (start && start < first)
			first = start;
	}
	return first;
}

static enum rc add_times(const struct counted *counted, const struct programme *programme,
			 struct axes *axes)
{
	int32_t first = first_month(counted), last = counted->closed, from, to;
	int32_t first_year = (first + 11) / 12, last_year = (last + 1) / 12 - 1;
	enum rc rc = axis_months(first, last, &axes->list[AXIS_MONTHS]);

	/* What the windows are sums of is never published by municipality. */
	if (!rc && first_year <= last_year)
		rc = axis_years(first_year, last_year, &axes->list[AXIS_WINDOWS]);
	for (int32_t y = first_year; !rc && y <= last_year; y++)
		rc = axis_add_year(&axes->list[AXIS_WHOLE_YEARS], y);
	if (!rc && span(counted, COUNTED_EVENT, false, &from, &to))
		for (int32_t y = from; !rc && y <= to; y++)
			rc = axis_add_year(&axes->list[AXIS_EVENT_YEARS], y);
	/* By the event clock too: that a year has no review yet is a count as well. */
	if (!rc && counted->reviews_from && span(counted, COUNTED_EVENT, false, &from, &to))
		for (int32_t y = from < counted->reviews_from ? counted->reviews_from : from;
		     !rc && y <= to; y++)
			rc = axis_add_year(&axes->list[AXIS_REVIEW_YEARS], y);
	if (!rc && span(counted, COUNTED_EVENT, true, &from, &to))
		rc = axis_registered(from, to, programme, &axes->list[AXIS_REGISTERED]);
	return rc;
}

enum rc axes_new(const struct counted *counted, const struct codes *codes,
		 const struct programme *programme, struct axes *ret)
{
	CLEANUP(axes_release) struct axes axes = { 0 };
	enum rc rc = axis_hospitals(counted, codes, programme, &axes.list[AXIS_HOSPITALS]);

	if (!rc)
		rc = axis_municipalities(counted, codes, programme,
					 &axes.list[AXIS_MUNICIPALITIES]);
	if (!rc)
		rc = axis_of_list(codes, programme, "event_type", &axes.list[AXIS_TYPE]);
	if (!rc)
		rc = axis_of_list(codes, programme, "harm", &axes.list[AXIS_SEVERITY]);
	if (!rc)
		rc = axis_of_list(codes, programme, "place", &axes.list[AXIS_PLACE]);
	if (!rc)
		rc = axis_of_list(codes, programme, "process_stage", &axes.list[AXIS_STAGE]);
	if (!rc)
		rc = axis_of_words(programme, "all", timeliness, &axes.list[AXIS_TIMELINESS]);
	if (!rc)
		rc = axis_of_words(programme, "all", linked, &axes.list[AXIS_LINKED]);
	if (!rc)
		rc = axis_of_words(programme, "notified", reviews, &axes.list[AXIS_REVIEWS]);
	if (!rc)
		rc = axis_of_words(programme, AXIS_COMPLETED, factors, &axes.list[AXIS_FACTORS]);
	if (!rc)
		rc = add_times(counted, programme, &axes);
	if (!rc)
		rc = find_places(counted, &axes);
	if (rc)
		return rc;
	*ret = axes;
	axes = (struct axes){ 0 };
	return RC_OK;
}
