/* Counts as lines of JSON: a header, an object per organisation, one per row, an
 * end with the sums, which tells a torn file from a whole one. */
#include "count/counted.h"

#include "base/clock.h"
#include "count/period.h"
#include "json/strict.h"

#include <string.h>

#define VERSION 1
#define LINE_DEPTH 3

static const char *const state_names[COUNTED_STATES] = {
	[COUNTED_ROW] = "counted",
	[COUNTED_PENDING] = "pending",
	[COUNTED_BEFORE] = "before-coverage",
	[COUNTED_TOO_LATE] = "too-late",
	[COUNTED_NO_YEAR] = "no-year",
};
static const char *const clock_names[] = { [COUNTED_REGISTRATION] = "registration",
					   [COUNTED_EVENT] = "event",
					   [COUNTED_REVIEW] = "review" };

/* "2026-01" or "2026"; "" for none. */
static const char *period_text(enum counted_clock clock, int32_t period, char out[PERIOD_TEXT_SIZE])
{
	if (!period)
		return "";
	if (clock == COUNTED_REGISTRATION)
		return period_month_text(period, out);
	snprintf(out, PERIOD_TEXT_SIZE, "%d", period);
	return out;
}

static enum rc add_line(struct buf *out, json_t *line)
{
	char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;

	json_decref(line);
	if (!text)
		return RC_NOMEM;
	buf_adds(out, text);
	free(text);
	return buf_addc(out, '\n');
}

static json_t *organisation_line(const struct counted_organisation *o)
{
	char start[PERIOD_TEXT_SIZE];

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:I}", "organisation", o->orgnr, "name",
			 o->name, "kind", o->kind, "region", o->region, "coverage_start",
			 period_text(COUNTED_REGISTRATION, o->coverage_start, start), "active",
			 (int)o->active, "upto_seq", (json_int_t)o->upto_seq);
}

static json_t *row_line(const struct counted_row *r)
{
	char period[PERIOD_TEXT_SIZE];
	json_t *line = json_pack(
		"{s:s, s:s, s:s, s:s, s:i, s:b, s:b, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "row",
		state_names[r->state], "clock", clock_names[r->clock], "org", r->orgnr, "period",
		period_text(r->clock, r->period, period), "registered_year", r->registered_year,
		"late", (int)r->late, "linked", (int)r->linked, "class", r->event_class, "type",
		r->event_type, "severity", r->severity, "place", r->place, "stage", r->stage,
		"municipality", r->municipality, "n", (json_int_t)r->n);

	if (line && r->clock == COUNTED_REVIEW &&
	    (json_object_set_new(line, "review", json_string(r->review)) ||
	     json_object_set_new(line, "factors", json_string(r->factors)))) {
		json_decref(line);
		return NULL;
	}
	return line;
}

static json_t *header_line(const struct counted *c)
{
	char as_of[CLOCK_TEXT_SIZE], closed[PERIOD_TEXT_SIZE];
	json_t *line = json_pack("{s:i, s:s, s:s}", "varde_counts", VERSION, "as_of",
				 clock_format(c->as_of_ms, as_of), "closed",
				 period_text(COUNTED_REGISTRATION, c->closed, closed));

	if (line && c->reviews_from &&
	    json_object_set_new(line, "reviews_from", json_integer(c->reviews_from))) {
		json_decref(line);
		return NULL;
	}
	return line;
}

enum rc counted_write(struct counted *c, struct buf *out)
{
	int64_t sum = 0;
	enum rc rc;

	counted_sort(c);
	rc = add_line(out, header_line(c));
	for (size_t i = 0; !rc && i < c->organisations_len; i++)
		rc = add_line(out, organisation_line(&c->organisations[i]));
	for (size_t i = 0; !rc && i < c->rows_len; i++) {
		sum += c->rows[i].n;
		rc = add_line(out, row_line(&c->rows[i]));
	}
	if (rc)
		return rc;
	return add_line(out, json_pack("{s:I, s:I, s:I}", "end", (json_int_t)sum, "organisations",
				       (json_int_t)c->organisations_len, "rows",
				       (json_int_t)c->rows_len));
}

/* --- reading ------------------------------------------------------------------------ */

struct reading {
	struct counted *counted;
	int64_t sum;
	bool headed, ended;
};

static int index_of(const char *text, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(names[i], text))
			return i;
	return -1;
}

/* "" is 0. */
static bool read_period(const char *text, enum counted_clock clock, int32_t *ret)
{
	*ret = 0;
	if (!*text)
		return true;
	return !(clock == COUNTED_REGISTRATION ? period_parse_month(text, ret)
					       : period_parse_year(text, ret));
}

static enum rc read_header(struct reading *r, json_t *line)
{
	const char *as_of = NULL, *closed = NULL;
	int version = 0;

