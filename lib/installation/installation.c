#include "installation/installation.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "config/config.h"
#include "control/control.h"
#include "published/latest.h"
#include "refused/refused.h"
#include "reservation/reservation.h"
#include "rulebook/rulebook.h"
#include "store/view.h"
#include "tenant/tenants.h"
#include "writer/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FINGERPRINT_KEY_LEN 32
#define IDLE_VIEWS 64

DEFINE_CLEANUP(struct installation *, installation_close)

/* A folder's own name is on disk only when its parent is. */
static enum rc make_folder(const char *path, struct err *reterr)
{
	if (mkdir(path, 0700)) {
		if (errno == EEXIST)
			return RC_OK;
		return err_set(reterr, RC_IO, "folder-unusable", path, "cannot make the folder");
	}
	if (file_sync_parent(path))
		return err_set(reterr, RC_IO, "folder-unusable", path,
			       "cannot bring its name to disk");
	return RC_OK;
}

static enum rc take_lock(struct installation *in, struct err *reterr)
{
	char path[4096];

	if (config_data_path(in->config, "lock", path, sizeof(path)))
		return err_set(reterr, RC_LIMIT, "folder-unusable", in->config->data,
			       "the path is too long");
	in->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (in->lock < 0)
		return err_set(reterr, RC_IO, "folder-unusable", path, "cannot open the lock file");
	if (flock(in->lock, LOCK_EX | LOCK_NB))
		return err_set(reterr, RC_BUSY, "folder-locked", in->config->data,
			       "another process works on this data folder");
	return RC_OK;
}

static enum rc prepare_folder(struct installation *in, struct err *reterr)
{
	char path[4096];
	enum rc rc = make_folder(in->config->data, reterr);

	if (!rc)
		rc = take_lock(in, reterr);
	if (rc)
		return rc;
	if (config_data_path(in->config, "tenants", path, sizeof(path)))
		return err_set(reterr, RC_LIMIT, "folder-unusable", in->config->data,
			       "the path is too long");
	return make_folder(path, reterr);
}

/* 64 hex digits in a file of its own, kept in memory that never swaps. */
static enum rc read_fingerprint_key(struct installation *in, struct err *reterr)
{
	CLEANUP(buf_release) struct buf text = buf_capped(256);
	enum rc rc = config_secret(in->config, "fingerprint-key", &text, reterr);
	size_t len = 0;

	if (rc)
		return rc;
	in->fingerprint_key = sodium_malloc(FINGERPRINT_KEY_LEN);
	if (!in->fingerprint_key)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL,
			       "no locked memory for the fingerprint key");
	if (sodium_hex2bin((unsigned char *)in->fingerprint_key, FINGERPRINT_KEY_LEN,
			   buf_text(&text), text.len, "\r\n", &len, NULL) ||
	    len != FINGERPRINT_KEY_LEN)
		return err_set(reterr, RC_INVALID, "secret-malformed", "fingerprint-key",
			       "wanted are 64 hex digits");
	return RC_OK;
}

void installation_fingerprint_key(const struct installation *in, const char *orgnr,
				  unsigned char out[32])
{
	crypto_generichash(out, 32, (const unsigned char *)orgnr, strlen(orgnr),
			   (const unsigned char *)in->fingerprint_key, FINGERPRINT_KEY_LEN);
}

enum rc installation_tenant_path(const struct installation *in, const char *orgnr, char *out,
				 size_t size)
{
	int n = snprintf(out, size, "%s/tenants/%s.db", in->config->data, orgnr);

	return n < 0 || (size_t)n >= size ? RC_LIMIT : RC_OK;
}

static enum rc writer_path(void *ctx, const char *orgnr, struct buf *ret)
{
	const struct installation *in = ctx;
	CLEANUP(tenant_snapshot_dropp) struct tenant_snapshot *snapshot = tenants_hold(in->tenants);

	if (!tenant_find(snapshot, orgnr))
		return RC_NOT_FOUND;
	return buf_addf(ret, "%s/tenants/%s.db", in->config->data, orgnr);
}

static enum rc writer_recipients(void *ctx, const char *orgnr, struct seal_recipient *ret,
				 size_t max, size_t *ret_n)
{
	const struct installation *in = ctx;
	CLEANUP(tenant_snapshot_dropp) struct tenant_snapshot *snapshot = tenants_hold(in->tenants);

	*ret_n = tenant_recipients(snapshot, orgnr, ret, max);
	return *ret_n ? RC_OK : RC_NOT_FOUND;
}

