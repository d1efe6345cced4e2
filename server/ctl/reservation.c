/* Persons who reserve themselves, and erasing what was sealed of them before. Numbers come
 * from standard input: a command line can be read by others, and stays in histories. */
#include "ctl/ctl.h"
#include "ctl/render.h"

#include "base/buf.h"
#include "base/cleanup.h"

#include <string.h>
#include <termios.h>
#include <unistd.h>

#define NUMBERS_MAX ((size_t)2 << 20)

static void render_change(const json_t *result, FILE *out)
{
	static const struct column facts[] = { { "numbers", "numbers" },
					       { "changed", "changed" },
					       { 0 } };

	render_facts(result, facts, out);
}

static void render_count(const json_t *result, FILE *out)
{
	static const struct column facts[] = { { "mode", "mode" },
					       { "decision", "decision" },
					       { "persons", "persons" },
					       { "documents", "documents" },
					       { 0 } };

	render_facts(result, facts, out);
	if (json_is_null(json_object_get(result, "persons")) ||
	    json_is_null(json_object_get(result, "documents")))
		fputs("- is fewer than 5, perhaps none\n", out);
}

static void render_cleared(const json_t *result, FILE *out)
{
	static const struct column facts[] = { { "persons forgotten", "persons" }, { 0 } };

	render_facts(result, facts, out);
	if (json_is_null(json_object_get(result, "persons")))
		fputs("- is fewer than 5, perhaps none\n", out);
}

static void render_erased(const json_t *result, FILE *out)
{
	static const struct column facts[] = { { "listed", "listed" },
					       { "erased now", "erased" },
					       { "organisations", "tenants" },
					       { 0 } };

	render_facts(result, facts, out);
}

/* The terminal shows nothing of what is typed. */
static bool echo(bool on)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &t))
		return false;
	if (on)
		t.c_lflag |= ECHO;
	else
		t.c_lflag &= ~(tcflag_t)ECHO;
	return tcsetattr(STDIN_FILENO, TCSAFLUSH, &t) == 0;
}

static enum rc read_stdin(struct buf *text, struct err *err)
{
	bool terminal = isatty(STDIN_FILENO);
	enum rc rc = RC_OK;
	int c;

	if (terminal) {
		fputs("numbers, one a line, ended by Ctrl-D (they are not shown):\n", stderr);
		(void)echo(false);
	}
	while (!rc && (c = getchar()) != EOF)
		rc = buf_addc(text, (char)c);
	if (terminal)
		(void)echo(true);
	if (!rc && ferror(stdin))
		rc = RC_IO;
	return rc ? err_set(err, rc, "file-unreadable", "standard input", "cannot be read") : RC_OK;
}

/* Lines without space; empty ones and # comments are passed over. */
static json_t *numbers_of(const struct buf *text)
{
	const char *at = buf_text(text), *end = at + text->len;
	json_t *list = json_array();

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline ? newline : end) - at);
		char line[32];
		size_t n = 0;

		for (size_t i = 0; i < len && n < sizeof(line) - 1; i++)
			if (!strchr(" \t\r", at[i]))
				line[n++] = at[i];
		line[n] = '\0';
		if (n && *line != '#')
			json_array_append_new(list, json_string(line));
		explicit_bzero(line, sizeof(line));
		at += len + 1;
	}
	return list;
}

static int change(const struct ctl_options *options, const char *words)
{
	CLEANUP(buf_release) struct buf text = buf_capped(NUMBERS_MAX);
	json_t *numbers, *result = NULL;
	struct err err = { 0 };
	int verdict = 0;

	if (read_stdin(&text, &err))
		return ctl_complain(options->json, &err);
	numbers = numbers_of(&text);
	if (!json_array_size(numbers)) {
		json_decref(numbers);
		err_set(&err, RC_INVALID, "usage", "standard input", "holds no number");
		return ctl_complain(options->json, &err);
	}
	json_object_set_new(options->args, "numbers", numbers);
	if (ctl_ask(words, options, &result, &verdict, &err))
		return ctl_complain(options->json, &err);
	if (options->json) {
		json_dumpf(result, stdout, JSON_INDENT(2));
		fputc('\n', stdout);
	} else {
		render_change(result, stdout);
	}
	json_decref(result);
	return verdict;
}

static int run_add(const struct ctl_options *options)
{
	return change(options, "reservation add");
}

static int run_remove(const struct ctl_options *options)
{
	return change(options, "reservation remove");
}

static const char MORE[] = "Reads numbers from standard input, one a line.\n";

static const struct ctl_param erase_params[] = {
	{ "--sealed-only", "sealed_only", CTL_FLAG, NULL,
	  "the ciphertexts alone; codes stay and are counted", true },
	{ "--from", "from", CTL_LINES, "LIST",
	  "what varde-open find --persons printed; --reason is needed", true },
	{ 0 },
};

const struct ctl_command ctl_reservation_commands[] = {
	{ .words = "reservation add", .more = MORE, .run = run_add },
	{ .words = "reservation remove", .more = MORE, .run = run_remove },
	{ .words = "reservation clear", .render = render_cleared },
	{ .words = "reservation count", .render = render_count },
	{ .words = "erase", .params = erase_params, .render = render_erased },
	{ 0 },
};
