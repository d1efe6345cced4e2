/* Drawings of the page of `vardectl quality`: plain SVG, readable in black and white.
 * Coordinates are pixels of a view box; the page scales it. */
#include "ctl/quality.h"

#include "ctl/html.h"

#include <string.h>

const char quality_page_style[] =
	".source{break-before:page}.source:first-of-type{break-before:auto}"
	".pair{display:grid;grid-template-columns:1fr 1fr;gap:0 1.5rem}.pair>*{min-width:0}"
	"@media(max-width:40rem){.pair{grid-template-columns:1fr}}"
	".q-stored{fill:#1d4e89;background:#1d4e89}"
	".q-repeated{fill:#9db8d6;background:#9db8d6}"
	".q-refused{fill:#a3340b;background:#a3340b}"
	".q-known{fill:#1d4e89;background:#1d4e89}"
	".q-unknown{fill:#e0a23a;background:#e0a23a}"
	".q-absent{fill:#f0f2f5;background:#f0f2f5;stroke:#767676}"
	".q-none{fill:#c6d6e8;background:#c6d6e8}.q-started{fill:#8fb0d3;background:#8fb0d3}"
	".q-completed{fill:#1d4e89;background:#1d4e89}"
	".q-not_carried_out{fill:#767676;background:#767676}"
	".q-overdue{fill:#a3340b;background:#a3340b}"
	".half{fill:none;stroke:#1d4e89;stroke-width:2}"
	".nine{fill:none;stroke:#a3340b;stroke-width:1.5;stroke-dasharray:5 3}"
	".dot{fill:#1d4e89}.dot9{fill:#a3340b}"
	".key i{display:inline-block;width:1.6em;height:0;border-top:2px solid #1d4e89;"
	"margin-right:.4em;vertical-align:.25em}.key i.k9{border-top:2px dashed #a3340b}";

#define WIDTH 760
#define HALF_WIDTH 360

static void put(const struct page *p, const char *svg)
{
	buf_adds(p->out, svg);
}

static void say(const struct page *p, const char *nb, const char *en)
{
	html_text(p->out, page_say(p, nb, en));
}

static void begin(const struct page *p, const char *nb, const char *en)
{
	put(p, "<figure><figcaption>");
	say(p, nb, en);
	put(p, "</figcaption>\n");
}

