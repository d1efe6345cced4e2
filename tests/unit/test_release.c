/* From frozen counts to protected tables: the real programme and code lists, a small
 * country, two releases one after the other. */
#include "codes/codes.h"
#include "count/freeze.h"
#include "count/period.h"
#include "release/tables.h"
#include "suppress/internal.h"
#include "suppress/protect.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define TRUSTS 8
#define M(year, month) PERIOD_MONTH(year, month)

static struct programme *programme;
static struct codes *codes;
static uint64_t state;

static void setup(void)
{
	const char *source = getenv("VARDE_SOURCE");
	char path[4096];

	snprintf(path, sizeof(path), "%s/schemas", source ? source : ".");
	ck_assert_int_eq(programme_load(path, &programme, NULL), RC_OK);
	snprintf(path, sizeof(path), "%s/schemas/codes", source ? source : ".");
	ck_assert_int_eq(codes_load(path, &codes, NULL), RC_OK);
	state = 7;
}

static void teardown(void)
{
	programme_free(programme);
	codes_free(codes);
}

static uint32_t random_below(uint32_t n)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(state >> 33) % n;
}

/* Counts of the months `first` to `last`: eight trusts of four regions, the last of
 * which begins in March. */
static struct counted *base(int32_t first, int32_t last)
{
	static const char *const regions[] = { "helse_sor_ost", "helse_vest", "helse_midt",
					       "helse_nord" };
	static const char *const types[] = { "fall_accident", "medication_blood", "infection" };
	static const char *const severities[] = { "none", "mild", "severe" };
	struct counted *c = NULL;

	ck_assert_int_eq(counted_new(&c), RC_OK);
	c->as_of_ms = period_begins_ms(last + 1);
	for (int i = 0; i < TRUSTS; i++) {
		char orgnr[24];
		struct counted_organisation o = { .orgnr = orgnr,
						  .name = "Helse Test HF",
						  .kind = "hf",
						  .region = regions[i / 2],
						  .coverage_start =
							  i == 7 ? M(2026, 3) : M(2026, 1),
						  .active = true };

		snprintf(orgnr, sizeof(orgnr), "91000000%d", i);
		ck_assert_int_eq(counted_add_organisation(c, &o), RC_OK);
		for (int32_t m = first; m <= last; m++) {
			for (size_t k = 0; k < 27; k++) {
				const struct counted_row row = {
					.orgnr = orgnr,
					.period = m,
					.event_class = release_classes[k % 3],
					.event_type = types[k / 3 % 3],
					.severity = severities[k / 9],
					.place = "ward",
					.stage = "treatment",
					.n = 1 + random_below(k % 3 ? 12 : 60),
				};

				if (m >= o.coverage_start && random_below(4))
					ck_assert_int_eq(counted_add(c, &row), RC_OK);
			}
		}
	}
	return c;
}

struct made {
	struct axes axes;
	struct cubes *cubes[RELEASE_SYSTEMS];
	struct published_tables tables;
};

static void lay_out(const struct counted *counted, struct made *ret, struct err *err)
{
	*ret = (struct made){ 0 };
	ck_assert_int_eq(axes_new(counted, codes, programme, &ret->axes), RC_OK);
	for (size_t i = 0; i < RELEASE_SYSTEMS; i++)
		ck_assert_int_eq(cubes_new(&ret->axes, counted, i % CUBES_SECTORS,
					   release_classes[i / CUBES_SECTORS], 5, &ret->cubes[i],
					   err),
				 RC_OK);
}

static enum rc make(const struct counted *counted, const struct release_earlier *earlier, size_t n,
		    struct made *ret, struct err *err)
{
	struct release_input in = { programme, codes, counted, &ret->axes, ret->cubes };
	struct suppress_figures figures;
	uint32_t where;
	enum rc rc;

	lay_out(counted, ret, err);
	rc = tables_flag(&in, earlier, n, err);
	for (size_t i = 0; !rc && i < RELEASE_SYSTEMS; i++) {
		struct suppress_system *s = cubes_system(ret->cubes[i]);

		ck_assert_int_eq(suppress_system_prepare(s), RC_OK);
		ck_assert_uint_eq(suppress_system_not_additive(s), SUPPRESS_NONE);
		rc = suppress_protect(s, &figures, &where, err);
	}
	return rc ? rc : tables_make(&in, &ret->tables, err);
}

