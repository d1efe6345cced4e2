/* The own view: one organisation's live counts, laid out like a published table, with
 * what is published of its region and the nation beside them.
 *
 * The organisation's own figures are unprotected: they are for it alone, and it is the
 * insider that the audit of releases assumes. Of anybody else it tells what the current
 * release publishes and nothing more: a hidden figure is hidden here. */
#ifndef VARDE_OWN_TALLY_H
#define VARDE_OWN_TALLY_H

#include "base/cleanup.h"
#include "base/err.h"
#include "own/asked.h"
#include "published/folder.h"

struct codes;
struct programme;
struct store_view;
struct tenant;

#define OWN_TABLE "own" /* the table's id */
#define OWN_UNIT_NONE "UTEN_ENHET"

/* Whose view it is and what it is made of; borrowed as long as the tally. */
struct own_of {
	const struct tenant *tenant; /* it and its sub-units */
	const struct codes *codes;
	const struct programme *programme;
	struct own_asked asked; /* finished */
	int64_t now_ms;
	size_t max_cells; /* of the table */
};

struct own_tally;

/* Nothing counted yet. RC_LIMIT "too-many-cells", RC_NOMEM. */
NODISCARD enum rc own_tally_new(const struct own_of *of, struct own_tally **ret,
				struct err *reterr);
void own_tally_free(struct own_tally *tally);
DEFINE_CLEANUP(struct own_tally *, own_tally_free)

/* Counts the documents of a piece, as count_own() takes it. */
NODISCARD enum rc own_tally_count(struct own_tally *tally, struct store_view *view,
				  int64_t after_seq, int64_t through_seq, int64_t upto_seq,
				  struct err *reterr);

/* What stands in no cell, of all time. */
struct own_aside {
	int64_t not_dated;       /* event clock: the month of the event is not told */
	int64_t before_coverage; /* of months before the organisation's coverage */
};
struct own_aside own_tally_aside(const struct own_tally *tally);

/* One table with id OWN_TABLE: Region (the organisation, with its sub-units if asked;
 * its region; the nation), Hendelsesklasse, what it is split by, ContentsCode, Tid.
 * `release` NULL: the organisation alone. RC_NOMEM. */
NODISCARD enum rc own_tally_table(const struct own_tally *tally, const struct published *release,
				  struct published_tables *ret, struct err *reterr);

#endif
