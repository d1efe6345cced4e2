/* What every release must keep, for outsiders and for those who contribute. */
#include "release/report.h"

static const struct report_bar bars[REPORT_BARS] = {
	[BAR_SMALL_SHOWN] = { "small-shown",
			      { "små tall som vises", "small figures that are shown" } },
	[BAR_LINEAR] = { "linear",
			 { "skjulte tall som følger av andre ved å legge sammen og trekke fra",
			   "hidden figures that follow from others by adding and subtracting" } },
	[BAR_BOUNDS] = { "bounds",
			 { "skjulte tall som bare kan ha én verdi, siden ingen tall er under 0",
			   "hidden figures that can have one value only, since no count is "
			   "below 0" } },
	[BAR_NARROW] = { "narrow",
			 { "skjulte tall der færre enn tre verdier skiller lavest og høyest "
			   "mulige",
			   "hidden figures whose lowest and highest possible values are less "
			   "than three apart" } },
	[BAR_REVEALED] = { "revealed",
			   { "skjulte små tall der det kan utelukkes noe av det som er lite",
			     "hidden small figures of which some small value can be ruled out" },
			   .per_thousand = 1 },
	[BAR_INSIDERS] = { "insiders",
			   { "virksomheter og regioner som kan finne andres små tall ved hjelp av "
			     "sine egne",
			     "organisations and regions that can find others' small figures with "
			     "their own" } },
	[BAR_ADDITIVE] = { "additive", { "summer som ikke stemmer", "sums that do not add up" } },
};

struct report_bar report_bar(const struct report_class *c, enum report_bar_name name)
{
	const struct suppress_audit *a = &c->audit;
	const struct {
		uint32_t figure, of;
	} found[REPORT_BARS] = {
		[BAR_SMALL_SHOWN] = { c->small_shown, c->all.cells },
		[BAR_LINEAR] = { a->recoverable, c->nodes },
		[BAR_BOUNDS] = { a->single, c->nodes },
		[BAR_NARROW] = { a->narrow, a->hidden },
		[BAR_REVEALED] = { a->revealed, a->small },
		[BAR_INSIDERS] = { a->insiders_succeed, a->insiders },
		[BAR_ADDITIVE] = { a->not_additive, c->nodes },
	};
	struct report_bar bar = bars[name];

	bar.figure = found[name].figure;
	bar.of = found[name].of;
	bar.kept = (uint64_t)bar.figure * 1000 <= (uint64_t)bar.per_thousand * bar.of;
	return bar;
}

bool release_report_is_safe(const struct release_report *r, const char **ret_why)
{
	*ret_why = NULL;
	for (size_t i = 0; i < RELEASE_CLASSES; i++) {
		for (enum report_bar_name name = 0; name < REPORT_BARS; name++) {
			struct report_bar bar = report_bar(&r->classes[i], name);

			if (!*ret_why && !bar.kept)
				*ret_why = bar.text[PUBLISHED_EN];
		}
	}
	return !*ret_why;
}
