/* Where data are thin: for each dimension its categories down and the tables that show
 * it across, the share hidden in figures and in shades. */
#include "ctl/html.h"
#include "ctl/release_page.h"

#include <string.h>

#define ROWS_MAX 40 /* beyond, only those of which most is hidden */
#define DIMENSIONS_MAX 16

static void put(const struct page *p, const char *html)
{
	buf_adds(p->out, html);
}

/* NULL also of a table that shows nothing yet. */
static const json_t *dimension_of(const json_t *table, const char *code)
{
	const json_t *dimension;
	size_t i;

	if (!page_number(json_object_get(table, "figures"), "cells"))
		return NULL;
	json_array_foreach(
		json_object_get(table, "dimensions"), i,
		dimension) if (!strcmp(page_member(dimension, "code"), code)) return dimension;
	return NULL;
}

static bool is_same(const json_t *a, const json_t *b)
{
	return !strcmp(page_member(a, "code"), page_member(b, "code")) &&
	       !strcmp(page_member(a, "label_nb"), page_member(b, "label_nb"));
}

/* The nation of hospitals and that of municipalities have one code and two names. */
static const json_t *category_of(const json_t *dimension, const json_t *wanted)
{
	const json_t *category;
	size_t i;

	json_array_foreach(json_object_get(dimension, "categories"), i,
			   category) if (is_same(category, wanted)) return category;
	return NULL;
}

/* 0 and 100 are said only where nothing and all is meant. */
static int64_t whole_percent(int64_t part, int64_t whole)
{
	int64_t share = (200 * part + whole) / (2 * whole);

	if (part > 0 && share < 1)
		return 1;
	return part < whole && share > 99 ? 99 : share;
}

/* A share and its shade: the darker, the more is hidden. */
static void put_shade(const struct page *p, const json_t *category)
{
	const json_t *cells = json_object_get(json_object_get(category, "classes"), "incident");
	int64_t all = page_number(cells, "cells"), hidden = page_number(cells, "hidden");
	int64_t shade = all ? 1 + (hidden * 4 - 1) / all : 0;

	if (!hidden)
		put(p, "<td>");
	else
		buf_addf(p->out, "<td class=\"h%lld\">", (long long)shade);
	if (all)
		buf_addf(p->out, "%lld</td>", (long long)whole_percent(hidden, all));
	else
		put(p, "–</td>");
}

static bool is_thin(const struct page *p, const char *dimension, const char *code)
{
	const json_t *thin;
	size_t i;

	json_array_foreach(json_object_get(p->report, "thin"), i,
			   thin) if (!strcmp(page_member(thin, "dimension"), dimension) &&
				     !strcmp(page_member(thin, "code"), code)) return true;
	return false;
}

static bool has(const json_t *list, const json_t *wanted)
{
	const json_t *category;
	size_t i;

	json_array_foreach(list, i, category) if (is_same(category, wanted)) return true;
	return false;
}

/* All categories of a dimension in any table, each once, in the tables' order. */
static json_t *categories_of(const struct page *p, const char *dimension)
{
	json_t *all = json_array();
	const json_t *table;
	size_t i;

	json_array_foreach(json_object_get(p->report, "tables"), i, table)
	{
		const json_t *list = json_object_get(dimension_of(table, dimension), "categories");

		for (size_t k = 0; k < json_array_size(list); k++)
			if (all && !has(all, json_array_get(list, k)))
				json_array_append(all, json_array_get(list, k));
	}
	return all;
}

static void put_category(const struct page *p, const char *dimension, const json_t *category)
{
	const json_t *table;
	size_t i;

	put(p, json_is_true(json_object_get(category, "total")) ? "<tr class=\"sum\">" : "<tr>");
	put(p, "<th scope=\"row\">");
	html_text(p->out, page_label(p, category));
	put(p, "</th>");
	json_array_foreach(json_object_get(p->report, "tables"), i, table)
	{
		const json_t *d = dimension_of(table, dimension);

		if (d)
			put_shade(p, category_of(d, category));
	}
	put(p, "</tr>\n");
}

static void put_columns(const struct page *p, const char *dimension)
{
	const json_t *table;
	size_t i;

	put(p, "<thead><tr><td></td>");
	json_array_foreach(json_object_get(p->report, "tables"), i,
			   table) if (dimension_of(table, dimension))
		buf_addf(p->out, "<th scope=\"col\">%s</th>", page_member(table, "id"));
	put(p, "</tr></thead>\n<tbody>\n");
}

static void put_dimension(const struct page *p, const json_t *dimension)
{
	const char *code = page_member(dimension, "code");
	json_t *categories = categories_of(p, code);
	bool many = json_array_size(categories) > ROWS_MAX;
	const json_t *category;
	char id[64], caption[256];
	size_t i;

	snprintf(id, sizeof(id), "thin-%.50s", code);
	put(p, "<h3>");
	html_text(p->out, page_label(p, dimension));
	put(p, "</h3>\n");
	snprintf(caption, sizeof(caption),
		 page_say(p, "Prosent skjult etter %.150s og tabell, uønskede hendelser",
			  "Percent hidden by %.150s and table, incidents"),
		 page_label(p, dimension));
	page_table_begin(p, id, caption, caption);
	put_columns(p, code);
	json_array_foreach(categories, i,
			   category) if (!many || is_thin(p, code, page_member(category, "code")))
		put_category(p, code, category);
	put(p, "</tbody>");
	page_table_end(p);
	if (many)
		page_paragraph(
			p, "Bare de der det meste er skjult. Resten står i rapporten som JSON.",
			"Only those of which most is hidden. The rest is in the report as JSON.");
	json_decref(categories);
}

static bool is_among(const json_t *const *list, size_t n, const char *code)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(page_member(list[i], "code"), code))
			return true;
	return false;
}

/* Each dimension of any table once, but for time, which is the last of each. */
static size_t dimensions_of(const struct page *p, const json_t **ret)
{
	const json_t *table;
	size_t n = 0, i;

	json_array_foreach(json_object_get(p->report, "tables"), i, table)
	{
		const json_t *list = json_object_get(table, "dimensions");

		for (size_t d = 0; d + 1 < json_array_size(list); d++) {
			const json_t *dimension = json_array_get(list, d);

			if (n < DIMENSIONS_MAX &&
			    dimension_of(table, page_member(dimension, "code")) &&
			    !is_among(ret, n, page_member(dimension, "code")))
				ret[n++] = dimension;
		}
	}
	return n;
}

void page_thin(const struct page *p)
{
	const json_t *dimensions[DIMENSIONS_MAX];
	size_t n = dimensions_of(p, dimensions);

	put(p, "<section>");
	page_heading(p, "thin", "Hvor tallene er tynne", "Where data are thin");
	page_paragraph(p, "Jo mørkere, jo mer er skjult. En strek er at ingen rapporterte.",
		       "The darker, the more is hidden. A dash means that nobody reported.");
	page_sentences(p, "thin");
	for (size_t i = 0; i < n; i++)
		put_dimension(p, dimensions[i]);
	put(p, "</section>\n");
}
