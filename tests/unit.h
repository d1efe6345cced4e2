/* What every unit test needs: Check, a main, and the test data's place. */
#ifndef VARDE_TESTS_UNIT_H
#define VARDE_TESTS_UNIT_H

#include <check.h>
#include <stdlib.h>
#include <unistd.h>

#define TEST_SKIPPED 77

/* Folder `name` of the test data ($VARDE_TEST_DATA, default ../shared beside the
 * source tree), or NULL where it is absent: the test then returns TEST_SKIPPED
 * from main, so that ctest says so. The text lives in a static buffer. */
static inline __attribute__((unused)) const char *test_data(const char *name)
{
	static char path[4096];
	const char *root = getenv("VARDE_TEST_DATA");
	const char *source = getenv("VARDE_SOURCE");

	if (root)
		snprintf(path, sizeof(path), "%s/%s", root, name);
	else
		snprintf(path, sizeof(path), "%s/../shared/%s", source ? source : ".", name);
	return access(path, R_OK) == 0 ? path : NULL;
}

static inline __attribute__((unused)) int run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
