#include "base/cleanup.h"
#include "ctl/args.h"
#include "ctl/ctl.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct ctl_command *const families[] = {
	ctl_tenant_commands,     ctl_project_commands,   ctl_processor_commands,
	ctl_key_commands,        ctl_custodian_commands, ctl_schema_commands,
	ctl_health_commands,     ctl_trace_commands,     ctl_export_commands,
	ctl_access_log_commands, ctl_task_commands,      ctl_reservation_commands,
	ctl_own_commands,        ctl_quality_commands,   ctl_release_commands,
	ctl_suppress_commands,   ctl_demo_commands,
};

static int help(FILE *out)
{
	fputs("usage: vardectl COMMAND ... [--config FILE] [--operator NAME] [--reason TEXT] "
	      "[--json]\n"
	      "       vardectl COMMAND --help\n\n",
	      out);
	for (size_t f = 0; f < ARRAY_LEN(families); f++)
		for (const struct ctl_command *c = families[f]; c->words; c++)
			fprintf(out, "  %-26s %s\n", c->words, args_about(c));
	fputs("\nexit status: 0 done; 1 the answer is no (invalid, warning, not all found); "
	      "2 it could not be done, or broken\n",
	      out);
	return out == stdout ? CTL_OK : CTL_FAILED;
}

/* How many of argv's first words are the command's; 0 when not all of its are. */
static int words_matching(const struct ctl_command *command, int argc, char **argv)
{
	const char *rest = command->words;
	int n = 0;

	for (; *rest && n < argc; n++) {
		size_t len = strcspn(rest, " ");

		if (strlen(argv[n]) != len || strncmp(argv[n], rest, len))
			return 0;
		rest += len + (rest[len] == ' ');
	}
	return *rest ? 0 : n;
}

static const struct ctl_command *find_command(int argc, char **argv, int *ret_words)
{
	for (size_t f = 0; f < ARRAY_LEN(families); f++) {
		for (const struct ctl_command *c = families[f]; c->words; c++) {
			*ret_words = words_matching(c, argc, argv);
			if (*ret_words)
				return c;
		}
	}
	return NULL;
}

/* The name people know: behind sudo, of who typed it. */
static const char *login_name(void)
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *user = getpwuid(getuid());

	if (sudo && *sudo && geteuid() == 0)
		return sudo;
	return user ? user->pw_name : "unknown";
}

/* How a complaint looks is known before the words are understood. */
static bool wants_json(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--json"))
			return true;
	return false;
}

static int run(const struct ctl_command *command, int argc, char **argv,
	       struct ctl_options *options)
{
	enum args_wish wish = ARGS_RUN;
	struct err err = { 0 };

	options->json = wants_json(argc, argv);
	if (args_read(command, argc, argv, options, &wish, &err))
		return ctl_complain(options->json, &err);
	if (wish == ARGS_HELP) {
		args_help(command, stdout);
		return CTL_OK;
	}
	return command->run ? command->run(options) : ctl_operate(command, options);
}

/* What could not be written was not said. */
static int finish(int status)
{
	if (fflush(stdout) || ferror(stdout)) {
		perror("vardectl: standard output");
		return CTL_FAILED;
	}
	return status;
}

/* "vardectl --config F tenant list": how many words stand before the command. */
static int leading_options(int argc, char **argv)
{
	static const char *const valued[] = { "--config", "--operator", "--reason" };
	int n = 0;

	for (; n < argc && !strncmp(argv[n], "--", 2) && strcmp(argv[n], "--help") &&
	       strcmp(argv[n], "--version");
	     n++)
		for (size_t i = 0; i < ARRAY_LEN(valued); i++)
			n += !strcmp(argv[n], valued[i]) && n + 1 < argc;
	return n;
}

/* The words before and behind the command's own, as one list. */
static char **other_words(int argc, char **argv, int lead, int words)
{
	char **list = calloc((size_t)argc + 1, sizeof(*list));

	if (!list)
		abort();
	memcpy(list, argv, (size_t)lead * sizeof(*list));
	memcpy(list + lead, argv + lead + words, (size_t)(argc - lead - words) * sizeof(*list));
	return list;
}

int main(int argc, char **argv)
{
	const struct rlimit no_core = { 0, 0 };
	struct ctl_options options = { .config = getenv("VARDE_CONFIG"), .operator= login_name() };
	const struct ctl_command *command;
	int lead, words, status;
	char **others;

	umask(077);
	setrlimit(RLIMIT_CORE, &no_core);
	argc--;
	argv++;
	lead = leading_options(argc, argv);
	if (lead < argc && (!strcmp(argv[lead], "--help") || !strcmp(argv[lead], "-h") ||
			    !strcmp(argv[lead], "help")))
		return finish(help(stdout));
	if (lead < argc && !strcmp(argv[lead], "--version")) {
		puts("vardectl " VARDE_VERSION);
		return finish(CTL_OK);
	}
	command = find_command(argc - lead, argv + lead, &words);
	if (!command) {
		if (lead < argc)
			fprintf(stderr, "vardectl: no such command; these are:\n\n");
		return help(stderr);
	}
	if (command->raw)
		return finish(command->raw(argc - lead - words + 1, argv + lead + words - 1));
	others = other_words(argc, argv, lead, words);
	status = run(command, argc - words, others, &options);
	args_release(&options);
	free(others);
	return finish(status);
}
