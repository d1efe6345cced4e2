/* How good each source's reports are as data, for the operator who talks with it: of all
 * organisations or of one. Counts, no row and no report's id. */
#include "operate/call.h"

#include "base/clock.h"
#include "count/period.h"
#include "installation/installation.h"
#include "minimise/profile.h"
#include "operate/reservation_counts.h"
#include "operate/span.h"
#include "quality/document.h"
#include "reservation/reservation.h"
#include "rulebook/rulebook.h"
#include "store/count.h"
#include "tenant/tenants.h"

#include <limits.h>
#include <string.h>

#define PIECE 1000 /* documents read at once, so that no log is pinned */

static enum rc count_all(struct store_view *view, struct quality_tally *tally, struct err *reterr)
{
	int64_t upto = 0;
	enum rc rc = store_seq_at(view, INT64_MAX, &upto, reterr);

	for (int64_t at = 0; !rc && at < upto; at += PIECE)
		rc = quality_tally_count(tally, view, at, at + PIECE, upto, reterr);
	return rc;
}

/* A tenant that never sent anything has no file, and counts nothing. */
static enum rc count_file(struct installation *in, const char *orgnr, struct quality_tally *tally,
			  struct err *reterr)
{
	struct store_view *view = NULL;
	char path[PATH_MAX];
	enum rc rc = installation_tenant_path(in, orgnr, path, sizeof(path));

	if (!rc)
		rc = store_views_borrow(in->views, path, orgnr, &view, reterr);
	if (rc)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	rc = count_all(view, tally, reterr);
	store_views_return(in->views, view);
	return rc;
}

static enum rc add_tenant(struct installation *in, const struct tenant *tenant,
			  const struct own_asked *asked, int64_t now_ms, json_t *list,
			  struct err *reterr)
{
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(in->rulebooks);
	const struct quality_of of = { .tenant = tenant,
				       .documents = book->documents,
				       .rules = book->rules,
				       .profile =
					       profiles_find(book->profiles, tenant->row->profile),
				       .asked = *asked,
				       .now_ms = now_ms };
	CLEANUP(quality_tally_freep) struct quality_tally *tally = NULL;
	json_t *quality = NULL;
	enum rc rc = quality_tally_new(&of, &tally, reterr);

	if (!rc)
		rc = count_file(in, tenant->row->orgnr, tally, reterr);
	if (!rc)
		rc = quality_tally_unstored(tally, in->refused, reterr);
	if (!rc)
		rc = quality_json(tally, &quality, reterr);
	if (!rc && json_array_append_new(list, quality))
		rc = err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	return rc;
}

static enum rc add_tenants(struct installation *in, const struct operate_call *call,
			   const struct own_asked *asked, json_t *list, struct err *reterr)
{
	CLEANUP(tenant_snapshot_dropp)
	struct tenant_snapshot *snapshot = tenants_hold(in->tenants);
	const char *one = operate_text(call, "tenant");
	size_t len;
	const struct tenant *tenants = tenant_list(snapshot, &len);
	enum rc rc = RC_OK;

	for (size_t i = 0; !rc && i < len; i++)
		if (one ? !strcmp(one, tenants[i].row->orgnr) : tenants[i].owns_reports)
			rc = add_tenant(in, &tenants[i], asked, call->now_ms, list, reterr);
	if (!rc && one && !json_array_size(list))
		rc = err_set(reterr, RC_NOT_FOUND, "tenant-unknown", one,
			     "no such organisation is registered");
	return rc;
}

/* What else is to be said of the installation as a whole, one {"nb", "en"} a line. */
static json_t *about_json(void)
{
	return json_pack("[{s:s, s:s}]", "nb",
			 "Meldingene telles etter måneden de ble registrert i, slik siste revisjon "
			 "sier; trukne og slettede er ikke med.",
			 "en",
			 "Reports count by the month of their registration, as their newest "
			 "revision says; withdrawn and erased ones are left out.");
}

/* Adds how many reserve themselves, which nobody but the operator is told, and not of few.
 * `*ret_closed`: what reservation leaves out, a source would miss in its own figures. */
static enum rc add_reservations(struct installation *in, json_t *about, bool *ret_closed,
				struct err *reterr)
{
	json_t *counts = NULL;
	const json_t *persons;
	char n[32] = "<5";
	enum rc rc;

	*ret_closed = reservation_withholds(in->reservation);
	if (reservation_mode(in->reservation) == RESERVATION_OFF && !*ret_closed)
		return RC_OK;
	rc = reservation_counts(in, &counts, reterr);
	if (rc)
		return rc;
	persons = json_object_get(counts, "persons");
	if (json_is_integer(persons))
		snprintf(n, sizeof(n), "%lld", (long long)json_integer_value(persons));
	json_array_append_new(about,
			      json_pack("{s:o, s:o}", "nb",
					json_sprintf("Personer som har reservert seg: %s.", n),
					"en", json_sprintf("Persons who have reserved: %s.", n)));
	if (*ret_closed)
		json_array_append_new(
			about,
			json_pack("{s:s, s:s}", "nb",
				  "Ingen kilder er vist: reservasjon utelater meldinger, og en "
				  "kilde ville savnet dem i sine egne tall.",
				  "en",
				  "No sources are shown: reservation leaves reports out, and a "
				  "source would miss them in its own figures."));
	json_decref(counts);
	return RC_OK;
}

/* Logged before anything is counted. */
enum rc operate_quality(struct installation *in, const struct operate_call *call,
			struct operate_output *out, struct err *reterr)
{
	CLEANUP_FREE char *detail = operate_detail(json_deep_copy(call->args));
	struct control_action by = operate_action(call, "quality", detail);
	char from[PERIOD_TEXT_SIZE], to[PERIOD_TEXT_SIZE];
	struct own_asked asked = { 0 };
	json_t *list = json_array(), *about = about_json();
	bool closed = false;
	enum rc rc = operate_span(call, &asked, reterr);

	if (!rc)
		rc = control_log(in->control, &by, reterr);
	if (!rc)
		rc = add_reservations(in, about, &closed, reterr);
	if (!rc && !closed)
		rc = add_tenants(in, call, &asked, list, reterr);
	if (rc) {
		json_decref(list);
		json_decref(about);
		return rc;
	}
	return operate_answer(
		out,
		json_pack("{s:o, s:s, s:s, s:o, s:o}", "as_of", operate_time(call->now_ms), "from",
			  period_month_text(asked.from, from), "to",
			  period_month_text(asked.to, to), "organisations", list, "about", about),
		reterr);
}
