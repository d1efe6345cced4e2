#include "duty/duty.h"

#include <string.h>

enum { NB, EN, LANGS };

static const struct {
	const char *code;
	const char *text[LANGS];
} reasons[DUTY_REASONS] = {
	[DUTY_OUTCOME_CRITERION] = { "outcome-criterion",
				     { "Meldingen oppgir selv dødsfall eller svært alvorlig skade.",
				       "The report itself states death or very serious harm." } },
	[DUTY_OUTCOME_DEATH] = { "outcome-death",
				 { "En pasient eller bruker er død.",
				   "A patient or user has died." } },
	[DUTY_OUTCOME_SEVERE] = { "outcome-severe",
				  { "Skaden er betydelig. Om den er svært alvorlig, må vurderes: "
				    "skadeskalaen har ikke det trinnet.",
				    "The harm is severe. Whether it is very serious must be "
				    "judged: "
				    "the scale of harm has no such step." } },
	[DUTY_OUTCOME_UNKNOWN] = { "outcome-unknown",
				   { "Skaden er ikke kjent. Varslingsplikten kan ikke vurderes før "
				     "den er det.",
				     "The harm is not known. Until it is, the duty cannot be "
				     "judged." } },
	[DUTY_OUTCOME_NOT_REACHED] = { "outcome-not-reached",
				       { "Hendelsen nådde ingen pasient. Slike hendelser er "
					 "ikke varslingspliktige.",
					 "The event reached no patient. Such events are not "
					 "subject to the duty." } },
	[DUTY_OUTCOME_LESS] = { "outcome-less",
				{ "Skaden er mindre enn svært alvorlig.",
				  "The harm is less than very serious." } },
	[DUTY_CAUSE_PATIENT] = { "cause-patient",
				 { "En pasient eller bruker har skadet en annen.",
				   "A patient or user has harmed another." } },
	[DUTY_CAUSE_SERVICE] = { "cause-service",
				 { "Skaden henger sammen med hendelsen i tjenesten.",
				   "The harm is tied to the event in the service." } },
	[DUTY_CAUSE_POSSIBLE] = { "cause-possible",
				  { "Skaden kan henge sammen med hendelsen i tjenesten.",
				    "The harm may be tied to the event in the service." } },
	[DUTY_CAUSE_BEHAVIOUR] = { "cause-behaviour",
				   { "Hendelsen gjelder pasientatferd. Har en pasient skadet en "
				     "annen, er vilkåret oppfylt.",
				     "The event is about patient behaviour. If a patient has "
				     "harmed "
				     "another, the condition is met." } },
	[DUTY_CAUSE_UNKNOWN] = { "cause-unknown",
				 { "Meldingen sier ikke om skaden er en følge av tjenesten.",
				   "The report does not say whether the harm is a result of the "
				   "service." } },
	[DUTY_CAUSE_UNRELATED] = { "cause-unrelated",
				   { "Skaden er vurdert til ikke å henge sammen med hendelsen.",
				     "The harm is judged not to be tied to the event." } },
	[DUTY_UNEXPECTED] = { "unexpected",
			      { "Utfallet er vurdert som uventet ut fra påregnelig risiko.",
				"The outcome is judged unexpected, given foreseeable risk." } },
	[DUTY_EXPECTATION_UNKNOWN] = { "expectation-unknown",
				       { "Meldingen sier ikke om utfallet var uventet ut fra "
					 "påregnelig risiko. Det avgjør.",
					 "The report does not say whether the outcome was "
					 "unexpected, given foreseeable risk. That decides." } },
	[DUTY_EXPECTED] = { "expected",
			    { "Utfallet er vurdert som påregnelig.",
			      "The outcome is judged to have been foreseeable." } },
	[DUTY_SENDER_SAYS_NO] = { "sender-says-no",
				  { "Meldingen oppgir selv at hendelsen ikke er varslingspliktig. "
				    "Se på det en gang til.",
				    "The report itself says that the event is not notifiable. Look "
				    "at that again." } },
	[DUTY_SENDER_SAYS_YES] = { "sender-says-yes",
				   { "Meldingen oppgir selv at hendelsen er varslingspliktig, og "
				     "kan "
				     "bygge på noe som ikke står her.",
				     "The report itself says that the event is notifiable, and may "
				     "build on something that is not told here." } },
};

