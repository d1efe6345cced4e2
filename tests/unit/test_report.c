/* The report of a release: its bars, its plain words and what it calls thin, on figures
 * made by hand; and the examination of two real releases in a row. */
#include "codes/codes.h"
#include "count/period.h"
#include "release/build.h"
#include "release/report_json.h"
#include "release/report_make.h"
#include "release/words.h"
#include "unit.h"

#include <string.h>

#define M(year, month) PERIOD_MONTH(year, month)

/* --- a report made by hand ---------------------------------------------------------------- */

#define TABLES 8

static struct report_dimension region = { .code = "Region", .label = { "region", "region" } };
static struct report_dimension type = { .code = "Hendelsestype",
					.label = { "hendelsestype", "event type" } };
static struct report_dimension period = { .code = "Tid", .label = { "tid", "time" } };

struct made {
	struct release_report r;
	struct programme_table programme[TABLES];
	struct report_table tables[TABLES];
	struct report_region regions[16];
	struct report_quarter quarter;
	struct release_words words;
};

static void make(struct made *m)
{
	*m = (struct made){ .r = { .threshold = 5, .closed = M(2026, 9) },
			    .quarter = { .first_month = M(2026, 7) } };
	m->r.tables = m->tables;
	m->r.regions = m->regions;
	m->r.quarters = &m->quarter;
	m->r.quarters_len = 1;
	for (size_t i = 0; i < RELEASE_CLASSES; i++)
		m->r.classes[i].event_class = release_classes[i];
}

/* A table with so many hidden of a hundred at its finest level; `nation`: at the top. */
static struct report_table *add_table(struct made *m, enum programme_part part,
				      enum programme_unit unit, unsigned levels, bool by_type,
				      uint32_t nation, uint32_t finest)
{
	struct report_table *t = &m->tables[m->r.tables_len];
	struct programme_table *p = &m->programme[m->r.tables_len++];

	*p = (struct programme_table){ .part = part,
				       .unit = unit,
				       .levels = levels,
				       .dimensions = { PROGRAMME_TYPE },
				       .dimensions_len = by_type };
	t->table = p;
	t->dimensions[t->dimensions_len++] = region;
	if (by_type)
		t->dimensions[t->dimensions_len++] = type;
	t->dimensions[t->dimensions_len++] = period;
	for (size_t i = 0; i < REPORT_LEVELS; i++) {
		uint32_t hidden = levels >> i == 1 ? finest : nation;

		if (levels & 1u << i)
			t->cells[0][i] = (struct report_cells){ .cells = 100,
								.shown = 100 - hidden,
								.hidden = hidden };
	}
	return t;
}

static void add_region(struct made *m, const char *name, unsigned level, bool municipal,
		       uint32_t contributors, uint32_t of, int32_t first)
{
	struct report_region *r = &m->regions[m->r.regions_len++];

	*r = (struct report_region){ .level = level,
				     .municipal = municipal,
				     .contributors = contributors,
				     .of = of,
				     .first_month = first };
	snprintf(r->label[PUBLISHED_NB], sizeof(r->label[0]), "%s", name);
	snprintf(r->label[PUBLISHED_EN], sizeof(r->label[0]), "%s", name);
}

static void write_words(struct made *m)
{
	release_words_release(&m->words);
	ck_assert_int_eq(release_words(&m->r, &m->words), RC_OK);
}

/* The n-th sentence about something; "" where there are fewer. */
static const char *said(const struct made *m, enum words_about about, size_t n,
			enum published_lang lang)
{
	for (size_t i = 0; i < m->words.len; i++)
		if (m->words.list[i].about == about && !n--)
			return m->words.list[i].text[lang];
	return "";
}

#define ck_said(m, about, n, nb, en)                                                               \
	do {                                                                                       \
		ck_assert_str_eq(said(m, about, n, PUBLISHED_NB), nb);                             \
		ck_assert_str_eq(said(m, about, n, PUBLISHED_EN), en);                             \
	} while (0)

/* --- bars ------------------------------------------------------------------------------------- */

