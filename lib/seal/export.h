/* The sealed export, written: what vardectl carries to the custodian's offline
 * machine. UTF-8 text, one JSON object per line, every line ended by LF:
 *
 *   {"varde_export":1,"tenant":ORGNR,"tenant_name":TEXT,"purpose":TEXT,"created":TIME,
 *    "since":SEQ}                                          tenant_name may be absent
 *   {"key":{"kid":…,"owner":ORGNR,"valid_from":TIME,"valid_to":TIME|null,
 *           "revoked_at":TIME|null,"jwk":{public JWK}}}                 any number
 *   {"group":{"version":1,"id":B64,"created":TIME,"commitment":B64,
 *             "wraps":[{"kid":…,"box":B64},…]}}
 *   {"item":{"seq":N,"report_id":…,"revision":N,"schema":…,"received_at":TIME,
 *            "digest":"sha-256:"HEX,"sender":ORGNR,"kid":…,"sealed":B64}}
 *   {"end":{"keys":N,"groups":N,"items":N}}
 *
 * B64 is base64url without padding; times are RFC 3339 with milliseconds and Z.
 * Keys come before the first group; a group stands directly before its items
 * and items are in order of seq. Nothing in it is clear that the tenant's file
 * does not hold in clear, but it names reports: it is not for publication.
 * Readers pass over members they do not know. Reading: export_read.h. */
#ifndef VARDE_SEAL_EXPORT_H
#define VARDE_SEAL_EXPORT_H

#include "base/b64.h"
#include "seal/envelope.h"

#include <jansson.h>

#define EXPORT_VERSION 1
#define EXPORT_PURPOSE_MAX 1000
/* No line is longer, LF left out: the largest item in base64url and its names. */
#define EXPORT_LINE_MAX (B64_ENCODED_LEN(SEAL_SEALED_MAX) + 4096)
#define EXPORT_DIGEST_LEN 32

struct export_header {
	const char *tenant;
	const char *tenant_name; /* for people; NULL: not said */
	const char *purpose;     /* why somebody will read it; not empty */
	int64_t created_ms;
	int64_t since; /* items with a higher seq only; 0 is all */
};

/* A public key that verifies what senders signed, with its dates. */
struct export_key {
	const char *kid;
	const char *owner; /* orgnr */
	int64_t valid_from_ms;
	int64_t valid_to_ms;   /* 0: no end */
	int64_t revoked_at_ms; /* 0: not revoked */
	const json_t *jwk;     /* public members only */
};

struct export_item {
	struct seal_item_context context;
	unsigned char digest[EXPORT_DIGEST_LEN]; /* SHA-256 of the whole JWS */
	const char *sender;                      /* the organisation that sent it */
	const char *kid;                         /* of the key that signed it */
	const unsigned char *sealed;             /* as seal_group_item() made it */
	size_t sealed_len;
};

struct export_counts {
	int64_t keys, groups, items;
};

/* Takes the bytes of one line, LF included. Its failure ends the export. */
typedef enum rc export_sink(void *ctx, const char *line, size_t len);

/* Writes lines in the order above and counts them. One thread at a time; every
 * call returns what the sink returned, RC_CONFLICT "export-order" when the line
 * may not come now, RC_INVALID "export-value", or RC_NOMEM. All is borrowed for
 * the call. After a failure the export is broken and lacks its end: a reader
 * sees that. */
struct export_writer;

NODISCARD enum rc export_writer_new(export_sink *sink, void *ctx, struct export_writer **ret);
NODISCARD enum rc export_write_header(struct export_writer *w, const struct export_header *header,
				      struct err *reterr);
NODISCARD enum rc export_write_key(struct export_writer *w, const struct export_key *key,
				   struct err *reterr);
NODISCARD enum rc export_write_group(struct export_writer *w, const struct seal_stored_group *group,
				     struct err *reterr);
NODISCARD enum rc export_write_item(struct export_writer *w, const struct export_item *item,
				    struct err *reterr);
/* The last line. `ret` may be NULL. */
NODISCARD enum rc export_write_end(struct export_writer *w, struct export_counts *ret,
				   struct err *reterr);
void export_writer_free(struct export_writer *w);
DEFINE_CLEANUP(struct export_writer *, export_writer_free)

/* A sink that writes to the `FILE *` that ctx is. RC_IO; RC_FULL on ENOSPC. */
enum rc export_to_file(void *ctx, const char *line, size_t len);

#endif
