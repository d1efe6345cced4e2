/* vardectl access-log: every export that a report was part of, for operators, or as a
 * letter to the person whom the report is about. */
#include "ctl/ctl.h"
#include "ctl/render.h"

#include <string.h>

static const char *text(const json_t *object, const char *member)
{
	const char *value = json_string_value(json_object_get(object, member));

	return value ? value : "";
}

static const json_t *array(const json_t *object, const char *member)
{
	return json_object_get(object, member);
}

static void print_rows(const json_t *result, FILE *out)
{
	static const struct column columns[] = {
		{ "AT", "at" },        { "OF", "tenant" },       { "OPERATOR", "operator" },
		{ "SURE", "certain" }, { "PURPOSE", "purpose" }, { 0 }
	};

	if (!json_array_size(array(result, "reports"))) {
		fputs("no organisation has sent such a report\n", out);
		return;
	}
	render_rows(array(result, "exports"), columns, out);
}

/* --- the letter --------------------------------------------------------------------------- */

/* "2026-03-04T09:00:00.205Z" as 04.03.2026. */
static void print_day(const char *time)
{
	if (strlen(time) >= 10)
		printf("%.2s.%.2s.%.4s", time + 8, time + 5, time);
}

static void print_report(const json_t *report)
{
	const json_t *rows = array(report, "rows");
	const json_t *first = json_array_get(rows, 0);

	printf("  - fra %s (organisasjonsnummer %s), mottatt ", text(report, "name"),
	       text(report, "tenant"));
	print_day(text(first, "received_at"));
	if (json_array_size(rows) > 1)
		printf(", endret eller fulgt opp %zu ganger siden", json_array_size(rows) - 1);
	fputc('\n', stdout);
}

static void print_export(const json_t *export)
{
	fputs("  - ", stdout);
	print_day(text(export, "at"));
	printf(", av %s\n      Formål: %s\n      Melding fra: %s\n", text(export, "operator"),
	       text(export, "purpose"), text(export, "name"));
	if (!json_is_true(json_object_get(export, "certain")))
		fputs("      Loggen fra den gang sier ikke sikkert om denne meldingen var med.\n",
		      stdout);
}

static void print_exports(const json_t *exports)
{
	if (!json_array_size(exports)) {
		fputs("Ingen har hentet ut meldingen for å åpne den.\n\n", stdout);
		return;
	}
	fputs("Den låste delen av meldingen er hentet ut for å bli åpnet disse gangene:\n\n",
	      stdout);
	for (size_t i = 0; i < json_array_size(exports); i++)
		print_export(json_array_get(exports, i));
	fputc('\n', stdout);
}

static void print_letter(const json_t *result)
{
	const json_t *reports = array(result, "reports");

	printf("%s\nDato: ", text(result, "publisher"));
	print_day(text(result, "as_of"));
	fputs("\n\nHvem som har hentet ut opplysninger fra meldingen\n"
	      "=================================================\n\n"
	      "Du har bedt om å få vite hvem som har hentet ut opplysninger fra en melding om en\n"
	      "pasientsikkerhetshendelse der du er omtalt.\n\n",
	      stdout);
	printf("Meldingens nummer: %s\n", text(result, "report_id"));
	if (!json_array_size(reports)) {
		fputs("\nVi har ingen melding med dette nummeret.\n\n", stdout);
	} else {
		fputs("Vi har fått den:\n", stdout);
		for (size_t i = 0; i < json_array_size(reports); i++)
			print_report(json_array_get(reports, i));
		fputs("\nAlt som sier hvem du er, og all fritekst, ligger låst hos oss. Det kan "
		      "bare "
		      "åpnes av\ndem som har nøkkelen, på en maskin uten nett, og for et oppgitt "
		      "formål.\n\n",
		      stdout);
		print_exports(array(result, "exports"));
		fputs("Organisasjonen som sendte meldingen, kan lese den delen som ikke er låst "
		      "(koder og\ndatoer), og har selv sin egen melding. Spør dem om hvem som har "
		      "lest den der.\n\n",
		      stdout);
	}
	fputs("Er noe galt, kan du be om å få det rettet. Du kan klage til Datatilsynet.\n",
	      stdout);
	if (*text(result, "contact"))
		printf("Spørsmål: %s\n", text(result, "contact"));
	printf("\nMed hilsen\n%s\n", text(result, "publisher"));
}

static int run(const struct ctl_options *options)
{
	bool letter = json_is_true(json_object_get(options->args, "letter"));
	json_t *result = NULL;
	struct err err = { 0 };
	int status = CTL_OK;

	json_object_del(options->args, "letter");
	if (letter && options->json) {
		err_set(&err, RC_INVALID, "usage", "--letter", "is one form and --json another");
		return ctl_complain(true, &err);
	}
	if (ctl_ask("access-log", options, &result, &status, &err))
		return ctl_complain(options->json, &err);
	if (letter)
		print_letter(result);
	else if (options->json)
		json_dumpf(result, stdout, JSON_INDENT(2));
	else
		print_rows(result, stdout);
	if (options->json)
		fputc('\n', stdout);
	json_decref(result);
	return status;
}

static const struct ctl_param params[] = {
	{ "--report", "report", CTL_TEXT, "ID", "the report's id", true },
	{ "--tenant", "tenant", CTL_TEXT, "ORGNR", "whose report it is (default: whoever's)",
	  false },
	{ "--letter", "letter", CTL_FLAG, NULL,
	  "as a letter to the person, in Norwegian; read it before it is sent", false },
	{ 0 },
};

const struct ctl_command ctl_access_log_commands[] = {
	{ .words = "access-log", .params = params, .run = run },
	{ 0 },
};
