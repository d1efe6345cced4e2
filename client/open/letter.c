#include "open/letter.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "codes/codes.h"

#include <stdio.h>
#include <string.h>

DEFINE_CLEANUP(struct codes *, codes_free)

/* Members of a person's own objects, in the order in which they are told. `list` is the
 * code list that its value is of. */
static const struct {
	const char *name, *nb, *list;
} members[] = {
	{ "role", "Rolle", "role" },
	{ "name", "Navn", NULL },
	{ "birth_date", "Fødselsdato", NULL },
	{ "address", "Adresse", NULL },
	{ "email", "E-post", NULL },
	{ "phone", "Telefon", NULL },
	{ "hpr_number", "HPR-nummer", NULL },
	{ "age_band", "Aldersgruppe", "age_band" },
	{ "sex", "Kjønn", "sex" },
	{ "municipality_number", "Kommune", "municipality" },
	{ "district_number", "Bydel", NULL },
	{ "harm_physical", "Fysisk skade", "harm" },
	{ "harm_psychological", "Psykisk skade", "harm_psychological" },
	{ "causal_link", "Sammenheng mellom hendelse og skade", "causal_link" },
};

static const char *text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

static const char *word(const struct codes *codes, const char *list, const char *code)
{
	const char *label = codes && list ? codes_label(codes, list, code, "nb") : NULL;

	return label ? label : code;
}

/* A date, or a month or year alone, as 04.03.2026. */
static void print_day(const char *day)
{
	size_t len = strlen(day);

	if (len >= 10)
		printf("%.2s.%.2s.%.4s", day + 8, day + 5, day);
	else if (len == 7)
		printf("%.2s.%.4s", day + 5, day);
	else
		fputs(len ? day : "ukjent dato", stdout);
}

static void print_diagnoses(const json_t *object)
{
	const json_t *list = json_object_get(object, "diagnosis");

	for (size_t i = 0; i < json_array_size(list); i++)
		printf("     Diagnose: %s %s\n", text(json_array_get(list, i), "system"),
		       text(json_array_get(list, i), "code"));
}

static bool is_told(const char *name)
{
	static const char *const apart[] = { "identifier", "diagnosis", "sequence", "anonymous" };

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (!strcmp(members[i].name, name))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(apart); i++)
		if (!strcmp(apart[i], name))
			return true;
	return false;
}

static void print_own(const json_t *object, const struct codes *codes)
{
	const char *name;
	json_t *value;

	if (*text(json_object_get(object, "identifier"), "value"))
		fputs("     Nummeret ditt (fødselsnummer, D-nummer eller hjelpenummer)\n", stdout);
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const char *told = text(object, members[i].name);

		if (*told)
			printf("     %s: %s\n", members[i].nb, word(codes, members[i].list, told));
	}
	print_diagnoses(object);
	/* What a later schema adds is told under the schema's own word. */
	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		if (!is_told(name) && json_is_string(value))
			printf("     %s: %s\n", name, json_string_value(value));
	}
}

static void print_event(const json_t *event, const struct codes *codes)
{
	const json_t *harm = json_object_get(event, "harm");

	printf("   Gjelder: %s", word(codes, "event_class", text(event, "event_class")));
	if (*text(event, "event_type"))
		printf(", %s", word(codes, "event_type", text(event, "event_type")));
	fputs(", ", stdout);
	print_day(text(json_object_get(event, "event"), "date"));
	fputc('\n', stdout);
	if (*text(event, "place"))
		printf("   Sted: %s\n", word(codes, "place", text(event, "place")));
	if (*text(event, "service"))
		printf("   Tjeneste: %s\n", word(codes, "service", text(event, "service")));
	if (*text(harm, "actual"))
		printf("   Skade: %s\n", word(codes, "harm", text(harm, "actual")));
}

static bool has_about(const json_t *matches, const char *about)
{
	for (size_t i = 0; i < json_array_size(matches); i++)
		if (!strcmp(text(json_array_get(matches, i), "about"), about))
			return true;
	return false;
}

static void print_roles(const json_t *matches)
{
	static const struct {
		const char *about, *nb;
	} roles[] = { { "patient", "pasient eller bruker" },
		      { "reporter", "den som meldte" },
		      { "staff", "personell som var med" },
		      { "text", "nevnt i en fritekst" } };
	const char *between = "   Du står som: ";

	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		if (has_about(matches, roles[i].about)) {
			printf("%s%s", between, roles[i].nb);
			between = ", ";
		}
	}
	fputc('\n', stdout);
}

