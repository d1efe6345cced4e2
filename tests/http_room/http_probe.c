/* A daemon for tests: echo routes that answer at once, from another thread,
 * when told to, or never.
 *
 *   http_probe LISTEN [KEY=NUMBER ...]     keys: see main()
 *
 * Prints "ready PORT ADMIN-PORT", then obeys lines on standard input, each
 * answered by one line: "release" (answers what is parked or held), "parked N"
 * (waits until N are), "counts", "drain MS" (on a thread of its own); at end of
 * file it stops. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "http/http.h"
#include "http/log.h"
#include "http/metrics.h"
#include "http/problem_page.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define PARKED_MAX 1024

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct exchange *parked[PARKED_MAX];
	unsigned count; /* parked and held */
	unsigned parked_count;
	unsigned releases;
	unsigned long long turns; /* of requests that put themselves back */
} lot = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, { NULL }, 0, 0, 0, 0 };

static struct metrics *metrics;

static void reply_text(struct exchange *x, int status, const char *text)
{
	struct buf body = buf_capped(1 << 16);

	buf_adds(&body, text);
	exchange_reply(x, status, "text/plain; charset=utf-8", &body);
	buf_release(&body);
}

static void echo(struct exchange *x, void *ctx)
{
	struct buf body = buf_capped(16 << 20);
	const char *bytes;
	size_t len;

	(void)ctx;
	bytes = exchange_body(x, &len);
	buf_add(&body, bytes, len);
	exchange_note_tenant(x, "999999999");
	exchange_reply(x, 200, "application/octet-stream", &body);
	buf_release(&body);
}

/* Holds its worker until "release". */
static void hold(struct exchange *x, void *ctx)
{
	unsigned releases;

	(void)ctx;
	pthread_mutex_lock(&lot.lock);
	releases = lot.releases;
	lot.count++;
	pthread_cond_broadcast(&lot.changed);
	while (releases == lot.releases)
		pthread_cond_wait(&lot.changed, &lot.lock);
	lot.count--;
	pthread_mutex_unlock(&lot.lock);
	reply_text(x, 200, "held");
}

/* Leaves the exchange to the main thread. */
static void park(struct exchange *x, void *ctx)
{
	(void)ctx;
	pthread_mutex_lock(&lot.lock);
	lot.parked[lot.parked_count++] = x;
	lot.count++;
	pthread_cond_broadcast(&lot.changed);
	pthread_mutex_unlock(&lot.lock);
}

static void *answer_later(void *arg)
{
	echo(arg, NULL);
	return NULL;
}

static void deferred(struct exchange *x, void *ctx)
{
	pthread_t thread;

	(void)ctx;
	if (pthread_create(&thread, NULL, answer_later, x))
		exchange_refuse(x, "internal-error");
	else
		pthread_detach(thread);
}

static void thing(struct exchange *x, void *ctx)
{
	const char *q = exchange_query(x, "q"), *name = exchange_query_name(x, 0);

	(void)ctx;
	exchange_reply_json(x, 200,
			    json_pack("{s:s, s:s?, s:s?, s:s, s:s, s:s, s:s}", "id",
				      exchange_param(x, "id"), "q", q, "first", name, "method",
				      exchange_method(x), "path", exchange_path(x), "client",
				      exchange_client(x), "net", exchange_client_net(x)));
}

static void choose(struct exchange *x, void *ctx)
{
	static const char *const types[] = { "application/json", "application/jwt", NULL };
	int type = exchange_accepts(x, types);

	(void)ctx;
	if (type < 0)
		exchange_refuse(x, "not-acceptable");
	else if (type == 1)
		reply_text(x, 200, "jwt");
	else
		exchange_reply_json(x, 200, json_pack("{s:s}", "type", types[type]));
}

static void tagged(struct exchange *x, void *ctx)
{
	(void)ctx;
	exchange_add_header(x, "ETag", "\"abc\"");
	exchange_add_header(x, "Cache-Control", "max-age=60");
	exchange_add_header(x, "X-Split", "a\r\nInjected: yes");
	if (exchange_etag_matches(x, "\"abc\""))
		exchange_reply(x, 304, NULL, NULL);
	else
		exchange_reply_static(x, 200, "text/plain", "static", 6);
}

static void big(struct exchange *x, void *ctx)
{
	struct buf body = buf_capped(32 << 20);
	char block[4096];
	size_t i;

	(void)ctx;
	memset(block, 'x', sizeof(block));
	for (i = 0; i < 4096; i++)
		buf_add(&body, block, sizeof(block));
	exchange_reply(x, 200, "text/plain", &body);
	buf_release(&body);
}

static void show_metrics(struct exchange *x, void *ctx)
{
	struct buf body = buf_capped(1 << 20);

	(void)ctx;
	if (metrics_render(metrics, &body))
		buf_clear(&body);
	exchange_reply(x, 200, METRICS_CONTENT_TYPE, &body);
	buf_release(&body);
}