static const char *const assessments[] = {
	[DUTY_UNLIKELY] = "unlikely",
	[DUTY_CANNOT_TELL] = "cannot_tell",
	[DUTY_POSSIBLE] = "possible",
	[DUTY_LIKELY] = "likely",
};

static const char *const whole[LANGS] = {
	"Hjelp til vurderingen, ikke en avgjørelse: virksomheten har plikten. Ingenting av dette "
	"lagres.",
	"Help with the judgement, not a decision: the duty is the organisation's. Nothing of this "
	"is "
	"kept.",
};
static const char *const notify[LANGS] = {
	"Varsles senest innen 5 virkedager, til Statsforvalteren med kopi til Helsetilsynet og "
	"Ukom. "
	"«earliest» er den tidligste dagen fristen kan være: regnet fra hendelsesdagen, bare "
	"søndager "
	"trukket fra. Helligdager, fri lørdag eller senere oppdagelse kan gi lengre frist. Er "
	"dagen "
	"passert, varsle straks.",
	"Notify within 5 working days, Statsforvalteren with a copy to Helsetilsynet and Ukom. "
	"\"earliest\" is the first day that the deadline can be: counted from the day of the "
	"event, "
	"only Sundays taken out. Holidays, a free Saturday or a later discovery may make it later. "
	"If "
	"the day has passed, notify at once.",
};
static const char *const report_by[LANGS] = {
	"En rapport om gjennomgang, tiltak og oppfølging sendes senest 3 måneder etter at varselet "
	"ble "
	"sendt. «date» regner kalendermåneder og er ikke flyttet for helg eller helligdag.",
	"A report on review, measures and follow-up is sent within 3 months after the notification "
	"was "
	"sent. \"date\" counts calendar months and is not moved for weekends or holidays.",
};

const char *duty_assessment_name(enum duty_assessment assessment)
{
	return assessments[assessment];
}

const char *duty_reason_code(enum duty_reason reason)
{
	return reasons[reason].code;
}

static json_t *date_or_null(const char *date)
{
	return *date ? json_string(date) : json_null();
}

static json_t *deadlines_json(const json_t *report, int lang)
{
	struct duty_dates d;

	duty_dates(report, &d);
	return json_pack("{s:{si so so ss} s:{si so so ss}}", "notification", "working_days",
			 DUTY_WORKING_DAYS, "from", date_or_null(d.event), "earliest",
			 date_or_null(d.earliest), "message", notify[lang], "report", "months",
			 DUTY_REPORT_MONTHS, "from", date_or_null(d.sent), "date",
			 date_or_null(d.report), "message", report_by[lang]);
}

json_t *duty_json(const json_t *report, const char *lang_name)
{
	int lang = strcmp(lang_name, "en") ? NB : EN;
	json_t *list = json_array();
	struct duty duty;

	duty_judge(report, &duty);
	for (size_t i = 0; i < duty.len; i++)
		json_array_append_new(list, json_pack("{ss ss ss}", "code",
						      reasons[duty.reasons[i].reason].code,
						      "pointer", duty.reasons[i].pointer, "message",
						      reasons[duty.reasons[i].reason].text[lang]));
	return json_pack("{ss so so ss}", "assessment", assessments[duty.assessment], "reasons",
			 list, "deadlines",
			 duty.assessment == DUTY_UNLIKELY ? json_null()
							  : deadlines_json(report, lang),
			 "message", whole[lang]);
}
