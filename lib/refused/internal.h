/* What the files of this room share. Nobody else includes it. */
#ifndef VARDE_REFUSED_INTERNAL_H
#define VARDE_REFUSED_INTERNAL_H

#include "migrate/migrate.h"
#include "refused/refused.h"
#include "sqlite/db.h"

#include <pthread.h>

#define REFUSED_CODE_SIZE 40
#define REFUSED_ORGNR_SIZE 10

/* Order of refused_sql[]. */
enum refused_stmt {
	R_COUNT,
	R_KNOW,
	R_NEXT_ID,
	R_ADD,
	R_LOST,
	R_FORGET,
	R_OLD,
	R_TOO_MANY,
	R_OPENED,
	R_CLOSED,
	R_LIST,
	R_LOST_OF,
	R_COUNTS,
	R_INTERRUPTED,
	R_END,
};
extern const char *const refused_sql[R_END];
extern const struct migrate_set refused_migrations;

struct refused_entry {
	char orgnr[REFUSED_ORGNR_SIZE], sender[REFUSED_ORGNR_SIZE];
	char trace_id[33], report_id[37], local_case_id[41];
	char code[REFUSED_CODE_SIZE];
	int64_t at;
	int status;
	char *errors; /* JSON text, owned */
};

/* Of one organisation, month and code. */
struct refused_count {
	char orgnr[REFUSED_ORGNR_SIZE];
	char code[REFUSED_CODE_SIZE];
	int32_t month;
	int64_t n, lost;
};

/* A report whose refusals lose its names. */
struct refused_erased {
	char orgnr[REFUSED_ORGNR_SIZE], report_id[37];
};

/* What waits. The writing thread takes it whole, so that nobody waits for a disk. */
struct refused_waiting {
	struct refused_entry *entries; /* REFUSED_QUEUED */
	size_t len;
	struct refused_count *counts;
	size_t counts_len, counts_size;
	struct refused_erased *erased;
	size_t erased_len, erased_size;
};

void refused_waiting_clear(struct refused_waiting *w);

/* On the room's thread. The file is opened, or opened again after a failure, as needed. */
struct refused_file {
	const char *path;
	struct db db;
	bool open;
	bool unwiped; /* the log may still hold what was forgotten */
};
enum rc refused_file_write(struct refused_file *file, const struct refused_waiting *w,
			   int64_t now_ms, struct err *reterr);
void refused_file_close(struct refused_file *file);

struct refused {
	char *path;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t wake, written;
	struct refused_waiting waiting, writing;
	bool stop, hurry;
	uint64_t noted, done; /* rounds: of the newest note, and that the file has */
	enum rc rc;           /* of the last round */
	struct err err;
	uint64_t uncounted, unkept;
	struct refused_file file; /* the thread's */
};

#endif
