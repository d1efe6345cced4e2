/* What a small start may publish, and why not more. Who contributes knows its own
 * figures and can subtract them from a sum: with few contributors the rest is soon
 * somebody's, so that sums must be hidden with the small figures in them. */
#include "release/words_pen.h"

#include "count/period.h"

#include <string.h>

#define FEW 2          /* contributors of a region that know each other by subtraction */
#define ENOUGH 3       /* contributors of each region, on average, from which on … */
#define ENOUGH_PARTS 3 /* … and in as many regions, a start is small no more */

/* The texts of a part of the programme. */
struct side {
	bool municipal;
	const char *one[PUBLISHED_LANGS], *two[PUBLISHED_LANGS], *many[PUBLISHED_LANGS];
	const char *region[PUBLISHED_LANGS], *regions[PUBLISHED_LANGS];
	const char *its[PUBLISHED_LANGS];
};

static const struct side sides[] = {
	{ false,
	  { "bare ett helseforetak", "only one health trust" },
	  { "bare to helseforetak", "only two health trusts" },
	  { " helseforetak", " health trusts" },
	  { " region", " region" },
	  { " regioner", " regions" },
	  { "dette foretakets egne", "this trust's own" } },
	{ true,
	  { "bare én kommune", "only one municipality" },
	  { "bare to kommuner", "only two municipalities" },
	  { " kommuner", " municipalities" },
	  { " fylke", " county" },
	  { " fylker", " counties" },
	  { "denne kommunens egne", "this municipality's own" } },
};

static const struct report_region *nation_of(const struct release_report *r, bool municipal)
{
	for (size_t i = 0; i < r->regions_len; i++)
		if (r->regions[i].municipal == municipal && r->regions[i].level == PROGRAMME_NATION)
			return &r->regions[i];
	return NULL;
}

static bool is_region(const struct report_region *region, bool municipal)
{
	return region->municipal == municipal && region->level != PROGRAMME_NATION &&
	       region->contributors;
}

static uint32_t regions_of(const struct release_report *r, bool municipal)
{
	uint32_t n = 0;

	for (size_t i = 0; i < r->regions_len; i++)
		n += is_region(&r->regions[i], municipal);
	return n;
}

static bool is_small_start(const struct release_report *r, bool municipal)
{
	const struct report_region *nation = nation_of(r, municipal);
	uint32_t regions = regions_of(r, municipal);

	return nation && nation->contributors &&
	       nation->contributors < ENOUGH * (regions > ENOUGH_PARTS ? regions : ENOUGH_PARTS);
}

/* --- why ------------------------------------------------------------------------------------ */

/* "… only two health trusts report: each can subtract …" */
static void say_few(const struct release_report *r, struct pen *p, const struct side *side,
		    uint32_t contributors)
{
	pen_say(p, ": ", ": ");
	if (contributors == 1) {
		pen_labels(p, side->one);
		pen_say(p, " rapporterer, så tallene er ", " reports, so the figures are ");
		pen_labels(p, side->its);
		pen_say(p, " og vises aldri under ", " and are never shown below ");
		pen_number(p, r->threshold);
	} else {
		pen_labels(p, side->two);
		pen_say(p,
			" rapporterer, og hver kan trekke sine egne tall fra summen og få den "
			"andres. Der ett av de to tallene er lite, må derfor også summen skjules",
			" report, and each can subtract its own figures from the sum and get the "
			"other's. Where one of the two figures is small, the sum must therefore be "
			"hidden too");
	}
	pen_end(p, WORDS_START);
}

static bool say_few_in_nation(const struct release_report *r, struct pen *p,
			      const struct side *side)
{
	uint32_t contributors = nation_of(r, side->municipal)->contributors;

	if (contributors > FEW)
		return false;
	pen_say(p, "hele landet", "the whole country");
	say_few(r, p, side, contributors);
	return true;
}

/* The regions with so many contributors, named. */
static void say_few_in_regions(const struct release_report *r, struct pen *p,
			       const struct side *side, uint32_t contributors)
{
	size_t n = 0, at = 0;

	for (size_t i = 0; i < r->regions_len; i++)
		n += is_region(&r->regions[i], side->municipal) &&
		     r->regions[i].contributors == contributors;
	for (size_t i = 0; i < r->regions_len; i++) {
		const struct report_region *region = &r->regions[i];

		if (!is_region(region, side->municipal) || region->contributors != contributors)
			continue;
		pen_between(p, at++, n);
		pen_say(p, region->label[PUBLISHED_NB], region->label[PUBLISHED_EN]);
	}
	if (n > 1)
		pen_say(p, ", hver for seg", ", each by itself");
	if (n)
		say_few(r, p, side, contributors);
}

/* --- what ----------------------------------------------------------------------------------- */

static bool is_of_side(const struct report_table *t, bool municipal)
{
	return (cubes_sector(t->table->part) == CUBES_MUNICIPALITIES) == municipal;
}

/* The finest table of a family that is as good as visible; NULL: none is. */
static const struct report_table *visible_of(const struct family *f)
{
	struct report_cells fine = family_cells(f->fine), coarse = family_cells(f->coarse);

	return words_nearly_visible(&fine)     ? f->fine
	       : words_nearly_visible(&coarse) ? f->coarse
					       : NULL;
}

static const struct report_table *hidden_of(const struct family *f)
{
	struct report_cells coarse = family_cells(f->coarse);

	return words_mostly_hidden(&coarse) ? f->coarse : NULL;
}

