/* Charts of a tenant's own page: plain SVG, readable in black and white. Coordinates are
 * whole pixels of a view box; the page scales it. */
#include "ctl/html.h"
#include "ctl/own.h"

#include <string.h>

#define PATTERNS_MAX 40 /* more than a chart can have */
#define ROW 20          /* pixels of a bracket and its text */

struct plot {
	int width, height;            /* of the view box */
	int left, right, top, bottom; /* margins */
	int64_t max;                  /* of the y axis */
	size_t months;
	int label_every;
};

static const char *text(const json_t *object, const char *member)
{
	const char *value = json_string_value(json_object_get(object, member));

	return value ? value : "";
}

static int64_t whole(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

static bool is_shift(const json_t *signal)
{
	return !strncmp(text(signal, "kind"), "shift", 5);
}

/* --- scales -------------------------------------------------------------------------------- */

static int x_of(const struct plot *p, size_t month)
{
	int span = p->width - p->left - p->right;

	return p->left + (int)((2 * month + 1) * (size_t)span / (2 * p->months));
}

/* `twice` the value, since a median may end on a half. */
static int y_of(const struct plot *p, int64_t twice)
{
	int span = p->height - p->top - p->bottom;

	return p->height - p->bottom - (int)(twice * span / (2 * p->max));
}

/* The step of about four ticks: 1, 2 or 5 times a power of ten. */
static int64_t step_of(int64_t largest)
{
	static const int64_t times[] = { 1, 2, 5 };

	for (int64_t power = 1;; power *= 10)
		for (size_t i = 0; i < 3; i++)
			if (times[i] * power * 4 >= largest)
				return times[i] * power;
}

static int64_t largest_of(const json_t *values)
{
	int64_t largest = 1;

	for (size_t i = 0; i < json_array_size(values); i++) {
		int64_t value = json_integer_value(json_array_get(values, i));

		if (value > largest)
			largest = value;
	}
	return largest;
}

static bool has_figure(const json_t *values)
{
	for (size_t i = 0; i < json_array_size(values); i++)
		if (json_is_integer(json_array_get(values, i)))
			return true;
	return false;
}

static void scale(struct plot *p, int64_t largest)
{
	int64_t step = step_of(largest);

	p->max = (largest + step - 1) / step * step;
}

/* --- axes ------------------------------------------------------------------------------------ */

static void begin(struct buf *out, const struct plot *p, const char *id, const char *title,
		  const char *description)
{
	buf_addf(out,
		 "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"%s-t %s-d\">"
		 "<title id=\"%s-t\">",
		 p->width, p->height, id, id, id);
	html_text(out, title);
	buf_addf(out, "</title><desc id=\"%s-d\">", id);
	html_text(out, description);
	buf_adds(out, "</desc>\n");
}

static void draw_y(struct buf *out, const struct plot *p)
{
	int64_t step = step_of(p->max);

	for (int64_t v = 0; v <= p->max; v += step)
		buf_addf(out,
			 "<line class=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>"
			 "<text class=\"axis\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%lld</text>\n",
			 v ? "grid" : "base", p->left, p->width - p->right, y_of(p, 2 * v),
			 y_of(p, 2 * v), p->left - 7, y_of(p, 2 * v) + 4, (long long)v);
}

static void draw_x(struct buf *out, const struct plot *p, const json_t *months)
{
	char name[24];

	for (size_t i = 0; i < p->months; i++) {
		const char *month = json_string_value(json_array_get(months, i));
		int number = (int)strtol(month + 5, NULL, 10) - 1;

		if (number % p->label_every)
			continue;
		buf_addf(
			out,
			"<line class=\"base\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>"
			"<text class=\"axis\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%.3s</text>",
			x_of(p, i), x_of(p, i), p->height - p->bottom, p->height - p->bottom + 4,
			x_of(p, i), p->height - p->bottom + 17, own_month_short(month, name));
		if (number == 0 || i < (size_t)p->label_every)
			buf_addf(out,
				 "<text class=\"axis year\" x=\"%d\" y=\"%d\" "
				 "text-anchor=\"middle\">%.4s</text>",
				 x_of(p, i), p->height - p->bottom + 31, month);
		buf_adds(out, "\n");
	}
}

/* --- figures -----------------------------------------------------------------------------------
 */

/* The line through the months from `from` to `to`, broken where there is no figure. */
static void draw_line(struct buf *out, const struct plot *p, const json_t *values, size_t from,
		      size_t to, const char *class)
{
	bool open = false;

	for (size_t i = from; i < to; i++) {
		const json_t *value = json_array_get(values, i);

		if (json_is_integer(value))
			buf_addf(out, open ? " " : "<polyline class=\"%s\" points=\"", class);
		else if (open)
			buf_adds(out, "\"/>\n");
		open = json_is_integer(value);
		if (open)
			buf_addf(out, "%d,%d", x_of(p, i), y_of(p, 2 * json_integer_value(value)));
	}
	buf_adds(out, open ? "\"/>\n" : "");
}

/* Whether a month counts in a pattern: one on the median is in no shift. */
static bool in_pattern(const json_t *run, size_t month, int64_t value)
{
	const json_t *signals = json_object_get(run, "signals");
	bool level = (double)value == json_number_value(json_object_get(run, "median"));

	for (size_t i = 0; i < json_array_size(signals); i++) {
		const json_t *s = json_array_get(signals, i);

		if ((int64_t)month >= whole(s, "first") && (int64_t)month <= whole(s, "last") &&
		    !(level && is_shift(s)))
			return true;
	}
	return false;
}

/* A filled dot; a square within a pattern; a ring where the figure still grows. */
static void draw_points(struct buf *out, const struct plot *p, const json_t *values,
			const json_t *run, size_t settled)
{
	for (size_t i = 0; i < p->months; i++) {
		const json_t *value = json_array_get(values, i);
		int x = x_of(p, i), y;

		if (!json_is_integer(value))
			continue;
		y = y_of(p, 2 * json_integer_value(value));
		if (in_pattern(run, i, json_integer_value(value)))
			buf_addf(out,
				 "<rect class=\"mark\" x=\"%d\" y=\"%d\" width=\"9\" "
				 "height=\"9\"/>\n",
				 x - 4, y - 4);
		else
			buf_addf(out, "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"%s\"/>\n",
				 i < settled ? "dot" : "open", x, y, p->months > 60 ? "2.5" : "4");
	}
}

static void draw_median(struct buf *out, const struct plot *p, const json_t *run)
{
	const json_t *median = json_object_get(run, "median");
	double value = json_number_value(median);
	int y;

	if (json_is_null(median))
		return;
	y = y_of(p, (int64_t)(2 * value));
	buf_addf(out,
		 "<line class=\"median\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>"
		 "<text class=\"medianlabel\" x=\"%d\" y=\"%d\">median</text>"
		 "<text class=\"medianlabel\" x=\"%d\" y=\"%d\">%lld%s</text>\n",
		 p->left, p->width - p->right, y, y, p->width - p->right + 5, y - 2,
		 p->width - p->right + 5, y + 12, (long long)value,
		 (int64_t)(2 * value) % 2 ? ",5" : "");
}

/* The row of each pattern's bracket: the first in which it meets no other. Returns how
 * many rows that makes. */
static int place_patterns(const json_t *signals, int rows[PATTERNS_MAX])
{
	int64_t ends[PATTERNS_MAX];
	int n = 0;

	for (size_t i = 0; i < json_array_size(signals) && i < PATTERNS_MAX; i++) {
		const json_t *s = json_array_get(signals, i);
		int row = 0;

		while (row < n && ends[row] >= whole(s, "first"))
			row++;
		n += row == n;
		ends[row] = whole(s, "last");
		rows[i] = row;
	}
	return n;
}

/* A bracket over each pattern, numbered as in the text. */
static void draw_patterns(struct buf *out, const struct plot *p, const json_t *signals,
			  const int rows[PATTERNS_MAX])
{
	for (size_t i = 0; i < json_array_size(signals) && i < PATTERNS_MAX; i++) {
		const json_t *s = json_array_get(signals, i);
		int x1 = x_of(p, (size_t)whole(s, "first")) - 7;
		int x2 = x_of(p, (size_t)whole(s, "last")) + 7, y = 14 + ROW * rows[i];

		buf_addf(out,
			 "<path class=\"bracket\" d=\"M%d %dV%dH%dV%d\"/>"
			 "<text class=\"patternlabel\" x=\"%d\" y=\"%d\" "
			 "text-anchor=\"middle\">%s %zu</text>\n",
			 x1, y + 9, y + 4, x2, y + 9, (x1 + x2) / 2, y,
			 is_shift(s) ? "skifte" : "trend", i + 1);
	}
}

/* Where nobody had begun to deliver. */
static void draw_before(struct buf *out, const struct plot *p, const json_t *values)
{
	size_t n = 0;
	int x2;

	while (n < p->months && !json_is_integer(json_array_get(values, n)))
		n++;
	if (!n)
		return;
	x2 = n < p->months ? (x_of(p, n - 1) + x_of(p, n)) / 2 : p->width - p->right;
	buf_addf(out, "<rect class=\"before\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
		 p->left, p->top, x2 - p->left, p->height - p->top - p->bottom);
	if (x2 - p->left > 100)
		buf_addf(out,
			 "<text class=\"axis\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">ingen "
			 "tall</text>",
			 (p->left + x2) / 2, p->top + 18);
	buf_adds(out, "\n");
}

static void draw_hidden(struct buf *out, const struct plot *p, const json_t *values)
{
	for (size_t i = 0; i < p->months; i++) {
		const char *mark = json_string_value(json_array_get(values, i));

		if (mark && !strcmp(mark, ":"))
			buf_addf(out,
				 "<text class=\"hidden\" x=\"%d\" y=\"%d\" "
				 "text-anchor=\"middle\">:</text>\n",
				 x_of(p, i), p->height - p->bottom - 6);
	}
}

/* --- charts
 * ---------------------------------------------------------------------------------------- */

void own_run_chart(struct buf *out, const json_t *report, const json_t *chart, const char *id)
{
	const json_t *values = json_object_get(chart, "values");
	const json_t *months = json_object_get(report, "months");
	const json_t *run = json_object_get(chart, "run");
	const json_t *signals = json_object_get(run, "signals");
	size_t settled = (size_t)whole(chart, "settled");
	int rows[PATTERNS_MAX];
	struct plot p = { .width = 760,
			  .left = 46,
			  .right = 56,
			  .bottom = 40,
			  .months = json_array_size(months) };

	p.top = 12 + ROW * place_patterns(signals, rows);
	p.height = p.top + 210 + p.bottom;
	p.label_every = p.months > 60 ? 12 : p.months > 36 ? 6 : p.months > 14 ? 3 : 1;
	scale(&p, largest_of(values));
	begin(out, &p, id, text(json_object_get(chart, "label"), "nb"),
	      "Antall meldinger per måned, med medianen som stiplet linje. Tallene står i tabellen "
	      "under.");
	draw_before(out, &p, values);
	draw_y(out, &p);
	draw_x(out, &p, months);
	draw_median(out, &p, run);
	draw_line(out, &p, values, 0, settled, "line");
	draw_line(out, &p, values, settled ? settled - 1 : 0, p.months, "line growing");
	draw_points(out, &p, values, run, settled);
	draw_patterns(out, &p, signals, rows);
	buf_adds(out, "</svg>\n");
}

void own_line_chart(struct buf *out, const json_t *report, const json_t *beside, const char *id)
{
	const json_t *values = json_object_get(beside, "values");
	const json_t *months = json_object_get(report, "months");
	struct plot p = { .width = 372,
			  .height = 180,
			  .left = 46,
			  .right = 10,
			  .top = 10,
			  .bottom = 40,
			  .months = json_array_size(months) };

	p.label_every = p.months > 36 ? 12 : p.months > 14 ? 6 : 3;
	scale(&p, largest_of(values));
	begin(out, &p, id, text(json_object_get(beside, "label"), "nb"),
	      "Publiserte meldinger per måned. Skjulte måneder er merket med kolon. Tallene står i "
	      "tabellen under.");
	if (has_figure(values))
		draw_y(out, &p);
	else
		buf_addf(out,
			 "<text class=\"axis\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">ingen "
			 "tall kan vises</text>\n",
			 (p.width + p.left) / 2, p.height / 2);
	draw_x(out, &p, months);
	draw_line(out, &p, values, 0, p.months, "line");
	draw_points(out, &p, values, NULL, p.months);
	draw_hidden(out, &p, values);
	buf_adds(out, "</svg>\n");
}
