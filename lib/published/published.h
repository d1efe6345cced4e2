/* A release as the public may see it, in memory: tables of protected counts with
 * their texts. The same struct is what a build writes and what varde-statd reads.
 *
 * On disk it is a folder of three files, written once and never changed:
 *   public.db      the tables (migrations/release)
 *   manifest.json  what the release is, and the SHA-256 of public.db (manifest.h)
 *   manifest.sig   Ed25519 over the bytes of manifest.json
 *
 * Everything is immutable once made and may be shared by threads. Texts come in
 * the languages of enum published_lang. */
#ifndef VARDE_PUBLISHED_PUBLISHED_H
#define VARDE_PUBLISHED_PUBLISHED_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum published_lang { PUBLISHED_NB, PUBLISHED_EN, PUBLISHED_LANGS };
enum published_audience { PUBLISHED_PUBLIC, PUBLISHED_SECTOR };
enum published_clock { PUBLISHED_REGISTRATION, PUBLISHED_EVENT };
enum published_unit { PUBLISHED_ANNUAL, PUBLISHED_QUARTERLY, PUBLISHED_MONTHLY, PUBLISHED_OTHER };
enum published_role { PUBLISHED_PLAIN, PUBLISHED_TIME, PUBLISHED_GEO, PUBLISHED_METRIC };

/* What stands where a number does not. One mark for everything that is hidden:
 * nobody may tell the reasons apart. */
enum published_mark {
	PUBLISHED_VALUE,          /* a number */
	PUBLISHED_HIDDEN,         /* ":"  hidden to protect */
	PUBLISHED_MISSING,        /* ".." not available: nobody reported then */
	PUBLISHED_NOT_COMPARABLE, /* "."  the unit was split or merged */
};

struct published_category {
	const char *code;
	const char *parent; /* code within the dimension, or NULL */
	const char *label[PUBLISHED_LANGS];
};

struct published_dimension {
	const char *code;
	enum published_role role;
	const char *total; /* code of the category that stands for all, or NULL: must be named */
	const char *label[PUBLISHED_LANGS];
	struct published_category *categories;
	size_t len;
};

/* dimension "": of the table; category "": of the dimension. */
struct published_note {
	const char *dimension, *category;
	bool mandatory;
	const char *text[PUBLISHED_LANGS];
};

struct published_cell {
	int32_t value; /* 0 unless mark is PUBLISHED_VALUE */
	enum published_mark mark;
};

struct published_table {
	const char *id;
	enum published_audience audience;
	enum published_clock clock;
	enum published_unit unit;
	const char *label[PUBLISHED_LANGS];
	const char *description[PUBLISHED_LANGS];
	struct published_dimension *dimensions;
	size_t dimensions_len;
	struct published_note *notes;
	size_t notes_len;
	struct published_cell *cells; /* row-major, the last dimension fastest */
	size_t cells_len;             /* product of the dimensions' lengths */
};

/* Owned by whoever made it, with all texts (malloc'd, shown as const); zeroed is empty. */
struct published_tables {
	struct published_table *list; /* in the order of the programme */
	size_t len;
};

#define PUBLISHED_CELLS_MAX 4000000 /* of one release */

void published_tables_release(struct published_tables *tables);

/* "nb"/"en", "public" …, ":" …; constants. */
const char *published_lang_name(enum published_lang lang);
const char *published_audience_name(enum published_audience audience);
const char *published_clock_name(enum published_clock clock);
const char *published_unit_name(enum published_unit unit); /* PxWebApi's TimeUnit */
const char *published_role_name(enum published_role role);
const char *published_mark_text(enum published_mark mark); /* "" for a value */

/* NULL when there is none. */
const struct published_table *published_find(const struct published_tables *tables, const char *id);

/* Index of a category's code, -1 when there is none. Codes compare exactly. */
int published_category_find(const struct published_dimension *dimension, const char *code);

/* Whether every total, parent, note and cell fits its dimension, codes are unique
 * and the sizes add up: RC_INVALID "release-malformed" (where = table); RC_LIMIT. */
NODISCARD enum rc published_check(const struct published_tables *tables, struct err *reterr);

/* Appends the bytes of public.db; the same tables give the same bytes. Checks
 * first; RC_NOMEM, RC_LIMIT (also of `out`). */
NODISCARD enum rc published_write(const struct published_tables *tables, struct buf *out,
				  struct err *reterr);

/* The tables of such bytes, which may come from anyone. RC_CORRUPT, RC_UNSUPPORTED
 * (newer), RC_INVALID and RC_LIMIT as published_check(), RC_NOMEM. */
NODISCARD enum rc published_read(const void *bytes, size_t len, struct published_tables *ret,
				 struct err *reterr);

#endif
