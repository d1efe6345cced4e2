#include "http/trace.h"

#include <sodium.h>
#include <string.h>

static bool is_hex(const char *p, size_t n)
{
	return strspn(p, "0123456789abcdef") >= n;
}

/* version "-" trace-id "-" parent-id "-" flags; W3C Trace Context section 3.2. */
static bool usable(const char *t)
{
	if (strlen(t) < 55 || t[2] != '-' || t[35] != '-' || t[52] != '-')
		return false;
	if (!is_hex(t, 2) || !is_hex(t + 3, 32) || !is_hex(t + 36, 16) || !is_hex(t + 53, 2))
		return false;
	if (!strncmp(t, "ff", 2) || (!strncmp(t, "00", 2) && t[55]) || (t[55] && t[55] != '-'))
		return false;
	return strspn(t + 3, "0") < 32 && strspn(t + 36, "0") < 16;
}

void trace_id(const char *traceparent, char out[TRACE_ID_SIZE])
{
	unsigned char random[16];

	if (traceparent && usable(traceparent)) {
		memcpy(out, traceparent + 3, 32);
		out[32] = '\0';
		return;
	}
	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(out, TRACE_ID_SIZE, random, sizeof(random));
}
