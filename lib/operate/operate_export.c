#include "operate/call.h"

#include "installation/installation.h"
#include "operate/wanted.h"
#include "seal/export.h"
#include "store/view.h"

#include <limits.h>
#include <string.h>

/* An export while it runs. */
struct exporting {
	struct installation *in;
	const char *orgnr, *name;
	struct control_tenant tenant;
	struct store_view *view; /* NULL: no file */
	int64_t upto;            /* the last seq that can be part; 0: there is nothing */
	struct export_writer *writer;
	struct wanted *wanted; /* NULL: all */
	struct err err;        /* the first that went wrong inside a callback */
};

static enum rc write_key(void *ctx, const char *kid)
{
	struct exporting *x = ctx;
	struct control_key key = { 0 };
	json_t *jwk = NULL;
	enum rc rc = control_key_get(x->in->control, kid, &key, &x->err);

	if (rc == RC_NOT_FOUND)
		return RC_OK; /* the reader will say key-unknown */
	if (rc)
		return rc;
	jwk = json_loads(key.jwk, 0, NULL);
	rc = export_write_key(x->writer,
			      &(struct export_key){ .kid = key.kid,
						    .owner = key.orgnr,
						    .valid_from_ms = key.valid_from,
						    .valid_to_ms = key.valid_to,
						    .revoked_at_ms = key.revoked_at,
						    .jwk = jwk },
			      &x->err);
	json_decref(jwk);
	control_key_release(&key);
	return rc;
}

static enum rc write_group(void *ctx, const struct store_group *group)
{
	struct exporting *x = ctx;
	CLEANUP_FREE struct seal_stored_group *g = calloc(1, sizeof(*g));

	if (!g)
		return RC_NOMEM;
	if (group->wraps_len > SEAL_RECIPIENTS_MAX)
		return err_set(&x->err, RC_CORRUPT, "group-unreadable", x->orgnr,
			       "a group has too many recipients");
	g->context.version = group->version;
	snprintf(g->context.tenant, sizeof(g->context.tenant), "%s", x->orgnr);
	memcpy(g->context.group_id, group->id, sizeof(g->context.group_id));
	g->context.created_ms = group->created_at;
	memcpy(g->commitment, group->commitment, sizeof(g->commitment));
	g->wraps_len = group->wraps_len;
	for (size_t i = 0; i < group->wraps_len; i++) {
		if (group->wraps[i].box_len != SEAL_BOX_LEN)
			return err_set(&x->err, RC_CORRUPT, "group-unreadable", x->orgnr,
				       "a recipient's box has another length");
		snprintf(g->wraps[i].kid, sizeof(g->wraps[i].kid), "%s", group->wraps[i].kid);
		memcpy(g->wraps[i].box, group->wraps[i].box, SEAL_BOX_LEN);
	}
	return export_write_group(x->writer, g, &x->err);
}

static enum rc write_item(void *ctx, const struct store_sealed_row *row)
{
	struct exporting *x = ctx;
	struct export_item item = {
		.context = { .seq = row->seq,
			     .report_id = row->report_id,
			     .revision = row->revision,
			     .schema = row->schema,
			     .received_ms = row->received_at },
		.sender = row->sender,
		.kid = row->signing_kid,
		.sealed = row->ciphertext,
		.sealed_len = row->ciphertext_len,
	};

	memcpy(item.digest, row->digest, sizeof(item.digest));
	return export_write_item(x->writer, &item, &x->err);
}

static bool is_wanted(void *ctx, const char *report_id)
{
	struct exporting *x = ctx;

	return wanted_has(x->wanted, report_id);
}

/* The tenant's file, and how far it goes now: what is committed later is not part. NULL
 * where there is none. */
static enum rc open_file(struct exporting *x, struct err *reterr)
{
	char path[PATH_MAX];
	enum rc rc = installation_tenant_path(x->in, x->orgnr, path, sizeof(path));

	if (!rc)
		rc = store_views_borrow(x->in->views, path, x->orgnr, &x->view, reterr);
	if (rc == RC_NOT_FOUND)
		return RC_OK;
	return rc ? rc : store_last_seq(x->view, &x->upto, reterr);
}

