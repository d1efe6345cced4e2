/* The codes that only the statistics answer with, in the order in which a query
 * meets them. */
#include "base/cleanup.h"
#include "statd/statd.h"

const struct problem_kind statd_problems[] = {
	{ "no-release",
	  503,
	  { "Ingen tall er publisert", "No figures are published" },
	  { "Det er ikke publisert noen utgivelse ennå, eller den siste er trukket. Prøv igjen "
	    "senere.",
	    "No release has been published yet, or the last one was withdrawn. Try again "
	    "later." } },
	{ "release-unknown",
	  404,
	  { "Utgivelsen finnes ikke", "No such release" },
	  { "Det finnes ingen publisert utgivelse med dette navnet.",
	    "There is no published release of this name." } },
	{ "release-withdrawn",
	  410,
	  { "Utgivelsen er trukket", "The release was withdrawn" },
	  { "Tallene i denne utgivelsen skal ikke brukes mer. Bruk den gjeldende utgivelsen.",
	    "The figures of this release are not to be used any more. Use the current release." } },
	{ "language-unknown",
	  400,
	  { "Språket finnes ikke", "No such language" },
	  { "Språkene er no (eller nb) og en.", "The languages are no (or nb) and en." } },
	{ "table-unknown",
	  404,
	  { "Tabellen finnes ikke", "No such table" },
	  { "Det finnes ingen tabell med denne koden. /tables viser dem som finnes.",
	    "There is no table of this id. /tables lists those there are." } },
	{ "codelist-unknown",
	  404,
	  { "Kodelisten finnes ikke", "No such code list" },
	  { "Tjenesten har ingen egne kodelister: variablene i hver tabell har bare sine egne "
	    "verdier.",
	    "The service has no code lists of its own: each table's variables have their values "
	    "alone." } },
	{ "variable-unknown",
	  400,
	  { "Variabelen finnes ikke i tabellen", "No such variable in the table" },
	  { "Tabellens metadata viser hvilke variabler den har.",
	    "The table's metadata show which variables it has." } },
	{ "value-unknown",
	  400,
	  { "Verdien finnes ikke", "No such value" },
	  { "En verdi, maske eller et utvalg treffer ingen verdi av variabelen som står i "
	    "«variable».",
	    "A value, mask or expression meets no value of the variable that stands in "
	    "\"variable\"." } },
	{ "selection-malformed",
	  400,
	  { "Utvalget kan ikke leses", "The selection cannot be read" },
	  { "Mulige uttrykk er koder, *, masker med * og ?, top(n), bottom(n), from(kode), "
	    "to(kode) og "
	    "range(kode,kode), med komma mellom.",
	    "Possible are codes, *, masks with * and ?, top(n), bottom(n), from(code), to(code) "
	    "and "
	    "range(code,code), with commas between." } },
	{ "variable-twice",
	  400,
	  { "Variabelen er valgt to ganger", "The variable is selected twice" },
	  { "Skriv alle verdier av en variabel i ett utvalg, og plasser den bare ett sted.",
	    "Write all values of a variable in one selection, and place it once." } },
	{ "variable-missing",
	  400,
	  { "En variabel mangler i utvalget", "A variable is missing from the selection" },
	  { "Variabelen i «variable» har ingen totalverdi; velg minst én verdi av den.",
	    "The variable in \"variable\" has no total; select at least one value of it." } },
	{ "aggregation-refused",
	  403,
	  { "Tall legges ikke sammen her", "Figures are not summed here" },
	  { "Summer av tall der noen er skjult, kan røpe dem. Bruk den ferdige totalen i «total», "
	    "eller en "
	    "tabell på det nivået du trenger.",
	    "Sums over figures of which some are hidden may reveal them. Use the ready total in "
	    "\"total\", or "
	    "a table at the level that you need." } },
	{ "too-many-cells",
	  403,
	  { "Utvalget er for stort", "The selection is too large" },
	  { "Svaret ville ha flere celler enn maxDataCells i /config. Velg færre verdier, eller "
	    "del opp.",
	    "The answer would have more cells than maxDataCells in /config. Select fewer values, "
	    "or split." } },
	{ "format-unknown",
	  400,
	  { "Formatet finnes ikke", "No such format" },
	  { "Formatene er json-stat2 og csv. Valgene for csv er UseCodes, UseTexts eller "
	    "UseCodesAndTexts, "
	    "IncludeTitle, og SeparatorTab, SeparatorSpace eller SeparatorSemicolon.",
	    "The formats are json-stat2 and csv. The options of csv are UseCodes, UseTexts or "
	    "UseCodesAndTexts, IncludeTitle, and SeparatorTab, SeparatorSpace or "
	    "SeparatorSemicolon." } },
	{ "invalid-json",
	  400,
	  { "Innholdet er ikke gyldig JSON", "The content is not valid JSON" },
	  { "Innholdet skal være ett objekt som "
	    "{\"selection\":[{\"variableCode\",\"valueCodes\"}]}.",
	    "The content is one object such as "
	    "{\"selection\":[{\"variableCode\",\"valueCodes\"}]}." } },
};
const size_t statd_problems_len = ARRAY_LEN(statd_problems);
