/* Text files that the build put into the program (cmake/embed.cmake). */
#ifndef VARDE_BASE_EMBEDDED_H
#define VARDE_BASE_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
	const char *path; /* relative to the source tree; NULL ends the array */
	const char *text; /* followed by a NUL that `len` does not count */
	size_t len;
};

extern const struct embedded_file embedded_migrations[];
/* The 2020-12 metaschema and its vocabularies (schemas/meta/2020-12). */
extern const struct embedded_file embedded_metaschemas[];
extern const struct embedded_file embedded_openapi[];

#endif
