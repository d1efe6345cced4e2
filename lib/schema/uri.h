/* References as schemas use them: RFC 3986 section 5 resolution (strict), with
 * the fragment apart. Scheme and host are lower-cased so that equal references
 * compare equal as strings. */
#ifndef VARDE_SCHEMA_URI_H
#define VARDE_SCHEMA_URI_H

#include "base/rc.h"

#include <stdbool.h>

/* Resolves `ref` against the absolute URI `base`. *ret_uri is absolute, without
 * fragment; *ret_fragment is percent-decoded, "" when there is none or it is
 * empty. Both are the caller's to free. RC_INVALID (not a reference, bad escape,
 * base not absolute), RC_NOMEM. */
NODISCARD enum rc uri_resolve(const char *base, const char *ref, char **ret_uri,
			      char **ret_fragment);

/* Whether `uri` has a scheme. */
bool uri_is_absolute(const char *uri);

#endif