/* What is counted, before anything of it is hidden. */
static void make_open(const struct counted *counted, struct made *ret, struct err *err)
{
	struct release_input in = { programme, codes, counted, &ret->axes, ret->cubes };

	lay_out(counted, ret, err);
	ck_assert_int_eq(tables_make(&in, &ret->tables, err), RC_OK);
}

static void made_release(struct made *m)
{
	for (size_t i = 0; i < RELEASE_SYSTEMS; i++)
		cubes_free(m->cubes[i]);
	axes_release(&m->axes);
	published_tables_release(&m->tables);
}

/* The cell of a table without dimensions of its own. */
static const struct published_cell *cell(const struct published_tables *tables, const char *id,
					 const char *region, const char *class, const char *time)
{
	const struct published_table *t = published_find(tables, id);
	size_t at = 0;

	ck_assert_ptr_nonnull(t);
	for (size_t i = 0; i < t->dimensions_len; i++) {
		const struct published_dimension *d = &t->dimensions[i];
		const char *code = !strcmp(d->code, "Region")            ? region
				   : !strcmp(d->code, "Tid")             ? time
				   : !strcmp(d->code, "Hendelsesklasse") ? class
									 : d->categories[0].code;

		ck_assert_int_ge(published_category_find(d, code), 0);
		at = at * d->len + (size_t)published_category_find(d, code);
	}
	return &t->cells[at];
}

static int64_t sum(const struct counted *c, const char *class, int32_t first, int32_t last)
{
	int64_t n = 0;

	for (size_t i = 0; i < c->rows_len; i++)
		if (!strcmp(c->rows[i].event_class, class) && c->rows[i].state == COUNTED_ROW &&
		    c->rows[i].period >= first && c->rows[i].period <= last)
			n += c->rows[i].n;
	return n;
}

START_TEST(tables_hold_what_was_counted)
{
	struct counted *rows = base(M(2026, 1), M(2026, 3)), *frozen = NULL;
	struct err err = { 0 };
	struct made m;
	size_t hidden = 0, shown = 0;

	ck_assert_int_eq(counted_freeze(NULL, rows, M(2026, 3), &frozen, &err), RC_OK);
	ck_assert_int_eq(make(frozen, NULL, 0, &m, &err), RC_OK);
	ck_assert_int_eq(published_check(&m.tables, &err), RC_OK);
	for (size_t i = 0; i < m.tables.len; i++) {
		for (size_t k = 0; k < m.tables.list[i].cells_len; k++) {
			const struct published_cell *c = &m.tables.list[i].cells[k];

			hidden += c->mark == PUBLISHED_HIDDEN;
			shown += c->mark == PUBLISHED_VALUE;
			ck_assert(c->mark != PUBLISHED_VALUE || c->value >= 5);
		}
	}
	ck_assert_uint_gt(hidden, 100);
	ck_assert_uint_gt(shown, 100);
	ck_assert_int_eq(cell(&m.tables, "V1010", "NO", "incident", "2026K1")->value,
			 sum(frozen, "incident", M(2026, 1), M(2026, 3)));
	/* Before its coverage: no figure. */
	ck_assert_int_eq(cell(&m.tables, "V1020", "910000007", "incident", "2026M02")->mark,
			 PUBLISHED_MISSING);
	/* No whole year yet: no table of years. */
	ck_assert_ptr_null(published_find(&m.tables, "V1012"));
	made_release(&m);
	counted_free(frozen);
	counted_free(rows);
}
END_TEST

