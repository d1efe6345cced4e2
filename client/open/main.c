#include "open/open.h"
#include "seal/keyfile.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char USAGE[] =
	"varde-open: the custodian's program. Run it on a machine without a network.\n"
	"\n"
	"  varde-open keygen --out FILE [--public FILE] [--passphrase-file FILE | "
	"--no-passphrase]\n"
	"                    [--effort sensitive|moderate|interactive]\n"
	"      Makes a key. FILE is the secret and stays with the custodian; the public file goes "
	"to\n"
	"      `vardectl custodian add` and holds the proof that the secret file was opened.\n"
	"      --effort is how much work a guess of the passphrase costs; sensitive, the default,\n"
	"      needs 1 GiB of memory.\n"
	"\n"
	"  varde-open --key FILE [--passphrase-file FILE] [--members POINTER,...] < EXPORT\n"
	"      Opens what `vardectl export-sealed` wrote and prints one JSON object per line: the\n"
	"      stated purpose, every item with the members asked for (default all), the counts.\n"
	"      A POINTER is one as in refusals: /narrative/description. What does not open is "
	"named\n"
	"      and the rest goes on; a key opens nothing that came before it was added.\n"
	"\n"
	"  varde-open find --key FILE --person [--person-file FILE] [--passphrase-file FILE]\n"
	"                  [--letter --from TEXT --contact TEXT] EXPORT...\n"
	"      What the exports hold about one person: which reports and members, as JSON or as a "
	"letter\n"
	"      in Norwegian. The number is read from standard input, asked for on the terminal, or "
	"from\n"
	"      FILE, never from the command line, where others see it. Second line, for staff: hpr "
	"NUMBER.\n"
	"\n"
	"  varde-open find --key FILE --persons FILE [--passphrase-file FILE] EXPORT...\n"
	"      FILE has a number a line: prints one {tenant, report_id, revision, seq} a line for "
	"each\n"
	"      document with one of them as its patient, for vardectl erase --sealed-only --from.\n"
	"\n"
	"  varde-open --help | --version\n"
	"\n"
	"Exit status: 0 all opened, 1 some did not (or are not what was sent), 2 nothing could be "
	"done.\n";

static int usage(void)
{
	fputs(USAGE, stderr);
	return OPEN_UNUSABLE;
}

static int effort_of(const char *name)
{
	static const char *const names[] = {
		[SEAL_EFFORT_SENSITIVE] = "sensitive",
		[SEAL_EFFORT_MODERATE] = "moderate",
		[SEAL_EFFORT_INTERACTIVE] = "interactive",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return (int)i;
	return -1;
}

static int keygen_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "out", required_argument, NULL, 'o' },
		{ "public", required_argument, NULL, 'p' },
		{ "passphrase-file", required_argument, NULL, 'f' },
		{ "no-passphrase", no_argument, NULL, 'n' },
		{ "effort", required_argument, NULL, 'e' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct keygen_request rq = { .effort = SEAL_EFFORT_SENSITIVE };
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'o': rq.out_path = optarg; break;
		case 'p': rq.public_path = optarg; break;
		case 'f': rq.passphrase_path = optarg; break;
		case 'n': rq.no_passphrase = 1; break;
		case 'e': rq.effort = effort_of(optarg); break;
		case 'h': fputs(USAGE, stdout); return OPEN_ALL;
		default: return usage();
		}
	}
	if (optind != argc || !rq.out_path || rq.effort < 0 ||
	    (rq.no_passphrase && rq.passphrase_path))
		return usage();
	return keygen_run(&rq);
}

/* Whoever looks at the list of processes must not read who is looked for. */
static int looks_like_person(const char *word)
{
	size_t digits = strspn(word, "0123456789");

	return digits == 11 && !word[digits];
}

static int find_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "key", required_argument, NULL, 'k' },
		{ "passphrase-file", required_argument, NULL, 'f' },
		{ "person", no_argument, NULL, 'p' },
		{ "person-file", required_argument, NULL, 'P' },
		{ "persons", required_argument, NULL, 'L' },
		{ "letter", no_argument, NULL, 'l' },
		{ "from", required_argument, NULL, 'F' },
		{ "contact", required_argument, NULL, 'c' },
		{ "schemas", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct find_request rq = { .schemas = VARDE_SCHEMA_DIR };
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'k': rq.key_path = optarg; break;
		case 'f': rq.passphrase_path = optarg; break;
		case 'p': rq.person = 1; break;
		case 'P': rq.person_path = optarg; break;
		case 'L': rq.persons_path = optarg; break;
		case 'l': rq.letter = 1; break;
		case 'F': rq.from = optarg; break;
		case 'c': rq.contact = optarg; break;
		case 's': rq.schemas = optarg; break;
		case 'h': fputs(USAGE, stdout); return OPEN_ALL;
		default: return usage();
		}
	}
	rq.exports = argv + optind;
	rq.exports_len = argc - optind;
	for (int i = 0; i < rq.exports_len; i++) {
		if (looks_like_person(rq.exports[i])) {
			fputs("varde-open: a person's number does not belong on the command line: "
			      "others can\nread it there. Give it on standard input.\n",
			      stderr);
			return OPEN_UNUSABLE;
		}
	}
	if (!rq.key_path || !rq.exports_len || rq.person == !!rq.persons_path ||
	    (rq.person_path && !rq.person) || (rq.letter && rq.persons_path) ||
	    (rq.letter && (!rq.from || !rq.contact)))
		return usage();
	return find_run(&rq);
}

static int open_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "key", required_argument, NULL, 'k' },
		{ "passphrase-file", required_argument, NULL, 'f' },
		{ "members", required_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	struct open_request rq = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'k': rq.key_path = optarg; break;
		case 'f': rq.passphrase_path = optarg; break;
		case 'm': rq.members = optarg; break;
		case 'h': fputs(USAGE, stdout); return OPEN_ALL;
		case 'v': puts("varde-open " VARDE_VERSION); return OPEN_ALL;
		default: return usage();
		}
	}
	return optind == argc && rq.key_path ? open_run(&rq) : usage();
}

int main(int argc, char **argv)
{
	protect_process();
	if (argc > 1 && strcmp(argv[1], "keygen") == 0)
		return keygen_main(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "find") == 0)
		return find_main(argc - 1, argv + 1);
	return open_main(argc, argv);
}