/* Keys, groups and items. */
static enum rc write_file(struct exporting *x, int64_t since)
{
	const struct store_export what = {
		.since = since,
		.upto = x->upto,
		.ctx = x,
		.wanted = x->wanted ? is_wanted : NULL,
		.group = write_group,
		.item = write_item,
	};
	enum rc rc;

	if (!x->upto)
		return RC_OK;
	rc = store_signing_kids(x->view, write_key, x, &x->err);
	return rc ? rc : store_export(x->view, &what, &x->err);
}

/* All that access-log needs to tell later which rows were part. */
static enum rc log_export(const struct exporting *x, const struct operate_call *call,
			  struct err *reterr)
{
	json_t *object = json_pack("{ss ss sI}", "tenant", x->orgnr, "purpose",
				   operate_text(call, "purpose"), "since",
				   (json_int_t)operate_integer(call, "since"));
	CLEANUP_FREE char *detail = NULL;
	struct control_action by;

	if (x->upto)
		json_object_set_new(object, "upto", json_integer((json_int_t)x->upto));
	if (x->wanted) {
		json_object_set_new(object, "reports",
				    json_integer((json_int_t)wanted_len(x->wanted)));
		json_object_set_new(object, "report_ids", wanted_ids(x->wanted));
	}
	detail = operate_detail(object);
	if (!detail)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	by = operate_action(call, OPERATE_EXPORT_SEALED, detail);
	return control_log(x->in->control, &by, reterr);
}

static enum rc run(struct exporting *x, const struct operate_call *call, struct operate_output *out)
{
	const struct export_header header = { .tenant = x->orgnr,
					      .tenant_name = x->name,
					      .purpose = operate_text(call, "purpose"),
					      .created_ms = call->now_ms,
					      .since = operate_integer(call, "since") };
	struct export_counts counts;
	size_t missing;
	enum rc rc = export_write_header(x->writer, &header, &x->err);

	if (!rc)
		rc = write_file(x, header.since);
	if (!rc)
		rc = export_write_end(x->writer, &counts, &x->err);
	if (rc)
		return rc;
	missing = x->wanted ? wanted_missing(x->wanted) : 0;
	out->verdict = missing ? 1 : 0;
	return operate_answer(out,
			      json_pack("{sI sI sI sI}", "items", (json_int_t)counts.items,
					"groups", (json_int_t)counts.groups, "keys",
					(json_int_t)counts.keys, "missing", (json_int_t)missing),
			      &x->err);
}

static enum rc sink(void *ctx, const char *line, size_t len)
{
	struct operate_output *out = ctx;

	return out->bytes(out->ctx, line, len);
}

static void exporting_release(struct exporting *x)
{
	store_views_return(x->in->views, x->view);
	export_writer_freep(&x->writer);
	wanted_freep(&x->wanted);
	control_tenant_release(&x->tenant);
}

/* Logged before the first byte leaves. */
enum rc operate_export_sealed(struct installation *in, const struct operate_call *call,
			      struct operate_output *out, struct err *reterr)
{
	CLEANUP(exporting_release)
	struct exporting x = { .in = in, .orgnr = operate_text(call, "tenant") };
	const json_t *reports = json_object_get(call->args, "reports");
	enum rc rc = control_tenant_get(in->control, x.orgnr, &x.tenant, reterr);

	if (rc)
		return rc;
	x.name = x.tenant.name;
	if (reports)
		rc = wanted_new(reports, &x.wanted, reterr);
	if (!rc)
		rc = open_file(&x, reterr);
	if (!rc)
		rc = log_export(&x, call, reterr);
	if (!rc)
		rc = export_writer_new(sink, out, &x.writer);
	if (rc)
		return rc;
	rc = run(&x, call, out);
	if (rc && !x.err.code[0])
		err_set(&x.err, rc, "export-broken", NULL,
			"the export could not be written to its end (%s)", rc_name(rc));
	if (rc && reterr)
		*reterr = x.err;
	return rc;
}
