/* One axis of what is counted: its categories in the order in which people read
 * them, each with code and texts, and which are sums of which. The protection sees
 * all of it (suppress/dimension.h), a published table the part that it shows. */
#ifndef VARDE_RELEASE_AXIS_H
#define VARDE_RELEASE_AXIS_H

#include "count/counted.h"
#include "release/programme.h"
#include "suppress/dimension.h"

struct codes;

#define AXIS_CODE_SIZE 40
#define AXIS_LABEL_SIZE 240
#define AXIS_TOTAL "00" /* code of the total of a plain axis */
#define AXIS_NATION "NO"
#define AXIS_COMPLETED "completed" /* reviews: what the factors are told of */
#define AXIS_NO_REGION "UTEN"      /* health trusts outside the regional authorities */

struct axis_category {
	char code[AXIS_CODE_SIZE];
	char label[PUBLISHED_LANGS][AXIS_LABEL_SIZE];
	int32_t parent; /* index, -1 for the topmost */
	unsigned level; /* enum programme_level of a region, enum programme_unit bit of a time */
	int32_t first_month, months; /* of a time: what it covers */
};

struct axis {
	struct axis_category *list;
	size_t len, room;
	bool organisation;
};

void axis_release(struct axis *axis);

/* Index of a code, -1 when there is none. */
int32_t axis_find(const struct axis *axis, const char *code);

/* Total and all codes of a list, in the list's order; codes that rows have and the
 * list has not count as "unknown", which is added where the list lacks it. RC_NOT_FOUND:
 * no such list; RC_NOMEM. */
NODISCARD enum rc axis_of_list(const struct codes *codes, const struct programme *programme,
			       const char *list, struct axis *ret);

/* A word of the programme as a category, its name being the code. */
struct axis_word {
	const char *name;
	const char *parent; /* one that came before; NULL: the total */
};

/* Words such as on_time and late, up to one without a name, behind their total, whose
 * text is the word `total`. RC_NOMEM. */
NODISCARD enum rc axis_of_words(const struct programme *programme, const char *total,
				const struct axis_word *words, struct axis *ret);

/* Nation, regional health authorities, health trusts: those that have a coverage or
 * rows. RC_NOMEM. */
NODISCARD enum rc axis_hospitals(const struct counted *counted, const struct codes *codes,
				 const struct programme *programme, struct axis *ret);
/* Nation, counties, municipalities by number, of the rows and as of the counts. RC_NOMEM. */
NODISCARD enum rc axis_municipalities(const struct counted *counted, const struct codes *codes,
				      const struct programme *programme, struct axis *ret);

/* Months `first` to `last`, their whole quarters and whole years. A part of a
 * quarter or year is no category. RC_NOMEM. */
NODISCARD enum rc axis_months(int32_t first, int32_t last, struct axis *ret);
/* Whole years from `first` to `last`, and every three in a row. RC_NOMEM. */
NODISCARD enum rc axis_years(int32_t first, int32_t last, struct axis *ret);

/* One more whole year, behind the others. RC_NOMEM. */
NODISCARD enum rc axis_add_year(struct axis *axis, int32_t year);
/* Years of registration with their total. RC_NOMEM. */
NODISCARD enum rc axis_registered(int32_t first, int32_t last, const struct programme *programme,
				  struct axis *ret);

/* The axis as the protection takes it; windows of years as the sums they are. */
NODISCARD enum rc axis_dimension(const struct axis *axis, struct suppress_dimension **ret,
				 struct err *reterr);

#endif
