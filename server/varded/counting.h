/* What a tenant is told of all its documents (/v1/statistics/own, /v1/quality): every one is
 * read, which may take seconds, so that it goes in pieces and others have their turn. */
#ifndef VARDE_VARDED_COUNTING_H
#define VARDE_VARDED_COUNTING_H

#include "own/asked.h"
#include "varded/answer.h"

enum { COUNTING_JSON, COUNTING_CSV };

struct counting {
	struct varded *v;
	struct intake_caller caller; /* holds the register, and with it the owner */
	const struct tenant *owner;
	struct own_asked asked;
	int type;
	int64_t now_ms;
	struct store_view *view; /* NULL: nothing was ever sent */
	int64_t at, upto;        /* counted so far, and to be counted */
	const struct counting_kind *kind;
	void *tally; /* the kind's */
};

/* What is counted, and how it is told. */
struct counting_kind {
	const char *const *queries; /* NULL-terminated, as own_asked_set() knows them */
	int64_t piece;              /* documents */
	bool (*begin)(struct exchange *x, struct counting *c); /* the tally; false: answered */
	enum rc (*count)(struct counting *c, int64_t after, int64_t through);
	void (*reply)(struct exchange *x, struct counting *c);
	void (*release)(void *tally);
};

/* Answers the exchange, now or after some turns. */
void counting_answer(struct exchange *x, struct varded *v, const struct counting_kind *kind);

/* A parameter, by a name of ours. */
void counting_refuse(struct exchange *x, const char *code, const char *parameter);

#endif
