/* What keeps secrets and reports out of core dumps, swap and freed memory. */
#ifndef VARDE_PROGRAM_HARDEN_H
#define VARDE_PROGRAM_HARDEN_H

#include <stdbool.h>

/* First thing in main: no core dumps, private files by default, and jansson's
 * memory wiped when it is freed. */
void harden_process(void);

/* Locks all memory now and to come. false: it could not (a limit, or a build
 * with sanitizers). */
bool harden_lock_memory(void);

#endif
