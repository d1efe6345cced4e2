/* What the writer and the HTTP room count, as metrics. */
#include "varded/gauges.h"

#include "installation/installation.h"
#include "refused/refused.h"
#include "rulebook/rulebook.h"
#include "writer/writer.h"

static struct writer_status status_of(void *ctx)
{
	const struct varded *v = ctx;
	struct writer_status status;

	writer_status(v->installation->writer, NULL, &status);
	return status;
}

static double queued(void *ctx)
{
	return (double)status_of(ctx).queued;
}

static double queued_bytes(void *ctx)
{
	return (double)status_of(ctx).queued_bytes;
}

static double quarantined(void *ctx)
{
	return (double)status_of(ctx).quarantined;
}

static double commits(void *ctx)
{
	return (double)status_of(ctx).commits;
}

static double items(void *ctx)
{
	return (double)status_of(ctx).items;
}

static double failed_groups(void *ctx)
{
	return (double)status_of(ctx).failed_groups;
}

static double unwiped(void *ctx)
{
	return (double)status_of(ctx).unwiped;
}

static double wal_pages(void *ctx)
{
	return (double)status_of(ctx).wal_pages;
}

static double last_commit(void *ctx)
{
	return (double)status_of(ctx).last_commit_at / 1000;
}

static struct http_server_counts counts_of(void *ctx)
{
	const struct varded *v = ctx;
	struct http_server_counts counts = { 0 };

	if (v->intake_server)
		http_server_counts(v->intake_server, &counts);
	return counts;
}

static double connections(void *ctx)
{
	return counts_of(ctx).connections;
}

static double lingering(void *ctx)
{
	return counts_of(ctx).lingering;
}

static double made_room(void *ctx)
{
	return (double)counts_of(ctx).made_room;
}

static double dpop_proofs(void *ctx)
{
	const struct varded *v = ctx;
	size_t len, room;

	intake_proofs(v->intake, &len, &room);
	return (double)len;
}

static double dpop_proofs_room(void *ctx)
{
	const struct varded *v = ctx;
	size_t len, room;

	intake_proofs(v->intake, &len, &room);
	return (double)room;
}

static double schema_faults(void *ctx)
{
	const struct varded *v = ctx;
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(v->installation->rulebooks);

	return (double)book->faults_all;
}

static double memory_locked(void *ctx)
{
	const struct varded *v = ctx;

	return v->memory_locked;
}

static double refusals_uncounted(void *ctx)
{
	const struct varded *v = ctx;
	uint64_t uncounted, unkept;

	refused_lost(v->installation->refused, &uncounted, &unkept);
	return (double)uncounted;
}

static double refusals_unkept(void *ctx)
{
	const struct varded *v = ctx;
	uint64_t uncounted, unkept;

	refused_lost(v->installation->refused, &uncounted, &unkept);
	return (double)unkept;
}

enum rc gauges_register(struct varded *v)
{
	static const struct {
		enum metric_type type;
		const char *name, *help;
		double (*value)(void *ctx);
	} table[] = {
		{ METRIC_GAUGE, "writer_queued_items", "Documents waiting for their commit",
		  queued },
		{ METRIC_GAUGE, "writer_queued_bytes", "Bytes of these documents", queued_bytes },
		{ METRIC_GAUGE, "writer_quarantined_tenants",
		  "Tenant files out of use after a fault", quarantined },
		{ METRIC_COUNTER, "writer_commits_total", "Groups committed", commits },
		{ METRIC_COUNTER, "writer_items_total", "Documents in committed groups", items },
		{ METRIC_COUNTER, "writer_failed_groups_total",
		  "Groups that could not be committed", failed_groups },
		{ METRIC_GAUGE, "writer_unwiped_logs",
		  "Logs that may still hold what was erased, for as long as somebody reads",
		  unwiped },
		{ METRIC_GAUGE, "writer_wal_pages", "Pages in the longest write-ahead log",
		  wal_pages },
		{ METRIC_GAUGE, "writer_last_commit_seconds",
		  "Time of the last commit, Unix seconds", last_commit },
		{ METRIC_GAUGE, "intake_connections", "Open connections of the intake",
		  connections },
		{ METRIC_GAUGE, "dpop_proofs", "Used DPoP proofs that are remembered",
		  dpop_proofs },
		{ METRIC_GAUGE, "dpop_proofs_room", "How many there is room for",
		  dpop_proofs_room },
		{ METRIC_GAUGE, "intake_lingering_requests",
		  "Refused requests whose body is still being read", lingering },
		{ METRIC_COUNTER, "intake_connections_cut_total",
		  "Connections without a request closed to make room for others", made_room },
		{ METRIC_GAUGE, "schema_faults",
		  "What is broken in schemas, code lists, rules; the last good of it serves",
		  schema_faults },
		{ METRIC_COUNTER, "refusals_unkept_total",
		  "Refusals that their owner can only see counted", refusals_unkept },
		{ METRIC_COUNTER, "refusals_uncounted_total",
		  "Repeats and refusals that could not even be counted", refusals_uncounted },
		{ METRIC_GAUGE, "memory_locked", "1 when memory cannot be swapped", memory_locked },
	};
	enum rc rc = RC_OK;

	for (size_t i = 0; !rc && i < ARRAY_LEN(table); i++)
		rc = metrics_register(v->metrics, table[i].type, table[i].name, "", table[i].help,
				      table[i].value, v);
	return rc;
}
