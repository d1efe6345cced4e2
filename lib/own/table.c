/* The tally as a table, so that what writes published tables writes it too. */
#include "own/internal.h"

#include "codes/codes.h"
#include "count/period.h"
#include "release/tables.h"
#include "tenant/tenants.h"

#include <stdlib.h>
#include <string.h>

static const char *const langs[PUBLISHED_LANGS] = { "nb", "en" };

struct making {
	const struct own_tally *t;
	struct own_beside beside[OWN_BESIDE];
	size_t beside_len;
	struct published_table *table;
	bool failed; /* memory ran out: checked once at the end */
};

static void set(struct making *m, const char **slot, const char *text)
{
	*slot = strdup(text);
	m->failed |= !*slot;
}

static const char *word(const struct making *m, const char *name, enum published_lang lang)
{
	return programme_word(m->t->of.programme, name, lang);
}

/* --- dimensions --------------------------------------------------------------------------- */

/* NULL when memory ran out. */
static struct published_dimension *add_dimension(struct making *m, const char *code,
						 enum published_role role, const char *total,
						 size_t room)
{
	struct published_dimension *d = &m->table->dimensions[m->table->dimensions_len];

	d->categories = calloc(room, sizeof(*d->categories));
	if (!d->categories) {
		m->failed = true;
		return NULL;
	}
	m->table->dimensions_len++;
	d->role = role;
	set(m, &d->code, code);
	if (total)
		set(m, &d->total, total);
	for (enum published_lang lang = 0; lang < PUBLISHED_LANGS; lang++)
		set(m, &d->label[lang], programme_dimension_label(m->t->of.programme, code, lang));
	return d;
}

static void add_category(struct making *m, struct published_dimension *d, const char *code,
			 const char *parent, const char *nb, const char *en)
{
	struct published_category *c = &d->categories[d->len++];

	set(m, &c->code, code);
	if (parent)
		set(m, &c->parent, parent);
	set(m, &c->label[PUBLISHED_NB], nb);
	set(m, &c->label[PUBLISHED_EN], en);
}

/* The organisation first, below it its units, then what it is part of. */
static void add_regions(struct making *m)
{
	const struct tenant *tenant = m->t->of.tenant;
	const char *own = tenant->row->orgnr;
	struct published_dimension *d = add_dimension(m, programme_code_region, PUBLISHED_GEO, own,
						      m->t->places + m->beside_len);

	if (!d)
		return;
	add_category(m, d, own, m->beside_len ? m->beside[0].code : NULL, tenant->row->name,
		     tenant->row->name);
	for (size_t i = 0; i + 2 < m->t->places; i++)
		add_category(m, d, tenant->units[i]->orgnr, own, tenant->units[i]->name,
			     tenant->units[i]->name);
	if (m->t->places > 1)
		add_category(m, d, OWN_UNIT_NONE, own, word(m, "own_unit_none", PUBLISHED_NB),
			     word(m, "own_unit_none", PUBLISHED_EN));
	for (size_t i = 0; i < m->beside_len; i++)
		add_category(m, d, m->beside[i].code,
			     i + 1 < m->beside_len ? m->beside[i + 1].code : NULL,
			     m->beside[i].label[PUBLISHED_NB], m->beside[i].label[PUBLISHED_EN]);
}

static void add_classes(struct making *m)
{
	struct published_dimension *d =
		add_dimension(m, programme_code_class, PUBLISHED_PLAIN, NULL, RELEASE_CLASSES);

	for (size_t i = 0; d && i < RELEASE_CLASSES; i++) {
		const char *label[PUBLISHED_LANGS];

		for (enum published_lang lang = 0; lang < PUBLISHED_LANGS; lang++)
			label[lang] = codes_label(m->t->of.codes, "event_class", release_classes[i],
						  langs[lang]);
		add_category(m, d, release_classes[i], NULL, label[0] ? label[0] : "",
			     label[1] ? label[1] : "");
	}
}

static void add_axis(struct making *m, enum programme_dimension which, const struct axis *axis)
{
	struct published_dimension *d = add_dimension(m, programme_dimension_code(which),
						      PUBLISHED_PLAIN, AXIS_TOTAL, axis->len);

	for (size_t i = 0; d && i < axis->len; i++)
		add_category(m, d, axis->list[i].code, i ? AXIS_TOTAL : NULL,
			     axis->list[i].label[PUBLISHED_NB], axis->list[i].label[PUBLISHED_EN]);
}

static void add_contents(struct making *m)
{
	struct published_dimension *d =
		add_dimension(m, programme_code_contents, PUBLISHED_METRIC, NULL, 1);

	if (d)
		add_category(
			m, d, OWN_CONTENTS, NULL,
			programme_contents_label(m->t->of.programme, OWN_CONTENTS, PUBLISHED_NB),
			programme_contents_label(m->t->of.programme, OWN_CONTENTS, PUBLISHED_EN));
}

static void add_times(struct making *m)
{
	struct published_dimension *d =
		add_dimension(m, programme_code_time, PUBLISHED_TIME, NULL, m->t->periods);
	char code[PERIOD_TEXT_SIZE];

	for (size_t i = 0; d && i < m->t->periods; i++) {
		own_period_code(m->t, i, code);
		add_category(m, d, code, NULL, code, code);
	}
}

