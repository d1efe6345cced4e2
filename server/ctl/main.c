#include "ctl/ctl.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	if (argc >= 3 && !strcmp(argv[1], "schema") && !strcmp(argv[2], "check"))
		return ctl_schema_check(argc - 2, argv + 2);
	fputs("usage: vardectl schema check [--remotes DIR] SCHEMA INSTANCE...\n", stderr);
	return CTL_FAILED;
}