START_TEST(one_small_count_in_a_thousand_may_lack_a_part)
{
	struct report_class c = { .audit = { .small = 1000, .revealed = 1 } };

	ck_assert(report_bar(&c, BAR_REVEALED).kept);
	c.audit.revealed = 2;
	ck_assert(!report_bar(&c, BAR_REVEALED).kept);
	c.audit.small = 999;
	c.audit.revealed = 1;
	ck_assert(!report_bar(&c, BAR_REVEALED).kept);
}
END_TEST

START_TEST(every_bar_alone_makes_a_release_unsafe)
{
	const char *why;
	struct made m;

	make(&m);
	ck_assert(release_report_is_safe(&m.r, &why));
	ck_assert_ptr_null(why);
	for (size_t bar = 0; bar < REPORT_BARS; bar++) {
		for (size_t class = 0; class < RELEASE_CLASSES; class ++) {
			struct report_class *c = &m.r.classes[class], before = *c;
			uint32_t *figures[REPORT_BARS] = {
				&c->small_shown,        &c->audit.recoverable,
				&c->audit.single,       &c->audit.narrow,
				&c->audit.revealed,     &c->audit.insiders_succeed,
				&c->audit.not_additive,
			};

			*figures[bar] = 1;
			ck_assert(!release_report_is_safe(&m.r, &why));
			ck_assert_str_eq(
				why, report_bar(c, (enum report_bar_name)bar).text[PUBLISHED_EN]);
			write_words(&m);
			ck_assert_ptr_nonnull(strstr(said(&m, WORDS_VERDICT, 0, PUBLISHED_EN),
						     "must not be published. It has 1 "));
			ck_assert_ptr_nonnull(
				strstr(said(&m, WORDS_VERDICT, 0, PUBLISHED_EN), why));
			*c = before;
		}
	}
	write_words(&m);
	ck_assert_ptr_nonnull(
		strstr(said(&m, WORDS_VERDICT, 0, PUBLISHED_NB), "Utgivelsen kan publiseres:"));
	release_words_release(&m.words);
}
END_TEST

/* --- words: tables ------------------------------------------------------------------------------
 */

static const struct {
	uint32_t hidden;
	const char *nb, *en;
} bands[] = {
	{ 0, "Etter helseforetak og hendelsestype er alle kvartalstallene synlige.",
	  "By health trust and event type all quarterly figures are visible." },
	{ 9,
	  "Etter helseforetak og hendelsestype er nesten alle kvartalstallene synlige (9\u00a0% "
	  "skjult).",
	  "By health trust and event type nearly all quarterly figures are visible (9% hidden)." },
	{ 10,
	  "Etter helseforetak og hendelsestype er de fleste kvartalstallene synlige (10\u00a0% "
	  "skjult).",
	  "By health trust and event type most quarterly figures are visible (10% hidden)." },
	{ 49,
	  "Etter helseforetak og hendelsestype er de fleste kvartalstallene synlige (49\u00a0% "
	  "skjult).",
	  "By health trust and event type most quarterly figures are visible (49% hidden)." },
	{ 83,
	  "Etter helseforetak og hendelsestype er de fleste kvartalstallene skjult (83\u00a0%).",
	  "By health trust and event type most quarterly figures are hidden (83%)." },
	{ 91,
	  "Etter helseforetak og hendelsestype er nesten alle kvartalstallene skjult (91\u00a0%).",
	  "By health trust and event type nearly all quarterly figures are hidden (91%)." },
	{ 100, "Etter helseforetak og hendelsestype er alle kvartalstallene skjult.",
	  "By health trust and event type all quarterly figures are hidden." },
};

START_TEST(a_table_is_described_by_what_it_hides)
{
	struct made m;

	make(&m);
	/* The nation's figures are another table's matter. */
	add_table(&m, PROGRAMME_HOSPITAL, PROGRAMME_QUARTERLY,
		  PROGRAMME_NATION | PROGRAMME_RHF | PROGRAMME_HF, true, 50, bands[_i].hidden);
	write_words(&m);
	ck_said(&m, WORDS_TABLES, 0, bands[_i].nb, bands[_i].en);
	release_words_release(&m.words);
}
END_TEST

