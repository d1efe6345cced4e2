/* Reading a tenant's file beside its writer: read-only connections, which never
 * commit, never checkpoint, and see what was committed when a call began.
 *
 * A view belongs to one thread at a time; `struct store_views` lends them out,
 * from any thread. No call keeps the file pinned while a callback of
 * store_export runs; the callbacks of the other calls must not block (a long
 * reader keeps the log from being emptied). */
#ifndef VARDE_STORE_VIEW_H
#define VARDE_STORE_VIEW_H

#include "store/store.h"

struct store_view;
struct store_views;

/* --- one view ------------------------------------------------------------------ */

/* RC_NOT_FOUND: no such file (a tenant that never sent anything); else as store_open. */
NODISCARD enum rc store_view_open(const char *path, const char *orgnr,
				  const struct store_options *options, struct store_view **ret,
				  struct err *reterr);
void store_view_free(struct store_view *view);
DEFINE_CLEANUP(struct store_view *, store_view_free)

/* --- a pool of views ------------------------------------------------------------- */

/* Keeps at most `cap` idle views open and drops the least recently used first;
 * lends any number. */
NODISCARD enum rc store_views_new(size_t cap, const struct store_options *options,
				  struct store_views **ret);
/* All views must have been given back. */
void store_views_free(struct store_views *views);
DEFINE_CLEANUP(struct store_views *, store_views_free)

/* Any thread. As store_view_open. */
NODISCARD enum rc store_views_borrow(struct store_views *views, const char *path, const char *orgnr,
				     struct store_view **ret, struct err *reterr);
/* Any thread. `view` may be NULL. */
void store_views_return(struct store_views *views, struct store_view *view);
/* Closes the idle views of `path`: before its store is reopened after a fault.
 * NULL: all of them. Any thread. */
void store_views_drop(struct store_views *views, const char *path);

/* --- rows ------------------------------------------------------------------------- */

/* A stored document without its sealed part. In a callback everything is
 * borrowed for the call; from store_get it is owned (store_row_release). */
struct store_row {
	int64_t seq;
	const char *organisation; /* whose file */
	const char *kind, *schema, *report_id;
	int64_t revision;
	int64_t current_revision; /* store_get only, else 0 */
	const char *supersedes;   /* as the sender named it, or NULL */
	int64_t received_at, first_received_at;
	unsigned char digest[STORE_DIGEST_SIZE];
	unsigned char salt[STORE_SALT_SIZE]; /* zero once erased */
	const char *signing_kid, *sender;
	const char *code_versions; /* JSON object text */
	const char *warnings;      /* JSON array text */
	const char *local_case_id; /* or NULL */
	bool possible_duplicate;
	int64_t erased_at; /* ms; 0: nothing of it was erased */
	const char *clear; /* exact bytes; a NUL follows; "" when it was erased */
	size_t clear_len;
	void *owned; /* private */
};
void store_row_release(struct store_row *row);

/* A callback goes on with RC_OK; anything else ends the call, which returns it. */
typedef enum rc store_row_cb(void *ctx, const struct store_row *row);

/* Revision 0: the current one. RC_NOT_FOUND. */
NODISCARD enum rc store_get(struct store_view *view, const char *kind, const char *report_id,
			    int64_t revision, struct store_row *ret, struct err *reterr);

/* A row's receipt again: fills `ret` from a row (release it). RC_NOMEM. */
NODISCARD enum rc store_row_receipt(const struct store_row *row, struct store_receipt *ret);

/* All revisions of a report, oldest first. RC_OK with no call when unknown. */
NODISCARD enum rc store_revisions(struct store_view *view, const char *kind, const char *report_id,
				  store_row_cb *cb, void *ctx, struct err *reterr);

/* The current revision of each kind of document that there is of a report, in order
 * of kind. RC_OK with no call when unknown. */
NODISCARD enum rc store_life(struct store_view *view, const char *report_id, store_row_cb *cb,
			     void *ctx, struct err *reterr);

/* Each report (documents of `kind`) whose content was erased and of which there is a document
 * of `end_kind`, with the time. */
