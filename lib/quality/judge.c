/* What the figures mean, in words, and what to do: for the source itself. The bars below
 * are the house's, not a standard; under REPORTS_MIN reports nothing is judged, since a
 * share of few says little. */
#include "quality/internal.h"

#include "rules/catalogue.h"

#include <stdarg.h>
#include <string.h>

#define REPORTS_MIN 20
#define RECENT_MONTHS 6

/* In per cent. */
#define KNOWN_WEAK 50
#define KNOWN_STRONG 90
#define UNKNOWN_WEAK 20
#define REFUSED_WEAK 5
#define REFUSED_STRONG 1
#define WARNED_WEAK 5
#define WARNED_STRONG 1
#define TWICE_WEAK 2
#define OVERDUE_WEAK 20
#define NOT_CODED_WEAK 50
/* In days. */
#define RECEIPT_WEAK 31
#define RECEIPT_STRONG 7
#define REGISTRATION_WEAK 14
#define REGISTRATION_STRONG 3

/* What every report can tell about its event, whatever kind of event it was. */
static const char *const expected[] = {
	"/event/time_bracket", "/event/detection_point",    "/process_stage",
	"/harm/actual",        "/harm/potential",           "/harm/preventability",
	"/event_type",         "/organisation/unit_number", "/patients/*/age_band",
	"/patient_informed",   "/contributing_factors",
};

bool quality_expects(const char *pointer)
{
	for (size_t i = 0; i < ARRAY_LEN(expected); i++)
		if (!strcmp(pointer, expected[i]))
			return true;
	return false;
}

struct judging {
	const struct quality_tally *t;
	const struct quality_sums *sums;
	json_t *list;
};

/* One sentence twice, and what to do about it (both or none). */
struct words {
	const char *nb, *en, *do_nb, *do_en;
};

static void add(struct judging *j, const char *kind, const char *code, const struct words *w)
{
	json_array_append_new(j->list, json_pack("{s:s, s:s, s:s, s:s, s:o}", "kind", kind, "code",
						 code, "nb", w->nb, "en", w->en, "do",
						 w->do_nb ? json_pack("{s:s, s:s}", "nb", w->do_nb,
								      "en", w->do_en)
							  : json_null()));
}

static int64_t share(int64_t part, int64_t whole)
{
	return whole ? (100 * part + whole / 2) / whole : 0;
}

/* --- complete --------------------------------------------------------------------------------- */

enum group { KNOWN, UNKNOWN, MISSING, GROUPS };

/* The members that every report can tell, by how they do; the middle is in no group. */
static enum group group_of(const struct quality_member *m)
{
	if (m->of < REPORTS_MIN)
		return GROUPS;
	if (share(m->present - m->unknown, m->of) >= KNOWN_STRONG)
		return KNOWN;
	if (share(m->unknown, m->of) >= UNKNOWN_WEAK)
		return UNKNOWN;
	return share(m->present - m->unknown, m->of) < KNOWN_WEAK ? MISSING : GROUPS;
}

/* «Place» (12 of 100), «Harm» (40 of 100): of an unknown one, the share of unknown. */
static void name_member(const struct quality_member *m, enum group group, bool first,
			struct buf *nb, struct buf *en)
{
	long long n = share(group == UNKNOWN ? m->unknown : m->present - m->unknown, m->of);

	buf_addf(nb, "%s«%s» (%lld av 100)", first ? "" : ", ", m->label[QUALITY_NB], n);
	buf_addf(en, "%s“%s” (%lld of 100)", first ? "" : ", ", m->label[QUALITY_EN], n);
}

static void judge_group(struct judging *j, enum group group, const char *kind, const char *code,
			const struct words *words)
{
	CLEANUP(buf_release) struct buf nb = buf_capped(4096);
	CLEANUP(buf_release) struct buf en = buf_capped(4096);
	size_t len, n = 0;
	const struct quality_member *list = quality_members_list(j->t->members, &len);
	struct words w = *words;

	buf_addf(&nb, "%s: ", words->nb);
	buf_addf(&en, "%s: ", words->en);
	for (size_t i = 0; i < len; i++)
		if (quality_expects(list[i].pointer) && group_of(&list[i]) == group)
			name_member(&list[i], group, !n++, &nb, &en);
	buf_addc(&nb, '.');
	buf_addc(&en, '.');
	w.nb = buf_text(&nb);
	w.en = buf_text(&en);
	if (n && !buf_rc(&nb) && !buf_rc(&en))
		add(j, kind, code, &w);
}

static void judge_completeness(struct judging *j)
{
	static const struct words known = { "Kjent i nesten alle", "Known in almost all", NULL,
					    NULL };
	static const struct words unknown = {
		"Står ofte som ukjent", "Often stand as unknown",
		"Se etter om «ukjent» er forvalgt i meldeskjemaet, og om den lokale koden kan "
		"oversettes bedre.",
		"See whether “unknown” is preselected in the form, and whether the local code can "
		"be translated better."
	};
	static const struct words missing = {
		"Mangler ofte; kjent er", "Often missing; known are",
		"Se om kvalitetssystemet alt har opplysningen, og ta den med i overføringen.",
		"See whether the quality system holds it already, and map it."
	};

	judge_group(j, KNOWN, "strong", "members-known", &known);
	judge_group(j, UNKNOWN, "weak", "members-unknown", &unknown);
	judge_group(j, MISSING, "weak", "members-missing", &missing);
}

