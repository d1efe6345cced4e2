#include "base/cleanup.h"
#include "base/clock.h"
#include "config/config.h"
#include "ctl/ctl.h"
#include "installation/installation.h"
#include "operate/dial.h"
#include "operate/operate.h"
#include "operate/wire.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

DEFINE_CLEANUP(struct config *, config_free)
DEFINE_CLEANUP(struct installation *, installation_close)

int ctl_complain(bool json, const struct err *err)
{
	json_t *object = NULL;
	char *text = NULL;

	if (json)
		object = json_pack("{s{ss ss ss}}", "error", "code", err->code, "where", err->where,
				   "text", err->text);
	if (object)
		text = json_dumps(object, JSON_COMPACT);
	if (text)
		fprintf(stderr, "%s\n", text);
	else
		fprintf(stderr, "vardectl: %s%s%s (%s)\n", err->where, err->where[0] ? ": " : "",
			err->text, err->code);
	free(text);
	json_decref(object);
	return CTL_FAILED;
}

static enum rc to_stdout(void *ctx, const void *bytes, size_t len)
{
	(void)ctx;
	if (fwrite(bytes, 1, len, stdout) == len)
		return RC_OK;
	return errno == ENOSPC ? RC_FULL : RC_IO;
}

/* Files that root makes here, the daemon could not open later: whoever works on
 * the folder at rest is its owner. */
static enum rc check_owner(const char *data, struct err *reterr)
{
	const struct passwd *owner;
	struct stat st;

	if (stat(data, &st) || st.st_uid == geteuid())
		return RC_OK;
	owner = getpwuid(st.st_uid);
	return err_set(reterr, RC_FORBIDDEN, "folder-owner", data,
		       "varded is down and this folder is %s's: run as that user",
		       owner ? owner->pw_name : "another user");
}

/* Nobody answers: take the folder's lock and run the table here. */
static enum rc run_here(const struct config *config, const char *words, struct operate_call *call,
			struct operate_output *out, struct err *reterr)
{
	const struct operate_process process = { .started_ms = call->now_ms };
	CLEANUP(installation_closep) struct installation *installation = NULL;
	enum rc rc = check_owner(config->data, reterr);

	if (!rc)
		rc = installation_open(config, &installation, reterr);
	if (rc)
		return rc;
	call->process = &process;
	call->uid = (int64_t)getuid();
	return operate_run(installation, words, call, out, reterr);
}

static enum rc run_anywhere(const struct config *config, const char *words,
			    struct operate_call *call, struct operate_output *out,
			    struct err *reterr)
{
	int fd;
	enum rc rc = operate_dial(config->data, &fd, reterr);

	if (rc == RC_NOT_FOUND)
		return run_here(config, words, call, out, reterr);
	if (rc)
		return rc;
	rc = wire_send_request(fd, words, call, reterr);
	if (!rc || rc == RC_IO) /* one that hung up may have said why */
		rc = wire_read_answer(fd, out, reterr);
	close(fd);
	return rc;
}

/* An export has stdout for itself: what it came to goes to stderr. */
static void show(const struct ctl_command *command, const struct ctl_options *options,
		 const json_t *result)
{
	bool exports = operate_find(command->words)->flags & OPERATE_EXPORTS;
	FILE *out = exports ? stderr : stdout;

	if (options->json) {
		json_dumpf(result, out, JSON_INDENT(2));
		fputc('\n', out);
	} else {
		command->render(result, out);
	}
}

enum rc ctl_config(const struct ctl_options *options, struct config **ret, struct err *reterr)
{
	enum rc rc;

	if (!options->config)
		return err_set(reterr, RC_INVALID, "usage", "--config",
			       "which installation? give --config FILE or set VARDE_CONFIG");
	rc = config_load(options->config, ret, reterr);
	if (!rc && (*ret)->clock_ms)
		clock_set_ms((*ret)->clock_ms);
	return rc;
}

enum rc ctl_call(const struct config *config, const char *words, const struct ctl_options *options,
		 const json_t *args, struct operate_output *out, struct err *reterr)
{
	struct operate_call call = { .args = args,
				     .operator= options->operator,
				     .reason = options->reason,
				     .now_ms = clock_now_ms() };

	return run_anywhere(config, words, &call, out, reterr);
}

enum rc ctl_ask(const char *words, const struct ctl_options *options, json_t **ret,
		int *ret_verdict, struct err *reterr)
{
	CLEANUP(config_freep) struct config *config = NULL;
	struct operate_output out = { .bytes = to_stdout };
	enum rc rc = ctl_config(options, &config, reterr);

	if (!rc)
		rc = ctl_call(config, words, options, options->args, &out, reterr);
	if (rc && !reterr->code[0])
		err_set(reterr, rc, rc_name(rc), NULL, "failed");
	*ret = out.result;
	*ret_verdict = out.verdict;
	return rc;
}

int ctl_operate(const struct ctl_command *command, const struct ctl_options *options)
{
	struct err err = { 0 };
	json_t *result = NULL;
	int verdict = 0;

	if (ctl_ask(command->words, options, &result, &verdict, &err))
		return ctl_complain(options->json, &err);
	show(command, options, result);
	json_decref(result);
	return verdict;
}