NODISCARD enum rc store_erased_reports(struct store_view *view, const char *kind,
				       const char *end_kind,
				       enum rc (*cb)(void *ctx, const char *report_id, int64_t at),
				       void *ctx, struct err *reterr);

/* Which document of this kind and report came first after `seq`. RC_NOT_FOUND. */
struct store_place {
	int64_t seq, revision, received_at;
};
NODISCARD enum rc store_next_of(struct store_view *view, const char *kind, const char *report_id,
				int64_t seq, struct store_place *ret, struct err *reterr);

/* At most `limit` documents of all kinds with seq > `since`, in order. */
NODISCARD enum rc store_list_since(struct store_view *view, int64_t since, int64_t limit,
				   store_row_cb *cb, void *ctx, struct err *reterr);

/* What a reader of the feed is after; NULL and false: anything. Borrowed. */
struct store_wanted {
	const char *kind, *schema, *report_id, *local_case_id;
	bool current; /* only newest revisions */
};

/* At most `limit` documents with seq > `since` that are wanted, in order, of the next
 * STORE_LOOKED_AT places in the sequence; with a report_id or local_case_id, which an
 * index finds, of all. `*ret_next`: up to where that looked, the next `since`; behind it
 * there is something only if `*ret_more`. */
#define STORE_LOOKED_AT 2000
NODISCARD enum rc store_list_wanted(struct store_view *view, const struct store_wanted *what,
				    int64_t since, int64_t limit, store_row_cb *cb, void *ctx,
				    int64_t *ret_next, bool *ret_more, struct err *reterr);

/* --- the sealed side -------------------------------------------------------------- */

/* A sealed item with what its associated data is made of. Borrowed for the call. */
struct store_sealed_row {
	int64_t seq;
	const char *kind, *schema, *report_id;
	int64_t revision, received_at;
	unsigned char digest[STORE_DIGEST_SIZE];
	const char *signing_kid, *sender;
	unsigned char group[STORE_GROUP_ID_SIZE];
	const unsigned char *ciphertext;
	size_t ciphertext_len;
};

struct store_export {
	int64_t since; /* seq > since */
	int64_t upto;  /* and seq <= upto; 0: to the end */
	void *ctx;
	bool (*wanted)(void *ctx, const char *report_id); /* NULL: all */
	enum rc (*group)(void *ctx, const struct store_group *group);
	enum rc (*item)(void *ctx, const struct store_sealed_row *item);
};

/* Items in order of seq; each group once, before its first item. What is
 * committed while it runs may or may not be part. The callbacks may block. */
NODISCARD enum rc store_export(struct store_view *view, const struct store_export *what,
			       struct err *reterr);

/* --- summaries ---------------------------------------------------------------------- */

NODISCARD enum rc store_view_stat(struct store_view *view, struct store_stat *ret,
				  struct err *reterr);

/* The newest seq that is committed now, of documents and events; 0 when empty. */
NODISCARD enum rc store_last_seq(struct store_view *view, int64_t *ret, struct err *reterr);

/* The salt of every document that has one, in order. */
typedef enum rc store_salt_cb(void *ctx, const char *kind, const char *report_id, int64_t revision,
			      const unsigned char *salt);
NODISCARD enum rc store_salts(struct store_view *view, store_salt_cb *cb, void *ctx,
			      struct err *reterr);

/* Every key that signed a stored document, once, in order of kid. */
NODISCARD enum rc store_signing_kids(struct store_view *view,
				     enum rc (*cb)(void *ctx, const char *kid), void *ctx,
				     struct err *reterr);

/* Those of one name with since < seq <= upto, and at most `limit` of any name. */
NODISCARD enum rc store_events_named(struct store_view *view, const char *name, int64_t since,
				     int64_t upto,
				     enum rc (*cb)(void *ctx, const struct store_event *event),
				     void *ctx, struct err *reterr);
NODISCARD enum rc store_events_since(struct store_view *view, int64_t since, int64_t limit,
				     enum rc (*cb)(void *ctx, const struct store_event *event),
				     void *ctx, struct err *reterr);

#endif