START_TEST(a_longer_period_is_named_where_it_shows_more)
{
	const unsigned all = PROGRAMME_NATION | PROGRAMME_RHF | PROGRAMME_HF;
	struct report_table *year;
	struct made m;

	make(&m);
	add_table(&m, PROGRAMME_HOSPITAL, PROGRAMME_QUARTERLY, all, true, 0, 83);
	year = add_table(&m, PROGRAMME_HOSPITAL, PROGRAMME_ANNUAL, all, true, 0, 41);
	write_words(&m);
	ck_said(&m, WORDS_TABLES, 0,
		"Etter helseforetak og hendelsestype er de fleste kvartalstallene skjult "
		"(83\u00a0%); "
		"årstallene viser mer (41\u00a0% skjult).",
		"By health trust and event type most quarterly figures are hidden (83%); yearly "
		"figures show more (41% hidden).");
	ck_said(&m, WORDS_TABLES, 1, "", "");
	/* Nine in a hundred are no news. */
	year->cells[0][2].hidden = 74;
	write_words(&m);
	ck_assert_ptr_null(strstr(said(&m, WORDS_TABLES, 0, PUBLISHED_NB), "viser mer"));
	year->cells[0][2].hidden = 0;
	write_words(&m);
	ck_assert_ptr_nonnull(
		strstr(said(&m, WORDS_TABLES, 0, PUBLISHED_NB), "; alle årstallene er synlige."));
	release_words_release(&m.words);
}
END_TEST

START_TEST(the_country_is_named_where_the_regions_hide_more)
{
	struct made m;

	make(&m);
	add_table(&m, PROGRAMME_HOSPITAL, PROGRAMME_MONTHLY, PROGRAMME_NATION | PROGRAMME_RHF,
		  false, 20, 80);
	add_table(&m, PROGRAMME_FINAL, PROGRAMME_ANNUAL, PROGRAMME_NATION | PROGRAMME_RHF, true, 20,
		  20);
	write_words(&m);
	ck_said(&m, WORDS_TABLES, 0,
		"For landet og regionene er de fleste månedstallene skjult (50\u00a0%), for landet "
		"alene er 20\u00a0% skjult.",
		"For the country and the regions most monthly figures are hidden (50%), for the "
		"country alone 20% are hidden.");
	ck_said(&m, WORDS_TABLES, 1,
		"For landet og regionene etter hendelsestype er de fleste de endelige årstallene "
		"synlige (20\u00a0% skjult).",
		"For the country and the regions by event type most final yearly figures are "
		"visible "
		"(20% hidden).");
	release_words_release(&m.words);
}
END_TEST

/* --- words: overview
 * ------------------------------------------------------------------------------ */

START_TEST(nothing_and_all_are_said_only_where_they_are_meant)
{
	struct made m;

	make(&m);
	m.r.default_view = (struct report_cells){ .cells = 1000, .shown = 999, .hidden = 1 };
	m.r.classes[0].all = (struct report_cells){ .cells = 1000, .shown = 1, .hidden = 999 };
	m.r.classes[1].all = (struct report_cells){ .cells = 1000, .hidden = 1000 };
	write_words(&m);
	ck_said(&m, WORDS_OVERVIEW, 0,
		"Tall om uønskede hendelser for landet og regionene, kvartal for kvartal, er "
		"nesten alle "
		"synlige (1\u00a0% skjult).",
		"Figures of incidents for the country and the regions, quarter by quarter, are "
		"nearly "
		"all visible (1% hidden).");
	ck_said(&m, WORDS_OVERVIEW, 1,
		"Til sammen er 99\u00a0% av tallene om uønskede hendelser, 100\u00a0% av dem om "
		"nesten-hendelser og 0\u00a0% av dem om risikoforhold skjult.",
		"In all, 99% of the figures of incidents, 100% of those of near misses and 0% of "
		"those "
		"of hazards are hidden.");
	m.r.default_view = (struct report_cells){ .cells = 20, .shown = 20 };
	write_words(&m);
	ck_assert_str_eq(
		said(&m, WORDS_OVERVIEW, 0, PUBLISHED_EN),
		"Figures of incidents for the country and the regions, quarter by quarter, are "
		"fully visible.");
	release_words_release(&m.words);
}
END_TEST

