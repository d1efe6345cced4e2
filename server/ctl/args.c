#include "ctl/args.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "operate/operate.h"

#include <errno.h>
#include <string.h>

#define FILE_MAX ((size_t)6 << 20)

/* Options that every command takes; `arg` NULL: they are about the run. */
static const struct ctl_param common[] = {
	{ "--config", NULL, CTL_TEXT, "FILE",
	  "the installation's varde.conf (default: $VARDE_CONFIG)", false },
	{ "--operator", NULL, CTL_TEXT, "NAME", "who asks, for the log (default: the login name)",
	  false },
	{ "--reason", NULL, CTL_TEXT, "TEXT", "why, for the log", false },
	{ "--json", NULL, CTL_FLAG, NULL, "the result as JSON", false },
	{ "--help", NULL, CTL_FLAG, NULL, "this text", false },
	{ 0 },
};

struct reading {
	const struct ctl_command *command;
	struct ctl_options *options;
	enum args_wish wish;
	const struct ctl_param *next; /* the next word that stands in its place */
	struct err *err;
};

static enum rc usage(struct reading *r, const char *where, const char *text)
{
	return err_set(r->err, RC_INVALID, "usage", where, "%s; see vardectl %s --help", text,
		       r->command->words);
}

static bool is_option(const struct ctl_param *param)
{
	return !strncmp(param->name, "--", 2);
}

static const struct ctl_param *find_option(const struct ctl_param *list, const char *word,
					   size_t len)
{
	for (; list && list->name; list++)
		if (is_option(list) && strlen(list->name) == len && !strncmp(list->name, word, len))
			return list;
	return NULL;
}

static const struct ctl_param *skip_options(const struct ctl_param *param)
{
	while (param && param->name && is_option(param))
		param++;
	return param;
}

static json_t *lines_of(char *text)
{
	json_t *list = json_array();
	char *save = NULL;

	for (char *line = strtok_r(text, "\r\n", &save); line;
	     line = strtok_r(NULL, "\r\n", &save)) {
		line += strspn(line, " \t");
		line[strcspn(line, " \t")] = '\0';
		if (*line && *line != '#')
			json_array_append_new(list, json_string(line));
	}
	return list;
}

static enum rc read_content(struct reading *r, const char *path, bool lines, json_t **ret)
{
	CLEANUP(buf_release) struct buf text = buf_capped(FILE_MAX);
	enum rc rc = buf_read_file(&text, path);

	if (rc)
		return err_set(r->err, rc, "file-unreadable", path, "cannot be read (%s)",
			       rc_name(rc));
	if (buf_adds(&text, ""))
		return buf_rc(&text);
	if (memchr(buf_text(&text), '\0', text.len))
		return err_set(r->err, RC_INVALID, "file-unreadable", path, "is not a text file");
	*ret = lines && text.data ? lines_of(text.data)
	       : lines            ? json_array()
				  : json_string(buf_text(&text));
	return *ret ? RC_OK
		    : err_set(r->err, RC_INVALID, "file-unreadable", path, "is not UTF-8 text");
}

static enum rc read_number(struct reading *r, const struct ctl_param *param, const char *text,
			   json_t **ret)
{
	char *end;
	long long value;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno || end == text || *end || value < 0 || *text == '+' || *text == ' ')
		return usage(r, param->name, "takes a whole number");
	*ret = json_integer(value);
	return RC_OK;
}

static enum rc set_arg(struct reading *r, const struct ctl_param *param, const char *text)
{
	json_t *value = NULL;
	enum rc rc = RC_OK;

	if (json_object_get(r->options->args, param->arg))
		return usage(r, param->name, "is given twice");
	switch (param->value) {
	case CTL_TEXT: value = json_string(text); break;
	case CTL_FLAG: value = json_true(); break;
	case CTL_NUMBER: rc = read_number(r, param, text, &value); break;
	case CTL_FILE: rc = read_content(r, text, false, &value); break;
	case CTL_LINES: rc = read_content(r, text, true, &value); break;
	}
	if (rc)
		return rc;
	if (!value)
		return usage(r, param->name, "is not UTF-8 text");
	json_object_set_new(r->options->args, param->arg, value);
	return RC_OK;
}

