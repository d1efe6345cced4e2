/* The page of `vardectl quality`: each source's strengths and weaknesses, to talk about. */
#include "ctl/quality.h"

#include "base/cleanup.h"
#include "ctl/html.h"

#include <string.h>

#define REPORTS_MIN 20 /* below it lib/quality judges nothing */

static void put(const struct page *p, const char *html)
{
	buf_adds(p->out, html);
}

static void say(const struct page *p, const char *nb, const char *en)
{
	html_text(p->out, page_say(p, nb, en));
}

static const char *in_lang(const struct page *p, const json_t *both)
{
	return page_member(both, page_say(p, "nb", "en"));
}

static void put_number(const struct page *p, const json_t *object, const char *member)
{
	const json_t *n = json_object_get(object, member);

	if (json_is_integer(n))
		buf_addf(p->out, "<td>%lld</td>", (long long)json_integer_value(n));
	else
		put(p, "<td>–</td>");
}

static void put_share(const struct page *p, int64_t part, int64_t whole)
{
	char text[16];

	buf_addf(p->out, "<td>%s</td>", page_share(p, part, whole, text));
}

/* --- head ------------------------------------------------------------------------------------- */

static const json_t *only_source(const struct page *p)
{
	const json_t *sources = json_object_get(p->report, "organisations");

	return json_array_size(sources) == 1 ? json_array_get(sources, 0) : NULL;
}

static void put_title(const struct page *p)
{
	const json_t *one = only_source(p);

	say(p, "Datakvalitet i meldingene", "Data quality of the reports");
	if (one) {
		put(p, ": ");
		html_text(p->out, page_member(json_object_get(one, "organisation"), "name"));
	}
}

static void put_head(const struct page *p)
{
	put(p, "<header><p class=\"private\">");
	say(p,
	    "Bare for operatøren og virksomheten selv. Små tall kan peke ut personer: siden er "
	    "ikke "
	    "for utenforstående.",
	    "For the operator and the source alone. Small figures may reveal persons: this page is "
	    "not for outsiders.");
	put(p, "</p>\n<h1>");
	put_title(p);
	buf_addf(p->out, "</h1>\n<p class=\"meta\">%s %s %s · ", page_member(p->report, "from"),
		 page_say(p, "til", "to"), page_member(p->report, "to"));
	say(p, "laget", "made");
	buf_addf(p->out, " %.10s</p></header>\n", page_member(p->report, "as_of"));
	page_paragraph(p,
		       "Tallene skal hjelpe hver kilde å gjøre sine egne data bedre. De er ikke "
		       "laget for å sammenlikne eller rangere: mange meldinger, varsler og "
		       "rettelser er oftest tegn på at noen bryr seg.",
		       "The figures help each source to better its own data. They are not made to "
		       "compare or rank: many reports, warnings and corrections are mostly signs "
		       "that somebody cares.");
}

/* Whether there is anything to show of it. */
static bool is_silent(const json_t *source)
{
	return !page_number(json_object_get(source, "submissions"), "received") &&
	       !page_number(source, "reports");
}

/* --- all sources ------------------------------------------------------------------------------ */

static int64_t count_findings(const json_t *source, const char *kind)
{
	const json_t *finding;
	int64_t n = 0;
	size_t i;

	json_array_foreach(json_object_get(source, "findings"), i, finding) n +=
		!strcmp(page_member(finding, "kind"), kind);
	return n;
}

static void put_overview_row(const struct page *p, const json_t *source)
{
	const json_t *who = json_object_get(source, "organisation");
	const json_t *sent = json_object_get(source, "submissions");
	const json_t *times = json_object_get(source, "timeliness");
	bool few = page_number(source, "reports") < REPORTS_MIN;

	buf_addf(p->out, "<tr><th scope=\"row\"><a href=\"#s%s\">", page_member(who, "number"));
	html_text(p->out, page_member(who, "name"));
	put(p, "</a></th>");
	put_number(p, source, "reports");
	put_number(p, sent, "received");
	put_number(p, sent, "stored");
	put_number(p, sent, "repeated");
	put_number(p, sent, "refused");
	put_number(p, json_object_get(times, "to_registration"), "median");
	put_number(p, json_object_get(times, "to_receipt"), "median");
	if (few)
		buf_addf(p->out, "<td colspan=\"2\">%s</td></tr>\n",
			 page_say(p, "for få", "too few"));
	else
		buf_addf(p->out, "<td>%lld</td><td>%lld</td></tr>\n",
			 (long long)count_findings(source, "strong"),
			 (long long)count_findings(source, "weak"));
}

