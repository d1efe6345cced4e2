/* What protection costs, and what it leaves to find.
 *
 *   bench_suppress              both sets
 *   bench_suppress REPORTS…     the programme, at these sizes only
 *   bench_suppress ours         the reference table only
 *   bench_suppress table        and the rival rules, whose patterns take long to judge
 *
 * The programme: 20 health trusts in 4 regions by 12 types, 5 severities and 36 months
 * with quarters, years and all; published are organisation by month, by type and by
 * severity per quarter and year, region by type and severity, nation by type and
 * severity per month. The reference table: trusts by type by one year's months,
 * quarters and year, all of it published, with rival rules beside ours. Made up, the
 * same in every run.
 *
 * Times are of one core. Protection is what a release's build does: primary rule, line
 * closure, then audits and repairs until no audit finds anything. An audit is what it
 * costs to judge a finished pattern without knowing how it came about: what follows
 * exactly (linear algebra), and what must fit in bounds (search). */
#include "suppress/grid.h"
#include "suppress/internal.h"
#include "suppress/measure.h"
#include "suppress/mix.h"
#include "suppress/protect.h"
#include "suppress/view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TRUSTS 20
#define REGIONS 4
#define TYPES 12
#define SEVERITIES 5
#define MONTHS_MAX 36
#define PI 3.14159265358979323846
/* Of the reference table, so that it has about the small cells it should. */
#define TABLE_REPORTS 11000
#define TABLE_SKEW 1.05
#define TABLE_NOISE 0.3

static const double TRUST[TRUSTS] = { .16, .09, .07, .05, .04, .03, .08, .05, .03, .02,
				      .10, .06, .04, .03, .02, .01, .05, .04, .02, .01 };
static const double TYPE[TYPES] = { .24, .18, .14, .11, .09, .07, .055, .04, .03, .02, .015, .01 };
static const double SEVERITY[SEVERITIES] = { .42, .30, .17, .08, .03 };

static void ok(enum rc rc)
{
	if (!rc)
		return;
	fprintf(stderr, "bench_suppress: %s\n", rc_name(rc));
	exit(1);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- made-up counts ------------------------------------------------------------- */

static uint64_t drawn;

static double uniform(void)
{
	return ((double)(mix(drawn++) >> 11) + 1) / 9007199254740993.0;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * PI * uniform());
}

static int64_t poisson(double mean)
{
	double limit = exp(-mean), product = 1;
	int64_t n = -1;

	if (mean > 50)
		return (int64_t)fmax(0, mean + sqrt(mean) * normal() + .5);
	do {
		n++;
		product *= uniform();
	} while (product > limit);
	return n;
}

/* --- dimensions -------------------------------------------------------------------- */

static void add_categories(struct suppress_dimension *d, uint32_t *list, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		ok(suppress_dimension_category(d, &list[i]));
}

static struct suppress_dimension *finished(struct suppress_dimension *d)
{
	uint32_t culprit;

	ok(suppress_dimension_finish(d, &culprit, NULL));
	return d;
}

static struct suppress_dimension *flat(uint32_t n)
{
	struct suppress_dimension *d = NULL;
	uint32_t list[1 + TYPES];

	ok(suppress_dimension_new(false, &d));
	add_categories(d, list, n + 1);
	ok(suppress_dimension_group(d, list[0], list + 1, n));
	return finished(d);
}

/* Nation, regions, trusts. */
static struct suppress_dimension *organisations(void)
{
	static const uint32_t sizes[REGIONS] = { 6, 4, 6, 4 };
	struct suppress_dimension *d = NULL;
	uint32_t list[1 + REGIONS + TRUSTS], next = 1 + REGIONS;

	ok(suppress_dimension_new(true, &d));
	add_categories(d, list, 1 + REGIONS + TRUSTS);
	ok(suppress_dimension_group(d, list[0], list + 1, REGIONS));
	for (uint32_t i = 0; i < REGIONS; next += sizes[i++])
		ok(suppress_dimension_group(d, list[1 + i], list + next, sizes[i]));
	return finished(d);
}

