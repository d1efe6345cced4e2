#include "count/freeze.h"

#include "count/period.h"

#include <string.h>

struct freezing {
	const struct counted *base;
	struct counted *out;
	int32_t was_closed, closing;
};

/* Where a report of month `m` counts; `row` is filled. */
static void place(const struct freezing *f, const struct counted_organisation *o,
		  struct counted_row *row)
{
	int32_t m = row->period, first_open = f->was_closed + 1;

	row->late = false;
	if (m > f->closing) {
		row->state = COUNTED_PENDING;
		return;
	}
	if (m < o->coverage_start) {
		row->state = COUNTED_BEFORE;
		return;
	}
	row->state = COUNTED_ROW;
	if (m > f->was_closed)
		return;
	if (first_open > f->closing) {
		row->state = COUNTED_PENDING; /* this release opens no month */
		return;
	}
	if (first_open - m > FREEZE_LATE_MONTHS) {
		row->state = COUNTED_TOO_LATE;
		return;
	}
	row->period = first_open;
	row->late = true;
}

static enum rc add(struct freezing *f, const struct counted_row *from)
{
	const struct counted_organisation *o = counted_organisation(f->base, from->orgnr);
	struct counted_row row = *from;

	if (row.clock != COUNTED_REGISTRATION)
		return counted_add(f->out, &row);
	/* Whoever does not count now keeps what waits for it. */
	if (!o || !o->active || !o->coverage_start)
		row.state = COUNTED_PENDING;
	else
		place(f, o, &row);
	return counted_add(f->out, &row);
}

static enum rc add_previous(struct freezing *f, const struct counted *previous)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; !rc && i < previous->rows_len; i++) {
		const struct counted_row *row = &previous->rows[i];

		rc = row->state == COUNTED_PENDING ? add(f, row) : counted_add(f->out, row);
	}
	/* The register never loses an organisation; a count must not either. */
	for (size_t i = 0; !rc && i < previous->organisations_len; i++)
		if (!counted_organisation(f->base, previous->organisations[i].orgnr))
			rc = counted_add_organisation(f->out, &previous->organisations[i]);
	return rc;
}

static bool has_final(const struct counted *previous, int32_t year)
{
	for (size_t i = 0; previous && i < previous->rows_len; i++)
		if (previous->rows[i].clock == COUNTED_EVENT && previous->rows[i].period == year)
			return true;
	return false;
}

/* A year's final table is made once. */
static enum rc add_base(struct freezing *f, const struct counted *previous)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; !rc && i < f->base->rows_len; i++) {
		const struct counted_row *row = &f->base->rows[i];

		if (row->clock != COUNTED_REGISTRATION && has_final(previous, row->period))
			continue;
		rc = add(f, row);
	}
	for (size_t i = 0; !rc && i < f->base->organisations_len; i++)
		rc = counted_add_organisation(f->out, &f->base->organisations[i]);
	return rc;
}

/* What was final before reviews were counted stays without them. */
static int32_t reviews_from(const struct counted *previous, const struct counted *base)
{
	if (previous && previous->reviews_from)
		return previous->reviews_from;
	return has_final(previous, base->reviews_from) ? 0 : base->reviews_from;
}

enum rc counted_freeze(const struct counted *previous, const struct counted *base, int32_t closing,
		       struct counted **ret, struct err *reterr)
{
	CLEANUP(counted_freep) struct counted *out = NULL;
	struct freezing f = { .base = base,
			      .was_closed = previous ? previous->closed : 0,
			      .closing = closing };
	char text[PERIOD_TEXT_SIZE];
	enum rc rc;

	if (closing < f.was_closed)
		return err_set(reterr, RC_INVALID, "release-order",
			       period_month_text(closing, text), "a later month is closed already");
	rc = counted_new(&out);
	if (!rc) {
		f.out = out;
		out->as_of_ms = base->as_of_ms;
		out->closed = closing;
		out->reviews_from = reviews_from(previous, base);
		if (previous)
			rc = add_previous(&f, previous);
	}
	if (!rc)
		rc = add_base(&f, previous);
	if (rc)
		return err_set(reterr, rc, "no-memory", NULL, "out of memory");
	counted_sort(out);
	*ret = TAKE_PTR(out);
	return RC_OK;
}
