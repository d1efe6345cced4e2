/* What each family of tables shows: "By health trust and event type most quarterly
 * figures are hidden (83 %); yearly figures show more (41 % hidden)". */
#include "release/words_pen.h"

#include <string.h>

/* --- families ------------------------------------------------------------------------------- */

/* The level that a table is made for: the last that it has. */
static unsigned finest(const struct programme_table *t)
{
	unsigned level = PROGRAMME_MUNICIPALITY;

	while (level > PROGRAMME_NATION && !(t->levels & level))
		level >>= 1;
	return level;
}

static bool is_kin(const struct programme_table *a, const struct programme_table *b)
{
	if (a->part != b->part || finest(a) != finest(b) || a->dimensions_len != b->dimensions_len)
		return false;
	for (size_t i = 0; i < a->dimensions_len; i++)
		if (a->dimensions[i] != b->dimensions[i])
			return false;
	return true;
}

static unsigned rated_levels(const struct programme_table *t)
{
	unsigned level = finest(t);

	return level & (PROGRAMME_HF | PROGRAMME_MUNICIPALITY) ? level : t->levels;
}

struct report_cells family_cells(const struct report_table *t)
{
	return report_sum(t, REPORT_INCIDENTS, rated_levels(t->table));
}

static struct family *find(struct family *list, size_t len, const struct report_table *t)
{
	for (size_t i = 0; i < len; i++)
		if (is_kin(list[i].fine->table, t->table))
			return &list[i];
	return NULL;
}

size_t families_of(const struct release_report *r, struct family *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < r->tables_len; i++) {
		const struct report_table *t = &r->tables[i];
		struct family *f = find(ret, n, t);

		if (!family_cells(t).cells)
			continue;
		if (!f)
			ret[n++] = (struct family){ t, t };
		else if (t->table->unit < f->fine->table->unit)
			f->fine = t;
		else if (t->table->unit > f->coarse->table->unit)
			f->coarse = t;
	}
	return n;
}

/* --- names ---------------------------------------------------------------------------------- */

static const char *const units[PROGRAMME_UNITS][2][PUBLISHED_LANGS] = {
	[PROGRAMME_MONTHLY] = { { "månedstall", "monthly figures" },
				{ "månedstallene", "monthly figures" } },
	[PROGRAMME_QUARTERLY] = { { "kvartalstall", "quarterly figures" },
				  { "kvartalstallene", "quarterly figures" } },
	[PROGRAMME_ANNUAL] = { { "årstall", "yearly figures" },
			       { "årstallene", "yearly figures" } },
	[PROGRAMME_WINDOWS] = { { "treårstall", "three-year figures" },
				{ "treårstallene", "three-year figures" } },
};

static void say_unit(struct pen *p, const struct programme_table *t, bool definite)
{
	if (cubes_clock(t->part) != COUNTED_REGISTRATION)
		pen_say(p, definite ? "de endelige " : "endelige ", "final ");
	pen_labels(p, units[t->unit][definite]);
}

/* "for the country and the regions by event type and severity" */
static void say_subject(struct pen *p, const struct report_table *t)
{
	unsigned level = finest(t->table);
	bool by = level & (PROGRAMME_HF | PROGRAMME_MUNICIPALITY | PROGRAMME_COUNTY);

	switch (level) {
	case PROGRAMME_NATION:
		cubes_sector(t->table->part) == CUBES_MUNICIPALITIES
			? pen_say(p, "for kommunene samlet", "for all municipalities")
			: pen_say(p, "for landet", "for the country");
		break;
	case PROGRAMME_RHF:
		pen_say(p, "for landet og regionene", "for the country and the regions");
		break;
	case PROGRAMME_HF: pen_say(p, "etter helseforetak", "by health trust"); break;
	case PROGRAMME_COUNTY:
		pen_say(p, "for kommunene samlet og etter fylke",
			"for all municipalities and by county");
		break;
	default: pen_say(p, "etter kommune", "by municipality"); break;
	}
	for (size_t d = 1; d + 1 < t->dimensions_len; d++) {
		d > 1 || by ? pen_say(p, " og ", " and ") : pen_say(p, " etter ", " by ");
		pen_labels(p, t->dimensions[d].label);
	}
}

void pen_figures(struct pen *p, const struct report_table *t)
{
	say_unit(p, t->table, false);
	pen_say(p, " ", " ");
	say_subject(p, t);
}

/* --- sentences ------------------------------------------------------------------------------ */

static void say_share(struct pen *p, const char *nb, const char *en, const struct report_cells *c)
{
	pen_say(p, nb, en);
	pen_percent(p, c->hidden, c->cells);
}

static void say_how_visible(struct pen *p, const struct report_table *t,
			    const struct report_cells *c)
{
	bool visible = !words_mostly_hidden(c);
	bool all = !c->hidden || c->hidden == c->cells;
	bool nearly = words_nearly_visible(c) ||
		      (uint64_t)(c->cells - c->hidden) * 100 < (uint64_t)c->cells * WORDS_NEARLY;

	all      ? pen_say(p, " er alle ", " all ")
	: nearly ? pen_say(p, " er nesten alle ", " nearly all ")
		 : pen_say(p, " er de fleste ", " most ");
	say_unit(p, t->table, true);
	visible ? pen_say(p, " synlige", " are visible") : pen_say(p, " skjult", " are hidden");
	if (all)
		return;
	say_share(p, " (", " (", c);
	visible ? pen_say(p, " skjult)", " hidden)") : pen_say(p, ")", ")");
}

/* At least ten parts in a hundred better. */
static bool shows_more(const struct report_cells *a, const struct report_cells *b)
{
	return a->cells && b->cells &&
	       100 * ((double)b->hidden / b->cells - (double)a->hidden / a->cells) >= WORDS_NEARLY;
}

static void say_family(struct pen *p, const struct family *f)
{
	struct report_cells fine = family_cells(f->fine), coarse = family_cells(f->coarse);
	struct report_cells nation = report_sum(f->fine, REPORT_INCIDENTS, PROGRAMME_NATION);

	say_subject(p, f->fine);
	say_how_visible(p, f->fine, &fine);
	if (rated_levels(f->fine->table) & PROGRAMME_NATION && shows_more(&nation, &fine)) {
		say_share(p, ", for landet alene er ", ", for the country alone ", &nation);
		pen_say(p, " skjult", " are hidden");
	}
	if (shows_more(&coarse, &fine) && !coarse.hidden) {
		pen_say(p, "; alle ", "; all ");
		say_unit(p, f->coarse->table, true);
		pen_say(p, " er synlige", " are visible");
	} else if (shows_more(&coarse, &fine)) {
		pen_say(p, "; ", "; ");
		say_unit(p, f->coarse->table, true);
		say_share(p, " viser mer (", " show more (", &coarse);
		pen_say(p, " skjult)", " hidden)");
	}
	pen_end(p, WORDS_TABLES);
}

void words_of_tables(const struct release_report *r, struct pen *p)
{
	CLEANUP_FREE struct family *families = calloc(r->tables_len + 1, sizeof(*families));
	size_t n = families ? families_of(r, families) : 0;

	p->failed |= !families;
	for (size_t i = 0; i < n; i++)
		say_family(p, &families[i]);
}
