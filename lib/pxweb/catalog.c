#include "pxweb/catalog.h"

#include "base/cleanup.h"
#include "pxweb/graph.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define EU "http://publications.europa.eu/resource/authority/"
#define MEDIA_TYPE "https://www.iana.org/assignments/media-types/"
#define ADDRESS_MAX 800

static const char *const langs[PUBLISHED_LANGS] = { [PUBLISHED_NB] = "nb", [PUBLISHED_EN] = "en" };

static const char *const titles[PUBLISHED_LANGS] = {
	"Statistikk over meldte uønskede hendelser i helsetjenesten",
	"Statistics of adverse events reported in health care",
};
static const char *const abouts[PUBLISHED_LANGS] = {
	"Tabeller over meldte uønskede hendelser, nesten-hendelser og risikoforhold. Tallene er "
	"beskyttet: små tall er skjult.",
	"Tables of reported incidents, near misses and hazards. The figures are protected: small "
	"counts are hidden.",
};
static const char *const service_titles[PUBLISHED_LANGS] = { "PxWebApi 2 for statistikken",
							     "PxWebApi 2 for the statistics" };
static const char *const keywords[][PUBLISHED_LANGS] = {
	{ "pasientsikkerhet", "patient safety" },
	{ "uønskede hendelser", "adverse events" },
};

/* What is in both forms; the address is that of all figures of the table. */
static const struct {
	const char *name, *file_type, *media_type, *title[PUBLISHED_LANGS];
} forms[] = {
	{ "json-stat2",
	  EU "file-type/JSON",
	  MEDIA_TYPE "application/json",
	  { "JSON-stat 2.0", "JSON-stat 2.0" } },
	{ "csv", EU "file-type/CSV", MEDIA_TYPE "text/csv", { "CSV", "CSV" } },
};

static void add_texts(json_t *node, const char *property, const char *const texts[PUBLISHED_LANGS])
{
	for (int i = 0; i < PUBLISHED_LANGS; i++)
		graph_text(node, property, texts[i], langs[i]);
}

__attribute__((format(printf, 2, 3))) static void address(char out[ADDRESS_MAX], const char *format,
							  ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(out, ADDRESS_MAX, format, args);
	va_end(args);
}

static void publisher_iri(const struct px_catalog *c, char out[ADDRESS_MAX])
{
	if (c->publisher_uri)
		address(out, "%s", c->publisher_uri);
	else
		address(out, "%s/catalog#publisher", c->url);
}

/* Publisher, contact, title and description: mandatory of catalogue, dataset and service. */
static void add_common(const struct px_catalog *c, json_t *node,
		       const char *const title[PUBLISHED_LANGS],
		       const char *const description[PUBLISHED_LANGS])
{
	char iri[ADDRESS_MAX];

	add_texts(node, "dct:title", title);
	add_texts(node, "dct:description", description);
	publisher_iri(c, iri);
	graph_link(node, "dct:publisher", iri);
	address(iri, "%s/catalog#contact", c->url);
	graph_link(node, "dcat:contactPoint", iri);
}

static void add_languages(json_t *node)
{
	graph_link(node, "dct:language", EU "language/NOB");
	graph_link(node, "dct:language", EU "language/ENG");
}

static void add_dates(const struct px_catalog *c, json_t *node)
{
	char date[32];

	graph_typed(node, "dct:issued", px_date(c->about->updated_ms, date), "xsd:date");
	graph_typed(node, "dct:modified", date, "xsd:date");
}

static void add_people(const struct px_catalog *c, json_t *graph)
{
	char iri[ADDRESS_MAX];
	json_t *agent, *contact;

	publisher_iri(c, iri);
	agent = graph_node(graph, iri, "foaf:Agent");
	add_texts(agent, "foaf:name", c->publisher);
	address(iri, "%s/catalog#contact", c->url);
	contact = graph_node(graph, iri, "vcard:Organization");
	add_texts(contact, "vcard:fn", c->publisher);
	if (strchr(c->contact, '@') && !strstr(c->contact, "://")) {
		address(iri, "mailto:%s", c->contact);
		graph_link(contact, "vcard:hasEmail", iri);
	} else {
		address(iri, "%s/", c->url);
		graph_link(contact, "vcard:hasURL", strstr(c->contact, "://") ? c->contact : iri);
	}
}

static void add_form(const struct px_catalog *c, json_t *graph, json_t *dataset,
		     const struct published_table *t, size_t form)
{
	char iri[ADDRESS_MAX], data[ADDRESS_MAX];
	const char *const *title = forms[form].title;
	json_t *node;

	address(iri, "%s/tables/%s#%s", c->about->base_url, t->id, forms[form].name);
	graph_link(dataset, "dcat:distribution", iri);
	node = graph_node(graph, iri, "dcat:Distribution");
	add_texts(node, "dct:title", title);
	add_texts(node, "dct:description", t->label);
	address(data, "%s/tables/%s/data?outputFormat=%s", c->about->base_url, t->id,
		forms[form].name);
	graph_link(node, "dcat:accessURL", data);
	graph_link(node, "dcat:accessService", c->about->base_url);
	graph_link(node, "dct:format", forms[form].file_type);
	graph_link(node, "dcat:mediaType", forms[form].media_type);
	graph_link(node, "dct:license", EU "licence/CC_BY_4_0");
	graph_link(node, "dcatap:availability", EU "planned-availability/STABLE");
	add_languages(node);
	add_dates(c, node);
}

