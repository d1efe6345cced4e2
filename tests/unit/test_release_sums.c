/* Sums and certainties that the protection rests on: counties of municipalities, years
 * without anybody, organisations of two kinds, final figures that cannot come any more. */
#include "codes/codes.h"
#include "count/period.h"
#include "release/tables.h"
#include "suppress/protect.h"
#include "unit.h"

#include <string.h>

#define M(year, month) PERIOD_MONTH(year, month)

static struct counted *counted;

static void add_organisation(const char *orgnr, const char *kind, const char *region)
{
	const struct counted_organisation o = { .orgnr = orgnr,
						.name = "Virksomhet",
						.kind = kind,
						.region = region,
						.coverage_start = M(2024, 1),
						.active = true };

	ck_assert_int_eq(counted_add_organisation(counted, &o), RC_OK);
}

static void add(const char *orgnr, const char *municipality, enum counted_clock clock,
		int32_t period, int32_t registered_year, int64_t n)
{
	const struct counted_row row = { .orgnr = orgnr,
					 .clock = clock,
					 .period = period,
					 .registered_year = registered_year,
					 .event_class = "incident",
					 .event_type = "infection",
					 .severity = "mild",
					 .place = "ward",
					 .stage = "treatment",
					 .municipality = municipality,
					 .n = n };

	ck_assert_int_eq(counted_add(counted, &row), RC_OK);
}

static void add_reviews(const char *orgnr, const char *municipality, const char *review,
			const char *factors, int64_t n)
{
	const struct counted_row row = { .orgnr = orgnr,
					 .clock = COUNTED_REVIEW,
					 .period = 2025,
					 .event_class = "incident",
					 .municipality = municipality,
					 .review = review,
					 .factors = factors,
					 .n = n };

	ck_assert_int_eq(counted_add(counted, &row), RC_OK);
}

static int32_t place(const struct published_dimension *d, const char *code)
{
	int at = published_category_find(d, code);

	ck_assert_int_ge(at, 0);
	return at;
}

/* Of incidents in a table with one dimension of its own. */
static struct published_cell cell(const struct published_tables *tables, const char *id,
				  const char *region, const char *own, const char *time)
{
	const struct published_table *t = published_find(tables, id);
	const char *codes[] = { region, "incident", own, "Meldinger", time };
	size_t at = 0;

	ck_assert_ptr_nonnull(t);
	ck_assert_uint_eq(t->dimensions_len, ARRAY_LEN(codes));
	for (size_t i = 0; i < t->dimensions_len; i++)
		at = at * t->dimensions[i].len + (size_t)place(&t->dimensions[i], codes[i]);
	return t->cells[at];
}

/* States and factors have the completed in common, and with the final figures the sum of
 * those notified and not. */
static void look_at_reviews(const struct published_tables *tables, struct cubes *hospitals)
{
	static const struct {
		const char *table, *own;
		int32_t n;
	} wanted[] = {
		{ "V4010", "00", 30 },
		{ "V4010", "none", 0 },
		{ "V4010", "overdue", 9 },
		{ "V4010", "completed", 21 },
		{ "V4010", "completed_in_time", 15 },
		{ "V4010", "completed_late", 6 },
		{ "V4011", "00", 21 },
		{ "V4011", "not_coded", 8 },
		{ "V4011", "coded", 13 },
		{ "V4011", "levels_0", 7 },
		{ "V4011", "levels_2", 6 },
		{ "V5010", "00", 23 },
		{ "V5010", "started", 12 },
		{ "V5011", "none_found", 11 },
	};
	const struct published_table *t = published_find(tables, "V4010");
	struct suppress_system *s = cubes_system(hospitals);
	uint32_t apart = 0;

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		ck_assert_int_eq(cell(tables, wanted[i].table, "NO", wanted[i].own, "2025").value,
				 wanted[i].n);
	/* The nation alone, and no year from before. */
	ck_assert_uint_eq(t->dimensions[0].len, 1);
	ck_assert_uint_eq(t->dimensions[4].len, 1);
	ck_assert_int_eq(suppress_system_not_additive(s), SUPPRESS_NONE);
	/* 77 final ones of 2025, of which 30 were notified: 47 for nation, region and trust. */
	for (uint32_t i = 0; i < suppress_system_nodes(s); i++)
		apart += suppress_system_value(s, i) == 47;
	ck_assert_uint_eq(apart, 3);
}