/* Who has sent nothing, in one line. */
static void put_silent(const struct page *p)
{
	const json_t *source;
	bool any = false;
	size_t i;

	json_array_foreach(json_object_get(p->report, "organisations"), i, source)
	{
		if (!is_silent(source))
			continue;
		if (any)
			put(p, ", ");
		else
			put(p, page_say(p, "<p>Har ikke sendt noe i perioden: ",
					"<p>Sent nothing in this period: "));
		html_text(p->out, page_member(json_object_get(source, "organisation"), "name"));
		any = true;
	}
	put(p, any ? ".</p>\n" : "");
}

static void put_overview(const struct page *p)
{
	static const char *const heads[][2] = {
		{ "Kilde", "Source" },
		{ "Meldinger", "Reports" },
		{ "Mottatt", "Received" },
		{ "Lagret", "Stored" },
		{ "Gjentatt", "Repeated" },
		{ "Avvist", "Refused" },
		{ "Dager til registrering", "Days to registration" },
		{ "Dager til mottak", "Days to receipt" },
		{ "Styrker", "Strengths" },
		{ "Å gjøre", "To do" },
	};
	const json_t *source;
	size_t i;

	page_heading(p, "alle", "Alle kilder", "All sources");
	page_table_begin(p, "kilder",
			 "Mottatt er lagret, gjentatt og avvist til sammen; dager er medianen; "
			 "kildene står etter organisasjonsnummer",
			 "Received is stored, repeated and refused together; days are the median; "
			 "sources stand in order of organisation number");
	put(p, "<thead><tr>");
	for (i = 0; i < ARRAY_LEN(heads); i++) {
		put(p, "<th scope=\"col\">");
		say(p, heads[i][0], heads[i][1]);
		put(p, "</th>");
	}
	put(p, "</tr></thead>\n<tbody>\n");
	json_array_foreach(json_object_get(p->report, "organisations"), i, source)
	{
		if (!is_silent(source))
			put_overview_row(p, source);
	}
	put(p, "</tbody>\n");
	page_table_end(p);
	put_silent(p);
}

/* --- one source ------------------------------------------------------------------------------- */

static void put_findings(const struct page *p, const json_t *source, const char *kind)
{
	const json_t *finding;
	size_t i;

	put(p, "<ul>");
	json_array_foreach(json_object_get(source, "findings"), i, finding)
	{
		const json_t *what = json_object_get(finding, "do");

		if (strcmp(page_member(finding, "kind"), kind))
			continue;
		put(p, "<li>");
		html_text(p->out, in_lang(p, finding));
		if (json_is_object(what)) {
			put(p, " <strong>");
			html_text(p->out, in_lang(p, what));
			put(p, "</strong>");
		}
		put(p, "</li>\n");
	}
	put(p, "</ul>\n");
}

static void put_short(const struct page *p, const json_t *source)
{
	put(p, "<div class=\"short\">");
	if (page_number(source, "reports") < REPORTS_MIN)
		page_paragraph(p, "For få meldinger til å vurdere mer enn det som står her.",
			       "Too few reports to judge more than what stands here.");
	if (count_findings(source, "strong")) {
		put(p, "<h3>");
		say(p, "Dette er bra", "What is good");
		put(p, "</h3>\n");
		put_findings(p, source, "strong");
	}
	if (count_findings(source, "weak")) {
		put(p, "<h3>");
		say(p, "Dette kan bli bedre", "What could be better");
		put(p, "</h3>\n");
		put_findings(p, source, "weak");
	} else if (page_number(source, "reports") >= REPORTS_MIN) {
		page_paragraph(p, "Ingen svakheter over grensene.", "No weakness beyond the bars.");
	}
	put(p, "</div>\n");
}

static void put_warnings(const struct page *p, const json_t *source)
{
	const json_t *warnings = json_object_get(source, "warnings"), *rule;
	const json_t *rules = json_object_get(warnings, "rules");
	const char *number = page_member(json_object_get(source, "organisation"), "number");
	char id[40];
	size_t i;

	if (!json_array_size(rules))
		return;
	snprintf(id, sizeof(id), "varsler-%.9s", number);
	page_table_begin(p, id, "Varsler, etter regel", "Warnings, by rule");
	buf_addf(p->out,
		 "<thead><tr><th scope=\"col\">%s</th><th scope=\"col\" class=\"left\">%s</th>"
		 "<th scope=\"col\">%s</th><th scope=\"col\">%s</th></tr></thead>\n<tbody>\n",
		 page_say(p, "Regel", "Rule"), page_say(p, "Hva den sier", "What it says"),
		 page_say(p, "Meldinger", "Reports"), page_say(p, "Andel", "Share"));
	json_array_foreach(rules, i, rule)
	{
		put(p, "<tr><th scope=\"row\">");
		html_text(p->out, page_member(rule, "code"));
		put(p, "</th><td class=\"left\">");
		html_text(p->out, in_lang(p, json_object_get(rule, "label")));
		put(p, "</td>");
		put_number(p, rule, "reports");
		put_share(p, page_number(rule, "reports"), page_number(source, "reports"));
		put(p, "</tr>\n");
	}
	put(p, "</tbody>\n");
	page_table_end(p);
}