static void print_found(size_t number, const json_t *one, size_t revisions,
			const struct codes *codes)
{
	const json_t *own = json_object_get(one, "own");
	const char *pointer, *name = text(one, "tenant_name");
	json_t *object;

	printf("%zu. Melding fra %s (organisasjonsnummer %s)\n   Mottatt: ", number,
	       *name ? name : "virksomheten", text(one, "tenant"));
	print_day(text(one, "received_at"));
	if (revisions > 1)
		printf(" (dette er den siste av %zu utgaver)", revisions);
	printf("\n   Meldingens nummer: %s\n", text(one, "report_id"));
	print_event(json_object_get(one, "event"), codes);
	print_roles(json_object_get(one, "matches"));
	if (json_object_size(own))
		fputs("   Dette står om deg:\n", stdout);
	json_object_foreach((json_t *)(uintptr_t)own, pointer, object) print_own(object, codes);
	if (json_is_true(json_object_get(one, "has_text")))
		fputs("   Meldingen har også en fritekst om hendelsen. Den kan nevne andre "
		      "mennesker og er\n   derfor ikke tatt med her. Du kan be om å få det i den "
		      "som gjelder deg.\n",
		      stdout);
	fputc('\n', stdout);
}

static bool same_report(const json_t *a, const json_t *b)
{
	return !strcmp(text(a, "tenant"), text(b, "tenant")) &&
	       !strcmp(text(a, "report_id"), text(b, "report_id"));
}

/* One paragraph a report: its last revision, and how many there are. */
static void print_all(const json_t *found, const struct codes *codes)
{
	size_t n = json_array_size(found), number = 0;

	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_array_get(found, i);
		size_t revisions = 0, last = i;

		for (size_t j = 0; j < n; j++) {
			if (!same_report(one, json_array_get(found, j)))
				continue;
			revisions++;
			last = j;
		}
		if (last == i)
			print_found(++number, one, revisions, codes);
	}
}

static void print_limits(int64_t searched, int64_t closed, bool any)
{
	if (!any)
		printf("Vi fant ingen melding som nummeret ditt står i. Vi har søkt gjennom %lld "
		       "innsendte\nmeldinger og endringer.\n\n",
		       (long long)searched);
	fputs("Vi har søkt etter nummeret ditt, både i feltene for det og i fritekst. En melding "
	      "der du\nbare er omtalt med navn eller på annen måte, finner vi ikke på denne "
	      "måten. Si fra\nhvis du vet om en slik, helst med hvilket sykehus eller hvilken "
	      "kommune den gjelder.\n\n",
	      stdout);
	if (closed)
		printf("%lld innsendte meldinger eller endringer kunne vi ikke åpne. De er ikke "
		       "med i dette svaret.\n\n",
		       (long long)closed);
}

static void print_rights(const struct find_request *rq)
{
	printf("Hva opplysningene brukes til\n"
	       "----------------------------\n"
	       "Meldingene brukes til å lære av hendelser, så pasienter og brukere får tryggere\n"
	       "tjenester. Det som publiseres, er tall som ingen kan kjennes igjen i. Meldingene\n"
	       "brukes ikke til tilsyn med eller straff av enkeltpersoner.\n"
	       "Det som sier hvem du er, og all fritekst, ligger låst. Det åpnes bare for et "
	       "oppgitt\n"
	       "formål, på en maskin uten nett, og hver gang blir skrevet ned.\n\n"
	       "Hvor de kommer fra, og hvem som har fått dem\n"
	       "--------------------------------------------\n"
	       "Virksomheten som er nevnt over, har sendt meldingen, og har sin egen utgave av "
	       "den.\n"
	       "Du kan be oss om en liste over hver gang den låste delen er hentet ut, av hvem og\n"
	       "hvorfor. Oppgi meldingens nummer.\n\n"
	       "Dine rettigheter\n"
	       "----------------\n"
	       "- Er noe feil, kan du be om å få det rettet. Vi ber da virksomheten sende en ny "
	       "utgave.\n"
	       "- Du kan be om at opplysninger slettes eller sperres, og protestere mot bruken av "
	       "dem.\n"
	       "- Du kan be om en forklaring på alt som står her.\n"
	       "- Du kan klage til Datatilsynet (datatilsynet.no).\n\n"
	       "Spørsmål: %s\n\nMed hilsen\n%s\n",
	       rq->contact, rq->from);
}

enum rc letter_write(const struct find_request *rq, const json_t *found, int64_t searched,
		     int64_t closed, int64_t now_ms)
{
	CLEANUP(codes_freep) struct codes *codes = NULL;
	char now[CLOCK_TEXT_SIZE], path[4096];
	struct err err = { 0 };

	snprintf(path, sizeof(path), "%s/codes", rq->schemas);
	if (codes_load(path, &codes, &err))
		fprintf(stderr,
			"varde-open: warning: %s: %s; the letter has codes instead of words\n",
			path, err.code);
	printf("%s\nDato: ", rq->from);
	print_day(clock_format(now_ms, now));
	fputs("\n\nSvar på spørsmål om innsyn\n"
	      "==========================\n\n"
	      "Du har spurt hvilke opplysninger om deg vi har i meldinger om "
	      "pasientsikkerhetshendelser.\n\n",
	      stdout);
	if (json_array_size(found))
		fputs("Dette har vi:\n\n", stdout);
	print_all(found, codes);
	print_limits(searched, closed, json_array_size(found) > 0);
	print_rights(rq);
	return fflush(stdout) || ferror(stdout) ? RC_IO : RC_OK;
}
