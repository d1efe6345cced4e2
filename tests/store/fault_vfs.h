/* A VFS that passes everything on and fails on demand. Named "fault"; over the
 * usual one. One set of orders for the process; set them while nobody writes. */
#ifndef VARDE_TESTS_STORE_FAULT_VFS_H
#define VARDE_TESTS_STORE_FAULT_VFS_H

#include <stdbool.h>

#define FAULT_VFS "fault"

enum fault_method {
	FAULT_SYNC = 1,
	FAULT_WRITE = 2,
	FAULT_TRUNCATE = 4,
	FAULT_OPEN = 8,
	FAULT_ALL = 15,
};

void fault_vfs_register(void);

/* The `countdown`th call (from 1) of the methods in `mask` on files whose path
 * contains `part` (NULL: any) fails with `code` (an SQLite code), and if
 * `persistent` every one after it. */
void fault_arm(unsigned mask, int countdown, bool persistent, int code, const char *part);

/* Ends the orders; says how many calls failed since they were given. */
int fault_disarm(void);

#endif
