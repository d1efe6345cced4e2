/* The head of a request, before anything of it is believed: request line and header
 * lines as the input has them, as libmicrohttpd would hand them over. What the gate
 * lets through has one Host, one way to say its length, plain names and values and a
 * target that can be read in one way only, all looked at anew here. Content
 * negotiation, routing and who the client is run on the same head. */
#include "fuzz.h"

#include "http/client.h"
#include "http/gate.h"
#include "http/negotiate.h"
#include "http/route.h"
#include "http/trace.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>

#define HEADERS_MAX 64

static void no_handler(struct exchange *x, void *ctx)
{
	(void)x;
	(void)ctx;
}

static const char *const json_types[] = { "application/jose", "application/json", NULL };

static const struct http_route routes[] = {
	{ "POST", "/v1/submissions", no_handler, HTTP_NEEDS_TOKEN, 524288, json_types, "submit" },
	{ "GET", "/v1/reports", no_handler, HTTP_NEEDS_TOKEN, 0, NULL, "reports" },
	{ "GET", "/v1/reports/{id}/receipt", no_handler, HTTP_NEEDS_TOKEN, 0, NULL, "receipt" },
	{ "GET", "/problems/{code}", no_handler, 0, 0, NULL, "problem" },
	{ "GET", "/", no_handler, 0, 0, NULL, "root" },
};

struct request {
	struct head head;
	struct header headers[HEADERS_MAX];
	char *texts[1 + 2 * HEADERS_MAX]; /* owned */
	size_t texts_len;
};

static const char *keep(struct request *r, struct piece p)
{
	return r->texts[r->texts_len++] = fuzz_text(p);
}

static struct piece without_cr(struct piece line)
{
	if (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

static void read_request(struct request *r, struct piece rest)
{
	struct piece line = without_cr(fuzz_take(&rest, '\n'));
	CLEANUP_FREE char *target = NULL;

	r->head.method = keep(r, fuzz_take(&line, ' '));
	target = fuzz_text(fuzz_take(&line, ' '));
	r->head.uri_broken = uri_parse(target, &r->head.uri) != RC_OK;
	r->head.old_version = line.len == 8 && !memcmp(line.at, "HTTP/1.0", 8);
	r->head.headers = r->headers;
	while (rest.len && r->head.count < HEADERS_MAX) {
		struct header *header = &r->headers[r->head.count];

		line = without_cr(fuzz_take(&rest, '\n'));
		if (!line.len)
			break;
		r->head.count++;
		r->head.bytes_strange |= line.len && memchr(line.at, '\0', line.len);
		header->name = keep(r, fuzz_take(&line, ':'));
		while (line.len && (*line.at == ' ' || *line.at == '\t'))
			line.at++, line.len--;
		header->value = keep(r, line);
	}
}

static void request_release(struct request *r)
{
	for (size_t i = 0; i < r->texts_len; i++)
		free(r->texts[i]);
	uri_release(&r->head.uri);
}

static size_t count(const struct head *head, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < head->count; i++)
		n += strcasecmp(head->headers[i].name, name) == 0;
	return n;
}

static void check_field(const struct header *h)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	MUST(*h->name);
	for (const unsigned char *p = (const unsigned char *)h->name; *p; p++)
		MUST((*p >= '0' && *p <= '9') || ((*p | 32) >= 'a' && (*p | 32) <= 'z') ||
		     strchr(others, *p));
	for (const unsigned char *p = (const unsigned char *)h->value; *p; p++)
		MUST((*p >= 0x20 || *p == '\t') && *p != 0x7F);
	if (!strcasecmp(h->name, "Content-Length"))
		MUST(*h->value && strspn(h->value, "0123456789") == strlen(h->value) &&
		     strlen(h->value) < 20);
	if (!strcasecmp(h->name, "Transfer-Encoding"))
		MUST(!strcasecmp(h->value, "chunked"));
	if (!strcasecmp(h->name, "Content-Encoding"))
		MUST(!strcasecmp(h->value, "identity"));
	if (!strcasecmp(h->name, "Authorization") || !strcasecmp(h->name, "DPoP"))
		MUST(strlen(h->value) <= GATE_TOKEN_MAX);
}

static void check_passed(const struct head *head)
{
	static const char *const once[] = { "Authorization", "DPoP", "Content-Type", "Expect" };

	MUST(!head->uri_broken && !head->bytes_strange && count(head, "Host") == 1);
	MUST(*head->method && !strpbrk(head->method, " \t\"(),/:;<=>?@[\\]{}"));
	MUST(*head_get(head, "Host") && !strpbrk(head_get(head, "Host"), " \t/?#@\\,"));
	MUST(!head->old_version || !count(head, "Transfer-Encoding"));
	MUST(count(head, "Content-Length") + count(head, "Transfer-Encoding") <= 1);
	for (size_t i = 0; i < ARRAY_LEN(once); i++)
		MUST(count(head, once[i]) <= 1);
	for (size_t i = 0; i < head->count; i++)
		check_field(&head->headers[i]);
	for (size_t i = 0; i < head->uri.queries; i++)
		MUST(strcmp(head->uri.query[i].name, "access_token"));
}

