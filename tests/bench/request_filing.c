#include "request_filing.h"

#include "bench.h"

#include "base/clock.h"
#include "documents/documents.h"
#include "minimise/minimise.h"

#include <sodium.h>
#include <unistd.h>

static int append(const char *bytes, size_t n, void *out)
{
	return buf_add(out, bytes, n) ? -1 : 0;
}

static void seal_group(struct filing *f, size_t n)
{
	const struct seal_group_context context = { .version = SEAL_VERSION,
						    .tenant = "310000078",
						    .created_ms = 1 };
	const struct seal_item_context item = { .report_id = f->ids[0],
						.revision = 1,
						.schema = f->s->type->name,
						.received_ms = 1,
						.seq = 1 };
	CLEANUP(seal_group_freep) struct seal_group *group = NULL;

	if (seal_group_new(&context, &f->recipient, 1, &group, NULL))
		bench_die("seal", NULL);
	for (size_t i = 0; i < n; i++) {
		buf_clear(&f->sealed);
		if (seal_group_item(group, &item, f->s->jws, f->s->jws_len, &f->sealed, NULL))
			bench_die("seal", NULL);
	}
}

bool filing_seal(void *arg)
{
	struct filing *f = arg;

	seal_group(f, f->n);
	return true;
}

static enum rc begin(void *ctx, struct store_group *ret)
{
	struct filing *f = ctx;

	f->wrap = (struct store_wrap){ f->recipient.kid, f->box, sizeof(f->box) };
	*ret = (struct store_group){
		.version = 1, .created_at = 1, .wraps = &f->wrap, .wraps_len = 1
	};
	randombytes_buf(ret->id, sizeof(ret->id));
	return RC_OK;
}

static enum rc hand_over(void *ctx, const struct store_item *item, int64_t seq,
			 struct store_sealed *ret)
{
	struct filing *f = ctx;

	(void)item;
	(void)seq;
	*ret = (struct store_sealed){ (unsigned char *)f->sealed.data, f->sealed.len };
	return RC_OK;
}

static void end(void *ctx)
{
	(void)ctx;
}

static void fill(struct filing *f, size_t i)
{
	/* Random, as senders' UUIDs are. */
	snprintf(f->ids[i], sizeof(f->ids[i]), "%08x-%04x-4000-8000-%08x%04x", randombytes_random(),
		 randombytes_random() & 0xffff, randombytes_random(),
		 randombytes_random() & 0xffff);
	f->items[i] = (struct store_item){
		.kind = "incident-report",
		.schema = f->s->type->name,
		.report_id = f->ids[i],
		.revision = 1,
		.clear = buf_text(&f->clear),
		.clear_len = f->clear.len,
		.secret = f->s->jws,
		.secret_len = f->s->jws_len,
		.signing_kid = "key-1",
		.sender = f->s->orgnr,
		.code_versions = "{}",
		.warnings = "[]",
		.received_at = 1,
	};
	randombytes_buf(f->items[i].digest, sizeof(f->items[i].digest));
	memcpy(f->items[i].fingerprint, f->items[i].digest, sizeof(f->items[i].fingerprint));
	f->list[i] = &f->items[i];
}

bool filing_store(void *arg)
{
	static struct store_result results[FILING_GROUP];
	struct filing *f = arg;
	struct store_sealer sealer = { .ctx = f, .begin = begin, .seal = hand_over, .end = end };
	int64_t began;

	for (size_t i = 0; i < f->n; i++)
		fill(f, i);
	began = clock_monotonic_us();
	if (store_put_batch(f->store, f->list, f->n, &sealer, results, NULL))
		return false;
	f->wall_us += clock_monotonic_us() - began;
	f->commits++;
	for (size_t i = 0; i < f->n; i++)
		store_result_release(&results[i]);
	return store_wal_pages(f->store) < 4000 || !store_checkpoint(f->store, NULL, NULL);
}

struct filing *filing_new(const char *folder, struct subject *s)
{
	unsigned char secret[crypto_box_SECRETKEYBYTES], public[crypto_box_PUBLICKEYBYTES];
	struct filing *f = calloc(1, sizeof(*f));
	json_t *clear = NULL, *sealed = NULL;
	struct err err = { 0 };

	if (!f)
		bench_die("memory", NULL);
	snprintf(f->path, sizeof(f->path), "%s/bench_request.db", folder);
	if (store_open(f->path, s->orgnr, NULL, &f->store, &err))
		bench_die(f->path, &err);
	f->s = s;
	f->clear = buf_capped(1 << 20);
	f->sealed = buf_capped(SEAL_SEALED_MAX);
	crypto_box_keypair(public, secret);
	seal_recipient_init(&f->recipient, public);
	if (minimise_split(s->type->marks, s->document, &clear, &sealed) ||
	    json_dump_callback(clear, append, &f->clear, JSON_COMPACT))
		bench_die("split", NULL);
	json_decref(clear);
	json_decref(sealed);
	fill(f, 0);
	seal_group(f, 1);
	return f;
}

void filing_free(struct filing *f)
{
	store_free(f->store);
	unlink(f->path);
	buf_release(&f->clear);
	buf_release(&f->sealed);
	free(f);
}
