/* Why something was not taken, in the terms of the contract with senders: a
 * problem code and what belongs to it. Rendered by whoever answers. */
#ifndef VARDE_INTAKE_REFUSAL_H
#define VARDE_INTAKE_REFUSAL_H

#include "findings/findings.h"
#include "jose/nonce.h"
#include "rulebook/rulebook.h"
#include "store/store.h"

struct document_type;

struct refusal {
	const char *code; /* of the problem table; NULL: not refused */
	struct findings findings;
	int64_t current_revision;            /* of a conflict; 0: no such report yet */
	char digest[STORE_DIGEST_TEXT_SIZE]; /* of current_revision, "" when there is none */
	char opens[11], closed[11]; /* of phase-not-open and no-legal-basis, days; "": none */
	bool conflict;              /* the two members above are meant */
	const char *scope;          /* of insufficient-scope: the one that is missing */
	const char *reason; /* for the operator alone: a word of trace/advice.h or a finding's
			     * code, a constant; NULL: the code says it all */
	char dpop_nonce[JOSE_NONCE_SIZE]; /* for the answer's DPoP-Nonce; "": none */
	struct rulebook *rulebook; /* held: what the document was read by, which has the findings'
				    * texts; NULL: it was not read so far */
	const struct document_type *type; /* its schema, once that was found; else NULL */
	char caller[10]; /* the token's organisation, once the token was verified; else "" */
	char owner[10];  /* whose document it is, once that was found; else "" */
	/* Of a document that schema and rules refused, where they had nothing to say against
	 * these: what passes their narrow patterns can name nobody. Else "". */
	char report_id[37], local_case_id[37];
};

static inline void refusal_release(struct refusal *refusal)
{
	findings_release(&refusal->findings);
	rulebook_drop(refusal->rulebook);
	*refusal = (struct refusal){ 0 };
}

/* Says by which schema of which rulebook the document was read, as far as it was: for
 * the texts of its findings and what is to be told of the schema. */
static inline void refusal_about(struct refusal *refusal, struct rulebook *rulebook,
				 const struct document_type *type)
{
	if (refusal->rulebook)
		return;
	refusal->rulebook = rulebook_share(rulebook);
	refusal->type = type;
}

/* Sets the code and returns `rc`, so that a step ends in one line. */
static inline enum rc refuse(struct refusal *refusal, enum rc rc, const char *code)
{
	refusal->code = code;
	return rc;
}

/* The same, with the check that failed where the code covers several. */
static inline enum rc refuse_because(struct refusal *refusal, enum rc rc, const char *code,
				     const char *reason)
{
	refusal->reason = reason;
	return refuse(refusal, rc, code);
}

#endif
