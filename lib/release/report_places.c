/* Who contributes, where and when: public knowledge, and what decides how much a
 * release can show. */
#include "release/report_make.h"

#include "release/layout.h"

#include <stdlib.h>
#include <string.h>

static enum rc look_at_quarters(const struct release_nodes *nodes, struct release_report *r)
{
	const struct axis *months = &nodes->axes.list[AXIS_MONTHS];

	r->quarters = calloc(months->len + 1, sizeof(*r->quarters));
	if (!r->quarters)
		return RC_NOMEM;
	for (size_t i = 0; i < months->len; i++) {
		struct report_quarter *q = &r->quarters[r->quarters_len];

		if (months->list[i].level != 1U << PROGRAMME_QUARTERLY)
			continue;
		r->quarters_len++;
		q->first_month = months->list[i].first_month;
		coverage_count(&nodes->input, AXIS_HOSPITALS, &months->list[i], &q->hospitals,
			       &q->hospitals_of);
		coverage_count(&nodes->input, AXIS_MUNICIPALITIES, &months->list[i],
			       &q->municipalities, &q->municipalities_of);
	}
	return RC_OK;
}

/* The nation counts everyone; below it, who has a place on the axis. */
static bool is_within(const struct axis *axis, int32_t at, size_t region)
{
	while (at >= 0 && (size_t)at != region)
		at = axis->list[at].parent;
	return at >= 0 || axis->list[region].level == PROGRAMME_NATION;
}

static void count_contributors(const struct release_nodes *nodes, const struct axis *axis,
			       size_t region, struct report_region *r)
{
	const struct counted *counted = nodes->input.counted;

	for (size_t i = 0; i < counted->organisations_len; i++) {
		const struct counted_organisation *o = &counted->organisations[i];
		bool contributes = o->coverage_start && o->coverage_start <= counted->closed;

		if (!coverage_is_of(o, r->municipal ? AXIS_MUNICIPALITIES : AXIS_HOSPITALS) ||
		    !is_within(axis, nodes->axes.places[i], region))
			continue;
		r->of++;
		r->contributors += contributes;
		if (contributes && (!r->first_month || o->coverage_start < r->first_month))
			r->first_month = o->coverage_start;
	}
}

static enum rc look_at_regions(const struct release_nodes *nodes, struct release_report *r)
{
	static const enum axis_name names[] = { AXIS_HOSPITALS, AXIS_MUNICIPALITIES };
	const unsigned above = PROGRAMME_NATION | PROGRAMME_RHF | PROGRAMME_COUNTY;

	r->regions = calloc(nodes->axes.list[names[0]].len + nodes->axes.list[names[1]].len + 1,
			    sizeof(*r->regions));
	if (!r->regions)
		return RC_NOMEM;
	for (size_t n = 0; n < ARRAY_LEN(names); n++) {
		const struct axis *axis = &nodes->axes.list[names[n]];

		for (size_t i = 0; i < axis->len; i++) {
			struct report_region *region = &r->regions[r->regions_len];

			if (!(axis->list[i].level & above))
				continue;
			*region = (struct report_region){ .level = axis->list[i].level,
							  .municipal = n == 1 };
			memcpy(region->code, axis->list[i].code, sizeof(region->code));
			memcpy(region->label, axis->list[i].label, sizeof(region->label));
			count_contributors(nodes, axis, i, region);
			r->regions_len += region->of > 0;
		}
	}
	return RC_OK;
}

enum rc report_make_places(const struct release_nodes *nodes, struct release_report *r)
{
	return look_at_quarters(nodes, r) || look_at_regions(nodes, r) ? RC_NOMEM : RC_OK;
}
