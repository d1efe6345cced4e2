/* The parts of server/http that need no socket: targets, routes, the gate,
 * negotiation, problems, the pool. */
#include "unit.h"

#include "base/cleanup.h"
#include "http/gate.h"
#include "http/metrics.h"
#include "http/negotiate.h"
#include "http/pool.h"
#include "http/problem.h"
#include "http/route.h"
#include "http/trace.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

static void handler(struct exchange *x, void *ctx)
{
	(void)x;
	(void)ctx;
}

#define ROW(m, p, o)                                                                               \
	{                                                                                          \
		.method = m, .pattern = p, .handler = handler, .operation = o                      \
	}

static const struct http_route routes[] = {
	ROW("GET", "/", "root"),
	ROW("GET", "/v1/reports", "list"),
	ROW("POST", "/v1/reports", "add"),
	ROW("GET", "/v1/reports/{id}", "get"),
	ROW("GET", "/v1/reports/{id}/receipt", "receipt"),
	ROW("GET", "/v1/schemas/{name}/{version}", "schema"),
	ROW("GET", "/v1/pages/{id}/", "page"),
};

static const char *operation_of(const char *method, const char *target)
{
	struct uri uri;
	const struct http_route *route;
	bool known;

	ck_assert_int_eq(uri_parse(target, &uri), RC_OK);
	route = route_find(routes, ARRAY_LEN(routes), method, &uri, &known);
	uri_release(&uri);
	return route ? route->operation : known ? "other method" : "unknown";
}

