/* One tenant's file: what was accepted, in order, and the only way to it.
 *
 * A store never spans tenants, shows no SQL and no engine, and keeps these:
 *   - what put_batch reports as STORE_NEW is on disk (one transaction, one
 *     fsync, before it returns RC_OK);
 *   - (kind, report_id, revision) is unique for ever and revisions of a report
 *     follow each other without gap: parallel retries cannot make twins;
 *   - seq counts accepted documents and administrative events, from 1, without
 *     gap, also over failures;
 *   - rows are never changed: each revision keeps its exact clear bytes, digest,
 *     salt and ciphertext, so that a ledger leaf can be computed from it later;
 *   - what is erased loses its content, never its row.
 *
 * `struct store` is the one connection of a file that may write and checkpoint;
 * it belongs to one thread at a time. Any number of `struct store_view` read
 * beside it (store/view.h). Open the store before its views, close it after. */
#ifndef VARDE_STORE_STORE_H
#define VARDE_STORE_STORE_H

#include "base/cleanup.h"
#include "base/err.h"
#include "base/rc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_DIGEST_SIZE 32
#define STORE_SALT_SIZE 16
#define STORE_GROUP_ID_SIZE 16
#define STORE_UUID_LEN 36
#define STORE_ORGNR_SIZE 10 /* with its NUL */
/* "sha-256:" + 64 hex digits + NUL. */
#define STORE_DIGEST_TEXT_SIZE 73

struct store;

/* For tests: a virtual file system registered under this name. NULL: the usual one. */
struct store_options {
	const char *vfs;
};

/* --- what goes in ----------------------------------------------------------- */

/* An accepted document. Everything is borrowed for the call. Texts are UTF-8. */
struct store_item {
	const char *kind;       /* "incident-report"; keys are unique per kind */
	const char *schema;     /* "incident-report/1.0" */
	const char *report_id;  /* UUID, lower case */
	int64_t revision;       /* from 1 */
	const char *supersedes; /* digest text of the previous revision that the sender named, or
				   NULL */
	unsigned char fingerprint[STORE_DIGEST_SIZE]; /* sameness (keyed) */
	unsigned char digest[STORE_DIGEST_SIZE];      /* SHA-256 of the whole JWS */
	const char *clear;                            /* the clear part, kept byte for byte */
	size_t clear_len;
	const char *secret; /* the compact JWS: reaches the sealer only, and only when new */
	size_t secret_len;
	const char *signing_kid;
	const char *sender;        /* orgnr of who brought it: the owner or one that acts for it */
	const char *code_versions; /* JSON object text: code list → version */
	const char *warnings;      /* JSON array text [{"pointer","code",…}], no messages */
	const char *local_case_id; /* or NULL */
	int64_t received_at;       /* ms */
	const unsigned char *salt; /* STORE_SALT_SIZE bytes that nobody can guess; NULL: random */
	/* Its place in a report's life; kinds, or NULL. */
	const char *about;    /* of which a document of this report must be here already */
	const char *ended_by; /* after a document of which nothing new of this kind is taken */
	bool erases; /* once stored, takes the content of all the report's earlier documents, in the
			same transaction */
	bool only_repeat; /* to be recognised, never stored: clear and secret may be empty */
	/* Or NULL: what is stored instead when `is_marked` says so of a document of `about`. It
	 * differs in clear, secret and salt only, in none of their lengths. */
	const struct store_item *instead;
	unsigned (*is_marked)(void *ctx, const struct store_item *item, int64_t revision,
			      const unsigned char *salt);
	void *mark_ctx;
};

/* A recipient's box around the group's key. */
struct store_wrap {
	const char *kid;
	const unsigned char *box;
	size_t box_len;
};

