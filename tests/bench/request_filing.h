/* What bench_request files: groups of reports of one tenant, sealed, and put into a
 * file of their own on the disk to be measured. */
#ifndef VARDE_TESTS_REQUEST_FILING_H
#define VARDE_TESTS_REQUEST_FILING_H

#include "request_fixture.h"

#include "seal/envelope.h"
#include "store/store.h"

#define FILING_GROUP 256

struct filing {
	char path[4096];
	struct store *store;
	struct seal_recipient recipient;
	struct subject *s; /* whose document it is */
	struct buf clear, sealed;
	struct store_item items[FILING_GROUP];
	const struct store_item *list[FILING_GROUP];
	char ids[FILING_GROUP][STORE_UUID_LEN + 1];
	unsigned char box[SEAL_BOX_LEN];
	struct store_wrap wrap;
	size_t n; /* items of a group */
	int64_t wall_us, commits;
};

struct filing *filing_new(const char *folder, struct subject *s);
void filing_free(struct filing *f);

/* One group of `n` new reports: made and sealed; or committed, with a ciphertext that
 * is ready. The argument is the filing. */
bool filing_seal(void *filing);
bool filing_store(void *filing);

#endif