/* "monthly figures for the country and the regions; …"; how many. */
static size_t say_list(struct pen *p, const struct family *families, size_t n, bool municipal,
		       const struct report_table *(*choose)(const struct family *))
{
	size_t said = 0;

	for (size_t i = 0; i < n; i++) {
		const struct report_table *t = choose(&families[i]);

		if (!t || !is_of_side(t, municipal))
			continue;
		if (said++)
			pen_say(p, "; ", "; ");
		pen_figures(p, t);
	}
	return said;
}

/* Before its first whole period a side has no tables to speak of; that is said apart. */
static bool has_tables(const struct family *families, size_t n, bool municipal)
{
	for (size_t i = 0; i < n; i++)
		if (families[i].coarse && is_of_side(families[i].coarse, municipal))
			return true;
	return false;
}

static void say_what(const struct family *families, size_t n, struct pen *p, bool municipal)
{
	if (!has_tables(families, n, municipal))
		return;
	pen_say(p, "dette vises nå så godt som i sin helhet: ",
		"as good as all of this is shown now: ");
	if (!say_list(p, families, n, municipal, visible_of))
		pen_say(p, "ingenting", "nothing");
	pen_end(p, WORDS_START);
	pen_say(p, "dette er for det meste skjult, fordi hver melder for lite: ",
		"this is mostly hidden, since each reports too little: ");
	if (!say_list(p, families, n, municipal, hidden_of))
		pen_say(p, "ingenting", "nothing");
	pen_end(p, WORDS_START);
}

static void say_side(const struct release_report *r, const struct family *families, size_t n,
		     struct pen *p, const struct side *side)
{
	uint32_t contributors, regions;

	if (!is_small_start(r, side->municipal))
		return;
	contributors = nation_of(r, side->municipal)->contributors;
	regions = regions_of(r, side->municipal);
	pen_say(p, "starten er liten: ", "the start is small: ");
	if (contributors == 1) {
		pen_labels(p, side->one);
	} else {
		pen_number(p, contributors);
		pen_labels(p, side->many);
	}
	if (regions) {
		pen_say(p, " i ", " in ");
		pen_number(p, regions);
		pen_labels(p, regions == 1 ? side->region : side->regions);
	}
	pen_say(p, " rapporterer", contributors == 1 ? " reports" : " report");
	pen_end(p, WORDS_START);
	say_what(families, n, p, side->municipal);
	if (say_few_in_nation(r, p, side))
		return;
	say_few_in_regions(r, p, side, 1);
	say_few_in_regions(r, p, side, FEW);
}

void words_of_start(const struct release_report *r, struct pen *p)
{
	CLEANUP_FREE struct family *families = calloc(r->tables_len + 1, sizeof(*families));
	size_t n = families ? families_of(r, families) : 0;

	p->failed |= !families;
	for (size_t i = 0; families && i < ARRAY_LEN(sides); i++)
		say_side(r, families, n, p, &sides[i]);
}

/* --- what is to come ------------------------------------------------------------------------ */

static bool has(const struct release_report *r, enum programme_part part, enum programme_unit unit,
		unsigned levels)
{
	for (size_t i = 0; i < r->tables_len; i++) {
		const struct report_table *t = &r->tables[i];

		if (t->table->part == part && t->table->unit == unit &&
		    report_sum(t, REPORT_ALL, levels).cells)
			return true;
	}
	return false;
}

/* The first whole calendar year from a month on. */
static int32_t whole_year(int32_t month)
{
	return (month + 11) / 12;
}

/* The first year that the tables can have of those who contribute: sums begin with the
 * first of them, in a year that is whole since anybody's coverage. */
static int32_t first_year(const struct release_report *r, const struct report_region *nation)
{
	int32_t whole = whole_year(r->quarters_len ? r->quarters[0].first_month : r->closed + 1);
	int32_t begun = period_year(nation->first_month);

	return begun > whole ? begun : whole;
}

static void say_years(const struct release_report *r, struct pen *p,
		      const struct report_region *nation)
{
	nation->municipal
		? pen_say(p,
			  "fra kommunene publiseres ingenting ennå; de første tallene kommer når "
			  "året ",
			  "nothing is published of the municipalities yet; the first figures will "
			  "come when the year ")
		: pen_say(p, "tall for hele år fra sykehusene kommer når året ",
			  "figures of whole years of the hospitals will come when the year ");
	pen_number(p, first_year(r, nation));
	pen_say(p, " er over", " is over");
	pen_end(p, WORDS_LATER);
}

static void say_windows(struct pen *p, const struct report_region *nation)
{
	int32_t year = whole_year(nation->first_month);

	pen_say(p, "tall for enkeltkommuner vises bare for tre hele år samlet, tidligst ",
		"figures of single municipalities are shown for three whole years together only, "
		"of ");
	pen_number(p, year);
	pen_say(p, "–", "–");
	pen_number(p, year + 2);
	pen_say(p, "", " at the earliest");
	pen_end(p, WORDS_LATER);
}

void words_of_later(const struct release_report *r, struct pen *p)
{
	static const enum programme_part parts[] = { PROGRAMME_HOSPITAL, PROGRAMME_MUNICIPAL };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const struct report_region *nation = nation_of(r, parts[i] == PROGRAMME_MUNICIPAL);

		if (!nation || !nation->contributors)
			continue;
		if (!has(r, parts[i], PROGRAMME_ANNUAL, REPORT_ALL))
			say_years(r, p, nation);
		if (nation->municipal &&
		    !has(r, parts[i], PROGRAMME_WINDOWS, PROGRAMME_MUNICIPALITY))
			say_windows(p, nation);
	}
}
