#include "pxweb/graph.h"

#include "base/cleanup.h"

#include <stdio.h>
#include <string.h>

#define IRI_MAX 4096

static const struct {
	const char *prefix, *iri;
} prefixes[] = {
	{ "dcat", "http://www.w3.org/ns/dcat#" },
	{ "dcatap", "http://data.europa.eu/r5r/" },
	{ "dct", "http://purl.org/dc/terms/" },
	{ "foaf", "http://xmlns.com/foaf/0.1/" },
	{ "vcard", "http://www.w3.org/2006/vcard/ns#" },
	{ "xsd", "http://www.w3.org/2001/XMLSchema#" },
};

json_t *graph_new(void)
{
	json_t *context = json_object();

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		json_object_set_new(context, prefixes[i].prefix, json_string(prefixes[i].iri));
	return json_pack("{s:o, s:[]}", "@context", context, "@graph");
}

/* RFC 3987 in Turtle's grammar: none of <>"{}|^`\, space or control. */
static json_t *iri_json(const char *iri)
{
	CLEANUP(buf_release) struct buf out = buf_capped(IRI_MAX);

	for (; *iri; iri++)
		if ((unsigned char)*iri <= ' ' || strchr("<>\"{}|^`\\", *iri))
			buf_addf(&out, "%%%02X", (unsigned char)*iri);
		else
			buf_addc(&out, *iri);
	return buf_rc(&out) ? NULL : json_string(buf_text(&out));
}

json_t *graph_node(json_t *graph, const char *iri, const char *class)
{
	json_t *node = json_pack("{s:o, s:s}", "@id", iri_json(iri), "@type", class);

	json_array_append_new(json_object_get(graph, "@graph"), node);
	return node;
}

static void add(json_t *node, const char *property, json_t *object)
{
	json_t *list = json_object_get(node, property);

	if (!list) {
		list = json_array();
		json_object_set_new(node, property, list);
	}
	json_array_append_new(list, object);
}

void graph_link(json_t *node, const char *property, const char *iri)
{
	add(node, property, json_pack("{s:o}", "@id", iri_json(iri)));
}

void graph_text(json_t *node, const char *property, const char *text, const char *lang)
{
	if (*text)
		add(node, property, json_pack("{s:s, s:s*}", "@value", text, "@language", lang));
}

void graph_typed(json_t *node, const char *property, const char *text, const char *datatype)
{
	add(node, property, json_pack("{s:s, s:s}", "@value", text, "@type", datatype));
}

json_t *graph_inner(json_t *node, const char *property, const char *class)
{
	json_t *inner = json_pack("{s:s}", "@type", class);

	add(node, property, inner);
	return inner;
}

/* --- Turtle ---------------------------------------------------------------------------- */

static void write_name(struct buf *out, const char *name)
{
	const char *colon = strchr(name, ':');

	for (size_t i = 0; colon && i < ARRAY_LEN(prefixes); i++) {
		if (strlen(prefixes[i].prefix) != (size_t)(colon - name) ||
		    strncmp(prefixes[i].prefix, name, (size_t)(colon - name)))
			continue;
		buf_adds(out, name);
		return;
	}
	buf_addf(out, "<%s>", name);
}

static void write_text(struct buf *out, const char *text)
{
	buf_addc(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_addf(out, "\\%c", *text);
		else if ((unsigned char)*text < ' ')
			buf_addf(out, "\\u%04X", (unsigned char)*text);
		else
			buf_addc(out, *text);
	}
	buf_addc(out, '"');
}

static const char *member(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void write_node(struct buf *out, json_t *node, int depth);

static void write_object(struct buf *out, json_t *object, int depth)
{
	const char *value = member(object, "@value");

	if (value) {
		write_text(out, value);
		if (member(object, "@language"))
			buf_addf(out, "@%s", member(object, "@language"));
		if (member(object, "@type")) {
			buf_adds(out, "^^");
			write_name(out, member(object, "@type"));
		}
	} else if (member(object, "@id")) {
		write_name(out, member(object, "@id"));
	} else {
		buf_adds(out, "[ ");
		write_node(out, object, depth + 1);
		buf_adds(out, " ]");
	}
}

/* "a CLASS ; property object , object …". */
static void write_node(struct buf *out, json_t *node, int depth)
{
	const char *property;
	json_t *list, *object;
	size_t i;

	buf_adds(out, "a ");
	write_name(out, member(node, "@type"));
	json_object_foreach(node, property, list)
	{
		if (property[0] == '@')
			continue;
		buf_addf(out, " ;\n%.*s", depth, "\t\t\t\t");
		write_name(out, property);
		json_array_foreach(list, i, object)
		{
			buf_adds(out, i ? ", " : " ");
			write_object(out, object, depth);
		}
	}
}

enum rc graph_turtle(const json_t *graph, struct buf *out)
{
	json_t *node;
	size_t i;

	for (i = 0; i < ARRAY_LEN(prefixes); i++)
		buf_addf(out, "@prefix %s: <%s> .\n", prefixes[i].prefix, prefixes[i].iri);
	json_array_foreach(json_object_get(graph, "@graph"), i, node)
	{
		const char *id = member(node, "@id"), *class = member(node, "@type");

		if (!id || !class)
			return RC_NOMEM; /* it could not be made whole */
		buf_adds(out, "\n");
		write_name(out, id);
		buf_adds(out, " ");
		write_node(out, node, 1);
		buf_adds(out, " .\n");
	}
	return buf_rc(out);
}
