#include "unit.h"

#include "base/buf.h"
#include "seal/envelope.h"
#include "seal/envelope_open.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

/* Two custodians, one group, one sealed report: what most tests begin with. */
struct fixture {
	struct seal_recipient who[2];
	unsigned char secret[2][SEAL_SECRET_KEY_LEN];
	struct seal_group_context context;
	struct seal_group *group;
	struct seal_stored_group stored;
	struct seal_item_context item;
	struct buf sealed;
};

static const char CLEAR[] = "eyJhbGciOiJQUzI1NiJ9.a-report-as-it-was-signed.c2lnbmF0dXJl";

static void setup(struct fixture *f)
{
	struct err err;
	int i;

	ck_assert_int_ge(sodium_init(), 0);
	memset(f, 0, sizeof(*f));
	for (i = 0; i < 2; i++) {
		unsigned char public_key[SEAL_PUBLIC_KEY_LEN];

		crypto_box_keypair(public_key, f->secret[i]);
		seal_recipient_init(&f->who[i], public_key);
	}
	f->context = (struct seal_group_context){
		SEAL_VERSION, "910000004", { 1, 2, 3, 4 }, 1763844000123
	};
	f->item = (struct seal_item_context){ "0191e9a4-0000-7000-8000-000000000001", 1,
					      "incident-report/1.0", 1763844000042, 7 };
	f->sealed = buf_capped(SEAL_SEALED_MAX);
	ck_assert_int_eq(seal_group_new(&f->context, f->who, 2, &f->group, &err), RC_OK);
	ck_assert_int_eq(
		seal_group_item(f->group, &f->item, CLEAR, strlen(CLEAR), &f->sealed, &err), RC_OK);
	f->stored = *seal_group_stored(f->group);
}

static void teardown(struct fixture *f)
{
	seal_group_free(f->group);
	buf_release(&f->sealed);
}

/* Opens the item as custodian `i`; "" on success, else the error's code. */
static const char *open_as(const struct fixture *f, int i)
{
	static struct err err;
	CLEANUP(seal_opened_freep) struct seal_opened *opened = NULL;
	CLEANUP(buf_release) struct buf clear = buf_capped(SEAL_PLAINTEXT_MAX);

	memset(&err, 0, sizeof(err));
	if (seal_open_group(&f->who[i], f->secret[i], &f->stored, &opened, &err))
		return err.code;
	if (seal_open_item(opened, &f->item, f->sealed.data, f->sealed.len, &clear, &err)) {
		ck_assert_uint_eq(clear.len, 0);
		return err.code;
	}
	ck_assert_str_eq(buf_text(&clear), CLEAR);
	return "";
}

START_TEST(each_recipient_opens_what_was_sealed)
{
	struct fixture f;

	setup(&f);
	ck_assert_str_eq(open_as(&f, 0), "");
	ck_assert_str_eq(open_as(&f, 1), "");
	ck_assert_ptr_null(memmem(f.sealed.data, f.sealed.len, "signed", 6));
	teardown(&f);
}
END_TEST

START_TEST(another_key_does_not_open)
{
	struct fixture f;
	struct seal_recipient stranger;
	unsigned char public_key[SEAL_PUBLIC_KEY_LEN];

	setup(&f);
	crypto_box_keypair(public_key, f.secret[1]);
	seal_recipient_init(&stranger, public_key);
	f.who[1] = stranger;
	ck_assert_str_eq(open_as(&f, 1), "envelope-not-for-this-key");
	/* a box of his own with another group's key does not help him in */
	memcpy(f.stored.wraps[0].kid, stranger.kid, SEAL_KID_SIZE);
	ck_assert_str_eq(open_as(&f, 1), "envelope-altered");
	teardown(&f);
}
END_TEST

static void flip_each(struct fixture *f, void *part, size_t len, const char *name,
		      const char *other)
{
	unsigned char *bytes = part;
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char mask = (unsigned char)(1u << i % 8);
		const char *code;

		bytes[i] ^= mask;
		code = open_as(f, 0);
		ck_assert_msg(strcmp(code, name) == 0 || (other && strcmp(code, other) == 0),
			      "byte %zu of %zu: '%s', not '%s'", i, len, code, name);
		bytes[i] ^= mask;
	}
	ck_assert_str_eq(open_as(f, 0), "");
}