static void add_dimensions(struct making *m)
{
	m->table->dimensions = calloc(6, sizeof(*m->table->dimensions));
	m->failed |= !m->table->dimensions;
	if (m->failed)
		return;
	add_regions(m);
	add_classes(m);
	if (m->t->of.asked.by_type)
		add_axis(m, PROGRAMME_TYPE, &m->t->types);
	if (m->t->of.asked.by_severity)
		add_axis(m, PROGRAMME_SEVERITY, &m->t->severities);
	add_contents(m);
	add_times(m);
}

/* --- words ---------------------------------------------------------------------------------- */

static void add_notes(struct making *m)
{
	bool event = m->t->of.asked.clock == COUNTED_EVENT;
	const char *const names[] = { "own",
				      event ? "own_event" : "own_registration",
				      m->beside_len ? "own_beside" : "own_alone",
				      m->t->coverage_start ? "own_missing" : "own_uncovered",
				      "reporting",
				      "class",
				      m->t->of.asked.by_severity ? "severity" : NULL };

	m->table->notes = calloc(ARRAY_LEN(names), sizeof(*m->table->notes));
	m->failed |= !m->table->notes;
	for (size_t i = 0; !m->failed && i < ARRAY_LEN(names) && names[i]; i++) {
		struct published_note *note = &m->table->notes[m->table->notes_len++];

		set(m, &note->dimension, "");
		set(m, &note->category, "");
		for (enum published_lang lang = 0; lang < PUBLISHED_LANGS; lang++)
			set(m, &note->text[lang],
			    programme_note(m->t->of.programme, names[i], lang, &note->mandatory));
	}
}

static void add_words(struct making *m)
{
	static const enum published_unit units[] = { [OWN_MONTH] = PUBLISHED_MONTHLY,
						     [OWN_QUARTER] = PUBLISHED_QUARTERLY,
						     [OWN_YEAR] = PUBLISHED_ANNUAL };
	bool event = m->t->of.asked.clock == COUNTED_EVENT;
	char label[600];

	m->table->audience = PUBLISHED_SECTOR; /* nothing of it is public; never stored as such */
	m->table->clock = event ? PUBLISHED_EVENT : PUBLISHED_REGISTRATION;
	m->table->unit = units[m->t->of.asked.period];
	set(m, &m->table->id, OWN_TABLE);
	for (enum published_lang lang = 0; lang < PUBLISHED_LANGS; lang++) {
		snprintf(label, sizeof(label), "%s: %s", m->t->of.tenant->row->name,
			 word(m, event ? "own_by_event" : "own_by_registration", lang));
		set(m, &m->table->label[lang], label);
		set(m, &m->table->description[lang], "");
	}
	add_notes(m);
}

/* --- cells ------------------------------------------------------------------------------------ */

static int64_t own_total(const struct own_tally *t, size_t period)
{
	int64_t n = 0;

	for (size_t class = 0; class < RELEASE_CLASSES; class ++)
		n += t->cells[own_cell(t, 0, class, 0, 0, period)];
	return n;
}

/* Nothing reported is 0 where the organisation was reporting, and no figure where it was
 * not or nobody has said from when it is. */
static bool is_covered(const struct own_tally *t, size_t period)
{
	if (t->coverage_start)
		return t->coverage_start <= own_asked_period(&t->of.asked, period);
	return own_total(t, period) > 0;
}

static struct published_cell cell_of(const struct making *m, size_t place, size_t class,
				     size_t type, size_t severity, size_t period)
{
	const struct own_tally *t = m->t;
	int64_t n;

	if (place >= t->places)
		return own_beside_cell(t, &m->beside[place - t->places], class, type, severity,
				       period);
	if (!is_covered(t, period))
		return (struct published_cell){ 0, PUBLISHED_MISSING };
	n = t->cells[own_cell(t, place, class, type, severity, period)];
	return (struct published_cell){ n > INT32_MAX ? INT32_MAX : (int32_t)n, PUBLISHED_VALUE };
}

static void add_cells(struct making *m)
{
	const struct own_tally *t = m->t;
	size_t places = t->places + m->beside_len, types = own_types(t),
	       severities = own_severities(t);
	size_t len = own_cell(t, places, 0, 0, 0, 0);

	m->table->cells = calloc(len, sizeof(*m->table->cells));
	m->failed |= !m->table->cells;
	for (size_t i = 0; !m->failed && i < len; i++) {
		size_t rest = i / t->periods;
		size_t severity = rest % severities, type = rest / severities % types;

		rest /= severities * types;
		m->table->cells[m->table->cells_len++] =
			cell_of(m, rest / RELEASE_CLASSES, rest % RELEASE_CLASSES, type, severity,
				i % t->periods);
	}
}

enum rc own_tally_table(const struct own_tally *tally, const struct published *release,
			struct published_tables *ret, struct err *reterr)
{
	CLEANUP(published_tables_release) struct published_tables tables = { 0 };
	struct making m = { .t = tally };

	m.beside_len = own_beside_find(tally, release, m.beside);
	tables.list = calloc(1, sizeof(*tables.list));
	if (!tables.list)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	tables.len = 1;
	m.table = tables.list;
	add_words(&m);
	add_dimensions(&m);
	if (!m.failed)
		add_cells(&m);
	if (m.failed)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	*ret = tables;
	tables = (struct published_tables){ 0 };
	return RC_OK;
}
