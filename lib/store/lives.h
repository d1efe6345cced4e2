/* All documents in order, and with each report's newest revision what a look over its
 * whole life needs: its first revision, what was said about it, whether it has ended. In
 * pieces, so that a long look pins no log. The store knows no words of the documents. */
#ifndef VARDE_STORE_LIVES_H
#define VARDE_STORE_LIVES_H

#include "store/view.h"

/* Kinds, borrowed. */
struct store_lives {
	const char *kind;       /* of what has a life */
	const char *about_kind; /* documents about it, such as reviews */
	const char *end_kind;   /* after one of these it is over */
	int64_t upto_seq;       /* nothing newer is looked at */
};

/* Borrowed for the callback. */
struct store_life_row {
	const char *kind;
	int64_t revision, received_at, first_received_at;
	/* Only where this is the newest revision up to `upto_seq` of a report that has
	 * neither ended nor lost its content; else NULL and false. */
	const char *clear;
	const char *first_clear; /* of revision 1; NULL where this is it or it is erased */
	const char *about_clear; /* of the newest document about it; NULL: none */
	const char *warnings;    /* JSON array text */
	bool possible_duplicate;
};

/* Documents with after_seq < seq <= through_seq. A callback's own code ends the call. */
NODISCARD enum rc store_lives(struct store_view *view, const struct store_lives *what,
			      int64_t after_seq, int64_t through_seq,
			      enum rc (*cb)(void *ctx, const struct store_life_row *row), void *ctx,
			      struct err *reterr);

#endif
