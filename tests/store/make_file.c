/* Makes a tenant's file at argv[1] for look_inside.py: three reports, one in two
 * revisions, a repeat, a conflict, an event; then waits to be killed (the store
 * is never closed) or, with argv[2] "close", closes. */
#include "fixture.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	static const struct {
		int report;
		int64_t revision;
		const char *content;
	} all[] = { { 1, 1, "a" }, { 2, 1, "b" }, { 1, 2, "c" }, { 1, 1, "a" }, { 2, 1, "x" } };
	struct test_sealer sealer;
	struct store *store = NULL;
	struct err err;

	if (argc < 2 || store_open(argv[1], ORGNR, NULL, &store, &err))
		return 1;
	test_sealer_init(&sealer);
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct test_document d;
		struct store_result result;

		document_init(&d, all[i].report, all[i].revision, all[i].content);
		d.item.local_case_id = "case-1";
		if (put_one(store, &sealer, &d, &result, &err))
			return 1;
		store_result_release(&result);
	}
	if (store_put_event(store, &(struct store_event){ .at = 9000, .name = "opened", .detail = "{\"why\":\"test\"}", .operator = "kari" }, NULL, &err))
		return 1;
	puts("ready");
	fflush(stdout);
	if (argc > 2)
		store_free(store);
	else
		pause();
	return 0;
}
