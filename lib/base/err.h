/* What went wrong, for people: filled on failure only, never on success.
 *
 * An err never holds a value that a sender wrote: it may reach a log. `code`
 * is stable and kebab-case ("signature-expired"); `where` is a file name, a
 * configuration key or a JSON Pointer; `text` is one English sentence part.
 * Plain data, owned by the caller, usually on its stack. */
#ifndef VARDE_BASE_ERR_H
#define VARDE_BASE_ERR_H

#include "base/rc.h"

struct err {
	char code[48];
	char where[160];
	char text[200];
};

/* Fills `err` (may be NULL) and returns `rc`, so that a failing function ends
 * with `return err_set(reterr, RC_INVALID, "code", where, "text %s", x)`.
 * `where` may be NULL. Longer strings are cut. Any thread. */
enum rc err_set(struct err *err, enum rc rc, const char *code, const char *where, const char *fmt,
		...) __attribute__((format(printf, 5, 6)));

#ifdef __clang_analyzer__
/* The analyzer sees no other file, so tell it what comes back. */
#define err_set(err, rc, ...) (err_set(err, rc, __VA_ARGS__), (rc))
#endif

/* Says where an error that a deeper floor has set happened, such as the file whose
 * name only the caller knows. `err` may be NULL. */
void err_at(struct err *err, const char *where);

#endif
