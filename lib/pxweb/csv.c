#include "pxweb/csv.h"

#include <string.h>
#include <strings.h>

/* Axes of the stub first, then those of the heading. */
struct layout {
	size_t stub[PX_VARIABLES_MAX], heading[PX_VARIABLES_MAX];
	size_t stub_len, heading_len;
	size_t rows, columns;
};

enum place { PLACE_UNSAID, PLACE_HEADING, PLACE_STUB };

/* Index of an axis by its variable, -1. */
static int axis_of(const struct px_selection *s, const char *code)
{
	for (size_t i = 0; i < s->len; i++)
		if (!strcasecmp(s->axes[i].dimension->code, code))
			return (int)i;
	return -1;
}

static enum rc put(const struct px_selection *s, const char *const *list, size_t n,
		   enum place where, enum place places[PX_VARIABLES_MAX], struct err *reterr)
{
	for (size_t i = 0; i < n; i++) {
		int at = axis_of(s, list[i]);

		if (at < 0)
			return err_set(reterr, RC_NOT_FOUND, "variable-unknown", s->table->id,
				       "the table has no such variable");
		if (places[at] != PLACE_UNSAID)
			return err_set(reterr, RC_INVALID, "variable-twice",
				       s->axes[at].dimension->code, "the variable is placed twice");
		places[at] = where;
	}
	return RC_OK;
}

static enum rc put_all(const struct px_selection *s, const struct px_csv *how,
		       enum place places[PX_VARIABLES_MAX], struct err *reterr)
{
	enum rc rc = put(s, how->heading, how->heading_len, PLACE_HEADING, places, reterr);

	return rc ? rc : put(s, how->stub, how->stub_len, PLACE_STUB, places, reterr);
}

enum rc px_csv_check(const struct px_selection *s, const struct px_csv *how, struct err *reterr)
{
	enum place places[PX_VARIABLES_MAX] = { PLACE_UNSAID };

	return put_all(s, how, places, reterr);
}

static enum place unsaid(const struct px_csv *how, const struct published_dimension *d)
{
	if (!how->heading != !how->stub)
		return how->heading ? PLACE_STUB : PLACE_HEADING;
	return d->role == PUBLISHED_TIME || d->role == PUBLISHED_METRIC ? PLACE_HEADING
									: PLACE_STUB;
}

static void lay(const struct px_selection *s, size_t axis, size_t *list, size_t *len,
		size_t *product)
{
	if (s->axes[axis].eliminated)
		return;
	list[(*len)++] = axis;
	*product *= s->axes[axis].len;
}

static enum rc lay_out(const struct px_selection *s, const struct px_csv *how, struct layout *l,
		       struct err *reterr)
{
	enum place places[PX_VARIABLES_MAX] = { PLACE_UNSAID };
	enum rc rc = put_all(s, how, places, reterr);

	*l = (struct layout){ .rows = 1, .columns = 1 };
	if (rc)
		return rc;
	for (size_t i = 0; i < how->heading_len; i++)
		lay(s, (size_t)axis_of(s, how->heading[i]), l->heading, &l->heading_len,
		    &l->columns);
	for (size_t i = 0; i < how->stub_len; i++)
		lay(s, (size_t)axis_of(s, how->stub[i]), l->stub, &l->stub_len, &l->rows);
	for (size_t i = 0; i < s->len; i++) {
		if (places[i] != PLACE_UNSAID)
			continue;
		if (unsaid(how, s->axes[i].dimension) == PLACE_HEADING)
			lay(s, i, l->heading, &l->heading_len, &l->columns);
		else
			lay(s, i, l->stub, &l->stub_len, &l->rows);
	}
	return RC_OK;
}

/* In quotes always: a text may hold anything, and a code may look like a number. A
 * space keeps a spreadsheet from running a name as a formula. */
static void add_text(struct buf *out, const char *text)
{
	buf_addc(out, '"');
	if (*text && strchr("=+-@\t\r", *text))
		buf_addc(out, ' ');
	for (; *text; text++) {
		if (*text == '"')
			buf_addc(out, '"');
		buf_addc(out, *text);
	}
	buf_addc(out, '"');
}

