/* Tasks: what the institute asks of a sender about one report, such as to correct
 * what a person says is wrong. A task is an administrative event in the tenant's own
 * sequence; it holds a code and pointers, never free text, since it leaves through the
 * sender's feed. It is done when a later revision or a withdrawal of the report has
 * come, which nobody has to tell: the sequence shows it.
 *
 *   event task-added  {"report_id","kind","code","members":[pointer,…],"revision"}
 *   event task-ended  {"task":seq}    the institute took it back */
#ifndef VARDE_TASKS_TASKS_H
#define VARDE_TASKS_TASKS_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct store_view;

#define TASK_ADDED "task-added"
#define TASK_ENDED "task-ended"

/* Whether there is such a kind, such a code. */
bool task_kind_known(const char *kind);
bool task_code_known(const char *code);

/* What a code asks for, in "en", else "nb". NULL when unknown. Constant. */
const char *task_text(const char *code, const char *lang);

/* What tasks are wanted: added with since < seq <= upto, of one report or of all (NULL). */
struct tasks_wanted {
	int64_t since, upto;
	const char *report_id;
	bool open_only;
	const char *lang; /* of `text` */
};

/* Those, in order of seq, as an array of {"seq","kind","report_id","code","text","members",
 * "added_at","state"} with state open, done or ended, and, when done, "done":{"kind",
 * "revision","seq","received_at"}. `*ret_last` is the last one's seq, 0 when there is none.
 * New reference. RC_CORRUPT, RC_NOMEM and the store's. */
NODISCARD enum rc tasks_list(struct store_view *view, const struct tasks_wanted *wanted,
			     json_t **ret, int64_t *ret_last, struct err *reterr);

#endif
