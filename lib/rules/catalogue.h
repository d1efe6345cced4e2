/* What is said about a finding, and how grave it is: schemas/rules.json.
 *
 * {"version": "1.0",
 *  "rules": [{"code": "date-in-future",
 *             "applies": ["incident-report"],        kinds of document
 *             "severity": "error",                   or per tenant phase:
 *                         {"test": "warning", "active": "error"}
 *             "nb": "…", "en": "…",                  for the sender
 *             "why": {"nb": "…", "en": "…"}}],       for the page about the rule
 *  "schema_messages": {"schema-required": {"nb": "…", "en": "…"}, …},
 *  "code_versions": {"icd-10": ["2025", …], …}}
 *
 * A text may have parts in brackets that hold {detail}: "Verdien er ikke i
 * kodelisten.[ Gyldige verdier: {detail}.]"; such a part is left out where a
 * finding has no detail. The schema message "schema" serves every keyword that
 * has none of its own.
 *
 * Read once, never changed afterwards: a struct rules may be shared by all
 * threads. */
#ifndef VARDE_RULES_CATALOGUE_H
#define VARDE_RULES_CATALOGUE_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "findings/findings.h"
#include "rules/codes.h"

#include <jansson.h>
#include <stdbool.h>

enum rules_language { RULES_NB, RULES_EN };
enum rules_phase { RULES_PHASE_TEST, RULES_PHASE_ACTIVE };

struct rules;

/* Keeps a reference to `data`, which nobody may change afterwards. RC_INVALID
 * ("rules-invalid"; where = the rule's code or the member) when the data has
 * another shape, lacks a rule that the program knows or holds one it does not
 * know; RC_NOMEM. The caller owns *ret (rules_free). */
NODISCARD enum rc rules_new(json_t *data, struct rules **ret, struct err *reterr);

/* The same from a file of at most 1 MiB; also RC_NOT_FOUND, RC_IO. */
NODISCARD enum rc rules_load(const char *path, struct rules **ret, struct err *reterr);
void rules_free(struct rules *rules);
DEFINE_CLEANUP(struct rules *, rules_free)

const char *rules_version(const struct rules *rules);

/* Whether a rule applies to a kind of document ("incident-report"). */
bool rules_applies(const struct rules *rules, enum rule rule, const char *kind);

enum finding_severity rules_severity(const struct rules *rules, enum rule rule,
				     enum rules_phase phase);

/* Appends the text for a finding's code ("date-in-future", "schema-required");
 * `detail` may be NULL. RC_NOT_FOUND when there is no such code, RC_LIMIT,
 * RC_NOMEM. */
NODISCARD enum rc rules_message(const struct rules *rules, const char *code,
				enum rules_language language, const char *detail, struct buf *out);

/* Why a rule stands, in full sentences. */
const char *rules_why(const struct rules *rules, enum rule rule, enum rules_language language);

/* Whether `version` of a code system ("icd-10", "nokup") is known here. A code
 * system without any known version knows them all: nothing can be said. */
bool rules_knows_version(const struct rules *rules, const char *code_system, const char *version);

#endif
