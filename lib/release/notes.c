#include "release/notes.h"

#include "base/clock.h"
#include "count/period.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 600

/* "{n}" and its value in a word of the programme. */
struct blank {
	const char *name, *value[PUBLISHED_LANGS];
};

struct noting {
	const struct release_input *in;
	const struct layout *l;
	struct published_table *t;
};

static bool set(const char **slot, const char *text)
{
	*slot = strdup(text);
	return *slot != NULL;
}

static struct published_note *add(struct noting *n, const char *dimension, const char *category)
{
	struct published_note *note = &n->t->notes[n->t->notes_len++];

	return set(&note->dimension, dimension) && set(&note->category, category) ? note : NULL;
}

/* A word with its blanks, the last of which has no name, filled in. */
static void fill(const char *word, const struct blank *blanks, enum published_lang lang,
		 struct buf *out)
{
	while (*word) {
		size_t len = strcspn(word, "{"), name = strcspn(word + len, "}");

		buf_add(out, word, len);
		word += len;
		if (!*word)
			break;
		for (const struct blank *b = blanks; b->name; b++)
			if (strlen(b->name) == name - 1 && !strncmp(word + 1, b->name, name - 1))
				buf_adds(out, b->value[lang]);
		word += name + 1;
	}
}

/* One more sentence of a note. */
static bool say(struct noting *n, struct published_note *note, const char *word,
		const struct blank *blanks)
{
	for (size_t lang = 0; note && lang < PUBLISHED_LANGS; lang++) {
		CLEANUP(buf_release) struct buf text = buf_capped(TEXT_MAX);

		if (note->text[lang])
			buf_addf(&text, "%s ", note->text[lang]);
		fill(programme_word(n->in->programme, word, lang), blanks, lang, &text);
		free((char *)(uintptr_t)note->text[lang]);
		note->text[lang] = NULL;
		if (buf_rc(&text) || !set(&note->text[lang], buf_text(&text)))
			return false;
	}
	return note != NULL;
}

static bool add_named(struct noting *n, const char *name)
{
	const struct programme *p = n->in->programme;
	struct published_note *note = add(n, "", "");
	bool mandatory = false;

	if (!note ||
	    !set(&note->text[PUBLISHED_NB], programme_note(p, name, PUBLISHED_NB, &mandatory)))
		return false;
	note->mandatory = mandatory;
	return set(&note->text[PUBLISHED_EN], programme_note(p, name, PUBLISHED_EN, &mandatory));
}

static bool add_closed(struct noting *n)
{
	char as_of[CLOCK_TEXT_SIZE], closed[PERIOD_TEXT_SIZE];
	const char *month = period_month_text(n->in->counted->closed, closed);
	const char *day = clock_format(n->in->counted->as_of_ms, as_of);

	as_of[sizeof("2026-01-01") - 1] = '\0';
	return say(n, add(n, "", ""), "closed",
		   (const struct blank[]){
			   { "closed", { month, month } }, { "as_of", { day, day } }, { 0 } });
}

/* --- who contributed ------------------------------------------------------------------------- */

static bool add_coverage(struct noting *n)
{
	const struct axis *time = layout_axis(n->l, n->l->len - 1);
	const char *word = n->l->table->part == PROGRAMME_MUNICIPAL ? "coverage_municipal"
								    : "coverage_hospital";
	uint32_t before = 0;

	for (size_t i = 0; i < n->l->shown_len[n->l->len - 1]; i++) {
		const struct axis_category *c = &time->list[n->l->shown[n->l->len - 1][i]];
		struct published_note *note = add(n, programme_code_time, c->code);
		uint32_t full, all;
		char now[16], of[16], then[16];

		coverage_count(n->in, n->l->names[0], c, &full, &all);
		snprintf(now, sizeof(now), "%u", full);
		snprintf(of, sizeof(of), "%u", all);
		snprintf(then, sizeof(then), "%u", before);
		if (!say(n, note, word,
			 (const struct blank[]){
				 { "n", { now, now } }, { "of", { of, of } }, { 0 } }))
			return false;
		if (i && before != full &&
		    !say(n, note, "break",
			 (const struct blank[]){ { "before", { then, then } }, { 0 } }))
			return false;
		note->mandatory = i && before != full;
		before = full;
	}
	return true;
}

static bool is_by_event(const struct programme_table *table)
{
	return cubes_clock(table->part) != COUNTED_REGISTRATION;
}

/* --- what is not counted --------------------------------------------------------------------- */

static int64_t left_out(const struct noting *n, const char *class)
{
	const struct counted *counted = n->in->counted;
	enum counted_clock clock = cubes_clock(n->l->table->part);
	int64_t sum = 0;

	for (size_t i = 0; i < counted->rows_len; i++) {
		const struct counted_row *row = &counted->rows[i];
		const struct counted_organisation *o = counted_organisation(counted, row->orgnr);
		bool out = row->state == COUNTED_NO_YEAR || row->state == COUNTED_BEFORE ||
			   row->state == COUNTED_TOO_LATE;

		if (out && row->clock == clock && o && coverage_is_of(o, n->l->names[0]) &&
		    !strcmp(row->event_class, class))
			sum += row->n;
	}
	return sum;
}

/* Rounded down to whole tens: it grows from release to release, and an exact figure
 * would tell by its growth of single reports. */
static bool add_left_out(struct noting *n, const char *class)
{
	int64_t sum = left_out(n, class);
	struct published_note *note;
	char tens[24], text[PUBLISHED_LANGS][100];

	if (!sum)
		return true;
	note = add(n, programme_code_class, class);
	snprintf(tens, sizeof(tens), "%lld", (long long)(sum / 10 * 10));
	for (size_t lang = 0; lang < PUBLISHED_LANGS; lang++) {
		CLEANUP(buf_release) struct buf part = buf_capped(sizeof(text[lang]) - 1);

		fill(programme_word(n->in->programme, sum < 10 ? "few" : "about_tens", lang),
		     (const struct blank[]){ { "n", { tens, tens } }, { 0 } }, lang, &part);
		snprintf(text[lang], sizeof(text[lang]), "%s", buf_text(&part));
	}
	return say(n, note, is_by_event(n->l->table) ? "no_year" : "not_counted",
		   (const struct blank[]){ { "n", { text[PUBLISHED_NB], text[PUBLISHED_EN] } },
					   { 0 } });
}

bool notes_make(const struct release_input *in, const struct layout *l, struct published_table *t)
{
	static const char *const of_all[] = { "reporting", "hidden" };
	struct noting n = { in, l, t };
	size_t room = l->table->notes_len + ARRAY_LEN(of_all) + 1 + RELEASE_CLASSES;
	bool whole = true;

	if (!is_by_event(l->table))
		room += l->shown_len[l->len - 1];
	t->notes = calloc(room, sizeof(*t->notes));
	if (!t->notes)
		return false;
	for (size_t i = 0; whole && i < ARRAY_LEN(of_all); i++)
		whole = add_named(&n, of_all[i]);
	for (size_t i = 0; whole && i < l->table->notes_len; i++)
		whole = add_named(&n, l->table->notes[i]);
	whole = whole && add_closed(&n);
	/* The final figures follow the year of the event, whoever took part when. */
	if (whole && !is_by_event(l->table))
		whole = add_coverage(&n);
	for (size_t i = 0; whole && i < RELEASE_CLASSES; i++)
		whole = add_left_out(&n, release_classes[i]);
	return whole;
}