static void add_name(struct buf *out, const struct px_csv *how, const char *code, const char *text)
{
	CLEANUP(buf_release) struct buf both = buf_capped(4096);

	if (how->names == PX_CODES_AND_TEXTS && strcmp(code, text)) {
		buf_addf(&both, "%s %s", code, text);
		add_text(out, buf_text(&both));
	} else {
		add_text(out, how->names == PX_CODES ? code : text);
	}
}

static void spread(const struct px_selection *s, const size_t *axes, size_t n, size_t at,
		   size_t *place)
{
	for (size_t i = n; i-- > 0;) {
		place[axes[i]] = at % s->axes[axes[i]].len;
		at /= s->axes[axes[i]].len;
	}
}

/* "Meldinger 2026K1": the heading's values together. */
static void add_column(struct buf *out, const struct px_selection *s, const struct layout *l,
		       const struct px_csv *how, const size_t *place, enum published_lang lang)
{
	CLEANUP(buf_release) struct buf name = buf_capped(8192);

	for (size_t i = 0; i < l->heading_len; i++) {
		const struct px_axis *axis = &s->axes[l->heading[i]];
		const struct published_category *c =
			&axis->dimension->categories[axis->at[place[l->heading[i]]]];

		buf_addf(&name, "%s%s", i ? " " : "",
			 how->names == PX_CODES ? c->code : c->label[lang]);
	}
	add_text(out, l->heading_len ? buf_text(&name) : s->table->label[lang]);
}

static void add_head(struct buf *out, const struct px_selection *s, const struct layout *l,
		     const struct px_csv *how, enum published_lang lang)
{
	size_t place[PX_VARIABLES_MAX] = { 0 };

	for (size_t i = 0; i < l->stub_len; i++) {
		const struct published_dimension *d = s->axes[l->stub[i]].dimension;

		add_name(out, how, d->code, d->label[lang]);
		buf_addc(out, how->separator);
	}
	for (size_t i = 0; i < l->columns; i++) {
		spread(s, l->heading, l->heading_len, i, place);
		add_column(out, s, l, how, place, lang);
		if (i + 1 < l->columns)
			buf_addc(out, how->separator);
	}
	buf_adds(out, "\r\n");
}

static void add_row(struct buf *out, const struct px_selection *s, const struct layout *l,
		    const struct px_csv *how, size_t row, enum published_lang lang)
{
	size_t place[PX_VARIABLES_MAX] = { 0 };

	spread(s, l->stub, l->stub_len, row, place);
	for (size_t i = 0; i < l->stub_len; i++) {
		const struct px_axis *axis = &s->axes[l->stub[i]];
		const struct published_category *c =
			&axis->dimension->categories[axis->at[place[l->stub[i]]]];

		add_name(out, how, c->code, c->label[lang]);
		buf_addc(out, how->separator);
	}
	for (size_t i = 0; i < l->columns; i++) {
		const struct published_cell *cell;

		spread(s, l->heading, l->heading_len, i, place);
		cell = px_cell(s, place);
		if (cell->mark == PUBLISHED_VALUE)
			buf_addf(out, "%d", (int)cell->value);
		else
			add_text(out, published_mark_text(cell->mark));
		if (i + 1 < l->columns)
			buf_addc(out, how->separator);
	}
	buf_adds(out, "\r\n");
}

enum rc px_csv(const struct px_selection *s, const struct px_csv *how, enum published_lang lang,
	       struct buf *out, struct err *reterr)
{
	struct layout l;
	enum rc rc = lay_out(s, how, &l, reterr);

	if (rc)
		return rc;
	if (how->separator == ';')
		buf_adds(out, "\xef\xbb\xbf");
	if (how->title) {
		add_text(out, s->table->label[lang]);
		buf_adds(out, "\r\n\r\n");
	}
	add_head(out, s, &l, how, lang);
	for (size_t row = 0; row < l.rows && !buf_rc(out); row++)
		add_row(out, s, &l, how, row, lang);
	rc = buf_rc(out);
	return rc ? err_set(reterr, rc, "answer-too-large", s->table->id, "the answer is too large")
		  : RC_OK;
}
