/* Opening an export, item by item: what comes out is the visitor's. */
#ifndef VARDE_OPEN_OPENING_H
#define VARDE_OPEN_OPENING_H

#include "base/cleanup.h"
#include "open/evidence.h"
#include "open/print.h"
#include "seal/export_read.h"

#include <stdio.h>

struct opening;
struct seal_key;

/* Reads the custodian's key; asks for its passphrase where there is one and no file of
 * it is named. */
NODISCARD enum rc opening_key(const char *key_path, const char *passphrase_path,
			      struct seal_key **ret, struct err *reterr);

/* Reads the export's header. Key and `in` are borrowed. As export_reader_new(). */
NODISCARD enum rc opening_new(const struct seal_key *key, FILE *in, struct opening **ret,
			      struct err *reterr);
void opening_free(struct opening *opening);
DEFINE_CLEANUP(struct opening *, opening_free)

const struct export_header *opening_header(const struct opening *opening);

/* Everything is borrowed for the call. What does not return RC_OK ends the reading. */
struct opening_visitor {
	void *ctx;
	enum rc (*opened)(void *ctx, const struct export_header *header,
			  const struct export_line *line, const struct evidence *evidence);
	/* Also of what was dropped for a reservation: EVIDENCE_DROPPED. */
	enum rc (*failed)(void *ctx, const struct export_header *header,
			  const struct export_line *line, const struct err *why);
	enum rc (*bad_line)(void *ctx, unsigned long number, const struct err *why);
};

/* To the export's end, or to what makes an end impossible: then as export_read(), or what
 * the visitor returned. `counts` are right either way. */
NODISCARD enum rc opening_read(struct opening *opening, const struct opening_visitor *visitor,
			       struct print_counts *counts, struct err *reterr);

#endif
