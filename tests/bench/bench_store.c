/* What a commit costs by the size of its group, one tenant, one thread:
 *
 *   bench_store FOLDER [SECONDS_PER_ROW]
 *
 * "store" puts a ciphertext that is ready, "sealed" seals each new report for one
 * custodian as the writer does. FOLDER stands on the disk to be measured; rows
 * of one round are comparable, rounds are not. Prints; asserts nothing. */
#include "base/clock.h"
#include "seal/envelope.h"
#include "store/store.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define GROUP_MAX 256
#define SECRET_LEN 3000
#define CLEAR_LEN 1200

struct bench {
	struct seal_recipient recipient;
	struct seal_group *group;
	struct store_wrap wrap;
	struct buf sealed;
	bool with_sealing;
	int64_t next; /* report number */
	char ids[GROUP_MAX][40];
	char clear[CLEAR_LEN + 1], secret[SECRET_LEN + 1];
	unsigned char box[SEAL_BOX_LEN], ready[4096];
};

static enum rc begin(void *ctx, struct store_group *ret)
{
	struct bench *b = ctx;
	struct seal_group_context context = { .version = SEAL_VERSION,
					      .tenant = "999000001",
					      .created_ms = 1 };
	const struct seal_stored_group *stored;
	enum rc rc;

	randombytes_buf(context.group_id, sizeof(context.group_id));
	*ret = (struct store_group){
		.version = 1, .created_at = 1, .wraps = &b->wrap, .wraps_len = 1
	};
	memcpy(ret->id, context.group_id, sizeof(ret->id));
	b->wrap = (struct store_wrap){ .kid = b->recipient.kid,
				       .box = b->box,
				       .box_len = sizeof(b->box) };
	if (!b->with_sealing)
		return RC_OK;
	rc = seal_group_new(&context, &b->recipient, 1, &b->group, NULL);
	if (rc)
		return rc;
	stored = seal_group_stored(b->group);
	b->wrap.box = stored->wraps[0].box;
	memcpy(ret->commitment, stored->commitment, sizeof(ret->commitment));
	return RC_OK;
}

static enum rc seal(void *ctx, const struct store_item *item, int64_t seq, struct store_sealed *ret)
{
	struct bench *b = ctx;
	struct seal_item_context context = { .report_id = item->report_id,
					     .revision = item->revision,
					     .schema = item->schema,
					     .received_ms = item->received_at };
	enum rc rc;

	(void)seq;
	*ret = (struct store_sealed){ .ciphertext = b->ready, .ciphertext_len = sizeof(b->ready) };
	if (!b->with_sealing)
		return RC_OK;
	buf_clear(&b->sealed);
	rc = seal_group_item(b->group, &context, item->secret, item->secret_len, &b->sealed, NULL);
	ret->ciphertext = (const unsigned char *)b->sealed.data;
	ret->ciphertext_len = b->sealed.len;
	return rc;
}

static void end(void *ctx)
{
	struct bench *b = ctx;

	seal_group_free(b->group);
	b->group = NULL;
}

static void fill(struct bench *b, struct store_item *item, int i)
{
	*item = (struct store_item){
		.kind = "incident-report",
		.schema = "incident-report/1.0",
		.report_id = b->ids[i],
		.revision = 1,
		.clear = b->clear,
		.clear_len = CLEAR_LEN,
		.secret = b->secret,
		.secret_len = SECRET_LEN,
		.signing_kid = "key-1",
		.sender = "999000001",
		.code_versions = "{}",
		.warnings = "[]",
		.received_at = 1000,
	};
	/* Random, as senders' UUIDs are. */
	snprintf(b->ids[i], sizeof(b->ids[i]), "%08x-0000-4000-8000-%012llx", randombytes_random(),
		 (unsigned long long)b->next++);
	randombytes_buf(item->digest, sizeof(item->digest));
	memcpy(item->fingerprint, item->digest, sizeof(item->fingerprint));
}

static double cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

/* One row of the table. */
static enum rc run(struct bench *b, struct store *store, int group, double seconds)
{
	struct store_sealer sealer = { .ctx = b, .begin = begin, .seal = seal, .end = end };
	static struct store_item items[GROUP_MAX];
	static const struct store_item *list[GROUP_MAX];
	static struct store_result results[GROUP_MAX];
	int64_t started = clock_monotonic_us(), now = started, commits = 0;
	double cpu = cpu_us();

	while (now - started < (int64_t)(seconds * 1e6)) {
		enum rc rc;

		for (int i = 0; i < group; i++) {
			fill(b, &items[i], i);
			list[i] = &items[i];
		}
		rc = store_put_batch(store, list, (size_t)group, &sealer, results, NULL);
		if (!rc && store_wal_pages(store) > 4000)
			rc = store_checkpoint(store, NULL, NULL);
		if (rc)
			return rc;
		for (int i = 0; i < group; i++)
			store_result_release(&results[i]);
		commits++;
		now = clock_monotonic_us();
	}
	printf("  %8.0f rows/s %7.1f us CPU/row %8.0f us/commit",
	       (double)(commits * group) * 1e6 / (double)(now - started),
	       (cpu_us() - cpu) / (double)(commits * group),
	       (double)(now - started) / (double)commits);
	return RC_OK;
}

int main(int argc, char **argv)
{
	static const int groups[] = { 1, 8, 64, 256 };
	static struct bench b;
	unsigned char secret[crypto_box_SECRETKEYBYTES], public[crypto_box_PUBLICKEYBYTES];
	double seconds = argc > 2 ? strtod(argv[2], NULL) : 2;
	struct store *store = NULL;
	struct err err;
	char path[4096];

	if (argc < 2 || sodium_init() < 0)
		return 2;
	crypto_box_keypair(public, secret);
	seal_recipient_init(&b.recipient, public);
	b.sealed = buf_capped(SEAL_SEALED_MAX);
	memset(b.clear, 'c', CLEAR_LEN);
	memset(b.secret, 's', SECRET_LEN);
	memset(b.box, 'b', sizeof(b.box));
	snprintf(path, sizeof(path), "%s/bench_store.db", argv[1]);
	if (access(path, F_OK) == 0 || store_open(path, "999000001", NULL, &store, &err)) {
		fprintf(stderr, "bench_store: %s cannot be made\n", path);
		return 1;
	}
	printf("group  %-60s  %s\n", "store", "sealed");
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		printf("%5d", groups[i]);
		for (int with = 0; with < 2; with++) {
			b.with_sealing = with;
			if (run(&b, store, groups[i], seconds))
				return 1;
		}
		printf("\n");
	}
	store_free(store);
	buf_release(&b.sealed);
	unlink(path);
	return 0;
}
