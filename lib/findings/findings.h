/* What is wrong with a document, all of it: filled by the schema check, the
 * rules and the minimisation profile, rendered by whoever answers the sender.
 *
 * A finding never holds a value or a member name that the sender wrote: the
 * pointer names members that the schema knows; for an unknown member it is the
 * parent's. `detail` comes from our own schema, rules or code lists. */
#ifndef VARDE_FINDINGS_FINDINGS_H
#define VARDE_FINDINGS_FINDINGS_H

#include "base/rc.h"

#include <stdbool.h>
#include <stddef.h>

/* How many findings of each severity are kept; more are only counted. */
#define FINDINGS_KEPT 100

enum finding_severity { FINDING_ERROR, FINDING_WARNING };

struct finding {
	enum finding_severity severity;
	char *pointer;       /* RFC 6901 into the document, "" is the whole */
	const char *keyword; /* JSON Schema keyword, or NULL when a rule found it */
	const char *code;    /* stable, kebab-case; the rule's code, or "schema-" + keyword in
				kebab-case */
	char *detail;        /* what would be right, from the schema or the rule; may be NULL */
};

/* Collects on one thread at a time. Zero-initialise, release at the end. */
struct findings {
	struct finding *list;
	size_t len, size;
	size_t errors, warnings; /* all that were reported, kept or not; over FINDINGS_KEPT repeats
				    count too */
	enum rc failed;          /* RC_NOMEM when one could not be kept */
};

void findings_release(struct findings *f);

/* `keyword` and `code` must outlive the list (constants, or owned by a compiled
 * schema or rule set); `pointer` and `detail` are copied. A second finding with
 * the same pointer and code is dropped. */
void findings_add(struct findings *f, enum finding_severity severity, const char *pointer,
		  const char *keyword, const char *code, const char *detail);

/* Orders by pointer (array indices as numbers), then code; errors first. */
void findings_sort(struct findings *f);

bool findings_has(const struct findings *f, const char *pointer, const char *code);

#endif
