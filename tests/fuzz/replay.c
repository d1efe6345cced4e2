/* replay FOLDER: gives a fuzz target every file of its corpus. Fails when there is
 * none, since such a test would show nothing. */
#include "fuzz.h"

#include <dirent.h>
#include <limits.h>

#define INPUT_MAX ((size_t)1 << 20)

static bool replay(const char *folder, const char *name)
{
	CLEANUP(buf_release) struct buf input = buf_capped(INPUT_MAX);
	char path[PATH_MAX];
	uint8_t *exact;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (buf_read_file(&input, path)) {
		fprintf(stderr, "cannot read %s\n", path);
		return false;
	}
	/* Flushed, so that what stops the program is known by name. */
	printf("%s\n", name);
	fflush(stdout);
	exact = malloc(input.len ? input.len : 1);
	MUST(exact);
	memcpy(exact, buf_text(&input), input.len);
	LLVMFuzzerTestOneInput(exact, input.len);
	free(exact);
	return true;
}

int main(int argc, char **argv)
{
	struct dirent **files = NULL;
	int count = argc == 2 ? scandir(argv[1], &files, NULL, alphasort) : -1, done = 0;
	bool failed = count < 0;

	for (int i = 0; i < count; i++) {
		if (files[i]->d_name[0] != '.') {
			failed |= !replay(argv[1], files[i]->d_name);
			done++;
		}
		free(files[i]);
	}
	free(files);
	printf("%d inputs\n", done);
	return failed || !done ? EXIT_FAILURE : EXIT_SUCCESS;
}