START_TEST(the_cost_is_told_by_reason_and_by_what_it_hides)
{
	struct made m;

	make(&m);
	m.r.classes[0] = (struct report_class){
		.all = { .cells = 100,
			 .shown = 40,
			 .hidden = 60,
			 .value = 1000,
			 .hidden_value = 30 },
		.primary = 45,
		.secondary = 12,
		.held = 3,
	};
	m.r.classes[1] = (struct report_class){ .all = { .cells = 10, .hidden = 10, .value = 0 },
						.primary = 10 };
	write_words(&m);
	ck_said(&m, WORDS_OVERVIEW, 1,
		"55 tall er skjult fordi de er under 5, 12 for at disse ikke skal kunne regnes ut, "
		"3 på "
		"grunn av det tidligere utgivelser har vist eller skjult.",
		"55 figures are hidden because they are below 5, 12 so that these cannot be "
		"calculated, "
		"3 because of what earlier releases have shown or hidden.");
	ck_said(&m, WORDS_OVERVIEW, 2,
		"De skjulte tallene er små: Til sammen utgjør de 3\u00a0% av summen av alle tall.",
		"The hidden figures are small ones: together they make up 3% of the sum of all "
		"figures.");
	m.r.classes[0].all.hidden_value = 640;
	write_words(&m);
	ck_assert_str_eq(said(&m, WORDS_OVERVIEW, 2, PUBLISHED_EN),
			 "Together, the hidden figures make up 64% of the sum of all figures.");
	release_words_release(&m.words);
}
END_TEST

START_TEST(the_previous_release_is_compared_with)
{
	struct report_table *t;
	struct made m;

	make(&m);
	t = add_table(&m, PROGRAMME_HOSPITAL, PROGRAMME_QUARTERLY, PROGRAMME_NATION, false, 0, 37);
	snprintf(m.r.previous, sizeof(m.r.previous), "2026K2");
	t->before = (struct report_cells){ .cells = 50, .shown = 30, .hidden = 20 };
	write_words(&m);
	ck_said(&m, WORDS_OVERVIEW, 2,
		"Forrige utgivelse, 2026K2, skjulte 40\u00a0% av det som står i tabellene; denne "
		"skjuler "
		"37\u00a0%.",
		"The previous release, 2026K2, hid 40% of what stands in the tables; this one "
		"hides "
		"37%.");
	release_words_release(&m.words);
}
END_TEST

/* --- words: a small start
 * -------------------------------------------------------------------------- */