/* What is kept once per group = one transaction's new items. */
struct store_group {
	unsigned char id[STORE_GROUP_ID_SIZE];
	unsigned version;   /* of the envelope's form */
	int64_t created_at; /* ms */
	unsigned char commitment[STORE_DIGEST_SIZE];
	const struct store_wrap *wraps;
	size_t wraps_len;
};

struct store_sealed {
	const unsigned char *ciphertext; /* all that opening needs, nonce included */
	size_t ciphertext_len;
};

/* How new items are sealed. The store calls, on its own thread and inside one
 * put_batch: begin at most once, before the first new item and only when there
 * is one; seal once per new item; end exactly once if begin was called and
 * succeeded, after the commit or the failure: wipe the key there. What begin
 * and seal return is borrowed: the group until end, a sealed item until the
 * next call. RC_INVALID or RC_LIMIT from seal fails that item alone; any other
 * failure fails the batch. */
struct store_sealer {
	void *ctx;
	enum rc (*begin)(void *ctx, struct store_group *ret);
	enum rc (*seal)(void *ctx, const struct store_item *item, int64_t seq,
			struct store_sealed *ret);
	void (*end)(void *ctx);
};

/* --- what comes out --------------------------------------------------------- */

enum store_outcome {
	STORE_FAILED,        /* this item alone was not stored; `rc` says why */
	STORE_NEW,           /* stored now */
	STORE_REPEATED,      /* stored before, same content: the first receipt */
	STORE_OTHER_CONTENT, /* this revision is the current one, with other content */
	STORE_STALE,         /* this revision has been superseded, and had other content */
	STORE_SKIPPED,       /* revision > current_revision + 1 */
	STORE_SUPERSEDES,    /* the next revision, but `supersedes` is not the current digest */
	STORE_ABSENT,        /* what it is about is not here */
	STORE_ENDED,         /* its report has come to its end: nothing new is taken */
	STORE_ERASED,        /* its report's content, or its own, has been erased */
	STORE_NOT_REPEATED,  /* only_repeat, and nothing the same was stored under its key */
};

/* A row's receipt. */
struct store_receipt {
	int64_t seq;
	char organisation[STORE_ORGNR_SIZE]; /* whose file */
	char sender[STORE_ORGNR_SIZE];       /* who brought it */
	char schema[64];
	char report_id[STORE_UUID_LEN + 1];
	int64_t revision;
	int64_t received_at;       /* ms, of this revision */
	int64_t first_received_at; /* ms, of revision 1 */
	unsigned char digest[STORE_DIGEST_SIZE];
	bool possible_duplicate; /* when stored, another report of this kind had its local_case_id
				  */
	char *warnings;          /* JSON array text as stored; owned */
};

struct store_result {
	enum store_outcome outcome;
	enum rc rc;               /* RC_OK unless STORE_FAILED */
	int64_t current_revision; /* after this item; 0: no such report. Not for STORE_FAILED. */
	unsigned char current_digest[STORE_DIGEST_SIZE]; /* of current_revision, zero without one */
	struct store_receipt receipt; /* STORE_NEW and STORE_REPEATED only, else empty */
};

void store_receipt_release(struct store_receipt *receipt);
void store_result_release(struct store_result *result);

struct store_stat {
	int64_t documents;      /* rows: all kinds, all revisions */
	int64_t reports;        /* incident reports, each once */
	int64_t last_seq;       /* 0 when empty */
	int64_t last_commit_at; /* ms: time of the row or event with last_seq; 0 when empty */
	int64_t file_bytes, wal_bytes;
};

/* --- verbs --------------------------------------------------------------------- */

/* Opens the file at `path`, made (0600) and migrated as needed, for the tenant
 * `orgnr`. RC_UNSUPPORTED: made by a newer program; RC_CORRUPT: not a tenant's
 * file, or another tenant's; RC_IO, RC_FULL, RC_BUSY, RC_NOMEM. `options` may be NULL. */
NODISCARD enum rc store_open(const char *path, const char *orgnr,
			     const struct store_options *options, struct store **ret,
			     struct err *reterr);

