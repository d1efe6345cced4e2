/* Inside of jose: RFC 9449 section 4.3 item 9, is this htu our URL? */
#ifndef VARDE_JOSE_HTU_H
#define VARDE_JOSE_HTU_H

#include <stdbool.h>

/* Whether `htu`, without its query and fragment, is `base_url` followed by `path`.
 * Scheme and host compare without case and a default port may be said or not (RFC
 * 3986 sections 6.2.2.1 and 6.2.3); the path must be the very bytes of the
 * request: dot segments, doubled or trailing slashes make another URL. */
bool jose_htu_matches(const char *htu, const char *base_url, const char *path);

#endif
