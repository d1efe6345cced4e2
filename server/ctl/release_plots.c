/* Drawings of a release's page: plain SVG, readable in black and white. Coordinates are
 * pixels of a view box; the page scales it. Each says in its description what it shows,
 * and stands beside a table or figure of the same numbers. */
#include "base/cleanup.h"
#include "ctl/html.h"
#include "ctl/release_page.h"

#include <string.h>

#define WIDTH 760

static void put(const struct page *p, const char *svg)
{
	buf_adds(p->out, svg);
}

/* `part` of `whole` on a line of `length` pixels. */
static double scaled(int64_t part, int64_t whole, double length)
{
	return whole ? length * (double)part / (double)whole : 0;
}

static void begin(const struct page *p, int width, int height, const char *nb, const char *en)
{
	buf_addf(p->out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", width, height);
	html_text(p->out, page_say(p, nb, en));
	put(p, "\">\n");
}

static void put_label(const struct page *p, const char *class, double x, double y,
		      const char *anchor, const char *text)
{
	buf_addf(p->out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", class, x,
		 y, anchor);
	html_text(p->out, text);
	put(p, "</text>\n");
}

static void put_rect(const struct page *p, const char *class, double x, double y, double width,
		     double height)
{
	buf_addf(p->out,
		 "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
		 class, x, y, width, height);
}

static void put_line(const struct page *p, const char *class, double x1, double y1, double x2,
		     double y2)
{
	buf_addf(p->out, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
		 class, x1, y1, x2, y2);
}

/* --- what protection cost ------------------------------------------------------------------- */

#define COST_LEFT 150
#define COST_LENGTH (WIDTH - COST_LEFT - 10)
#define COST_ROW 34

static void put_key(const struct page *p)
{
	static const char *const parts[][3] = {
		{ "shown", "vist", "shown" },
		{ "primary", "skjult: selv lite", "hidden: small itself" },
		{ "secondary", "skjult: for de smås skyld", "hidden: for the small ones' sake" },
		{ "held", "skjult: på grunn av tidligere utgivelser",
		  "hidden: because of earlier releases" },
	};

	put(p, "<ul class=\"key\">");
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		buf_addf(p->out, "<li><span class=\"k-%s\"></span>", parts[i][0]);
		html_text(p->out, page_say(p, parts[i][1], parts[i][2]));
		put(p, "</li>");
	}
	put(p, "</ul>\n");
}

static void put_cost_bar(const struct page *p, const json_t *class, const char *name, double y)
{
	static const char *const parts[] = { "shown", "primary", "secondary", "held" };
	const json_t *cells = json_object_get(class, "figures");
	int64_t all = page_number(cells, "cells");
	double x = COST_LEFT;

	put_label(p, "t b", 0, y + 15, "start", name);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		double width = scaled(page_number(i ? class : cells, parts[i]), all, COST_LENGTH);
		char style[16];

		snprintf(style, sizeof(style), "s-%s", parts[i]);
		if (width > 0)
			put_rect(p, style, x, y, width, 20);
		x += width;
	}
}

void page_plot_cost(const struct page *p)
{
	static const char *const names[][2] = {
		{ "Uønskede hendelser", "Incidents" },
		{ "Nesten-hendelser", "Near misses" },
		{ "Risikoforhold", "Hazards" },
	};
	const json_t *classes = json_object_get(p->report, "classes"), *class;
	size_t n = json_array_size(classes), i;

	put(p, "<figure><figcaption>");
	html_text(
		p->out,
		page_say(p, "Alle tall som utgivelsen kunne ha vist, etter hva som ble av dem",
			 "All figures that the release could have shown, by what became of them"));
	put(p, "</figcaption>\n");
	put_key(p);
	begin(p, WIDTH, (int)n * COST_ROW + 18,
	      "Andel vist og skjult etter grunn, en søyle for hver hendelsesklasse; tallene står i "
	      "tabellen under",
	      "Shares shown and hidden by reason, a bar per event class; the numbers are in the "
	      "table below");
	json_array_foreach(classes, i, class) put_cost_bar(
		p, class, page_say(p, names[i % 3][0], names[i % 3][1]), (double)i * COST_ROW);
	for (int tick = 0; tick <= 100; tick += 25) {
		char text[16];

		snprintf(text, sizeof(text), page_say(p, "%d\u00a0%%", "%d%%"), tick);
		put_label(p, "q", COST_LEFT + scaled(tick, 100, COST_LENGTH),
			  (double)n * COST_ROW + 10,
			  tick == 0     ? "start"
			  : tick == 100 ? "end"
					: "middle",
			  text);
	}
	put(p, "</svg></figure>\n");
}