static void put_refusals(const struct page *p, const json_t *source)
{
	const json_t *sent = json_object_get(source, "submissions"), *code;
	size_t i;

	if (!page_number(sent, "refused"))
		return;
	put(p, "<p>");
	say(p, "Avvist etter kode: ", "Refused, by code: ");
	json_array_foreach(json_object_get(sent, "codes"), i, code)
		buf_addf(p->out, "%s%s %lld", i ? ", " : "", page_member(code, "code"),
			 (long long)page_number(code, "n"));
	put(p, ".</p>\n");
}

static void put_corrections(const struct page *p, const json_t *source)
{
	const json_t *c = json_object_get(source, "corrections");
	int64_t corrected = page_number(c, "corrected"), twice;
	char share[16], severity[16], type[16];

	put(p, "<p>");
	if (corrected)
		buf_addf(p->out,
			 page_say(p,
				  "Rettet: %s av meldingene. Av de rettede fikk %s en annen "
				  "alvorlighetsgrad og %s en annen type enn de først hadde.",
				  "Corrected: %s of the reports. Of these, %s got another severity "
				  "and %s another type than they had first."),
			 page_share(p, corrected, page_number(source, "reports"), share),
			 page_share(p, page_number(c, "changed_severity"), corrected, severity),
			 page_share(p, page_number(c, "changed_type"), corrected, type));
	else
		say(p, "Ingen meldinger er rettet.", "No report was corrected.");
	twice = page_number(source, "possible_duplicates");
	buf_addf(p->out,
		 page_say(p, " Mulige dobbeltmeldinger: %lld.", " Possible duplicates: %lld."),
		 (long long)twice);
	put(p, "</p>\n");
}

/* Whether a member belongs into the table of those that are not drawn. */
static bool is_other(const json_t *m)
{
	return page_number(m, "of") && !json_is_true(json_object_get(m, "expected")) &&
	       !(json_is_true(json_object_get(m, "required")) && !page_number(m, "unknown"));
}

static void put_never(const struct page *p, const json_t *source)
{
	const json_t *m;
	bool any = false;
	size_t i;

	json_array_foreach(json_object_get(source, "completeness"), i, m)
	{
		if (!is_other(m) || page_number(m, "present"))
			continue;
		put(p, any ? ", " : "<p class=\"note\">");
		if (!any)
			say(p, "Aldri utfylt: ", "Never filled in: ");
		put(p, "<code>");
		html_text(p->out, page_member(m, "pointer"));
		put(p, "</code>");
		any = true;
	}
	put(p, any ? ".</p>\n" : "");
}

/* The rest of the members, for who maps them. */
static void put_members(const struct page *p, const json_t *source)
{
	const char *number = page_member(json_object_get(source, "organisation"), "number");
	const json_t *m;
	char id[40];
	size_t i;

	snprintf(id, sizeof(id), "felt-%.9s", number);
	page_table_begin(p, id, "Andre felt som er i bruk, og andelen som er utfylt der de kan stå",
			 "Other members in use, and the share filled in where they can stand");
	buf_addf(p->out,
		 "<thead><tr><th scope=\"col\">%s</th><th scope=\"col\" class=\"left\">%s</th>"
		 "<th scope=\"col\">%s</th><th scope=\"col\">%s</th><th scope=\"col\">%s</th></tr>"
		 "</thead>\n<tbody>\n",
		 page_say(p, "Felt", "Member"), page_say(p, "Sted", "Place"),
		 page_say(p, "Mulige", "Possible"), page_say(p, "Utfylt", "Filled in"),
		 page_say(p, "Ukjent", "Unknown"));
	json_array_foreach(json_object_get(source, "completeness"), i, m)
	{
		if (!is_other(m) || !page_number(m, "present"))
			continue;
		put(p, "<tr><th scope=\"row\">");
		html_text(p->out, in_lang(p, json_object_get(m, "label")));
		put(p, "</th><td class=\"left\"><code>");
		html_text(p->out, page_member(m, "pointer"));
		put(p, "</code></td>");
		put_number(p, m, "of");
		put_share(p, page_number(m, "present"), page_number(m, "of"));
		put_share(p, page_number(m, "unknown"), page_number(m, "of"));
		put(p, "</tr>\n");
	}
	put(p, "</tbody>\n");
	page_table_end(p);
	put_never(p, source);
}

