/* What became of a request: from its trace_id, as long as it is in memory, or from
 * a word that stands in the log. */
#include "operate/call.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "installation/installation.h"
#include "tenant/tenants.h"
#include "trace/advice.h"
#include "trace/trace.h"

#include <stdio.h>
#include <string.h>

#define SHOWN 100 /* requests of one trace_id */

/* "00-TRACEID-PARENT-01" of a traceparent field is taken for its trace_id too. */
static bool read_id(const char *text, char out[TRACE_ID_LEN + 1])
{
	size_t i;

	if (strlen(text) == 55 && text[2] == '-' && text[35] == '-')
		text += 3;
	for (i = 0; i < TRACE_ID_LEN; i++) {
		char c = text[i];

		if (c >= 'A' && c <= 'F')
			c = (char)(c + 32);
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		out[i] = c;
	}
	out[i] = '\0';
	return !text[i] || text[i] == '-';
}

/* "… ORGNR …" with the tenant in its place. */
static json_t *with_tenant(const char *text, const char *tenant)
{
	CLEANUP(buf_release) struct buf out = buf_capped(1024);
	const char *mark;

	if (!text)
		return json_null();
	while (*tenant && (mark = strstr(text, "ORGNR"))) {
		buf_add(&out, text, (size_t)(mark - text));
		buf_adds(&out, tenant);
		text = mark + strlen("ORGNR");
	}
	buf_adds(&out, text);
	return buf_rc(&out) ? NULL : json_string(buf_text(&out));
}

/* meaning, tell and next, from the most special word that has a row. */
static int add_advice(json_t *object, const struct trace_advice *row, const char *tenant)
{
	return json_object_set_new(object, "meaning", json_string(row->meaning)) ||
	       json_object_set_new(object, "tell",
				   row->tell ? json_string(row->tell) : json_null()) ||
	       json_object_set_new(object, "next", with_tenant(row->next, tenant));
}

static const char *text_of_success(const struct trace_entry *e)
{
	if (!e->status)
		return "The connection ended before there was an answer: the sender gave up, or "
		       "did "
		       "not send all in time.";
	if (!e->complete)
		return "It was answered, but the connection ended before the whole answer had "
		       "left.";
	if (e->stored_new || e->stored_repeated)
		return "It was taken; what is new is on disk.";
	return "It was answered.";
}

/* A code with a reason of its own has both rows' worth: the reason's comes first. */
static int explain(json_t *object, const struct trace_entry *e)
{
	static const struct trace_advice unknown = { .meaning = "The code says it." };
	const struct trace_advice *row = trace_advice(e->reason);
	struct trace_advice fine = { .meaning = text_of_success(e) };

	if (!row)
		row = trace_advice(e->code);
	if (!row)
		row = e->code ? &unknown : &fine;
	return add_advice(object, row, e->tenant);
}

/* "tenant" and "tenant_name", and so on; null where there is none. */
static int add_organisation(json_t *object, const struct tenant_snapshot *snapshot,
			    const char *member, const char *orgnr)
{
	const struct tenant *tenant = *orgnr ? tenant_find(snapshot, orgnr) : NULL;
	char name[32];

	snprintf(name, sizeof(name), "%s_name", member);
	return json_object_set_new(object, member, *orgnr ? json_string(orgnr) : json_null()) ||
	       json_object_set_new(object, name,
				   tenant ? json_string(tenant->row->name) : json_null());
}

static json_t *request_json(const struct tenant_snapshot *snapshot, const struct trace_entry *e)
{
	json_t *object = json_pack(
		"{so ss ss? si ss? ss? sI sI sI sb si si si so}", "at", operate_time(e->at_ms),
		"method", e->method, "operation", e->operation, "status", e->status, "code",
		e->code, "reason", e->reason, "microseconds", (json_int_t)e->took_us, "bytes_in",
		(json_int_t)e->bytes_in, "bytes_out", (json_int_t)e->bytes_out, "complete",
		e->complete, "new", (int)e->stored_new, "repeated", (int)e->stored_repeated,
		"refused", (int)e->refused, "seq", e->seq ? json_integer(e->seq) : json_null());

	if (object &&
	    (add_organisation(object, snapshot, "tenant", e->tenant) ||
	     add_organisation(object, snapshot, "owner", e->owner) ||
	     add_organisation(object, snapshot, "sender", e->sender) || explain(object, e))) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *requests_json(struct installation *in, struct trace_ring *ring, const char *id,
			     size_t *ret_found)
{
	CLEANUP_FREE struct trace_entry *list = calloc(SHOWN, sizeof(*list));
	CLEANUP(tenant_snapshot_dropp) struct tenant_snapshot *snapshot = NULL;
	json_t *array = json_array();

	*ret_found = 0;
	if (!list || !array || !ring)
		return array;
	snapshot = tenants_hold(in->tenants);
	*ret_found = trace_ring_find(ring, id, list, SHOWN);
	for (size_t i = 0; i < *ret_found && i < SHOWN; i++) {
		if (json_array_append_new(array, request_json(snapshot, &list[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* By trace_id: the requests, and how far back the memory goes. */
static enum rc by_id(struct installation *in, const struct operate_call *call, const char *id,
		     struct operate_output *out, struct err *reterr)
{
	struct trace_ring *ring = call->process->trace;
	size_t found, len = 0;
	int64_t since = 0;
	json_t *requests = requests_json(in, ring, id, &found);

	if (ring)
		trace_ring_reach(ring, &len, &since);
	out->verdict = found ? 0 : 1;
	return operate_answer(
		out,
		requests ? json_pack("{ss so sI sb sI so}", "trace_id", id, "requests", requests,
				     "found", (json_int_t)found, "running", call->process->daemon,
				     "kept", (json_int_t)len, "kept_since",
				     operate_time(since ? since : call->process->started_ms))
			 : NULL,
		reterr);
}

/* By a code or reason that stands in the log. */
static enum rc by_word(const struct trace_advice *row, struct operate_output *out,
		       struct err *reterr)
{
	json_t *object = json_pack("{ss}", "word", row->word);

	if (object && add_advice(object, row, "")) {
		json_decref(object);
		object = NULL;
	}
	return operate_answer(out, object, reterr);
}

enum rc operate_trace(struct installation *in, const struct operate_call *call,
		      struct operate_output *out, struct err *reterr)
{
	const char *text = operate_text(call, "id");
	const struct trace_advice *row = trace_advice(text);
	char id[TRACE_ID_LEN + 1];

	if (row)
		return by_word(row, out, reterr);
	if (!read_id(text, id))
		return err_set(
			reterr, RC_INVALID, "argument-value", "id",
			"is a trace_id (32 hexadecimal digits), or a code or reason of the log");
	return by_id(in, call, id, out, reterr);
}
