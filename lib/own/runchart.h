/* A run chart: points in time around their median, and the patterns among them that
 * chance seldom makes. Pure.
 *
 * The method, and how to count, is of R. J. Perla, L. P. Provost, S. K. Murray, "The run
 * chart: a simple analytical tool for learning from variation in healthcare processes",
 * BMJ Quality & Safety 2011;20:46-51:
 *   shift  points in a row all above, or all below, the median; a point on the median
 *          neither counts nor breaks the row
 *   trend  points in a row all going up, or all going down; of points that are equal
 *          only the first counts
 * They call six points a shift and five a trend. Here it takes eight and six, the lengths
 * of control charts (as in L. S. Nelson, J Quality Technology 1984;16:237-239, who asks
 * nine and six), so that several charts looked at each month cry wolf seldom. With
 * fewer than twelve points nothing is judged. */
#ifndef VARDE_OWN_RUNCHART_H
#define VARDE_OWN_RUNCHART_H

#include "base/rc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RUNCHART_POINTS_MIN 12
#define RUNCHART_SHIFT 8
#define RUNCHART_TREND 6
#define RUNCHART_SIGNALS_MAX 40 /* more than 120 points can hold */

struct runchart_point {
	bool known; /* false: there is no figure; it breaks rows */
	int32_t value;
};

enum runchart_kind {
	RUNCHART_SHIFT_ABOVE,
	RUNCHART_SHIFT_BELOW,
	RUNCHART_TREND_UP,
	RUNCHART_TREND_DOWN,
};

struct runchart_signal {
	enum runchart_kind kind;
	size_t first, last; /* indices of points */
	size_t points;      /* that count */
};

struct runchart {
	size_t points;        /* known ones */
	bool judged;          /* there are enough of them */
	int64_t twice_median; /* twice, since it may end on a half; of judged charts */
	struct runchart_signal signals[RUNCHART_SIGNALS_MAX];
	size_t signals_len;
};

/* At most OWN_MONTHS_MAX points. RC_NOMEM. */
NODISCARD enum rc runchart_judge(const struct runchart_point *points, size_t len,
				 struct runchart *ret);

#endif
