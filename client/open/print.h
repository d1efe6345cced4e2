/* What varde-open says on stdout, one JSON object per line:
 *
 *   {"varde_open":1,"tenant","purpose","created","since","custodian":kid}
 *   {"tenant","report_id","revision","schema","received_at","seq","digest","sender","kid",
 *    "signature":"valid|invalid|key-unknown","key_owner","key_in_force",
 *    "digest_check":"match|mismatch","context_check":"match|mismatch","members":{…}}
 *   {"tenant","report_id","revision","schema","received_at","seq","error":CODE,"text"}
 *   {"line":N,"error":CODE,"text"}
 *   {"counts":{"items","opened","failed","dropped","doubtful","bad_lines","signature_valid",
 *    "signature_invalid","signature_key_unknown","said":{"keys","groups","items"}},
 *    "reconciled":true|false}
 *
 * `sender` is the organisation that delivered the document, `kid` the key that
 * its signature names. What is not opened is named on stderr too, by line and
 * code. Every function returns RC_OK, RC_NOMEM, or RC_IO when stdout is gone. */
#ifndef VARDE_OPEN_PRINT_H
#define VARDE_OPEN_PRINT_H

#include "open/evidence.h"
#include "seal/export_read.h"

struct print_counts {
	int64_t opened, failed, bad_lines;
	int64_t dropped;       /* opened, and a note of a reservation instead of a document */
	int64_t doubtful;      /* opened, but signature invalid or not what the export says */
	int64_t signatures[3]; /* by enum signature */
	struct export_counts said, seen;
};

NODISCARD enum rc print_header(const struct export_header *header, const char *custodian_kid);
NODISCARD enum rc print_opened(const struct export_header *header, const struct export_line *line,
			       const struct evidence *evidence, json_t *members);
NODISCARD enum rc print_failed(const struct export_header *header, const struct export_line *line,
			       const struct err *why);
NODISCARD enum rc print_bad_line(unsigned long number, const struct err *why);
/* `why` is what broke the reading off, or NULL. */
NODISCARD enum rc print_counts(const struct print_counts *counts, const struct err *why);

/* Everything counted was opened, is what the export says and not invalid. */
bool print_all_well(const struct print_counts *counts);

#endif
