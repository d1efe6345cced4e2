#include "codes/list.h"

#include <string.h>

static const char *text_of(const json_t *row, const char *member)
{
	return json_string_value(json_object_get(row, member));
}

static const char *read_row(const struct codes *codes, const struct code_list *list,
			    const json_t *row, struct codes_organisation *ret)
{
	struct codes_organisation made = {
		.code = text_of(row, "code"),
		.nb = text_of(row, "nb"),
		.en = text_of(row, "en"),
		.kind = text_of(row, "kind"),
		.parent = text_of(row, "parent"),
		.number = text_of(row, "number"),
	};

	*ret = made;
	if (!made.kind || !codes_has(codes, "organisation_kind", made.kind))
		return "an organisation of unknown kind";
	if (made.parent && !code_list_find(list, made.parent))
		return "an organisation whose parent is not listed";
	if (made.number && (strlen(made.number) != 9 || strspn(made.number, "0123456789") != 9))
		return "an organisation number that is not nine digits";
	return NULL;
}

enum rc codes_read_organisations(struct codes *codes, struct err *reterr)
{
	const struct code_list *list = codes_find(codes, "organisation");
	const json_t *rows;
	size_t i;

	if (!list)
		return RC_OK;
	rows = json_object_get(list->document, "codes");
	codes->organisations = calloc(list->len, sizeof(*codes->organisations));
	if (!codes->organisations)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	codes->organisations_len = list->len;
	for (i = 0; i < list->len; i++) {
		struct codes_organisation *row = &codes->organisations[i];
		const char *wrong = read_row(codes, list, json_array_get(rows, i), row);

		if (wrong)
			return codes_invalid(reterr, list->name, wrong, row->code);
		if (row->number && codes_organisation_by_number(codes, row->number) != row)
			return codes_invalid(reterr, list->name,
					     "an organisation number that stands twice", row->code);
	}
	return RC_OK;
}

const struct codes_organisation *codes_organisations(const struct codes *codes, size_t *ret_len)
{
	*ret_len = codes->organisations_len;
	return codes->organisations;
}

const struct codes_organisation *codes_organisation_by_number(const struct codes *codes,
							      const char *number)
{
	size_t i;

	for (i = 0; i < codes->organisations_len; i++) {
		const struct codes_organisation *row = &codes->organisations[i];

		if (row->number && strcmp(row->number, number) == 0)
			return row;
	}
	return NULL;
}
