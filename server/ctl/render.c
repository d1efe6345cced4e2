#include "ctl/render.h"

#include <stdbool.h>
#include <string.h>

#define VALUE_SIZE 512
#define COLUMNS_MAX 12

/* Characters of UTF-8 text; combining ones do not matter in names and codes. */
static size_t width_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* "2026-11-22T21:51:31.042Z" */
static bool is_time(const char *text)
{
	return strlen(text) == 24 && text[4] == '-' && text[10] == 'T' && text[19] == '.' &&
	       text[23] == 'Z';
}

const char *render_value(const json_t *value, char *out, size_t size)
{
	const char *text = json_string_value(value);

	if (text && is_time(text))
		snprintf(out, size, "%.10s %.8s", text, text + 11);
	else if (text)
		snprintf(out, size, "%s", *text ? text : "-");
	else if (json_is_integer(value))
		snprintf(out, size, "%lld", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		snprintf(out, size, "%s", json_is_true(value) ? "yes" : "no");
	else
		snprintf(out, size, "-");
	return out;
}

static void pad(FILE *out, const char *text, size_t width)
{
	fputs(text, out);
	for (size_t w = width_of(text); w < width; w++)
		fputc(' ', out);
}

static size_t column_width(const json_t *rows, const struct column *column)
{
	size_t width = width_of(column->heading);
	char text[VALUE_SIZE];

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *value = json_object_get(json_array_get(rows, i), column->member);
		size_t w = width_of(render_value(value, text, sizeof(text)));

		if (w > width)
			width = w;
	}
	return width;
}

/* Line `row` of the table; -1 is the headings. */
static void render_line(const json_t *rows, const struct column *columns, const size_t *widths,
			long row, FILE *out)
{
	char text[VALUE_SIZE];

	for (size_t c = 0; columns[c].heading; c++) {
		const char *cell = columns[c].heading;

		if (row >= 0)
			cell = render_value(json_object_get(json_array_get(rows, (size_t)row),
							    columns[c].member),
					    text, sizeof(text));
		pad(out, cell, columns[c + 1].heading ? widths[c] + 2 : 0);
	}
	fputc('\n', out);
}

void render_rows(const json_t *rows, const struct column *columns, FILE *out)
{
	size_t widths[COLUMNS_MAX] = { 0 };

	if (!json_array_size(rows)) {
		fputs("none\n", out);
		return;
	}
	for (size_t c = 0; c < COLUMNS_MAX && columns[c].heading; c++)
		widths[c] = column_width(rows, &columns[c]);
	for (long i = -1; i < (long)json_array_size(rows); i++)
		render_line(rows, columns, widths, i, out);
}

void render_facts(const json_t *object, const struct column *facts, FILE *out)
{
	size_t width = 0;
	char text[VALUE_SIZE];

	for (const struct column *f = facts; f->heading; f++)
		if (width_of(f->heading) > width)
			width = width_of(f->heading);
	for (const struct column *f = facts; f->heading; f++) {
		const json_t *value = json_object_get(object, f->member);

		if (!value)
			continue;
		pad(out, f->heading, width + 2);
		fprintf(out, "%s\n", render_value(value, text, sizeof(text)));
	}
}