/* All (where there are several years), years, quarters, months. */
static struct suppress_dimension *times(uint32_t years)
{
	struct suppress_dimension *d = NULL;
	uint32_t list[1 + 17 * MONTHS_MAX / 12], all = years > 1, quarter = all + years,
						 month = quarter + 4 * years;

	ok(suppress_dimension_new(false, &d));
	add_categories(d, list, all + 17 * years);
	if (all)
		ok(suppress_dimension_group(d, list[0], list + 1, years));
	for (uint32_t i = 0; i < years; i++)
		ok(suppress_dimension_group(d, list[all + i], list + quarter + 4 * i, 4));
	for (uint32_t i = 0; i < 4 * years; i++)
		ok(suppress_dimension_group(d, list[quarter + i], list + month + 3 * i, 3));
	return finished(d);
}

/* --- systems -------------------------------------------------------------------------- */

/* `skew` bends all shares; `noise` is a trust's own way with types. */
static struct suppress_system *make(double reports, uint32_t years, uint32_t severities,
				    double skew, double noise, uint32_t *ret_first)
{
	static double share[TRUSTS][TYPES][SEVERITIES];
	struct suppress_dimension *d[4] = { organisations(), flat(TYPES) };
	struct suppress_system *s = NULL;
	uint32_t n = 2, month = 5 * years + (years > 1);
	double total = 0;

	drawn = 42;
	if (severities > 1)
		d[n++] = flat(severities);
	d[n++] = times(years);
	ok(suppress_system_new(5, &s));
	ok(suppress_grid_add(s, d, n, ret_first));
	for (uint32_t h = 0; h < TRUSTS; h++) {
		for (uint32_t t = 0; t < TYPES; t++) {
			double own = exp(noise * normal());

			for (uint32_t v = 0; v < severities; v++) {
				share[h][t][v] = own * pow(TRUST[h] * TYPE[t] * SEVERITY[v], skew);
				total += share[h][t][v];
			}
		}
	}
	for (uint32_t i = 0; i < TRUSTS * TYPES * severities * 12 * years; i++) {
		uint32_t m = i % (12 * years), v = i / (12 * years) % severities;
		uint32_t t = i / (12 * years * severities) % TYPES,
			 h = i / (12 * years * severities * TYPES);
		const uint32_t four[] = { 1 + REGIONS + h, 1 + t, 1 + v, month + m };
		const uint32_t three[] = { 1 + REGIONS + h, 1 + t, month + m };
		double season = 1 + .15 * sin(2 * PI * m / 12);

		suppress_system_set_value(
			s, suppress_grid_node(s, *ret_first, severities > 1 ? four : three),
			poisson(share[h][t][v] / total * season * reports / (12 * years)));
	}
	suppress_grid_fill(s, *ret_first);
	ok(suppress_system_prepare(s));
	return s;
}

static void publish_programme(struct suppress_system *s)
{
	for (uint32_t i = 0; i < suppress_system_nodes(s); i++) {
		uint32_t at[4];
		bool month, ready;

		suppress_grid_place(s, i, at);
		month = at[3] >= 16;
		ready = month ? (!at[1] && !at[2]) || !at[0] : !at[1] || !at[2] || at[0] <= REGIONS;
		if (ready)
			suppress_system_set_flags(s, i, SUPPRESS_PUBLISHED);
	}
}

static struct suppress_system *make_table(void)
{
	uint32_t first;
	struct suppress_system *s = make(TABLE_REPORTS, 1, 1, TABLE_SKEW, TABLE_NOISE, &first);

	for (uint32_t i = 0; i < suppress_system_nodes(s); i++)
		suppress_system_set_flags(s, i, SUPPRESS_PUBLISHED);
	return s;
}

/* --- rival rules ----------------------------------------------------------------------- */

struct rule {
	const char *name;
	bool zeros;     /* shown */
	uint32_t least; /* hidden in a line; 0: no line rule */
	bool siblings;  /* only children count, and only they are hidden */
	int64_t rest;   /* of the hidden sum, where the total is shown */
	bool others;    /* in lines of organisations: three, and without the largest */
};

static const struct rule RIVALS[] = {
	{ "primary only", .least = 0 },
	{ "lines >= 2, zeros shown", .zeros = true, .least = 2 },
	{ "lines >= 2, sum >= 5", .least = 2, .rest = 5 },
	{ "triangles", .least = 2, .siblings = true, .rest = 5 },
	{ "lines and organisations", .least = 2, .rest = 5, .others = true },
};

