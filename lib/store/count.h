/* Counting documents by what their clear parts say. The store knows no words of
 * the documents: the caller names members by path, the store groups and counts.
 *
 * The figures are unprotected: they go to the tenant itself or into a release's
 * private part, never further. */
#ifndef VARDE_STORE_COUNT_H
#define VARDE_STORE_COUNT_H

#include "store/view.h"

#define STORE_COUNT_MEMBERS 10
#define STORE_COUNT_STARTS 3

enum store_count_basis {
	STORE_COUNT_FIRST, /* what each report said first */
	STORE_COUNT_LAST,  /* what its newest revision up to `upto_seq` says */
};

/* What to count. Paths are SQL/JSON: "$.event.date", "$.list[0].code". All borrowed. */
struct store_count {
	const char *kind;
	enum store_count_basis basis;
	int64_t after_seq, upto_seq; /* documents with after_seq < seq <= upto_seq; of
					STORE_COUNT_FIRST the first revision's seq */
	int64_t through_seq;         /* and with seq <= through_seq, so that a long count goes in
					pieces that add up to the whole; 0: upto_seq */
	const char *unless_kind;     /* leave out reports of which there is a document of this kind
					up to upto_seq; NULL: none */
	const char *members[STORE_COUNT_MEMBERS]; /* grouped by their whole text; NULL ends */
	struct {
		const char *path; /* NULL ends */
		int len; /* grouped by its first `len` characters: 7 of a date is its month */
	} starts[STORE_COUNT_STARTS];
};

/* One group: members then starts, in the order asked for; NULL where a document
 * lacks it. Borrowed for the call. RC_OK goes on. */
typedef enum rc store_count_cb(void *ctx, const char *const *members, const char *const *starts,
			       int64_t n);

/* Groups in a fixed order, erased documents left out. RC_INVALID "count-path" for a path that is
 * none; a caller's own code ends the call; else as store_get. */
NODISCARD enum rc store_count(struct store_view *view, const struct store_count *what,
			      store_count_cb *cb, void *ctx, struct err *reterr);

/* Which reports to tell of, with what stands beside each. All borrowed. */
struct store_beside {
	const char *kind;        /* of the reports */
	const char *has;         /* path of a member: reports whose newest revision has it */
	const char *beside_kind; /* newest document of this kind, of the same report */
	const char *unless_kind; /* as in struct store_count */
	int64_t upto_seq;        /* all of it by what had come until then */
};

/* Clear parts, borrowed for the call; `beside` is NULL where there is none. RC_OK goes on. */
typedef enum rc store_beside_cb(void *ctx, const char *clear, const char *beside);

/* One report after the other, in order of seq, erased ones left out; memory does not
 * grow with their number. Errors as store_count. */
NODISCARD enum rc store_beside(struct store_view *view, const struct store_beside *what,
			       store_beside_cb *cb, void *ctx, struct err *reterr);

/* The largest seq of a document received until `at_ms`, 0 when there is none: the
 * cut-off of a count "as of". Later documents may have been received a moment
 * earlier; the cut is by seq, so that it never moves. */
NODISCARD enum rc store_seq_at(struct store_view *view, int64_t at_ms, int64_t *ret,
			       struct err *reterr);

#endif
