#include "release/words_pen.h"

#include "count/period.h"

#include <ctype.h>
#include <string.h>

#define SENTENCE_MAX (64 << 10)

const char *words_about_name(enum words_about about)
{
	static const char *const names[WORDS_KINDS] = {
		[WORDS_VERDICT] = "verdict", [WORDS_OVERVIEW] = "overview", [WORDS_START] = "start",
		[WORDS_LATER] = "later",     [WORDS_TABLES] = "tables",     [WORDS_THIN] = "thin",
	};

	return names[about];
}

void release_words_release(struct release_words *words)
{
	for (size_t i = 0; i < words->len; i++)
		for (size_t lang = 0; lang < PUBLISHED_LANGS; lang++)
			free(words->list[i].text[lang]);
	free(words->list);
	*words = (struct release_words){ 0 };
}

/* --- the pen -------------------------------------------------------------------------------- */

void pen_say(struct pen *p, const char *nb, const char *en)
{
	buf_adds(&p->text[PUBLISHED_NB], nb);
	buf_adds(&p->text[PUBLISHED_EN], en);
}

void pen_labels(struct pen *p, const char *const label[PUBLISHED_LANGS])
{
	pen_say(p, label[PUBLISHED_NB], label[PUBLISHED_EN]);
}

void pen_number(struct pen *p, int64_t n)
{
	for (size_t lang = 0; lang < PUBLISHED_LANGS; lang++)
		buf_addf(&p->text[lang], "%lld", (long long)n);
}

void pen_percent(struct pen *p, int64_t part, int64_t whole)
{
	int64_t share = whole ? (200 * part + whole) / (2 * whole) : 0;

	if (part > 0 && share < 1)
		share = 1;
	if (part < whole && share > 99)
		share = 99;
	pen_number(p, share);
	pen_say(p, "\u00a0%", "%");
}

void pen_between(struct pen *p, size_t i, size_t n)
{
	if (i && i + 1 == n)
		pen_say(p, " og ", " and ");
	else if (i)
		pen_say(p, ", ", ", ");
}

static bool keep(struct pen *p, enum words_about about)
{
	struct release_words *w = p->words;
	void *bigger = reallocarray(w->list, w->len + 1, sizeof(*w->list));
	struct release_sentence *s;

	if (!bigger)
		return false;
	w->list = bigger;
	s = &w->list[w->len++];
	*s = (struct release_sentence){ .about = about };
	for (size_t lang = 0; lang < PUBLISHED_LANGS; lang++) {
		s->text[lang] = buf_take(&p->text[lang], NULL);
		if (!s->text[lang])
			return false;
		*s->text[lang] = (char)toupper((unsigned char)*s->text[lang]);
	}
	return true;
}

void pen_end(struct pen *p, enum words_about about)
{
	pen_say(p, ".", ".");
	p->failed |= !keep(p, about);
}

/* --- verdict -------------------------------------------------------------------------------- */

/* How many figures, sums or organisations of any class miss a bar. */
static uint32_t missing(const struct release_report *r, enum report_bar_name name)
{
	uint32_t n = 0;

	for (size_t i = 0; i < RELEASE_CLASSES; i++) {
		struct report_bar bar = report_bar(&r->classes[i], name);

		n += bar.kept ? 0 : bar.figure;
	}
	return n;
}

static void say_missed(const struct release_report *r, struct pen *p)
{
	bool any = false;

	pen_say(p, "Utgivelsen må ikke publiseres. Den har ",
		"This release must not be published. It has ");
	for (enum report_bar_name name = 0; name < REPORT_BARS; name++) {
		uint32_t n = missing(r, name);

		if (!n)
			continue;
		if (any)
			pen_say(p, "; ", "; ");
		any = true;
		pen_number(p, n);
		pen_say(p, " ", " ");
		pen_labels(p, report_bar(&r->classes[0], name).text);
	}
	pen_end(p, WORDS_VERDICT);
}

static void say_verdict(const struct release_report *r, struct pen *p)
{
	const char *why;

	if (!release_report_is_safe(r, &why)) {
		say_missed(r, p);
		return;
	}
	pen_say(p,
		"Utgivelsen kan publiseres: Ingen kombinasjon av det den og tidligere utgivelser "
		"viser, gir et skjult lite tall tilbake, heller ikke til en virksomhet eller "
		"region "
		"som kjenner sine egne tall",
		"This release may be published: no combination of what it and earlier releases "
		"show "
		"gives back a small figure that is hidden, not even to an organisation or region "
		"that knows its own figures");
	pen_end(p, WORDS_VERDICT);
}