START_TEST(three_trusts_in_two_regions_are_told_what_they_may_publish)
{
	const unsigned rhf = PROGRAMME_NATION | PROGRAMME_RHF, hf = rhf | PROGRAMME_HF;
	struct made m;

	make(&m);
	add_region(&m, "Hele landet", PROGRAMME_NATION, false, 3, 4, M(2026, 7));
	add_region(&m, "Helse Vest RHF", PROGRAMME_RHF, false, 2, 2, M(2026, 7));
	add_region(&m, "Helse Midt RHF", PROGRAMME_RHF, false, 0, 1, 0);
	add_region(&m, "Helse Nord RHF", PROGRAMME_RHF, false, 1, 1, M(2026, 7));
	add_table(&m, PROGRAMME_HOSPITAL, PROGRAMME_MONTHLY, rhf, false, 60, 60);
	add_table(&m, PROGRAMME_HOSPITAL, PROGRAMME_QUARTERLY, rhf, false, 0, 0);
	add_table(&m, PROGRAMME_HOSPITAL, PROGRAMME_QUARTERLY, hf, true, 80, 83);
	add_table(&m, PROGRAMME_HOSPITAL, PROGRAMME_MONTHLY, hf, false, 30, 30);
	write_words(&m);
	ck_said(&m, WORDS_START, 0, "Starten er liten: 3 helseforetak i 2 regioner rapporterer.",
		"The start is small: 3 health trusts in 2 regions report.");
	ck_said(&m, WORDS_START, 1,
		"Dette vises nå så godt som i sin helhet: kvartalstall for landet og regionene.",
		"As good as all of this is shown now: quarterly figures for the country and the "
		"regions.");
	ck_said(&m, WORDS_START, 2,
		"Dette er for det meste skjult, fordi hver melder for lite: kvartalstall etter "
		"helseforetak og hendelsestype.",
		"This is mostly hidden, since each reports too little: quarterly figures by health "
		"trust and event type.");
	ck_said(&m, WORDS_START, 3,
		"Helse Nord RHF: bare ett helseforetak rapporterer, så tallene er dette foretakets "
		"egne og "
		"vises aldri under 5.",
		"Helse Nord RHF: only one health trust reports, so the figures are this trust's "
		"own and "
		"are never shown below 5.");
	ck_said(&m, WORDS_START, 4,
		"Helse Vest RHF: bare to helseforetak rapporterer, og hver kan trekke sine egne "
		"tall fra "
		"summen og få den andres. Der ett av de to tallene er lite, må derfor også summen "
		"skjules.",
		"Helse Vest RHF: only two health trusts report, and each can subtract its own "
		"figures "
		"from the sum and get the other's. Where one of the two figures is small, the sum "
		"must "
		"therefore be hidden too.");
	ck_said(&m, WORDS_START, 5, "", "");
	ck_said(&m, WORDS_LATER, 0, "Tall for hele år fra sykehusene kommer når året 2027 er over.",
		"Figures of whole years of the hospitals will come when the year 2027 is over.");
	release_words_release(&m.words);
}
END_TEST

START_TEST(a_country_that_reports_is_no_small_start)
{
	struct made m;

	make(&m);
	add_region(&m, "Hele landet", PROGRAMME_NATION, false, 20, 20, M(2026, 7));
	for (int i = 0; i < 4; i++)
		add_region(&m, "RHF", PROGRAMME_RHF, false, 5, 5, M(2026, 7));
	write_words(&m);
	ck_said(&m, WORDS_START, 0, "", "");
	/* Seven in four regions are fewer than three each. */
	m.regions[0].contributors = 7;
	write_words(&m);
	ck_assert_str_eq(said(&m, WORDS_START, 0, PUBLISHED_EN),
			 "The start is small: 7 health trusts in 4 regions report.");
	release_words_release(&m.words);
}
END_TEST

START_TEST(pilot_municipalities_are_told_when)
{
	static const struct {
		uint32_t n;
		const char *start, *few;
	} steps[] = {
		{ 1, "Starten er liten: bare én kommune i 1 fylke rapporterer.",
		  "Hele landet: bare én kommune rapporterer, så tallene er denne kommunens egne og "
		  "vises "
		  "aldri under 5." },
		{ 3, "Starten er liten: 3 kommuner i 1 fylke rapporterer.", "" },
		{ 8, "Starten er liten: 8 kommuner i 1 fylke rapporterer.", "" },
	};
	struct made m;

	make(&m);
	add_region(&m, "Kommunene", PROGRAMME_NATION, true, steps[_i].n, 9, M(2026, 3));
	add_region(&m, "Innlandet", PROGRAMME_COUNTY, true, steps[_i].n, 9, M(2026, 3));
	write_words(&m);
	ck_assert_str_eq(said(&m, WORDS_START, 0, PUBLISHED_NB), steps[_i].start);
	ck_assert_str_eq(said(&m, WORDS_START, 1, PUBLISHED_NB), steps[_i].few);
	/* Counting began in July: 2027 is the first whole year of any table. */
	ck_said(&m, WORDS_LATER, 0,
		"Fra kommunene publiseres ingenting ennå; de første tallene kommer når året 2027 "
		"er over.",
		"Nothing is published of the municipalities yet; the first figures will come when "
		"the "
		"year 2027 is over.");
	ck_said(&m, WORDS_LATER, 1,
		"Tall for enkeltkommuner vises bare for tre hele år samlet, tidligst 2027–2029.",
		"Figures of single municipalities are shown for three whole years together only, "
		"of "
		"2027–2029 at the earliest.");
	/* With them there, nothing is left to wait for. */
	add_table(&m, PROGRAMME_MUNICIPAL, PROGRAMME_ANNUAL, PROGRAMME_NATION | PROGRAMME_COUNTY,
		  true, 10, 20);
	add_table(&m, PROGRAMME_MUNICIPAL, PROGRAMME_WINDOWS,
		  PROGRAMME_NATION | PROGRAMME_COUNTY | PROGRAMME_MUNICIPALITY, true, 10, 20);
	write_words(&m);
	ck_said(&m, WORDS_LATER, 0, "", "");
	release_words_release(&m.words);
}
END_TEST

