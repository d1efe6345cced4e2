/* A folder, a store in it, documents to put, and a sealer that can be read. */
#ifndef VARDE_TESTS_STORE_FIXTURE_H
#define VARDE_TESTS_STORE_FIXTURE_H

#include "store/store.h"
#include "store/view.h"
#include "unit.h"

#define ORGNR "999000001"
#define OTHER_ORGNR "999000002"

/* Counts calls; its "ciphertext" is the secret with every bit turned, so a test
 * can tell that the secret itself never reached the file. */
struct test_sealer {
	struct store_sealer sealer;
	int begun, sealed, ended;
	unsigned char next_group;
	enum rc fail_begin;
	const char *fail_report; /* seal of this report fails with … */
	enum rc fail_seal;
	char ciphertext[8192];
};
void test_sealer_init(struct test_sealer *s);

/* A temporary folder, removed with all in it by the matching call. */
void make_folder(char *ret, size_t size);
void remove_folder(const char *folder);

/* A document whose content is `content`; all else follows from the arguments.
 * The texts live in static tables of `report` and must not be freed. */
struct test_document {
	struct store_item item;
	char report_id[40], clear[256], secret[256], supersedes[STORE_DIGEST_TEXT_SIZE];
};
void document_init(struct test_document *d, int report, int64_t revision, const char *content);

/* put_batch of one document. */
enum rc put_one(struct store *store, struct test_sealer *s, const struct test_document *d,
		struct store_result *result, struct err *err);

#define ck_assert_rc(expr, want)                                                                   \
	do {                                                                                       \
		enum rc rc_ = (expr);                                                              \
		ck_assert_msg(rc_ == (want), "%s: %s, not %s", #expr, rc_name(rc_),                \
			      rc_name(want));                                                      \
	} while (0)

#endif
