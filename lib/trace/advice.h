/* What a word of a refusal means to an operator: problem codes, and the reasons
 * that only the log and vardectl show. One table; every problem code and every
 * reason has its row (a test holds it to that).
 *
 * A reason says which check failed. It is a constant of this table, never made of
 * what a sender wrote, so it may stand in a log. Senders do not get it: to who is
 * not yet known it would tell which of his guesses was right. */
#ifndef VARDE_TRACE_ADVICE_H
#define VARDE_TRACE_ADVICE_H

#include <stddef.h>

struct trace_advice {
	const char *word;    /* kebab-case */
	const char *meaning; /* what happened */
	const char *tell;    /* what the sender should hear; NULL: nothing */
	const char *next;    /* what to run; "ORGNR" stands for the tenant; NULL: nothing */
};

/* The row of a problem code or a reason; NULL when there is none. `word` may be
 * NULL. Any thread. */
const struct trace_advice *trace_advice(const char *word);

/* The n-th row, NULL past the end. */
const struct trace_advice *trace_advice_at(size_t n);

/* The reason "PREFIX-PART", such as trace_reason("token", "aud"), as a constant;
 * NULL when the table has no such word. Any thread. */
const char *trace_reason(const char *prefix, const char *part);

#endif