/* --- thin
 * -------------------------------------------------------------------------------------------- */

static struct report_category category(const char *code, uint32_t cells, uint32_t hidden)
{
	struct report_category c = {
		.classes = { { .cells = cells, .shown = cells - hidden, .hidden = hidden },
			     { .cells = cells, .hidden = cells } },
	};

	snprintf(c.code, sizeof(c.code), "%s", code);
	snprintf(c.label[PUBLISHED_NB], sizeof(c.label[0]), "%s-nb", code);
	snprintf(c.label[PUBLISHED_EN], sizeof(c.label[0]), "%s-en", code);
	return c;
}

START_TEST(thin_is_what_is_mostly_hidden_of_incidents_over_all_tables)
{
	/* b: 12 of 20, c: 9 of 10, d: half, e: 18 of 20, a: the total. */
	struct report_category one[] = { category("a", 10, 10), category("b", 10, 2),
					 category("c", 10, 9), category("d", 10, 5),
					 category("e", 20, 18) };
	struct report_category two[] = { category("b", 10, 10) };
	struct made m;

	make(&m);
	one[0].total = true;
	for (int i = 0; i < 2; i++)
		add_table(&m, PROGRAMME_HOSPITAL, i ? PROGRAMME_ANNUAL : PROGRAMME_QUARTERLY,
			  PROGRAMME_NATION, true, 0, 50);
	m.tables[0].dimensions[1].categories = one;
	m.tables[0].dimensions[1].len = ARRAY_LEN(one);
	m.tables[1].dimensions[1].categories = two;
	m.tables[1].dimensions[1].len = ARRAY_LEN(two);
	ck_assert_int_eq(report_make_thin(&m.r), RC_OK);
	ck_assert_uint_eq(m.r.thin_len, 3);
	ck_assert_str_eq(m.r.thin[0].category->code, "e"); /* as thin as c, but more of it */
	ck_assert_str_eq(m.r.thin[1].category->code, "c");
	ck_assert_str_eq(m.r.thin[2].category->code, "b");
	ck_assert_uint_eq(m.r.thin[2].cells, 20);
	ck_assert_uint_eq(m.r.thin[2].hidden, 12);
	write_words(&m);
	ck_said(&m, WORDS_THIN, 0,
		"Tynnest etter hendelsestype: e-nb (90\u00a0% skjult), c-nb (90\u00a0%) og b-nb "
		"(60\u00a0%).",
		"Thinnest by event type: e-en (90% hidden), c-en (90%) and b-en (60%).");
	one[1].classes[0].hidden = one[2].classes[0].hidden = one[3].classes[0].hidden = 10;
	one[4].classes[0].hidden = 20;
	free(m.r.thin);
	m.r.thin = NULL;
	m.r.thin_len = 0;
	ck_assert_int_eq(report_make_thin(&m.r), RC_OK);
	write_words(&m);
	ck_said(&m, WORDS_THIN, 0, "Helt skjult etter hendelsestype: b-nb, e-nb, c-nb og 1 til.",
		"Hidden altogether by event type: b-en, e-en, c-en and 1 more.");
	release_words_release(&m.words);
	free(m.r.thin);
}
END_TEST