/* The label, and what must be known before the figures are used. */
static void describe(const struct published_table *t, enum published_lang lang, struct buf *out)
{
	buf_adds(out, *t->description[lang] ? t->description[lang] : t->label[lang]);
	buf_adds(out, ".");
	for (size_t i = 0; i < t->notes_len; i++)
		if (t->notes[i].mandatory && !*t->notes[i].dimension)
			buf_addf(out, " %s", t->notes[i].text[lang]);
}

static void add_temporal(json_t *dataset, const struct published_table *t)
{
	char first[11], last[11], unused[11];
	const struct published_dimension *time = px_time_of(t);
	json_t *period;

	if (!time || !px_period_days(time->categories[0].code, first, unused) ||
	    !px_period_days(time->categories[time->len - 1].code, unused, last))
		return;
	period = graph_inner(dataset, "dct:temporal", "dct:PeriodOfTime");
	graph_typed(period, "dcat:startDate", first, "xsd:date");
	graph_typed(period, "dcat:endDate", last, "xsd:date");
}

static void add_dataset(const struct px_catalog *c, json_t *graph, json_t *catalog, json_t *service,
			const struct published_table *t)
{
	CLEANUP(buf_release) struct buf nb = buf_capped(65536);
	CLEANUP(buf_release) struct buf en = buf_capped(65536);
	const char *description[PUBLISHED_LANGS];
	bool yearly = t->unit == PUBLISHED_ANNUAL || t->unit == PUBLISHED_OTHER;
	char iri[ADDRESS_MAX], page[ADDRESS_MAX];
	json_t *node;

	address(iri, "%s/tables/%s", c->about->base_url, t->id);
	graph_link(catalog, "dcat:dataset", iri);
	graph_link(service, "dcat:servesDataset", iri);
	node = graph_node(graph, iri, "dcat:Dataset");
	describe(t, PUBLISHED_NB, &nb);
	describe(t, PUBLISHED_EN, &en);
	description[PUBLISHED_NB] = buf_text(&nb);
	description[PUBLISHED_EN] = buf_text(&en);
	add_common(c, node, t->label, description);
	graph_text(node, "dct:identifier", t->id, NULL);
	graph_link(node, "dcat:theme", EU "data-theme/HEAL");
	graph_link(node, "dct:type", EU "dataset-type/STATISTICAL");
	graph_link(node, "dct:accessRights",
		   t->audience == PUBLISHED_PUBLIC ? EU "access-right/PUBLIC"
						   : EU "access-right/RESTRICTED");
	graph_link(node, "dct:spatial", EU "country/NOR");
	graph_link(node, "dct:accrualPeriodicity",
		   yearly ? EU "frequency/ANNUAL" : EU "frequency/QUARTERLY");
	add_temporal(node, t);
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		add_texts(node, "dcat:keyword", keywords[i]);
	add_languages(node);
	add_dates(c, node);
	address(page, "%s/?table=%s", c->url, t->id);
	graph_link(node, "dcat:landingPage", page);
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		add_form(c, graph, node, t, i);
}

static json_t *add_service(const struct px_catalog *c, json_t *graph)
{
	json_t *node = graph_node(graph, c->about->base_url, "dcat:DataService");
	char iri[ADDRESS_MAX];

	add_common(c, node, service_titles, abouts);
	graph_link(node, "dcat:endpointURL", c->about->base_url);
	address(iri, "%s/config", c->about->base_url);
	graph_link(node, "dcat:endpointDescription", iri);
	graph_link(node, "dct:license", EU "licence/CC_BY_4_0");
	graph_link(node, "dct:accessRights", EU "access-right/PUBLIC");
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		graph_link(node, "dct:format", forms[i].file_type);
	return node;
}

json_t *px_catalog(const struct px_catalog *c, const struct published_table *const *tables,
		   size_t n)
{
	json_t *graph = graph_new(), *catalog, *service;
	char iri[ADDRESS_MAX];

	address(iri, "%s/catalog", c->url);
	catalog = graph_node(graph, iri, "dcat:Catalog");
	add_common(c, catalog, titles, abouts);
	add_languages(catalog);
	add_dates(c, catalog);
	graph_link(catalog, "dct:license", EU "licence/CC_BY_4_0");
	graph_link(catalog, "dct:spatial", EU "country/NOR");
	address(iri, "%s/", c->url);
	graph_link(catalog, "foaf:homepage", iri);
	graph_link(catalog, "dcat:service", c->about->base_url);
	service = add_service(c, graph);
	for (size_t i = 0; i < n; i++)
		add_dataset(c, graph, catalog, service, tables[i]);
	add_people(c, graph);
	return graph;
}