static void live(struct exchange *x, void *ctx)
{
	(void)ctx;
	reply_text(x, 200, "live\n");
}

/* Puts itself back, and so has its worker for moments only, until "release". */
static void pieces(struct exchange *x, void *state)
{
	const unsigned *began = state;
	bool over;

	pthread_mutex_lock(&lot.lock);
	over = lot.releases != *began;
	lot.turns++;
	pthread_mutex_unlock(&lot.lock);
	if (over || exchange_answered(x))
		reply_text(x, 200, "pieces");
	else
		exchange_again(x, pieces, state);
}

static void start_pieces(struct exchange *x, void *ctx)
{
	static unsigned began; /* one value for all: a release ends them */

	(void)ctx;
	pthread_mutex_lock(&lot.lock);
	began = lot.releases;
	lot.count++;
	pthread_cond_broadcast(&lot.changed);
	pthread_mutex_unlock(&lot.lock);
	exchange_again(x, pieces, &began);
}

/* --- the door: "Authorization: WORD NAME" --------------------------------------------- */

static atomic_uint held_places;

static void leave_place(void *held)
{
	atomic_fetch_sub((atomic_uint *)held, 1);
}

static void enter_as(struct exchange *x, const char *name)
{
	atomic_fetch_add(&held_places, 1);
	exchange_hold(x, &held_places, leave_place);
	exchange_known(x, name);
}

static const char *name_after(const char *authorization, const char *word)
{
	size_t len = strlen(word);

	return !strncmp(authorization, word, len) && authorization[len] == ' '
		       ? authorization + len + 1
		       : NULL;
}

static enum http_entry ask(struct exchange *x, void *ctx)
{
	const char *authorization = exchange_header(x, "Authorization"), *name;

	(void)ctx;
	if (!authorization)
		return HTTP_ENTER;
	name = name_after(authorization, "known");
	if (name) {
		enter_as(x, name);
		return HTTP_ENTER;
	}
	if (name_after(authorization, "full")) {
		exchange_refuse(x, "concurrency-limited");
		return HTTP_REFUSED;
	}
	atomic_fetch_add(&held_places, 1);
	exchange_hold(x, &held_places, leave_place);
	return HTTP_VERIFY;
}

/* "check NAME": comes in. "slow NAME": after "release". Anything else: 401. */
static void verify(struct exchange *x, void *ctx)
{
	const char *authorization = exchange_header(x, "Authorization");
	const char *slow = name_after(authorization, "slow");
	const char *name = slow ? slow : name_after(authorization, "check");
	unsigned releases;

	(void)ctx;
	if (!name) {
		exchange_refuse(x, "invalid-token");
		return;
	}
	if (slow) {
		pthread_mutex_lock(&lot.lock);
		releases = lot.releases;
		lot.count++;
		pthread_cond_broadcast(&lot.changed);
		while (releases == lot.releases)
			pthread_cond_wait(&lot.changed, &lot.lock);
		lot.count--;
		pthread_mutex_unlock(&lot.lock);
	}
	enter_as(x, name);
	exchange_admit(x);
}

static const char *const taken[] = { "application/jose", "text/plain", NULL };

static const struct http_route routes[] = {
	{ .method = "POST",
	  .pattern = "/echo",
	  .handler = echo,
	  .body_cap = 1 << 20,
	  .types = taken,
	  .operation = "echo" },
	{ .method = "POST",
	  .pattern = "/secured",
	  .handler = echo,
	  .flags = HTTP_NEEDS_TOKEN,
	  .body_cap = 65536,
	  .types = taken,
	  .operation = "secured" },
	{ .method = "POST",
	  .pattern = "/deferred",
	  .handler = deferred,
	  .body_cap = 65536,
	  .types = taken,
	  .operation = "deferred" },
	{ .method = "GET", .pattern = "/hold", .handler = hold, .operation = "hold" },
	{ .method = "GET", .pattern = "/park", .handler = park, .operation = "park" },
	{ .method = "GET", .pattern = "/things/{id}/part", .handler = thing, .operation = "thing" },
	{ .method = "GET", .pattern = "/pieces", .handler = start_pieces, .operation = "pieces" },
	{ .method = "GET", .pattern = "/choose", .handler = choose, .operation = "choose" },
	{ .method = "GET", .pattern = "/tagged", .handler = tagged, .operation = "tagged" },
	{ .method = "GET", .pattern = "/big", .handler = big, .operation = "big" },
	PROBLEM_PAGE_ROUTES,
};

static const struct http_route admin_routes[] = {
	{ .method = "GET", .pattern = "/live", .handler = live, .operation = "live" },
	{ .method = "GET", .pattern = "/metrics", .handler = show_metrics, .operation = "metrics" },
};

static void release_all(void)
{
	struct exchange *parked[PARKED_MAX];
	unsigned i, n;

	pthread_mutex_lock(&lot.lock);
	n = lot.parked_count;
	memcpy(parked, lot.parked, n * sizeof(*parked));
	lot.parked_count = 0;
	lot.count -= n;
	lot.releases++;
	pthread_cond_broadcast(&lot.changed);
	pthread_mutex_unlock(&lot.lock);
	for (i = 0; i < n; i++)
		reply_text(parked[i], 200, exchange_client_gone(parked[i]) ? "gone" : "parked");
}

