/* What every endpoint of the API begins with: pace, parameters, release, audience. */
#ifndef VARDE_STATD_REQUEST_H
#define VARDE_STATD_REQUEST_H

#include "pxweb/dataset.h"
#include "statd/query.h"

struct request {
	struct statd *statd;
	struct query query;
	struct published *release;
	struct px_about about;
	char base_url[600];
	bool pinned; /* by /releases/{release}/… */
	bool sector; /* a token of the sector came with it */
};

/* false: the exchange is answered. Release in both cases but then. */
bool request_begin(struct exchange *x, struct statd *statd, unsigned takes, struct request *ret);
void request_release(struct request *request);

/* The table of the path, if the caller may see it. NULL: answered. */
const struct published_table *request_table(struct exchange *x, const struct request *request);

/* Whether a table is for this caller. */
bool request_may_see(const struct request *request, const struct published_table *table);

/* Entity tag, cache and language headers; true: the client has it, and got 304. The
 * tag follows from the release and the question alone. `sector`: for a few only. */
bool request_is_cached(struct exchange *x, const struct request *request, bool sector);

/* The whole of an answer that also depends on the configuration or on Accept: its tag is
 * of its bytes, and it is 304 to who has them. Takes the bytes out of `body`. */
void request_reply_whole(struct exchange *x, const struct request *request, bool sector,
			 const char *type, struct buf *body);

/* Appends compact JSON. RC_NOMEM, RC_LIMIT. */
NODISCARD enum rc request_dump(const json_t *json, struct buf *out);

/* What lib/pxweb refuses, as a problem: `variable` says where, never a value. */
void request_refuse(struct exchange *x, const struct request *request,
		    const struct published_table *table, const struct err *err);

/* The json, or 500 for NULL. Takes the reference. */
void request_reply(struct exchange *x, json_t *json);

#endif
