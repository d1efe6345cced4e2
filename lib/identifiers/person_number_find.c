/* Reads a text as groups of digits joined by short separators, and asks of the
 * latest groups, each time one ends, whether they are written like a person
 * number. One pass, constant memory. */
#include "base/cleanup.h"
#include "identifiers/characters.h"
#include "identifiers/person_number.h"

#define GROUPS_MAX 5
#define SEPARATORS_MAX 3

struct group {
	char digits[PERSON_NUMBER_LEN + 1];
	size_t len; /* may pass PERSON_NUMBER_LEN: such a group is no part of a number */
};

struct reader {
	struct group groups[GROUPS_MAX]; /* joined to each other, the latest last */
	size_t count;
	size_t separators;  /* since the latest group */
	bool open;          /* the latest group may still grow */
	const char *number; /* the only one that counts; NULL: any */
};

/* Lengths of the groups, in the ways people divide the number. A year of four
 * digits loses its century before the number is read. */
static const struct layout {
	size_t count, lens[GROUPS_MAX];
	bool century;
} layouts[] = {
	{ 1, { 11 }, false },         { 2, { 6, 5 }, false },
	{ 3, { 6, 3, 2 }, false },    { 3, { 2, 2, 7 }, false },
	{ 4, { 2, 2, 2, 5 }, false }, { 5, { 2, 2, 2, 3, 2 }, false },
	{ 2, { 8, 5 }, true },        { 3, { 2, 2, 9 }, true },
	{ 4, { 2, 2, 4, 5 }, true },  { 5, { 2, 2, 4, 3, 2 }, true },
};

static bool may_be_meant(const struct reader *r, const char *digits)
{
	struct person_number p;

	if (r->number)
		return memcmp(digits, r->number, PERSON_NUMBER_LEN) == 0;
	if (!person_number_classify(digits, PERSON_NUMBER_LEN, &p))
		return false;
	return p.kind == PERSON_NUMBER_FHNR ? p.holds_legacy : p.date_plausible;
}

static bool fits(const struct reader *r, const struct layout *layout)
{
	char all[GROUPS_MAX * PERSON_NUMBER_LEN], digits[PERSON_NUMBER_LEN];
	size_t n = 0, first;

	if (r->count < layout->count)
		return false;
	first = r->count - layout->count;
	for (size_t i = 0; i < layout->count; i++) {
		const struct group *g = &r->groups[first + i];

		if (g->len != layout->lens[i])
			return false;
		memcpy(all + n, g->digits, g->len);
		n += g->len;
	}
	if (!layout->century)
		return may_be_meant(r, all);
	/* ddmmccyy iiikk */
	if (memcmp(all + 4, "18", 2) && memcmp(all + 4, "19", 2) && memcmp(all + 4, "20", 2))
		return false;
	memcpy(digits, all, 4);
	memcpy(digits + 4, all + 6, 7);
	return may_be_meant(r, digits);
}

/* The latest group is complete: does a number end with it? */
static bool close_group(struct reader *r)
{
	if (!r->open)
		return false;
	r->open = false;
	for (size_t i = 0; i < ARRAY_LEN(layouts); i++)
		if (fits(r, &layouts[i]))
			return true;
	return false;
}

static void add_digit(struct reader *r, int digit)
{
	struct group *g;

	if (!r->open) {
		if (r->count == GROUPS_MAX) {
			memmove(r->groups, r->groups + 1, (GROUPS_MAX - 1) * sizeof(r->groups[0]));
			r->count--;
		}
		r->groups[r->count++] = (struct group){ .len = 0 };
		r->open = true;
		r->separators = 0;
	}
	g = &r->groups[r->count - 1];
	if (g->len < PERSON_NUMBER_LEN)
		g->digits[g->len] = (char)('0' + digit);
	if (g->len <= PERSON_NUMBER_LEN)
		g->len++;
}

static bool find(const char *text, size_t len, const char *number)
{
	struct reader r = { .number = number };
	size_t at = 0;
	int digit = 0;

	while (at < len) {
		switch (character_kind(character_next(text, len, &at), &digit)) {
		case CHARACTER_DIGIT: add_digit(&r, digit); break;
		case CHARACTER_SEPARATOR:
			if (close_group(&r))
				return true;
			if (++r.separators > SEPARATORS_MAX)
				r.count = 0;
			break;
		case CHARACTER_INVISIBLE: break;
		case CHARACTER_OTHER:
			if (close_group(&r))
				return true;
			r.count = 0;
			break;
		}
	}
	return close_group(&r);
}

bool person_number_find(const char *text, size_t len)
{
	return find(text, len, NULL);
}

bool person_number_occurs(const char *text, size_t len, const char *number)
{
	return find(text, len, number);
}