static void put_source(const struct page *p, const json_t *source)
{
	const json_t *who = json_object_get(source, "organisation");
	const char *number = page_member(who, "number");

	buf_addf(p->out, "<section class=\"source\" aria-labelledby=\"s%s\">\n<h2 id=\"s%s\">",
		 number, number);
	html_text(p->out, page_member(who, "name"));
	buf_addf(p->out, "</h2>\n<p class=\"meta\">%s · %s %lld</p>\n", number,
		 page_say(p, "meldinger:", "reports:"), (long long)page_number(source, "reports"));
	put_short(p, source);
	put(p, "<h3>");
	say(p, "Sendt og mottatt", "Sent and received");
	put(p, "</h3>\n");
	quality_plot_received(p, source);
	put_refusals(p, source);
	if (page_number(source, "reports")) {
		put(p, "<h3>");
		say(p, "Hvor raskt", "How fast");
		put(p, "</h3>\n<div class=\"pair\">\n");
		quality_plot_days(p, source, "to_registration");
		quality_plot_days(p, source, "to_receipt");
		put(p, "</div>\n<h3>");
		say(p, "Hvor fullstendig", "How complete");
		put(p, "</h3>\n");
		quality_plot_complete(p, source);
		put_members(p, source);
		put(p, "<h3>");
		say(p, "Varsler og rettelser", "Warnings and corrections");
		put(p, "</h3>\n");
		put_warnings(p, source);
		put_corrections(p, source);
		quality_plot_reviews(p, source);
	}
	put(p, "</section>\n");
}

/* --- what it means ---------------------------------------------------------------------------- */

static void put_about(const struct page *p)
{
	const json_t *line;
	size_t i;

	page_heading(p, "om", "Om tallene", "About the figures");
	put(p, "<ul>\n");
	json_array_foreach(json_object_get(p->report, "about"), i, line)
	{
		put(p, "<li>");
		html_text(p->out, in_lang(p, line));
		put(p, "</li>\n");
	}
	put(p, "<li>");
	say(p,
	    "Innsendinger telles i måneden de kom. Hver er enten lagret, gjentatt (fantes fra før) "
	    "eller avvist, også hver enkelt i en samlet sending.",
	    "Submissions count in the month they came. Each is stored, repeated (was here already) "
	    "or refused, each one of a batch as well.");
	put(p, "</li>\n<li>");
	say(p,
	    "Dager er hele døgn. Medianen er det halvparten kom innen; ni av ti sier hvor lenge "
	    "det "
	    "kan ta. Eldre saker som sendes i ettertid, gir lang tid til mottak.",
	    "Days are whole days. Half came within the median; nine of ten tells how long it can "
	    "take. Older cases that are handed over later take long to arrive.");
	put(p, "</li>\n<li>");
	say(p,
	    "Kjent betyr utfylt med noe annet enn «ukjent». Felt om pasienter telles per pasient. "
	    "Bare felt som alle meldinger kan si noe om, blir vurdert, og først fra 20 meldinger.",
	    "Known means filled in with something else than “unknown”. Members of patients count "
	    "per "
	    "patient. Only members that every report can tell are judged, and from 20 reports on.");
	put(p, "</li>\n</ul>\n");
}

enum rc quality_page(const json_t *report, enum published_lang lang, struct buf *out)
{
	const struct page page = { .out = out, .report = report, .lang = lang }, *p = &page;
	const json_t *source;
	size_t i;

	buf_addf(out,
		 "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
		 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		 "style-src 'unsafe-inline'\">\n<meta name=\"robots\" content=\"noindex\">\n"
		 "<title>",
		 page_say(p, "nb", "en"));
	put_title(p);
	buf_addf(out, "</title>\n<style>%s%s</style>\n</head>\n<body>\n<main>\n",
		 release_page_style, quality_page_style);
	put_head(p);
	if (only_source(p))
		put_silent(p);
	else
		put_overview(p);
	json_array_foreach(json_object_get(report, "organisations"), i, source)
	{
		if (!is_silent(source))
			put_source(p, source);
	}
	put_about(p);
	put(p, "<footer>");
	say(p, "Siden står for seg selv og henter ingenting.",
	    "The page stands for itself and fetches nothing.");
	put(p, "</footer>\n</main>\n</body>\n</html>\n");
	return buf_rc(out);
}
