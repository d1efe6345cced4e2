#include "tasks/tasks.h"

#include "base/cleanup.h"

#include <string.h>

static const char *const kinds[] = { "rectification", NULL };

/* Codes are part of the contract with senders: openapi.yaml lists them. */
static const struct {
	const char *code, *nb, *en;
} words[] = {
	{ "wrong_person", "Personen sier at meldingen gjelder en annen. Rett opp hvem den gjelder.",
	  "The person says that the report is about somebody else. Correct whom it is about." },
	{ "wrong_identifier",
	  "Personen sier at et nummer, navn eller en adresse er feil. Rett det.",
	  "The person says that a number, a name or an address is wrong. Correct it." },
	{ "wrong_event", "Personen sier at tid, sted eller hva som skjedde er feil. Rett det.",
	  "The person says that the time, the place or what happened is wrong. Correct it." },
	{ "wrong_harm", "Personen sier at følgene av hendelsen er feil beskrevet. Rett dem.",
	  "The person says that the harm is described wrongly. Correct it." },
	{ "incomplete",
	  "Personen sier at noe vesentlig mangler. Utfyll meldingen, eller ta inn personens "
	  "merknad.",
	  "The person says that something essential is missing. Add it, or the person's remark." },
	{ "not_needed",
	  "Personen sier at meldingen har opplysninger som ikke trengs. Ta dem ut i en ny "
	  "revisjon.",
	  "The person says that the report holds what is not needed. Leave it out in a revision." },
	{ "by_letter", "Personen ber om retting. Hva det gjelder, kommer til dere i eget brev.",
	  "The person asks for a correction. What it is about comes to you by letter." },
};

bool task_kind_known(const char *kind)
{
	for (const char *const *k = kinds; *k; k++)
		if (!strcmp(*k, kind))
			return true;
	return false;
}

bool task_code_known(const char *code)
{
	return task_text(code, "nb") != NULL;
}

const char *task_text(const char *code, const char *lang)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!strcmp(words[i].code, code))
			return lang && !strcmp(lang, "en") ? words[i].en : words[i].nb;
	return NULL;
}
