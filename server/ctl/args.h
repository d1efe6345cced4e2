/* Words to arguments, by a command's table. Options stand anywhere, as
 * "--name VALUE" or "--name=VALUE" (the latter where VALUE begins with "--");
 * "--" ends them. A single dash starts no option: one key's name in 64 begins
 * with it. */
#ifndef VARDE_CTL_ARGS_H
#define VARDE_CTL_ARGS_H

#include "ctl/ctl.h"

/* What the words asked for instead of a run. */
enum args_wish { ARGS_RUN, ARGS_HELP };

/* Reads `argc` words. Unknown options, missing and surplus words, a second value
 * and unreadable files are refused: RC_INVALID "usage", or the file's fault;
 * `options` is then to be released all the same. */
NODISCARD enum rc args_read(const struct ctl_command *command, int argc, char **argv,
			    struct ctl_options *options, enum args_wish *ret_wish,
			    struct err *reterr);
void args_release(struct ctl_options *options);

/* "ORGNR NAME --kind KIND [--test]" */
void args_usage(const struct ctl_command *command, FILE *out);
/* Usage, help line and all parameters. */
void args_help(const struct ctl_command *command, FILE *out);

/* The command's one line, from its own row or lib/operate's. */
const char *args_about(const struct ctl_command *command);

#endif