/* --- in time ------------------------------------------------------------------------------------
 */

static void judge_days(struct judging *j, const struct spread *s, int64_t strong, int64_t weak,
		       const char *code, const struct words *what)
{
	int64_t median = spread_quantile(s, 50), p90 = spread_quantile(s, 90);
	char nb[600], en[600];
	struct words w = { nb, en, NULL, NULL };

	if (s->n < REPORTS_MIN || (median > strong && median <= weak))
		return;
	snprintf(nb, sizeof(nb), "%s: halvparten innen %lld %s, ni av ti innen %lld.", what->nb,
		 (long long)median, median == 1 ? "dag" : "dager", (long long)p90);
	snprintf(en, sizeof(en), "%s: half within %lld %s, nine of ten within %lld.", what->en,
		 (long long)median, median == 1 ? "day" : "days", (long long)p90);
	if (!median) {
		snprintf(nb, sizeof(nb), "%s: halvparten samme dag, ni av ti innen %lld %s.",
			 what->nb, (long long)p90, p90 == 1 ? "dag" : "dager");
		snprintf(en, sizeof(en), "%s: half the same day, nine of ten within %lld %s.",
			 what->en, (long long)p90, p90 == 1 ? "day" : "days");
	}
	if (median > weak) {
		w.do_nb = what->do_nb;
		w.do_en = what->do_en;
	}
	add(j, median > weak ? "weak" : "strong", code, &w);
}

/* Of the span's last months alone: history that was handed over took years, and says
 * nothing of how the transfer runs now. */
static void judge_timeliness(struct judging *j)
{
	static const struct words registration = {
		"Fra hendelse til registrering, de siste seks månedene",
		"From event to registration, in the last six months",
		"Spør hvor det stopper: er det tungt å melde, eller uklart hva som skal meldes?",
		"Ask where it stops: is reporting laborious, or is it unclear what to report?"
	};
	static const struct words receipt = {
		"Fra registrering til mottak her, de siste seks månedene",
		"From registration to receipt here, in the last six months",
		"La overføringen gå hver natt; rettelser kan sendes etterpå som nye revisjoner.",
		"Let the transfer run every night; corrections can follow as new revisions."
	};
	CLEANUP(spread_release) struct spread to_registration = { 0 };
	CLEANUP(spread_release) struct spread to_receipt = { 0 };
	size_t n = j->t->months_len, i = n > RECENT_MONTHS ? n - RECENT_MONTHS : 0;

	for (; i < n; i++)
		if (spread_join(&to_registration, &j->t->months[i].to_registration) ||
		    spread_join(&to_receipt, &j->t->months[i].to_receipt))
			return;
	judge_days(j, &to_registration, REGISTRATION_STRONG, REGISTRATION_WEAK, "to-registration",
		   &registration);
	judge_days(j, &to_receipt, RECEIPT_STRONG, RECEIPT_WEAK, "to-receipt", &receipt);
}

/* --- right --------------------------------------------------------------------------------------
 */

static const struct quality_code *most(const struct quality_codes *codes)
{
	const struct quality_code *found = NULL;

	for (size_t i = 0; i < codes->len; i++)
		if (!found || codes->list[i].n > found->n)
			found = &codes->list[i];
	return found;
}

static void judge_warnings(struct judging *j)
{
	const struct quality_tally *t = j->t;
	const struct quality_code *worst = most(&t->warnings);
	CLEANUP(buf_release) struct buf rule_nb = buf_capped(2048);
	CLEANUP(buf_release) struct buf rule_en = buf_capped(2048);
	int64_t warned = share(t->warned, t->reports);
	char nb[2600], en[2600];
	struct words w = { .nb = nb, .en = en };

	if (warned <= WARNED_STRONG) {
		w.nb = "Nesten ingen meldinger har varsler.";
		w.en = "Hardly any report has a warning.";
		add(j, "strong", "warnings", &w);
		return;
	}
	if (!worst || share(worst->n, t->reports) < WARNED_WEAK ||
	    rules_message(t->of.rules, worst->code, RULES_NB, NULL, &rule_nb) ||
	    rules_message(t->of.rules, worst->code, RULES_EN, NULL, &rule_en))
		return;
	snprintf(nb, sizeof(nb), "%lld av 100 meldinger har varsel, oftest: %s", (long long)warned,
		 buf_text(&rule_nb));
	snprintf(en, sizeof(en), "%lld of 100 reports have a warning, mostly: %s",
		 (long long)warned, buf_text(&rule_en));
	w.do_nb = "Varselet står i kvitteringen til hver melding. Rett årsaken én gang, i "
		  "kvalitetssystemet eller i oversettelsen.";
	w.do_en = "Each report's receipt has the warning. Mend the cause once, in the quality "
		  "system or in the mapping.";
	add(j, "weak", worst->code, &w);
}

