#include "base/clock.h"
#include "trace/trace.h"
#include "varded/varded.h"

#include <string.h>

void after_reply(const struct http_done *done, void *varded)
{
	const struct varded *v = varded;
	struct trace_entry entry = {
		.method = done->method,
		.operation = done->route ? done->route->operation : NULL,
		.code = done->code,
		.reason = done->reason,
		.status = done->status,
		.at_ms = clock_now_ms(),
		.took_us = done->elapsed_us,
		.bytes_in = done->bytes_in,
		.bytes_out = done->bytes_out,
		.complete = done->complete,
		.stored_new = done->stored.fresh,
		.stored_repeated = done->stored.repeated,
		.refused = done->stored.refused,
		.seq = done->stored.seq,
	};

	metrics_after_reply(done, v->metrics);
	if (strlen(done->trace_id) != TRACE_ID_LEN)
		return; /* over before its head was read */
	memcpy(entry.trace_id, done->trace_id, sizeof(entry.trace_id));
	snprintf(entry.tenant, sizeof(entry.tenant), "%s", done->tenant);
	snprintf(entry.owner, sizeof(entry.owner), "%s", done->owner);
	snprintf(entry.sender, sizeof(entry.sender), "%s", done->sender);
	trace_ring_add(v->trace, &entry);
}
