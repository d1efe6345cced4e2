/* vardectl: one file per command. A command reads its own words and returns
 * the exit status: 0 done, 1 the answer is no (invalid, unhealthy), 2 it could
 * not be done (usage, missing file, refused). */
#ifndef VARDE_CTL_H
#define VARDE_CTL_H

enum { CTL_OK = 0, CTL_NO = 1, CTL_FAILED = 2 };

/* argv[0] is the command's last word; what follows are its arguments. */
int ctl_schema_check(int argc, char **argv);

#endif
