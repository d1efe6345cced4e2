#include "control/internal.h"

static const char *const rights_names[] = {
	[CONTROL_SEND] = "send",
	[CONTROL_READ] = "read",
	[CONTROL_SEND | CONTROL_READ] = "send,read",
};

const char *control_rights_name(unsigned rights)
{
	return rights_names[rights & (CONTROL_SEND | CONTROL_READ)];
}

enum rc control_rights_parse(const char *text, unsigned *ret)
{
	if (!strcmp(text, "read,send"))
		text = rights_names[CONTROL_SEND | CONTROL_READ];
	for (unsigned i = CONTROL_SEND; i < ARRAY_LEN(rights_names); i++) {
		if (!strcmp(text, rights_names[i])) {
			*ret = i;
			return RC_OK;
		}
	}
	return RC_INVALID;
}

static enum rc read_processor(sqlite3_stmt *stmt, void *record)
{
	struct control_processor *p = record;
	bool failed = false;

	p->id = sqlite3_column_int64(stmt, 0);
	p->owner = db_dup(stmt, 1, &failed);
	p->processor = db_dup(stmt, 2, &failed);
	p->rights = (sqlite3_column_int(stmt, 3) ? CONTROL_SEND : 0U) |
		    (sqlite3_column_int(stmt, 4) ? CONTROL_READ : 0U);
	p->valid_from = sqlite3_column_int64(stmt, 5);
	p->valid_to = sqlite3_column_int64(stmt, 6);
	p->added_at = sqlite3_column_int64(stmt, 7);
	p->ended_at = sqlite3_column_int64(stmt, 8);
	p->end_reason = db_dup(stmt, 9, &failed);
	return failed ? RC_NOMEM : RC_OK;
}

static void release_processor(void *record)
{
	struct control_processor *p = record;

	control_free_text(p->owner);
	control_free_text(p->processor);
	control_free_text(p->end_reason);
}

void control_processors_release(struct control_processors *processors)
{
	control_free_all(processors->list, processors->len, sizeof(*processors->list),
			 release_processor);
	*processors = (struct control_processors){ 0 };
}

static enum rc need_owner(struct control *control, const char *orgnr, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&control->db, C_OWNS_REPORTS);
	int64_t owns = 0;
	enum rc rc = control_need_tenant(control, orgnr, reterr);

	if (rc)
		return rc;
	db_bind_text(stmt, 1, orgnr);
	rc = db_int(&control->db, stmt, &owns, reterr);
	if (!rc && !owns)
		rc = err_set(reterr, RC_INVALID, "processor-owner", orgnr,
			     "a tenant of this kind owns no reports");
	return rc;
}

/* What the two statements that look for and add a row have in common. */
static void bind_processor(sqlite3_stmt *stmt, const struct control_processor *p)
{
	db_bind_text(stmt, 1, p->owner);
	db_bind_text(stmt, 2, p->processor);
	sqlite3_bind_int(stmt, 3, (p->rights & CONTROL_SEND) != 0);
	sqlite3_bind_int(stmt, 4, (p->rights & CONTROL_READ) != 0);
	sqlite3_bind_int64(stmt, 5, p->valid_from);
	control_bind_number(stmt, 6, p->valid_to);
}

static enum rc need_room(struct control *control, const struct control_processor *p,
			 struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&control->db, C_PROCESSOR_OVERLAP);
	int64_t overlaps = 0;
	enum rc rc;

	bind_processor(stmt, p);
	rc = db_int(&control->db, stmt, &overlaps, reterr);
	if (!rc && overlaps)
		rc = err_set(reterr, RC_CONFLICT, "processor-exists", p->processor,
			     "it has one of these rights at some of this time already");
	return rc;
}

enum rc control_processor_add(struct control *control, const struct control_processor *p,
			      const struct control_action *by, struct err *reterr)
{
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	rc = need_owner(control, p->owner, reterr);
	if (!rc)
		rc = control_need_tenant(control, p->processor, reterr);
	if (!rc)
		rc = need_room(control, p, reterr);
	if (!rc) {
		stmt = db_stmt(&control->db, C_PROCESSOR_ADD);
		bind_processor(stmt, p);
		sqlite3_bind_int64(stmt, 7, by->at);
		rc = control_change(control, stmt, NULL, reterr);
	}
	return control_leave(control, by, rc, reterr);
}

enum rc control_processor_end(struct control *control, const char *owner, const char *processor,
			      const struct control_action *by, struct err *reterr)
{
	bool ended = false;
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	stmt = db_stmt(&control->db, C_PROCESSOR_END);
	db_bind_text(stmt, 1, owner);
	db_bind_text(stmt, 2, processor);
	sqlite3_bind_int64(stmt, 3, by->at);
	db_bind_text(stmt, 4, by->reason);
	rc = control_change(control, stmt, &ended, reterr);
	if (!rc && !ended)
		rc = err_set(reterr, RC_NOT_FOUND, "processor-unknown", processor,
			     "it is not registered as this owner's processor, or not any more");
	return control_leave(control, by, rc, reterr);
}

enum rc control_processor_list(struct control *control, const char *orgnr,
			       struct control_processors *ret, struct err *reterr)
{
	static const struct control_reader reader = { C_PROCESSOR_LIST, sizeof(*ret->list),
						      read_processor, release_processor };
	void *list = NULL;
	enum rc rc = control_list(control, &reader, orgnr, &list, &ret->len, reterr);

	if (!rc)
		ret->list = list;
	return rc;
}