/* Into the register's list, and out of what was refused. A failure is made up for at the next start
 * (intake/life.h). */
static void on_erased(void *ctx, const char *orgnr, const struct store_item *const *items, size_t n)
{
	const struct installation *in = ctx;
	const struct control_action by = { .operator= "varded",
					   .uid = -1,
					   .command = "erasure",
					   .reason = "the data owner's withdrawal" };
	CLEANUP_FREE struct control_report *reports = calloc(n, sizeof(*reports));

	for (size_t i = 0; i < n; i++)
		(void)!refused_forget(in->refused, orgnr, items[i]->report_id);
	for (size_t i = 0; reports && i < n; i++)
		reports[i] = (struct control_report){ .orgnr = orgnr,
						      .report_id = items[i]->report_id,
						      .at = items[i]->received_at };
	if (reports)
		(void)!control_erasures_add(in->control, reports, n, &by, NULL);
}

/* Views of a failed file go before it is reopened: as long as one is open, SQLite
 * keeps the log's shared index and does not read the log itself anew. */
static void on_file(void *ctx, const char *orgnr, enum rc rc, const struct err *err)
{
	const struct installation *in = ctx;
	char path[4096];

	if (rc && !installation_tenant_path(in, orgnr, path, sizeof(path)))
		store_views_drop(in->views, path);
	if (in->notice)
		in->notice(in->notice_ctx, orgnr, rc, err);
}

void installation_on_tenant_file(struct installation *in, installation_notice *notice, void *ctx)
{
	in->notice = notice;
	in->notice_ctx = ctx;
}

static enum rc open_writer(struct installation *in, struct err *reterr)
{
	const struct writer_options options = {
		.threads = (size_t)in->config->writer_threads,
		.queue_items = (size_t)in->config->tenant_queue_items,
		.queue_bytes = (size_t)in->config->tenant_queue_bytes,
		.ctx = in,
		.path = writer_path,
		.recipients = writer_recipients,
		.erased = on_erased,
		.notice = on_file,
	};

	return writer_new(&options, &in->writer, reterr);
}

static enum rc open_register(struct installation *in, struct err *reterr)
{
	char path[4096];
	enum rc rc;

	snprintf(path, sizeof(path), "%s/control.db", in->config->data);
	rc = control_open(path, NULL, &in->control, reterr);
	if (!rc)
		rc = tenants_new(in->control, &in->tenants, reterr);
	return rc;
}

static enum rc open_refused(struct installation *in, struct err *reterr)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/refused.db", in->config->data);
	return refused_new(path, &in->refused, reterr);
}

enum rc installation_open(const struct config *config, struct installation **ret,
			  struct err *reterr)
{
	CLEANUP(installation_closep) struct installation *in = calloc(1, sizeof(*in));
	enum rc rc;

	if (!in)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	in->config = config;
	in->lock = -1;
	if (sodium_init() < 0)
		return err_set(reterr, RC_IO, "no-randomness", NULL, "libsodium could not start");
	rc = prepare_folder(in, reterr);
	if (!rc)
		rc = read_fingerprint_key(in, reterr);
	if (!rc)
		rc = rulebooks_new(config, clock_now_ms(), &in->rulebooks, reterr);
	if (!rc)
		rc = open_register(in, reterr);
	if (!rc)
		rc = reservation_open(config, in->control, &in->reservation, reterr);
	if (!rc)
		rc = store_views_new(IDLE_VIEWS, NULL, &in->views);
	if (!rc)
		rc = published_latest_new(config->statistics_published,
					  config->statistics_release_key, &in->releases);
	if (!rc)
		rc = open_refused(in, reterr);
	if (!rc)
		rc = open_writer(in, reterr);
	if (!rc)
		*ret = TAKE_PTR(in);
	return rc;
}

/* Views first: the writer cuts the logs when nobody reads. */
void installation_drain(struct installation *in)
{
	store_views_drop(in->views, NULL);
	writer_drain(in->writer);
}

void installation_close(struct installation *in)
{
	if (!in)
		return;
	if (in->writer)
		installation_drain(in);
	writer_free(in->writer);
	refused_free(in->refused); /* after the last answers were given */
	store_views_free(in->views);
	tenants_free(in->tenants);
	reservation_free(in->reservation);
	control_free(in->control);
	published_latest_free(in->releases);
	rulebooks_free(in->rulebooks);
	sodium_free(in->fingerprint_key);
	if (in->lock >= 0)
		close(in->lock);
	free(in);
}