static void wait_parked(unsigned n)
{
	pthread_mutex_lock(&lot.lock);
	while (lot.count < n)
		pthread_cond_wait(&lot.changed, &lot.lock);
	pthread_mutex_unlock(&lot.lock);
}

static unsigned long long turns(void)
{
	unsigned long long n;

	pthread_mutex_lock(&lot.lock);
	n = lot.turns;
	pthread_mutex_unlock(&lot.lock);
	return n;
}

static struct {
	struct http_server *server;
	unsigned patience_ms;
	bool running;
	pthread_t thread;
} drain;

static void *run_drain(void *arg)
{
	int64_t began = clock_monotonic_us();
	enum rc rc = http_server_drain(drain.server, drain.patience_ms);

	(void)arg;
	printf("%s %lld\n", rc_name(rc), (long long)(clock_monotonic_us() - began) / 1000);
	fflush(stdout);
	return NULL;
}

static void obey(struct http_server *server, const char *line)
{
	struct http_server_counts counts;

	if (!strncmp(line, "release", 7)) {
		release_all();
		printf("released\n");
	} else if (!strncmp(line, "parked ", 7)) {
		wait_parked((unsigned)strtoul(line + 7, NULL, 10));
		printf("parked\n");
	} else if (!strncmp(line, "counts", 6)) {
		http_server_counts(server, &counts);
		printf("%u %u %u %llu %u %llu %u %llu\n", counts.connections, counts.requests,
		       counts.queued, (unsigned long long)counts.refused_busy, counts.lingering,
		       (unsigned long long)counts.made_room, atomic_load(&held_places), turns());
	} else if (!strncmp(line, "drain ", 6)) {
		drain.server = server;
		drain.patience_ms = (unsigned)strtoul(line + 6, NULL, 10);
		drain.running = !pthread_create(&drain.thread, NULL, run_drain, NULL);
	} else {
		printf("unknown\n");
	}
	fflush(stdout);
}

static unsigned setting(int argc, char **argv, const char *key)
{
	size_t len = strlen(key);
	int i;

	for (i = 2; i < argc; i++)
		if (!strncmp(argv[i], key, len) && argv[i][len] == '=')
			return (unsigned)strtoul(argv[i] + len + 1, NULL, 10);
	return 0;
}

static double one(void *ctx)
{
	(void)ctx;
	return 1;
}

int main(int argc, char **argv)
{
	struct log *log = log_new(stderr);
	struct http_options options = {
		.listen = argc > 1 ? argv[1] : "127.0.0.1:0",
		.routes = routes,
		.route_count = ARRAY_LEN(routes),
		.threads = setting(argc, argv, "threads"),
		.workers = setting(argc, argv, "workers"),
		.queue_limit = setting(argc, argv, "queue"),
		.connections = setting(argc, argv, "connections"),
		.door = setting(argc, argv, "door") ? ask : NULL,
		.verify = verify,
		.trusted_proxies = getenv("PROBE_PROXIES"),
		.client_header = getenv("PROBE_HEADER"),
		.lingering = setting(argc, argv, "lingering"),
		.lingering_each = setting(argc, argv, "lingering_each"),
		.head_ms = setting(argc, argv, "head"),
		.deadline_ms = setting(argc, argv, "deadline"),
		.idle_ms = setting(argc, argv, "idle"),
		.drop_cap = setting(argc, argv, "drop"),
		.log = setting(argc, argv, "quiet") ? NULL : log,
		.after_reply = metrics_after_reply,
	};
	struct http_options admin_options = { .listen = "127.0.0.1:0",
					      .routes = admin_routes,
					      .route_count = ARRAY_LEN(admin_routes) };
	struct http_server *server = NULL, *admin = NULL;
	struct err err = { .code = "" };
	char line[256];

	metrics = metrics_new("probe", routes, ARRAY_LEN(routes));
	options.after_reply_ctx = metrics;
	if (!log || !metrics ||
	    metrics_register(metrics, METRIC_GAUGE, "up", "", "Always 1.", one, NULL) ||
	    http_server_start(&options, &server, &err) ||
	    http_server_start(&admin_options, &admin, &err)) {
		fprintf(stderr, "%s %s: %s\n", err.code, err.where, err.text);
		return 1;
	}
	log_event(log, LOG_LEVEL_INFO, "probe-started", "{s:i}", "port",
		  (int)http_server_port(server));
	printf("ready %u %u\n", http_server_port(server), http_server_port(admin));
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		obey(server, line);
	release_all();
	if (drain.running)
		pthread_join(drain.thread, NULL);
	http_server_free(admin);
	http_server_free(server);
	release_all();
	metrics_free(metrics);
	log_free(log);
	return 0;
}