START_TEST(parts_and_their_sums)
{
	struct programme *programme = NULL;
	struct codes *codes = NULL;
	struct cubes *cubes[RELEASE_SYSTEMS] = { 0 };
	struct published_tables tables = { 0 };
	struct axes axes = { 0 };
	struct release_input in;
	const char *source = getenv("VARDE_SOURCE");
	char path[4096];

	snprintf(path, sizeof(path), "%s/schemas", source ? source : ".");
	ck_assert_int_eq(programme_load(path, &programme, NULL), RC_OK);
	snprintf(path, sizeof(path), "%s/schemas/codes", source ? source : ".");
	ck_assert_int_eq(codes_load(path, &codes, NULL), RC_OK);
	ck_assert_int_eq(counted_new(&counted), RC_OK);
	counted->as_of_ms = period_begins_ms(M(2026, 4));
	counted->closed = M(2026, 3);
	add_organisation("910000000", "hf", "helse_vest");
	add_organisation("920000001", "municipality", "");
	add_organisation("920000002", "municipality", "");
	add("910000000", "", COUNTED_REGISTRATION, M(2024, 2), 0, 100);
	add("920000001", "1101", COUNTED_REGISTRATION, M(2024, 5), 0, 20);
	add("920000002", "1103", COUNTED_REGISTRATION, M(2024, 9), 0, 30);
	for (int32_t year = 2024; year <= 2025; year++) {
		add("910000000", "", COUNTED_EVENT, year, year, 70);
		add("910000000", "", COUNTED_EVENT, year, year + 1, 7);
	}
	counted->reviews_from = 2025;
	add_reviews("910000000", "", "overdue", "", 9);
	add_reviews("910000000", "", "completed_late", "levels_2", 6);
	add_reviews("910000000", "", "completed_in_time", "levels_0", 7);
	add_reviews("910000000", "", "completed_in_time", "not_coded", 8);
	add_reviews("920000001", "1101", "completed_in_time", "none_found", 11);
	add_reviews("920000002", "1103", "started", "", 12);
	ck_assert_int_eq(axes_new(counted, codes, programme, &axes), RC_OK);
	for (size_t i = 0; i < RELEASE_SYSTEMS; i++)
		ck_assert_int_eq(cubes_new(&axes, counted, i % CUBES_SECTORS,
					   release_classes[i / CUBES_SECTORS], 5, &cubes[i], NULL),
				 RC_OK);
	in = (struct release_input){ programme, codes, counted, &axes, cubes };
	ck_assert_int_eq(tables_flag(&in, NULL, 0, NULL), RC_OK);
	ck_assert_int_eq(tables_make(&in, &tables, NULL), RC_OK);

	ck_assert_int_eq(cell(&tables, "V2010", "11", "infection", "2024").value, 50);
	ck_assert_int_eq(cell(&tables, "V2011", "NO", "00", "2024").value, 50);
	ck_assert_int_eq(cell(&tables, "V3012", "NO", "2025", "2024").value, 7);
	ck_assert_int_eq(cell(&tables, "V3012", "NO", "2026", "2025").value, 7);
	/* Was closed before, and everyone knows. */
	ck_assert_int_eq(cell(&tables, "V3012", "NO", "2026", "2024").mark, PUBLISHED_MISSING);
	look_at_reviews(&tables, cubes[release_system(CUBES_HOSPITALS, 0)]);

	published_tables_release(&tables);
	for (size_t i = 0; i < RELEASE_SYSTEMS; i++)
		cubes_free(cubes[i]);
	axes_release(&axes);
	counted_free(counted);
	codes_free(codes);
	programme_free(programme);
}
END_TEST

START_TEST(sums_of_known_parts_are_known)
{
	struct suppress_system *s = NULL;
	const uint32_t years[] = { 1, 2 }, all[] = { 0, 3 };
	uint32_t first;

	ck_assert_int_eq(suppress_system_new(5, &s), RC_OK);
	ck_assert_int_eq(suppress_system_add(s, 5, &first), RC_OK);
	ck_assert_int_eq(suppress_system_equation(s, 4, all, NULL, 2, false), RC_OK);
	ck_assert_int_eq(suppress_system_equation(s, 0, years, NULL, 2, false), RC_OK);
	for (uint32_t i = 1; i <= 3; i++)
		suppress_system_set_flags(s, i, SUPPRESS_KNOWN);
	suppress_system_set_value(s, 3, 8);
	suppress_system_set_value(s, 4, 8);
	ck_assert_int_eq(suppress_system_prepare(s), RC_OK);
	ck_assert_uint_eq(suppress_system_flags(s, 0), SUPPRESS_KNOWN);
	ck_assert_uint_eq(suppress_system_flags(s, 4), SUPPRESS_KNOWN);
	suppress_system_free(s);
}
END_TEST

/* A nation of `n`, one count each. */
static void add_grid(struct suppress_system *s, uint32_t n)
{
	struct suppress_dimension *d = NULL;
	uint32_t parts[8], nation, first, culprit;

	ck_assert_int_eq(suppress_dimension_new(true, &d), RC_OK);
	ck_assert_int_eq(suppress_dimension_category(d, &nation), RC_OK);
	for (uint32_t i = 0; i < n; i++)
		ck_assert_int_eq(suppress_dimension_category(d, &parts[i]), RC_OK);
	ck_assert_int_eq(suppress_dimension_group(d, nation, parts, n), RC_OK);
	ck_assert_int_eq(suppress_dimension_finish(d, &culprit, NULL), RC_OK);
	ck_assert_int_eq(suppress_grid_add(s, &d, 1, &first), RC_OK);
	for (uint32_t i = 0; i < n; i++)
		suppress_system_set_value(s, first + parts[i], 100);
	suppress_grid_fill(s, first);
}

START_TEST(organisations_of_two_kinds)
{
	struct suppress_system *s = NULL;
	struct suppress_figures figures;
	uint32_t where;

	ck_assert_int_eq(suppress_system_new(5, &s), RC_OK);
	add_grid(s, 3);
	add_grid(s, 3);
	add_grid(s, 4);
	ck_assert_int_eq(suppress_system_prepare(s), RC_OK);
	ck_assert_int_eq(suppress_protect(s, &figures, &where, NULL), RC_OK);
	/* The second grid's are the first one's, the third grid's are others. */
	ck_assert_uint_eq(figures.insiders, 3 + 4);
	suppress_system_free(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("release_sums");
	TCase *tc = tcase_create("release_sums");

	tcase_add_test(tc, parts_and_their_sums);
	tcase_add_test(tc, sums_of_known_parts_are_known);
	tcase_add_test(tc, organisations_of_two_kinds);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
