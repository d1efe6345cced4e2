#include "writer_fixture.h"

#include "seal/envelope.h"

#include <pthread.h>
#include <sodium.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

char folder[256];
struct writer *writer;
struct err err;
static struct seal_recipient recipient;
/* Under the lock. */
static bool gate_closed;
static int at_gate;
int groups, answered, faults_noticed, recoveries_noticed;

static enum rc path_of(void *ctx, const char *orgnr, struct buf *ret)
{
	(void)ctx;
	if (strncmp(orgnr, "999", 3) != 0)
		return RC_NOT_FOUND;
	return buf_addf(ret, "%s/%s.db", folder, orgnr);
}

/* The lane stands here when the gate is closed: a group of known size can gather. */
static enum rc recipients(void *ctx, const char *orgnr, struct seal_recipient *ret, size_t max,
			  size_t *ret_n)
{
	(void)ctx;
	(void)orgnr;
	(void)max;
	pthread_mutex_lock(&lock);
	at_gate++;
	groups++;
	pthread_cond_broadcast(&changed);
	while (gate_closed)
		pthread_cond_wait(&changed, &lock);
	at_gate--;
	pthread_mutex_unlock(&lock);
	ret[0] = recipient;
	*ret_n = 1;
	return RC_OK;
}

static void notice(void *ctx, const char *orgnr, enum rc rc, const struct err *why)
{
	(void)ctx;
	(void)why;
	pthread_mutex_lock(&lock);
	if (strcmp(orgnr, ORGNR) == 0)
		*(rc ? &faults_noticed : &recoveries_noticed) += 1;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static int64_t now_ms(void *ctx)
{
	(void)ctx;
	return 77000;
}

static void done(struct writer_job *job, struct store_result *result, enum rc rc)
{
	struct test_job *t = (struct test_job *)job;

	pthread_mutex_lock(&lock);
	t->rc = rc;
	if (result) {
		t->outcome = result->outcome;
		t->seq = result->receipt.seq;
	}
	t->place = ++answered;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

void job_init(struct test_job *t, int report, const char *content)
{
	*t = (struct test_job){ 0 };
	document_init(&t->d, report, 1, content);
	t->job.item = t->d.item;
	t->job.done = done;
}

void wait_answers(int n)
{
	pthread_mutex_lock(&lock);
	while (answered < n)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

static void wait_notice(const int *which, int n)
{
	pthread_mutex_lock(&lock);
	while (*which < n)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

void wait_faults(int n)
{
	wait_notice(&faults_noticed, n);
}

void wait_recoveries(int n)
{
	wait_notice(&recoveries_noticed, n);
}

void close_gate(void)
{
	pthread_mutex_lock(&lock);
	gate_closed = true;
	pthread_mutex_unlock(&lock);
}

void wait_at_gate(void)
{
	pthread_mutex_lock(&lock);
	while (!at_gate)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

void open_gate(void)
{
	pthread_mutex_lock(&lock);
	gate_closed = false;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

struct writer_options options(void)
{
	return (struct writer_options){ .threads = 1,
					.path = path_of,
					.recipients = recipients,
					.now_ms = now_ms,
					.notice = notice };
}

void start(const struct writer_options *o)
{
	ck_assert_rc(writer_new(o, &writer, &err), RC_OK);
}

void set_up(void)
{
	unsigned char secret[crypto_box_SECRETKEYBYTES], public[crypto_box_PUBLICKEYBYTES];

	ck_assert_int_ge(sodium_init(), 0);
	make_folder(folder, sizeof(folder));
	crypto_box_keypair(public, secret);
	seal_recipient_init(&recipient, public);
	gate_closed = false;
	at_gate = groups = answered = faults_noticed = recoveries_noticed = 0;
}

void tear_down(void)
{
	writer_free(writer);
	writer = NULL;
	remove_folder(folder);
}

enum rc send_one(const char *orgnr, struct test_job *t, int report)
{
	int before;
	enum rc rc;

	job_init(t, report, "a");
	pthread_mutex_lock(&lock);
	before = answered;
	pthread_mutex_unlock(&lock);
	rc = writer_submit(writer, orgnr, &t->job);
	if (rc)
		return rc;
	wait_answers(before + 1);
	return t->rc;
}