static void set_common(struct reading *r, const struct ctl_param *param, const char *text)
{
	if (!strcmp(param->name, "--config"))
		r->options->config = text;
	else if (!strcmp(param->name, "--operator"))
		r->options->operator= text;
	else if (!strcmp(param->name, "--reason"))
		r->options->reason = text;
	else if (!strcmp(param->name, "--json"))
		r->options->json = true;
	else
		r->wish = ARGS_HELP;
}

/* Reads the option at argv[*i] and moves on to its last word. */
static enum rc read_option(struct reading *r, int argc, char **argv, int *i)
{
	const char *word = strcmp(argv[*i], "-h") ? argv[*i] : "--help", *value = strchr(word, '=');
	size_t len = value ? (size_t)(value - word) : strlen(word);
	const struct ctl_param *param = find_option(r->command->params, word, len);

	if (!param)
		param = find_option(common, word, len);
	if (!param)
		return usage(r, word, "is not an option here");
	if (param->value == CTL_FLAG && value)
		return usage(r, param->name, "takes no value");
	if (value)
		value++;
	else if (param->value != CTL_FLAG && *i + 1 < argc && strncmp(argv[*i + 1], "--", 2))
		value = argv[++*i];
	if (param->value != CTL_FLAG && !value)
		return usage(r, param->name, "lacks its value");
	if (param->arg)
		return set_arg(r, param, value);
	set_common(r, param, value);
	return RC_OK;
}

static enum rc read_word(struct reading *r, const char *word)
{
	const struct ctl_param *param = skip_options(r->next);

	if (!param || !param->name)
		return usage(r, word, "is one word too many");
	r->next = param + 1;
	return set_arg(r, param, word);
}

static enum rc check_complete(struct reading *r)
{
	for (const struct ctl_param *p = r->command->params; p && p->name; p++)
		if (p->required && !json_object_get(r->options->args, p->arg))
			return usage(r, p->name, "is missing");
	return RC_OK;
}

enum rc args_read(const struct ctl_command *command, int argc, char **argv,
		  struct ctl_options *options, enum args_wish *ret_wish, struct err *reterr)
{
	struct reading r = {
		.command = command, .options = options, .next = command->params, .err = reterr
	};
	bool words_only = false;
	enum rc rc = RC_OK;

	options->args = json_object();
	for (int i = 0; !rc && i < argc; i++) {
		if (!words_only && !strcmp(argv[i], "--"))
			words_only = true;
		else if (!words_only && (!strncmp(argv[i], "--", 2) || !strcmp(argv[i], "-h")))
			rc = read_option(&r, argc, argv, &i);
		else
			rc = read_word(&r, argv[i]);
	}
	if (!rc && r.wish == ARGS_RUN)
		rc = check_complete(&r);
	*ret_wish = r.wish;
	return rc;
}

void args_release(struct ctl_options *options)
{
	json_decref(options->args);
	options->args = NULL;
}

const char *args_about(const struct ctl_command *command)
{
	const struct operate_function *function = operate_find(command->words);

	if (command->help)
		return command->help;
	return function ? function->help : "";
}

void args_usage(const struct ctl_command *command, FILE *out)
{
	if (command->usage) {
		fprintf(out, " %s", command->usage);
		return;
	}
	for (const struct ctl_param *p = command->params; p && p->name; p++) {
		fputs(p->required ? " " : " [", out);
		fputs(p->name, out);
		if (is_option(p) && p->metavar)
			fprintf(out, " %s", p->metavar);
		fputs(p->required ? "" : "]", out);
	}
}

static void list_params(const struct ctl_param *p, FILE *out)
{
	for (; p && p->name; p++) {
		char left[64];

		snprintf(left, sizeof(left), "%s%s%s", p->name,
			 p->metavar && is_option(p) ? " " : "",
			 p->metavar && is_option(p) ? p->metavar : "");
		fprintf(out, "  %-22s %s\n", left, p->help);
	}
}

void args_help(const struct ctl_command *command, FILE *out)
{
	fprintf(out, "usage: vardectl %s", command->words);
	args_usage(command, out);
	fprintf(out, "\n%s\n%s", args_about(command), command->more ? command->more : "");
	if (command->params && command->params->name)
		fputs("\n", out);
	list_params(command->params, out);
	fputs("\nfor every command:\n", out);
	list_params(common, out);
}
