/* Counters, a latency histogram and gauges, rendered as Prometheus text
 * exposition format 0.0.4. Observing takes no lock. */
#ifndef VARDE_HTTP_METRICS_H
#define VARDE_HTTP_METRICS_H

#include "base/buf.h"
#include "http/http.h"

struct metrics;

/* For the routes of one server's table, which must outlive it; after problem_use(). Names of its
 * metrics begin with `prefix` ("varde"). NULL when out of memory. */
struct metrics *metrics_new(const char *prefix, const struct http_route *routes,
			    size_t route_count);
void metrics_free(struct metrics *m);

/* Counts a request: `prefix`_http_requests_total{operation,status},
 * `prefix`_http_request_duration_seconds{operation}, `prefix`_problems_total{code}.
 * Fits http_options.after_reply with the metrics as its context. Any thread. */
void metrics_after_reply(const struct http_done *done, void *metrics);

enum metric_type { METRIC_GAUGE, METRIC_COUNTER };

/* A value asked for at each rendering, on the rendering thread. `name` goes
 * without the prefix; `labels` is "" or `store="control"`; rows of one name are
 * registered one after the other. All strings and `ctx` are borrowed.
 * Before the server starts. RC_NOMEM. */
NODISCARD enum rc metrics_register(struct metrics *m, enum metric_type type, const char *name,
				   const char *labels, const char *help, double (*value)(void *ctx),
				   void *ctx);

/* A counter of our own, counted with metric_counter_add(). Owned by `m`. */
struct metric_counter;
struct metric_counter *metrics_counter(struct metrics *m, const char *name, const char *labels,
				       const char *help);
void metric_counter_add(struct metric_counter *counter,
			uint64_t n); /* any thread; NULL is allowed */

/* Appends the whole text. Any thread. */
enum rc metrics_render(struct metrics *m, struct buf *out);

#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

#endif