static void judge_refusals(struct judging *j)
{
	int64_t received = j->sums->stored + j->sums->repeated + j->sums->refused;
	int64_t refused = share(j->sums->refused, received);
	const struct quality_code *worst = most(&j->t->refusals);
	char nb[600], en[600];
	struct words w = { .nb = nb, .en = en };

	if (received < REPORTS_MIN)
		return;
	if (refused <= REFUSED_STRONG) {
		w.nb = "Nesten alt som sendes, blir tatt imot.";
		w.en = "Almost everything that is sent is taken.";
		add(j, "strong", "refused", &w);
	} else if (refused >= REFUSED_WEAK && worst) {
		snprintf(nb, sizeof(nb), "%lld av 100 innsendinger ble avvist, oftest med %s.",
			 (long long)refused, worst->code);
		snprintf(en, sizeof(en), "%lld of 100 submissions were refused, mostly with %s.",
			 (long long)refused, worst->code);
		w.do_nb = "Avvisningene står i /v1/quality/refusals med sted og kode. Det som er "
			  "avvist, er ikke meldt før det er sendt på nytt.";
		w.do_en = "The refusals stand in /v1/quality/refusals with place and code. What "
			  "was refused is not reported until it is sent again.";
		add(j, "weak", "refused", &w);
	}
}

static void judge_corrections(struct judging *j)
{
	const struct quality_tally *t = j->t;
	char nb[600], en[600];
	struct words w = { .nb = nb, .en = en };

	if (share(t->duplicates, t->reports) >= TWICE_WEAK) {
		snprintf(nb, sizeof(nb), "Samme lokale saksnummer som en annen melding: %lld.",
			 (long long)t->duplicates);
		snprintf(en, sizeof(en), "With the local case number of another report: %lld.",
			 (long long)t->duplicates);
		w.do_nb = "Se om samme sak får ny rapport-id når den endres; da skal den sendes "
			  "som ny revisjon.";
		w.do_en = "See whether a case gets a new report id when it changes; it should be "
			  "sent as a new revision.";
		add(j, "weak", "possible-duplicates", &w);
	}
	if (!t->corrected) {
		w = (struct words){
			"Ingen meldinger er rettet etter at de ble sendt.",
			"No report was corrected after it was sent.",
			"Se om systemet sender ny revisjon når en sak får ny alvorlighetsgrad "
			"eller type.",
			"See whether the system sends a new revision when a case gets another "
			"severity or type."
		};
		add(j, "weak", "no-corrections", &w);
	}
}

static void judge_reviews(struct judging *j)
{
	const struct quality_tally *t = j->t;
	int64_t overdue = t->reviews[REVIEW_OVERDUE];
	char nb[600], en[600];
	struct words w = { .nb = nb, .en = en };

	if (t->reviews_due && !overdue) {
		w.nb = "Ingen gjennomgang er over fristen.";
		w.en = "No review is overdue.";
		add(j, "strong", "reviews-overdue", &w);
	} else if (share(overdue, t->reviews_due) >= OVERDUE_WEAK) {
		snprintf(nb, sizeof(nb), "%lld av %lld gjennomganger med frist er over fristen.",
			 (long long)overdue, (long long)t->reviews_due);
		snprintf(en, sizeof(en), "%lld of %lld reviews with a date are overdue.",
			 (long long)overdue, (long long)t->reviews_due);
		w.do_nb = "Send det som er ferdig. Er gjennomgangen påbegynt, er det også verdt "
			  "å si.";
		w.do_en = "Send what is done. That a review has started is worth saying too.";
		add(j, "weak", "reviews-overdue", &w);
	}
	if (t->completed && share(t->not_coded, t->completed) >= NOT_CODED_WEAK) {
		snprintf(nb, sizeof(nb),
			 "%lld av %lld fullførte gjennomganger har ingen kodede medvirkende "
			 "faktorer.",
			 (long long)t->not_coded, (long long)t->completed);
		snprintf(en, sizeof(en),
			 "%lld of %lld completed reviews have no coded contributing factors.",
			 (long long)t->not_coded, (long long)t->completed);
		w.do_nb = "Ingen feil, men uten koder kan andre ikke lære av dem.";
		w.do_en = "Not a fault, but without codes others cannot learn from them.";
		add(j, "weak", "reviews-not-coded", &w);
	}
}

json_t *quality_judge(const struct quality_tally *t, const struct quality_sums *sums)
{
	struct judging j = { .t = t, .sums = sums, .list = json_array() };

	judge_refusals(&j);
	if (t->reports >= REPORTS_MIN) {
		judge_timeliness(&j);
		judge_completeness(&j);
		judge_warnings(&j);
		judge_corrections(&j);
	}
	judge_reviews(&j);
	return j.list;
}
