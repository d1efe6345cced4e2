#include "minimise/minimise.h"

#include "base/cleanup.h"
#include "json/canonical.h"

#include <sodium.h>

/* Names the fingerprint's construction: another one gets another number. */
#define FINGERPRINT_VERSION 1

static void drop_transport(const struct marks_node *marks, json_t *value)
{
	const char *name;
	json_t *member;
	void *next;
	size_t i;

	json_object_foreach_safe(value, next, name, member)
	{
		const struct marks_node *child = marks_lookup(marks, name);

		if (marks_is_transport(child))
			json_object_del(value, name);
		else
			drop_transport(child, member);
	}
	json_array_foreach(value, i, member) drop_transport(marks_items(marks), member);
}

enum rc minimise_sameness(const struct marks *marks, const json_t *document, struct buf *out)
{
	json_t *copy = json_deep_copy(document);
	enum rc rc;

	if (!copy)
		return RC_NOMEM;
	drop_transport(marks_root(marks), copy);
	rc = json_canonical(copy, out);
	json_decref(copy);
	return rc;
}

enum rc minimise_fingerprint(const unsigned char key[MINIMISE_KEY_LEN], const char *schema_name,
			     const struct marks *marks, const json_t *document,
			     unsigned char ret_fingerprint[MINIMISE_FINGERPRINT_LEN])
{
	CLEANUP(buf_release) struct buf input = buf_capped(MINIMISE_CANONICAL_MAX);
	enum rc rc;

	buf_add_u8(&input, FINGERPRINT_VERSION);
	buf_add_sized(&input, schema_name, strlen(schema_name));
	rc = buf_rc(&input);
	if (!rc)
		rc = minimise_sameness(marks, document, &input);
	if (rc)
		return rc;
	crypto_generichash(ret_fingerprint, MINIMISE_FINGERPRINT_LEN,
			   (const unsigned char *)input.data, input.len, key, MINIMISE_KEY_LEN);
	return RC_OK;
}
