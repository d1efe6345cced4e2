#include "base/buf.h"
#include "base/cleanup.h"
#include "open/open.h"

#include <jansson.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Whether the kernel has somewhere to swap to: more than the table's heading. */
static bool has_swap(void)
{
	CLEANUP(buf_release) struct buf table = buf_capped(65536);
	const char *heading;

	if (buf_read_file(&table, "/proc/swaps"))
		return true;
	heading = strchr(buf_text(&table), '\n');
	return heading && heading[1] != '\0';
}

/* Under a finite limit mlockall() would make Argon2id's memory fail to come
 * later, so it is asked for only where there is none. Keys and passphrases are
 * in locked memory of their own either way. */
static bool lock_memory(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY &&
	       mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
}

/* jansson's blocks hold opened reports; it never reallocs with these. */
static void wipe_and_free(void *block)
{
	if (block)
		explicit_bzero(block, malloc_usable_size(block));
	free(block);
}

void protect_process(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	umask(077);
	json_set_alloc_funcs(malloc, wipe_and_free);
	if (!lock_memory() && has_swap())
		fputs("varde-open: warning: opened reports may reach this machine's swap; turn "
		      "swap off\n",
		      stderr);
}

int complain(const struct err *err)
{
	fprintf(stderr, "varde-open: %s%s%s: %s\n", err->where, err->where[0] ? ": " : "",
		err->code, err->text);
	return OPEN_UNUSABLE;
}