/* Closes without a checkpoint that matters: everything acknowledged is already
 * safe. NULL is fine. */
void store_free(struct store *store);
DEFINE_CLEANUP(struct store *, store_free)

/* Puts `n` items in order, in one transaction and one fsync. RC_OK: every
 * results[i] is set (release each), and what is STORE_NEW is on disk. A later
 * item sees the earlier ones of its batch. Anything else: nothing was stored,
 * results are empty, the sealer's own failure or RC_FULL (no space), RC_IO, RC_CORRUPT, RC_BUSY,
 * RC_NOMEM. After RC_IO or RC_CORRUPT do not use the store further: free it,
 * open it again and call store_check (a failed fsync may have lost pages). */
NODISCARD enum rc store_put_batch(struct store *store, const struct store_item *const *items,
				  size_t n, const struct store_sealer *sealer,
				  struct store_result *results, struct err *reterr);

/* False after an RC_IO or RC_CORRUPT of its own file: only store_free is left. */
bool store_usable(const struct store *store);

/* An administrative event. Borrowed for the call. `detail` is JSON object text
 * without personal data; `reason` may be NULL; seq is not looked at when it is put. */
struct store_event {
	int64_t seq, at;
	const char *name, *detail, *operator, * reason;
};

/* The name of the event with which everything before it is erased as a trial: a report that
 * was sent then begins anew with its next revision. What was erased earlier stays so. */
#define STORE_TRIAL_ERASED "test-data-erased"

/* Puts it into the same sequence, in its own transaction. As put_batch. */
NODISCARD enum rc store_put_event(struct store *store, const struct store_event *event,
				  int64_t *ret_seq, struct err *reterr);

/* Documents to erase: from_seq <= seq <= upto_seq and, unless NULL, of this report.
 * What goes is the ciphertext and, unless `sealed_only`, also clear part, salt,
 * fingerprint, local case id and warnings. The row, its digest and its place in the
 * sequence stay. All borrowed. */
struct store_erase {
	const char *report_id;
	int64_t from_seq, upto_seq;
	bool sealed_only;
};
struct store_erased {
	int64_t documents; /* that lost something now */
	int64_t seq;       /* of the event */
};

/* Erases, with the event that says so, in one transaction. Then wipe the log: until
 * that succeeds, old pages still stand in it. As put_batch. */
NODISCARD enum rc store_erase(struct store *store, const struct store_erase *list, size_t n,
			      const struct store_event *event, struct store_erased *ret,
			      struct err *reterr);

/* Moves the log into the file and cuts it to nothing. RC_BUSY, at once, when a view
 * reads just now: again later. */
NODISCARD enum rc store_wipe_log(struct store *store, struct err *reterr);

/* Reads the whole file and holds it to its promises (structure, seq without
 * gap, revisions without gap). RC_CORRUPT says in err what is wrong. */
NODISCARD enum rc store_check(struct store *store, struct err *reterr);

/* Moves pages of the log into the file as far as readers allow, and syncs.
 * Never waits for readers. `ret_wal_pages` (may be NULL): pages still in the log. */
NODISCARD enum rc store_checkpoint(struct store *store, int64_t *ret_wal_pages, struct err *reterr);

/* The same to the end, and cuts the log to nothing: at shut-down, without views.
 * RC_BUSY when a view still reads. */
NODISCARD enum rc store_checkpoint_truncate(struct store *store, struct err *reterr);

/* Pages in the log after the last commit: when to checkpoint. */
int64_t store_wal_pages(const struct store *store);

NODISCARD enum rc store_stat(struct store *store, struct store_stat *ret, struct err *reterr);

/* "sha-256:<hex>" into `out`, which it returns. */
const char *store_digest_text(const unsigned char digest[STORE_DIGEST_SIZE],
			      char out[STORE_DIGEST_TEXT_SIZE]);

#endif
