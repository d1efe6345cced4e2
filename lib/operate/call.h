/* Inside of operate: reading a checked call, telling of it, answering it. */
#ifndef VARDE_OPERATE_CALL_H
#define VARDE_OPERATE_CALL_H

#include "control/control.h"
#include "operate/operate.h"

#define OPERATE_NAME_MAX 200
/* The action log's word for what access-log looks for. */
#define OPERATE_EXPORT_SEALED "export-sealed"
#define OPERATE_DAY_MS INT64_C(86400000)

/* Holds a call against a function's row. As operate_run(). */
NODISCARD enum rc operate_check(const struct operate_function *function,
				const struct operate_call *call, struct err *reterr);

/* Members of a call that operate_check() passed. NULL, 0 or false when absent. */
const char *operate_text(const struct operate_call *call, const char *name);
bool operate_flag(const struct operate_call *call, const char *name);
int64_t operate_integer(const struct operate_call *call, const char *name);

/* 00:00 UTC of a date member. False when absent. */
bool operate_date_ms(const struct operate_call *call, const char *name, int64_t *ret_ms);

/* The action log's row for this call. `detail` is borrowed, may be NULL. */
struct control_action operate_action(const struct operate_call *call, const char *command,
				     const char *detail);

/* After a change to the register: the register in memory is read anew, and when
 * `orgnr` is not NULL the change is an event in that tenant's file. A failure
 * here says that the change itself is made. */
NODISCARD enum rc operate_changed(struct installation *installation,
				  const struct operate_call *call, const char *orgnr,
				  const char *event, const char *detail, struct err *reterr);

/* JSON text of an object that json_pack() makes, for details; free() it. NULL
 * when memory is out. Takes the reference. */
char *operate_detail(json_t *object);

/* RFC 3339, or null for 0. */
json_t *operate_time(int64_t ms);

/* Gives `result` (taken, also when NULL: RC_NOMEM) as the answer. */
NODISCARD enum rc operate_answer(struct operate_output *out, json_t *result, struct err *reterr);

/* The functions, one file per family. */
typedef enum rc operate_run_fn(struct installation *installation, const struct operate_call *call,
			       struct operate_output *out, struct err *reterr);

operate_run_fn operate_tenant_add, operate_tenant_set, operate_tenant_list, operate_tenant_show,
	operate_tenant_phase, operate_tenant_suspend, operate_tenant_resume,
	operate_tenant_unit_add, operate_tenant_unit_remove;
operate_run_fn operate_tenant_profile;
operate_run_fn operate_project_add, operate_project_set, operate_project_open, operate_project_list,
	operate_project_show;
operate_run_fn operate_municipality_add, operate_municipality_remove, operate_municipality_list;
operate_run_fn operate_processor_add, operate_processor_list, operate_processor_end;
operate_run_fn operate_key_add, operate_key_list, operate_key_revoke;
operate_run_fn operate_custodian_add, operate_custodian_list;
operate_run_fn operate_schema_list, operate_status, operate_doctor, operate_trace,
	operate_export_sealed, operate_own, operate_quality, operate_release_base;
operate_run_fn operate_reservation_add, operate_reservation_remove, operate_reservation_clear,
	operate_reservation_count, operate_erase;
operate_run_fn operate_access_log, operate_task_add, operate_task_list, operate_task_end;
operate_run_fn operate_release_list, operate_release_record, operate_release_promote,
	operate_release_withdraw;

#endif
