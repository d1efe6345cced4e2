#include "tasks/tasks.h"

#include "base/clock.h"
#include "store/view.h"

#include <string.h>

/* What answers a task, in the order that is asked. */
static const char *const answers[] = { "incident-report", "withdrawal" };

struct listing {
	struct store_view *view;
	const struct tasks_wanted *wanted;
	json_t *ended; /* {"seq": true} of those taken back */
	json_t *list;
	int64_t last;
	struct err *reterr;
};

static enum rc on_ended(void *ctx, const struct store_event *event)
{
	json_t *detail = json_loads(event->detail, 0, NULL);
	char name[24];
	int bad;

	snprintf(name, sizeof(name), "%lld",
		 (long long)json_integer_value(json_object_get(detail, "task")));
	json_decref(detail);
	bad = json_object_set_new(ctx, name, json_true());
	return bad ? RC_NOMEM : RC_OK;
}

static bool is_ended(const struct listing *l, int64_t seq)
{
	char name[24];

	snprintf(name, sizeof(name), "%lld", (long long)seq);
	return json_object_get(l->ended, name) != NULL;
}

/* What came of the report after the task: `*ret` is new, NULL when nothing did. */
static enum rc find_done(struct listing *l, const char *report_id, int64_t seq, json_t **ret)
{
	*ret = NULL;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		char received[CLOCK_TEXT_SIZE];
		struct store_place place;
		enum rc rc = store_next_of(l->view, answers[i], report_id, seq, &place, l->reterr);

		if (rc == RC_NOT_FOUND)
			continue;
		if (rc)
			return rc;
		*ret = json_pack("{s:s, s:I, s:I, s:s}", "kind", answers[i], "revision",
				 (json_int_t)place.revision, "seq", (json_int_t)place.seq,
				 "received_at", clock_format(place.received_at, received));
		return *ret ? RC_OK : RC_NOMEM;
	}
	return RC_OK;
}

static enum rc add(struct listing *l, const struct store_event *event, const json_t *detail,
		   json_t *done)
{
	const char *code = json_string_value(json_object_get(detail, "code"));
	const char *text = code ? task_text(code, l->wanted->lang) : NULL;
	const char *state = done ? "done" : is_ended(l, event->seq) ? "ended" : "open";
	char added[CLOCK_TEXT_SIZE];
	json_t *task;

	if (l->wanted->open_only && strcmp(state, "open"))
		return RC_OK;
	task = json_pack("{s:I, s:O, s:O, s:O, s:s, s:O, s:s, s:s, s:O*}", "seq",
			 (json_int_t)event->seq, "kind", json_object_get(detail, "kind"),
			 "report_id", json_object_get(detail, "report_id"), "code",
			 json_object_get(detail, "code"), "text", text ? text : "", "members",
			 json_object_get(detail, "members"), "added_at",
			 clock_format(event->at, added), "state", state, "done", done);
	l->last = event->seq;
	return !task || json_array_append_new(l->list, task) ? RC_NOMEM : RC_OK;
}

static enum rc on_added(void *ctx, const struct store_event *event)
{
	struct listing *l = ctx;
	json_t *detail = json_loads(event->detail, 0, NULL), *done = NULL;
	const char *id = json_string_value(json_object_get(detail, "report_id"));
	enum rc rc = RC_OK;

	if (!id) {
		rc = err_set(l->reterr, RC_CORRUPT, "database-damaged", NULL,
			     "a task cannot be read");
	} else if (!l->wanted->report_id || !strcmp(id, l->wanted->report_id)) {
		rc = find_done(l, id, event->seq, &done);
		if (!rc)
			rc = add(l, event, detail, done);
	}
	json_decref(done);
	json_decref(detail);
	return rc;
}

enum rc tasks_list(struct store_view *view, const struct tasks_wanted *wanted, json_t **ret,
		   int64_t *ret_last, struct err *reterr)
{
	struct listing l = { .view = view,
			     .wanted = wanted,
			     .ended = json_object(),
			     .list = json_array(),
			     .reterr = reterr };
	enum rc rc = store_events_named(view, TASK_ENDED, wanted->since, INT64_MAX, on_ended,
					l.ended, reterr);

	if (!rc)
		rc = store_events_named(view, TASK_ADDED, wanted->since, wanted->upto, on_added, &l,
					reterr);
	json_decref(l.ended);
	if (rc) {
		json_decref(l.list);
		return rc;
	}
	*ret = l.list;
	*ret_last = l.last;
	return RC_OK;
}
