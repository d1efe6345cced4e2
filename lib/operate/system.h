/* What the machine says of itself, as far as a data folder cares. Linux. */
#ifndef VARDE_OPERATE_SYSTEM_H
#define VARDE_OPERATE_SYSTEM_H

#include "base/rc.h"

#include <stdbool.h>
#include <stdint.h>

/* Free for us, and whole, of the file system that holds `path`. RC_IO. */
NODISCARD enum rc system_disk(const char *path, int64_t *ret_free, int64_t *ret_total);

/* Whether all memory of this process is locked, as after mlockall(2): at least as
 * much is locked as is resident (VmLck and VmRSS of /proc/self/status). */
bool system_memory_locked(void);

/* Whether a page of this process could be written to swap: some swap is on and
 * our control group does not forbid it (cgroup v2 memory.swap.max = 0). True
 * when it cannot be found out. */
bool system_may_swap(void);

/* Whether the kernel believes its clock is disciplined (adjtimex(2)). */
bool system_clock_synchronised(void);

#endif