START_TEST(every_changed_byte_is_found_by_name)
{
	struct fixture f;
	char report[40], schema[40];

	setup(&f);
	snprintf(report, sizeof(report), "%s", f.item.report_id);
	snprintf(schema, sizeof(schema), "%s", f.item.schema);
	f.item.report_id = report;
	f.item.schema = schema;
	flip_each(&f, f.stored.wraps[0].box, SEAL_BOX_LEN, "envelope-altered", NULL);
	flip_each(&f, f.stored.wraps[0].kid, SEAL_KID_SIZE - 1, "envelope-not-for-this-key", NULL);
	flip_each(&f, f.stored.commitment, SEAL_COMMITMENT_LEN, "envelope-commitment", NULL);
	flip_each(&f, f.stored.context.tenant, 9, "envelope-moved", NULL);
	flip_each(&f, f.stored.context.group_id, SEAL_GROUP_ID_LEN, "envelope-moved", NULL);
	flip_each(&f, &f.stored.context.created_ms, 8, "envelope-moved", "envelope-context");
	flip_each(&f, &f.stored.context.version, sizeof(unsigned), "envelope-version", NULL);
	flip_each(&f, report, strlen(report), "envelope-moved", NULL);
	flip_each(&f, schema, strlen(schema), "envelope-moved", NULL);
	flip_each(&f, &f.item.revision, 7, "envelope-moved", NULL);
	flip_each(&f, &f.item.received_ms, 7, "envelope-moved", NULL);
	flip_each(&f, &f.item.seq, 7, "envelope-moved", NULL);
	flip_each(&f, f.sealed.data, f.sealed.len, "envelope-altered", NULL);
	teardown(&f);
}
END_TEST

START_TEST(lost_and_added_bytes_are_altered)
{
	struct fixture f;
	size_t whole, len;

	setup(&f);
	whole = f.sealed.len;
	for (len = 0; len < whole; len += len < 100 ? 1 : 97) {
		f.sealed.len = len;
		ck_assert_str_eq(open_as(&f, 0), "envelope-altered");
	}
	f.sealed.len = whole;
	ck_assert_int_eq(buf_addc(&f.sealed, 'x'), RC_OK);
	ck_assert_str_eq(open_as(&f, 0), "envelope-altered");
	teardown(&f);
}
END_TEST

START_TEST(items_and_boxes_open_in_their_own_group_only)
{
	struct fixture a, b;
	struct buf kept;

	setup(&a);
	setup(&b);
	memcpy(&b.who, &a.who, sizeof(a.who));
	memcpy(&b.secret, &a.secret, sizeof(a.secret));
	seal_group_free(b.group);
	b.context.group_id[0] ^= 1;
	ck_assert_int_eq(seal_group_new(&b.context, b.who, 2, &b.group, NULL), RC_OK);
	buf_clear(&b.sealed);
	ck_assert_int_eq(seal_group_item(b.group, &b.item, CLEAR, strlen(CLEAR), &b.sealed, NULL),
			 RC_OK);
	b.stored = *seal_group_stored(b.group);
	ck_assert_str_eq(open_as(&b, 0), "");

	kept = a.sealed; /* same report, other group */
	a.sealed = b.sealed;
	ck_assert_str_eq(open_as(&a, 0), "envelope-moved");
	a.sealed = kept;
	a.stored.wraps[0] = b.stored.wraps[0]; /* the box of another group */
	ck_assert_str_eq(open_as(&a, 0), "envelope-moved");
	a.stored = b.stored; /* all of another group but its identity */
	a.stored.context = a.context;
	ck_assert_str_eq(open_as(&a, 0), "envelope-moved");
	teardown(&a);
	teardown(&b);
}
END_TEST