static bool rule_holds(const struct suppress_system *s, const struct equation *e,
		       const struct rule *r)
{
	const struct term *t = terms_of(s, e);
	uint32_t hidden = 0, least = r->others && e->organisation ? 3 : r->least;
	int64_t sum = 0, largest = 0;

	for (uint32_t i = 1; i < e->len; i++) {
		const struct node *n = &s->nodes[t[i].node];

		hidden += n->hidden != REASON_NONE;
		sum += n->hidden ? n->value : 0;
		largest = n->hidden && n->value > largest ? n->value : largest;
	}
	if (r->others && e->organisation)
		sum -= largest;
	if (!r->siblings && s->nodes[t->node].hidden)
		return hidden + 1 >= least;
	return !hidden || (hidden >= least && sum >= r->rest);
}

/* The smallest shown member, or SUPPRESS_NONE. */
static uint32_t smallest(const struct suppress_system *s, const struct equation *e,
			 const struct rule *r)
{
	const struct term *t = terms_of(s, e);
	uint32_t best = SUPPRESS_NONE;

	for (uint32_t i = r->siblings ? 1 : 0; i < e->len; i++) {
		const struct node *n = &s->nodes[t[i].node];

		if (n->hidden || (r->zeros && !n->value))
			continue;
		if (best == SUPPRESS_NONE || n->value < s->nodes[best].value)
			best = t[i].node;
	}
	return best;
}

static void apply(struct suppress_system *s, const struct rule *r)
{
	bool changed = r->least > 0;

	for (size_t i = 0; i < s->nodes_len; i++)
		if (s->nodes[i].value < 5 && !(r->zeros && !s->nodes[i].value))
			s->nodes[i].hidden = REASON_PRIMARY;
	while (changed) {
		changed = false;
		for (size_t i = 0; i < s->equations_len; i++) {
			const struct equation *e = &s->equations[i];
			uint32_t node;

			if (rule_holds(s, e, r))
				continue;
			node = smallest(s, e, r);
			if (node == SUPPRESS_NONE)
				continue;
			s->nodes[node].hidden = REASON_SECONDARY;
			changed = true;
		}
	}
}

/* --- figures ----------------------------------------------------------------------------- */

static double percent(double part, double whole)
{
	return whole > 0 ? 100 * part / whole : 0;
}

static void print_row(const char *name, const struct suppress_system *s, double spent)
{
	struct suppress_audit a;
	struct err err = { 0 };
	uint32_t published = 0, hidden = 0, large = 0;
	int64_t value = 0, lost = 0;
	double before = seconds();

	for (size_t i = 0; i < s->nodes_len; i++) {
		const struct node *n = &s->nodes[i];

		if (!(n->flags & SUPPRESS_PUBLISHED))
			continue;
		published++;
		value += n->value;
		hidden += n->hidden != REASON_NONE;
		large += n->hidden && n->value > 4;
		lost += n->hidden ? n->value : 0;
	}
	ok(suppress_audit(s, &a, &err));
	printf("%-24s %6u %5.1f %6u %5.1f  %5u %5u %6.2f %7.2f %4u/%u (%u)  %6.2f %6.2f\n", name,
	       hidden, percent(hidden, published), large, percent((double)lost, (double)value),
	       a.recoverable, a.single, percent(a.narrow, a.hidden), percent(a.revealed, a.small),
	       a.insiders_succeed, a.insiders, a.insiders_worst, spent, seconds() - before);
	fflush(stdout);
}

static void print_head(void)
{
	printf("%-24s %6s %5s %6s %5s  %5s %5s %6s %7s %10s  %6s %6s\n", "", "hidden", "%", "> 4",
	       "val%", "recov", "singl", "narr%", "reveal%", "insiders", "s", "audit");
}

static double protect(struct suppress_system *s, struct suppress_figures *f)
{
	struct err err = { 0 };
	uint32_t where;
	double before = seconds();

	ok(suppress_protect(s, f, &where, &err));
	return seconds() - before;
}

