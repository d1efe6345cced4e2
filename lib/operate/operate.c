#include "operate/operate.h"

#include "base/cleanup.h"
#include "minimise/profile.h"
#include "operate/call.h"
#include "published/folder.h"

#include <string.h>

#define PUBLIC_FILE_MAX 65536
#define REPORTS_MAX 100000

#define ARGS(...) ((const struct operate_arg[]){ __VA_ARGS__, { 0 } })
#define NO_ARGS ((const struct operate_arg[]){ { 0 } })
/* clang-format off */
#define ORGNR(name, required) { name, OPERATE_ORGNR, required, 0 }
#define LINE(name, required, max) { name, OPERATE_TEXT, required, max }
#define CODE LINE("code", true, 40)
#define CONTENT(name, max) { name, OPERATE_FILE, false, max }
/* clang-format on */

static const struct operate_function table[] = {
	{ "tenant add", "register an organisation that may send", OPERATE_CHANGES,
	  ARGS(ORGNR("orgnr", true), LINE("name", true, OPERATE_NAME_MAX), LINE("kind", true, 40),
	       ORGNR("parent", false), { "test", OPERATE_FLAG, false, 0 },
	       LINE("contact", false, 200)),
	  operate_tenant_add },
	{ "tenant set",
	  "change what a tenant is called, belongs to, from when it counts, how fast it goes",
	  OPERATE_CHANGES,
	  ARGS(ORGNR("orgnr", true), LINE("name", false, OPERATE_NAME_MAX), LINE("kind", false, 40),
	       ORGNR("parent", false), LINE("contact", false, 200),
	       LINE("coverage_start", false, 7),
	       { "submissions_per_minute", OPERATE_INTEGER, false, 0 },
	       { "reads_per_minute", OPERATE_INTEGER, false, 0 },
	       LINE("notification_help", false, 3)),
	  operate_tenant_set },
	{ "tenant list", "all tenants and their phases", 0, NO_ARGS, operate_tenant_list },
	{ "tenant show", "one tenant with units, keys, processors and what is stored", 0,
	  ARGS(ORGNR("orgnr", true)), operate_tenant_show },
	{ "tenant phase", "move a tenant to another phase", OPERATE_CHANGES,
	  ARGS(ORGNR("orgnr", true), LINE("phase", true, 20)), operate_tenant_phase },
	{ "tenant profile", "what a data owner shares from now on: its minimisation profile",
	  OPERATE_CHANGES | OPERATE_REASON,
	  ARGS(ORGNR("orgnr", true), LINE("profile", true, PROFILE_NAME_MAX)),
	  operate_tenant_profile },
	{ "tenant suspend", "take nothing more from a tenant for now",
	  OPERATE_CHANGES | OPERATE_REASON, ARGS(ORGNR("orgnr", true)), operate_tenant_suspend },
	{ "tenant resume", "take from a suspended tenant again", OPERATE_CHANGES,
	  ARGS(ORGNR("orgnr", true)), operate_tenant_resume },
	{ "tenant unit add", "register a sub-unit that a tenant reports for", OPERATE_CHANGES,
	  ARGS(ORGNR("orgnr", true), ORGNR("unit", true), LINE("name", false, OPERATE_NAME_MAX)),
	  operate_tenant_unit_add },
	{ "tenant unit remove", "take no more reports or tokens of a sub-unit",
	  OPERATE_CHANGES | OPERATE_REASON, ARGS(ORGNR("orgnr", true), ORGNR("unit", true)),
	  operate_tenant_unit_remove },
	{ "tenant municipality add", "a municipality that a tenant reports for", OPERATE_CHANGES,
	  ARGS(ORGNR("orgnr", true), LINE("number", true, 4), { "own", OPERATE_FLAG, false, 0 }),
	  operate_municipality_add },
	{ "tenant municipality remove", "take no more reports of a tenant for a municipality",
	  OPERATE_CHANGES | OPERATE_REASON, ARGS(ORGNR("orgnr", true), LINE("number", true, 4)),
	  operate_municipality_remove },
	{ "tenant municipality list", "which municipalities a tenant reports for", 0,
	  ARGS(ORGNR("orgnr", true)), operate_municipality_list },
	{ "project add", "register the decision under which reports are taken", OPERATE_CHANGES,
	  ARGS(CODE, LINE("name", true, OPERATE_NAME_MAX), LINE("decision", true, OPERATE_NAME_MAX),
	       LINE("purpose", true, OPERATE_REASON_MAX),
	       LINE("retention", true, OPERATE_REASON_MAX), { "from", OPERATE_DATE, true, 0 },
	       { "to", OPERATE_DATE, false, 0 }),
	  operate_project_add },
	{ "project set", "change what a project rests on, is for, or how long it lasts",
	  OPERATE_CHANGES,
	  ARGS(CODE, LINE("name", false, OPERATE_NAME_MAX),
	       LINE("decision", false, OPERATE_NAME_MAX),
	       LINE("purpose", false, OPERATE_REASON_MAX),
	       LINE("retention", false, OPERATE_REASON_MAX), { "from", OPERATE_DATE, false, 0 },
	       { "to", OPERATE_DATE, false, 0 }, { "no_end", OPERATE_FLAG, false, 0 }),
	  operate_project_set },
	{ "project open", "from when to when a kind of tenant sends under a project",
	  OPERATE_CHANGES,
	  ARGS(CODE, LINE("kind", true, 40), { "from", OPERATE_DATE, true, 0 },
	       { "to", OPERATE_DATE, false, 0 }),
	  operate_project_open },
	{ "project list", "all projects and whether they are in force", 0, NO_ARGS,
	  operate_project_list },
	{ "project show", "one project, and which kinds of tenant it is open to", 0, ARGS(CODE),
	  operate_project_show },
	{ "processor add", "let an organisation send or read for a data owner", OPERATE_CHANGES,
	  ARGS(ORGNR("owner", true), ORGNR("processor", true), LINE("rights", false, 20),
	       { "from", OPERATE_DATE, false, 0 }, { "to", OPERATE_DATE, false, 0 }),
	  operate_processor_add },
	{ "processor list", "who acts for whom, of one organisation or of all", 0,
	  ARGS(ORGNR("orgnr", false)), operate_processor_list },
	{ "processor end", "take back what a processor may do for a data owner",
	  OPERATE_CHANGES | OPERATE_REASON, ARGS(ORGNR("owner", true), ORGNR("processor", true)),
	  operate_processor_end },
	{ "key add", "register a tenant's public signing key", OPERATE_CHANGES,
	  ARGS(ORGNR("orgnr", true), CONTENT("jwk", PUBLIC_FILE_MAX),
	       CONTENT("pem", PUBLIC_FILE_MAX), CONTENT("cert", PUBLIC_FILE_MAX),
	       CONTENT("proof", PUBLIC_FILE_MAX), { "unproven", OPERATE_FLAG, false, 0 },
	       LINE("kid", false, 128), { "from", OPERATE_DATE, false, 0 },
	       { "to", OPERATE_DATE, false, 0 }),
	  operate_key_add },
	{ "key list", "signing keys, of one tenant or of all", 0, ARGS(ORGNR("orgnr", false)),
	  operate_key_list },
	{ "key revoke", "never accept a signing key again", OPERATE_CHANGES | OPERATE_REASON,
	  ARGS(LINE("kid", true, 128)), operate_key_revoke },
	{ "custodian add", "from now on, seal reports to this public key too", OPERATE_CHANGES,
	  ARGS({ "file", OPERATE_FILE, true, PUBLIC_FILE_MAX }, ORGNR("tenant", false),
	       LINE("label", false, OPERATE_NAME_MAX)),
	  operate_custodian_add },
	{ "custodian list", "whom reports are sealed to", 0, NO_ARGS, operate_custodian_list },
	{ "schema list", "the kinds of document and which are open", 0, NO_ARGS,
	  operate_schema_list },
	{ "status", "the installation in figures", 0, NO_ARGS, operate_status },
	{ "doctor", "what is wrong or soon will be", 0, NO_ARGS, operate_doctor },
	{ "trace", "what became of a request, and what to tell its sender", 0,
	  ARGS(LINE("id", true, 64)), operate_trace },
	{ "export-sealed", "a tenant's sealed reports, for a custodian to open, on standard output",
	  OPERATE_EXPORTS,
	  ARGS(ORGNR("tenant", true), LINE("purpose", true, OPERATE_REASON_MAX),
	       { "since", OPERATE_INTEGER, false, 0 },
	       { "reports", OPERATE_LIST, false, REPORTS_MAX }),
	  operate_export_sealed },
	{ "access-log", "every export that a report was part of: when, by whom, what for", 0,
	  ARGS(LINE("report", true, 36), ORGNR("tenant", false)), operate_access_log },
	{ "task add", "ask a sender to correct a report: a task in its feed", OPERATE_CHANGES,
	  ARGS(ORGNR("tenant", true), LINE("report", true, 36), LINE("kind", true, 40),
	       LINE("text_code", true, 40), LINE("members", false, 2000)),
	  operate_task_add },
	{ "task list", "what senders were asked to do, and what came of it", 0,
	  ARGS(ORGNR("tenant", true), LINE("report", false, 36)), operate_task_list },
	{ "task end", "take a task back", OPERATE_CHANGES | OPERATE_REASON,
	  ARGS(ORGNR("tenant", true), { "task", OPERATE_INTEGER, true, 0 }), operate_task_end },
	{ "reservation add", "keep nothing of these persons from now on; numbers, never logged",
	  OPERATE_CHANGES, ARGS({ "numbers", OPERATE_LIST, true, REPORTS_MAX }),
	  operate_reservation_add },
	{ "reservation remove", "take these persons off the list again", OPERATE_CHANGES,
	  ARGS({ "numbers", OPERATE_LIST, true, REPORTS_MAX }), operate_reservation_remove },
	{ "reservation clear", "forget the whole list and its key: for when the key is lost",
	  OPERATE_CHANGES | OPERATE_REASON, NO_ARGS, operate_reservation_clear },
	{ "reservation count", "persons on the list, documents dropped; below 5 not told", 0,
	  NO_ARGS, operate_reservation_count },
	{ "erase", "destroy the ciphertexts that varde-open find --persons listed; codes stay",
	  OPERATE_CHANGES | OPERATE_REASON,
	  ARGS({ "from", OPERATE_LIST, true, REPORTS_MAX },
	       { "sealed_only", OPERATE_FLAG, true, 0 }),
	  operate_erase },
	{ "own", "a tenant's own figures, unprotected, as run charts and tables", OPERATE_EXPORTS,
	  ARGS(ORGNR("tenant", true), LINE("from", false, 7), LINE("to", false, 7)), operate_own },
	{ "quality", "how good the sources' reports are as data, of one or of all", OPERATE_EXPORTS,
	  ARGS(ORGNR("tenant", false), LINE("from", false, 7), LINE("to", false, 7)),
	  operate_quality },
	{ "release base", "what has come since a release, counted but not protected",
	  OPERATE_EXPORTS,
	  ARGS(LINE("as_of", true, 40), { "after", OPERATE_FILE, false, PUBLIC_FILE_MAX * 16 },
	       { "final_year", OPERATE_INTEGER, false, 0 }),
	  operate_release_base },
	{ "release record", "note a release that was built", OPERATE_CHANGES,
	  ARGS(LINE("name", true, PUBLISHED_RELEASE_MAX), LINE("as_of", true, 40),
	       LINE("closed", true, 7), LINE("manifest", true, 64), LINE("counts", true, 64)),
	  operate_release_record },
	{ "release list", "statistical releases and what became of them", 0, NO_ARGS,
	  operate_release_list },
	{ "release promote", "publish a release that was built", OPERATE_CHANGES,
	  ARGS(LINE("name", true, PUBLISHED_RELEASE_MAX)), operate_release_promote },
	{ "release withdraw", "serve a published release no more", OPERATE_CHANGES | OPERATE_REASON,
	  ARGS(LINE("name", true, PUBLISHED_RELEASE_MAX)), operate_release_withdraw },
};

const struct operate_function *operate_table(size_t *ret_len)
{
	*ret_len = ARRAY_LEN(table);
	return table;
}

const struct operate_function *operate_find(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_LEN(table); i++)
		if (!strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

enum rc operate_run(struct installation *installation, const char *name,
		    const struct operate_call *call, struct operate_output *out, struct err *reterr)
{
	const struct operate_function *function = operate_find(name);
	enum rc rc;

	out->result = NULL;
	out->verdict = 0;
	if (!function)
		return err_set(reterr, RC_NOT_FOUND, "command-unknown", NULL,
			       "there is no such command");
	rc = operate_check(function, call, reterr);
	return rc ? rc : function->run(installation, call, out, reterr);
}
