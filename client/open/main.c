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
	return open_main(argc, argv);
}
