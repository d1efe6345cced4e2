/* The header gate: refuses what two HTTP parsers could read differently
 * (request smuggling, RFC 9112 sections 5 and 6.3, RFC 9110 section 5) and what
 * this service never takes. libmicrohttpd 0.9.75 lets all of it through.
 * Pure functions over a copied head; no connection is needed to test them. */
#ifndef VARDE_HTTP_GATE_H
#define VARDE_HTTP_GATE_H

#include "http/head.h"
#include "http/http.h"

#define GATE_TOKEN_MAX 16384 /* bytes of Authorization and of DPoP, each */

/* A refusal. `at_once`: where the body ends cannot be known, so the answer
 * leaves now and the connection closes. */
struct verdict {
	const char *code;                  /* NULL: nothing wrong */
	const char *reason;                /* for the log; a constant, may be NULL */
	const char *detail[PROBLEM_LANGS]; /* constants, may be NULL */
	bool at_once;
	bool close;
};

/* Framing, names, headers that occur once, target, Content-Encoding, lengths of
 * the token headers. */
struct verdict gate_check(const struct head *head);

/* What the route asks for: token, content type, declared length. */
struct verdict gate_check_route(const struct head *head, const struct http_route *route);

#endif
