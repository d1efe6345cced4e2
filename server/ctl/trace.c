#include "ctl/ctl.h"
#include "ctl/render.h"

#include <string.h>

static const char *text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

static long long number(const json_t *object, const char *name)
{
	return (long long)json_integer_value(json_object_get(object, name));
}

/* "name  text", unless there is nothing to say. */
static void line(FILE *out, const char *name, const char *value)
{
	if (*value)
		fprintf(out, "  %-14s %s\n", name, value);
}

static void render_advice(const json_t *row, FILE *out)
{
	line(out, "what happened", text(row, "meaning"));
	line(out, "tell them", text(row, "tell"));
	line(out, "run next", text(row, "next"));
}

static void render_stored(const json_t *request, FILE *out)
{
	long long fresh = number(request, "new"), repeated = number(request, "repeated"),
		  refused = number(request, "refused"), seq = number(request, "seq");

	if (!fresh && !repeated && !refused)
		return;
	fprintf(out, "  %-14s %lld new, %lld here before, %lld refused", "documents", fresh,
		repeated, refused);
	if (seq)
		fprintf(out, "; number %lld in the tenant's order", seq);
	fputc('\n', out);
}

static void render_organisation(const json_t *request, const char *heading, const char *member,
				FILE *out)
{
	const char *orgnr = text(request, member);
	char named[32];

	if (!*orgnr)
		return;
	snprintf(named, sizeof(named), "%s_name", member);
	fprintf(out, "  %-14s %s %s\n", heading, orgnr,
		*text(request, named) ? text(request, named) : "(not in the register)");
}

static void render_request(const json_t *request, FILE *out)
{
	const char *operation = text(request, "operation"), *code = text(request, "code"),
		   *reason = text(request, "reason");
	char at[64];

	fprintf(out, "%s  %s %s  %lld%s%s%s%s\n",
		render_value(json_object_get(request, "at"), at, sizeof(at)),
		text(request, "method"), *operation ? operation : "(no such address)",
		number(request, "status"), *code ? " " : "", code, *reason ? ": " : "", reason);
	render_organisation(request, "organisation", "tenant", out);
	render_organisation(request, "on behalf of", "owner", out);
	render_organisation(request, "through", "sender", out);
	render_advice(request, out);
	render_stored(request, out);
	fprintf(out, "  %-14s %.1f ms; %lld bytes in, %lld out%s\n", "took",
		(double)number(request, "microseconds") / 1000, number(request, "bytes_in"),
		number(request, "bytes_out"),
		json_is_true(json_object_get(request, "complete")) ? "" : "; not all of it left");
}

/* Not in memory: the log has it. */
static void render_absent(const json_t *result, FILE *out)
{
	char since[64];

	if (json_is_true(json_object_get(result, "running")))
		fprintf(out, "Not among the last %lld requests, which are all since %s (UTC).\n",
			number(result, "kept"),
			render_value(json_object_get(result, "kept_since"), since, sizeof(since)));
	else
		fputs("varded does not run, and what it remembered is gone.\n", out);
	fprintf(out,
		"Its log keeps a line for each request:\n\n"
		"    journalctl -u varded -o cat | grep %s\n\n"
		"and vardectl trace WORD explains the \"code\" and the \"reason\" of that line.\n",
		text(result, "trace_id"));
}

static void render_trace(const json_t *result, FILE *out)
{
	const json_t *requests = json_object_get(result, "requests");
	long long found = number(result, "found");

	if (!requests) {
		render_advice(result, out);
		return;
	}
	if (!found)
		render_absent(result, out);
	if (found > (long long)json_array_size(requests))
		fprintf(out, "%lld requests have this trace_id; the last %zu:\n\n", found,
			json_array_size(requests));
	for (size_t i = 0; i < json_array_size(requests); i++) {
		if (i)
			fputc('\n', out);
		render_request(json_array_get(requests, i), out);
	}
}

static const struct ctl_param trace_params[] = {
	{ "ID", "id", CTL_TEXT, NULL,
	  "trace_id of an answer, a traceparent, or a code or reason of the log", true },
	{ 0 },
};

const struct ctl_command ctl_trace_commands[] = {
	{ .words = "trace", .params = trace_params, .render = render_trace },
	{ 0 },
};
