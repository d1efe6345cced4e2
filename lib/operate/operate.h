/* One table of everything an operator can do.
 *
 * varded offers it on a socket in the data folder (wire.h says how); vardectl
 * is that socket's client, and when nobody holds the folder's lock it takes the
 * lock and runs the same table itself. So a change means the same, is checked
 * the same and is logged the same, whoever runs it.
 *
 * Every function that changes or exports leaves a row in the register's action
 * log: command, operator, uid, reason, time. A change to a tenant is also an
 * administrative event in that tenant's own file. No function shows a sealed
 * member, and none a coded row; the export shows sealed items, sealed. */
#ifndef VARDE_OPERATE_OPERATE_H
#define VARDE_OPERATE_OPERATE_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct installation;
struct trace_ring;

#define OPERATE_OPERATOR_MAX 64 /* bytes of an operator's name */
#define OPERATE_REASON_MAX 500

/* What the process that runs the table says of itself. */
struct operate_process {
	bool daemon; /* varded; false: vardectl on a folder at rest */
	int64_t started_ms;
	struct trace_ring *trace; /* the last requests; NULL: none are kept */
	struct issuers *issuers;  /* those in use; NULL: nobody uses any */
};

/* Who asks for what. Borrowed for the call. */
struct operate_call {
	const json_t *args;   /* an object: see the function's row; NULL is empty */
	const char *operator; /* 1..OPERATE_OPERATOR_MAX bytes, no control characters */
	int64_t uid;          /* of the asking process */
	const char *reason;   /* NULL: none given */
	int64_t now_ms;
	const struct operate_process *process;
};

/* What comes of it: `result`, one JSON object, after what an export writes through
 * `bytes`, which may block, and whose failure ends the call. */
struct operate_output {
	json_t *result; /* owned by the caller; NULL on failure */
	int verdict; /* 0 fine; 1 warning (doctor) or not all found (export); 2 broken (doctor) */
	enum rc (*bytes)(void *ctx, const void *bytes, size_t len);
	void *ctx;
};

enum operate_arg_type {
	OPERATE_TEXT,    /* no control characters, not empty, at most `max` bytes */
	OPERATE_FILE,    /* content of a file, any text of at most `max` bytes */
	OPERATE_ORGNR,   /* nine digits, modulus 11 */
	OPERATE_DATE,    /* YYYY-MM-DD */
	OPERATE_INTEGER, /* 0 … */
	OPERATE_FLAG,    /* true or false */
	OPERATE_LIST,    /* texts of at most 200 bytes, at most `max` of them */
};

/* A member of `args`. The last row of a list has no name. */
struct operate_arg {
	const char *name;
	enum operate_arg_type type;
	bool required;
	size_t max;
};

enum operate_flags {
	OPERATE_CHANGES = 1, /* logged */
	OPERATE_EXPORTS = 2, /* logged */
	OPERATE_REASON = 4,  /* refused without a reason */
};

struct operate_function {
	const char *name; /* as typed: "tenant add"; also the action log's command */
	const char *help; /* one line */
	unsigned flags;
	const struct operate_arg *args;
	enum rc (*run)(struct installation *, const struct operate_call *, struct operate_output *,
		       struct err *);
};

/* The table, in the order of help. */
const struct operate_function *operate_table(size_t *ret_len);

/* NULL when there is none of that name; `name` may be NULL. */
const struct operate_function *operate_find(const char *name);

/* Checks the call against the function's row and runs it. RC_NOT_FOUND
 * "command-unknown"; RC_INVALID "argument-missing", "argument-unknown",
 * "argument-value", "organisation-number", "reason-missing", "operator-missing"
 * (where = the argument); else what the function says. Any thread, several at
 * once. Output is the caller's, also after a failure (result is then NULL). */
NODISCARD enum rc operate_run(struct installation *installation, const char *name,
			      const struct operate_call *call, struct operate_output *out,
			      struct err *reterr);

#endif
