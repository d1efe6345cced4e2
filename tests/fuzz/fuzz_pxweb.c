/* A query of PxWebApi 2 on a small table: each line "variable=expressions". What many
 * expressions select is what each selects, together, in the table's order; letters'
 * case changes nothing. The answer has as many values as the selection has cells, and
 * nothing where a cell is hidden, as JSON-stat and as CSV. */
#include "fuzz.h"

#include "pxweb/csv.h"
#include "pxweb/dataset.h"

#include <ctype.h>

#define CELLS_MAX 1000
#define SECRET 987654321 /* what a hidden cell would betray */

static struct published_category regions[] = {
	{ "NO", NULL, { "Hele landet", "Norway" } },
	{ "helse_vest", "NO", { "Helse Vest", "Western" } },
	{ "helse_nord", "NO", { "Helse \"Nord\", og mer", "Northern" } },
	{ "a-b.c", "NO", { "a", "a" } },
};
static struct published_category classes[] = { { "incident", NULL, { "u", "i" } },
					       { "hazard", NULL, { "r", "h" } } };
static struct published_category months[] = {
	{ "2025M11", NULL, { "2025M11", "a" } }, { "2025M12", NULL, { "2025M12", "a" } },
	{ "2026M01", NULL, { "2026M01", "a" } }, { "2026M02", NULL, { "2026M02", "a" } },
	{ "2026M03", NULL, { "2026M03", "a" } },
};
static struct published_dimension dimensions[] = {
	{ "Region", PUBLISHED_GEO, "NO", { "region", "region" }, regions, 4 },
	{ "Hendelsesklasse", PUBLISHED_PLAIN, NULL, { "klasse", "class" }, classes, 2 },
	{ "Tid", PUBLISHED_TIME, NULL, { "tid", "time" }, months, 5 },
};

#define TABLE_CELLS ((size_t)4 * 2 * 5)

static const struct published_table *table(void)
{
	static struct published_cell cells[TABLE_CELLS];
	static struct published_table made = { .id = "V1",
					       .label = { "Meldinger", "Reports" },
					       .dimensions = dimensions,
					       .dimensions_len = 3,
					       .cells = cells,
					       .cells_len = TABLE_CELLS };

	for (size_t i = 0; i < TABLE_CELLS; i++)
		cells[i] = i % 3 ? (struct published_cell){ (int32_t)i, PUBLISHED_VALUE }
				 : (struct published_cell){ SECRET, PUBLISHED_HIDDEN };
	return &made;
}

struct query {
	struct px_wish wishes[PX_VARIABLES_MAX];
	char *texts[2 * PX_VARIABLES_MAX];
	const char **lists[PX_VARIABLES_MAX];
	size_t len;
};

static void query_release(struct query *q)
{
	for (size_t i = 0; i < 2 * PX_VARIABLES_MAX; i++)
		free(q->texts[i]);
	for (size_t i = 0; i < PX_VARIABLES_MAX; i++)
		free(q->lists[i]);
}

/* False where a list cannot be split. */
static bool read_query(struct query *q, struct piece rest)
{
	while (rest.len && q->len < PX_VARIABLES_MAX) {
		struct piece line = fuzz_take(&rest, '\n'), name = fuzz_take(&line, '=');
		struct px_wish *wish = &q->wishes[q->len];
		CLEANUP_FREE char *text = fuzz_text(line);
		struct err err = { 0 };

		wish->variable = q->texts[2 * q->len] = fuzz_text(name);
		if (px_split(text, &q->texts[2 * q->len + 1], &q->lists[q->len], &wish->len,
			     &err)) {
			MUST(!strcmp(err.code, "selection-malformed"));
			return false;
		}
		wish->expressions = q->lists[q->len++];
	}
	return true;
}

static void mark(const struct px_selection *s, bool chosen[3][8])
{
	MUST(s->len == 3);
	for (size_t i = 0; i < s->len; i++)
		for (size_t j = 0; j < s->axes[i].len; j++) {
			MUST(s->axes[i].at[j] < s->axes[i].dimension->len);
			MUST(!j || s->axes[i].at[j] > s->axes[i].at[j - 1]);
			chosen[i][s->axes[i].at[j]] = true;
		}
}

