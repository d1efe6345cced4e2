#include "tenant/basis.h"

#include "base/clock.h"
#include "count/period.h"

#include <string.h>

/* Days written as YYYY-MM-DD are in the order of their texts. */
static bool covers(const char *from, const char *to, const char *day)
{
	return strcmp(from, day) <= 0 && (!to || strcmp(day, to) <= 0);
}

/* Remembers the nearest days before and after `day` out of [from, to]. */
static void note(const char *from, const char *to, const char *day, struct tenant_basis_days *days)
{
	if (strcmp(from, day) > 0 && (!days->opens || strcmp(from, days->opens) < 0))
		days->opens = from;
	if (to && strcmp(to, day) < 0 && (!days->closed || strcmp(to, days->closed) > 0))
		days->closed = to;
}

static const char *earlier(const char *a, const char *b)
{
	if (!a || !b)
		return a ? a : b;
	return strcmp(a, b) < 0 ? a : b;
}

bool tenant_opening(const struct tenant_snapshot *snapshot, const struct control_project *project,
		    const char *kind, struct control_opening *ret)
{
	const struct control_openings *openings = tenant_openings(snapshot);

	for (size_t i = 0; i < openings->len; i++) {
		const struct control_opening *o = &openings->list[i];

		if (strcmp(o->project, project->code) || strcmp(o->kind, kind))
			continue;
		*ret = *o;
		if (strcmp(project->valid_from, o->opens) > 0)
			ret->opens = project->valid_from;
		ret->closes = earlier(o->closes, project->valid_to);
		return !ret->closes || strcmp(ret->opens, ret->closes) <= 0;
	}
	return false;
}

/* Is any project in force on that day? */
static bool in_force(const struct control_projects *projects, const char *day,
		     struct tenant_basis_days *days)
{
	for (size_t i = 0; i < projects->len; i++) {
		const struct control_project *p = &projects->list[i];

		if (covers(p->valid_from, p->valid_to, day))
			return true;
		note(p->valid_from, p->valid_to, day, days);
	}
	return false;
}

enum tenant_basis tenant_basis_at(const struct tenant_snapshot *snapshot, bool production,
				  const char *kind, int64_t now_ms, struct tenant_basis_days *ret)
{
	const struct control_projects *projects = tenant_projects(snapshot);
	char day[PERIOD_DAY_SIZE];

	*ret = (struct tenant_basis_days){ 0 };
	if (!projects->len && !production)
		return TENANT_BASIS_OPEN;
	period_day_text(now_ms, day);
	if (!in_force(projects, day, ret))
		return TENANT_BASIS_NONE;
	*ret = (struct tenant_basis_days){ 0 };
	for (size_t i = 0; i < projects->len; i++) {
		struct control_opening o;

		if (!tenant_opening(snapshot, &projects->list[i], kind, &o))
			continue;
		if (covers(o.opens, o.closes, day))
			return TENANT_BASIS_OPEN;
		note(o.opens, o.closes, day, ret);
	}
	return TENANT_BASIS_NOT_OPEN;
}

static int64_t day_number(const char *day)
{
	int64_t days = 0;

	(void)!clock_parse_date(day, strlen(day), &days);
	return days;
}

/* Whether some opening holds on a day and goes on for longer than `*last`, which
 * then moves on; NULL there: without end. */
static bool reaches_on(const struct tenant_snapshot *snapshot, const char *kind, int64_t day,
		       const char **last)
{
	const struct control_projects *projects = tenant_projects(snapshot);
	bool found = false;

	for (size_t i = 0; i < projects->len; i++) {
		struct control_opening o;

		if (!tenant_opening(snapshot, &projects->list[i], kind, &o) ||
		    day_number(o.opens) > day || (o.closes && day_number(o.closes) < day))
			continue;
		if (!found || !o.closes || (*last && strcmp(o.closes, *last) > 0))
			*last = o.closes;
		found = true;
		if (!*last)
			break;
	}
	return found;
}

bool tenant_basis_ends(const struct tenant_snapshot *snapshot, const char *kind, int64_t now_ms,
		       const char **ret_last)
{
	char today[PERIOD_DAY_SIZE];
	const char *last = NULL, *next = NULL;
	int64_t day;

	day = day_number(period_day_text(now_ms, today));
	if (!reaches_on(snapshot, kind, day, &last))
		return false;
	/* each round ends later, so there are no more rounds than projects */
	while (last && reaches_on(snapshot, kind, day_number(last) + 1, &next))
		last = next;
	*ret_last = last;
	return last != NULL;
}
