#include "operate/call.h"

#include "base/cleanup.h"
#include "config/config.h"
#include "installation/installation.h"
#include "operate/reservation_counts.h"
#include "reservation/reservation.h"
#include "store/view.h"
#include "tenant/tenants.h"

#include <limits.h>

struct counting {
	const struct reservation *reservation;
	const char *orgnr;
	int64_t n;
};

static enum rc on_salt(void *ctx, const char *kind, const char *report_id, int64_t revision,
		       const unsigned char *salt)
{
	struct counting *c = ctx;

	c->n += reservation_is_marked(c->reservation, c->orgnr, kind, report_id, revision, salt);
	return RC_OK;
}

static enum rc count_tenant(struct installation *in, struct counting *c, struct err *reterr)
{
	struct store_view *view = NULL;
	char path[PATH_MAX];
	enum rc rc = installation_tenant_path(in, c->orgnr, path, sizeof(path));

	if (!rc)
		rc = store_views_borrow(in->views, path, c->orgnr, &view, reterr);
	if (!rc)
		rc = store_salts(view, on_salt, c, reterr);
	store_views_return(in->views, view);
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static json_t *told(int64_t n)
{
	return n < RESERVATION_TOLD_FROM ? json_null() : json_integer((json_int_t)n);
}

enum rc reservation_counts(struct installation *in, json_t **ret, struct err *reterr)
{
	static const char *const modes[] = { "off", "drop-sealed", "refuse" };
	CLEANUP(tenant_snapshot_dropp)
	struct tenant_snapshot *snapshot = tenants_hold(in->tenants);
	struct counting c = { .reservation = in->reservation };
	size_t n;
	const struct tenant *tenants = tenant_list(snapshot, &n);
	enum rc rc = RC_OK;

	for (size_t i = 0; !rc && i < n; i++) {
		c.orgnr = tenants[i].row->orgnr;
		rc = count_tenant(in, &c, reterr);
	}
	if (rc)
		return rc;
	*ret = json_pack("{ss ss? so so}", "mode", modes[reservation_mode(in->reservation)],
			 "decision", in->config->reservation_decision, "persons",
			 told((int64_t)reservation_persons(in->reservation)), "documents",
			 told(c.n));
	return *ret ? RC_OK : err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
}

enum rc operate_reservation_count(struct installation *in, const struct operate_call *call,
				  struct operate_output *out, struct err *reterr)
{
	json_t *counts = NULL;
	enum rc rc = reservation_counts(in, &counts, reterr);

	(void)call;
	return rc ? rc : operate_answer(out, counts, reterr);
}

/* The log says that the list was changed and by how many numbers, never by which. */
static enum rc change(struct installation *in, const struct operate_call *call, bool add,
		      const char *command, struct operate_output *out, struct err *reterr)
{
	const json_t *numbers = json_object_get(call->args, "numbers");
	CLEANUP_FREE char *detail =
		operate_detail(json_pack("{sI}", "numbers", (json_int_t)json_array_size(numbers)));
	struct control_action by = operate_action(call, command, detail);
	size_t changed = 0;
	enum rc rc = reservation_change(in->reservation, numbers, add, &by, &changed, reterr);

	return rc ? rc
		  : operate_answer(out,
				   json_pack("{sI sI}", "numbers",
					     (json_int_t)json_array_size(numbers), "changed",
					     (json_int_t)changed),
				   reterr);
}

enum rc operate_reservation_add(struct installation *in, const struct operate_call *call,
				struct operate_output *out, struct err *reterr)
{
	return change(in, call, true, "reservation add", out, reterr);
}

enum rc operate_reservation_clear(struct installation *in, const struct operate_call *call,
				  struct operate_output *out, struct err *reterr)
{
	struct control_action by = operate_action(call, "reservation clear", NULL);
	json_t *persons = told((int64_t)reservation_persons(in->reservation));
	enum rc rc = reservation_clear(in->reservation, &by, reterr);

	if (!rc)
		return operate_answer(out, json_pack("{so}", "persons", persons), reterr);
	json_decref(persons);
	return rc;
}

enum rc operate_reservation_remove(struct installation *in, const struct operate_call *call,
				   struct operate_output *out, struct err *reterr)
{
	return change(in, call, false, "reservation remove", out, reterr);
}