/* --- two releases
 * ------------------------------------------------------------------------------------- */

static struct programme *programme;
static struct codes *codes;

static void setup(void)
{
	const char *source = getenv("VARDE_SOURCE");
	char path[4096];

	snprintf(path, sizeof(path), "%s/schemas", source ? source : ".");
	ck_assert_int_eq(programme_load(path, &programme, NULL), RC_OK);
	snprintf(path, sizeof(path), "%s/schemas/codes", source ? source : ".");
	ck_assert_int_eq(codes_load(path, &codes, NULL), RC_OK);
}

static void teardown(void)
{
	programme_free(programme);
	codes_free(codes);
}

/* Three trusts of one region, one of them small, and one that does not report. */
static struct counted *base(int32_t first, int32_t last)
{
	static const char *const types[] = { "fall_accident", "medication_blood", "infection" };
	struct counted *c = NULL;

	ck_assert_int_eq(counted_new(&c), RC_OK);
	c->as_of_ms = period_begins_ms(last + 1);
	for (int i = 0; i < 4; i++) {
		char orgnr[24];
		struct counted_organisation o = { .orgnr = orgnr,
						  .name = "Helse Test HF",
						  .kind = "hf",
						  .region = "helse_vest",
						  .coverage_start = i < 3 ? M(2026, 1) : 0,
						  .active = true };

		snprintf(orgnr, sizeof(orgnr), "91000000%d", i);
		ck_assert_int_eq(counted_add_organisation(c, &o), RC_OK);
		for (int32_t m = first; i < 3 && m <= last; m++) {
			for (int k = 0; k < 3; k++) {
				const struct counted_row row = {
					.orgnr = orgnr,
					.period = m,
					.event_class = "incident",
					.event_type = types[k],
					.severity = k ? "mild" : "none",
					.place = "ward",
					.stage = "treatment",
					.n = k == 2 && i == 2 ? 1 : 4 + (i * 7 + k * 5 + m) % 20,
				};

				ck_assert_int_eq(counted_add(c, &row), RC_OK);
			}
		}
	}
	return c;
}

static void build(const struct release_sources *from, struct release_built *built)
{
	struct err err = { 0 };
	enum rc rc = release_build(from, built, &err);

	ck_assert_msg(rc == RC_OK, "%s %s %s", err.code, err.where, err.text);
}

/* Figures that must agree, each counted in a way of its own. */
static void check_sums(const struct release_report *r)
{
	for (size_t i = 0; i < RELEASE_CLASSES; i++) {
		const struct report_class *c = &r->classes[i];

		ck_assert_uint_eq(c->primary + c->secondary + c->held, c->all.hidden);
		ck_assert_uint_eq(c->all.shown + c->all.hidden, c->all.cells);
	}
	for (size_t i = 0; i < r->tables_len; i++) {
		const struct report_table *t = &r->tables[i];
		struct report_cells all = report_sum(t, REPORT_ALL, REPORT_ALL);

		for (size_t d = 0; d < t->dimensions_len; d++) {
			struct report_cells sum = { 0 };

			for (size_t k = 0; k < t->dimensions[d].len; k++)
				for (size_t class = 0; class < RELEASE_CLASSES; class ++)
					report_cells_add(
						&sum,
						&t->dimensions[d].categories[k].classes[class]);
			ck_assert_mem_eq(&sum, &all, sizeof(sum));
		}
	}
}

static void check_before(const struct release_report *now, const struct release_report *before)
{
	for (size_t i = 0; i < now->tables_len; i++) {
		struct report_cells was = { 0 };

		for (size_t k = 0; k < before->tables_len; k++)
			if (!strcmp(before->tables[k].id, now->tables[i].id))
				was = report_sum(&before->tables[k], REPORT_ALL, REPORT_ALL);
		ck_assert_uint_eq(now->tables[i].before.hidden, was.hidden);
		ck_assert_uint_eq(now->tables[i].before.shown, was.shown);
	}
}

