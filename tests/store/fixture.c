#include "fixture.h"

#include <dirent.h>
#include <sodium.h>
#include <unistd.h>

static enum rc begin(void *ctx, struct store_group *ret)
{
	static const unsigned char box[] = "box of the first custodian";
	static const struct store_wrap wraps[] = {
		{ .kid = "custodian-1", .box = box, .box_len = sizeof(box) },
		{ .kid = "custodian-2", .box = box, .box_len = 3 },
	};
	struct test_sealer *s = ctx;

	if (s->fail_begin)
		return s->fail_begin;
	s->begun++;
	*ret = (struct store_group){
		.version = 1, .created_at = 1000, .wraps = wraps, .wraps_len = 2
	};
	randombytes_buf(ret->id, sizeof(ret->id));
	memset(ret->commitment, 7, sizeof(ret->commitment));
	return RC_OK;
}

static enum rc seal(void *ctx, const struct store_item *item, int64_t seq, struct store_sealed *ret)
{
	struct test_sealer *s = ctx;

	(void)seq;
	if (s->fail_report && strcmp(item->report_id, s->fail_report) == 0)
		return s->fail_seal;
	s->sealed++;
	for (size_t i = 0; i < item->secret_len; i++)
		s->ciphertext[i] = (char)~item->secret[i];
	*ret = (struct store_sealed){ .ciphertext = (const unsigned char *)s->ciphertext,
				      .ciphertext_len = item->secret_len };
	return RC_OK;
}

static void end(void *ctx)
{
	struct test_sealer *s = ctx;

	s->ended++;
}

void test_sealer_init(struct test_sealer *s)
{
	*s = (struct test_sealer){ 0 };
	s->sealer = (struct store_sealer){ .ctx = s, .begin = begin, .seal = seal, .end = end };
}

void make_folder(char *ret, size_t size)
{
	const char *tmp = getenv("TMPDIR");

	/* In memory where possible: syncs are the larger part of these tests. */
	if (!tmp)
		tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	snprintf(ret, size, "%s/varde-store-XXXXXX", tmp);
	ck_assert_ptr_nonnull(mkdtemp(ret));
}

void remove_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[4096];

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		unlink(path);
	}
	closedir(dir);
	ck_assert_int_eq(rmdir(folder), 0);
}

void document_init(struct test_document *d, int report, int64_t revision, const char *content)
{
	*d = (struct test_document){ 0 };
	snprintf(d->report_id, sizeof(d->report_id), "0190a000-0000-7000-8000-%012x",
		 (unsigned)report);
	snprintf(d->clear, sizeof(d->clear), "{\"report\":%d,\"content\":\"%s\"}", report, content);
	snprintf(d->secret, sizeof(d->secret), "eyJ.SECRET-%d-%ld-%s.sig", report, (long)revision,
		 content);
	d->item = (struct store_item){
		.kind = "incident-report",
		.schema = "incident-report/1.0",
		.report_id = d->report_id,
		.revision = revision,
		.clear = d->clear,
		.clear_len = strlen(d->clear),
		.secret = d->secret,
		.secret_len = strlen(d->secret),
		.signing_kid = "key-1",
		.sender = ORGNR,
		.code_versions = "{\"L1\":\"1.0\"}",
		.warnings = "[]",
		.received_at = 1000 + report * 10 + revision,
	};
	crypto_generichash(d->item.fingerprint, STORE_DIGEST_SIZE, (const unsigned char *)d->clear,
			   strlen(d->clear), NULL, 0);
	crypto_hash_sha256(d->item.digest, (const unsigned char *)d->secret, strlen(d->secret));
}

enum rc put_one(struct store *store, struct test_sealer *s, const struct test_document *d,
		struct store_result *result, struct err *err)
{
	const struct store_item *items[] = { &d->item };

	return store_put_batch(store, items, 1, &s->sealer, result, err);
}