/* --- hidden by table and level -------------------------------------------------------------- */

#define LEVELS_LEFT 330
#define LEVELS_LENGTH 310
#define LEVELS_LANE 13
#define LEVELS_GAP 9

static size_t lanes_of(const json_t *levels)
{
	size_t n = 0;

	for (size_t i = 0; i < PAGE_LEVELS; i++)
		n += page_number(json_object_get(levels, page_levels[i]), "cells") > 0;
	return n;
}

static const json_t *incident_levels(const json_t *table)
{
	return json_object_get(json_object_get(json_object_get(table, "classes"), "incident"),
			       "levels");
}

static void put_lane(const struct page *p, const char *level, const json_t *cells, double y)
{
	double width =
		scaled(page_number(cells, "hidden"), page_number(cells, "cells"), LEVELS_LENGTH);
	char share[16], text[64];

	put_rect(p, "track", LEVELS_LEFT, y + 2, LEVELS_LENGTH, LEVELS_LANE - 4);
	if (width > 0)
		put_rect(p, level, LEVELS_LEFT, y + 2, width, LEVELS_LANE - 4);
	snprintf(text, sizeof(text), "%s %s",
		 page_share(p, page_number(cells, "hidden"), page_number(cells, "cells"), share),
		 page_level(p, level));
	put_label(p, "v", LEVELS_LEFT + LEVELS_LENGTH + 6, y + 10, "start", text);
}

/* One table's lanes; how high they are. */
static double put_lanes(const struct page *p, const json_t *table, double y)
{
	const json_t *levels = incident_levels(table);
	double at = y;

	if (!lanes_of(levels))
		return 0;
	buf_addf(p->out, "<text class=\"t\" x=\"0\" y=\"%.1f\"><tspan class=\"b\">%s</tspan> ",
		 y + 11, page_member(table, "id"));
	page_short_title(p, table);
	put(p, "</text>\n");
	for (size_t i = 0; i < PAGE_LEVELS; i++) {
		const json_t *cells = json_object_get(levels, page_levels[i]);

		if (page_number(cells, "cells") == 0)
			continue;
		put_lane(p, page_levels[i], cells, at);
		at += LEVELS_LANE;
	}
	return at - y + LEVELS_GAP;
}

void page_plot_levels(const struct page *p)
{
	const json_t *tables = json_object_get(p->report, "tables"), *table;
	double y = 20, height = 20;
	size_t i;

	json_array_foreach(tables, i, table)
	{
		size_t lanes = lanes_of(incident_levels(table));

		height += lanes ? (double)lanes * LEVELS_LANE + LEVELS_GAP : 0;
	}
	put(p, "<figure><figcaption>");
	html_text(p->out, page_say(p, "Skjult andel av tallene om uønskede hendelser",
				   "Share hidden of the figures of incidents"));
	put(p, "</figcaption>\n");
	begin(p, WIDTH, (int)height,
	      "Skjult andel etter tabell og nivå, en søyle for hvert nivå; tallene står i tabellen "
	      "under",
	      "Share hidden by table and level, a bar per level; the numbers are in the table "
	      "below");
	for (int tick = 0; tick <= 100; tick += 50) {
		double x = LEVELS_LEFT + scaled(tick, 100, LEVELS_LENGTH);
		char text[16];

		snprintf(text, sizeof(text), page_say(p, "%d\u00a0%%", "%d%%"), tick);
		put_label(p, "q", x, 11, "middle", text);
		put_line(p, "grid", x, 16, x, height);
	}
	json_array_foreach(tables, i, table) y += put_lanes(p, table, y);
	put(p, "</svg></figure>\n");
}