static struct suppress_system *make_programme(double reports, uint32_t *ret_first)
{
	struct suppress_system *s = make(reports, 3, SEVERITIES, .95, .25, ret_first);

	publish_programme(s);
	return s;
}

/* The same counts and pattern, without a memory of how it came about. */
static struct suppress_system *copy_programme(double reports, const struct suppress_system *of)
{
	uint32_t first;
	struct suppress_system *s = make_programme(reports, &first);

	for (uint32_t i = 0; i < suppress_system_nodes(s); i++)
		if (suppress_system_hidden(of, i))
			suppress_system_hide(s, i);
	return s;
}

static double audit(const struct suppress_system *s)
{
	struct suppress_audit a;
	struct err err = { 0 };
	double before = seconds();

	ok(suppress_audit(s, &a, &err));
	return seconds() - before;
}

static double look(const struct suppress_system *s)
{
	CLEANUP(view_release) struct view v;
	double before = seconds();

	view_begin(&v, s, NULL);
	ok(view_look(&v));
	return seconds() - before;
}

/* Of the outsider, in a pattern that is safe from nobody else. */
static void bench_outsider(double reports)
{
	struct suppress_figures f;
	uint32_t first;
	struct suppress_system *s = make_programme(reports, &first), *fresh;
	double linear, all;

	s->insiders_len = 0; /* leaks what they hold; it ends with the program */
	printf("outsider: protection (closure, audits, repairs) %.2f s; ", protect(s, &f));
	fresh = copy_programme(reports, s);
	fresh->insiders_len = 0;
	linear = look(fresh);
	all = audit(fresh);
	printf("one audit of that pattern %.2f s (linear %.2f, bounds %.2f)\n", all, linear,
	       all - linear);
	suppress_system_free(s);
	suppress_system_free(fresh);
}

static void bench_programme(double reports)
{
	struct suppress_figures f;
	struct suppress_system *s, *fresh;
	char name[64];
	uint32_t first;
	double all;

	s = make_programme(reports, &first);
	printf("\nprogramme, %lld reports, %u nodes\n", (long long)suppress_system_value(s, first),
	       suppress_system_nodes(s));
	bench_outsider(reports);
	all = protect(s, &f);
	fresh = copy_programme(reports, s);
	printf("outsider and %u contributors and regions: protection %.2f s, %u rounds; one audit "
	       "of that pattern by all of them %.2f s\n%u published, primary %u = %.1f %%\n",
	       f.insiders, all, f.rounds, audit(fresh), f.published, f.primary,
	       percent(f.primary, f.published));
	print_head();
	snprintf(name, sizeof(name), "ours, %.0f", reports);
	print_row(name, fresh, all);
	suppress_system_free(s);
	suppress_system_free(fresh);
}

static void bench_ours(void)
{
	struct suppress_system *s = make_table();
	struct suppress_figures f;
	uint32_t small = 0, some = 0;
	double spent;

	for (size_t i = 0; i < s->nodes_len; i++) {
		small += s->nodes[i].value < 5;
		some += s->nodes[i].value < 5 && s->nodes[i].value > 0;
	}
	printf("\nreference table: %u cells, %u are 0 to 4, %u are 1 to 4 (asked for: 5525, 2710, "
	       "1798)\n",
	       suppress_system_nodes(s), small, some);
	print_head();
	spent = protect(s, &f);
	print_row("ours", s, spent);
	suppress_system_free(s);
}

static void bench_rivals(void)
{
	for (size_t i = 0; i < ARRAY_LEN(RIVALS); i++) {
		struct suppress_system *s = make_table();

		apply(s, &RIVALS[i]);
		print_row(RIVALS[i].name, s, 0);
		suppress_system_free(s);
	}
}

static void bench_table(void)
{
	bench_ours();
	bench_rivals();
}

int main(int argc, char **argv)
{
	static const double sizes[] = { 842000, 205000, 42000 };

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "table"))
			bench_table();
		else if (!strcmp(argv[i], "ours"))
			bench_ours();
		else
			bench_programme(strtod(argv[i], NULL));
	}
	if (argc > 1)
		return 0;
	bench_table();
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		bench_programme(sizes[i]);
	return 0;
}
