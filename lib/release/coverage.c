/* Who was reporting in which period: public knowledge, and no count. */
#include "release/layout.h"

#include "codes/codes.h"
#include "count/period.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

/* One organisation's part of [first, first + months). */
static enum coverage covered(const struct counted_organisation *o, const struct axis_category *time)
{
	if (!o->coverage_start || o->coverage_start >= time->first_month + time->months)
		return COVERAGE_NONE;
	return o->coverage_start <= time->first_month ? COVERAGE_FULL : COVERAGE_PART;
}

/* Whether an organisation stands below a region of the axis, or is it. */
static bool is_below(const struct axis *axis, int32_t at, int32_t region)
{
	while (at >= 0 && at != region)
		at = axis->list[at].parent;
	return at >= 0 && at == region;
}

bool coverage_is_of(const struct counted_organisation *o, enum axis_name name)
{
	bool municipal = !strcmp(o->kind, "municipality") || !strcmp(o->kind, "county");

	return municipal == (name == AXIS_MUNICIPALITIES);
}

static int64_t days_of(int32_t month)
{
	return period_begins_ms(month) / DAY_MS + 1;
}

/* A number that came out of a split: what it stands for today was part of something
 * else when the period began. */
static bool was_split(const struct release_input *input, const char *number,
		      const struct axis_category *time)
{
	struct codes_municipality_answer then =
		codes_municipality_on(input->codes, number, days_of(time->first_month));
	struct codes_municipality_answer now;

	if (then.kind == CODES_MUNICIPALITY_SPLIT)
		return true;
	if (then.kind != CODES_MUNICIPALITY_MOVED)
		return false;
	now = codes_municipality_on(input->codes, then.candidates[0],
				    input->counted->as_of_ms / DAY_MS);
	return now.kind == CODES_MUNICIPALITY_SPLIT;
}

enum coverage coverage_of(const struct release_input *input, enum axis_name regions,
			  uint32_t region, const struct axis_category *time)
{
	const struct axis *axis = &input->axes->list[regions];
	unsigned level = axis->list[region].level;
	bool single = level == PROGRAMME_HF || level == PROGRAMME_MUNICIPALITY;
	enum coverage best = COVERAGE_NONE;

	if (strchr(axis->list[region].code, '?'))
		return COVERAGE_SPLIT;
	if (level == PROGRAMME_MUNICIPALITY && was_split(input, axis->list[region].code, time))
		return COVERAGE_SPLIT;
	for (size_t i = 0; i < input->counted->organisations_len; i++) {
		const struct counted_organisation *o = &input->counted->organisations[i];
		enum coverage one;

		if (!coverage_is_of(o, regions) ||
		    !is_below(axis, input->axes->places[i], (int32_t)region))
			continue;
		one = covered(o, time);
		if (one > best)
			best = one;
	}
	return best == COVERAGE_PART && !single ? COVERAGE_FULL : best;
}

void coverage_count(const struct release_input *input, enum axis_name regions,
		    const struct axis_category *time, uint32_t *ret_full, uint32_t *ret_of)
{
	*ret_full = *ret_of = 0;
	for (size_t i = 0; i < input->counted->organisations_len; i++) {
		const struct counted_organisation *o = &input->counted->organisations[i];

		if (!coverage_is_of(o, regions))
			continue;
		++*ret_of;
		*ret_full += covered(o, time) == COVERAGE_FULL;
	}
}

/* What final figures can hold: an event's year is closed in the spring after it, so
 * nothing in it was registered later than in the next. */
static bool is_possible(const struct layout *l, const uint32_t *categories)
{
	const struct axis_category *event =
		&layout_axis(l, l->len - 1)->list[categories[l->len - 1]];

	for (size_t i = 0; i + 1 < l->len; i++) {
		const struct axis_category *registered = &layout_axis(l, i)->list[categories[i]];

		if (l->names[i] == AXIS_REGISTERED && registered->months &&
		    registered->first_month > event->first_month + event->months)
			return false;
	}
	return true;
}

enum coverage layout_coverage(const struct release_input *input, const struct layout *l,
			      const uint32_t *categories)
{
	uint32_t full, all;

	if (l->table->part == PROGRAMME_FINAL)
		return is_possible(l, categories) ? COVERAGE_FULL : COVERAGE_NONE;
	if (cubes_clock(l->table->part) == COUNTED_REVIEW) {
		coverage_count(input, l->names[0], &layout_axis(l, l->len - 1)->list[0], &full,
			       &all);
		return all ? COVERAGE_FULL : COVERAGE_NONE;
	}
	return coverage_of(input, l->names[0], categories[0],
			   &layout_axis(l, l->len - 1)->list[categories[l->len - 1]]);
}