/* --- over time ------------------------------------------------------------------------------ */

#define SMALL_WIDTH 200
#define SMALL_HEIGHT 62
#define SMALL_BASE 46

static const json_t *incident_of(const json_t *category)
{
	return json_object_get(json_object_get(category, "classes"), "incident");
}

static const json_t *periods_of(const json_t *table)
{
	const json_t *dimensions = json_object_get(table, "dimensions");
	size_t n = json_array_size(dimensions);

	return n ? json_object_get(json_array_get(dimensions, n - 1), "categories") : NULL;
}

/* "2025K1: 12 % → 2026K3: 3 %": first and last period with figures. */
static void put_ends(const struct page *p, const json_t *periods)
{
	const json_t *period, *first = NULL, *last = NULL;
	char share[16];
	size_t i;

	json_array_foreach(periods, i, period)
	{
		if (!page_number(incident_of(period), "cells"))
			continue;
		first = first ? first : period;
		last = period;
	}
	if (!first)
		return;
	buf_addf(p->out, "%s: %s", page_member(first, "code"),
		 page_share(p, page_number(incident_of(first), "hidden"),
			    page_number(incident_of(first), "cells"), share));
	if (last != first)
		buf_addf(p->out, " → %s: %s", page_member(last, "code"),
			 page_share(p, page_number(incident_of(last), "hidden"),
				    page_number(incident_of(last), "cells"), share));
}

static void put_small_bars(const struct page *p, const json_t *periods)
{
	double step = (double)SMALL_WIDTH / (double)json_array_size(periods);
	double width = step > 40 ? 32 : step * 0.8;
	const json_t *period;
	size_t i;

	json_array_foreach(periods, i, period)
	{
		const json_t *cells = incident_of(period);
		double height = scaled(page_number(cells, "hidden"), page_number(cells, "cells"),
				       SMALL_BASE - 4);

		if (height > 0)
			put_rect(p, "bar", (double)i * step + (step - width) / 2,
				 SMALL_BASE - height, width, height);
	}
	put_label(p, "q", 0, SMALL_HEIGHT - 3, "start",
		  page_member(json_array_get(periods, 0), "code"));
	if (json_array_size(periods) > 1)
		put_label(
			p, "q", SMALL_WIDTH, SMALL_HEIGHT - 3, "end",
			page_member(json_array_get(periods, json_array_size(periods) - 1), "code"));
}

void page_plot_periods(const struct page *p, const json_t *table)
{
	const json_t *periods = periods_of(table);

	if (!page_number(json_object_get(table, "figures"), "cells"))
		return;
	put(p, "<figure><figcaption><strong>");
	put(p, page_member(table, "id"));
	put(p, "</strong> ");
	page_short_title(p, table);
	put(p, "<br>");
	put_ends(p, periods);
	put(p, "</figcaption>\n");
	begin(p, SMALL_WIDTH, SMALL_HEIGHT, "Skjult andel, en søyle for hver periode",
	      "Share hidden, a bar per period");
	put_line(p, "grid", 0, 4, SMALL_WIDTH, 4);
	put_line(p, "grid", 0, (SMALL_BASE + 4) / 2.0, SMALL_WIDTH, (SMALL_BASE + 4) / 2.0);
	put_small_bars(p, periods);
	put_line(p, "base", 0, SMALL_BASE, SMALL_WIDTH, SMALL_BASE);
	put(p, "</svg></figure>\n");
}

/* --- coverage ------------------------------------------------------------------------------- */

#define COVERAGE_LEFT 30
#define COVERAGE_BASE 120
#define COVERAGE_TOP 22

struct coverage_plot {
	const char *member, *member_of;
	int64_t most;
	double step, width;
	size_t labels; /* one of so many quarters is labelled */
};