START_TEST(the_next_release_keeps_what_was_said)
{
	struct counted *rows = base(M(2026, 1), M(2026, 3)), *first = NULL, *second = NULL;
	struct release_earlier earlier = { .name = "2026K1" };
	struct err err = { 0 };
	struct made one, two;
	size_t compared = 0;

	ck_assert_int_eq(counted_freeze(NULL, rows, M(2026, 3), &first, &err), RC_OK);
	ck_assert_int_eq(make(first, NULL, 0, &one, &err), RC_OK);
	counted_free(rows);
	rows = base(M(2026, 4), M(2026, 6));
	ck_assert_int_eq(counted_freeze(first, rows, M(2026, 6), &second, &err), RC_OK);
	earlier.tables = &one.tables;
	ck_assert_int_eq(make(second, &earlier, 1, &two, &err), RC_OK);
	for (int m = 1; m <= 3; m++) {
		char time[24];

		snprintf(time, sizeof(time), "2026M%02d", m);
		for (int i = 0; i < TRUSTS; i++) {
			char orgnr[24];
			const struct published_cell *a, *b;

			snprintf(orgnr, sizeof(orgnr), "91000000%d", i);
			for (size_t c = 0; c < RELEASE_CLASSES; c++) {
				a = cell(&one.tables, "V1020", orgnr, release_classes[c], time);
				b = cell(&two.tables, "V1020", orgnr, release_classes[c], time);
				ck_assert_int_eq(a->mark, b->mark);
				ck_assert_int_eq(a->value, b->value);
				compared++;
			}
		}
	}
	ck_assert_uint_eq(compared, 3 * TRUSTS * RELEASE_CLASSES);
	made_release(&two);

	/* A figure that stands must not become another. */
	for (size_t i = 0; i < second->rows_len; i++)
		if (second->rows[i].period == M(2026, 1))
			second->rows[i].n += 1;
	ck_assert_int_eq(make(second, &earlier, 1, &two, &err), RC_CONFLICT);
	ck_assert_str_eq(err.code, "release-changed");
	made_release(&two);
	made_release(&one);
	counted_free(rows);
	counted_free(first);
	counted_free(second);
}
END_TEST

static const char *note_of(const struct published_table *t, const char *dimension,
			   const char *category, const char *holding)
{
	for (size_t i = 0; i < t->notes_len; i++)
		if (!strcmp(t->notes[i].dimension, dimension) &&
		    !strcmp(t->notes[i].category, category) &&
		    strstr(t->notes[i].text[PUBLISHED_EN], holding))
			return t->notes[i].text[PUBLISHED_EN];
	return "";
}

START_TEST(tables_say_who_and_how_far)
{
	struct counted *rows = base(M(2026, 1), M(2026, 6)), *frozen = NULL;
	const struct published_table *t;
	struct counted_row old = { .orgnr = "910000000",
				   .period = M(2020, 5),
				   .event_class = "incident",
				   .event_type = "infection",
				   .severity = "mild",
				   .n = 37 };
	struct err err = { 0 };
	struct made m;

	ck_assert_int_eq(counted_add(rows, &old), RC_OK);
	old.event_class = "near_miss";
	old.n = 3;
	ck_assert_int_eq(counted_add(rows, &old), RC_OK);
	ck_assert_int_eq(counted_freeze(NULL, rows, M(2026, 6), &frozen, &err), RC_OK);
	ck_assert_int_eq(make(frozen, NULL, 0, &m, &err), RC_OK);
	ck_assert_int_eq(published_check(&m.tables, &err), RC_OK);
	t = published_find(&m.tables, "V1010");
	ck_assert_str_eq(note_of(t, "", "", "closed"), "The figures are closed up to 2026-06, with "
						       "what had been received by 2026-06-30.");
	ck_assert_str_eq(note_of(t, "Tid", "2026K1", ""),
			 "7 of 8 health trusts in the register delivered throughout the period.");
	ck_assert_str_eq(note_of(t, "Tid", "2026K2", ""),
			 "8 of 8 health trusts in the register delivered throughout the period. "
			 "Break in the series: in the period before, 7 delivered.");
	ck_assert_ptr_nonnull(
		strstr(note_of(t, "Hendelsesklasse", "incident", "Not counted"), "at least 30."));
	ck_assert_ptr_nonnull(strstr(note_of(t, "Hendelsesklasse", "near_miss", "Not counted"),
				     "fewer than 10."));
	ck_assert_str_eq(note_of(t, "Hendelsesklasse", "hazard", "Not counted"), "");
	made_release(&m);
	counted_free(frozen);
	counted_free(rows);
}
END_TEST

/* The cell of another table at the same codes; NULL where it has none. */
static const struct published_cell *same_cell(const struct published_table *from, size_t cell,
					      const struct published_table *to)
{
	size_t at = 0, below = from->cells_len;

	for (size_t i = 0; i < from->dimensions_len; i++) {
		const struct published_dimension *d = &from->dimensions[i];
		int place;

		below /= d->len;
		place = published_category_find(&to->dimensions[i],
						d->categories[cell / below % d->len].code);
		if (place < 0)
			return NULL;
		at = at * to->dimensions[i].len + (size_t)place;
	}
	return &to->cells[at];
}