/* Each expression of each wish alone, everything else in full; must add up. */
static void check_sum(const struct query *q, const struct px_selection *whole)
{
	static const char *const all[] = { "*" };
	bool expected[3][8] = { 0 }, summed[3][8] = { 0 };

	mark(whole, expected);
	for (size_t i = 0; i < q->len; i++) {
		for (size_t e = 0; e < q->wishes[i].len && e < 20; e++) {
			CLEANUP(px_selection_release) struct px_selection one = { 0 };
			bool chosen[3][8] = { 0 };
			struct px_wish wishes[3];

			for (size_t d = 0; d < 3; d++) {
				bool here = !strcasecmp(dimensions[d].code, q->wishes[i].variable);

				wishes[d] = (struct px_wish){ dimensions[d].code, all, 1, NULL };
				if (here)
					wishes[d].expressions = &q->wishes[i].expressions[e];
			}
			MUST(!px_select(table(), wishes, 3, CELLS_MAX, &one, NULL));
			mark(&one, chosen);
			for (size_t d = 0; d < 3; d++)
				for (size_t c = 0;
				     !strcasecmp(dimensions[d].code, q->wishes[i].variable) &&
				     c < 8;
				     c++)
					summed[d][c] |= chosen[d][c];
		}
		for (size_t d = 0; q->wishes[i].len <= 20 && d < 3; d++)
			if (!strcasecmp(dimensions[d].code, q->wishes[i].variable))
				MUST(!memcmp(summed[d], expected[d], sizeof(summed[d])));
	}
}

static void check_case(struct query *q, const struct px_selection *whole)
{
	CLEANUP(px_selection_release) struct px_selection other = { 0 };
	bool first[3][8] = { 0 }, second[3][8] = { 0 };

	for (size_t i = 0; i < q->len; i++)
		for (size_t e = 0; e < q->wishes[i].len; e++)
			for (char *c = (char *)(uintptr_t)q->wishes[i].expressions[e]; *c; c++)
				*c = (char)toupper((unsigned char)*c);
	MUST(!px_select(table(), q->wishes, q->len, CELLS_MAX, &other, NULL));
	mark(whole, first);
	mark(&other, second);
	MUST(!memcmp(first, second, sizeof(first)));
}

static void check_json(const struct px_selection *s)
{
	const struct px_about about = { .base_url = "https://varde.example/api/v2",
					.release = "2026K1",
					.source = { "a", "a" },
					.contact = { "b", "b" } };
	json_t *dataset = px_dataset(s, &about, PUBLISHED_NB);
	const json_t *values = json_object_get(dataset, "value");
	size_t place[PX_VARIABLES_MAX];

	MUST(dataset && json_array_size(values) == s->cells);
	for (size_t i = 0; i < s->cells; i++)
		MUST(json_is_null(json_array_get(values, i)) ==
		     (px_cell_at(s, i, place)->mark != PUBLISHED_VALUE));
	json_decref(dataset);
}

static void check_csv(const struct px_selection *s)
{
	CLEANUP(buf_release) struct buf out = buf_capped(1 << 20);
	const struct px_csv how = { .names = PX_TEXTS, .separator = ',' };
	size_t lines = 0, columns = s->axes[2].eliminated ? 1 : s->axes[2].len;

	MUST(!px_csv(s, &how, PUBLISHED_NB, &out, NULL));
	for (size_t i = 0; i < out.len; i++)
		lines += out.data[i] == '\n';
	MUST(lines == 1 + s->cells / columns);
	MUST(!strstr(buf_text(&out), "987654321"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(query_release) struct query q = { 0 };
	CLEANUP(px_selection_release) struct px_selection s = { 0 };
	struct err err = { 0 };

	if (!read_query(&q, (struct piece){ (const char *)data, size }))
		return 0;
	if (px_select(table(), q.wishes, q.len, CELLS_MAX, &s, &err)) {
		MUST(err.code[0] && !s.table);
		return 0;
	}
	MUST(s.cells >= 1 && s.cells <= TABLE_CELLS);
	check_json(&s);
	check_csv(&s);
	check_sum(&q, &s);
	check_case(&q, &s);
	return 0;
}
