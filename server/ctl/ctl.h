/* vardectl: one file per command family. A family is a table of commands; most
 * are rows of lib/operate's table plus how their words are read and how their
 * result is shown. A command returns the exit status: 0 done, 1 the answer is
 * no (invalid, unhealthy), 2 it could not be done (usage, missing file, refused). */
#ifndef VARDE_CTL_H
#define VARDE_CTL_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct config;
struct operate_output;

enum { CTL_OK = 0, CTL_NO = 1, CTL_FAILED = 2 };

enum ctl_value {
	CTL_TEXT,   /* as typed */
	CTL_FLAG,   /* no value */
	CTL_NUMBER, /* a whole number, 0 or more */
	CTL_FILE,   /* a file's name; its content becomes the argument */
	CTL_LINES,  /* a file's name; its lines, without empty ones and # comments */
};

/* A word that a command takes. With a leading "--" it is an option, else it
 * stands in its place, in order. The last row of a list has no name. */
struct ctl_param {
	const char *name; /* "--kind", or "ORGNR" */
	const char *arg;  /* member of the arguments */
	enum ctl_value value;
	const char *metavar; /* of an option with a value */
	const char *help;
	bool required;
};

/* What holds for every command, and the command's own arguments. */
struct ctl_options {
	const char *config;   /* --config, or $VARDE_CONFIG */
	const char *operator; /* --operator, or the login name */
	const char *reason;   /* --reason */
	bool json;
	json_t *args; /* owned */
};

struct ctl_command {
	const char *words; /* "tenant add" */
	const struct ctl_param *params;
	/* Shows a result of lib/operate to people. */
	void (*render)(const json_t *result, FILE *out);
	/* The rest is NULL for a command of lib/operate's table. */
	const char *help;
	const char *more; /* for its own help, behind the line above; or NULL */
	int (*run)(const struct ctl_options *options);
	/* Reads its own words: argv[0] is the command's last word. */
	int (*raw)(int argc, char **argv);
	const char *usage; /* of a raw command: what follows its words */
};

/* The families, each ended by a row without words. */
extern const struct ctl_command ctl_tenant_commands[], ctl_project_commands[],
	ctl_processor_commands[], ctl_key_commands[], ctl_custodian_commands[],
	ctl_schema_commands[], ctl_health_commands[], ctl_trace_commands[], ctl_export_commands[],
	ctl_access_log_commands[], ctl_task_commands[], ctl_reservation_commands[],
	ctl_own_commands[], ctl_quality_commands[], ctl_release_commands[], ctl_suppress_commands[],
	ctl_demo_commands[];

/* Runs a row of lib/operate's table: over varded's socket, or, when nobody holds
 * the data folder, here. */
int ctl_operate(const struct ctl_command *command, const struct ctl_options *options);

/* The configuration that the options name; the caller's. As config_load. */
NODISCARD enum rc ctl_config(const struct ctl_options *options, struct config **ret,
			     struct err *reterr);
/* The same for a command that needs several of the table's rows. */
NODISCARD enum rc ctl_call(const struct config *config, const char *words,
			   const struct ctl_options *options, const json_t *args,
			   struct operate_output *out, struct err *reterr);
/* The same for a command that shows the result itself: new reference. Output of an
 * export goes to stdout. */
NODISCARD enum rc ctl_ask(const char *words, const struct ctl_options *options, json_t **ret,
			  int *ret_verdict, struct err *reterr);

/* "vardectl: WHERE: TEXT (CODE)" to stderr, or the same as JSON. Returns CTL_FAILED. */
int ctl_complain(bool json, const struct err *err);

/* server/ctl/schema_check.c */
int ctl_schema_check(int argc, char **argv);

#endif