START_TEST(test_routes)
{
	static const struct {
		const char *method, *target, *operation;
	} cases[] = {
		{ "GET", "/", "root" },
		{ "GET", "/v1/reports", "list" },
		{ "HEAD", "/v1/reports", "list" },
		{ "POST", "/v1/reports?x=1", "add" },
		{ "PUT", "/v1/reports", "other method" },
		{ "HEAD", "/v1/reports/7/receipt", "receipt" },
		{ "GET", "/v1/reports/7", "get" },
		{ "GET", "/v1/report", "unknown" },
		{ "GET", "/v1/reportsx", "unknown" },
		{ "GET", "/v1/reports/", "unknown" },
		{ "GET", "/v1/reports//receipt", "unknown" },
		{ "GET", "/v1/reports/7/receipt/", "unknown" },
		{ "GET", "/v1/reports/7/receip", "unknown" },
		{ "GET", "/v1", "unknown" },
		{ "GET", "/V1/reports", "unknown" },
		{ "GET", "/v1/schemas/a/1.0", "schema" },
		{ "GET", "/v1/schemas/a", "unknown" },
		{ "get", "/v1/reports", "other method" },
		{ "GET", "/v1/pages/7/", "page" },
		{ "GET", "/v1/pages/7", "unknown" },
		{ "GET", "/v1/pages//", "unknown" },
		{ "GET", "/v1/pages/7//", "unknown" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++)
		ck_assert_str_eq(operation_of(cases[i].method, cases[i].target),
				 cases[i].operation);
}
END_TEST

START_TEST(test_parameters)
{
	struct uri uri;

	ck_assert_int_eq(uri_parse("/v1/schemas/a%20b/1.0", &uri), RC_OK);
	ck_assert_str_eq(route_param(&routes[5], &uri, "name"), "a b");
	ck_assert_str_eq(route_param(&routes[5], &uri, "version"), "1.0");
	ck_assert_str_eq(route_param(&routes[5], &uri, "nam"), "");
	ck_assert_str_eq(route_param(&routes[5], &uri, "v1"), "");
	uri_release(&uri);
}
END_TEST

START_TEST(test_tables_that_cannot_serve)
{
	static const struct http_route bad[][2] = {
		{ ROW("GET", "v1", "a"), ROW("GET", "/b", "b") },
		{ ROW("GET", "/a//b", "a"), ROW("GET", "/b", "b") },
		{ ROW("GET", "/a//", "a"), ROW("GET", "/b", "b") },
		{ ROW("GET", "/a/{", "a"), ROW("GET", "/b", "b") },
		{ ROW("GET", "/a/x{id}", "a"), ROW("GET", "/b", "b") },
		{ ROW("GET", "/a", "a"), ROW("GET", "/a", "b") },
		{ ROW("GET", "/a", NULL), ROW("GET", "/b", "b") },
		{ ROW(NULL, "/a", "a"), ROW("GET", "/b", "b") },
	};
	struct err err;
	size_t i;

	ck_assert_int_eq(route_check(routes, ARRAY_LEN(routes), &err), RC_OK);
	for (i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_int_eq(route_check(bad[i], 2, &err), RC_INVALID);
}
END_TEST

START_TEST(test_allow)
{
	CLEANUP(buf_release) struct buf allow = buf_capped(100);
	struct uri uri;

	ck_assert_int_eq(uri_parse("/v1/reports", &uri), RC_OK);
	route_allow(routes, ARRAY_LEN(routes), &uri, &allow);
	ck_assert_str_eq(buf_text(&allow), "GET, HEAD, POST, OPTIONS");
	uri_release(&uri);
}
END_TEST

START_TEST(test_targets)
{
	static const char *const bad[] = {
		"",
		"a",
		"*",
		"/%",
		"/%1",
		"/%g0",
		"/%00",
		"/%1f",
		"/%7F",
		"/a%2fb",
		"/..",
		"/a/./b",
		"/%2e",
		"/a b",
		"/a#b",
		"/a?#",
		"/\xc3\xa5",
		"/%c3",
		"/%c0%80",
		"/%e0%80%80",
		"/%ed%a0%80",
		"/%f4%90%80%80",
		"/?a&a",
		"/?a=1&%61=2",
		"/?=",
		"/?a&",
		"/?&a",
		"/?a=%",
		"/?a=%ff",
		"/a\"b",
		"/a<b",
		"/a|b",
		"ftp://x/a",
		"http:///a b",
		"/a\\b",
		"/a[b]",
		"/[?a=1",
		"http:///a",
		"http://u@x/a",
		"https:",
	};
	struct uri uri;
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(uri_parse(bad[i], &uri) == RC_INVALID, "taken: %s", bad[i]);
	ck_assert_int_eq(uri_parse("HTTPS://x:1/a/%C3%A5?b&c=d=%26&e=", &uri), RC_OK);
	ck_assert_str_eq(uri.path, "/a/%C3%A5");
	ck_assert_uint_eq(uri.segments, 2);
	ck_assert_str_eq(uri.segment[1], "\xc3\xa5");
	ck_assert_uint_eq(uri.queries, 3);
	ck_assert_str_eq(uri.query[0].value, "");
	ck_assert_str_eq(uri.query[1].value, "d=&");
	ck_assert_str_eq(uri.query[2].name, "e");
	uri_release(&uri);
}
END_TEST

START_TEST(test_every_code_point_and_no_other)
{
	unsigned char text[4];
	unsigned cp;

	for (cp = 0; cp < 0x120000; cp += cp < 0x11000 ? 1 : 97) {
		size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4, i;
		static const unsigned char lead[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
		unsigned rest = cp;

		for (i = n - 1; i > 0; i--, rest >>= 6)
			text[i] = (unsigned char)(0x80 | (rest & 0x3F));
		text[0] = (unsigned char)(lead[n] | rest);
		ck_assert_int_eq(utf8_valid((char *)text, n),
				 cp < 0x110000 && (cp < 0xD800 || cp > 0xDFFF));
		ck_assert(n == 1 || !utf8_valid((char *)text, n - 1));
	}
}
END_TEST

static struct verdict judge(const struct header *headers, size_t n)
{
	union {
		const struct header *in;
		struct header *out;
	} same = { headers };
	struct head head = { .method = "GET", .headers = same.out, .count = n };

	return gate_check(&head);
}

START_TEST(test_gate)
{
	static const struct {
		struct header headers[3];
		const char *code;
		bool at_once;
	} cases[] = {
		{ { { "Host", "x" }, { "A", "b" }, { "B", "" } }, NULL, false },
		{ { { "Host", "x" }, { "Content-Length", "5" }, { "B", "c" } }, NULL, false },
		{ { { "Host", "x" }, { "Transfer-Encoding", "Chunked" }, { "B", "c" } },
		  NULL,
		  false },
		{ { { "Host", "x" }, { "Content-Length", "5" }, { "content-length", "5" } },
		  "invalid-request",
		  true },
		{ { { "Host", "x" },
		    { "Content-Length", "5" },
		    { "Transfer-Encoding", "chunked" } },
		  "invalid-request",
		  true },
		{ { { "Host", "x" }, { "Content-Length", "+5" }, { "B", "c" } },
		  "invalid-request",
		  true },
		{ { { "Host", "x" }, { "Content-Length", "" }, { "B", "c" } },
		  "invalid-request",
		  true },
		{ { { "Host", "x" }, { "Content-Length", "99999999999999999999" }, { "B", "c" } },
		  "invalid-request",
		  true },
		{ { { "Host", "x" }, { "Transfer-Encoding", "gzip, chunked" }, { "B", "c" } },
		  "invalid-request",
		  true },
		{ { { "Host", "x" }, { "Bad Name", "5" }, { "B", "c" } }, "invalid-request", true },
		{ { { "Host", "x" }, { "", "5" }, { "B", "c" } }, "invalid-request", true },
		{ { { "Host", "x" }, { "A", "b\rc" }, { "B", "c" } }, "invalid-request", true },
		{ { { "Host", "x" }, { "host", "x" }, { "B", "c" } }, "invalid-request", false },
		{ { { "Host", "" }, { "A", "b" }, { "B", "c" } }, "invalid-request", false },
		{ { { "Host", "x/y" }, { "A", "b" }, { "B", "c" } }, "invalid-request", false },
		{ { { "Host", "u@x" }, { "A", "b" }, { "B", "c" } }, "invalid-request", false },
		{ { { "Host", "[::1]:443" }, { "A", "b" }, { "B", "c" } }, NULL, false },
		{ { { "A", "x" }, { "C", "5" }, { "B", "c" } }, "invalid-request", false },
		{ { { "Host", "x" }, { "DPoP", "5" }, { "dpop", "c" } }, "invalid-request", false },
		{ { { "Host", "x" }, { "Content-Encoding", "gzip" }, { "B", "c" } },
		  "unsupported-media-type",
		  false },
		{ { { "Host", "x" },
		    { "Content-Encoding", "identity" },
		    { "content-encoding", "gzip" } },
		  "unsupported-media-type",
		  false },
		{ { { "Host", "x" }, { "Content-Encoding", "identity" }, { "B", "c" } },
		  NULL,
		  false },
	};
	struct verdict v;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		v = judge(cases[i].headers, 3);
		ck_assert_pstr_eq(v.code, cases[i].code);
		ck_assert_int_eq(v.at_once, cases[i].at_once);
		ck_assert(!v.code || problem_kind(v.code));
	}
}
END_TEST

START_TEST(test_accept)
{
	static const char *const types[] = { "application/json", "application/jwt", "text/html",
					     NULL };
	static const struct {
		const char *accept;
		int index;
	} cases[] = {
		{ NULL, 0 },
		{ "", 0 },
		{ "*/*", 0 },
		{ "application/jwt", 1 },
		{ "text/*", 2 },
		{ "application/*", 0 },
		{ "application/json;q=0.5, application/jwt;q=0.6", 1 },
		{ "*/*;q=0.1, text/html", 2 },
		{ "application/json;q=0, */*", 1 },
		{ "APPLICATION/JWT", 1 },
		{ "application/jwt;v=1;q=0.9, application/json;q=0.8", 1 },
		{ "image/png", -1 },
		{ "application/json;q=0", -1 },
		{ "application/json;q=2", -1 },
		{ "application/json;q=x, text/html;q=0.001", 2 },
		{ ",,;q=1", -1 },
		{ "application/jsonx", -1 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++)
		ck_assert_msg(negotiate_type(cases[i].accept, types) == cases[i].index, "%s",
			      cases[i].accept);
}
END_TEST

START_TEST(test_language)
{
	static const struct {
		const char *value;
		enum problem_lang lang;
	} cases[] = {
		{ NULL, PROBLEM_NB },
		{ "", PROBLEM_NB },
		{ "en", PROBLEM_EN },
		{ "en-GB,en;q=0.9", PROBLEM_EN },
		{ "nb, en", PROBLEM_NB },
		{ "nn;q=0.3, en;q=0.8", PROBLEM_EN },
		{ "fr, de", PROBLEM_NB },
		{ "fr, en;q=0.1", PROBLEM_EN },
		{ "no;q=0.9, en;q=0.8", PROBLEM_NB },
		{ "*", PROBLEM_NB },
		{ "enx", PROBLEM_NB },
		{ "en;q=0", PROBLEM_NB },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++)
		ck_assert_msg(negotiate_lang(cases[i].value) == cases[i].lang, "%s",
			      cases[i].value);
}
END_TEST

START_TEST(test_etags)
{
	ck_assert(negotiate_etag("\"a\"", "\"a\""));
	ck_assert(negotiate_etag("W/\"a\"", "\"a\""));
	ck_assert(negotiate_etag("\"b, c\" , \"a\"", "W/\"a\""));
	ck_assert(negotiate_etag("*", "\"a\""));
	ck_assert(!negotiate_etag(NULL, "\"a\""));
	ck_assert(!negotiate_etag("", "\"a\""));
	ck_assert(!negotiate_etag("\"ab\"", "\"a\""));
	ck_assert(!negotiate_etag("\"x\"a\"", "\"b\""));
	ck_assert(!negotiate_etag("\"", "\"a\""));
}
END_TEST

START_TEST(test_trace)
{
	static const char good[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
	static const char *const bad[] = {
		"",
		"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
		"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		"00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		"00-00000000000000000000000000000000-b7ad6b7169203331-01",
		"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
		"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
		"00-0af7651916cd43dd8448eb211c8031\"c-b7ad6b7169203331-01",
	};
	char id[TRACE_ID_SIZE], other[TRACE_ID_SIZE];
	size_t i;

	trace_id(good, id);
	ck_assert_str_eq(id, "0af7651916cd43dd8448eb211c80319c");
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		trace_id(bad[i], id);
		ck_assert_uint_eq(strspn(id, "0123456789abcdef"), 32);
		ck_assert_str_ne(id, "0af7651916cd43dd8448eb211c80319c");
	}
	trace_id(NULL, other);
	ck_assert_str_ne(id, other);
}
END_TEST

/* Letters and hyphens, so that no page or log line needs escaping. */
START_TEST(test_problem_table)
{
	const struct problem_kind *kind;
	size_t i, lang;

	for (i = 0; (kind = problem_kind_at(i)); i++) {
		ck_assert_uint_eq(strspn(kind->code, "abcdefghijklmnopqrstuvwxyz-"),
				  strlen(kind->code));
		ck_assert_uint_lt(strlen(kind->code), 60);
		ck_assert_ptr_eq(problem_kind(kind->code), kind);
		ck_assert(kind->status >= 400 && kind->status < 600);
		for (lang = 0; lang < PROBLEM_LANGS; lang++) {
			ck_assert(!strpbrk(kind->title[lang], "<>&\""));
			ck_assert(!strpbrk(kind->explain[lang], "<>&"));
			ck_assert(utf8_valid(kind->explain[lang], strlen(kind->explain[lang])));
		}
	}
	ck_assert_uint_eq(i, problem_kind_count());
	ck_assert_ptr_null(problem_kind("no-such-code"));
}
END_TEST

/* A program's own, behind those of the room. */
static const struct problem_kind own_kinds[] = {
	{ "revision-stale",
	  409,
	  { "Det finnes en nyere revisjon", "A newer revision was received" },
	  { "Nyere.", "Newer." } },
};

START_TEST(test_problem_json)
{
	json_auto_t *errors = json_pack("[{s:s}]", "pointer", "/a");
	json_auto_t *members = json_pack("{s:s, s:i}", "status", "mine", "queue", 3);
	struct problem p = { .code = "revision-stale",
			     .detail = "d",
			     .errors = errors,
			     .members = members,
			     .current_revision = 4,
			     .digest = "sha-256:00" };
	json_auto_t *doc = problem_to_json(&p, PROBLEM_EN, "t");
	json_auto_t *expected = json_pack(
		"{s:s, s:s, s:i, s:s, s:s, s:s, s:i, s:s, s:O, s:i}", "type",
		"/problems/revision-stale", "title", "A newer revision was received", "status", 409,
		"detail", "d", "code", "revision-stale", "trace_id", "t", "current_revision", 4,
		"digest", "sha-256:00", "errors", errors, "queue", 3);

	ck_assert(json_equal(doc, expected));
}
END_TEST

START_TEST(test_problem_defaults)
{
	struct problem unknown = { .code = "made-up" }, busy = { .code = "busy" };
	json_auto_t *doc = problem_to_json(&unknown, PROBLEM_NB, NULL);

	ck_assert_str_eq(json_string_value(json_object_get(doc, "code")), "internal-error");
	ck_assert_ptr_null(json_object_get(doc, "trace_id"));
	ck_assert_int_eq(problem_status(&unknown), 500);
	ck_assert_uint_eq(problem_retry_after(&unknown), 0);
	ck_assert_uint_eq(problem_retry_after(&busy), 1);
	busy.retry_after = 30;
	ck_assert_uint_eq(problem_retry_after(&busy), 30);
}
END_TEST

struct counted_job {
	struct pool_job job;
	unsigned index;
};

static struct {
	pthread_mutex_t gate;
	atomic_uint done;
	unsigned order[8];
} seen = { .gate = PTHREAD_MUTEX_INITIALIZER };

static void count_job(struct pool_job *job)
{
	struct counted_job *mine = (struct counted_job *)job;

	pthread_mutex_lock(&seen.gate);
	seen.order[atomic_fetch_add(&seen.done, 1)] = mine->index;
	pthread_mutex_unlock(&seen.gate);
}

START_TEST(test_pool)
{
	struct counted_job jobs[8];
	struct pool *pool = NULL;
	unsigned i, taken = 0;

	ck_assert_int_eq(pool_new(1, 1, 4, &pool), RC_OK);
	pthread_mutex_lock(&seen.gate);
	for (i = 0; i < 8; i++) {
		jobs[i] = (struct counted_job){ .job = { .run = count_job, .turn.flow = "" },
						.index = i };
		taken += pool_submit(pool, &jobs[i].job) == RC_OK;
	}
	/* Four wait; a fifth only if the worker had already taken one. */
	ck_assert(taken == 4 || taken == 5);
	ck_assert_uint_le(pool_waiting(pool), 4);
	pthread_mutex_unlock(&seen.gate);
	pool_free(pool);
	ck_assert_uint_eq(atomic_load(&seen.done), taken);
	for (i = 1; i < taken; i++)
		ck_assert_uint_gt(seen.order[i], seen.order[i - 1]);
}
END_TEST

START_TEST(test_metrics)
{
	CLEANUP(buf_release) struct buf out = buf_capped(1 << 20);
	struct metrics *m = metrics_new("varde", routes, ARRAY_LEN(routes));
	struct metric_counter *counter =
		metrics_counter(m, "things_total", "kind=\"a\"", "Things.");
	struct http_done done = { .route = &routes[1], .status = 200, .elapsed_us = 700 };

	metrics_after_reply(&done, m);
	done.status = 799;
	done.elapsed_us = 60000000;
	done.code = "busy";
	metrics_after_reply(&done, m);
	metric_counter_add(counter, 7);
	ck_assert_int_eq(metrics_render(m, &out), RC_OK);
	ck_assert_ptr_nonnull(
		strstr(buf_text(&out), "total{operation=\"list\",status=\"200\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(buf_text(&out), "total{operation=\"list\",status=\"0\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(buf_text(&out), "{operation=\"list\",le=\"0.0005\"} 0\n"));
	ck_assert_ptr_nonnull(strstr(buf_text(&out), "{operation=\"list\",le=\"0.001\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(buf_text(&out), "{operation=\"list\",le=\"+Inf\"} 2\n"));
	ck_assert_ptr_nonnull(strstr(buf_text(&out), "varde_problems_total{code=\"busy\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(buf_text(&out), "varde_things_total{kind=\"a\"} 7\n"));
	metrics_free(m);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http");
	TCase *tc = tcase_create("units");

	problem_use(own_kinds, ARRAY_LEN(own_kinds));
	tcase_add_test(tc, test_routes);
	tcase_add_test(tc, test_parameters);
	tcase_add_test(tc, test_tables_that_cannot_serve);
	tcase_add_test(tc, test_allow);
	tcase_add_test(tc, test_targets);
	tcase_add_test(tc, test_every_code_point_and_no_other);
	tcase_add_test(tc, test_gate);
	tcase_add_test(tc, test_accept);
	tcase_add_test(tc, test_language);
	tcase_add_test(tc, test_etags);
	tcase_add_test(tc, test_trace);
	tcase_add_test(tc, test_problem_table);
	tcase_add_test(tc, test_problem_json);
	tcase_add_test(tc, test_problem_defaults);
	tcase_add_test(tc, test_pool);
	tcase_add_test(tc, test_metrics);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