START_TEST(only_the_bucket_of_a_size_shows)
{
	static const struct {
		size_t len, padded;
	} sizes[] = {
		{ 0, 2048 },         { 1, 2048 },        { 2047, 2048 },       { 2048, 4096 },
		{ 3000, 4096 },      { 4096, 8192 },     { 8191, 8192 },       { 40000, 65536 },
		{ 524288, 1048576 }, { 524287, 524288 }, { 1048575, 1048576 },
	};
	struct fixture f;
	CLEANUP(seal_opened_freep) struct seal_opened *opened = NULL;
	char *clear = malloc(SEAL_PLAINTEXT_MAX + 1);
	size_t i;

	setup(&f);
	randombytes_buf(clear, SEAL_PLAINTEXT_MAX + 1);
	ck_assert_int_eq(seal_open_group(&f.who[0], f.secret[0], &f.stored, &opened, NULL), RC_OK);
	for (i = 0; i < ARRAY_LEN(sizes); i++) {
		CLEANUP(buf_release) struct buf sealed = buf_capped(SEAL_SEALED_MAX);
		CLEANUP(buf_release) struct buf back = buf_capped(SEAL_PLAINTEXT_MAX);
		size_t len = sizes[i].len;

		ck_assert_int_eq(seal_group_item(f.group, &f.item, clear, len, &sealed, NULL),
				 RC_OK);
		ck_assert_uint_eq(sealed.len, sizes[i].padded + SEAL_OVERHEAD);
		ck_assert_uint_eq(sealed.len, seal_sealed_len(len));
		ck_assert_int_eq(
			seal_open_item(opened, &f.item, sealed.data, sealed.len, &back, NULL),
			RC_OK);
		ck_assert_uint_eq(back.len, len);
		ck_assert(len == 0 || memcmp(back.data, clear, len) == 0);
	}
	buf_clear(&f.sealed);
	ck_assert_int_eq(
		seal_group_item(f.group, &f.item, clear, SEAL_PLAINTEXT_MAX + 1, &f.sealed, NULL),
		RC_LIMIT);
	free(clear);
	teardown(&f);
}
END_TEST

START_TEST(nothing_is_sealed_twice_alike)
{
	struct fixture f, g;
	CLEANUP(buf_release) struct buf again = buf_capped(SEAL_SEALED_MAX);

	setup(&f);
	setup(&g);
	ck_assert_int_eq(seal_group_item(f.group, &f.item, CLEAR, strlen(CLEAR), &again, NULL),
			 RC_OK);
	ck_assert(memcmp(again.data, f.sealed.data, 24) != 0);
	ck_assert(memcmp(again.data + 56, f.sealed.data + 56, 64) != 0);
	ck_assert(memcmp(f.stored.commitment, g.stored.commitment, SEAL_COMMITMENT_LEN) != 0);
	teardown(&f);
	teardown(&g);
}
END_TEST

static const char *new_fails(const struct seal_group_context *context,
			     const struct seal_recipient *who, size_t n)
{
	static struct err err;
	struct seal_group *group = NULL;

	memset(&err, 0, sizeof(err));
	ck_assert_int_ne(seal_group_new(context, who, n, &group, &err), RC_OK);
	ck_assert_ptr_null(group);
	return err.code;
}

START_TEST(a_group_nobody_or_a_stranger_could_open_is_not_made)
{
	static const unsigned char zero[SEAL_PUBLIC_KEY_LEN];
	struct seal_recipient many[SEAL_RECIPIENTS_MAX + 1], weak;
	struct fixture f;
	size_t i;

	setup(&f);
	ck_assert_str_eq(new_fails(&f.context, f.who, 0), "envelope-recipients");
	for (i = 0; i < ARRAY_LEN(many); i++)
		many[i] = f.who[i % 2];
	ck_assert_str_eq(new_fails(&f.context, many, ARRAY_LEN(many)), "envelope-recipients");
	ck_assert_str_eq(new_fails(&f.context, many, 3), "envelope-recipients");
	memcpy(many[1].kid, many[0].kid, SEAL_KID_SIZE);
	ck_assert_str_eq(new_fails(&f.context, many, 2), "envelope-recipient-key");
	seal_recipient_init(&weak, zero);
	ck_assert_str_eq(new_fails(&f.context, &weak, 1), "envelope-recipient-key");
	f.context.version = 2;
	ck_assert_str_eq(new_fails(&f.context, f.who, 1), "envelope-version");
	f.context.version = SEAL_VERSION;
	memset(f.context.tenant, '9', sizeof(f.context.tenant));
	ck_assert_str_eq(new_fails(&f.context, f.who, 1), "envelope-context");
	teardown(&f);
}
END_TEST

