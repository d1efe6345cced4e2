#include "ctl/release_page.h"

#include "base/cleanup.h"
#include "ctl/html.h"

#include <string.h>

static const char *const class_names[][2] = {
	{ "uønskede hendelser", "incidents" },
	{ "nesten-hendelser", "near misses" },
	{ "risikoforhold", "hazards" },
};

const char *page_say(const struct page *p, const char *nb, const char *en)
{
	return p->lang == PUBLISHED_EN ? en : nb;
}

const char *page_member(const json_t *object, const char *member)
{
	const char *value = json_string_value(json_object_get(object, member));

	return value ? value : "";
}

const char *page_label(const struct page *p, const json_t *object)
{
	return page_member(object, page_say(p, "label_nb", "label_en"));
}

int64_t page_number(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

const char *page_share(const struct page *p, int64_t part, int64_t whole, char out[16])
{
	int64_t tenths = whole ? (2000 * part + whole) / (2 * whole) : 0;

	/* 0 and 100 are said only where nothing and all is meant. */
	if (whole && part > 0 && tenths < 1)
		tenths = 1;
	if (whole && part < whole && tenths > 999)
		tenths = 999;
	if (!whole)
		return "–";
	snprintf(out, 16, page_say(p, "%lld,%lld\u00a0%%", "%lld.%lld%%"), (long long)tenths / 10,
		 (long long)tenths % 10);
	return out;
}

/* --- parts of pages -------------------------------------------------------------------------- */

static void put(const struct page *p, const char *html)
{
	buf_adds(p->out, html);
}

static void put_text(const struct page *p, const char *nb, const char *en)
{
	html_text(p->out, page_say(p, nb, en));
}

void page_heading(const struct page *p, const char *id, const char *nb, const char *en)
{
	buf_addf(p->out, "<h2 id=\"%s\">", id);
	put_text(p, nb, en);
	put(p, "</h2>\n");
}

void page_paragraph(const struct page *p, const char *nb, const char *en)
{
	put(p, "<p>");
	put_text(p, nb, en);
	put(p, "</p>\n");
}

void page_table_begin(const struct page *p, const char *id, const char *nb, const char *en)
{
	put(p, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
	put_text(p, nb, en);
	buf_addf(p->out, "\">\n<table id=\"%s\"%s><caption>", id,
		 strncmp(id, "thin-", 5) ? "" : " class=\"heat\"");
	put_text(p, nb, en);
	put(p, "</caption>\n");
}

void page_table_end(const struct page *p)
{
	put(p, "</table>\n</div>\n");
}

/* A row of headings: pairs of texts, ended by NULL. */
static void put_head(const struct page *p, const char *const heads[][2])
{
	put(p, "<thead><tr>");
	for (; (*heads)[0]; heads++) {
		put(p, "<th scope=\"col\">");
		put_text(p, (*heads)[0], (*heads)[1]);
		put(p, "</th>");
	}
	put(p, "</tr></thead>\n<tbody>\n");
}

static void put_row(const struct page *p, const char *name)
{
	put(p, "<tr><th scope=\"row\">");
	html_text(p->out, name);
	put(p, "</th>");
}

static void put_number(const struct page *p, int64_t n)
{
	buf_addf(p->out, "<td>%lld</td>", (long long)n);
}

static void put_share(const struct page *p, int64_t part, int64_t whole)
{
	char text[16];

	buf_addf(p->out, "<td>%s</td>", page_share(p, part, whole, text));
}

static void put_hidden(const struct page *p, const json_t *cells)
{
	put_share(p, page_number(cells, "hidden"), page_number(cells, "cells"));
}

/* --- words ---------------------------------------------------------------------------------- */

size_t page_sentences(const struct page *p, const char *about)
{
	const json_t *sentence;
	size_t i, n = 0;

	json_array_foreach(json_object_get(p->report, "words"), i, sentence)
	{
		if (strcmp(page_member(sentence, "about"), about) != 0)
			continue;
		put(p, n++ ? "" : "<ul>\n");
		put(p, "<li>");
		html_text(p->out, page_member(sentence, page_say(p, "nb", "en")));
		put(p, "</li>\n");
	}
	put(p, n ? "</ul>\n" : "");
	return n;
}

static bool has_sentences(const struct page *p, const char *about)
{
	const json_t *sentence;
	size_t i;

	json_array_foreach(
		json_object_get(p->report, "words"), i,
		sentence) if (!strcmp(page_member(sentence, "about"), about)) return true;
	return false;
}

static void put_verdict(const struct page *p)
{
	bool safe = json_is_true(json_object_get(p->report, "safe"));
	const json_t *first = json_array_get(json_object_get(p->report, "words"), 0);

	buf_addf(p->out, "<div class=\"verdict%s\" id=\"verdict\"><p><strong>%s</strong> ",
		 safe ? "" : " no",
		 safe ? page_say(p, "✓ Trygg.", "✓ Safe.")
		      : page_say(p, "✗ Ikke trygg.", "✗ Not safe."));
	html_text(p->out, page_member(first, page_say(p, "nb", "en")));
	put(p, "</p></div>\n");
}

static void put_short(const struct page *p)
{
	put(p, "<section class=\"short\">");
	page_heading(p, "short", "Kort sagt", "In short");
	page_sentences(p, "overview");
	if (has_sentences(p, "start")) {
		put(p, "<h3>");
		put_text(p, "Hva en så liten start kan publisere, og hvorfor ikke mer",
			 "What so small a start may publish, and why not more");
		put(p, "</h3>\n");
		page_sentences(p, "start");
	}
	if (has_sentences(p, "later")) {
		put(p, "<h3>");
		put_text(p, "Det som ikke finnes ennå", "What there is not yet");
		put(p, "</h3>\n");
		page_sentences(p, "later");
	}
	put(p, "</section>\n");
}

/* --- the bars ------------------------------------------------------------------------------- */

static void put_bar(const struct page *p, size_t at)
{
	const json_t *classes = json_object_get(p->report, "classes"), *class;
	const json_t *first = NULL;
	bool kept = true;
	size_t i;

	json_array_foreach(classes, i, class)
	{
		const json_t *bar = json_array_get(json_object_get(class, "bars"), at);

		first = first ? first : bar;
		kept &= json_is_true(json_object_get(bar, "kept"));
	}
	buf_addf(p->out, "<tr id=\"bar-%s\"%s><th scope=\"row\">", page_member(first, "bar"),
		 kept ? "" : " class=\"no\"");
	html_text(p->out, page_member(first, page_say(p, "nb", "en")));
	put(p, "</th>");
	json_array_foreach(classes, i, class)
	{
		const json_t *bar = json_array_get(json_object_get(class, "bars"), at);

		buf_addf(p->out, page_say(p, "<td>%lld av %lld</td>", "<td>%lld of %lld</td>"),
			 (long long)page_number(bar, "figure"), (long long)page_number(bar, "of"));
	}
	if (page_number(first, "per_thousand"))
		put(p, page_say(p, "<td>høyst 0,1\u00a0%</td>", "<td>at most 0.1%</td>"));
	else
		put(p, "<td>0</td>");
	buf_addf(p->out, "<td class=\"%s\">%s</td></tr>\n", kept ? "yes" : "no",
		 kept ? page_say(p, "✓ holdt", "✓ kept") : page_say(p, "✗ brutt", "✗ broken"));
}

static void put_bars(const struct page *p)
{
	static const char *const heads[][2] = {
		{ "Antall", "Number of" },
		{ "Uønskede hendelser", "Incidents" },
		{ "Nesten-hendelser", "Near misses" },
		{ "Risikoforhold", "Hazards" },
		{ "Krav", "Bar" },
		{ "Resultat", "Result" },
		{ 0 },
	};
	size_t n = json_array_size(
		json_object_get(json_array_get(json_object_get(p->report, "classes"), 0), "bars"));

	put(p, "<section>");
	page_heading(p, "bars", "Løftene, målt", "The promises, measured");
	page_paragraph(
		p,
		"Målt på de ferdige tabellene, sammen med alle andre utgivelser som noen gang er "
		"publisert, også de som er trukket. Tabeller for sektoren regnes som kjent av "
		"alle.",
		"Measured on the finished tables, together with all other releases that were "
		"ever published, the withdrawn ones too. Tables for the sector are taken to be "
		"known to everyone.");
	page_table_begin(p, "bars-table", "Krav til utgivelsen, og hva den har",
			 "What is asked of the release, and what it has");
	put_head(p, heads);
	for (size_t i = 0; i < n; i++)
		put_bar(p, i);
	put(p, "</tbody>");
	page_table_end(p);
	buf_addf(p->out,
		 page_say(p,
			  "<p class=\"note\">Lite er 0 til %lld. Et tall er en sum i tabellene "
			  "eller mellom dem.</p>\n",
			  "<p class=\"note\">Small is 0 to %lld. A figure is any sum in the tables "
			  "or between them.</p>\n"),
		 (long long)page_number(p->report, "threshold") - 1);
	put(p, "</section>\n");
}

/* --- cost ----------------------------------------------------------------------------------- */

static void put_cost(const struct page *p)
{
	static const char *const heads[][2] = {
		{ "Hendelsesklasse", "Event class" },
		{ "Tall i alt", "Figures" },
		{ "Vist", "Shown" },
		{ "Skjult", "Hidden" },
		{ "Skjult andel", "Share hidden" },
		{ "små selv", "small themselves" },
		{ "for de smås skyld", "for the small ones' sake" },
		{ "tidligere utgivelser", "earlier releases" },
		{ "Andel av summen", "Share of the sum" },
		{ 0 },
	};
	const json_t *class;
	size_t i;

	put(p, "<section>");
	page_heading(p, "cost", "Hva beskyttelsen kostet", "What protection cost");
	page_paragraph(p, "Hvert tall er regnet én gang, også når det står i flere tabeller.",
		       "Each figure counts once, also where it stands in several tables.");
	page_plot_cost(p);
	page_table_begin(p, "cost-table", "Viste og skjulte tall, og hvorfor de er skjult",
			 "Figures shown and hidden, and why they are hidden");
	put_head(p, heads);
	json_array_foreach(json_object_get(p->report, "classes"), i, class)
	{
		const json_t *cells = json_object_get(class, "figures");

		put_row(p, page_say(p, class_names[i % 3][0], class_names[i % 3][1]));
		put_number(p, page_number(cells, "cells"));
		put_number(p, page_number(cells, "shown"));
		put_number(p, page_number(cells, "hidden"));
		put_hidden(p, cells);
		put_number(p, page_number(class, "primary"));
		put_number(p, page_number(class, "secondary"));
		put_number(p, page_number(class, "held"));
		put_share(p, page_number(cells, "hidden_value"), page_number(cells, "value"));
		put(p, "</tr>\n");
	}
	put(p, "</tbody>");
	page_table_end(p);
	put(p, "<p class=\"note\">");
	put_text(p, "Andel av summen: så mye de skjulte tallene utgjør av alle tall lagt sammen.",
		 "Share of the sum: what the hidden figures make up of all figures added up.");
	put(p, "</p></section>\n");
}

/* --- tables and levels ---------------------------------------------------------------------- */

const char *const page_levels[PAGE_LEVELS] = { "nation", "rhf", "hf", "county", "municipality" };

const char *page_level(const struct page *p, const char *level)
{
	static const char *const texts[PAGE_LEVELS][2] = {
		{ "landet", "country" }, { "RHF", "region" },           { "HF", "trust" },
		{ "fylke", "county" },   { "kommune", "municipality" },
	};

	for (size_t i = 0; i < PAGE_LEVELS; i++)
		if (!strcmp(page_levels[i], level))
			return page_say(p, texts[i][0], texts[i][1]);
	return level;
}

static const char *unit_name(const struct page *p, const char *unit)
{
	return !strcmp(unit, "Monthly")     ? page_say(p, "måned", "month")
	       : !strcmp(unit, "Quarterly") ? page_say(p, "kvartal", "quarter")
	       : !strcmp(unit, "Annual")    ? page_say(p, "år", "year")
					    : page_say(p, "tre år", "three years");
}

void page_short_title(const struct page *p, const json_t *table)
{
	const json_t *dimensions = json_object_get(table, "dimensions");
	size_t n = json_array_size(dimensions);

	for (size_t i = 1; i + 1 < n; i++) {
		put(p, i > 1 ? " × " : "");
		html_text(p->out, page_label(p, json_array_get(dimensions, i)));
	}
	put(p, n > 2 ? ", " : page_say(p, "i alt, ", "total, "));
	put(p, unit_name(p, page_member(table, "unit")));
	if (!strcmp(page_member(table, "clock"), "event"))
		put(p, page_say(p, ", endelig", ", final"));
}

static void put_table_row(const struct page *p, const json_t *table)
{
	const json_t *incidents = json_object_get(json_object_get(table, "classes"), "incident");
	const json_t *levels = json_object_get(incidents, "levels");

	buf_addf(p->out, "<tr id=\"hidden-%s\"><th scope=\"row\">%s</th><td class=\"left\">",
		 page_member(table, "id"), page_member(table, "id"));
	html_text(p->out, page_label(p, table));
	if (!strcmp(page_member(table, "audience"), "sector"))
		put(p, page_say(p, " (bare sektoren)", " (sector only)"));
	put(p, "</td>");
	for (size_t i = 0; i < PAGE_LEVELS; i++)
		put_hidden(p, json_object_get(levels, page_levels[i]));
	put_hidden(p, json_object_get(incidents, "figures"));
	put_hidden(p, json_object_get(table, "figures"));
	if (!json_is_null(json_object_get(p->report, "previous")))
		put_hidden(p, json_object_get(table, "previous"));
	put(p, "</tr>\n");
}

static void put_table_heads(const struct page *p)
{
	put(p, page_say(p,
			"<thead><tr><th scope=\"col\">Tabell</th><th scope=\"col\" class=\"left\">"
			"Innhold</th>",
			"<thead><tr><th scope=\"col\">Table</th><th scope=\"col\" class=\"left\">"
			"Content</th>"));
	for (size_t i = 0; i < PAGE_LEVELS; i++)
		buf_addf(p->out, "<th scope=\"col\">%s</th>", page_level(p, page_levels[i]));
	put(p, page_say(p, "<th scope=\"col\">alle nivåer</th><th scope=\"col\">alle klasser</th>",
			"<th scope=\"col\">all levels</th><th scope=\"col\">all classes</th>"));
	if (!json_is_null(json_object_get(p->report, "previous"))) {
		put(p, "<th scope=\"col\">");
		html_text(p->out, page_member(p->report, "previous"));
		put(p, "</th>");
	}
	put(p, "</tr></thead>\n<tbody>\n");
}

static void put_levels(const struct page *p)
{
	const json_t *table;
	size_t i;

	put(p, "<section>");
	page_heading(p, "levels", "Skjult andel etter tabell og nivå",
		     "Share hidden by table and level");
	page_sentences(p, "tables");
	page_plot_levels(p);
	page_table_begin(
		p, "levels-table",
		"Skjult andel av tallene om uønskede hendelser etter nivå, og av alle klasser",
		"Share hidden of the figures of incidents by level, and of all classes");
	put_table_heads(p);
	json_array_foreach(json_object_get(p->report, "tables"), i, table) put_table_row(p, table);
	put(p, "</tbody>");
	page_table_end(p);
	if (!json_is_null(json_object_get(p->report, "previous"))) {
		put(p, "<p class=\"note\">");
		put_text(p,
			 "Siste kolonne er den forrige utgivelsen, alle klasser. Det den viste, er "
			 "vist her "
			 "også, og det den skjulte, er skjult.",
			 "The last column is the previous release, all classes. What it showed is "
			 "shown "
			 "here too, and what it hid is hidden.");
		put(p, "</p>\n");
	}
	put(p, "</section>\n");
}

static void put_periods(const struct page *p)
{
	const json_t *table;
	size_t i;

	put(p, "<section>");
	page_heading(p, "periods", "Skjult andel over tid", "Share hidden over time");
	page_paragraph(
		p,
		"Uønskede hendelser, alle nivåer i tabellen. Hver søyle er en periode; full høyde "
		"er at alt er skjult.",
		"Incidents, all levels of the table. Each bar is a period; full height means that "
		"everything is hidden.");
	put(p, "<div class=\"multiples\">\n");
	json_array_foreach(json_object_get(p->report, "tables"), i, table)
		page_plot_periods(p, table);
	put(p, "</div></section>\n");
}

/* --- coverage ------------------------------------------------------------------------------- */

static bool any_municipal(const struct page *p)
{
	const json_t *quarter;
	size_t i;

	json_array_foreach(json_object_get(p->report, "quarters"), i,
			   quarter) if (page_number(quarter, "municipalities")) return true;
	return false;
}

static void put_quarters(const struct page *p)
{
	static const char *const heads[][2] = {
		{ "Kvartal", "Quarter" },
		{ "Sykehus", "Hospitals" },
		{ "av mulige", "of possible" },
		{ "Kommuner", "Municipalities" },
		{ "av mulige", "of possible" },
		{ "Brudd", "Break" },
		{ 0 },
	};
	const json_t *quarter;
	size_t i;

	page_table_begin(p, "coverage-table", "Hvem som bidro gjennom hele kvartalet",
			 "Who contributed all through the quarter");
	put_head(p, heads);
	json_array_foreach(json_object_get(p->report, "quarters"), i, quarter)
	{
		put_row(p, page_member(quarter, "quarter"));
		put_number(p, page_number(quarter, "hospitals"));
		put_number(p, page_number(quarter, "hospitals_of"));
		put_number(p, page_number(quarter, "municipalities"));
		put_number(p, page_number(quarter, "municipalities_of"));
		put(p, json_is_true(json_object_get(quarter, "break"))
			       ? page_say(p, "<td>brudd</td></tr>\n", "<td>break</td></tr>\n")
			       : "<td></td></tr>\n");
	}
	put(p, "</tbody>");
	page_table_end(p);
}

static void put_regions(const struct page *p)
{
	static const char *const heads[][2] = {
		{ "Region", "Region" },
		{ "Bidrar nå", "Contribute now" },
		{ "av mulige", "of possible" },
		{ "Merknad", "Remark" },
		{ 0 },
	};
	const json_t *region;
	size_t i;

	page_table_begin(p, "regions-table", "Hvor mange som bidrar til hver regions tall",
			 "How many contribute to each region's figures");
	put_head(p, heads);
	json_array_foreach(json_object_get(p->report, "regions"), i, region)
	{
		int64_t n = page_number(region, "contributors");

		put_row(p, page_label(p, region));
		put_number(p, n);
		put_number(p, page_number(region, "of"));
		put(p, "<td>");
		put_text(p,
			 n == 1   ? "tallene er én virksomhets"
			 : n == 2 ? "hver kan trekke fra sine egne"
				  : "",
			 n == 1   ? "the figures are one organisation's"
			 : n == 2 ? "each can subtract its own"
				  : "");
		put(p, "</td></tr>\n");
	}
	put(p, "</tbody>");
	page_table_end(p);
}

static void put_coverage(const struct page *p)
{
	put(p, "<section>");
	page_heading(p, "coverage", "Hvem som har bidratt", "Who has contributed");
	page_paragraph(
		p,
		"Når flere eller færre bidrar enn før, er det et brudd: Tall på hver side kan ikke "
		"sammenliknes uten videre.",
		"Where more or fewer contribute than before there is a break: figures on either "
		"side cannot simply be compared.");
	page_plot_coverage(p, false);
	if (any_municipal(p))
		page_plot_coverage(p, true);
	put_quarters(p);
	put_regions(p);
	put(p, "</section>\n");
}

/* --- reports -------------------------------------------------------------------------------- */

static void put_reports(const struct page *p)
{
	static const char *const heads[][2] = {
		{ "Hendelsesklasse", "Event class" },
		{ "Telt", "Counted" },
		{ "Venter på sin måned", "Wait for their month" },
		{ "Før virksomheten leverte", "Before coverage" },
		{ "Kom for sent", "Came too late" },
		{ "Uten år for hendelsen", "Without a year of event" },
		{ 0 },
	};
	static const char *const members[] = { "counted", "pending", "before_coverage", "too_late",
					       "no_year" };
	const json_t *class;
	size_t i;

	put(p, "<section class=\"keep\">");
	page_heading(p, "reports", "Meldingene bak tallene", "The reports behind the figures");
	page_table_begin(p, "reports-table", "Meldinger, og hva som ble av dem",
			 "Reports, and what became of them");
	put_head(p, heads);
	json_array_foreach(json_object_get(p->report, "classes"), i, class)
	{
		const json_t *reports = json_object_get(class, "reports");

		put_row(p, page_say(p, class_names[i % 3][0], class_names[i % 3][1]));
		for (size_t m = 0; m < ARRAY_LEN(members); m++)
			put_number(p, page_number(reports, members[m]));
		put(p, "</tr>\n");
	}
	put(p, "</tbody>");
	page_table_end(p);
	put(p, "<p class=\"note\">");
	put_text(p,
		 "Det som kom for sent eller før virksomheten leverte, telles ikke etter "
		 "registreringsmåned, men kommer med i de endelige årstallene.",
		 "What came too late or before coverage is not counted by month of registration; "
		 "it is in the final yearly figures.");
	put(p, "</p></section>\n");
}

/* --- all of it ------------------------------------------------------------------------------ */

static void put_contents(const struct page *p)
{
	static const char *const parts[][3] = {
		{ "bars", "Løftene, målt", "The promises, measured" },
		{ "cost", "Hva beskyttelsen kostet", "What protection cost" },
		{ "levels", "Skjult andel etter tabell og nivå",
		  "Share hidden by table and level" },
		{ "thin", "Hvor tallene er tynne", "Where data are thin" },
		{ "periods", "Skjult andel over tid", "Share hidden over time" },
		{ "coverage", "Hvem som har bidratt", "Who has contributed" },
		{ "reports", "Meldingene bak tallene", "The reports behind the figures" },
	};

	buf_addf(p->out, "<nav aria-label=\"%s\"><ul>\n", page_say(p, "Innhold", "Contents"));
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		buf_addf(p->out, "<li><a href=\"#%s\">", parts[i][0]);
		put_text(p, parts[i][1], parts[i][2]);
		put(p, "</a></li>\n");
	}
	put(p, "</ul></nav>\n");
}

static void put_title(const struct page *p)
{
	put_text(p, "Utgivelsen ", "Release ");
	html_text(p->out, page_member(p->report, "release"));
	put_text(p, ": hva den viser og skjuler", ": what it shows and hides");
}

static void put_opening(const struct page *p)
{
	const char *as_of = page_member(p->report, "as_of");

	put(p, "<p class=\"private\">");
	put_text(p, "Intern: Rapporten sier hvor mye som er skjult hvor, og publiseres aldri.",
		 "Private: this report says how much is hidden where, and is never published.");
	put(p, "</p>\n<header><h1>");
	put_title(p);
	put(p, "</h1>\n<p class=\"meta\">");
	put_text(p, "Teller det som var kommet ", "Counts what had come by ");
	buf_addf(p->out, "%.10s %.5s UTC", as_of, strlen(as_of) > 16 ? as_of + 11 : "");
	put_text(p, " og lukker månedene til og med ", " and closes the months up to ");
	html_text(p->out, page_member(p->report, "closed"));
	put(p, ".</p></header>\n");
}

static void put_document_head(const struct page *p)
{
	buf_addf(p->out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
		 page_say(p, "nb", "en"));
	put(p, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	       "style-src 'unsafe-inline'\">\n<meta name=\"robots\" content=\"noindex\">\n<title>");
	put_title(p);
	buf_addf(p->out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n",
		 release_page_style);
}

static void put_footer(const struct page *p)
{
	put(p, "<footer><p>");
	put_text(p, "Rapporten kan gjentas når som helst, mot alt som er publisert da: ",
		 "The report can be repeated at any time, against all that is published then: ");
	put(p, "<code>vardectl release audit ");
	html_text(p->out, page_member(p->report, "release"));
	put(p, "</code>. ");
	put_text(p, "Alle tall her, og flere, står i rapporten som JSON: ",
		 "All figures here, and more, are in the report as JSON: ");
	put(p, "<code>--json</code>.</p></footer>\n</main>\n</body>\n</html>\n");
}

enum rc release_page(const json_t *report, enum published_lang lang, struct buf *out)
{
	const struct page p = { out, report, lang };

	put_document_head(&p);
	put_opening(&p);
	put_verdict(&p);
	put_short(&p);
	put_contents(&p);
	put_bars(&p);
	put_cost(&p);
	put_levels(&p);
	page_thin(&p);
	put_periods(&p);
	put_coverage(&p);
	put_reports(&p);
	put_footer(&p);
	return buf_rc(out);
}
