/* GET /v1/codes and /v1/codes/{list}: the code lists, with labels in nb and en. */
#include "codes/codes.h"
#include "installation/installation.h"
#include "rulebook/rulebook.h"
#include "varded/answer.h"

void on_codes(struct exchange *x, void *ctx)
{
	const struct varded *v = ctx;
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(v->installation->rulebooks);
	size_t len;
	const char *text = codes_index_json(book->codes, &len);

	answer_copy(x, "application/json", text, len);
}

void on_code_list(struct exchange *x, void *ctx)
{
	const struct varded *v = ctx;
	CLEANUP(rulebook_dropp) struct rulebook *book = rulebooks_hold(v->installation->rulebooks);
	size_t len = 0;
	const char *text = codes_list_json(book->codes, exchange_param(x, "list"), &len);

	if (text)
		answer_copy(x, "application/json", text, len);
	else
		exchange_refuse(x, "not-found");
}
