/* Scope-bound clean-up: one exit, no leak.
 *
 *   CLEANUP(buf_release) struct buf body = buf_capped(4096);
 *   CLEANUP_FREE char *path = NULL;
 *   *ret_path = TAKE_PTR(path);        // ownership moves, clean-up sees NULL
 *
 * For a type with S_free(struct S *): DEFINE_CLEANUP(struct S *, S_free) makes
 * S_freep, used as CLEANUP(S_freep) struct S *s = NULL. */
#ifndef VARDE_BASE_CLEANUP_H
#define VARDE_BASE_CLEANUP_H

#include <stdlib.h>

#define CLEANUP(fn) __attribute__((cleanup(fn)))

#define DEFINE_CLEANUP(type, fn)                                                                   \
	static inline __attribute__((unused)) void fn##p(type *p)                                  \
	{                                                                                          \
		if (*p)                                                                            \
			fn(*p);                                                                    \
	}

#define TAKE_PTR(p)                                                                                \
	({                                                                                         \
		__typeof__(p) *take_from_ = &(p);                                                  \
		__typeof__(p) taken_ = *take_from_;                                                \
		*take_from_ = NULL;                                                                \
		taken_;                                                                            \
	})

static inline __attribute__((unused)) void cleanup_free(void *p)
{
	free(*(void **)p);
}
#define CLEANUP_FREE CLEANUP(cleanup_free)

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
