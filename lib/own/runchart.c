#include "own/runchart.h"

#include "base/cleanup.h"

static int compare(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

static enum rc find_median(const struct runchart_point *points, size_t len, struct runchart *ret)
{
	CLEANUP_FREE int32_t *values = calloc(len + 1, sizeof(*values));
	size_t n = 0;

	if (!values)
		return RC_NOMEM;
	for (size_t i = 0; i < len; i++)
		if (points[i].known)
			values[n++] = points[i].value;
	ret->points = n;
	ret->judged = n >= RUNCHART_POINTS_MIN;
	if (!ret->judged)
		return RC_OK;
	qsort(values, n, sizeof(*values), compare);
	ret->twice_median = (int64_t)values[(n - 1) / 2] + values[n / 2];
	return RC_OK;
}

/* Points in a row on one side, or in one direction: +1, -1; 0: no row. */
struct row {
	int side;
	size_t first, last, points;
};

static void end_row(struct runchart *chart, struct row *row, size_t least, enum runchart_kind up,
		    enum runchart_kind down)
{
	if (row->side && row->points >= least && chart->signals_len < RUNCHART_SIGNALS_MAX)
		chart->signals[chart->signals_len++] =
			(struct runchart_signal){ .kind = row->side > 0 ? up : down,
						  .first = row->first,
						  .last = row->last,
						  .points = row->points };
	*row = (struct row){ 0 };
}

static void find_shifts(const struct runchart_point *points, size_t len, struct runchart *chart)
{
	struct row row = { 0 };

	for (size_t i = 0; i < len; i++) {
		int64_t twice = 2 * (int64_t)points[i].value;
		int side = (twice > chart->twice_median) - (twice < chart->twice_median);

		if (points[i].known && !side)
			continue;
		if (!points[i].known || side != row.side)
			end_row(chart, &row, RUNCHART_SHIFT, RUNCHART_SHIFT_ABOVE,
				RUNCHART_SHIFT_BELOW);
		if (!points[i].known)
			continue;
		if (!row.side)
			row = (struct row){ .side = side, .first = i };
		row.last = i;
		row.points++;
	}
	end_row(chart, &row, RUNCHART_SHIFT, RUNCHART_SHIFT_ABOVE, RUNCHART_SHIFT_BELOW);
}

static void find_trends(const struct runchart_point *points, size_t len, struct runchart *chart)
{
	struct row row = { 0 };
	bool has = false;  /* a point before this one, */
	size_t before = 0; /* which is this */

	for (size_t i = 0; i < len; i++) {
		int side;

		if (!points[i].known) {
			end_row(chart, &row, RUNCHART_TREND, RUNCHART_TREND_UP,
				RUNCHART_TREND_DOWN);
			has = false;
			continue;
		}
		side = has ? (points[i].value > points[before].value) -
				       (points[i].value < points[before].value)
			   : 0;
		if (has && !side)
			continue;
		if (has && side != row.side) {
			end_row(chart, &row, RUNCHART_TREND, RUNCHART_TREND_UP,
				RUNCHART_TREND_DOWN);
			row = (struct row){ .side = side, .first = before, .points = 1 };
		}
		row.last = i;
		row.points++;
		before = i;
		has = true;
	}
	end_row(chart, &row, RUNCHART_TREND, RUNCHART_TREND_UP, RUNCHART_TREND_DOWN);
}

enum rc runchart_judge(const struct runchart_point *points, size_t len, struct runchart *ret)
{
	*ret = (struct runchart){ 0 };
	if (find_median(points, len, ret))
		return RC_NOMEM;
	if (ret->judged) {
		find_shifts(points, len, ret);
		find_trends(points, len, ret);
	}
	return RC_OK;
}
