#include "operate/call.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "identifiers/organisation_number.h"
#include "installation/installation.h"
#include "tenant/tenants.h"
#include "writer/writer.h"

#include <string.h>

#define LIST_TEXT_MAX 200

/* C0, DEL and C1 controls in UTF-8 text, which jansson has checked. */
static bool has_control(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++)
		if (*p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0))
			return true;
	return false;
}

static bool is_line(const json_t *value, size_t max)
{
	const char *text = json_string_value(value);

	return text && json_string_length(value) == strlen(text) && *text && strlen(text) <= max &&
	       !has_control(text);
}

static bool is_list(const json_t *value, size_t max)
{
	if (!json_is_array(value) || json_array_size(value) > max)
		return false;
	for (size_t i = 0; i < json_array_size(value); i++)
		if (!is_line(json_array_get(value, i), LIST_TEXT_MAX))
			return false;
	return true;
}

static bool is_of_type(const struct operate_arg *arg, const json_t *value)
{
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);
	int64_t days;

	switch (arg->type) {
	case OPERATE_TEXT: return is_line(value, arg->max);
	case OPERATE_FILE: return text && len && len <= arg->max && len == strlen(text);
	case OPERATE_ORGNR: return text && organisation_number_valid(text, len);
	case OPERATE_DATE: return text && clock_parse_date(text, len, &days) == RC_OK;
	case OPERATE_INTEGER: return json_is_integer(value) && json_integer_value(value) >= 0;
	case OPERATE_FLAG: return json_is_boolean(value);
	case OPERATE_LIST: return is_list(value, arg->max);
	}
	return false;
}

static const char *wanted(const struct operate_arg *arg)
{
	switch (arg->type) {
	case OPERATE_TEXT:
		return "a line of text without control characters, not empty and not too long";
	case OPERATE_FILE: return "the text of a file, not empty and not too long";
	case OPERATE_ORGNR: return "an organisation number: nine digits, the last its check digit";
	case OPERATE_DATE: return "a date as YYYY-MM-DD";
	case OPERATE_INTEGER: return "a whole number, 0 or more";
	case OPERATE_FLAG: return "true or false";
	case OPERATE_LIST: return "a list of short texts";
	}
	return "";
}

static const struct operate_arg *find_arg(const struct operate_arg *args, const char *name)
{
	for (; args && args->name; args++)
		if (!strcmp(args->name, name))
			return args;
	return NULL;
}

static enum rc check_args(const struct operate_arg *args, const json_t *given, struct err *reterr)
{
	const struct operate_arg *arg;
	const char *name;
	json_t *value;

	if (given && !json_is_object(given))
		return err_set(reterr, RC_INVALID, "argument-value", NULL,
			       "the arguments are not an object");
	/* jansson iterates without const, but changes nothing. */
	json_object_foreach((json_t *)(uintptr_t)given, name, value)
	{
		arg = find_arg(args, name);
		if (!arg)
			return err_set(reterr, RC_INVALID, "argument-unknown", NULL,
				       "the command does not take one of the arguments");
		if (!is_of_type(arg, value))
			return err_set(reterr, RC_INVALID,
				       arg->type == OPERATE_ORGNR ? "organisation-number"
								  : "argument-value",
				       arg->name, "is not %s", wanted(arg));
	}
	for (arg = args; arg && arg->name; arg++)
		if (arg->required && !json_object_get(given, arg->name))
			return err_set(reterr, RC_INVALID, "argument-missing", arg->name,
				       "is missing");
	return RC_OK;
}

static bool is_plain(const char *text, size_t max)
{
	return text && *text && strlen(text) <= max && !has_control(text);
}

enum rc operate_check(const struct operate_function *function, const struct operate_call *call,
		      struct err *reterr)
{
	if (!is_plain(call->operator, OPERATE_OPERATOR_MAX))
		return err_set(reterr, RC_INVALID, "operator-missing", "operator",
			       "every call names its operator, in at most %d bytes",
			       OPERATE_OPERATOR_MAX);
	if (call->reason && !is_plain(call->reason, OPERATE_REASON_MAX))
		return err_set(reterr, RC_INVALID, "argument-value", "reason",
			       "a reason is a line of text of at most %d bytes",
			       OPERATE_REASON_MAX);
	if ((function->flags & OPERATE_REASON) && !call->reason)
		return err_set(reterr, RC_INVALID, "reason-missing", "reason",
			       "this command needs a reason");
	return check_args(function->args, call->args, reterr);
}

const char *operate_text(const struct operate_call *call, const char *name)
{
	return json_string_value(json_object_get(call->args, name));
}

bool operate_flag(const struct operate_call *call, const char *name)
{
	return json_is_true(json_object_get(call->args, name));
}

int64_t operate_integer(const struct operate_call *call, const char *name)
{
	return json_integer_value(json_object_get(call->args, name));
}

bool operate_date_ms(const struct operate_call *call, const char *name, int64_t *ret_ms)
{
	const char *text = operate_text(call, name);
	int64_t days;

	if (!text || clock_parse_date(text, strlen(text), &days))
		return false;
	*ret_ms = days * OPERATE_DAY_MS;
	return true;
}

struct control_action operate_action(const struct operate_call *call, const char *command,
				     const char *detail)
{
	return (struct control_action){
		.at = call->now_ms,
		.operator= call->operator,
		.uid = call->uid,
		.command = command,
		.reason = call->reason,
		.detail = detail,
	};
}

enum rc operate_changed(struct installation *installation, const struct operate_call *call,
			const char *orgnr, const char *event, const char *detail,
			struct err *reterr)
{
	const struct store_event row = { .at = call->now_ms,
					 .name = event,
					 .detail = detail,
					 .operator= call->operator,
					 .reason = call->reason };
	struct err err = { 0 };
	enum rc rc = tenants_reload(installation->tenants, &err);

	if (!rc && orgnr)
		rc = writer_event(installation->writer, orgnr, &row, NULL, &err);
	if (!rc)
		return RC_OK;
	return err_set(reterr, rc, err.code[0] ? err.code : rc_name(rc), err.where,
		       "the change is made and logged, but what follows from it failed: %s",
		       err.text[0] ? err.text : rc_name(rc));
}

char *operate_detail(json_t *object)
{
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	return text;
}

json_t *operate_time(int64_t ms)
{
	char text[CLOCK_TEXT_SIZE];

	return ms ? json_string(clock_format(ms, text)) : json_null();
}

enum rc operate_answer(struct operate_output *out, json_t *result, struct err *reterr)
{
	if (!result)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	out->result = result;
	return RC_OK;
}
