#include "control/internal.h"

static enum rc read_project(sqlite3_stmt *stmt, void *record)
{
	struct control_project *p = record;
	bool failed = false;

	p->code = db_dup(stmt, 0, &failed);
	p->name = db_dup(stmt, 1, &failed);
	p->decision = db_dup(stmt, 2, &failed);
	p->purpose = db_dup(stmt, 3, &failed);
	p->retention = db_dup(stmt, 4, &failed);
	p->valid_from = db_dup(stmt, 5, &failed);
	p->valid_to = db_dup(stmt, 6, &failed);
	p->added_at = sqlite3_column_int64(stmt, 7);
	return failed ? RC_NOMEM : RC_OK;
}

static void release_project(void *record)
{
	struct control_project *p = record;

	control_free_text(p->code);
	control_free_text(p->name);
	control_free_text(p->decision);
	control_free_text(p->purpose);
	control_free_text(p->retention);
	control_free_text(p->valid_from);
	control_free_text(p->valid_to);
}

void control_projects_release(struct control_projects *projects)
{
	control_free_all(projects->list, projects->len, sizeof(*projects->list), release_project);
	*projects = (struct control_projects){ 0 };
}

/* Both statements take the same values; only one that is new gets a date. */
static enum rc put(struct control *control, enum control_stmt which,
		   const struct control_project *p, int64_t at, bool *ret_done, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&control->db, which);

	db_bind_text(stmt, 1, p->code);
	db_bind_text(stmt, 2, p->name);
	db_bind_text(stmt, 3, p->decision);
	db_bind_text(stmt, 4, p->purpose);
	db_bind_text(stmt, 5, p->retention);
	db_bind_text(stmt, 6, p->valid_from);
	db_bind_text(stmt, 7, p->valid_to);
	if (at)
		sqlite3_bind_int64(stmt, 8, at);
	return control_change(control, stmt, ret_done, reterr);
}

enum rc control_project_add(struct control *control, const struct control_project *project,
			    const struct control_action *by, struct err *reterr)
{
	bool done = false;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	rc = put(control, C_PROJECT_ADD, project, by->at, &done, reterr);
	if (!rc && !done)
		rc = err_set(reterr, RC_CONFLICT, "project-exists", project->code,
			     "the project is registered already");
	return control_leave(control, by, rc, reterr);
}

static enum rc unknown(const char *code, struct err *reterr)
{
	return err_set(reterr, RC_NOT_FOUND, "project-unknown", code, "no such project");
}

enum rc control_project_set(struct control *control, const struct control_project *project,
			    const struct control_action *by, struct err *reterr)
{
	bool done = false;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	rc = put(control, C_PROJECT_SET, project, 0, &done, reterr);
	if (!rc && !done)
		rc = unknown(project->code, reterr);
	return control_leave(control, by, rc, reterr);
}

enum rc control_project_list(struct control *control, struct control_projects *ret,
			     struct err *reterr)
{
	static const struct control_reader reader = { C_PROJECT_LIST, sizeof(*ret->list),
						      read_project, release_project };
	void *list = NULL;
	enum rc rc = control_list(control, &reader, NULL, &list, &ret->len, reterr);

	if (!rc)
		ret->list = list;
	return rc;
}

/* --- openings --------------------------------------------------------------------- */

static enum rc read_opening(sqlite3_stmt *stmt, void *record)
{
	struct control_opening *o = record;
	bool failed = false;

	o->project = db_dup(stmt, 0, &failed);
	o->kind = db_dup(stmt, 1, &failed);
	o->opens = db_dup(stmt, 2, &failed);
	o->closes = db_dup(stmt, 3, &failed);
	return failed ? RC_NOMEM : RC_OK;
}

static void release_opening(void *record)
{
	struct control_opening *o = record;

	control_free_text(o->project);
	control_free_text(o->kind);
	control_free_text(o->opens);
	control_free_text(o->closes);
}

void control_openings_release(struct control_openings *openings)
{
	control_free_all(openings->list, openings->len, sizeof(*openings->list), release_opening);
	*openings = (struct control_openings){ 0 };
}

static enum rc need(struct control *control, enum control_stmt which, const char *code,
		    bool *ret_known, struct err *reterr)
{
	sqlite3_stmt *stmt = db_stmt(&control->db, which);
	int64_t known = 0;
	enum rc rc;

	db_bind_text(stmt, 1, code);
	rc = db_int(&control->db, stmt, &known, reterr);
	*ret_known = known != 0;
	return rc;
}

enum rc control_opening_set(struct control *control, const struct control_opening *opening,
			    const struct control_action *by, struct err *reterr)
{
	bool project = false, kind = false;
	sqlite3_stmt *stmt;
	enum rc rc = control_enter(control, by, reterr);

	if (rc)
		return rc;
	rc = need(control, C_PROJECT_KNOWN, opening->project, &project, reterr);
	if (!rc)
		rc = need(control, C_KIND_OWNS, opening->kind, &kind, reterr);
	if (!rc && !project)
		rc = unknown(opening->project, reterr);
	else if (!rc && !kind)
		rc = err_set(reterr, RC_INVALID, "kind-unknown", opening->kind,
			     "no such kind of tenant, or one that owns no reports");
	if (!rc) {
		stmt = db_stmt(&control->db, C_OPENING_SET);
		db_bind_text(stmt, 1, opening->project);
		db_bind_text(stmt, 2, opening->kind);
		db_bind_text(stmt, 3, opening->opens);
		db_bind_text(stmt, 4, opening->closes);
		rc = control_change(control, stmt, NULL, reterr);
	}
	return control_leave(control, by, rc, reterr);
}

enum rc control_opening_list(struct control *control, struct control_openings *ret,
			     struct err *reterr)
{
	static const struct control_reader reader = { C_OPENING_LIST, sizeof(*ret->list),
						      read_opening, release_opening };
	void *list = NULL;
	enum rc rc = control_list(control, &reader, NULL, &list, &ret->len, reterr);

	if (!rc)
		ret->list = list;
	return rc;
}