/* As bytes; the caller's. */
static char *bytes_of(const struct release_report *r)
{
	json_t *json = release_report_json(r, "x");
	char *text = json_dumps(json, JSON_INDENT(2) | JSON_SORT_KEYS);

	ck_assert_ptr_nonnull(text);
	json_decref(json);
	return text;
}

START_TEST(a_report_tells_of_the_one_before_and_is_found_again)
{
	struct counted *first = base(M(2026, 1), M(2026, 3)),
		       *second = base(M(2026, 4), M(2026, 6));
	struct release_sources from = {
		.programme = programme, .codes = codes, .base = first, .closing = M(2026, 3)
	};
	struct release_built one, two;
	struct release_earlier others[2] = { { .name = "2026K1" }, { .name = "2026K2" } };
	struct release_report again = { 0 };
	struct release_others seen = { others, 1, 0 };
	struct err err = { 0 };
	char *a, *b;

	build(&from, &one);
	check_sums(&one.report);
	ck_assert_str_eq(one.report.previous, "");
	others[0].tables = &one.tables;
	from.base = second;
	from.previous = one.counted;
	from.closing = M(2026, 6);
	from.earlier = others;
	from.earlier_len = 1;
	build(&from, &two);
	check_sums(&two.report);
	ck_assert_str_eq(two.report.previous, "2026K1");
	check_before(&two.report, &one.report);
	/* What the first hid for others' sake, the second hides because the first did. */
	ck_assert_uint_eq(one.report.classes[0].held, 0);
	ck_assert_uint_gt(one.report.classes[0].secondary, 0);
	ck_assert_uint_eq(two.report.classes[0].held, one.report.classes[0].secondary);
	/* Three of four contribute. */
	ck_assert_uint_eq(two.report.regions[0].contributors, 3);
	ck_assert_uint_eq(two.report.regions[0].of, 4);
	ck_assert_uint_eq(two.report.regions[1].contributors, 3);
	ck_assert_int_eq(two.report.regions[1].first_month, M(2026, 1));
	ck_assert_uint_eq(two.report.quarters[1].hospitals, 3);
	/* Examined again with the later one known, the first's report is what it was. */
	others[0] = (struct release_earlier){ .name = "2026K2", .tables = &two.tables };
	ck_assert_int_eq(
		release_examine(programme, codes, one.counted, &one.tables, &seen, &again, &err),
		RC_OK);
	a = bytes_of(&one.report);
	b = bytes_of(&again);
	ck_assert_str_eq(a, b);
	free(a);
	free(b);
	release_report_release(&again);
	release_built_release(&one);
	release_built_release(&two);
	counted_free(first);
	counted_free(second);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("report");
	TCase *tc = tcase_create("by hand"), *real = tcase_create("real");

	tcase_add_test(tc, one_small_count_in_a_thousand_may_lack_a_part);
	tcase_add_test(tc, every_bar_alone_makes_a_release_unsafe);
	tcase_add_loop_test(tc, a_table_is_described_by_what_it_hides, 0, ARRAY_LEN(bands));
	tcase_add_test(tc, a_longer_period_is_named_where_it_shows_more);
	tcase_add_test(tc, the_country_is_named_where_the_regions_hide_more);
	tcase_add_test(tc, nothing_and_all_are_said_only_where_they_are_meant);
	tcase_add_test(tc, the_cost_is_told_by_reason_and_by_what_it_hides);
	tcase_add_test(tc, the_previous_release_is_compared_with);
	tcase_add_test(tc, three_trusts_in_two_regions_are_told_what_they_may_publish);
	tcase_add_test(tc, a_country_that_reports_is_no_small_start);
	tcase_add_loop_test(tc, pilot_municipalities_are_told_when, 0, 3);
	tcase_add_test(tc, thin_is_what_is_mostly_hidden_of_incidents_over_all_tables);
	suite_add_tcase(suite, tc);
	tcase_set_timeout(real, 120);
	tcase_add_checked_fixture(real, setup, teardown);
	tcase_add_test(real, a_report_tells_of_the_one_before_and_is_found_again);
	suite_add_tcase(suite, real);
	return run_suite(suite);
}
