/* varde-open: the custodian's program. It knows no network. */
#ifndef VARDE_OPEN_OPEN_H
#define VARDE_OPEN_OPEN_H

#include "base/err.h"

#include <stddef.h>

enum open_exit {
	OPEN_ALL = 0,      /* everything opened, verified as far as keys are known, and counted */
	OPEN_SOME = 1,     /* something did not; each is named */
	OPEN_UNUSABLE = 2, /* nothing could be done: arguments, key, export */
};

/* What `varde-open --key …` was asked for. Strings are borrowed. */
struct open_request {
	const char *key_path;
	const char *passphrase_path; /* NULL: ask when one is needed */
	const char *members;         /* comma-separated JSON Pointers; NULL: all */
};

/* The same for `varde-open keygen …`. */
struct keygen_request {
	const char *out_path;
	const char *public_path;     /* NULL: the public file goes to stdout */
	const char *passphrase_path; /* NULL: ask, twice */
	int no_passphrase;           /* the key stands in the file in clear */
	int effort;                  /* enum seal_effort */
};

/* The same for `varde-open find …`. */
struct find_request {
	const char *key_path;
	const char *passphrase_path;
	int person;               /* one person: from standard input, or asked for */
	const char *person_path;  /* or from this file */
	const char *persons_path; /* or many: a file of numbers; what is said is a list */
	int letter;               /* the answer as a letter */
	const char *from;         /* whom the letter comes from */
	const char *contact;      /* and whom to ask */
	const char *schemas;      /* folder with the code lists that the letter takes words from */
	char **exports;           /* files to look through */
	int exports_len;
};

/* These return the exit status and say on stderr what is wrong. */
int open_run(const struct open_request *request);
int keygen_run(const struct keygen_request *request);
int find_run(const struct find_request *request);

/* No core dumps, no tracing by others, no swapping where that can be had, parsed
 * JSON wiped when freed; says on stderr when memory may reach a swap device.
 * Before anything else. */
void protect_process(void);

/* "varde-open: WHERE: CODE: TEXT" on stderr. Returns OPEN_UNUSABLE. */
int complain(const struct err *err);

#endif
