#include "http/gate.h"

#include "base/cleanup.h"

#include <string.h>
#include <strings.h>

static struct verdict fault(const char *reason, const char *nb, const char *en)
{
	return (struct verdict){
		.code = "invalid-request", .reason = reason, .detail = { nb, en }, .close = true
	};
}

static struct verdict broken_framing(const char *reason, const char *nb, const char *en)
{
	struct verdict v = fault(reason, nb, en);

	v.at_once = true;
	return v;
}

/* token of RFC 9110 section 5.6.2 */
static bool is_token(const char *text)
{
	const char *p;

	for (p = text; *p; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
		      (*p >= '0' && *p <= '9') || strchr("!#$%&'*+-.^_`|~", *p)))
			return false;
	return p != text;
}

static bool is_field_value(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	for (; *p; p++)
		if ((*p < 0x20 && *p != '\t') || *p == 0x7F)
			return false;
	return true;
}

static bool is_digits(const char *text)
{
	size_t n = strspn(text, "0123456789");

	return n && n <= 19 && !text[n];
}

/* uri-host [ ":" port ] of RFC 9110 section 7.2, by its characters: what could pass for
 * a path, a user's name or a second host to the next reader is in none. */
static bool is_host(const char *text)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-._~%!$&'()*+;=:[]";

	return *text && strspn(text, chars) == strlen(text);
}

static struct verdict check_framing(const struct head *head)
{
	const char *length = head_get(head, "Content-Length");
	const char *coding = head_get(head, "Transfer-Encoding");
	size_t i;

	if (head->bytes_strange)
		return broken_framing("head-lines",
				      "Linjene i forespørselens hode er ikke som HTTP krever.",
				      "The lines of the request head are not as HTTP requires.");
	for (i = 0; i < head->count; i++)
		if (!is_token(head->headers[i].name) || !is_field_value(head->headers[i].value))
			return broken_framing(
				"head-characters",
				"Et felt i forespørselens hode har ugyldige tegn.",
				"A header field has characters that are not allowed.");
	if (head_count(head, "Content-Length") > 1 || head_count(head, "Transfer-Encoding") > 1)
		return broken_framing("length-twice",
				      "Lengden på innholdet er oppgitt mer enn én gang.",
				      "The length of the content is given more than once.");
	if (length && coding)
		return broken_framing("length-and-coding",
				      "Content-Length og Transfer-Encoding kan ikke brukes sammen.",
				      "Content-Length and Transfer-Encoding exclude each other.");
	if (length && !is_digits(length))
		return broken_framing("length-form", "Content-Length skal være et tall.",
				      "Content-Length must be a number.");
	if (coding && strcasecmp(coding, "chunked"))
		return broken_framing("coding-unknown",
				      "Transfer-Encoding kan bare være «chunked».",
				      "Transfer-Encoding can only be \"chunked\".");
	if (coding && head->old_version)
		return broken_framing("coding-version", "HTTP/1.0 har ingen Transfer-Encoding.",
				      "HTTP/1.0 has no Transfer-Encoding.");
	return (struct verdict){ .code = NULL };
}

static struct verdict check_single(const struct head *head)
{
	static const char *const single[] = { "Authorization", "DPoP", "Content-Type", "Expect" };
	size_t i;

	if (head_count(head, "Host") != 1)
		return fault("host-count", "Host skal stå nøyaktig én gang.",
			     "Host must occur exactly once.");
	if (!is_host(head_get(head, "Host")))
		return fault("host-form", "Host er ikke et vertsnavn.",
			     "Host is not the name of a host.");
	for (i = 0; i < ARRAY_LEN(single); i++)
		if (head_count(head, single[i]) > 1)
			return fault("field-twice",
				     "Authorization, DPoP, Content-Type og Expect kan bare stå én "
				     "gang hver.",
				     "Authorization, DPoP, Content-Type and Expect may occur once "
				     "each.");
	return (struct verdict){ .code = NULL };
}

static struct verdict check_target(const struct head *head)
{
	size_t i;

	if (!is_token(head->method))
		return fault("method-form", "Metoden har ugyldige tegn.",
			     "The method has characters that are not allowed.");
	if (head->uri_broken)
		return fault(
			"target-form",
			"Adressen er ugyldig: sjekk prosentkoding, punktum-ledd og at hver "
			"parameter bare står én gang.",
			"The target is invalid: check percent-encoding, dot segments, and that "
			"each parameter is given once.");
	for (i = 0; i < head->uri.queries; i++)
		if (!strcmp(head->uri.query[i].name, "access_token"))
			return fault("token-in-address",
				     "Tokenet hører hjemme i Authorization, aldri i adressen.",
				     "The token belongs in Authorization, never in the address.");
	return (struct verdict){ .code = NULL };
}

/* A list may be spread over several lines (RFC 9110 section 5.3): ask each. */
static bool plain_content(const struct head *head)
{
	size_t i;

	for (i = 0; i < head->count; i++)
		if (!strcasecmp(head->headers[i].name, "Content-Encoding") &&
		    strcasecmp(head->headers[i].value, "identity"))
			return false;
	return true;
}

struct verdict gate_check(const struct head *head)
{
	static const char *const tokens[] = { "Authorization", "DPoP" };
	struct verdict v = check_framing(head);
	const char *value;
	size_t i;

	if (!v.code)
		v = check_single(head);
	if (!v.code)
		v = check_target(head);
	if (v.code)
		return v;
	for (i = 0; i < ARRAY_LEN(tokens); i++) {
		value = head_get(head, tokens[i]);
		if (value && strlen(value) > GATE_TOKEN_MAX)
			return (struct verdict){ .code = "invalid-token",
						 .reason = "token-too-long" };
	}
	if (!plain_content(head))
		return (struct verdict){
			.code = "unsupported-media-type",
			.reason = "content-encoding",
			.detail = { "Komprimert innhold (Content-Encoding) tas ikke imot.",
				    "Compressed content (Content-Encoding) is not taken." }
		};
	return (struct verdict){ .code = NULL };
}

/* The media type without parameters; the only parameter that is let pass is
 * charset=utf-8, which changes nothing. */
static bool is_type(const char *value, const char *type)
{
	size_t len = strlen(type);

	if (strncasecmp(value, type, len))
		return false;
	value += len;
	value += strspn(value, " \t");
	if (!*value)
		return true;
	if (*value++ != ';')
		return false;
	value += strspn(value, " \t");
	return !strcasecmp(value, "charset=utf-8") || !strcasecmp(value, "charset=\"utf-8\"");
}

static bool type_taken(const struct head *head, const struct http_route *route)
{
	const char *value = head_get(head, "Content-Type");
	size_t i;

	if (!route->types)
		return true;
	for (i = 0; value && route->types[i]; i++)
		if (is_type(value, route->types[i]))
			return true;
	return false;
}

struct verdict gate_check_route(const struct head *head, const struct http_route *route)
{
	const char *token = head_get(head, "Authorization");

	if ((route->flags & HTTP_NEEDS_TOKEN) && (!token || !*token))
		return (struct verdict){ .code = "authentication-required" };
	if (!type_taken(head, route))
		return (struct verdict){ .code = "unsupported-media-type" };
	/* Where no body is taken, one without a length need not be waited for. */
	if (head_length(head) > route->body_cap ||
	    (!route->body_cap && head_get(head, "Transfer-Encoding")))
		return (struct verdict){ .code = "content-too-large" };
	return (struct verdict){ .code = NULL };
}