static void encode(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_addf(out, "%%%02X", (unsigned char)*text);
}

/* A target that was read, written with every byte escaped, is read the same. */
static void check_target(const struct uri *uri)
{
	CLEANUP(buf_release) struct buf text = buf_capped(1 << 20);
	CLEANUP(uri_release) struct uri again = { 0 };

	for (size_t i = 0; i < uri->segments; i++) {
		MUST(!strpbrk(uri->segment[i], "/\\") && strcmp(uri->segment[i], ".") &&
		     strcmp(uri->segment[i], "..") &&
		     utf8_valid(uri->segment[i], strlen(uri->segment[i])));
		buf_addc(&text, '/');
		encode(&text, uri->segment[i]);
	}
	for (size_t i = 0; i < uri->queries; i++) {
		buf_addc(&text, i ? '&' : '?');
		encode(&text, uri->query[i].name);
		buf_addc(&text, '=');
		encode(&text, uri->query[i].value);
	}
	if (uri->queries && !*uri->query[0].name)
		return;
	MUST(!buf_rc(&text) && !uri_parse(buf_text(&text), &again));
	MUST(again.segments == uri->segments && again.queries == uri->queries);
	for (size_t i = 0; i < uri->segments; i++)
		MUST(!strcmp(again.segment[i], uri->segment[i]));
	for (size_t i = 0; i < uri->queries; i++)
		MUST(!strcmp(again.query[i].name, uri->query[i].name) &&
		     !strcmp(again.query[i].value, uri->query[i].value));
}

static void check_route(const struct head *head)
{
	CLEANUP(buf_release) struct buf allow = buf_capped(256);
	const struct http_route *route;
	bool known;

	route = route_find(routes, ARRAY_LEN(routes), head->method, &head->uri, &known);
	route_allow(routes, ARRAY_LEN(routes), &head->uri, &allow);
	MUST(!buf_rc(&allow) && (route || known) == (strchr(buf_text(&allow), ',') != NULL));
	if (!route)
		return;
	MUST(!strcmp(route->method, head->method) || !strcmp(head->method, "HEAD"));
	MUST(strstr(route->pattern, "{id}") == NULL || *route_param(route, &head->uri, "id"));
	if (gate_check(head).code || gate_check_route(head, route).code)
		return;
	MUST(!(route->flags & HTTP_NEEDS_TOKEN) || *head_get(head, "Authorization"));
	MUST(head_length(head) <= route->body_cap);
	MUST(!route->types || head_get(head, "Content-Type"));
}

static void check_negotiation(const struct head *head)
{
	static const char *const types[] = { "application/json", "application/jwt", NULL };
	const char *accept = head_get(head, "Accept");
	char trace[TRACE_ID_SIZE];
	int type = negotiate_type(accept, types);

	MUST(type >= -1 && type < 2 && (accept || type == 0));
	negotiate_lang(head_get(head, "Accept-Language"));
	negotiate_etag(head_get(head, "If-None-Match"), "\"a\"");
	MUST(negotiate_etag("*", "\"a\"") && !negotiate_etag(NULL, "\"a\""));
	trace_id(head_get(head, "traceparent"), trace);
	MUST(strlen(trace) == 32 && strspn(trace, "0123456789abcdef") == 32 &&
	     strspn(trace, "0") < 32);
}

/* Believed is a header only from the proxies that were named, and an address is
 * written as one or as "local". */
static void check_client(const struct head *head)
{
	struct sockaddr_in stranger = { .sin_family = AF_INET, .sin_port = htons(1) };
	struct sockaddr_in proxy = stranger;
	struct client_rules rules;
	struct client client;
	unsigned char bytes[16];

	MUST(!client_rules_read("127.0.0.1, 10.1.0.0/16", NULL, &rules, NULL));
	stranger.sin_addr.s_addr = htonl(0xC0000201); /* 192.0.2.1 */
	proxy.sin_addr.s_addr = htonl(0x0A01FFFE);    /* 10.1.255.254 */
	client_find(&rules, (const struct sockaddr *)&stranger, head, &client);
	MUST(!strcmp(client.address, "192.0.2.1") && !strcmp(client.net, "192.0.2.1"));
	client_find(&rules, (const struct sockaddr *)&proxy, head, &client);
	MUST(inet_pton(strchr(client.address, ':') ? AF_INET6 : AF_INET, client.address, bytes) ==
	     1);
	MUST(strcmp(client.address, "10.1.255.254") ? count(head, rules.header) > 0 : true);
	client_find(&rules, NULL, head, &client);
	MUST(!strcmp(client.address, "local") || count(head, rules.header) > 0);
	if (head_get(head, "X-Proxies") &&
	    !client_rules_read(head_get(head, "X-Proxies"), NULL, &rules, NULL))
		MUST(rules.len <= CLIENT_PROXIES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(request_release) struct request r = { 0 };

	read_request(&r, (struct piece){ (const char *)data, size });
	if (!gate_check(&r.head).code)
		check_passed(&r.head);
	check_negotiation(&r.head);
	check_client(&r.head);
	if (!r.head.uri_broken) {
		check_target(&r.head.uri);
		check_route(&r.head);
	}
	return 0;
}
