/* Records of the register as operators see them, in JSON. Each makes a new
 * object, NULL when memory is out. Nothing here is secret. */
#ifndef VARDE_OPERATE_ROWS_H
#define VARDE_OPERATE_ROWS_H

#include "control/control.h"

#include <jansson.h>

struct installation;
struct tenant_snapshot;

json_t *operate_row_tenant(const struct control_tenant *tenant);
json_t *operate_row_unit(const struct control_unit *unit);
/* With `state` as of now_ms: valid, future, expired or ended. */
json_t *operate_row_processor(const struct control_processor *processor, int64_t now_ms);
/* With `state` as of now_ms: valid, future, expired or revoked. */
json_t *operate_row_key(const struct control_key *key, int64_t now_ms);
json_t *operate_row_custodian(const struct control_custodian *custodian);

/* Adds `sharing`, what the tenant's profile says; null where there is no such profile:
 * then nothing is taken of the tenant. */
void operate_add_profile(struct installation *installation, const char *profile, json_t *tenant);
/* A legal basis that has fewer days left is soon to end. */
#define OPERATE_BASIS_DAYS 60

/* With `state` as of now_ms (future, in force, ended), `days_left`, `ends_soon` and its `openings`,
 * each cut to the project's own days, with a `state` of their own (future, open, closed). */
json_t *operate_row_project(const struct tenant_snapshot *snapshot,
			    const struct control_project *project, int64_t now_ms);
/* All of them, as an array. */
json_t *operate_rows_projects(const struct tenant_snapshot *snapshot, int64_t now_ms);

/* [{number, name, own}] of one tenant. As control_municipality_list. */
NODISCARD enum rc operate_rows_municipalities(struct installation *installation, const char *orgnr,
					      json_t **ret, struct err *reterr);

/* What a tenant's file holds: figures only; null where there is no file yet, an
 * object with `error` where it cannot be read. */
json_t *operate_row_stored(struct installation *installation, const char *orgnr);

/* Whether the key can sign something that is taken now. */
bool operate_key_usable(const struct control_key *key, int64_t now_ms);

#endif