START_TEST(an_item_without_a_place_is_not_sealed)
{
	static const struct seal_item_context bad[] = {
		{ NULL, 1, "incident-report/1.0", 1, 1 },
		{ "", 1, "incident-report/1.0", 1, 1 },
		{ "r", 1, NULL, 1, 1 },
		{ "r", 1, "", 1, 1 },
		{ "r", -1, "incident-report/1.0", 1, 1 },
		{ "r", 1, "incident-report/1.0", -1, 1 },
		{ "r", 1, "incident-report/1.0", 1, -1 },
	};
	struct fixture f;
	struct err err;
	size_t i;

	setup(&f);
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP(buf_release) struct buf sealed = buf_capped(SEAL_SEALED_MAX);

		ck_assert_int_eq(seal_group_item(f.group, &bad[i], "x", 1, &sealed, &err),
				 RC_INVALID);
		ck_assert_str_eq(err.code, "envelope-context");
		ck_assert_uint_eq(sealed.len, 0);
	}
	teardown(&f);
}
END_TEST

/* How often the bytes stand in this process's memory, each compared under a
 * mask so that the pattern does not find itself. */
static size_t count_in_memory(const unsigned char *masked, size_t len)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	int mem = open("/proc/self/mem", O_RDONLY);
	static unsigned char chunk[1 << 16];
	unsigned long from, to;
	char line[512], perms[8];
	size_t found = 0;

	ck_assert(maps && mem >= 0);
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, perms) != 3 || perms[0] != 'r' ||
		    perms[1] != 'w')
			continue;
		if (to - from > 64ul << 20) /* the sanitizer's shadow */
			continue;
		for (; from < to; from += sizeof(chunk) - len) {
			ssize_t n = pread(mem, chunk,
					  to - from < sizeof(chunk) ? to - from : sizeof(chunk),
					  (off_t)from);
			ssize_t i;
			size_t k;

			for (i = 0; i + (ssize_t)len <= n; i++) {
				for (k = 0; k < len && chunk[i + (ssize_t)k] == (masked[k] ^ 0x5a);
				     k++)
					;
				found += k == len;
			}
			sodium_memzero(chunk, sizeof(chunk));
		}
	}
	fclose(maps);
	close(mem);
	return found;
}

/* The data key of the group, masked, by way of the custodian's box. */
static void masked_key(const struct fixture *f, int subkey, unsigned char out[32])
{
	unsigned char message[64];
	size_t i;

	ck_assert_int_eq(crypto_box_seal_open(message, f->stored.wraps[0].box, SEAL_BOX_LEN,
					      f->who[0].public_key, f->secret[0]),
			 0);
	if (subkey)
		crypto_kdf_derive_from_key(out, 32, (uint64_t)subkey, "vardeenv", message);
	else
		memcpy(out, message, 32);
	for (i = 0; i < 32; i++)
		out[i] ^= 0x5a;
	sodium_memzero(message, sizeof(message));
}

START_TEST(no_key_outlives_its_group)
{
	unsigned char data[32], aead[32], check[32];
	struct fixture f;

	setup(&f);
	masked_key(&f, 0, data);
	masked_key(&f, 1, aead);
	masked_key(&f, 2, check);
	ck_assert_uint_eq(count_in_memory(data, 32), 0); /* not needed after the boxes */
	ck_assert_uint_gt(count_in_memory(aead, 32), 0); /* shows that the search finds */
	ck_assert_uint_gt(count_in_memory(check, 32), 0);
	teardown(&f);
	ck_assert_uint_eq(count_in_memory(data, 32), 0);
	ck_assert_uint_eq(count_in_memory(aead, 32), 0);
	ck_assert_uint_eq(count_in_memory(check, 32), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("seal");
	TCase *tc = tcase_create("envelope");

	tcase_add_test(tc, each_recipient_opens_what_was_sealed);
	tcase_add_test(tc, another_key_does_not_open);
	tcase_add_test(tc, every_changed_byte_is_found_by_name);
	tcase_add_test(tc, lost_and_added_bytes_are_altered);
	tcase_add_test(tc, items_and_boxes_open_in_their_own_group_only);
	tcase_add_test(tc, only_the_bucket_of_a_size_shows);
	tcase_add_test(tc, nothing_is_sealed_twice_alike);
	tcase_add_test(tc, a_group_nobody_or_a_stranger_could_open_is_not_made);
	tcase_add_test(tc, an_item_without_a_place_is_not_sealed);
	tcase_add_test(tc, no_key_outlives_its_group);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
