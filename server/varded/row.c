#include "varded/row.h"

#include "installation/installation.h"
#include "intake/receipt.h"
#include "reservation/reservation.h"

#include <string.h>

json_t *row_receipt_json(const struct store_row *row, const struct rules *rules, const char *lang)
{
	struct store_receipt receipt = { 0 };
	json_t *json = NULL;

	if (!store_row_receipt(row, &receipt))
		json = receipt_to_json(&receipt, rules, lang);
	store_receipt_release(&receipt);
	return json;
}

bool row_clear_withheld(const struct varded *v)
{
	return reservation_withholds(v->installation->reservation);
}

bool row_counts_given(struct exchange *x, const struct varded *v)
{
	bool given = !row_clear_withheld(v);

	if (!given)
		exchange_refuse_because(x, "not-found", "reservation-refuse");
	return given;
}

json_t *row_clear_json(const struct store_row *row, const struct varded *v)
{
	if (!row->clear_len || row_clear_withheld(v))
		return json_null();
	return json_loadb(row->clear, row->clear_len, 0, NULL);
}

json_t *row_to_json(const struct store_row *row, const struct varded *v, const struct rules *rules,
		    const char *lang)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:I, s:o, s:o}", "seq", (json_int_t)row->seq, "kind",
			 row->kind, "schema", row->schema, "report_id", row->report_id, "revision",
			 (json_int_t)row->revision, "clear", row_clear_json(row, v), "receipt",
			 row_receipt_json(row, rules, lang));
}

bool row_id_parse(const char *text, char out[37])
{
	size_t i;

	for (i = 0; i < 36 && text[i]; i++) {
		char c = text[i];
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (c >= 'A' && c <= 'F')
			c = (char)(c + 32);
		if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		out[i] = c;
	}
	out[i] = '\0';
	return i == 36 && !text[36];
}