/* --- overview ------------------------------------------------------------------------------- */

static void say_default_view(const struct release_report *r, struct pen *p)
{
	const struct report_cells *c = &r->default_view;

	if (!c->cells)
		return;
	pen_say(p, "tall om uønskede hendelser for landet og regionene, kvartal for kvartal, er ",
		"figures of incidents for the country and the regions, quarter by quarter, are ");
	if (!c->hidden) {
		pen_say(p, "fullt synlige", "fully visible");
	} else if (c->hidden == c->cells) {
		pen_say(p, "alle skjult", "all hidden");
	} else {
		words_nearly_visible(c)
			? pen_say(p, "nesten alle synlige (", "nearly all visible (")
		: words_mostly_hidden(c)
			? pen_say(p, "for det meste skjult (", "mostly hidden (")
			: pen_say(p, "for det meste synlige (", "mostly visible (");
		pen_percent(p, c->hidden, c->cells);
		pen_say(p, " skjult)", " hidden)");
	}
	pen_end(p, WORDS_OVERVIEW);
}

static void say_classes(const struct release_report *r, struct pen *p)
{
	static const char *const of[RELEASE_CLASSES][PUBLISHED_LANGS] = {
		{ " av tallene om uønskede hendelser", " of the figures of incidents" },
		{ " av dem om nesten-hendelser", " of those of near misses" },
		{ " av dem om risikoforhold", " of those of hazards" },
	};

	pen_say(p, "til sammen er ", "in all, ");
	for (size_t i = 0; i < RELEASE_CLASSES; i++) {
		const struct report_cells *c = &r->classes[i].all;

		pen_between(p, i, RELEASE_CLASSES);
		pen_percent(p, c->hidden, c->cells);
		pen_labels(p, of[i]);
	}
	pen_say(p, " skjult", " are hidden");
	pen_end(p, WORDS_OVERVIEW);
}

static void say_cost(const struct release_report *r, struct pen *p)
{
	struct report_cells all = { 0 };
	uint32_t primary = 0, secondary = 0, held = 0;

	for (size_t i = 0; i < RELEASE_CLASSES; i++) {
		report_cells_add(&all, &r->classes[i].all);
		primary += r->classes[i].primary;
		secondary += r->classes[i].secondary;
		held += r->classes[i].held;
	}
	if (!all.hidden)
		return;
	pen_number(p, primary);
	pen_say(p, " tall er skjult fordi de er under ",
		" figures are hidden because they are below ");
	pen_number(p, r->threshold);
	pen_say(p, ", ", ", ");
	pen_number(p, secondary);
	pen_say(p, " for at disse ikke skal kunne regnes ut",
		" so that these cannot be calculated");
	if (held) {
		pen_say(p, ", ", ", ");
		pen_number(p, held);
		pen_say(p, " på grunn av det tidligere utgivelser har vist eller skjult",
			" because of what earlier releases have shown or hidden");
	}
	pen_end(p, WORDS_OVERVIEW);
	(uint64_t) all.hidden_value * 100 <= (uint64_t)all.value *WORDS_NEARLY
		? pen_say(p, "de skjulte tallene er små: Til sammen utgjør de ",
			  "the hidden figures are small ones: together they make up ")
		: pen_say(p, "de skjulte tallene utgjør til sammen ",
			  "together, the hidden figures make up ");
	pen_percent(p, all.hidden_value, all.value);
	pen_say(p, " av summen av alle tall", " of the sum of all figures");
	pen_end(p, WORDS_OVERVIEW);
}

static void say_quarter(struct pen *p, int32_t first_month)
{
	pen_number(p, first_month % 12 / 3 + 1);
	pen_say(p, ". kvartal ", "");
	pen_say(p, "",
		first_month % 12 == 0   ? "st quarter of "
		: first_month % 12 == 3 ? "nd quarter of "
		: first_month % 12 == 6 ? "rd quarter of "
					: "th quarter of ");
	pen_number(p, period_year(first_month));
}