/* Pairs of shown figures, of the two clocks; of these, those that differ by few. */
static void compare_clocks(const struct published_tables *tables, const char *final,
			   const char *preliminary, size_t *pairs, size_t *small)
{
	const struct published_table *a = published_find(tables, final);
	const struct published_table *b = published_find(tables, preliminary);

	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_nonnull(b);
	for (size_t i = 0; i < a->cells_len; i++) {
		const struct published_cell *other = same_cell(a, i, b);

		if (a->cells[i].mark != PUBLISHED_VALUE || !other || other->mark != PUBLISHED_VALUE)
			continue;
		++*pairs;
		*small += abs(a->cells[i].value - other->value) < 5;
	}
}

/* Of every type and severity more than a few, in each quarter, from everyone. */
static void add_plenty(struct counted *rows)
{
	struct axes axes = { 0 };

	ck_assert_int_eq(axes_new(rows, codes, programme, &axes), RC_OK);
	for (size_t i = 0; i < TRUSTS * 4 * RELEASE_CLASSES; i++) {
		struct counted_row row = { .orgnr = rows->organisations[i % TRUSTS].orgnr,
					   .period = M(2026, 1 + 3 * (int)(i / TRUSTS % 4)),
					   .event_class = release_classes[i / TRUSTS / 4],
					   .place = "ward",
					   .stage = "treatment" };

		for (size_t type = 1; type < axes.list[AXIS_TYPE].len; type++) {
			for (size_t harm = 1; harm < axes.list[AXIS_SEVERITY].len; harm++) {
				row.event_type = axes.list[AXIS_TYPE].list[type].code;
				row.severity = axes.list[AXIS_SEVERITY].list[harm].code;
				row.n = 20 + random_below(20);
				ck_assert_int_eq(counted_add(rows, &row), RC_OK);
			}
		}
	}
	axes_release(&axes);
}

/* All that was registered in the year happened in it, and a few reports are withdrawn. */
static struct counted *nearly_final(void)
{
	struct counted *rows = base(M(2026, 1), M(2026, 12)), *frozen = NULL;
	struct err err = { 0 };
	size_t n;

	rows->organisations[TRUSTS - 1].coverage_start = M(2026, 1);
	add_plenty(rows);
	ck_assert_int_eq(counted_freeze(NULL, rows, M(2026, 12), &frozen, &err), RC_OK);
	n = frozen->rows_len;
	for (size_t i = 0; i < n; i++) {
		struct counted_row row = frozen->rows[i];

		row.clock = COUNTED_EVENT;
		row.period = row.registered_year = 2026;
		row.n -= row.n > 1 && !random_below(30);
		ck_assert_int_eq(counted_add(frozen, &row), RC_OK);
	}
	counted_free(rows);
	return frozen;
}

START_TEST(small_changes_to_final_figures_are_protected)
{
	struct counted *counts = nearly_final();
	struct err err = { 0 };
	struct made m;
	size_t pairs = 0, small = 0;

	make_open(counts, &m, &err);
	compare_clocks(&m.tables, "V3010", "V1051", &pairs, &small);
	compare_clocks(&m.tables, "V3011", "V1061", &pairs, &small);
	ck_assert_uint_gt(small, 30);
	ck_assert_uint_lt(small, pairs);
	made_release(&m);
	pairs = small = 0;
	ck_assert_int_eq(make(counts, NULL, 0, &m, &err), RC_OK);
	compare_clocks(&m.tables, "V3010", "V1051", &pairs, &small);
	compare_clocks(&m.tables, "V3011", "V1061", &pairs, &small);
	ck_assert_uint_eq(small, 0);
	ck_assert_uint_gt(pairs, 0);
	made_release(&m);
	counted_free(counts);
}
END_TEST

