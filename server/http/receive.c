/* Copies a request's head out of libmicrohttpd's memory, and looks at the bytes
 * between its pieces. libmicrohttpd 0.9.75 splits the head in place: a space, a
 * colon and each byte of a line's end become NUL, values are not trimmed. So in
 * a head whose lines all end in CRLF and hold no NUL, each piece begins at a
 * known distance from the one before; a bare LF, a folded line, a NUL and a
 * second space all show as another distance (RFC 9112 sections 2.2, 3, 5.2). */
#include "http/internal.h"

#include <string.h>

struct copy {
	struct head *head;
	size_t headers, bytes;
	char *out;            /* NULL on the counting pass */
	const char *expected; /* where the next name should begin */
	bool strange;
};

static const char *put(struct copy *copy, const char *text, size_t len)
{
	const char *start = copy->out;

	memcpy(copy->out, text, len);
	copy->out[len] = '\0';
	copy->out += len + 1;
	return start;
}

static enum MHD_Result count_header(void *cls, enum MHD_ValueKind kind, const char *name,
				    size_t name_len, const char *value, size_t value_len)
{
	struct copy *copy = cls;

	(void)kind;
	if (name != copy->expected)
		copy->strange = true;
	copy->expected = value ? value + value_len + 2 : NULL;
	copy->headers++;
	copy->bytes += name_len + value_len + 2;
	return MHD_YES;
}

static enum MHD_Result copy_header(void *cls, enum MHD_ValueKind kind, const char *name,
				   size_t name_len, const char *value, size_t value_len)
{
	struct copy *copy = cls;
	struct header *header = &copy->head->headers[copy->head->count++];

	(void)kind;
	header->name = put(copy, name, name_len);
	header->value = put(copy, value ? value : "", value ? value_len : 0);
	return MHD_YES;
}

/* The request line: one space each side of the target, CRLF after the version. */
static bool line_strange(const struct exchange *x, const char *method, const char *version)
{
	return x->raw_target != method + strlen(method) + 1 ||
	       version != x->raw_target + x->raw_target_len + 1;
}

enum rc head_copy(struct exchange *x, struct MHD_Connection *connection, const char *method,
		  const char *version)
{
	struct copy copy = { .head = &x->head, .expected = version + strlen(version) + 2 };
	const union MHD_ConnectionInfo *info;

	MHD_get_connection_values_n(connection, MHD_HEADER_KIND, count_header, &copy);
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	if (copy.headers && info && copy.expected + 2 != method + info->header_size)
		copy.strange = true;
	x->head.bytes_strange = copy.strange || line_strange(x, method, version);
	x->head.old_version = !strcmp(version, "HTTP/1.0");

	x->head_size = copy.headers * sizeof(struct header) + copy.bytes + strlen(method) + 1;
	x->head_memory = malloc(x->head_size);
	if (!x->head_memory)
		return RC_NOMEM;
	x->head.headers = x->head_memory;
	copy.out = (char *)(x->head.headers + copy.headers);
	x->head.method = put(&copy, method, strlen(method));
	MHD_get_connection_values_n(connection, MHD_HEADER_KIND, copy_header, &copy);
	return RC_OK;
}
