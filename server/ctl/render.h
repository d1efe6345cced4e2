/* Results for people: aligned text on a terminal. */
#ifndef VARDE_CTL_RENDER_H
#define VARDE_CTL_RENDER_H

#include <jansson.h>
#include <stdio.h>

/* A column: its heading and the member it shows. The last of a list, of at most
 * twelve, has no heading. */
struct column {
	const char *heading, *member;
};

/* The rows of an array of objects, columns as wide as they need; "none" when empty. */
void render_rows(const json_t *rows, const struct column *columns, FILE *out);

/* "heading  value" a line, for the members of one object that are there. */
void render_facts(const json_t *object, const struct column *facts, FILE *out);

/* A member as text into `out`, which it returns: "-" for null and absent, yes or
 * no, times without their milliseconds. */
const char *render_value(const json_t *value, char *out, size_t size);

#endif