START_TEST(links_between_organisations_are_counted_beside)
{
	struct counted *rows = base(M(2026, 1), M(2026, 12)), *frozen = NULL;
	struct counted_row linked = { .orgnr = "910000001",
				      .period = M(2026, 2),
				      .linked = true,
				      .event_class = "incident",
				      .event_type = "infection",
				      .severity = "mild",
				      .n = 40 };
	struct err err = { 0 };
	struct made m;
	const struct published_table *t;
	int32_t all = 0;

	ck_assert_int_eq(counted_add(rows, &linked), RC_OK);
	linked.orgnr = "910000002";
	ck_assert_int_eq(counted_add(rows, &linked), RC_OK);
	linked.orgnr = "910000004";
	ck_assert_int_eq(counted_add(rows, &linked), RC_OK);
	ck_assert_int_eq(counted_freeze(NULL, rows, M(2026, 12), &frozen, &err), RC_OK);
	make_open(frozen, &m, &err);
	t = published_find(&m.tables, "V1100");
	ck_assert_ptr_nonnull(t);
	/* Region NO, incidents: total, linked, unlinked, one year. */
	for (size_t i = 0; i < t->dimensions_len; i++)
		if (!strcmp(t->dimensions[i].code, "Koblet"))
			ck_assert_int_eq(published_category_find(&t->dimensions[i], "linked"), 1);
	for (size_t i = 0; i < frozen->rows_len; i++)
		all += !strcmp(frozen->rows[i].event_class, "incident") ? (int32_t)frozen->rows[i].n
									: 0;
	ck_assert_int_eq(t->cells[0].value, all);
	ck_assert_int_eq(t->cells[1].value, 120);
	ck_assert_int_eq(t->cells[2].value, all - 120);
	made_release(&m);
	counted_free(frozen);
	counted_free(rows);
}
END_TEST

/* Towns of two counties, one of which had another number before a split. */
START_TEST(counties_are_the_sum_of_their_municipalities)
{
	static const char *const numbers[] = { "1103", "1106", "1120", "4601", "4621", "15?" };
	static const char *const types[] = { "patient_administration",
					     "diagnostics",
					     "treatment_care",
					     "fall_accident",
					     "documentation_information",
					     "infection",
					     "medication_blood",
					     "medical_device",
					     "patient_behaviour",
					     "blood_cells_organs",
					     "other",
					     "unknown" };
	static const char *const severities[] = { "none",   "mild",  "moderate",
						  "severe", "death", "unknown" };
	struct counted *rows = NULL, *frozen = NULL;
	const struct published_table *t;
	struct err err = { 0 };
	struct made m;
	size_t region;

	ck_assert_int_eq(counted_new(&rows), RC_OK);
	rows->as_of_ms = period_begins_ms(M(2027, 1));
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		char orgnr[24];
		struct counted_row row = { .orgnr = orgnr,
					   .event_class = "incident",
					   .municipality = numbers[i] };
		const struct counted_organisation o = { .orgnr = orgnr,
							.name = "By",
							.kind = "municipality",
							.region = "",
							.coverage_start = M(2024, 1),
							.active = true };

		snprintf(orgnr, sizeof(orgnr), "92000000%zu", i);
		ck_assert_int_eq(counted_add_organisation(rows, &o), RC_OK);
		for (int year = 2024; year <= 2026; year++) {
			row.period = M(year, 3);
			for (size_t k = 0; k < ARRAY_LEN(types) * ARRAY_LEN(severities); k++) {
				row.event_type = types[k / ARRAY_LEN(severities)];
				row.severity = severities[k % ARRAY_LEN(severities)];
				row.n = 10 * (int64_t)(i + 1) + year - 2024;
				ck_assert_int_eq(counted_add(rows, &row), RC_OK);
			}
		}
	}
	ck_assert_int_eq(counted_freeze(NULL, rows, M(2026, 12), &frozen, &err), RC_OK);
	ck_assert_int_eq(make(frozen, NULL, 0, &m, &err), RC_OK);
	t = published_find(&m.tables, "V2010");
	ck_assert_ptr_nonnull(t);
	ck_assert_str_eq(t->dimensions[0].categories[1].code, "11");
	region = t->cells_len / t->dimensions[0].len;
	ck_assert_int_eq(t->cells[0].value, 72 * 210);     /* NO, all, 2024 */
	ck_assert_int_eq(t->cells[region].value, 72 * 60); /* 11 */
	ck_assert_int_eq(published_category_find(&t->dimensions[0], "15"), 2);
	ck_assert_int_eq(t->cells[2 * region + 1].value, 72 * 61); /* 15, 2025 */
	ck_assert_int_eq(t->cells[3 * region + 2].value, 72 * 94); /* 46, 2026 */
	/* What a split left open is nobody's row. */
	t = published_find(&m.tables, "V2020");
	ck_assert_ptr_nonnull(t);
	ck_assert_int_eq(published_category_find(&t->dimensions[0], "15?"), -1);
	ck_assert_int_ge(published_category_find(&t->dimensions[0], "1103"), 0);
	made_release(&m);
	counted_free(frozen);
	counted_free(rows);
}
END_TEST

