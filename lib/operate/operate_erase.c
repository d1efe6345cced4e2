/* Erasing by a list that was made offline: exactly the ciphertexts of the documents that it
 * names, each by organisation, report, revision and seq, which must agree with the file. */
#include "operate/call.h"

#include "base/cleanup.h"
#include "installation/installation.h"
#include "operate/wanted.h"
#include "store/view.h"
#include "tenant/tenants.h"
#include "writer/writer.h"

#include <limits.h>
#include <string.h>

/* A line of the list. */
struct entry {
	char orgnr[10], report_id[WANTED_ID_SIZE];
	int64_t revision, seq;
};

struct erasing {
	struct installation *in;
	const struct operate_call *call;
	struct entry *list; /* by organisation, then seq */
	size_t len;
	struct err *reterr;
};

static enum rc bad(struct err *reterr, size_t line, const char *what)
{
	return err_set(reterr, RC_INVALID, "argument-value", "from", "entry %zu %s", line, what);
}

static bool read_entry(const char *line, struct entry *ret)
{
	json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	const char *orgnr = json_string_value(json_object_get(object, "tenant"));
	bool good = orgnr && strlen(orgnr) == sizeof(ret->orgnr) - 1 &&
		    wanted_id(json_string_value(json_object_get(object, "report_id")),
			      ret->report_id) &&
		    json_integer_value(json_object_get(object, "revision")) > 0 &&
		    json_integer_value(json_object_get(object, "seq")) > 0;

	if (good) {
		snprintf(ret->orgnr, sizeof(ret->orgnr), "%s", orgnr);
		ret->revision = json_integer_value(json_object_get(object, "revision"));
		ret->seq = json_integer_value(json_object_get(object, "seq"));
	}
	json_decref(object);
	return good;
}

static int compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->orgnr, y->orgnr);

	return order ? order : (x->seq > y->seq) - (x->seq < y->seq);
}

static enum rc read_list(struct erasing *e, const json_t *lines)
{
	for (size_t i = 0; i < json_array_size(lines); i++)
		if (!read_entry(json_string_value(json_array_get(lines, i)), &e->list[e->len++]))
			return bad(e->reterr, i + 1,
				   "is no line of varde-open find --persons: tenant, report_id, "
				   "revision and seq");
	if (!e->len)
		return bad(e->reterr, 0, "there is none: the list is empty");
	qsort(e->list, e->len, sizeof(*e->list), compare);
	return RC_OK;
}

/* How many entries from `first` on are of the same organisation. */
static size_t share_of(const struct erasing *e, size_t first)
{
	size_t n = 1;

	while (first + n < e->len && !strcmp(e->list[first].orgnr, e->list[first + n].orgnr))
		n++;
	return n;
}

struct meeting {
	const struct entry *entry;
	bool met;
};

static enum rc on_row(void *ctx, const struct store_row *row)
{
	struct meeting *m = ctx;

	m->met = row->seq == m->entry->seq && row->revision == m->entry->revision &&
		 !strcmp(row->report_id, m->entry->report_id);
	return RC_OK;
}

/* Nothing is erased by a list that was made for another file. */
static enum rc check_share(struct erasing *e, size_t first, size_t n)
{
	const char *orgnr = e->list[first].orgnr;
	struct store_view *view = NULL;
	char path[PATH_MAX];
	enum rc rc = installation_tenant_path(e->in, orgnr, path, sizeof(path));
	CLEANUP(tenant_snapshot_dropp)
	struct tenant_snapshot *snapshot = tenants_hold(e->in->tenants);

	if (!tenant_find(snapshot, orgnr))
		return err_set(e->reterr, RC_NOT_FOUND, "tenant-unknown", orgnr,
			       "no such organisation is registered");
	if (!rc)
		rc = store_views_borrow(e->in->views, path, orgnr, &view, e->reterr);
	for (size_t i = first; !rc && i < first + n; i++) {
		struct meeting m = { .entry = &e->list[i] };

		rc = store_list_since(view, m.entry->seq - 1, 1, on_row, &m, e->reterr);
		if (!rc && !m.met)
			rc = err_set(e->reterr, RC_CONFLICT, "list-mismatch", orgnr,
				     "seq %lld is not the document that the list names: nothing "
				     "was erased",
				     (long long)m.entry->seq);
	}
	store_views_return(e->in->views, view);
	return rc;
}

static enum rc erase_share(struct erasing *e, size_t first, size_t n, int64_t *ret_erased)
{
	const struct operate_call *call = e->call;
	const char *orgnr = e->list[first].orgnr;
	CLEANUP_FREE struct store_erase *what = calloc(n, sizeof(*what));
	CLEANUP_FREE char *detail = operate_detail(json_pack(
		"{ss sb sI}", "tenant", orgnr, "sealed_only", 1, "listed", (json_int_t)n));
	struct store_event event = { .at = call->now_ms,
				     .name = "erased",
				     .detail = detail,
				     .operator= call->operator,
				     .reason = call->reason };
	struct control_action by = operate_action(call, "erase", detail);
	struct store_erased erased = { 0 };
	enum rc rc;

	if (!what || !detail)
		return err_set(e->reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	for (size_t i = 0; i < n; i++)
		what[i] = (struct store_erase){ .from_seq = e->list[first + i].seq,
						.upto_seq = e->list[first + i].seq,
						.sealed_only = true };
	rc = control_log(e->in->control, &by, e->reterr);
	if (!rc)
		rc = writer_erase(e->in->writer, orgnr, what, n, &event, &erased, e->reterr);
	*ret_erased += erased.documents;
	return rc;
}

/* All shares are checked before the first is erased. */
enum rc operate_erase(struct installation *in, const struct operate_call *call,
		      struct operate_output *out, struct err *reterr)
{
	const json_t *lines = json_object_get(call->args, "from");
	CLEANUP_FREE struct entry *list = calloc(json_array_size(lines) + 1, sizeof(*list));
	struct erasing e = { .in = in, .call = call, .list = list, .reterr = reterr };
	int64_t erased = 0, tenants = 0;
	enum rc rc;

	if (!list)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	if (!operate_flag(call, "sealed_only"))
		return err_set(reterr, RC_INVALID, "argument-value", "sealed_only",
			       "only ciphertexts are erased by a list");
	rc = read_list(&e, lines);
	for (size_t i = 0, n; !rc && i < e.len; i += n) {
		n = share_of(&e, i);
		rc = check_share(&e, i, n);
	}
	for (size_t i = 0, n; !rc && i < e.len; i += n) {
		n = share_of(&e, i);
		rc = erase_share(&e, i, n, &erased);
		tenants++;
	}
	return rc ? rc
		  : operate_answer(out,
				   json_pack("{sI sI sI}", "listed", (json_int_t)e.len, "erased",
					     (json_int_t)erased, "tenants", (json_int_t)tenants),
				   reterr);
}