	if (r->headed ||
	    json_unpack(line, "{s:i, s:s, s:s, s?i !}", "varde_counts", &version, "as_of", &as_of,
			"closed", &closed, "reviews_from", &r->counted->reviews_from) ||
	    version != VERSION || clock_parse(as_of, strlen(as_of), &r->counted->as_of_ms) ||
	    !read_period(closed, COUNTED_REGISTRATION, &r->counted->closed))
		return RC_INVALID;
	r->headed = true;
	return RC_OK;
}

static enum rc read_organisation(struct reading *r, json_t *line)
{
	struct counted_organisation o = { 0 };
	const char *start = NULL;
	json_int_t upto = 0;
	int active = 0;

	if (json_unpack(line, "{s:s, s:s, s:s, s:s, s:s, s:b, s:I !}", "organisation", &o.orgnr,
			"name", &o.name, "kind", &o.kind, "region", &o.region, "coverage_start",
			&start, "active", &active, "upto_seq", &upto) ||
	    !read_period(start, COUNTED_REGISTRATION, &o.coverage_start) || upto < 0)
		return RC_INVALID;
	o.active = active;
	o.upto_seq = upto;
	return counted_add_organisation(r->counted, &o);
}

static enum rc read_row(struct reading *r, json_t *line)
{
	struct counted_row row = { 0 };
	const char *state = NULL, *clock = NULL, *period = NULL, *review = "", *factors = "";
	int late = 0, linked = 0, which, on;
	json_int_t n = 0;

	if (json_unpack(line,
			"{s:s, s:s, s:s, s:s, s:i, s:b, s:b, s:s, s:s, s:s, s:s, s:s, s:s, s:I, "
			"s?s, s?s !}",
			"row", &state, "clock", &clock, "org", &row.orgnr, "period", &period,
			"registered_year", &row.registered_year, "late", &late, "linked", &linked,
			"class", &row.event_class, "type", &row.event_type, "severity",
			&row.severity, "place", &row.place, "stage", &row.stage, "municipality",
			&row.municipality, "n", &n, "review", &review, "factors", &factors))
		return RC_INVALID;
	which = index_of(state, state_names, COUNTED_STATES);
	on = index_of(clock, clock_names, ARRAY_LEN(clock_names));
	if (which < 0 || on < 0 || n <= 0 || n > INT32_MAX ||
	    (on == COUNTED_REVIEW) != (*review != '\0') ||
	    !read_period(period, (enum counted_clock)on, &row.period))
		return RC_INVALID;
	row.state = (enum counted_state)which;
	row.clock = (enum counted_clock)on;
	row.late = late;
	row.linked = linked;
	row.review = review;
	row.factors = factors;
	row.n = n;
	r->sum += n;
	return counted_add(r->counted, &row);
}

static enum rc read_end(struct reading *r, json_t *line)
{
	json_int_t sum = 0, organisations = 0, rows = 0;

	if (json_unpack(line, "{s:I, s:I, s:I !}", "end", &sum, "organisations", &organisations,
			"rows", &rows) ||
	    sum != r->sum || organisations != (json_int_t)r->counted->organisations_len ||
	    rows != (json_int_t)r->counted->rows_len)
		return RC_INVALID;
	r->ended = true;
	return RC_OK;
}

static enum rc read_line(struct reading *r, const char *text, size_t len)
{
	json_t *line = NULL;
	enum rc rc = json_strict_load(text, len, LINE_DEPTH, &line, NULL);

	if (rc)
		return rc;
	if (r->ended || (!r->headed && !json_object_get(line, "varde_counts")))
		rc = RC_INVALID;
	else if (json_object_get(line, "row"))
		rc = read_row(r, line);
	else if (json_object_get(line, "organisation"))
		rc = read_organisation(r, line);
	else if (json_object_get(line, "end"))
		rc = read_end(r, line);
	else
		rc = read_header(r, line);
	json_decref(line);
	return rc;
}

enum rc counted_read(const char *text, size_t len, struct counted **ret, struct err *reterr)
{
	CLEANUP(counted_freep) struct counted *c = NULL;
	const char *at = text, *end = text + len, *newline;
	struct reading r = { 0 };
	size_t number = 0;
	char where[32];
	enum rc rc = counted_new(&c);

	r.counted = c;
	while (!rc && at < end) {
		newline = memchr(at, '\n', (size_t)(end - at));
		number++;
		rc = newline ? read_line(&r, at, (size_t)(newline - at)) : RC_INVALID;
		at = newline ? newline + 1 : end;
	}
	if (!rc && !r.ended)
		rc = RC_INVALID;
	snprintf(where, sizeof(where), "line %zu", number);
	if (rc == RC_INVALID)
		return err_set(reterr, rc, "counts-malformed", where,
			       "not the counts of a release");
	if (rc)
		return err_set(reterr, rc, "no-memory", NULL, "out of memory");
	*ret = TAKE_PTR(c);
	return RC_OK;
}
