/* What the files of this room share. Nobody else includes it. */
#ifndef VARDE_WRITER_INTERNAL_H
#define VARDE_WRITER_INTERNAL_H

#include "seal/envelope.h"
#include "writer/writer.h"

#include <pthread.h>

#define LANE_BUCKETS 256
#define LANE_IDLE_MS 1000 /* quiet this long: empty the logs */
#define RECOVER_BACKOFF_MAX_MS 60000

enum tenant_state { TENANT_CLOSED, TENANT_OPEN, TENANT_QUARANTINED };

/* A request that waits on its caller's stack: open the file, put an event, or erase. */
struct call {
	struct call *next;
	const struct store_event *event; /* NULL: only open */
	const struct store_erase *erase; /* or NULL */
	size_t erase_len;
	struct store_erased done; /* seq also of an event alone */
	struct err *reterr;
	enum rc rc;
	bool finished;
};

/* Everything but `store` is under the lane's lock. The store is its lane
 * thread's while OPEN, the recovering thread's while QUARANTINED. */
struct tenant {
	char orgnr[16];
	struct tenant *next;       /* in its bucket */
	struct tenant *next_ready; /* waiting for its turn */
	bool ready, trial_ended;
	enum tenant_state state;
	struct store *store;
	struct writer_job *first, *last; /* waiting */
	struct call *first_call, *last_call;
	struct writer_status status;
	int64_t checkpoint_at, log_pages; /* lane thread only */
	bool unwiped;                     /* its log may hold what was erased; lane thread only */
	int64_t retry_at_ms, backoff_ms;  /* monotonic */
};

struct lane {
	struct writer *writer;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t wake;     /* the thread: work, or stop */
	pthread_cond_t answered; /* callers: their call is finished */
	struct tenant *buckets[LANE_BUCKETS];
	struct tenant *first_ready, *last_ready;
	bool stop;
	bool dirty; /* some log may have pages; lane thread only */
	/* Room for one group; lane thread only. */
	const struct store_item **items;
	struct store_result *results;
};

struct writer {
	struct writer_options options; /* with defaults filled in */
	struct store_options store_options;
	char *vfs;
	struct lane *lanes;
	bool drained;
	/* The thread that reopens quarantined files, off the lanes. */
	pthread_t recoverer;
	bool recoverer_started;
	pthread_mutex_t recover_lock;
	pthread_cond_t recover_wake;
	bool recover_stop;
	uint64_t recover_asked; /* grows with each quarantine */
};

/* --- lane.c -------------------------------------------------------------------- */

/* The thread: `arg` is its lane. */
void *lane_run(void *arg);

/* With the lane's lock held. lane_tenant makes it when `make`; NULL: none, or no memory. */
struct tenant *lane_tenant(struct lane *lane, const char *orgnr, bool make);
void lane_ready(struct lane *lane, struct tenant *tenant);

/* --- sealer.c: connects the store's sealer to lib/seal ---------------------------- */

struct group_sealer {
	struct store_sealer sealer; /* give this to the store */
	const struct writer *writer;
	const char *orgnr;
	struct seal_group *group;
	struct store_wrap wraps[SEAL_RECIPIENTS_MAX];
	struct buf sealed;
};
void group_sealer_init(struct group_sealer *s, const struct writer *writer, const char *orgnr);
void group_sealer_release(struct group_sealer *s);

/* --- recover.c ---------------------------------------------------------------------- */

/* The thread: `arg` is the writer. */
void *recover_run(void *arg);

/* From the lane thread, without the lane's lock: takes the tenant out of service,
 * fails what waits, and has it recovered. */
void recover_quarantine(struct lane *lane, struct tenant *tenant, enum rc rc,
			const struct err *err);

/* --- writer.c ----------------------------------------------------------------------- */

int64_t writer_now(const struct writer *writer);
/* Opens the tenant's file. */
enum rc writer_open_store(struct writer *writer, const char *orgnr, struct store **ret,
			  struct err *reterr);
void writer_notice(const struct writer *writer, const char *orgnr, enum rc rc,
		   const struct err *err);
/* Absolute time on the monotonic clock, for conditions. */
struct timespec writer_deadline(int64_t in_ms);

static inline size_t job_bytes(const struct writer_job *job)
{
	return job->item.clear_len + job->item.secret_len;
}

#endif
