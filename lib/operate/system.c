#include "operate/system.h"

#include "base/cleanup.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

enum rc system_disk(const char *path, int64_t *ret_free, int64_t *ret_total)
{
	struct statvfs fs;

	if (statvfs(path, &fs))
		return RC_IO;
	*ret_free = (int64_t)(fs.f_bavail * fs.f_frsize);
	*ret_total = (int64_t)(fs.f_blocks * fs.f_frsize);
	return RC_OK;
}

/* "VmLck:     128 kB" */
static long long status_value(const char *line, const char *name)
{
	size_t len = strlen(name);

	return strncmp(line, name, len) ? -1 : strtoll(line + len, NULL, 10);
}

bool system_memory_locked(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	long long locked = 0, resident = -1;
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		long long l = status_value(line, "VmLck:"), r = status_value(line, "VmRSS:");

		locked = l >= 0 ? l : locked;
		resident = r >= 0 ? r : resident;
	}
	if (f)
		fclose(f);
	return resident > 0 && locked >= resident;
}

/* Lines after the heading of /proc/swaps are the swap spaces. */
static bool swap_is_on(void)
{
	FILE *f = fopen("/proc/swaps", "re");
	char line[512];
	int lines = 0;

	if (!f)
		return true;
	while (fgets(line, sizeof(line), f))
		lines++;
	fclose(f);
	return lines > 1;
}

/* "0::/system.slice/varded.service" in /proc/self/cgroup names our group. */
static bool group_forbids_swap(void)
{
	char line[1024], path[1200], limit[32] = "";
	FILE *f = fopen("/proc/self/cgroup", "re");
	bool found = false;

	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f))
		found = !strncmp(line, "0::", 3);
	fclose(f);
	if (!found)
		return false;
	line[strcspn(line, "\n")] = '\0';
	snprintf(path, sizeof(path), "/sys/fs/cgroup%s/memory.swap.max", line + 3);
	f = fopen(path, "re");
	if (!f)
		return false;
	found = fgets(limit, sizeof(limit), f) && !strcmp(limit, "0\n");
	fclose(f);
	return found;
}

bool system_may_swap(void)
{
	return swap_is_on() && !group_forbids_swap();
}

bool system_clock_synchronised(void)
{
	struct timex t;

	memset(&t, 0, sizeof(t));
	return adjtimex(&t) != TIME_ERROR;
}
