#include "ctl/ctl.h"
#include "ctl/render.h"

static void render_status(const json_t *result, FILE *out)
{
	static const struct column facts[] = { { "version", "version" },
					       { "varded runs", "running" },
					       { "since", "started_at" },
					       { "clock", "clock" },
					       { "environment", "environment" },
					       { "service", "service" },
					       { "data", "data" },
					       { "documents", "documents" },
					       { "reports", "reports" },
					       { "last commit", "last_commit_at" },
					       { "usable keys", "keys" },
					       { "custodians", "custodians" },
					       { "quarantined", "quarantined" },
					       { "memory locked", "memory_locked" },
					       { "may be swapped", "may_swap" },
					       { "disk free, bytes", "disk_free_bytes" },
					       { 0 } };
	static const struct column phases[] = {
		{ "invited", "invited" },     { "test", "test" },     { "active", "active" },
		{ "suspended", "suspended" }, { "closed", "closed" }, { 0 }
	};
	static const struct column issuers[] = {
		{ "NAME", "name" },    { "KEYS", "keys" },
		{ "FROM", "from" },    { "OF", "fetched_at" },
		{ "STATE", "state" },  { "FAILING SINCE", "failing_since" },
		{ "BECAUSE", "code" }, { 0 }
	};
	static const struct column projects[] = { { "PROJECT", "code" },
						  { "STATE", "state" },
						  { "FIRST DAY", "valid_from" },
						  { "LAST DAY", "valid_to" },
						  { "DAYS LEFT", "days_left" },
						  { "ENDS SOON", "ends_soon" },
						  { 0 } };
	static const struct column queue[] = { { "waiting", "waiting" }, { "bytes", "bytes" },
					       { "stored", "stored" },   { "commits", "commits" },
					       { "refused", "refused" }, { 0 } };

	render_facts(result, facts, out);
	fputs("\ntenants\n", out);
	render_facts(json_object_get(result, "tenants"), phases, out);
	fputs("\nprojects\n", out);
	render_rows(json_object_get(result, "projects"), projects, out);
	fputs("\nissuers\n", out);
	render_rows(json_object_get(result, "issuers"), issuers, out);
	fputs("\nqueue since start\n", out);
	render_facts(json_object_get(result, "queue"), queue, out);
}

static void render_doctor(const json_t *result, FILE *out)
{
	static const struct column columns[] = {
		{ "CHECK", "name" }, { "IS", "level" }, { "BECAUSE", "text" }, { 0 }
	};
	static const struct column verdict[] = { { "verdict", "verdict" }, { 0 } };

	render_rows(json_object_get(result, "checks"), columns, out);
	fputc('\n', out);
	render_facts(result, verdict, out);
}

const struct ctl_command ctl_health_commands[] = {
	{ .words = "status", .render = render_status },
	{ .words = "doctor", .render = render_doctor },
	{ 0 },
};
