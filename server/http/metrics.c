#include "http/metrics.h"

#include "base/cleanup.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 14
#define PREFIX_SIZE 32

/* Upper bounds in microseconds; the last counter is "+Inf". */
static const int64_t bounds[BUCKETS] = {
	500,    1000,   2500,   5000,    10000,   25000,   50000,
	100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000
};
/* What this room and the handlers answer; the last place counts all others. */
static const int statuses[] = { 200, 201, 204, 304, 400, 401, 403, 404, 405, 406, 408, 409,
				410, 413, 414, 415, 422, 429, 431, 500, 503, 505, 507, 0 };

struct route_metrics {
	atomic_ullong by_status[ARRAY_LEN(statuses)];
	atomic_ullong bucket[BUCKETS + 1];
	atomic_ullong sum_us;
};

/* A registered value: asked for by callback, or a counter of its own. */
struct metric_counter {
	struct metric_counter *next;
	enum metric_type type;
	const char *name, *labels, *help;
	double (*value)(void *ctx);
	void *ctx;
	atomic_ullong count;
};

struct metrics {
	char prefix[PREFIX_SIZE];
	const struct http_route *routes;
	size_t route_count;
	struct route_metrics *by_route; /* one more than routes: none matched */
	atomic_ullong *by_code;         /* in table order */
	struct metric_counter *registered, **last;
};

struct metrics *metrics_new(const char *prefix, const struct http_route *routes, size_t route_count)
{
	struct metrics *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	snprintf(m->prefix, sizeof(m->prefix), "%s", prefix);
	m->routes = routes;
	m->route_count = route_count;
	m->last = &m->registered;
	m->by_route = calloc(route_count + 1, sizeof(*m->by_route));
	m->by_code = calloc(problem_kind_count(), sizeof(*m->by_code));
	if (!m->by_route || !m->by_code) {
		metrics_free(m);
		return NULL;
	}
	return m;
}

void metrics_free(struct metrics *m)
{
	struct metric_counter *c;

	if (!m)
		return;
	while ((c = m->registered)) {
		m->registered = c->next;
		free(c);
	}
	free(m->by_route);
	free(m->by_code);
	free(m);
}

