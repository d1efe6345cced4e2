#include "program/harden.h"

#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static void wiping_free(void *p)
{
	if (p)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

void harden_process(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	/* the leak sanitizer attaches to its own process at the end */
	if (!SANITIZED)
		prctl(PR_SET_DUMPABLE, 0);
	umask(077);
	json_set_alloc_funcs(malloc, wiping_free);
	json_object_seed(0);
}

bool harden_lock_memory(void)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	if (SANITIZED)
		return false;
	/* With a limit, locking what is to come would turn into failing malloc later. */
	if (setrlimit(RLIMIT_MEMLOCK, &limit)) {
		if (getrlimit(RLIMIT_MEMLOCK, &limit) || limit.rlim_cur != RLIM_INFINITY)
			return false;
	}
	return mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
}
