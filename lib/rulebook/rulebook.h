/* What documents may say and what is said about them, as one state: code lists, rules
 * with their texts, the programme of tables, the kinds of document and which of them
 * are taken. Read from the schemas folder and varde.conf.
 *
 * rulebooks_reload() reads all of it aside into a new immutable state and swaps it in
 * whole, so that a request sees one state from its first step to its last. What is
 * broken is named, and the last good of it stays in force: of schemas one by one, of
 * the code lists all together (they refer to each other), of rules and programme the
 * file, of profiles the folder. */
#ifndef VARDE_RULEBOOK_RULEBOOK_H
#define VARDE_RULEBOOK_RULEBOOK_H

#include "base/cleanup.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct codes;
struct config;
struct documents;
struct profiles;
struct programme;
struct rulebooks;
struct rules;

/* What was wrong with a file or a name, when the state was read: at most so many are
 * kept; more are only counted. */
#define RULEBOOK_FAULTS_MAX 32

/* One state. Shared, immutable, counted. */
struct rulebook {
	const struct codes *codes;         /* code lists, organisations, municipalities */
	const struct rules *rules;         /* the rule catalogue and its texts */
	const struct programme *programme; /* the tables that are published, and their words */
	const struct documents *documents; /* the kinds of document, compiled */
	const struct profiles *profiles;   /* what data owners may choose not to share */
	int64_t read_at;                   /* ms */
	const struct err *faults;          /* codes, where, text */
	size_t faults_len, faults_all;
};

/* Reads it for the first time: a broken code list, rule, programme or accepted schema is
 * an error that names the file (of codes_load, rules_load, programme_load,
 * documents_load); other schemas that are broken are faults. `config` is borrowed. */
NODISCARD enum rc rulebooks_new(const struct config *config, int64_t now_ms, struct rulebooks **ret,
				struct err *reterr);

/* NULL is fine. States still held live on. */
void rulebooks_free(struct rulebooks *rulebooks);
DEFINE_CLEANUP(struct rulebooks *, rulebooks_free)

/* Reads all anew, from the configuration file its `accept` and [schema …] as well; the
 * rest of that file counts from the next start. What is broken is among the faults of
 * the new state. RC_NOMEM alone leaves the state as it was. Any thread. */
NODISCARD enum rc rulebooks_reload(struct rulebooks *rulebooks, int64_t now_ms, struct err *reterr);

/* The state as of now, to be given back. Any thread. */
struct rulebook *rulebooks_hold(struct rulebooks *rulebooks);
/* The same state once more. NULL is fine. */
struct rulebook *rulebook_share(struct rulebook *rulebook);
void rulebook_drop(struct rulebook *rulebook);
DEFINE_CLEANUP(struct rulebook *, rulebook_drop)

#endif
