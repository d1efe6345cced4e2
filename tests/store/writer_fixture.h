/* A writer over real files whose threads can be held at a gate, so that a group
 * of known size gathers; jobs that remember what they heard. Everything waits on
 * conditions; a test's time limit is the last word. */
#ifndef VARDE_TESTS_STORE_WRITER_FIXTURE_H
#define VARDE_TESTS_STORE_WRITER_FIXTURE_H

#include "fixture.h"
#include "writer/writer.h"

extern char folder[256];
extern struct writer *writer;
extern struct err err;
/* Read them when no job is on its way. */
extern int groups, answered, faults_noticed, recoveries_noticed;

struct test_job {
	struct writer_job job;
	struct test_document d;
	enum rc rc;
	enum store_outcome outcome;
	int64_t seq;
	int place; /* among all answers, from 1; 0: none yet */
};

/* Options with one thread, a folder, a recipient and a clock that stands at 77000. */
struct writer_options options(void);
void start(const struct writer_options *o);
void set_up(void);
void tear_down(void);

/* The job reports itself; its document is revision 1 of `report`. */
void job_init(struct test_job *t, int report, const char *content);
void wait_answers(int n);
void wait_faults(int n);
void wait_recoveries(int n);

/* Submits and waits; what the job heard, at once or later. */
enum rc send_one(const char *orgnr, struct test_job *t, int report);

/* The gate stands where a group asks for its recipients. */
void close_gate(void);
void wait_at_gate(void);
void open_gate(void);

#endif