static void count(atomic_ullong *counter, unsigned long long n)
{
	atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

static unsigned long long read_count(atomic_ullong *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static size_t status_place(int status)
{
	size_t i;

	for (i = 0; i + 1 < ARRAY_LEN(statuses); i++)
		if (statuses[i] == status)
			break;
	return i;
}

void metrics_after_reply(const struct http_done *done, void *metrics)
{
	struct metrics *m = metrics;
	struct route_metrics *r =
		&m->by_route[done->route ? (size_t)(done->route - m->routes) : m->route_count];
	int kind = done->code ? problem_kind_index(done->code) : -1;
	size_t i = 0;

	count(&r->by_status[status_place(done->status)], 1);
	while (i < BUCKETS && done->elapsed_us > bounds[i])
		i++;
	count(&r->bucket[i], 1);
	count(&r->sum_us, (unsigned long long)done->elapsed_us);
	if (kind >= 0)
		count(&m->by_code[kind], 1);
}

static struct metric_counter *add(struct metrics *m, enum metric_type type, const char *name,
				  const char *labels, const char *help)
{
	struct metric_counter *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->type = type;
	c->name = name;
	c->labels = labels;
	c->help = help;
	*m->last = c;
	m->last = &c->next;
	return c;
}

enum rc metrics_register(struct metrics *m, enum metric_type type, const char *name,
			 const char *labels, const char *help, double (*value)(void *ctx),
			 void *ctx)
{
	struct metric_counter *c = add(m, type, name, labels, help);

	if (!c)
		return RC_NOMEM;
	c->value = value;
	c->ctx = ctx;
	return RC_OK;
}

struct metric_counter *metrics_counter(struct metrics *m, const char *name, const char *labels,
				       const char *help)
{
	return add(m, METRIC_COUNTER, name, labels, help);
}

void metric_counter_add(struct metric_counter *counter, uint64_t n)
{
	if (counter)
		count(&counter->count, n);
}

static const char *operation(const struct metrics *m, size_t i)
{
	return i < m->route_count ? m->routes[i].operation : "none";
}

static void head(struct buf *out, const struct metrics *m, const char *name, const char *help,
		 const char *type)
{
	buf_addf(out, "# HELP %s_%s %s\n# TYPE %s_%s %s\n", m->prefix, name, help, m->prefix, name,
		 type);
}

static void render_requests(struct metrics *m, struct buf *out)
{
	unsigned long long n;
	size_t i, s;

	head(out, m, "http_requests_total", "Requests by operation and status (0: not answered).",
	     "counter");
	for (i = 0; i <= m->route_count; i++) {
		for (s = 0; s < ARRAY_LEN(statuses); s++) {
			n = read_count(&m->by_route[i].by_status[s]);
			if (n)
				buf_addf(out,
					 "%s_http_requests_total{operation=\"%s\",status=\"%d\"} "
					 "%llu\n",
					 m->prefix, operation(m, i), statuses[s], n);
		}
	}
}

static void render_histogram(struct metrics *m, struct buf *out)
{
	const char *name = "http_request_duration_seconds";
	unsigned long long sum;
	size_t i, b;

	head(out, m, name, "Time from the request line to the end of the answer.", "histogram");
	for (i = 0; i <= m->route_count; i++) {
		sum = 0;
		for (b = 0; b < BUCKETS; b++) {
			sum += read_count(&m->by_route[i].bucket[b]);
			buf_addf(out, "%s_%s_bucket{operation=\"%s\",le=\"%g\"} %llu\n", m->prefix,
				 name, operation(m, i), (double)bounds[b] / 1e6, sum);
		}
		sum += read_count(&m->by_route[i].bucket[BUCKETS]);
		buf_addf(out, "%s_%s_bucket{operation=\"%s\",le=\"+Inf\"} %llu\n", m->prefix, name,
			 operation(m, i), sum);
		buf_addf(out, "%s_%s_sum{operation=\"%s\"} %.6f\n", m->prefix, name,
			 operation(m, i), (double)read_count(&m->by_route[i].sum_us) / 1e6);
		buf_addf(out, "%s_%s_count{operation=\"%s\"} %llu\n", m->prefix, name,
			 operation(m, i), sum);
	}
}

static void render_problems(struct metrics *m, struct buf *out)
{
	unsigned long long n;
	size_t i;

	head(out, m, "problems_total", "Refusals by problem code.", "counter");
	for (i = 0; i < problem_kind_count(); i++) {
		n = read_count(&m->by_code[i]);
		if (n)
			buf_addf(out, "%s_problems_total{code=\"%s\"} %llu\n", m->prefix,
				 problem_kind_at(i)->code, n);
	}
}

static void render_registered(struct metrics *m, struct buf *out)
{
	const char *previous = "";
	struct metric_counter *c;

	for (c = m->registered; c; c = c->next) {
		if (strcmp(previous, c->name))
			head(out, m, c->name, c->help,
			     c->type == METRIC_GAUGE ? "gauge" : "counter");
		previous = c->name;
		buf_addf(out, "%s_%s%s%s%s ", m->prefix, c->name, *c->labels ? "{" : "", c->labels,
			 *c->labels ? "}" : "");
		if (c->value)
			buf_addf(out, "%.17g\n", c->value(c->ctx));
		else
			buf_addf(out, "%llu\n", read_count(&c->count));
	}
}

enum rc metrics_render(struct metrics *m, struct buf *out)
{
	render_requests(m, out);
	render_histogram(m, out);
	render_problems(m, out);
	render_registered(m, out);
	return buf_rc(out);
}