static struct coverage_plot coverage_plot(const json_t *quarters, bool municipal)
{
	size_t n = json_array_size(quarters), i;
	struct coverage_plot c = { municipal ? "municipalities" : "hospitals",
				   municipal ? "municipalities_of" : "hospitals_of",
				   1,
				   (double)(WIDTH - COVERAGE_LEFT) / (double)(n ? n : 1),
				   0,
				   n / 12 + 1 };
	const json_t *quarter;

	if (c.step > 90)
		c.step = 90;
	c.width = c.step * 0.7;
	json_array_foreach(quarters, i, quarter) if (page_number(quarter, c.member_of) > c.most)
		c.most = page_number(quarter, c.member_of);
	return c;
}

static void put_quarter(const struct page *p, const struct coverage_plot *c, const json_t *quarter,
			size_t at)
{
	const double length = COVERAGE_BASE - COVERAGE_TOP;
	double x = COVERAGE_LEFT + (double)at * c->step + (c->step - c->width) / 2;
	double possible = scaled(page_number(quarter, c->member_of), c->most, length);
	double real = scaled(page_number(quarter, c->member), c->most, length);
	char text[48];

	put_rect(p, "possible", x, COVERAGE_BASE - possible, c->width, possible);
	if (real > 0)
		put_rect(p, "bar", x, COVERAGE_BASE - real, c->width, real);
	snprintf(text, sizeof(text), "%lld", (long long)page_number(quarter, c->member));
	if (c->width > 16)
		put_label(p, "v", x + c->width / 2, COVERAGE_BASE - possible - 4, "middle", text);
	if (at % c->labels == 0)
		put_label(p, "q", x + c->width / 2, COVERAGE_BASE + 15, "middle",
			  page_member(quarter, "quarter"));
}

/* Between two quarters of which others contributed. */
static void put_break(const struct page *p, const struct coverage_plot *c, size_t at)
{
	double x = COVERAGE_LEFT + (double)at * c->step;

	buf_addf(p->out, "<path class=\"brk\" d=\"M%.1f 2l5 8h-10z\"/>\n", x);
	put_line(p, "cross", x, 10, x, COVERAGE_BASE);
}

void page_plot_coverage(const struct page *p, bool municipal)
{
	const json_t *quarters = json_object_get(p->report, "quarters"), *quarter;
	struct coverage_plot c = coverage_plot(quarters, municipal);
	int64_t before = -1;
	char text[32];
	size_t i;

	put(p, "<figure><figcaption>");
	html_text(p->out, municipal ? page_say(p,
					       "Kommuner som bidro gjennom hele kvartalet, av alle "
					       "i registeret. "
					       "▲ er et brudd",
					       "Municipalities that contributed all through the "
					       "quarter, of all in "
					       "the register. ▲ is a break")
				    : page_say(p,
					       "Helseforetak og andre sykehus som bidro gjennom "
					       "hele kvartalet, av "
					       "alle i registeret. ▲ er et brudd",
					       "Health trusts and other hospitals that contributed "
					       "all through the "
					       "quarter, of all in the register. ▲ is a break"));
	put(p, "</figcaption>\n");
	begin(p, WIDTH, COVERAGE_BASE + 22,
	      "Hvor mange som bidro av hvor mange mulige, en søyle for hvert kvartal; tallene står "
	      "i "
	      "tabellen under",
	      "How many contributed of how many possible, a bar per quarter; the numbers are in "
	      "the "
	      "table below");
	snprintf(text, sizeof(text), "%lld", (long long)c.most);
	put_label(p, "q", COVERAGE_LEFT - 6, COVERAGE_TOP + 8, "end", text);
	put_label(p, "q", COVERAGE_LEFT - 6, COVERAGE_BASE, "end", "0");
	json_array_foreach(quarters, i, quarter)
	{
		put_quarter(p, &c, quarter, i);
		if (before >= 0 && before != page_number(quarter, c.member))
			put_break(p, &c, i);
		before = page_number(quarter, c.member);
	}
	put_line(p, "base", COVERAGE_LEFT, COVERAGE_BASE, COVERAGE_LEFT + (double)i * c.step,
		 COVERAGE_BASE);
	put(p, "</svg></figure>\n");
}
