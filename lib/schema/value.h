/* A value of an instance and the place where it stands. Lives on the stack of a
 * check and points at its parent there, so that a pointer is spelled out only
 * when something is wrong. A member's name is a value too (propertyNames); then
 * there is no json_t. */
#ifndef VARDE_SCHEMA_VALUE_H
#define VARDE_SCHEMA_VALUE_H

#include "base/buf.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum type_bit {
	TYPE_NULL = 1,
	TYPE_BOOLEAN = 2,
	TYPE_INTEGER = 4,  /* a number without fraction, however it is spelled */
	TYPE_FRACTION = 8, /* any other number */
	TYPE_NUMBER = TYPE_INTEGER | TYPE_FRACTION,
	TYPE_STRING = 16,
	TYPE_ARRAY = 32,
	TYPE_OBJECT = 64,
	TYPE_ANY = 127,
};

struct spot {
	unsigned type;      /* one type_bit */
	const json_t *json; /* NULL for a member's name */
	const char *text;   /* strings */
	size_t len;
	const struct spot *up; /* NULL for the whole instance */
	const char *name;      /* as a member; NULL for an element */
	size_t index;
	bool foreign; /* named by the sender, not by the schema: left out of pointers */
	unsigned depth;
};

/* The whole instance. */
struct spot spot_root(const json_t *json);
/* A member, an element. */
struct spot spot_member(const struct spot *up, const char *name, bool foreign, const json_t *json);
struct spot spot_element(const struct spot *up, size_t index, const json_t *json);
/* A member's name, standing where its object does. */
struct spot spot_name(const struct spot *object, const char *name, size_t len);

/* RFC 6901 pointer of the spot, or of the nearest place above every foreign
 * name; then, if `missing`, one more token. */
void spot_pointer(const struct spot *s, const char *missing, struct buf *out);

/* Equality of JSON Schema (Core 4.2.2): numbers by value, members in any order.
 * Each comparison of two values takes one from *budget; false at 0. */
bool value_equal(const json_t *a, const json_t *b, unsigned *budget);
bool spot_equals(const struct spot *s, const json_t *other, unsigned *budget);

/* Code points of valid UTF-8. */
size_t utf8_length(const char *text, size_t len);

#endif
