/* Months, quarters, years and windows of three years, by StatBank's codes. */
#include "release/axis_make.h"

#include "count/period.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW 3

static struct axis_category *add(struct axis *axis, const char *code, enum programme_unit unit,
				 int32_t first_month, int32_t months)
{
	struct axis_category *c = axis_add(axis, code, -1, 1U << unit);

	if (!c)
		return NULL;
	c->first_month = first_month;
	c->months = months;
	axis_label(c, PUBLISHED_NB, code);
	axis_label(c, PUBLISHED_EN, code);
	return c;
}

/* The smallest of the others that holds all of it. */
static void find_parents(struct axis *axis)
{
	for (size_t i = 0; i < axis->len; i++) {
		struct axis_category *c = &axis->list[i];
		int32_t best = INT32_MAX;

		for (size_t j = 0; j < axis->len; j++) {
			const struct axis_category *p = &axis->list[j];

			if (p->months <= c->months || p->months >= best ||
			    c->first_month < p->first_month ||
			    c->first_month + c->months > p->first_month + p->months)
				continue;
			best = p->months;
			c->parent = (int32_t)j;
		}
	}
}

enum rc axis_months(int32_t first, int32_t last, struct axis *ret)
{
	CLEANUP(axis_release) struct axis axis = { 0 };
	char code[PERIOD_TEXT_SIZE];

	for (int32_t m = first; m <= last; m++)
		if (!add(&axis, period_month_code(m, code), PROGRAMME_MONTHLY, m, 1))
			return RC_NOMEM;
	for (int32_t m = first; m + 2 <= last; m++)
		if (m % 3 == 0 &&
		    !add(&axis, period_quarter_code(m, code), PROGRAMME_QUARTERLY, m, 3))
			return RC_NOMEM;
	for (int32_t m = first; m + 11 <= last; m++)
		if (m % 12 == 0 && !add(&axis, period_year_code(m, code), PROGRAMME_ANNUAL, m, 12))
			return RC_NOMEM;
	find_parents(&axis);
	*ret = axis;
	axis = (struct axis){ 0 };
	return RC_OK;
}

enum rc axis_add_year(struct axis *axis, int32_t year)
{
	char code[PERIOD_TEXT_SIZE];

	return add(axis, period_year_code(PERIOD_MONTH(year, 1), code), PROGRAMME_ANNUAL,
		   PERIOD_MONTH(year, 1), 12)
		       ? RC_OK
		       : RC_NOMEM;
}

enum rc axis_registered(int32_t first, int32_t last, const struct programme *programme,
			struct axis *ret)
{
	CLEANUP(axis_release) struct axis axis = { 0 };
	struct axis_category *total = axis_add(&axis, AXIS_TOTAL, -1, 0);
	char code[PERIOD_TEXT_SIZE];

	for (enum published_lang lang = 0; total && lang < PUBLISHED_LANGS; lang++)
		axis_label(total, lang, programme_word(programme, "all", lang));
	for (int32_t y = first; total && y <= last; y++) {
		struct axis_category *c =
			axis_add(&axis, period_year_code(PERIOD_MONTH(y, 1), code), 0, 0);

		if (!c)
			return RC_NOMEM;
		c->first_month = PERIOD_MONTH(y, 1);
		c->months = 12;
		axis_label(c, PUBLISHED_NB, c->code);
		axis_label(c, PUBLISHED_EN, c->code);
	}
	if (!total)
		return RC_NOMEM;
	*ret = axis;
	axis = (struct axis){ 0 };
	return RC_OK;
}

enum rc axis_years(int32_t first, int32_t last, struct axis *ret)
{
	CLEANUP(axis_release) struct axis axis = { 0 };
	char code[PERIOD_TEXT_SIZE * 2];

	for (int32_t y = first; y <= last; y++)
		if (!add(&axis, period_year_code(PERIOD_MONTH(y, 1), code), PROGRAMME_ANNUAL,
			 PERIOD_MONTH(y, 1), 12))
			return RC_NOMEM;
	for (int32_t y = first; y + WINDOW - 1 <= last; y++) {
		snprintf(code, sizeof(code), "%d-%d", y, y + WINDOW - 1);
		if (!add(&axis, code, PROGRAMME_WINDOWS, PERIOD_MONTH(y, 1), 12 * WINDOW))
			return RC_NOMEM;
	}
	*ret = axis;
	axis = (struct axis){ 0 };
	return RC_OK;
}