static void add_town(struct counted *c, const char *orgnr, const char *number)
{
	const struct counted_organisation o = { .orgnr = orgnr,
						.name = "By",
						.kind = "municipality",
						.region = "",
						.coverage_start = M(2025, 1),
						.active = true };
	const struct counted_row row = { .orgnr = orgnr,
					 .period = M(2025, 3),
					 .event_class = "incident",
					 .event_type = "fall_accident",
					 .severity = "mild",
					 .municipality = number,
					 .n = 50 };

	if (!counted_organisation(c, orgnr))
		ck_assert_int_eq(counted_add_organisation(c, &o), RC_OK);
	ck_assert_int_eq(counted_add(c, &row), RC_OK);
}

/* Two counties, three towns, one of which knows what it sent before a split as well. */
START_TEST(who_moved_knows_both_its_numbers)
{
	struct counted *rows = NULL, *frozen = NULL;
	struct suppress_system *s;
	struct suppress_figures figures;
	struct err err = { 0 };
	struct made m;
	uint32_t where;

	ck_assert_int_eq(counted_new(&rows), RC_OK);
	rows->as_of_ms = period_begins_ms(M(2026, 1));
	add_town(rows, "920000000", "1103");
	add_town(rows, "920000000", "11?");
	add_town(rows, "920000001", "1106");
	add_town(rows, "920000002", "4601");
	ck_assert_int_eq(counted_freeze(NULL, rows, M(2025, 12), &frozen, &err), RC_OK);
	lay_out(frozen, &m, &err);
	s = cubes_system(m.cubes[release_system(CUBES_MUNICIPALITIES, 0)]);
	ck_assert_int_eq(suppress_system_prepare(s), RC_OK);
	ck_assert_int_eq(suppress_protect(s, &figures, &where, &err), RC_OK);
	ck_assert_uint_eq(figures.insiders, 2 + 4 + 1);
	made_release(&m);
	counted_free(frozen);
	counted_free(rows);
}
END_TEST

static uint16_t weight_of(const struct made *m, const char *region, const char *time)
{
	const struct axes *a = &m->axes;
	const uint32_t at[] = { (uint32_t)axis_find(&a->list[AXIS_HOSPITALS], region),
				(uint32_t)axis_find(&a->list[AXIS_MONTHS], time) };
	size_t n;
	const struct programme_table *table = programme_tables(programme, &n);

	ck_assert_str_eq(table->id, "V1010");
	return cubes_system(m->cubes[0])->nodes[cubes_node(m->cubes[0], table, at)].weight;
}

START_TEST(what_everyone_reads_is_hidden_last)
{
	struct counted *rows = base(M(2026, 1), M(2026, 3)), *frozen = NULL;
	struct release_input in;
	struct err err = { 0 };
	struct made m;

	ck_assert_int_eq(counted_freeze(NULL, rows, M(2026, 3), &frozen, &err), RC_OK);
	lay_out(frozen, &m, &err);
	in = (struct release_input){ programme, codes, frozen, &m.axes, m.cubes };
	ck_assert_int_eq(tables_flag(&in, NULL, 0, &err), RC_OK);
	ck_assert_uint_gt(weight_of(&m, "NO", "2026K1"), weight_of(&m, "helse_vest", "2026K1"));
	ck_assert_uint_gt(weight_of(&m, "helse_vest", "2026K1"), 1);
	made_release(&m);
	counted_free(frozen);
	counted_free(rows);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("release");
	TCase *tc = tcase_create("release");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, tables_hold_what_was_counted);
	tcase_add_test(tc, the_next_release_keeps_what_was_said);
	tcase_add_test(tc, tables_say_who_and_how_far);
	tcase_add_test(tc, who_moved_knows_both_its_numbers);
	tcase_add_test(tc, what_everyone_reads_is_hidden_last);
	tcase_add_test(tc, counties_are_the_sum_of_their_municipalities);
	tcase_add_test(tc, small_changes_to_final_figures_are_protected);
	tcase_add_test(tc, links_between_organisations_are_counted_beside);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
