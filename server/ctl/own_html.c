/* A tenant's own page, for the quality adviser who opens, prints and files it. */
#include "base/cleanup.h"
#include "ctl/html.h"
#include "ctl/own.h"

#include <string.h>

static const char style[] =
	"@page{size:A4;margin:14mm 14mm 16mm}"
	"*{box-sizing:border-box}"
	"body{margin:0;background:#fff;color:#1a1a1a;font:16px/1.5 system-ui,-apple-system,"
	"\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,sans-serif}"
	"main{max-width:50rem;margin:0 auto;padding:1.5rem 1.25rem 3rem}"
	"h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem}"
	"h2{font-size:1.25rem;line-height:1.3;margin:2.25rem 0 .25rem;break-after:avoid}"
	"h3{font-size:1rem;margin:1rem 0 .25rem;break-after:avoid}"
	"p{margin:.35rem 0}ul,ol{margin:.35rem 0;padding-left:1.4rem}"
	".meta{color:#474747}"
	".warning{border:2px solid #8a1c1c;border-left-width:10px;padding:.6rem .9rem;margin:1rem "
	"0}"
	".warning strong{color:#8a1c1c}"
	".short{background:#f2f5f9;padding:.6rem 1rem;margin:1rem 0}.short h2{margin-top:0}"
	"figure{margin:.75rem 0 .5rem;break-inside:avoid}"
	"svg{display:block;width:100%;height:auto}"
	".pair{display:grid;grid-template-columns:1fr 1fr;gap:0 1rem}"
	".pair>*{min-width:0}"
	"@media(max-width:40rem){.pair{grid-template-columns:1fr}}"
	".scroll{overflow-x:auto}"
	"table{border-collapse:collapse;font-size:.8125rem;font-variant-numeric:tabular-nums;"
	"margin:.25rem 0 .5rem;width:100%;break-inside:avoid}"
	"caption{text-align:left;color:#474747;padding:.1rem 0}"
	"th,td{padding:.15rem .3rem;text-align:right;border-bottom:1px solid #d5d5d5}"
	"th{font-weight:600}th:first-child{text-align:left}thead th{border-bottom:2px solid "
	"#767676}"
	".matrix{table-layout:fixed;min-width:36rem}.matrix th:first-child{width:3.5rem}"
	"tr.sum th,tr.sum td{font-weight:700}"
	".still{font-style:italic}"
	".axis{font-size:12px;fill:#474747}.year{font-weight:600}"
	".grid{stroke:#e0e0e0}.base{stroke:#767676}"
	".line{fill:none;stroke:#1d4e89;stroke-width:1.5}"
	".growing{stroke-dasharray:2 4}"
	".dot{fill:#1d4e89}.open{fill:#fff;stroke:#1d4e89;stroke-width:1.5}"
	".mark{fill:#a3340b}.bracket{fill:none;stroke:#a3340b;stroke-width:1.5}"
	".patternlabel{font-size:12px;font-weight:600;fill:#a3340b}"
	".median{stroke:#474747;stroke-width:1.5;stroke-dasharray:7 4}"
	".medianlabel{font-size:12px;fill:#474747}"
	".hidden{font-size:15px;font-weight:700;fill:#474747}.before{fill:#f0f0f0}"
	"footer{margin-top:2.5rem;border-top:1px solid #767676;padding-top:.5rem;font-size:.875rem;"
	"color:#474747}"
	"@media "
	"print{body{font-size:10pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}"
	"main{max-width:none;padding:0}section{break-inside:auto}.keep{break-inside:avoid}"
	"table{font-size:8.5pt}h2{margin-top:1.5rem}.scroll{overflow:visible}}";

static const char *text(const json_t *object, const char *member)
{
	const char *value = json_string_value(json_object_get(object, member));

	return value ? value : "";
}

static const char *nb(const json_t *object)
{
	return text(json_object_get(object, "label"), "nb");
}