static void say_coverage(const struct release_report *r, struct pen *p)
{
	const struct report_quarter *q;

	if (!r->quarters_len)
		return;
	q = &r->quarters[r->quarters_len - 1];
	pen_say(p, "gjennom hele ", "all through the ");
	say_quarter(p, q->first_month);
	pen_say(p, " rapporterte ", ", ");
	pen_number(p, q->hospitals);
	pen_say(p, " av ", " of ");
	pen_number(p, q->hospitals_of);
	pen_say(p, " helseforetak og andre sykehus", " health trusts and other hospitals");
	if (q->municipalities) {
		pen_say(p, " og ", " and ");
		pen_number(p, q->municipalities);
		pen_say(p, " av ", " of ");
		pen_number(p, q->municipalities_of);
		q->municipalities_of == 1 ? pen_say(p, " kommune", " municipality")
					  : pen_say(p, " kommuner", " municipalities");
	}
	pen_say(p, "", " reported");
	pen_end(p, WORDS_OVERVIEW);
}

static void say_previous(const struct release_report *r, struct pen *p)
{
	struct report_cells now = { 0 }, before = { 0 };

	for (size_t i = 0; i < r->tables_len; i++) {
		struct report_cells all = report_sum(&r->tables[i], REPORT_ALL, REPORT_ALL);

		report_cells_add(&now, &all);
		report_cells_add(&before, &r->tables[i].before);
	}
	if (!before.cells)
		return;
	pen_say(p, "forrige utgivelse, ", "the previous release, ");
	pen_say(p, r->previous, r->previous);
	pen_say(p, ", skjulte ", ", hid ");
	pen_percent(p, before.hidden, before.cells);
	pen_say(p, " av det som står i tabellene; denne skjuler ",
		" of what stands in the tables; this one hides ");
	pen_percent(p, now.hidden, now.cells);
	pen_end(p, WORDS_OVERVIEW);
}

/* --- thin ----------------------------------------------------------------------------------- */

#define THIN_NAMED 3

static bool is_gone(const struct report_thin *t)
{
	return t->hidden == t->cells;
}

/* "thinnest by severity: death (96 % hidden), …", or, where all that can be named are,
 * "hidden altogether by severity: death, … and 4 more". */
static void say_thinnest(const struct report_thin *list, size_t n, size_t gone, struct pen *p)
{
	size_t named = n < THIN_NAMED ? n : THIN_NAMED;
	bool all = gone >= named;
	size_t more = (all ? gone : n) - named;

	all ? pen_say(p, "helt skjult etter ", "hidden altogether by ")
	    : pen_say(p, "tynnest etter ", "thinnest by ");
	pen_labels(p, list[0].dimension->label);
	pen_say(p, ": ", ": ");
	for (size_t i = 0; i < named; i++) {
		const struct report_category *c = list[i].category;

		pen_between(p, i, named + (more > 0));
		pen_say(p, c->label[PUBLISHED_NB], c->label[PUBLISHED_EN]);
		if (all)
			continue;
		pen_say(p, " (", " (");
		pen_percent(p, list[i].hidden, list[i].cells);
		pen_say(p, i ? ")" : " skjult)", i ? ")" : " hidden)");
	}
	if (more) {
		pen_between(p, named, named + 1);
		pen_number(p, (int64_t)more);
		all ? pen_say(p, " til", " more")
		    : pen_say(p, " til der det meste er skjult", " more of which most is hidden");
	}
	pen_end(p, WORDS_THIN);
}

/* Those of one dimension, which stand together; how many they are. */
static size_t say_thin_dimension(const struct report_thin *list, size_t len, struct pen *p)
{
	const char *code = list[0].dimension->code;
	size_t n = 0, gone = 0;

	for (; n < len && !strcmp(list[n].dimension->code, code); n++)
		gone += is_gone(&list[n]);
	say_thinnest(list, n, gone, p);
	return n;
}

enum rc release_words(const struct release_report *r, struct release_words *ret)
{
	CLEANUP(release_words_release) struct release_words words = { 0 };
	struct pen p = { .words = &words,
			 .text = { buf_capped(SENTENCE_MAX), buf_capped(SENTENCE_MAX) } };

	say_verdict(r, &p);
	say_default_view(r, &p);
	say_classes(r, &p);
	say_cost(r, &p);
	say_coverage(r, &p);
	say_previous(r, &p);
	words_of_start(r, &p);
	words_of_later(r, &p);
	words_of_tables(r, &p);
	for (size_t i = 0; i < r->thin_len;)
		i += say_thin_dimension(&r->thin[i], r->thin_len - i, &p);
	for (size_t lang = 0; lang < PUBLISHED_LANGS; lang++)
		buf_release(&p.text[lang]);
	if (p.failed)
		return RC_NOMEM;
	*ret = words;
	words = (struct release_words){ 0 };
	return RC_OK;
}