static void begin_svg(const struct page *p, int width, int height, const char *nb, const char *en)
{
	buf_addf(p->out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", width, height);
	say(p, nb, en);
	put(p, "\">\n");
}

static void put_rect(const struct page *p, const char *class, double x, double y, double width,
		     double height)
{
	if (width > 0 && height > 0)
		buf_addf(p->out,
			 "<rect class=\"q-%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
			 "height=\"%.1f\"/>\n",
			 class, x, y, width, height);
}

static void put_text(const struct page *p, const char *class, double x, double y,
		     const char *anchor, const char *text)
{
	buf_addf(p->out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", class, x,
		 y, anchor);
	html_text(p->out, text);
	put(p, "</text>\n");
}

/* The names of what is drawn, with their looks: {class, nb, en}, ended by NULL. */
static void put_key(const struct page *p, const char *const keys[][3])
{
	put(p, "<ul class=\"key\">");
	for (; (*keys)[0]; keys++) {
		buf_addf(p->out, "<li><span class=\"q-%s\"></span>", (*keys)[0]);
		say(p, (*keys)[1], (*keys)[2]);
		put(p, "</li>");
	}
	put(p, "</ul>\n");
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

/* A drawing over months: what is where. */
struct axes {
	int width, height, left, right, top, bottom;
	int64_t max;
	size_t months;
};

static double x_of(const struct axes *a, size_t month)
{
	return a->left + ((double)month + 0.5) * (a->width - a->left - a->right) /
				 (double)(a->months ? a->months : 1);
}

static double y_of(const struct axes *a, int64_t value)
{
	return a->height - a->bottom -
	       (double)value * (a->height - a->top - a->bottom) / (double)a->max;
}

static void scale(struct axes *a, int64_t largest)
{
	int64_t step = step_of(largest > 0 ? largest : 1);

	a->max = (largest + step - 1) / step * step;
	if (a->max < step)
		a->max = step;
}

/* "mai 26" of "2026-05". */
static const char *month_name(const struct page *p, const char *month, char out[24])
{
	static const char *const names[][2] = {
		{ "jan", "Jan" }, { "feb", "Feb" },  { "mars", "Mar" }, { "april", "Apr" },
		{ "mai", "May" }, { "juni", "Jun" }, { "juli", "Jul" }, { "aug", "Aug" },
		{ "sep", "Sep" }, { "okt", "Oct" },  { "nov", "Nov" },  { "des", "Dec" },
	};
	long n = strlen(month) == 7 ? strtol(month + 5, NULL, 10) : 0;
	const char *name = n >= 1 && n <= 12 ? page_say(p, names[n - 1][0], names[n - 1][1]) : "";

	snprintf(out, 24, "%s %.2s", name, *month ? month + 2 : "");
	return out;
}

static void put_axes(const struct page *p, const struct axes *a, const json_t *months)
{
	int64_t step = step_of(a->max);
	size_t every = a->months > 60 ? 12 : a->months > 24 ? 6 : a->months > 12 ? 3 : 1;
	char text[24];

	if (a->width < WIDTH && every < 12 && a->months > 6)
		every = every == 1 ? 3 : every * 2;

	for (int64_t v = 0; v <= a->max; v += step) {
		buf_addf(p->out,
			 "<line class=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n",
			 v ? "grid" : "base", a->left, a->width - a->right, y_of(a, v), y_of(a, v));
		snprintf(text, sizeof(text), "%lld", (long long)v);
		put_text(p, "q", a->left - 6, y_of(a, v) + 4, "end", text);
	}
	for (size_t i = 0; i < a->months; i++) {
		const char *month = page_member(json_array_get(months, i), "month");
		long number = strlen(month) == 7 ? strtol(month + 5, NULL, 10) - 1 : 0;

		if ((size_t)number % every == 0)
			put_text(p, "q", x_of(a, i), a->height - a->bottom + 16, "middle",
				 month_name(p, month, text));
	}
}

/* --- what came ------------------------------------------------------------------------------- */

void quality_plot_received(const struct page *p, const json_t *source)
{
	static const char *const keys[][3] = { { "stored", "lagret", "stored" },
					       { "repeated", "gjentatt", "repeated" },
					       { "refused", "avvist", "refused" },
					       { NULL, NULL, NULL } };
	const json_t *sent = json_object_get(source, "submissions"), *month;
	const json_t *months = json_object_get(sent, "months");
	struct axes a = { .width = WIDTH,
			  .height = 190,
			  .left = 52,
			  .right = 6,
			  .top = 10,
			  .bottom = 26,
			  .months = json_array_size(months) };
	int64_t largest = 0;
	double width;
	size_t i;

	json_array_foreach(months, i, month) if (page_number(month, "received") > largest) largest =
		page_number(month, "received");
	scale(&a, largest);
	width = 0.72 * (a.width - a.left - a.right) / (double)(a.months ? a.months : 1);
	put(p, "<figure><figcaption>");
	buf_addf(p->out,
		 page_say(p, "Mottatt %lld: %lld lagret, %lld gjentatt, %lld avvist",
			  "Received %lld: %lld stored, %lld repeated, %lld refused"),
		 (long long)page_number(sent, "received"), (long long)page_number(sent, "stored"),
		 (long long)page_number(sent, "repeated"), (long long)page_number(sent, "refused"));
	put(p, "</figcaption>\n");
	put_key(p, keys);
	begin_svg(p, a.width, a.height,
		  "Innsendinger etter måned, delt i lagret, gjentatt og avvist",
		  "Submissions by month, parted into stored, repeated and refused");
	put_axes(p, &a, months);
	json_array_foreach(months, i, month)
	{
		int64_t below = 0;

		for (size_t k = 0; keys[k][0]; k++) {
			int64_t n = page_number(month, keys[k][0]);

			put_rect(p, keys[k][0], x_of(&a, i) - width / 2, y_of(&a, below + n), width,
				 y_of(&a, below) - y_of(&a, below + n));
			below += n;
		}
	}
	put(p, "</svg></figure>\n");
}

/* --- how fast ----------------------------------------------------------------------------------
 */

static void put_line(const struct page *p, const struct axes *a, const json_t *months,
		     const char *what, const char *member, const char *line, const char *dot)
{
	const json_t *month;
	bool open = false;
	size_t i;

	json_array_foreach(months, i, month)
	{
		const json_t *days = json_object_get(json_object_get(month, what), member);

		if (json_is_integer(days))
			buf_addf(p->out, open ? " " : "<polyline class=\"%s\" points=\"", line);
		else if (open)
			put(p, "\"/>\n");
		open = json_is_integer(days);
		if (open)
			buf_addf(p->out, "%.1f,%.1f", x_of(a, i),
				 y_of(a, json_integer_value(days)));
	}
	put(p, open ? "\"/>\n" : "");
	json_array_foreach(months, i, month)
	{
		const json_t *days = json_object_get(json_object_get(month, what), member);

		if (json_is_integer(days))
			buf_addf(p->out,
				 "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>\n", dot,
				 x_of(a, i), y_of(a, json_integer_value(days)));
	}
}

void quality_plot_days(const struct page *p, const json_t *source, const char *what)
{
	bool registration = !strcmp(what, "to_registration");
	const json_t *times = json_object_get(source, "timeliness"), *month;
	const json_t *months = json_object_get(times, "months");
	const json_t *all = json_object_get(times, what);
	struct axes a = { .width = HALF_WIDTH,
			  .height = 190,
			  .left = 44,
			  .right = 6,
			  .top = 10,
			  .bottom = 26,
			  .months = json_array_size(months) };
	int64_t largest = 0;
	size_t i;

	json_array_foreach(months, i, month)
	{
		int64_t days = page_number(json_object_get(month, what), "p90");

		largest = days > largest ? days : largest;
	}
	scale(&a, largest);
	begin(p,
	      registration ? "Dager fra hendelse til registrering"
			   : "Dager fra registrering til mottak",
	      registration ? "Days from event to registration"
			   : "Days from registration to receipt");
	put(p, "<ul class=\"key\"><li><i></i>");
	say(p, "halvparten innen", "half within");
	if (page_number(all, "n"))
		buf_addf(p->out, " (%lld)", (long long)page_number(all, "median"));
	put(p, "</li><li><i class=\"k9\"></i>");
	say(p, "ni av ti innen", "nine of ten within");
	if (page_number(all, "n"))
		buf_addf(p->out, " (%lld)", (long long)page_number(all, "p90"));
	put(p, "</li></ul>\n");
	begin_svg(p, a.width, a.height,
		  "Dager etter måned for registrering; tallene for hele perioden står over",
		  "Days by month of registration; the figures of the whole period stand above");
	put_axes(p, &a, months);
	put_line(p, &a, months, what, "p90", "nine", "dot9");
	put_line(p, &a, months, what, "median", "half", "dot");
	put(p, "</svg></figure>\n");
}

/* --- how complete -------------------------------------------------------------------------------
 */

#define ROW 24
#define LABEL 300
#define SHARE 60

void quality_plot_complete(const struct page *p, const json_t *source)
{
	static const char *const keys[][3] = { { "known", "kjent", "known" },
					       { "unknown", "oppgitt som ukjent",
						 "given as unknown" },
					       { "absent", "ikke utfylt", "not filled in" },
					       { NULL, NULL, NULL } };
	const json_t *members = json_object_get(source, "completeness"), *m;
	double length = WIDTH - LABEL - SHARE, y = 0;
	int rows = 0;
	size_t i;

	json_array_foreach(members, i, m) rows +=
		json_is_true(json_object_get(m, "expected")) && page_number(m, "of");
	begin(p, "Felt som alle meldinger kan si noe om", "Members that every report can tell");
	put_key(p, keys);
	begin_svg(p, WIDTH, rows * ROW + 4,
		  "Andel kjent, ukjent og ikke utfylt, en søyle for hvert felt",
		  "Share known, unknown and not filled in, a bar per member");
	json_array_foreach(members, i, m)
	{
		int64_t of = page_number(m, "of"), unknown = page_number(m, "unknown");
		int64_t known = page_number(m, "present") - unknown;
		double first, second;
		char share[16];

		if (!json_is_true(json_object_get(m, "expected")) || !of)
			continue;
		first = length * (double)known / (double)of;
		second = length * (double)unknown / (double)of;
		put_text(p, "t", 0, y + 16, "start",
			 page_member(json_object_get(m, "label"), page_say(p, "nb", "en")));
		put_rect(p, "absent", LABEL, y + 4, length, ROW - 8);
		put_rect(p, "known", LABEL, y + 4, first, ROW - 8);
		put_rect(p, "unknown", LABEL + first, y + 4, second, ROW - 8);
		put_text(p, "v", WIDTH, y + 16, "end", page_share(p, known, of, share));
		y += ROW;
	}
	put(p, "</svg></figure>\n");
}

/* --- reviews
 * -------------------------------------------------------------------------------------- */

void quality_plot_reviews(const struct page *p, const json_t *source)
{
	static const char *const keys[][3] = {
		{ "completed", "fullført", "completed" },
		{ "started", "påbegynt", "started" },
		{ "none", "ikke kommet, innen fristen", "none yet, not due" },
		{ "not_carried_out", "gjennomføres ikke", "not carried out" },
		{ "overdue", "over fristen", "overdue" },
		{ NULL, NULL, NULL },
	};
	const json_t *reviews = json_object_get(source, "reviews");
	const json_t *coded = json_object_get(reviews, "coded");
	int64_t due = page_number(reviews, "due");
	double x = 0;

	if (!due && !page_number(coded, "completed"))
		return;
	put(p, "<h3>");
	say(p, "Gjennomganger", "Reviews");
	put(p, "</h3>\n<figure><figcaption>");
	buf_addf(
		p->out,
		page_say(
			p,
			"Av %lld meldinger med frist: %lld fullført (%lld etter fristen), %lld "
			"over "
			"fristen. Av %lld fullførte er %lld uten kodede medvirkende faktorer.",
			"Of %lld reports with a date: %lld completed (%lld late), %lld overdue. Of "
			"%lld completed, %lld have no coded contributing factors."),
		(long long)due, (long long)page_number(reviews, "completed"),
		(long long)page_number(reviews, "late"), (long long)page_number(reviews, "overdue"),
		(long long)page_number(coded, "completed"),
		(long long)page_number(coded, "not_coded"));
	put(p, "</figcaption>\n");
	if (due) {
		put_key(p, keys);
		begin_svg(p, WIDTH, 26, "Gjennomganger etter status; tallene står over",
			  "Reviews by state; the numbers stand above");
		for (size_t k = 0; keys[k][0]; k++) {
			double width =
				WIDTH * (double)page_number(reviews, keys[k][0]) / (double)due;

			put_rect(p, keys[k][0], x, 2, width, 22);
			x += width;
		}
		put(p, "</svg>\n");
	}
	put(p, "</figure>\n");
}