static int64_t whole(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

/* --- months ---------------------------------------------------------------------------------- */

static const char *const names[] = { "januar",    "februar", "mars",     "april",
				     "mai",       "juni",    "juli",     "august",
				     "september", "oktober", "november", "desember" };

static int month_number(const char *month)
{
	long n = strlen(month) >= 7 ? strtol(month + 5, NULL, 10) : 1;

	return n >= 1 && n <= 12 ? (int)n : 1;
}

const char *own_month(const char *month, char out[24])
{
	snprintf(out, 24, "%s %.4s", names[month_number(month) - 1], month);
	return out;
}

const char *own_month_short(const char *month, char out[24])
{
	snprintf(out, 24, "%.3s %.4s", names[month_number(month) - 1], month);
	return out;
}

static const char *month_at(const json_t *report, int64_t at, char out[24])
{
	return own_month(
		json_string_value(json_array_get(json_object_get(report, "months"), (size_t)at)),
		out);
}

/* --- words about a chart --------------------------------------------------------------------- */

static void add_number(struct buf *out, double median)
{
	int64_t twice = (int64_t)(2 * median);

	buf_addf(out, "%lld%s", (long long)(twice / 2), twice % 2 ? ",5" : "");
}

static void add_pattern(struct buf *out, const json_t *report, const json_t *s)
{
	static const struct {
		const char *kind, *words;
	} kinds[] = { { "shift-above", "måneder over medianen" },
		      { "shift-below", "måneder under medianen" },
		      { "trend-up", "måneder på rad oppover" },
		      { "trend-down", "måneder på rad nedover" } };
	char first[24], last[24];

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (!strcmp(kinds[i].kind, text(s, "kind")))
			buf_addf(out, "%lld %s, fra %s til %s", (long long)whole(s, "points"),
				 kinds[i].words, month_at(report, whole(s, "first"), first),
				 month_at(report, whole(s, "last"), last));
}

/* "Median 12. Skifte 1: …" */
static void add_verdict(struct buf *out, const json_t *report, const json_t *run)
{
	const json_t *signals = json_object_get(run, "signals");

	if (!strcmp(text(run, "verdict"), "too-few")) {
		buf_addf(out, "For få måneder til å si noe om mønstre: %lld av de 12 som trengs.",
			 (long long)whole(run, "points"));
		return;
	}
	buf_adds(out, "Median ");
	add_number(out, json_number_value(json_object_get(run, "median")));
	buf_adds(out, " i måneden.");
	if (!json_array_size(signals))
		buf_adds(out, " Ingen mønstre utover tilfeldig variasjon.");
	for (size_t i = 0; i < json_array_size(signals); i++) {
		const json_t *s = json_array_get(signals, i);

		buf_addf(out, " <strong>%s %zu:</strong> ",
			 strncmp(text(s, "kind"), "shift", 5) ? "Trend" : "Skifte", i + 1);
		add_pattern(out, report, s);
		buf_addc(out, '.');
	}
}

/* The last month that is over: "oktober 2026: 31." */
static void add_latest(struct buf *out, const json_t *report, const json_t *chart)
{
	int64_t settled = whole(chart, "settled");
	const json_t *value =
		settled ? json_array_get(json_object_get(chart, "values"), (size_t)settled - 1)
			: NULL;
	char name[24];

	if (json_is_integer(value))
		buf_addf(out, "%lld i %s. ", (long long)json_integer_value(value),
			 month_at(report, settled - 1, name));
}

/* --- a table under each chart ------------------------------------------------------------------
 */

static void add_cell(struct buf *out, const json_t *value, bool settled)
{
	const char *mark = json_string_value(value);

	buf_adds(out, settled || mark ? "<td>" : "<td class=\"still\">");
	if (mark)
		html_text(out, mark);
	else
		buf_addf(out, "%lld", (long long)json_integer_value(value));
	buf_adds(out, "</td>");
}

/* Years down, months across. */
static void add_matrix(struct buf *out, const json_t *report, const json_t *values, size_t settled,
		       const char *caption)
{
	const json_t *months = json_object_get(report, "months");
	size_t n = json_array_size(months), i = 0;

	buf_adds(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Tabell: ");
	html_text(out, caption);
	buf_adds(out, "\"><table class=\"matrix\"><caption>");
	html_text(out, caption);
	buf_adds(out, "</caption><thead><tr><th scope=\"col\">År</th>");
	for (int m = 0; m < 12; m++)
		buf_addf(out, "<th scope=\"col\">%.3s</th>", names[m]);
	buf_adds(out, "</tr></thead><tbody>\n");
	while (i < n) {
		const char *year = json_string_value(json_array_get(months, i));
		int first = month_number(year);

		buf_addf(out, "<tr><th scope=\"row\">%.4s</th>", year);
		for (int m = 1; m <= 12; m++) {
			if (m < first || i >= n)
				buf_adds(out, "<td></td>");
			else {
				add_cell(out, json_array_get(values, i), i < settled);
				i++;
			}
		}
		buf_adds(out, "</tr>\n");
	}
	buf_adds(out, "</tbody></table></div>\n");
}

/* --- sections ------------------------------------------------------------------------------------
 */

static void add_beside(struct buf *out, const json_t *report, const json_t *chart)
{
	const json_t *beside = json_object_get(chart, "beside");
	const char *id = text(chart, "id");
	char name[80];

	if (!json_array_size(beside))
		return;
	buf_adds(out, "<h3>Publiserte tall til sammenlikning</h3>\n<div class=\"pair\">\n");
	for (size_t i = 0; i < json_array_size(beside); i++) {
		const json_t *b = json_array_get(beside, i);

		snprintf(name, sizeof(name), "%s-%zu", id, i);
		buf_adds(out, "<figure><figcaption>");
		html_text(out, nb(b));
		buf_adds(out, "</figcaption>\n");
		own_line_chart(out, report, b, name);
		buf_adds(out, "</figure>\n");
	}
	buf_adds(out, "</div>\n");
	for (size_t i = 0; i < json_array_size(beside); i++) {
		const json_t *b = json_array_get(beside, i);
		CLEANUP(buf_release) struct buf caption = buf_capped(4096);

		buf_addf(&caption, "%s, publisert: %s", nb(chart), nb(b));
		add_matrix(out, report, json_object_get(b, "values"), SIZE_MAX, buf_text(&caption));
	}
}

static void add_chart(struct buf *out, const json_t *report, const json_t *chart)
{
	const char *id = text(chart, "id");

	buf_addf(out, "<section aria-labelledby=\"%s-h\">\n<div class=\"keep\">\n<h2 id=\"%s-h\">",
		 id, id);
	html_text(out, nb(chart));
	buf_adds(out, "</h2>\n<p>");
	add_verdict(out, report, json_object_get(chart, "run"));
	if (!strcmp(text(chart, "clock"), "event"))
		buf_adds(out, " De siste månedene vokser ennå, etter hvert som hendelser blir "
			      "meldt; de er ikke vurdert.");
	buf_adds(out, "</p>\n<figure>\n");
	own_run_chart(out, report, chart, id);
	buf_adds(out, "</figure>\n");
	add_matrix(out, report, json_object_get(chart, "values"), (size_t)whole(chart, "settled"),
		   nb(chart));
	buf_adds(out, "</div>\n");
	add_beside(out, report, chart);
	buf_adds(out, "</section>\n");
}

static void add_short(struct buf *out, const json_t *report)
{
	const json_t *charts = json_object_get(report, "charts");

	buf_adds(out, "<section class=\"short keep\" aria-labelledby=\"kort\"><h2 id=\"kort\">Kort "
		      "sagt</h2><ul>\n");
	for (size_t i = 0; i < json_array_size(charts); i++) {
		const json_t *chart = json_array_get(charts, i);

		buf_adds(out, "<li><strong>");
		html_text(out, nb(chart));
		buf_adds(out, ":</strong> ");
		add_latest(out, report, chart);
		add_verdict(out, report, json_object_get(chart, "run"));
		buf_adds(out, "</li>\n");
	}
	buf_adds(out, "</ul></section>\n");
}

static void add_units(struct buf *out, const json_t *report, const char *span)
{
	const json_t *units = json_object_get(report, "units");

	buf_addf(out,
		 "<section class=\"keep\" aria-labelledby=\"enheter\"><h2 id=\"enheter\">"
		 "Underenheter</h2>\n<table><caption>Meldinger %s</caption><thead><tr>"
		 "<th scope=\"col\">Underenhet</th><th scope=\"col\">Uønskede hendelser</th>"
		 "<th scope=\"col\">Nestenhendelser</th><th scope=\"col\">Risikoforhold</th></tr>"
		 "</thead><tbody>\n",
		 span);
	for (size_t i = 0; i < json_array_size(units); i++) {
		const json_t *u = json_array_get(units, i);

		buf_adds(out, "<tr><th scope=\"row\">");
		html_text(out, nb(u));
		buf_addf(out, "</th><td>%lld</td><td>%lld</td><td>%lld</td></tr>\n",
			 (long long)whole(u, "incident"), (long long)whole(u, "near_miss"),
			 (long long)whole(u, "hazard"));
	}
	buf_adds(out, "</tbody></table></section>\n");
}

static void add_types(struct buf *out, const json_t *report, const char *span)
{
	const json_t *types = json_object_get(report, "types");
	const json_t *harms = json_object_get(report, "harms");

	buf_addf(out,
		 "<section class=\"keep\" aria-labelledby=\"typer\"><h2 id=\"typer\">Type hendelse "
		 "og "
		 "skadegrad</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		 "aria-label=\"Tabell: type hendelse og skadegrad\"><table><caption>Uønskede "
		 "hendelser "
		 "%s</caption><thead><tr><th scope=\"col\">Type hendelse</th>",
		 span);
	for (size_t i = 0; i < json_array_size(harms); i++) {
		buf_adds(out, "<th scope=\"col\">");
		html_text(out, nb(json_array_get(harms, i)));
		buf_adds(out, "</th>");
	}
	buf_adds(out, "<th scope=\"col\">i alt</th></tr></thead><tbody>\n");
	/* The total, which the list has first, ends the table. */
	for (size_t k = 1; k <= json_array_size(types); k++) {
		const json_t *t = json_array_get(types, k % json_array_size(types));
		const json_t *counts = json_object_get(t, "harms");

		buf_addf(out, "<tr%s><th scope=\"row\">",
			 k == json_array_size(types) ? " class=\"sum\"" : "");
		html_text(out, nb(t));
		buf_adds(out, "</th>");
		for (size_t i = 0; i < json_array_size(harms); i++)
			buf_addf(out, "<td>%lld</td>",
				 (long long)whole(counts, text(json_array_get(harms, i), "code")));
		buf_addf(out, "<td>%lld</td></tr>\n", (long long)whole(t, "total"));
	}
	buf_adds(out, "</tbody></table></div></section>\n");
}

static void add_year(struct buf *out, const json_t *report)
{
	const json_t *year = json_object_get(report, "year");
	char span[80], first[24], last[24];

	if (!*text(year, "from"))
		return;
	snprintf(span, sizeof(span), "registrert fra %s til %s",
		 own_month(text(year, "from"), first), own_month(text(year, "to"), last));
	if (json_array_size(json_object_get(report, "units")) > 1)
		add_units(out, report, span);
	add_types(out, report, span);
}

static void add_reading(struct buf *out)
{
	buf_adds(out,
		 "<section class=\"keep\" aria-labelledby=\"lese\"><h2 id=\"lese\">Slik leses "
		 "figurene</h2>\n"
		 "<p>Hvert punkt er en måned. Den stiplede linjen er medianen: halvparten av "
		 "månedene "
		 "ligger over og halvparten under. To mønstre er sjelden tilfeldige:</p><ul>"
		 "<li><strong>Skifte:</strong> minst åtte måneder på samme side av medianen. "
		 "Måneder på "
		 "medianen telles ikke.</li>"
		 "<li><strong>Trend:</strong> minst seks måneder på rad oppover eller nedover. Av "
		 "like "
		 "måneder telles bare den første.</li></ul>"
		 "<p>Månedene i et mønster er firkanter under en klamme med samme nummer som i "
		 "teksten. "
		 "Ringer, og kursiv i tabellen, er måneder som ikke er ferdige; de er ikke "
		 "vurdert. Med færre enn tolv "
		 "måneder "
		 "vurderes ingenting.</p>"
		 "<p>Et mønster sier at noe er endret, ikke hva, og ikke at det er galt: det kan "
		 "være "
		 "praksis, meldekultur, organisering eller hvordan meldingene sendes. Av hundre "
		 "figurer over to år "
		 "som bare viser tilfeldigheter, vil omtrent tre likevel ha et mønster.</p>"
		 "<p>Metode: Perla, Provost og Murray, The run chart, BMJ Quality &amp; Safety "
		 "2011;20:46–51. De regner seks måneder som et skifte og fem som en trend; her "
		 "kreves "
		 "åtte og seks, for å varsle sjeldnere uten grunn.</p></section>\n");
}

static void add_about(struct buf *out, const json_t *report)
{
	const json_t *notes = json_object_get(report, "notes");
	int64_t before = whole(report, "before_coverage"), undated = whole(report, "not_dated");
	char name[24];

	buf_adds(out, "<section aria-labelledby=\"om\"><h2 id=\"om\">Om tallene</h2><ul>\n");
	for (size_t i = 1; i < json_array_size(notes); i++) { /* the first is the warning */
		buf_adds(out, "<li>");
		html_text(out, text(json_array_get(notes, i), "nb"));
		buf_adds(out, "</li>\n");
	}
	if (*text(report, "coverage_start"))
		buf_addf(out, "<li>Virksomheten leverer til registeret fra %s.</li>\n",
			 own_month(text(report, "coverage_start"), name));
	if (before)
		buf_addf(out, "<li>Meldinger fra måneder før det, som ikke er med: %lld.</li>\n",
			 (long long)before);
	if (undated)
		buf_addf(out,
			 "<li>Meldinger uten måned for hendelsen, som bare telles etter "
			 "registrering: %lld.</li>\n",
			 (long long)undated);
	buf_adds(out, "</ul></section>\n");
}

static void add_head(struct buf *out, const json_t *report)
{
	const json_t *organisation = json_object_get(report, "organisation");
	const json_t *release = json_object_get(report, "release");
	char at[32] = "2000-01-01T00:00:00.000Z"; /* as long as a time is */
	size_t n = json_array_size(json_object_get(report, "months"));
	char first[24], last[24];

	if (strlen(text(report, "as_of")) == strlen(at))
		snprintf(at, sizeof(at), "%s", text(report, "as_of"));
	buf_adds(out, "<header><h1>Egne tall: ");
	html_text(out, text(organisation, "name"));
	buf_addf(out,
		 "</h1>\n<p class=\"meta\">Organisasjonsnummer %s · %s til %s · laget %ld. %s %.4s "
		 "kl. %.2s.%.2s UTC<br>",
		 text(organisation, "number"), month_at(report, 0, first),
		 month_at(report, (int64_t)n - 1, last), strtol(at + 8, NULL, 10),
		 names[month_number(at) - 1], at, at + 11, at + 14);
	if (json_is_object(release)) {
		buf_adds(out, "Publiserte tall fra utgivelsen ");
		html_text(out, text(release, "name"));
	} else if (!strcmp(text(report, "release_missing"), "release-none")) {
		buf_adds(out, "Uten publiserte tall: det finnes ingen gjeldende utgivelse");
	} else {
		buf_adds(out, "Uten publiserte tall: utgivelsen kunne ikke leses");
	}
	buf_adds(out, "</p></header>\n<p class=\"warning\"><strong>Bare til bruk i "
		      "virksomheten.</strong> ");
	html_text(out, text(json_array_get(json_object_get(report, "notes"), 0), "nb"));
	buf_adds(out, "</p>\n");
}

enum rc own_page(const json_t *report, struct buf *out)
{
	const json_t *organisation = json_object_get(report, "organisation");
	const json_t *charts = json_object_get(report, "charts");

	buf_adds(out, "<!DOCTYPE html>\n<html lang=\"nb\">\n<head>\n<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		      "style-src 'unsafe-inline'\">\n"
		      "<meta name=\"robots\" content=\"noindex\">\n<title>Egne tall: ");
	html_text(out, text(organisation, "name"));
	buf_addf(out, ", %.10s</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n",
		 text(report, "as_of"), style);
	add_head(out, report);
	add_short(out, report);
	for (size_t i = 0; i < json_array_size(charts); i++)
		add_chart(out, report, json_array_get(charts, i));
	add_year(out, report);
	add_reading(out);
	add_about(out, report);
	buf_adds(out,
		 "<footer>Tallene viser hva som er meldt, til læring i virksomheten. Siden står "
		 "for seg selv og henter ingenting.</footer>\n</main>\n</body>\n</html>\n");
	return buf_rc(out);
}
